"""The reserve: who waits in which order, which seats came free, and who would be offered each by what is on record.

Reads only; offering a seat is :mod:`flows.steps.promotion`.
"""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from flows.steps.appeal_records import upheld_appeal
from flows.steps.applications import current_values
from flows.steps.calls import find_call, group_of
from flows.steps.decisions import seats_free, seats_held, unannounced
from flows.steps.people import value_of
from flows.steps.projects import definition_for
from flows.steps.ranking import decided_ranking
from flows.steps.seats import reserve_by, seats_elsewhere
from models.appeal_rules import AppealSeat
from models.columns import canonical
from models.events import Happened
from models.project import ProjectDefinition, PromotionUntil, Purpose
from models.rules.composition import GMINA_DIGITS, NO_LABELS, Constraint, GminaSeats, Labels, subject_of
from models.rules.promotion import ALGORITHM, InReserve, KeptFree, Seat, promote
from models.rules.promotion import Promotion as Choice
from models.rules.ranking import ListKind
from models.tables import Application, Call, Decision, Event, Meeting, MeetingDay, Membership, Promotion
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.tables.meetings import MeetingState
from models.tables.memberships import MembershipState
from models.transitions import reference

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
    kept: int
    """Seats for which somebody waits, but nobody whom the firm constraints allow to take them."""
    since: datetime
    automatic: bool


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
    assert call.id is not None
    found = reserve_by(session, call.id)
    found.sort(key=lambda one: (order.get(one[0].number, len(order)), one[0].number))
    return found


def seats_of_group(session: Session, call: Call) -> list[Seat]:
    """Who holds a seat now, as far as composition goes; institutions are numbered."""
    seat_of = _numbering(session, {})
    return [seat_of(row) for row, _ in seats_held(session, call)]


def kept_free(session: Session, call: Call) -> tuple[str, ...]:
    """Why seats stay free for which somebody waits, each reason once."""
    if unannounced(session, call):
        return ()
    foreseen = [choice for _, choice in _foreseen(session, call, definition_for(session, call))]
    return tuple(dict.fromkeys(choice.sentence for choice in foreseen if isinstance(choice, KeptFree)))


@dataclass(frozen=True)
class SaidOfInstitution:
    """What composition looks at, as an application says it."""

    nip: str
    sector: str
    level: str
    gmina: str


@dataclass(frozen=True)
class Room:
    """Who sits and who waits in a call at one moment: what every choice of that moment looks at."""

    held: list[tuple[Application, Decision]]
    in_reserve: list[Application]
    elsewhere: Collection[str]
    """Numbers of those in reserve who have a seat in another group, where a project allows one only."""
    free: int


def room_of(session: Session, call: Call, definition: ProjectDefinition) -> Room:
    """The room as it is now."""
    in_reserve = [application for application, _ in reserve_of(session, call, definition)]
    return Room(
        held=seats_held(session, call),
        in_reserve=in_reserve,
        elsewhere=() if definition.allow_two_groups else seats_elsewhere(session, in_reserve, definition.code),
        free=seats_free(session, call, definition),
    )


def basis(
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    left: Application,
    *,
    room: Room | None = None,
    said: dict[int | None, SaidOfInstitution] | None = None,
) -> dict[str, object]:
    """Everything a choice depends on, by numbers; institutions are numbered, so it names nobody.

    Who asks about many vacancies of one moment hands the ``room`` over, and keeps ``said``: what applications say of
    institutions.
    """
    room = room or room_of(session, call, definition)
    composition = definition.group_kind(call.group_kind).composition
    seat = _numbering(session, {} if said is None else said)
    ranking = decided_ranking(session, call)
    places = ranking.places if ranking else []
    main = {place["number"] for place in places if place["list"] == ListKind.MAIN}
    waiting = []
    for position, application in enumerate(room.in_reserve, start=1):
        # Who has a seat in another group keeps the place on the list, and is passed over while that lasts.
        if application.number not in room.elsewhere:
            # Upheld is not yet seated: owed is the seat that the list would have given, had the group not been full.
            owed = (
                definition.appeals.upheld is AppealSeat.NEXT_FREE
                and application.number in main
                and upheld_appeal(session, application) is not None
            )
            waiting.append(InReserve(**asdict(seat(application)), position=position, owed=owed))
    holders = [row for row, _ in room.held if row.id != left.id]
    # Asked of one who still sits: the seat would be free.
    given_up = any(row.id == left.id and decision.beyond_seats is None for row, decision in room.held)
    gone, seated = seat(left), [seat(row) for row in holders]
    gminas = {subject_of(rule) for rule in composition if isinstance(rule, GminaSeats)}
    gminas |= {one.gmina[:GMINA_DIGITS] for one in [gone, *seated, *waiting]}
    return {
        "call": call.code,
        "algorithm": ALGORITHM,
        "left": asdict(gone),
        "seated": [asdict(one) for one in seated],
        "reserve": [asdict(one) for one in waiting],
        "free": room.free + given_up,
        "constraints": _CONSTRAINTS.dump_python(composition, mode="json"),
        "labels": asdict(_labels_of(definition, gminas)),
    }


