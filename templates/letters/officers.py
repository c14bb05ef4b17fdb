"""Letters to the office's own people: what waits for them, by number."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from templates.letters.frame import STRICT, Letter


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WaitingLine:
    """One thing that waits, by number: since when, and until when (or the date that it is about)."""

    number: str
    since: date | None = None
    due: date | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WaitingGroup:
    """Things of one kind that wait, the oldest first. ``more``: how many there are beside those listed."""

    what: str
    count: Annotated[int, Field(ge=1)]
    lines: Annotated[tuple[WaitingLine, ...], Field(min_length=1)]
    more: int = 0


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderOfficersLetter(Letter):
    """Przypomnienie dla pracowników: what to look after, by number."""

    matter: str
    """What it is about, in the nominative: „odpowiedź na zaproszenie”."""
    lines: Annotated[tuple[WaitingLine, ...], Field(min_length=1)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class DigestLetter(Letter):
    """Przegląd tygodnia: what waits for one officer, by number and without a name."""

    monday: date
    """The first day of the week."""
    total: Annotated[int, Field(ge=1)]
    overdue: Annotated[int, Field(ge=0)]
    """How many of these are past their day."""
    groups: Annotated[tuple[WaitingGroup, ...], Field(min_length=1)]
