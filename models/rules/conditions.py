"""What a criterion may ask of an application: a closed set of typed kinds.

A condition is data. Answers that are blank, unreadable, ambiguous or contradictory never count against anyone: they
make the result *cannot tell*. Only what was read for certain can be *met* or *not met*. The same holds for what the
office itself has to say (a unit's declaration, a document among the files): while nobody has said it, it is open.
The results are made in :mod:`models.rules.condition_results`.
"""

from datetime import date
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
