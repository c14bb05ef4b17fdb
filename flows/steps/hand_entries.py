"""What the bank says of transfers that an officer had answered by hand before its statement came.

The ledger takes one entry of a kind for a transfer and never changes it, so the bank's own word stands in the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, and_, col, or_, select

from models.actor import Actor
from models.events import Happened
from models.tables import Event, PayBatchItem, PayEntry, Stipend
from models.tables.batches import EntryKind, ItemState
from models.transitions import note, reference


@dataclass(frozen=True)
class CarriedOut:
    """A transfer that was entered as returned without having left, or that a given-up batch let go of, and that the
    bank carried out on a day all the same."""

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


def carried_out_after_all(session: Session, *, of: Stipend | None = None) -> list[CarriedOut]:
    """Transfers that were entered as returned or let go of, that the bank carried out, and of which nobody has said
    since that they came back: the money is with the payee, whatever the books say. ``of``: only those for the same
    member and meeting, whichever record they paid."""
    asked = (
        select(PayBatchItem, Stipend.number)
        .join(Stipend, col(Stipend.id) == PayBatchItem.stipend_id)
        .outerjoin(PayEntry, col(PayEntry.item_id) == PayBatchItem.id)
        .where(
            or_(
                col(PayBatchItem.state) == ItemState.RELEASED,
                and_(
                    col(PayBatchItem.state) == ItemState.RETURNED,
                    col(PayEntry.kind) == EntryKind.RETURNED,
                    col(PayEntry.report_id).is_(None),
                    col(PayEntry.amount) == 0,
                ),
            )
        )
        .order_by(col(PayBatchItem.id))
    )
    if of is not None:
        asked = asked.where(Stipend.membership_id == of.membership_id, Stipend.meeting_id == of.meeting_id)
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
