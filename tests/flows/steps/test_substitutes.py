"""Who declines a meeting: by rule the next of the reserve comes to that one, and nobody loses anything."""

import people
import pytest
from conftest import Staged
from people import CALL, MEETING, RITA, WORKER, deliver_all, go_to, moment, redefined
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.attendance import record
from flows.steps.attendance_sheets import issue_sheets
from flows.steps.invitation_answers import answer_invitation
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.meeting_changes import Wanted, cancel_meeting, move_meeting
from flows.steps.meetings import day_in
from flows.steps.promotion import promote_call
from flows.steps.reminders import due_occasions, remind
from flows.steps.reserve import choose
from flows.steps.stipends import settle_meeting
from flows.steps.todo import waiting_for_whom
from flows.steps.withdrawal import withdraw
from models.attendance_rules import Decline, DeclineOffers
from models.project_bytes import canonical_bytes, from_canonical
from models.rules.promotion import Promotion as Choice
from models.tables import (
    Application,
    Attendance,
    Invitation,
    Meeting,
    Membership,
    Message,
    ProjectVersion,
    Stipend,
    SubstituteAttendance,
)
from models.tables.meetings import InvitationRole, InvitationState

SEAT = Decline(offers=DeclineOffers.SEAT_FOR_MEETING)


def ruled(office: Office, rule: Decline) -> list[str]:
    """Two members who were told of their meeting, and two who wait in reserve, under a rule for refusals; in the
    order of the list."""
    numbers = people.announced_call(office, 4, seats=2, reserve_seats=2)
    redefined(office, decline=rule)
    go_to(office, "2018-07-09T10:00")
    with office.reading(WORKER) as session:
        members = session.exec(
            select(Application.number).join(Membership, col(Membership.application_id) == Application.id)
        ).all()
    for number in members:
        people.confirm(office, number)
    now = go_to(office, "2018-09-03T09:00")
    with office.writing(WORKER) as session:
        meetings = meetings_to_invite(session, now=now)
        for meeting in meetings:
            _under_newest(session, meeting)
            invite(session, meeting, actor=WORKER, now=now)
    return [*sorted(members), *sorted(set(numbers) - set(members))]


def _under_newest(session: Session, meeting: int) -> None:
    """The meeting as if it had been planned by the version with the rule."""
    newest = session.exec(select(ProjectVersion.id).order_by(col(ProjectVersion.id).desc())).first()
    row = session.get_one(Meeting, meeting)
    row.project_version_id = newest or 0
    session.add(row)


def with_seat_rule(office: Office) -> list[str]:
    numbers = ruled(office, SEAT)
    deliver_all(office, "2018-09-03T10:00")
    return numbers


def with_question_rule(office: Office) -> list[str]:
    return ruled(office, Decline(offers=DeclineOffers.MEMBERSHIP, after=1))


def answer(office: Office, number: str, *, accepts: bool) -> None:
    with office.writing(RITA) as session:
        answer_invitation(session, CALL, MEETING, number, accepts=accepts, actor=RITA, now=office.now())


def substitutes(office: Office) -> list[tuple[str, InvitationState]]:
    with office.reading(WORKER) as session:
        rows = session.exec(
            select(Application.number, Invitation.state)
            .join(Application, col(Application.id) == Invitation.application_id)
            .order_by(col(Invitation.id))
        ).all()
    return [(number, InvitationState(state)) for number, state in rows]


def letters(office: Office, event: str) -> list[Message]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Message).where(Message.event == event).order_by(col(Message.id))).all())


def test_the_next_of_the_reserve_is_asked_to_that_one_meeting(staged: Staged) -> None:
    office, (first, _, *waiting) = staged(with_seat_rule)
    with office.reading(WORKER) as session:
        before = session.exec(select(Membership.id, Membership.state)).all()
    answer(office, first, accepts=False)
    ((asked, state),) = substitutes(office)
    assert (asked in waiting, state) == (True, InvitationState.INVITED)
    (message,) = letters(office, "invitation_substitute")
    text = message.text.replace("\u00a0", " ")
    assert "w zastępstwie na jedno spotkanie" in text
    assert "nie przysługuje wynagrodzenie" in text
    assert message.calendar_method == "REQUEST"
    with office.reading(WORKER) as session:
        assert session.exec(select(Membership.id, Membership.state)).all() == before
        row = session.exec(select(Invitation).where(Invitation.role == InvitationRole.SUBSTITUTE)).one()
        assert row.basis is not None
        chosen = choose(row.basis)
        assert isinstance(chosen, Choice)
        assert chosen.number == asked, "the same bytes lead to the same choice"


