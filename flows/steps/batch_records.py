"""Batches as they are stored: numbers, canonical bytes, and whether everything still says what was frozen."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from models.columns import canonical
from models.errors import BatchAltered, NotFound
from models.rules.transfers import Payer, Transfer
from models.storage import keyring_in
from models.tables import Application, Membership, PayBatch, PayBatchItem, PayStatement, Person, Stipend


@dataclass(frozen=True)
class Line:
    """One transfer of a batch, with the record that it pays and the number of the application behind it."""

    item: PayBatchItem
    stipend: Stipend
    number: str


def find_batch(session: Session, number: str) -> PayBatch:
    """The batch of that number within the actor's scope. Raises ``NotFound``."""
    batch = session.exec(select(PayBatch).where(PayBatch.number == number)).first()
    if batch is None:
        raise NotFound(f"Nie ma listy przelewów {number} (albo leży poza obszarem tego konta).")
    return batch


def lines_of_batch(session: Session, batch: PayBatch) -> list[Line]:
    """The transfers of a batch in their order."""
    rows = session.exec(
        select(PayBatchItem, Stipend, Application.number)
        .join(Stipend, col(Stipend.id) == PayBatchItem.stipend_id)
        .join(Membership, col(Membership.id) == Stipend.membership_id)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(PayBatchItem.batch_id == batch.id)
        .order_by(col(PayBatchItem.position))
    ).all()
    return [Line(item, stipend, number) for item, stipend, number in rows]


def item_body(
    transfer: Transfer, stipend: Stipend, person: Person, statement: PayStatement, *, batch: str, paid_on: date
) -> str:
    """The canonical bytes of a transfer: what goes to the bank, and what it rests on."""
    return canonical(
        {
            "account": transfer.payee_account,
            "amount": transfer.amount,
            "batch": batch,
            "bill": stipend.number,
            "paid_on": paid_on.isoformat(),
            "payee_address": transfer.payee_address,
            "payee_name": transfer.payee_name,
            "person": person.id,
            "record": hashlib.sha256(stipend.snapshot.encode()).hexdigest(),
            "reference": transfer.reference,
            "statement": statement.id,
            "stipend": stipend.id,
            "title": transfer.title,
        }
    )


def batch_body(*, number: str, paid_on: date, profile: str, payer: Payer, bodies: Sequence[str]) -> str:
    """The canonical bytes of a batch; ``bodies`` are those of its items in their order."""
    return canonical(
        {
            "items": [hashlib.sha256(body.encode()).hexdigest() for body in bodies],
            "number": number,
            "paid_on": paid_on.isoformat(),
            "payer": {"account": payer.account, "address": payer.address, "name": payer.name},
            "profile": profile,
        }
    )


def payer_of(batch: PayBatch) -> Payer:
    """Whose account a batch charges, as it was frozen."""
    return Payer(**json.loads(batch.body)["payer"])


def transfer_of(item: PayBatchItem) -> Transfer:
    """The transfer as it was frozen."""
    body = json.loads(item.body)
    return Transfer(
        reference=body["reference"],
        payee_name=body["payee_name"],
        payee_address=body["payee_address"],
        payee_account=body["account"],
        amount=body["amount"],
        title=body["title"],
    )


def require_unaltered(session: Session, batch: PayBatch, lines: Sequence[Line]) -> None:
    """Raises ``BatchAltered`` unless everything still says what was frozen: the stored bytes under their keyed
    digests, the columns beside them, and the record, the person and the statement that each transfer rests on."""
    found = [f"{line.number}: {what}" for line in lines for what in _altered(session, batch, line)]
    if _head_altered(session, batch, lines):
        found.insert(0, "lista: skład, dzień albo płatnik")
    if found:
        raise BatchAltered(batch.number, tuple(found))


def approval_text(batch: PayBatch) -> str:
    """What an approval stands over: all that the batch says, and who let it go."""
    return f"{batch.approved_by}:{batch.body}"


def require_approval(session: Session, batch: PayBatch) -> None:
    """Raises ``BatchAltered`` for a batch that is called approved and was approved by nobody."""
    if keyring_in(session).lookup("pay_approval", approval_text(batch)) != batch.approval:
        raise BatchAltered(batch.number, ("lista: zatwierdzenie",))


def _head_altered(session: Session, batch: PayBatch, lines: Sequence[Line]) -> bool:
    if keyring_in(session).lookup("pay_batch", batch.body) != batch.digest:
        return True
    expected = batch_body(
        number=batch.number,
        paid_on=batch.paid_on,
        profile=batch.profile,
        payer=payer_of(batch),
        bodies=[line.item.body for line in lines],
    )
    sums = (len(lines), sum(line.item.amount for line in lines))
    return expected != batch.body or sums != (batch.payments, batch.total)


def _altered(session: Session, batch: PayBatch, line: Line) -> list[str]:
    """What of one transfer is not as it was frozen, by name."""
    item, stipend, keyring = line.item, line.stipend, keyring_in(session)
    if keyring.lookup("pay_batch_item", item.body) != item.digest:
        return ["przelew (skrót nie zgadza się z treścią)"]
    body = json.loads(item.body)
    checks: Mapping[str, bool] = {
        "osoba": body["person"] == item.person_id == session.get_one(Membership, stipend.membership_id).person_id,
        "rachunek": (body["stipend"], body["bill"]) == (item.stipend_id, stipend.number),
        "numer konta": body["account"] == item.account
        and keyring.lookup("account", item.account) == item.account_lookup
        and _account_stated(session, body) == item.account,
        "kwota": body["amount"] == item.amount == stipend.net == _net_of(stipend),
        "treść rachunku": keyring.lookup("stipend", stipend.snapshot) == stipend.snapshot_lookup
        and hashlib.sha256(stipend.snapshot.encode()).hexdigest() == body["record"],
        "oznaczenie przelewu": (body["reference"], body["batch"]) == (item.reference, batch.number),
    }
    return [what for what, holds in checks.items() if not holds]


def _account_stated(session: Session, body: Mapping[str, object]) -> str | None:
    statement = session.get(PayStatement, body["statement"])
    return statement.account if statement else None


def _net_of(stipend: Stipend) -> int | None:
    amounts = json.loads(stipend.snapshot)["settlement"]["amounts"]
    return amounts["net"] if amounts else None
