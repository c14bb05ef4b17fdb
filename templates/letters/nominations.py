"""Letters about the seat of an institution, to the institution and to whom it names."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from templates.letters.frame import STRICT, ApplicationLetter, Letter


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InstitutionSeatLetter(Letter):
    """A letter to an institution about its seat in a group; it never names a person."""

    institution: str
    group_name: str
    """„Gminno-Powiatowy Zespół Kooperacji – gmina Próbna”; stands in quotes."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SeatInvitedLetter(InstitutionSeatLetter):
    """Zaproszenie instytucji do wskazania osoby; the blank form goes with it."""

    code: str
    """How the office calls the institution: „I12”."""
    who: str
    """Whom the group looks for, as the project says it."""
    tasks: Annotated[tuple[str, ...], Field(min_length=1)]
    answer_by: date
    code_asked: bool = False
    """Whether the form asks for ``code``."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SeatVacantLetter(SeatInvitedLetter):
    """Prośba o wskazanie innej osoby: the seat came free, or who was named could not take it."""

    free_since: date | None = None
    """From which day on nobody sits in it; ``None`` where nobody has yet."""
    refused_number: str = ""
    """Public number of the application that was refused."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SeatTakenLetter(InstitutionSeatLetter):
    """Potwierdzenie dla instytucji: whom it named sits in its seat, by number."""

    public_number: str
    since: date
    replaced: bool = False
    """Whether somebody sat in it before."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SeatChangeLetter(InstitutionSeatLetter):
    """Zmiana osoby w miejscu instytucji od dnia, który dopiero nadejdzie: written down, or called off."""

    public_number: str
    """Of who is to come."""
    since: date
    replaces: bool
    """Whether somebody sits in the seat until then."""
    off: bool = False
    """It was written down and does not take place."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SeatClosedLetter(InstitutionSeatLetter):
    """Zamknięcie miejsca instytucji w grupie: why, and how it comes back."""

    reason: str
    """A sentence, as the officer or the agreement gives it."""
    may_return: bool
    """Whether the office still invites institutions to this group."""
    sat: bool = False
    """Whether somebody sat in the seat until it was closed."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderSeatLetter(InstitutionSeatLetter):
    """Przypomnienie o wskazaniu osoby."""

    code: str
    answer_by: date
    passed: bool = False
    """Whether that day has passed: a person can still be named then."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class NamedLetter(ApplicationLetter):
    """Przyjęcie osoby, którą wskazała instytucja."""

    institution: str
    since: date
    paid: bool = False
    declaration: bool = False
    """Whether the office makes out a declaration of participation to be signed."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class NominationAheadLetter(ApplicationLetter):
    """Zapowiedź dla osoby, którą instytucja wskazała od dnia, który dopiero nadejdzie."""

    institution: str
    since: date
    replaces: bool
    """Whether somebody else represents the institution until then."""
    off: bool = False
    """It was announced and does not take place."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class NominationEndingLetter(ApplicationLetter):
    """Zapowiedź dla osoby, którą instytucja zastąpi inną od dnia, który dopiero nadejdzie."""

    institution: str
    since: date
    """From this day on somebody else represents the institution."""
    off: bool = False
    """It was announced and does not take place."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class NominationEndedLetter(ApplicationLetter):
    """Zawiadomienie osoby, że instytucja wskazała kogoś innego albo ją odwołała, albo że jej miejsce zamknięto."""

    institution: str
    ended_on: date
    """From this day on the person sits in the group no more."""
    successor: bool
    """Whether the institution named somebody else."""
    closed: bool = False
    """Whether the seat of the institution was closed, which need not be at its word."""
    support: tuple[str, ...] = ()
    """Names of the support that was granted and ends with the seat."""
