"""People in the seats of institutions: seating whom an institution named, replacing, and recalling."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import call_of, find_application
from flows.steps.awaited_changes import awaited_change, newest_change
from flows.steps.double_seats import seated_people
from flows.steps.institution_seat_letters import call_of_seat, institution_of_seat, taken_topic, tell_taken, topic_of
from flows.steps.institution_seats import close_seat, find_seat, nominating
from flows.steps.memberships import seat_at_once, seated
from flows.steps.nominations import Sitting, sitting_in, sittings_of, step_in, step_out, vacate
from flows.steps.notices import notice
from flows.steps.outbox import withdraw_contrary
from flows.steps.projects import definition_for, newest_for
from flows.steps.seat_changes import fulfil, not_off_any_more, write_ahead
from flows.steps.withdrawal import let_go
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.glossary import label
from models.project import ProjectDefinition
from models.tables import Application, Attendance, Call, InstitutionSeat, MeetingDay, Membership, SeatChange
from models.tables.applications import ApplicationState
from models.tables.institutions import InstitutionState
from models.tables.memberships import SEATED, MembershipState
from models.tables.nominations import ASKED_TO_NAME, InstitutionSeatState, NominationCause, SeatChangeState
from models.transitions import move, note, queue, reference
from templates.letters.nominations import NamedLetter, NominationEndedLetter
from templates.polish import short_date

NAMED, ENDED = "named", "nomination_ended"


def take_seat(
    session: Session, application: Application, seat: InstitutionSeat, *, on: date, actor: Actor, now: datetime
) -> Membership:
    """Seats whom an institution named in its free seat from a day on: membership, nomination, letters to both."""
    return _seat(session, application, seat, on=on, replaced=False, actor=actor, now=now)


def replace_nominee(
    session: Session,
    number: str,
    *,
    on: date,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> InstitutionSeat:
    """Seats the person of an application from a day on, in place of who sits in the institution's seat until then.

    For a day to come it is written down, and done by the run of admission on that day. Raises ``NotYet`` for an
    application that does not meet the criteria (yet) and for a seat that another change is written down for,
    ``BadInput`` where nobody says for whose seat it was sent, for a person who sits in the group already (or in
    another, where a project allows one), and for a day on which the other one still sat or has attended a meeting.
    """
    actor.require(Right.MEMBERSHIP)
    application = find_application(session, number)
    call, definition = nominating(session, call_of(session, application).code)
    session.refresh(call, with_for_update=True)
    session.refresh(application, with_for_update=True)
    if application.seat_id is None:
        raise BadInput(
            f"Nie wiadomo, w imieniu której instytucji jest zgłoszenie {number}. Przypisuje je: nabor nomination "
            f"assign {number} INSTYTUCJA."
        )
    seat = session.get_one(InstitutionSeat, application.seat_id, with_for_update=True)
    sitting = sitting_in(session, seat)
    ahead = on > warsaw_date(now)
    _require_no_other_change(session, application, seat, ahead=ahead)
    _require_replaceable(session, call, definition, application, seat, sitting, on=on)
    if ahead:
        write_ahead(session, application, seat, sitting, on=on, reason=reason, actor=actor, now=now)
        return seat
    if sitting is not None:
        _end(session, seat, sitting, NominationCause.REPLACED, on=on, reason=reason, actor=actor, now=now)
        _seat(session, application, seat, on=on, replaced=True, actor=actor, now=now)
    else:
        take_seat(session, application, seat, on=on, actor=actor, now=now)
    fulfil(session, application, seat, actor=actor, now=now)
    return seat


def hindrance(session: Session, change: SeatChange) -> str | None:
    """Why a change that was written down ahead cannot be done as things stand, as a sentence; ``None``: it can."""
    seat = session.get_one(InstitutionSeat, change.seat_id)
    application = session.get_one(Application, change.application_id)
    call = call_of_seat(session, seat)
    off = f"odwołuje ją: nabor nomination withdraw {application.number}"
    if application.seat_id != seat.id:
        return (
            "w formularzu nie ma już instytucji, której miejsce osoba miała zająć; przypisuje je: nabor nomination "
            f"assign {application.number} I{seat.institution_id}"
        )
    if institution_of_seat(session, seat).state is not InstitutionState.ACTIVE:
        return f"I{seat.institution_id} już nie działa; {off}"
    definition, sitting = definition_for(session, call), sitting_in(session, seat)
    places = definition.group_kind(call.group_kind).seats
    if sitting is None and len(seated(session, seat.group_id)) >= places:
        return f"wszystkie miejsca w grupie są zajęte ({places}); {off}"
    try:
        _require_replaceable(session, call, definition, application, seat, sitting, on=change.on_day)
    except (BadInput, NotYet) as why:
        return str(why)
    return None


def _require_no_other_change(session: Session, application: Application, seat: InstitutionSeat, *, ahead: bool) -> None:
    """One change ahead at a time; the person whom it is about may be seated sooner."""
    change = awaited_change(session, seat)
    if change is not None and change.application_id == application.id and not ahead:
        return
    # By a later form the application may be another institution's since: of one application one change, too.
    own = newest_change(session, application)
    if change is None and own is not None and own.state is SeatChangeState.AWAITED:
        change = own
    if change is None:
        return
    number = session.get_one(Application, change.application_id).number
    house = f"I{session.get_one(InstitutionSeat, change.seat_id).institution_id}"
    raise NotYet(
        f"Zmianę już zapisano: od {short_date(change.on_day)} miejsce {house} zajmie osoba ze zgłoszenia {number}. "
        f"Najpierw trzeba ją odwołać: nabor nomination withdraw {number}."
    )


def _require_replaceable(
    session: Session,
    call: Call,
    definition: ProjectDefinition,
    application: Application,
    seat: InstitutionSeat,
    sitting: Sitting | None,
    *,
    on: date,
) -> None:
    _require_ready(session, application)
    twice = seated_people(session, call, definition).twice(
        application.person_id, instead_of=sitting.membership_id if sitting else None
    )
    if twice is not None:
        raise BadInput(f"{application.number}: {twice}.")
    if sitting is not None:
        _require_over(session, sitting, on)
        return
    if seat.state not in ASKED_TO_NAME:
        raise NotYet(
            f"Miejsce tej instytucji: {label(seat.state)}. Najpierw trzeba ją znów zaprosić: nabor nomination invite."
        )
    before = sittings_of(session, [seat]).get(seat.id or 0, [])
    if before and before[-1].until is not None and on < before[-1].until:
        raise BadInput(
            f"Miejsce tej instytucji jest wolne od {short_date(before[-1].until)}; do tego dnia zajmowała je osoba ze "
            f"zgłoszenia {before[-1].number}. Dzień (--on) nie może być wcześniejszy."
        )


_TO_COME = (
    "Dzień (--on) nie może być późniejszy niż dziś; odwołanie wpisuje się, gdy nastąpi. Na później zapisuje się zmianę "
    "na inną osobę: nabor nomination replace."
)


def _require_ready(session: Session, application: Application) -> None:
    """Named once before, and not in the group now, somebody may be named again by the same application."""
    if application.state is ApplicationState.ELIGIBLE:
        return
    if application.state is ApplicationState.ADMITTED:
        held = session.exec(
            select(Membership.id).where(Membership.application_id == application.id, col(Membership.state).in_(SEATED))
        ).first()
        if held is None:
            return
        raise BadInput(f"Osoba ze zgłoszenia {application.number} już jest w grupie.")
    raise NotYet(
        f"Zgłoszenie {application.number}: {label(application.state)}. Miejsce może zająć osoba, której zgłoszenie "
        "spełnia kryteria (nabor admission run)."
    )


def end_nomination(
    session: Session,
    call_code: str,
    name: str,
    *,
    on: date,
    reason: str,
    close: bool = False,
    actor: Actor,
    now: datetime,
) -> InstitutionSeat:
    """Records that an institution recalls its person from a day on; the seat stays and waits for another one.

    ``close``: the institution takes part no longer, and its seat is closed, whether or not somebody sat in it.
    """
    actor.require(Right.MEMBERSHIP)
    call, _ = nominating(session, call_code)
    session.refresh(call, with_for_update=True)
    seat = find_seat(session, call, name)
    session.refresh(seat, with_for_update=True)
    if not reason.strip():
        raise BadInput("Podaj powód (--reason); zostaje w historii miejsca.")
    sitting = sitting_in(session, seat)
    if sitting is None and not close:
        raise NotYet(f"W imieniu {name} nie ma nikogo w grupie; nie ma kogo odwołać.")
    cause = NominationCause.SEAT_CLOSED if close else NominationCause.RECALLED
    if sitting is not None:
        _end(session, seat, sitting, cause, on=on, reason=reason, actor=actor, now=now)
        if not close:
            vacate(session, seat, free_since=on, cause=cause, actor=actor, now=now)
    if close:
        close_seat(session, seat, reason=reason.strip(), sat=sitting is not None, actor=actor, now=now)
    return seat


def _seat(
    session: Session,
    application: Application,
    seat: InstitutionSeat,
    *,
    on: date,
    replaced: bool,
    actor: Actor,
    now: datetime,
) -> Membership:
    call = call_of_seat(session, seat)
    definition = definition_for(session, call)
    institution = institution_of_seat(session, seat)
    withdraw_contrary(session, topic_of(seat), actor=actor, now=now)
    withdraw_contrary(session, taken_topic(seat), actor=actor, now=now)
    not_off_any_more(session, application, seat, actor=actor, now=now)
    facts = {"institution": f"I{institution.id}", "on": on.isoformat()}
    membership = seat_at_once(session, application, actor=actor, now=now, facts=facts)
    step = step_in(session, seat, membership, on=on, actor=actor, now=now)
    if seat.state is not InstitutionSeatState.NAMED:
        move(
            session,
            seat,
            InstitutionSeatState.NAMED,
            happened=Happened.INSTITUTION_NAMED,
            actor=actor,
            now=now,
            facts={"application": application.number, "on": on.isoformat()},
        )
    else:
        note(
            session,
            reference(seat),
            happened=Happened.INSTITUTION_NAMED,
            actor=actor,
            now=now,
            area=seat.area,
            facts={"application": application.number, "on": on.isoformat()},
        )
    letters = notice(
        session,
        application,
        NAMED,
        NamedLetter,
        occasion=f"nomination-{step.ordinal}",
        topic=f"seat/{membership.id}",
        subject_ref=reference(membership),
        actor=actor,
        now=now,
        institution=institution.name,
        since=on,
        paid=definition.group_kind(call.group_kind).pay is not None,
        declaration=definition.group_kind(call.group_kind).declaration,
    )
    if application.state is ApplicationState.ELIGIBLE:
        move(
            session,
            application,
            ApplicationState.ADMITTED,
            happened=Happened.APPLICATION_ADMITTED,
            actor=actor,
            now=now,
            facts=facts,
            messages=letters,
        )
    else:
        queue(session, letters, actor=actor, now=now)
    tell_taken(
        session,
        seat,
        application,
        definition,
        since=on,
        replaced=replaced,
        ordinal=step.ordinal,
        actor=actor,
        now=now,
    )
    return membership


def _end(
    session: Session,
    seat: InstitutionSeat,
    sitting: Sitting,
    cause: NominationCause,
    *,
    on: date,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Ends a sitting by the institution's word: membership, nomination, and a letter to the person."""
    if on > warsaw_date(now):
        raise BadInput(_TO_COME)
    _require_over(session, sitting, on)
    membership = session.get_one(Membership, sitting.membership_id, with_for_update=True)
    application = session.get_one(Application, sitting.application_id)
    support = let_go(session, membership, actor=actor, now=now)
    names = {one.code: one.name for one in newest_for(session, call_of(session, application)).support}
    step = step_out(session, seat, membership, on=on, cause=cause, reason=reason.strip(), actor=actor, now=now)
    replaced = cause is NominationCause.REPLACED
    letters = notice(
        session,
        application,
        ENDED,
        NominationEndedLetter,
        occasion=f"nomination-{step.ordinal}",
        topic=f"nomination/{membership.id}",
        subject_ref=reference(membership),
        actor=actor,
        now=now,
        institution=institution_of_seat(session, seat).name,
        ended_on=on,
        successor=replaced,
        closed=cause is NominationCause.SEAT_CLOSED,
        support=tuple(names.get(code, code) for code in support),
    )
    move(
        session,
        membership,
        MembershipState.REPLACED if replaced else MembershipState.LEFT,
        happened=Happened.SEAT_REPLACED if replaced else Happened.SEAT_LEFT,
        actor=actor,
        now=now,
        facts={"cause": cause, "on": on.isoformat()},
        messages=letters,
    )


