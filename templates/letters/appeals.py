"""Letters about an appeal."""

from datetime import date

from pydantic.dataclasses import dataclass

from templates.letters.frame import STRICT, ApplicationLetter


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AppealLetter(ApplicationLetter):
    """A letter about an appeal, by the number that the candidate knows."""

    appeal_number: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AppealReceivedLetter(AppealLetter):
    """Potwierdzenie wpływu odwołania."""

    received_on: date
    who: str
    """Who rules on it, in the nominative."""
    ruling_by: date
    late_after: date | None = None
    """The last day of the period, when it came after that."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AppealUpheldLetter(AppealLetter):
    """Odwołanie uwzględnione: the application is judged anew, which is not yet a seat."""

    ruled_on: date
    reason: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AppealRejectedLetter(AppealLetter):
    """Odwołanie nieuwzględnione, with reasons and what can still be done."""

    ruled_on: date
    reason: str
    late_after: date | None = None
    remedies: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AppealWithdrawnLetter(AppealLetter):
    """Potwierdzenie wycofania odwołania."""

    withdrawn_on: date
