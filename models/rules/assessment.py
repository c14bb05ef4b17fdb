"""Merit assessment: how the points of several assessors become the points of an application. Pure.

The rule is data of the project. An outsider can reckon an assessment again from the sheets alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

ALGORITHM = "assessment-1"


class Reckoning(StrEnum):
    """Średnia arytmetyczna (whole points, halves upwards) or the sum of what the assessors give."""

    MEAN = "mean"
    SUM = "sum"


class AssessmentRules(BaseModel):
    """How the commission assesses. The defaults are ours; a project states its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    assessors: Annotated[int, Field(ge=1, le=10)] = 2
    """How many assess each application, each by themselves, before its points count."""
    reckoning: Annotated[Reckoning, Field(strict=False)] = Reckoning.MEAN
    spread: Annotated[int, Field(ge=1)] | None = None
    """From this difference between the highest and the lowest sheet on, in points altogether, a spread is flagged."""
    justified: bool = True
    """Whether an assessor has to say why in every rule."""
    further_assessor: bool = False
    """Whether a flagged spread holds the points back until one more assessor has given theirs."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.further_assessor and self.spread is None:
            raise ValueError("kolejna ocena (further_assessor) wymaga podania rozbieżności (spread)")
        if self.further_assessor and self.reckoning is Reckoning.SUM:
            raise ValueError("kolejna ocena (further_assessor) zmieniłaby sumę; przy niej punkty są średnią (mean)")
        if self.spread is not None and self.assessors == 1:
            raise ValueError("rozbieżność (spread) wymaga co najmniej dwóch oceniających (assessors)")
        return self


Symbol: TypeAlias = str
Code: TypeAlias = str


@dataclass(frozen=True)
class Marks:
    """What one assessor gave: whole points by the code of the rule."""

    assessor: Symbol
    points: Mapping[Code, int]

    @property
    def total(self) -> int:
        return sum(self.points.values())


@dataclass(frozen=True)
class Assessment:
    """The sheets of one application, reckoned up."""

    points: Mapping[Code, int]
    """By code of the rule; empty while the assessment is not complete."""
    given: int
    needed: int
    """How many sheets it takes, with a further one where a wide spread asks for it."""
    spread: int
    """Highest less lowest sheet, in points altogether; 0 for fewer than two."""
    wide: bool

    @property
    def complete(self) -> bool:
        return self.given >= self.needed


def reckon(
    sheets: Sequence[Marks], codes: Sequence[Code], rules: AssessmentRules, *, algorithm: str = ALGORITHM
) -> Assessment:
    """The points of one application. The order of the sheets does not matter.

    Raises ``KeyError`` for an algorithm id that never was, and ``ValueError`` for two sheets of one assessor or a sheet
    that leaves a rule out.
    """
    return RECKONERS[algorithm](sheets, codes, rules)


def most_of_one(maximum: int, rules: AssessmentRules) -> int:
    """The most that one assessor may give in a rule whose points reach ``maximum`` altogether."""
    return maximum // rules.assessors if rules.reckoning is Reckoning.SUM else maximum


def _reckon_1(sheets: Sequence[Marks], codes: Sequence[Code], rules: AssessmentRules) -> Assessment:
    if len({one.assessor for one in sheets}) < len(sheets):
        raise ValueError("two sheets of one assessor")
    if any(code not in one.points for one in sheets for code in codes):
        raise ValueError("a sheet leaves a rule out")
    totals = [sum(one.points[code] for code in codes) for one in sheets]
    spread = max(totals) - min(totals) if totals else 0
    wide = rules.spread is not None and spread >= rules.spread
    needed = rules.assessors + (1 if wide and rules.further_assessor and len(sheets) >= rules.assessors else 0)
    if len(sheets) < needed:
        return Assessment({}, len(sheets), needed, spread, wide)
    points = {code: _together([one.points[code] for one in sheets], rules.reckoning) for code in codes}
    return Assessment(points, len(sheets), needed, spread, wide)


def _together(given: Sequence[int], reckoning: Reckoning) -> int:
    if reckoning is Reckoning.SUM:
        return sum(given)
    return (2 * sum(given) + len(given)) // (2 * len(given))


Reckoner: TypeAlias = Callable[[Sequence[Marks], Sequence[Code], AssessmentRules], Assessment]
RECKONERS: Mapping[str, Reckoner] = MappingProxyType({ALGORITHM: _reckon_1})
