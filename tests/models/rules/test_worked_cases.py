"""Worked cases of pay, each reckoned on paper, with the source of every rule in it.

A case is one payment of umowa zlecenia. Amounts are grosze; the columns are pension, disability, sickness, health base,
health, costs, tax base, tax, net. What was taken from the office's own worked cases says ``domain §6``; what was
reckoned here says by which acts. Sources, as pay offices abbreviate them: *updof* (income tax act of 26.07.1991),
*usus* (social insurance act of 13.10.1998), *uśoz* (health care benefits act of 27.08.2004), *op* (Tax Ordinance,
rounding to whole złoty). A rule that nobody could confirm is written *niepotwierdzone*, and its case must be blocked by
that row until the office confirms it: none of these citations was checked against the journal of laws for this table.
"""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from payees import EMPLOYED, INSURED, INSURED_SICKNESS, STUDENT, amounts_of, codes

from models.rules.pay import EarlierPayment, Settlement, Statements, Work
from models.rules.pay_tables import ROWS, RowStatus
from models.rules.settlement import settle

DOMAIN = "domain §6"
HEALTH_9 = "art. 79 ust. 1 i art. 81 ust. 1 i 6 uśoz: 9 % podstawy"
HEALTH_775 = "art. 27b updof do 31.12.2021: 7,75 % podstawy od podatku"
COSTS_20 = "art. 22 ust. 9 pkt 4 updof: 20 % przychodu po składkach"
SOCIAL = "art. 16 i 22 usus: emerytalna 9,76 %, rentowa 1,5 %"
SICKNESS = "art. 11 ust. 2 i 22 usus: chorobowa dobrowolna 2,45 %"
ELSEWHERE = "art. 9 ust. 1a usus: zatrudnienie za co najmniej minimum zwalnia ze składek społecznych"
PUPIL = "art. 6 ust. 4 usus: uczeń i student do 26 lat bez składek"
ZLOTY = "art. 63 op: podstawa i podatek w pełnych złotych"
PIT_18 = "art. 41 ust. 1 updof: 18 % do 30.09.2019"
PIT_17 = "art. 41 ust. 1 updof, zmiana z 30.08.2019: 17 % od 1.10.2019"
PIT_12 = "art. 41 ust. 1 updof, zmiana z 9.06.2022: 12 % od 1.07.2022"
DECREE = "rozporządzenie Ministra Finansów z 7.01.2022: podwójne obliczanie – niepotwierdzone"
YOUNG = "art. 21 ust. 1 pkt 148 updof: przychód do 26 lat bez podatku, od 1.08.2019"
LUMP = "art. 30 ust. 1 pkt 5a updof: umowa do 200 zł, ryczałt od całego przychodu"
LUMP_OLD = "stawka ryczałtu przed 1.07.2022 – niepotwierdzone"


@dataclass(frozen=True)
class Worked:
    """One payment on paper."""

    name: str
    paid_on: date
    statements: Statements
    gross: int
    expected: tuple[int, int, int, int, int, int, int, int, int]
    sources: tuple[str, ...]
    contract_amount: int | None = None
    blocked_by: frozenset[str] = frozenset()
    """Ids of rows that are *niepotwierdzone*."""


def a(name: str, paid_on: date, gross: int, expected: tuple[int, ...], *sources: str, **more: object) -> Worked:
    """Somebody employed elsewhere: health alone."""
    return Worked(name, paid_on, EMPLOYED, gross, expected, (ELSEWHERE, HEALTH_9, COSTS_20, ZLOTY, *sources), **more)  # type: ignore[arg-type]


def b(name: str, paid_on: date, gross: int, expected: tuple[int, ...], *sources: str, **more: object) -> Worked:
    """Full social insurance."""
    return Worked(name, paid_on, INSURED, gross, expected, (SOCIAL, HEALTH_9, COSTS_20, ZLOTY, *sources), **more)  # type: ignore[arg-type]


def b_sick(name: str, paid_on: date, gross: int, expected: tuple[int, ...], *sources: str, **more: object) -> Worked:
    """Full social insurance with sickness."""
    by = (SOCIAL, SICKNESS, HEALTH_9, COSTS_20, ZLOTY, *sources)
    return Worked(name, paid_on, INSURED_SICKNESS, gross, expected, by, **more)  # type: ignore[arg-type]


H1_2022 = frozenset({"income-tax-2022-01", "health-deduction-2022"})
YOUNG_IN_2022 = replace(STUDENT, birth_date=date(1999, 5, 4))
THOUSAND = 1000_00

