"""Until which payment a statement holds."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.statement_validity import StatementValidity, lapsed

FOREVER = StatementValidity()
YEARLY = StatementValidity(same_year=True)
QUARTER = StatementValidity(months=3)
days = st.dates(min_value=date(2018, 1, 1), max_value=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("valid_from", "paid_on", "validity", "code"),
    [
        (date(2018, 9, 1), date(2018, 9, 1), YEARLY, None),
        (date(2018, 9, 1), date(2018, 12, 31), YEARLY, None),
        (date(2018, 12, 31), date(2019, 1, 1), YEARLY, "statement_old"),
        (date(2018, 12, 31), date(2026, 1, 1), FOREVER, None),
        # The month of the statement and three whole months after it, whatever the days are.
        (date(2018, 9, 30), date(2018, 12, 31), QUARTER, None),
        (date(2018, 9, 1), date(2018, 12, 31), QUARTER, None),
        (date(2018, 9, 30), date(2019, 1, 1), QUARTER, "statement_old"),
        # One made for a later time says nothing about an earlier payment.
        (date(2018, 10, 11), date(2018, 10, 10), FOREVER, "statement_later"),
    ],
)
def test_a_statement_holds_for_the_month_of_payment(
    valid_from: date, paid_on: date, validity: StatementValidity, code: str | None
) -> None:
    remark = lapsed(valid_from, paid_on, validity)
    assert (remark.code if remark else None) == code


@given(valid_from=days, paid_on=days, months=st.integers(1, 24), later=st.integers(0, 400))
def test_what_has_lapsed_never_holds_again(valid_from: date, paid_on: date, months: int, later: int) -> None:
    validity = StatementValidity(months=months, same_year=True)
    remark = lapsed(valid_from, paid_on, validity)
    if remark is not None and remark.code == "statement_old":
        afterwards = lapsed(valid_from, date.fromordinal(paid_on.toordinal() + later), validity)
        assert afterwards is not None
        assert afterwards.code == "statement_old"


@given(valid_from=days, paid_on=days)
def test_without_a_limit_only_its_beginning_counts(valid_from: date, paid_on: date) -> None:
    remark = lapsed(valid_from, paid_on, FOREVER)
    assert (remark is None) == (valid_from <= paid_on)
