"""The end of support: with the seat that it came with, or on a day that an officer names."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.outbox import withdraw_contrary
from models.actor import Actor
from models.events import Happened
from models.tables import Membership, SupportGrant
from models.tables.support import STANDING, SupportState
from models.transitions import move


def grants_of(session: Session, membership: Membership) -> list[SupportGrant]:
    """Every support that was ever asked for with a seat, the first one first; locked and read anew."""
    return list(
        session.exec(
            select(SupportGrant)
            .where(SupportGrant.membership_id == membership.id)
            .order_by(col(SupportGrant.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
    )


def end_with_seat(session: Session, membership: Membership, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Ends what was granted with a seat that is let go of. Sessions that were held stay, and so do their hours.

    Returns the kinds of what was granted and would have gone on.
    """
    today = warsaw_date(now)
    ended = []
    for grant in grants_of(session, membership):
        if grant.state in STANDING:
            if grant.state is SupportState.GRANTED and (grant.last_day is None or grant.last_day >= today):
                ended.append(grant.kind)
            withdraw_contrary(session, topic_of(membership, grant.kind), actor=actor, now=now)
            end_grant(session, grant, on=min(grant.last_day or today, today), why="seat", actor=actor, now=now)
    return tuple(ended)


def topic_of(membership: Membership, code: str) -> str:
    """What unsent letters about a support may be contrary about."""
    return f"support/{membership.id}/{code}"


def end_grant(session: Session, grant: SupportGrant, *, on: date, why: str, actor: Actor, now: datetime) -> None:
    """Ends one support; ``why`` is a code in the event."""
    if grant.state is SupportState.GRANTED:
        grant.last_day = on
        session.add(grant)
    move(
        session,
        grant,
        SupportState.ENDED,
        happened=Happened.SUPPORT_ENDED,
        actor=actor,
        now=now,
        facts={"kind": grant.kind, "on": on.isoformat(), "why": why},
    )
