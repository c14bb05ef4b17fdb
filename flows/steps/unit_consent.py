"""What a unit has said before a seat is offered to it, so that the seat waits for no answer.

A gmina may sign its declaration of cooperation before the results are announced, and a powiat that sent its card when
it was asked for it has said all that is asked of it: neither is asked to confirm once more.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from flows.steps.applications import call_of
from flows.steps.projects import definition_for
from models.group_kinds import InvitedAfter
from models.rules.unit_numbers import unit_key
from models.tables import Application, UnitDeclaration


@dataclass(frozen=True)
class Consent:
    """The day of the declaration; ``None`` where the form is all that a unit is asked for."""

    signed_on: date | None


def consent_of(session: Session, application: Application) -> Consent | None:
    """The consent of the unit that applied; ``None`` for one that still has to sign, and for persons."""
    if not application.unit:
        return None
    call = call_of(session, application)
    definition = definition_for(session, call)
    if definition.group_kind(call.group_kind).invited_after is not InvitedAfter.NOTHING:
        return Consent(None)
    signed_on = _signed_on(session, definition.code, application.unit)
    return Consent(signed_on) if signed_on is not None else None


def _signed_on(session: Session, project: str, unit: str) -> date | None:
    """The day that the newest word on a unit names. Whoever asks: it must not depend on how wide an account's area is,
    so this query leaves the area out."""
    rows = session.connection().execute(
        sa.select(col(UnitDeclaration.teryt), col(UnitDeclaration.signed_on))
        .where(
            col(UnitDeclaration.project) == project,
            col(UnitDeclaration.teryt).startswith(unit_key(unit), autoescape=True),
        )
        .order_by(col(UnitDeclaration.id).desc())
    )
    return next((signed_on for teryt, signed_on in rows if unit_key(teryt) == unit_key(unit)), None)
