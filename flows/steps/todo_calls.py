"""What waits about calls: lists, decisions, appeals, who needs an officer to be admitted, and free seats."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.admission import calls_without_selection, held
from flows.steps.appeal_records import number_of
from flows.steps.appeals import pending_appeals
from flows.steps.call_clocks import clock_of, stood_words
from flows.steps.calls import find_call
from flows.steps.decisions import waiting
from flows.steps.preferences import RANK_FIRST, may_leave, pending_sentences
from flows.steps.reserve import standing_of
from flows.steps.todo_line import COMMISSION, OFFICER, TodoLine
from models.tables import Application, Call
from models.tables.appeals import AppealState
from models.tables.applications import ApplicationState
from models.tables.calls import CallState


def calls_waiting(session: Session, now: datetime) -> list[TodoLine]:
    """Calls from their last day to a group that is full."""
    return [
        *_calls(session, now),
        *_appeals(session),
        *_without_selection(session, now),
        *_vacancies(session, now),
    ]


def _calls(session: Session, now: datetime) -> list[TodoLine]:
    lines = []
    unranked = set(calls_without_selection(session))
    for call in session.exec(select(Call).where(Call.state == CallState.ANNOUNCED)).all():
        late = waiting(session, call.code)
        if late:
            since = warsaw_date(call.closes_at)
            lines.append(TodoLine(f"zgłoszenia czekają na decyzję: {late}", call.code, COMMISSION, since, None))
    for call in session.exec(select(Call).where(Call.state != CallState.ANNOUNCED)).all():
        closed = warsaw_date(call.closes_at)
        if call.code in unranked:
            continue
        if call.state is CallState.OPEN and now > call.closes_at:
            clock = clock_of(session, call, now=now)
            what = f"nabór zamknięty, brak listy rankingowej{stood_words(clock)}"
            lines.append(TodoLine(what, call.code, OFFICER, closed, clock.due))
        elif call.state is CallState.RANKED:
            lines.append(TodoLine("lista rankingowa czeka na decyzję", call.code, COMMISSION, closed, None))
        elif call.state is CallState.DECIDED:
            lines.append(TodoLine("decyzje czekają na ogłoszenie", call.code, OFFICER, closed, None))
        lines += [
            TodoLine(f"przed ogłoszeniem: {said}", call.code, OFFICER, closed, None)
            for said in pending_sentences(may_leave(session, call), RANK_FIRST)
        ]
    return lines


def _appeals(session: Session) -> list[TodoLine]:
    """Appeals wait for whoever rules, until the day that the candidate was told."""
    lines = []
    for row in pending_appeals(session):
        what = "odwołanie czeka na podjęcie" if row.state is AppealState.FILED else "odwołanie czeka na rozstrzygnięcie"
        what += " (wpłynęło po terminie)" if row.late else ""
        since, due = warsaw_date(row.received_at), warsaw_date(row.ruling_due_at)
        lines.append(TodoLine(what, number_of(session, row), COMMISSION, since, due))
    return lines


def _without_selection(session: Session, now: datetime) -> Iterator[TodoLine]:
    """Of calls without ranking: who needs an officer before they may sit, and who does not meet the criteria. Nobody
    is turned down by a machine."""
    for code in calls_without_selection(session):
        call = find_call(session, code)
        rows = session.exec(
            select(Application)
            .where(Application.call_id == call.id, col(Application.state).in_(_ENDED_BADLY))
            .order_by(Application.number)
        ).all()
        for row in rows:
            what = f"{_ENDED_BADLY[row.state]}; popraw je (nabor application set) albo odmów (nabor admission refuse)"
            yield TodoLine(what, row.number, OFFICER, warsaw_date(row.received_at), None)
        waits = {one.number: one.why for one in held(session, call, now=now)}
        for row in session.exec(
            select(Application).where(col(Application.number).in_(waits)).order_by(Application.number)
        ).all():
            yield TodoLine(waits[row.number], row.number, OFFICER, warsaw_date(row.received_at), None)


_ENDED_BADLY = {
    ApplicationState.NOT_ELIGIBLE: "zgłoszenie nie spełnia kryterium",
    ApplicationState.CLOSED_INCOMPLETE: "zgłoszenie zamknięto jako niekompletne",
}


def _vacancies(session: Session, now: datetime) -> Iterator[TodoLine]:
    """Seats that came free: for the officer while somebody is in reserve, for the commission when nobody is."""
    for call in session.exec(select(Call).where(Call.state == CallState.ANNOUNCED).order_by(Call.code)).all():
        standing = standing_of(session, call, now=now)
        if standing is None:
            continue
        since = warsaw_date(standing.since)
        if standing.fillable:
            how = "zaproponuje je najbliższy przebieg" if standing.automatic else "trzeba je zaproponować"
            what = f"zwolnione miejsca: {standing.fillable}; {how} (nabor call promote)"
            yield TodoLine(what, call.code, OFFICER, since, None)
        if standing.kept:
            yield TodoLine(
                f"wolne miejsca w grupie: {standing.kept}; nikt z listy rezerwowej nie może ich zająć ze względu na "
                "wymagania bezwzględne (dlaczego: nabor call promote --dry-run)",
                call.code,
                COMMISSION,
                since,
                None,
            )
        left = standing.free - standing.fillable - standing.kept
        if left:
            yield TodoLine(
                f"wolne miejsca w grupie: {left}; lista rezerwowa wyczerpana", call.code, COMMISSION, since, None
            )
