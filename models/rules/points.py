"""Points: by table, by number, by count, for a condition, by the commission's assessors; and what must be reached.

What cannot be told earns none and says so; nothing is assumed in anyone's favour. Where a regulation asks for a
minimum, an answer that cannot be told leaves the minimum open as long as it could still lift the points to it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from models.rules.condition_results import questions, test_of, unit_questions
from models.rules.conditions import Code, Condition, LeafKey, Number, RuleData, fields_of
from models.rules.facts import Fact, Facts
from models.rules.read_facts import chosen, read, whole_number
from models.rules.ternary import Result
from models.rules.unit_numbers import number_of

PointGroup: TypeAlias = Literal["merit", "premium"]
PointCount: TypeAlias = Annotated[int, Field(ge=0)]
Sentence: TypeAlias = Annotated[str, Field(min_length=1)]


class _PointRule(RuleData):
    code: Code
    title: Sentence
    paragraph: Sentence
    minimum: PointCount | None = None
    """Who earns fewer is not eligible; ``None`` where the regulation asks for no minimum."""


class PointsByTable(_PointRule):
    """Points by the code chosen; a code the table does not hold earns none."""

    kind: Literal["points_by_table"]
    group: PointGroup = "merit"
    field: LeafKey
    table: Annotated[dict[Code, PointCount], Field(min_length=1)]


class PointsByChoices(_PointRule):
    """Points of every code chosen added up, to at most ``maximum``; a code the table does not hold earns none."""

    kind: Literal["points_by_choices"]
    group: PointGroup = "merit"
    field: LeafKey
    table: Annotated[dict[Code, PointCount], Field(min_length=1)]
    maximum: PointCount


class PointsByCount(_PointRule):
    """``each`` points for every answer chosen, up to ``maximum``; the codes in ``without`` count for nothing."""

    kind: Literal["points_by_count"]
    group: PointGroup = "merit"
    field: LeafKey
    each: PointCount
    maximum: PointCount
    without: tuple[Code, ...] = ()


class PointsByNumber(_PointRule):
    """``each`` points for every whole one of the number given, up to ``maximum``."""

    kind: Literal["points_by_number"]
    group: PointGroup = "merit"
    field: LeafKey
    each: PointCount
    maximum: PointCount


class Band(RuleData):
    """From this number on, so many points."""

    at_least: Number
    points: PointCount


def _in_rising_order(code: str, bands: Sequence[Band]) -> None:
    starts = [band.at_least for band in bands]
    if starts != sorted(set(starts)):
        raise ValueError(f"progi reguły „{code}” muszą stać w kolejności rosnącej, każdy raz (at_least)")


class PointsByBands(_PointRule):
    """Points of the highest band that the number given reaches; below the first band, none."""

    kind: Literal["points_by_bands"]
    group: PointGroup = "merit"
    field: LeafKey
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _in_rising_order(self.code, self.bands)
        return self


class PointsByUnitData(_PointRule):
    """Points of the highest band that the number reaches which the project's table gives for the unit."""

    kind: Literal["points_by_unit_data"]
    group: PointGroup = "merit"
    table: Code
    field: LeafKey = "instytucja.gmina"
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _in_rising_order(self.code, self.bands)
        return self


class PointsByAssessor(_PointRule):
    """Points that the commission's assessors give, at most ``maximum``. How several become one is not said here."""

    kind: Literal["points_by_assessor"]
    group: PointGroup = "merit"
    maximum: Annotated[int, Field(ge=1)]


class FlatPoints(_PointRule):
    """``points`` when the condition is met, else none."""

    kind: Literal["flat"]
    group: PointGroup = "premium"
    points: PointCount
    test: Condition


PointRule: TypeAlias = Annotated[
    PointsByTable
    | PointsByChoices
    | PointsByCount
    | PointsByNumber
    | PointsByBands
    | PointsByUnitData
    | PointsByAssessor
    | FlatPoints,
    Field(discriminator="kind"),
]

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
    known: bool = True
    """Whether the points can be told; where not, none are given for now."""


@dataclass(frozen=True)
class Points:
    merit: int
    premium: int
    total: int
    lines: tuple[PointLine, ...]


def point_evidence(rule: PointRule) -> tuple[str, ...]:
    """Keys of the answers that a point rule rests on."""
    match rule:
        case FlatPoints():
            return fields_of(rule.test)
        case PointsByAssessor():
            return ()
        case _:
            return (rule.field,)


def point_questions(rule: PointRule, facts: Facts) -> tuple[str, ...]:
    """The answers to ask the candidate for when the points of a rule cannot be told."""
    match rule:
        case FlatPoints():
            return questions(rule.test, facts)
        case PointsByUnitData():
            return unit_questions(rule.field, facts)
        case _:
            return point_evidence(rule)


def reachable(rule: PointRule) -> int:
    """The most that a rule can give."""
    match rule:
        case PointsByTable():
            return max(rule.table.values())
        case PointsByChoices():
            return min(rule.maximum, sum(rule.table.values()))
        case PointsByBands() | PointsByUnitData():
            return max(band.points for band in rule.bands)
        case FlatPoints():
            return rule.points
        case _:
            return rule.maximum


def added_up(rules: Sequence[PointRule], facts: Facts) -> Points:
    """Points of one application, a line a rule in the order of the regulation."""
    return adding_up(rules)(facts)


