"""Verifying what was sent to the bank: every batch against what was frozen, the ledger against its transfers, and the
stored files against their digests."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from flows.adapters.office import Office
from flows.steps.batch_files import BANK_FILE
from flows.steps.batch_records import Line, lines_of_batch, require_approval, require_unaltered
from flows.steps.documents import content_of, newest
from models.errors import BatchAltered, KeysMissing, NotFound
from models.storage import keyring_in
from models.tables import BankReport, PayBatch, PayBatchItem, PayEntry
from models.tables.batches import BatchState, EntryKind, ItemState

BANK_REPORT = "bank_report"


@dataclass(frozen=True)
class BatchAudit:
    """How many batches and lines of the ledger were compared; ``flaws``: sentences by number, without any sum."""

    batches: int
    entries: int
    flaws: tuple[str, ...]


def check_batches(office: Office, session: Session) -> BatchAudit:
    """Every batch, given up ones too: what was frozen, its approval, its file, and what the ledger says of it; then
    every report of the bank."""
    flaws: list[str] = []
    numbers = session.exec(select(PayBatch.id, PayBatch.number).order_by(col(PayBatch.id))).all()
    for batch_id, number in numbers:
        try:
            found = list(_of_batch(office, session, session.get_one(PayBatch, batch_id)))
        except (KeysMissing, ValueError, KeyError, TypeError):
            found = ["zapisanej treści nie da się odczytać: bajty w bazie zmieniono."]
        flaws += [f"lista {number}: {flaw}" for flaw in found]
    for report_id, number in session.exec(select(BankReport.id, BankReport.number).order_by(col(BankReport.id))).all():
        try:
            found = list(_of_report(office, session, session.get_one(BankReport, report_id)))
        except KeysMissing:
            found = ["zapisanej treści nie da się odczytać: bajty w bazie zmieniono."]
        flaws += [f"potwierdzenia {number}: {flaw}" for flaw in found]
    entries = session.exec(select(func.count(col(PayEntry.id)))).one()
    return BatchAudit(len(numbers), entries, tuple(flaws))


def _of_batch(office: Office, session: Session, batch: PayBatch) -> Iterator[str]:
    lines = lines_of_batch(session, batch)
    yield from _altered(session, batch, lines)
    if not _states_fit(batch.state, [line.item.state for line in lines]):
        yield "stan listy nie wynika ze stanów jej przelewów."
    entries = _entries(session, batch)
    for line in lines:
        if not _ledger_fits(line.item, entries.get(line.item.id, ())):
            yield f"{line.number}: księga wypłat mówi co innego niż stan przelewu."
    if batch.exported_at is not None or batch.state in _WITH_FILE:
        yield from _file(office, session, batch)


def _altered(session: Session, batch: PayBatch, lines: Sequence[Line]) -> Iterator[str]:
    """What is not as it was frozen, and an approval that nobody gave."""
    try:
        require_unaltered(session, batch, lines)
    except BatchAltered as altered:
        yield from (f"nie jest tym, co zamrożono: {what}." for what in altered.found)
    if batch.state in _APPROVED or batch.approved_by or batch.approval:
        try:
            require_approval(session, batch)
        except BatchAltered:
            yield "zatwierdzenia nie dał ten, kto jest wpisany, albo zatwierdzono co innego."


_WITH_FILE = frozenset({BatchState.EXPORTED, BatchState.PARTLY_CONFIRMED, BatchState.CONFIRMED})
_APPROVED = _WITH_FILE | {BatchState.APPROVED}


def _states_fit(state: BatchState, items: Sequence[ItemState]) -> bool:
    """Whether a batch may be in a state while its transfers are in theirs."""
    ordered, released = items.count(ItemState.ORDERED), items.count(ItemState.RELEASED)
    if state is BatchState.DISCARDED:
        return released == len(items)
    if released:
        return False
    if state is BatchState.CONFIRMED:
        return ordered == 0
    return 0 < ordered < len(items) if state is BatchState.PARTLY_CONFIRMED else ordered == len(items)


def _entries(session: Session, batch: PayBatch) -> Mapping[int | None, list[PayEntry]]:
    rows = session.exec(
        select(PayEntry)
        .join(PayBatchItem, col(PayBatchItem.id) == PayEntry.item_id)
        .where(PayBatchItem.batch_id == batch.id)
    ).all()
    found: dict[int | None, list[PayEntry]] = {}
    for row in rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def _ledger_fits(item: PayBatchItem, entries: Sequence[PayEntry]) -> bool:
    """Whether the ledger tells of a transfer what its state tells: what left, and what of it came back."""
    told = {entry.kind: entry.amount for entry in entries}
    if item.state is ItemState.PAID:
        return told == {EntryKind.PAID: item.amount}
    if item.state is ItemState.RETURNED:
        # What the bank never carried out came back as nothing.
        return told in (
            {EntryKind.RETURNED: 0},
            {EntryKind.PAID: item.amount, EntryKind.RETURNED: -item.amount},
        )
    return told == {}


def _file(office: Office, session: Session, batch: PayBatch) -> Iterator[str]:
    row = newest(session, BANK_FILE, batch.number)
    if row is None:
        yield "pliku dla banku nie ma w rejestrze."
        return
    try:
        content = content_of(office, session, row)
    except (KeysMissing, NotFound):
        yield "pliku dla banku nie da się otworzyć albo nie ma go w magazynie."
        return
    if f"{batch.number}:{hashlib.sha256(content).hexdigest()}" != batch.file_digest:
        yield "plik dla banku nie jest tym, który sporządzono."


def _of_report(office: Office, session: Session, report: BankReport) -> Iterator[str]:
    if keyring_in(session).lookup(BANK_REPORT, report.content_digest) != report.content_lookup:
        yield "skrót pliku z banku zmieniono."
    kinds = session.exec(select(PayEntry.kind).where(PayEntry.report_id == report.id)).all()
    if (kinds.count(EntryKind.PAID), kinds.count(EntryKind.RETURNED)) != (report.paid, report.returned):
        yield "w księdze wypłat jest inna liczba wpisów z tego pliku, niż odnotowano."
    row = newest(session, BANK_REPORT, report.number)
    if row is None:
        yield "pliku z banku nie ma w rejestrze."
        return
    try:
        content = content_of(office, session, row)
    except (KeysMissing, NotFound):
        yield "pliku z banku nie da się otworzyć albo nie ma go w magazynie."
        return
    if hashlib.sha256(content).hexdigest() != report.content_digest:
        yield "plik z banku nie jest tym, który wczytano."
