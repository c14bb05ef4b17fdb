"""Attendance: a sheet for each day, and confirmed minutes of each member."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw
from flows.adapters.office import Office
from flows.steps.applications import current_values, find_application
from flows.steps.documents import issue, letterhead
from flows.steps.meeting_letters import invited_application
from flows.steps.meetings import days_of, find_meeting, length
from flows.steps.memberships import held_seat, member_on, seated
from flows.steps.people import value_of
from flows.steps.projects import definition_of
from models.actor import Actor, Right
from models.errors import BadInput, NotFound, NotYet
from models.events import Happened
from models.tables import (
    Application,
    Attendance,
    Invitation,
    Meeting,
    MeetingDay,
    Membership,
    Person,
    SubstituteAttendance,
)
from models.tables.meetings import EXPECTED, InvitationRole, MeetingState
from models.tables.memberships import MembershipState
from models.transitions import move, note, reference
from templates.documents.attendance_sheet import AttendanceSheetDocument, Attendee, attendance_sheet


def issue_sheets(office: Office, call_code: str, meeting_code: str, *, actor: Actor) -> int:
    """Makes an attendance sheet for each day of a meeting, with everybody who holds a seat now and substitutes."""
    actor.require(Right.MEETINGS)
    now = office.now()
    with office.writing(actor) as session:
        _, group, meeting = find_meeting(session, call_code, meeting_code)
        definition = definition_of(session, meeting.project_version_id)
        days = days_of(session, meeting)
        assert group.id is not None
        applications = [session.get_one(Application, one.application_id) for one in seated(session, group.id)]
        applications += [invited_application(session, one) for one in _substitutes(session, meeting)]
        attendees = [_attendee(session, application) for application in applications]
        for number, day in enumerate(days, start=1):
            issue(
                office,
                session,
                kind="attendance_sheet",
                subject=f"{call_code}:{meeting_code}:{day.on}",
                file_name=f"{call_code.replace('/', '-')}-{meeting_code}-{day.on}-lista-obecnosci.docx",
                content=attendance_sheet(
                    AttendanceSheetDocument(
                        letterhead=letterhead(definition),
                        group=group.name,
                        meeting=meeting.title,
                        day=day.on,
                        day_number=number,
                        days=len(days),
                        starts=warsaw(day.starts_at).time(),
                        ends=warsaw(day.ends_at).time(),
                        place=meeting.place,
                        attendees=attendees,
                    )
                ),
                area=meeting.area,
                actor=actor,
                now=now,
            )
    return len(days)


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
    """Enters confirmed minutes of one member on one day; the same again changes nothing, others are a new version.

    Who held a seat on that day may have left it since. The first presence makes a member of one who had confirmed.
    Raises ``BadInput`` for more minutes than the day has.
    """
    actor.require(Right.ATTENDANCE)
    _, _, meeting = find_meeting(session, call_code, meeting_code)
    day = session.exec(select(MeetingDay).where(MeetingDay.meeting_id == meeting.id, MeetingDay.on == on)).first()
    if day is None:
        raise NotFound(f"Spotkanie {meeting_code} nie ma dnia {on}.")
    if day.starts_at > now:
        raise NotYet(f"Dzień {on} jeszcze się nie zaczął; obecność wpisuje się po nim.")
    longest = int(length(day).total_seconds()) // 60
    if not 0 <= minutes <= longest:
        raise BadInput(f"Liczba minut musi być od 0 do {longest}: tyle trwał ten dzień.")
    membership = member_on(session, number, day)
    if membership is None or membership.group_id != meeting.group_id:
        substitute = _substitute(session, meeting, number)
        if substitute is not None:
            _record_substitute(session, meeting, day, substitute, minutes, actor=actor, now=now)
            return
        raise BadInput(f"Zgłoszenie {number} nie miało w tym dniu miejsca w tej grupie.")
    last = newest_attendance(session, day, membership)
    if last is not None and last.minutes == minutes:
        return
    assert day.id is not None
    assert membership.id is not None
    session.add(
        Attendance(
            area=meeting.area,
            meeting_day_id=day.id,
            membership_id=membership.id,
            version=(last.version if last else 0) + 1,
            minutes=minutes,
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    note(
        session,
        reference(membership),
        happened=Happened.ATTENDANCE_RECORDED,
        actor=actor,
        now=now,
        area=meeting.area,
        facts={"meeting": meeting.code, "day": on.isoformat(), "minutes": minutes},
    )
    if minutes and membership.joined_on is None:
        membership.joined_on = on.isoformat()
        session.add(membership)
    if minutes and membership.state is MembershipState.CONFIRMED:
        move(
            session,
            membership,
            MembershipState.MEMBER,
            happened=Happened.PARTICIPATION_BEGAN,
            actor=actor,
            now=now,
            facts={"on": on.isoformat()},
        )
    _held(session, meeting, actor=actor, now=now)


def _held(session: Session, meeting: Meeting, *, actor: Actor, now: datetime) -> None:
    if meeting.state is MeetingState.INVITED:
        move(session, meeting, MeetingState.HELD, happened=Happened.MEETING_HELD, actor=actor, now=now)


def _substitutes(session: Session, meeting: Meeting) -> list[Invitation]:
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


def _substitute(session: Session, meeting: Meeting, number: str) -> Invitation | None:
    application = find_application(session, number)
    return next((row for row in _substitutes(session, meeting) if row.application_id == application.id), None)


def _record_substitute(
    session: Session,
    meeting: Meeting,
    day: MeetingDay,
    substitute: Invitation,
    minutes: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Minutes of a substitute: kept, shown, and paid for by no rule."""
    last = session.exec(
        select(SubstituteAttendance)
        .where(SubstituteAttendance.meeting_day_id == day.id, SubstituteAttendance.invitation_id == substitute.id)
        .order_by(col(SubstituteAttendance.version).desc())
    ).first()
    if last is not None and last.minutes == minutes:
        return
    assert day.id is not None
    assert substitute.id is not None
    session.add(
        SubstituteAttendance(
            area=meeting.area,
            meeting_day_id=day.id,
            invitation_id=substitute.id,
            version=(last.version if last else 0) + 1,
            minutes=minutes,
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    note(
        session,
        reference(substitute),
        happened=Happened.SUBSTITUTE_ATTENDED,
        actor=actor,
        now=now,
        area=meeting.area,
        facts={"meeting": meeting.code, "day": day.on.isoformat(), "minutes": minutes},
    )
    _held(session, meeting, actor=actor, now=now)


def newest_attendance(session: Session, day: MeetingDay, membership: Membership) -> Attendance | None:
    """What was confirmed last for a member on a day."""
    return session.exec(
        select(Attendance)
        .where(Attendance.meeting_day_id == day.id, Attendance.membership_id == membership.id)
        .order_by(col(Attendance.version).desc())
    ).first()


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


def _attendee(session: Session, application: Application) -> Attendee:
    person = session.get_one(Person, application.person_id)
    values = current_values(session, application)
    return Attendee(
        first_name=person.first_name, last_name=person.last_name, institution=value_of(values, "instytucja.nazwa")
    )
