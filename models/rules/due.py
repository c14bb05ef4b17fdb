"""What is due: which reminders a rule asks for at a moment. Pure; ten missed runs ask for one reminder, not ten."""

from dataclasses import dataclass
from datetime import date

from models.rules.working_days import add_working_days, working_days_before


@dataclass(frozen=True)
class Due:
    """One occasion: the ``nth`` reminder of a rule about a subject, on the working day it falls on."""

    nth: int
    on: date


def due_before(anchor: date, *, offset: int, times: int, today: date) -> Due | None:
    """The latest reminder before ``anchor`` that has fallen due by ``today``; none once the anchor has passed.

    The n-th of ``times`` reminders comes ``offset * (times - n + 1)`` working days before the anchor.
    """
    if today > anchor:
        return None
    days = [(nth, working_days_before(anchor, offset * (times - nth + 1))) for nth in range(1, times + 1)]
    return _latest(days, today)


def due_after(anchor: date, *, offset: int, times: int, today: date) -> Due | None:
    """The latest reminder after ``anchor`` that has fallen due by ``today``; the n-th comes ``n`` offsets later."""
    return _latest([(nth, add_working_days(anchor, offset * nth)) for nth in range(1, times + 1)], today)


def _latest(days: list[tuple[int, date]], today: date) -> Due | None:
    """Only the newest of those that fell due: whoever missed the first is not sent both at once."""
    fallen = [Due(nth, day) for nth, day in days if day <= today]
    return fallen[-1] if fallen else None
