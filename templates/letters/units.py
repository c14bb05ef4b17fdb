"""Letters to gminas and powiats about a call for units."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field
from pydantic.dataclasses import dataclass

from templates.letters.frame import STRICT, Letter


@dataclass(frozen=True, kw_only=True, config=STRICT)
class UnitInvitedLetter(Letter):
    """Zaproszenie gminy albo powiatu do naboru jednostek; the blank form goes with it."""

    unit: str
    """„Gmina Brusy”."""
    group_name: str
    opens_on: date
    closes_at: AwareDatetime


@dataclass(frozen=True, kw_only=True, config=STRICT)
class UnitCardLetter(UnitInvitedLetter):
    """Prośba o kartę powiatu, once the gminas of the powiat have declared."""

    gminas: Annotated[tuple[str, ...], Field(min_length=1)]
    """Those that have signed."""
