"""Decisions of the commission: one row each, with a reason; undone only by a new one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.appeal_records import number_of, upheld_appeal
from flows.steps.applications import call_of, find_application
from flows.steps.ballots import Mandate, mandate_for
from flows.steps.calls import find_call, require_selection
from flows.steps.outbox import withdraw_contrary
from flows.steps.projects import definition_for
from flows.steps.ranking import newest_ranking
from flows.steps.seats import lock_people, newest_decision, seat_by, seat_elsewhere, seats_by
from flows.steps.verification import newest_sheet, outdated
from models.actor import Actor, Right
from models.appeal_rules import AppealSeat
from models.errors import BadInput, NotYet
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.criteria import Result
from models.rules.ranking import ListKind
from models.tables import Application, Call, Decision, Ranking
from models.tables.applications import DECIDED, ON_THE_WAY, ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.transitions import Facts, move, reference
from models.transitions import note as log

_PROPOSED = {
    ListKind.MAIN: (DecisionOutcome.ACCEPTED, "proposed_main"),
    ListKind.RESERVE: (DecisionOutcome.RESERVE, "proposed_reserve"),
    ListKind.BEYOND: (DecisionOutcome.REJECTED, "proposed_beyond"),
}
_DECIDABLE = frozenset(
    {
        ApplicationState.RANKED,
        ApplicationState.NOT_ELIGIBLE,
        ApplicationState.CLOSED_INCOMPLETE,
        ApplicationState.ANNOUNCED,
        *DECIDED,
    }
)


@dataclass(frozen=True)
class DecisionCounts:
    accepted: int
    reserve: int
    rejected: int


def decide(
    session: Session,
    number: str,
    *,
    outcome: DecisionOutcome,
    reason_code: str,
    note: str | None,
    beyond_seats: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Records a decision about one application. The same decision for the same reason again changes nothing.

    ``note`` and ``beyond_seats`` (why more are accepted than there are seats) stand in the protocol.

    Raises ``NotAllowed`` without the commission's right, ``NotYet`` before the ranking, ``BadInput`` for a reason
    that the project does not know for this outcome, for one seat too many, and for a second group of one person.
    """
    actor.require(Right.DECIDE)
    application = find_application(session, number)
    call = call_of(session, application)
    require_selection(session, call)
    session.refresh(call, with_for_update=True)
    session.refresh(application, with_for_update=True)
    ranking = newest_ranking(session, call)
    if ranking is None:
        raise NotYet(f"Nabór {call.code} nie ma jeszcze listy rankingowej; najpierw: nabor call rank {call.code}.")
    if application.state not in _DECIDABLE:
        raise NotYet(f"Zgłoszenie {application.number} nie jest gotowe do decyzji (stan: {application.state}).")
    if outcome is not DecisionOutcome.REJECTED and not _eligible(session, application):
        raise BadInput(
            f"Zgłoszenie {application.number} nie spełnia kryteriów formalnych albo jest niekompletne; "
            "nie można go przyjąć ani wpisać na listę rezerwową."
        )
    definition = definition_for(session, call)
    _check_reason(definition, outcome, reason_code, note)
    excess = (beyond_seats or "").strip() or None
    if excess is not None and outcome is not DecisionOutcome.ACCEPTED:
        raise BadInput("Ponad liczbę miejsc można tylko przyjąć.")
    standing = seat_by(session, application)
    if excess is None and outcome is DecisionOutcome.ACCEPTED:
        excess = standing.beyond_seats if standing is not None else _seat_by_appeal(session, application, definition)
    if not _stands(session, application, outcome, reason_code, excess):
        mandate = mandate_for(session, call, actor=actor, now=now)
        _record(
            session, application, _list_of(ranking), outcome, reason_code, note,
            mandate=mandate, beyond_seats=excess, actor=actor, now=now,
        )  # fmt: skip
    if outcome is DecisionOutcome.ACCEPTED:
        seats = definition.group_kind(call.group_kind).seats
        if excess is None and standing is None and _counted(_accepted(session, call)) > seats:
            raise BadInput(
                f"Wszystkie miejsca w grupie ({seats}) są już zajęte. Zdecyduj najpierw o osobie, która ma ustąpić, "
                "albo podaj, dlaczego Komisja przyjmuje ponad liczbę miejsc (--beyond-seats); stanie to w protokole."
            )
        _check_one_group(session, definition, [application])
    _settle_call(session, call, actor=actor, now=now)


