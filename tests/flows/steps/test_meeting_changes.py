"""Meetings that move or are called off: everybody who was told hears of it once, and nobody else does."""

import icalendar
import people
import pytest
from conftest import Staged
from people import CALL, MEETING, RITA, WORKER, deliver_all, go_to, invited_group, moment, redefined
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.calls import find_call
from flows.steps.invitation_answers import answer_invitation
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.meeting_changes import Changed, Wanted, cancel_meeting, move_meeting
from flows.steps.meetings import day_in, days_of, find_meeting, plan_meetings, schedule_differences
from flows.steps.memberships import membership_of
from flows.steps.reminders import due_occasions, remind
from flows.steps.todo import waiting_for_whom
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, NotAllowed, NotYet
from models.tables import Event, Invitation, Meeting, MeetingChange, Message
from models.tables.meetings import InvitationState, MeetingState

LATER = (day_in("2018-09-29T09:00-15:00"), day_in("2018-09-30T10:00-14:00"))


def move(office: Office, wanted: Wanted, *, reason: str = "Sala jest zajęta.") -> Changed:
    with office.writing(RITA) as session:
        return move_meeting(session, CALL, MEETING, wanted, reason=reason, actor=RITA, now=office.now())


def cancel(office: Office, *, new_date_follows: bool = False) -> Changed:
    with office.writing(RITA) as session:
        return cancel_meeting(
            session,
            CALL,
            MEETING,
            reason="Choroba.",
            new_date_follows=new_date_follows,
            actor=RITA,
            now=office.now(),
        )


def answer(office: Office, number: str, *, accepts: bool) -> None:
    with office.writing(RITA) as session:
        answer_invitation(session, CALL, MEETING, number, accepts=accepts, actor=RITA, now=office.now())


def letters(office: Office, *events: str) -> list[Message]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Message).where(col(Message.event).in_(events)).order_by(col(Message.id))).all())


def states(office: Office) -> list[InvitationState]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Invitation.state).order_by(col(Invitation.id))).all())


def event_of(message: Message) -> icalendar.Event:
    assert message.calendar is not None
    calendar = icalendar.Calendar.from_ical(message.calendar.encode())
    assert calendar["METHOD"] == message.calendar_method
    return calendar.walk("VEVENT")[0]  # type: ignore[return-value]


def told(office: Office) -> None:
    """Everything that was written so far has left."""
    deliver_all(office, "2018-09-03T10:00")


def test_a_changed_time_asks_everybody_anew_under_the_same_uid(staged: Staged) -> None:
    office, (first, second) = staged(invited_group, 2)
    told(office)
    answer(office, first, accepts=True)
    answer(office, second, accepts=False)
    assert move(office, Wanted(days=LATER)) == Changed(1, True, told=2, withdrawn=0)
    assert states(office) == [InvitationState.INVITED] * 2
    updates = letters(office, "invitation_update")
    assert len(updates) == 2
    with office.reading(WORKER) as session:
        uids = dict(session.exec(select(Invitation.uid, Invitation.sequence)).all())
    assert set(uids.values()) == {1}
    for message in updates:
        event = event_of(message)
        assert (str(event["UID"]) in uids, event["SEQUENCE"], message.calendar_method) == (True, 1, "REQUEST")
        assert event.decoded("DTSTART") == moment("2018-09-29T09:00")
        assert (event["ATTENDEE"].params["PARTSTAT"], event["ATTENDEE"].params["RSVP"]) == ("NEEDS-ACTION", "TRUE")
        text = message.text.replace("\u00a0", " ")
        assert "– Nowy termin: sobota, 29 września 2018 r., godz. 9:00–15:00; niedziela, 30 września 2018 r." in text
        assert "Poprzedni termin: sobota, 22 września 2018 r., godz. 9:00–15:00;" in text
        assert "Powód: Sala jest zajęta." in text
        assert "Prosimy odpowiedzieć także wtedy" in text
        assert message.not_after == moment("2018-09-29T09:00")


def test_a_changed_place_keeps_the_answers(staged: Staged) -> None:
    office, (first, _) = staged(invited_group, 2)
    told(office)
    answer(office, first, accepts=True)
    assert not move(office, Wanted(place="Urząd Gminy, sala 3", agenda=("Otwarcie",))).asks_anew
    assert sorted(states(office)) == [InvitationState.ACCEPTED, InvitationState.INVITED]
    by_answer = {event_of(one)["ATTENDEE"].params["PARTSTAT"]: one for one in letters(office, "invitation_update")}
    assert set(by_answer) == {"ACCEPTED", "NEEDS-ACTION"}
    text = by_answer["ACCEPTED"].text.replace("\u00a0", " ")
    assert "Nowe miejsce: Urząd Gminy, sala 3." in text
    assert "Zmienił się program spotkania." in text
    assert "Odpowiedź, którą już mamy, pozostaje ważna" in text
    assert event_of(by_answer["ACCEPTED"])["ATTENDEE"].params["RSVP"] == "FALSE"