def _require_over(session: Session, sitting: Sitting, on: date) -> None:
    """Raises ``BadInput`` for a day on which somebody did not sit in the seat yet, or was still there."""
    if on < sitting.since:
        raise BadInput(
            f"Osoba ze zgłoszenia {sitting.number} jest w grupie od {short_date(sitting.since)}; "
            "dzień (--on) nie może być wcześniejszy."
        )
    attended = attended_last(session, sitting.membership_id)
    if attended is not None and attended >= on:
        raise BadInput(
            f"Osobie ze zgłoszenia {sitting.number} wpisano obecność {short_date(attended)}; "
            "dzień zmiany (--on) musi być późniejszy."
        )


def attended_last(session: Session, membership_id: int) -> date | None:
    """The last day on which the member was present, as the attendance stands now."""
    rows = session.exec(
        select(Attendance.minutes, MeetingDay.starts_at, Attendance.meeting_day_id)
        .join(MeetingDay, col(MeetingDay.id) == Attendance.meeting_day_id)
        .where(Attendance.membership_id == membership_id)
        .order_by(col(Attendance.version))
    ).all()
    newest = {day: (minutes, starts) for minutes, starts, day in rows}
    return max((warsaw_date(starts) for minutes, starts in newest.values() if minutes), default=None)
