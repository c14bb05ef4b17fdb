"""From confirmed hours to what a payee gets: contributions, tax and net pay on a contract of mandate (umowa zlecenia).

Pure and in whole grosze. Rates come from ``pay_tables``; the date of *payment* selects taxes and contributions, the
date of *work* the minimum hourly rate. Contributions are computed on the payee's sum of the calendar month, so that
two payments give the same contributions as one; the tax advance is taken from each payment by itself (art. 41 ust. 1
of the income tax act). Nothing is assumed: a missing statement gives a settlement without amounts and with the
reason, an unconfirmed row one with amounts that may not be paid yet.

Not decided here, only shown to a person: work for one's own employer (art. 8 ust. 2a of the social insurance act),
and a health contribution above the tax advance (art. 83 of the health care benefits act; sums of a few złoty). The
yearly ceiling of the pension base is not watched: pay of a working group stays far below it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from models.rules.pay_tables import Row, RowStatus, Table, find_row

ALGORITHM = "pay-1"


class RatePer(StrEnum):
    HOUR = "hour"
    DAY = "day"
    MEETING = "meeting"


class PaymentKind(StrEnum):
    REMUNERATION = "remuneration"
    STIPEND = "stipend"
    TRAVEL = "travel"


class PayCase(StrEnum):
    """Which contributions are due."""

    HEALTH_ONLY = "health_only"
    """Employed elsewhere at or above the minimum wage (art. 9 ust. 1a of the social insurance act)."""
    FULL_SOCIAL = "full_social"
    STUDENT = "student"
    """Pupil or student under 26 (art. 6 ust. 4): no contributions at all."""
    EXEMPT = "exempt"
    """A stipend or a refund, until the office settles its rules."""


@dataclass(frozen=True)
class Work:
    """What is paid for: minutes of confirmed attendance and the gross sum in grosze."""

    minutes: int
    gross: int
    contract_amount: int | None = None
    """Grosze stated in the contract itself; ``None`` when it states a rate only. Decides on the lump-sum tax."""
    kind: PaymentKind = PaymentKind.REMUNERATION

    def __post_init__(self) -> None:
        if self.minutes < 0 or self.gross < 0 or (self.contract_amount or 0) < 0:
            raise ValueError("minutes and amounts are never negative")


@dataclass(frozen=True)
class Statements:
    """What the payee declared. ``None`` means not declared, which is never read as *no*."""

    employed_elsewhere_at_minimum: bool | None
    student_under_26: bool | None
    voluntary_sickness: bool | None
    birth_date: date | None
    employed_by_payer: bool | None
    pit2: bool = False
    """A request, so absent unless made: reduce the advance by the monthly amount."""
    no_advance: bool = False
    """A request: withhold no advances this year."""
    copyright_costs: bool = False


@dataclass(frozen=True)
class Remark:
    """A warning or an obstacle: a stable code, safe to log, and a Polish sentence for the officer."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Amounts:
    """All in grosze. ``gross == net + social + health + tax``."""

    gross: int
    social_base: int
    pension: int
    disability: int
    sickness_base: int
    """The social base when sickness insurance was asked for, else nothing."""
    sickness: int
    health_base: int
    health: int
    health_deduction: int
    """The part of the health contribution that reduced the tax (until 2021)."""
    costs: int
    tax_base: int
    """Whole złoty."""
    tax_reduction: int
    tax: int
    """Whole złoty."""
    net: int

    @property
    def social(self) -> int:
        return self.pension + self.disability + self.sickness


@dataclass(frozen=True)
class Line:
    """One line of the computation as a bill shows it. ``rate`` in basis points, ``base`` and ``amount`` in grosze."""

    code: str
    label: str
    base: int | None
    rate: int | None
    amount: int
    withheld: bool
    """Whether the amount is taken off the payee's gross."""
    row: str
    """Id of the table row the rate comes from; empty for a sum."""


@dataclass(frozen=True)
class MinimumRate:
    """Whether gross divided by confirmed hours reaches the minimum hourly rate of the day of work."""

    required: int
    """Grosze an hour."""
    reached: int
    """Whole grosze an hour, rounded down; the comparison itself is exact."""
    met: bool


