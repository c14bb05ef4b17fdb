"""What the bank says became of our transfers: files of confirmations, taken in whole or not at all, or by hand."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.bank_statements import StatementKind, StatementUnreadable, read_confirmations
from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.batch_records import find_batch, lines_of_batch
from flows.steps.counters import locked_counter, next_of
from flows.steps.documents import issue
from flows.steps.hand_entries import carried_out_after_all, hear, heard
from flows.steps.payment_letters import paid_letter, returned_letter
from models.actor import Actor, Right
from models.errors import BadInput, NotFound, NotYet
from models.events import Happened
from models.rules.area import common_area
from models.rules.transfers import Confirmation
from models.storage import keyring_in
from models.tables import BankReport, PayBatch, PayBatchItem, PayEntry, Stipend
from models.tables.batches import WITH_THE_BANK, BatchState, EntryKind, ItemState
from models.tables.stipends import StipendState
from models.transitions import move, note
from templates.polish import amount_zl, short_date

BANK_REPORT = "bank_report"
REFERENCE = re.compile(r"LP[0-9]{4,}/[0-9]{2}/[0-9]{4}")
"""What a reference of ours looks like."""
_SUFFIXES = {StatementKind.CSV: ".csv", StatementKind.MT940: ".sta"}
_BEFORE = 1
"""Days that a booking may lie before the day on which the file was made: a bank books by its own clock."""


@dataclass(frozen=True)
class Reconciled:
    """What a file of confirmations changed. ``known``: lines that had been taken in before."""

    number: str
    paid: int
    returned: int
    known: int
    batches: tuple[str, ...]
    again: bool = False
    """The very same file was taken in before: nothing was changed."""
    other_days: tuple[str, ...] = ()
    """References of transfers that an officer had entered by hand under another day than the bank's."""
    carried_out: tuple[str, ...] = ()
    """Numbers of bills whose transfer an officer had entered as returned, and which the bank carried out."""


@dataclass(frozen=True)
class _Answer:
    """One confirmation, with the transfer that it is about."""

    said: Confirmation
    item: PayBatchItem
    batch: PayBatch


@dataclass
class _Matched:
    """What a file says: of transfers that nobody has answered, of those that were answered by hand, and once more."""

    answers: list[_Answer] = field(default_factory=list)
    by_hand: list[_Answer] = field(default_factory=list)
    other_days: list[str] = field(default_factory=list)
    repeated: int = 0


def confirm(office: Office, content: bytes, *, kind: StatementKind, actor: Actor) -> Reconciled:
    """Takes in a file of confirmations, whole or not at all; the same file again changes nothing.

    Raises ``StatementUnreadable`` with every faulty line, and ``NotYet`` for a file without one of our transfers.
    """
    actor.require_everywhere(Right.MONEY)
    now = office.now()
    digest = hashlib.sha256(content).hexdigest()
    # Outside of any transaction: a file of the bank may take its time, and others wait to write.
    said = read_confirmations(content, kind=kind, references=REFERENCE)
    with office.writing(actor) as session:
        # Who brings the same file at the same moment waits here, and then sees that it is known.
        counter = locked_counter(session, "bank_reports")
        lookup = keyring_in(session).lookup(BANK_REPORT, digest)
        known = session.exec(select(BankReport).where(BankReport.content_lookup == lookup)).first()
        if known is not None:
            return Reconciled(known.number, 0, 0, known.paid + known.returned, (), again=True)
        if not said:
            raise NotYet("W tym pliku nie ma żadnego naszego przelewu. Sprawdź konto i dni, których dotyczy.")
        found = _matched(session, said, today=warsaw_date(now))
        answers, repeated = found.answers, found.repeated + len(found.by_hand)
        number = f"PB/{next_of(session, counter):04d}"
        report = BankReport(
            area=common_area(one.item.area for one in (*answers, *found.by_hand)),
            number=number,
            content_lookup=lookup,
            content_digest=digest,
            kind=kind.value,
            paid=sum(not one.said.returned for one in answers),
            returned=sum(one.said.returned for one in answers),
            recorded_at=now,
            recorded_by=actor.login,
        )
        session.add(report)
        session.flush()
        note(
            session,
            f"bankreport/{report.id}",
            happened=Happened.BANK_REPORT_READ,
            actor=actor,
            now=now,
            facts={"number": number, "paid": report.paid, "returned": report.returned, "known": repeated},
        )
        _keep(office, session, report, content, kind, actor=actor, now=now)
        for one in answers:
            _settle(session, one, report=report, actor=actor, now=now)
        for one in found.by_hand:
            hear(session, one.item, _kind(one.said), one.said.booked_on, report=number, actor=actor, now=now)
        batches = {one.batch.number: one.batch for one in (*answers, *found.by_hand)}
        for batch in batches.values():
            _close(session, batch, actor=actor, now=now)
        here = {one.item.id for one in found.by_hand}
        return Reconciled(
            number,
            report.paid,
            report.returned,
            repeated,
            tuple(sorted(batches)),
            other_days=tuple(found.other_days),
            carried_out=tuple(one.bill for one in carried_out_after_all(session) if one.item.id in here),
        )


