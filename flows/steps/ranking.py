"""Ranking a call: from a stored snapshot to a proposal. People decide."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import current_values
from flows.steps.calls import find_call
from flows.steps.four_eyes import check_may_propose
from flows.steps.people import value_of
from flows.steps.preferences import OtherGroups, other_groups
from flows.steps.projects import definition_for
from flows.steps.verification import newest_sheet, outdated
from models.actor import Actor, Right
from models.columns import canonical
from models.entrants import Entrant, candidates_of, rules_of_ranking
from models.errors import BadInput, NotYet, RankingDisputed
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.composer import CompositionFaulty
from models.rules.composition import Standing, shortfalls, standings
from models.rules.composition_proof import CHECKER, Proof
from models.rules.criteria import Result
from models.rules.order import Candidate, OrderKey, SeedMissing
from models.rules.ranking import ALGORITHM, ListKind
from models.rules.ranking import Ranking as Order
from models.rules.snapshot import Snapshot, places_from, read, stored_places, written
from models.rules.whole_numbers import SolverFailed
from models.tables import Application, Call, Decision, ProjectVersion, Ranking
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
    remarks: tuple[str, ...] = ()
    """Polish sentences on other groups of the project that the officer has to look at."""


@dataclass(frozen=True)
class Taken:
    """A snapshot, and what the other groups of the project had to say about it."""

    snapshot: Snapshot
    others: OtherGroups


_SEED_SIGNS = 200
_UNSETTLED = (
    ApplicationState.RECEIVED,
    ApplicationState.AWAITING_TYPING,
    ApplicationState.INCOMPLETE,
    ApplicationState.CORRECTED,
    ApplicationState.COMPLETE,
)


# A ranking made anew after some decisions still ranks everybody: those decided keep their places and their decisions.
_RANKABLE = (ApplicationState.ELIGIBLE, ApplicationState.RANKED, *DECIDED, ApplicationState.ANNOUNCED)


def rank_call(
    session: Session, call_code: str, *, seed: str | None = None, actor: Actor, now: datetime
) -> RankingCounts:
    """Ranks the eligible applications of a call and composes the group. The same snapshot again makes no new version.

    ``seed`` is the text of a public draw. The first one given counts for every later ranking of the call, so that
    nobody can look for a better one.

    Raises ``NotYet`` before the call closes, while an application waits for a correction or a verdict, and where a draw
    is needed and has no seed; ``BadInput`` for another seed; ``RankingDisputed`` when the checker does not agree.
    """
    actor.require(Right.RANK)
    call = find_call(session, call_code)
    session.refresh(call, with_for_update=True)
    check_may_propose(session, call, actor)
    _ready(session, call, now)
    definition = definition_for(session, call)
    last = newest_ranking(session, call)
    taken = _taken(session, call, definition, seed=seed_for(call, definition, last, seed))
    snapshot = taken.snapshot
    body = canonical(written(snapshot))
    order, proof = proved(call, body)
    group = _group(snapshot, order)
    lacking = tuple(one.sentence for one in shortfalls(group, snapshot.rules.composition, labels=snapshot.rules.labels))
    digest = hashlib.sha256(body.encode()).hexdigest()
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
            places=stored_places(order, ALGORITHM),
            shortfalls=list(lacking),
            checker=CHECKER,
            refuted=proof.refuted,
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
        remarks=remarks_on(taken.others),
    )


def seed_for(call: Call, definition: ProjectDefinition, last: Ranking | None, given: str | None) -> str | None:
    """The seed that counts: the first one that was given."""
    known = seed_of(last) if last is not None else None
    if given is None:
        return known
    seed = " ".join(given.split())
    if not 0 < len(seed) <= _SEED_SIGNS:
        raise BadInput(f"Ziarno losowania to tekst od 1 do {_SEED_SIGNS} znaków.")
    if OrderKey.DRAW not in definition.group_kind(call.group_kind).order:
        raise BadInput("Zasady tego naboru nie przewidują losowania (order: draw), więc ziarno nie ma zastosowania.")
    if known is not None and known != seed:
        raise BadInput(
            f"Ziarno losowania naboru {call.code} jest już zapisane i obowiązuje w każdej kolejnej liście; "
            "nie można go zmienić."
        )
    return seed


def _taken(session: Session, call: Call, definition: ProjectDefinition, *, seed: str | None) -> Taken:
    try:
        return take_snapshot(session, call, definition, seed=seed)
    except SeedMissing as missing:
        raise _seed_wanted(call, missing) from None
    except CompositionFaulty as faulty:
        raise BadInput(f"Skład grupy w zasadach naboru {call.code} jest sprzeczny: {faulty}") from None
    except SolverFailed as failed:
        raise _not_composed(call) from failed


def _seed_wanted(call: Call, missing: SeedMissing) -> NotYet:
    return NotYet(
        f"{missing} Wylosuj albo odczytaj je publicznie na posiedzeniu i podaj: "
        f"nabor call rank {call.code} --seed ZIARNO."
    )


def _not_composed(call: Call) -> RankingDisputed:
    return RankingDisputed(
        f"Programowi nie udało się ułożyć listy naboru {call.code} i niczego nie zapisał. "
        "To błąd programu, nie danych; zgłoś go, zanim ktokolwiek dowie się o wyniku."
    )


def remarks_on(others: OtherGroups) -> tuple[str, ...]:
    """What an officer has to look at in the other calls of the project, as Polish sentences."""
    found = [
        f"Kolejność grup wybrana przez osoby zmienia też listę naboru {code}: sporządź ją ponownie."
        for code in others.outdated
    ]
    if not others.settled:
        found.append(
            "Kolejności grup wybranych przez osoby nie da się pogodzić ze składem grup; "
            "nikogo z tego powodu nie pominięto. Kto zajmie miejsce w której grupie, rozstrzyga Komisja."
        )
    return tuple(found)


def proved(call: Call, body: str) -> tuple[Order, Proof]:
    """The ranking of the snapshot as it will be stored, and the checker's word on it."""
    snapshot = read(body)
    try:
        order = snapshot.ranking()
    except SeedMissing as missing:
        raise _seed_wanted(call, missing) from None
    except CompositionFaulty as faulty:
        raise BadInput(f"Skład grupy w zasadach naboru {call.code} jest sprzeczny: {faulty}") from None
    except SolverFailed as failed:
        raise _not_composed(call) from failed
    proof = snapshot.proof(order.places)
    if not proof.agrees:
        raise RankingDisputed(
            f"Niezależne sprawdzenie nie zgadza się z listą naboru {call.code}: {' '.join(proof.disputes)} "
            "Listy nie zapisano. To błąd programu; zgłoś go, zanim ktokolwiek dowie się o wyniku."
        )
    return order, proof


