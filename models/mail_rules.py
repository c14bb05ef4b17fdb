"""Whose name the mails of a project carry, which of them go out as one, and when they leave."""

from datetime import time
from typing import Annotated

from pydantic import Field

from models.form_definition import Strict
from models.project_values import Code, EmailAddress, Text


class MergeRule(Strict):
    """Which letters to one person go out as one: those of the named events that were written within the window."""

    events: Annotated[tuple[Code, ...], Field(min_length=2)]
    within_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)]


class QuietHours(Strict):
    """When the office writes to nobody, by the clock in Warsaw: from ``starts`` to ``ends``, over midnight when they
    are the other way round; with ``free_days`` on whole weekends and public holidays, too."""

    starts: time
    ends: time
    free_days: bool = False


class MailIdentity(Strict):
    """Whose name mails carry, and how they leave."""

    from_name: Text
    from_address: EmailAddress
    reply_to: EmailAddress
    approve: tuple[Code, ...] = ()
    """Events whose letters wait until an officer lets them go."""
    merge: tuple[MergeRule, ...] = ()
    quiet: QuietHours | None = None
    """``None``: what is written leaves at any hour."""
