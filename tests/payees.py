"""Payees by what they declared, and their payments settled."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from models.rules.pay import Amounts, EarlierPayment, Settlement, Statements, Work
from models.rules.settlement import settle

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
    """A payment for work on the day of payment."""
    return settle(
        Work(minutes=minutes, gross=gross, contract_amount=contract_amount),
        statements,
        paid_on=paid_on,
        worked_on=paid_on,
        earlier=earlier,
        confirmed=confirmed,
    )


def amounts_of(settlement: Settlement) -> Amounts:
    """The amounts of a payment that has some."""
    assert settlement.amounts is not None, settlement.blocked_by
    return settlement.amounts


def codes(settlement: Settlement) -> tuple[set[str], set[str]]:
    """The codes of its warnings and of what blocks it."""
    return {remark.code for remark in settlement.warnings}, {remark.code for remark in settlement.blocked_by}


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
