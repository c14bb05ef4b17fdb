"""The amounts of one payment: social and health contributions on the month's sum, the tax advance, and net pay."""

from collections.abc import Sequence

from models.rules.grosze import percent
from models.rules.pay import Amounts, EarlierPayment, Line, PayCase, PaymentKind, Statements, Work
from models.rules.pay_law import TABLE_LABELS, Law
from models.rules.pay_tables import Table
from models.rules.tax_advance import tax_advance


def compute(
    work: Work,
    statements: Statements,
    case: PayCase,
    earlier: Sequence[EarlierPayment],
    law: Law,
    *,
    year_before: int = 0,
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
    tax = tax_advance(
        work,
        statements,
        case,
        earlier,
        law,
        after_social=after_social,
        health_base=health_base,
        health=health,
        year_before=year_before,
    )
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


def _contribution(law: Law, table: Table, base: int, base_before: int, paid_before: int, lines: list[Line]) -> int:
    """This payment's part of the contribution on the month's base, so that the parts add up to the whole."""
    row = law.must(table)
    if row is None:
        return 0
    amount = max(0, percent(base_before + base, row.value) - paid_before)
    lines.append(Line(table.value, TABLE_LABELS[table].capitalize(), base, row.value, amount, True, row.id))
    return amount


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
