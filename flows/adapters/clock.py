"""The only place that asks what time it is (law 3). 2018 can be played today, and time can be rehearsed."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        return machine_now()


def machine_now() -> datetime:
    """What the computer's own clock says, whatever time the office lives at: for what a server outside counts."""
    return datetime.now(UTC)


class PlayedClock:
    """A clock that stands still until it is moved, and moves forward only."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def move_to(self, at: datetime) -> None:
        if at < self._at:
            raise ValueError("a played clock does not run backwards")
        self._at = at.astimezone(UTC)


_playing: Clock | None = None


@contextlib.contextmanager
def playing(clock: Clock) -> Iterator[None]:
    """Within this block everything in the process lives at the played clock's time."""
    global _playing
    before, _playing = _playing, clock
    try:
        yield
    finally:
        _playing = before


def clock_for(stopped_at: datetime | None) -> Clock:
    """The played clock of this process, else the stopped one of the settings, else the computer's."""
    if _playing is not None:
        return _playing
    return SystemClock() if stopped_at is None else PlayedClock(stopped_at)


def warsaw(moment: datetime) -> datetime:
    """The instant on a clock in Warsaw."""
    return moment.astimezone(WARSAW)


def warsaw_date(moment: datetime) -> date:
    """The date in Warsaw at the instant."""
    return warsaw(moment).date()
