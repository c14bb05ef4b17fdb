"""What a certificate of participation stands on: confirmed days, and the share of hours by the project's own rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.presence import presence_on, standing_by
from flows.steps.projects import definition_for
from models.project import Entitled, ProjectDefinition
from models.rules.presence import DayOfPresence, PresenceStanding
from models.tables import Call, Certificate, Group, Meeting, MeetingDay, Membership
from models.tables.meetings import MeetingState
from templates.documents.certificate import AttendedDay


@dataclass(frozen=True)
class Held:
    """The days of a group's meetings that are over, and the codes of meetings that are not."""

    days: tuple[tuple[Meeting, MeetingDay], ...]
    ahead: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """Why a member is entitled to a certificate, or why not. ``minutes`` are real, ``percent`` is of what counts."""

    days: tuple[AttendedDay, ...]
    minutes: int
    percent: int
    why_not: str
    open: bool
    """Whether what is in the way is a day without an entry: nobody knows yet."""

    @property
    def gone(self) -> bool:
        """Whether a certificate that was issued says what is no longer so."""
        return bool(self.why_not) and not self.open


def held(session: Session, group: Group, *, now: datetime) -> Held:
    """Which meetings of a group certificates tell of; one that has a day to come is ahead as a whole."""
    rows = session.exec(
        select(Meeting, MeetingDay)
        .join(MeetingDay, col(MeetingDay.meeting_id) == col(Meeting.id))
        .where(Meeting.group_id == group.id, Meeting.state != MeetingState.CANCELLED)
        .order_by(col(MeetingDay.starts_at))
    ).all()
    ahead = dict.fromkeys(meeting.code for meeting, day in rows if day.ends_at > now)
    return Held(tuple((meeting, day) for meeting, day in rows if meeting.code not in ahead), tuple(ahead))


def grounds(
    session: Session, memberships: Sequence[Membership], over: Held, definition: ProjectDefinition, *, now: datetime
) -> dict[int, Ground]:
    """The ground of each member of one group, by membership."""
    found = presence_on(session, memberships, [day for _, day in over.days], now=now)
    return {member: _ground(over, days, definition) for member, days in found.items()}


def _ground(over: Held, days: dict[int, DayOfPresence], definition: ProjectDefinition) -> Ground:
    attended = tuple(
        AttendedDay(on=day.on, meeting=meeting.title, kind=meeting.kind, minutes=there.minutes)
        for meeting, day in over.days
        if (there := days.get(day.id or 0)) is not None and there.minutes
    )
    standing = standing_by(definition, days.values())
    return Ground(
        days=attended,
        minutes=sum(day.minutes for day in attended),
        percent=standing.percent or 0,
        why_not=_why_not(attended, standing, definition),
        open=bool(standing.not_entered),
    )


def _why_not(attended: Sequence[AttendedDay], standing: PresenceStanding, definition: ProjectDefinition) -> str:
    if standing.not_entered:
        return f"nie wpisano obecności: {', '.join(f'{day:%d.%m.%Y}' for day in standing.not_entered)}"
    # Excused days may count as presence, but a certificate without a single hour would say nothing.
    if not attended:
        return "bez potwierdzonej obecności"
    required = definition.deadlines.min_attendance_percent
    if definition.certificates.entitled is Entitled.ONCE or standing.attended * 100 >= required * standing.counted:
        return ""
    return f"obecność {standing.percent or 0}%, potrzeba {required}%"


def groundless(session: Session, *, now: datetime) -> set[str]:
    """Numbers of certificates that were issued and that their members are no longer entitled to."""
    rows = session.exec(
        select(Certificate.number, Membership, Group)
        .join(Membership, col(Membership.id) == col(Certificate.membership_id))
        .join(Group, col(Group.id) == col(Certificate.group_id))
        .where(Certificate.version == 1)
    ).all()
    issued: dict[int, tuple[Group, dict[str, Membership]]] = {}
    for number, membership, group in rows:
        issued.setdefault(group.id or 0, (group, {}))[1][number] = membership
    found: set[str] = set()
    for group, members in issued.values():
        definition = definition_for(session, session.get_one(Call, group.call_id))
        stand = grounds(session, list(members.values()), held(session, group, now=now), definition, now=now)
        found |= {number for number, membership in members.items() if stand[membership.id or 0].gone}
    return found
