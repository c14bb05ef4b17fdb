"""The tax of one payment: lump sum, advance, reliefs and requests, by the law of its day."""

from dataclasses import replace
from datetime import date

import pytest
from payees import EMPLOYED, STUDENT, amounts_of, codes, settled

from models.rules.pay import EarlierPayment, Statements, Work
from models.rules.pay_tables import RowStatus
from models.rules.settlement import settle


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


@pytest.mark.parametrize(("already", "stopped"), [(0, set()), (100_00, set()), (100_01, {"above_contract"})])
def test_an_addition_counts_with_what_it_adds_to(already: int, stopped: set[str]) -> None:
    day = date(2024, 1, 9)
    work = Work(minutes=600, gross=100_00, contract_amount=200_00, already=already)
    assert codes(settle(work, EMPLOYED, paid_on=day, worked_on=day))[1] == stopped


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


def test_a_few_zloty_bring_the_health_contribution_above_the_advance() -> None:
    assert codes(settled(3_00, EMPLOYED, date(2018, 12, 10), minutes=5))[1] == {"health_above_advance"}


@pytest.mark.parametrize(("year_before", "blocked"), [(84_528_00, False), (84_528_01, True)])
def test_the_limit_of_the_young_relief_is_that_of_the_year(year_before: int, blocked: bool) -> None:
    payment = settle(
        Work(600, 1000_00), STUDENT, paid_on=date(2021, 6, 1), worked_on=date(2021, 6, 1), year_before=year_before
    )
    assert ("young_relief_limit" in codes(payment)[1]) is blocked
