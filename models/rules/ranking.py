"""The ranking: a total order of the eligible applications and the lists that seats and reserve cut from it.

A ranking is a proposal. People decide (art. 22 RODO); nothing here accepts anyone. The default order (points, premium
points, time of receipt, number) is an assumption of ours: every project states its own and prints it in the protocol.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, TypeAlias

ALGORITHM = "ranking-1"


class OrderKey(StrEnum):
    POINTS_DESC = "points_desc"
    PREMIUM_DESC = "premium_desc"
    RECEIVED_ASC = "received_asc"
    NUMBER_ASC = "number_asc"


class ListKind(StrEnum):
    """Lista podstawowa, lista rezerwowa, or below both."""

    MAIN = "main"
    RESERVE = "reserve"
    BEYOND = "beyond"


@dataclass(frozen=True)
class Candidate:
    """One eligible application. ``points`` are those the order goes by, ``premium`` the premium points among them."""

    number: str
    points: int
    premium: int
    received_at: datetime
    sector: str
    level: str
    institution: str


@dataclass(frozen=True)
class Place:
    """One line of the list: ``position`` counts from 1 within each list."""

    number: str
    position: int
    list: ListKind
    points: int
    premium: int
    tie_break: str
    """Polish sentence on what decided among equals; empty where nothing had to."""


@dataclass(frozen=True)
class Ranking:
    """Places from the first to the last, main list, then reserve, then beyond."""

    places: tuple[Place, ...]

    def on(self, kind: ListKind) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.list is kind)


NumberKey: TypeAlias = tuple[tuple[int, str], ...]
SortKey: TypeAlias = tuple[int | datetime | tuple[NumberKey, str], ...]


def rank(
    candidates: Iterable[Candidate],
    *,
    seats: int,
    reserve_seats: int,
    order: Sequence[OrderKey],
    algorithm: str = ALGORITHM,
) -> Ranking:
    """Rank the candidates; whatever order they come in, the result is the same.

    The order is made total by the number of the application, asked or not. Raises ``ValueError`` when two candidates
    bear one number or a number of seats is negative, ``KeyError`` for an algorithm id that never was.
    """
    return RANKERS[algorithm](tuple(candidates), seats=seats, reserve_seats=reserve_seats, order=tuple(order))


def _rank_1(
    candidates: tuple[Candidate, ...], *, seats: int, reserve_seats: int, order: tuple[OrderKey, ...]
) -> Ranking:
    if seats < 0 or reserve_seats < 0:
        raise ValueError("a number of seats cannot be negative")
    if len({candidate.number for candidate in candidates}) < len(candidates):
        raise ValueError("two candidates bear the same number")
    keys = tuple(dict.fromkeys((*order, OrderKey.NUMBER_ASC)))
    ranked = sorted(candidates, key=lambda candidate: tuple(_KEYS[key](candidate) for key in keys))
    places = []
    for index, candidate in enumerate(ranked):
        kind, position = _seat(index, seats, reserve_seats)
        above = ranked[index - 1] if index else None
        below = ranked[index + 1] if index + 1 < len(ranked) else None
        sentence = _tie_break(candidate, (above, below), keys)
        places.append(Place(candidate.number, position, kind, candidate.points, candidate.premium, sentence))
    return Ranking(tuple(places))


def _seat(index: int, seats: int, reserve_seats: int) -> tuple[ListKind, int]:
    if index < seats:
        return ListKind.MAIN, index + 1
    if index < seats + reserve_seats:
        return ListKind.RESERVE, index - seats + 1
    return ListKind.BEYOND, index - seats - reserve_seats + 1


def _natural(number: str) -> tuple[NumberKey, str]:
    """Numbers in counting order (``…/9`` before ``…/10``); the text itself tells ``1`` from ``01``."""
    parts = re.findall(r"[0-9]+|[^0-9]+", number)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts), number


_KEYS: Mapping[OrderKey, Callable[[Candidate], int | datetime | tuple[NumberKey, str]]] = MappingProxyType(
    {
        OrderKey.POINTS_DESC: lambda candidate: -candidate.points,
        OrderKey.PREMIUM_DESC: lambda candidate: -candidate.premium,
        OrderKey.RECEIVED_ASC: lambda candidate: candidate.received_at,
        OrderKey.NUMBER_ASC: lambda candidate: _natural(candidate.number),
    }
)

_EQUAL = MappingProxyType(
    {
        OrderKey.POINTS_DESC: "Równa liczba punktów ({points})",
        OrderKey.PREMIUM_DESC: "Równa liczba punktów premiowych ({premium})",
        OrderKey.RECEIVED_ASC: "Ten sam czas wpływu",
    }
)
_DECIDED = MappingProxyType(
    {
        OrderKey.POINTS_DESC: "liczba punktów",
        OrderKey.PREMIUM_DESC: "liczba punktów premiowych",
        OrderKey.RECEIVED_ASC: "czas wpływu zgłoszenia",
        OrderKey.NUMBER_ASC: "numer zgłoszenia",
    }
)


def _tie_break(candidate: Candidate, neighbours: Iterable[Candidate | None], keys: tuple[OrderKey, ...]) -> str:
    """What separated the candidate from the neighbours that are equal by the first key."""
    separating = {
        next(key for key in keys if _KEYS[key](candidate) != _KEYS[key](other))
        for other in neighbours
        if other is not None and _KEYS[keys[0]](candidate) == _KEYS[keys[0]](other)
    }
    if not separating:
        return ""
    equal = _EQUAL[keys[0]].format(points=candidate.points, premium=candidate.premium)
    decided = [_DECIDED[key] for key in keys if key in separating]
    verb = "zdecydowała" if decided[0].startswith("liczba") else "zdecydował"
    return f"{equal}: o kolejności {verb} {', a następnie '.join(decided)}."


class Ranker(Protocol):
    def __call__(
        self, candidates: tuple[Candidate, ...], /, *, seats: int, reserve_seats: int, order: tuple[OrderKey, ...]
    ) -> Ranking: ...


RANKERS: Mapping[str, Ranker] = MappingProxyType({ALGORITHM: _rank_1})
