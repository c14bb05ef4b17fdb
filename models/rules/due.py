"""What is due: which reminders a rule asks for at a moment. Pure; ten missed runs ask for one reminder, not ten."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from models.rules.working_days import LOCAL, add_working_days, is_working_day, working_days_before


class Unit(StrEnum):
    """What a distance is counted in."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    HOURS = "hours"


class FreeDay(StrEnum):
    """What becomes of a reminder that falls on a weekend or a public holiday."""

    PREVIOUS = "previous"
    NEXT = "next"
    KEEP = "keep"


@dataclass(frozen=True)
class Timing:
    """When a rule reminds: so many times, ``offset`` before or after a date, ``spacing`` apart, in one unit.

    Of several *before* a date the last is ``offset`` before it; of several *after* it the first is ``offset`` after
    it. What is counted in days leaves from the hour ``at`` (Warsaw) on.
    """

    before: bool
    offset: int
    unit: Unit = Unit.WORKING_DAYS
    times: int = 1
    spacing: int | None = None
    """``None``: as far apart as the first is from the date."""
    at: time = time(8, 0)
    free_day: FreeDay = FreeDay.PREVIOUS

    def distances(self) -> list[int]:
        """How far each is from the date, the first reminder first."""
        step = self.offset if self.spacing is None else self.spacing
        far = [self.offset + step * n for n in range(self.times)]
        return far[::-1] if self.before else far


@dataclass(frozen=True)
class Due:
    """One occasion: the ``nth`` reminder of a rule about a subject, on the day it falls on."""

    nth: int
    on: date


def due(anchor: datetime, timing: Timing, *, now: datetime) -> Due | None:
    """The latest reminder that has fallen due by ``now``; none once the date has passed that it would come before.

    ``anchor`` is the instant that is counted from. Nothing is due on a free day unless the rule keeps free days, and
    nothing that is counted in days before the hour of the rule.
    """
    today = _local(now)
    if timing.free_day is not FreeDay.KEEP and not is_working_day(today.date()):
        return None
    if timing.unit is Unit.HOURS:
        if timing.before and now > anchor:
            return None
        return _latest(timing, anchor, lambda at: at <= now)
    if today.time().replace(tzinfo=None) < timing.at or (timing.before and today.date() > _local(anchor).date()):
        return None
    return _latest(timing, anchor, lambda at: _local(at).date() <= today.date())


def falls(anchor: datetime, timing: Timing) -> list[datetime]:
    """When each reminder falls due, the first one first, in UTC."""
    return [_moment(anchor, timing, distance) for distance in timing.distances()]


def _latest(timing: Timing, anchor: datetime, fallen: Callable[[datetime], bool]) -> Due | None:
    """Only the newest of those that fell due: whoever missed the first is not sent both at once."""
    found = [Due(nth, _local(at).date()) for nth, at in enumerate(falls(anchor, timing), start=1) if fallen(at)]
    return found[-1] if found else None


def _moment(anchor: datetime, timing: Timing, distance: int) -> datetime:
    if timing.unit is Unit.HOURS:
        exact = anchor.astimezone(UTC) + timedelta(hours=-distance if timing.before else distance)
        day = _on_a_working_day(_local(exact).date(), timing.free_day)
        moved = day != _local(exact).date()
        return datetime.combine(day, _local(exact).time(), LOCAL).astimezone(UTC) if moved else exact
    counted = _local(anchor).date()
    if timing.unit is Unit.WORKING_DAYS:
        day = working_days_before(counted, distance) if timing.before else add_working_days(counted, distance)
    else:
        day = counted + timedelta(days=-distance if timing.before else distance)
        day = _on_a_working_day(day, timing.free_day)
    return datetime.combine(day, timing.at, LOCAL).astimezone(UTC)


def _on_a_working_day(day: date, free_day: FreeDay) -> date:
    match free_day:
        case FreeDay.PREVIOUS:
            return working_days_before(day, 0)
        case FreeDay.NEXT:
            return add_working_days(day, 0)
        case FreeDay.KEEP:
            return day


def _local(moment: datetime) -> datetime:
    return moment.astimezone(LOCAL)
