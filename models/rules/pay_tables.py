"""Rates and limits of pay, as rows with dates of validity: law changes are new rows here, not new code.

Each row says which date selects it (the day of payment or the day of work), where it comes from, and whether the
office may rely on it. A row that is *niepotwierdzone* is still computed with, but blocks the payment until the
office confirms it. Sources, abbreviated in Polish as pay offices do: *updof* is the income tax act of 26.07.1991,
*usus* the social insurance act of 13.10.1998, *uśoz* the health care benefits act of 27.08.2004.

Rows begin in 2018, with the first project. The yearly minimum rate ends with the last year announced, so that work
of a later year is blocked until somebody adds its row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class SelectedBy(StrEnum):
    """Which date chooses the row."""

    PAID = "paid"
    WORKED = "worked"


class RowStatus(StrEnum):
    CONFIRMED = "confirmed"
    UNCONFIRMED = "niepotwierdzone"


class Table(StrEnum):
    """What a row gives; the unit of its value stands beside it."""

    PENSION = "pension"  # basis points of the base
    DISABILITY = "disability"  # basis points of the base
    SICKNESS = "sickness"  # basis points of the base
    HEALTH = "health"  # basis points of the base
    HEALTH_DEDUCTION = "health_deduction"  # basis points of the health base that reduce the tax
    HEALTH_CAP = "health_cap"  # basis points: rate of the advance that health contributions may not exceed
    COSTS = "costs"  # basis points of gross less social contributions
    COPYRIGHT_COSTS = "copyright_costs"  # the same, for work under copyright
    INCOME_TAX = "income_tax"  # basis points of the tax base
    LUMP_SUM_TAX = "lump_sum_tax"  # basis points of gross
    LUMP_SUM_LIMIT = "lump_sum_limit"  # grosze stated in one contract
    LUMP_SUM_COMBINED = "lump_sum_combined"  # no value: marks a combination that nobody confirmed
    YOUNG_RELIEF = "young_relief"  # grosze of exempt revenue a year
    TAX_REDUCTION = "tax_reduction"  # grosze a month, on the payee's PIT-2
    NO_ADVANCE = "no_advance"  # grosze of expected income a year
    MINIMUM_HOURLY = "minimum_hourly"  # grosze an hour
    PAYER_PENSION = "payer_pension"  # basis points of the social base, paid by the payer on top of gross
    PAYER_DISABILITY = "payer_disability"  # the same
    PAYER_ACCIDENT = "payer_accident"  # the same
    LABOUR_FUND = "labour_fund"  # the same, Labour Fund and Solidarity Fund together
    BENEFITS_FUND = "benefits_fund"  # the same, guaranteed employee benefits
    STIPEND = "stipend"  # no value: rules of another kind of payment
    TRAVEL = "travel"  # no value: rules of another kind of payment


@dataclass(frozen=True)
class Row:
    """One value and the days it holds on, both ends included; ``valid_to`` of ``None`` means until the law changes."""

    id: str
    table: Table
    value: int
    valid_from: date
    valid_to: date | None
    selected_by: SelectedBy
    source: str
    status: RowStatus = RowStatus.CONFIRMED
    note: str = ""
    """What an officer should know when the row is used, in Polish."""

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


_SINCE = date(2018, 1, 1)
_UNSURE = RowStatus.UNCONFIRMED
_PAID = SelectedBy.PAID


def _minimum(value: int, first: date, last: date, source: str) -> Row:
    return Row(f"minimum-hourly-{first:%Y-%m}", Table.MINIMUM_HOURLY, value, first, last, SelectedBy.WORKED, source)


def _regulation(year: int) -> str:
    return f"rozporządzenie Rady Ministrów o minimalnym wynagrodzeniu i minimalnej stawce godzinowej w {year} r."


ROWS: tuple[Row, ...] = (
    Row("pension-2018", Table.PENSION, 976, _SINCE, None, _PAID, "art. 22 ust. 1 pkt 1 i art. 16 ust. 1 usus"),
    Row("disability-2018", Table.DISABILITY, 150, _SINCE, None, _PAID, "art. 22 ust. 1 pkt 2 i art. 16 ust. 1b usus"),
    Row("sickness-2018", Table.SICKNESS, 245, _SINCE, None, _PAID, "art. 11 ust. 2 i art. 22 ust. 1 pkt 3 usus"),
    Row("health-2018", Table.HEALTH, 900, _SINCE, None, _PAID, "art. 79 ust. 1 i art. 81 ust. 1 i 6 uśoz"),
    Row(
        "health-deduction-2018",
        Table.HEALTH_DEDUCTION,
        775,
        _SINCE,
        date(2021, 12, 31),
        _PAID,
        "art. 27b updof w brzmieniu do 31.12.2021 r.",
    ),
    Row(
        "health-deduction-2022",
        Table.HEALTH_DEDUCTION,
        775,
        date(2022, 1, 1),
        date(2022, 6, 30),
        _PAID,
        "rozporządzenie Ministra Finansów z 7.01.2022 r.",
        _UNSURE,
        "Od stycznia do czerwca 2022 r. obowiązywało podwójne obliczanie zaliczki; "
        "przyjęto niższą z dwóch, według zasad z 31.12.2021 r.",
    ),
    Row("health-cap-2018", Table.HEALTH_CAP, 1800, _SINCE, date(2019, 9, 30), _PAID, "art. 83 ust. 1 uśoz"),
    Row("health-cap-2019-10", Table.HEALTH_CAP, 1700, date(2019, 10, 1), None, _PAID, "art. 83 ust. 1 uśoz"),
    Row("costs-2018", Table.COSTS, 2000, _SINCE, None, _PAID, "art. 22 ust. 9 pkt 4 updof"),
    Row(
        "copyright-costs-2018",
        Table.COPYRIGHT_COSTS,
        5000,
        _SINCE,
        None,
        _PAID,
        "art. 22 ust. 9 pkt 3 updof",
        _UNSURE,
        "Koszty 50 % wymagają utworu i przeniesienia praw autorskich; rocznego limitu nie sprawdzono.",
    ),
    Row("income-tax-2018", Table.INCOME_TAX, 1800, _SINCE, date(2019, 9, 30), _PAID, "art. 41 ust. 1 i art. 27 updof"),
    Row(
        "income-tax-2019-10",
        Table.INCOME_TAX,
        1700,
        date(2019, 10, 1),
        date(2021, 12, 31),
        _PAID,
        "art. 41 ust. 1 updof, zmiana z 30.08.2019 r.",
    ),
    Row(
        "income-tax-2022-01",
        Table.INCOME_TAX,
        1700,
        date(2022, 1, 1),
        date(2022, 6, 30),
        _PAID,
        "art. 41 ust. 1 updof i rozporządzenie Ministra Finansów z 7.01.2022 r.",
        _UNSURE,
        "Zaliczki z pierwszej połowy 2022 r. trzeba sprawdzić z księgowością.",
    ),
    Row(
        "income-tax-2022-07",
        Table.INCOME_TAX,
        1200,
        date(2022, 7, 1),
        None,
        _PAID,
        "art. 41 ust. 1 updof, zmiana z 9.06.2022 r.",
    ),
    Row("lump-sum-limit-2018", Table.LUMP_SUM_LIMIT, 200_00, _SINCE, None, _PAID, "art. 30 ust. 1 pkt 5a updof"),
    Row(
        "lump-sum-tax-2018",
        Table.LUMP_SUM_TAX,
        1800,
        _SINCE,
        date(2019, 9, 30),
        _PAID,
        "art. 30 ust. 1 pkt 5a updof",
        _UNSURE,
        "Stawkę ryczałtu sprzed 1.07.2022 r. trzeba potwierdzić.",
    ),
    Row(
        "lump-sum-tax-2019-10",
        Table.LUMP_SUM_TAX,
        1700,
        date(2019, 10, 1),
        date(2022, 6, 30),
        _PAID,
        "art. 30 ust. 1 pkt 5a updof",
        _UNSURE,
        "Stawkę ryczałtu sprzed 1.07.2022 r. trzeba potwierdzić.",
    ),
    Row(
        "lump-sum-tax-2022-07",
        Table.LUMP_SUM_TAX,
        1200,
        date(2022, 7, 1),
        None,
        _PAID,
        "art. 30 ust. 1 pkt 5a updof",
    ),
    Row(
        "lump-sum-combined-2018",
        Table.LUMP_SUM_COMBINED,
        0,
        _SINCE,
        None,
        _PAID,
        "art. 30 ust. 1 pkt 5a i ust. 3 updof",
        _UNSURE,
        "Umowa do 200 zł z osobą przed 26. urodzinami albo podlegającą składkom społecznym: "
        "ryczałt policzono od całej kwoty; trzeba to potwierdzić.",
    ),
    Row(
        "young-relief-2019-08",
        Table.YOUNG_RELIEF,
        35_636_67,
        date(2019, 8, 1),
        date(2019, 12, 31),
        _PAID,
        "art. 21 ust. 1 pkt 148 updof",
        note="W 2019 r. płatnik nie pobierał zaliczki na pisemny wniosek; sprawdź, czy jest w aktach.",
    ),
    Row(
        "young-relief-2020",
        Table.YOUNG_RELIEF,
        85_528_00,
        date(2020, 1, 1),
        None,
        _PAID,
        "art. 21 ust. 1 pkt 148 updof",
    ),
    Row(
        "tax-reduction-2023",
        Table.TAX_REDUCTION,
        300_00,
        date(2023, 1, 1),
        None,
        _PAID,
        "art. 31a, 31b i 41 updof",
        _UNSURE,
        "PIT-2 przy umowie zlecenia: przyjęto 1/12 kwoty zmniejszającej podatek.",
    ),
    Row(
        "no-advance-2023",
        Table.NO_ADVANCE,
        30_000_00,
        date(2023, 1, 1),
        None,
        _PAID,
        "art. 31a i 41 updof",
        _UNSURE,
        "Wniosek o niepobieranie zaliczek: sprawdź, czy dochody roku nie przekroczą 30 000 zł.",
    ),
    _minimum(13_70, date(2018, 1, 1), date(2018, 12, 31), "rozporządzenie RM z 12.09.2017 r. (Dz. U. poz. 1747)"),
    _minimum(14_70, date(2019, 1, 1), date(2019, 12, 31), "rozporządzenie RM z 11.09.2018 r. (Dz. U. poz. 1794)"),
    _minimum(17_00, date(2020, 1, 1), date(2020, 12, 31), "rozporządzenie RM z 10.09.2019 r. (Dz. U. poz. 1778)"),
    _minimum(18_30, date(2021, 1, 1), date(2021, 12, 31), _regulation(2021)),
    _minimum(19_70, date(2022, 1, 1), date(2022, 12, 31), _regulation(2022)),
    _minimum(22_80, date(2023, 1, 1), date(2023, 6, 30), _regulation(2023)),
    _minimum(23_50, date(2023, 7, 1), date(2023, 12, 31), _regulation(2023)),
    _minimum(27_70, date(2024, 1, 1), date(2024, 6, 30), _regulation(2024)),
    _minimum(28_10, date(2024, 7, 1), date(2024, 12, 31), _regulation(2024)),
    _minimum(30_50, date(2025, 1, 1), date(2025, 12, 31), _regulation(2025)),
    _minimum(31_40, date(2026, 1, 1), date(2026, 12, 31), _regulation(2026)),
    Row(
        "payer-pension-2018",
        Table.PAYER_PENSION,
        976,
        _SINCE,
        None,
        _PAID,
        "art. 22 ust. 1 pkt 1 i art. 16 ust. 1 usus",
    ),
    Row(
        "payer-disability-2018",
        Table.PAYER_DISABILITY,
        650,
        _SINCE,
        None,
        _PAID,
        "art. 22 ust. 1 pkt 2 i art. 16 ust. 1b usus",
    ),
    Row(
        "payer-accident-2018",
        Table.PAYER_ACCIDENT,
        167,
        _SINCE,
        None,
        _PAID,
        "art. 22 ust. 1 pkt 4 usus; stopa zależy od płatnika",
        _UNSURE,
        "Składkę wypadkową przyjęto 1,67 %; stopę płatnika podaje ZUS na każdy rok składkowy.",
    ),
    Row(
        "labour-fund-2018",
        Table.LABOUR_FUND,
        245,
        _SINCE,
        None,
        _PAID,
        "ustawy budżetowe na podstawie przepisów o promocji zatrudnienia",
        _UNSURE,
        "Fundusz Pracy (od 2019 r. z Funduszem Solidarnościowym) przyjęto 2,45 %; należy się tylko wtedy, gdy "
        "podstawa miesiąca sięga minimalnego wynagrodzenia.",
    ),
    Row(
        "benefits-fund-2018",
        Table.BENEFITS_FUND,
        10,
        _SINCE,
        None,
        _PAID,
        "ustawa o ochronie roszczeń pracowniczych w razie niewypłacalności pracodawcy",
        _UNSURE,
        "FGŚP przyjęto 0,10 %; jednostki sektora finansów publicznych go nie płacą.",
    ),
    Row(
        "stipend-2018",
        Table.STIPEND,
        0,
        _SINCE,
        None,
        _PAID,
        "do ustalenia przez biuro",
        _UNSURE,
        "Zasady wypłaty stypendium: przyjęto kwotę bez składek i podatku.",
    ),
    Row(
        "travel-2018",
        Table.TRAVEL,
        0,
        _SINCE,
        None,
        _PAID,
        "do ustalenia przez biuro",
        _UNSURE,
        "Zasady zwrotu kosztów dojazdu: przyjęto kwotę bez składek i podatku.",
    ),
)


def find_row(table: Table, *, paid_on: date, worked_on: date, kept: Mapping[str, Row] | None = None) -> Row | None:
    """The row of a table that holds on the day which selects it, or ``None`` when the law of that day is not here.

    ``kept``: rows by id as they stood when something was computed before, which stand for those of today.
    """
    for row in _BY_TABLE.get(table, ()):
        then = kept.get(row.id, row) if kept else row
        if then.holds_on(paid_on if then.selected_by is SelectedBy.PAID else worked_on):
            return then
    return None


_BY_TABLE: Mapping[Table, tuple[Row, ...]] = {
    table: tuple(row for row in ROWS if row.table is table) for table in Table
}
