"""Net pay to the grosz, with its lines, warnings, obstacles and the rows it rests on."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payees import (
    EMPLOYED,
    INSURED,
    INSURED_SICKNESS,
    STUDENT,
    YOUNG_EMPLOYED,
    amounts_of,
    codes,
    days,
    grosze,
    payees,
    settled,
)

from models.rules.pay import RatePer, Settlement, Statements, Work
from models.rules.settlement import ALGORITHM, gross_for, settle

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


def test_first_half_of_2022_computes_but_blocks_by_name() -> None:
    settlement = settled(1000_00, EMPLOYED, date(2022, 3, 10))
    assert amounts_of(settlement).tax == 59_00
    assert codes(settlement)[1] == {"income-tax-2022-01", "health-deduction-2022"}
    assert settled(
        1000_00, EMPLOYED, date(2022, 3, 10), confirmed=("income-tax-2022-01", "health-deduction-2022")
    ).payable


def test_nothing_confirmed_is_nothing_to_pay() -> None:
    assert codes(settled(0, EMPLOYED, date(2018, 12, 10), minutes=0))[1] == {"nothing_to_pay"}
    assert codes(settled(100_00, EMPLOYED, date(2018, 12, 10), minutes=0))[1] == {"no_hours"}


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


def test_an_addition_is_judged_by_the_minimum_rate_together_with_what_it_adds_to() -> None:
    """Six hours at 60,00 zl were paid as five; the difference alone would be 10,00 zl an hour."""
    alone = settle(Work(360, 60_00), EMPLOYED, paid_on=date(2018, 12, 10), worked_on=date(2018, 12, 8))
    added = settle(Work(360, 60_00, already=300_00), EMPLOYED, paid_on=date(2018, 12, 10), worked_on=date(2018, 12, 8))
    assert "minimum_hourly_rate" in codes(alone)[0]
    assert codes(added)[0] == set()
    assert added.minimum_rate is not None
    assert added.minimum_rate.reached == 60_00
    assert added.amounts == alone.amounts
