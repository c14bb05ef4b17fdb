"""From when on a message may leave: at once, or at the end of the project's quiet hours."""

from datetime import datetime

from models.project import ProjectDefinition
from models.rules.quiet import quiet_until

ANSWERS = frozenset(
    {"acknowledgement", "scan_received", "unreadable_form", "appeal_received", "withdrawn", "offer_confirmed"}
)
"""Letters that answer what somebody has just sent or said: who writes at night is awake."""


def leaves_from(
    definition: ProjectDefinition, event: str, *, now: datetime, not_after: datetime | None = None
) -> datetime:
    """The first instant from ``now`` on at which a letter of the event may leave.

    What would be worthless when the silence ends leaves in it: a meeting that begins early is worth a mail at night.
    """
    quiet = definition.mail.quiet
    if quiet is None or event in ANSWERS:
        return now
    ends = quiet_until(now, starts=quiet.starts, ends=quiet.ends, free_days=quiet.free_days)
    return now if not_after is not None and not_after <= ends else ends
