"""What the bank says of transfers that an officer had answered by hand before its statement came.

The ledger takes one entry of a kind for a transfer and never changes it, so the bank's own word stands in the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.actor import Actor
from models.events import Happened
from models.tables import Event, PayBatchItem, PayEntry, Stipend
from models.tables.batches import EntryKind, ItemState
from models.transitions import note, reference


@dataclass(frozen=True)
class CarriedOut:
    """A transfer that was entered as returned without having left, and that the bank carried out on a day."""

    item: PayBatchItem
    bill: str
    on: date


def hear(
    session: Session, item: PayBatchItem, kind: EntryKind, on: date, *, report: str, actor: Actor, now: datetime
) -> None:
    """Notes what the bank says of such a transfer. ``report``: the file that says so; empty for an officer's word."""
    note(
        session,
        reference(item),
        happened=Happened.HAND_ENTRY_ANSWERED,
        actor=actor,
        now=now,
        area=item.area,
        facts={"kind": kind.value, "on": on.isoformat(), "report": report},
    )


def heard(session: Session, item: PayBatchItem) -> dict[EntryKind, date]:
    """The days on which the bank says that it booked such a transfer, by what it booked."""
    return _heard(session, [item]).get(reference(item), {})


def carried_out_after_all(session: Session, *, stipend_id: int | None = None) -> list[CarriedOut]:
    """Transfers that were entered as returned, that the bank carried out, and of which nobody has said since that they
    came back: the money is with the payee, whatever the books say. ``stipend_id``: only those of one record."""
    asked = (
        select(PayBatchItem, Stipend.number)
        .join(PayEntry, col(PayEntry.item_id) == PayBatchItem.id)
        .join(Stipend, col(Stipend.id) == PayBatchItem.stipend_id)
        .where(
            PayBatchItem.state == ItemState.RETURNED,
            PayEntry.kind == EntryKind.RETURNED,
            col(PayEntry.report_id).is_(None),
            PayEntry.amount == 0,
        )
        .order_by(col(PayBatchItem.id))
    )
    if stipend_id is not None:
        asked = asked.where(PayBatchItem.stipend_id == stipend_id)
    rows = session.exec(asked).all()
    said = _heard(session, [item for item, _ in rows])
    return [
        CarriedOut(item, bill, days[EntryKind.PAID])
        for item, bill in rows
        if EntryKind.PAID in (days := said.get(reference(item), {})) and EntryKind.RETURNED not in days
    ]


def _heard(session: Session, items: Sequence[PayBatchItem]) -> dict[str, dict[EntryKind, date]]:
    found: dict[str, dict[EntryKind, date]] = {}
    if not items:
        return found
    for event in session.exec(
        select(Event).where(
            col(Event.subject).in_([reference(item) for item in items]), Event.kind == Happened.HAND_ENTRY_ANSWERED
        )
    ).all():
        days = found.setdefault(event.subject, {})
        days[EntryKind(event.facts["kind"])] = date.fromisoformat(event.facts["on"])
    return found
