"""One line of the list of what waits: its words, its number, and for whom it is."""

from dataclasses import dataclass
from datetime import date

from models.actor import Right

OFFICER, CANDIDATE, COMMISSION, INSTITUTION = "pracownik", "kandydat", "Komisja", "instytucja"
PROGRAM = "program"
"""Happens by itself on its day: nobody has to do anything, and somebody may still call it off."""


@dataclass(frozen=True)
class TodoLine:
    """One thing that waits: what, about which number, for whom, since when, until when."""

    what: str
    reference: str
    who: str
    since: date
    due: date | None
    needs: Right | None = None
    """The right it takes to act on it, where that is not the usual one of whoever it waits for."""
    shown: str | None = None
    """What Prefect's page says instead, where ``what`` tells of one person's money or statements."""
