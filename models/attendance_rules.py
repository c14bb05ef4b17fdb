"""What follows from meetings that members do not come to: declined ones, and hours that were missed."""

from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from models.form_definition import Strict
from models.rules.presence import ExcusedDays, StrikeOff, Warn

Days: TypeAlias = Annotated[int, Field(ge=1, le=365)]


class DeclineOffers(StrEnum):
    """What a member's refusal of one meeting offers to those who wait in reserve."""

    NOTHING = "nothing"
    SEAT_FOR_MEETING = "seat_for_meeting"
    MEMBERSHIP = "membership"


class Decline(Strict):
    """What follows from a declined meeting. Absent: nothing does, and nobody is told of a rule."""

    offers: DeclineOffers = DeclineOffers.NOTHING
    after: Annotated[int, Field(ge=1, le=50)] = 3
    """With ``membership``: after so many refusals in a row a person asks whether the seat is still wanted."""


class AttendanceRules(Strict):
    """How the attendance that is asked for (``deadlines.min_attendance_percent`` of the hours) is watched. Absent:
    figures are shown, nobody is written to, and nothing follows."""

    excused: ExcusedDays = ExcusedDays.LEFT_OUT
    warn: Warn = Warn.BELOW
    explain_working_days: Days = 5
    """How long a member has to explain an absence, counted from the warning; the letter says it."""
    strike_off: StrikeOff = StrikeOff.PROPOSE
    """What follows when the share can no longer be met. By default a person decides (RODO art. 22)."""
    paragraph: str = ""
    """Where the regulation asks for it: „§ 9 ust. 5 Regulaminu”."""
