"""Letters about pay: the statement that is asked for, the bill, the transfer."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from templates.letters.frame import STRICT, ApplicationLetter, CorrectionLine, MeetingLetter


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AmountLine:
    """One deduction of a bill, in grosze."""

    label: str
    grosze: int


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StatementRequestLetter(ApplicationLetter):
    """Prośba o oświadczenie do wypłaty; the blank form goes with it."""

    due_on: date
    corrections: tuple[CorrectionLine, ...] = ()
    """What the form that came lacks; empty when none came yet."""
    renewal: bool = False
    """Whether an earlier statement does not hold any more."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderBillLetter(MeetingLetter):
    """Przypomnienie o rachunku."""

    prepared_on: date
    return_until: date
    """The day that the letter with the bill named."""
    extended_to: date | None = None
    """The new day, once that one has passed."""
    signed_first: bool = True
    """Whether the payment waits for the signed bill."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StipendReadyLetter(MeetingLetter):
    """Rachunek do podpisu. ``minutes`` is the confirmed time; the amounts are grosze."""

    minutes: Annotated[int, Field(gt=0)]
    gross: Annotated[int, Field(ge=0)]
    deductions: tuple[AmountLine, ...] = ()
    net: Annotated[int, Field(ge=0)]
    attached: bool
    """Whether the bill goes with the mail; otherwise it waits at the office (unconfirmed address)."""
    bill_number: str
    replaces: str = ""
    """Number of the bill that this one takes the place of; empty for a first one."""
    corrects: str = ""
    """Number of the bill that this one adds to, and that still stands; empty for a payment of its own."""
    return_until: date
    signed_first: bool = True
    """Whether the payment waits for the signed bill."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class BillReceivedLetter(MeetingLetter):
    """Potwierdzenie otrzymania rachunku."""

    bill_number: str
    paid_on: date | None = None
    """The planned day of payment; ``None`` when it has passed."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StipendPaidLetter(MeetingLetter):
    """Potwierdzenie przelewu. ``net`` is in grosze; ``account_end`` are the last digits of the account."""

    bill_number: str
    net: Annotated[int, Field(gt=0)]
    paid_on: date
    account_end: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StipendReturnedLetter(MeetingLetter):
    """Przelew wrócił: prośba o numer konta. ``reason``: the bank's own words, or empty."""

    bill_number: str
    account_end: str
    reason: str = ""
