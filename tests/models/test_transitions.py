"""The one door: every lifecycle as a table of moves, each with one event, and nothing past the door."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import Staged
from people import STRANGER, WORKER, everything
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, func, select

from flows.adapters.office import Office
from models.actor import RIGHTS, Actor, Right, Role
from models.errors import IllegalMove, NotAllowed
from models.events import Happened
from models.lifecycle import Lifecycle
from models.tables import Application, Event, Incident, Message, Stipend
from models.tables.applications import APPLICATION, ApplicationState
from models.tables.log import IncidentState
from models.tables.outbox import MessageState
from models.tables.stipends import StipendState
from models.transitions import (
    LIFECYCLES,
    Aggregate,
    Entry,
    Move,
    Standing,
    enter,
    enter_all,
    move,
    move_all,
    move_as_read,
    reference,
)

ALMIGHTY = Actor("wszystko", frozenset(Role))
"""Has every right: what is refused here is refused by the lifecycle."""


def states_of(lifecycle: Lifecycle[Any]) -> type[StrEnum]:
    kind = type(next(iter(lifecycle.start)))
    assert issubclass(kind, StrEnum)
    return kind


@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda one: one.aggregate)
def test_a_lifecycle_speaks_of_all_its_states_and_of_no_other(lifecycle: Lifecycle[Any]) -> None:
    known = set(states_of(lifecycle))
    assert set(lifecycle.rights) == known
    assert set(lifecycle.moves) | {target for targets in lifecycle.moves.values() for target in targets} <= known
    assert all(lifecycle.moves.values()), "a state without moves is final and has no line"


@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda one: one.aggregate)
def test_every_state_can_be_reached_from_the_start(lifecycle: Lifecycle[Any]) -> None:
    reached, frontier = set(lifecycle.start), set(lifecycle.start)
    while frontier:
        frontier = {target for state in frontier for target in lifecycle.moves.get(state, ())} - reached
        reached |= frontier
    assert reached == set(states_of(lifecycle))


def test_the_withdrawn_move_no_more() -> None:
    assert APPLICATION.final == {ApplicationState.WITHDRAWN}
    assert LIFECYCLES[Message].final == {MessageState.WITHDRAWN}
    assert LIFECYCLES[Message].moves[MessageState.SENT] == {MessageState.BOUNCED}
    assert LIFECYCLES[Stipend].final == {StipendState.SUPERSEDED}


@pytest.mark.parametrize("role", [Role.PROCESS])
def test_no_scheduled_run_decides_announces_or_pays(role: Role) -> None:
    assert not RIGHTS[role] & {
        Right.DECIDE,
        Right.ANNOUNCE,
        Right.MONEY,
        Right.MANAGE_KEYS,
        Right.EXPORT_LISTS,
        Right.EXPORT_MAILS,
        Right.EXPORT_FILES,
        Right.EXPORT_ATTENDANCE,
        Right.EXPORT_BILLS,
        Right.CORRECT,
    }


def moves_of(office: Office, actor: Actor) -> Iterator[tuple[Lifecycle[Any], StrEnum, StrEnum, Session, Aggregate]]:
    """Every pair of states of every lifecycle, each tried on a real row inside a savepoint."""
    for table, lifecycle in LIFECYCLES.items():
        with office.reading(ALMIGHTY) as session:
            row = _any(session, table)
            session.info["actor"] = actor
            for origin, target in product(states_of(lifecycle), repeat=2):
                with session.begin_nested() as attempt:
                    _put(session, row, origin)
                    session.expire(row)
                    yield lifecycle, origin, target, session, row
                    attempt.rollback()


def _any(session: Session, table: type[Aggregate]) -> Aggregate:
    row = session.exec(select(table)).first()
    assert isinstance(row, table)
    return row


def _put(session: Session, row: Aggregate, state: StrEnum) -> None:
    """Past the door, as only somebody with the database in their hands could."""
    table = SQLModel.metadata.tables[str(row.__tablename__)]
    session.execute(sa.update(table).where(table.c.id == row.id).values(state=state))


def attempt(session: Session, row: Aggregate, target: StrEnum, actor: Actor, office: Office) -> type[Exception] | None:
    try:
        move(session, row, target, happened=Happened.REMINDED, actor=actor, now=office.now())
    except (IllegalMove, NotAllowed) as refusal:
        return type(refusal)
    return None


def events(session: Session) -> int:
    return session.exec(select(func.count(col(Event.id)))).one()


def test_every_move_is_made_or_refused_as_the_table_says(staged: Staged) -> None:
    """State by state: a legal move changes the state and writes one event, an illegal one does neither."""
    office, _ = staged(everything)
    wrong, tried = [], 0
    for lifecycle, origin, target, session, row in moves_of(office, ALMIGHTY):
        tried += 1
        before = events(session)
        refusal = attempt(session, row, target, ALMIGHTY, office)
        legal = lifecycle.allows(origin, target)
        session.expire(row)
        happened = (refusal, row.state, events(session) - before)
        expected = (None, target, 1) if legal else (IllegalMove, origin, 0)
        if happened != expected:
            wrong.append((lifecycle.aggregate, origin, target, happened))
    assert wrong == []
    assert tried == sum(len(states_of(one)) ** 2 for one in LIFECYCLES.values())


def test_who_lacks_the_right_moves_nothing(sqlite_staged: Staged) -> None:
    """For each target state: roles with the right pass, the others are refused before anything is written."""
    office, _ = sqlite_staged(everything)
    actors = [Actor(role, frozenset({role})) for role in Role]
    wrong = []
    for lifecycle, origin, target, session, row in moves_of(office, ALMIGHTY):
        if lifecycle.allows(origin, target):
            for actor in actors:
                before = events(session)
                with session.begin_nested() as trial:
                    refusal = attempt(session, row, target, actor, office)
                    written = events(session) - before
                    trial.rollback()
                session.expire(row)
                any_of = lifecycle.by_move.get((origin, target), (lifecycle.rights[target],))
                allowed = not RIGHTS[Role(actor.login)].isdisjoint(any_of)
                if (refusal, written) != ((None, 1) if allowed else (NotAllowed, 0)):
                    wrong.append((lifecycle.aggregate, origin, target, actor.login, refusal, written))
    assert wrong == []


def test_who_acts_elsewhere_moves_nothing_here(staged: Staged) -> None:
    office, _ = staged(everything)
    with office.writing(WORKER) as session:
        row = session.exec(select(Application)).first()
        assert row is not None
        with pytest.raises(NotAllowed, match="poza nim"):
            move(
                session,
                row,
                ApplicationState.WITHDRAWN,
                happened=Happened.APPLICATION_WITHDRAWN,
                actor=STRANGER,
                now=office.now(),
            )


def test_an_event_tells_who_when_what_and_from_where_to_where(staged: Staged) -> None:
    office, _ = staged(everything)
    with office.writing(WORKER) as session:
        incident = session.exec(select(Incident)).one()
        move(
            session,
            incident,
            IncidentState.SETTLED,
            happened=Happened.INCIDENT_SETTLED,
            actor=WORKER,
            now=office.now(),
            facts={"code": "x"},
        )
    with office.reading(WORKER) as session:
        event = session.exec(select(Event).order_by(col(Event.id).desc())).first()
        assert event is not None
        assert (event.actor, event.at, event.kind, event.subject) == (
            "process:test",
            office.now(),
            Happened.INCIDENT_SETTLED,
            "incident/1",
        )
        assert event.facts == {"from": "open", "to": "settled", "code": "x"}


def several(session: Session) -> list[Application]:
    return list(session.exec(select(Application).order_by(col(Application.id)).limit(3)).all())


def test_many_moves_are_those_of_one_each_with_its_event(staged: Staged) -> None:
    """Every origin and target: what ``move`` refuses ``move_all`` refuses, and leaves all rows as they were."""
    office, _ = staged(everything)
    withdrawn = ApplicationState.WITHDRAWN
    with office.writing(ALMIGHTY) as session:
        rows = several(session)
        for origin, target in product(ApplicationState, ApplicationState):
            for row, state in zip(rows, (ApplicationState.RANKED, origin, ApplicationState.RANKED), strict=True):
                _put(session, row, state)
            moves = [
                Move(rows[0], withdrawn, Happened.APPLICATION_WITHDRAWN),
                Move(rows[1], target, Happened.VERIFIED_ELIGIBLE, {"results": ["a:met"]}),
                Move(rows[2], withdrawn, Happened.APPLICATION_WITHDRAWN),
            ]
            before = events(session)
            if APPLICATION.allows(origin, target):
                move_all(session, moves, actor=ALMIGHTY, now=office.now())
                assert [row.state for row in rows] == [withdrawn, target, withdrawn]
                assert events(session) == before + 3
            else:
                with pytest.raises(IllegalMove):
                    move_all(session, moves, actor=ALMIGHTY, now=office.now())
                assert [row.state for row in rows] == [ApplicationState.RANKED, origin, ApplicationState.RANKED]
                assert events(session) == before


def test_many_moves_ask_for_the_right_and_the_area_of_each(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(everything)
    with office.writing(ALMIGHTY) as session:
        rows = several(session)
        for row in rows:
            _put(session, row, ApplicationState.COMPLETE)
        moves = [Move(row, ApplicationState.ELIGIBLE, Happened.VERIFIED_ELIGIBLE) for row in rows]
        for actor in (Actor("k", frozenset({Role.COMMISSION})), Actor("z", frozenset({Role.RECRUITMENT}), "30")):
            with pytest.raises(NotAllowed):
                move_all(session, moves, actor=actor, now=office.now())
        assert {row.state for row in rows} == {ApplicationState.COMPLETE}


def test_many_moves_read_each_row_anew(sqlite_staged: Staged) -> None:
    """Somebody else withdrew the application meanwhile: what was read before does not count."""
    office, _ = sqlite_staged(everything)
    with office.writing(ALMIGHTY) as session:
        row = several(session)[0]
        _put(session, row, ApplicationState.COMPLETE)
        session.refresh(row)
        session.connection().execute(
            sa.text("UPDATE application SET state = 'withdrawn' WHERE id = :id"), {"id": row.id}
        )
        assert row.state is ApplicationState.COMPLETE
        stale = Move(row, ApplicationState.ELIGIBLE, Happened.VERIFIED_ELIGIBLE)
        with pytest.raises(IllegalMove):
            move_all(session, [stale], actor=ALMIGHTY, now=office.now())


@pytest.mark.parametrize("table", LIFECYCLES)
def test_a_state_set_outside_the_door_raises(sqlite_staged: Staged, table: type[Aggregate]) -> None:
    office, _ = sqlite_staged(everything)
    with office.writing(ALMIGHTY) as session:
        row = _any(session, table)
        other = next(state for state in states_of(LIFECYCLES[table]) if state is not row.state)
        with pytest.raises(IllegalMove, match="move"):
            row.state = other  # type: ignore[assignment]
        session.expire(row)
        with pytest.raises(IllegalMove, match="move"):
            row.state = other  # type: ignore[assignment]


def test_a_state_set_by_a_statement_for_many_rows_raises(staged: Staged) -> None:
    office, _ = staged(everything)
    with office.writing(ALMIGHTY) as session, pytest.raises(IllegalMove, match="move"):
        session.execute(sa.update(Application).values(state=ApplicationState.RANKED))
    with office.writing(ALMIGHTY) as session:
        session.execute(sa.update(Application).values(channel="post"))


def test_a_row_starts_in_a_start_state_only(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(everything)
    with office.writing(ALMIGHTY) as session:
        for state in IncidentState:
            row = Incident(flow="x", run=f"run-{state}", code="x", at=office.now(), state=state)
            if state is IncidentState.OPEN:
                enter(session, row, happened=Happened.INCIDENT_RECORDED, actor=ALMIGHTY, now=office.now())
                assert reference(row) == f"incident/{row.id}"
            else:
                with pytest.raises(IllegalMove, match="nie może się zacząć od stanu"):
                    enter(session, row, happened=Happened.INCIDENT_RECORDED, actor=ALMIGHTY, now=office.now())


def test_a_change_its_event_and_its_message_stand_or_fall_together(staged: Staged) -> None:
    """Law 2: a message that cannot be written takes the change of state with it."""
    office, _ = staged(everything)
    with office.reading(WORKER) as session:
        twin = session.exec(select(Message)).first()
        assert twin is not None
        before = events(session)
    with pytest.raises(IntegrityError), office.writing(ALMIGHTY) as session:
        _withdraw_with(session, Message(**twin.model_dump(exclude={"id", "state"})), office)
    with office.reading(WORKER) as session:
        assert events(session) == before
        assert ApplicationState.WITHDRAWN not in session.exec(select(Application.state)).all()


def _withdraw_with(session: Session, message: Message, office: Office) -> None:
    row = session.exec(select(Application)).first()
    assert row is not None
    move(
        session,
        row,
        ApplicationState.WITHDRAWN,
        happened=Happened.APPLICATION_WITHDRAWN,
        actor=ALMIGHTY,
        now=office.now(),
        messages=[message],
    )


# As they were read


def _standing(session: Session, number: int) -> Standing:
    row = session.get_one(Message, number)
    assert row.id is not None
    return Standing(row.id, row.area, row.state)


def _due(session: Session, count: int) -> list[Standing]:
    """Messages that are due; the example office's are made so."""
    session.connection().execute(sa.text("UPDATE message SET state = 'due' WHERE id <= :count"), {"count": count})
    session.expire_all()
    return [_standing(session, number) for number in range(1, count + 1)]


