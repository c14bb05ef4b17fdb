"""Formal criteria and points: what a regulation asks, and what one application answers.

A criterion is data: its paragraph, its three sentences, and a **test** of one of a closed set of kinds. Answers that
are blank, unreadable, ambiguous or contradictory never count against anyone: they make the result *cannot tell*, and
a correction is asked for. Only what was read for certain can be *met* or *not met*.

Verdicts outlive the code that gave them, so every sheet keeps the algorithm it was judged by (``ALGORITHM``).
A change of meaning gets a new id in ``EVALUATORS``; the old ones stay there and can be run again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from stdnum.pl import nip, pesel, regon

from models.rules.area import is_teryt, too_coarse, within
from models.rules.facts import Fact, Facts, FieldStatus
from models.rules.ternary import Result, every, met_if, negation, some

__all__ = [
    "ALGORITHM",
    "EVALUATORS",
    "Condition",
    "Criterion",
    "Outcome",
    "PointLine",
    "PointRule",
    "Points",
    "Result",
    "Verdict",
    "evaluate",
    "evidence",
    "fields_of",
    "judge",
    "point_evidence",
    "score",
]

ALGORITHM = "rules-1"
LOCAL = ZoneInfo("Europe/Warsaw")
CODE = r"^[a-z][a-z0-9_]*$"
LEAF = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$"
CALL_OR_TERYT = r"^(call|[0-9]{2}|[0-9]{4}|[0-9]{6,7})$"
NO_NUMBER = "brak"
"""What stands for a PESEL of a person who has none; allowed where the criterion says so."""

Code: TypeAlias = Annotated[str, Field(pattern=CODE)]
LeafKey: TypeAlias = Annotated[str, Field(pattern=LEAF)]
Codes: TypeAlias = Annotated[tuple[Code, ...], Field(min_length=1)]
Sentence: TypeAlias = Annotated[str, Field(min_length=1)]


class RuleData(BaseModel):
    """Rules come from files that people write: nothing unknown passes, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StatementTicked(RuleData):
    """The candidate ticked the statement. Read and not ticked is *not met*: a statement withheld is an answer."""

    kind: Literal["statement_ticked"]
    field: LeafKey


class ValueIn(RuleData):
    """The answer, or one of several chosen answers, is among ``values``."""

    kind: Literal["value_in"]
    field: LeafKey
    values: Codes


class SectorIn(RuleData):
    kind: Literal["sector_in"]
    field: LeafKey = "instytucja.obszar"
    sectors: Codes


class LevelIn(RuleData):
    kind: Literal["level_in"]
    field: LeafKey = "instytucja.poziom"
    levels: Codes


class WithinArea(RuleData):
    """The gmina given lies in the area: of the call, or of a TERYT prefix of its own."""

    kind: Literal["within_area"]
    field: LeafKey
    area: Annotated[str, Field(pattern=CALL_OR_TERYT)] = "call"


class AgeBetween(RuleData):
    """Completed years, both bounds included, on the day of receipt or on the last day of the call (Warsaw time)."""

    kind: Literal["age_between"]
    field: LeafKey = "data_urodzenia"
    minimum: Annotated[int, Field(ge=0, le=130)] = 0
    maximum: Annotated[int, Field(ge=0, le=130)] = 130
    on: Literal["receipt", "closing"] = "receipt"


class ReceivedInTime(RuleData):
    """Received between opening and closing of the call; the closing instant itself is still in time."""

    kind: Literal["received_in_time"]


class IdentifierValid(RuleData):
    """The number has a right check digit (and, for a PESEL, a date that exists)."""

    kind: Literal["identifier_valid"]
    field: LeafKey
    identifier: Literal["pesel", "nip", "regon"]
    allow_none: bool = False
    """Whether „brak” (a person without the number) satisfies it."""


class NotDuplicate(RuleData):
    """No earlier application of the same person to the same group."""

    kind: Literal["not_duplicate"]


class Answered(RuleData):
    """The question has a readable answer, whichever. Never *not met*: a gap is asked about."""

    kind: Literal["answered"]
    field: LeafKey


class AllOf(RuleData):
    kind: Literal["all_of"]
    of: Annotated[tuple["Condition", ...], Field(min_length=1)]


class AnyOf(RuleData):
    kind: Literal["any_of"]
    of: Annotated[tuple["Condition", ...], Field(min_length=1)]


class NoneOf(RuleData):
    kind: Literal["none_of"]
    of: Annotated[tuple["Condition", ...], Field(min_length=1)]


Condition: TypeAlias = Annotated[
    StatementTicked
    | ValueIn
    | SectorIn
    | LevelIn
    | WithinArea
    | AgeBetween
    | ReceivedInTime
    | IdentifierValid
    | NotDuplicate
    | Answered
    | AllOf
    | AnyOf
    | NoneOf,
    Field(discriminator="kind"),
]


