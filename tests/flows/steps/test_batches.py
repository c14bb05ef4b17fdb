"""Batches: a payment is frozen, approved by other hands, exported once and confirmed, and nothing is paid twice."""

import threading
from collections.abc import Callable
from datetime import date

import people
import pytest
from conftest import Staged
from paying import (
    BATCH,
    Booked,
    account,
    approved,
    batch_of,
    booked,
    confirmed,
    exported,
    exported_group,
    frozen,
    frozen_group,
    ledger,
    read_elixir,
    record_of,
    sign,
    signed_group,
)
from people import CALL, FILIP, FRANKA, MEETING, PAID_ON, RITA, WORKER, go_to, redefined, state_pay
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from flows.adapters.bank_statements import StatementUnreadable
from flows.adapters.office import Office
from flows.steps.bank_reports import mark_paid, mark_returned
from flows.steps.batch_approval import approve
from flows.steps.batch_files import BankFile, export_batch
from flows.steps.batch_freezing import discard, freeze
from flows.steps.batch_overview import batch_view
from flows.steps.documents import newest
from flows.steps.stipends import settle_meeting
from flows.steps.todo import waiting_for_whom
from models.actor import Actor, Role
from models.errors import BadInput, IllegalMove, NaborError, NotAllowed, NotFound, NotYet, PaymentsBlocked
from models.tables import Message, PayAcknowledgement, PayBatchItem
from models.tables.batches import BatchState, ItemState
from models.tables.outbox import MessageState
from models.tables.stipends import StipendState

NET = 60720
"""What a member of these groups is paid: twelve hours of one employed elsewhere."""


def states(office: Office, numbers: list[str]) -> list[StipendState]:
    return [record_of(office, number).state for number in numbers]


def item_states(office: Office) -> list[ItemState]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(PayBatchItem.state).order_by(col(PayBatchItem.id))).all())


def todo(office: Office) -> dict[str, str]:
    with office.reading(WORKER) as session:
        return {line.reference: line.what for line in waiting_for_whom(session, now=office.now())}


def letters(office: Office, event: str) -> list[str]:
    with office.reading(WORKER) as session:
        return [one.text.replace("\xa0", " ") for one in session.exec(select(Message).where(Message.event == event))]


# Freezing


def test_signed_bills_are_frozen_into_a_numbered_batch(staged: Staged) -> None:
    office, members = staged(signed_group, 2)
    made = frozen(office)
    assert (made.number, made.payments, made.total) == (BATCH, 2, 2 * NET)
    assert [one.code for one in made.to_acknowledge] == ["new_account", "new_account"]
    assert states(office, members) == [StipendState.ORDERED] * 2
    batch = batch_of(office)
    assert (batch.state, batch.area, batch.made_by, batch.total) == (BatchState.FROZEN, "2205", "filip", 2 * NET)
    with office.reading(WORKER) as session:
        references = session.exec(select(PayBatchItem.reference).order_by(col(PayBatchItem.id))).all()
    assert references == ["LP0001/18/0001", "LP0001/18/0002"]
    assert todo(office)[BATCH].startswith("lista przelewów czeka na zatwierdzenie")


def test_who_has_not_signed_waits_and_is_told_of(sqlite_staged: Staged) -> None:
    office, (first, second) = sqlite_staged(signed_group, 2)
    state_pay(office, second, account(7))
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, replace_signed=True, reason="nowe konto", actor=FILIP)
    made = frozen(office)
    assert [(one.number, one.sentence) for one in made.left_out] == [
        (second, f"rachunek {record_of(office, second).number} nie wrócił podpisany (nabor stipend signed).")
    ]
    assert states(office, [first, second]) == [StipendState.ORDERED, StipendState.CALCULATED]
    assert made.payments == 1


def test_what_is_frozen_is_not_frozen_again(staged: Staged) -> None:
    office, _ = staged(frozen_group, 2)
    with pytest.raises(NotYet, match="nic do wypłaty"):
        frozen(office)


def test_a_trial_freezes_nothing(sqlite_staged: Staged) -> None:
    office, members = sqlite_staged(signed_group, 1)
    assert frozen(office.on_trial()).payments == 1
    assert states(office, members) == [StipendState.SIGNED]
    assert todo(office).get(BATCH) is None


