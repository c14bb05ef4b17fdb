"""How long a statement for taxes holds: it must be valid for the month in which it is paid by."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.rules.pay import Remark


class StatementValidity(BaseModel):
    """A setting of a project. Neither limit comes from an act: an office chooses how often it asks again."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    same_year: bool = False
    """Whether a statement of an earlier calendar year has to be made anew."""
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    """Whole months after its own one in which a statement still holds; ``None``: without limit."""


def lapsed(valid_from: date, paid_on: date, validity: StatementValidity) -> Remark | None:
    """Why a statement valid from a day does not hold for a payment; ``None`` when it does.

    Reckoned by months, because taxes and contributions are: a statement of any day of a month holds for that month.
    One that begins after the day of payment is no statement for it.
    """
    if valid_from > paid_on:
        return Remark("statement_later", "Oświadczenie obowiązuje dopiero od dnia po wypłacie.")
    if validity.same_year and valid_from.year < paid_on.year:
        return Remark(
            "statement_old",
            f"Oświadczenie jest z {valid_from.year} r., a wypłata z {paid_on.year} r.; potrzebne jest nowe.",
        )
    passed = (paid_on.year - valid_from.year) * 12 + paid_on.month - valid_from.month
    if validity.months is not None and passed > validity.months:
        return Remark(
            "statement_old",
            f"Oświadczenie ma więcej niż {validity.months} mies. ({valid_from:%m.%Y}); do wypłaty potrzebne jest nowe.",
        )
    return None
