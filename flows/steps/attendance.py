"""Attendance: what is confirmed of each member and substitute on each day; the minutes are what is paid for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeAlias

from sqlmodel import Session, col, select

from flows.adapters.clock import WARSAW
from flows.steps.applications import find_application
from flows.steps.meeting_letters import invited_application
from flows.steps.meetings import days_of, find_meeting, length
from flows.steps.memberships import member_on
from flows.steps.seat_times import held_seat
from models.actor import Actor, Right
from models.errors import BadInput, NotFound, NotYet
from models.events import Happened
from models.rules.presence import AttendanceStatus, status_of
from models.tables import (
    Application,
    Attendance,
    DayConfirmation,
    Invitation,
    Meeting,
    MeetingDay,
    Membership,
    SubstituteAttendance,
)
from models.tables.meetings import EXPECTED, InvitationRole, MeetingState
from models.tables.memberships import MembershipState
from models.transitions import Facts, move, note, reference

Attends: TypeAlias = Membership | Invitation
"""By what somebody is at a meeting: a seat, or an invitation in place of a member."""
Row: TypeAlias = Attendance | SubstituteAttendance


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is confirmed of one person on one day, and where that is known from. Times are local clock times."""

    minutes: int
    arrived: time | None = None
    left: time | None = None
    excused: bool = False
    reason: str = ""
    shared_reason: str = ""
    """Given for a whole list: the reason of who is excused or whose entry changes, and has none of their own."""
    raw: str = ""
    file_id: int | None = None
    place: str = ""


@dataclass(frozen=True)
class OnTheList:
    """Somebody whose presence on a day is asked about."""

    number: str
    application: Application
    by: Attends

    @property
    def substitute(self) -> bool:
        return isinstance(self.by, Invitation)


