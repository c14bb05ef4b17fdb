"""Membership: an offered seat is confirmed, declined or lapses; statements for pay come after it, encrypted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from people import (
    ACCOUNTS,
    CALL,
    EMPLOYED,
    FILIP,
    KINGA,
    RITA,
    WORKER,
    announced_call,
    confirm,
    go_to,
    group,
    state_pay,
)
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.announcement import announce
from flows.steps.contract_records import record_contract
from flows.steps.decisions import decide
from flows.steps.delivery import deliver
from flows.steps.memberships import answer_offer, expire_offer, expired_offers, membership_of, seated
from flows.steps.outbox import discard, hold
from flows.steps.reminders import due_occasions, remind
from flows.steps.sent_by_hand import record_handed
from flows.steps.statements import statement_on, statements_in
from flows.steps.todo import waiting_for_whom
from models.errors import BadInput, IllegalMove, NotAllowed, NotYet
from models.tables import Contract, Membership, Message, PayStatement
from models.tables.decisions import DecisionOutcome
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
    office, (first, second) = staged(offered)
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


def offered_again(office: Office) -> str:
    """Accepted and told, refused and told, accepted again on 1 August; that last letter has not left."""
    number = offered(office)[0]
    for at, outcome, reason in (
        ("2018-07-16T09:00", DecisionOutcome.REJECTED, "brak_miejsc"),
        ("2018-08-01T09:00", DecisionOutcome.ACCEPTED, "sklad_grupy"),
    ):
        now = go_to(office, at)
        with office.writing(KINGA) as session:
            decide(session, number, outcome=outcome, reason_code=reason, note=None, actor=KINGA, now=now)
        announce(office, CALL, actor=RITA)
        if outcome is DecisionOutcome.REJECTED:
            people.deliver_all(office, "2018-07-16T10:00")
    return number


def offer_lines(office: Office, number: str) -> list[tuple[str, str, date | None]]:
    with office.reading(WORKER) as session:
        waiting = waiting_for_whom(session, now=office.now())
    return [(line.who, line.what, line.due) for line in waiting if line.reference == number]


def newest_letter(office: Office) -> int:
    with office.reading(WORKER) as session:
        found = session.exec(
            select(Message.id).where(Message.event == "accepted").order_by(col(Message.id).desc())
        ).first()
    assert found is not None
    return found


@pytest.mark.parametrize("act", [hold, discard])
def test_an_old_letter_does_not_start_the_period_of_a_new_offer(staged: Staged, act: Callable[..., None]) -> None:
    office, number = staged(offered_again)
    with office.writing(RITA) as session:
        act(session, newest_letter(office), actor=RITA, now=office.now())
    now = go_to(office, "2018-10-01T09:00")
    with office.writing(WORKER) as session:
        assert [one.kind for one in due_occasions(session, now=now) if one.kind == "expire_offer"] == ["expire_offer"]
        membership = membership_of(session, number)
        assert membership.id is not None
        assert membership.id not in expired_offers(session, now=now)
        assert not expire_offer(session, membership.id, actor=WORKER, now=now)
    assert state(office, number) is MembershipState.OFFERED
    assert offer_lines(office, number) == [
        ("pracownik", "propozycja miejsca nie wyszła, termin nie biegnie", None),
    ], "the candidate waits for us, not we for the candidate"


def test_the_period_of_a_new_offer_runs_from_its_own_letter(staged: Staged) -> None:
    office, number = staged(offered_again)
    people.deliver_all(office, "2018-08-06T10:00")
    # Four working days from Monday, 6 August.
    assert offer_lines(office, number) == [("kandydat", "potwierdzenie udziału", date(2018, 8, 10))]
    go_to(office, "2018-08-11T09:00")
    with office.writing(WORKER) as session:
        membership = membership_of(session, number)
        assert membership.id is not None
        assert expire_offer(session, membership.id, actor=WORKER, now=office.now())


def test_who_was_not_told_is_not_reminded(staged: Staged) -> None:
    office, _ = staged(announced_call, 2)
    now = go_to(office, "2018-07-11T08:00")
    with office.reading(WORKER) as session:
        assert due_occasions(session, now=now) == []


def test_without_a_mail_server_no_period_begins_until_the_letter_is_handed_over(staged: Staged) -> None:
    office, (number, _) = staged(announced_call, 2)
    go_to(office, "2018-07-06T10:00")
    deliver(office, actor=WORKER)
    now = go_to(office, "2018-09-03T09:00")
    with office.reading(WORKER) as session:
        assert expired_offers(session, now=now) == []
        person = membership_of(session, number).person_id
        letter = session.exec(select(Message.id).where(Message.event == "accepted", Message.person_id == person)).one()
    with office.writing(RITA) as session:
        record_handed(session, letter or 0, actor=RITA, now=now)
    now = go_to(office, "2018-09-08T09:00")
    with office.reading(WORKER) as session:
        assert expired_offers(session, now=now) == [membership_of(session, number).id]


def test_a_paid_group_asks_for_statement_and_account_and_not_by_mail(sqlite_staged: Staged) -> None:
    office, (number, _) = sqlite_staged(announced_call, 2)
    confirm(office, number)
    with office.reading(WORKER) as session:
        letter = session.exec(select(Message).where(Message.event == "offer_confirmed")).one()
    for version in (letter.text, letter.html):
        said = version.replace("\xa0", " ")
        assert "Numeru konta bankowego" in said
        assert "nie wysyłać ich zwykłym e-mailem" in said


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
    from flows.steps.statements import record_statement

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


# The contract


def test_number_and_day_typed_again_keep_what_the_contract_states(staged: Staged) -> None:
    """Its sum decides on the lump-sum tax, so ``stipend contract`` after ``contract signed`` must not take it away."""
    office, (number, _) = staged(group, 2)
    go_to(office, "2018-09-10T09:00")
    day = date(2018, 9, 10)

    def typed(signed_on: date, amount: int | None = None) -> None:
        with office.writing(FILIP) as session:
            record_contract(
                session,
                number,
                contract_number="UZ/1/2018",
                signed_on=signed_on,
                amount_grosze=amount,
                actor=FILIP,
                now=office.now(),
            )

    def contracts() -> list[tuple[date, int | None]]:
        with office.reading(WORKER) as session:
            rows = session.exec(select(Contract).order_by(col(Contract.id))).all()
            return [(row.signed_on, row.amount_grosze) for row in rows]

    typed(day, 200_00)
    typed(day)
    assert contracts() == [(day, 200_00)]
    typed(day, 180_00)
    typed(date(2018, 9, 3))
    assert contracts() == [(day, 200_00), (day, 180_00), (date(2018, 9, 3), None)]


def test_the_example_call_is_the_one_of_kartuzy(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(announced_call, 2)
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Membership)).all()) == len(registered) == 2
    assert registered[0].startswith(CALL)
