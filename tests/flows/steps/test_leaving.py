"""What leaves today: in order, with what waits for a person beside it; and it is what delivery then sends."""

from datetime import timedelta

import people
import pytest
from conftest import Staged
from people import RITA, WORKER, deliver_all, go_to, moment, reading, send_in, unread
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.channels import choose_channel
from flows.steps.leaving import outgoing
from flows.steps.many_messages import HELD_TOGETHER, act_on, chosen
from flows.steps.outbox import hold, release
from models.errors import BadInput
from models.tables import Message
from models.tables.outbox import Channel, MessageState

GRACE = timedelta(minutes=15)


def four_letters(office: Office) -> None:
    """Three confirmations and a request, the last of them to a person who is written to on paper."""
    people.open_kes_call(office)
    send_in(office, reading(0))
    send_in(office, reading(1), at="2018-06-05T11:00")
    send_in(office, reading(2, {"pesel": unread("pesel")}), at="2018-06-05T12:00")
    go_to(office, "2018-06-05T13:00")
    with office.writing(RITA) as session:
        number = people.numbers(office)[1]
        choose_channel(
            session, number, Channel.PAPER, address="ul. Wymyślona 5", reason="Prośba.", actor=RITA, now=office.now()
        )
        hold(session, 1, actor=RITA, now=office.now())


def test_it_is_what_delivery_then_sends(staged: Staged) -> None:
    office, _ = staged(four_letters)
    with office.reading(RITA) as session:
        found = outgoing(session, until=moment("2018-06-05T23:59"), grace=GRACE)
    assert [row.state for row in found.stuck] == [MessageState.HELD]
    assert [row.channel for row in found.to_print] == [Channel.PAPER]
    assert (found.drafts, found.printed) == ((), ())
    sent = deliver_all(office, "2018-06-05T23:59").mails
    assert [recipient for _, recipient, _ in sent] == [one.message.recipient for one in found.leaving]
    assert len(sent) == 2


def test_what_leaves_later_is_not_of_today(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(four_letters)
    with office.writing(WORKER) as session:
        row = session.exec(select(Message).where(Message.event == "correction_request")).one()
        row.not_before = moment("2018-06-06T07:00")
        session.add(row)
    with office.reading(RITA) as session:
        today = outgoing(session, until=moment("2018-06-05T23:59"), grace=GRACE)
        tomorrow = outgoing(session, until=moment("2018-06-06T23:59"), grace=GRACE)
    assert len(today.leaving) == 1
    assert [one.at for one in tomorrow.leaving][-1] == moment("2018-06-06T07:00")


def test_several_are_held_and_released_at_once_and_each_refusal_is_told(staged: Staged) -> None:
    office, _ = staged(four_letters)
    with office.writing(RITA) as session:
        ids = chosen(session, [], all_in=HELD_TOGETHER, event="acknowledgement", actor=RITA)
        acted = act_on(session, ids, hold, actor=RITA, now=office.now())
    assert len(acted.done) == 2
    with office.writing(RITA) as session:
        acted = act_on(session, [1, 999, *acted.done], release, actor=RITA, now=office.now())
    assert [one.message_id for one in acted.left] == [999]
    assert len(acted.done) == 3
    assert len(deliver_all(office, "2018-06-05T23:59").mails) == 3, "the one on paper stays"


@pytest.mark.parametrize(("ids", "event"), [([1], "acknowledgement"), ([], "")])
def test_numbers_and_a_choice_at_once_or_neither_is_no_order(sqlite_staged: Staged, ids: list[int], event: str) -> None:
    office, _ = sqlite_staged(four_letters)
    with office.reading(RITA) as session, pytest.raises(BadInput, match="Podaj numery"):
        chosen(session, ids, event=event, actor=RITA)
