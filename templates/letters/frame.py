"""What every letter knows: who writes, to whom, of which application or meeting; and lines that several have."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from models.identifiers import Sex

# Input is hidden in errors, because they may end in a log.
STRICT = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class OfficeBlock:
    """Who writes: the unit people may call, and the project in whose name it writes."""

    project_title: str
    project_short_title: str
    """Stands in mail subjects; says nothing about a person."""
    project_number: str
    unit_name: str
    unit_address: str
    phone: str
    """Empty when the project does not state one."""
    email: str
    hours: str
    """When somebody answers the telephone: „poniedziałek–piątek, 7:30–15:30”."""
    iod: str
    """How to reach the data protection inspector, as one line."""
    funding_line: str
    """The sentence on EU funding that the programme asks for."""

    @property
    def reach(self) -> str:
        """How to reach us quickly, after „prosimy”: by telephone when there is one, else by mail."""
        return f"zadzwonić: {self.phone}" if self.phone else f"napisać: {self.email}"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CorrectionLine:
    """One answer to be completed: the form's label, why (a sentence without the value), an example of a good one
    unless the reason gives one, and where it stands in the candidate's own document."""

    label: str
    reason: str
    example: str = ""
    place: str = ""
    """„tabela 2, wiersz 5”; empty when it was not found there."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class VerdictLine:
    """One criterion and how it came out, as the sentence the project has for that result."""

    sentence: str
    paragraph: str
    """Where the regulation says so: „§ 4 ust. 1 pkt 2 Regulaminu”."""
    result: Literal["met", "not_met", "cannot_tell"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class MeetingDayLine:
    """One day of a meeting, in Polish local time."""

    date: date
    starts: time
    ends: time


@dataclass(frozen=True, kw_only=True, config=STRICT)
class EarlierLetter:
    """A letter that left and does not hold any more."""

    sent_on: date
    subject: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Letter:
    """What every mail knows. ``sex`` is ``None`` when unknown: the form of address is neutral then."""

    office: OfficeBlock
    sex: Annotated[Sex, Field(strict=False)] | None = None
    salutation_override: str = ""
    """How the person wants to be greeted, without the comma; empty: by sex."""
    on_paper: bool = False
    """Whether it goes on paper or by e-Doręczenia: nothing can be clicked then, and no calendar file goes along."""
    instead_of: EarlierLetter | None = None
    """The letter that this one contradicts and takes the place of."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ApplicationLetter(Letter):
    """A letter about one application, named by its public number."""

    public_number: str
    group_name: str
    """„Powiatowa Grupa Refleksyjna – powiat kartuski”; stands in quotes."""
    for_unit: bool = False
    """Whether a gmina or a powiat applied, and not a person."""
    admission: Literal["selection", "nomination", "registration"] = "selection"
    """How one comes into the group, and so what follows; as ``for_unit`` set where letters are written."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class MeetingLetter(Letter):
    """A letter about one meeting."""

    meeting_name: str
    """„I spotkanie Powiatowej Grupy Refleksyjnej”; stands as a heading or in quotes."""
    days: Annotated[tuple[MeetingDayLine, ...], Field(min_length=1)]
    place: str
