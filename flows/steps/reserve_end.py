"""The end of a reserve: when the last meeting of a group is over, whoever still waits is told, once."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.calls import group_of
from flows.steps.decisions import unannounced
from flows.steps.notices import notice
from flows.steps.projects import definition_for
from flows.steps.reserve import owed_and_undecided, reserve_of
from flows.steps.seats import newest_decision
from models.actor import Actor
from models.tables import Application, Call, Meeting, MeetingDay, Message
from models.tables.calls import CallState
from models.tables.meetings import MeetingState
from models.transitions import queue, reference
from templates.letters.decisions import ReserveEndedLetter

EVENT = "reserve_ended"


def waiting_in_vain(session: Session, *, now: datetime) -> list[int]:
    """Ids of applications that still wait in the reserve of a group whose last meeting is over, and were not told."""
    told = set(session.exec(select(Message.subject_ref).where(Message.event == EVENT)).all())
    return [
        application.id
        for call in _over(session, now=now)
        for application, _ in reserve_of(session, call, definition_for(session, call))
        if application.id is not None and reference(application) not in told
    ]


def tell_end(session: Session, application_id: int, *, actor: Actor, now: datetime) -> bool:
    """Writes to one who waited in vain that the reserve has ended. Returns whether there was something to tell."""
    application = session.get_one(Application, application_id, with_for_update=True)
    decision = newest_decision(session, application)
    if decision is None or application_id not in waiting_in_vain(session, now=now):
        return False
    messages = notice(
        session,
        application,
        EVENT,
        ReserveEndedLetter,
        occasion=f"decision-{decision.version}",
        topic=f"result/{application.id}",
        actor=actor,
        now=now,
    )
    queue(session, messages, actor=actor, now=now)
    return bool(messages)


def _over(session: Session, *, now: datetime) -> Iterator[Call]:
    """Announced calls whose group has met for the last time. While a decision is on its way, nothing has ended."""
    for call in session.exec(select(Call).where(Call.state == CallState.ANNOUNCED).order_by(Call.code)).all():
        last = session.exec(
            select(MeetingDay.ends_at)
            .join(Meeting, col(Meeting.id) == MeetingDay.meeting_id)
            .where(Meeting.group_id == group_of(session, call).id, Meeting.state != MeetingState.CANCELLED)
            .order_by(col(MeetingDay.ends_at).desc())
        ).first()
        if last is None or last >= now or unannounced(session, call):
            continue
        if not owed_and_undecided(session, call, definition_for(session, call)):
            yield call
