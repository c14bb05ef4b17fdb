"""What members are paid, and how the money leaves."""

from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from models.form_definition import Strict

Text: TypeAlias = Annotated[str, Field(pattern=r"\S")]
Days: TypeAlias = Annotated[int, Field(ge=1, le=365)]


class PayKind(StrEnum):
    WYNAGRODZENIE = "wynagrodzenie"
    STYPENDIUM = "stypendium"
    ZWROT = "zwrot"


class PayPer(StrEnum):
    HOUR = "hour"
    DAY = "day"
    MEETING = "meeting"


class Pay(Strict):
    """What a member is paid. ``rate_grosze`` is gross, in grosze, per hour, day or meeting."""

    kind: PayKind
    contract: Text
    rate_grosze: Annotated[int, Field(gt=0)]
    per: PayPer
    budget_grosze: Annotated[int, Field(gt=0)] | None = None
    """What all payments of one group may come to, gross with the payer's contributions left out; ``None``: not
    watched."""


class PaymentRules(Strict):
    """How money leaves: from which account, in which file, and after what."""

    account: Annotated[str, Field(pattern=r"^[0-9]{26}$")]
    """The account that is charged, as the 26 digits of an NRB."""
    payer_name: str = ""
    payer_address: str = ""
    """How the bank's file writes the payer where a bank does not take the signs of the buyer's name or address; empty:
    as the buyer."""
    profile: Text
    """The bank profile that files follow, by its code."""
    signed_bill: bool = True
    """Whether a payment is ordered only once its bill has come back signed."""
    title: Text = "Rachunek {bill}"
    """The title of a transfer; ``{bill}`` is the number of its bill, ``{project}`` the code of the project."""
    confirm_working_days: Days = 3
    """How long after the day of payment the bank's confirmation may take before somebody has to look."""
    letters: bool = False
    """Whether members are written to when their money was paid, and when it came back."""
