"""Merging: by the project's rule several letters to one person leave as one, and each of them counts as sent then."""

from datetime import timedelta

import people
import pytest
from conftest import Staged
from people import RITA, WORKER, deliver_all, go_to, reading, redefined, send_in, unread
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.applications import find_application
from flows.steps.correction_letters import attached_to, make_ready, topic_of
from flows.steps.corrections import period_ends
from flows.steps.merging import merge_waiting
from flows.steps.outbox import discard, hold, release, split, take_apart, withdraw_contrary
from models.errors import BadInput
from models.mail_rules import MergeRule
from models.tables import Correction, Message
from models.tables.outbox import MessageState

RULE = MergeRule(events=("correction_request", "acknowledgement"), within_minutes=60)


def two_letters(office: Office, *, window: int = 60) -> None:
    """An application that lacks an answer: one letter confirms it, one asks."""
    people.open_kes_call(office)
    mail = people.definition().mail
    redefined(office, mail=mail.model_copy(update={"merge": (RULE.model_copy(update={"within_minutes": window}),)}))
    send_in(office, reading(0, {"pesel": unread("pesel")}))


def messages(office: Office) -> dict[str, Message]:
    with office.writing(WORKER) as session:
        rows = session.exec(select(Message).order_by(col(Message.id))).all()
    return {row.event: row for row in rows}


def test_two_letters_leave_as_one_with_both_their_words(staged: Staged) -> None:
    office, _ = staged(two_letters)
    sent = deliver_all(office, "2018-06-05T12:00")
    assert len(sent.mails) == 1
    rows = messages(office)
    assert rows["several"].state is MessageState.SENT
    assert {rows[one].state for one in RULE.events} == {MessageState.MERGED}
    assert {rows[one].merged_into_id for one in RULE.events} == {rows["several"].id}
    text = rows["several"].text.replace("\xa0", " ")
    assert rows["several"].subject == rows["correction_request"].subject
    assert "Co trzeba uzupełnić" in text
    assert text.count("Szanowna Pani") == 1
    assert text.count("inspektora ochrony danych") == 1
    with office.reading(WORKER) as session:
        assert [one.kind for one in attached_to(session, session.get_one(Message, rows["several"].id))] == [
            "blank_form"
        ]
        # The period of the request runs, since the person was asked.
        assert period_ends(session, session.exec(select(Correction)).one()) is not None


def test_it_is_not_merged_before_one_of_them_could_leave(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_letters)
    assert deliver_all(office, "2018-05-28T08:05").mails == []
    assert {row.state for row in messages(office).values()} == {MessageState.DUE}


def test_letters_written_too_far_apart_go_by_themselves(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_letters)
    with office.writing(WORKER) as session:
        late = session.exec(select(Message).where(Message.event == "acknowledgement")).one()
        late.created_at += timedelta(minutes=61)
        session.add(late)
    assert len(deliver_all(office, "2018-06-05T12:00").mails) == 2
    assert "several" not in messages(office)


def test_without_a_rule_nothing_is_merged(sqlite_staged: Staged) -> None:
    def plain(office: Office) -> None:
        people.open_kes_call(office)
        send_in(office, reading(0, {"pesel": unread("pesel")}))

    office, _ = sqlite_staged(plain)
    assert len(deliver_all(office, "2018-06-05T12:00").mails) == 2


def test_what_an_officer_keeps_back_or_rewrote_stays_out_of_it(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_letters)
    first = messages(office)["acknowledgement"].id or 0
    with office.writing(RITA) as session:
        hold(session, first, actor=RITA, now=office.now())
    assert len(deliver_all(office, "2018-06-05T12:00").mails) == 1
    assert "several" not in messages(office)


def held_together(office: Office) -> None:
    """The one mail of the two letters, kept back by an officer."""
    two_letters(office)
    go_to(office, "2018-06-05T12:00")
    make_ready(office, actor=WORKER)
    with office.writing(WORKER) as session:
        merge_waiting(session, grace=timedelta(minutes=15), actor=WORKER, now=office.now())
        whole = session.exec(select(Message).where(Message.event == "several")).one()
        hold(session, whole.id or 0, actor=RITA, now=office.now())


def test_a_contrary_letter_takes_only_its_own_part_out(staged: Staged) -> None:
    office, _ = staged(held_together)
    with office.writing(WORKER) as session:
        application = find_application(session, people.numbers(office)[0])
        withdraw_contrary(session, topic_of(application), actor=WORKER, now=office.now())
    rows = messages(office)
    assert rows["several"].state is MessageState.WITHDRAWN
    assert rows["correction_request"].state is MessageState.WITHDRAWN
    assert rows["acknowledgement"].state is MessageState.DUE
    assert len(deliver_all(office, "2018-06-05T13:00").mails) == 1


def test_taken_apart_and_merged_again_it_leaves_once(staged: Staged) -> None:
    office, _ = staged(held_together)
    with office.writing(RITA) as session:
        part = session.exec(select(Message).where(Message.event == "acknowledgement")).one()
        assert take_apart(session, part, actor=RITA, now=office.now())
    assert len(deliver_all(office, "2018-06-05T13:00").mails) == 1
    assert messages(office)["correction_request"].state is MessageState.MERGED


def test_split_by_an_officer_the_parts_go_by_themselves(staged: Staged) -> None:
    office, _ = staged(held_together)
    whole = messages(office)["several"].id or 0
    with office.writing(RITA) as session:
        assert len(split(session, whole, actor=RITA, now=office.now())) == 2
    assert len(deliver_all(office, "2018-06-05T13:00").mails) == 2
    with pytest.raises(BadInput, match="nie łączy"), office.writing(RITA) as session:
        split(session, whole, actor=RITA, now=office.now())


def test_a_part_is_neither_released_nor_discarded_by_itself(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(held_together)
    part = messages(office)["acknowledgement"].id or 0
    for act in (release, discard):
        with pytest.raises(BadInput, match="nabor outbox split"), office.writing(RITA) as session:
            act(session, part, actor=RITA, now=office.now())
    assert messages(office)["acknowledgement"].state is MessageState.MERGED


def test_discarding_the_whole_discards_what_it_says(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(held_together)
    whole = messages(office)["several"].id or 0
    with office.writing(RITA) as session:
        discard(session, whole, actor=RITA, now=office.now())
    assert {row.state for row in messages(office).values()} == {MessageState.WITHDRAWN}
    assert deliver_all(office, "2018-06-05T13:00").mails == []


@pytest.mark.parametrize("window", [60])
def test_a_part_that_left_is_not_taken_apart(sqlite_staged: Staged, window: int) -> None:
    office, _ = sqlite_staged(two_letters)
    deliver_all(office, "2018-06-05T12:00")
    with office.writing(RITA) as session:
        part = session.exec(select(Message).where(Message.event == "acknowledgement")).one()
        assert not take_apart(session, part, actor=RITA, now=office.now())
    assert messages(office)["acknowledgement"].state is MessageState.MERGED
