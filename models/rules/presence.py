"""Presence: what became of a person on a day of a meeting, and whether the required share of hours can still be met.

The share is asked for by the regulation (``deadlines.min_attendance_percent``); what counts, when somebody is warned
and what follows when it can no longer be met is the project's ``attendance`` section. Whole minutes, no floats.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

ALGORITHM = "presence-1"
"""Names these rules in the basis of a striking off."""


class AttendanceStatus(StrEnum):
    """What became of a person on a day. ``PARTIAL``: fewer hours than the day has, and nobody said which."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    LATE_AND_LEFT_EARLY = "late_and_left_early"
    PARTIAL = "partial"
    ABSENT = "absent"
    EXCUSED = "excused"


class ExcusedDays(StrEnum):
    """What a day of excused absence is: no day at all, an absence like any other, or as good as presence."""

    LEFT_OUT = "left_out"
    ABSENT = "absent"
    PRESENT = "present"


class Warn(StrEnum):
    """When a member is written to: below the share, as soon as one more absence would lead there, or never."""

    NEVER = "never"
    BELOW = "below"
    AT_RISK = "at_risk"


class StrikeOff(StrEnum):
    """What follows when the share can no longer be met: a person decides, the rule does, or nothing follows."""

    NEVER = "never"
    PROPOSE = "propose"
    AUTOMATIC = "automatic"


class Presence(StrEnum):
    """Where a member stands. ``UNDECIDED``: below the share and no further day is planned, so that nobody can say
    whether it can be met."""

    NOTHING_YET = "nothing_yet"
    MET = "met"
    AT_RISK = "at_risk"
    BELOW = "below"
    UNDECIDED = "undecided"
    LOST = "lost"


@dataclass(frozen=True)
class DayOfPresence:
    """One day on which the member held a seat, or will if they stay. Lengths in minutes.

    ``minutes`` is ``None`` while nothing was entered; ``over`` tells whether the day has ended.
    """

    on: date
    length: int
    minutes: int | None
    excused: bool
    over: bool


@dataclass(frozen=True)
class PresenceStanding:
    """A member against the required share. Minutes; ``percent`` is rounded down and ``None`` while nothing counts."""

    verdict: Presence
    attended: int
    counted: int
    percent: int | None
    best_percent: int | None
    """What is reached by coming to all that is left."""
    missed: tuple[date, ...]
    """Days on which less than all was attended, without the excused ones."""
    excused: tuple[date, ...]
    not_entered: tuple[date, ...]
    """Days that are over and of which nobody has said anything: they are held against nobody."""
    days_left: int
    below_since: date | None
    """The day since which the member has been below the share without a break."""


def status_of(
    minutes: int, length: int, *, late: bool = False, early: bool = False, excused: bool = False
) -> AttendanceStatus:
    """The status that goes with confirmed minutes of a day of ``length`` minutes. Excused is only who was not there."""
    if minutes == 0:
        return AttendanceStatus.EXCUSED if excused else AttendanceStatus.ABSENT
    if minutes >= length:
        return AttendanceStatus.PRESENT
    match late, early:
        case True, True:
            return AttendanceStatus.LATE_AND_LEFT_EARLY
        case True, False:
            return AttendanceStatus.LATE
        case False, True:
            return AttendanceStatus.LEFT_EARLY
        case _:
            return AttendanceStatus.PARTIAL


def standing_of(days: Sequence[DayOfPresence], *, required: int, excused: ExcusedDays) -> PresenceStanding:
    """Where a member stands against ``required`` percent of the hours of the programme.

    A day counts once its hours are entered; one that is over and not entered is as open as one to come. ``LOST`` needs
    a day to come: without one nobody knows what will still be planned.
    """
    attended = counted = 0
    left: list[DayOfPresence] = []
    missed: list[date] = []
    pardoned: list[date] = []
    not_entered: list[date] = []
    below_since: date | None = None
    for day in sorted(days, key=lambda one: one.on):
        if day.minutes is None:
            left.append(day)
            if day.over:
                not_entered.append(day.on)
            continue
        if day.excused:
            pardoned.append(day.on)
            if excused is ExcusedDays.LEFT_OUT:
                continue
        elif day.minutes < day.length:
            missed.append(day.on)
        attended += day.length if day.excused and excused is ExcusedDays.PRESENT else day.minutes
        counted += day.length
        below = attended * 100 < required * counted
        below_since = (below_since or day.on) if below else None
    ahead = sum(day.length for day in left)
    to_come = [day for day in left if not day.over]
    return PresenceStanding(
        verdict=_verdict(attended, counted, ahead, to_come, required),
        attended=attended,
        counted=counted,
        percent=attended * 100 // counted if counted else None,
        best_percent=(attended + ahead) * 100 // (counted + ahead) if counted + ahead else None,
        missed=tuple(missed),
        excused=tuple(pardoned),
        not_entered=tuple(not_entered),
        days_left=len(to_come),
        below_since=below_since,
    )


def _verdict(attended: int, counted: int, ahead: int, to_come: Sequence[DayOfPresence], required: int) -> Presence:
    if not counted:
        return Presence.NOTHING_YET
    if attended * 100 < required * counted:
        if (attended + ahead) * 100 >= required * (counted + ahead):
            return Presence.BELOW
        return Presence.LOST if to_come else Presence.UNDECIDED
    # The share is met; would it still be in reach after missing the next day, and coming to all that is left?
    if to_come and (attended + ahead - to_come[0].length) * 100 < required * (counted + ahead):
        return Presence.AT_RISK
    return Presence.MET


def to_be_warned(standing: PresenceStanding, warn: Warn) -> bool:
    """Whether the rule asks for a letter to the member. Who missed nothing has nothing to be warned of."""
    match warn:
        case Warn.NEVER:
            return False
        case Warn.BELOW:
            return standing.verdict in _BELOW
        case Warn.AT_RISK:
            return standing.verdict in _BELOW or (standing.verdict is Presence.AT_RISK and bool(standing.missed))


_BELOW = frozenset({Presence.BELOW, Presence.UNDECIDED, Presence.LOST})


def occasion_of(standing: PresenceStanding) -> str:
    """What a warning is about, so that each occasion has one letter: being at risk, having fallen below on a day, and
    the share being out of reach."""
    if standing.verdict is Presence.LOST:
        return "lost"
    if standing.verdict is Presence.AT_RISK:
        return f"at_risk-{standing.missed[-1] if standing.missed else 'start'}"
    return f"below-{standing.below_since}"


def to_be_struck_off(standing: PresenceStanding) -> bool:
    """Whether the share can no longer be met, whoever decides what follows."""
    return standing.verdict is Presence.LOST