def decide_as_proposed(session: Session, call_code: str, *, actor: Actor, now: datetime) -> DecisionCounts:
    """The commission adopts the proposed lists for every application it has not decided otherwise.

    Raises ``BadInput`` when that would give more seats than the group has, because it decided otherwise before.
    """
    actor.require(Right.DECIDE)
    call = find_call(session, call_code)
    require_selection(session, call)
    session.refresh(call, with_for_update=True)
    definition = definition_for(session, call)
    ranking = newest_ranking(session, call)
    if ranking is None:
        raise NotYet(f"Nabór {call.code} nie ma jeszcze listy rankingowej; najpierw: nabor call rank {call.code}.")
    proposed = _purposes(ranking, definition.group_kind(call.group_kind).seats)
    stale = [*_unsettled(session, call), *outdated(session, call)]
    if stale:
        raise NotYet(f"Na uzupełnienie, weryfikację albo nową listę czekają zgłoszenia: {', '.join(stale)}.")
    made = dict.fromkeys(DecisionOutcome, 0)
    undecided = _undecided(session, call)
    mandate = mandate_for(session, call, actor=actor, now=now) if undecided else None
    listed = _list_of(ranking)
    for application in undecided:
        if application.state is ApplicationState.RANKED:
            outcome, purpose = proposed[application.number]
        elif application.state is ApplicationState.NOT_ELIGIBLE:
            outcome, purpose = DecisionOutcome.REJECTED, "not_eligible"
        else:
            outcome, purpose = DecisionOutcome.REJECTED, "incomplete"
        reason = reason_for(definition, purpose)
        if not _stands(session, application, outcome, reason, None):
            _record(session, application, listed, outcome, reason, None, mandate=mandate, actor=actor, now=now)
        made[outcome] += 1
    seats = definition.group_kind(call.group_kind).seats
    accepted = _accepted(session, call)
    if made[DecisionOutcome.ACCEPTED] and _counted(accepted) > seats:
        raise BadInput(
            f"Lista w całości dałaby więcej miejsc, niż ma grupa ({seats}), bo o części zgłoszeń zdecydowano inaczej. "
            "O pozostałych zdecyduj imiennie: nabor call decide."
        )
    _check_one_group(session, definition, [row for row, _ in accepted if row.state is ApplicationState.ACCEPTED])
    _settle_call(session, call, actor=actor, now=now)
    return DecisionCounts(made[DecisionOutcome.ACCEPTED], made[DecisionOutcome.RESERVE], made[DecisionOutcome.REJECTED])


def seats_held(session: Session, call: Call) -> list[tuple[Application, Decision]]:
    """Applications to which the decisions that stand give a seat; a seat that was given up is free again."""
    return _accepted(session, call)


def seats_free(session: Session, call: Call, definition: ProjectDefinition) -> int:
    """Seats that nobody holds; who was accepted beyond their number takes none of them."""
    return max(0, definition.group_kind(call.group_kind).seats - _counted(_accepted(session, call)))


def _counted(accepted: Iterable[tuple[Application, Decision]]) -> int:
    """How many of these take a seat of the group's number; who was accepted beyond it takes none."""
    return sum(decision.beyond_seats is None for _, decision in accepted)


def _seat_by_appeal(session: Session, application: Application, definition: ProjectDefinition) -> str | None:
    """Why an upheld appellant may sit beyond the seats of a full group, where the project says so."""
    appeal = upheld_appeal(session, application)
    if appeal is None or definition.appeals.upheld is not AppealSeat.BEYOND:
        return None
    if seats_free(session, call_of(session, application), definition):
        return None
    return f"Uwzględnione odwołanie nr {number_of(session, appeal)}; nikt z wcześniej przyjętych nie traci miejsca."


