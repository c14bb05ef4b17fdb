"""What payments cost: sums of the records, against the budget, as a workbook that shows them."""

import io
from datetime import date

import people
import pytest
from conftest import Staged
from openpyxl import load_workbook
from people import ACCOUNTS, CALL, FILIP, MEETING, PAID_ON, RITA, attend, met_group, state_pay
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.cost_workbook import workbook_of
from flows.steps.costs import Costs, costs
from flows.steps.memberships import membership_of
from flows.steps.rates import confirm_rate
from flows.steps.stipends import settle_meeting
from models.errors import NotAllowed
from models.events import Happened
from models.pay_rules import Pay
from models.rules.pay import Statements
from models.tables import Stipend
from models.tables.stipends import StipendState
from models.transitions import move

INSURED = Statements(False, False, False, date(2202, 1, 12), False)


def settled_group(office: Office) -> list[str]:
    """One employed elsewhere, one insured in full, and one without a statement."""
    registered = met_group(office, 3)
    state_pay(office, registered[0], ACCOUNTS[0])
    state_pay(office, registered[1], ACCOUNTS[1], INSURED)
    settle_meeting(office, CALL, MEETING, paid_on=PAID_ON, actor=FILIP)
    return registered


def found(office: Office) -> Costs:
    with office.reading(FILIP) as session:
        return costs(session, actor=FILIP)


def budgeted(office: Office, grosze: int) -> None:
    kinds = tuple(
        kind.model_copy(update={"pay": Pay(**{**kind.pay.model_dump(), "budget_grosze": grosze})}) if kind.pay else kind
        for kind in people.definition().group_kinds
    )
    people.redefined(office, group_kinds=kinds)


def test_costs_are_the_sums_of_the_records(staged: Staged) -> None:
    office, _ = staged(settled_group)
    (group,) = found(office).groups
    assert (group.call, group.spent.payments, group.spent.blocked, group.spent.gross) == (CALL, 2, 1, 1440_00)
    # The payer's share of one of them: 720,00 at 9,76 % and 6,5 %.
    assert (group.spent.payer, group.spent.total) == (70_27 + 46_80, 1440_00 + 117_07)
    assert group.spent.payer_open == 12_02 + 17_64 + 72
    assert (group.budget, group.used, group.left) == (None, None, None)
    with office.writing(FILIP) as session:
        confirm_rate(session, "payer-accident-2018", reason="stopa z ZUS", source="", actor=FILIP, now=office.now())
    assert found(office).groups[0].spent.payer == 117_07 + 12_02


def test_groups_meetings_and_months_come_to_the_same(staged: Staged) -> None:
    office, (first, *_) = staged(settled_group)
    with office.writing(FILIP) as session:
        membership = membership_of(session, first)
        row = session.exec(select(Stipend).where(Stipend.membership_id == membership.id)).one()
        for state in (StipendState.ORDERED, StipendState.PAID):
            move(session, row, state, happened=Happened.BILL_SIGNED, actor=FILIP, now=office.now())
    attend(office, first, 360, 300)
    settle_meeting(office, CALL, MEETING, paid_on=date(2018, 11, 5), actor=FILIP)
    told = found(office)
    (meeting,) = told.meetings
    assert meeting.spent == told.groups[0].spent == told.total
    assert sum(month.spent.gross for month in told.months) == told.total.gross
    assert told.total.committed == 720_00
    assert told.total.overpaid == 60_00
    assert [month.month for month in told.months] == ["2018-10", "2018-11"]
    assert (meeting.first, meeting.last) == people.MEETING_DAYS


@pytest.mark.parametrize(
    ("budget", "used", "left"), [(2000_00, 7200, 560_00), (1440_00, 10_000, 0), (999_99, 14_400, -440_01)]
)
def test_a_budget_is_watched(sqlite_staged: Staged, budget: int, used: int, left: int) -> None:
    office, _ = sqlite_staged(settled_group)
    budgeted(office, budget)
    (group,) = found(office).groups
    assert (group.budget, group.used, group.left) == (budget, used, left)


def test_the_workbook_shows_every_sum_to_the_grosz_and_a_chart(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(settled_group)
    budgeted(office, 2000_00)
    told = found(office)
    content = workbook_of(told, made_on=date(2018, 10, 12))
    assert content == workbook_of(told, made_on=date(2018, 10, 12))
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Grupy", "Spotkania", "Miesiące"]
    sheet = book["Grupy"]
    header = [cell.value for cell in sheet[4]]
    line = dict(zip(header, [cell.value for cell in sheet[5]], strict=True))
    spent = told.groups[0].spent
    for name, grosze in (
        ("Brutto", spent.gross),
        ("Składki płatnika", spent.payer),
        ("Koszt razem", spent.total),
        ("Budżet", 2000_00),
        ("Zostało", 560_00),
    ):
        assert isinstance(line[name], int | float)
        assert f"{line[name]:.2f}" == f"{grosze // 100}.{grosze % 100:02d}"
    assert line["Wykorzystano"] == "72%"
    assert len(sheet._charts) == 1
    assert [cell.value for cell in book["Miesiące"][5]][:2] == ["2018-10", "KES"]
    assert all(
        "Próbna" not in str(cell.value) for name in book.sheetnames for row in book[name].iter_rows() for cell in row
    )


def test_a_workbook_without_budgets_sums_none_and_every_text_is_seen_whole(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(settled_group)
    sheet = load_workbook(io.BytesIO(workbook_of(found(office), made_on=date(2018, 10, 12))))["Grupy"]
    header = {cell.value: cell.column for cell in sheet[4]}
    for name in ("Budżet", "Zostało"):
        assert [sheet.cell(row, header[name]).value or "" for row in (5, 6)] == ["", ""], "no budget is not one of zero"
    (chart,) = sheet._charts
    assert len(chart.series) == 1
    assert sheet.cell(5, header["Godziny"]).alignment.horizontal == "right"
    assert len(str(sheet.cell(5, header["Nazwa"]).value)) > sheet.column_dimensions["B"].width
    assert sheet.row_dimensions[5].height >= 2 * 13, "the name takes two lines"


def test_an_office_without_payments_has_an_empty_workbook(sqlite_office: Office) -> None:
    told = found(sqlite_office)
    assert told == Costs((), (), ())
    assert load_workbook(io.BytesIO(workbook_of(told, made_on=date(2018, 10, 12))))["Grupy"]["A5"].value == "Razem"


def test_costs_are_for_those_who_see_money(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(settled_group)
    with office.reading(RITA) as session, pytest.raises(NotAllowed):
        costs(session, actor=RITA)