class Criterion(RuleData):
    """One formal criterion: where it stands in the regulation, its test, and what is said of each result, in Polish."""

    code: Code
    title: Sentence
    paragraph: Sentence
    """As people quote it: „§ 4 ust. 1 pkt 2”."""
    test: Condition
    met: Sentence
    not_met: Sentence
    cannot_tell: Sentence

    def sentence(self, result: Result) -> str:
        return {Result.MET: self.met, Result.NOT_MET: self.not_met, Result.CANNOT_TELL: self.cannot_tell}[result]


for _nested in (AllOf, AnyOf, NoneOf, Criterion):
    _nested.model_rebuild()


@dataclass(frozen=True)
class Verdict:
    """What one criterion says of one application."""

    code: str
    result: Result
    paragraph: str
    sentence: str
    evidence: tuple[str, ...]
    """Keys of the answers it rests on; empty for circumstances such as the time of receipt."""


@dataclass(frozen=True)
class Outcome:
    """All verdicts in the order of the regulation. ``eligible`` is met when each of them is."""

    eligible: Result
    verdicts: tuple[Verdict, ...]


PointGroup: TypeAlias = Literal["merit", "premium"]
PointCount: TypeAlias = Annotated[int, Field(ge=0)]


class PointsByTable(RuleData):
    """Points by the code chosen; a code the table does not hold earns none."""

    kind: Literal["points_by_table"]
    code: Code
    title: Sentence
    paragraph: Sentence
    group: PointGroup = "merit"
    field: LeafKey
    table: Annotated[dict[Code, PointCount], Field(min_length=1)]


class PointsByCount(RuleData):
    """``each`` points for every answer chosen, up to ``maximum``; the codes in ``without`` count for nothing."""

    kind: Literal["points_by_count"]
    code: Code
    title: Sentence
    paragraph: Sentence
    group: PointGroup = "merit"
    field: LeafKey
    each: PointCount
    maximum: PointCount
    without: tuple[Code, ...] = ()


class FlatPoints(RuleData):
    """``points`` when the condition is met, else none."""

    kind: Literal["flat"]
    code: Code
    title: Sentence
    paragraph: Sentence
    group: PointGroup = "premium"
    points: PointCount
    test: Condition


PointRule: TypeAlias = Annotated[PointsByTable | PointsByCount | FlatPoints, Field(discriminator="kind")]

FlatPoints.model_rebuild()


@dataclass(frozen=True)
class PointLine:
    """One line of the score sheet. ``sentence`` tells, in Polish, where the points come from."""

    code: str
    title: str
    paragraph: str
    group: PointGroup
    points: int
    maximum: int
    sentence: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Points:
    merit: int
    premium: int
    total: int
    lines: tuple[PointLine, ...]


