"""Reminders as data: what one is about, when it leaves, how often, to whom, and unless what."""

from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from models.form_definition import KEY, Strict
from models.rules.due import FreeDay, Timing, Unit

Distance: TypeAlias = Annotated[int, Field(ge=1, le=365)]


class ReminderEvent(StrEnum):
    """What a reminder is about; its letter follows from that."""

    CORRECTION_DUE = "correction_due"
    CONFIRMATION_DUE = "confirmation_due"
    INVITATION_UNANSWERED = "invitation_unanswered"
    MEETING_TOMORROW = "meeting_tomorrow"
    BILL_MISSING = "bill_missing"
    AGREEMENT_UNSIGNED = "agreement_unsigned"
    NOMINATION_DUE = "nomination_due"


class ReminderDate(StrEnum):
    """Which date of the matter a reminder is counted from."""

    DEADLINE = "deadline"
    """Until when an answer is in time, or the bill is to be back."""
    ASKED = "asked"
    """When the request was made: the offer, the invitation (or its newest change), the bill."""
    MEETING = "meeting"
    """When the meeting begins."""


class ReminderSide(StrEnum):
    BEFORE = "before"
    AFTER = "after"


class ReminderTo(StrEnum):
    """Who is written to: the person or institution concerned, or officers of the area who run the recruitment."""

    PERSON = "person"
    OFFICERS = "officers"
    BOTH = "both"


class UnlessKind(StrEnum):
    """A state of things in which nobody is reminded."""

    ANSWERED = "answered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    OUT_OF_GROUP = "out_of_group"


class UnlessState(Strict):
    """Nobody is reminded who has answered (accepted, refused), or holds no seat in the group any more."""

    kind: Literal["answered", "confirmed", "declined", "out_of_group"]


class UnlessWritten(Strict):
    """Nobody is reminded who was written to, about anything, less than ``days`` calendar days ago."""

    kind: Literal["written_within"]
    days: Annotated[int, Field(ge=1, le=60)]


Unless: TypeAlias = Annotated[UnlessState | UnlessWritten, Field(discriminator="kind")]

USUAL: Mapping[ReminderEvent, tuple[ReminderSide, ReminderDate]] = {
    ReminderEvent.CORRECTION_DUE: (ReminderSide.BEFORE, ReminderDate.DEADLINE),
    ReminderEvent.CONFIRMATION_DUE: (ReminderSide.BEFORE, ReminderDate.DEADLINE),
    ReminderEvent.INVITATION_UNANSWERED: (ReminderSide.AFTER, ReminderDate.ASKED),
    ReminderEvent.MEETING_TOMORROW: (ReminderSide.BEFORE, ReminderDate.MEETING),
    ReminderEvent.BILL_MISSING: (ReminderSide.AFTER, ReminderDate.ASKED),
    ReminderEvent.AGREEMENT_UNSIGNED: (ReminderSide.BEFORE, ReminderDate.DEADLINE),
    ReminderEvent.NOMINATION_DUE: (ReminderSide.BEFORE, ReminderDate.DEADLINE),
}
"""What a rule counts from that does not say it."""

DATES: Mapping[ReminderEvent, frozenset[ReminderDate]] = {
    ReminderEvent.CORRECTION_DUE: frozenset({ReminderDate.DEADLINE, ReminderDate.ASKED}),
    ReminderEvent.CONFIRMATION_DUE: frozenset({ReminderDate.DEADLINE, ReminderDate.ASKED}),
    ReminderEvent.INVITATION_UNANSWERED: frozenset({ReminderDate.ASKED, ReminderDate.MEETING}),
    ReminderEvent.MEETING_TOMORROW: frozenset({ReminderDate.MEETING, ReminderDate.ASKED}),
    ReminderEvent.BILL_MISSING: frozenset({ReminderDate.ASKED, ReminderDate.DEADLINE}),
    ReminderEvent.AGREEMENT_UNSIGNED: frozenset({ReminderDate.ASKED, ReminderDate.DEADLINE}),
    ReminderEvent.NOMINATION_DUE: frozenset({ReminderDate.ASKED, ReminderDate.DEADLINE}),
}
"""Which dates a matter has."""

