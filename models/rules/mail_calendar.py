"""What looks wrong in a calendar of coming letters: floods, free days, nights, people who are out. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from models.rules.working_days import LOCAL, holiday, is_working_day

A_DAY_TO_ONE = 2
A_WEEK_TO_ONE = 3
NIGHT_FROM, NIGHT_TO = time(21), time(6)


class Concern(StrEnum):
    """Why somebody should look at a day before it comes."""

    FLOOD = "flood"
    FLOOD_TO_ONE = "flood_to_one"
    WEEK_TO_ONE = "week_to_one"
    FREE_DAY = "free_day"
    NIGHT = "night"
    PERSON_OUT = "person_out"
    NO_ADDRESS = "no_address"
    WAITS = "waits"
    REFUSED = "refused"
    TOO_LATE = "too_late"
    RUN_FAILS = "run_fails"


@dataclass(frozen=True)
class Sending:
    """One letter that would leave: when, to whom (``person`` tells people apart, ``number`` names them), and which."""

    at: datetime
    person: str
    number: str
    event: str
    out: bool = False
    """Whether it reminds somebody who is out by then."""


@dataclass(frozen=True)
class Warned:
    """One concern about one day, as a Polish sentence with numbers and no names."""

    day: date
    concern: Concern
    sentence: str


def concerns(sendings: Sequence[Sending], *, flood: int) -> list[Warned]:
    """Everything odd in these letters, by day. ``flood``: so many a day to all are no flood yet."""
    days: dict[date, list[Sending]] = defaultdict(list)
    for one in sendings:
        days[_day(one)].append(one)
    found = [warned for day in sorted(days) for warned in _of_day(day, days[day], flood)]
    found += _of_weeks(sendings)
    return sorted(found, key=lambda one: (one.day, one.concern))


def _of_day(day: date, sendings: Sequence[Sending], flood: int) -> Iterator[Warned]:
    if len(sendings) > flood:
        yield Warned(day, Concern.FLOOD, f"Wiadomości w jednym dniu: {len(sendings)} (próg: {flood}).")
    crowded = _crowded(sendings, A_DAY_TO_ONE)
    if crowded:
        yield Warned(day, Concern.FLOOD_TO_ONE, f"Więcej niż {A_DAY_TO_ONE} jednego dnia: {crowded}.")
    if not is_working_day(day):
        what = holiday(day) or ("sobota" if day.isoweekday() == 6 else "niedziela")
        yield Warned(day, Concern.FREE_DAY, f"Wiadomości w dzień wolny ({what}): {len(sendings)}.")
    late = [one for one in sendings if _at_night(one)]
    if late:
        yield Warned(day, Concern.NIGHT, f"Wiadomości w nocy (od 21:00 do 6:00): {len(late)}.")
    out = sorted({one.number for one in sendings if one.out})
    if out:
        yield Warned(day, Concern.PERSON_OUT, f"Przypomnienie do osób, które już nie biorą udziału: {', '.join(out)}.")


def _of_weeks(sendings: Sequence[Sending]) -> Iterator[Warned]:
    weeks: dict[date, list[Sending]] = defaultdict(list)
    for one in sendings:
        weeks[_day(one) - timedelta(days=_day(one).weekday())].append(one)
    for monday in sorted(weeks):
        crowded = _crowded(weeks[monday], A_WEEK_TO_ONE)
        if crowded:
            yield Warned(monday, Concern.WEEK_TO_ONE, f"Więcej niż {A_WEEK_TO_ONE} w tym tygodniu: {crowded}.")


def _crowded(sendings: Iterable[Sending], most: int) -> str:
    """Who would get more than that: numbers with counts."""
    counted: Counter[str] = Counter()
    names: dict[str, set[str]] = defaultdict(set)
    for one in sendings:
        counted[one.person] += 1
        names[one.person].add(one.number)
    too_many = sorted((sorted(names[who]), count) for who, count in counted.items() if count > most)
    return ", ".join(f"{' / '.join(numbers)} ({count})" for numbers, count in too_many)


def _day(one: Sending) -> date:
    return one.at.astimezone(LOCAL).date()


def _at_night(one: Sending) -> bool:
    hour = one.at.astimezone(LOCAL).time()
    return hour >= NIGHT_FROM or hour < NIGHT_TO
