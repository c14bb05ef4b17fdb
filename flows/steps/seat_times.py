"""When a seat was held: confirmed, let go of, named from a day on. Who left may still be owed for a meeting."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Session, col, select

from models.errors import NotYet
from models.events import Happened
from models.rules.working_days import start_of_day
from models.tables import Event, MeetingDay, Membership, Nomination
from models.tables.memberships import SEATED
from models.tables.nominations import BY_THE_INSTITUTION, NominationStep
from models.transitions import reference


def held_seat(session: Session, membership: Membership, day: MeetingDay) -> bool:
    """Whether the member held the seat on a day of a meeting, whatever became of it afterwards.

    Read from the log: confirmed before the day ended, and not given up or taken back before it began.
    """
    return held_during(_seat_times(session, membership), day)


SeatTimes: TypeAlias = tuple[datetime | None, datetime | None]
"""When a seat was confirmed and when it was let go of; ``None`` for what has not happened."""


def held_during(times: SeatTimes, day: MeetingDay) -> bool:
    """Whether a seat with these times was held on a day of a meeting."""
    return held_between(times, day.starts_at, day.ends_at)


def held_between(times: SeatTimes, starts: datetime, ends: datetime) -> bool:
    """Whether a seat with these times was held at some moment between two others."""
    begun, ended = times
    return begun is not None and begun < ends and (ended is None or ended > starts)


def seat_times(session: Session, memberships: Sequence[Membership]) -> dict[int, SeatTimes]:
    """The times of many seats, by id, in two queries however many they are."""
    subjects = {reference(one): one.id for one in memberships}
    at: dict[int, dict[str, datetime]] = {one.id: {} for one in memberships if one.id is not None}
    for subject, kind, moment in session.exec(
        select(Event.subject, Event.kind, Event.at)
        .where(col(Event.subject).in_(subjects), col(Event.kind).in_((Happened.SEAT_CONFIRMED, *_SEAT_ENDS)))
        .order_by(col(Event.id))
    ).all():
        at[subjects[subject] or 0][kind] = moment
    times = {row: _times(found) for row, found in at.items()}
    for step in session.exec(
        select(Nomination).where(col(Nomination.membership_id).in_(at)).order_by(col(Nomination.id))
    ).all():
        # An institution names whom it sends from a day on, whenever that was written down.
        begun, ended = times[step.membership_id]
        if step.step is NominationStep.SEATED:
            begun = start_of_day(step.on_day)
        elif step.cause in BY_THE_INSTITUTION:
            ended = start_of_day(step.on_day)
        times[step.membership_id] = (begun, ended)
    return times


def _seat_times(session: Session, membership: Membership) -> SeatTimes:
    assert membership.id is not None
    return seat_times(session, [membership])[membership.id]


def _times(at: Mapping[str, datetime]) -> SeatTimes:
    return at.get(Happened.SEAT_CONFIRMED), min((at[end] for end in _SEAT_ENDS if end in at), default=None)


_SEAT_ENDS = (Happened.SEAT_LEFT, Happened.SEAT_STRUCK_OFF, Happened.SEAT_REVOKED, Happened.SEAT_REPLACED)


def held_any_seat(session: Session, membership: Membership) -> bool:
    """Whether the member holds a seat or once held one: who left may still be owed for a meeting."""
    return membership.state in SEATED or _seat_times(session, membership)[0] is not None


def require_seat(session: Session, membership: Membership, number: str, what: str) -> None:
    """Raises ``NotYet`` for one who holds no seat and never held one: who left may still be owed for a meeting."""
    if not held_any_seat(session, membership):
        raise NotYet(f"Zgłoszenie {number} nie ma potwierdzonego miejsca; {what} po nim.")
