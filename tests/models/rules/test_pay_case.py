"""Which contributions are due follows from statements, and nothing is assumed."""

from dataclasses import replace
from datetime import date

import pytest
from payees import EMPLOYED, INSURED, STUDENT, amounts_of, codes, settled

from models.rules.pay import PayCase, PaymentKind, Statements, Work
from models.rules.settlement import settle


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
        (replace(EMPLOYED, ppk=True), date(2024, 12, 2), "ppk"),
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


@pytest.mark.parametrize("kind", [PaymentKind.STIPEND, PaymentKind.TRAVEL])
def test_other_kinds_of_payment_wait_for_the_office(kind: PaymentKind) -> None:
    settlement = settle(Work(0, 120_00, kind=kind), EMPLOYED, paid_on=date(2018, 12, 10), worked_on=date(2018, 12, 1))
    assert amounts_of(settlement).net == 120_00
    assert codes(settlement)[1] == {f"{kind.value}-2018"}