@dataclass(frozen=True)
class EarlierPayment:
    """What the payee was already paid in the same calendar month; its contributions count towards the month's."""

    paid_on: date
    gross: int
    social_base: int
    pension: int
    disability: int
    sickness_base: int
    sickness: int
    health_base: int
    health: int
    tax_reduction: int

    @classmethod
    def of(cls, settlement: "Settlement") -> Self:
        """The earlier payment a settlement became. Raises ``ValueError`` when it never had amounts."""
        amounts = settlement.amounts
        if amounts is None:
            raise ValueError("a settlement without amounts was never paid")
        return cls(
            paid_on=settlement.paid_on,
            gross=amounts.gross,
            social_base=amounts.social_base,
            pension=amounts.pension,
            disability=amounts.disability,
            sickness_base=amounts.sickness_base,
            sickness=amounts.sickness,
            health_base=amounts.health_base,
            health=amounts.health,
            tax_reduction=amounts.tax_reduction,
        )


@dataclass(frozen=True)
class Settlement:
    """One payment, fully itemised, with the table rows it rests on."""

    algorithm: str
    kind: PaymentKind
    paid_on: date
    worked_on: date
    minutes: int
    gross: int
    case: PayCase | None
    amounts: Amounts | None
    """``None`` when a statement or a rule is missing, so that nothing could be computed."""
    lines: tuple[Line, ...]
    minimum_rate: MinimumRate | None
    rows: tuple[Row, ...]
    warnings: tuple[Remark, ...]
    blocked_by: tuple[Remark, ...]

    @property
    def payable(self) -> bool:
        return self.amounts is not None and not self.blocked_by


def gross_for(minutes: int, rate: int, per: RatePer, *, days: int = 0) -> int:
    """Gross pay in grosze for confirmed attendance; ``rate`` in grosze, a part of an hour counts half up to a grosz.

    Pay by the day counts the days attended, pay by the meeting is one sum for any attendance at all.
    """
    if minutes < 0 or rate < 0 or days < 0:
        raise ValueError("minutes, rate and days are never negative")
    match per:
        case RatePer.HOUR:
            return (minutes * rate + 30) // 60
        case RatePer.DAY:
            return days * rate
        case RatePer.MEETING:
            return rate if minutes or days else 0


def settle(
    work: Work,
    statements: Statements,
    *,
    paid_on: date,
    worked_on: date,
    earlier: Sequence[EarlierPayment] = (),
    confirmed: Collection[str] = (),
) -> Settlement:
    """Settle one payment made on ``paid_on`` for work done on ``worked_on``.

    ``earlier`` are the payee's other payments of the same calendar month, ``confirmed`` the ids of table rows that
    the office has confirmed. Raises ``ValueError`` when an earlier payment is of another month.
    """
    if any((payment.paid_on.year, payment.paid_on.month) != (paid_on.year, paid_on.month) for payment in earlier):
        raise ValueError("earlier payments must be of the month of payment")
    warnings, blocks = _circumstances(work, paid_on, worked_on)
    case, missing = _case(work, statements, paid_on=paid_on, worked_on=worked_on)
    blocks += missing
    law = _Law(paid_on, worked_on)
    minimum_rate = _minimum_rate(work, law)
    if minimum_rate and not minimum_rate.met:
        warnings.append(
            Remark(
                "minimum_hourly_rate",
                f"Stawka {_zloty(minimum_rate.reached)} za godzinę jest niższa od minimalnej "
                f"({_zloty(minimum_rate.required)}).",
            )
        )
    amounts: Amounts | None = None
    lines: tuple[Line, ...] = ()
    if case is not None:
        amounts, lines = _compute(work, statements, case, earlier, law)
        warnings += law.warnings
        blocks += law.blocks
    for row in law.rows:
        if row.status is RowStatus.UNCONFIRMED and row.id not in confirmed:
            blocks.append(Remark(row.id, f"Niepotwierdzone ({row.source}): {row.note}"))
        elif row.note:
            warnings.append(Remark(row.id, row.note))
    blocks += law.missing
    return Settlement(
        algorithm=ALGORITHM,
        kind=work.kind,
        paid_on=paid_on,
        worked_on=worked_on,
        minutes=work.minutes,
        gross=work.gross,
        case=case,
        amounts=amounts,
        lines=lines,
        minimum_rate=minimum_rate,
        rows=tuple(law.rows),
        warnings=tuple(warnings),
        blocked_by=tuple(blocks),
    )


