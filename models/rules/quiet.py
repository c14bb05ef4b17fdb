"""Quiet hours: when an office writes to nobody, by the clock on the wall in Warsaw. Pure."""

from datetime import UTC, date, datetime, time, timedelta

from models.rules.working_days import LOCAL, is_working_day


def quiet_at(moment: datetime, *, starts: time, ends: time, free_days: bool) -> bool:
    """Whether nothing is to leave at the instant: between ``starts`` and ``ends`` (over midnight, when they are the
    other way round), and on whole weekends and public holidays when ``free_days`` are quiet."""
    local = moment.astimezone(LOCAL)
    hour = local.time().replace(tzinfo=None)
    night = starts <= hour < ends if starts < ends else (hour >= starts or hour < ends)
    return night or (free_days and not is_working_day(local.date()))


def quiet_until(moment: datetime, *, starts: time, ends: time, free_days: bool) -> datetime:
    """The first instant from ``moment`` on, in UTC, that is not quiet.

    In the night that has an hour twice, the end is the first time that the clock shows it after ``moment``; where it is
    skipped, the clock goes on from it. Raises ``ValueError`` for a silence without end: it begins when it ends.
    """
    if starts == ends:
        raise ValueError("quiet hours that end when they begin never end")
    at = moment.astimezone(UTC)
    while quiet_at(at, starts=starts, ends=ends, free_days=free_days):
        at = _next_end(at, starts=starts, ends=ends, free_days=free_days)
    return at


def _next_end(at: datetime, *, starts: time, ends: time, free_days: bool) -> datetime:
    """The next instant at which a silence may end: midnight after a free day, else the end of the night."""
    today = at.astimezone(LOCAL).date()
    if free_days and not is_working_day(today):
        return _instants(today + timedelta(days=1), time(0))[0]
    later = [one for day in (today, today + timedelta(days=1)) for one in _instants(day, ends) if one > at]
    return min(later)


def _instants(day: date, hour: time) -> list[datetime]:
    """When the clock shows the hour on that day: twice in the night of October."""
    return sorted({datetime.combine(day, hour, LOCAL).replace(fold=fold).astimezone(UTC) for fold in (0, 1)})
