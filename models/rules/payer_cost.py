"""What a payment costs the office: gross, and on top of it the contributions that the payer pays itself.

They never touch what the payee gets, so a row that nobody has confirmed blocks no payment. It is reckoned and named,
and counts among the cost only when the office confirms it: whether it is due depends on the payer (the accident rate,
the guarantee fund) or on the payee's other income (the Labour Fund).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from models.rules.grosze import percent
from models.rules.pay_law import TABLE_LABELS
from models.rules.pay_tables import RowStatus, Table, find_row

PAYER_TABLES = (
    Table.PAYER_PENSION,
    Table.PAYER_DISABILITY,
    Table.PAYER_ACCIDENT,
    Table.LABOUR_FUND,
    Table.BENEFITS_FUND,
)


@dataclass(frozen=True)
class CostLine:
    """One contribution of the payer. ``rate`` in basis points, ``base`` and ``amount`` in grosze."""

    label: str
    base: int
    rate: int
    amount: int
    row: str
    counted: bool
    """Whether its row is confirmed, by the tables or by the office."""


def payer_lines(
    social_base: int, *, paid_on: date, bases_before: Sequence[int] = (), confirmed: Collection[str] = ()
) -> tuple[CostLine, ...]:
    """The payer's contributions on one payment with this social base, none for a base of nothing.

    ``bases_before``: the social bases of the payee's earlier payments of the month, so that its parts add up to the
    contributions of the month's sum. ``confirmed``: ids of rows that the office has confirmed.
    """
    if social_base == 0:
        return ()
    lines, before = [], sum(bases_before)
    for table in PAYER_TABLES:
        row = find_row(table, paid_on=paid_on, worked_on=paid_on)
        if row is not None:
            amount = percent(before + social_base, row.value) - percent(before, row.value)
            counted = row.status is RowStatus.CONFIRMED or row.id in confirmed
            label = TABLE_LABELS[table]
            lines.append(CostLine(f"{label[0].upper()}{label[1:]}", social_base, row.value, amount, row.id, counted))
    return tuple(lines)
