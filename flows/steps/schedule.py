"""The Harmonogram as it stands: every meeting by day, and what gets in its way.

A warning is no refusal: an officer sees it wherever a meeting is planned, brought in or moved, and decides.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw
from flows.steps.projects import definition_of
from models.errors import BadInput
from models.rules.collisions import Cause, Collision, Gathering, Hours, collisions
from models.rules.meeting_days import day_warnings
from models.rules.meeting_kinds import MeetingKind
from models.tables import Application, Call, Group, Invitation, Meeting, MeetingDay, Membership
from models.tables.meetings import EXPECTED, MeetingOrigin, MeetingState
from models.tables.memberships import SEATED


@dataclass(frozen=True)
class ScheduleLine:
    """One day of one meeting."""

    on: date
    starts: time
    ends: time
    call: str
    code: str
    group: str
    kind: MeetingKind
    title: str
    place: str
    host: str
    state: MeetingState
    origin: MeetingOrigin
    warnings: tuple[str, ...]
    """What is not as it should be with the meeting; at its first day only."""


@dataclass(frozen=True)
class _Known:
    meeting: Meeting
    call: Call
    group: Group
    days: tuple[Hours, ...]

    @property
    def key(self) -> str:
        return f"{self.call.code} {self.meeting.code}"


def schedule(session: Session, *, call: str = "", area: str = "", month: str = "") -> list[ScheduleLine]:
    """Every day of every meeting within the actor's scope, by date; called off ones among them, by their old days.

    ``area`` is the beginning of a TERYT code, ``month`` is written ``2018-09``. Raises ``BadInput`` for another month.
    """
    wanted = _month(month)
    known = _meetings(session)
    warned = _warnings(session, known)
    lines = []
    for one in known:
        if (call and one.call.code != call) or not one.meeting.area.startswith(area):
            continue
        for number, day in enumerate(one.days):
            if wanted is not None and (day.on.year, day.on.month) != wanted:
                continue
            lines.append(
                ScheduleLine(
                    on=day.on,
                    starts=day.starts,
                    ends=day.ends,
                    call=one.call.code,
                    code=one.meeting.code,
                    group=one.group.name,
                    kind=one.meeting.kind,
                    title=one.meeting.title,
                    place=one.meeting.place,
                    host=one.meeting.host,
                    state=one.meeting.state,
                    origin=one.meeting.origin,
                    warnings=tuple(warned.get(one.key, ())) if number == 0 else (),
                )
            )
    return sorted(lines, key=lambda line: (line.on, line.starts, line.call, line.code))


def warnings_of(session: Session, keys: Collection[tuple[str, str]]) -> list[str]:
    """What is not as it should be with these meetings (by the codes of call and meeting), a sentence for each."""
    known = _meetings(session)
    warned = _warnings(session, known)
    wanted = {f"{call} {code}" for call, code in keys}
    said = [
        f"{one.meeting.code}: {sentence}" for one in known if one.key in wanted for sentence in warned.get(one.key, ())
    ]
    return list(dict.fromkeys(said))


def _month(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise BadInput(f"„{text}” nie jest miesiącem. Wzór: 2018-09.") from None
    return found.year, found.month


def _meetings(session: Session) -> list[_Known]:
    days: defaultdict[int, list[MeetingDay]] = defaultdict(list)
    for day in session.exec(select(MeetingDay).order_by(col(MeetingDay.on))).all():
        days[day.meeting_id].append(day)
    rows = session.exec(
        select(Meeting, Group, Call)
        .join(Group, col(Group.id) == col(Meeting.group_id))
        .join(Call, col(Call.id) == col(Group.call_id))
        .order_by(col(Meeting.id))
    ).all()
    return [_Known(meeting, call, group, _hours(days[meeting.id or 0])) for meeting, group, call in rows]


def _hours(days: Sequence[MeetingDay]) -> tuple[Hours, ...]:
    return tuple(
        Hours(
            day.on,
            warsaw(day.starts_at).time().replace(tzinfo=None),
            warsaw(day.ends_at).time().replace(tzinfo=None),
        )
        for day in days
    )


def _warnings(session: Session, known: Sequence[_Known]) -> dict[str, list[str]]:
    """By the key of each meeting that is not called off."""
    standing = [one for one in known if one.meeting.state is not MeetingState.CANCELLED]
    people = _people(session, standing)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in standing:
        kind = definition_of(session, one.meeting.project_version_id).group_kind(one.group.kind)
        found[one.key] += day_warnings(
            one.days,
            kind=one.meeting.kind,
            outside_working_hours=kind.meeting.outside_working_hours,
            day_count=kind.meeting.days,
            hours_per_day=kind.meeting.hours_per_day,
        )
    numbers = _Numbers(session)
    for collision in collisions(
        Gathering(one.key, one.days, one.meeting.place, one.meeting.host, people[one.key]) for one in standing
    ):
        for key, other in ((collision.one, collision.other), (collision.other, collision.one)):
            found[key].append(_sentence(collision, other, numbers))
    return dict(found)


@dataclass(frozen=True)
class _Numbers:
    """The number of the application that a person sits in a group by, to name people without their names."""

    session: Session

    def of(self, people: Collection[int]) -> str:
        rows = self.session.exec(
            select(Membership.person_id, Application.number)
            .join(Application, col(Application.id) == col(Membership.application_id))
            .where(col(Membership.person_id).in_(people), col(Membership.state).in_(SEATED))
            .order_by(col(Application.number))
        ).all()
        return ", ".join(number for _, number in rows)


def _sentence(collision: Collision, other: str, numbers: _Numbers) -> str:
    at = f"{collision.hours.on:%d.%m.%Y} r."
    match collision.cause:
        case Cause.PERSON:
            what = f"te same osoby ({numbers.of(collision.people) or len(collision.people)})"
        case Cause.PLACE:
            what = "to samo miejsce"
        case Cause.HOST:
            what = "ten sam prowadzący"
    return f"{at} w tym samym czasie jest spotkanie {other}: {what}."


def _people(session: Session, known: Sequence[_Known]) -> dict[str, frozenset[int]]:
    """Who is expected at each meeting: whom it invited and who has not refused, and who sits in the group and has not
    been invited yet."""
    seats: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for group_id, membership_id, person_id in session.exec(
        select(Membership.group_id, Membership.id, Membership.person_id).where(col(Membership.state).in_(SEATED))
    ).all():
        seats[group_id][membership_id or 0] = person_id
    invited: defaultdict[int, list[Invitation]] = defaultdict(list)
    for invitation in session.exec(select(Invitation)).all():
        invited[invitation.meeting_id].append(invitation)
    found: dict[str, frozenset[int]] = {}
    for one in known:
        members = seats[one.meeting.group_id]
        asked = invited[one.meeting.id or 0]
        away = {row.membership_id for row in asked if row.state not in EXPECTED}
        there = {person for membership, person in members.items() if membership not in away}
        for row in asked:
            if row.application_id is not None and row.state in EXPECTED:
                there.add(session.get_one(Application, row.application_id).person_id)
        found[one.key] = frozenset(there)
    return found
