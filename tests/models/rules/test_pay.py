"""Pay to the grosz: the worked cases of the field, the edges of rounding, and a payee's month that adds up."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.pay import (
    ALGORITHM,
    Amounts,
    EarlierPayment,
    PayCase,
    PaymentKind,
    RatePer,
    Settlement,
    Statements,
    Work,
    gross_for,
    settle,
)
from models.rules.pay_tables import ROWS, RowStatus, SelectedBy, Table, find_row

EMPLOYED = Statements(
    employed_elsewhere_at_minimum=True,
    student_under_26=False,
    voluntary_sickness=None,
    birth_date=date(1985, 3, 15),
    employed_by_payer=False,
)
INSURED = replace(EMPLOYED, employed_elsewhere_at_minimum=False, voluntary_sickness=False)
INSURED_SICKNESS = replace(INSURED, voluntary_sickness=True)
STUDENT = replace(EMPLOYED, employed_elsewhere_at_minimum=None, student_under_26=True, birth_date=date(1996, 5, 4))
YOUNG_EMPLOYED = replace(EMPLOYED, birth_date=date(1996, 5, 4))


def settled(
    gross: int,
    statements: Statements,
    paid_on: date,
    *,
    earlier: tuple[EarlierPayment, ...] = (),
    contract_amount: int | None = None,
    minutes: int = 600,
    confirmed: tuple[str, ...] = (),
) -> Settlement:
    return settle(
        Work(minutes=minutes, gross=gross, contract_amount=contract_amount),
        statements,
        paid_on=paid_on,
        worked_on=paid_on,
        earlier=earlier,
        confirmed=confirmed,
    )


def amounts_of(settlement: Settlement) -> Amounts:
    assert settlement.amounts is not None, settlement.blocked_by
    return settlement.amounts


def codes(settlement: Settlement) -> tuple[set[str], set[str]]:
    return {remark.code for remark in settlement.warnings}, {remark.code for remark in settlement.blocked_by}


# Columns: pension, disability, sickness, health base, health, costs, tax base, tax, net.
WORKED = [
    pytest.param(EMPLOYED, date(2022, 7, 1), (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 96_00, 814_00), id="A-2022-07"),
    pytest.param(EMPLOYED, date(2026, 11, 23), (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 96_00, 814_00), id="A-now"),
    pytest.param(EMPLOYED, date(2018, 12, 10), (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 67_00, 843_00), id="A-2018"),
    pytest.param(EMPLOYED, date(2019, 9, 30), (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 67_00, 843_00), id="A-2019-09"),
    pytest.param(EMPLOYED, date(2019, 10, 1), (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 59_00, 851_00), id="A-2019-10"),
    pytest.param(EMPLOYED, date(2020, 6, 15), (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 59_00, 851_00), id="A-2020"),
    pytest.param(
        INSURED, date(2022, 7, 1), (97_60, 15_00, 0, 887_40, 79_87, 177_48, 710_00, 85_00, 722_53), id="B-no-sickness"
    ),
    pytest.param(
        INSURED_SICKNESS,
        date(2022, 7, 1),
        (97_60, 15_00, 24_50, 862_90, 77_66, 172_58, 690_00, 83_00, 702_24),
        id="B-sickness",
    ),
    pytest.param(STUDENT, date(2018, 12, 10), (0, 0, 0, 0, 0, 200_00, 800_00, 144_00, 856_00), id="C-2018"),
    pytest.param(STUDENT, date(2019, 8, 1), (0, 0, 0, 0, 0, 0, 0, 0, 1000_00), id="C-2019-08"),
    pytest.param(STUDENT, date(2019, 7, 31), (0, 0, 0, 0, 0, 200_00, 800_00, 144_00, 856_00), id="C-2019-07"),
    pytest.param(
        YOUNG_EMPLOYED, date(2020, 1, 10), (0, 0, 0, 1000_00, 90_00, 0, 0, 0, 910_00), id="A-under-26-no-student"
    ),
    # Full social in 2018: 862,90 health base, 7,75 % of it is 66,87; 690 × 18 % = 124,20.
    pytest.param(
        INSURED_SICKNESS,
        date(2018, 12, 10),
        (97_60, 15_00, 24_50, 862_90, 77_66, 172_58, 690_00, 57_00, 728_24),
        id="B-sickness-2018",
    ),
]


@pytest.mark.parametrize(("statements", "paid_on", "expected"), WORKED)
def test_thousand_zloty_to_the_grosz(statements: Statements, paid_on: date, expected: tuple[int, ...]) -> None:
    settlement = settled(1000_00, statements, paid_on)
    amounts = amounts_of(settlement)
    assert (
        amounts.pension,
        amounts.disability,
        amounts.sickness,
        amounts.health_base,
        amounts.health,
        amounts.costs,
        amounts.tax_base,
        amounts.tax,
        amounts.net,
    ) == expected
    assert settlement.payable
    assert settlement.algorithm == ALGORITHM == "pay-1"


def test_contract_of_200_zloty_is_taxed_as_a_lump_sum() -> None:
    amounts = amounts_of(settled(200_00, EMPLOYED, date(2022, 7, 1), contract_amount=200_00))
    assert (amounts.social, amounts.health, amounts.costs, amounts.tax_base, amounts.tax, amounts.net) == (
        0,
        18_00,
        0,
        200_00,
        24_00,
        158_00,
    )


@pytest.mark.parametrize(
    ("contract_amount", "tax"),
    [(None, 19_00), (200_00, 24_00), (200_01, 19_00)],
    ids=["rate-only", "at-limit", "above-limit"],
)
def test_lump_sum_needs_an_amount_in_the_contract_up_to_the_limit(contract_amount: int | None, tax: int) -> None:
    assert amounts_of(settled(200_00, EMPLOYED, date(2024, 1, 9), contract_amount=contract_amount)).tax == tax


def test_two_small_contracts_in_a_month_are_two_lump_sums() -> None:
    first = settled(200_00, EMPLOYED, date(2024, 1, 9), contract_amount=200_00)
    second = settled(200_00, EMPLOYED, date(2024, 1, 23), contract_amount=200_00, earlier=(EarlierPayment.of(first),))
    assert amounts_of(second).tax == 24_00
    assert amounts_of(second).health == 18_00


def test_lump_sum_before_july_2022_computes_but_waits_for_the_office() -> None:
    settlement = settled(200_00, EMPLOYED, date(2018, 12, 10), contract_amount=200_00)
    assert amounts_of(settlement).tax == 36_00
    assert codes(settlement)[1] == {"lump-sum-tax-2018"}
    assert settled(
        200_00, EMPLOYED, date(2018, 12, 10), contract_amount=200_00, confirmed=("lump-sum-tax-2018",)
    ).payable


def test_lump_sum_of_somebody_under_26_waits_for_the_office() -> None:
    young = replace(EMPLOYED, birth_date=date(2000, 1, 1))
    settlement = settled(200_00, young, date(2024, 1, 9), contract_amount=200_00)
    assert codes(settlement)[1] == {"lump-sum-combined-2018"}


def test_payment_above_the_contract_is_stopped() -> None:
    assert codes(settled(250_00, EMPLOYED, date(2024, 1, 9), contract_amount=200_00))[1] == {"above_contract"}


def test_two_payments_of_a_month_give_the_contributions_of_their_sum() -> None:
    first = settled(333_33, INSURED_SICKNESS, date(2024, 3, 5))
    second = settled(333_34, INSURED_SICKNESS, date(2024, 3, 19), earlier=(EarlierPayment.of(first),))
    a, b = amounts_of(first), amounts_of(second)
    whole = amounts_of(settled(666_67, INSURED_SICKNESS, date(2024, 3, 19)))
    assert (a.pension, a.disability, a.sickness) == (32_53, 5_00, 8_17)
    assert (a.pension + b.pension, a.disability + b.disability, a.sickness + b.sickness) == (65_07, 10_00, 16_33)
    assert a.health + b.health == whole.health


def test_earlier_payment_of_another_month_is_refused() -> None:
    first = settled(100_00, EMPLOYED, date(2024, 2, 29))
    with pytest.raises(ValueError, match="month"):
        settled(100_00, EMPLOYED, date(2024, 3, 1), earlier=(EarlierPayment.of(first),))


@pytest.mark.parametrize(
    ("gross", "health", "costs", "tax_base", "tax"),
    [
        (100_05, 9_00, 20_01, 80_00, 10_00),  # 9,0045 down; 20,01; 80,04 down; 9,60 up
        (100_06, 9_01, 20_01, 80_00, 10_00),  # 9,0054 up
        (50_00, 4_50, 10_00, 40_00, 5_00),  # 4,80 up
        (100_62, 9_06, 20_12, 81_00, 10_00),  # 80,50 is half, so up; 9,72 up
        (100_61, 9_05, 20_12, 80_00, 10_00),  # 80,49 down
        (1093_75, 98_44, 218_75, 875_00, 105_00),  # 98,4375 up; exactly 875; exactly 105
        (1098_00, 98_82, 219_60, 878_00, 105_00),  # 105,36 down
    ],
)
def test_rounding_is_half_up(gross: int, health: int, costs: int, tax_base: int, tax: int) -> None:
    amounts = amounts_of(settled(gross, EMPLOYED, date(2024, 1, 9)))
    assert (amounts.health, amounts.costs, amounts.tax_base, amounts.tax) == (health, costs, tax_base, tax)


MINIMUM = [
    (date(2018, 1, 1), 13_70),
    (date(2018, 12, 31), 13_70),
    (date(2019, 1, 1), 14_70),
    (date(2020, 6, 1), 17_00),
    (date(2021, 6, 1), 18_30),
    (date(2022, 6, 1), 19_70),
    (date(2023, 6, 30), 22_80),
    (date(2023, 7, 1), 23_50),
    (date(2024, 6, 30), 27_70),
    (date(2024, 7, 1), 28_10),
    (date(2025, 6, 1), 30_50),
    (date(2026, 6, 1), 31_40),
]


@pytest.mark.parametrize(("worked_on", "rate"), MINIMUM)
def test_warning_below_the_minimum_hourly_rate_of_the_day_of_work(worked_on: date, rate: int) -> None:
    def at(gross: int) -> Settlement:
        # Paid long after: the day of work decides.
        return settle(Work(600, gross), EMPLOYED, paid_on=date(2026, 11, 2), worked_on=worked_on)

    exact, below = at(10 * rate), at(10 * rate - 1)
    assert exact.minimum_rate is not None
    assert exact.minimum_rate.met
    assert "minimum_hourly_rate" not in codes(exact)[0]
    assert below.minimum_rate is not None
    assert (below.minimum_rate.required, below.minimum_rate.reached) == (rate, rate - 1)
    assert "minimum_hourly_rate" in codes(below)[0]
    assert below.payable, "a warning is for a person to judge, it does not stop the payment"


def test_work_of_a_year_without_a_minimum_rate_is_blocked() -> None:
    settlement = settled(1000_00, EMPLOYED, date(2027, 2, 1))
    assert codes(settlement)[1] == {"no_row_minimum_hourly"}
    assert amounts_of(settlement).net == 814_00


def test_payment_before_the_tables_begin_has_no_amounts() -> None:
    settlement = settled(1000_00, EMPLOYED, date(2017, 12, 31))
    assert settlement.amounts is None
    assert {"no_row_health", "no_row_income_tax", "no_row_minimum_hourly"} <= codes(settlement)[1]


@pytest.mark.parametrize(
    ("statements", "paid_on", "reason"),
    [
        (
            replace(EMPLOYED, employed_elsewhere_at_minimum=None),
            date(2018, 12, 1),
            "missing_employed_elsewhere_at_minimum",
        ),
        (
            replace(EMPLOYED, student_under_26=None, birth_date=date(1999, 1, 1)),
            date(2018, 12, 1),
            "missing_student_under_26",
        ),
        (replace(INSURED, voluntary_sickness=None), date(2018, 12, 1), "missing_voluntary_sickness"),
        (replace(EMPLOYED, employed_by_payer=None), date(2018, 12, 1), "missing_employed_by_payer"),
        (replace(EMPLOYED, birth_date=None), date(2019, 8, 1), "missing_birth_date"),
        (replace(STUDENT, birth_date=None), date(2018, 12, 1), "missing_birth_date"),
        (replace(STUDENT, birth_date=date(1985, 3, 15)), date(2018, 12, 1), "contradiction_student_age"),
        (replace(EMPLOYED, voluntary_sickness=True), date(2018, 12, 1), "contradiction_sickness"),
        (replace(EMPLOYED, employed_by_payer=True), date(2018, 12, 1), "own_employer"),
    ],
)
def test_what_is_not_known_is_never_assumed(statements: Statements, paid_on: date, reason: str) -> None:
    settlement = settled(1000_00, statements, paid_on)
    assert settlement.amounts is None
    assert settlement.lines == ()
    assert codes(settlement)[1] == {reason}
    assert not settlement.payable


def test_birth_date_is_not_needed_where_nothing_depends_on_it() -> None:
    assert settled(1000_00, replace(EMPLOYED, birth_date=None), date(2018, 12, 10)).payable


def test_birth_date_answers_for_a_missing_student_statement() -> None:
    settlement = settled(1000_00, replace(EMPLOYED, student_under_26=None), date(2018, 12, 10))
    assert settlement.case is PayCase.HEALTH_ONLY
    assert settlement.payable


@pytest.mark.parametrize(("paid_on", "tax"), [(date(2022, 8, 20), 0), (date(2022, 8, 21), 96_00)])
def test_young_relief_ends_after_the_26th_birthday(paid_on: date, tax: int) -> None:
    assert amounts_of(settled(1000_00, replace(EMPLOYED, birth_date=date(1996, 8, 20)), paid_on)).tax == tax


@pytest.mark.parametrize(("paid_on", "tax"), [(date(2022, 2, 28), 0), (date(2022, 3, 1), 59_00)])
def test_somebody_born_on_the_29th_of_february_turns_26_on_the_last_of_february(paid_on: date, tax: int) -> None:
    assert amounts_of(settled(1000_00, replace(EMPLOYED, birth_date=date(1996, 2, 29)), paid_on)).tax == tax


def test_young_relief_of_2019_reminds_of_the_request_and_watches_its_limit() -> None:
    settlement = settled(1000_00, STUDENT, date(2019, 12, 10))
    assert codes(settlement) == ({"young-relief-2019-08"}, set())
    assert "young_relief_limit" in codes(settled(35_636_68, STUDENT, date(2019, 12, 10)))[1]
    assert "young_relief_limit" not in codes(settled(35_636_67, STUDENT, date(2019, 12, 10)))[1]


def test_first_half_of_2022_computes_but_blocks_by_name() -> None:
    settlement = settled(1000_00, EMPLOYED, date(2022, 3, 10))
    assert amounts_of(settlement).tax == 59_00
    assert codes(settlement)[1] == {"income-tax-2022-01", "health-deduction-2022"}
    assert settled(
        1000_00, EMPLOYED, date(2022, 3, 10), confirmed=("income-tax-2022-01", "health-deduction-2022")
    ).payable


@pytest.mark.parametrize(
    ("statements", "row", "tax"),
    [
        (replace(EMPLOYED, pit2=True), "tax-reduction-2023", 0),
        (replace(EMPLOYED, no_advance=True), "no-advance-2023", 0),
        (replace(EMPLOYED, copyright_costs=True), "copyright-costs-2018", 60_00),
    ],
)
def test_unconfirmed_requests_compute_but_block(statements: Statements, row: str, tax: int) -> None:
    settlement = settled(1000_00, statements, date(2024, 1, 9), confirmed=("other",))
    assert amounts_of(settlement).tax == tax
    assert row in codes(settlement)[1]
    assert {used.id for used in settlement.rows if used.status is RowStatus.UNCONFIRMED} == {row}


def test_reducing_amount_is_used_up_once_a_month() -> None:
    statements = replace(EMPLOYED, pit2=True)
    first = settled(2000_00, statements, date(2024, 1, 9))
    second = settled(2000_00, statements, date(2024, 1, 23), earlier=(EarlierPayment.of(first),))
    assert (amounts_of(first).tax_reduction, amounts_of(first).tax) == (192_00, 0)
    assert (amounts_of(second).tax_reduction, amounts_of(second).tax) == (108_00, 84_00)


def test_pit2_before_2023_has_no_effect_and_says_so() -> None:
    settlement = settled(1000_00, replace(EMPLOYED, pit2=True), date(2022, 12, 9))
    assert amounts_of(settlement).tax == 96_00
    assert codes(settlement) == ({"tax_reduction_not_known"}, set())


@pytest.mark.parametrize("kind", [PaymentKind.STIPEND, PaymentKind.TRAVEL])
def test_other_kinds_of_payment_wait_for_the_office(kind: PaymentKind) -> None:
    settlement = settle(Work(0, 120_00, kind=kind), EMPLOYED, paid_on=date(2018, 12, 10), worked_on=date(2018, 12, 1))
    assert amounts_of(settlement).net == 120_00
    assert codes(settlement)[1] == {f"{kind.value}-2018"}


def test_nothing_confirmed_is_nothing_to_pay() -> None:
    assert codes(settled(0, EMPLOYED, date(2018, 12, 10), minutes=0))[1] == {"nothing_to_pay"}
    assert codes(settled(100_00, EMPLOYED, date(2018, 12, 10), minutes=0))[1] == {"no_hours"}


def test_a_few_zloty_bring_the_health_contribution_above_the_advance() -> None:
    assert codes(settled(3_00, EMPLOYED, date(2018, 12, 10), minutes=5))[1] == {"health_above_advance"}


def test_payment_before_work_is_pointed_out() -> None:
    settlement = settle(Work(600, 1000_00), EMPLOYED, paid_on=date(2018, 12, 1), worked_on=date(2018, 12, 8))
    assert codes(settlement)[0] == {"paid_before_work"}


def test_settlement_names_the_rows_it_rests_on() -> None:
    settlement = settled(1000_00, INSURED_SICKNESS, date(2018, 12, 10))
    assert [row.id for row in settlement.rows] == [
        "minimum-hourly-2018-01",
        "pension-2018",
        "disability-2018",
        "sickness-2018",
        "health-2018",
        "costs-2018",
        "health-cap-2018",
        "income-tax-2018",
        "health-deduction-2018",
    ]
    assert {line.row for line in settlement.lines if line.row} <= {row.id for row in settlement.rows}


def test_lines_that_are_withheld_make_up_gross_less_net() -> None:
    settlement = settled(1234_56, INSURED_SICKNESS, date(2018, 12, 10))
    amounts = amounts_of(settlement)
    assert sum(line.amount for line in settlement.lines if line.withheld) == amounts.gross - amounts.net
    assert [line.code for line in settlement.lines if line.withheld] == [
        "pension",
        "disability",
        "sickness",
        "health",
        "tax",
    ]


@pytest.mark.parametrize(
    ("minutes", "rate", "per", "days", "gross"),
    [
        (960, 50_00, RatePer.HOUR, 2, 800_00),
        (90, 33_33, RatePer.HOUR, 1, 50_00),  # 49,995 up
        (1, 13_70, RatePer.HOUR, 1, 23),  # 22,83 up
        (10, 13_71, RatePer.HOUR, 1, 2_29),  # 2,285 is half, so up
        (0, 50_00, RatePer.HOUR, 0, 0),
        (960, 400_00, RatePer.DAY, 2, 800_00),
        (480, 400_00, RatePer.DAY, 1, 400_00),
        (480, 700_00, RatePer.MEETING, 1, 700_00),
        (0, 700_00, RatePer.MEETING, 0, 0),
    ],
)
def test_gross_from_confirmed_attendance(minutes: int, rate: int, per: RatePer, days: int, gross: int) -> None:
    assert gross_for(minutes, rate, per, days=days) == gross


def test_negative_work_is_refused() -> None:
    with pytest.raises(ValueError):
        Work(minutes=-1, gross=1)
    with pytest.raises(ValueError):
        gross_for(-1, 1, RatePer.HOUR)


@pytest.mark.parametrize("table", list(Table))
def test_rows_of_a_table_follow_each_other_without_gap_or_overlap(table: Table) -> None:
    rows = sorted((row for row in ROWS if row.table is table), key=lambda row: row.valid_from)
    assert rows
    for before, after in pairwise(rows):
        assert before.valid_to is not None
        assert after.valid_from - before.valid_to == timedelta(days=1)
    assert {row.selected_by for row in rows} == {
        SelectedBy.WORKED if table is Table.MINIMUM_HOURLY else SelectedBy.PAID
    }


def test_rows_have_ids_of_their_own_and_unconfirmed_ones_say_why() -> None:
    assert len({row.id for row in ROWS}) == len(ROWS)
    assert all(row.note for row in ROWS if row.status is RowStatus.UNCONFIRMED)
    assert all(row.source for row in ROWS)


def test_only_the_selecting_date_chooses_a_row() -> None:
    row = find_row(Table.MINIMUM_HOURLY, paid_on=date(2019, 1, 10), worked_on=date(2018, 12, 15))
    assert row is not None
    assert row.value == 13_70
    row = find_row(Table.INCOME_TAX, paid_on=date(2019, 10, 1), worked_on=date(2019, 9, 28))
    assert row is not None
    assert row.value == 1700


grosze = st.integers(min_value=0, max_value=20_000_00)
days = st.dates(min_value=date(2018, 1, 1), max_value=date(2026, 12, 31))
payees = st.builds(
    Statements,
    employed_elsewhere_at_minimum=st.booleans() | st.none(),
    student_under_26=st.booleans() | st.none(),
    voluntary_sickness=st.booleans() | st.none(),
    birth_date=st.dates(min_value=date(1950, 1, 1), max_value=date(2005, 12, 31)) | st.none(),
    employed_by_payer=st.just(False),
    pit2=st.booleans(),
    no_advance=st.booleans(),
    copyright_costs=st.booleans(),
)


@given(gross=grosze, payee=payees, paid_on=days, small=st.booleans())
def test_nothing_is_lost_and_nothing_is_negative(gross: int, payee: Statements, paid_on: date, small: bool) -> None:
    settlement = settled(gross, payee, paid_on, contract_amount=gross if small else None)
    amounts = settlement.amounts
    if amounts is None:
        assert settlement.blocked_by
        return
    assert amounts.net + amounts.social + amounts.health + amounts.tax == gross
    assert min(vars(amounts).values()) >= 0
    assert amounts.tax % 100 == amounts.tax_base % 100 == 0
    assert sum(line.amount for line in settlement.lines if line.withheld) == gross - amounts.net


@given(gross=grosze, more=st.integers(min_value=0, max_value=1_000_00), payee=payees, paid_on=days)
def test_more_gross_is_never_less_net_beyond_rounding(gross: int, more: int, payee: Statements, paid_on: date) -> None:
    less, greater = settled(gross, payee, paid_on).amounts, settled(gross + more, payee, paid_on).amounts
    if less is not None and greater is not None:
        # The advance moves by whole złoty.
        assert greater.net >= less.net - 1_00


@given(first=grosze, second=grosze, payee=payees, paid_on=days)
def test_a_month_in_two_payments_adds_up(first: int, second: int, payee: Statements, paid_on: date) -> None:
    one = settled(first, payee, paid_on)
    if one.amounts is None:
        return
    two = amounts_of(settled(second, payee, paid_on, earlier=(EarlierPayment.of(one),)))
    whole = amounts_of(settled(first + second, payee, paid_on))
    for part in ("pension", "disability", "sickness", "health"):
        assert getattr(one.amounts, part) + getattr(two, part) == getattr(whole, part)
    assert one.amounts.tax_reduction + two.tax_reduction <= 300_00