# 1 000,00: A 96,00 = 800 × 12 %; 2018: 144,00 − 77,50 = 66,50; 17 %: 136,00 − 77,50 = 58,50.
# B: social 112,60, left 887,40; costs 177,48; base 709,92. With sickness 137,10, left 862,90; costs 172,58; 690,32.
CASES = [
    a("A-2018", date(2018, 12, 10), THOUSAND, (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 67_00, 843_00), DOMAIN, PIT_18),
    a("A-2019-18", date(2019, 9, 30), THOUSAND, (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 67_00, 843_00), PIT_18),
    a("A-2019-17", date(2019, 10, 1), THOUSAND, (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 59_00, 851_00), PIT_17),
    a("A-2020", date(2020, 6, 15), THOUSAND, (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 59_00, 851_00), DOMAIN, PIT_17),
    a("A-2021", date(2021, 12, 31), THOUSAND, (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 59_00, 851_00), PIT_17),
    a(
        "A-2022-H1",
        date(2022, 3, 10),
        THOUSAND,
        (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 59_00, 851_00),
        DECREE,
        blocked_by=H1_2022,
    ),
    a(
        "A-2022-H2",
        date(2022, 7, 1),
        THOUSAND,
        (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 96_00, 814_00),
        DOMAIN,
        PIT_12,
    ),
    *(
        a(f"A-{year}", date(year, 3, 14), THOUSAND, (0, 0, 0, 1000_00, 90_00, 200_00, 800_00, 96_00, 814_00), PIT_12)
        for year in (2023, 2024, 2025, 2026)
    ),
    # 709,92 → 710; 127,80 − 7,75 % of 887,40 (68,77) = 59,03.
    b("B-2018", date(2018, 12, 10), THOUSAND, (97_60, 15_00, 0, 887_40, 79_87, 177_48, 710_00, 59_00, 748_53), PIT_18),
    b(
        "B-2019-18",
        date(2019, 9, 30),
        THOUSAND,
        (97_60, 15_00, 0, 887_40, 79_87, 177_48, 710_00, 59_00, 748_53),
        PIT_18,
    ),
    # 710 × 17 % = 120,70 − 68,77 = 51,93.
    b(
        "B-2019-17",
        date(2019, 10, 1),
        THOUSAND,
        (97_60, 15_00, 0, 887_40, 79_87, 177_48, 710_00, 52_00, 755_53),
        PIT_17,
    ),
    b("B-2020", date(2020, 2, 3), THOUSAND, (97_60, 15_00, 0, 887_40, 79_87, 177_48, 710_00, 52_00, 755_53), PIT_17),
    b("B-2021", date(2021, 2, 3), THOUSAND, (97_60, 15_00, 0, 887_40, 79_87, 177_48, 710_00, 52_00, 755_53), PIT_17),
    b(
        "B-2022-H1",
        date(2022, 6, 30),
        THOUSAND,
        (97_60, 15_00, 0, 887_40, 79_87, 177_48, 710_00, 52_00, 755_53),
        DECREE,
        blocked_by=H1_2022,
    ),
    b("B-2022-H2", date(2022, 7, 1), THOUSAND, (97_60, 15_00, 0, 887_40, 79_87, 177_48, 710_00, 85_00, 722_53), DOMAIN),
    b("B-2026", date(2026, 11, 23), THOUSAND, (97_60, 15_00, 0, 887_40, 79_87, 177_48, 710_00, 85_00, 722_53), PIT_12),
    # 690 × 18 % = 124,20 − 66,87 = 57,33.
    b_sick(
        "B+-2018", date(2018, 12, 10), THOUSAND, (97_60, 15_00, 24_50, 862_90, 77_66, 172_58, 690_00, 57_00, 728_24)
    ),
    # 690 × 17 % = 117,30 − 66,87 = 50,43.
    b_sick("B+-2020", date(2020, 2, 3), THOUSAND, (97_60, 15_00, 24_50, 862_90, 77_66, 172_58, 690_00, 50_00, 735_24)),
    b_sick(
        "B+-2022-H2",
        date(2022, 7, 1),
        THOUSAND,
        (97_60, 15_00, 24_50, 862_90, 77_66, 172_58, 690_00, 83_00, 702_24),
        DOMAIN,
        PIT_12,
    ),
    b_sick("B+-2025", date(2025, 5, 5), THOUSAND, (97_60, 15_00, 24_50, 862_90, 77_66, 172_58, 690_00, 83_00, 702_24)),
    Worked(
        "C-2018",
        date(2018, 12, 10),
        STUDENT,
        THOUSAND,
        (0, 0, 0, 0, 0, 200_00, 800_00, 144_00, 856_00),
        (DOMAIN, PUPIL, COSTS_20, PIT_18, ZLOTY),
    ),
    Worked(
        "C-2019-07, the day before the relief",
        date(2019, 7, 31),
        STUDENT,
        THOUSAND,
        (0, 0, 0, 0, 0, 200_00, 800_00, 144_00, 856_00),
        (PUPIL, COSTS_20, PIT_18),
    ),
    Worked("C-2019-08", date(2019, 8, 1), STUDENT, THOUSAND, (0, 0, 0, 0, 0, 0, 0, 0, 1000_00), (DOMAIN, PUPIL, YOUNG)),
    Worked("C-2021", date(2021, 8, 1), STUDENT, THOUSAND, (0, 0, 0, 0, 0, 0, 0, 0, 1000_00), (PUPIL, YOUNG)),
    # The relief takes the whole tax, so the double calculation of that half-year does not come into it.
    Worked("C-2022-H1", date(2022, 3, 1), YOUNG_IN_2022, THOUSAND, (0, 0, 0, 0, 0, 0, 0, 0, 1000_00), (PUPIL, YOUNG)),
    Worked("C-2024", date(2024, 3, 1), YOUNG_IN_2022, THOUSAND, (0, 0, 0, 0, 0, 0, 0, 0, 1000_00), (PUPIL, YOUNG)),
    Worked(
        "D under 26, employed elsewhere, no student",
        date(2020, 1, 10),
        replace(EMPLOYED, birth_date=date(1996, 5, 4)),
        THOUSAND,
        (0, 0, 0, 1000_00, 90_00, 0, 0, 0, 910_00),
        (ELSEWHERE, HEALTH_9, YOUNG),
    ),
    Worked(
        "D under 26, full social",
        date(2023, 1, 10),
        replace(INSURED, birth_date=date(1999, 5, 4)),
        THOUSAND,
        (97_60, 15_00, 0, 887_40, 79_87, 0, 0, 0, 807_53),
        (SOCIAL, HEALTH_9, YOUNG),
    ),
    Worked(
        "E-2022-H2",
        date(2022, 7, 1),
        EMPLOYED,
        200_00,
        (0, 0, 0, 200_00, 18_00, 0, 200_00, 24_00, 158_00),
        (DOMAIN, ELSEWHERE, HEALTH_9, LUMP, ZLOTY),
        contract_amount=200_00,
    ),
    # 200 × 18 % = 36,00 and × 17 % = 34,00, without deduction of health.
    Worked(
        "E-2018",
        date(2018, 12, 10),
        EMPLOYED,
        200_00,
        (0, 0, 0, 200_00, 18_00, 0, 200_00, 36_00, 146_00),
        (ELSEWHERE, HEALTH_9, LUMP, LUMP_OLD),
        contract_amount=200_00,
        blocked_by=frozenset({"lump-sum-tax-2018"}),
    ),
    Worked(
        "E-2020",
        date(2020, 12, 10),
        EMPLOYED,
        200_00,
        (0, 0, 0, 200_00, 18_00, 0, 200_00, 34_00, 148_00),
        (ELSEWHERE, HEALTH_9, LUMP, LUMP_OLD),
        contract_amount=200_00,
        blocked_by=frozenset({"lump-sum-tax-2019-10"}),
    ),
    # Rounding. 720,00: costs 144,00; base 576; 103,68 − 55,80 = 47,88.
    a("two days of the pilot", date(2018, 10, 10), 720_00, (0, 0, 0, 720_00, 64_80, 144_00, 576_00, 48_00, 607_20)),
    # 100,06 × 9 % = 9,0054 up; 80,05 → 80; 9,60 → 10.
    a("health rounds up", date(2024, 1, 9), 100_06, (0, 0, 0, 100_06, 9_01, 20_01, 80_00, 10_00, 81_05)),
    # 100,62 × 20 % = 20,124; 80,50 is half a złoty, so 81; 9,72 → 10.
    a("base of half a złoty", date(2024, 1, 9), 100_62, (0, 0, 0, 100_62, 9_06, 20_12, 81_00, 10_00, 81_56)),
    # 104,16 × 12 % of 83 = 9,96 → 10; 50,00: 40 × 12 % = 4,80 → 5.
    a("tax just below whole", date(2024, 1, 9), 104_16, (0, 0, 0, 104_16, 9_37, 20_83, 83_00, 10_00, 84_79)),
    # 333,33: 32,533 → 32,53; 4,99995 → 5,00; 8,1666 → 8,17; left 287,63; 25,8867 → 25,89; 57,526 → 57,53; 230,10 → 230.
    b_sick(
        "thirds", date(2024, 3, 5), 333_33, (32_53, 5_00, 8_17, 287_63, 25_89, 57_53, 230_00, 28_00, 233_74), PIT_12
    ),
]
BY_NAME = {case.name: case for case in CASES}


