"""Applications with the decision that is known of each, in the order of the ranking."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from flows.steps.portions import AT_ONCE, portions
from flows.steps.seats import decisions_on
from flows.steps.verification import newest_sheets
from models.tables import Application, Call, Decision, Ranking, VerdictSheet
from models.tables.applications import DECIDED, ApplicationState


@dataclass(frozen=True)
class DecidedApplication:
    """One decided application with what its letter and its line on the lists are made of."""

    application: Application
    decision: Decision
    sheet: VerdictSheet | None
    place: int
    """Place in the ranking, from 1; after all ranked ones when it was never ranked."""
    tie_break: str


def decided_applications(
    session: Session,
    call: Call,
    ranking: Ranking,
    decision_of: Callable[[Application, Sequence[Decision]], Decision | None],
) -> list[DecidedApplication]:
    """Every application with such a decision, in the order of a ranking; one that is judged anew keeps its last."""
    order = {place["number"]: (index, place["tie_break"]) for index, place in enumerate(ranking.places, start=1)}
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, Application.state != ApplicationState.WITHDRAWN)
        .order_by(Application.number)
    ).all()
    found = []
    for portion in portions(rows, AT_ONCE):
        decisions, sheets = decisions_on(session, portion), newest_sheets(session, portion)
        for row in portion:
            assert row.id is not None
            decision = decision_of(row, decisions.get(row.id, ()))
            if decision is not None:
                place, tie_break = order.get(row.number, (len(order) + 1, ""))
                sheet = _sheet(session, row, decision, sheets.get(row.id))
                found.append(DecidedApplication(row, decision, sheet, place, tie_break))
    return sorted(found, key=lambda one: (one.place, one.application.number))


def to_be_announced(application: Application, decisions: Sequence[Decision]) -> Decision | None:
    """The newest decision of an application that waits for its announcement; of any other what was announced last."""
    return next(iter(decisions), None) if application.state in DECIDED else announced_last(application, decisions)


def announced_last(_application: Application, decisions: Sequence[Decision]) -> Decision | None:
    """What was announced last."""
    return next((one for one in decisions if one.announced_at is not None), None)


def _sheet(
    session: Session, application: Application, decision: Decision, newest: VerdictSheet | None
) -> VerdictSheet | None:
    """The verdicts behind the decision: those of an application that is judged anew are not known yet."""
    if application.state in (*DECIDED, ApplicationState.ANNOUNCED):
        return newest
    return session.exec(
        select(VerdictSheet)
        .where(VerdictSheet.application_id == application.id, col(VerdictSheet.judged_at) <= decision.decided_at)
        .order_by(col(VerdictSheet.version).desc())
    ).first()
