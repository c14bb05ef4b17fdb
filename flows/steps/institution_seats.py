"""Seats of institutions: inviting one to name a person, its refusal, and closing a seat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.awaited_changes import awaited_in
from flows.steps.calls import find_call, group_of
from flows.steps.institution_seat_letters import (
    ask_to_name,
    closed_institutions,
    closed_topic,
    nobody_on_the_way,
    tell_closed,
    topic_of,
)
from flows.steps.institutions import REFERENCE, Stated, add_institution, code_of, find_institution
from flows.steps.nominations import ask_again, seats_of_group, sittings_of, who_sat
from flows.steps.outbox import withdraw_contrary
from flows.steps.projects import definition_for
from flows.steps.seat_changes import drop_change_in
from flows.steps.unit_invitations import call_form
from models.actor import Actor, Right
from models.errors import BadInput, NotFound, NotYet
from models.events import Happened
from models.glossary import label
from models.group_kinds import Admission
from models.project import ProjectDefinition
from models.rules.working_days import deadline
from models.tables import Application, Call, Group, Institution, InstitutionSeat, IssuedDocument
from models.tables.institutions import InstitutionKind, InstitutionState
from models.tables.nominations import ASKED_TO_NAME, InstitutionSeatState, NominationCause
from models.transitions import enter, move

_KINDS = {2: InstitutionKind.VOIVODSHIP, 4: InstitutionKind.POWIAT, 7: InstitutionKind.GMINA}


@dataclass(frozen=True)
class InvitedInstitutions:
    """Codes of the institutions: invited now, before, and among the former those whose address is not known."""

    invited: tuple[str, ...]
    before: tuple[str, ...]
    unaddressed: tuple[str, ...]
    answer_by: date


@dataclass(frozen=True)
class SeatLine:
    """A seat as officers see it: whose it is, where it stands, and by which application somebody sits in it."""

    institution: str
    name: str
    state: InstitutionSeatState
    state_label: str
    asked_at: datetime
    answer_by: date
    number: str
    """The application of who sits in it (on the day asked about), or empty."""
    since: date | None
    next_number: str = ""
    """The application of who takes it on a day that is written down ahead, or empty."""
    next_since: date | None = None


@dataclass(frozen=True)
class SittingLine:
    """One person who sat in a seat, by number: from which day to which, and why it ended."""

    institution: str
    name: str
    number: str
    since: date
    until: date | None
    """From this day on not any more."""
    ended: str
    reason: str


def nominating(session: Session, call_code: str) -> tuple[Call, ProjectDefinition]:
    """A call into whose group institutions name people. Raises ``BadInput`` for any other."""
    call = find_call(session, call_code)
    definition = definition_for(session, call)
    if definition.group_kind(call.group_kind).admission is not Admission.NOMINATION:
        raise BadInput(
            f"Do grupy naboru {call.code} instytucje nie wskazują osób (admission: nomination); zgłaszają się one same."
        )
    return call, definition


def invite_institutions(
    office: Office,
    call_code: str,
    names: Sequence[str] = (),
    *,
    all_units: bool = False,
    answer_by: date | None = None,
    actor: Actor,
) -> InvitedInstitutions:
    """Gives each institution a seat in the group and asks it by letter, with the blank form, to name a person.

    ``all_units``: every unit that the project names in the area of the call; those that are no institutions of the
    register yet are entered. An institution that has a seat is not asked again, unless it declined or its seat was
    closed. Raises ``BadInput`` for a call of another kind, one that has closed, and a day that has passed.
    """
    actor.require(Right.INSTITUTIONS)
    now = office.now()
    with office.writing(actor) as session:
        call, definition = nominating(session, call_code)
        actor.require(Right.INSTITUTIONS, area=call.area)
        session.refresh(call, with_for_update=True)
        if call.closes_at <= now:
            raise BadInput(f"Nabór {call.code} jest już zamknięty; nowych instytucji nie zaprasza się do jego grupy.")
        due = answer_by or warsaw_date(deadline(now, definition.nominations.answer_working_days))
        if due < warsaw_date(now):
            raise BadInput("Dzień odpowiedzi (--answer-by) nie może być wcześniejszy niż dziś.")
        institutions = list(_named(session, definition, call, names, all_units, actor=actor, now=now))
        if not institutions:
            raise BadInput("Podaj instytucje (I12, kod TERYT), listę (--list) albo --all-units.")
        form = call_form(
            office, session, call, definition, definition.group_kind(call.group_kind), actor=actor, now=now
        )
        group = group_of(session, call)
        assert group.id is not None
        invited: list[str] = []
        before: list[str] = []
        unaddressed: list[str] = []
        for institution in institutions:
            if not give_seat(session, call, group, institution, form, due=due, actor=actor, now=now):
                before.append(code_of(institution))
                continue
            invited.append(code_of(institution))
            if not institution.recipient:
                unaddressed.append(code_of(institution))
    return InvitedInstitutions(tuple(invited), tuple(before), tuple(unaddressed), due)


def give_seat(
    session: Session,
    call: Call,
    group: Group,
    institution: Institution,
    form: IssuedDocument | None,
    *,
    due: date,
    actor: Actor,
    now: datetime,
) -> bool:
    """Gives an institution a seat in the group, or asks it anew after a refusal or a closed seat, by letter.

    Returns ``False`` where it has a seat that stands: then nothing happens.
    """
    seat = session.exec(
        select(InstitutionSeat).where(
            InstitutionSeat.group_id == group.id, InstitutionSeat.institution_id == institution.id
        )
    ).first()
    if seat is None:
        seat = InstitutionSeat(
            area=call.area,
            group_id=group.id or 0,
            institution_id=institution.id or 0,
            asked_at=now,
            answer_due=due,
        )
        facts = {"call": call.code, "institution": code_of(institution), "answer_due": due.isoformat()}
        enter(session, seat, happened=Happened.INSTITUTION_INVITED, actor=actor, now=now, facts=facts)
    elif seat.state in (InstitutionSeatState.DECLINED, InstitutionSeatState.CLOSED):
        withdraw_contrary(session, closed_topic(seat), actor=actor, now=now)
        ask_again(session, seat, due=due, now=now)
        move(
            session,
            seat,
            InstitutionSeatState.INVITED,
            happened=Happened.INSTITUTION_ASKED_ANEW,
            actor=actor,
            now=now,
            facts={"answer_due": due.isoformat()},
        )
    else:
        return False
    ask_to_name(session, seat, form, actor=actor, now=now)
    return True


def _named(
    session: Session,
    definition: ProjectDefinition,
    call: Call,
    names: Sequence[str],
    all_units: bool,
    *,
    actor: Actor,
    now: datetime,
) -> Iterator[Institution]:
    """Each institution once. Raises ``NotFound``, and ``BadInput`` for one that works no more."""
    seen: set[int | None] = set()
    rows = [find_institution(session, name) for name in names]
    if all_units:
        for code in sorted(one for one in definition.area.names() if one.startswith(call.area)):
            known = session.exec(select(Institution).where(Institution.teryt == code)).first()
            if known is None:
                stated = Stated(kind=_KINDS[len(code)], area=code)
                known = add_institution(session, definition.code, stated, actor=actor, now=now).institution
            if known.state is InstitutionState.ACTIVE:
                rows.append(known)
    for row in rows:
        if row.state is not InstitutionState.ACTIVE:
            raise BadInput(f"{code_of(row)}: ta instytucja już nie działa (nabor unit set {code_of(row)} --reopened).")
        if row.id not in seen:
            seen.add(row.id)
            yield row


def find_seat(session: Session, call: Call, name: str) -> InstitutionSeat:
    """The seat of an institution (``I12``, TERYT) in the group of a call. Raises ``NotFound``."""
    institution_id: int | None = None
    number = name[len(REFERENCE) :]
    if name.upper().startswith(REFERENCE) and number.isdecimal() and len(number) < 10:
        # Whoever looks after the group sees its seats, wherever the institutions have theirs.
        institution_id = int(number)
    else:
        institution_id = find_institution(session, name).id
    group = group_of(session, call)
    seat = session.exec(
        select(InstitutionSeat).where(
            InstitutionSeat.group_id == group.id, InstitutionSeat.institution_id == institution_id
        )
    ).first()
    if seat is None:
        raise NotFound(
            f"Instytucji {name} nie zaproszono do grupy naboru {call.code}. Zaprasza: nabor nomination invite."
        )
    return seat


def decline(session: Session, call_code: str, name: str, *, actor: Actor, now: datetime) -> InstitutionSeat:
    """Records that an institution will name nobody. Raises ``NotYet`` while a person sits in its seat."""
    call, _ = nominating(session, call_code)
    seat = find_seat(session, call, name)
    if seat.state is InstitutionSeatState.NAMED:
        raise NotYet(
            f"W imieniu {name} jest już osoba w grupie; gdy instytucja ją odwołuje: nabor nomination end {call.code} "
            f"{name} --close."
        )
    withdraw_contrary(session, topic_of(seat), actor=actor, now=now)
    drop_change_in(session, seat, actor=actor, now=now)
    move(
        session,
        seat,
        InstitutionSeatState.DECLINED,
        happened=Happened.INSTITUTION_DECLINED,
        actor=actor,
        now=now,
    )
    return seat


def close_seat(
    session: Session, seat: InstitutionSeat, *, reason: str, sat: bool = False, actor: Actor, now: datetime
) -> None:
    """The invitation does not stand any more, and the institution is told why. Whoever ``sat`` there left it before."""
    withdraw_contrary(session, topic_of(seat), actor=actor, now=now)
    drop_change_in(session, seat, actor=actor, now=now)
    message = tell_closed(session, seat, reason=reason, sat=sat, actor=actor, now=now)
    move(
        session,
        seat,
        InstitutionSeatState.CLOSED,
        happened=Happened.INSTITUTION_SEAT_CLOSED,
        actor=actor,
        now=now,
        messages=[message] if message else [],
    )


def silent_seats(session: Session) -> list[tuple[InstitutionSeat, Call]]:
    """Seats of institutions that were asked to name a person and have not, with their calls, in the order of the rows.

    One whose form is on the way has done it; one that works no more is asked for nothing.
    """
    closed = closed_institutions(session)
    rows = session.exec(
        select(InstitutionSeat, Call)
        .join(Group, col(Group.id) == InstitutionSeat.group_id)
        .join(Call, col(Call.id) == Group.call_id)
        .where(col(InstitutionSeat.state).in_(ASKED_TO_NAME), nobody_on_the_way())
        .order_by(col(InstitutionSeat.id))
    ).all()
    return [(seat, call) for seat, call in rows if seat.institution_id not in closed]


def seat_lines(session: Session, call_code: str, *, on: date) -> list[SeatLine]:
    """The seats of a group, and who sat in each on a day, by the number of the application."""
    call, _ = nominating(session, call_code)
    group_id = group_of(session, call).id or 0
    coming = {
        one.seat_id: (session.get_one(Application, one.application_id).number, one.on_day)
        for one in awaited_in(session, group_id)
    }
    nobody: tuple[str, date | None] = ("", None)
    return [
        SeatLine(
            institution=code_of(one.institution),
            name=one.institution.name,
            state=one.seat.state,
            state_label=label(one.seat.state),
            asked_at=one.seat.asked_at,
            answer_by=one.seat.answer_due,
            number=one.sitting.number if one.sitting else "",
            since=one.sitting.since if one.sitting else None,
            next_number=coming.get(one.seat.id or 0, nobody)[0],
            next_since=coming.get(one.seat.id or 0, nobody)[1],
        )
        for one in who_sat(session, group_id, on)
    ]


def sitting_lines(session: Session, call_code: str) -> list[SittingLine]:
    """Everybody who ever sat in a seat of the group, seat by seat."""
    call, _ = nominating(session, call_code)
    seats = seats_of_group(session, group_of(session, call).id or 0)
    lines = sittings_of(session, seats)
    found = []
    for seat in seats:
        institution = session.get_one(Institution, seat.institution_id)
        for one in lines.get(seat.id or 0, []):
            found.append(
                SittingLine(
                    institution=code_of(institution),
                    name=institution.name,
                    number=one.number,
                    since=one.since,
                    until=one.until,
                    ended=label(one.ended) if isinstance(one.ended, NominationCause) else "",
                    reason=one.reason,
                )
            )
    return found