def _claimed(session: Session, rows: list[Standing], actor: Actor, office: Office, **more: object) -> bool:
    return move_as_read(
        session,
        Message,
        rows,
        MessageState.CLAIMED,
        happened=Happened.MESSAGE_CLAIMED,
        actor=actor,
        now=office.now(),
        **more,  # type: ignore[arg-type]
    )


def test_rows_move_as_they_were_read_each_with_its_event(staged: Staged) -> None:
    office, _ = staged(everything)
    with office.writing(ALMIGHTY) as session:
        rows = _due(session, 2)
        before = session.exec(select(func.max(Event.id))).one()
        assert _claimed(session, rows, ALMIGHTY, office, setting={"claimed_by": "ja"})
        session.expire_all()
        assert [(_standing(session, n).state, session.get_one(Message, n).claimed_by) for n in (1, 2)] == [
            (MessageState.CLAIMED, "ja")
        ] * 2
        events = session.exec(select(Event).where(col(Event.id) > before).order_by(col(Event.id))).all()
        assert [(one.subject, one.kind, one.facts, one.area) for one in events] == [
            (f"message/{row.id}", "MessageClaimed", {"from": "due", "to": "claimed"}, row.area) for row in rows
        ]


def test_where_one_stands_elsewhere_by_now_none_moves(staged: Staged) -> None:
    office, _ = staged(everything)
    with office.writing(ALMIGHTY) as session:
        first, second = _due(session, 2)
        before = session.exec(select(func.max(Event.id))).one()
        move(
            session,
            session.get_one(Message, second.id),
            MessageState.HELD,
            happened=Happened.MESSAGE_HELD,
            actor=ALMIGHTY,
            now=office.now(),
        )
        assert not _claimed(session, [first, second], ALMIGHTY, office)
        assert not _claimed(session, [second], ALMIGHTY, office)
        session.expire_all()
        assert _standing(session, first.id).state is MessageState.DUE
        kinds = session.exec(select(Event.kind).where(col(Event.id) > before)).all()
        assert list(kinds) == ["MessageHeld"]


