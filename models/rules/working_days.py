"""Working days in Poland: Monday to Friday without public holidays (Act of 18 January 1951, and one-off holidays).

A period in working days starts on the day after the event, as in art. 57 § 1 of the code of administrative
procedure, and ends **with the end** of its last day in Warsaw: an answer at 23:59 on that day is in time.
Christmas Eve is free from 2025 on; 12 November 2018 was free once.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LOCAL = ZoneInfo("Europe/Warsaw")
_SATURDAY = 5
_DAY = timedelta(days=1)


def holiday(day: date) -> str:
    """Polish name of the public holiday on ``day``; empty when there is none."""
    return _holidays_of(day.year).get(day, "")


def is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and not holiday(day)


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``, which itself does not count; for 0 the first one not before ``day``.

    Raises ``ValueError`` for a negative count.
    """
    return _step(day, count, _DAY)


def working_days_before(day: date, count: int) -> date:
    """The ``count``-th working day before ``day``, which itself does not count; for 0 the last one not after ``day``.

    Raises ``ValueError`` for a negative count.
    """
    return _step(day, count, -_DAY)


def end_of_day(day: date) -> datetime:
    """The last instant that still belongs to ``day`` in Warsaw, in UTC. What comes by it is in time (``<=``)."""
    return datetime.combine(day, time.max, LOCAL).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """The first instant of ``day`` in Warsaw, in UTC."""
    return datetime.combine(day, time.min, LOCAL).astimezone(UTC)


def deadline(given_at: datetime, count: int) -> datetime:
    """The last instant, in UTC, of the ``count`` working days that follow an event at ``given_at`` (aware)."""
    return end_of_day(add_working_days(given_at.astimezone(LOCAL).date(), count))


def _step(day: date, count: int, step: timedelta) -> date:
    if count < 0:
        raise ValueError("a number of working days cannot be negative")
    while count == 0 and not is_working_day(day):
        day += step
    while count:
        day += step
        count -= is_working_day(day)
    return day


@lru_cache(maxsize=64)
def _holidays_of(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("PL", years=year, language="pl"))
