"""Attendance that changes after the money was ordered: a record of the difference beside the one that stands."""

import io
import json
import random
from datetime import date

import people
import pytest
from conftest import Staged
from docx import Document
from people import ACCOUNTS, CALL, FILIP, MEETING, PAID_ON, WORKER, attend, met_group, state_pay
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.audit import verify_records
from flows.steps.documents import content_of, newest
from flows.steps.memberships import membership_of
from flows.steps.pay_cases import OVERPAID
from flows.steps.stipend_records import record_signed_bill
from flows.steps.stipend_story import stipend_story
from flows.steps.stipends import SettlementCounts, settle_meeting
from flows.steps.todo import waiting_for_whom
from models.events import Happened
from models.rules.pay import Statements
from models.rules.pay_tables import Table, find_row
from models.tables import MeetingDay, Message, Stipend
from models.tables.stipends import StipendState
from models.transitions import move

LATER = date(2018, 10, 24)
SUPERSEDED, CALCULATED, BLOCKED, PAID = (
    StipendState.SUPERSEDED,
    StipendState.CALCULATED,
    StipendState.BLOCKED,
    StipendState.PAID,
)


def settle(office: Office, on: date = LATER) -> SettlementCounts:
    return settle_meeting(office, CALL, MEETING, paid_on=on, actor=FILIP)


def records(office: Office, number: str) -> list[Stipend]:
    with office.reading(WORKER) as session:
        membership = membership_of(session, number)
        return list(
            session.exec(
                select(Stipend).where(Stipend.membership_id == membership.id).order_by(col(Stipend.version))
            ).all()
        )


def become(office: Office, bill: str, *states: StipendState) -> None:
    """The payment goes its way, as a batch would take it."""
    with office.writing(FILIP) as session:
        row = session.exec(select(Stipend).where(Stipend.number == bill)).one()
        for state in states:
            move(session, row, state, happened=Happened.STIPEND_CALCULATED, actor=FILIP, now=office.now())


def pay(office: Office, bill: str) -> None:
    become(office, bill, StipendState.ORDERED, PAID)


def paid_group(office: Office) -> list[str]:
    """Two members, of whom the first was there for five hours on each day; both are paid."""
    registered = met_group(office, 2)
    for number, account in zip(registered, ACCOUNTS, strict=False):
        state_pay(office, number, account)
    attend(office, registered[0], 300, 300)
    settle(office, PAID_ON)
    for number in registered:
        pay(office, records(office, number)[0].number)
    return registered


def fresh_gross(minutes: int) -> int:
    return minutes * 6000 // 60


def owed(office: Office, number: str) -> int:
    """Gross of everything that stands, with what was paid too much as the negative it is."""
    return sum(row.gross for row in records(office, number) if row.state is not SUPERSEDED)


def todo(office: Office) -> dict[str, str]:
    with office.reading(WORKER) as session:
        return {
            line.reference: line.what
            for line in waiting_for_whom(session, now=office.now())
            if line.reference.startswith("R/")
        }


def flaws(office: Office) -> tuple[str, ...]:
    with office.reading(people.ADAM) as session:
        return verify_records(office, session, actor=people.ADAM).stipends.flaws


def test_what_is_paid_stays_and_settled_again_nothing_changes(staged: Staged) -> None:
    office, registered = staged(paid_group)
    assert settle(office) == SettlementCounts(calculated=0, blocked=0, unchanged=2, documents=0)
    assert [len(records(office, number)) for number in registered] == [1, 1]


def test_more_hours_are_another_payment_of_the_difference_on_its_own_day(staged: Staged) -> None:
    office, (first, second) = staged(paid_group)
    attend(office, first, 360, 300)
    assert settle(office) == SettlementCounts(calculated=1, blocked=0, unchanged=1, documents=2)
    paid, added = records(office, first)
    assert (paid.state, paid.gross) == (PAID, 600_00)
    assert (added.state, added.gross, added.minutes, added.paid_on) == (CALCULATED, 60_00, 60, LATER)
    assert added.corrects_id == paid.id
    # The month's health is 9 % of 660,00 = 59,40, of which 54,00 were paid. Base 48,00: 8,64 less 4,65 is 3,99.
    assert (added.health, added.tax, added.net) == (5_40, 4_00, 50_60)
    assert added.warnings == []
    assert len(records(office, second)) == 1
    assert settle(office).unchanged == 2
    assert flaws(office) == ()