def _group(snapshot: Snapshot, order: Order) -> list[Candidate]:
    chosen = {place.number for place in order.on(ListKind.MAIN)}
    return [one for one in snapshot.candidates if one.number in chosen]


def standings_of(ranking: Ranking) -> tuple[Standing, ...]:
    """How the composition stands in the proposed main list, constraint by constraint."""
    snapshot = read(ranking.snapshot)
    chosen = {line["number"] for line in ranking.places if line["list"] == ListKind.MAIN}
    group = [one for one in snapshot.candidates if one.number in chosen]
    return standings(group, snapshot.rules.composition, labels=snapshot.rules.labels)


def seed_of(ranking: Ranking) -> str | None:
    """The text of the public draw, if one was given."""
    return read(ranking.snapshot).rules.seed


def require_proof(ranking: Ranking) -> None:
    """The places as stored agree with their snapshot, by the checker. Raises ``RankingDisputed``."""
    try:
        disputes = proof_of(ranking).disputes
    except (ValueError, KeyError) as broken:
        disputes = (f"Zapisanych danych listy nie da się odtworzyć ({type(broken).__name__}).",)
    if disputes:
        raise RankingDisputed(
            f"Niezależne sprawdzenie nie zgadza się z zapisaną listą nr {ranking.version}: {' '.join(disputes)} "
            "Wyników nie wolno ogłosić; porównaj dane z kopią bazy albo sporządź listę ponownie."
        )


def take_snapshot(session: Session, call: Call, definition: ProjectDefinition, *, seed: str | None = None) -> Taken:
    """Everything the ranking depends on, by number. Institutions are numbered, so it names nobody."""
    rows = session.exec(
        select(Application)
        .where(
            Application.call_id == call.id,
            col(Application.state).in_(_RANKABLE),
        )
        .order_by(Application.number)
    ).all()
    entrants = []
    for row in rows:
        sheet = newest_sheet(session, row)
        if sheet is None or sheet.outcome != Result.MET:
            continue  # decided without having been eligible
        points = {line["code"]: line["points"] for line in sheet.verdicts["points"]}
        entrants.append(entrant_of(session, row, merit=sheet.merit, premium=sheet.premium, points=points))
    undecided = [row for row in rows if row.state in (ApplicationState.ELIGIBLE, ApplicationState.RANKED)]
    return snapshot_of(session, call, definition, entrants, undecided, seed=seed)


def entrant_of(
    session: Session,
    application: Application,
    *,
    merit: int = 0,
    premium: int = 0,
    points: Mapping[str, int] | None = None,
) -> Entrant:
    """An application as the ranking sees it: its points, and the answers that the composition looks at."""
    values = current_values(session, application)
    return Entrant(
        number=application.number,
        received_at=application.received_at,
        nip=value_of(values, "instytucja.nip") or application.number,
        sector=value_of(values, "instytucja.obszar"),
        level=value_of(values, "instytucja.poziom"),
        gmina=value_of(values, "instytucja.gmina"),
        merit=merit,
        premium=premium,
        points=points,
    )


def snapshot_of(
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    entrants: Sequence[Entrant],
    undecided: Sequence[Application],
    *,
    seed: str | None,
) -> Taken:
    """The snapshot of these entrants. ``undecided`` are those of them over whom the commission has not decided."""
    kind = definition.group_kind(call.group_kind)
    candidates = candidates_of(entrants, kind)
    rules = rules_of_ranking(definition, kind, candidates, seed=seed)
    others = other_groups(session, call, definition, candidates, rules, undecided)
    left_out = {one.candidate.number for one in others.absent}
    taking_part = tuple(one for one in candidates if one.number not in left_out)
    return Taken(Snapshot(call.code, rules, taking_part, others.absent), others)


def rank_snapshot(body: str) -> Order:
    """The ranking of a stored snapshot: the same bytes give the same lists for ever."""
    return read(body).ranking()


def proof_of(ranking: Ranking) -> Proof:
    """What the independent checker says of a stored ranking, from its own snapshot."""
    return read(ranking.snapshot).proof(places_from(ranking.places))


def newest_ranking(session: Session, call: Call) -> Ranking | None:
    """The ranking that is proposed, or was last."""
    return session.exec(select(Ranking).where(Ranking.call_id == call.id).order_by(col(Ranking.version).desc())).first()


def decided_ranking(session: Session, call: Call) -> Ranking | None:
    """The newest ranking that an announced decision rests on: a list nobody decided on moves nobody."""
    return session.exec(
        select(Ranking)
        .join(Decision, col(Decision.ranking_id) == Ranking.id)
        .where(Ranking.call_id == call.id, col(Decision.announced_at).is_not(None))
        .order_by(col(Ranking.version).desc())
    ).first()


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