class _Law:
    """The rows of one day, and a record of which were looked up, so that a settlement can name them all."""

    def __init__(self, paid_on: date, worked_on: date) -> None:
        self.paid_on = paid_on
        self.worked_on = worked_on
        self.rows: list[Row] = []
        self.missing: list[Remark] = []
        self.warnings: list[Remark] = []
        self.blocks: list[Remark] = []

    def maybe(self, table: Table) -> Row | None:
        """The row, or ``None`` where the law of that day knows no such thing."""
        row = find_row(table, paid_on=self.paid_on, worked_on=self.worked_on)
        if row is not None and row not in self.rows:
            self.rows.append(row)
        return row

    def must(self, table: Table) -> Row | None:
        """The row; its absence blocks the payment."""
        row = self.maybe(table)
        if row is None:
            self.missing.append(
                Remark(
                    f"no_row_{table.value}",
                    f"Brak stawki „{_TABLE_LABELS[table]}” na dzień wypłaty {_day(self.paid_on)} "
                    f"i dzień pracy {_day(self.worked_on)}; uzupełnij tabelę stawek.",
                )
            )
        return row


_TABLE_LABELS: dict[Table, str] = {
    Table.PENSION: "składka emerytalna",
    Table.DISABILITY: "składka rentowa",
    Table.SICKNESS: "składka chorobowa",
    Table.HEALTH: "składka zdrowotna",
    Table.HEALTH_DEDUCTION: "odliczenie składki zdrowotnej",
    Table.HEALTH_CAP: "granica składki zdrowotnej",
    Table.COSTS: "koszty uzyskania przychodu",
    Table.COPYRIGHT_COSTS: "koszty uzyskania przychodu, prawa autorskie",
    Table.INCOME_TAX: "zaliczka na podatek dochodowy",
    Table.LUMP_SUM_TAX: "zryczałtowany podatek dochodowy",
    Table.LUMP_SUM_LIMIT: "granica ryczałtu",
    Table.LUMP_SUM_COMBINED: "ryczałt w szczególnym przypadku",
    Table.YOUNG_RELIEF: "ulga dla młodych",
    Table.TAX_REDUCTION: "kwota zmniejszająca podatek",
    Table.NO_ADVANCE: "niepobieranie zaliczek",
    Table.MINIMUM_HOURLY: "minimalna stawka godzinowa",
    Table.STIPEND: "stypendium",
    Table.TRAVEL: "zwrot kosztów dojazdu",
}


def _circumstances(work: Work, paid_on: date, worked_on: date) -> tuple[list[Remark], list[Remark]]:
    warnings: list[Remark] = []
    blocks: list[Remark] = []
    if work.gross == 0:
        blocks.append(Remark("nothing_to_pay", "Nie ma nic do wypłaty: kwota brutto wynosi 0,00 zł."))
    elif work.minutes == 0 and work.kind is PaymentKind.REMUNERATION:
        blocks.append(Remark("no_hours", "Nie ma potwierdzonych godzin, a wypłata należy się za godziny potwierdzone."))
    if paid_on < worked_on:
        warnings.append(Remark("paid_before_work", "Dzień wypłaty jest wcześniejszy niż dzień pracy."))
    return warnings, blocks


