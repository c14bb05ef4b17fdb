"""Letters about an application that came in: its receipt, what is missing, its withdrawal."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field
from pydantic.dataclasses import dataclass

from templates.letters.frame import STRICT, ApplicationLetter, CorrectionLine, Letter


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AcknowledgementLetter(ApplicationLetter):
    """Potwierdzenie wpływu."""

    received_at: AwareDatetime
    complete: bool
    """Whether nothing is missing; otherwise a correction request follows, which this mail must not contradict."""
    late: bool = False
    """Whether it came after the call had closed: nothing is asked for then, and nothing is promised."""
    opens_at: AwareDatetime | None = None
    """When the call begins, for a form that came before it."""
    results_by: date | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ScanReceivedLetter(ApplicationLetter):
    """Potwierdzenie wpływu skanu lub zdjęcia: an officer retypes it, and there is nothing to do."""

    received_at: AwareDatetime
    answer: bool = False
    """Whether it answers a request to complete the form; otherwise it is a new application."""
    late: bool = False
    """Whether the application came after the call had closed: nothing is promised then."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CorrectionRequestLetter(ApplicationLetter):
    """Wezwanie do uzupełnienia. ``due_on`` is the last day an answer counts."""

    corrections: Annotated[tuple[CorrectionLine, ...], Field(min_length=1)]
    due_on: date
    attached: Literal["copy", "blank"] = "blank"
    """What goes with the letter: the candidate's own document with the places marked, or a blank form."""
    hides_number: bool = False
    """Whether the copy hides the digits of a PESEL …"""
    asks_hidden: bool = False
    """… and whether that is itself among what is asked for."""
    keeps_receipt: bool = True
    """Whether a correction in time keeps the first time of receipt (the regulation may say otherwise)."""
    closing_paragraph: str = ""
    """Where the regulation says that an application not completed in time is closed."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class UnreadableFormLetter(Letter):
    """Pliku nie udało się odczytać; there is no application yet."""

    received_at: AwareDatetime
    reason: str
    file_name: str = ""
    closes_at: AwareDatetime | None = None
    """When the call closes; ``None`` when it has."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderCorrectionLetter(ApplicationLetter):
    """Przypomnienie o uzupełnieniu."""

    corrections: Annotated[tuple[CorrectionLine, ...], Field(min_length=1)]
    due_on: date
    closing_paragraph: str = ""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WithdrawnLetter(ApplicationLetter):
    """Potwierdzenie wycofania."""

    withdrawn_on: date
    support: tuple[str, ...] = ()
    """Kinds of support that ended with the seat."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CompletedLetter(ApplicationLetter):
    """Potwierdzenie uzupełnienia: the answer came, and nothing more is asked for."""

    complete: bool
    """Whether nothing is missing now; otherwise it is judged by what is there."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ClosedIncompleteLetter(ApplicationLetter):
    """Zamknięcie niekompletnego zgłoszenia; the commission's decision follows. ``due_on`` is the day that passed."""

    due_on: date
