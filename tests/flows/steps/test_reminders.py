"""Reminders: each occasion once, on working days, and nothing for what has been done meanwhile."""

from collections import Counter
from datetime import time, timedelta

import people
import pytest
from conftest import Staged
from people import (
    ACCOUNTS,
    ADAM,
    CALL,
    FILIP,
    MEETING,
    PAID_ON,
    RITA,
    WORKER,
    add_officers,
    announced_call,
    deliver_all,
    go_to,
    invited_group,
    met_group,
    open_kes_call,
    reading,
    send_in,
)
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.applications import find_application
from flows.steps.invitation_answers import answer_invitation
from flows.steps.memberships import membership_of
from flows.steps.officers import set_address
from flows.steps.reminders import CLOSE_CORRECTION, EXPIRE_OFFER, due_occasions, remind
from flows.steps.stipends import settle_meeting
from models.errors import NotAllowed
from models.events import Happened
from models.reminder_rules import ReminderEvent, ReminderRule, ReminderTo, UnlessState, UnlessWritten
from models.rules.due import FreeDay
from models.tables import Call, Event, Meeting, MeetingDay, Message
from models.tables.applications import ApplicationState
from models.tables.memberships import MembershipState
from models.tables.outbox import MessageState
from models.transitions import queue


def asked(office: Office) -> str:
    """One was asked for a correction on Monday, 28 May; the letter left. Five working days end on Tuesday, 5 June."""
    open_kes_call(office)
    send_in(office, reading(1, {"telefon": None}))
    deliver_all(office, "2018-05-28T09:00")
    return f"{CALL}/0001"


def offered(office: Office) -> list[str]:
    """Two were offered a seat on Friday, 6 July; the letters left. Four working days end on Thursday, the 12th."""
    registered = announced_call(office, 2)
    deliver_all(office, "2018-07-06T10:00")
    return registered


def billed(office: Office) -> list[str]:
    """Two have a bill to sign since Monday, 1 October."""
    registered = met_group(office, 2)
    for number, account in zip(registered, ACCOUNTS, strict=False):
        people.state_pay(office, number, account)
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    return registered


def run(office: Office, at: str) -> int:
    now = go_to(office, at)
    with office.writing(WORKER) as session:
        return remind(session, due_occasions(session, now=now), actor=WORKER, now=now)


def reminders(office: Office) -> Counter[str]:
    with office.reading(WORKER) as session:
        events = session.exec(select(Message.event).where(col(Message.event).startswith("reminder_"))).all()
    return Counter(events)


def test_a_correction_is_reminded_of_once_two_working_days_before(staged: Staged) -> None:
    office, _ = staged(asked)
    assert [run(office, f"2018-0{day}T08:00") for day in ("5-30", "5-31", "6-01", "6-01", "6-04", "6-05")] == [
        *(0, 0),
        1,
        *(0, 0, 0),
    ]
    with office.reading(WORKER) as session:
        letter = session.exec(select(Message).where(Message.event == "reminder_correction")).one()
        assert letter.recipient == "osoba1@example.org"
        assert "Telefon kontaktowy" in letter.text
        noted = session.exec(select(Event).where(Event.kind == Happened.REMINDED)).one()
        assert noted.facts == {"rule": "uzupelnienie", "nth": 1}


def test_ten_missed_days_are_one_reminder(staged: Staged) -> None:
    """Two were due (three and six working days after the invitation): only the newer is written."""
    office, _ = staged(invited_group, 1)
    assert run(office, "2018-09-17T08:00") == 1
    assert run(office, "2018-09-17T09:00") == 0
    assert reminders(office) == {"reminder_invitation": 1}
    with office.reading(WORKER) as session:
        assert (
            session.exec(select(Message.key).where(Message.event == "reminder_invitation"))
            .one()
            .endswith("zaproszenie-2@2018-09-03")
        )


def test_ten_runs_at_once_write_one_reminder(staged: Staged) -> None:
    office, _ = staged(asked)
    assert [run(office, "2018-06-01T08:00") for _ in range(10)] == [1] + [0] * 9


@pytest.mark.parametrize("day", ["2018-06-02", "2018-06-03"])
def test_nothing_is_written_at_the_weekend(staged: Staged, day: str) -> None:
    office, _ = staged(asked)
    assert run(office, f"{day}T08:00") == 0
    assert run(office, "2018-06-04T08:00") == 1


