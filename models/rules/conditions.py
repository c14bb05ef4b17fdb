"""What a criterion may ask of an application: a closed set of typed kinds, and their answer in three values.

A condition is data. Answers that are blank, unreadable, ambiguous or contradictory never count against anyone: they
make the result *cannot tell*. Only what was read for certain can be *met* or *not met*. The same holds for what the
office itself has to say (a unit's declaration, a document among the files): while nobody has said it, it is open.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal, Protocol, Self, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator
from stdnum.pl import nip, pesel, regon

from models.rules.area import gmina_type, is_teryt, too_coarse, within
from models.rules.facts import Fact, Facts, FieldStatus
from models.rules.ternary import Result, every, met_if, negation, some
from models.rules.unit_numbers import names_unit, number_of, unit_key

LOCAL = ZoneInfo("Europe/Warsaw")
CODE = r"^[a-z][a-z0-9_]*$"
LEAF = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$"
CALL_OR_TERYT = r"^(call|[0-9]{2}|[0-9]{4}|[0-9]{6,7})$"
NO_NUMBER = "brak"
"""What stands for a PESEL of a person who has none; allowed where the criterion says so."""
LONGEST_WORK = 80
OLDEST = 130
MOST = 1_000_000_000
"""Numbers beyond this are slips of the pen."""

Code: TypeAlias = Annotated[str, Field(pattern=CODE)]
LeafKey: TypeAlias = Annotated[str, Field(pattern=LEAF)]
Codes: TypeAlias = Annotated[tuple[Code, ...], Field(min_length=1)]
Number: TypeAlias = Annotated[int, Field(ge=0, le=MOST)]
Day: TypeAlias = Literal["receipt", "closing"]
"""The day of receipt or the last day of the call, by the clock in Warsaw."""


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


class ChosenAtLeast(RuleData):
    """At least ``minimum`` different answers were chosen; the codes in ``without`` do not count."""

    kind: Literal["chosen_at_least"]
    field: LeafKey
    minimum: Annotated[int, Field(ge=1, le=100)]
    without: tuple[Code, ...] = ()


class SectorIn(RuleData):
    kind: Literal["sector_in"]
    field: LeafKey = "instytucja.obszar"
    sectors: Codes


class LevelIn(RuleData):
    kind: Literal["level_in"]
    field: LeafKey = "instytucja.poziom"
    levels: Codes


class InstitutionKindIn(RuleData):
    """The institution is of one of the kinds (OPS, PCPR, school …), as chosen in a field of the form."""

    kind: Literal["institution_kind_in"]
    field: LeafKey = "rodzaj_instytucji"
    kinds: Codes


class WithinArea(RuleData):
    """The gmina given lies in the area: of the call, or of a TERYT prefix of its own. In a call of the whole project
    it is one of the units that the project names."""

    kind: Literal["within_area"]
    field: LeafKey
    area: Annotated[str, Field(pattern=CALL_OR_TERYT)] = "call"


class GminaTypeIn(RuleData):
    """The gmina is of one of the types of TERYT's seventh digit; its town and its rural part are of the gmina's own."""

    kind: Literal["gmina_type_in"]
    field: LeafKey = "instytucja.gmina"
    types: Annotated[tuple[Literal["miejska", "wiejska", "miejsko_wiejska"], ...], Field(min_length=1)]


class AgeBetween(RuleData):
    """Completed years, both bounds included, on the day of receipt or on the last day of the call (Warsaw time)."""

    kind: Literal["age_between"]
    field: LeafKey = "data_urodzenia"
    minimum: Annotated[int, Field(ge=0, le=130)] = 0
    maximum: Annotated[int, Field(ge=0, le=130)] = 130
    on: Day = "receipt"


class ExperienceAtLeast(RuleData):
    """At least ``years`` completed years of work: given as a number, or as the date since when."""

    kind: Literal["experience_at_least"]
    field: LeafKey
    years: Annotated[int, Field(ge=1, le=60)]
    on: Day = "receipt"


class DateBetween(RuleData):
    """The date given is not before ``not_before`` and not after ``not_after``, both included."""

    kind: Literal["date_between"]
    field: LeafKey
    not_before: date | None = None
    not_after: date | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.not_before is None and self.not_after is None:
            raise ValueError("warunek „date_between” potrzebuje daty not_before albo not_after")
        return self


class NumberBetween(RuleData):
    """The whole number given lies between the bounds, both included."""

    kind: Literal["number_between"]
    field: LeafKey
    minimum: Number = 0
    maximum: Number = MOST


class UnitDataBetween(RuleData):
    """The number that the project's table gives for the unit lies between the bounds, both included.

    A unit that the table does not know leaves it open: that is the office's to mend, not the candidate's.
    """

    kind: Literal["unit_data_between"]
    table: Code
    field: LeafKey = "instytucja.gmina"
    minimum: Number = 0
    maximum: Number = MOST


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


class DeclarationSigned(RuleData):
    """The unit of the institution (its gmina or powiat) has signed the declaration of cooperation by the day.

    The office records declarations as they come. A unit of which nothing is recorded leaves it open.

    With a ``level_field`` it is the unit of the institution's own level that signs, and no other speaks for it: its
    gmina, powiat or voivodship, by the codes ``gmina``, ``powiat`` and ``wojewodztwo``. Without one it is the nearest
    that has said anything, the gmina before the powiat.
    """

    kind: Literal["declaration_signed"]
    field: LeafKey = "instytucja.gmina"
    level_field: LeafKey | None = None
    on: Day = "closing"


class DocumentAttached(RuleData):
    """An officer found the document among the files of the application. Not looked for yet leaves it open."""

    kind: Literal["document_attached"]
    document: Code


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
    | ChosenAtLeast
    | SectorIn
    | LevelIn
    | InstitutionKindIn
    | WithinArea
    | GminaTypeIn
    | AgeBetween
    | ExperienceAtLeast
    | DateBetween
    | NumberBetween
    | UnitDataBetween
    | ReceivedInTime
    | IdentifierValid
    | NotDuplicate
    | Answered
    | DeclarationSigned
    | DocumentAttached
    | AllOf
    | AnyOf
    | NoneOf,
    Field(discriminator="kind"),
]

for _nested in (AllOf, AnyOf, NoneOf):
    _nested.model_rebuild()


def fields_of(condition: Condition) -> tuple[str, ...]:
    """Keys of the answers a condition looks at, each once, in the order of the condition."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return tuple(dict.fromkeys(key for part in condition.of for key in fields_of(part)))
        case ReceivedInTime() | NotDuplicate() | DocumentAttached():
            return ()
        case DeclarationSigned(level_field=str(level)):
            return (condition.field, level)
        case _:
            return (condition.field,)


