"""Whether the days of a meeting are such as the kind of group meets on: weekends, holidays, hours, how many.

These are warnings for an officer, never refusals: the regulation says how a group meets, and life has exceptions.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Final

from models.rules.collisions import Hours
from models.rules.meeting_kinds import MeetingKind
from models.rules.working_days import holiday

WORK_BEGINS: Final = time(7, 30)
WORK_ENDS: Final = time(15, 30)
"""Working hours of an office on Monday to Friday, as the leading offices publish theirs."""
_FRIDAY: Final = 4
_ON: Final = ("w poniedziałek", "we wtorek", "w środę", "w czwartek", "w piątek", "w sobotę", "w niedzielę")


def day_warnings(
    days: Sequence[Hours], *, kind: MeetingKind, outside_working_hours: bool, day_count: int, hours_per_day: int
) -> tuple[str, ...]:
    """A sentence for each thing that is not as the kind of group meets; how many days and hours only of a plain
    meeting, since trainings and the like have a shape of their own."""
    return tuple(_warnings(days, kind, outside_working_hours, day_count, hours_per_day))


def _warnings(
    days: Sequence[Hours], kind: MeetingKind, outside: bool, day_count: int, hours_per_day: int
) -> Iterator[str]:
    for day in days:
        named = f"{day.on:%d.%m.%Y} r."
        feast = holiday(day.on)
        free = day.on.weekday() > _FRIDAY
        if feast:
            yield f"{named} jest święto: {feast}."
        elif free and not outside:
            yield f"{named} wypada {_ON[day.on.weekday()]}, a ta grupa spotyka się w dni robocze."
        elif not free and outside and day.starts < WORK_ENDS and day.ends > WORK_BEGINS:
            yield f"{named} wypada {_ON[day.on.weekday()]} w godzinach pracy, a ta grupa spotyka się poza nimi."
        elif not free and not outside and (day.starts >= WORK_ENDS or day.ends <= WORK_BEGINS):
            yield f"{named} spotkanie jest poza godzinami pracy, a ta grupa spotyka się w godzinach pracy."
    if kind is not MeetingKind.MEETING:
        return
    if len(days) != day_count:
        yield f"Liczba dni: {len(days)}; spotkania tej grupy mają ich {day_count}."
    for day in days:
        if _minutes(day) != hours_per_day * 60:
            whole, rest = divmod(_minutes(day), 60)
            lasts = f"{whole} godz." + (f" {rest} min" if rest else "")
            yield f"{day.on:%d.%m.%Y} r. trwa {lasts}; dzień spotkania tej grupy ma {hours_per_day} godz."


def _minutes(day: Hours) -> int:
    start, end = (datetime.combine(day.on, one) for one in (day.starts, day.ends))
    return int((end - start).total_seconds()) // 60