def computed(case: Worked, **more: object) -> Settlement:
    work = Work(minutes=600, gross=case.gross, contract_amount=case.contract_amount)
    return settle(work, case.statements, paid_on=case.paid_on, worked_on=case.paid_on, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_worked_case(case: Worked) -> None:
    found = computed(case)
    amounts = amounts_of(found)
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
    ) == case.expected
    assert codes(found)[1] == case.blocked_by
    assert computed(case, confirmed=case.blocked_by).payable


def test_every_case_names_its_sources_and_what_is_not_confirmed_blocks() -> None:
    unconfirmed = {row.id for row in ROWS if row.status is RowStatus.UNCONFIRMED}
    for case in CASES:
        assert case.sources
        assert case.blocked_by <= unconfirmed
        assert any("niepotwierdzone" in source for source in case.sources) is bool(case.blocked_by), case.name


def test_the_table_covers_every_year_and_both_halves_of_the_years_that_changed() -> None:
    months = {(case.paid_on.year, case.paid_on.month) for case in CASES}
    assert {year for year, _ in months} == set(range(2018, 2027))
    assert {(2019, 9), (2019, 10), (2022, 6), (2022, 7)} <= months


# Cases of more than one payment


def test_a_month_in_three_thirds_is_insured_as_one_thousand() -> None:
    """333,33 + 333,33 + 333,34: contributions of the month's sum (art. 18 usus, art. 81 uśoz), tax from each payment
    by itself (art. 41 ust. 1 updof)."""
    earlier: list[EarlierPayment] = []
    for gross in (333_33, 333_33, 333_34):
        part = settle(
            Work(600, gross), INSURED, paid_on=date(2024, 3, 5), worked_on=date(2024, 3, 5), earlier=tuple(earlier)
        )
        earlier.append(EarlierPayment.of(part))
    assert sum(part.pension for part in earlier) == 97_60
    assert sum(part.disability for part in earlier) == 15_00
    assert sum(part.health for part in earlier) == 79_87