def fields_of(condition: Condition) -> tuple[str, ...]:
    """Keys of the answers a condition looks at, each once, in the order of the condition."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return tuple(dict.fromkeys(key for part in condition.of for key in fields_of(part)))
        case ReceivedInTime() | NotDuplicate():
            return ()
        case _:
            return (condition.field,)


def evidence(criterion: Criterion) -> tuple[str, ...]:
    """Keys of the answers that a criterion rests on."""
    return fields_of(criterion.test)


def point_evidence(rule: PointRule) -> tuple[str, ...]:
    """Keys of the answers that a point rule rests on."""
    return fields_of(rule.test) if isinstance(rule, FlatPoints) else (rule.field,)


def evaluate(criterion: Criterion, facts: Facts) -> Verdict:
    """Judge one criterion. Pure: the same facts give the same verdict at any time."""
    result = _test(criterion.test, facts)
    return Verdict(criterion.code, result, criterion.paragraph, criterion.sentence(result), evidence(criterion))


def judge(criteria: Sequence[Criterion], facts: Facts, *, algorithm: str = ALGORITHM) -> Outcome:
    """Judge all criteria of a group kind. Raises ``KeyError`` for an algorithm id that never was."""
    return EVALUATORS[algorithm].judge(criteria, facts)


def score(rules: Sequence[PointRule], facts: Facts, *, algorithm: str = ALGORITHM) -> Points:
    """Points of one application. What cannot be told earns none and says so; nothing is assumed in anyone's favour.

    Raises ``KeyError`` for an algorithm id that never was.
    """
    return EVALUATORS[algorithm].score(rules, facts)


def _judge_1(criteria: Sequence[Criterion], facts: Facts) -> Outcome:
    verdicts = tuple(evaluate(criterion, facts) for criterion in criteria)
    return Outcome(every(verdict.result for verdict in verdicts), verdicts)


def _score_1(rules: Sequence[PointRule], facts: Facts) -> Points:
    lines = tuple(_line(rule, facts) for rule in rules)
    merit = sum(line.points for line in lines if line.group == "merit")
    premium = sum(line.points for line in lines if line.group == "premium")
    return Points(merit, premium, merit + premium, lines)


def _test(condition: Condition, facts: Facts) -> Result:
    match condition:
        case AllOf():
            return every(_test(part, facts) for part in condition.of)
        case AnyOf():
            return some(_test(part, facts) for part in condition.of)
        case NoneOf():
            return negation(some(_test(part, facts) for part in condition.of))
        case ReceivedInTime():
            return met_if(facts.opens_at <= facts.received_at <= facts.closes_at)
        case NotDuplicate():
            return met_if(not facts.duplicates)
        case StatementTicked():
            ticked = _read(facts.get(condition.field))
            return met_if(ticked) if isinstance(ticked, bool) else Result.CANNOT_TELL
        case Answered():
            return Result.CANNOT_TELL if _read(facts.get(condition.field)) is None else Result.MET
        case ValueIn():
            return _among(facts.get(condition.field), condition.values)
        case SectorIn():
            return _among(facts.get(condition.field), condition.sectors)
        case LevelIn():
            return _among(facts.get(condition.field), condition.levels)
        case WithinArea():
            return _in_area(facts.get(condition.field), facts.area if condition.area == "call" else condition.area)
        case AgeBetween():
            day = facts.received_at if condition.on == "receipt" else facts.closes_at
            return _aged(facts.get(condition.field), condition, day.astimezone(LOCAL).date())
        case IdentifierValid():
            return _valid(facts.get(condition.field), condition)


def _read(fact: Fact) -> str | bool | tuple[str, ...] | None:
    """The answer if it can be relied on; an empty one never can."""
    if fact.status is not FieldStatus.READ or fact.value == "" or fact.value == ():
        return None
    return fact.value


def _among(fact: Fact, values: tuple[str, ...]) -> Result:
    chosen = _read(fact)
    if isinstance(chosen, str):
        return met_if(chosen in values)
    if isinstance(chosen, tuple):
        return met_if(any(code in values for code in chosen))
    return Result.CANNOT_TELL


def _in_area(fact: Fact, area: str) -> Result:
    unit = _read(fact)
    if not isinstance(unit, str) or not is_teryt(unit) or too_coarse(unit, area):
        return Result.CANNOT_TELL
    return met_if(within(unit, area))


def _aged(fact: Fact, bounds: AgeBetween, day: date) -> Result:
    written = _read(fact)
    if not isinstance(written, str):
        return Result.CANNOT_TELL
    try:
        born = date.fromisoformat(written)
    except ValueError:
        return Result.CANNOT_TELL
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return met_if(bounds.minimum <= years <= bounds.maximum)


class _NumberModule(Protocol):
    def is_valid(self, number: str) -> bool: ...


_IDENTIFIERS: Mapping[str, _NumberModule] = MappingProxyType({"pesel": pesel, "nip": nip, "regon": regon})


def _valid(fact: Fact, rule: IdentifierValid) -> Result:
    number = _read(fact)
    if not isinstance(number, str):
        return Result.CANNOT_TELL
    if number == NO_NUMBER:
        return met_if(rule.allow_none)
    return met_if(_IDENTIFIERS[rule.identifier].is_valid(number))


def _line(rule: PointRule, facts: Facts) -> PointLine:
    match rule:
        case PointsByTable():
            points, maximum, sentence = _by_table(rule, facts.get(rule.field))
        case PointsByCount():
            points, maximum, sentence = _by_count(rule, facts.get(rule.field))
        case FlatPoints():
            points, maximum, sentence = _flat(rule, _test(rule.test, facts))
    return PointLine(rule.code, rule.title, rule.paragraph, rule.group, points, maximum, sentence, point_evidence(rule))


_NO_ANSWER = "Brak jednoznacznej odpowiedzi, więc punktów nie przyznano."


def _by_table(rule: PointsByTable, fact: Fact) -> tuple[int, int, str]:
    maximum = max(rule.table.values())
    chosen = _read(fact)
    if not isinstance(chosen, str):
        return 0, maximum, _NO_ANSWER
    points = rule.table.get(chosen, 0)
    return points, maximum, f"Punkty za zaznaczoną odpowiedź: {points} (najwięcej można otrzymać {maximum})."


def _by_count(rule: PointsByCount, fact: Fact) -> tuple[int, int, str]:
    chosen = _read(fact)
    if isinstance(chosen, str):
        chosen = (chosen,)
    if not isinstance(chosen, tuple):
        return 0, rule.maximum, _NO_ANSWER
    count = len(set(chosen) - set(rule.without))
    points = min(count * rule.each, rule.maximum)
    return (
        points,
        rule.maximum,
        (f"Zaznaczone odpowiedzi: {count}, punkty za każdą: {rule.each}, najwięcej można otrzymać {rule.maximum}."),
    )


def _flat(rule: FlatPoints, result: Result) -> tuple[int, int, str]:
    if result is Result.MET:
        return rule.points, rule.points, "Warunek jest spełniony."
    return 0, rule.points, _NO_ANSWER if result is Result.CANNOT_TELL else "Warunek nie jest spełniony."


class Judge(Protocol):
    def __call__(self, criteria: Sequence[Criterion], facts: Facts, /) -> Outcome: ...


class Score(Protocol):
    def __call__(self, rules: Sequence[PointRule], facts: Facts, /) -> Points: ...


@dataclass(frozen=True)
class Evaluator:
    """One way of judging and scoring, kept for as long as sheets made by it are."""

    judge: Judge
    score: Score


EVALUATORS: Mapping[str, Evaluator] = MappingProxyType({ALGORITHM: Evaluator(_judge_1, _score_1)})
