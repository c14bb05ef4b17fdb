"""Days and times as officers type them."""

import re
from datetime import date, datetime, time
from typing import Final

from flows.adapters.clock import WARSAW
from forms.written_days import YEARS, day_in, hour_in
from models.errors import BadInput

_DAY_AND_HOUR: Final = re.compile(r"(.+?)(?:,| r\.)*[ T]+(?:godz(?:\.|ina) ?)?(\d{1,2}[:.]\d{2})")


def day_of(text: str) -> date:
    """A day: ``2018-10-01``, ``1.10.2018``, ``1 października 2018``. Raises ``BadInput`` with an example of one."""
    try:
        return day_in(text)
    except ValueError as fault:
        raise BadInput(str(fault)) from None


def time_of_day(text: str) -> time:
    """A clock time: ``16:00``. Raises ``BadInput`` with an example of one."""
    try:
        return hour_in(text)
    except ValueError as fault:
        raise BadInput(str(fault)) from None


def moment_of(text: str) -> datetime:
    """A day and a time, by the clock in Warsaw unless they say otherwise; a day alone is its first moment.

    Raises ``BadInput``, also for a year in which nothing can have been.
    """
    try:
        moment = _moment(" ".join(text.split()))
    except ValueError:
        raise BadInput(f"„{text[:40]}” nie jest czasem. Wzór: 2018-06-04T08:00 albo 4.06.2018 8:00.") from None
    if moment.year not in YEARS:
        raise BadInput(f"„{text[:40]}”: rok {moment.year} wygląda na pomyłkę.")
    return moment if moment.tzinfo else moment.replace(tzinfo=WARSAW)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        parts = _DAY_AND_HOUR.fullmatch(text)
    return datetime.combine(day_in(parts[1]), hour_in(parts[2])) if parts else datetime.combine(day_in(text), time())