def test_who_was_not_told_is_invited_as_if_nothing_had_changed(staged: Staged) -> None:
    office, _ = staged(invited_group, 2)
    assert move(office, Wanted(days=LATER)) == Changed(1, True, told=2, withdrawn=2)
    assert letters(office, "invitation_update") == []
    assert [one.state for one in letters(office, "invitation")] == ["withdrawn", "withdrawn", "due", "due"]
    assert event_of(letters(office, "invitation")[-1])["SEQUENCE"] == 1


def test_an_unsent_update_is_withdrawn_and_the_next_one_tells_from_what_people_know(staged: Staged) -> None:
    office, _ = staged(invited_group, 1)
    told(office)
    move(office, Wanted(place="Sala próbna"))
    assert move(office, Wanted(days=LATER)).withdrawn == 1
    first, second = letters(office, "invitation_update")
    assert (first.state, second.state) == ("withdrawn", "due")
    text = second.text.replace("\u00a0", " ")
    assert "Nowe miejsce: Sala próbna." in text, "nobody had been told of that yet"
    assert "Nowy termin: sobota, 29 września" in text


def test_moved_back_before_anybody_heard_of_it_still_says_something_true(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 1)
    told(office)
    before = (day_in("2018-09-22T09:00-15:00"), day_in("2018-09-23T09:00-15:00"))
    move(office, Wanted(days=LATER))
    move(office, Wanted(days=before))
    _, last = letters(office, "invitation_update")
    assert "Spotkanie odbędzie się jednak tak, jak podaliśmy wcześniej." in last.text.replace("\u00a0", " ")


def test_old_days_stay_readable(staged: Staged) -> None:
    office, _ = staged(invited_group, 1)
    move(office, Wanted(days=LATER), reason="Osoba X prosiła.")
    with office.reading(WORKER) as session:
        change = session.exec(select(MeetingChange)).one()
        assert change.before["days"] == ["2018-09-22T09:00-15:00", "2018-09-23T09:00-15:00"]
        assert change.after["days"] == ["2018-09-29T09:00-15:00", "2018-09-30T10:00-14:00"]
        assert (change.sequence, change.reason, change.changed_by) == (1, "Osoba X prosiła.", "rita")
        event = session.exec(select(Event).where(Event.kind == "MeetingChanged")).one()
        assert event.facts["days_before"] == change.before["days"]
        assert "Osoba X" not in str(event.facts)
        assert [day.on.isoformat() for day in days_of(session, session.exec(select(Meeting)).one())] == [
            "2018-09-29",
            "2018-09-30",
        ]


def test_reminders_of_the_old_date_do_not_leave(staged: Staged) -> None:
    office, _ = staged(invited_group, 2)
    told(office)
    now = go_to(office, "2018-09-06T08:00")
    with office.writing(WORKER) as session:
        remind(session, due_occasions(session, now=now), actor=WORKER, now=now)
    assert [one.state for one in letters(office, "reminder_invitation")] == ["due", "due"]
    assert move(office, Wanted(days=LATER)).withdrawn == 2
    assert [one.state for one in letters(office, "reminder_invitation")] == ["withdrawn", "withdrawn"]


