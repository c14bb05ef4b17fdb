"""Meetings that get in each other's way: two at once for one person, in one place or with one host."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from itertools import combinations


@dataclass(frozen=True)
class Hours:
    """One day from one hour to another, by the clock in Warsaw. The end does not belong to it."""

    on: date
    starts: time
    ends: time

    def overlap(self, other: "Hours") -> bool:
        return self.on == other.on and self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True)
class Gathering:
    """A meeting as far as others can be in its way. ``people``: by what they are known to the caller."""

    key: str
    days: Sequence[Hours]
    place: str = ""
    host: str = ""
    people: frozenset[int] = frozenset()


class Cause(StrEnum):
    """What two meetings at once have in common."""

    PERSON = "person"
    PLACE = "place"
    HOST = "host"


@dataclass(frozen=True)
class Collision:
    """Two meetings at once; ``one`` comes before ``other`` in the order of keys. ``people`` only with ``PERSON``."""

    cause: Cause
    one: str
    other: str
    hours: Hours
    other_hours: Hours
    people: frozenset[int] = frozenset()


def collisions(gatherings: Iterable[Gathering]) -> tuple[Collision, ...]:
    """Every pair of meetings that are at once and share a person, a place or a host, once for each day and cause.

    In the order of the day and of the keys, whatever order they come in. Places and hosts are the same when they are
    written the same, but for capitals and blanks; empty ones are nobody's.
    """
    by_day: defaultdict[date, list[tuple[Gathering, Hours]]] = defaultdict(list)
    for one in gatherings:
        for hours in one.days:
            by_day[hours.on].append((one, hours))
    found: list[Collision] = []
    for day in sorted(by_day):
        there = sorted(by_day[day], key=lambda entry: (entry[0].key, entry[1].starts))
        for (one, hours), (other, other_hours) in combinations(there, 2):
            if one.key == other.key or not hours.overlap(other_hours):
                continue
            shared = one.people & other.people
            causes = (
                (Cause.PERSON, bool(shared), shared),
                (Cause.PLACE, _same(one.place, other.place), frozenset[int]()),
                (Cause.HOST, _same(one.host, other.host), frozenset[int]()),
            )
            found += [
                Collision(cause, one.key, other.key, hours, other_hours, people)
                for cause, is_so, people in causes
                if is_so
            ]
    return tuple(found)


def _same(one: str, other: str) -> bool:
    return bool(_plain(one)) and _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")