def record(
    session: Session,
    call_code: str,
    meeting_code: str,
    on: date,
    number: str,
    minutes: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Enters confirmed minutes of one person on one day; ``enter`` tells the rest."""
    enter(session, call_code, meeting_code, on, number, Entry(minutes=minutes), actor=actor, now=now)


def enter(
    session: Session,
    call_code: str,
    meeting_code: str,
    on: date,
    number: str,
    entry: Entry,
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Enters what is confirmed of one person on one day; the same again changes nothing, others are a new version.

    Who held a seat on that day may have left it since. The first presence makes a member of one who had confirmed.
    Returns whether anything was written. Raises ``BadInput`` for more minutes than the day has, for somebody who had
    no seat, and for a change of a confirmed day without a reason; ``NotYet`` before the day and when it was called off.
    """
    actor.require(Right.ATTENDANCE)
    _, _, meeting = find_meeting(session, call_code, meeting_code)
    refuse_called_off(meeting, "obecności na nim się nie wpisuje")
    day = day_of(session, meeting, on)
    if day.starts_at > now:
        raise NotYet(f"Dzień {on} jeszcze się nie zaczął; obecność wpisuje się po nim.")
    longest = minutes_of(day)
    if not 0 <= entry.minutes <= longest:
        raise BadInput(f"Liczba minut musi być od 0 do {longest}: tyle trwał ten dzień.")
    by = _attends(session, meeting, day, number)
    last = newest_entry(session, day, by)
    row = _row(day, by, entry, version=(last.version if last else 0) + 1, actor=actor, now=now)
    if last is not None and _says_nothing_new(last, row):
        return False
    if row.reason is None and (last is not None or row.status is AttendanceStatus.EXCUSED):
        row.reason = entry.shared_reason.strip() or None
    if last is not None and row.reason is None and confirmation_of(session, day) is not None:
        raise BadInput(
            f"Zgłoszenie {number}: obecność z dnia {on} jest potwierdzona. Zmiana wymaga uzasadnienia: "
            "nabor attendance enter … --reason, a w tabeli kolumna „powod”."
        )
    session.add(row)
    facts: Facts = {"meeting": meeting.code, "day": on.isoformat(), "minutes": row.minutes, "status": row.status}
    happened = Happened.ATTENDANCE_RECORDED if isinstance(by, Membership) else Happened.SUBSTITUTE_ATTENDED
    note(session, reference(by), happened=happened, actor=actor, now=now, area=meeting.area, facts=facts)
    if isinstance(by, Membership):
        _begun(session, by, on, actor=actor, now=now)
    if meeting.state in (MeetingState.PLANNED, MeetingState.INVITED):
        move(session, meeting, MeetingState.HELD, happened=Happened.MEETING_HELD, actor=actor, now=now)
    return True


def _begun(session: Session, membership: Membership, on: date, *, actor: Actor, now: datetime) -> None:
    """Participation begins with the earliest day attended, in whatever order days are entered and corrected."""
    attended = _days_attended(session, membership)
    if not attended:
        return
    membership.joined_on = min(attended).isoformat()
    session.add(membership)
    if membership.state is MembershipState.CONFIRMED:
        move(
            session,
            membership,
            MembershipState.MEMBER,
            happened=Happened.PARTICIPATION_BEGAN,
            actor=actor,
            now=now,
            facts={"on": on.isoformat()},
        )


def _days_attended(session: Session, membership: Membership) -> list[date]:
    rows = session.exec(
        select(MeetingDay, Attendance)
        .join(Attendance, col(Attendance.meeting_day_id) == MeetingDay.id)
        .where(Attendance.membership_id == membership.id)
        .order_by(col(Attendance.version))
    ).all()
    newest = {day.id: (day.on, row.minutes) for day, row in rows}
    return [on for on, minutes in newest.values() if minutes]


def _attends(session: Session, meeting: Meeting, day: MeetingDay, number: str) -> Attends:
    """By what an application is at the meeting on a day. Raises ``BadInput``."""
    membership = member_on(session, number, day)
    if membership is not None and membership.group_id == meeting.group_id:
        return membership
    application = find_application(session, number)
    for row in substitutes(session, meeting):
        if row.application_id == application.id:
            return row
    raise BadInput(f"Zgłoszenie {number} nie miało w tym dniu miejsca w tej grupie.")


def _row(day: MeetingDay, by: Attends, entry: Entry, *, version: int, actor: Actor, now: datetime) -> Row:
    assert day.id is not None
    assert by.id is not None
    arrived, left = (_instant(day, at) for at in (entry.arrived, entry.left))
    table, who = (
        (Attendance, "membership_id") if isinstance(by, Membership) else (SubstituteAttendance, "invitation_id")
    )
    return table(
        **{who: by.id},
        area=day.area,
        meeting_day_id=day.id,
        version=version,
        minutes=entry.minutes,
        status=_status(day, entry, arrived, left),
        arrived_at=arrived,
        left_at=left,
        reason=entry.reason.strip() or None,
        raw=entry.raw or None,
        file_id=entry.file_id,
        place=entry.place[:_LONGEST_PLACE],
        recorded_at=now,
        recorded_by=actor.login,
    )


_LONGEST_PLACE = 120


def _status(day: MeetingDay, entry: Entry, arrived: datetime | None, left: datetime | None) -> AttendanceStatus:
    return status_of(
        entry.minutes,
        minutes_of(day),
        late=arrived is not None and arrived > day.starts_at,
        early=left is not None and left < day.ends_at,
        excused=entry.excused,
    )


def _instant(day: MeetingDay, at: time | None) -> datetime | None:
    return None if at is None else datetime.combine(day.on, at, WARSAW)


@dataclass(frozen=True)
class _Stated:
    """What a row says, before there is one."""

    minutes: int
    status: AttendanceStatus
    arrived_at: datetime | None
    left_at: datetime | None
    reason: str | None


def _says_nothing_new(last: Row, row: Row | _Stated) -> bool:
    """Whether a new entry says no more than the last one did: bare minutes say nothing of when somebody came."""
    times = (row.arrived_at, row.left_at)
    same_status = row.status is last.status or times == (None, None) != (last.arrived_at, last.left_at)
    return (
        row.minutes == last.minutes
        and same_status
        and times in ((None, None), (last.arrived_at, last.left_at))
        and row.reason in (None, last.reason)
    )


def says_anew(day: MeetingDay, last: Row, entry: Entry) -> bool:
    """Whether an entry says more than the last one of the same person, or something else."""
    arrived, left = (_instant(day, at) for at in (entry.arrived, entry.left))
    status, reason = _status(day, entry, arrived, left), entry.reason.strip() or None
    return not _says_nothing_new(last, _Stated(entry.minutes, status, arrived, left, reason))


def day_of(session: Session, meeting: Meeting, on: date) -> MeetingDay:
    """A day of a meeting. Raises ``NotFound``."""
    day = session.exec(select(MeetingDay).where(MeetingDay.meeting_id == meeting.id, MeetingDay.on == on)).first()
    if day is None:
        raise NotFound(f"Spotkanie {meeting.code} nie ma dnia {on}.")
    return day


def refuse_called_off(meeting: Meeting, consequence: str) -> None:
    """Raises ``NotYet`` for a meeting that was called off; ``consequence`` says in Polish what is not done of it."""
    if meeting.state is MeetingState.CANCELLED:
        raise NotYet(f"Spotkanie „{meeting.code}” odwołano; {consequence}.")


def minutes_of(day: MeetingDay) -> int:
    """How many minutes the day lasted."""
    return int(length(day).total_seconds()) // 60


def on_the_list(session: Session, meeting: Meeting, day: MeetingDay) -> list[OnTheList]:
    """Everybody who held a seat on a day, whatever became of it since, and the substitutes; by number."""
    rows = session.exec(
        select(Membership, Application)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(Membership.group_id == meeting.group_id)
    ).all()
    found = [OnTheList(one.number, one, row) for row, one in rows if held_seat(session, row, day)]
    for invitation in substitutes(session, meeting):
        application = invited_application(session, invitation)
        found.append(OnTheList(application.number, application, invitation))
    return sorted(found, key=lambda one: (one.number, one.substitute))


def substitutes(session: Session, meeting: Meeting) -> list[Invitation]:
    """Who comes, or may come, to this one meeting instead of a member."""
    return list(
        session.exec(
            select(Invitation)
            .where(
                Invitation.meeting_id == meeting.id,
                Invitation.role == InvitationRole.SUBSTITUTE,
                col(Invitation.state).in_(EXPECTED),
            )
            .order_by(col(Invitation.id))
        ).all()
    )


def all_entries(session: Session, day: MeetingDay, by: Attends) -> Sequence[Row]:
    """All that was confirmed of somebody on a day, the newest last."""
    if isinstance(by, Membership):
        return session.exec(
            select(Attendance)
            .where(Attendance.meeting_day_id == day.id, Attendance.membership_id == by.id)
            .order_by(col(Attendance.version))
        ).all()
    return session.exec(
        select(SubstituteAttendance)
        .where(SubstituteAttendance.meeting_day_id == day.id, SubstituteAttendance.invitation_id == by.id)
        .order_by(col(SubstituteAttendance.version))
    ).all()


def newest_entry(session: Session, day: MeetingDay, by: Attends) -> Row | None:
    """What was confirmed last of somebody on a day."""
    if isinstance(by, Membership):
        return newest_attendance(session, day, by)
    return session.exec(
        select(SubstituteAttendance)
        .where(SubstituteAttendance.meeting_day_id == day.id, SubstituteAttendance.invitation_id == by.id)
        .order_by(col(SubstituteAttendance.version).desc())
    ).first()


def newest_attendance(session: Session, day: MeetingDay, membership: Membership) -> Attendance | None:
    """What was confirmed last for a member on a day."""
    return session.exec(
        select(Attendance)
        .where(Attendance.meeting_day_id == day.id, Attendance.membership_id == membership.id)
        .order_by(col(Attendance.version).desc())
    ).first()


def confirmation_of(session: Session, day: MeetingDay) -> DayConfirmation | None:
    """The last confirmation of a day as a whole."""
    return session.exec(
        select(DayConfirmation).where(DayConfirmation.meeting_day_id == day.id).order_by(col(DayConfirmation.id).desc())
    ).first()


def entries_of(session: Session, day: MeetingDay, people: Sequence[OnTheList]) -> dict[str, Row]:
    """The entry that counts of everybody who has one, by number."""
    found = {one.number: newest_entry(session, day, one.by) for one in people}
    return {number: row for number, row in found.items() if row is not None}


def days_not_entered(session: Session, meeting: Meeting, membership: Membership) -> list[MeetingDay]:
    """Days of a meeting on which the member held a seat, and nobody has said yet whether they were there."""
    entered = {day.id for day, _ in minutes_by_day(session, meeting, membership)}
    return [day for day in days_of(session, meeting) if day.id not in entered and held_seat(session, membership, day)]


def minutes_by_day(session: Session, meeting: Meeting, membership: Membership) -> list[tuple[MeetingDay, int]]:
    """Confirmed minutes of a member on each day of a meeting; days without an entry are left out."""
    found = []
    for day in days_of(session, meeting):
        attendance = newest_attendance(session, day, membership)
        if attendance is not None:
            found.append((day, attendance.minutes))
    return found
