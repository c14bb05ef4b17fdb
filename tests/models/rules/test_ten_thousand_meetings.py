"""Sums over ten thousand random meetings: days, payments and their parts are the same money.

Pure, so that ten thousand take seconds; the same meetings through the database are ``tests/flows/steps/test_many_
meetings.py``. The seed is fixed: a failure is found again.
"""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from payees import EMPLOYED, INSURED, INSURED_SICKNESS, STUDENT, YOUNG_EMPLOYED

from models.rules.pay import EarlierPayment, RatePer, Settlement, Statements, Work
from models.rules.pay_tables import ROWS, RowStatus, Table, find_row
from models.rules.settlement import gross_by_day, gross_for, settle

MEETINGS = 10_000
PEOPLE = 600
EVERYTHING = frozenset(row.id for row in ROWS if row.status is RowStatus.UNCONFIRMED)
DECLARED = (EMPLOYED, INSURED, INSURED_SICKNESS, STUDENT, YOUNG_EMPLOYED, replace(EMPLOYED, birth_date=None))
RATES = (60_00, 37_41, 13_70, 250_01, 333_33, 99_99)


def percent(amount: int, basis_points: int) -> int:
    """Reckoned here again, so that the rules are not measured by themselves."""
    whole, rest = divmod(amount * basis_points, 10_000)
    return whole + (rest >= 5_000)


def test_ten_thousand_random_meetings_add_up() -> None:
    chance = random.Random(2018)
    months: dict[tuple[int, int, int], list[Settlement]] = defaultdict(list)
    of_days = of_payments = net = withheld = paid = 0
    for _ in range(MEETINGS):
        begins = date(2018, 1, 1) + timedelta(days=chance.randrange(3200))
        paid_on = begins + timedelta(days=chance.randrange(2, 30))
        days, rate, per = chance.randrange(1, 4), chance.choice(RATES), chance.choice(list(RatePer))
        for person in chance.sample(range(PEOPLE), chance.randrange(1, 4)):
            minutes = [chance.choice((0, chance.randrange(1, 481), 360)) for _ in range(days)]
            by_day = gross_by_day(minutes, rate, per)
            gross = gross_for(sum(minutes), rate, per, days=sum(day > 0 for day in minutes))
            of_days += sum(by_day)
            of_payments += gross
            month = months[person, paid_on.year, paid_on.month]
            settlement = settle(
                Work(sum(minutes), gross),
                DECLARED[person % len(DECLARED)],
                paid_on=paid_on,
                worked_on=begins + timedelta(days=days - 1),
                earlier=[EarlierPayment.of(one) for one in month if one.amounts],
                confirmed=EVERYTHING,
            )
            assert settlement.gross == gross
            if settlement.amounts is None:
                continue
            assert min(by_day) >= 0
            parts = sum(line.amount for line in settlement.lines if line.withheld)
            assert settlement.amounts.net + parts == gross
            month.append(settlement)
            paid += gross
            net += settlement.amounts.net
            withheld += parts
    assert of_days == of_payments
    assert net + withheld == paid
    assert sum(len(month) > 1 for month in months.values()) > 1000
    for month in months.values():
        if month:
            _adds_up(month)


def _adds_up(month: list[Settlement]) -> None:
    """The payments of one payee in a month are insured as their sum, whatever came in between."""
    amounts = [one.amounts for one in month if one.amounts]
    for table, base, part in (
        (Table.PENSION, "social_base", "pension"),
        (Table.DISABILITY, "social_base", "disability"),
        (Table.SICKNESS, "sickness_base", "sickness"),
        (Table.HEALTH, "health_base", "health"),
    ):
        row = find_row(table, paid_on=month[0].paid_on, worked_on=month[0].worked_on)
        assert row is not None
        whole = percent(sum(getattr(one, base) for one in amounts), row.value)
        assert sum(getattr(one, part) for one in amounts) == whole


@given(
    minutes=st.lists(st.integers(min_value=0, max_value=600), max_size=14),
    rate=st.integers(min_value=0, max_value=1_000_00),
    per=st.sampled_from(RatePer),
)
def test_the_days_of_a_meeting_are_its_payment(minutes: list[int], rate: int, per: RatePer) -> None:
    by_day = gross_by_day(minutes, rate, per)
    assert sum(by_day) == gross_for(sum(minutes), rate, per, days=sum(day > 0 for day in minutes))
    assert all(share == 0 for share, day in zip(by_day, minutes, strict=True) if day == 0)
    assert min(by_day, default=0) >= 0


@given(
    grosses=st.lists(st.integers(min_value=0, max_value=3_000_00), min_size=1, max_size=8),
    payee=st.sampled_from(DECLARED),
    paid_on=st.dates(min_value=date(2018, 1, 1), max_value=date(2026, 11, 28)),
)
def test_a_month_split_in_any_way_adds_up(grosses: list[int], payee: Statements, paid_on: date) -> None:
    month: list[Settlement] = []
    for gross in grosses:
        earlier = [EarlierPayment.of(one) for one in month if one.amounts]
        month.append(settle(Work(60, gross), payee, paid_on=paid_on, worked_on=paid_on, earlier=earlier))
    _adds_up(month)