def _keep(
    office: Office,
    session: Session,
    report: BankReport,
    content: bytes,
    kind: StatementKind,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The bytes stay, as evidence."""
    issue(
        office,
        session,
        kind=BANK_REPORT,
        subject=report.number,
        file_name=f"{report.number.replace('/', '-')}-potwierdzenia{_SUFFIXES[kind]}",
        content=content,
        area=report.area,
        actor=actor,
        now=now,
    )


def _matched(session: Session, said: Sequence[Confirmation], *, today: date) -> _Matched:
    """Each confirmation with its transfer, and how many were known already. Raises with every line that is wrong."""
    found = _Matched()
    faults: list[tuple[int, str]] = []
    in_file: dict[str, list[Confirmation]] = {}
    # Many banks put the newest line first; what happened has an order of its own.
    for one in sorted(said, key=lambda confirmation: (confirmation.booked_on, confirmation.returned)):
        row = session.exec(
            select(PayBatchItem, PayBatch)
            .join(PayBatch, col(PayBatch.id) == PayBatchItem.batch_id)
            .where(PayBatchItem.reference == one.reference.upper())
        ).first()
        if row is None:
            faults.append((one.line, f"przelewu {one.reference} nie ma na żadnej naszej liście."))
            continue
        item, batch = row
        earlier = in_file.setdefault(item.reference, [])
        wrong = _wrong(one, item, batch, today) or _out_of_turn(session, one, item, earlier)
        if wrong:
            faults.append((one.line, f"przelew {item.reference}: {wrong}"))
        elif _heard_on(session, one, item) is not None:
            found.repeated += 1
        elif (
            item.state is ItemState.RELEASED
            or _entry(session, item, _kind(one)) is not None
            or _returned_by_hand(session, one, item)
        ):
            # The money moved, whatever a given-up batch or an officer's entry says: it is heard, not written anew.
            entry = _entry(session, item, _kind(one))
            found.by_hand.append(_Answer(one, item, batch))
            if entry is not None and entry.booked_on != one.booked_on:
                found.other_days.append(item.reference)
        else:
            found.answers.append(_Answer(one, item, batch))
        earlier.append(one)
    if faults:
        raise StatementUnreadable(sorted(faults))
    return found


def _wrong(one: Confirmation, item: PayBatchItem, batch: PayBatch, today: date) -> str:
    """What of a confirmation contradicts the transfer that it names; empty when nothing does."""
    if batch.exported_at is None:
        return f"pliku listy {batch.number} jeszcze nie sporządzono, więc bank nie mógł go wykonać."
    if one.amount != item.amount:
        return f"bank podaje kwotę {amount_zl(one.amount)}, a zlecono {amount_zl(item.amount)}."
    # What came back carries the payee's account or none; what left must carry the one that was ordered.
    if one.account and one.account != item.account and not one.returned:
        return "bank podaje inne konto niż zlecone."
    first = warsaw_date(batch.exported_at).toordinal() - _BEFORE
    if not first <= one.booked_on.toordinal() <= today.toordinal():
        return f"data księgowania {short_date(one.booked_on)} nie mieści się między plikiem dla banku a dziś."
    return ""


def _out_of_turn(session: Session, one: Confirmation, item: PayBatchItem, earlier: Sequence[Confirmation]) -> str:
    """What a bank cannot say of a transfer after what it said before, here or in an earlier file."""
    if any(other.returned == one.returned for other in earlier):
        return "stoi w tym pliku dwa razy; wyjaśnij w banku, czy nie wykonano go podwójnie."
    if not one.returned and any(other.returned for other in earlier):
        return "według tego pliku najpierw wrócił, a potem go wykonano; wyjaśnij w banku."
    day = _heard_on(session, one, item)
    if day is not None and day != one.booked_on:
        return f"jest już odnotowany z dnia {short_date(day)}; wyjaśnij w banku, czy nie podwójnie."
    if one.returned or day is not None or item.state is not ItemState.RETURNED:
        return ""
    if _entry(session, item, EntryKind.PAID) is None and not _returned_by_hand(session, one, item):
        return "jest odnotowany jako zwrócony bez wykonania; wyjaśnij w banku."
    return ""


def _kind(one: Confirmation) -> EntryKind:
    return EntryKind.RETURNED if one.returned else EntryKind.PAID


def _heard_on(session: Session, one: Confirmation, item: PayBatchItem) -> date | None:
    """The day under which the bank said the same before; a day that an officer typed in is not the bank's."""
    entry = _entry(session, item, _kind(one))
    if entry is not None and entry.report_id is not None:
        return entry.booked_on
    return heard(session, item).get(_kind(one))


def _returned_by_hand(session: Session, one: Confirmation, item: PayBatchItem) -> bool:
    """Whether the bank says that it carried out what was entered as returned before it ever left: by an officer, or
    from a later statement that came first."""
    if one.returned or _entry(session, item, EntryKind.PAID) is not None:
        return False
    entry = _entry(session, item, EntryKind.RETURNED)
    return entry is not None and (entry.report_id is None or one.booked_on <= entry.booked_on)


def _entry(session: Session, item: PayBatchItem, kind: EntryKind) -> PayEntry | None:
    return session.exec(select(PayEntry).where(PayEntry.item_id == item.id, PayEntry.kind == kind)).first()


def _settle(session: Session, answer: _Answer, *, report: BankReport | None, actor: Actor, now: datetime) -> None:
    """Writes what the bank says of one transfer: the ledger, the transfer, the record, and the letter to the member."""
    said, item = answer.said, answer.item
    stipend = session.get_one(Stipend, item.stipend_id)
    facts = {"batch": answer.batch.number, "bill": stipend.number}
    amount = item.amount
    if said.returned:
        # What the bank never carried out never left.
        amount = -item.amount if item.state is ItemState.PAID else 0
        move(session, item, ItemState.RETURNED, happened=Happened.TRANSFER_RETURNED, actor=actor, now=now, facts=facts)
        message = returned_letter(session, item, stipend, reason=said.reason, actor=actor, now=now)
        target, happened = StipendState.RETURNED, Happened.STIPEND_RETURNED
    else:
        move(session, item, ItemState.PAID, happened=Happened.TRANSFER_PAID, actor=actor, now=now, facts=facts)
        message = paid_letter(session, item, stipend, booked_on=said.booked_on, actor=actor, now=now)
        target, happened = StipendState.PAID, Happened.STIPEND_PAID
    assert item.id is not None
    session.add(
        PayEntry(
            area=item.area,
            item_id=item.id,
            kind=EntryKind.RETURNED if said.returned else EntryKind.PAID,
            amount=amount,
            booked_on=said.booked_on,
            report_id=report.id if report else None,
            line=said.line if report else None,
            reason=said.reason,
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    messages = [message] if message else []
    move(session, stipend, target, happened=happened, actor=actor, now=now, facts=facts, messages=messages)


def _close(session: Session, batch: PayBatch, *, actor: Actor, now: datetime) -> None:
    """A batch of which every transfer is answered is confirmed; one with some, in part."""
    states = [line.item.state for line in lines_of_batch(session, batch)]
    target = BatchState.PARTLY_CONFIRMED if ItemState.ORDERED in states else BatchState.CONFIRMED
    if batch.state in WITH_THE_BANK and batch.state is not target:
        move(
            session,
            batch,
            target,
            happened=Happened.BATCH_CONFIRMED,
            actor=actor,
            now=now,
            facts={"number": batch.number, "open": states.count(ItemState.ORDERED)},
        )


def mark_paid(session: Session, number: str, *, on: date, actor: Actor, now: datetime) -> int:
    """Enters by hand that the bank carried out all transfers of a batch that it has not answered yet. Returns how many.

    Raises ``NotYet`` for a batch without a file, ``BadInput`` for a day that cannot be meant.
    """
    actor.require(Right.MONEY)
    batch = find_batch(session, number)
    session.refresh(batch, with_for_update=True)
    _require_file(batch)
    open_items = [line.item for line in lines_of_batch(session, batch) if line.item.state is ItemState.ORDERED]
    for item in open_items:
        said = Confirmation(0, item.reference, item.account, item.amount, on, returned=False)
        if wrong := _wrong(said, item, batch, warsaw_date(now)):
            raise BadInput(f"Nie odnotowano wypłaty: {wrong}")
        _settle(session, _Answer(said, item, batch), report=None, actor=actor, now=now)
    if open_items:
        _close(session, batch, actor=actor, now=now)
    return len(open_items)


def mark_returned(session: Session, bill: str, *, on: date, reason: str, actor: Actor, now: datetime) -> str:
    """Enters by hand that the transfer of a bill came back. Returns the number of its batch.

    Where it was entered so before and the bank then carried it out, this says that the money has come back since.
    """
    actor.require(Right.MONEY)
    if not reason.strip():
        raise BadInput("Podaj powód zwrotu, jak podał go bank (--reason).")
    row = session.exec(
        select(PayBatchItem, PayBatch)
        .join(PayBatch, col(PayBatch.id) == PayBatchItem.batch_id)
        .join(Stipend, col(Stipend.id) == PayBatchItem.stipend_id)
        .where(Stipend.number == bill)
        .order_by(col(PayBatchItem.id).desc())
    ).first()
    if row is None:
        raise NotFound(f"Rachunku {bill} nie ma na żadnej liście przelewów.")
    item, batch = row
    open_ones = [one.item for one in carried_out_after_all(session, of=session.get_one(Stipend, item.stipend_id))]
    if open_ones:
        item = open_ones[0]
        batch = session.get_one(PayBatch, item.batch_id)
    session.refresh(batch, with_for_update=True)
    session.refresh(item, with_for_update=True)
    _require_file(batch)
    said = Confirmation(0, item.reference, "", item.amount, on, returned=True, reason=reason.strip())
    if wrong := _wrong(said, item, batch, warsaw_date(now)):
        raise BadInput(f"Nie odnotowano zwrotu: {wrong}")
    if open_ones:
        hear(session, item, EntryKind.RETURNED, on, report="", actor=actor, now=now)
        return batch.number
    _settle(session, _Answer(said, item, batch), report=None, actor=actor, now=now)
    _close(session, batch, actor=actor, now=now)
    return batch.number


def _require_file(batch: PayBatch) -> None:
    if batch.exported_at is None:
        raise NotYet(f"Pliku listy {batch.number} jeszcze nie sporządzono (nabor batch export).")
