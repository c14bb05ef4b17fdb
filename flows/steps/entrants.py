"""Who would take part if a call were ranked now: the eligible with what they answered, and whom no list can seat."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from flows.steps.applications import current_values, values_under
from flows.steps.people import value_of
from flows.steps.portions import AT_ONCE, portions
from flows.steps.seats import newest_decision, seat_by
from flows.steps.verification import newest_sheets
from models.entrants import Entrant
from models.group_kinds import UNIT_FIELD
from models.rules.criteria import Result
from models.rules.snapshot import Elsewhere
from models.tables import Application, Call, FieldValue
from models.tables.applications import DECIDED, ApplicationState
from models.tables.decisions import DecisionOutcome

# A ranking made anew after some decisions still ranks those decided: they keep their places and their decisions.
RANKABLE = (ApplicationState.ELIGIBLE, ApplicationState.RANKED, *DECIDED, ApplicationState.ANNOUNCED)
UNDECIDED = (ApplicationState.ELIGIBLE, ApplicationState.RANKED)


@dataclass(frozen=True)
class CallEntrants:
    """The entrants of one call, in the order of their numbers."""

    entrants: tuple[Entrant, ...]
    undecided: tuple[Application, ...]
    """Those over whom the commission has not decided."""
    out: Mapping[str, Elsewhere]
    """By number, those of the entrants whom the commission has rejected, or whose seat is theirs no more."""


def entrants_of(session: Session, call: Call) -> CallEntrants:
    """Everybody who meets the criteria by the sheet that counts, whatever the commission has decided since."""
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, col(Application.state).in_(RANKABLE))
        .order_by(Application.number)
    ).all()
    entrants: list[Entrant] = []
    undecided: list[Application] = []
    out: dict[str, Elsewhere] = {}
    for portion in portions(rows, AT_ONCE):
        sheets, values = newest_sheets(session, portion), values_under(session, portion, _KEYS)
        for row in portion:
            assert row.id is not None
            sheet = sheets.get(row.id)
            if sheet is None or sheet.outcome != Result.MET:
                continue  # decided without having been eligible
            points = {line["code"]: line["points"] for line in sheet.verdicts["points"]}
            entrants.append(_entrant(row, values[row.id], merit=sheet.merit, premium=sheet.premium, points=points))
            if row.state in UNDECIDED:
                undecided.append(row)
            elif (why := why_out(session, row)) is not None:
                out[row.number] = why
    return CallEntrants(tuple(entrants), tuple(undecided), out)


def entrant_of(
    session: Session,
    application: Application,
    *,
    merit: int = 0,
    premium: int = 0,
    points: Mapping[str, int] | None = None,
) -> Entrant:
    """An application as the ranking sees it: its points, and the answers that the composition looks at."""
    return _entrant(application, current_values(session, application), merit=merit, premium=premium, points=points)


_KEYS = ("instytucja.nip", "instytucja.obszar", "instytucja.poziom", "instytucja.gmina", UNIT_FIELD)
_NIP, _SECTOR, _LEVEL, _GMINA = "instytucja.nip", "instytucja.obszar", "instytucja.poziom", "instytucja.gmina"


def _entrant(
    application: Application,
    values: dict[str, FieldValue],
    *,
    merit: int,
    premium: int,
    points: Mapping[str, int] | None,
) -> Entrant:
    return Entrant(
        number=application.number,
        received_at=application.received_at,
        nip=value_of(values, _NIP) or application.number,
        sector=value_of(values, _SECTOR),
        level=value_of(values, _LEVEL),
        gmina=value_of(values, _GMINA) or value_of(values, UNIT_FIELD),
        merit=merit,
        premium=premium,
        points=points,
    )


def why_out(session: Session, application: Application) -> Elsewhere | None:
    """Why a decided application can take no seat of a new list; ``None`` for one that holds a seat or waits for one."""
    decision = newest_decision(session, application)
    if decision is None:
        return None
    if decision.outcome is DecisionOutcome.REJECTED:
        return Elsewhere.REJECTED
    given_up = decision.outcome is DecisionOutcome.ACCEPTED and seat_by(session, application) is None
    return Elsewhere.RELEASED if given_up else None
