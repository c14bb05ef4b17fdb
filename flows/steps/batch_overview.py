"""What officers see of batches: the list, one batch with its transfers, and what waits for whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.batch_approval import findings
from flows.steps.batch_records import find_batch, lines_of_batch
from flows.steps.hand_entries import carried_out_after_all
from flows.steps.pay_guards import ACKNOWLEDGED
from flows.steps.payment_letters import SHOWN_DIGITS
from flows.steps.projects import definition_of
from models.actor import Actor, Right
from models.rules.working_days import add_working_days
from models.tables import PayAcknowledgement, PayBatch, PayBatchItem, PayEntry, Stipend
from models.tables.batches import WITH_THE_BANK, BatchState, EntryKind, ItemState
from models.tables.stipends import StipendState


@dataclass(frozen=True)
class BatchLine:
    """One batch in a list. Amounts in grosze; ``settled``: what the ledger says its payees have."""

    number: str
    state: str
    paid_on: date
    payments: int
    total: int
    settled: int
    made_by: str
    approved_by: str


@dataclass(frozen=True)
class TransferLine:
    """One transfer of a batch, by application and bill number."""

    number: str
    bill: str
    state: str
    amount: int
    account: str
    """The last digits alone."""
    reference: str
    booked_on: date | None
    reason: str
    """The bank's, where the money came back."""


@dataclass(frozen=True)
class BatchView:
    """A batch with its transfers, what has to be acknowledged before approval, and what was."""

    batch: BatchLine
    transfers: tuple[TransferLine, ...]
    findings: tuple[str, ...]
    acknowledged: tuple[str, ...]


@dataclass(frozen=True)
class Waiting:
    """One thing about a batch that waits for an officer with a right: since when, and until when."""

    what: str
    reference: str
    since: date
    due: date | None
    needs: Right


def batch_lines(session: Session, *, actor: Actor) -> list[BatchLine]:
    """All batches of the actor's scope, the newest first."""
    _may_look(actor)
    rows = session.exec(select(PayBatch).order_by(col(PayBatch.id).desc())).all()
    return [_line(session, row) for row in rows]


def batch_view(office: Office, session: Session, number: str, *, actor: Actor) -> BatchView:
    """One batch. The guards speak while it waits for approval only. Raises ``NotFound``."""
    _may_look(actor)
    batch = find_batch(session, number)
    lines = lines_of_batch(session, batch)
    found = findings(office, session, batch, lines) if batch.state is BatchState.FROZEN else []
    numbers = {line.item.id: line.number for line in lines}
    kept = session.exec(
        select(PayAcknowledgement)
        .where(col(PayAcknowledgement.item_id).in_(numbers))
        .order_by(col(PayAcknowledgement.id))
    ).all()
    return BatchView(
        batch=_line(session, batch),
        transfers=tuple(_transfer(session, line.item, line.stipend, line.number) for line in lines),
        findings=tuple(f"{finding} [{finding.code}]" for finding in found),
        acknowledged=tuple(
            f"{numbers[one.item_id]}: {ACKNOWLEDGED[one.code]} – {one.reason} ({one.given_by})" for one in kept
        ),
    )


def _may_look(actor: Actor) -> None:
    if not actor.has(Right.APPROVE_PAYMENTS):
        actor.require(Right.MONEY)


def _line(session: Session, batch: PayBatch) -> BatchLine:
    amounts = session.exec(
        select(PayEntry.amount)
        .join(PayBatchItem, col(PayBatchItem.id) == PayEntry.item_id)
        .where(PayBatchItem.batch_id == batch.id)
    ).all()
    return BatchLine(
        number=batch.number,
        state=batch.state.value,
        paid_on=batch.paid_on,
        payments=batch.payments,
        total=batch.total,
        settled=sum(amounts),
        made_by=batch.made_by,
        approved_by=batch.approved_by,
    )


def _transfer(session: Session, item: PayBatchItem, stipend: Stipend, number: str) -> TransferLine:
    entries = {entry.kind: entry for entry in session.exec(select(PayEntry).where(PayEntry.item_id == item.id)).all()}
    last = entries.get(EntryKind.RETURNED) or entries.get(EntryKind.PAID)
    return TransferLine(
        number=number,
        bill=stipend.number,
        state=item.state.value,
        amount=item.amount,
        account=f"…{item.account[-SHOWN_DIGITS:]}",
        reference=item.reference,
        booked_on=last.booked_on if last else None,
        reason=last.reason if last else "",
    )


def batches_waiting(session: Session) -> Iterator[Waiting]:
    """Batches that wait for approval, for the file or for the bank, and transfers that came back.

    The bank's reasons may say something about a person, so they stand in ``nabor batch show`` only.
    """
    rows = session.exec(
        select(PayBatch).where(col(PayBatch.state).not_in((BatchState.CONFIRMED, BatchState.DISCARDED)))
    ).all()
    for batch in rows:
        if batch.state is BatchState.FROZEN:
            what = "lista przelewów czeka na zatwierdzenie przez inną osobę (nabor batch approve)"
            yield Waiting(what, batch.number, warsaw_date(batch.made_at), batch.paid_on, Right.APPROVE_PAYMENTS)
        elif batch.state is BatchState.APPROVED:
            since = warsaw_date(batch.approved_at or batch.made_at)
            what = "zatwierdzona lista czeka na plik dla banku (nabor batch export)"
            yield Waiting(what, batch.number, since, batch.paid_on, Right.MONEY)
        elif batch.state in WITH_THE_BANK:
            yield _unconfirmed(session, batch)
    yield from _returned(session)


def _unconfirmed(session: Session, batch: PayBatch) -> Waiting:
    rules = definition_of(session, batch.project_version_id).payments
    assert rules is not None
    left = sum(line.item.state is ItemState.ORDERED for line in lines_of_batch(session, batch))
    exported: datetime = batch.exported_at or batch.made_at
    return Waiting(
        f"bank nie potwierdził jeszcze przelewów: {left} (nabor batch confirm)",
        batch.number,
        warsaw_date(exported),
        add_working_days(batch.paid_on, rules.confirm_working_days),
        Right.MONEY,
    )


def _returned(session: Session) -> Iterator[Waiting]:
    rows = session.exec(
        select(Stipend, col(PayEntry.booked_on))
        .join(PayBatchItem, col(PayBatchItem.stipend_id) == Stipend.id)
        .join(PayEntry, col(PayEntry.item_id) == PayBatchItem.id)
        .where(Stipend.state == StipendState.RETURNED, PayEntry.kind == EntryKind.RETURNED)
        .order_by(col(PayEntry.id))
    ).all()
    latest = {stipend.number: booked_on for stipend, booked_on in rows}
    for one in carried_out_after_all(session):
        latest.pop(one.bill, None)
        what = (
            "bank wykonał przelew, który wpisano jako zwrócony albo zdjęto z listy; nie płać drugi raz, a gdy "
            "pieniądze wróciły, wczytaj wyciąg ze zwrotem albo wpisz zwrot jeszcze raz (nabor batch returned)"
        )
        yield Waiting(what, one.bill, one.on, None, Right.MONEY)
    for number, booked_on in latest.items():
        what = "przelew wrócił z banku (powód: nabor batch show); po poprawieniu konta wpisz go na nową listę"
        yield Waiting(what, number, booked_on, None, Right.MONEY)
