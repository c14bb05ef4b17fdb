"""An answer as the rules take it: only what was read for certain. Anything else is ``None``, which cannot be told."""

import re
from datetime import date

from models.rules.conditions import MOST, Day
from models.rules.facts import Fact, Facts, FieldStatus
from models.rules.working_days import LOCAL


def read(fact: Fact) -> str | bool | tuple[str, ...] | None:
    """The answer if it can be relied on; an empty one never can."""
    if fact.status is not FieldStatus.READ or fact.value == "" or fact.value == ():
        return None
    return fact.value


def chosen(fact: Fact) -> frozenset[str] | None:
    """The codes chosen, of one choice or of several; ``None`` where that cannot be told."""
    codes = read(fact)
    if isinstance(codes, str):
        return frozenset((codes,))
    return frozenset(codes) if isinstance(codes, tuple) else None


_WHOLE = re.compile(r"[0-9]{1,3}(?:[ \u00a0][0-9]{3})+|[0-9]{1,10}")


def whole_number(fact: Fact) -> int | None:
    """A whole number as people write it („1 200”). Anything beside it makes it something to be asked about."""
    written = read(fact)
    if not isinstance(written, str) or not _WHOLE.fullmatch(written.strip()):
        return None
    number = int(re.sub(r"\D", "", written))
    return number if number <= MOST else None


def day_of(on: Day, facts: Facts) -> date:
    """The day that a condition counts to, by the clock in Warsaw."""
    return (facts.received_at if on == "receipt" else facts.closes_at).astimezone(LOCAL).date()


def iso_date(fact: Fact) -> date | None:
    """The date given, if there is such a day."""
    written = read(fact)
    if not isinstance(written, str):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def years_since(fact: Fact, day: date) -> int | None:
    """Completed years from the date given to ``day``; below zero for one that is yet to come."""
    since = iso_date(fact)
    if since is None:
        return None
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))
