"""A seat in a group that meets in July and September, and another person for it from a day to come on: what was
written down, and what became of the invitations and letters. Everybody here is invented."""

from datetime import date, time

from nominating import admit, letters, name, seated
from people import CALL, RITA, WORKER, deliver_all, go_to
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.institution_seats import seat_lines
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.meetings import enter_meeting
from flows.steps.nominees import replace_nominee
from flows.steps.seat_changes import withdraw_change
from models.tables import Application, Invitation, Meeting, Membership, Message, SeatChange
from models.tables.meetings import InvitationState
from models.tables.nominations import SeatChangeState
from models.tables.outbox import MessageState
from templates.letters.frame import MeetingDayLine

DAY = date(2018, 9, 22)
"""From this day on somebody else sits in the seat of the school: that of the second meeting."""
JULY, SEPTEMBER = "pgr_kartuski_0", "pgr_kartuski_1"
AHEAD = ("seat_change", "nomination_ahead", "nomination_ending")
"""The letters of a change: to the institution, to who is to come, and to who sits there until then."""


def told_ahead(office: Office) -> tuple[str, str]:
    """The school and the library sit in the group, which meets in July and September; everybody was invited and told.
    Another person of the school waits. The numbers of who sits for it and of who is to come."""
    school, _ = seated(office)
    plan(office, JULY, date(2018, 7, 10))
    run_invitations(office)
    other = name(office, 3, "I1", at="2018-06-07T09:00")
    go_to(office, "2018-06-08T08:00")
    admit(office)
    deliver_all(office, "2018-06-08T09:00")
    return school, other


def plan(office: Office, code: str, day: date) -> None:
    """Enters another meeting of the group, like the one that the project has."""
    with office.writing(RITA) as session:
        scheduled = session.exec(select(Meeting).where(Meeting.code == SEPTEMBER)).one()
        values = scheduled.model_dump(exclude={"id", "state", "code", "title"})
        meeting = Meeting(**values, code=code, title=f"Spotkanie {code}")
        line = MeetingDayLine(date=day, starts=time(9), ends=time(15))
        enter_meeting(session, meeting, [line], actor=RITA, now=office.now())


def written(office: Office) -> tuple[str, str]:
    """The same, and the change is written down for the day of the second meeting."""
    school, other = told_ahead(office)
    change(office, other)
    return school, other


def told(office: Office) -> tuple[str, str]:
    """The same, and all its letters have left."""
    numbers = written(office)
    run_invitations(office)
    deliver_all(office, "2018-06-08T12:00")
    return numbers


def change(office: Office, number: str, on: date = DAY) -> None:
    with office.writing(RITA) as session:
        replace_nominee(session, number, on=on, reason="pismo z 8 czerwca", actor=RITA, now=office.now())


def run_invitations(office: Office) -> int:
    with office.writing(WORKER) as session:
        return sum(
            invite(session, meeting, actor=WORKER, now=office.now())
            for meeting in meetings_to_invite(session, now=office.now())
        )


def called_off(office: Office, number: str) -> None:
    with office.writing(RITA) as session:
        withdraw_change(session, number, actor=RITA, now=office.now())


def expected(office: Office, meeting: str) -> list[str]:
    """Numbers of those who are invited to a meeting."""
    with office.reading(WORKER) as session:
        rows = session.exec(
            select(Invitation)
            .join(Meeting, col(Meeting.id) == Invitation.meeting_id)
            .where(Meeting.code == meeting, Invitation.state != InvitationState.CANCELLED)
        ).all()
        found = []
        for row in rows:
            application_id = row.application_id
            if row.membership_id is not None:
                application_id = session.get_one(Membership, row.membership_id).application_id
            found.append(session.get_one(Application, application_id).number)
    return sorted(found)


def changes(office: Office) -> list[SeatChangeState]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(SeatChange.state).order_by(col(SeatChange.id))).all())


def sits(office: Office, day: date) -> str:
    """Who sits for the school on a day."""
    with office.reading(RITA) as session:
        return next(one.number for one in seat_lines(session, CALL, on=day) if one.institution == "I1")


def live(office: Office, *events: str) -> list[Message]:
    return [one for event in events for one in letters(office, event) if one.state is not MessageState.WITHDRAWN]