def test_a_student_who_turns_26_between_the_meeting_and_the_payment() -> None:
    """Insurance goes by the day of work, the relief by the day of payment (domain §6: tax follows the payment)."""
    birthday = date(2022, 5, 4)
    assert birthday.replace(year=1996) == STUDENT.birth_date
    late = settle(Work(600, THOUSAND), STUDENT, paid_on=date(2022, 8, 10), worked_on=date(2022, 5, 3))
    # No contributions, and the tax of 800 × 12 %.
    assert (amounts_of(late).health, amounts_of(late).tax, amounts_of(late).net) == (0, 96_00, 904_00)
    after = settle(Work(600, THOUSAND), STUDENT, paid_on=date(2022, 8, 10), worked_on=birthday)
    assert codes(after)[1] == {"contradiction_student_age"}
    stated_anew = replace(EMPLOYED, birth_date=STUDENT.birth_date)
    on_the_day = settle(Work(600, THOUSAND), stated_anew, paid_on=birthday.replace(month=7), worked_on=birthday)
    assert amounts_of(on_the_day).net == 814_00


def test_below_the_minimum_rate_of_the_day_of_work_and_paid_a_year_later() -> None:
    found = settle(Work(600, 139_00), EMPLOYED, paid_on=date(2019, 2, 1), worked_on=date(2018, 12, 31))
    assert found.minimum_rate is not None
    assert (found.minimum_rate.required, found.minimum_rate.met) == (13_70, True)
    found = settle(Work(600, 139_00), EMPLOYED, paid_on=date(2019, 2, 1), worked_on=date(2019, 1, 1))
    assert "minimum_hourly_rate" in codes(found)[0]
