"""The one door for every change of state (law 2).

``enter`` puts a new row in its first state, ``move`` changes the state of a row, ``note`` records something that
changes no state. Each writes its append-only event, and the outgoing messages that belong to it, in the caller's
transaction. A state set anywhere else raises at once: the columns are guarded.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Update, inspect
from sqlalchemy import event as orm_event
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session

from models.actor import Actor
from models.errors import IllegalMove
from models.events import Happened
from models.glossary import AGGREGATES, label
from models.lifecycle import Lifecycle
from models.tables import (
    Application,
    Call,
    CommissionMember,
    CommissionSession,
    Correction,
    Event,
    Incident,
    Invitation,
    Meeting,
    Membership,
    Message,
    ReceivedMail,
    Stipend,
    SubmittedFile,
    UnaskedChange,
)
from models.tables.applications import APPLICATION, CHANGE, CORRECTION
from models.tables.calls import CALL
from models.tables.commission import COMMISSION_SEAT, SESSION
from models.tables.files import FILE
from models.tables.log import INCIDENT
from models.tables.mail import MAIL
from models.tables.meetings import INVITATION, MEETING
from models.tables.memberships import MEMBERSHIP
from models.tables.outbox import MESSAGE, MessageState
from models.tables.stipends import STIPEND

Aggregate: TypeAlias = (
    Application
    | Call
    | CommissionMember
    | CommissionSession
    | Correction
    | Incident
    | Invitation
    | Meeting
    | Membership
    | Message
    | ReceivedMail
    | Stipend
    | SubmittedFile
    | UnaskedChange
)
Facts: TypeAlias = Mapping[str, str | int | bool | Sequence[str] | None]
"""What an event tells beside who, when and what: codes, numbers and counts. Never personal data."""

LIFECYCLES: Mapping[type[Aggregate], Lifecycle[Any]] = {
    Application: APPLICATION,
    Call: CALL,
    CommissionMember: COMMISSION_SEAT,
    CommissionSession: SESSION,
    Correction: CORRECTION,
    Incident: INCIDENT,
    Invitation: INVITATION,
    Meeting: MEETING,
    Membership: MEMBERSHIP,
    Message: MESSAGE,
    ReceivedMail: MAIL,
    Stipend: STIPEND,
    SubmittedFile: FILE,
    UnaskedChange: CHANGE,
}

_door_open: ContextVar[bool] = ContextVar("door_open", default=False)


class HasId(Protocol):
    id: int | None


def reference(row: HasId) -> str:
    """How events and messages name a row: ``application/12``."""
    return f"{type(row).__name__.lower()}/{row.id}"


def enter(
    session: Session,
    row: Aggregate,
    *,
    happened: Happened,
    actor: Actor,
    now: datetime,
    facts: Facts | None = None,
    messages: Sequence[Message] = (),
) -> None:
    """Adds a new row in one of its start states. Raises ``IllegalMove`` and ``NotAllowed``."""
    lifecycle = LIFECYCLES[type(row)]
    if row.state not in lifecycle.start:
        raise IllegalMove(
            f"{AGGREGATES[lifecycle.aggregate].capitalize()} nie może się zacząć od stanu „{label(row.state)}”."
        )
    actor.require(lifecycle.rights[row.state], area=_area(row))
    session.add(row)
    session.flush()
    _append(session, row, happened, actor, now, {"state": row.state, **(facts or {})}, messages)


def move(
    session: Session,
    row: Aggregate,
    target: StrEnum,
    *,
    happened: Happened,
    actor: Actor,
    now: datetime,
    facts: Facts | None = None,
    messages: Sequence[Message] = (),
) -> None:
    """Moves a row to ``target``. The row is locked and read anew first, so two callers cannot both leave a state."""
    lifecycle = LIFECYCLES[type(row)]
    session.flush()
    session.refresh(row, with_for_update=True)
    origin = row.state
    if not lifecycle.allows(origin, target):
        raise IllegalMove(
            f"Tego nie można teraz zrobić: {AGGREGATES[lifecycle.aggregate]} ma stan „{label(origin)}”, "
            f"a z niego nie przechodzi się do stanu „{label(target)}”."
        )
    actor.require(lifecycle.rights[target], area=_area(row))
    token = _door_open.set(True)
    try:
        row.state = target  # type: ignore[assignment]
    finally:
        _door_open.reset(token)
    session.flush()
    _append(session, row, happened, actor, now, {"from": origin, "to": target, **(facts or {})}, messages)


def note(
    session: Session,
    subject: str,
    *,
    happened: Happened,
    actor: Actor,
    now: datetime,
    area: str = "",
    facts: Facts | None = None,
) -> None:
    """Records something that changes no lifecycle's state."""
    session.add(Event(area=area, at=now, actor=actor.login, kind=happened, subject=subject, facts=dict(facts or {})))
    session.flush()


def _append(
    session: Session,
    row: Aggregate,
    happened: Happened,
    actor: Actor,
    now: datetime,
    facts: Facts,
    messages: Sequence[Message],
) -> None:
    note(session, reference(row), happened=happened, actor=actor, now=now, area=_area(row), facts=facts)
    queue(session, messages, actor=actor, now=now)


def queue(session: Session, messages: Sequence[Message], *, actor: Actor, now: datetime) -> None:
    """Adds messages that belong to no change of state of their own (reminders, acknowledgements)."""
    for message in messages:
        enter(
            session,
            message,
            happened=Happened.MESSAGE_QUEUED if message.state == MessageState.DUE else Happened.MESSAGE_UNADDRESSED,
            actor=actor,
            now=now,
            facts={"key": message.key},
        )


def _area(row: Aggregate) -> str:
    return "" if isinstance(row, Incident) else row.area


def _guard(target: Any, value: object, old: object, _initiator: object) -> None:
    if inspect(target).persistent and value != old and not _door_open.get():
        raise IllegalMove("Stan zmienia tylko models.transitions.move.")


def _guard_statements(state: ORMExecuteState) -> None:
    """An UPDATE of many rows at once does not pass through the attributes, so it is looked at by itself."""
    if isinstance(state.statement, Update) and state.statement.entity_description.get("entity") in LIFECYCLES:
        given = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
        if "state" in state.statement.compile().params or any("state" in one for one in given):
            raise IllegalMove("Stan zmienia tylko models.transitions.move.")


for _table in LIFECYCLES:
    orm_event.listen(_table.state, "set", _guard)
orm_event.listen(Session, "do_orm_execute", _guard_statements)
