"""Membership: an offered seat is confirmed, declined or lapses; statements for pay come after it, encrypted."""

from dataclasses import replace
from datetime import date, timedelta

import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from people import ACCOUNTS, CALL, EMPLOYED, FILIP, RITA, WORKER, announced_call, confirm, go_to, group, state_pay
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.memberships import (
    answer_offer,
    expire_offer,
    expired_offers,
    membership_of,
    seated,
    statement_on,
    statements_in,
)
from flows.steps.reminders import due_occasions, remind
from models.errors import BadInput, IllegalMove, NotAllowed, NotYet
from models.tables import Membership, Message, PayStatement
from models.tables.memberships import MembershipState
from models.tables.outbox import MessageState


def offered(office: Office) -> list[str]:
    """Two seats are offered, and the letters that say so have left the same day."""
    registered = announced_call(office, 2)
    people.deliver_all(office, "2018-07-06T10:00")
    return registered


def decline(office: Office, number: str) -> None:
    with office.writing(RITA) as session:
        answer_offer(session, number, accepts=False, actor=RITA, now=office.now())


def state(office: Office, number: str) -> MembershipState:
    with office.reading(WORKER) as session:
        return membership_of(session, number).state


def test_a_confirmed_seat_is_confirmed_by_letter(staged: Staged) -> None:
    office, (number, _) = staged(announced_call, 2)
    confirm(office, number)
    with office.reading(WORKER) as session:
        membership = membership_of(session, number)
        assert (membership.state, membership.answered_at) == (MembershipState.CONFIRMED, office.now())
        letter = session.exec(select(Message).where(Message.event == "offer_confirmed")).one()
        assert letter.recipient == "osoba0@example.org"
        assert [one.id for one in seated(session, membership.group_id)] == [membership.id]


def test_an_answer_takes_back_the_unsent_reminder(staged: Staged) -> None:
    office, (first, second) = staged(announced_call, 2)
    now = go_to(office, "2018-07-11T08:00")
    with office.writing(WORKER) as session:
        assert remind(session, due_occasions(session, now=now), actor=WORKER, now=now) == 2
    confirm(office, first)
    decline(office, second)
    with office.reading(WORKER) as session:
        reminders = session.exec(select(Message.state).where(Message.event == "reminder_confirmation")).all()
    assert list(reminders) == [MessageState.WITHDRAWN] * 2


def test_a_declined_seat_is_free_and_stays_declined(staged: Staged) -> None:
    office, (number, _) = staged(announced_call, 2)
    decline(office, number)
    assert state(office, number) is MembershipState.DECLINED
    with pytest.raises(IllegalMove):
        confirm(office, number)
    assert state(office, number) is MembershipState.DECLINED


def test_a_seat_is_confirmed_once(staged: Staged) -> None:
    office, (number, _) = staged(announced_call, 2)
    confirm(office, number)
    with pytest.raises(IllegalMove):
        confirm(office, number)
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Message).where(Message.event == "offer_confirmed")).all()) == 1


def test_an_unanswered_offer_lapses_after_its_last_instant(staged: Staged) -> None:
    office, (first, second) = staged(offered)
    confirm(office, first)
    with office.writing(WORKER) as session:
        membership = membership_of(session, second)
        assert membership.id is not None
        due = membership.answer_due_at
        assert expired_offers(session, now=due) == []
        assert not expire_offer(session, membership.id, actor=WORKER, now=due)
        late = due + timedelta(microseconds=1)
        assert expired_offers(session, now=late) == [membership.id]
        assert expire_offer(session, membership.id, actor=WORKER, now=late)
        assert not expire_offer(session, membership.id, actor=WORKER, now=late)
    assert (state(office, first), state(office, second)) == (MembershipState.CONFIRMED, MembershipState.EXPIRED)


def test_who_was_offered_no_seat_cannot_answer(office: Office) -> None:
    (number,) = people.ranked_call(office, 1)
    with pytest.raises(NotYet, match="nie zaproponowano"):
        confirm(office, number)


# Statements for pay


def test_a_statement_is_kept_encrypted_and_found_by_its_day(staged: Staged) -> None:
    office, (number, _) = staged(group, 2)
    state_pay(office, number, ACCOUNTS[0])
    state_pay(office, number, ACCOUNTS[1], replace(EMPLOYED, student_under_26=True))
    with office.reading(WORKER) as session:
        membership = membership_of(session, number)
        assert statement_on(session, membership, date(2018, 8, 31)) is None
        statement = statement_on(session, membership, date(2018, 9, 1))
        assert statement is not None
        assert statement.account == ACCOUNTS[1], "of two for one day the later one counts"
        assert statements_in(statement) == replace(EMPLOYED, student_under_26=True)
        assert len(session.exec(select(PayStatement)).all()) == 2
    with office.store.engine.connect() as connection:
        assert ACCOUNTS[0] not in str(connection.execute(sa.text("SELECT * FROM pay_statement")).all())


def test_an_account_is_written_with_spaces_or_with_pl(staged: Staged) -> None:
    office, (first, _second) = staged(group, 2)
    state_pay(office, first, f"PL {ACCOUNTS[0][:2]} {ACCOUNTS[0][2:10]} {ACCOUNTS[0][10:]}")
    with office.reading(WORKER) as session:
        statement = statement_on(session, membership_of(session, first), date(2018, 9, 1))
        assert statement is not None
        assert statement.account == ACCOUNTS[0]


@pytest.mark.parametrize("account", ["", "1" * 26, ACCOUNTS[0][:-1], "moje konto"])
def test_an_account_with_a_wrong_digit_is_refused_without_quoting_it(sqlite_staged: Staged, account: str) -> None:
    office, (number, _) = sqlite_staged(group, 2)
    with pytest.raises(BadInput, match="26 cyfr") as refusal:
        state_pay(office, number, account)
    assert not account or account not in str(refusal.value)


def test_statements_are_taken_from_those_with_a_seat_only(sqlite_staged: Staged) -> None:
    """Collect late (domain §5): nobody's account is asked for before the seat is theirs."""
    office, (number, _) = sqlite_staged(announced_call, 2)
    with pytest.raises(NotYet, match="potwierdzonego miejsca"):
        state_pay(office, number, ACCOUNTS[0])


def test_only_finance_takes_statements(sqlite_staged: Staged) -> None:
    office, (number, _) = sqlite_staged(group, 2)
    from flows.steps.memberships import record_statement

    with pytest.raises(NotAllowed), office.writing(RITA) as session:
        record_statement(
            session,
            number,
            EMPLOYED,
            account=ACCOUNTS[0],
            valid_from=date(2018, 9, 1),
            actor=RITA,
            now=office.now(),
        )
    assert FILIP.login != RITA.login


def test_the_example_call_is_the_one_of_kartuzy(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(announced_call, 2)
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Membership)).all()) == len(registered) == 2
    assert registered[0].startswith(CALL)
