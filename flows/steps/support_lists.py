"""Who is on the lists of sessions of groups, who was there, and of whom nobody has said it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw
from flows.steps.portions import AT_ONCE, portions
from flows.steps.seat_times import SeatTimes, held_between, seat_times
from flows.steps.support_entry import minutes_of
from models.tables import Application, Membership, SupportAttendance, SupportGrant, SupportSession
from models.tables.support import SupportSessionState


@dataclass(frozen=True)
class Listed:
    """One person on the list of a session. ``minutes``: ``None`` while nobody has said whether they were there."""

    number: str
    grant: SupportGrant
    membership: Membership
    minutes: int | None
    version: int


@dataclass(frozen=True)
class SessionLine:
    """A session as it is shown. ``starts`` and ``ends`` are local clock times."""

    id: int
    kind: str
    on: date
    starts: str
    ends: str
    minutes: int
    topic: str
    coach: str
    place: str
    state: SupportSessionState
    listed: int
    present: int
    not_entered: int


def listed_in(session: Session, row: SupportSession) -> list[Listed]:
    """Everybody on the list of a session with the entry that counts, by number."""
    return _lists_of(session, [row]).get(row.id or 0, [])


def still_covered(session: Session, row: SupportSession, people: Sequence[Listed]) -> frozenset[str]:
    """The numbers of those on the list whose support and seat were there at the time of the session: whoever left after
    it was planned stays on record, and is expected at it no more."""
    return _covered(row, people, seat_times(session, [one.membership for one in people]))


def session_lines(session: Session, *, kind: str = "", at: int | None = None) -> list[SessionLine]:
    """Sessions of groups, the earliest first; of one kind, or one session. As many queries for many as for one."""
    query = select(SupportSession).order_by(col(SupportSession.starts_at), col(SupportSession.id))
    if kind:
        query = query.where(SupportSession.kind == kind)
    if at is not None:
        query = query.where(SupportSession.id == at)
    rows = session.exec(query).all()
    lists = _lists_of(session, rows)
    times = _times_of_silent(session, lists)
    lines = []
    for row in rows:
        assert row.id is not None
        people = lists.get(row.id, [])
        starts, ends = warsaw(row.starts_at), warsaw(row.ends_at)
        lines.append(
            SessionLine(
                id=row.id,
                kind=row.kind,
                on=starts.date(),
                starts=f"{starts:%H:%M}",
                ends=f"{ends:%H:%M}",
                minutes=minutes_of(row.starts_at, row.ends_at),
                topic=row.topic,
                coach=row.coach,
                place=row.place,
                state=row.state,
                listed=len(people),
                present=sum(1 for one in people if one.minutes),
                not_entered=len(_covered(row, [one for one in people if one.minutes is None], times)),
            )
        )
    return lines


def _lists_of(session: Session, rows: Sequence[SupportSession]) -> dict[int, list[Listed]]:
    """Everybody on the lists of many sessions, by the session's id, in the order of numbers."""
    newest: dict[int, dict[str, Listed]] = {}
    for portion in portions(rows, AT_ONCE):
        for entry, grant, membership, number in session.exec(
            select(SupportAttendance, SupportGrant, Membership, Application.number)
            .join(SupportGrant, col(SupportGrant.id) == SupportAttendance.grant_id)
            .join(Membership, col(Membership.id) == SupportGrant.membership_id)
            .join(Application, col(Application.id) == Membership.application_id)
            .where(col(SupportAttendance.session_id).in_([one.id for one in portion]))
            .order_by(col(SupportAttendance.version))
        ).all():
            listed = Listed(number, grant, membership, entry.minutes, entry.version)
            newest.setdefault(entry.session_id, {})[number] = listed
    return {found: sorted(people.values(), key=lambda one: one.number) for found, people in newest.items()}


def _covered(row: SupportSession, people: Sequence[Listed], times: Mapping[int, SeatTimes]) -> frozenset[str]:
    day = warsaw(row.starts_at).date()
    return frozenset(
        one.number
        for one in people
        if one.grant.first_day is not None
        and one.grant.first_day <= day <= (one.grant.last_day or day)
        and held_between(times[one.membership.id or 0], row.starts_at, row.ends_at)
    )


def _times_of_silent(session: Session, lists: Mapping[int, Sequence[Listed]]) -> dict[int, SeatTimes]:
    """When those of whom nobody has said whether they were there held their seats, by membership."""
    members = {one.membership.id: one.membership for people in lists.values() for one in people if one.minutes is None}
    times: dict[int, SeatTimes] = {}
    for portion in portions(members.values(), AT_ONCE):
        times |= seat_times(session, portion)
    return times
