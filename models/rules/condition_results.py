"""What a condition gives for one application: met, not met, or cannot tell, and what to ask then."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Protocol, TypeAlias

from stdnum.pl import nip, pesel, regon

from models.rules.area import gmina_type, is_teryt, too_coarse, within
from models.rules.conditions import (
    LONGEST_WORK,
    NO_NUMBER,
    OLDEST,
    AgeBetween,
    AllOf,
    Answered,
    AnyOf,
    ChosenAtLeast,
    Condition,
    DateBetween,
    DeclarationSigned,
    DocumentAttached,
    ExperienceAtLeast,
    GminaTypeIn,
    IdentifierValid,
    InstitutionKindIn,
    LevelIn,
    NoneOf,
    NotDuplicate,
    NumberBetween,
    ReceivedInTime,
    SectorIn,
    StatementTicked,
    UnitDataBetween,
    ValueIn,
    WithinArea,
    fields_of,
)
from models.rules.facts import Fact, Facts
from models.rules.read_facts import chosen, day_of, iso_date, read, whole_number, years_since
from models.rules.signed_declarations import declaration_signed, unclear_speaker
from models.rules.ternary import Result, every, met_if, negation, some
from models.rules.unit_numbers import names_unit, number_of, unit_key


def questions(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """The answers to ask the candidate for when the condition cannot be told; none where only the office can say."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return tuple(
                dict.fromkeys(
                    key
                    for part in condition.of
                    if holds(part, facts) is Result.CANNOT_TELL
                    for key in questions(part, facts)
                )
            )
        case DeclarationSigned():
            return unclear_speaker(condition, facts)
        case UnitDataBetween():
            return unit_questions(condition.field, facts)
        case _:
            return fields_of(condition)


def unit_questions(key: str, facts: Facts) -> tuple[str, ...]:
    """What to ask where a table gives no number: only for the unit, while the answer names none."""
    return () if names_unit(read(facts.get(key))) else (key,)


Test: TypeAlias = Callable[[Facts], Result]


def holds(condition: Condition, facts: Facts) -> Result:
    """The answer of a condition. Pure: the same facts give the same answer at any time."""
    return test_of(condition, any_age=False)(facts)


def test_of(condition: Condition, *, any_age: bool) -> Test:
    """The condition as a function of the facts, made once where many are judged.

    ``any_age``: an age that nobody has is an age like any other, as ``rules-1`` took it.
    """
    match condition:
        case AllOf():
            parts = [test_of(part, any_age=any_age) for part in condition.of]
            return lambda facts: every(part(facts) for part in parts)
        case AnyOf():
            parts = [test_of(part, any_age=any_age) for part in condition.of]
            return lambda facts: some(part(facts) for part in parts)
        case NoneOf():
            parts = [test_of(part, any_age=any_age) for part in condition.of]
            return lambda facts: negation(some(part(facts) for part in parts))
        case ReceivedInTime():
            return lambda facts: met_if(facts.opens_at <= facts.received_at <= facts.closes_at)
        case NotDuplicate():
            return lambda facts: met_if(not facts.duplicates)
        case DocumentAttached():
            document = condition.document
            return lambda facts: _said(facts.documents.get(document))
        case WithinArea():
            if condition.area != "call":
                return lambda facts: _in_area(facts.get(condition.field), condition.area)
            return lambda facts: _in_call(facts.get(condition.field), facts)
        case AgeBetween():
            return lambda facts: _aged(facts.get(condition.field), condition, day_of(condition.on, facts), any_age)
        case ExperienceAtLeast():
            return lambda facts: _experienced(facts.get(condition.field), condition, day_of(condition.on, facts))
        case DeclarationSigned():
            return lambda facts: declaration_signed(condition, facts)
        case UnitDataBetween():
            return lambda facts: _counted(condition, facts)
        case _:
            key, answered = condition.field, _answer_test(condition)
            return lambda facts: answered(facts.get(key))


OnOneAnswer: TypeAlias = (
    StatementTicked
    | ValueIn
    | ChosenAtLeast
    | SectorIn
    | LevelIn
    | InstitutionKindIn
    | GminaTypeIn
    | DateBetween
    | NumberBetween
    | IdentifierValid
    | Answered
)


