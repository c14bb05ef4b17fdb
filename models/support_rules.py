"""Kinds of support that a project gives its members beside the group: coaching and the like, alone or together."""

from datetime import date
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from models.form_definition import KEY, Strict
from models.rules.criteria import Criterion

Text: TypeAlias = Annotated[str, Field(pattern=r"\S")]


class SupportForm(StrEnum):
    """Whether one person is supported at a time, or several together."""

    INDIVIDUAL = "individual"
    GROUP = "group"


class SupportPeriod(Strict):
    """The days on which a support is given, both included."""

    starts: date
    ends: date


class SupportKind(Strict):
    """One kind of support: who may get it, how much of it, when, and who leads it."""

    code: Annotated[str, Field(pattern=KEY)]
    name: Text
    """As letters and sheets call it: „coaching indywidualny”."""
    form: SupportForm = Field(strict=False)
    group_kinds: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Kinds of the groups whose members may get it."""
    conditions: tuple[Criterion, ...] = ()
    """What else their application has to say; each with its place in the rules and its three sentences."""
    paragraph: str = ""
    """Where the project's rules provide for it."""
    limit_hours: Annotated[int, Field(ge=1, le=1000)] | None = None
    """The most hours of this kind that one person gets; ``None``: as many as there are."""
    period: SupportPeriod | None = None
    led_by: Text
    """Who leads it, as sheets say it; a body or a function, not a person."""
    takes_earlier: bool = False
    """Whether sessions on record without a kind, from before the project named its kinds, are sessions of this one."""
