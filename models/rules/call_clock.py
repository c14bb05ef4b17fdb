"""The clock of a call: when verification is due, if the days on which candidates are waited for do not count. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.working_days import is_working_day

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wait:
    """A request to a candidate: open from one day to another, both included; ``until`` is ``None`` while it is open."""

    since: date
    until: date | None


@dataclass(frozen=True)
class CallClock:
    """``due``: the last day of verification as things stand. ``stood``: working days that did not count for it.

    ``stands`` says that a request is open now: every further working day of it moves ``due`` by one.
    """

    due: date
    stood: int
    stands: bool


def call_clock(closed: date, days: int, waits: Sequence[Wait], today: date) -> CallClock:
    """The due day is the ``days``-th working day after ``closed`` on which no request of the call was open.

    An open request is counted up to ``today``; what comes after is not known yet. Raises ``ValueError`` for no days.
    """
    if days < 1:
        raise ValueError("verification takes at least one day")
    day, left, stood = closed, days, 0
    while left:
        day += _DAY
        if not is_working_day(day):
            continue
        if any(wait.since <= day <= (wait.until or today) for wait in waits):
            stood += 1
        else:
            left -= 1
    stands = day >= today > closed and any(wait.until is None and wait.since <= today for wait in waits)
    return CallClock(due=day, stood=stood, stands=stands)
