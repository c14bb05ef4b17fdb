"""A series of meetings written as one: the first meeting and how it repeats, unfolded into single days.

„Co trzecia sobota” can mean two things, so it is not understood: every three weeks is ``co 3 tygodnie``, the third
Saturday of each month is ``3. sobota miesiąca``.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LONGEST: Final = 60
"""Meetings of one series at most."""
_WEEK: Final = 7
_LAST: Final = -1
_FOREVER_DAY: Final = 28
"""The last day that every month has."""
_WEEKDAYS: Final = {
    "poniedziałek": 0,
    "wtorek": 1,
    "środa": 2,
    "czwartek": 3,
    "piątek": 4,
    "sobota": 5,
    "niedziela": 6,
}
_NAMES: Final = tuple(_WEEKDAYS)
_ORDINALS: Final = {
    **dict.fromkeys(("pierwszy", "pierwsza"), 1),
    **dict.fromkeys(("drugi", "druga"), 2),
    **dict.fromkeys(("trzeci", "trzecia"), 3),
    **dict.fromkeys(("czwarty", "czwarta"), 4),
    **dict.fromkeys(("ostatni", "ostatnia"), _LAST),
}
_EVERY_WEEKS: Final = re.compile(r"co (\d{1,2}) (?:tygodnie|tygodni)")
_OF_MONTH: Final = re.compile(r"(?:w )?(\w+)\.? (\w+) miesiąca")
EXAMPLES: Final = ("co tydzień", "co 2 tygodnie", "co miesiąc", "3. sobota miesiąca", "ostatni piątek miesiąca")


@dataclass(frozen=True)
class Weekly:
    """Every so many weeks."""

    weeks: int


@dataclass(frozen=True)
class Monthly:
    """On the same day of each month, or on its n-th (-1: last) weekday."""

    nth: int | None = None
    weekday: int | None = None


Repeat = Weekly | Monthly


class SeriesFaulty(ValueError):
    """A series that cannot be unfolded; the text is a Polish sentence for the officer."""


def repeat_in(text: str) -> Repeat:
    """How often, as an officer writes it (``EXAMPLES``). Raises ``SeriesFaulty``."""
    words = " ".join(text.casefold().split()).rstrip(".")
    if words == "co tydzień":
        return Weekly(1)
    if words == "co miesiąc":
        return Monthly()
    found = _EVERY_WEEKS.fullmatch(words)
    if found and int(found[1]):
        return Weekly(int(found[1]))
    found = _OF_MONTH.fullmatch(words)
    if found and found[2] in _WEEKDAYS:
        nth = int(found[1]) if found[1] in {"1", "2", "3", "4"} else _ORDINALS.get(found[1])
        if nth is not None:
            return Monthly(nth, _WEEKDAYS[found[2]])
    examples = ", ".join(f"„{one}”" for one in EXAMPLES)
    raise SeriesFaulty(f"„{text.strip()}” nie jest znanym powtarzaniem. Można wpisać na przykład: {examples}.")


def first_days(repeat: Repeat, first: date, until: date, *, without: Collection[date] = ()) -> tuple[date, ...]:
    """The first day of each meeting of a series, ``first`` among them, none after ``until``, ``without`` some.

    Raises ``SeriesFaulty`` when the series has fewer than two meetings or more than ``LONGEST``, does not begin as it
    goes on, or leaves out a day that it does not have.
    """
    if until < first:
        raise SeriesFaulty("Seria kończy się wcześniej, niż zaczyna.")
    _require_beginning(repeat, first)
    found: list[date] = []
    month = 0
    while True:
        match repeat:
            case Weekly(weeks):
                day = first + timedelta(days=_WEEK * weeks * len(found))
            case Monthly():
                day = _in_month(repeat, first, month)
                month += 1
        if day > until:
            break
        found.append(day)
        if len(found) > LONGEST:
            raise SeriesFaulty(f"Seria może mieć najwyżej {LONGEST} spotkań; ta ma ich więcej.")
    unknown = sorted(set(without) - set(found))
    if unknown:
        days = ", ".join(f"{day:%d.%m.%Y}" for day in unknown)
        raise SeriesFaulty(f"Seria nie ma spotkania, które można pominąć: {days}.")
    left = tuple(day for day in found if day not in set(without))
    if len(left) < 2:
        raise SeriesFaulty("Seria musi mieć co najmniej dwa spotkania; jedno wpisuje się bez powtarzania.")
    return left


def _require_beginning(repeat: Repeat, first: date) -> None:
    if isinstance(repeat, Weekly):
        return
    if repeat.weekday is None:
        if first.day > _FOREVER_DAY:
            raise SeriesFaulty(
                f"Dnia {first.day}. nie ma w każdym miesiącu. Można wpisać na przykład „ostatni piątek miesiąca”."
            )
        return
    if _in_month(repeat, first, 0) != first:
        raise SeriesFaulty(
            f"Pierwszy dzień serii ({first:%d.%m.%Y}, {_NAMES[first.weekday()]}) nie jest takim dniem miesiąca, "
            "w jakie seria się powtarza."
        )


def _in_month(repeat: Monthly, first: date, later: int) -> date:
    """The day in the month that is so many months after that of ``first``."""
    months = first.month - 1 + later
    begin = date(first.year + months // 12, months % 12 + 1, 1)
    if repeat.weekday is None or repeat.nth is None:
        return begin.replace(day=first.day)
    if repeat.nth == _LAST:
        months += 1
        last = date(first.year + months // 12, months % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - repeat.weekday) % _WEEK)
    return begin + timedelta(days=(repeat.weekday - begin.weekday()) % _WEEK + _WEEK * (repeat.nth - 1))