def test_nothing_is_written_on_a_holiday_but_deadlines_still_pass(sqlite_staged: Staged) -> None:
    """Wednesday, 15 August 2018: Assumption Day."""
    office, number = sqlite_staged(asked)
    assert run(office, "2018-08-15T08:00") == 1
    assert reminders(office) == {}
    with office.reading(WORKER) as session:
        assert find_application(session, number).state is ApplicationState.CLOSED_INCOMPLETE


def test_an_unanswered_offer_is_reminded_of_and_then_lapses(staged: Staged) -> None:
    office, (first, second) = staged(offered)
    people.confirm(office, first)
    assert run(office, "2018-07-10T08:00") == 0
    assert run(office, "2018-07-11T08:00") == 1
    assert run(office, "2018-07-12T08:00") == 0
    now = go_to(office, "2018-07-13T08:00")
    with office.reading(WORKER) as session:
        (lapse,) = due_occasions(session, now=now)
        assert (lapse.kind, lapse.nth) == (EXPIRE_OFFER, 0)
    assert run(office, "2018-07-13T08:00") == 1
    with office.reading(WORKER) as session:
        assert membership_of(session, first).state is MembershipState.CONFIRMED
        assert membership_of(session, second).state is MembershipState.EXPIRED
    assert run(office, "2018-07-13T09:00") == 0


def test_an_unanswered_correction_closes_the_application(staged: Staged) -> None:
    office, number = staged(asked)
    now = go_to(office, "2018-06-06T00:00")
    with office.reading(WORKER) as session:
        assert [one.kind for one in due_occasions(session, now=now)] == [CLOSE_CORRECTION]
    assert run(office, "2018-06-06T08:00") == 1
    with office.reading(WORKER) as session:
        assert find_application(session, number).state is ApplicationState.CLOSED_INCOMPLETE


def test_a_letter_that_never_left_sets_no_period(staged: Staged) -> None:
    """Nobody loses a seat over a letter that stayed in the office."""
    office, (number, _) = staged(announced_call, 2)
    run(office, "2018-07-20T08:00")
    with office.reading(WORKER) as session:
        assert membership_of(session, number).state is MembershipState.OFFERED


def test_an_invitation_is_reminded_of_twice_and_the_meeting_once(staged: Staged) -> None:
    office, _ = staged(invited_group, 2)
    days = ["05", "06", "07", "10", "11", "12", "19", "20", "21", "22", "24"]
    written = {day: run(office, f"2018-09-{day}T08:00") for day in days}
    assert {day: count for day, count in written.items() if count} == {"06": 2, "11": 2, "21": 2}
    assert reminders(office) == {"reminder_invitation": 4, "reminder_meeting": 2}


def test_a_missing_bill_is_reminded_of_twice(staged: Staged) -> None:
    office, _ = staged(billed)
    written = {day: run(office, f"2018-10-{day}T08:00") for day in ("05", "08", "09", "15", "22", "29")}
    assert {day: count for day, count in written.items() if count} == {"08": 2, "15": 2}


def test_a_reminder_of_a_bill_names_the_day_of_its_letter_and_a_new_one_only_when_that_has_passed(
    staged: Staged,
) -> None:
    """Five working days from Monday, 1 October, are the 8th; the second reminder comes a week later."""
    office, _ = staged(billed)
    for day in ("08", "15"):
        run(office, f"2018-10-{day}T08:00")
    with office.reading(WORKER) as session:
        texts = [
            message.text.replace("\xa0", " ")
            for message in session.exec(
                select(Message)
                .where(col(Message.event).in_(("stipend_ready", "reminder_bill")))
                .order_by(col(Message.id))
            ).all()
        ]
    assert all("Termin: poniedziałek, 8 października 2018 r.\n" in text for text in texts[:4])
    late = "Termin minął: poniedziałek, 8 października 2018 r.\nNowy termin: środa, 17 października 2018 r.\n"
    assert all(late in text for text in texts[4:])
    assert len(texts) == 6