def check_places(session: Session, call: Call, about_to_be_told: Iterable[Application]) -> None:
    """Whether what is about to be announced can be kept: seats for all, and one group for each person.

    Raises ``BadInput``, and names the numbers.
    """
    definition = definition_for(session, call)
    seats = definition.group_kind(call.group_kind).seats
    accepted = _accepted(session, call)
    unexplained = [row.number for row, decision in accepted if decision.beyond_seats is None]
    if len(unexplained) > seats:
        raise BadInput(
            f"Przyjęto więcej zgłoszeń ({len(unexplained)}), niż grupa ma miejsc ({seats}): {', '.join(unexplained)}. "
            "Zanim ogłosisz wyniki, Komisja musi zmienić decyzje albo podać powód (nabor call decide --beyond-seats)."
        )
    _check_one_group(session, definition, [row for row in about_to_be_told if row.state is ApplicationState.ACCEPTED])


def waiting(session: Session, call_code: str) -> int:
    """How many applications of a ranked call wait for the commission."""
    return len(_undecided(session, find_call(session, call_code)))


def _eligible(session: Session, application: Application) -> bool:
    """By the verdict, not by the state alone: once decided, the state no longer says why."""
    sheet = newest_sheet(session, application)
    closed = application.state in (ApplicationState.NOT_ELIGIBLE, ApplicationState.CLOSED_INCOMPLETE)
    return not closed and sheet is not None and sheet.outcome == Result.MET


def _purposes(ranking: Ranking, seats: int) -> dict[str, tuple[DecisionOutcome, str]]:
    """What the newest ranking proposes for each number, and the case that its reason is looked up by."""
    main = [place.get("rank", 0) for place in ranking.places if place["list"] == ListKind.MAIN]
    last = max(main, default=0) if len(main) == seats else len(ranking.places) + 1
    found = {}
    for place in ranking.places:
        outcome, purpose = _PROPOSED[ListKind(place["list"])]
        rank = place.get("rank", place["position"])
        if rank == 0:
            purpose = "other_group"
        elif outcome is DecisionOutcome.ACCEPTED and rank > seats:
            purpose = "main_for_composition"
        elif outcome is not DecisionOutcome.ACCEPTED and "rank" in place and rank < last:
            purpose = purpose.replace("proposed_", "") + "_for_composition"
        found[place["number"]] = (outcome, purpose)
    return found


def reason_for(definition: ProjectDefinition, purpose: str) -> str:
    """The reason code that the project gives to a decision taken as proposed.

    A project from before groups were composed has no reasons of its own for that; it gives the general one.
    """
    asked = (purpose, f"proposed_{purpose.removesuffix('_for_composition')}")
    for one in asked:
        for reason in definition.reasons:
            if one in reason.used_for:
                return reason.code
    raise BadInput(f"Projekt nie podaje powodu decyzji dla przypadku „{purpose}” (reasons.used_for).")


def _accepted(session: Session, call: Call) -> list[tuple[Application, Decision]]:
    """Applications to which the decisions that stand give a seat; a seat that was given up is free again."""
    assert call.id is not None
    return seats_by(session, call.id)


def _check_one_group(session: Session, definition: ProjectDefinition, accepted: Iterable[Application]) -> None:
    """Raises ``BadInput`` when a person would sit in two groups of a project that does not allow it.

    Groups outside the account's area are not seen; who announces for a wider area is told.
    """
    if definition.allow_two_groups:
        return
    accepted = list(accepted)
    lock_people(session, accepted)
    for application in accepted:
        holding = seat_elsewhere(session, application, definition.code)
        if holding is not None:
            raise BadInput(
                f"Osobę ze zgłoszenia {application.number} przyjęto już do innej grupy (zgłoszenie {holding.number}), "
                "a projekt dopuszcza udział w jednej. Zdecyduj o tym zgłoszeniu inaczej albo zmień tamtą decyzję."
            )


def _undecided(session: Session, call: Call) -> list[Application]:
    states = (ApplicationState.RANKED, ApplicationState.NOT_ELIGIBLE, ApplicationState.CLOSED_INCOMPLETE)
    return list(
        session.exec(
            select(Application)
            .where(Application.call_id == call.id, col(Application.state).in_(states))
            .order_by(Application.number)
        ).all()
    )