def _answer_test(condition: OnOneAnswer) -> Callable[[Fact], Result]:
    """For kinds that look at one answer and at nothing around it."""
    match condition:
        case StatementTicked():
            return _ticked
        case Answered():
            return lambda fact: Result.CANNOT_TELL if read(fact) is None else Result.MET
        case ValueIn():
            return _among(condition.values)
        case SectorIn():
            return _among(condition.sectors)
        case LevelIn():
            return _among(condition.levels)
        case InstitutionKindIn():
            return _among(condition.kinds)
        case ChosenAtLeast():
            return lambda fact: _chosen_enough(fact, condition)
        case GminaTypeIn():
            return lambda fact: _of_type(fact, condition)
        case DateBetween():
            return lambda fact: _dated(fact, condition)
        case NumberBetween():
            return lambda fact: _numbered(fact, condition)
        case IdentifierValid():
            return lambda fact: _valid(fact, condition)


def _said(word: bool | None) -> Result:
    return Result.CANNOT_TELL if word is None else met_if(word)


def _ticked(fact: Fact) -> Result:
    ticked = read(fact)
    return met_if(ticked) if isinstance(ticked, bool) else Result.CANNOT_TELL


def _among(values: tuple[str, ...]) -> Callable[[Fact], Result]:
    wanted = frozenset(values)

    def among(fact: Fact) -> Result:
        codes = chosen(fact)
        return Result.CANNOT_TELL if codes is None else met_if(not codes.isdisjoint(wanted))

    return among


def _chosen_enough(fact: Fact, condition: ChosenAtLeast) -> Result:
    codes = chosen(fact)
    return Result.CANNOT_TELL if codes is None else met_if(len(codes - set(condition.without)) >= condition.minimum)


def _of_type(fact: Fact, condition: GminaTypeIn) -> Result:
    unit = read(fact)
    kind = gmina_type(unit) if isinstance(unit, str) else None
    return Result.CANNOT_TELL if kind is None else met_if(kind in condition.types)


def _aged(fact: Fact, condition: AgeBetween, day: date, any_age: bool) -> Result:
    years = years_since(fact, day)
    # Nobody is older, or still to be born: a slip of the year, to be asked about.
    if years is None or not (any_age or 0 <= years <= OLDEST):
        return Result.CANNOT_TELL
    return met_if(condition.minimum <= years <= condition.maximum)


def _experienced(fact: Fact, condition: ExperienceAtLeast, day: date) -> Result:
    number = whole_number(fact)
    worked = years_since(fact, day) if number is None else number
    # Nobody has worked for longer, or begins to work later: a slip, to be asked about.
    if worked is None or not 0 <= worked <= LONGEST_WORK:
        return Result.CANNOT_TELL
    return met_if(worked >= condition.years)


def _numbered(fact: Fact, condition: NumberBetween) -> Result:
    number = whole_number(fact)
    return Result.CANNOT_TELL if number is None else met_if(condition.minimum <= number <= condition.maximum)


def _counted(condition: UnitDataBetween, facts: Facts) -> Result:
    number = number_of(read(facts.get(condition.field)), condition.table, facts.unit_data)
    return Result.CANNOT_TELL if number is None else met_if(condition.minimum <= number <= condition.maximum)


def _in_area(fact: Fact, area: str) -> Result:
    unit = read(fact)
    if not isinstance(unit, str) or not is_teryt(unit) or too_coarse(unit, area):
        return Result.CANNOT_TELL
    return met_if(within(unit, area))


def _in_call(fact: Fact, facts: Facts) -> Result:
    if facts.area:
        return _in_area(fact, facts.area)
    # A call of the whole project is one of the units that the project names, not of the whole country.
    unit = read(fact)
    if not isinstance(unit, str) or not is_teryt(unit) or not facts.named_units:
        return Result.CANNOT_TELL
    return met_if(unit_key(unit) in facts.named_units)


def _dated(fact: Fact, bounds: DateBetween) -> Result:
    day = iso_date(fact)
    if day is None:
        return Result.CANNOT_TELL
    return met_if((bounds.not_before or date.min) <= day <= (bounds.not_after or date.max))


class _NumberModule(Protocol):
    def is_valid(self, number: str) -> bool: ...


_IDENTIFIERS: Mapping[str, _NumberModule] = MappingProxyType({"pesel": pesel, "nip": nip, "regon": regon})


def _valid(fact: Fact, rule: IdentifierValid) -> Result:
    number = read(fact)
    if not isinstance(number, str):
        return Result.CANNOT_TELL
    if number == NO_NUMBER:
        return met_if(rule.allow_none)
    return met_if(_IDENTIFIERS[rule.identifier].is_valid(number))
