"""The ranking: a total order of the eligible applications, and the lists that seats and composition make of it.

A ranking is a proposal. People decide (art. 22 RODO); nothing here accepts anyone. The default order (points, premium
points, time of receipt, number) is an assumption of ours: every project states its own and prints it in the protocol.

Rankings outlive the code that made them, so each keeps its algorithm. ``ranking-1`` cut the order by the number of
seats and only said what the group lacked; ``ranking-2`` composes the group and gives a reason for every place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from models.rules.composer import compose
from models.rules.composition import NO_LABELS, Constraint, Labels
from models.rules.order import Candidate, Key, Order, OrderKey
from models.rules.reasons import Reasons

__all__ = [
    "ALGORITHM",
    "FIRST",
    "RANKERS",
    "Candidate",
    "LeftOut",
    "ListKind",
    "OrderKey",
    "Place",
    "Ranking",
    "Rules",
    "rank",
]

FIRST = "ranking-1"
ALGORITHM = "ranking-2"


class ListKind(StrEnum):
    """Lista podstawowa, lista rezerwowa, or below both."""

    MAIN = "main"
    RESERVE = "reserve"
    BEYOND = "beyond"


@dataclass(frozen=True)
class LeftOut:
    """An eligible application that takes no part, because the person is in another group or about to be."""

    candidate: Candidate
    sentence: str
    """Why, in Polish."""


@dataclass(frozen=True)
class Rules:
    """What a ranking follows beside the candidates."""

    seats: int
    reserve_seats: int
    order: tuple[Key, ...]
    composition: tuple[Constraint, ...] = ()
    seed: str | None = None
    labels: Labels = NO_LABELS
    rule_titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def ordering(self, algorithm: str) -> Order:
        return Order(self.order, self.seed, algorithm, self.rule_titles)


@dataclass(frozen=True)
class Place:
    """One line of the list: ``position`` counts from 1 within each list, ``rank`` in the order of all."""

    number: str
    position: int
    list: ListKind
    points: int
    premium: int
    tie_break: str
    """Polish sentence on what decided among equals; empty where nothing had to."""
    rank: int = 0
    """0 for those left out, and in ``ranking-1``."""
    reason: str = ""
    """Polish sentence on why the application stands on this list; empty in ``ranking-1``."""
    draw: str = ""
    """The key of the public draw, in hex; empty where nothing was drawn."""


@dataclass(frozen=True)
class Ranking:
    """Places from the first to the last, main list, then reserve, then beyond."""

    places: tuple[Place, ...]

    def on(self, kind: ListKind) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.list is kind)


def rank(
    candidates: Iterable[Candidate],
    rules: Rules,
    *,
    left_out: Sequence[LeftOut] = (),
    algorithm: str = ALGORITHM,
) -> Ranking:
    """Rank the candidates; whatever order they come in, the result is the same.

    The order is made total by the number of the application, asked or not. Raises ``ValueError`` when two candidates
    bear one number, a number of seats is negative or the composition contradicts itself, ``SeedMissing`` when a draw is
    needed, and ``KeyError`` for an algorithm id that never was.
    """
    ranker, listed = RANKERS[algorithm], tuple(candidates)
    if rules.seats < 0 or rules.reserve_seats < 0:
        raise ValueError("Liczba miejsc nie może być ujemna.")
    numbers = [one.number for one in (*listed, *(out.candidate for out in left_out))]
    if len(set(numbers)) < len(numbers):
        raise ValueError("Dwa zgłoszenia mają ten sam numer.")
    return ranker(listed, rules, tuple(left_out))


def _rank_1(candidates: tuple[Candidate, ...], rules: Rules, left_out: tuple[LeftOut, ...]) -> Ranking:
    """The order, cut by the number of seats."""
    if left_out:
        raise ValueError("ranking-1 leaves nobody out")
    order = rules.ordering(FIRST)
    ranked = order.ranked(candidates)
    places = []
    for index, candidate in enumerate(ranked):
        kind, position = _cut(index, rules.seats, rules.reserve_seats)
        sentence = order.tie_break(candidate, _neighbours(ranked, index))
        places.append(Place(candidate.number, position, kind, candidate.points, candidate.premium, sentence))
    return Ranking(tuple(places))


def _rank_2(candidates: tuple[Candidate, ...], rules: Rules, left_out: tuple[LeftOut, ...]) -> Ranking:
    """The composed group, then the others in their order: first the reserve."""
    order = rules.ordering(ALGORITHM)
    ranked = order.ranked(candidates)
    composed = compose(ranked, seats=rules.seats, constraints=rules.composition)
    reasons = Reasons(ranked, composed, seats=rules.seats, constraints=rules.composition, labels=rules.labels)
    chosen = set(composed.chosen)
    others = [index for index in range(len(ranked)) if index not in chosen]
    lists = (
        (ListKind.MAIN, composed.chosen, reasons.seated),
        (ListKind.RESERVE, others[: rules.reserve_seats], reasons.reserve),
        (ListKind.BEYOND, others[rules.reserve_seats :], reasons.beyond),
    )
    places = [
        Place(
            number=ranked[index].number,
            position=position,
            list=kind,
            points=ranked[index].points,
            premium=ranked[index].premium,
            tie_break=order.tie_break(ranked[index], _neighbours(ranked, index)),
            rank=index + 1,
            reason=reason(index),
            draw=order.draw_of(ranked[index].number),
        )
        for kind, indices, reason in lists
        for position, index in enumerate(indices, start=1)
    ]
    unranked = sorted(left_out, key=lambda out: order.value(OrderKey.NUMBER_ASC, out.candidate))
    beyond = len(others[rules.reserve_seats :])
    for position, out in enumerate(unranked, start=beyond + 1):
        one = out.candidate
        places.append(Place(one.number, position, ListKind.BEYOND, one.points, one.premium, "", reason=out.sentence))
    return Ranking(tuple(places))


def _neighbours(ranked: Sequence[Candidate], index: int) -> tuple[Candidate | None, Candidate | None]:
    return ranked[index - 1] if index else None, ranked[index + 1] if index + 1 < len(ranked) else None


def _cut(index: int, seats: int, reserve_seats: int) -> tuple[ListKind, int]:
    if index < seats:
        return ListKind.MAIN, index + 1
    if index < seats + reserve_seats:
        return ListKind.RESERVE, index - seats + 1
    return ListKind.BEYOND, index - seats - reserve_seats + 1


class Ranker(Protocol):
    def __call__(
        self, candidates: tuple[Candidate, ...], rules: Rules, left_out: tuple[LeftOut, ...], /
    ) -> Ranking: ...


RANKERS: Mapping[str, Ranker] = MappingProxyType({FIRST: _rank_1, ALGORITHM: _rank_2})