def test_the_bill_and_the_letter_say_what_they_add_to(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(paid_group)
    attend(office, first, 360, 300)
    settle(office)
    paid, added = records(office, first)
    with office.reading(WORKER) as session:
        row = newest(session, "bill", added.number)
        assert row is not None
        document = Document(io.BytesIO(content_of(office, session, row)))
        letters = session.exec(select(Message).where(Message.event == "stipend_ready").order_by(col(Message.id))).all()
        story = stipend_story(session, paid.number, actor=FILIP)
    cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
    told = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells]).replace("\xa0", " ")
    for said in (f"dopłata do rachunku nr {paid.number}", "660,00", "600,00", "60,00", "11 godz."):
        assert said in told
    assert "zastępuje" not in told
    assert f"To dopłata do rachunku nr {paid.number}" in letters[-1].text.replace("\xa0", " ")
    assert "zastępuje" not in letters[-1].text
    assert {message.state.value for message in letters} == {"due"}, "the letter about the first bill is still true"
    assert story.corrected_by == (added.number,)


def test_fewer_hours_are_never_deducted_but_shown_to_a_person(staged: Staged) -> None:
    office, (first, _) = staged(paid_group)
    attend(office, first, 240, 300)
    assert settle(office) == SettlementCounts(calculated=0, blocked=1, unchanged=1, documents=1)
    paid, over = records(office, first)
    assert (paid.state, paid.gross) == (PAID, 600_00)
    assert (over.state, over.gross, over.net, over.minutes) == (BLOCKED, -60_00, 0, -60)
    assert [block["code"] for block in over.blocks] == [OVERPAID]
    assert "Nadpłata 60,00 zł" in todo(office)[over.number].replace("\xa0", " ")
    assert settle(office).unchanged == 2
    # What was found since takes the place of it, and it is added to what was paid.
    attend(office, first, 360, 360)
    assert settle(office).calculated == 1
    assert [(row.state, row.gross) for row in records(office, first)] == [
        (PAID, 600_00),
        (SUPERSEDED, -60_00),
        (CALCULATED, 120_00),
    ]
    # And nothing is left when the first entry was right.
    attend(office, first, 300, 300)
    settle(office)
    assert [row.state for row in records(office, first)] == [PAID, SUPERSEDED, SUPERSEDED]
    assert flaws(office) == ()


def test_who_was_not_there_at_all_after_being_paid_was_paid_too_much(staged: Staged) -> None:
    office, (first, _) = staged(paid_group)
    attend(office, first, 0, 0)
    settle(office)
    assert [(row.state, row.gross) for row in records(office, first)] == [(PAID, 600_00), (BLOCKED, -600_00)]


def test_corrections_chain(staged: Staged) -> None:
    office, (first, _) = staged(paid_group)
    for minutes in ((360, 300), (360, 330), (360, 360)):
        attend(office, first, *minutes)
        settle(office)
        pay(office, records(office, first)[-1].number)
    made = records(office, first)
    assert [row.gross for row in made] == [600_00, 60_00, 30_00, 30_00]
    assert [row.corrects_id for row in made] == [None, *(row.id for row in made[:-1])]
    row = find_row(Table.HEALTH, paid_on=LATER, worked_on=LATER)
    assert row is not None
    assert sum(one.health for one in made) == 720_00 * row.value // 10_000, "a month in four payments adds up"
    attend(office, first, 360, 300)
    settle(office)
    assert records(office, first)[-1].gross == -60_00
    assert flaws(office) == ()


def test_a_returned_transfer_is_paid_anew_to_the_account_given_since(staged: Staged) -> None:
    office, (first, second) = staged(paid_group)
    bill = records(office, first)[0].number
    become(office, bill, StipendState.RETURNED)
    assert settle(office, PAID_ON) == SettlementCounts(calculated=0, blocked=0, unchanged=2, documents=0)
    state_pay(office, first, ACCOUNTS[2])
    assert settle(office, PAID_ON).calculated == 1
    returned, anew = records(office, first)
    assert (returned.state, anew.state, anew.gross, anew.corrects_id) == (SUPERSEDED, CALCULATED, 600_00, None)
    assert json.loads(anew.snapshot)["account"] == ACCOUNTS[2]
    assert len(records(office, second)) == 1


