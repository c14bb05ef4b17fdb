"""The shape of every lifecycle: which states exist, which moves are legal, and which right a move needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from models.actor import Actor, Right

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Lifecycle(Generic[S]):
    """``moves`` maps a state to the states that may follow; ``rights`` a state to the right that entering it needs.

    ``by_move``: for single moves, the rights of which any one is needed in the place of that.
    """

    aggregate: str
    start: frozenset[S]
    moves: Mapping[S, frozenset[S]]
    rights: Mapping[S, Right]
    by_move: Mapping[tuple[S, S], tuple[Right, ...]] = field(default_factory=dict)

    def allows(self, origin: S, target: S) -> bool:
        return target in self.moves.get(origin, frozenset())

    def right_for(self, actor: Actor, origin: S, target: S) -> Right:
        """The right that a move asks an actor for: the first that the actor has, where one of several will do."""
        any_of = self.by_move.get((origin, target), (self.rights[target],))
        return next((right for right in any_of if actor.has(right)), any_of[0])

    @property
    def final(self) -> frozenset[S]:
        return frozenset(state for state in self.rights if not self.moves.get(state))
