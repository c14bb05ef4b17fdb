"""Stipends: the amounts of the story by hand, and what a change after the settlement does."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import people
import pytest
from conftest import Staged
from docx import Document
from openpyxl import load_workbook
from people import (
    ACCOUNTS,
    CALL,
    FILIP,
    MEETING,
    PAID_ON,
    RITA,
    WORKER,
    attend,
    go_to,
    invited_group,
    met_group,
    state_pay,
)
from sqlmodel import col, select

from console.stories.persons import ATTENDED, STATEMENTS
from flows.adapters.office import Office
from flows.steps import stipend_papers
from flows.steps.calls import open_call
from flows.steps.documents import content_of, newest
from flows.steps.meetings import find_meeting, plan_meetings
from flows.steps.memberships import membership_of
from flows.steps.projects import newest_version
from flows.steps.reminders import due_occasions, remind
from flows.steps.stipend_records import record_signed_bill
from flows.steps.stipends import SettlementCounts, months_after, settle_meeting
from flows.steps.todo import waiting_for_whom
from flows.steps.withdrawal import withdraw
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound, NotYet
from models.tables import Message, Stipend
from models.tables.memberships import MembershipState
from models.tables.stipends import StipendState

# By hand, for 60,00 zł an hour and payment on 10 October 2018 (PIT 18 %, health 9 %, of which 7,75 % off the tax,
# costs 20 %, tax and its base to whole złoty). Grosze: minutes, gross, social, health, tax, net.
BY_HAND = [
    # employed elsewhere: costs 144,00; base 576; 103,68 − 55,80 = 47,88
    (720, 72000, 0, 6480, 4800, 60720),
    (720, 72000, 0, 6480, 4800, 60720),
    # social 70,27 + 10,80; health of 638,93; costs 127,79; base 511; 91,98 − 49,52 = 42,46
    (720, 72000, 8107, 5750, 4200, 53943),
    # with sickness 17,64 more; health of 621,29; costs 124,26; base 497; 89,46 − 48,15 = 41,31
    (720, 72000, 9871, 5592, 4100, 52437),
    # student under 26: neither contributions nor, in 2018, relief; base 576; 103,68
    (720, 72000, 0, 0, 10400, 61600),
    # employed elsewhere, ten hours: costs 120,00; base 480; 86,40 − 46,50 = 39,90
    (600, 60000, 0, 5400, 4000, 50600),
]
"""The seventh hands in no statement: nothing can be computed, so nothing is paid."""


def story_group(office: Office) -> list[str]:
    """Seven members with the statements and the minutes of the story."""
    registered = people.invited_group(office, 7)
    go_to(office, "2018-09-24T09:00")
    for number, minutes, given in zip(registered, ATTENDED, STATEMENTS, strict=True):
        attend(office, number, *minutes)
        if given is not None:
            state_pay(office, number, given[1], given[0])
    go_to(office, "2018-10-01T09:00")
    return registered


def two_ready(office: Office) -> list[str]:
    """Two members who were there for both days and have handed in their statements."""
    registered = met_group(office, 2)
    for number, account in zip(registered, ACCOUNTS, strict=False):
        state_pay(office, number, account)
    return registered


def settle(office: Office) -> SettlementCounts:
    return settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)


def replace_signed(office: Office, reason: str) -> SettlementCounts:
    return settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, replace_signed=True, reason=reason, actor=FILIP)


def two_signed(office: Office) -> list[str]:
    """Two whose bills came back signed."""
    registered = two_ready(office)
    settle(office)
    for number in registered:
        sign(office, number)
    return registered


def sign(office: Office, number: str) -> None:
    (bill,) = stipends(office, number)
    with office.writing(FILIP) as session:
        record_signed_bill(session, bill.number, actor=FILIP, now=office.now())


def todo(office: Office) -> dict[str, str]:
    """What waits about bills, by their number."""
    with office.reading(WORKER) as session:
        return {
            line.reference: line.what
            for line in waiting_for_whom(session, now=office.now())
            if line.reference.startswith("R/")
        }


def stipends(office: Office, number: str) -> list[Stipend]:
    """All versions for one member, the oldest first."""
    with office.writing(WORKER) as session:
        membership = membership_of(session, number)
        return list(
            session.exec(
                select(Stipend).where(Stipend.membership_id == membership.id).order_by(col(Stipend.version))
            ).all()
        )


def states(office: Office, number: str) -> list[StipendState]:
    return [one.state for one in stipends(office, number)]


def codes(stipend: Stipend) -> list[str]:
    return [block["code"] for block in stipend.blocks]


def payment_list_of(office: Office) -> list[tuple[str, float]]:
    """Bill numbers and amounts to pay on the newest payment list."""
    with office.reading(WORKER) as session:
        row = newest(session, "payment_list", f"LW/{CALL}/{MEETING}")
        assert row is not None
        sheet = load_workbook(io.BytesIO(content_of(office, session, row))).worksheets[0]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    net = next(line for line in lines if "Do wypłaty" in line).index("Do wypłaty")
    return [(str(line[1]), float(str(line[net]))) for line in lines if str(line[1]).startswith("R/")]


def letters(office: Office, event: str = "stipend_ready") -> list[str]:
    """States of all letters of an event, in the order of the alphabet."""
    with office.reading(WORKER) as session:
        return sorted(message.state.value for message in session.exec(select(Message).where(Message.event == event)))


# Amounts


def test_the_amounts_of_the_story_are_those_computed_by_hand(staged: Staged) -> None:
    office, registered = staged(story_group)
    assert settle(office) == SettlementCounts(calculated=6, blocked=1, unchanged=0, documents=7)
    made = [stipends(office, number)[0] for number in registered]
    assert [(one.minutes, one.gross, one.social, one.health, one.tax, one.net) for one in made[:6]] == BY_HAND
    assert [one.state for one in made] == [StipendState.CALCULATED] * 6 + [StipendState.BLOCKED]
    assert (made[6].minutes, made[6].gross, made[6].net) == (360, 36000, 0)
    assert codes(made[6]) != []


def test_every_line_adds_up_to_the_gross(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(story_group)
    settle(office)
    for number in registered[:6]:
        (one,) = stipends(office, number)
        assert one.gross == one.social + one.health + one.tax + one.net


def test_the_payment_list_pays_what_the_bills_say(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(story_group)
    settle(office)
    bills = {(one.number, one.net / 100) for number in registered[:6] for one in stipends(office, number)}
    assert set(payment_list_of(office)) == bills


def test_a_bill_says_what_is_paid_for_what_and_where_to(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(story_group)
    settle(office)
    (one,) = stipends(office, registered[0])
    with office.reading(WORKER) as session:
        row = newest(session, "bill", one.number)
        assert row is not None
        assert row.personal
        assert "Próbna" not in row.file_name
        document = Document(io.BytesIO(content_of(office, session, row)))
    cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
    told = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells]).replace("\xa0", " ")
    for said in ("607,20", "720,00", "sześćset siedem złotych", one.number, "Województwo Wielkopolskie"):
        assert said in told
    assert STATEMENTS[0] is not None
    assert STATEMENTS[0][1] in told.replace(" ", "")


def test_the_letter_names_the_amount_and_no_account(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_ready)
    settle(office)
    with office.reading(WORKER) as session:
        told = session.exec(select(Message.text).where(Message.event == "stipend_ready")).first()
    assert told is not None
    assert "607,20" in told.replace("\xa0", " ")
    assert ACCOUNTS[0] not in told.replace(" ", "").replace("\xa0", "")


def test_bills_are_numbered_in_a_row(sqlite_staged: Staged) -> None:
    office, registered = sqlite_staged(story_group)
    settle(office)
    made = sorted(stipends(office, number)[0].number for number in registered)
    assert made == [f"R/{number:04d}/2018" for number in range(1, 8)]


# Again, and after changes


def test_settled_again_nothing_changes(staged: Staged) -> None:
    office, registered = staged(two_ready)
    assert settle(office) == SettlementCounts(calculated=2, blocked=0, unchanged=0, documents=3)
    go_to(office, "2018-10-02T09:00")
    assert settle(office) == SettlementCounts(calculated=0, blocked=0, unchanged=2, documents=0)
    assert states(office, registered[0]) == [StipendState.CALCULATED]
    assert letters(office) == ["due", "due"]


def test_a_statement_handed_in_later_lifts_the_block(staged: Staged) -> None:
    office, (first, second) = staged(met_group, 2)
    state_pay(office, first, ACCOUNTS[0])
    assert settle(office) == SettlementCounts(calculated=1, blocked=1, unchanged=0, documents=2)
    assert codes(stipends(office, second)[0]) != []
    state_pay(office, second, ACCOUNTS[1])
    assert settle(office) == SettlementCounts(calculated=1, blocked=0, unchanged=1, documents=2)
    assert states(office, second) == [StipendState.SUPERSEDED, StipendState.CALCULATED]
    assert len(payment_list_of(office)) == 2


def test_changed_attendance_supersedes_the_record_and_its_unsent_letter(staged: Staged) -> None:
    office, (first, second) = staged(two_ready)
    settle(office)
    attend(office, first, 360, 240)
    assert settle(office) == SettlementCounts(calculated=1, blocked=0, unchanged=1, documents=2)
    old, new = stipends(office, first)
    assert (old.state, old.net, new.state, new.net) == (StipendState.SUPERSEDED, 60720, StipendState.CALCULATED, 50600)
    assert states(office, second) == [StipendState.CALCULATED]
    assert letters(office) == ["due", "due", "withdrawn"]
    assert sorted(net for _, net in payment_list_of(office)) == [506.0, 607.2]


def test_who_was_not_there_after_all_is_not_paid(staged: Staged) -> None:
    office, (first, second) = staged(two_ready)
    settle(office)
    attend(office, first, 0, 0)
    settle(office)
    assert states(office, first) == [StipendState.SUPERSEDED]
    assert letters(office) == ["due", "withdrawn"]
    assert [number for number, _ in payment_list_of(office)] == [stipends(office, second)[0].number]
    attend(office, second, 0, 0)
    settle(office)
    assert payment_list_of(office) == []
    attend(office, first, 360, 360)
    assert settle(office).calculated == 1
    assert states(office, first) == [StipendState.SUPERSEDED, StipendState.CALCULATED]


def test_a_signed_bill_waits_for_nobody_and_only_a_reason_replaces_it(staged: Staged) -> None:
    office, (first, _) = staged(two_ready)
    settle(office)
    now = go_to(office, "2018-10-08T08:00")
    with office.writing(WORKER) as session:
        assert remind(session, due_occasions(session, now=now), actor=WORKER, now=now) == 2
    (bill,) = stipends(office, first)
    with office.writing(FILIP) as session:
        record_signed_bill(session, bill.number, actor=FILIP, now=now)
    assert states(office, first) == [StipendState.SIGNED]
    assert letters(office, "reminder_bill") == ["due", "withdrawn"]
    assert letters(office) == ["due", "due"], "the letter with the amount is still true"
    with pytest.raises(IllegalMove), office.writing(FILIP) as session:
        record_signed_bill(session, bill.number, actor=FILIP, now=now)
    attend(office, first, 60, 60)
    assert settle(office).kept == (bill.number,)
    assert states(office, first) == [StipendState.SIGNED]
    for reason in ("", "  "):
        with pytest.raises(BadInput, match="--reason"):
            replace_signed(office, reason)
    assert replace_signed(office, "pomyłka na liście obecności").kept == ()
    old, new = stipends(office, first)
    assert (old.state, old.replaced_because) == (StipendState.SUPERSEDED, "pomyłka na liście obecności")
    assert (new.state, new.minutes, new.replaced_because) == (StipendState.CALCULATED, 120, None)
    with office.reading(WORKER) as session:
        told = [row.text for row in session.exec(select(Message).where(Message.event == "stipend_ready")).all()]
    assert sum(f"zastępuje rachunek nr {old.number}" in text.replace("\xa0", " ") for text in told) == 1


# Signed bills


@pytest.mark.parametrize("slip", [date(2018, 10, 11), date(2019, 9, 23)])
def test_a_slip_in_the_day_of_payment_leaves_signed_bills(staged: Staged, slip: date) -> None:
    office, (first, second) = staged(two_signed)
    said = settle_meeting(office, CALL, MEETING, paid_on=slip, actor=FILIP)
    numbers = {stipends(office, number)[0].number for number in (first, second)}
    assert (set(said.kept), said.calculated, said.blocked) == (numbers, 0, 0)
    assert states(office, first) == states(office, second) == [StipendState.SIGNED]
    assert [doubt["code"] for doubt in stipends(office, first)[0].doubts] == ["other_day"]
    assert set(todo(office)) == numbers
    assert letters(office) == ["due", "due"]
    assert said.documents == 0, "no payment list of a day that nobody meant"
    assert settle(office) == SettlementCounts(calculated=0, blocked=0, unchanged=2, documents=0)
    assert todo(office) == {}


@pytest.mark.parametrize(
    ("day", "said"), [(date(2018, 9, 22), "koniec spotkania"), (date(2019, 9, 24), "najpóźniejsza to 23.09.2019")]
)
def test_a_day_of_payment_that_cannot_be_meant_is_refused(sqlite_staged: Staged, day: date, said: str) -> None:
    office, (first, _) = sqlite_staged(two_ready)
    with pytest.raises(BadInput, match=said):
        settle_meeting(office, CALL, MEETING, paid_on=day, actor=FILIP)
    assert stipends(office, first) == []


@pytest.mark.parametrize(
    ("day", "months", "latest"),
    [
        (date(2018, 9, 23), 12, date(2019, 9, 23)),
        (date(2018, 12, 31), 2, date(2019, 2, 28)),
        (date(2018, 1, 1), 11, date(2018, 12, 1)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, latest: date) -> None:
    assert months_after(day, months) == latest


def test_an_account_given_by_a_second_person_leaves_the_signed_bill_and_shows_both(staged: Staged) -> None:
    office, (first, second) = staged(met_group, 2)
    state_pay(office, first, ACCOUNTS[0])
    settle(office)
    sign(office, first)
    state_pay(office, second, ACCOUNTS[0])
    settle(office)
    (signed,) = stipends(office, first)
    blocked = stipends(office, second)[-1]
    assert (signed.state, blocked.state) == (StipendState.SIGNED, StipendState.BLOCKED)
    assert codes(blocked) == ["shared_account"]
    waiting = todo(office)
    assert "To samo konto" in waiting[signed.number]
    assert "To samo konto" in waiting[blocked.number]
    assert [number for number, _ in payment_list_of(office)] == [signed.number]
    state_pay(office, second, ACCOUNTS[1])
    assert (settle(office).kept, stipends(office, first)[0].doubts) == ((), [])
    assert set(todo(office)) == {stipends(office, second)[-1].number}


def test_who_signed_and_was_absent_by_what_is_entered_now_stays_and_is_shown(staged: Staged) -> None:
    office, (first, _) = staged(two_signed)
    attend(office, first, 0, 0)
    (signed,) = stipends(office, first)
    assert settle(office).kept == (signed.number,)
    assert states(office, first) == [StipendState.SIGNED]
    assert "nie było na spotkaniu" in todo(office)[signed.number]
    assert len(payment_list_of(office)) == 2
    replace_signed(office, "podpis złożono przez pomyłkę")
    assert states(office, first) == [StipendState.SUPERSEDED]
    assert len(payment_list_of(office)) == 1


# Contracts


def test_a_bill_names_the_contract_that_was_entered(staged: Staged) -> None:
    office, (first, second) = staged(two_ready)
    people.sign_contract(office, first, "UZ/7/2018")
    settle(office)
    told = [bill_text(office, number) for number in (first, second)]
    assert "do umowy zlecenia nr UZ/7/2018 z dnia 10.09.2018 r." in told[0]
    assert "do umowy zlecenia nr ………" in told[1]
    people.sign_contract(office, second, "UZ/8/2018")
    assert settle(office).calculated == 1
    assert "do umowy zlecenia nr UZ/8/2018" in bill_text(office, second)


def test_a_contract_entered_after_the_bill_was_signed_changes_nothing(sqlite_staged: Staged) -> None:
    office, (first, _) = sqlite_staged(two_signed)
    people.sign_contract(office, first)
    assert settle(office) == SettlementCounts(calculated=0, blocked=0, unchanged=2, documents=0)


def bill_text(office: Office, number: str) -> str:
    with office.reading(WORKER) as session:
        row = newest(session, "bill", stipends(office, number)[-1].number)
        assert row is not None
        document = Document(io.BytesIO(content_of(office, session, row)))
    return "\n".join(paragraph.text for paragraph in document.paragraphs).replace("\xa0", " ")


# Hours


def test_hours_that_nobody_entered_are_not_absence(staged: Staged) -> None:
    office, (first, second) = staged(invited_group, 2)
    go_to(office, "2018-10-01T09:00")
    for number, account in zip((first, second), ACCOUNTS, strict=False):
        state_pay(office, number, account)
    attend(office, first, 360)
    assert settle(office) == SettlementCounts(calculated=0, blocked=2, unchanged=0, documents=0)
    (one,), (other,) = stipends(office, first), stipends(office, second)
    assert (codes(one), one.minutes) == (["missing_attendance"], 360)
    assert (codes(other), other.minutes) == (["missing_attendance"], 0)
    waiting = todo(office)
    assert "Nie wpisano obecności: 23.09.2018 r.;" in waiting[one.number].replace("\xa0", " ")
    assert "22.09.2018 r., 23.09.2018 r.;" in waiting[other.number].replace("\xa0", " ")
    attend(office, first, 360, 0)
    attend(office, second, 0, 0)
    assert settle(office).calculated == 1
    assert states(office, first) == [StipendState.SUPERSEDED, StipendState.CALCULATED]
    assert states(office, second) == [StipendState.SUPERSEDED]


def test_who_left_after_the_meeting_is_paid_for_it(staged: Staged) -> None:
    """Withdrawn on Monday, before anybody typed the hours of the weekend or the statement in."""
    office, (first, second) = staged(invited_group, 2)
    now = go_to(office, "2018-09-24T08:00")
    with office.writing(RITA) as session:
        withdraw(session, first, actor=RITA, now=now)
    go_to(office, "2018-10-01T09:00")
    for number, account in zip((first, second), ACCOUNTS, strict=False):
        attend(office, number, 360, 360)
        state_pay(office, number, account)
    assert settle(office).calculated == 2
    assert stipends(office, first)[0].net == 60720
    with office.reading(WORKER) as session:
        gone = membership_of(session, first)
        assert (gone.state, gone.joined_on) == (MembershipState.LEFT, "2018-09-22")


def test_who_left_between_the_days_is_asked_for_one_of_them(staged: Staged) -> None:
    office, (first, _) = staged(invited_group, 2)
    now = go_to(office, "2018-09-22T20:00")
    with office.writing(RITA) as session:
        withdraw(session, first, actor=RITA, now=now)
    go_to(office, "2018-10-01T09:00")
    state_pay(office, first, ACCOUNTS[0])
    with pytest.raises(BadInput, match="nie miało w tym dniu miejsca"):
        attend(office, first, 360, 360)
    attend(office, first, 360)
    settle(office)
    assert (states(office, first), stipends(office, first)[0].minutes) == ([StipendState.CALCULATED], 360)


def test_who_left_before_the_meeting_is_not_waited_for(sqlite_staged: Staged) -> None:
    office, (first, second) = sqlite_staged(invited_group, 2)
    now = go_to(office, "2018-09-21T20:00")
    with office.writing(RITA) as session:
        withdraw(session, first, actor=RITA, now=now)
    go_to(office, "2018-10-01T09:00")
    state_pay(office, second, ACCOUNTS[1])
    attend(office, second, 360, 360)
    assert settle(office) == SettlementCounts(calculated=1, blocked=0, unchanged=0, documents=2)
    assert stipends(office, first) == []


# Accounts


def test_two_people_with_one_account_are_both_blocked(staged: Staged) -> None:
    office, registered = staged(met_group, 3)
    for number, account in zip(registered, (ACCOUNTS[0], ACCOUNTS[0], ACCOUNTS[1]), strict=True):
        state_pay(office, number, account)
    assert settle(office) == SettlementCounts(calculated=1, blocked=2, unchanged=0, documents=2)
    assert [codes(stipends(office, number)[0]) for number in registered] == [
        ["shared_account"],
        ["shared_account"],
        [],
    ]
    assert len(payment_list_of(office)) == 1


def test_an_account_that_turns_out_to_be_shared_leaves_the_payment_list(staged: Staged) -> None:
    office, (first, second) = staged(met_group, 2)
    state_pay(office, first, ACCOUNTS[0])
    settle(office)
    assert len(payment_list_of(office)) == 1
    state_pay(office, second, ACCOUNTS[0])
    settle(office)
    assert states(office, first) == [StipendState.SUPERSEDED, StipendState.BLOCKED]
    assert payment_list_of(office) == []
    assert letters(office) == ["withdrawn"]


def test_a_slip_that_was_corrected_blocks_nobody(sqlite_staged: Staged) -> None:
    office, (first, second) = sqlite_staged(met_group, 2)
    state_pay(office, first, ACCOUNTS[1])
    state_pay(office, first, ACCOUNTS[0])
    state_pay(office, second, ACCOUNTS[1])
    assert settle(office).blocked == 0


# What stands in the way


def test_there_is_nothing_to_settle_before_attendance(office: Office) -> None:
    people.invited_group(office, 1)
    with pytest.raises(NotYet, match="obecności"):
        settle(office)


def test_an_unpaid_group_is_not_settled(sqlite_office: Office) -> None:
    people.open_kes_call(sqlite_office)
    with sqlite_office.writing(RITA) as session:
        opens, closes = people.moment("2018-06-04T08:00"), people.moment("2018-06-22T15:30")
        call = open_call(
            session, "KES", "PGD", "2205", opens_at=opens, closes_at=closes, actor=RITA, now=sqlite_office.now()
        )
        plan_meetings(session, call, actor=RITA, now=sqlite_office.now())
    with pytest.raises(NotYet, match="nie jest płatna"):
        settle_meeting(sqlite_office, "KES/PGD/2205/2018", "pgd_kartuski_1", paid_on=PAID_ON, actor=FILIP)


def test_only_finance_settles_what_exists(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_ready)
    with pytest.raises(NotAllowed):
        settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=RITA)
    with pytest.raises(NotFound):
        settle_meeting(office, CALL, "spotkanie", paid_on=PAID_ON, actor=FILIP)
    with pytest.raises(NotFound), office.writing(FILIP) as session:
        record_signed_bill(session, "R/0099/2018", actor=FILIP, now=office.now())


def test_a_rehearsed_settlement_leaves_nothing(staged: Staged) -> None:
    office, (first, _) = staged(two_ready)
    assert settle_meeting(office.on_trial(), CALL, MEETING, paid_on=PAID_ON, actor=FILIP).calculated == 2
    assert stipends(office, first) == []
    assert settle(office).calculated == 2


# Papers


def test_who_is_killed_before_the_papers_issues_them_by_settling_again(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records are there, a bill or two of them perhaps, and an overview says what to do."""
    office, registered = staged(story_group)
    with monkeypatch.context() as patch:
        patch.setattr(stipend_papers, "PORTION", 2)
        patch.setattr(stipend_papers, "issue_bill", Killing(after=3))
        with pytest.raises(Killed):
            settle(office)
    assert [len(stipends(office, number)) for number in registered] == [1] * 7
    assert len(letters(office)) == 2, "the portion that was cut short left nothing"
    assert broken_off(office) == [f"spotkanie {MEETING}"]
    assert settle(office) == SettlementCounts(calculated=0, blocked=0, unchanged=7, documents=5)
    assert len(letters(office)) == 6
    assert len(payment_list_of(office)) == 6
    assert broken_off(office) == []
    assert settle(office) == SettlementCounts(calculated=0, blocked=0, unchanged=7, documents=0)