def test_a_cancellation_goes_to_those_who_were_told_and_to_nobody_else(staged: Staged) -> None:
    office, (first, second) = staged(people.announced_call, 2)
    people.confirm(office, first)
    now = go_to(office, "2018-09-03T09:00")
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=now):
            invite(session, meeting, actor=WORKER, now=now)
    told(office)
    people.confirm(office, second)
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=office.now()):
            invite(session, meeting, actor=WORKER, now=office.now())
    assert cancel(office, new_date_follows=True) == Changed(1, False, told=1, withdrawn=1)
    (message,) = letters(office, "invitation_cancel")
    event = event_of(message)
    assert (message.calendar_method, event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    with office.reading(WORKER) as session:
        invitation = session.exec(
            select(Invitation).where(Invitation.membership_id == membership_of(session, first).id)
        ).one()
        assert str(event["UID"]) == invitation.uid
        assert session.exec(select(Meeting.state)).one() is MeetingState.CANCELLED
        assert message.person_id == membership_of(session, first).person_id
    assert "O nowym terminie napiszemy osobno" in message.text.replace("\u00a0", " ")
    assert states(office) == [InvitationState.CANCELLED] * 2
    with pytest.raises(NotYet, match="już odwołane"):
        cancel(office)
    with pytest.raises(NotYet, match="już odwołane"):
        move(office, Wanted(days=LATER))


def test_a_cancellation_takes_back_what_people_know_of(staged: Staged) -> None:
    """Moved and called off before the change had left: the letter names the days that were told."""
    office, _ = staged(invited_group, 1)
    told(office)
    move(office, Wanted(days=LATER))
    assert cancel(office) == Changed(2, False, told=1, withdrawn=1)
    (message,) = letters(office, "invitation_cancel")
    event = event_of(message)
    assert (event["SEQUENCE"], event.decoded("DTSTART")) == (2, moment("2018-09-22T09:00"))
    assert "22–23 września" in message.subject.replace("\u00a0", " ")


def test_who_leaves_the_group_gets_a_cancellation_of_their_own(staged: Staged) -> None:
    office, (first, _) = staged(invited_group, 2)
    told(office)
    with office.writing(RITA) as session:
        withdraw(session, first, actor=RITA, now=office.now())
    (message,) = letters(office, "invitation_withdrawn")
    event = event_of(message)
    assert (message.calendar_method, event["SEQUENCE"], message.recipient) == ("CANCEL", 1, "osoba0@example.org")
    assert sorted(states(office)) == [InvitationState.CANCELLED, InvitationState.INVITED]
    assert move(office, Wanted(days=LATER)).told == 1, "who has left hears no more of it"


def test_who_leaves_before_being_told_hears_nothing_of_the_meeting(staged: Staged) -> None:
    office, (first, _) = staged(invited_group, 2)
    with office.writing(RITA) as session:
        withdraw(session, first, actor=RITA, now=office.now())
    assert letters(office, "invitation_withdrawn") == []
    assert sorted(one.state for one in letters(office, "invitation")) == ["due", "withdrawn"]


def test_a_meeting_with_attendance_or_under_way_is_not_changed(staged: Staged) -> None:
    office, _ = staged(people.met_group, 1)
    with pytest.raises(NotYet, match="już się odbyło"):
        move(office, Wanted(place="Inne miejsce"))
    with pytest.raises(NotYet, match="już się odbyło"):
        cancel(office)


def test_a_meeting_that_has_begun_is_not_changed(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 1)
    go_to(office, "2018-09-22T09:00")
    with pytest.raises(NotYet, match="już się zaczęło"):
        move(office, Wanted(days=LATER))


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Wanted(), "niczego nie zmienia"),
        (Wanted(days=()), "co najmniej jeden dzień"),
        (Wanted(days=(LATER[0], LATER[0])), "tylko raz"),
        (Wanted(days=(day_in("2018-09-01T09:00-15:00"),)), "w przyszłości"),
        (Wanted(days=(day_in("2018-09-29T15:00-09:00"),)), "późniejsza"),
        (Wanted(place=" "), "jeden wiersz"),
        (Wanted(title="a\nb"), "jeden wiersz"),
        (Wanted(title="a" * 201), "jeden wiersz"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(sqlite_staged: Staged, wanted: Wanted, why: str) -> None:
    office, _ = sqlite_staged(invited_group, 1)
    with pytest.raises(BadInput, match=why):
        move(office, wanted)
    with office.reading(WORKER) as session:
        assert session.exec(select(Meeting.sequence)).one() == 0


def test_a_change_needs_a_reason_and_the_right(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 1)
    with pytest.raises(BadInput, match="--reason"):
        move(office, Wanted(days=LATER), reason=" ")
    with pytest.raises(NotAllowed), office.writing(people.KINGA) as session:
        move_meeting(session, CALL, MEETING, Wanted(days=LATER), reason="x", actor=people.KINGA, now=office.now())
    with pytest.raises(BadInput, match="Wzór"):
        day_in("2018-09-29 9:00")


def test_a_schedule_that_says_otherwise_is_told_and_changes_nothing(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 1)
    schedule = tuple(
        one.model_copy(update={"place": "Nowa sala"}) if one.code == MEETING else one
        for one in people.definition().schedule
    )
    redefined(office, schedule=schedule)
    with office.writing(RITA) as session:
        call = find_call(session, CALL)
        assert plan_meetings(session, call, actor=RITA, now=office.now()) == 0
        (differs,) = schedule_differences(session, call)
        assert differs.code == MEETING
        assert differs.sentences[0].startswith("Nowe miejsce: Nowa sala.")
        assert find_meeting(session, CALL, MEETING)[2].place != "Nowa sala"
    move(office, Wanted(place="Nowa sala"))
    with office.reading(RITA) as session:
        assert schedule_differences(session, find_call(session, CALL)) == []


def test_a_moved_meeting_is_waited_for_again(sqlite_staged: Staged) -> None:
    office, (number,) = sqlite_staged(invited_group, 1)
    answer(office, number, accepts=True)
    assert _awaited(office) == []
    move(office, Wanted(days=LATER))
    assert _awaited(office) == [number]


def _awaited(office: Office) -> list[str]:
    with office.reading(RITA) as session:
        return [line.reference for line in waiting_for_whom(session, now=office.now()) if "zaproszenie" in line.what]


def test_who_joins_after_a_change_is_asked_for_the_version_of_then(sqlite_staged: Staged) -> None:
    office, (first, second) = sqlite_staged(people.announced_call, 2)
    people.confirm(office, first)
    go_to(office, "2018-09-03T09:00")
    _invite(office)
    move(office, Wanted(place="Sala próbna"))
    people.confirm(office, second)
    _invite(office)
    with office.reading(WORKER) as session:
        assert _sequences(session) == [(1, 0), (1, 1)]


def _invite(office: Office) -> None:
    with office.writing(WORKER) as session:
        for meeting in meetings_to_invite(session, now=office.now()):
            invite(session, meeting, actor=WORKER, now=office.now())


def _sequences(session: Session) -> list[tuple[int, int]]:
    rows = session.exec(select(Invitation).order_by(col(Invitation.id))).all()
    return [(row.sequence, row.asked_sequence) for row in rows]