def _case(work: Work, statements: Statements, *, paid_on: date, worked_on: date) -> tuple[PayCase | None, list[Remark]]:
    """Which contributions are due, or what stands in the way of knowing."""
    if work.kind is not PaymentKind.REMUNERATION:
        return PayCase.EXEMPT, []
    missing: list[Remark] = []
    if statements.employed_by_payer is None:
        missing.append(_missing("employed_by_payer", "czy osoba jest pracownikiem płatnika"))
    elif statements.employed_by_payer:
        missing.append(
            Remark(
                "own_employer",
                "Osoba jest pracownikiem płatnika: obowiązują inne składki (art. 8 ust. 2a ustawy o systemie "
                "ubezpieczeń społecznych). Rozliczenie ustala pracownik księgowości.",
            )
        )
    birthday = _birthday_26(statements.birth_date)
    student = statements.student_under_26
    if student is None and birthday is not None and worked_on >= birthday:
        student = False
    relief = find_row(Table.YOUNG_RELIEF, paid_on=paid_on, worked_on=worked_on)
    if birthday is None and (relief is not None or student):
        missing.append(_missing("birth_date", "data urodzenia"))
    if student is None:
        missing.append(_missing("student_under_26", "czy osoba uczy się lub studiuje i nie ukończyła 26 lat"))
    elif student:
        if birthday is not None and worked_on >= birthday:
            missing.append(
                Remark(
                    "contradiction_student_age",
                    "Oświadczenie o statusie ucznia lub studenta do 26 lat przeczy dacie urodzenia.",
                )
            )
        return (PayCase.STUDENT if not missing else None), missing
    elif statements.employed_elsewhere_at_minimum is None:
        missing.append(
            _missing(
                "employed_elsewhere_at_minimum",
                "czy osoba jest zatrudniona gdzie indziej co najmniej za minimalne wynagrodzenie",
            )
        )
    elif statements.employed_elsewhere_at_minimum:
        if statements.voluntary_sickness:
            missing.append(
                Remark(
                    "contradiction_sickness",
                    "Dobrowolne ubezpieczenie chorobowe nie jest możliwe bez obowiązkowych składek społecznych; "
                    "wyjaśnij oświadczenie.",
                )
            )
        return (PayCase.HEALTH_ONLY if not missing else None), missing
    elif statements.voluntary_sickness is None:
        missing.append(_missing("voluntary_sickness", "czy osoba wnosi o dobrowolne ubezpieczenie chorobowe"))
    return (PayCase.FULL_SOCIAL if not missing else None), missing


def _compute(
    work: Work, statements: Statements, case: PayCase, earlier: Sequence[EarlierPayment], law: _Law
) -> tuple[Amounts | None, tuple[Line, ...]]:
    """Amounts and their lines, or ``None`` when a rate of that day is not in the tables."""
    if case is PayCase.EXEMPT:
        row = law.must(Table.STIPEND if work.kind is PaymentKind.STIPEND else Table.TRAVEL)
        return (None if row is None else _untouched(work.gross)), ()
    missing_before = len(law.missing)
    lines: list[Line] = []
    social_base = work.gross if case is PayCase.FULL_SOCIAL else 0
    pension = disability = sickness = 0
    if case is PayCase.FULL_SOCIAL:
        base_before = sum(payment.social_base for payment in earlier)
        pension = _contribution(
            law, Table.PENSION, social_base, base_before, sum(payment.pension for payment in earlier), lines
        )
        disability = _contribution(
            law, Table.DISABILITY, social_base, base_before, sum(payment.disability for payment in earlier), lines
        )
        if statements.voluntary_sickness:
            sickness = _contribution(
                law,
                Table.SICKNESS,
                social_base,
                sum(payment.sickness_base for payment in earlier),
                sum(payment.sickness for payment in earlier),
                lines,
            )
    after_social = work.gross - pension - disability - sickness
    health_base = 0 if case is PayCase.STUDENT else after_social
    health = 0
    if health_base:
        health = _contribution(
            law,
            Table.HEALTH,
            health_base,
            sum(payment.health_base for payment in earlier),
            sum(payment.health for payment in earlier),
            lines,
        )
    tax = _tax(work, statements, case, earlier, law, after_social=after_social, health_base=health_base, health=health)
    if len(law.missing) > missing_before:
        return None, ()
    amounts = Amounts(
        gross=work.gross,
        social_base=social_base,
        pension=pension,
        disability=disability,
        sickness_base=social_base if statements.voluntary_sickness else 0,
        sickness=sickness,
        health_base=health_base,
        health=health,
        health_deduction=tax.health_deduction,
        costs=tax.costs,
        tax_base=tax.base,
        tax_reduction=tax.reduction,
        tax=tax.tax,
        net=after_social - health - tax.tax,
    )
    return amounts, (*lines, *tax.lines)


