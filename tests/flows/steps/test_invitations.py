"""Invitations: one for each member, once, with a calendar file that their calendar takes."""

from datetime import date, datetime, timedelta

import icalendar
import people
import pytest
from conftest import Staged
from people import CALL, MEETING, RITA, WORKER, go_to, group, invited_group, moment
from sqlmodel import Session, col, select

from flows.adapters.clock import WARSAW
from flows.adapters.office import Office
from flows.steps.invitation_answers import answer_invitation
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.meeting_letters import answer_by
from flows.steps.meetings import days_of, find_meeting, plan_meetings
from flows.steps.memberships import membership_of
from flows.steps.reminders import due_occasions, remind
from flows.steps.todo import waiting_for_whom
from models.errors import NotAllowed, NotFound
from models.tables import Invitation, Meeting, MeetingDay, Message
from models.tables.meetings import InvitationState, MeetingState


def invitations(session: Session) -> list[Message]:
    return list(session.exec(select(Message).where(Message.event == "invitation").order_by(col(Message.id))).all())


def invite_all(office: Office) -> int:
    with office.writing(WORKER) as session:
        waiting = meetings_to_invite(session, now=office.now())
        return sum(invite(session, meeting, actor=WORKER, now=office.now()) for meeting in waiting)


def answer(office: Office, number: str, *, accepts: bool) -> None:
    with office.writing(RITA) as session:
        answer_invitation(session, CALL, MEETING, number, accepts=accepts, actor=RITA, now=office.now())


def state(office: Office, number: str) -> InvitationState:
    with office.reading(WORKER) as session:
        membership = membership_of(session, number)
        return session.exec(select(Invitation).where(Invitation.membership_id == membership.id)).one().state


def test_every_member_is_invited_once(staged: Staged) -> None:
    office, _ = staged(group, 2)
    assert invite_all(office) == 2
    assert invite_all(office) == 0
    with office.reading(WORKER) as session:
        assert meetings_to_invite(session, now=office.now()) == []
        assert sorted(one.recipient for one in invitations(session)) == ["osoba0@example.org", "osoba1@example.org"]
        assert session.exec(select(Meeting.state)).one() is MeetingState.INVITED


def test_invitations_of_one_person_are_one_line_of_the_work_list(staged: Staged) -> None:
    office, numbers = staged(group, 2)
    with office.writing(WORKER) as session:
        *_, first = find_meeting(session, CALL, MEETING)
        other = Meeting(**first.model_dump(exclude={"id", "code"}), code="drugie")
        session.add(other)
        session.flush()
        for day in days_of(session, first):
            later = {name: getattr(day, name) + timedelta(days=28) for name in ("on", "starts_at", "ends_at")}
            session.add(MeetingDay(area=other.area, meeting_id=other.id, **later))
    assert invite_all(office) == 4
    answer(office, numbers[0], accepts=True)
    with office.reading(WORKER) as session:
        lines = [
            (line.reference, line.what)
            for line in waiting_for_whom(session, now=office.now())
            if "zaproszenie" in line.what
        ]
    assert lines == [
        (numbers[0], "odpowiedź na zaproszenie"),
        (numbers[1], "odpowiedź na zaproszenie (2\N{NO-BREAK SPACE}spotkania)"),
    ]


def test_who_joins_later_is_invited_and_nobody_else_again(staged: Staged) -> None:
    office, (first, second) = staged(people.announced_call, 2)
    people.confirm(office, first)
    assert invite_all(office) == 1
    people.confirm(office, second)
    assert invite_all(office) == 1
    with office.reading(WORKER) as session:
        assert len({one.recipient for one in invitations(session)}) == 2


def test_who_has_not_confirmed_is_not_invited(staged: Staged) -> None:
    office, _ = staged(people.announced_call, 2)
    assert invite_all(office) == 0


def test_nobody_is_invited_to_what_has_begun(staged: Staged) -> None:
    office, _ = staged(group, 2)
    go_to(office, "2018-09-22T08:59")
    with office.reading(WORKER) as session:
        # The second day is still to come as long as the first has begun, so the meeting itself decides.
        assert len(meetings_to_invite(session, now=office.now())) == 1
    go_to(office, "2018-09-23T09:00")
    with office.reading(WORKER) as session:
        assert meetings_to_invite(session, now=office.now()) == []


def test_the_calendar_says_request_one_attendee_and_the_hours_of_warsaw(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 2)
    uids = set()
    with office.reading(WORKER) as session:
        for message in invitations(session):
            assert message.calendar is not None
            calendar = icalendar.Calendar.from_ical(message.calendar.encode())
            assert (calendar["METHOD"], message.calendar_method) == ("REQUEST", "REQUEST")
            (event,) = calendar.walk("VEVENT")
            assert str(event["ATTENDEE"]).lower() == f"mailto:{message.recipient}"
            assert str(event["ORGANIZER"]).lower() == "mailto:rekrutacja@rops.example.org"
            assert event["SEQUENCE"] == 0
            assert event.decoded("DTSTART") == moment("2018-09-22T09:00")
            assert event.decoded("DTEND") == moment("2018-09-22T15:00")
            assert "COUNT=2" in message.calendar, "both days have the same hours"
            uids.add(str(event["UID"]))
        assert uids == set(session.exec(select(Invitation.uid)).all())
    assert len(uids) == 2