def test_a_later_signature_comes_into_the_next_batch(sqlite_staged: Staged) -> None:
    office, (first, second) = sqlite_staged(signed_group, 2)
    freeze(office, call=CALL, meeting=MEETING, paid_on=PAID_ON, actor=FILIP)
    with office.writing(FILIP) as session:
        discard(session, BATCH, reason="próba", actor=FILIP, now=office.now())
    again = freeze(office, paid_on=PAID_ON, actor=FILIP)
    assert (again.number, again.payments) == ("LP/0002/2018", 2)
    assert states(office, [first, second]) == [StipendState.ORDERED] * 2


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2018, 10, 4), "już minął"),
        (date(2018, 10, 13), "jest wolny"),
        (date(2018, 11, 1), "jest wolny"),
        (date(2018, 12, 10), "za ponad 31 dni"),
    ],
)
def test_a_day_on_which_no_bank_pays_is_refused(sqlite_staged: Staged, day: date, said: str) -> None:
    office, members = sqlite_staged(signed_group, 1)
    with pytest.raises(BadInput, match=said):
        frozen(office, paid_on=day)
    assert states(office, members) == [StipendState.SIGNED]


def test_whoever_may_not_handle_money_freezes_nothing(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(signed_group, 1)
    for stranger in (RITA, FRANKA, WORKER):
        with pytest.raises(NotAllowed):
            freeze(office, paid_on=PAID_ON, actor=stranger)


def test_a_project_that_says_nothing_of_payments_orders_none(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(signed_group, 1)
    redefined(office, payments=None)  # type: ignore[arg-type]
    with pytest.raises(NotYet, match="payments"):
        frozen(office)


# Approval


def test_other_hands_approve_and_the_list_is_issued(staged: Staged) -> None:
    office, _ = staged(frozen_group, 2)
    batch = approved(office)
    assert (batch.state, batch.approved_by) == (BatchState.APPROVED, "franka")
    with office.reading(WORKER) as session:
        for kind in ("payment_list", "payment_list_word"):
            assert newest(session, kind, BATCH) is not None
        kept = session.exec(select(PayAcknowledgement)).all()
    assert [(one.code, one.reason, one.given_by) for one in kept] == [
        ("new_account", "numery zgodne z oświadczeniami", "franka")
    ] * 2
    assert "plik dla banku" in todo(office)[BATCH]


def test_who_prepared_any_of_it_does_not_approve(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(signed_group, 1)
    both = frozenset({Role.FINANCE, Role.APPROVER})
    freeze(office, paid_on=PAID_ON, actor=Actor("olga", both))
    for login, why in (("olga", "sporządziło listę"), ("filip", "rozliczyło")):
        with pytest.raises(NotAllowed, match=why):
            approve(office, BATCH, acknowledged={"new_account": "tak"}, actor=Actor(login, both))
    with pytest.raises(NotAllowed, match="zatwierdzanie wypłat"):
        approve(office, BATCH, acknowledged={"new_account": "tak"}, actor=Actor("inna", frozenset({Role.FINANCE})))
    assert batch_of(office).state is BatchState.FROZEN


def test_a_first_payment_to_an_account_needs_a_reason(sqlite_staged: Staged) -> None:
    office, (member,) = sqlite_staged(frozen_group, 1)
    with pytest.raises(PaymentsBlocked) as refused:
        approve(office, BATCH, acknowledged={}, actor=FRANKA)
    assert f"{member}: to pierwszy przelew na to konto" in str(refused.value)
    assert "--acknowledge new_account=POWÓD" in str(refused.value)
    with pytest.raises(BadInput, match="uzasadnienia"):
        approve(office, BATCH, acknowledged={"new_account": " "}, actor=FRANKA)
    with pytest.raises(BadInput, match="nie jest uwagą"):
        approve(office, BATCH, acknowledged={"shared_account": "znam"}, actor=FRANKA)


def test_a_new_statement_after_freezing_stops_the_approval(sqlite_staged: Staged) -> None:
    office, (member,) = sqlite_staged(frozen_group, 1)
    state_pay(office, member, account(5))
    with pytest.raises(PaymentsBlocked, match="konto w oświadczeniu jest inne niż na rachunku"):
        approved(office)


def test_what_is_approved_is_not_approved_again(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(frozen_group, 1)
    approved(office)
    with pytest.raises(IllegalMove):
        approved(office)


# The file


def test_the_file_pays_whom_the_batch_names_and_is_the_same_ever_after(staged: Staged) -> None:
    office, members = staged(frozen_group, 2)
    with pytest.raises(NotYet, match="nie zatwierdził"):
        exported(office)
    approved(office)
    first = exported(office)
    go_to(office, "2018-10-20T09:00")
    again = exported(office)
    assert (first.new, again.new) == (True, False)
    assert first.content == again.content
    rows = read_elixir(first.content)
    assert [(row["account"], row["amount"]) for row in rows] == [(account(i), str(NET)) for i in range(2)]
    assert {row["day"] for row in rows} == {"20181010"}
    assert [row["reference"] for row in rows] == ["LP0001/18/0001", "LP0001/18/0002"]
    assert all(record_of(office, number).number in row["title"] for number, row in zip(members, rows, strict=True))
    with office.reading(WORKER) as session:
        document = newest(session, "bank_file", BATCH)
    assert document is not None
    assert (document.version, document.file_name) == (1, "LP-0001-2018-przelewy.txt")


def test_a_file_is_not_made_after_its_day(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(frozen_group, 1)
    approved(office)
    go_to(office, "2018-10-11T09:00")
    with pytest.raises(BadInput, match="już minął"):
        exported(office)


def test_a_discarded_batch_gives_its_records_back(staged: Staged) -> None:
    office, members = staged(frozen_group, 2)
    approved(office)
    with office.writing(FILIP) as session, pytest.raises(BadInput, match="uzasadnienia"):
        discard(session, BATCH, reason=" ", actor=FILIP, now=office.now())
    with office.writing(FILIP) as session:
        assert discard(session, BATCH, reason="zły dzień", actor=FILIP, now=office.now()) == 2
    assert states(office, members) == [StipendState.SIGNED] * 2
    assert item_states(office) == [ItemState.RELEASED] * 2
    with pytest.raises(NotYet, match="zaniechano"):
        exported(office)


def test_what_the_bank_may_have_is_not_discarded_in_passing(sqlite_staged: Staged) -> None:
    office, members = sqlite_staged(exported_group, 1)
    with office.writing(FRANKA) as session, pytest.raises(BadInput, match="--not-authorised"):
        discard(session, BATCH, reason="za późno", actor=FRANKA, now=office.now())
    with office.writing(FILIP) as session, pytest.raises(NotAllowed, match="zatwierdzanie wypłat"):
        discard(session, BATCH, reason="za późno", not_authorised=True, actor=FILIP, now=office.now())
    both = Actor("filip", frozenset({Role.FINANCE, Role.APPROVER}))
    with office.writing(both) as session, pytest.raises(NotAllowed, match="druga osoba"):
        discard(session, BATCH, reason="za późno", not_authorised=True, actor=both, now=office.now())
    with office.writing(FRANKA) as session, pytest.raises(BadInput, match="uzasadnienia"):
        discard(session, BATCH, reason=" ", not_authorised=True, actor=FRANKA, now=office.now())
    assert (batch_of(office).state, states(office, members)) == (BatchState.EXPORTED, [StipendState.ORDERED])


def test_a_file_that_nobody_authorised_is_given_up_by_other_hands(staged: Staged) -> None:
    """The records are as they were, nobody is written to, the file stays on record, and the next batch takes them."""
    office, members = staged(exported_group, 2)
    with office.writing(FRANKA) as session:
        queued = len(session.exec(select(Message.id)).all())
        assert discard(session, BATCH, reason="zły plik", not_authorised=True, actor=FRANKA, now=office.now()) == 2
    batch = batch_of(office)
    assert (batch.state, batch.discarded_because) == (BatchState.DISCARDED, "zły plik")
    assert states(office, members) == [StipendState.SIGNED] * 2
    assert item_states(office) == [ItemState.RELEASED] * 2
    with office.reading(FILIP) as session:
        assert newest(session, "bank_file", BATCH) is not None
        assert len(session.exec(select(Message.id)).all()) == queued
    assert BATCH not in todo(office)
    with pytest.raises(NotYet, match="zaniechano"):
        exported(office)
    assert ledger(office) == []
    assert frozen(office, paid_on=date(2018, 10, 12)).payments == 2


def test_a_given_up_file_that_the_bank_carried_out_is_heard_and_not_paid_again(staged: Staged) -> None:
    office, members = staged(exported_group, 2)
    with office.writing(FRANKA) as session:
        discard(session, BATCH, reason="zły plik", not_authorised=True, actor=FRANKA, now=office.now())
    done = confirmed(office, booked(office))
    bills = tuple(record_of(office, member).number for member in members)
    assert (done.paid, done.known, done.carried_out) == (0, 2, bills)
    assert "zdjęto z listy" in todo(office)[bills[0]]
    assert ledger(office) == []
    with pytest.raises(NotYet, match="bank wykonał przelew za to spotkanie"):
        frozen(office, paid_on=date(2018, 10, 12))
    for bill in bills:
        by_hand_returned(office, bill, date(2018, 10, 11))
    assert frozen(office, paid_on=date(2018, 10, 12)).payments == 2


def test_what_the_bank_answered_in_part_is_not_given_up(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(exported_group, 2)
    confirmed(office, booked(office)[:1])
    with office.writing(FRANKA) as session, pytest.raises(IllegalMove):
        discard(session, BATCH, reason="za późno", not_authorised=True, actor=FRANKA, now=office.now())
    assert batch_of(office).state is BatchState.PARTLY_CONFIRMED


def test_a_batch_without_a_file_needs_no_word_of_the_bank(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(frozen_group, 1)
    with office.writing(FILIP) as session, pytest.raises(BadInput, match="bez --not-authorised"):
        discard(session, BATCH, reason="próba", not_authorised=True, actor=FILIP, now=office.now())


# The bank's answer


def test_a_bank_that_pays_all_closes_the_batch(staged: Staged) -> None:
    office, members = staged(exported_group, 2)
    assert "bank nie potwierdził jeszcze przelewów: 2" in todo(office)[BATCH]
    done = confirmed(office, booked(office))
    assert (done.number, done.paid, done.returned, done.known, done.batches) == ("PB/0001", 2, 0, 0, (BATCH,))
    assert states(office, members) == [StipendState.PAID] * 2
    assert batch_of(office).state is BatchState.CONFIRMED
    assert [(entry.amount, entry.booked_on, entry.kind.value) for entry in ledger(office)] == [
        (NET, PAID_ON, "paid")
    ] * 2
    assert BATCH not in todo(office)


def test_the_same_file_again_changes_nothing(staged: Staged) -> None:
    office, _ = staged(exported_group, 2)
    confirmed(office, booked(office))
    again = confirmed(office, booked(office))
    assert (again.number, again.again, again.paid) == ("PB/0001", True, 0)
    assert len(ledger(office)) == 2
    assert len(letters(office, "stipend_paid")) == 2


def test_a_longer_statement_repeats_what_is_known(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(exported_group, 3)
    first, second, third = booked(office)
    confirmed(office, [first])
    assert batch_of(office).state is BatchState.PARTLY_CONFIRMED
    done = confirmed(office, [first, second, third])
    assert (done.number, done.paid, done.known) == ("PB/0002", 2, 1)
    assert batch_of(office).state is BatchState.CONFIRMED
    assert sum(entry.amount for entry in ledger(office)) == 3 * NET


def test_a_statement_with_one_wrong_line_changes_nothing(staged: Staged) -> None:
    office, members = staged(exported_group, 3)
    first, second, third = booked(office)
    wrong = [
        first,
        Booked(second.reference, second.amount + 1, second.account),
        Booked(third.reference, third.amount, account(9)),
        Booked("LP0009/18/0001", 100, account(3)),
    ]
    with pytest.raises(StatementUnreadable) as refused:
        confirmed(office, wrong)
    assert [(line, sentence.replace("\xa0", " ")) for line, sentence in refused.value.faults] == [
        (3, "przelew LP0001/18/0002: bank podaje kwotę 607,21 zł, a zlecono 607,20 zł."),
        (4, "przelew LP0001/18/0003: bank podaje inne konto niż zlecone."),
        (5, "przelewu LP0009/18/0001 nie ma na żadnej naszej liście."),
    ]
    assert states(office, members) == [StipendState.ORDERED] * 3
    assert ledger(office) == []
    assert letters(office, "stipend_paid") == []


def test_a_second_booking_of_one_transfer_is_not_swallowed(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(exported_group, 1)
    (one,) = booked(office)
    confirmed(office, [one])
    with pytest.raises(StatementUnreadable, match="już odnotowany z dnia"):
        confirmed(office, [Booked(one.reference, one.amount, one.account, date(2018, 10, 11))])


@pytest.mark.parametrize("day", [date(2018, 10, 1), date(2018, 10, 12)])
def test_a_booking_before_the_file_or_in_the_future_is_refused(sqlite_staged: Staged, day: date) -> None:
    office, _ = sqlite_staged(exported_group, 1)
    (one,) = booked(office)
    with pytest.raises(StatementUnreadable, match="data księgowania"):
        confirmed(office, [Booked(one.reference, one.amount, one.account, day)])


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("day", [PAID_ON, date(2018, 10, 11)])
def test_the_order_of_lines_does_not_matter(sqlite_staged: Staged, newest_first: bool, day: date) -> None:
    office, members = sqlite_staged(exported_group, 2)
    one, other = booked(office)
    lines = [one, other, Booked(one.reference, one.amount, one.account, day, returned=True)]
    done = confirmed(office, reversed(lines) if newest_first else lines)
    assert (done.paid, done.returned) == (2, 1)
    assert states(office, members) == [StipendState.RETURNED, StipendState.PAID]
    assert sorted((entry.amount, entry.kind.value) for entry in ledger(office)) == [
        (-NET, "returned"),
        (NET, "paid"),
        (NET, "paid"),
    ]


def test_a_file_in_which_money_comes_back_before_it_left_is_refused(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(exported_group, 1)
    (one,) = booked(office)
    left = Booked(one.reference, one.amount, one.account, date(2018, 10, 11))
    with pytest.raises(StatementUnreadable, match="najpierw wrócił, a potem go wykonano"):
        confirmed(office, [left, Booked(one.reference, one.amount, one.account, PAID_ON, returned=True)])


def test_a_file_about_other_things_is_refused(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(exported_group, 1)
    with pytest.raises(NotYet, match="żadnego naszego przelewu"):
        confirmed(office, [Booked("ZUS", 100, account(3))])


def test_money_that_came_back_is_paid_to_a_corrected_account(staged: Staged) -> None:
    office, (first, second) = staged(exported_group, 2)
    one, other = booked(office)
    confirmed(office, [one, other])
    go_to(office, "2018-10-12T09:00")
    confirmed(office, [Booked(one.reference, one.amount, one.account, date(2018, 10, 12), returned=True)])
    assert states(office, [first, second]) == [StipendState.RETURNED, StipendState.PAID]
    assert sum(entry.amount for entry in ledger(office)) == NET
    bill = record_of(office, first).number
    assert todo(office)[bill].startswith("przelew wrócił z banku")
    state_pay(office, first, account(8))
    again = frozen(office, paid_on=date(2018, 10, 16))
    assert (again.number, again.payments) == ("LP/0002/2018", 1)
    approved(office, again.number)
    assert read_elixir(exported(office, again.number).content)[0]["account"] == account(8)
    go_to(office, "2018-10-17T09:00")
    with office.writing(FILIP) as session:
        assert mark_paid(session, again.number, on=date(2018, 10, 16), actor=FILIP, now=office.now()) == 1
    assert states(office, [first, second]) == [StipendState.PAID] * 2
    assert sum(entry.amount for entry in ledger(office)) == 2 * NET
    assert bill not in todo(office)


def test_the_same_account_again_needs_a_reason(sqlite_staged: Staged) -> None:
    office, (member,) = sqlite_staged(exported_group, 1)
    (one,) = booked(office)
    confirmed(office, [Booked(one.reference, one.amount, one.account, returned=True)])
    assert (batch_of(office).state, sum(entry.amount for entry in ledger(office))) == (BatchState.CONFIRMED, 0)
    made = frozen(office, paid_on=date(2018, 10, 16))
    assert [(one.number, one.code) for one in made.to_acknowledge] == [(member, "returned_account")]
    with pytest.raises(PaymentsBlocked, match="już raz nie doszedł"):
        approved(office, made.number)
    approved(office, made.number, returned_account="bank się pomylił")


def test_by_hand_as_by_file(staged: Staged) -> None:
    office, (first, second) = staged(exported_group, 2)
    bill = record_of(office, first).number
    with office.writing(FILIP) as session:
        assert (
            mark_returned(
                session, bill, on=date(2018, 10, 11), reason="rachunek zamknięty", actor=FILIP, now=office.now()
            )
            == BATCH
        )
        assert mark_paid(session, BATCH, on=PAID_ON, actor=FILIP, now=office.now()) == 1
        assert mark_paid(session, BATCH, on=PAID_ON, actor=FILIP, now=office.now()) == 0
    assert states(office, [first, second]) == [StipendState.RETURNED, StipendState.PAID]
    assert batch_of(office).state is BatchState.CONFIRMED
    with office.writing(FILIP) as session:
        with pytest.raises(IllegalMove):
            mark_returned(session, bill, on=PAID_ON, reason="znowu", actor=FILIP, now=office.now())
        with pytest.raises(NotFound):
            mark_returned(session, "R/9999/2018", on=PAID_ON, reason="x", actor=FILIP, now=office.now())
        with pytest.raises(BadInput, match="powód"):
            mark_returned(session, bill, on=PAID_ON, reason="", actor=FILIP, now=office.now())


def by_hand_returned(office: Office, bill: str, on: date) -> None:
    with office.writing(FILIP) as session:
        mark_returned(session, bill, on=on, reason="rachunek zamknięty", actor=FILIP, now=office.now())


def test_another_day_by_hand_than_the_banks_is_told_and_no_fault(staged: Staged) -> None:
    office, members = staged(exported_group, 2)
    with office.writing(FILIP) as session:
        mark_paid(session, BATCH, on=date(2018, 10, 11), actor=FILIP, now=office.now())
    lines = booked(office)
    done = confirmed(office, lines)
    assert (done.paid, done.known, done.other_days) == (0, 2, tuple(line.reference for line in lines))
    assert states(office, members) == [StipendState.PAID] * 2
    assert sum(entry.amount for entry in ledger(office)) == 2 * NET
    (first, _) = lines
    with pytest.raises(StatementUnreadable, match=r"z dnia 10\.10\.2018"):
        confirmed(office, [Booked(first.reference, first.amount, first.account, date(2018, 10, 11))])


def test_a_transfer_entered_as_returned_that_the_bank_carried_out_is_not_paid_twice(staged: Staged) -> None:
    office, (first, second) = staged(exported_group, 2)
    bill, day = record_of(office, first).number, date(2018, 10, 11)
    by_hand_returned(office, bill, day)
    lines = booked(office)
    done = confirmed(office, lines)
    assert (done.paid, done.known, done.carried_out) == (1, 1, (bill,))
    assert states(office, [first, second]) == [StipendState.RETURNED, StipendState.PAID]
    assert todo(office)[bill].startswith("bank wykonał przelew, który wpisano jako zwrócony")
    with pytest.raises(NotYet, match="wpisano jako zwrócony albo zdjęto z listy"):
        frozen(office, paid_on=date(2018, 10, 16))
    back = Booked(lines[0].reference, NET, lines[0].account, day, returned=True)
    done = confirmed(office, [back, *lines])
    assert (done.paid, done.returned, done.known, done.carried_out) == (0, 0, 3, ())
    assert todo(office)[bill].startswith("przelew wrócił z banku")
    assert sum(entry.amount for entry in ledger(office)) == NET
    assert frozen(office, paid_on=date(2018, 10, 16)).payments == 1


def test_what_the_bank_carried_out_stops_a_batch_that_was_frozen_before_it_said_so(staged: Staged) -> None:
    office, (member,) = staged(exported_group, 1)
    bill = record_of(office, member).number
    by_hand_returned(office, bill, PAID_ON)
    again = frozen(office, paid_on=date(2018, 10, 16))
    confirmed(office, booked(office))
    with pytest.raises(PaymentsBlocked, match="wpisano jako zwrócony albo zdjęto z listy"):
        approved(office, again.number, returned_account="bank się pomylił")
    with office.writing(FILIP) as session:
        discard(session, again.number, reason="bank zapłacił", actor=FILIP, now=office.now())
    by_hand_returned(office, bill, date(2018, 10, 11))
    assert frozen(office, paid_on=date(2018, 10, 16)).payments == 1


def test_a_new_bill_for_what_the_bank_carried_out_is_not_paid_either(sqlite_staged: Staged) -> None:
    office, (member,) = sqlite_staged(exported_group, 1)
    first = record_of(office, member).number
    by_hand_returned(office, first, PAID_ON)
    state_pay(office, member, account(8))
    settle_meeting(office, CALL, MEETING, paid_on=date(2018, 10, 16), actor=FILIP)
    assert record_of(office, member).number != first
    sign(office, member)
    confirmed(office, booked(office))
    with pytest.raises(NotYet, match="bank wykonał przelew za to spotkanie"):
        frozen(office, paid_on=date(2018, 10, 16))


def test_a_bill_that_is_ordered_is_not_taken_out_of_its_batch_by_a_signature(staged: Staged) -> None:
    office, (member,) = staged(frozen_group, 1)
    with pytest.raises(BadInput, match="już na liście przelewów"):
        sign(office, member)
    assert states(office, [member]) == [StipendState.ORDERED]


def test_an_account_changed_after_a_returned_payment_was_frozen_again_stops_it(sqlite_staged: Staged) -> None:
    office, (member,) = sqlite_staged(exported_group, 1)
    (one,) = booked(office)
    confirmed(office, [Booked(one.reference, one.amount, one.account, returned=True)])
    again = frozen(office, paid_on=date(2018, 10, 16))
    state_pay(office, member, account(8))
    with pytest.raises(PaymentsBlocked, match="inne niż w przelewie"):
        approved(office, again.number, returned_account="bank się pomylił")


def test_statements_may_come_in_any_order(sqlite_staged: Staged) -> None:
    """The file that tells of the return is taken in before the one that tells of the transfer."""
    office, (member,) = sqlite_staged(exported_group, 1)
    (one,) = booked(office)
    confirmed(office, [Booked(one.reference, one.amount, one.account, date(2018, 10, 11), returned=True)])
    done = confirmed(office, [one])
    assert (done.paid, done.known, done.carried_out) == (0, 1, ())
    assert states(office, [member]) == [StipendState.RETURNED]
    assert sum(entry.amount for entry in ledger(office)) == 0
    assert frozen(office, paid_on=date(2018, 10, 16)).payments == 1


def test_what_stops_a_payment_is_counted_on_the_prefect_page_and_told_elsewhere(sqlite_staged: Staged) -> None:
    office, (member,) = sqlite_staged(frozen_group, 1)
    state_pay(office, member, account(8))
    with pytest.raises(PaymentsBlocked) as blocked:
        approved(office)
    assert member in str(blocked.value)
    assert member not in blocked.value.on_page
    assert "Przeszkody: " in blocked.value.on_page


def test_what_is_wrong_with_a_statement_is_counted_on_the_prefect_page(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(exported_group, 1)
    (one,) = booked(office)
    with pytest.raises(StatementUnreadable) as refused:
        confirmed(office, [Booked(one.reference, one.amount + 1, one.account)])
    assert "607,21" in str(refused.value)
    assert "607,2" not in refused.value.on_page


def test_that_money_came_back_after_all_may_be_said_by_hand(sqlite_staged: Staged) -> None:
    office, (member,) = sqlite_staged(exported_group, 1)
    bill = record_of(office, member).number
    by_hand_returned(office, bill, PAID_ON)
    confirmed(office, booked(office))
    by_hand_returned(office, bill, date(2018, 10, 11))
    assert todo(office)[bill].startswith("przelew wrócił z banku")
    assert frozen(office, paid_on=date(2018, 10, 16)).payments == 1


def test_by_hand_only_after_the_file(sqlite_staged: Staged) -> None:
    office, (member,) = sqlite_staged(frozen_group, 1)
    with office.writing(FILIP) as session:
        with pytest.raises(NotYet, match="nie sporządzono"):
            mark_paid(session, BATCH, on=PAID_ON, actor=FILIP, now=office.now())
        with pytest.raises(NotYet, match="nie sporządzono"):
            mark_returned(
                session, record_of(office, member).number, on=PAID_ON, reason="x", actor=FILIP, now=office.now()
            )


# Letters and what is seen


def test_the_member_reads_what_was_paid_and_sees_four_digits(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(exported_group, 1)
    confirmed(office, booked(office))
    (told,) = letters(office, "stipend_paid")
    assert "607,20 zł" in told
    assert "10 października 2018" in told
    assert "ostatnie cyfry 0001" in told
    assert account(0) not in told.replace(" ", "")


def test_money_that_comes_back_takes_the_unsent_good_news_away(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(exported_group, 1)
    (one,) = booked(office)
    confirmed(office, [one])
    go_to(office, "2018-10-12T09:00")
    confirmed(office, [Booked(one.reference, one.amount, one.account, date(2018, 10, 12), returned=True)])
    with office.reading(WORKER) as session:
        told = {
            row.event: row.state.value
            for row in session.exec(select(Message).where(col(Message.event).like("stipend\\_%", escape="\\")))
        }
    assert told["stipend_paid"] == "withdrawn"
    assert told["stipend_returned"] == "due"
    (said,) = letters(office, "stipend_returned")
    assert "rachunek zamknięty" in said


@pytest.mark.parametrize("sent", [False, True])
def test_nobody_is_asked_for_an_account_once_the_money_is_ordered_again(sqlite_staged: Staged, sent: bool) -> None:
    office, (member,) = sqlite_staged(exported_group, 1)
    (one,) = booked(office)
    confirmed(office, [Booked(one.reference, one.amount, one.account, returned=True)])

    def state() -> MessageState:
        with office.reading(WORKER) as session:
            return session.exec(select(Message.state).where(Message.event == "stipend_returned")).one()

    assert state() is MessageState.DUE
    if sent:
        people.deliver_all(office, "2018-10-11T10:00")
        assert state() is MessageState.SENT
    state_pay(office, member, account(8))
    frozen(office, paid_on=date(2018, 10, 16))
    assert state() is (MessageState.SENT if sent else MessageState.WITHDRAWN)


def test_a_batch_is_shown_by_numbers_without_names_or_whole_accounts(sqlite_staged: Staged) -> None:
    office, members = sqlite_staged(frozen_group, 2)
    with office.reading(FRANKA) as session:
        view = batch_view(office, session, BATCH, actor=FRANKA)
    assert [(one.number, one.amount, one.account) for one in view.transfers] == [
        (members[0], NET, "…0001"),
        (members[1], NET, "…0002"),
    ]
    assert len(view.findings) == 2
    with office.reading(RITA) as session, pytest.raises(NotAllowed):
        batch_view(office, session, BATCH, actor=RITA)


def test_an_officer_of_another_area_finds_no_batch(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(frozen_group, 1)
    abroad = Actor("zenon", frozenset({Role.FINANCE, Role.APPROVER}), "30")
    with pytest.raises(NotFound):
        approve(office, BATCH, acknowledged={}, actor=abroad)
    with pytest.raises(NotFound):
        export_batch(office, BATCH, actor=abroad)
    with pytest.raises(NotYet, match="żaden rachunek"):
        freeze(office, paid_on=PAID_ON, actor=abroad)


# Two at once


def at_once(work: Callable[[], object]) -> list[str]:
    """Two threads do the same at the same moment; what each came to."""
    start, found = threading.Barrier(2), list[str]()

    def run() -> None:
        start.wait()
        try:
            work()
            found.append("done")
        except NaborError as error:
            found.append(type(error).__name__)

    workers = [threading.Thread(target=run) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(found)


@pytest.fixture(params=["sqlite_staged", "postgres_staged"])
def raced(request: pytest.FixtureRequest) -> Staged:
    """An office in which two act at once; on PostgreSQL in the fast tier, too: there nobody else keeps them in turn."""
    staged: Staged = request.getfixturevalue(request.param)
    return staged


def test_two_who_freeze_at_once_make_one_batch(raced: Staged) -> None:
    office, members = raced(signed_group, 2)
    assert at_once(lambda: frozen(office)) == ["NotYet", "done"]
    assert item_states(office) == [ItemState.ORDERED] * 2
    assert states(office, members) == [StipendState.ORDERED] * 2
    assert [batch_of(office).payments, batch_of(office).number] == [2, BATCH]


def test_two_who_export_at_once_get_one_file(raced: Staged) -> None:
    office, _ = raced(frozen_group, 2)
    approved(office)
    files: list[BankFile] = []
    assert at_once(lambda: files.append(exported(office))) == ["done", "done"]
    assert sorted(one.new for one in files) == [False, True]
    assert files[0].content == files[1].content


def test_one_file_brought_by_two_at_once_is_taken_in_once(raced: Staged) -> None:
    office, _ = raced(exported_group, 2)
    lines = booked(office)
    assert at_once(lambda: confirmed(office, lines)) == ["done", "done"]
    assert [entry.amount for entry in ledger(office)] == [NET, NET]


def test_the_database_holds_a_record_in_one_live_batch_whatever_code_runs(staged: Staged) -> None:
    office, _ = staged(frozen_group, 1)
    with office.reading(WORKER) as session:
        item = session.exec(select(PayBatchItem)).one()
    twin = item.model_dump(exclude={"id", "reference", "position"})
    with pytest.raises(IntegrityError), office.writing(WORKER) as session:
        session.add(PayBatchItem(**twin, reference="LP0001/18/0099", position=99))
    with office.writing(WORKER) as session:
        session.add(PayBatchItem(**{**twin, "state": ItemState.RETURNED}, reference="LP0001/18/0099", position=99))
