"""The tax taken from one payment: an advance after costs, a lump sum on small contracts, or none under a relief.

Art. 30 and art. 41 of the income tax act. What the tables do not confirm, or what is above a limit, blocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.rules.grosze import percent, to_zloty, zloty
from models.rules.pay import EarlierPayment, Line, PayCase, Remark, Statements, Work
from models.rules.pay_case import birthday_26
from models.rules.pay_law import Law
from models.rules.pay_tables import Row, Table


@dataclass(frozen=True)
class Tax:
    """All in grosze, as :class:`models.rules.pay.Amounts` has them."""

    costs: int = 0
    base: int = 0
    health_deduction: int = 0
    reduction: int = 0
    tax: int = 0
    lines: tuple[Line, ...] = ()


def tax_advance(
    work: Work,
    statements: Statements,
    case: PayCase,
    earlier: Sequence[EarlierPayment],
    law: Law,
    *,
    after_social: int,
    health_base: int,
    health: int,
    year_before: int = 0,
) -> Tax:
    """The tax on one payment, with its lines. Limits that are passed and rows that are missing are noted in ``law``."""
    birthday = birthday_26(statements.birth_date)
    young = birthday is not None and law.paid_on <= birthday
    limit = law.must(Table.LUMP_SUM_LIMIT) if work.contract_amount is not None else None
    # The threshold is of the contract, not of the payment: two contracts of 200 zł in a month are two lump sums.
    if limit is not None and work.contract_amount is not None and work.contract_amount <= limit.value:
        # An addition is of the same contract as what it adds to.
        if work.gross + work.already > work.contract_amount:
            law.blocks.append(
                Remark("above_contract", "Kwota brutto przekracza kwotę określoną w umowie; sprawdź umowę.")
            )
        if young or case is PayCase.FULL_SOCIAL:
            law.maybe(Table.LUMP_SUM_COMBINED)
        _watch_health_cap(health, to_zloty(work.gross), law)
        return _lump_sum(work.gross, law)

    rate_row = law.must(Table.COPYRIGHT_COSTS if statements.copyright_costs else Table.COSTS)
    costs = percent(after_social, rate_row.value) if rate_row else 0
    base = to_zloty(after_social - costs)
    if health:
        _watch_health_cap(health, base, law)
    relief = law.maybe(Table.YOUNG_RELIEF) if young else None
    if relief is not None:
        if year_before + work.gross + sum(payment.gross for payment in earlier) > relief.value:
            law.blocks.append(
                Remark("young_relief_limit", f"Wypłata przekracza roczny limit ulgi dla młodych {zloty(relief.value)}.")
            )
        return Tax(lines=(Line("tax", "Zaliczka na podatek (ulga dla młodych)", 0, 0, 0, True, relief.id),))
    row = law.must(Table.INCOME_TAX)
    if row is None or rate_row is None:
        return Tax()
    computed = percent(base, row.value)
    deduction_row = law.maybe(Table.HEALTH_DEDUCTION) if health else None
    deduction = min(health, percent(health_base, deduction_row.value)) if deduction_row else 0
    reduction = _reduction(statements, earlier, law, at_most=max(0, computed - deduction))
    tax = to_zloty(max(0, computed - deduction - reduction))
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
    return Tax(costs, base, deduction, reduction, tax, tuple(lines))


def _lump_sum(gross: int, law: Law) -> Tax:
    """Lump-sum tax on gross, without costs and without deductions (art. 30 ust. 1 pkt 5a and ust. 3)."""
    row = law.must(Table.LUMP_SUM_TAX)
    if row is None:
        return Tax()
    base = to_zloty(gross)
    tax = to_zloty(percent(base, row.value))
    line = Line("lump_sum_tax", "Zryczałtowany podatek dochodowy (pełne złote)", base, row.value, tax, True, row.id)
    return Tax(base=base, tax=tax, lines=(line,))


def _reduction(statements: Statements, earlier: Sequence[EarlierPayment], law: Law, *, at_most: int) -> int:
    """What is left of the month's reducing amount, when the payee asked for it and the law of the day knows it."""
    if not statements.pit2:
        return 0
    row = _request_known(Table.TAX_REDUCTION, "PIT-2", law)
    if row is None:
        return 0
    return min(at_most, max(0, row.value - sum(payment.tax_reduction for payment in earlier)))


def _request_known(table: Table, label: str, law: Law) -> Row | None:
    row = law.maybe(table)
    if row is None:
        law.warnings.append(
            Remark(f"{table.value}_not_known", f"Na dzień wypłaty przepisy nie przewidują: {label}; pominięto.")
        )
    return row


def _watch_health_cap(health: int, tax_base: int, law: Law) -> None:
    row = law.must(Table.HEALTH_CAP) if health else None
    if row is not None and health > to_zloty(percent(tax_base, row.value)):
        law.blocks.append(
            Remark(
                "health_above_advance",
                "Składka zdrowotna jest wyższa od zaliczki na podatek (art. 83 ustawy o świadczeniach opieki "
                "zdrowotnej); jej obniżenie ustala pracownik księgowości.",
            )
        )
