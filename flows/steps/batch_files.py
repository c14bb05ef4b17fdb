"""The file for the bank: made once, kept under its digest, and given out as the same bytes ever after."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.adapters.bank_files import payment_file, profile_of
from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.batch_approval import findings
from flows.steps.batch_lists import file_stem
from flows.steps.batch_records import (
    Line,
    find_batch,
    lines_of_batch,
    payer_of,
    require_approval,
    require_unaltered,
    transfer_of,
)
from flows.steps.documents import content_of, issue, newest
from flows.steps.pay_guards import check_day
from models.actor import Actor, Right
from models.errors import BatchAltered, NotYet, PaymentsBlocked
from models.events import Happened
from models.rules.bank_profiles import BankFormat
from models.tables import PayAcknowledgement, PayBatch, PayBatchItem
from models.tables.batches import BatchState
from models.transitions import move, note, reference

BANK_FILE = "bank_file"
_SUFFIXES = {BankFormat.ELIXIR_O: ".txt", BankFormat.PAIN_001: ".xml"}


@dataclass(frozen=True)
class BankFile:
    """A file as the bank imports it. ``new``: it was made just now, and not only given out again."""

    number: str
    name: str
    content: bytes
    payments: int
    total: int
    new: bool


def export_batch(office: Office, number: str, *, actor: Actor) -> BankFile:
    """The bank file of an approved batch; a second time the bytes that were kept.

    Before the file exists everything is compared with what was frozen once more, and the guards look again: hours may
    have been cut since the approval. Raises ``NotYet`` for a batch that nobody approved or that was given up,
    ``BatchAltered``, and ``PaymentsBlocked``; such a batch may still be discarded.
    """
    actor.require(Right.MONEY)
    now = office.now()
    with office.writing(actor) as session:
        batch = find_batch(session, number)
        session.refresh(batch, with_for_update=True)
        if batch.state is BatchState.FROZEN:
            raise NotYet(f"Listy {number} nikt jeszcze nie zatwierdził (nabor batch approve).")
        if batch.state is BatchState.DISCARDED:
            raise NotYet(f"Listy {number} zaniechano; jej wypłaty można wpisać na nową (nabor batch freeze).")
        if batch.state is not BatchState.APPROVED:
            return _kept(office, session, batch, actor=actor, now=now)
        return _made(office, session, batch, actor=actor, now=now)


def _made(office: Office, session: Session, batch: PayBatch, *, actor: Actor, now: datetime) -> BankFile:
    lines = lines_of_batch(session, batch)
    require_approval(session, batch)
    require_unaltered(session, batch, lines)
    _require_still_cleared(office, session, batch, lines)
    check_day(batch.paid_on, warsaw_date(now))
    profile = profile_of(batch.profile)
    content = payment_file(
        profile,
        payer_of(batch),
        [transfer_of(line.item) for line in lines],
        on=batch.paid_on,
        created_at=now,
        message_id=batch.number,
    )
    move(
        session,
        batch,
        BatchState.EXPORTED,
        happened=Happened.BATCH_EXPORTED,
        actor=actor,
        now=now,
        facts={"number": batch.number},
    )
    batch.file_digest = _digest(batch, content)
    batch.exported_at, batch.exported_by = now, actor.login
    session.add(batch)
    row = issue(
        office,
        session,
        kind=BANK_FILE,
        subject=batch.number,
        file_name=f"{file_stem(batch.number)}-przelewy{_SUFFIXES[profile.format]}",
        content=content,
        area=batch.area,
        actor=actor,
        now=now,
    )
    return BankFile(batch.number, row.file_name, content, batch.payments, batch.total, new=True)


def _require_still_cleared(office: Office, session: Session, batch: PayBatch, lines: Sequence[Line]) -> None:
    numbers = {line.item.id: line.number for line in lines}
    kept = session.exec(
        select(PayAcknowledgement.code, PayAcknowledgement.item_id)
        .join(PayBatchItem, col(PayBatchItem.id) == PayAcknowledgement.item_id)
        .where(PayBatchItem.batch_id == batch.id)
    ).all()
    acknowledged = {(code, numbers[item_id]) for code, item_id in kept}
    standing = [
        one
        for one in findings(office, session, batch, lines)
        if one.stops or (one.code, one.number) not in acknowledged
    ]
    if standing:
        raise PaymentsBlocked(
            "Pliku dla banku nie sporządzono; listę można jeszcze zaniechać (nabor batch discard).",
            tuple(str(one) for one in standing),
        )


def _kept(office: Office, session: Session, batch: PayBatch, *, actor: Actor, now: datetime) -> BankFile:
    row = newest(session, BANK_FILE, batch.number)
    assert row is not None
    content = content_of(office, session, row)
    if _digest(batch, content) != batch.file_digest:
        raise BatchAltered(batch.number, ("plik dla banku nie jest tym, który sporządzono",))
    note(
        session,
        reference(batch),
        happened=Happened.BATCH_FILE_TAKEN,
        actor=actor,
        now=now,
        area=batch.area,
        facts={"number": batch.number},
    )
    return BankFile(batch.number, row.file_name, content, batch.payments, batch.total, new=False)


def _digest(batch: PayBatch, content: bytes) -> str:
    """Bound to the batch, since one row's encrypted text could be put into another's."""
    return f"{batch.number}:{hashlib.sha256(content).hexdigest()}"
