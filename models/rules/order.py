"""The total order of a ranking: its keys, what decided between equals, and the public draw that comes last.

The draw is a computation that anybody can repeat: SHA-256 over the seed, the algorithm id and the number of the
application, the lowest first. The seed is a text that was drawn or read out in public before anybody could know what
it does; it stands in the snapshot and in the protocol.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, TypeAlias

from pydantic import Field, PlainValidator
from pydantic_core import PydanticCustomError

POINTS_BY = "points:"


class OrderKey(StrEnum):
    POINTS_DESC = "points_desc"
    PREMIUM_DESC = "premium_desc"
    RECEIVED_ASC = "received_asc"
    NUMBER_ASC = "number_asc"
    DRAW = "draw"


_RULE = r"^points:[a-z][a-z0-9_]*$"
RuleKey: TypeAlias = Annotated[str, Field(pattern=_RULE)]
"""Points of one rule, the most first: ``points:staz``."""
Key: TypeAlias = OrderKey | str


def _stated(value: object) -> Key:
    """One key as a project states it, with one mistake to tell rather than one of each kind of key."""
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "not a text")
    if value.startswith(POINTS_BY):
        if re.match(_RULE, value) is None:
            raise PydanticCustomError("string_pattern_mismatch", "no code of a rule", {"pattern": _RULE})
        return value
    try:
        return OrderKey(value)
    except ValueError:
        known = ", ".join(f"'{key}'" for key in (*OrderKey, f"{POINTS_BY}KOD"))
        raise PydanticCustomError("enum", "no key", {"expected": known}) from None


StatedKey: TypeAlias = Annotated[Key, PlainValidator(_stated, json_schema_input_type=OrderKey | RuleKey)]


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
    gmina: str = ""
    points_by: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Points by rule, for the rules that the order names."""


class SeedMissing(ValueError):
    """Candidates are equal by everything but the draw, and no seed was given."""

    def __init__(self, numbers: tuple[str, ...]) -> None:
        self.numbers = numbers
        super().__init__(
            f"O kolejności zgłoszeń {', '.join(numbers)} musi rozstrzygnąć losowanie, a nie ma jego ziarna."
        )


NumberKey: TypeAlias = tuple[tuple[int, str], ...]
Value: TypeAlias = int | str | datetime | tuple[NumberKey, str]


@dataclass(frozen=True)
class Order:
    """How candidates are ordered: the keys, the draw's seed and the algorithm it is named by."""

    keys: tuple[Key, ...]
    seed: str | None = None
    algorithm: str = ""
    rule_titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def ranked(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """From the first to the last. Raises ``SeedMissing``, and ``KeyError`` for points nobody stated."""
        ordered = sorted(candidates, key=lambda one: tuple(self.value(key, one) for key in self.complete))
        self._need_seed(ordered)
        return ordered

    @property
    def complete(self) -> tuple[Key, ...]:
        """The keys, made total by the number, asked or not."""
        return tuple(dict.fromkeys((*self.keys, OrderKey.NUMBER_ASC)))

    def value(self, key: Key, candidate: Candidate) -> Value:
        """What the candidate is sorted by under this key; the smaller, the better."""
        if isinstance(key, OrderKey):
            return self.draw_of(candidate.number) if key is OrderKey.DRAW else _VALUES[key](candidate)
        return -candidate.points_by[rule_of(key)]

    def draw_of(self, number: str) -> str:
        """The key of the draw, in hex; empty where nothing is drawn."""
        if self.seed is None or OrderKey.DRAW not in self.keys:
            return ""
        return hashlib.sha256(f"{self.seed}|{self.algorithm}|{number}".encode()).hexdigest()

    def _need_seed(self, ordered: Sequence[Candidate]) -> None:
        if self.seed is not None or OrderKey.DRAW not in self.keys:
            return
        before = self.keys[: self.keys.index(OrderKey.DRAW)]
        values = [tuple(self.value(key, one) for key in before) for one in ordered]
        tied = [
            one.number
            for index, one in enumerate(ordered)
            if values[index] in (*values[max(0, index - 1) : index], *values[index + 1 : index + 2])
        ]
        if tied:
            raise SeedMissing(tuple(tied))

    def tie_break(self, candidate: Candidate, neighbours: Iterable[Candidate | None]) -> str:
        """A Polish sentence on what separated the candidate from the neighbours that are equal by the first key."""
        keys = self.complete
        separating = {
            next(key for key in keys if self.value(key, candidate) != self.value(key, other))
            for other in neighbours
            if other is not None and self.value(keys[0], candidate) == self.value(keys[0], other)
        }
        if not separating:
            return ""
        decided = [self._noun(key) for key in keys if key in separating]
        words = decided[0].split()[0]
        verb = {"liczba": "zdecydowała", "publiczne": "zdecydowało"}.get(words, "zdecydował")
        return f"{self._equal(keys[0], candidate)}: o kolejności {verb} {', a następnie '.join(decided)}."

    def _equal(self, key: Key, candidate: Candidate) -> str:
        if isinstance(key, OrderKey):
            return _EQUAL[key].format(points=candidate.points, premium=candidate.premium)
        return f"Równa {self._noun(key)} ({candidate.points_by[rule_of(key)]})"

    def _noun(self, key: Key) -> str:
        if isinstance(key, OrderKey):
            return _DECIDED[key]
        return f"liczba punktów za „{self.rule_titles.get(rule_of(key), rule_of(key))}”"


def rule_of(key: str) -> str:
    """The point rule that a key such as ``points:staz`` names."""
    return key.removeprefix(POINTS_BY)


def key_of(text: str) -> Key:
    """A key from its stored text. Raises ``ValueError`` for one that never was."""
    return text if text.startswith(POINTS_BY) else OrderKey(text)


def in_words(keys: Sequence[Key], rule_titles: Mapping[str, str]) -> str:
    """The order as a Polish sentence, for lists and protocols."""
    return "; ".join(key_in_words(key, rule_titles) for key in keys) + "."


def key_in_words(key: Key, rule_titles: Mapping[str, str]) -> str:
    """One key of the order: „liczba punktów (od najwyższej)”."""
    if isinstance(key, OrderKey):
        return _WORDS[key]
    return f"liczba punktów za „{rule_titles.get(rule_of(key), rule_of(key))}” (od najwyższej)"


def _natural(number: str) -> tuple[NumberKey, str]:
    """Numbers in counting order (``…/9`` before ``…/10``); the text itself tells ``1`` from ``01``."""
    parts = re.findall(r"[0-9]+|[^0-9]+", number)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts), number


_VALUES: Mapping[OrderKey, Callable[[Candidate], Value]] = MappingProxyType(
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
        OrderKey.DRAW: "publiczne losowanie",
    }
)
_WORDS = MappingProxyType(
    {
        OrderKey.POINTS_DESC: "liczba punktów (od najwyższej)",
        OrderKey.PREMIUM_DESC: "liczba punktów premiowych (od najwyższej)",
        OrderKey.RECEIVED_ASC: "czas wpływu (od najwcześniejszego)",
        OrderKey.NUMBER_ASC: "numer zgłoszenia (od najniższego)",
        OrderKey.DRAW: "publiczne losowanie",
    }
)
