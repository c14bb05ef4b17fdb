"""Who has been there long enough: whole minutes compared with a percentage, without a fraction anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Presence:
    """One day on which somebody held a seat: minutes confirmed, and minutes that the day had."""

    minutes: int
    of: int


def attended_percent(days: Sequence[Presence]) -> int:
    """Confirmed time in whole percent of the time, rounded down; 0 where there was none."""
    whole = sum(day.of for day in days)
    return sum(day.minutes for day in days) * 100 // whole if whole else 0


def attended_enough(days: Sequence[Presence], percent: int) -> bool:
    """Whether confirmed time reaches ``percent`` of the time of all days, and is not nothing."""
    there, whole = sum(day.minutes for day in days), sum(day.of for day in days)
    return there > 0 and there * 100 >= percent * whole
