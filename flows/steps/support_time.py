"""How much of a person's time goes to support, alone and in groups, whatever seat it comes with.

Limits and double bookings are of the person, so these queries look past the area of the account that asks; what they
give are hours and numbers of sessions. Remarks about meetings name only what the account may see.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw, warsaw_date
from models.project import ProjectDefinition
from models.rules.support import Spent
from models.support_rules import SupportKind
from models.tables import (
    Attendance,
    Call,
    CoachingSession,
    Group,
    Meeting,
    MeetingDay,
    Membership,
    Person,
    ProjectVersion,
    SupportAttendance,
    SupportGrant,
    SupportSession,
)
from models.tables.support import COUNTING
from templates.polish import short_date


@dataclass(frozen=True)
class PersonTime:
    """One session of one person: with which seat, of which project."""

    membership_id: int
    project: str
    spent: Spent


def lock_people(session: Session, person_ids: Collection[int]) -> None:
    """Keeps others from counting or filling the hours of these people until the transaction ends; in one order."""
    for person_id in sorted(set(person_ids)):
        session.get_one(Person, person_id, with_for_update=True)


def time_of(session: Session, person_ids: Collection[int]) -> dict[int, list[PersonTime]]:
    """All sessions that stand of these people, the earliest first: replaced and called-off ones are left out."""
    session.flush()
    found: dict[int, list[PersonTime]] = defaultdict(list)
    for person_id, one in (*_individual(session, person_ids), *_grouped(session, person_ids)):
        found[person_id].append(one)
    for sessions in found.values():
        sessions.sort(key=lambda one: (one.spent.starts, one.spent.session_id))
    return found


def _individual(session: Session, person_ids: Collection[int]) -> list[tuple[int, PersonTime]]:
    replaced = sa.select(col(CoachingSession.replaces_id)).where(col(CoachingSession.replaces_id).is_not(None))
    rows = session.connection().execute(
        sa.select(
            col(Membership.person_id),
            col(Membership.id),
            col(ProjectVersion.code),
            col(CoachingSession.id),
            col(CoachingSession.starts_at),
            col(CoachingSession.ends_at),
            col(SupportGrant.kind),
        )
        .select_from(CoachingSession)
        .join(Membership, col(Membership.id) == col(CoachingSession.membership_id))
        .join(Group, col(Group.id) == col(Membership.group_id))
        .join(Call, col(Call.id) == col(Group.call_id))
        .join(ProjectVersion, col(ProjectVersion.id) == col(Call.project_version_id))
        .outerjoin(SupportGrant, col(SupportGrant.id) == col(CoachingSession.grant_id))
        .where(col(Membership.person_id).in_(sorted(person_ids)), col(CoachingSession.id).not_in(replaced))
    )
    return [
        (
            person_id,
            PersonTime(
                membership_id,
                project,
                Spent(kind or "", False, session_id, starts, ends, _minutes(starts, ends)),
            ),
        )
        for person_id, membership_id, project, session_id, starts, ends, kind in rows
    ]


def _grouped(session: Session, person_ids: Collection[int]) -> list[tuple[int, PersonTime]]:
    later = aliased(SupportAttendance)
    newest = (
        sa.select(sa.func.max(col(later.version)))
        .where(
            col(later.session_id) == col(SupportAttendance.session_id),
            col(later.grant_id) == col(SupportAttendance.grant_id),
        )
        .scalar_subquery()
    )
    rows = session.connection().execute(
        sa.select(
            col(Membership.person_id),
            col(Membership.id),
            col(SupportSession.project),
            col(SupportSession.kind),
            col(SupportSession.id),
            col(SupportSession.starts_at),
            col(SupportSession.ends_at),
            col(SupportAttendance.minutes),
            col(SupportGrant.last_day),
        )
        .select_from(SupportAttendance)
        .join(SupportSession, col(SupportSession.id) == col(SupportAttendance.session_id))
        .join(SupportGrant, col(SupportGrant.id) == col(SupportAttendance.grant_id))
        .join(Membership, col(Membership.id) == col(SupportGrant.membership_id))
        .where(
            col(Membership.person_id).in_(sorted(person_ids)),
            col(SupportSession.state).in_(COUNTING),
            col(SupportAttendance.version) == newest,
        )
    )
    return [
        (person_id, PersonTime(membership_id, project, Spent(kind, True, session_id, starts, ends, minutes)))
        for person_id, membership_id, project, kind, session_id, starts, ends, minutes, last_day in rows
        # Nobody is expected at a session after the support ended, as it does with the seat.
        if minutes is not None or last_day is None or warsaw_date(starts) <= last_day
    ]


def _minutes(starts: datetime, ends: datetime) -> int:
    return int((ends - starts).total_seconds()) // 60


def kind_of(definition: ProjectDefinition, spent: Spent) -> str:
    """Which kind of the project a session counts towards; one on record without a kind, that which takes them."""
    return spent.kind or next((one.code for one in definition.support if one.takes_earlier), "")


def counted_minutes(
    definition: ProjectDefinition, kind: SupportKind, sessions: Sequence[PersonTime], *, but: Spent | None = None
) -> int:
    """The minutes of a person that count towards the limit of a kind; ``but``: a session that is entered anew."""
    return sum(
        one.spent.minutes or 0
        for one in sessions
        if one.project == definition.code and kind_of(definition, one.spent) == kind.code and one.spent != but
    )


def when(starts: datetime, ends: datetime) -> str:
    """„5.10.2018 r., 16:00–17:30” by the clock in Warsaw."""
    return f"{short_date(warsaw(starts).date())}, {warsaw(starts):%H:%M}–{warsaw(ends):%H:%M}"


def meeting_remarks(session: Session, person_id: int, number: str, starts: datetime, ends: datetime) -> list[str]:
    """A sentence for each meeting at which the person is on record at the same time; nothing follows from it."""
    rows = session.exec(
        select(Attendance, MeetingDay, Meeting)
        .join(MeetingDay, col(MeetingDay.id) == Attendance.meeting_day_id)
        .join(Meeting, col(Meeting.id) == MeetingDay.meeting_id)
        .join(Membership, col(Membership.id) == Attendance.membership_id)
        .where(
            Membership.person_id == person_id,
            col(MeetingDay.starts_at) < ends,
            col(MeetingDay.ends_at) > starts,
        )
        .order_by(col(Attendance.version))
    ).all()
    newest = {(row.meeting_day_id, row.membership_id): (row, day, meeting) for row, day, meeting in rows}
    return [
        f"Zgłoszenie {number}: w tym czasie jest wpisana obecność na spotkaniu „{meeting.code}” "
        f"({when(row.arrived_at or day.starts_at, row.left_at or day.ends_at)})."
        for row, day, meeting in newest.values()
        if row.minutes and (row.arrived_at or day.starts_at) < ends and (row.left_at or day.ends_at) > starts
    ]
