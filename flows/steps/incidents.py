"""Incidents: a failed run becomes a row that waits for an officer."""

from datetime import datetime

from sqlmodel import Session, select

from models.actor import Actor, process
from models.errors import NotFound
from models.events import Happened
from models.tables import Incident
from models.tables.log import IncidentState
from models.transitions import enter, move


def record_incident(session: Session, *, flow: str, run: str, code: str, now: datetime) -> None:
    """Writes the incident of a run once. ``code`` is a kind of error, never its text."""
    if session.exec(select(Incident).where(Incident.run == run)).first() is None:
        enter(
            session,
            Incident(flow=flow, run=run, code=code, at=now),
            happened=Happened.INCIDENT_RECORDED,
            actor=process(flow),
            now=now,
            facts={"flow": flow, "code": code},
        )


def settle_incident(session: Session, incident_id: int, *, actor: Actor, now: datetime) -> None:
    """An officer has looked into it."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound("Nie ma takiej awarii.")
    move(session, incident, IncidentState.SETTLED, happened=Happened.INCIDENT_SETTLED, actor=actor, now=now)
