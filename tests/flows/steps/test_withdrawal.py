"""Whoever withdraws is let go of: no open request, no seat, no letter that would contradict it."""

from conftest import Staged
from people import RITA, WORKER, announced_call, go_to, invited_group, numbers, open_kes_call, reading, send_in
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.applications import find_application
from flows.steps.memberships import newest_membership
from flows.steps.reminders import due_occasions
from flows.steps.withdrawal import withdraw
from models.tables import Application, Correction, Invitation, Message
from models.tables.applications import ApplicationState, CorrectionState
from models.tables.meetings import InvitationState
from models.tables.memberships import MembershipState
from models.tables.outbox import UNSENT, MessageState


def incomplete(office: Office) -> str:
    open_kes_call(office)
    send_in(office, reading(0, {"telefon": None}))
    return numbers(office)[0]


def taken_back(office: Office, number: str) -> None:
    with office.writing(RITA) as session:
        withdraw(session, number, actor=RITA, now=office.now())


def unsent(session: Session, application: Application) -> set[str]:
    rows = session.exec(
        select(Message.event).where(
            Message.person_id == application.person_id, col(Message.state).in_(UNSENT), Message.event != "withdrawn"
        )
    ).all()
    return set(rows)


def test_an_open_request_is_closed_and_its_letter_stays_here(staged: Staged) -> None:
    office, number = staged(incomplete)
    taken_back(office, number)
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        assert application.state is ApplicationState.WITHDRAWN
        assert [one.state for one in session.exec(select(Correction)).all()] == [CorrectionState.CLOSED]
        letters = {one.event: one.state for one in session.exec(select(Message)).all()}
    assert letters == {
        "acknowledgement": MessageState.DUE,
        "correction_request": MessageState.WITHDRAWN,
        "withdrawn": MessageState.DUE,
    }


def test_an_offered_seat_is_given_up_and_the_result_does_not_leave(staged: Staged) -> None:
    office, (number, *_) = staged(announced_call, 2)
    taken_back(office, number)
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        membership = newest_membership(session, application)
        assert membership is not None
        assert membership.state is MembershipState.DECLINED
        assert "accepted" not in unsent(session, application)


def test_a_member_leaves_and_is_not_reminded_of_the_meeting(staged: Staged) -> None:
    office, (number, *others) = staged(invited_group, 2)
    taken_back(office, number)
    now = go_to(office, "2018-09-21T08:00")
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        membership = newest_membership(session, application)
        assert membership is not None
        assert membership.state is MembershipState.LEFT
        [invitation] = session.exec(select(Invitation).where(Invitation.membership_id == membership.id)).all()
        assert invitation.state is InvitationState.CANCELLED
        assert "invitation" not in unsent(session, application)
        reminded = {one.subject_id for one in due_occasions(session, now=now)}
        assert invitation.id not in reminded
        assert len(reminded) == len(others)
