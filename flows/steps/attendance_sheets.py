"""Attendance sheets: one for each day of a meeting, with everybody who holds a seat, to be signed and read back."""

from sqlmodel import Session

from flows.adapters.clock import warsaw
from flows.adapters.office import Office
from flows.steps.applications import current_values
from flows.steps.attendance import refuse_called_off, substitutes
from flows.steps.documents import issue, letterhead
from flows.steps.expected_seats import expected_on
from flows.steps.meeting_letters import invited_application
from flows.steps.meetings import days_of, find_meeting
from flows.steps.people import value_of
from flows.steps.projects import definition_of
from models.actor import Actor, Right
from models.rules.sheet_codes import SheetKey
from models.tables import Application, Person
from templates.documents.attendance_sheet import AttendanceSheetDocument, Attendee, attendance_sheet


def issue_sheets(office: Office, call_code: str, meeting_code: str, *, actor: Actor) -> int:
    """Makes an attendance sheet for each day of a meeting, with everybody who holds a seat on it, as things stand now,
    and substitutes."""
    actor.require(Right.MEETINGS)
    now = office.now()
    with office.writing(actor) as session:
        _, group, meeting = find_meeting(session, call_code, meeting_code)
        refuse_called_off(meeting, "list obecności na nie się nie przygotowuje")
        definition = definition_of(session, meeting.project_version_id)
        days = days_of(session, meeting)
        assert group.id is not None
        guests = [
            _attendee(session, invited_application(session, one), substitute=True)
            for one in substitutes(session, meeting)
        ]
        for number, day in enumerate(days, start=1):
            attendees = [_attendee(session, one) for one in expected_on(session, group.id, day.on)] + guests
            starts, ends = warsaw(day.starts_at).time(), warsaw(day.ends_at).time()
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
                        starts=starts,
                        ends=ends,
                        place=meeting.place,
                        key=SheetKey(call_code, meeting_code, day.on, (starts, ends)),
                        attendees=attendees,
                    )
                ),
                area=meeting.area,
                actor=actor,
                now=now,
            )
    return len(days)


def _attendee(session: Session, application: Application, *, substitute: bool = False) -> Attendee:
    person = session.get_one(Person, application.person_id)
    values = current_values(session, application)
    return Attendee(
        first_name=person.first_name,
        last_name=person.last_name,
        institution=value_of(values, "instytucja.nazwa"),
        number=application.number,
        substitute=substitute,
    )