@dataclass(frozen=True)
class _Tax:
    costs: int = 0
    base: int = 0
    health_deduction: int = 0
    reduction: int = 0
    tax: int = 0
    lines: tuple[Line, ...] = ()


def _tax(
    work: Work,
    statements: Statements,
    case: PayCase,
    earlier: Sequence[EarlierPayment],
    law: _Law,
    *,
    after_social: int,
    health_base: int,
    health: int,
) -> _Tax:
    birthday = _birthday_26(statements.birth_date)
    young = birthday is not None and law.paid_on <= birthday
    limit = law.must(Table.LUMP_SUM_LIMIT) if work.contract_amount is not None else None
    # The threshold is of the contract, not of the payment: two contracts of 200 zł in a month are two lump sums.
    if limit is not None and work.contract_amount is not None and work.contract_amount <= limit.value:
        if work.gross > work.contract_amount:
            law.blocks.append(
                Remark("above_contract", "Kwota brutto przekracza kwotę określoną w umowie; sprawdź umowę.")
            )
        if young or case is PayCase.FULL_SOCIAL:
            law.maybe(Table.LUMP_SUM_COMBINED)
        _watch_health_cap(health, _to_zloty(work.gross), law)
        return _lump_sum(work.gross, law)

    rate_row = law.must(Table.COPYRIGHT_COSTS if statements.copyright_costs else Table.COSTS)
    costs = _percent(after_social, rate_row.value) if rate_row else 0
    base = _to_zloty(after_social - costs)
    if health:
        _watch_health_cap(health, base, law)
    relief = law.maybe(Table.YOUNG_RELIEF) if young else None
    if relief is not None:
        if work.gross + sum(payment.gross for payment in earlier) > relief.value:
            law.blocks.append(
                Remark(
                    "young_relief_limit", f"Wypłata przekracza roczny limit ulgi dla młodych {_zloty(relief.value)}."
                )
            )
        return _Tax(lines=(Line("tax", "Zaliczka na podatek (ulga dla młodych)", 0, 0, 0, True, relief.id),))
    row = law.must(Table.INCOME_TAX)
    if row is None or rate_row is None:
        return _Tax()
    computed = _percent(base, row.value)
    deduction_row = law.maybe(Table.HEALTH_DEDUCTION) if health else None
    deduction = min(health, _percent(health_base, deduction_row.value)) if deduction_row else 0
    reduction = _reduction(statements, earlier, law, at_most=max(0, computed - deduction))
    tax = _to_zloty(max(0, computed - deduction - reduction))
    if statements.no_advance and _request_known(Table.NO_ADVANCE, "wniosek o niepobieranie zaliczek", law):
        tax = 0
    lines = [
        Line("costs", "Koszty uzyskania przychodu", after_social, rate_row.value, costs, False, rate_row.id),
        Line("tax_base", "Podstawa opodatkowania (pełne złote)", None, None, base, False, ""),
    ]
    if deduction_row is not None:
        lines.append(
            Line(
                "health_deduction",
                "Składka zdrowotna odliczana od podatku",
                health_base,
                deduction_row.value,
                deduction,
                False,
                deduction_row.id,
            )
        )
    if reduction:
        lines.append(Line("tax_reduction", "Kwota zmniejszająca podatek (PIT-2)", None, None, reduction, False, ""))
    lines.append(Line("tax", "Zaliczka na podatek dochodowy (pełne złote)", base, row.value, tax, True, row.id))
    return _Tax(costs, base, deduction, reduction, tax, tuple(lines))


