"""Letters about support beside the group."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from templates.letters.frame import STRICT, ApplicationLetter, VerdictLine


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SupportGrantedLetter(ApplicationLetter):
    """Przyznanie wsparcia obok udziału w grupie."""

    support_name: str
    """„coaching indywidualny”; stands in quotes."""
    together: bool
    """Whether the sessions are of several people."""
    limit_hours: Annotated[int, Field(ge=0)]
    """0 where there is no limit."""
    led_by: str
    """Empty when nobody has said."""
    first_day: date
    last_day: date | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SupportRefusedLetter(ApplicationLetter):
    """Odmowa wsparcia; a person decided so."""

    support_name: str
    reason: str
    verdicts: tuple[VerdictLine, ...] = ()
    """Conditions that are not met, and those that could not be told."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SupportEndedLetter(ApplicationLetter):
    """Zakończenie wsparcia przez pracownika."""

    support_name: str
    last_day: date
    reason: str