def _unsettled(session: Session, call: Call) -> list[str]:
    """Numbers of applications in time that are on their way to the ranking, such as those with changed values."""
    return list(
        session.exec(
            select(Application.number)
            .where(
                Application.call_id == call.id,
                col(Application.state).in_(ON_THE_WAY),
                col(Application.received_at) <= call.closes_at,
            )
            .order_by(Application.number)
        ).all()
    )


def _check_reason(definition: ProjectDefinition, outcome: DecisionOutcome, reason_code: str, note: str | None) -> None:
    known = [reason.code for reason in definition.reasons if reason.outcome == outcome]
    if reason_code not in known:
        raise BadInput(f"Powód „{reason_code}” nie pasuje do tej decyzji. Możliwe: {', '.join(known)}.")
    if definition.reason(reason_code).needs_note and not (note or "").strip():
        raise BadInput(
            f"Przy powodzie „{reason_code}” uzasadnienie stoi w protokole, więc trzeba je podać: "
            "nabor call decide … --note UZASADNIENIE (bez danych osobowych)."
        )


def _stands(
    session: Session, application: Application, outcome: DecisionOutcome, reason_code: str, beyond_seats: str | None
) -> bool:
    """Whether this very decision was taken before and counts. One that is judged anew waits for a new one."""
    if application.state not in (*DECIDED, ApplicationState.ANNOUNCED):
        return False
    last = newest_decision(session, application)
    if last is None or (last.outcome, last.reason_code) != (outcome, reason_code):
        return False
    return beyond_seats is None or last.beyond_seats is not None


@dataclass(frozen=True)
class _List:
    """The list that decisions rest on, and what it proposes for each number."""

    ranking: Ranking
    proposed: Mapping[str, DecisionOutcome]


def _list_of(ranking: Ranking) -> _List:
    return _List(ranking, {place["number"]: _PROPOSED[ListKind(place["list"])][0] for place in ranking.places})


def _record(
    session: Session,
    application: Application,
    listed: _List,
    outcome: DecisionOutcome,
    reason_code: str,
    note: str | None,
    *,
    mandate: Mandate | None,
    beyond_seats: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    last = newest_decision(session, application)
    ranking = listed.ranking
    assert application.id is not None
    as_proposed = listed.proposed.get(application.number, DecisionOutcome.REJECTED) == outcome
    ballot = mandate.ballot_for(application, outcome, ranking, as_proposed) if mandate is not None else None
    session.add(
        Decision(
            area=application.area,
            application_id=application.id,
            version=(last.version if last else 0) + 1,
            ranking_id=ranking.id,
            outcome=outcome,
            reason_code=reason_code,
            note=note,
            beyond_seats=beyond_seats,
            as_proposed=as_proposed,
            ballot_id=ballot.id if ballot else None,
            decided_at=now,
            decided_by=actor.login,
        )
    )
    session.flush()
    # What was written about the earlier decision and has not left would now be untrue.
    withdraw_contrary(session, f"result/{application.id}", actor=actor, now=now)
    facts: Facts = {"outcome": outcome, "reason": reason_code, "ranking": ranking.version}
    target = ApplicationState(outcome.value)
    if application.state is target:
        log(
            session,
            reference(application),
            happened=Happened.DECIDED,
            actor=actor,
            now=now,
            area=application.area,
            facts=facts,
        )
    else:
        move(session, application, target, happened=Happened.DECIDED, actor=actor, now=now, facts=facts)


def _settle_call(session: Session, call: Call, *, actor: Actor, now: datetime) -> None:
    """The call is decided when no application waits any more; a new decision after announcing reopens it."""
    if call.state is CallState.DECIDED or _undecided(session, call) or _unsettled(session, call):
        return
    if call.state is CallState.ANNOUNCED and not unannounced(session, call):
        return  # the same decision again
    move(session, call, CallState.DECIDED, happened=Happened.CALL_DECIDED, actor=actor, now=now)


def unannounced(session: Session, call: Call) -> bool:
    """Whether a decision of the call waits to be announced."""
    rows = select(Application.id).where(Application.call_id == call.id, col(Application.state).in_(DECIDED))
    return session.exec(rows).first() is not None
