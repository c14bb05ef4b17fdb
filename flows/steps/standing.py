"""How a call stands: now, by the rows as they are; and at a moment of the past, by what had been recorded by then.

Law 4: ``at`` is a query by recorded time. States come from the log, results from their versioned rows, so nothing that
is recorded later changes an earlier answer. Nothing is written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from flows.steps.calls import find_call
from flows.steps.overview import OUTCOME_LABELS
from flows.steps.portions import AT_ONCE, portions
from models.errors import BadInput, NotFound
from models.glossary import label
from models.rules.criteria import Result
from models.tables import Application, Call, Decision, Event, Membership, Ranking, VerdictSheet
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import MembershipState
from models.transitions import reference

"""So many subjects are asked for at once: SQLite takes a limited number of parameters."""
Row = TypeVar("Row", VerdictSheet, Decision, Membership)
State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True)
class StandingLine:
    """One application: its state, the newest verdict, decision and seat, by codes."""

    number: str
    state: ApplicationState
    state_label: str
    verdict: str | None
    points: int | None
    decision: DecisionOutcome | None
    reason: str | None
    announced: bool
    membership: MembershipState | None


@dataclass(frozen=True)
class CallStanding:
    """A call at a moment. ``places`` and ``shortfalls`` are those of the ranking that counted then."""

    call: str
    state: CallState
    funnel: tuple[tuple[str, int], ...]
    ranking: int | None
    places: tuple[Mapping[str, Any], ...]
    shortfalls: tuple[str, ...]
    applications: tuple[StandingLine, ...]


def call_now(session: Session, call_code: str) -> CallStanding:
    """The call by its rows as they are."""
    call = find_call(session, call_code)
    applications = _applications(session, call)
    seats = _newest(_rows(session, Membership, applications))
    return _standing(
        session,
        call,
        call.state,
        {one.id: one.state for one in applications},
        {application_id: seat.state for application_id, seat in seats.items()},
        applications,
        at=None,
    )


def call_at(session: Session, call_code: str, at: datetime, *, now: datetime) -> CallStanding:
    """The call as it stood at a moment, that moment included.

    Raises ``BadInput`` for a moment that has not come, ``NotFound`` when the call did not exist.
    """
    if at > now:
        raise BadInput("Ta chwila jeszcze nie nadeszła.")
    call = find_call(session, call_code)
    known = _states(session, CallState, [reference(call)], at)
    if not known:
        raise NotFound(f"Nabór {call.code} otwarto później.")
    everybody = _applications(session, call)
    states = _states(session, ApplicationState, [reference(one) for one in everybody], at)
    applications = [one for one in everybody if reference(one) in states]
    seats = _newest([seat for seat in _rows(session, Membership, applications) if seat.offered_at <= at])
    seat_states = _states(session, MembershipState, [reference(seat) for seat in seats.values()], at)
    return _standing(
        session,
        call,
        known[reference(call)],
        {one.id: states[reference(one)] for one in applications},
        {
            application_id: seat_states[reference(seat)]
            for application_id, seat in seats.items()
            if reference(seat) in seat_states
        },
        applications,
        at=at,
    )


def _standing(
    session: Session,
    call: Call,
    state: CallState,
    states: Mapping[int | None, ApplicationState],
    seats: Mapping[int, MembershipState],
    applications: Sequence[Application],
    *,
    at: datetime | None,
) -> CallStanding:
    ranking = next(
        (
            row
            for row in session.exec(
                select(Ranking).where(Ranking.call_id == call.id).order_by(col(Ranking.version).desc())
            ).all()
            if at is None or row.ranked_at <= at
        ),
        None,
    )
    sheets = _newest(row for row in _rows(session, VerdictSheet, applications) if at is None or row.judged_at <= at)
    decisions = _newest(row for row in _rows(session, Decision, applications) if at is None or row.decided_at <= at)
    lines = tuple(
        _line(one, states[one.id], sheets.get(one.id or 0), decisions.get(one.id or 0), seats.get(one.id or 0), at)
        for one in applications
    )
    return CallStanding(
        call=call.code,
        state=state,
        funnel=tuple(_funnel(lines)),
        ranking=ranking.version if ranking else None,
        places=tuple(ranking.places) if ranking else (),
        shortfalls=tuple(ranking.shortfalls) if ranking else (),
        applications=lines,
    )


def _line(
    application: Application,
    state: ApplicationState,
    sheet: VerdictSheet | None,
    decision: Decision | None,
    seat: MembershipState | None,
    at: datetime | None,
) -> StandingLine:
    told = decision.announced_at if decision is not None else None
    said = decision is not None and state is ApplicationState.ANNOUNCED
    return StandingLine(
        number=application.number,
        state=state,
        state_label=OUTCOME_LABELS[decision.outcome] if decision is not None and said else label(state),
        verdict=sheet.outcome if sheet else None,
        points=sheet.merit + sheet.premium if sheet is not None and sheet.outcome == Result.MET else None,
        decision=decision.outcome if decision else None,
        reason=decision.reason_code if decision else None,
        announced=told is not None and (at is None or told <= at),
        membership=seat,
    )


def _funnel(lines: Sequence[StandingLine]) -> Iterator[tuple[str, int]]:
    """How many stand where, in the order of their way; announced ones by what was announced."""
    yield "zgłoszenia razem", len(lines)
    words = [line.state_label for line in lines]
    ahead = [label(state) for state in ApplicationState if state is not ApplicationState.ANNOUNCED]
    for word in (*ahead, *OUTCOME_LABELS.values()):
        if word in words:
            yield word, words.count(word)


def _applications(session: Session, call: Call) -> list[Application]:
    return list(
        session.exec(select(Application).where(Application.call_id == call.id).order_by(Application.number)).all()
    )


def _rows(session: Session, table: type[Row], applications: Sequence[Application]) -> list[Row]:
    """All rows of these applications, in the order they were recorded."""
    found: list[Row] = []
    for ids in portions([one.id for one in applications if one.id is not None], AT_ONCE):
        found += session.exec(select(table).where(col(table.application_id).in_(ids)).order_by(col(table.id))).all()
    return found


def _newest(rows: Iterable[Row]) -> dict[int, Row]:
    return {row.application_id: row for row in rows}


def _states(session: Session, kind: type[State], subjects: Sequence[str], at: datetime) -> dict[str, State]:
    """The state of each subject that had one by then, from the events of its lifecycle."""
    found: dict[str, State] = {}
    known = {one.value: one for one in kind}
    for some in portions(subjects, AT_ONCE):
        rows = session.exec(
            select(Event.subject, Event.facts)
            .where(col(Event.subject).in_(some), col(Event.at) <= at)
            .order_by(col(Event.id))
        ).all()
        for subject, facts in rows:
            # Other events tell of a ``to`` as well: a date that was put right is no state.
            state = known.get(facts.get("to", facts.get("state")))
            if state is not None:
                found[subject] = state
    return found