def _numbering(session: Session, said: dict[int | None, SaidOfInstitution]) -> Callable[[Application], Seat]:
    """Reads off an application what composition looks at; every institution gets the next number when first seen."""
    institutions: dict[str, str] = {}

    def seat(application: Application) -> Seat:
        if application.id not in said:
            values = current_values(session, application)
            said[application.id] = SaidOfInstitution(
                nip=value_of(values, "instytucja.nip"),
                sector=value_of(values, "instytucja.obszar"),
                level=value_of(values, "instytucja.poziom"),
                gmina=value_of(values, "instytucja.gmina"),
            )
        one = said[application.id]
        return Seat(
            number=application.number,
            sector=one.sector,
            level=one.level,
            institution=institutions.setdefault(one.nip or application.number, f"I{len(institutions) + 1}"),
            gmina=one.gmina,
        )

    return seat


def choose(body: str, labels: Labels = NO_LABELS) -> Choice | KeptFree | None:
    """The choice that a stored basis leads to: the same bytes give the same one for ever.

    ``labels`` are for a basis of ``promotion-1``, which does not hold its own; they turn up in sentences only.
    """
    given = json.loads(body)
    if "labels" in given:
        labels = Labels(**given["labels"])
    return promote(
        Seat(**given["left"]),
        [Seat(**one) for one in given["seated"]],
        [InReserve(**one) for one in given["reserve"]],
        _CONSTRAINTS.validate_json(json.dumps(given["constraints"])),
        free=given.get("free", 1),
        labels=labels,
        algorithm=given["algorithm"],
    )


def reserve_lines(session: Session, call_code: str) -> list[ReserveLine]:
    """The reserve as it stands: who would be next for which vacancy, and after whom of those who hold a seat."""
    call = find_call(session, call_code)
    definition = definition_for(session, call)
    labels = labels_of(definition)
    next_for: dict[str, list[str]] = {}
    for vacancy, foreseen in _foreseen(session, call, definition):
        if isinstance(foreseen, Choice):
            next_for.setdefault(foreseen.number, []).append(vacancy)
    if_left: dict[str, list[str]] = {}
    said: dict[int | None, SaidOfInstitution] = {}
    room = room_of(session, call, definition)
    for holder, _ in room.held:
        choice = choose(canonical(basis(session, call, definition, holder, room=room, said=said)))
        if isinstance(choice, Choice):
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
    foreseen = [choice for _, choice in _foreseen(session, call, definition)]
    return Standing(
        free=len(open_),
        fillable=sum(isinstance(choice, Choice) for choice in foreseen),
        kept=sum(isinstance(choice, KeptFree) for choice in foreseen),
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
    if not (definition.promotion.automatic and ready) or owed_and_undecided(session, call, definition):
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


def owed_and_undecided(session: Session, call: Call, definition: ProjectDefinition) -> bool:
    """Whether the next free seat may be owed to somebody whose appeal was upheld and whose new decision is not out."""
    if definition.appeals.upheld is not AppealSeat.NEXT_FREE:
        return False
    settled = (ApplicationState.ANNOUNCED, ApplicationState.WITHDRAWN)
    rows = session.exec(
        select(Application).where(Application.call_id == call.id, col(Application.state).not_in(settled))
    ).all()
    return any(upheld_appeal(session, row) is not None for row in rows)


def _foreseen(
    session: Session, call: Call, definition: ProjectDefinition
) -> Iterator[tuple[str, Choice | KeptFree | None]]:
    """What would become of each vacancy, by its number, if all were filled now; nothing is changed."""
    seated: list[dict[str, object]] = []
    taken: set[str] = set()
    said: dict[int | None, SaidOfInstitution] = {}
    _held, room = decided_ranking(session, call), room_of(session, call, definition)
    for vacancy in vacancies(session, call):
        given = json.loads(canonical(basis(session, call, definition, vacancy.application, room=room, said=said)))
        given["seated"] += seated
        given["free"] -= len(seated)
        given["reserve"] = [one for one in given["reserve"] if one["number"] not in taken]
        choice = choose(canonical(given))
        if isinstance(choice, Choice):
            (one,) = [one for one in given["reserve"] if one["number"] == choice.number]
            seated.append({key: one[key] for key in asdict(Seat("", "", "", ""))})
            taken.add(choice.number)
        yield vacancy.application.number, choice


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
    """Polish names for the codes that sentences about a composition speak of."""
    return Labels(
        sectors={one.code: one.label for one in definition.sectors},
        levels={one.code: one.label for one in definition.levels},
        gminas=definition.area.names(),
    )


def _labels_of(definition: ProjectDefinition, gminas: Collection[str]) -> Labels:
    """Without the names of gminas (by six digits) that a basis does not speak of: a project may have hundreds."""
    labels = labels_of(definition)
    named = {teryt: name for teryt, name in labels.gminas.items() if teryt[:GMINA_DIGITS] in gminas}
    return replace(labels, gminas=named)
