"""When a schedule runs: the five fields of a cron line in Warsaw time, as far as deployments use them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.rules.working_days import LOCAL

_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_SUNDAY = 7


@dataclass(frozen=True)
class Cron:
    """Minutes, hours, days of the month, months and days of the week (Sunday is 0) on which something runs."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def on(self, day: date) -> bool:
        """Whether it runs on the day at all."""
        return day.day in self.days and day.month in self.months and day.isoweekday() % _SUNDAY in self.weekdays

    def times(self) -> list[time]:
        """The hours of a day on which it runs, the earliest first."""
        return [time(hour, minute) for hour in sorted(self.hours) for minute in sorted(self.minutes)]

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Every run later than ``after``, up to and with ``until``, in UTC.

        An hour that the clock skips, or shows twice, is no hour for a schedule; the catalogue avoids it.
        """
        day, last = after.astimezone(LOCAL).date(), until.astimezone(LOCAL).date()
        times = self.times()
        while day <= last:
            if self.on(day):
                for one in times:
                    at = datetime.combine(day, one, LOCAL).astimezone(UTC)
                    if after < at <= until:
                        yield at
            day += timedelta(days=1)


def parse_cron(line: str) -> Cron:
    """Reads ``*``, numbers, ranges, steps and lists of them. Raises ``ValueError`` for anything else.

    Days of the month and of the week may not both be restricted: tools do not agree on what that means.
    """
    fields = line.split()
    if len(fields) != len(_RANGES):
        raise ValueError(f"a cron line has five fields: {line}")
    minutes, hours, days, months, weekdays = (
        _numbers(field, *limits) for field, limits in zip(fields, _RANGES, strict=True)
    )
    if fields[2] != "*" and fields[4] != "*":
        raise ValueError(f"both kinds of days are restricted: {line}")
    return Cron(minutes, hours, days, months, frozenset(one % _SUNDAY for one in weekdays))


def _numbers(field: str, lowest: int, highest: int) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        numbers, _, step = part.partition("/")
        first, _, last = numbers.partition("-")
        low = lowest if numbers == "*" else int(first)
        high = int(last) if last else highest if numbers == "*" or step else low
        if not lowest <= low <= high <= highest or (step and int(step) < 1):
            raise ValueError(f"no such times: {field}")
        found.update(range(low, high + 1, int(step or 1)))
    return frozenset(found)
