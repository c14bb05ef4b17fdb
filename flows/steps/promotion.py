"""Promotion from the reserve: a seat that came free is offered to the next one, once, and why is on record.

The commission has decided who waits and in which order; a promotion carries that decision out. Each vacancy (a
membership that ended) leads to one promotion at most, whoever runs this, and how often.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.announcement import issue_lists
from flows.steps.appeal_records import upheld_appeal
from flows.steps.applications import current_values
from flows.steps.calls import find_call, group_of
from flows.steps.decisions import reason_for, seats_free, seats_held, unannounced
from flows.steps.declarations import issue_declaration
from flows.steps.memberships import offer_seat
from flows.steps.outbox import compose, office_block, sex_of, withdraw_contrary
from flows.steps.people import value_of
from flows.steps.projects import definition_for
from flows.steps.ranking import decided_ranking
from flows.steps.seats import newest_decision, seat_elsewhere
from models.actor import Actor, Right
from models.columns import canonical
from models.errors import NotYet
from models.events import Happened
from models.project import AppealSeat, ProjectDefinition, PromotionUntil, Purpose
from models.rules.composition import Constraint, Labels
from models.rules.promotion import ALGORITHM, InReserve, Seat, promote
from models.rules.promotion import Promotion as Choice
from models.rules.ranking import ListKind
from models.tables import (
    Application,
    Call,
    Decision,
    Event,
    Meeting,
    MeetingDay,
    Membership,
    Person,
    Promotion,
    Ranking,
)
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.tables.meetings import MeetingState
from models.tables.memberships import MembershipState
from models.transitions import note, queue, reference
from templates.letters import PromotedLetter

_CONSTRAINTS: TypeAdapter[tuple[Constraint, ...]] = TypeAdapter(tuple[Constraint, ...])
_ENDS = {
    MembershipState.DECLINED: Happened.SEAT_DECLINED,
    MembershipState.EXPIRED: Happened.SEAT_EXPIRED,
    MembershipState.LEFT: Happened.SEAT_LEFT,
    MembershipState.STRUCK_OFF: Happened.SEAT_STRUCK_OFF,
    MembershipState.REVOKED: Happened.SEAT_REVOKED,
}
"""How a membership ends so that its seat is free, and the event that says when."""


@dataclass(frozen=True)
class Vacancy:
    """A seat that came free and that nobody was offered yet."""

    membership: Membership
    application: Application
    at: datetime


@dataclass(frozen=True)
class Promoted:
    """One promotion in numbers, for the officer: whose seat it was, who is offered it, and why."""

    vacancy: str
    number: str
    position: int
    sentence: str


@dataclass(frozen=True)
class ReserveLine:
    """One who waits, and for which vacancies this one is next: numbers of those who left."""

    position: int
    number: str
    sector: str
    level: str
    points: int | None
    next_for: tuple[str, ...]
    next_if_left: tuple[str, ...]
    """Numbers of those who hold a seat and would be followed by this one."""


@dataclass(frozen=True)
class Standing:
    """How a call stands: how many free seats wait to be offered, since when, how many of them the reserve can fill."""

    free: int
    fillable: int
    since: datetime
    automatic: bool


def promote_call(office: Office, call_code: str, *, actor: Actor) -> list[Promoted]:
    """Offers every seat of a call that came free to the next of the reserve, all in one transaction.

    Vacancies are filled in the order in which the seats came free; each choice counts those made before it. Without
    a vacancy, or with nobody in reserve, nothing happens. Raises ``NotYet`` before the results are announced, while a
    newer decision waits to be, and while an upheld appeal that is owed the next seat waits for its decision.
    """
    actor.require(Right.OFFER)
    now = office.now()
    with office.writing(actor) as session:
        call = find_call(session, call_code)
        # Two runs at once wait here for each other: the second one finds the vacancy filled.
        session.refresh(call, with_for_update=True)
        if call.state is not CallState.ANNOUNCED or unannounced(session, call):
            raise NotYet(
                f"W naborze {call.code} nie ogłoszono jeszcze wszystkich wyników; miejsca z listy rezerwowej proponuje "
                "się po ogłoszeniu."
            )
        definition = definition_for(session, call)
        if _owed_and_undecided(session, call, definition):
            raise NotYet(
                f"W naborze {call.code} uwzględniono odwołanie, a nowej decyzji jeszcze nie ma; najbliższe wolne "
                "miejsce czeka na nią."
            )
        made: list[Promoted] = []
        for vacancy in vacancies(session, call):
            body = canonical(basis(session, call, definition, vacancy.application))
            choice = choose(body, labels_of(definition))
            if choice is None:
                break
            _promote(office, session, call, definition, vacancy, body, choice, actor=actor, now=now)
            made.append(Promoted(vacancy.application.number, choice.number, choice.position, choice.sentence))
        if made:
            issue_lists(office, session, call, actor=actor, now=now)
        return made


def vacancies(session: Session, call: Call) -> list[Vacancy]:
    """Seats of a call that came free and are still to be offered, in the order in which they came free.

    Never more than the group has free seats: those that the commission filled by a decision of its own are the ones
    that came free first. A seat beyond the group's number leaves no vacancy.
    """
    definition = definition_for(session, call)
    free = seats_free(session, call, definition)
    rows = session.exec(
        select(Membership, Application)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(
            Application.call_id == call.id,
            col(Membership.state).in_(_ENDS),
            col(Membership.id).not_in(select(Promotion.vacancy_id)),
        )
    ).all()
    open_ = [
        Vacancy(membership, application, _ended_at(session, membership))
        for membership, application in rows
        if not _was_beyond(session, membership)
    ]
    open_.sort(key=lambda one: (one.at, one.membership.id or 0))
    return open_[-free:] if free else []


def reserve_of(session: Session, call: Call, definition: ProjectDefinition) -> list[tuple[Application, Decision]]:
    """Who waits, announced as reserve, in the order of the ranking that was decided."""
    ranking = decided_ranking(session, call)
    order = {place["number"]: index for index, place in enumerate(ranking.places if ranking else [])}
    rows = session.exec(
        select(Application).where(Application.call_id == call.id, Application.state == ApplicationState.ANNOUNCED)
    ).all()
    found = [
        (row, decision)
        for row in rows
        if (decision := newest_decision(session, row)) is not None
        and decision.outcome is DecisionOutcome.RESERVE
        and decision.announced_at is not None
    ]
    found.sort(key=lambda one: (order.get(one[0].number, len(order)), one[0].number))
    return found


def basis(session: Session, call: Call, definition: ProjectDefinition, left: Application) -> dict[str, object]:
    """Everything a choice depends on, by numbers; institutions are numbered, so it names nobody."""
    institutions: dict[str, str] = {}

    def seat(application: Application) -> Seat:
        values = current_values(session, application)
        nip = value_of(values, "instytucja.nip") or application.number
        return Seat(
            number=application.number,
            sector=value_of(values, "instytucja.obszar"),
            level=value_of(values, "instytucja.poziom"),
            institution=institutions.setdefault(nip, f"I{len(institutions) + 1}"),
            gmina=value_of(values, "instytucja.gmina"),
        )

    ranking = decided_ranking(session, call)
    places = ranking.places if ranking else []
    main = {place["number"] for place in places if place["list"] == ListKind.MAIN}
    waiting = []
    for position, (application, _) in enumerate(reserve_of(session, call, definition), start=1):
        # Who has a seat in another group keeps the place on the list, and is passed over while that lasts.
        if definition.allow_two_groups or seat_elsewhere(session, application, definition.code) is None:
            # Upheld is not yet seated: owed is the seat that the list would have given, had the group not been full.
            owed = (
                definition.appeals.upheld is AppealSeat.NEXT_FREE
                and application.number in main
                and upheld_appeal(session, application) is not None
            )
            waiting.append(asdict(seat(application)) | {"position": position, "owed": owed})
    holders = [row for row, _ in seats_held(session, call) if row.id != left.id]
    return {
        "call": call.code,
        "algorithm": ALGORITHM,
        "left": asdict(seat(left)),
        "seated": [asdict(seat(row)) for row in holders],
        "reserve": waiting,
        "constraints": _CONSTRAINTS.dump_python(definition.group_kind(call.group_kind).composition, mode="json"),
    }


def choose(body: str, labels: Labels) -> Choice | None:
    """The choice that a stored basis leads to: the same bytes give the same one for ever."""
    given = json.loads(body)
    return promote(
        Seat(**given["left"]),
        [Seat(**one) for one in given["seated"]],
        [InReserve(**one) for one in given["reserve"]],
        _CONSTRAINTS.validate_json(json.dumps(given["constraints"])),
        labels=labels,
        algorithm=given["algorithm"],
    )


def reserve_lines(session: Session, call_code: str) -> list[ReserveLine]:
    """The reserve as it stands: who would be next for which vacancy, and after whom of those who hold a seat."""
    call = find_call(session, call_code)
    definition = definition_for(session, call)
    labels = labels_of(definition)
    next_for: dict[str, list[str]] = {}
    for vacancy, number in _foreseen(session, call, definition):
        next_for.setdefault(number, []).append(vacancy)
    if_left: dict[str, list[str]] = {}
    for holder, _ in seats_held(session, call):
        choice = choose(canonical(basis(session, call, definition, holder)), labels)
        if choice is not None:
            if_left.setdefault(choice.number, []).append(holder.number)
    ranking = decided_ranking(session, call)
    points = {place["number"]: place["points"] for place in (ranking.places if ranking else [])}
    lines = []
    for position, (row, _) in enumerate(reserve_of(session, call, definition), start=1):
        values = current_values(session, row)
        sector, level = value_of(values, "instytucja.obszar"), value_of(values, "instytucja.poziom")
        lines.append(
            ReserveLine(
                position=position,
                number=row.number,
                sector=labels.sector(sector),
                level=labels.level(level),
                points=points.get(row.number),
                next_for=tuple(next_for.get(row.number, ())),
                next_if_left=tuple(if_left.get(row.number, ())),
            )
        )
    return lines


def standing_of(session: Session, call: Call, *, now: datetime) -> Standing | None:
    """How many seats wait to be offered, and whether that happens by itself.

    ``None`` when none does, and while a decision waits to be announced: until then nobody is offered a seat.
    """
    if unannounced(session, call):
        return None
    open_ = vacancies(session, call)
    if not open_:
        return None
    definition = definition_for(session, call)
    waiting = [
        row
        for row, _ in reserve_of(session, call, definition)
        if definition.allow_two_groups or seat_elsewhere(session, row, definition.code) is None
    ]
    return Standing(
        free=len(open_),
        fillable=min(len(open_), len(waiting)),
        since=open_[0].at,
        automatic=_automatic(session, call, definition, now=now),
    )


def calls_to_promote(session: Session, *, now: datetime) -> list[str]:
    """Calls with a free seat that a scheduled run may offer to somebody in reserve."""
    return [code for code, standing in _standings(session, now=now) if standing.fillable and standing.automatic]


def calls_for_officers(session: Session, *, now: datetime) -> list[str]:
    """Calls with a free seat and somebody in reserve, where an officer has to offer it."""
    return [code for code, standing in _standings(session, now=now) if standing.fillable and not standing.automatic]


def _standings(session: Session, *, now: datetime) -> Iterator[tuple[str, Standing]]:
    for call in session.exec(select(Call).where(Call.state == CallState.ANNOUNCED).order_by(Call.code)).all():
        standing = standing_of(session, call, now=now)
        if standing is not None:
            yield call.code, standing


def _automatic(session: Session, call: Call, definition: ProjectDefinition, *, now: datetime) -> bool:
    """Whether people have left it to the program: the project says so, has a reason for it, and its time is not over.

    A project version of before may have no reason for a promotion; there an officer is told what is missing.
    """
    ready = any(Purpose.PROMOTED in reason.used_for for reason in definition.reasons)
    if not (definition.promotion.automatic and ready) or _owed_and_undecided(session, call, definition):
        return False
    if definition.promotion.until is PromotionUntil.ALWAYS:
        return True
    days = session.exec(
        select(MeetingDay.meeting_id, MeetingDay.starts_at)
        .join(Meeting, col(Meeting.id) == MeetingDay.meeting_id)
        .where(Meeting.group_id == group_of(session, call).id, Meeting.state != MeetingState.CANCELLED)
        .order_by(col(MeetingDay.starts_at).desc())
    ).all()
    begins = sorted(dict(days).values())  # of each meeting its first day
    if not begins:
        return True
    return now < (begins[0] if definition.promotion.until is PromotionUntil.FIRST_MEETING else begins[-1])


def _owed_and_undecided(session: Session, call: Call, definition: ProjectDefinition) -> bool:
    """Whether the next free seat may be owed to somebody whose appeal was upheld and whose new decision is not out."""
    if definition.appeals.upheld is not AppealSeat.NEXT_FREE:
        return False
    settled = (ApplicationState.ANNOUNCED, ApplicationState.WITHDRAWN)
    rows = session.exec(
        select(Application).where(Application.call_id == call.id, col(Application.state).not_in(settled))
    ).all()
    return any(upheld_appeal(session, row) is not None for row in rows)


def _foreseen(session: Session, call: Call, definition: ProjectDefinition) -> Iterator[tuple[str, str]]:
    """Which vacancy would go to whom if all were filled now; nothing is changed."""
    seated: list[Seat] = []
    taken: set[str] = set()
    for vacancy in vacancies(session, call):
        given = basis(session, call, definition, vacancy.application)
        body = json.loads(canonical(given))
        body["seated"] += [asdict(one) for one in seated]
        body["reserve"] = [one for one in body["reserve"] if one["number"] not in taken]
        choice = choose(canonical(body), labels_of(definition))
        if choice is None:
            return
        one = next(one for one in body["reserve"] if one["number"] == choice.number)
        seated.append(Seat(**{key: one[key] for key in asdict(Seat("", "", "", ""))}))
        taken.add(choice.number)
        yield vacancy.application.number, choice.number


def _promote(
    office: Office,
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    vacancy: Vacancy,
    body: str,
    choice: Choice,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Decision, offer, letter, declaration and the record of why: together or not at all."""
    application = session.exec(select(Application).where(Application.number == choice.number)).one()
    session.refresh(application, with_for_update=True)
    reserved, ranking = newest_decision(session, application), decided_ranking(session, call)
    if (
        application.state is not ApplicationState.ANNOUNCED
        or reserved is None
        or reserved.outcome is not DecisionOutcome.RESERVE
    ):
        raise NotYet(f"Zgłoszenie {application.number} nie czeka już na liście rezerwowej; spróbuj jeszcze raz.")
    assert ranking is not None
    withdraw_contrary(session, f"result/{application.id}", actor=actor, now=now)
    decision = _decide(session, application, reserved, ranking, definition, actor=actor, now=now)
    membership = offer_seat(session, application, actor=actor, now=now)
    digest = hashlib.sha256(body.encode()).hexdigest()
    session.add(
        Promotion(
            area=application.area,
            vacancy_id=_id(vacancy.membership),
            application_id=_id(application),
            membership_id=_id(membership),
            decision_id=_id(decision),
            reserve_decision_id=_id(reserved),
            ranking_id=_id(ranking),
            position=choice.position,
            ground=choice.ground,
            reason=choice.sentence,
            basis=body,
            basis_digest=digest,
            algorithm=ALGORITHM,
            promoted_at=now,
            promoted_by=actor.login,
        )
    )
    note(
        session,
        reference(application),
        happened=Happened.RESERVE_PROMOTED,
        actor=actor,
        now=now,
        area=application.area,
        facts={
            "instead_of": vacancy.application.number,
            "position": choice.position,
            "ground": choice.ground,
            "decision": decision.version,
            "ranking": ranking.version,
            "basis": digest,
            "algorithm": ALGORITHM,
        },
    )
    _write(session, call, definition, application, decision, membership, choice, actor=actor, now=now)
    issue_declaration(office, session, application, actor=actor, now=now)