CONDITIONS: Mapping[ReminderEvent, frozenset[UnlessKind]] = {
    ReminderEvent.CORRECTION_DUE: frozenset({UnlessKind.ANSWERED}),
    ReminderEvent.CONFIRMATION_DUE: frozenset({UnlessKind.ANSWERED, UnlessKind.CONFIRMED, UnlessKind.DECLINED}),
    ReminderEvent.INVITATION_UNANSWERED: frozenset(UnlessKind),
    ReminderEvent.MEETING_TOMORROW: frozenset(UnlessKind),
    ReminderEvent.BILL_MISSING: frozenset({UnlessKind.ANSWERED, UnlessKind.OUT_OF_GROUP}),
    # Whoever signed or declined is reminded of nothing, whatever the rule says.
    ReminderEvent.AGREEMENT_UNSIGNED: frozenset(),
    # Nor whoever named a person, or said that it will not.
    ReminderEvent.NOMINATION_DUE: frozenset(),
}
"""Which states a matter can be in at all."""


class ReminderRule(Strict):
    """One kind of reminder. How far from its date is said once: in working days, calendar days or hours.

    ``times`` is how many are sent at most, ``spacing`` how far apart, in the same unit. What is counted in calendar
    days or hours may fall on a free day: ``free_day`` says what becomes of it then.
    """

    code: Annotated[str, Field(pattern=KEY)]
    event: ReminderEvent
    offset_working_days: Distance | None = None
    offset_days: Distance | None = None
    offset_hours: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    times: Annotated[int, Field(ge=1, le=10)]
    side: ReminderSide | None = None
    counted_from: ReminderDate | None = None
    spacing: Distance | None = None
    at: time = time(8, 0)
    """From which hour on it leaves, in Warsaw; for rules in hours the hour follows from the date."""
    free_day: FreeDay | None = None
    """``None``: back to the working day before when it comes before its date, on to the next one when after."""
    to: ReminderTo = ReminderTo.PERSON
    unless: tuple[Unless, ...] = ()

    @model_validator(mode="after")
    def _one_distance(self) -> Self:
        if sum(one is not None for one in (self.offset_working_days, self.offset_days, self.offset_hours)) != 1:
            raise ValueError(
                "odstęp przypomnienia podaje się raz: w dniach roboczych (offset_working_days), kalendarzowych "
                "(offset_days) albo w godzinach (offset_hours)"
            )
        return self

    @property
    def unit(self) -> Unit:
        if self.offset_hours is not None:
            return Unit.HOURS
        return Unit.DAYS if self.offset_days is not None else Unit.WORKING_DAYS

    @property
    def is_before(self) -> bool:
        """Whether the reminder comes before its date rather than after it."""
        return (self.side or USUAL[self.event][0]) is ReminderSide.BEFORE

    @property
    def date(self) -> ReminderDate:
        """The date it is counted from."""
        return self.counted_from or USUAL[self.event][1]

    @property
    def timing(self) -> Timing:
        """The same for the rule that reckons."""
        usual = FreeDay.PREVIOUS if self.is_before else FreeDay.NEXT
        return Timing(
            before=self.is_before,
            offset=self.offset_working_days or self.offset_days or self.offset_hours or 0,
            unit=self.unit,
            times=self.times,
            spacing=self.spacing,
            at=self.at,
            free_day=self.free_day or usual,
        )

    @property
    def written_within(self) -> int:
        """How many days must have passed since the last message to the person; 0: none."""
        return max((one.days for one in self.unless if isinstance(one, UnlessWritten)), default=0)

    @property
    def unless_states(self) -> frozenset[UnlessKind]:
        return frozenset(UnlessKind(one.kind) for one in self.unless if isinstance(one, UnlessState))


LATER_SETTINGS: Mapping[str, object] = {
    **dict.fromkeys(("offset_working_days", "offset_days", "offset_hours", "side", "counted_from"), None),
    **dict.fromkeys(("spacing", "free_day"), None),
    "at": "08:00:00",
    "to": ReminderTo.PERSON.value,
    "unless": [],
}
"""What a rule need not say, and how it is written when it does not (JSON)."""