def adding_up(rules: Sequence[PointRule], *, any_age: bool = False) -> Callable[[Facts], Points]:
    """The rules as a function of the facts, made once where many are scored. ``any_age``: see ``test_of``."""
    made = [(rule, _earning(rule, any_age), _most(rule), point_evidence(rule)) for rule in rules]

    def add(facts: Facts) -> Points:
        lines = []
        by_group: dict[PointGroup, int] = {"merit": 0, "premium": 0}
        for rule, earning, most, keys in made:
            earned = earning(facts)
            by_group[rule.group] += earned.points
            lines.append(
                PointLine(
                    rule.code,
                    rule.title,
                    rule.paragraph,
                    rule.group,
                    earned.points,
                    most,
                    earned.sentence,
                    keys,
                    earned.known,
                )
            )
        return Points(by_group["merit"], by_group["premium"], sum(by_group.values()), tuple(lines))

    return add


@dataclass(frozen=True)
class _Earned:
    points: int
    sentence: str
    known: bool = True


_NO_ANSWER = _Earned(0, "Brak jednoznacznej odpowiedzi, więc punktów nie przyznano.", known=False)
_NO_UNIT_DATA = _Earned(
    0, "Tabela projektu nie podaje liczby dla tej jednostki, więc punktów nie przyznano.", known=False
)
_NOT_ASSESSED = _Earned(0, "Komisja jeszcze nie oceniła tego kryterium, więc punktów nie przyznano.", known=False)


def _most(rule: PointRule) -> int:
    """The maximum that is printed: the one the regulation states, where it states one."""
    return rule.maximum if isinstance(rule, PointsByChoices) else reachable(rule)


def _earning(rule: PointRule, any_age: bool) -> Callable[[Facts], _Earned]:
    match rule:
        case PointsByTable():
            return lambda facts: _by_table(rule, facts.get(rule.field))
        case PointsByChoices():
            return lambda facts: _by_choices(rule, facts.get(rule.field))
        case PointsByCount():
            return lambda facts: _by_count(rule, facts.get(rule.field))
        case PointsByNumber():
            return lambda facts: _by_number(rule, facts.get(rule.field))
        case PointsByBands():
            return lambda facts: _by_bands(rule, facts.get(rule.field))
        case PointsByUnitData():
            return lambda facts: _by_unit_data(rule, facts)
        case PointsByAssessor():
            return lambda facts: _by_assessor(rule, facts.assessed.get(rule.code))
        case FlatPoints():
            test = test_of(rule.test, any_age=any_age)
            return lambda facts: _flat(rule, test(facts))


def _by_table(rule: PointsByTable, fact: Fact) -> _Earned:
    code = read(fact)
    if not isinstance(code, str):
        return _NO_ANSWER
    points = rule.table.get(code, 0)
    most = max(rule.table.values())
    return _Earned(points, f"Punkty za zaznaczoną odpowiedź: {points} (najwięcej można otrzymać {most}).")


def _by_choices(rule: PointsByChoices, fact: Fact) -> _Earned:
    codes = chosen(fact)
    if codes is None:
        return _NO_ANSWER
    points = min(sum(rule.table.get(code, 0) for code in codes), rule.maximum)
    return _Earned(points, f"Punkty za zaznaczone odpowiedzi: {points} (najwięcej można otrzymać {rule.maximum}).")


def _by_count(rule: PointsByCount, fact: Fact) -> _Earned:
    codes = chosen(fact)
    if codes is None:
        return _NO_ANSWER
    count = len(codes - set(rule.without))
    return _Earned(
        min(count * rule.each, rule.maximum),
        f"Zaznaczone odpowiedzi: {count}, punkty za każdą: {rule.each}, najwięcej można otrzymać {rule.maximum}.",
    )


def _by_number(rule: PointsByNumber, fact: Fact) -> _Earned:
    number = whole_number(fact)
    if number is None:
        return _NO_ANSWER
    return _Earned(
        min(number * rule.each, rule.maximum),
        f"Podana liczba: {number}, punkty za każdą jednostkę: {rule.each}, najwięcej można otrzymać {rule.maximum}.",
    )


def _by_bands(rule: PointsByBands, fact: Fact) -> _Earned:
    number = whole_number(fact)
    return _NO_ANSWER if number is None else _banded("Podana liczba", number, rule.bands)


def _by_unit_data(rule: PointsByUnitData, facts: Facts) -> _Earned:
    number = number_of(read(facts.get(rule.field)), rule.table, facts.unit_data)
    return _NO_UNIT_DATA if number is None else _banded("Liczba z tabeli", number, rule.bands)


def _banded(what: str, number: int, bands: Sequence[Band]) -> _Earned:
    reached = [band for band in bands if number >= band.at_least]
    if not reached:
        return _Earned(0, f"{what}: {number}; punkty przyznaje się od {bands[0].at_least}.")
    band = reached[-1]
    return _Earned(band.points, f"{what}: {number}; od {band.at_least} przyznaje się punktów: {band.points}.")


def _by_assessor(rule: PointsByAssessor, given: int | None) -> _Earned:
    # A number that no assessor may give is no assessment, wherever it comes from.
    if given is None or not 0 <= given <= rule.maximum:
        return _NOT_ASSESSED
    return _Earned(given, f"Ocena Komisji: {given} (najwięcej można otrzymać {rule.maximum}).")


def _flat(rule: FlatPoints, result: Result) -> _Earned:
    match result:
        case Result.MET:
            return _Earned(rule.points, "Warunek jest spełniony.")
        case Result.NOT_MET:
            return _Earned(0, "Warunek nie jest spełniony.")
        case Result.CANNOT_TELL:
            return _NO_ANSWER