def test_without_a_rule_nothing_follows(staged: Staged) -> None:
    office, (first, _) = staged(people.invited_group, 2)
    answer(office, first, accepts=False)
    assert substitutes(office) == []


def test_each_refusal_asks_the_next_until_nobody_waits(staged: Staged) -> None:
    office, (first, second, *waiting) = staged(with_seat_rule)
    answer(office, first, accepts=False)
    ((asked, _),) = substitutes(office)
    answer(office, asked, accepts=False)
    (left,) = set(waiting) - {asked}
    assert substitutes(office)[1:] == [(left, InvitationState.INVITED)]
    answer(office, second, accepts=False)
    assert len(substitutes(office)) == 2, "both were asked already"


def test_a_refusal_taken_back_sends_away_only_who_has_not_said_yes(staged: Staged) -> None:
    office, (first, second, *_) = staged(with_seat_rule)
    answer(office, first, accepts=False)
    answer(office, second, accepts=False)
    (one, _), (other, _) = substitutes(office)
    deliver_all(office, "2018-09-03T11:00")
    answer(office, one, accepts=True)
    answer(office, first, accepts=True)
    answer(office, second, accepts=True)
    assert substitutes(office) == [(one, InvitationState.ACCEPTED), (other, InvitationState.CANCELLED)]
    (message,) = letters(office, "invitation_withdrawn")
    assert (message.calendar_method, "jednak przyjdzie" in message.text.replace("\u00a0", " ")) == ("CANCEL", True)


def test_who_was_not_told_yet_is_sent_away_without_a_word(sqlite_staged: Staged) -> None:
    office, (first, *_) = sqlite_staged(with_seat_rule)
    answer(office, first, accepts=False)
    answer(office, first, accepts=True)
    assert [one.state for one in letters(office, "invitation_substitute")] == ["withdrawn"]
    assert letters(office, "invitation_withdrawn") == []
    answer(office, first, accepts=False)
    assert [state for _, state in substitutes(office)] == [InvitationState.CANCELLED, InvitationState.INVITED]


def test_a_meeting_that_moves_asks_members_first(sqlite_staged: Staged) -> None:
    office, (first, *_) = sqlite_staged(with_seat_rule)
    answer(office, first, accepts=False)
    deliver_all(office, "2018-09-03T11:00")
    with office.writing(RITA) as session:
        wanted = Wanted(days=(day_in("2018-09-29T09:00-15:00"),))
        move_meeting(session, CALL, MEETING, wanted, reason="x", actor=RITA, now=office.now())
    assert [state for _, state in substitutes(office)] == [InvitationState.CANCELLED]
    (message,) = letters(office, "invitation_withdrawn")
    assert "termin spotkania się zmienił" in message.text.replace("\u00a0", " ")
    assert "22–23 września" in message.subject.replace("\u00a0", " ")


def test_a_place_that_changes_is_told_to_substitutes_too(sqlite_staged: Staged) -> None:
    office, (first, *_) = sqlite_staged(with_seat_rule)
    answer(office, first, accepts=False)
    deliver_all(office, "2018-09-03T11:00")
    with office.writing(RITA) as session:
        changed = move_meeting(session, CALL, MEETING, Wanted(place="Sala 2"), reason="x", actor=RITA, now=office.now())
    assert changed.told == 3
    with office.writing(RITA) as session:
        assert cancel_meeting(session, CALL, MEETING, reason="x", actor=RITA, now=office.now()).told == 3


