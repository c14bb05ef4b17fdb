"""What a group is made of after the announcement, by the seats that are held now."""

from dataclasses import dataclass

from sqlmodel import Session

from flows.steps.calls import find_call
from flows.steps.projects import definition_for
from flows.steps.reserve import kept_free, labels_of, seats_of_group
from models.rules.composition import standings
from models.tables.calls import CallState


@dataclass(frozen=True)
class Made:
    """What a group is made of by the seats that are held now, and why free ones stay free."""

    standings: tuple[tuple[str, str], ...]
    """Each requirement on the composition and whether it is kept."""
    kept_free: tuple[str, ...]


def made_of(session: Session, call_code: str) -> Made | None:
    """How the group of a call stands by its requirements; ``None`` before its results are announced."""
    call = find_call(session, call_code)
    if call.state is not CallState.ANNOUNCED:
        return None
    definition = definition_for(session, call)
    seated, constraints = seats_of_group(session, call), definition.group_kind(call.group_kind).composition
    return Made(
        standings=tuple((one.asked, one.said) for one in standings(seated, constraints, labels=labels_of(definition))),
        kept_free=kept_free(session, call),
    )
