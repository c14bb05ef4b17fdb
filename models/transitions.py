"""The one door for every change of state (law 2).

``enter`` puts a new row in its first state, ``move`` changes the state of a row (``move_all``, of many applications),
``note`` records something that changes no state. Each writes its append-only event, and the outgoing messages that
belong to it, in the caller's transaction. A state set anywhere else raises at once: the columns are guarded.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol, TypeAlias, cast

from sqlalchemy import BindParameter, ColumnElement, Table, Update, bindparam, insert, inspect, update
from sqlalchemy import event as orm_event
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session, SQLModel, col, select

from models.actor import Actor
from models.errors import IllegalMove
from models.events import Happened
from models.glossary import AGGREGATES, label
from models.lifecycle import Lifecycle
from models.tables import (
    Agreement,
    AgreementInvitation,
    Appeal,
    Application,
    Call,
    CommissionMember,
    CommissionSession,
    Correction,
    Event,
    Incident,
    Institution,
    InstitutionSeat,
    Invitation,
    IssuedContract,
    Meeting,
    Membership,
    Message,
    PayBatch,
    PayBatchItem,
    ReceivedMail,
    SeatChange,
    StatementForm,
    Stipend,
    SubmittedFile,
    SupportGrant,
    SupportSession,
    UnaskedChange,
)
from models.tables.agreements import AGREEMENT, AGREEMENT_INVITATION
from models.tables.appeals import APPEAL
from models.tables.applications import APPLICATION, CHANGE, CORRECTION, ApplicationState
from models.tables.batches import BATCH, BATCH_ITEM
from models.tables.calls import CALL
from models.tables.commission import COMMISSION_SEAT, SESSION
from models.tables.contracts import CONTRACT, STATEMENT_FORM
from models.tables.files import FILE
from models.tables.institutions import INSTITUTION
from models.tables.log import INCIDENT
from models.tables.mail import MAIL
from models.tables.meetings import INVITATION, MEETING
from models.tables.memberships import MEMBERSHIP
from models.tables.nominations import INSTITUTION_SEAT, SEAT_CHANGE
from models.tables.outbox import MESSAGE, MessageState
from models.tables.stipends import STIPEND
from models.tables.support import SUPPORT_GRANT, SUPPORT_SESSION

Aggregate: TypeAlias = (
    Agreement
    | AgreementInvitation
    | Appeal
    | Application
    | Call
    | CommissionMember
    | CommissionSession
    | Correction
    | Incident
    | Institution
    | InstitutionSeat
    | Invitation
    | IssuedContract
    | Meeting
    | Membership
    | Message
    | PayBatch
    | PayBatchItem
    | ReceivedMail
    | SeatChange
    | StatementForm
    | Stipend
    | SubmittedFile
    | SupportGrant
    | SupportSession
    | UnaskedChange
)
Facts: TypeAlias = Mapping[str, str | int | bool | Sequence[str] | None]
"""What an event tells beside who, when and what: codes, numbers and counts. Never personal data."""

LIFECYCLES: Mapping[type[Aggregate], Lifecycle[Any]] = {
    Agreement: AGREEMENT,
    AgreementInvitation: AGREEMENT_INVITATION,
    Appeal: APPEAL,
    Application: APPLICATION,
    Call: CALL,
    CommissionMember: COMMISSION_SEAT,
    CommissionSession: SESSION,
    Correction: CORRECTION,
    Incident: INCIDENT,
    Institution: INSTITUTION,
    InstitutionSeat: INSTITUTION_SEAT,
    Invitation: INVITATION,
    IssuedContract: CONTRACT,
    Meeting: MEETING,
    Membership: MEMBERSHIP,
    Message: MESSAGE,
    PayBatch: BATCH,
    PayBatchItem: BATCH_ITEM,
    ReceivedMail: MAIL,
    SeatChange: SEAT_CHANGE,
    StatementForm: STATEMENT_FORM,
    Stipend: STIPEND,
    SubmittedFile: FILE,
    SupportGrant: SUPPORT_GRANT,
    SupportSession: SUPPORT_SESSION,
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
    _require_start(LIFECYCLES[type(row)], row.state, actor, _area(row))
    session.add(row)
    session.flush()
    _append(session, row, happened, actor, now, {"state": row.state, **(facts or {})}, messages)


@dataclass(frozen=True)
class Entry:
    """One new row among many by its columns, ``state`` and ``area`` among them, and what its event tells."""

    columns: Mapping[str, Any]
    happened: Happened
    facts: Facts = field(default_factory=dict)


def enter_all(
    session: Session, table: type[Aggregate], entries: Sequence[Entry], *, actor: Actor, now: datetime
) -> None:
    """Adds many new rows of one table as ``enter`` adds one, in two statements: all of them, or none and an exception.

    Every column is named: nothing is filled in. The session does not hold the rows afterwards.
    """
    lifecycle = LIFECYCLES[table]
    for one in entries:
        _require_start(lifecycle, one.columns["state"], actor, one.columns["area"])
    if not entries:
        return
    session.flush()
    columns = SQLModel.metadata.tables[str(table.__tablename__)]
    # Past the session: it would spend more time on these rows than the rules and the database together.
    connection = session.connection()
    ids = connection.execute(
        insert(columns).returning(columns.c.id, sort_by_parameter_order=True), [dict(one.columns) for one in entries]
    ).scalars()
    noun = table.__name__.lower()
    connection.execute(
        _INTO_EVENTS,
        [
            {
                "area": one.columns["area"],
                "at": now,
                "actor": actor.login,
                "kind": one.happened,
                "subject": f"{noun}/{row_id}",
                "facts": {"state": one.columns["state"], **one.facts},
            }
            for one, row_id in zip(entries, ids, strict=True)
        ],
    )


def _require_start(lifecycle: Lifecycle[Any], state: StrEnum, actor: Actor, area: str) -> None:
    if state not in lifecycle.start:
        raise IllegalMove(
            f"{AGGREGATES[lifecycle.aggregate].capitalize()} nie może się zacząć od stanu „{label(state)}”."
        )
    actor.require(lifecycle.rights[state], area=area)


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
    _require_move(lifecycle, origin, target)
    actor.require(lifecycle.right_for(actor, origin, target), area=_area(row))
    token = _door_open.set(True)
    try:
        row.state = target  # type: ignore[assignment]
    finally:
        _door_open.reset(token)
    session.flush()
    _append(session, row, happened, actor, now, {"from": origin, "to": target, **(facts or {})}, messages)


@dataclass(frozen=True)
class Move:
    """One change of state among many: which row, to which state, and what its event tells."""

    row: Application
    target: ApplicationState
    happened: Happened
    facts: Facts = field(default_factory=dict)


def move_all(session: Session, moves: Sequence[Move], *, actor: Actor, now: datetime) -> None:
    """Moves many applications as ``move`` moves one, in a few statements: all of them, or none and an exception.

    Every row is locked and read anew first; each change of state is looked up in the table of legal moves, asks for
    its right in its area, and has an event of its own. A row may stand here once.
    """
    lifecycle = APPLICATION
    session.flush()
    ids = [one.row.id for one in moves]
    assert len(set(ids)) == len(ids)
    stored: dict[int | None, ApplicationState] = {}
    for start in range(0, len(ids), _LOCKED_AT_ONCE):
        chunk = select(Application.id, Application.state).where(
            col(Application.id).in_(ids[start : start + _LOCKED_AT_ONCE])
        )
        rows = session.exec(chunk.order_by(col(Application.id)).with_for_update())
        stored.update((number, ApplicationState(state)) for number, state in rows)
    for one in moves:
        if stored.get(one.row.id, one.row.state) is not one.row.state:
            session.refresh(one.row)
    events: list[dict[str, Any]] = []
    for one in moves:
        _require_move(lifecycle, one.row.state, one.target)
        actor.require(lifecycle.rights[one.target], area=one.row.area)
        events.append(
            {
                "area": one.row.area,
                "at": now,
                "actor": actor.login,
                "kind": one.happened,
                "subject": reference(one.row),
                "facts": {"from": one.row.state, "to": one.target, **one.facts},
            }
        )
    token = _door_open.set(True)
    try:
        for one in moves:
            one.row.state = one.target
    finally:
        _door_open.reset(token)
    session.flush()
    if events:
        session.execute(insert(Event), events)


_LOCKED_AT_ONCE = 500


@dataclass(frozen=True)
class Standing:
    """A row as the caller read it: its id, its area, and the state that it must still have."""

    id: int
    area: str
    state: StrEnum


def move_as_read(
    session: Session,
    table: type[Aggregate],
    rows: Sequence[Standing],
    target: StrEnum,
    *,
    happened: Happened,
    actor: Actor,
    now: datetime,
    facts: Facts | None = None,
    only_if: tuple[ColumnElement[bool], ...] = (),
    given: Mapping[str, object] | None = None,
    setting: Mapping[str, object] | None = None,
) -> bool:
    """Moves rows that were read before as ``move`` moves one, in two statements and without reading them anew.

    One UPDATE names the state that each must still have, and ``only_if`` beside it: the database itself sees to it
    that two callers cannot both leave a state. Where a row stands elsewhere by now, nothing of this is done and
    ``False`` comes back. ``only_if`` holds bound parameters of the names in ``given``, and is made once: the statement
    is kept for the next time. ``setting``: what else is written into the rows. For what is done thousands of times; a
    row that the session already holds does not learn of it.
    """
    lifecycle = LIFECYCLES[table]
    for row in rows:
        _require_move(lifecycle, row.state, target)
        actor.require(lifecycle.right_for(actor, row.state, target), area=row.area)
    sets = {"state": target, **(setting or {})}
    statement = _update_of(str(table.__tablename__), tuple(sorted(sets)), only_if)
    parameters = {
        "these": [row.id for row in rows],
        "origins": sorted({row.state for row in rows}),
        **{f"new_{name}": value for name, value in sets.items()},
        **(given or {}),
    }
    # Past the session: it would spend more time on these two statements than the database does.
    session.flush()
    connection = session.connection()
    with connection.begin_nested() if len(rows) > 1 else nullcontext() as savepoint:
        moved = connection.execute(statement, parameters)
        if moved.rowcount != len(rows):
            if savepoint is not None:
                savepoint.rollback()
            return False
    noun = table.__name__.lower()
    connection.execute(
        _INTO_EVENTS,
        [
            {
                "area": row.area,
                "at": now,
                "actor": actor.login,
                "kind": happened,
                "subject": f"{noun}/{row.id}",
                "facts": {"from": row.state, "to": target, **(facts or {})},
            }
            for row in rows
        ],
    )
    return True


@lru_cache(maxsize=100)
def _update_of(name: str, setting: tuple[str, ...], only_if: tuple[ColumnElement[bool], ...]) -> Update:
    table = SQLModel.metadata.tables[name]
    these: BindParameter[int] = bindparam("these", expanding=True)
    origins = bindparam("origins", expanding=True, type_=table.c.state.type)
    return (
        update(table)
        .where(table.c.id.in_(these), table.c.state.in_(origins), *only_if)
        .values({one: bindparam(f"new_{one}", type_=table.c[one].type) for one in setting})
    )


def note_quickly(
    session: Session,
    subjects: Sequence[str],
    *,
    happened: Happened,
    actor: Actor,
    now: datetime,
    area: str = "",
    facts: Facts | None = None,
) -> None:
    """``note`` for many subjects, or for what is done thousands of times."""
    rows = [
        {"area": area, "at": now, "actor": actor.login, "kind": happened, "subject": one, "facts": dict(facts or {})}
        for one in subjects
    ]
    session.connection().execute(_INTO_EVENTS, rows)


_INTO_EVENTS = insert(cast(Table, Event.__table__))  # type: ignore[attr-defined]


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
    session.add(_event(subject, happened, actor, now, area, facts or {}))
    session.flush()


def _event(subject: str, happened: Happened, actor: Actor, now: datetime, area: str, facts: Facts) -> Event:
    return Event(area=area, at=now, actor=actor.login, kind=happened, subject=subject, facts=dict(facts))


def _require_move(lifecycle: Lifecycle[Any], origin: StrEnum, target: StrEnum) -> None:
    if origin == target and not lifecycle.allows(origin, target):
        raise IllegalMove(f"Niczego nie zmieniono: {AGGREGATES[lifecycle.aggregate]} ma już stan „{label(origin)}”.")
    if not lifecycle.allows(origin, target):
        raise IllegalMove(
            f"Tego nie można teraz zrobić: {AGGREGATES[lifecycle.aggregate]} ma stan „{label(origin)}”, "
            f"a z niego nie przechodzi się do stanu „{label(target)}”."
        )


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


_QUEUED = {
    MessageState.DRAFT: Happened.MESSAGE_DRAFTED,
    MessageState.DUE: Happened.MESSAGE_QUEUED,
    MessageState.UNADDRESSED: Happened.MESSAGE_UNADDRESSED,
}


def queue(session: Session, messages: Sequence[Message], *, actor: Actor, now: datetime) -> None:
    """Adds messages that belong to no change of state of their own (reminders, acknowledgements)."""
    for message in messages:
        enter(
            session,
            message,
            happened=_QUEUED[message.state],
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