@pytest.mark.parametrize("signed", [True, False])
def test_letters_about_a_bill_say_that_the_payment_waits_only_where_it_does(
    sqlite_staged: Staged, signed: bool
) -> None:
    office, registered = sqlite_staged(met_group, 1)
    payments = people.definition().payments
    assert payments is not None
    if signed != payments.signed_bill:
        people.redefined(office, payments=payments.model_copy(update={"signed_bill": signed}))
    with office.writing(WORKER) as session:
        call = session.exec(select(Call).where(Call.code == CALL)).one()
        for meeting in session.exec(select(Meeting)).all():
            meeting.project_version_id = call.project_version_id
            session.add(meeting)
    people.state_pay(office, registered[0], ACCOUNTS[0])
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    run(office, "2018-10-08T08:00")
    with office.reading(WORKER) as session:
        rows = session.exec(select(Message).where(col(Message.event).in_(("stipend_ready", "reminder_bill")))).all()
        said = {row.event: " ".join(row.text.split()) for row in rows}
    assert ("Wypłatę zlecimy po otrzymaniu podpisanego rachunku" in said["stipend_ready"]) is signed
    assert ("bez podpisanego rachunku nie możemy zlecić wypłaty" in said["reminder_bill"]) is signed


def test_what_was_done_between_asking_and_writing_is_not_reminded_of(staged: Staged) -> None:
    office, (first, _) = staged(offered)
    now = go_to(office, "2018-07-11T08:00")
    with office.reading(WORKER) as session:
        occasions = due_occasions(session, now=now)
    assert len(occasions) == 2
    people.confirm(office, first)
    with office.writing(WORKER) as session:
        assert remind(session, occasions, actor=WORKER, now=now) == 1
        assert remind(session, occasions, actor=WORKER, now=now) == 0


def ruled(office: Office, *rules: ReminderRule) -> None:
    """The project reminds by these rules only."""
    people.redefined(office, reminders=rules)


def move_meeting(office: Office, days: int) -> None:
    """As moving a meeting does: its days are others, its sequence is the next."""
    with office.writing(WORKER) as session:
        meeting = session.exec(select(Meeting).where(Meeting.code == MEETING)).one()
        meeting.sequence += 1
        session.add(meeting)
        for day in session.exec(select(MeetingDay).where(MeetingDay.meeting_id == meeting.id)).all():
            day.on += timedelta(days=days)
            day.starts_at += timedelta(days=days)
            day.ends_at += timedelta(days=days)
            session.add(day)


def written(office: Office) -> list[tuple[str, MessageState]]:
    """The reminders by the end of their keys, with their states."""
    with office.reading(WORKER) as session:
        rows = session.exec(
            select(Message.key, Message.state)
            .where(col(Message.event).startswith("reminder_"))
            .order_by(col(Message.id))
        ).all()
    return [(key.rpartition(":")[2], state) for key, state in rows]


TOMORROW = ReminderRule(code="jutro", event=ReminderEvent.MEETING_TOMORROW, offset_working_days=1, times=1)


def test_a_meeting_that_moves_is_reminded_of_anew_and_never_twice_for_one_date(staged: Staged) -> None:
    """From Saturday, 22 September, to the next one: what was written for the first and has not left does not leave."""
    office, _ = staged(invited_group, 1)
    ruled(office, TOMORROW)
    assert run(office, "2018-09-21T08:00") == 1
    move_meeting(office, 7)
    assert run(office, "2018-09-21T09:00") == 0
    assert written(office) == [("jutro-1@2018-09-22", MessageState.WITHDRAWN)]
    assert [run(office, f"2018-09-{day}T08:00") for day in ("24", "27", "28", "28")] == [0, 0, 1, 0]
    assert written(office)[1:] == [("jutro-1@2018-09-29", MessageState.DUE)]
    deliver_all(office, "2018-09-28T08:30")
    move_meeting(office, 7)
    move_meeting(office, -7)
    assert run(office, "2018-09-28T09:00") == 0


def test_what_an_earlier_release_wrote_is_not_written_again(staged: Staged) -> None:
    """Its keys told no date. Only when the meeting moves is there something new to say."""
    office, _ = staged(invited_group, 1)
    ruled(office, TOMORROW)
    assert run(office, "2018-09-21T08:00") == 1
    with office.writing(WORKER) as session:
        row = session.exec(select(Message).where(Message.event == "reminder_meeting")).one()
        row.key = row.key.partition("@")[0]
        session.add(row)
    assert run(office, "2018-09-21T08:01") == 0
    move_meeting(office, 7)
    assert run(office, "2018-09-28T08:00") == 1