def _decide(
    session: Session,
    application: Application,
    reserved: Decision,
    ranking: Ranking,
    definition: ProjectDefinition,
    *,
    actor: Actor,
    now: datetime,
) -> Decision:
    """The decision that carries out the commission's own on the reserve; it is known at once, by the letter."""
    decision = Decision(
        area=application.area,
        application_id=_id(application),
        version=reserved.version + 1,
        ranking_id=ranking.id,
        outcome=DecisionOutcome.ACCEPTED,
        reason_code=reason_for(definition, Purpose.PROMOTED),
        as_proposed=False,
        decided_at=now,
        decided_by=actor.login,
        announced_at=now,
    )
    session.add(decision)
    session.flush()
    return decision


def _write(
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    application: Application,
    decision: Decision,
    membership: Membership,
    choice: Choice,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    person = session.get_one(Person, application.person_id)
    message = compose(
        session,
        "promoted",
        PromotedLetter(
            office=office_block(definition),
            sex=sex_of(person),
            public_number=application.public_number,
            group_name=group_of(session, call).name,
            ground=choice.ground,
            answer_until=warsaw_date(membership.answer_due_at),
        ),
        subject_ref=reference(application),
        area=application.area,
        occasion=f"decision-{decision.version}",
        actor=actor,
        now=now,
        person=person,
        contradicts=f"result/{application.id}",
        definition=definition,
    )
    queue(session, [message] if message else [], actor=actor, now=now)


def _ended_at(session: Session, membership: Membership) -> datetime:
    kind = _ENDS[membership.state]
    at = session.exec(
        select(Event.at)
        .where(Event.subject == reference(membership), Event.kind == kind)
        .order_by(col(Event.id).desc())
    ).first()
    return at or membership.answered_at or membership.answer_due_at


def _was_beyond(session: Session, membership: Membership) -> bool:
    """Whether the decision behind this membership gave a seat beyond the group's number."""
    decision = session.exec(
        select(Decision)
        .where(
            Decision.application_id == membership.application_id,
            Decision.outcome == DecisionOutcome.ACCEPTED,
            col(Decision.decided_at) <= membership.offered_at,
        )
        .order_by(col(Decision.version).desc())
    ).first()
    return decision is not None and decision.beyond_seats is not None


def labels_of(definition: ProjectDefinition) -> Labels:
    """Polish names for the codes that the sentences of a choice speak of."""
    return Labels(
        sectors={one.code: one.label for one in definition.sectors},
        levels={one.code: one.label for one in definition.levels},
        gminas=definition.area.names(),
    )


def _id(row: Application | Decision | Membership | Ranking) -> int:
    assert row.id is not None
    return row.id
