"""Formal criteria and points together: what a regulation asks, and what one application answers.

A criterion is data: its paragraph, its three sentences, and a **test** of one of a closed set of kinds
(:mod:`models.rules.conditions`); points are in :mod:`models.rules.points`.

Verdicts outlive the code that gave them, so every sheet keeps the algorithm it was judged by (``ALGORITHM``).
A change of meaning gets a new id in ``EVALUATORS``; the old ones stay there and can be run again:

``rules-1``
    the first kinds, and no minimum of points;
``rules-2``
    all kinds; a minimum of points is a verdict like any other, and points that only the commission's assessors can
    give leave the outcome open until they have; an age that nobody has is a slip, to be asked about.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from models.rules.condition_results import holds, questions, test_of
from models.rules.conditions import AllOf, AnyOf, Code, Condition, NoneOf, RuleData, fields_of
from models.rules.facts import Facts
from models.rules.points import (
    FlatPoints,
    PointCount,
    PointLine,
    PointRule,
    Points,
    PointsByAssessor,
    Sentence,
    added_up,
    adding_up,
    point_evidence,
    point_questions,
)
from models.rules.ternary import Result, every

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
    "judge",
    "open_questions",
    "point_evidence",
    "score",
]

ALGORITHM = "rules-2"
TOTAL = "minimum_punktow"
"""Code of the verdict on the points altogether."""


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
        return str(getattr(self, result))


Criterion.model_rebuild()


class Minimum(RuleData):
    """How many points an application needs altogether, merit and premium, and where the regulation says so."""

    points: PointCount
    paragraph: Sentence


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


def evidence(criterion: Criterion) -> tuple[str, ...]:
    """Keys of the answers that a criterion rests on."""
    return fields_of(criterion.test)


def evaluate(criterion: Criterion, facts: Facts) -> Verdict:
    """Judge one criterion. Pure: the same facts give the same verdict at any time."""
    return _verdict_of(criterion)(facts)


def _verdict_of(criterion: Criterion, *, any_age: bool = False) -> Callable[[Facts], Verdict]:
    keys, test = evidence(criterion), test_of(criterion.test, any_age=any_age)
    verdicts = {
        result: Verdict(criterion.code, result, criterion.paragraph, criterion.sentence(result), keys)
        for result in Result
    }
    return lambda facts: verdicts[test(facts)]


def judge(
    criteria: Sequence[Criterion],
    facts: Facts,
    *,
    merit: Sequence[PointRule] = (),
    minimum: Minimum | None = None,
    algorithm: str = ALGORITHM,
) -> Outcome:
    """Judge all criteria of a group kind, and what its points must reach.

    Raises ``KeyError`` for an algorithm id that never was, and ``LookupError`` for a kind that it did not know.
    """
    evaluator = EVALUATORS[algorithm]
    return evaluator.judging(criteria, merit, minimum)(facts, evaluator.scoring(merit)(facts))


def score(rules: Sequence[PointRule], facts: Facts, *, algorithm: str = ALGORITHM) -> Points:
    """Points of one application. What cannot be told earns none and says so; nothing is assumed in anyone's favour.

    Raises ``KeyError`` for an algorithm id that never was, and ``LookupError`` for a kind that it did not know.
    """
    return EVALUATORS[algorithm].scoring(rules)(facts)


def open_questions(criteria: Sequence[Criterion], merit: Sequence[PointRule], facts: Facts) -> tuple[str, ...]:
    """The answers to ask the candidate for: those that a result hangs on and that only the candidate can give."""
    asked = [
        key
        for criterion in criteria
        if holds(criterion.test, facts) is Result.CANNOT_TELL
        for key in questions(criterion.test, facts)
    ]
    lines = added_up(merit, facts).lines
    asked += [
        key for rule, line in zip(merit, lines, strict=True) if not line.known for key in point_questions(rule, facts)
    ]
    return tuple(dict.fromkeys(asked))


# rules-1

_FIRST_CONDITIONS = frozenset(
    {
        "statement_ticked",
        "value_in",
        "sector_in",
        "level_in",
        "within_area",
        "age_between",
        "received_in_time",
        "identifier_valid",
        "not_duplicate",
        "answered",
        "all_of",
        "any_of",
        "none_of",
    }
)
_FIRST_POINTS = frozenset({"points_by_table", "points_by_count", "flat"})


def _judging_1(
    criteria: Sequence[Criterion], _merit: Sequence[PointRule], minimum: Minimum | None
) -> Callable[[Facts, Points], Outcome]:
    for criterion in criteria:
        _known_to_the_first(criterion.test)
    if minimum is not None:
        raise LookupError("rules-1 knows no minimum of points")
    judges = [_verdict_of(criterion, any_age=True) for criterion in criteria]

    def judged(facts: Facts, _points: Points) -> Outcome:
        verdicts = tuple(one(facts) for one in judges)
        return Outcome(every(verdict.result for verdict in verdicts), verdicts)

    return judged


def _scoring_1(rules: Sequence[PointRule]) -> Callable[[Facts], Points]:
    for rule in rules:
        if rule.kind not in _FIRST_POINTS or rule.minimum is not None:
            raise LookupError(f"rules-1 does not know the rule {rule.code}")
        if isinstance(rule, FlatPoints):
            _known_to_the_first(rule.test)
    return adding_up(rules, any_age=True)


def _known_to_the_first(condition: Condition) -> None:
    if condition.kind not in _FIRST_CONDITIONS:
        raise LookupError(f"rules-1 does not know the kind {condition.kind}")
    if isinstance(condition, AllOf | AnyOf | NoneOf):
        for part in condition.of:
            _known_to_the_first(part)


# rules-2


def _judging_2(
    criteria: Sequence[Criterion], merit: Sequence[PointRule], minimum: Minimum | None
) -> Callable[[Facts, Points], Outcome]:
    judges = [_verdict_of(criterion) for criterion in criteria]

    def judged(facts: Facts, points: Points) -> Outcome:
        verdicts = (*(one(facts) for one in judges), *_of_points(merit, points, minimum))
        return Outcome(every(verdict.result for verdict in verdicts), verdicts)

    return judged


def _of_points(merit: Sequence[PointRule], points: Points, minimum: Minimum | None) -> tuple[Verdict, ...]:
    found = []
    for rule, line in zip(merit, points.lines, strict=True):
        if isinstance(rule, PointsByAssessor) and not line.known:
            said = f"Komisja nie oceniła jeszcze kryterium „{rule.title}”."
            found.append(Verdict(rule.code, Result.CANNOT_TELL, rule.paragraph, said, ()))
        elif rule.minimum is not None:
            found.append(_reached(rule, line, rule.minimum))
    if minimum is not None:
        found.append(_reached_altogether(points, minimum))
    return tuple(found)


def _reached(rule: PointRule, line: PointLine, minimum: int) -> Verdict:
    result = _compared(line.points, 0 if line.known else line.maximum, minimum)
    sentence = {
        Result.MET: f"W kryterium „{rule.title}” uzyskano co najmniej wymaganą liczbę punktów ({minimum}).",
        Result.NOT_MET: f"W kryterium „{rule.title}” punktów jest {line.points}, a potrzeba co najmniej {minimum}.",
        Result.CANNOT_TELL: f"Nie można ustalić, czy w kryterium „{rule.title}” uzyskano co najmniej {minimum} pkt.",
    }[result]
    return Verdict(rule.code, result, rule.paragraph, sentence, line.evidence)


def _reached_altogether(points: Points, minimum: Minimum) -> Verdict:
    still = [line for line in points.lines if not line.known]
    result = _compared(points.total, sum(line.maximum for line in still), minimum.points)
    sentence = {
        Result.MET: f"Uzyskano co najmniej wymaganą liczbę punktów ({minimum.points}).",
        Result.NOT_MET: f"Uzyskano punktów: {points.total}, a potrzeba co najmniej {minimum.points}.",
        Result.CANNOT_TELL: f"Nie można ustalić, czy uzyskano co najmniej {minimum.points} pkt.",
    }[result]
    keys = tuple(dict.fromkeys(key for line in still for key in line.evidence))
    return Verdict(TOTAL, result, minimum.paragraph, sentence, keys if result is Result.CANNOT_TELL else ())


def _compared(points: int, still_possible: int, minimum: int) -> Result:
    if points >= minimum:
        return Result.MET
    return Result.CANNOT_TELL if points + still_possible >= minimum else Result.NOT_MET


@dataclass(frozen=True)
class Evaluator:
    """One way of judging and scoring, kept for as long as sheets made by it are.

    Both are made ready for a set of rules first, and then take the facts of as many applications as there are;
    ``judging`` takes the points that ``scoring`` gave besides.
    """

    judging: Callable[[Sequence[Criterion], Sequence[PointRule], Minimum | None], Callable[[Facts, Points], Outcome]]
    scoring: Callable[[Sequence[PointRule]], Callable[[Facts], Points]]


EVALUATORS: Mapping[str, Evaluator] = MappingProxyType(
    {"rules-1": Evaluator(_judging_1, _scoring_1), ALGORITHM: Evaluator(_judging_2, adding_up)}
)
