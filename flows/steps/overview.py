"""Overviews: the funnel of a call, the list by number, the newest ranking, the story of an application."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from flows.steps.applications import call_of, current_values, find_application, form_of
from flows.steps.calls import find_call
from flows.steps.portions import AT_ONCE, portions
from flows.steps.projects import definition_for
from flows.steps.ranking import newest_ranking, standings_of
from flows.steps.seats import newest_decision
from flows.steps.verification import newest_sheets
from models.events import LABELS, Happened
from models.form_definition import Sensitivity
from models.glossary import label
from models.tables import (
    Appeal,
    Application,
    Call,
    Correction,
    Event,
    Group,
    InstitutionSeat,
    Membership,
    SeatChange,
    SupportGrant,
    VerdictSheet,
)
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.tables.nominations import InstitutionSeatState

OUTCOME_LABELS = {
    DecisionOutcome.ACCEPTED: "ogłoszono: przyjęte",
    DecisionOutcome.RESERVE: "ogłoszono: lista rezerwowa",
    DecisionOutcome.REJECTED: "ogłoszono: odrzucone",
}


@dataclass(frozen=True)
class NumberLine:
    """One application on a list for officers: by number, never by name."""

    number: str
    state: str
    state_label: str
    points: int | None


@dataclass(frozen=True)
class StoryLine:
    at: datetime
    actor: str
    what: str
    facts: dict[str, object]


@dataclass(frozen=True)
class ValueLine:
    """One value of an application as an officer sees it, with where it came from."""

    key: str
    label: str
    status: str
    value: str | None
    raw: str
    origin: str
    place: str
    method: str
    certainty: int
    reason: str


def open_calls(session: Session) -> list[str]:
    """Codes of the calls whose results are not announced yet."""
    return list(session.exec(select(Call.code).where(Call.state != CallState.ANNOUNCED).order_by(Call.code)).all())


def funnel(session: Session, call_code: str) -> list[tuple[str, int]]:
    """How many applications of a call stand where, in the order of their way."""
    call = find_call(session, call_code)
    counted = dict(
        session.exec(
            select(Application.state, func.count(col(Application.id)))
            .where(Application.call_id == call.id)
            .group_by(col(Application.state))
        ).all()
    )
    lines = [("zgłoszenia razem", sum(counted.values()))]
    lines += [
        (label(state), counted[state])
        for state in ApplicationState
        if state in counted and state is not ApplicationState.ANNOUNCED
    ]
    announced = session.exec(
        select(Application).where(Application.call_id == call.id, Application.state == ApplicationState.ANNOUNCED)
    ).all()
    told = [state_label(session, row) for row in announced]
    lines += [(text, told.count(text)) for text in OUTCOME_LABELS.values() if text in told]
    return lines + _seats(session, call)


def _seats(session: Session, call: Call) -> list[tuple[str, int]]:
    """Where the seats of institutions stand, in a call into whose group they name people."""
    states = session.exec(
        select(InstitutionSeat.state)
        .join(Group, col(Group.id) == InstitutionSeat.group_id)
        .where(Group.call_id == call.id)
    ).all()
    return [
        (f"miejsca instytucji: {label(state)}", states.count(state))
        for state in InstitutionSeatState
        if state in states
    ]


@dataclass(frozen=True)
class Proposal:
    """The newest ranking of a call as people read it, by number."""

    places: tuple[tuple[str, ...], ...]
    """Number, list, position, place in the order of all, reason, what broke a tie."""
    standings: tuple[tuple[str, str], ...]
    checked: str


LISTS = {"main": "podstawowa", "reserve": "rezerwowa", "beyond": "poza listami"}


def proposal(session: Session, call_code: str) -> Proposal | None:
    """The newest ranking; ``None`` before the first."""
    ranking = newest_ranking(session, find_call(session, call_code))
    if ranking is None:
        return None
    return Proposal(
        places=tuple(
            (
                place["number"],
                LISTS[place["list"]],
                str(place["position"]),
                str(place.get("rank") or "–"),
                place.get("reason", ""),
                place["tie_break"],
            )
            for place in ranking.places
        ),
        standings=tuple((one.asked, one.said) for one in standings_of(ranking)),
        checked=f"Listę sprawdzono drugim, niezależnym sposobem ({ranking.checker})." if ranking.checker else "",
    )


def state_label(session: Session, application: Application) -> str:
    """The state in words; an announced result by what was announced."""
    decision = newest_decision(session, application) if application.state is ApplicationState.ANNOUNCED else None
    return OUTCOME_LABELS[decision.outcome] if decision is not None else label(application.state)


def numbers(session: Session, call_code: str) -> list[NumberLine]:
    """The applications of a call by number, with state and points; nobody has any where the group gives none."""
    call = find_call(session, call_code)
    scored = bool(definition_for(session, call).group_kind(call.group_kind).merit)
    rows = session.exec(select(Application).where(Application.call_id == call.id).order_by(Application.number)).all()
    sheets: dict[int, VerdictSheet] = {}
    for some in portions(rows if scored else (), AT_ONCE):
        sheets |= newest_sheets(session, some)
    lines = []
    for row in rows:
        sheet = sheets.get(row.id or 0)
        points = sheet.merit + sheet.premium if sheet is not None and sheet.outcome == "met" else None
        lines.append(NumberLine(row.number, row.state, state_label(session, row), points))
    return lines


def values_of(session: Session, number: str, *, only_open: bool = False) -> list[ValueLine]:
    """All values of an application in the order of its form; ``only_open``: those that the commission may see."""
    application = find_application(session, number)
    form = form_of(definition_for(session, call_of(session, application)), application)
    values = current_values(session, application)
    lines = []
    for leaf in form.leaves:
        if only_open and leaf.sensitivity is not Sensitivity.OPEN:
            continue
        row = values.get(leaf.key)
        lines.append(
            ValueLine(
                key=leaf.key,
                label=leaf.label,
                status=row.status if row else "blank",
                value=row.value if row else None,
                raw=row.raw if row else "",
                origin=row.origin if row else "",
                place=row.place if row else "",
                method=row.method if row else "",
                certainty=row.certainty if row else 0,
                reason=(row.reason or "") if row else "",
            )
        )
    return lines


def story(session: Session, number: str) -> list[StoryLine]:
    """Everything that happened to an application, its corrections, decisions, membership, support, appeals and the
    changes by which it was to take a seat."""
    application = find_application(session, number)
    subjects = [f"application/{application.id}"]
    for table, noun in (
        (Correction, "correction"),
        (Membership, "membership"),
        (Appeal, "appeal"),
        (SeatChange, "seatchange"),
    ):
        ids = session.exec(select(table.id).where(table.application_id == application.id)).all()
        subjects += [f"{noun}/{row}" for row in ids]
    grants = session.exec(
        select(SupportGrant.id)
        .join(Membership, col(Membership.id) == SupportGrant.membership_id)
        .where(Membership.application_id == application.id)
    ).all()
    subjects += [f"supportgrant/{row}" for row in grants]
    return story_of(session, *subjects)


def story_of(session: Session, *subjects: str) -> list[StoryLine]:
    """Everything that happened to these rows (``institution/3``), in order."""
    events = session.exec(select(Event).where(col(Event.subject).in_(subjects)).order_by(col(Event.id))).all()
    return [StoryLine(event.at, event.actor, LABELS[Happened(event.kind)], event.facts) for event in events]
