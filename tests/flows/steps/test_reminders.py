"""Reminders: each occasion once, on working days, and nothing for what has been done meanwhile."""

from collections import Counter

import people
import pytest
from conftest import Staged
from people import (
    ACCOUNTS,
    CALL,
    FILIP,
    MEETING,
    PAID_ON,
    WORKER,
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
from flows.steps.memberships import membership_of
from flows.steps.reminders import CLOSE_CORRECTION, EXPIRE_OFFER, due_occasions, remind
from flows.steps.stipends import settle_meeting
from models.errors import NotAllowed
from models.events import Happened
from models.tables import Event, Message
from models.tables.applications import ApplicationState
from models.tables.memberships import MembershipState


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


def test_who_may_not_remind_does_not(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked)
    with pytest.raises(NotAllowed), office.writing(people.KINGA) as session:
        remind(session, [], actor=people.KINGA, now=office.now())