def test_a_changed_invitation_is_asked_about_anew(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 1)
    rule = ReminderRule(code="pytanie", event=ReminderEvent.INVITATION_UNANSWERED, offset_working_days=2, times=1)
    ruled(office, rule)
    assert run(office, "2018-09-05T08:00") == 1
    deliver_all(office, "2018-09-05T09:00")
    go_to(office, "2018-09-10T10:00")
    with office.writing(WORKER) as session:
        meeting = session.exec(select(Meeting)).one()
        old = session.exec(select(Message).where(Message.event == "invitation")).one()
        told = {"id", "event", "key", "message_id", "state", "created_at", "sent_at"}
        update = Message(
            **old.model_dump(exclude=told),
            event="invitation_update",
            key=f"invitation_update:meeting/{meeting.id}:person/{old.person_id}:sequence-1",
            message_id="<zmiana@example.org>",
            created_at=office.now(),
        )
        queue(session, [update], actor=WORKER, now=office.now())
    assert [run(office, f"2018-09-{day}T08:00") for day in ("11", "12", "13")] == [0, 1, 0]


def test_hours_before_a_meeting_and_on_a_saturday(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 1)
    ruled(
        office,
        ReminderRule(
            code="rano",
            event=ReminderEvent.MEETING_TOMORROW,
            offset_hours=2,
            times=1,
            free_day=FreeDay.KEEP,
        ),
    )
    assert [run(office, f"2018-09-22T{hour}:00") for hour in ("06", "07", "08")] == [0, 1, 0]


def test_nothing_is_written_before_the_hour_of_the_rule(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 1)
    ruled(office, TOMORROW.model_copy(update={"at": time(15, 30)}))
    assert [run(office, f"2018-09-21T{hour}:30") for hour in ("08", "14", "15")] == [0, 0, 1]


def test_who_has_said_yes_is_left_alone_where_the_rule_says_so(staged: Staged) -> None:
    office, registered = staged(invited_group, 2)
    with office.writing(RITA) as session:
        answer_invitation(session, CALL, MEETING, registered[0], accepts=True, actor=RITA, now=office.now())
    ruled(office, TOMORROW.model_copy(update={"unless": (UnlessState(kind="confirmed"),)}))
    assert run(office, "2018-09-21T08:00") == 1


def test_who_was_written_to_lately_is_reminded_later(staged: Staged) -> None:
    """The invitation is of Monday, 3 September: less than four days before Thursday, four before Friday."""
    office, _ = staged(invited_group, 1)
    ruled(
        office,
        ReminderRule(
            code="pytanie",
            event=ReminderEvent.INVITATION_UNANSWERED,
            offset_working_days=1,
            times=1,
            unless=(UnlessWritten(kind="written_within", days=4),),
        ),
    )
    assert [run(office, f"2018-09-0{day}T08:00") for day in (4, 5, 6, 7)] == [0, 0, 0, 1]


def officers_letters(office: Office) -> list[Message]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(Message).where(Message.event == "reminder_officers")).all())


@pytest.mark.parametrize(("to", "to_people"), [(ReminderTo.OFFICERS, 0), (ReminderTo.BOTH, 2)])
def test_officers_of_the_area_get_one_letter_about_all(staged: Staged, to: ReminderTo, to_people: int) -> None:
    office, registered = staged(invited_group, 2)
    add_officers(office)
    with office.writing(ADAM) as session:
        for login in ("rita", "zofia", "filip"):
            set_address(session, login, f"{login}@example.org", actor=ADAM, now=office.now())
    ruled(office, TOMORROW.model_copy(update={"to": to}))
    assert [run(office, f"2018-09-21T{hour}:00") for hour in ("08", "09")] == [to_people + 1, 0]
    (letter,) = officers_letters(office)
    assert letter.recipient == "rita@example.org"
    assert all(f"– {number}, data: 22.09.2018\xa0r.\n" in letter.text for number in registered)
    assert reminders(office)["reminder_meeting"] == to_people
    move_meeting(office, 7)
    assert run(office, "2018-09-28T08:00") == to_people + 1


def test_officers_without_an_address_are_told_once_there_is_one(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 2)
    add_officers(office)
    ruled(office, TOMORROW.model_copy(update={"to": ReminderTo.OFFICERS}))
    assert run(office, "2018-09-21T08:00") == 0
    with office.writing(RITA) as session:
        set_address(session, "rita", "rita@example.org", actor=RITA, now=office.now())
    assert run(office, "2018-09-21T09:00") == 1


def test_who_may_not_remind_does_not(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked)
    with pytest.raises(NotAllowed), office.writing(people.KINGA) as session:
        remind(session, [], actor=people.KINGA, now=office.now())
