"""Letters about what was decided, and about the seat that was offered."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from models.rules.promotion import Ground
from templates.letters.frame import STRICT, ApplicationLetter, MeetingDayLine, VerdictLine


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ScoreLine:
    """What one rule gave, and the most that it gives."""

    title: str
    points: Annotated[int, Field(ge=0)]
    maximum: Annotated[int, Field(ge=0)]
    paragraph: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class DecisionLetter(ApplicationLetter):
    """What a decision of the commission rests on."""

    decided_on: date
    verdicts: tuple[VerdictLine, ...] = ()
    points: int | None = None
    """Altogether; ``None`` where points decided nothing."""
    scores: tuple[ScoreLine, ...] = ()
    """What they are made of, rule by rule."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AcceptedLetter(DecisionLetter):
    """Przyjęcie: an offer with an answer deadline."""

    answer_until: date
    documents: tuple[str, ...] = ()
    """What is attached, to be signed and sent back to confirm; empty when a plain answer is enough."""
    agreed: bool = False
    """Whether a unit has agreed already, so that nothing is to be confirmed …"""
    signed_on: date | None = None
    """… and when it signed its declaration; ``None`` where its form is enough."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReserveLetter(DecisionLetter):
    """Lista rezerwowa."""

    position: Annotated[int, Field(ge=1)]
    appeal_until: date | None = None
    appeal_paragraph: str = ""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class PromotedLetter(ApplicationLetter):
    """Zwolnione miejsce dla osoby z listy rezerwowej: an offer with an answer deadline of its own."""

    ground: Ground
    """What decided between those who wait."""
    answer_until: date
    documents: tuple[str, ...] = ()
    agreed: bool = False
    signed_on: date | None = None
    """Both as with acceptance."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class RejectedLetter(DecisionLetter):
    """Odmowa. ``reason`` is the commission's, as a sentence."""

    reason: str
    appeal_until: date | None = None
    appeal_paragraph: str = ""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class OfferConfirmedLetter(ApplicationLetter):
    """Potwierdzenie członkostwa."""

    confirmed_on: date
    first_days: tuple[MeetingDayLine, ...] = ()
    """The first meeting, when its dates stand already."""
    paid: bool = False
    """Whether the group is paid: a statement and an account are asked for then, not earlier (domain §5)."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderConfirmationLetter(ApplicationLetter):
    """Przypomnienie o potwierdzeniu udziału."""

    answer_until: date
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class OfferLapsedLetter(ApplicationLetter):
    """Wygaśnięcie propozycji miejsca. ``answer_until`` is the day that passed."""

    answer_until: date


@dataclass(frozen=True, kw_only=True, config=STRICT)
class OfferDeclinedLetter(ApplicationLetter):
    """Potwierdzenie rezygnacji z miejsca."""

    declined_on: date


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReserveEndedLetter(ApplicationLetter):
    """Koniec listy rezerwowej."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class RegisteredLetter(ApplicationLetter):
    """Przyjęcie w kolejności zgłoszeń."""

    came_free: bool = False
    """Whether the person waited for the place."""
    declaration: bool = False
    """Whether the office makes out a declaration of participation to be signed."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class WaitingListLetter(ApplicationLetter):
    """Lista oczekujących: wszystkie miejsca są zajęte."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class RefusedLetter(ApplicationLetter):
    """Odmowa przyjęcia do grupy bez naboru z rankingiem. ``reason`` is the officer's, as sentences."""

    reason: str
    refused_on: date
    verdicts: tuple[VerdictLine, ...] = ()
    appeal_until: date | None = None
    appeal_paragraph: str = ""