def test_moves_as_read_are_the_lifecycles_and_ask_for_the_right(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(everything)
    with office.writing(ALMIGHTY) as session:
        (row,) = _due(session, 1)
        with pytest.raises(IllegalMove):
            move_as_read(
                session,
                Message,
                [row],
                MessageState.SENT,
                happened=Happened.MESSAGE_SENT,
                actor=ALMIGHTY,
                now=office.now(),
            )
        with pytest.raises(NotAllowed):
            _claimed(session, [row], STRANGER, office)


# Many new rows at once


def new_records(session: Session, states: list[StipendState]) -> list[Entry]:
    """Copies of a record under other numbers and versions."""
    row = session.exec(select(Stipend)).first()
    assert row is not None
    return [
        Entry(
            {
                **{name: getattr(row, name) for name in Stipend.model_fields if name != "id"},
                "number": f"R/9{place:03d}/2018",
                "version": 90 + place,
                "state": state,
            },
            Happened.STIPEND_CALCULATED,
            {"number": f"R/9{place:03d}/2018"},
        )
        for place, state in enumerate(states)
    ]


def test_many_new_rows_have_an_event_each(staged: Staged) -> None:
    office, _ = staged(everything)
    with office.writing(ALMIGHTY) as session:
        made = new_records(session, [StipendState.CALCULATED, StipendState.BLOCKED])
        enter_all(session, Stipend, made, actor=ALMIGHTY, now=office.now())
        enter_all(session, Stipend, [], actor=ALMIGHTY, now=office.now())
    with office.reading(ALMIGHTY) as session:
        for entry in made:
            row = session.exec(select(Stipend).where(Stipend.number == entry.columns["number"])).one()
            event = session.exec(select(Event).where(Event.subject == reference(row))).one()
            assert (row.state, row.snapshot) == (entry.columns["state"], entry.columns["snapshot"])
            assert event.facts == {"state": row.state, "number": row.number}


@pytest.mark.parametrize("state", [StipendState.SIGNED, StipendState.PAID])
def test_none_of_many_new_rows_is_added_when_one_may_not_begin_so(sqlite_staged: Staged, state: StipendState) -> None:
    office, _ = sqlite_staged(everything)
    with office.writing(ALMIGHTY) as session, pytest.raises(IllegalMove):
        enter_all(
            session, Stipend, new_records(session, [StipendState.CALCULATED, state]), actor=ALMIGHTY, now=office.now()
        )
    with office.writing(WORKER) as session, pytest.raises(NotAllowed):
        enter_all(session, Stipend, new_records(session, [StipendState.BLOCKED]), actor=WORKER, now=office.now())
    with office.reading(WORKER) as session:
        assert session.exec(select(Stipend).where(col(Stipend.version) >= 90)).first() is None