class Killed(Exception):
    """As if the process had been killed."""


class Killing:
    """Issues bills and is killed at one of them."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.issue = stipend_papers.issue_bill

    def __call__(self, *arguments: Any, **named: Any) -> None:
        self.left -= 1
        if not self.left:
            raise Killed
        self.issue(*arguments, **named)


def broken_off(office: Office) -> list[str]:
    with office.reading(WORKER) as session:
        return [
            line.reference
            for line in waiting_for_whom(session, now=office.now())
            if "rozliczenie przerwano" in line.what
        ]


def test_a_rate_below_the_minimum_and_ones_own_employer_reach_the_officer(sqlite_staged: Staged) -> None:
    """Domain §6: 13,70 an hour in 2018. The first warns and may be paid; the second is for a person to compute."""
    office, (first, second) = sqlite_staged(two_ready)
    cheap = [
        kind.model_copy(update={"pay": kind.pay.model_copy(update={"rate_grosze": 13_69})}) if kind.pay else kind
        for kind in people.definition().group_kinds
    ]
    people.redefined(office, group_kinds=tuple(cheap))
    with office.writing(WORKER) as session:
        _, _, meeting = find_meeting(session, CALL, MEETING)
        meeting.project_version_id = newest_version(session, "KES").id or 0
        session.add(meeting)
    state_pay(office, second, ACCOUNTS[1], replace(people.EMPLOYED, employed_by_payer=True))
    assert (settle(office).blocked, codes(stipends(office, second)[0])) == (1, ["own_employer"])
    warned = stipends(office, first)[0]
    assert warned.state is StipendState.CALCULATED
    assert [warning["code"] for warning in warned.warnings] == ["minimum_hourly_rate"]
    with office.reading(WORKER) as session:
        told = [
            line.what.replace("\xa0", " ")
            for line in waiting_for_whom(session, now=office.now())
            if line.reference.startswith("R/")
        ]
    assert "Stawka 13,69 zł za godzinę jest niższa od minimalnej (13,70 zł)." in told
    assert any("pracownikiem płatnika" in what for what in told)
