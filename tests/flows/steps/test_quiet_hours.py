"""Quiet hours: what is written at night leaves in the morning, unless it answers what somebody has just sent."""

from datetime import datetime, time

import pytest
from conftest import Staged
from people import WORKER, deliver_all, go_to, invited_group, moment, open_kes_call, reading, redefined, send_in
from people import definition as kes
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.delivery import deliver
from flows.steps.quiet_hours import ANSWERS, leaves_from
from flows.steps.reminders import due_occasions, remind
from models.mail_rules import QuietHours
from models.reminder_rules import ReminderEvent, ReminderRule
from models.rules.due import FreeDay
from models.tables import Message
from models.tables.outbox import MessageState
from templates.letters.events import EVENTS

NIGHT = QuietHours(starts=time(20), ends=time(7))


def quiet(office: Office) -> None:
    redefined(office, mail=kes().mail.model_copy(update={"quiet": NIGHT}))


def leaves(office: Office) -> dict[str, datetime]:
    with office.reading(WORKER) as session:
        return dict(session.exec(select(Message.event, Message.not_before).order_by(col(Message.id))).all())


def test_a_receipt_is_confirmed_at_night_and_a_request_waits_for_the_morning(staged: Staged) -> None:
    office, _ = staged(open_kes_call)
    quiet(office)
    go_to(office, "2018-06-05T22:00")
    send_in(office, reading(1, {"telefon": None}), at="2018-06-05T22:00")
    assert leaves(office) == {
        "acknowledgement": moment("2018-06-05T22:00"),
        "correction_request": moment("2018-06-06T07:00"),
    }
    deliver_all(office, "2018-06-05T23:00")
    go_to(office, "2018-06-06T06:55")
    deliver(office, actor=WORKER)
    with office.reading(WORKER) as session:
        rows = dict(session.exec(select(Message.event, Message.state)).all())
    assert rows["acknowledgement"] is not MessageState.DUE
    assert rows["correction_request"] is MessageState.DUE


def test_by_day_and_without_quiet_hours_everything_leaves_at_once(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    now = go_to(sqlite_office, "2018-06-05T12:00")
    send_in(sqlite_office, reading(1, {"telefon": None}), at="2018-06-05T12:00")
    assert set(leaves(sqlite_office).values()) == {now}


def test_what_would_be_worthless_in_the_morning_leaves_at_night(sqlite_staged: Staged) -> None:
    """A reminder three hours before a meeting that begins at nine is written at six, and the silence ends at seven."""
    office, _ = sqlite_staged(invited_group, 1)
    rule = ReminderRule(
        code="rano", event=ReminderEvent.MEETING_TOMORROW, offset_hours=3, times=1, free_day=FreeDay.KEEP
    )
    redefined(office, reminders=(rule,))
    quiet(office)
    now = go_to(office, "2018-09-22T06:00")
    with office.writing(WORKER) as session:
        remind(session, due_occasions(session, now=now), actor=WORKER, now=now)
    assert leaves(office)["reminder_meeting"] == now  # its own definition is that of the meeting, without silence
    definition = kes().model_copy(update={"mail": kes().mail.model_copy(update={"quiet": NIGHT})})
    begins = moment("2018-09-22T09:00")
    assert leaves_from(definition, "reminder_meeting", now=now, not_after=begins) == moment("2018-09-22T07:00")
    assert leaves_from(definition, "reminder_meeting", now=now, not_after=moment("2018-09-22T06:30")) == now


@pytest.mark.parametrize("event", sorted(ANSWERS))
def test_answers_are_letters_that_exist(event: str) -> None:
    assert event in EVENTS