def signs_by_level(condition: Condition) -> bool:
    """Whether a condition goes by the level of the institution when it looks for a declaration."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return any(signs_by_level(part) for part in condition.of)
        case DeclarationSigned():
            return condition.level_field is not None
        case _:
            return False


def documents_of(condition: Condition) -> tuple[str, ...]:
    """Codes of the documents a condition asks for."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return tuple(dict.fromkeys(code for part in condition.of for code in documents_of(part)))
        case DocumentAttached():
            return (condition.document,)
        case _:
            return ()


def goes_by_declarations(condition: Condition) -> bool:
    """Whether a condition asks for the declaration of a unit anywhere in it."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return any(goes_by_declarations(part) for part in condition.of)
        case _:
            return isinstance(condition, DeclarationSigned)


def tables_of(condition: Condition) -> tuple[str, ...]:
    """Codes of the tables about units that a condition looks at."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return tuple(dict.fromkeys(code for part in condition.of for code in tables_of(part)))
        case UnitDataBetween():
            return (condition.table,)
        case _:
            return ()


def declarations_heard(condition: Condition, facts: Facts) -> dict[str, date | None]:
    """By TERYT of the unit, the declarations that a condition goes by: of those known, no other could change it."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return {unit: day for part in condition.of for unit, day in declarations_heard(part, facts).items()}
        case DeclarationSigned():
            unit = _speaker(condition, facts)
            return {} if unit is None else {unit: facts.declarations[unit]}
        case _:
            return {}


def declarations_awaited(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """TERYT of the units whose declaration a condition waits for: those on which nobody has said anything yet."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return tuple(dict.fromkeys(unit for part in condition.of for unit in declarations_awaited(part, facts)))
        case DeclarationSigned():
            unit = read(facts.get(condition.field))
            if not isinstance(unit, str) or not is_teryt(unit) or _speaker(condition, facts) is not None:
                return ()
            if condition.level_field is None:
                return (unit,)
            digits = _digits(condition.level_field, facts)
            return () if digits is None else (unit if digits == DIGITS["gmina"] else unit[:digits],)
        case _:
            return ()


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
            return _unclear(condition, facts)
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
            return lambda facts: _aged(facts.get(condition.field), condition, _day(condition.on, facts), any_age)
        case ExperienceAtLeast():
            return lambda facts: _experienced(facts.get(condition.field), condition, _day(condition.on, facts))
        case DeclarationSigned():
            return lambda facts: _signed(condition, facts)
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


