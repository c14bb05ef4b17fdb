"""Contributions are those of the month's sum, to the grosz."""

from datetime import date

import pytest
from hypothesis import given
from payees import EMPLOYED, INSURED_SICKNESS, amounts_of, days, grosze, payees, settled

from models.rules.pay import EarlierPayment, Statements


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