def _lump_sum(gross: int, law: _Law) -> _Tax:
    """Lump-sum tax on gross, without costs and without deductions (art. 30 ust. 1 pkt 5a and ust. 3)."""
    row = law.must(Table.LUMP_SUM_TAX)
    if row is None:
        return _Tax()
    base = _to_zloty(gross)
    tax = _to_zloty(_percent(base, row.value))
    line = Line("lump_sum_tax", "Zryczałtowany podatek dochodowy (pełne złote)", base, row.value, tax, True, row.id)
    return _Tax(base=base, tax=tax, lines=(line,))


def _reduction(statements: Statements, earlier: Sequence[EarlierPayment], law: _Law, *, at_most: int) -> int:
    """What is left of the month's reducing amount, when the payee asked for it and the law of the day knows it."""
    if not statements.pit2:
        return 0
    row = _request_known(Table.TAX_REDUCTION, "PIT-2", law)
    if row is None:
        return 0
    return min(at_most, max(0, row.value - sum(payment.tax_reduction for payment in earlier)))


def _request_known(table: Table, label: str, law: _Law) -> Row | None:
    row = law.maybe(table)
    if row is None:
        law.warnings.append(
            Remark(f"{table.value}_not_known", f"Na dzień wypłaty przepisy nie przewidują: {label}; pominięto.")
        )
    return row


def _watch_health_cap(health: int, tax_base: int, law: _Law) -> None:
    row = law.must(Table.HEALTH_CAP) if health else None
    if row is not None and health > _to_zloty(_percent(tax_base, row.value)):
        law.blocks.append(
            Remark(
                "health_above_advance",
                "Składka zdrowotna jest wyższa od zaliczki na podatek (art. 83 ustawy o świadczeniach opieki "
                "zdrowotnej); jej obniżenie ustala pracownik księgowości.",
            )
        )


def _contribution(law: _Law, table: Table, base: int, base_before: int, paid_before: int, lines: list[Line]) -> int:
    """This payment's part of the contribution on the month's base, so that the parts add up to the whole."""
    row = law.must(table)
    if row is None:
        return 0
    amount = max(0, _percent(base_before + base, row.value) - paid_before)
    lines.append(Line(table.value, _TABLE_LABELS[table].capitalize(), base, row.value, amount, True, row.id))
    return amount


def _minimum_rate(work: Work, law: _Law) -> MinimumRate | None:
    if work.kind is not PaymentKind.REMUNERATION or not work.minutes:
        return None
    row = law.must(Table.MINIMUM_HOURLY)
    if row is None:
        return None
    return MinimumRate(
        required=row.value,
        reached=work.gross * 60 // work.minutes,
        met=work.gross * 60 >= row.value * work.minutes,
    )


def _untouched(gross: int) -> Amounts:
    return Amounts(
        gross=gross,
        social_base=0,
        pension=0,
        disability=0,
        sickness_base=0,
        sickness=0,
        health_base=0,
        health=0,
        health_deduction=0,
        costs=0,
        tax_base=0,
        tax_reduction=0,
        tax=0,
        net=gross,
    )


def _birthday_26(birth_date: date | None) -> date | None:
    """The day somebody turns 26; the last of February for one born on the 29th (art. 112 of the Civil Code)."""
    if birth_date is None:
        return None
    if (birth_date.month, birth_date.day) == (2, 29):
        return date(birth_date.year + 26, 2, 28)
    return birth_date.replace(year=birth_date.year + 26)


def _missing(code: str, what: str) -> Remark:
    return Remark(f"missing_{code}", f"Brak oświadczenia: {what}.")


def _percent(amount: int, basis_points: int) -> int:
    """A share of an amount, half up to a grosz (amounts here are never negative)."""
    return (amount * basis_points + 5_000) // 10_000


def _to_zloty(grosze: int) -> int:
    """Rounded half up to whole złoty (art. 63 of the Tax Ordinance), still in grosze."""
    return (grosze + 50) // 100 * 100


def _zloty(grosze: int) -> str:
    return f"{grosze // 100},{grosze % 100:02d} zł"


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y} r."
