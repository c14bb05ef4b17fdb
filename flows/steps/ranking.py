"""Ranking a call: from a stored snapshot to a proposal. People decide."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import current_values
from flows.steps.calls import find_call
from flows.steps.four_eyes import check_may_propose
from flows.steps.people import value_of
from flows.steps.projects import definition_for
from flows.steps.verification import newest_sheet, outdated
from models.actor import Actor, Right
from models.columns import canonical
from models.errors import NotYet
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.composition import shortfalls
from models.rules.criteria import Result
from models.rules.ranking import ALGORITHM, Candidate, ListKind, OrderKey, rank
from models.rules.ranking import Ranking as Order
from models.tables import Application, Call, ProjectVersion, Ranking
from models.tables.applications import DECIDED, ApplicationState
from models.tables.calls import CallState
from models.transitions import Facts, move, note, reference


@dataclass(frozen=True)
class RankingCounts:
    """The proposal in numbers. ``shortfalls`` are Polish sentences on what the composition of the group lacks."""

    version: int
    main: int
    reserve: int
    beyond: int
    shortfalls: tuple[str, ...]


_UNSETTLED = (
    ApplicationState.RECEIVED,
    ApplicationState.AWAITING_TYPING,
    ApplicationState.INCOMPLETE,
    ApplicationState.CORRECTED,
    ApplicationState.COMPLETE,
)


# A ranking made anew after some decisions still ranks everybody: those decided keep their places and their decisions.
_RANKABLE = (ApplicationState.ELIGIBLE, ApplicationState.RANKED, *DECIDED, ApplicationState.ANNOUNCED)


def rank_call(session: Session, call_code: str, *, actor: Actor, now: datetime) -> RankingCounts:
    """Ranks the eligible applications of a call. The same snapshot again makes no new version.

    Raises ``NotYet`` before the call closes, and while an application waits for a correction or a verdict.
    """
    actor.require(Right.RANK)
    call = find_call(session, call_code)
    session.refresh(call, with_for_update=True)
    check_may_propose(session, call, actor)
    _ready(session, call, now)
    definition = definition_for(session, call)
    snapshot = take_snapshot(session, call, definition)
    body = canonical(snapshot)
    order = rank_snapshot(body)
    lacking = shortfalls_of(body, order, definition, call)
    digest = hashlib.sha256(body.encode()).hexdigest()
    last = newest_ranking(session, call)
    if last is None or last.snapshot_digest != digest or last.project_version_id != call.project_version_id:
        assert call.id is not None
        last = Ranking(
            area=call.area,
            call_id=call.id,
            version=(last.version if last else 0) + 1,
            project_version_id=call.project_version_id,
            rules_digest=session.get_one(ProjectVersion, call.project_version_id).digest,
            algorithm=ALGORITHM,
            snapshot=body,
            snapshot_digest=digest,
            places=[asdict(place) for place in order.places],
            shortfalls=list(lacking),
            ranked_at=now,
            ranked_by=actor.login,
        )
        session.add(last)
        session.flush()
        facts: Facts = {"version": last.version, "snapshot": digest, "candidates": len(order.places)}
        if call.state in (CallState.OPEN, CallState.RANKED):
            move(session, call, CallState.RANKED, happened=Happened.CALL_RANKED, actor=actor, now=now, facts=facts)
        else:
            note(
                session,
                reference(call),
                happened=Happened.CALL_RANKED,
                actor=actor,
                now=now,
                area=call.area,
                facts=facts,
            )
    _mark_ranked(session, call, actor=actor, now=now)
    return RankingCounts(
        version=last.version,
        main=len(order.on(ListKind.MAIN)),
        reserve=len(order.on(ListKind.RESERVE)),
        beyond=len(order.on(ListKind.BEYOND)),
        shortfalls=lacking,
    )


def take_snapshot(session: Session, call: Call, definition: ProjectDefinition) -> dict[str, object]:
    """Everything the ranking depends on, by number. Institutions are numbered, so it names nobody."""
    kind = definition.group_kind(call.group_kind)
    rows = session.exec(
        select(Application)
        .where(
            Application.call_id == call.id,
            col(Application.state).in_(_RANKABLE),
        )
        .order_by(Application.number)
    ).all()
    institutions: dict[str, str] = {}
    candidates = []
    for row in rows:
        values = current_values(session, row)
        sheet = newest_sheet(session, row)
        if sheet is None or sheet.outcome != Result.MET:
            continue  # decided without having been eligible
        nip = value_of(values, "instytucja.nip") or row.number
        candidates.append(
            {
                "number": row.number,
                "points": sheet.merit + sheet.premium,
                "premium": sheet.premium,
                "received_at": row.received_at.isoformat(),
                "sector": value_of(values, "instytucja.obszar"),
                "level": value_of(values, "instytucja.poziom"),
                "institution": institutions.setdefault(nip, f"I{len(institutions) + 1}"),
            }
        )
    return {
        "call": call.code,
        "algorithm": ALGORITHM,
        "seats": kind.seats,
        "reserve_seats": kind.reserve_seats,
        "order": [str(key) for key in kind.order],
        "candidates": candidates,
    }


def rank_snapshot(body: str) -> Order:
    """The ranking of a stored snapshot: the same bytes give the same lists for ever."""
    snapshot = json.loads(body)
    return rank(
        _candidates(snapshot),
        seats=snapshot["seats"],
        reserve_seats=snapshot["reserve_seats"],
        order=[OrderKey(key) for key in snapshot["order"]],
        algorithm=snapshot["algorithm"],
    )


def shortfalls_of(body: str, order: Order, definition: ProjectDefinition, call: Call) -> tuple[str, ...]:
    """What the composition of the proposed main list lacks, as sentences."""
    chosen = {place.number for place in order.on(ListKind.MAIN)}
    selected = [one for one in _candidates(json.loads(body)) if one.number in chosen]
    kind = definition.group_kind(call.group_kind)
    labels = {one.code: one.label for one in (*definition.sectors, *definition.levels)}
    return tuple(shortfall.sentence for shortfall in shortfalls(selected, kind.composition, labels=labels))


def _candidates(snapshot: dict[str, list[dict[str, str]]]) -> list[Candidate]:
    return [
        Candidate(
            number=one["number"],
            points=int(one["points"]),
            premium=int(one["premium"]),
            received_at=datetime.fromisoformat(one["received_at"]),
            sector=one["sector"],
            level=one["level"],
            institution=one["institution"],
        )
        for one in snapshot["candidates"]
    ]


def newest_ranking(session: Session, call: Call) -> Ranking | None:
    """The ranking that counts."""
    return session.exec(select(Ranking).where(Ranking.call_id == call.id).order_by(col(Ranking.version).desc())).first()


def _ready(session: Session, call: Call, now: datetime) -> None:
    if now <= call.closes_at:
        raise NotYet(f"Nabór {call.code} jeszcze trwa; listę sporządza się po jego zamknięciu.")
    waiting = session.exec(
        select(Application.number)
        .where(
            Application.call_id == call.id,
            col(Application.state).in_(_UNSETTLED),
            col(Application.received_at) <= call.closes_at,
        )
        .order_by(Application.number)
    ).all()
    if waiting:
        raise NotYet(f"Na uzupełnienie albo weryfikację czekają zgłoszenia: {', '.join(waiting)}.")
    changed = outdated(session, call)
    if changed:
        raise NotYet(
            f"Od weryfikacji zmieniły się okoliczności zgłoszeń: {', '.join(changed)}. Zweryfikuj je ponownie."
        )


def _mark_ranked(session: Session, call: Call, *, actor: Actor, now: datetime) -> None:
    for row in session.exec(
        select(Application).where(Application.call_id == call.id, Application.state == ApplicationState.ELIGIBLE)
    ).all():
        move(
            session,
            row,
            ApplicationState.RANKED,
            happened=Happened.APPLICATION_RANKED,
            actor=actor,
            now=now,
        )
