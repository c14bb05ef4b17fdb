"""The shape of every lifecycle: which states exist, which moves are legal, and which right a move needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from models.actor import Right

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Lifecycle(Generic[S]):
    """``moves`` maps a state to the states that may follow; ``rights`` a state to the right that entering it needs."""

    aggregate: str
    start: frozenset[S]
    moves: Mapping[S, frozenset[S]]
    rights: Mapping[S, Right]

    def allows(self, origin: S, target: S) -> bool:
        return target in self.moves.get(origin, frozenset())

    @property
    def final(self) -> frozenset[S]:
        return frozenset(state for state in self.rights if not self.moves.get(state))