def read(fact: Fact) -> str | bool | tuple[str, ...] | None:
    """The answer if it can be relied on; an empty one never can."""
    if fact.status is not FieldStatus.READ or fact.value == "" or fact.value == ():
        return None
    return fact.value


def chosen(fact: Fact) -> frozenset[str] | None:
    """The codes chosen, of one choice or of several; ``None`` where that cannot be told."""
    codes = read(fact)
    if isinstance(codes, str):
        return frozenset((codes,))
    return frozenset(codes) if isinstance(codes, tuple) else None


_WHOLE = re.compile(r"[0-9]{1,3}(?:[ \u00a0][0-9]{3})+|[0-9]{1,10}")


def whole_number(fact: Fact) -> int | None:
    """A whole number as people write it („1 200”). Anything beside it makes it something to be asked about."""
    written = read(fact)
    if not isinstance(written, str) or not _WHOLE.fullmatch(written.strip()):
        return None
    number = int(re.sub(r"\D", "", written))
    return number if number <= MOST else None


def _day(on: Day, facts: Facts) -> date:
    return (facts.received_at if on == "receipt" else facts.closes_at).astimezone(LOCAL).date()


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
    years = _years_since(fact, day)
    # Nobody is older, or still to be born: a slip of the year, to be asked about.
    if years is None or not (any_age or 0 <= years <= OLDEST):
        return Result.CANNOT_TELL
    return met_if(condition.minimum <= years <= condition.maximum)


def _experienced(fact: Fact, condition: ExperienceAtLeast, day: date) -> Result:
    number = whole_number(fact)
    worked = _years_since(fact, day) if number is None else number
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


def _signed(condition: DeclarationSigned, facts: Facts) -> Result:
    unit = _speaker(condition, facts)
    if unit is None:
        return Result.CANNOT_TELL
    signed = facts.declarations[unit]
    return met_if(signed is not None and signed <= _day(condition.on, facts))


def _speaker(condition: DeclarationSigned, facts: Facts) -> str | None:
    """The unit whose declaration counts; ``None`` where none is known, or nobody can tell which it would be."""
    unit = read(facts.get(condition.field))
    if not isinstance(unit, str) or not is_teryt(unit):
        return None
    if condition.level_field is None:
        # A gmina has its own word, whatever its powiat said. Larger units than those speak only for their own level.
        heard = (code for code in facts.declarations if len(code) > DIGITS["wojewodztwo"] and not _beyond(code, facts))
    else:
        digits = _digits(condition.level_field, facts)
        heard = (code for code in facts.declarations if min(len(code), DIGITS["gmina"]) == digits)
    return max((code for code in heard if within(unit, code)), key=len, default=None)


DIGITS: Mapping[str, int] = MappingProxyType({"wojewodztwo": 2, "powiat": 4, "gmina": 6})
"""By code of the level, how many digits of TERYT name its unit; the seventh only tells the kind of a gmina."""


def _digits(level_field: str, facts: Facts) -> int | None:
    level = read(facts.get(level_field))
    return DIGITS.get(level) if isinstance(level, str) else None


def _beyond(code: str, facts: Facts) -> bool:
    """Whether a unit is larger than the call's area."""
    return len(code) < len(facts.area) and facts.area.startswith(code)


def _unclear(condition: DeclarationSigned, facts: Facts) -> tuple[str, ...]:
    """The answers without which nobody can tell whose declaration to look for."""
    unit = read(facts.get(condition.field))
    known = len(unit) if isinstance(unit, str) and is_teryt(unit) else 0
    if condition.level_field is None:
        return () if known else (condition.field,)
    digits = _digits(condition.level_field, facts)
    missing = (condition.field,) if known < (digits or 1) else ()
    return missing if digits is not None else (*missing, condition.level_field)


def _iso_date(fact: Fact) -> date | None:
    written = read(fact)
    if not isinstance(written, str):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _years_since(fact: Fact, day: date) -> int | None:
    since = _iso_date(fact)
    if since is None:
        return None
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def _dated(fact: Fact, bounds: DateBetween) -> Result:
    day = _iso_date(fact)
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