def test_a_uid_says_nothing_of_the_person(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(invited_group, 2)
    with office.reading(WORKER) as session:
        for uid in session.exec(select(Invitation.uid)).all():
            secret, _, domain = uid.partition("@")
            assert domain == "rops.example.org"
            assert int(secret, 16)
            assert first not in uid


def test_an_answer_is_recorded_and_may_change(staged: Staged) -> None:
    office, (number, _) = staged(invited_group, 2)
    answer(office, number, accepts=True)
    assert state(office, number) is InvitationState.ACCEPTED
    answer(office, number, accepts=False)
    assert state(office, number) is InvitationState.DECLINED
    answer(office, number, accepts=True)
    assert state(office, number) is InvitationState.ACCEPTED


def test_a_refusal_taken_back_brings_the_withdrawn_invitation_back(staged: Staged) -> None:
    """Declined by mistake before the invitation had left: the calendar entry must still come."""
    office, (number, _) = staged(invited_group, 2)
    for accepts in (False, True, False, True):
        answer(office, number, accepts=accepts)
    with office.reading(WORKER) as session:
        member = membership_of(session, number).person_id
        letters = [one for one in invitations(session) if one.person_id == member]
        assert [(one.key.rpartition(":")[2], one.state) for one in letters] == [
            ("sequence-0", "withdrawn"),
            ("sequence-0-2", "withdrawn"),
            ("sequence-0-3", "due"),
        ]
        uids = {
            str(event["UID"])
            for one in letters
            for event in icalendar.Calendar.from_ical((one.calendar or "").encode()).walk("VEVENT")
        }
        assert uids == {session.exec(select(Invitation.uid).where(Invitation.state == "accepted")).one()}
        assert letters[-1].not_after == moment("2018-09-22T09:00")


def test_an_invitation_that_has_left_is_not_written_anew(staged: Staged) -> None:
    office, (number, _) = staged(invited_group, 2)
    people.deliver_all(office, "2018-09-03T10:00")
    for accepts in (False, True):
        answer(office, number, accepts=accepts)
    with office.reading(WORKER) as session:
        assert len(invitations(session)) == 2


def test_who_has_answered_is_reminded_no_more(staged: Staged) -> None:
    office, (number, other) = staged(invited_group, 2)
    now = go_to(office, "2018-09-06T08:00")
    with office.writing(WORKER) as session:
        assert remind(session, due_occasions(session, now=now), actor=WORKER, now=now) == 2
    answer(office, number, accepts=True)
    with office.reading(WORKER) as session:
        states = session.exec(select(Message.state).where(Message.event == "reminder_invitation")).all()
    assert sorted(states) == ["due", "withdrawn"]
    now = go_to(office, "2018-09-11T08:00")
    with office.reading(WORKER) as session:
        again = [one for one in due_occasions(session, now=now) if one.kind == "invitation_unanswered"]
        assert len(again) == 1
        membership = membership_of(session, other)
        assert session.get_one(Invitation, again[0].subject_id).membership_id == membership.id


def test_who_declines_is_not_told_of_tomorrow(staged: Staged) -> None:
    office, (number, other) = staged(invited_group, 2)
    now = go_to(office, "2018-09-21T08:00")
    with office.writing(WORKER) as session:
        remind(session, due_occasions(session, now=now), actor=WORKER, now=now)
    answer(office, number, accepts=False)
    with office.reading(WORKER) as session:
        told = session.exec(select(Message).where(Message.event == "reminder_meeting")).all()
        gone = {one.person_id for one in told if one.state == "withdrawn"}
        assert gone == {membership_of(session, number).person_id}
        assert membership_of(session, other).person_id in {one.person_id for one in told if one.state == "due"}


def test_an_answer_needs_an_invitation_and_the_right(sqlite_staged: Staged) -> None:
    office, (number, _) = sqlite_staged(group, 2)
    with pytest.raises(NotFound, match="nie ma zaproszenia"):
        answer(office, number, accepts=True)
    with pytest.raises(NotFound, match="spotkania"), office.writing(RITA) as session:
        answer_invitation(session, CALL, "inne", number, accepts=True, actor=RITA, now=office.now())
    with pytest.raises(NotAllowed), office.writing(people.KINGA) as session:
        invite(session, 1, actor=people.KINGA, now=office.now())


def test_planning_again_adds_nothing(staged: Staged) -> None:
    office, _ = staged(people.announced_call, 2)
    with office.writing(RITA) as session:
        call, _, meeting = find_meeting(session, CALL, MEETING)
        assert plan_meetings(session, call, actor=RITA, now=office.now()) == 0
        assert len(days_of(session, meeting)) == 2


def day(on: str) -> MeetingDay:
    start = datetime.fromisoformat(f"{on}T09:00").replace(tzinfo=WARSAW)
    return MeetingDay(area="2205", meeting_id=1, on=date.fromisoformat(on), starts_at=start, ends_at=start)


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        ("2018-09-03T09:00", "2018-09-19"),  # three working days before Saturday, the 22nd
        ("2018-09-19T09:00", "2018-09-20"),
        ("2018-09-20T09:00", "2018-09-21"),
        ("2018-09-21T09:00", "2018-09-21"),  # the eve: tomorrow would be too late
    ],
)
def test_an_answer_is_asked_for_in_time_but_not_by_yesterday(now: str, asked: str) -> None:
    assert answer_by([day("2018-09-23"), day("2018-09-22")], moment(now)) == date.fromisoformat(asked)
