"""Voting of the commission: quorum, majority, ties, and what the voice of somebody recused is worth (nothing).

The rule is data of the project. An outsider can count a ballot again from its roll and its voices alone.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

ALGORITHM = "voting-1"


class Voice(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Majority(StrEnum):
    """Zwykła: more for than against. Bezwzględna: more for than all the others. Two thirds of all who may vote."""

    SIMPLE = "simple"
    ABSOLUTE = "absolute"
    TWO_THIRDS = "two_thirds"


class Tie(StrEnum):
    """What becomes of a tie: the chair's own voice decides, or the motion falls."""

    CHAIR = "chair"
    FALLS = "falls"


class CommissionRules(BaseModel):
    """How a commission works. The defaults are ours; a project states its own, and the protocol prints them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    quorum_percent: Annotated[int, Field(ge=1, le=100)] = 50
    """Share of the members with a vote who must be there, counted upwards."""
    quorum_at_least: Annotated[int, Field(ge=1, le=50)] = 2
    majority: Majority = Majority.SIMPLE
    tie: Tie = Tie.CHAIR
    four_eyes: bool = True
    """Whether one who drew up a ranking of a call may not vote or decide in it, nor the other way round."""


Symbol: TypeAlias = str


@dataclass(frozen=True)
class Roll:
    """Who could vote: all members with a vote, those of them who were there, those who were out of it, the chair."""

    members: frozenset[Symbol]
    present: frozenset[Symbol]
    recused: frozenset[Symbol]
    chair: Symbol | None

    @property
    def voters(self) -> frozenset[Symbol]:
        """Members with a vote who are there and not recused."""
        return (self.members & self.present) - self.recused


@dataclass(frozen=True)
class Tally:
    """A ballot, counted. ``by_chair``: there was a tie, and the chair's voice carried the motion."""

    needed: int
    voters: int
    in_favour: int
    against: int
    abstained: int
    quorum: bool
    carried: bool
    by_chair: bool


def count(voices: Mapping[Symbol, Voice], roll: Roll, rules: CommissionRules, *, algorithm: str = ALGORITHM) -> Tally:
    """Counts a ballot. Raises ``ValueError`` for a voice of one who may not vote, ``KeyError`` for a strange algorithm.

    Who may vote and gives no voice counts for the quorum and against an absolute majority, like one who abstains.
    """
    return COUNTS[algorithm](voices, roll, rules)


def without(
    voices: Mapping[Symbol, Voice], roll: Roll, recused: Collection[Symbol]
) -> tuple[dict[Symbol, Voice], Roll]:
    """The same ballot for one application from which further members are recused: their voices fall away."""
    kept = {symbol: voice for symbol, voice in voices.items() if symbol not in recused}
    return kept, Roll(roll.members, roll.present, roll.recused | frozenset(recused), roll.chair)


def quorum_of(members: int, rules: CommissionRules) -> int:
    """How many voters a ballot needs."""
    return max(-(-members * rules.quorum_percent // 100), rules.quorum_at_least)


def _count_1(voices: Mapping[Symbol, Voice], roll: Roll, rules: CommissionRules) -> Tally:
    strangers = set(voices) - roll.voters
    if strangers:
        raise ValueError(f"voices of those who may not vote: {', '.join(sorted(strangers))}")
    said = list(voices.values())
    in_favour, against = said.count(Voice.FOR), said.count(Voice.AGAINST)
    voters, needed = len(roll.voters), quorum_of(len(roll.members), rules)
    won, tied = _MAJORITIES[rules.majority](in_favour, against, voters)
    by_chair = tied and rules.tie is Tie.CHAIR and roll.chair is not None and voices.get(roll.chair) is Voice.FOR
    quorum = voters >= needed
    return Tally(
        needed=needed,
        voters=voters,
        in_favour=in_favour,
        against=against,
        abstained=voters - in_favour - against,
        quorum=quorum,
        carried=quorum and (won or by_chair),
        by_chair=quorum and by_chair,
    )


_MAJORITIES: Mapping[Majority, Callable[[int, int, int], tuple[bool, bool]]] = MappingProxyType(
    {
        # Nobody for and nobody against is no tie: nothing was wanted.
        Majority.SIMPLE: lambda yes, no, voters: (yes > no, yes == no > 0),
        Majority.ABSOLUTE: lambda yes, no, voters: (2 * yes > voters, 2 * yes == voters > 0),
        Majority.TWO_THIRDS: lambda yes, no, voters: (voters > 0 and 3 * yes >= 2 * voters, False),
    }
)
"""Whether a motion is won, and whether it is tied, by voices for and against and by those who could vote."""

Count: TypeAlias = Callable[[Mapping[Symbol, Voice], Roll, CommissionRules], Tally]
COUNTS: Mapping[str, Count] = MappingProxyType({ALGORITHM: _count_1})
