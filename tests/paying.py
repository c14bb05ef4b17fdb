"""Payments on their way: groups whose bills came back signed, the bank's answers, and files read back independently."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from people import CALL, FILIP, FRANKA, MEETING, PAID_ON, WORKER, go_to, met_group, state_pay
from sqlmodel import col, select

from flows.adapters.bank_statements import StatementKind
from flows.adapters.office import Office
from flows.steps.bank_reports import Reconciled, confirm
from flows.steps.batch_approval import approve
from flows.steps.batch_files import BankFile, export_batch
from flows.steps.batch_freezing import FrozenBatch, freeze
from flows.steps.memberships import membership_of
from flows.steps.stipend_records import record_signed_bill
from flows.steps.stipends import settle_meeting
from models.tables import PayBatch, PayBatchItem, PayEntry, Stipend
from models.tables.stipends import StipendState

REASON = {"new_account": "numery zgodne z oświadczeniami"}
BATCH = "LP/0001/2018"


def account(i: int) -> str:
    """A valid number of a bank that does not exist."""
    body = f"99990000{i + 1:016d}"
    return f"{98 - int(body + '252100') % 97:02d}{body}"


def signed_group(office: Office, people: int) -> list[str]:
    """A group that met, was settled, and whose bills came back signed; 5 October 2018."""
    registered = met_group(office, people)
    for i, number in enumerate(registered):
        state_pay(office, number, account(i))
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    go_to(office, "2018-10-05T10:00")
    for number in registered:
        sign(office, number)
    return registered


def sign(office: Office, number: str) -> None:
    with office.writing(FILIP) as session:
        record_signed_bill(session, record_of(office, number).number, actor=FILIP, now=office.now())


def frozen_group(office: Office, people: int) -> list[str]:
    """… and whose payments were frozen."""
    registered = signed_group(office, people)
    frozen(office)
    return registered


def exported_group(office: Office, people: int) -> list[str]:
    """… approved, and sent to the bank on 9 October 2018."""
    registered = frozen_group(office, people)
    go_to(office, "2018-10-09T09:00")
    approved(office)
    exported(office)
    go_to(office, "2018-10-11T09:00")
    return registered


def frozen(office: Office, *, paid_on: date = PAID_ON, leave_out: bool = False) -> FrozenBatch:
    return freeze(office, call=CALL, paid_on=paid_on, leave_out=leave_out, actor=FILIP)


def approved(office: Office, number: str = BATCH, **reasons: str) -> PayBatch:
    return approve(office, number, acknowledged={**REASON, **reasons}, actor=FRANKA)


def exported(office: Office, number: str = BATCH) -> BankFile:
    return export_batch(office, number, actor=FILIP)


@dataclass(frozen=True)
class Booked:
    """A line of a bank's history: what it says of one transfer."""

    reference: str
    amount: int
    account: str
    on: date = PAID_ON
    returned: bool = False


def history(lines: Iterable[Booked]) -> bytes:
    """A bank's history of operations as CSV."""
    rows = ["Data księgowania;Kwota;Rachunek kontrahenta;Tytuł operacji;Opis operacji"]
    for one in lines:
        sign = "" if one.returned else "-"
        what = "Zwrot przelewu: rachunek zamknięty" if one.returned else "Przelew wychodzący"
        amount = f"{sign}{one.amount // 100},{one.amount % 100:02d}"
        rows.append(f"{one.on.isoformat()};{amount};{one.account};Rachunek {one.reference};{what}")
    return ("\r\n".join(rows) + "\r\n").encode()


def booked(office: Office, number: str = BATCH) -> list[Booked]:
    """What a bank that carries everything out says of a batch."""
    with office.reading(WORKER) as session:
        rows = session.exec(
            select(PayBatchItem)
            .join(PayBatch, col(PayBatch.id) == PayBatchItem.batch_id)
            .where(PayBatch.number == number)
            .order_by(col(PayBatchItem.position))
        ).all()
        return [Booked(row.reference, row.amount, row.account) for row in rows]


def confirmed(office: Office, lines: Iterable[Booked]) -> Reconciled:
    return confirm(office, history(lines), kind=StatementKind.CSV, actor=FILIP)


def record_of(office: Office, number: str) -> Stipend:
    """The standing record of a member."""
    with office.reading(WORKER) as session:
        membership = membership_of(session, number)
        return session.exec(
            select(Stipend)
            .where(Stipend.membership_id == membership.id, Stipend.state != StipendState.SUPERSEDED)
            .order_by(col(Stipend.version).desc())
        ).one()


def batch_of(office: Office, number: str = BATCH) -> PayBatch:
    with office.reading(WORKER) as session:
        return session.exec(select(PayBatch).where(PayBatch.number == number)).one()


def ledger(office: Office) -> list[PayEntry]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(PayEntry).order_by(col(PayEntry.id))).all())


def read_elixir(content: bytes) -> list[dict[str, str]]:
    """Elixir-O read back by its description alone, with nothing of the code that wrote it."""
    assert content.endswith(b"\r\n")
    rows = []
    for line in content.decode("iso8859-2").split("\r\n")[:-1]:
        fields = line.split(",")
        assert len(fields) == 16, line
        rows.append(
            {
                "day": fields[1],
                "amount": fields[2],
                "payer": fields[5],
                "account": fields[6],
                "payee": fields[8],
                "title": fields[11],
                "reference": fields[15],
            }
        )
    return rows
