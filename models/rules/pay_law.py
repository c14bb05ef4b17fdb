"""The table rows of one day of payment and one day of work, and which of them a settlement looked up."""

from collections.abc import Mapping
from datetime import date

from models.rules.pay import Remark
from models.rules.pay_tables import Row, Table, find_row


class Law:
    """The rows of one day, and a record of which were looked up, so that a settlement can name them all."""

    def __init__(self, paid_on: date, worked_on: date, kept: Mapping[str, Row] | None = None) -> None:
        self.paid_on = paid_on
        self.worked_on = worked_on
        self.kept = kept
        self.rows: list[Row] = []
        self.missing: list[Remark] = []
        self.warnings: list[Remark] = []
        self.blocks: list[Remark] = []

    def maybe(self, table: Table) -> Row | None:
        """The row, or ``None`` where the law of that day knows no such thing."""
        row = find_row(table, paid_on=self.paid_on, worked_on=self.worked_on, kept=self.kept)
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
                    f"Brak stawki „{TABLE_LABELS[table]}” na dzień wypłaty {_day(self.paid_on)} "
                    f"i dzień pracy {_day(self.worked_on)}; uzupełnij tabelę stawek.",
                )
            )
        return row


TABLE_LABELS: dict[Table, str] = {
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
    Table.PAYER_PENSION: "składka emerytalna płatnika",
    Table.PAYER_DISABILITY: "składka rentowa płatnika",
    Table.PAYER_ACCIDENT: "składka wypadkowa płatnika",
    Table.LABOUR_FUND: "Fundusz Pracy i Fundusz Solidarnościowy",
    Table.BENEFITS_FUND: "Fundusz Gwarantowanych Świadczeń Pracowniczych",
    Table.STIPEND: "stypendium",
    Table.TRAVEL: "zwrot kosztów dojazdu",
}


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y} r."