def test_a_substitute_attends_unpaid(staged: Staged) -> None:
    office, (first, second, *_) = staged(with_seat_rule)
    answer(office, first, accepts=False)
    ((asked, _),) = substitutes(office)
    answer(office, asked, accepts=True)
    assert issue_sheets(office, CALL, MEETING, actor=RITA) == 2
    go_to(office, "2018-09-24T09:00")
    with office.writing(RITA) as session:
        for number, minutes in ((asked, 360), (asked, 360), (asked, 300), (second, 360), (first, 0)):
            record(session, CALL, MEETING, people.MEETING_DAYS[0], number, minutes, actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        rows = session.exec(select(SubstituteAttendance).order_by(col(SubstituteAttendance.version))).all()
        assert [(row.version, row.minutes) for row in rows] == [(1, 360), (2, 300)]
        assert len(session.exec(select(Attendance)).all()) == 2
    go_to(office, "2018-10-01T09:00")
    settle_meeting(office, CALL, MEETING, paid_on=people.PAID_ON, actor=people.FILIP)
    with office.reading(WORKER) as session:
        assert asked not in session.exec(select(Stipend.number)).all()


def test_a_substitute_is_reminded_like_everybody(sqlite_staged: Staged) -> None:
    office, (first, second, *_) = sqlite_staged(with_seat_rule)
    answer(office, first, accepts=False)
    answer(office, second, accepts=True)
    deliver_all(office, "2018-09-03T11:00")
    now = go_to(office, "2018-09-21T08:00")
    with office.writing(WORKER) as session:
        remind(session, due_occasions(session, now=now), actor=WORKER, now=now)
    assert len(letters(office, "reminder_meeting")) == 2


def test_who_gets_a_seat_meanwhile_keeps_the_invitation(sqlite_staged: Staged) -> None:
    office, (first, second, *_) = sqlite_staged(with_seat_rule)
    answer(office, first, accepts=False)
    ((asked, _),) = substitutes(office)
    answer(office, asked, accepts=True)
    with office.writing(RITA) as session:
        withdraw(session, second, actor=RITA, now=office.now())
    made = promote_call(office, CALL, actor=RITA).made
    assert [one.number for one in made] == [asked]
    people.confirm(office, asked)
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=office.now()):
            assert invite(session, meeting, actor=WORKER, now=office.now()) == 0
        row = session.exec(select(Invitation).where(col(Invitation.application_id).is_not(None))).one()
        assert (row.role, row.state) == (InvitationRole.MEMBER, InvitationState.ACCEPTED)
        assert row.membership_id is not None


def test_who_withdraws_from_the_reserve_is_not_expected(sqlite_staged: Staged) -> None:
    office, (first, *_) = sqlite_staged(with_seat_rule)
    answer(office, first, accepts=False)
    ((asked, _),) = substitutes(office)
    deliver_all(office, "2018-09-03T11:00")
    with office.writing(RITA) as session:
        withdraw(session, asked, actor=RITA, now=office.now())
    assert substitutes(office) == [(asked, InvitationState.CANCELLED)]
    (message,) = letters(office, "invitation_withdrawn")
    assert "zgłoszenie zostało wycofane" in message.text.replace("\u00a0", " ")


def test_refusals_in_a_row_are_a_question_for_a_person(staged: Staged) -> None:
    office, (first, *_) = staged(with_question_rule)
    (message,) = [one for one in letters(office, "invitation") if one.person_id][:1]
    assert "gdy liczba odmów z rzędu wyniesie 1" in message.text.replace("\u00a0", " ")
    assert _asked(office) == []
    answer(office, first, accepts=False)
    assert _asked(office) == [first]
    answer(office, first, accepts=True)
    assert _asked(office) == []


def _asked(office: Office) -> list[str]:
    with office.reading(RITA) as session:
        lines = waiting_for_whom(session, now=moment("2018-09-04T09:00"))
    return [line.reference for line in lines if "odmowy z rzędu" in line.what]


@pytest.mark.parametrize("rule", [None, SEAT])
def test_a_definition_without_the_section_keeps_its_bytes(rule: Decline | None) -> None:
    body = canonical_bytes(people.definition().model_copy(update={"decline": rule}))
    assert (b'"decline"' in body) == (rule is not None)
    assert from_canonical(body).decline == rule
