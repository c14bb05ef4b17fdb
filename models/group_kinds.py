"""Kinds of groups (PGR, PGD, RGR …): who applies, how one comes into a group, and what it does."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.form_definition import Strict
from models.pay_rules import Pay
from models.project_values import Code, Text, UpperCode
from models.rules.composition import Constraint
from models.rules.criteria import Minimum
from models.rules.order import StatedKey


class MeetingShape(Strict):
    """How a meeting of a group runs: days in a row and hours a day."""

    days: Annotated[int, Field(ge=1, le=14)]
    hours_per_day: Annotated[int, Field(ge=1, le=12)]
    outside_working_hours: bool


class Applicant(StrEnum):
    """Who applies to a group: a person, or a unit of local government, for which a person answers."""

    PERSON = "person"
    UNIT = "unit"


class InvitedAfter(StrEnum):
    """When the units of a call for units are written to."""

    NOTHING = "nothing"
    GMINAS_DECLARED = "gminas_declared"
    """A powiat, once every gmina that the project names in it has signed its declaration or declined, and one has
    signed."""


class Admission(StrEnum):
    """How one comes into a group of the kind."""

    SELECTION = "selection"
    """By ranking, decision and announcement."""
    NOMINATION = "nomination"
    """An institution is invited and names who sits in its seat; it may name another at any time."""
    REGISTRATION = "registration"
    """Whoever meets the criteria, in the order of receipt, while there are places."""


class PlannedIn(StrEnum):
    """In which units of its area a project plans one group of a kind each."""

    GMINA = "gmina"
    POWIAT = "powiat"
    VOIVODSHIP = "voivodship"
    PROJECT = "project"
    """One for the whole project."""


SEAT_FIELD = "symbol_instytucji"
"""Key of the question by which the form of a call by nomination may ask for the institution as the office calls it."""
UNIT_FIELD = "jednostka"
"""Key of the question by which the form of a call for units asks for the unit: a gmina or a powiat."""


class GroupKind(Strict):
    """One kind of group (PGR, PGD, RGR …). ``form``, ``criteria`` and ``merit`` refer to the project's own by code."""

    code: UpperCode
    name: Text
    seats: Annotated[int, Field(ge=1)]
    reserve_seats: Annotated[int, Field(ge=0)]
    tasks: Annotated[tuple[Text, ...], Field(min_length=1)]
    who: Text
    meeting: MeetingShape
    pay: Pay | None
    form: Code
    criteria: Annotated[tuple[Code, ...], Field(min_length=1)]
    merit: tuple[Code, ...]
    minimum: Minimum | None = None
    """Points an application needs altogether to be eligible."""
    order: Annotated[tuple[StatedKey, ...], Field(min_length=1)]
    composition: tuple[Constraint, ...]
    applicant: Applicant = Field(default=Applicant.PERSON, strict=False)
    invited_after: InvitedAfter = Field(default=InvitedAfter.NOTHING, strict=False)
    admission: Admission = Field(default=Admission.SELECTION, strict=False)
    declaration: bool = False
    """Whether who comes in without a selection gets a declaration of participation; who is selected always does."""
    planned_in: PlannedIn | None = Field(default=None, strict=False)
    """``None``: how many groups of the kind are planned is not said; those that were opened are counted."""

    @property
    def selects(self) -> bool:
        """Whether the group is filled by ranking and decision."""
        return self.admission is Admission.SELECTION
