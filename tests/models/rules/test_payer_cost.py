"""What the office pays on top of gross: by the month's sum, and only what is confirmed."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from models.rules.pay_tables import ROWS, RowStatus
from models.rules.payer_cost import PAYER_TABLES, payer_lines

OPEN = {row.id for row in ROWS if row.table in PAYER_TABLES and row.status is RowStatus.UNCONFIRMED}


def test_a_payer_adds_pension_and_disability_and_what_the_office_confirms() -> None:
    lines = payer_lines(1000_00, paid_on=date(2024, 3, 5))
    assert [(line.row, line.amount) for line in lines if line.counted] == [
        ("payer-pension-2018", 97_60),
        ("payer-disability-2018", 65_00),
    ]
    assert {line.row for line in lines if not line.counted} == OPEN
    confirmed = payer_lines(1000_00, paid_on=date(2024, 3, 5), confirmed={"payer-accident-2018"})
    assert sum(line.amount for line in confirmed if line.counted) == 97_60 + 65_00 + 16_70
    assert [line.label for line in lines if line.row == "labour-fund-2018"] == [
        "Fundusz Pracy i Fundusz Solidarnościowy"
    ]


def test_who_has_no_social_base_costs_nothing_on_top() -> None:
    assert payer_lines(0, paid_on=date(2024, 3, 5)) == ()


@given(parts=st.lists(st.integers(min_value=1, max_value=500_00), min_size=1, max_size=6))
def test_the_parts_of_a_month_cost_what_the_whole_does(parts: list[int]) -> None:
    day = date(2024, 3, 5)
    split = sum(
        line.amount
        for place, part in enumerate(parts)
        for line in payer_lines(part, paid_on=day, bases_before=parts[:place])
    )
    assert split == sum(line.amount for line in payer_lines(sum(parts), paid_on=day))
