"""How institutions are asked to name whom they send, and how they replace them."""

from enum import StrEnum

from pydantic import Field

from models.form_definition import Strict
from models.project_values import Days


class Replacement(StrEnum):
    """What becomes of a form that an institution sends for a seat in which somebody sits already."""

    OFFICER = "officer"
    """An officer says from which day on the new person sits in it."""
    AUTOMATIC = "automatic"
    """Once the criteria are met, the next run seats the new person from that day on."""


class NominationRules(Strict):
    """How institutions are asked to name whom they send, in working days, and how they replace them."""

    answer_working_days: Days = 10
    replacement: Replacement = Field(default=Replacement.OFFICER, strict=False)
