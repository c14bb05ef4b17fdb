"""Ranking a call: from a stored snapshot to a proposal. People decide."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.calls import find_call, require_selection
from flows.steps.entrants import entrants_of
from flows.steps.four_eyes import check_may_propose
from flows.steps.preferences import RANK_FIRST, NotRankable, OtherGroups, other_groups, pending_sentences
from flows.steps.projects import definition_for
from flows.steps.verification import outdated
from models.actor import Actor, Right
from models.columns import canonical
from models.entrants import Entrant, candidates_of, rules_of_ranking
from models.errors import BadInput, NaborError, NotYet, RankingDisputed
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.composer import CompositionFaulty
from models.rules.composition import Standing, shortfalls, standings
from models.rules.composition_proof import CHECKER, Proof
from models.rules.order import Candidate, OrderKey, SeedMissing
from models.rules.ranking import ALGORITHM, ListKind
from models.rules.ranking import Ranking as Order
from models.rules.snapshot import Absent, Elsewhere, Snapshot, places_from, read, stored_places, written
from models.rules.whole_numbers import SolverFailed
from models.tables import Application, Call, Decision, ProjectVersion, Ranking
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.transitions import Facts, Move, move, move_all, note, reference


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
    require_selection(session, call)
    check_may_propose(session, call, actor)
    _ready(session, call, now)
    definition = definition_for(session, call)
    last = newest_ranking(session, call)
    first_draw = seed is not None and (last is None or seed_of(last) is None)
    taken = _taken(session, call, definition, seed=seed_for(call, definition, last, seed), skip_undrawn=first_draw)
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
        remarks=remarks_on(call, taken.others, order),
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


def _taken(
    session: Session, call: Call, definition: ProjectDefinition, *, seed: str | None, skip_undrawn: bool
) -> Taken:
    try:
        return take_snapshot(session, call, definition, seed=seed, skip_undrawn=skip_undrawn)
    except NotRankable as failed:
        raise refusal(call, failed.call, failed.cause) from failed


def refusal(call: Call, at_fault: str, cause: SeedMissing | CompositionFaulty | SolverFailed) -> NaborError:
    """What keeps a call from being ranked, in words: its own rules or draw, or those of another call of its persons."""
    if isinstance(cause, CompositionFaulty):
        return BadInput(f"Skład grupy w zasadach naboru {at_fault} jest sprzeczny: {cause}")
    if isinstance(cause, SolverFailed):
        return RankingDisputed(
            f"Programowi nie udało się ułożyć listy naboru {at_fault} i niczego nie zapisał. "
            "To błąd programu, nie danych; zgłoś go, zanim ktokolwiek dowie się o wyniku."
        )
    draw = f"Wylosuj albo odczytaj je publicznie na posiedzeniu i podaj: nabor call rank {at_fault} --seed ZIARNO."
    if at_fault == call.code:
        return NotYet(f"{cause} {draw}")
    return NotYet(
        f"O miejsca w naborze {call.code} i w naborze {at_fault} ubiegają się te same osoby, więc trzeba wiedzieć, "
        f"kogo obejmie lista naboru {at_fault}. {cause} {draw} Potem powtórz: nabor call rank {call.code}."
    )


def remarks_on(call: Call, others: OtherGroups, order: Order) -> tuple[str, ...]:
    """What an officer has to look at in the other calls of the project, as Polish sentences."""
    found = [
        f"Lista naboru {code} byłaby dziś inna (kolejność grup wybrana przez osoby, nowe decyzje lub rezygnacje): "
        "sporządź ją ponownie."
        for code in others.outdated
    ]
    if not others.settled:
        found.append(
            "Kolejności grup wybranych przez osoby nie da się pogodzić ze składem grup; "
            "nikogo z tego powodu nie pominięto. Kto zajmie miejsce w której grupie, rozstrzyga Komisja."
        )
    found += [
        f"Nabór {code} wymaga losowania, a nie ma jego ziarna, więc nie wzięto go pod uwagę. Podaj je: "
        f"nabor call rank {code} --seed ZIARNO, a potem powtórz: nabor call rank {call.code}."
        for code in others.undrawn
    ]
    main = {place.number for place in order.on(ListKind.MAIN)}
    found += pending_sentences((one for one in others.pending if one.number in main), RANK_FIRST)
    found += [
        f"Zgłoszenie {number}: osoba ma już miejsce w naborze {code}, choć ta grupa ma dla niej pierwszeństwo. Jeśli "
        "zrezygnuje z tamtego miejsca, sporządź tę listę ponownie."
        for number, code in others.seated_below
    ]
    return tuple(found)


def proved(call: Call, body: str) -> tuple[Order, Proof]:
    """The ranking of the snapshot as it will be stored, and the checker's word on it."""
    snapshot = read(body)
    try:
        order = snapshot.ranking()
    except (SeedMissing, CompositionFaulty, SolverFailed) as cause:
        raise refusal(call, call.code, cause) from cause
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


def take_snapshot(
    session: Session, call: Call, definition: ProjectDefinition, *, seed: str | None = None, skip_undrawn: bool = False
) -> Taken:
    """Everything the ranking depends on, by number. Institutions are numbered, so it names nobody."""
    now = entrants_of(session, call)
    return snapshot_of(
        session, call, definition, now.entrants, now.undecided, out=now.out, seed=seed, skip_undrawn=skip_undrawn
    )


def snapshot_of(
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    entrants: Sequence[Entrant],
    undecided: Sequence[Application],
    *,
    out: Mapping[str, Elsewhere],
    seed: str | None,
    skip_undrawn: bool = False,
) -> Taken:
    """The snapshot of these entrants. ``undecided`` are those of them over whom the commission has not decided.

    ``out``: whom no list can seat after what was decided here. Raises ``NotRankable``.
    """
    kind = definition.group_kind(call.group_kind)
    candidates = candidates_of(entrants, kind)
    rules = rules_of_ranking(definition, kind, candidates, seed=seed)
    decided = tuple(Absent(one, out[one.number], call.code) for one in candidates if one.number in out)
    free = tuple(one for one in candidates if one.number not in out)
    others = other_groups(session, call, definition, free, rules, undecided, skip_undrawn=skip_undrawn)
    absent = (*decided, *others.absent)
    left_out = {one.candidate.number for one in absent}
    taking_part = tuple(one for one in candidates if one.number not in left_out)
    return Taken(Snapshot(call.code, rules, taking_part, absent), others)


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
    """The newest ranking that an announced decision rests on: a list nobody decided on moves nobody.

    It is a large document that never changes: who asks again and again holds it meanwhile, and it is read once.
    """
    newest = session.exec(
        select(Ranking.id)
        .join(Decision, col(Decision.ranking_id) == Ranking.id)
        .where(Ranking.call_id == call.id, col(Decision.announced_at).is_not(None))
        .order_by(col(Ranking.version).desc())
    ).first()
    return None if newest is None else session.get_one(Ranking, newest)


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
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, Application.state == ApplicationState.ELIGIBLE)
        .order_by(col(Application.id))
    ).all()
    ranked = [Move(row, ApplicationState.RANKED, Happened.APPLICATION_RANKED) for row in rows]
    move_all(session, ranked, actor=actor, now=now)