def test_a_returned_addition_is_made_anew_and_what_it_adds_to_stands(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(paid_group)
    attend(office, first, 360, 300)
    settle(office)
    become(office, records(office, first)[1].number, StipendState.ORDERED, StipendState.RETURNED)
    attend(office, first, 360, 360)
    settle(office)
    assert [(row.state, row.gross) for row in records(office, first)] == [
        (PAID, 600_00),
        (SUPERSEDED, 60_00),
        (CALCULATED, 120_00),
    ]


def test_an_addition_loses_its_ground_when_the_order_is_given_up(sqlite_staged: Staged) -> None:
    """The batch was given up before its file existed: the first record is open again and takes the change itself."""
    office, (first, _) = sqlite_staged(met_group, 2)
    state_pay(office, first, ACCOUNTS[0])
    attend(office, first, 300, 300)
    settle(office, PAID_ON)
    become(office, records(office, first)[0].number, StipendState.ORDERED)
    attend(office, first, 360, 300)
    settle(office)
    assert [row.gross for row in records(office, first)] == [600_00, 60_00]
    become(office, records(office, first)[0].number, CALCULATED)
    settle(office)
    assert [(row.state, row.gross) for row in records(office, first)] == [
        (SUPERSEDED, 600_00),
        (SUPERSEDED, 60_00),
        (CALCULATED, 660_00),
    ]


def test_a_signed_addition_is_left_and_doubted_as_any_signed_bill(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(paid_group)
    attend(office, first, 360, 300)
    settle(office)
    added = records(office, first)[-1].number
    with office.writing(FILIP) as session:
        record_signed_bill(session, added, actor=FILIP, now=office.now())
    attend(office, first, 300, 300)
    assert settle(office).kept == (added,)
    assert [doubt["code"] for doubt in records(office, first)[-1].doubts] == ["no_longer_due"]


def returned_under_its_addition(office: Office) -> str:
    """600,00 zł paid, 60,00 zł added and paid, and then the first transfer came back."""
    first, _ = paid_group(office)
    attend(office, first, 360, 300)
    settle(office, PAID_ON)
    paid, added = records(office, first)
    pay(office, added.number)
    become(office, paid.number, StipendState.RETURNED)
    return first


def test_what_comes_back_after_its_addition_was_paid_goes_out_again_as_it_is(staged: Staged) -> None:
    office, first = staged(returned_under_its_addition)
    assert settle(office, PAID_ON) == SettlementCounts(calculated=0, blocked=0, unchanged=2, documents=0)
    assert [(row.state, row.gross) for row in records(office, first)] == [
        (StipendState.RETURNED, 600_00),
        (PAID, 60_00),
    ]
    # More hours are an addition to both: the month's health is 9 % of 720,00, of which 59,40 are in the two.
    attend(office, first, 360, 360)
    settle(office, PAID_ON)
    returned, paid, added = records(office, first)
    assert (returned.state, added.state, added.gross, added.minutes) == (
        StipendState.RETURNED,
        CALCULATED,
        60_00,
        60,
    )
    assert added.corrects_id == paid.id
    assert added.health == 5_40
    assert [one["gross"] for one in json.loads(added.snapshot)["inputs"]["earlier"]] == [600_00, 60_00]
    assert flaws(office) == ()


def test_what_came_back_and_is_too_much_by_now_is_not_an_earlier_payment_of_its_own_replacement(
    staged: Staged,
) -> None:
    office, first = staged(returned_under_its_addition)
    attend(office, first, 240, 300)
    settle(office, PAID_ON)
    returned, paid, anew = records(office, first)
    assert [row.state for row in (returned, paid, anew)] == [SUPERSEDED, PAID, CALCULATED]
    assert (anew.gross, anew.corrects_id) == (480_00, paid.id)
    assert [one["gross"] for one in json.loads(anew.snapshot)["inputs"]["earlier"]] == [60_00]
    assert flaws(office) == ()
    # Nothing is left to pay of what came back where the addition alone is what is due.
    attend(office, first, 60, 0)
    settle(office, PAID_ON)
    assert [row.state for row in records(office, first)] == [SUPERSEDED, PAID, SUPERSEDED]


def test_settled_into_a_later_month_a_payment_does_not_count_itself(sqlite_staged: Staged) -> None:
    office, (first,) = sqlite_staged(met_group, 1)
    state_pay(office, first, ACCOUNTS[0])
    settle(office, PAID_ON)
    settle(office, date(2018, 11, 9))
    before, later = records(office, first)
    assert (before.state, later.state, later.gross) == (SUPERSEDED, CALCULATED, 720_00)
    assert json.loads(later.snapshot)["inputs"]["year_before"] == 0


def signed_under_its_addition(office: Office) -> str:
    """A signed bill whose batch was given up while its addition had been ordered."""
    (first,) = met_group(office, 1)
    state_pay(office, first, ACCOUNTS[0])
    attend(office, first, 300, 300)
    settle(office, PAID_ON)
    become(office, records(office, first)[0].number, StipendState.SIGNED, StipendState.ORDERED)
    attend(office, first, 360, 300)
    settle(office, PAID_ON)
    signed, added = records(office, first)
    become(office, added.number, StipendState.ORDERED)
    become(office, signed.number, StipendState.SIGNED)
    return first


def test_a_signed_bill_that_a_batch_gave_back_under_its_addition_is_not_doubted(sqlite_staged: Staged) -> None:
    office, first = sqlite_staged(signed_under_its_addition)
    assert settle(office, PAID_ON).kept == ()
    signed, added = records(office, first)
    assert (signed.state, signed.gross, signed.doubts) == (StipendState.SIGNED, 600_00, [])
    assert added.gross == 60_00
    # A release before this one doubted it.
    with office.writing(FILIP) as session:
        row = session.get_one(Stipend, signed.id)
        row.doubts = [{"code": "no_longer_due", "sentence": "…"}]
        session.add(row)
    settle(office, PAID_ON)
    assert records(office, first)[0].doubts == []


def test_a_signed_bill_under_its_addition_that_is_too_much_by_now_is_doubted_for_its_sum(
    sqlite_staged: Staged,
) -> None:
    office, first = sqlite_staged(signed_under_its_addition)
    attend(office, first, 240, 300)
    assert settle(office, PAID_ON).kept == (records(office, first)[0].number,)
    signed, _ = records(office, first)
    assert [doubt["code"] for doubt in signed.doubts] == ["other_sums"]


def test_an_addition_waits_for_hours_that_are_missing_and_is_not_told_to_be_needless(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(paid_group)
    attend(office, first, 360, 300)
    settle(office)
    added = records(office, first)[-1].number
    with office.writing(FILIP) as session:
        record_signed_bill(session, added, actor=FILIP, now=office.now())
    with office.writing(WORKER) as session:
        day = session.exec(select(MeetingDay).order_by(col(MeetingDay.id))).first()
        assert day is not None
        further = {"on": date(2018, 9, 24), "starts_at": day.starts_at, "ends_at": day.ends_at}
        session.add(MeetingDay(area=day.area, meeting_id=day.meeting_id, **further))
    assert settle(office).kept == (added,)
    (doubt,) = records(office, first)[-1].doubts
    assert doubt["code"] == "missing_attendance"
    assert doubt["sentence"].startswith("Nie wpisano obecności: 24.09.2018")


def test_another_statement_about_the_day_of_a_payment_is_a_matter_for_a_person(staged: Staged) -> None:
    office, (first, _) = staged(paid_group)
    other = Statements(False, False, False, date(2202, 1, 12), False)
    state_pay(office, first, ACCOUNTS[0], other)
    assert settle(office).unchanged == 2
    (paid,) = records(office, first)
    assert [doubt["code"] for doubt in paid.doubts] == ["other_statement"]
    assert "inne oświadczenie" in todo(office)[paid.number]
    state_pay(office, first, ACCOUNTS[0])
    settle(office)
    assert records(office, first)[0].doubts == []


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 12))])
def test_paid_and_corrected_is_what_a_fresh_settlement_would_give(sqlite_staged: Staged, seed: int) -> None:
    """Attendance changes at random, is settled or not, and what is due is paid or sent back, under an addition
    that was paid, too."""
    office, (first, _) = sqlite_staged(paid_group)
    chance = random.Random(seed)
    for _ in range(6):
        minutes = (chance.randrange(361), chance.randrange(361))
        attend(office, first, *minutes)
        if chance.random() < 0.2:
            continue
        settle(office)
        assert owed(office, first) == fresh_gross(sum(minutes))
        last = records(office, first)[-1]
        if last.state is CALCULATED and chance.random() < 0.6:
            pay(office, last.number)
            if chance.random() < 0.3:
                become(office, last.number, StipendState.RETURNED)
        paid = [row.number for row in records(office, first) if row.state is PAID]
        if paid and chance.random() < 0.3:
            become(office, chance.choice(paid), StipendState.RETURNED)
    settle(office)
    assert owed(office, first) == fresh_gross(sum(minutes))
    assert flaws(office) == ()
