"""Letters about a meeting, and about coming to meetings."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from models.rules.meeting_kinds import MeetingKind
from templates.letters.frame import STRICT, ApplicationLetter, MeetingLetter


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InvitationLetter(MeetingLetter):
    """Zaproszenie; a calendar file goes with it."""

    group_name: str
    kind: MeetingKind = MeetingKind.MEETING
    agenda: tuple[str, ...] = ()
    answer_until: date
    accept_link: str = ""
    decline_link: str = ""
    """One click each, where the office has a page for it; empty when it has none."""
    decline_offers: Literal["seat_for_meeting", "membership", ""] = ""
    """What a refusal leads to by the project's rule, which people are told before they refuse; empty: to nothing."""
    decline_after: Annotated[int, Field(ge=0)] = 0
    """With ``membership``: after so many refusals in a row."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InvitationUpdateLetter(InvitationLetter):
    """Zmiana ustaleń; the calendar file replaces the earlier one."""

    changes: Annotated[tuple[str, ...], Field(min_length=1)]
    """What is different, as sentences."""
    asks_anew: bool = True
    """Whether an answer is needed again: the days or hours changed."""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InvitationSubstituteLetter(InvitationLetter):
    """Zaproszenie na jedno spotkanie w zastępstwie, for a person in reserve."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InvitationCancelLetter(MeetingLetter):
    """Odwołanie spotkania; the calendar file removes it."""

    reason: str = ""
    new_date_follows: bool = False


@dataclass(frozen=True, kw_only=True, config=STRICT)
class InvitationWithdrawnLetter(MeetingLetter):
    """Odwołanie jednego zaproszenia: the meeting takes place without the person; the calendar file removes it."""

    why: Literal["left_group", "member_comes", "meeting_moved", "application_withdrawn", "other_person", "change_off"]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CounterDeclinedLetter(InvitationLetter):
    """Propozycja innego terminu nie została przyjęta; the calendar file says once more when the meeting is."""

    reason: str


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderInvitationLetter(MeetingLetter):
    """Przypomnienie o odpowiedzi na zaproszenie."""

    answer_until: date


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ReminderMeetingLetter(MeetingLetter):
    """Przypomnienie o spotkaniu. Names the day, never „jutro”: before a Monday it leaves on Friday."""

    agenda: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AttendanceWarningLetter(ApplicationLetter):
    """Zbyt niska obecność. Percents are whole, rounded down; hours are written out („9 godz. 30 min”)."""

    attended: str
    counted: str
    percent: int
    required_percent: int
    paragraph: str
    """Where the regulation asks for it; may be empty."""
    missed_on: tuple[date, ...]
    """Days on which less than all was attended, without the excused ones."""
    days_left: int
    below: bool
    """Whether the share is below what is asked for already; otherwise one more absence may lead there."""
    can_be_met: bool
    """Whether coming to all that is planned would still be enough."""
    may_be_struck_off: bool
    """Whether the project may strike off for it; then the letter says who decides."""
    by_rule: bool
    """Whether nobody decides: the rule does."""
    explain_until: date


@dataclass(frozen=True, kw_only=True, config=STRICT)
class StruckOffLetter(ApplicationLetter):
    """Skreślenie z listy członków za nieobecności."""

    struck_off_on: date
    reason: str
    attended: str
    counted: str
    percent: int
    required_percent: int
    paragraph: str
    by_rule: bool
    paid: bool
    """Whether hours that were attended are paid for all the same."""
    support: tuple[str, ...] = ()
    """Kinds of support that ended with the seat."""
