"""Admission without a selection: whom institutions named, and whoever registered while there are places.

Nobody decides here, and nobody is turned down: who meets the criteria gets the seat that is theirs, in the order of
receipt; everything else waits, for a place or for an officer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import call_of
from flows.steps.awaited_changes import awaited_in, changes_of_group, due_in
from flows.steps.calls import find_call, group_of
from flows.steps.declarations import undeclared
from flows.steps.double_seats import IN_GROUP, SeatedPeople, seated_people
from flows.steps.meetings import plan_meetings
from flows.steps.memberships import seat_at_once, seated
from flows.steps.nominations import free_seat, seats_of_group, sittings_of
from flows.steps.nominees import attended_last, hindrance, replace_nominee, take_seat
from flows.steps.notices import notice
from flows.steps.outbox import withdraw_contrary
from flows.steps.projects import definition_for
from flows.steps.seat_changes import house_of
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.glossary import label
from models.group_kinds import Admission, GroupKind
from models.nomination_rules import Replacement
from models.project import ProjectDefinition
from models.tables import Application, Call, Event, InstitutionSeat, Membership, SeatChange
from models.tables.applications import ApplicationState
from models.tables.memberships import SEATED
from models.tables.nominations import ASKED_TO_NAME, InstitutionSeatState, SeatChangeState
from models.transitions import move, note, queue, reference
from templates.letters.decisions import RegisteredLetter, WaitingListLetter
from templates.polish import short_date

REGISTERED, WAITING = "registered", "waiting_list"


@dataclass(frozen=True)
class Held:
    """An application that meets the criteria and waits for an officer, and why, as a sentence."""

    number: str
    why: str


@dataclass(frozen=True)
class Admitted:
    """What a run of admission did, by numbers."""

    admitted: tuple[str, ...]
    waiting: tuple[str, ...]
    """On the waiting list, in its order."""
    held: tuple[Held, ...]
    freed: int
    """Seats of institutions whose person had gone."""


def without_selection(session: Session, call_code: str) -> tuple[Call, ProjectDefinition, GroupKind]:
    """A call that admits without ranking and decision. Raises ``BadInput`` for any other."""
    call = find_call(session, call_code)
    definition = definition_for(session, call)
    kind = definition.group_kind(call.group_kind)
    if kind.selects:
        raise BadInput(
            f"Do grupy naboru {call.code} przyjmuje się według listy rankingowej i decyzji Komisji: nabor call rank."
        )
    return call, definition, kind


def calls_without_selection(session: Session) -> list[str]:
    """Codes of all calls that admit by nomination or registration."""
    return [
        call.code
        for call in session.exec(select(Call).order_by(Call.code)).all()
        if not definition_for(session, call).group_kind(call.group_kind).selects
    ]


def calls_to_admit(session: Session) -> list[str]:
    """Of these, the calls in which somebody waits for a verdict, a seat, its day or a declaration, or has left one."""
    found = []
    for code in calls_without_selection(session):
        call = find_call(session, code)
        waits = session.exec(
            select(Application.id).where(Application.call_id == call.id, col(Application.state).in_(_IN_MOTION))
        ).first()
        ahead = awaited_in(session, group_of(session, call).id or 0)
        if waits is not None or ahead or undeclared(session, call) or next(_gone(session, call), None) is not None:
            found.append(code)
    return found


_IN_MOTION = (ApplicationState.COMPLETE, ApplicationState.ELIGIBLE, ApplicationState.NOT_ELIGIBLE)


def admit_call(session: Session, call_code: str, *, actor: Actor, now: datetime) -> Admitted:
    """Seats everybody who may be seated now; the same again does nothing. The call is locked until the end.

    Raises ``BadInput`` for a call with ranking and decision.
    """
    actor.require(Right.MEMBERSHIP)
    call, definition, kind = without_selection(session, call_code)
    actor.require(Right.MEMBERSHIP, area=call.area)
    # Two runs at once wait here for each other: the second one finds everybody seated.
    session.refresh(call, with_for_update=True)
    if kind.admission is Admission.NOMINATION:
        done = _admit_named(session, call, definition, kind, actor=actor, now=now)
    else:
        done = _admit_registered(session, call, kind, actor=actor, now=now)
    if done.admitted:
        # As the announcement does where there is one: from now on there is somebody to invite.
        plan_meetings(session, call, actor=actor, now=now)
    return done


def held(session: Session, call: Call, *, now: datetime) -> list[Held]:
    """Who of a call without selection meets the criteria and needs an officer. Nothing is changed."""
    definition = definition_for(session, call)
    kind = definition.group_kind(call.group_kind)
    look = _Look.at(session, call, definition, kind, now)
    ahead = {one.application_id for one in awaited_in(session, group_of(session, call).id or 0)}
    waiting = (one for one in _eligible(session, call) if one.id not in ahead)
    return [
        *(one for _, one in _due(session, call, now=now) if one is not None),
        *(Held(one.number, why) for one in waiting if (why := look.hinders(one)) is not None),
    ]


def _due(session: Session, call: Call, *, now: datetime) -> Iterator[tuple[SeatChange, Held | None]]:
    """The changes written down ahead whose day has come, each with what it waits for, if it does."""
    for change in due_in(session, group_of(session, call).id or 0, warsaw_date(now)):
        why = hindrance(session, change)
        number = session.get_one(Application, change.application_id).number
        yield change, Held(number, _overdue(change, why)) if why is not None else None


def _overdue(change: SeatChange, why: str) -> str:
    return f"zapisana zmiana od {short_date(change.on_day)} nie mogła nastąpić: {why}"


@dataclass(frozen=True)
class AdmissionLine:
    """An application to a call without selection: where it stands, and what it waits for."""

    number: str
    state: ApplicationState
    state_label: str
    received_at: datetime
    place: int | None
    """On the waiting list."""
    waits: str


def admission_lines(session: Session, call_code: str, *, now: datetime) -> list[AdmissionLine]:
    """All applications of a call without selection in the order of receipt. Raises ``BadInput`` for any other."""
    call, _, kind = without_selection(session, call_code)
    why = _to_come(session, call) | {one.number: one.why for one in held(session, call, now=now)}
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id)
        .order_by(col(Application.received_at), col(Application.id))
    ).all()
    lines: list[AdmissionLine] = []
    place = 0
    for row in rows:
        listed = (
            kind.admission is Admission.REGISTRATION
            and row.state is ApplicationState.ELIGIBLE
            and _was_put_on_list(session, row)
        )
        place += listed
        lines.append(
            AdmissionLine(
                number=row.number,
                state=row.state,
                state_label="lista oczekujących" if listed else label(row.state),
                received_at=row.received_at,
                place=place if listed else None,
                waits=why.get(row.number, ""),
            )
        )
    return lines


def _to_come(session: Session, call: Call) -> dict[str, str]:
    """By application, whose seat somebody takes on a day to come."""
    return {
        session.get_one(Application, one.application_id).number: (
            f"od {short_date(one.on_day)} zajmie miejsce {house_of(session, one)}; nastąpi to samo"
            if (why := hindrance(session, one)) is None
            else f"zapisana zmiana od {short_date(one.on_day)} nie będzie mogła nastąpić: {why}"
        )
        for one in awaited_in(session, group_of(session, call).id or 0)
    }


def _admit_named(
    session: Session, call: Call, definition: ProjectDefinition, kind: GroupKind, *, actor: Actor, now: datetime
) -> Admitted:
    freed = sum(free_seat(session, one, actor=actor, now=now) for one in _gone(session, call))
    admitted: list[str] = []
    waits: list[Held] = []
    for change, hindered in _due(session, call, now=now):
        if hindered is not None:
            waits.append(hindered)
            continue
        # However late the run is: from the day on that was written down.
        number = session.get_one(Application, change.application_id).number
        replace_nominee(session, number, on=change.on_day, reason=change.reason or "", actor=actor, now=now)
        admitted.append(number)
    ahead = {one.application_id for one in awaited_in(session, group_of(session, call).id or 0)}
    for application in _eligible(session, call):
        if application.id in ahead:
            continue
        why = _Look.at(session, call, definition, kind, now).hinders(application)
        if why is not None:
            waits.append(Held(application.number, why))
            continue
        session.refresh(application, with_for_update=True)
        if application.state is not ApplicationState.ELIGIBLE:
            continue
        seat = session.get_one(InstitutionSeat, application.seat_id, with_for_update=True)
        if seat.state is InstitutionSeatState.NAMED:
            replace_nominee(session, application.number, on=warsaw_date(now), actor=actor, now=now)
        else:
            take_seat(session, application, seat, on=warsaw_date(now), actor=actor, now=now)
        admitted.append(application.number)
    return Admitted(tuple(admitted), (), tuple(waits), freed)


def _admit_registered(session: Session, call: Call, kind: GroupKind, *, actor: Actor, now: datetime) -> Admitted:
    group = group_of(session, call)
    members = seated(session, group.id or 0)
    free = kind.seats - len(members)
    known = {one.person_id for one in members}
    admitted: list[str] = []
    waiting: list[str] = []
    waits: list[Held] = []
    for application in _eligible(session, call):
        session.refresh(application, with_for_update=True)
        if application.state is not ApplicationState.ELIGIBLE:
            continue
        if application.person_id in known:
            waits.append(Held(application.number, IN_GROUP))
        elif free > 0:
            _register(session, application, actor=actor, now=now)
            known.add(application.person_id)
            free -= 1
            admitted.append(application.number)
        else:
            _put_on_waiting_list(session, application, actor=actor, now=now)
            waiting.append(application.number)
    return Admitted(tuple(admitted), tuple(waiting), tuple(waits), 0)


def _register(session: Session, application: Application, *, actor: Actor, now: datetime) -> None:
    topic = f"result/{application.id}"
    unsent = withdraw_contrary(session, topic, actor=actor, now=now)
    membership = seat_at_once(session, application, actor=actor, now=now)
    letters = notice(
        session,
        application,
        REGISTERED,
        RegisteredLetter,
        occasion=f"seat-{membership.id}",
        topic=f"seat/{membership.id}",
        subject_ref=reference(membership),
        actor=actor,
        now=now,
        # Who was told that there is no place is told that there is one now.
        declaration=_declares(session, application),
        came_free=not unsent and _was_put_on_list(session, application),
    )
    move(
        session,
        application,
        ApplicationState.ADMITTED,
        happened=Happened.APPLICATION_ADMITTED,
        actor=actor,
        now=now,
        messages=letters,
    )


def _declares(session: Session, application: Application) -> bool:
    call = call_of(session, application)
    return definition_for(session, call).group_kind(call.group_kind).declaration


def _put_on_waiting_list(session: Session, application: Application, *, actor: Actor, now: datetime) -> None:
    if _was_put_on_list(session, application):
        return
    note(
        session,
        reference(application),
        happened=Happened.PLACED_ON_WAITING_LIST,
        actor=actor,
        now=now,
        area=application.area,
    )
    letters = notice(
        session,
        application,
        WAITING,
        WaitingListLetter,
        occasion="waiting",
        topic=f"result/{application.id}",
        actor=actor,
        now=now,
    )
    queue(session, letters, actor=actor, now=now)


def _was_put_on_list(session: Session, application: Application) -> bool:
    return (
        session.exec(
            select(Event.id).where(
                Event.subject == reference(application), Event.kind == Happened.PLACED_ON_WAITING_LIST
            )
        ).first()
        is not None
    )


def _eligible(session: Session, call: Call) -> Sequence[Application]:
    """Who meets the criteria, in the order of receipt, of one moment in that of the register."""
    return session.exec(
        select(Application)
        .where(Application.call_id == call.id, Application.state == ApplicationState.ELIGIBLE)
        .order_by(col(Application.received_at), col(Application.id))
    ).all()


def _gone(session: Session, call: Call) -> Iterator[Membership]:
    """Memberships that ended while the seat of their institution still counts as theirs."""
    group = group_of(session, call)
    named = [one for one in seats_of_group(session, group.id or 0) if one.state is InstitutionSeatState.NAMED]
    for line in sittings_of(session, named).values():
        if line[-1].until is None:
            membership = session.get_one(Membership, line[-1].membership_id)
            if membership.state not in SEATED:
                yield membership


@dataclass(frozen=True)
class _Look:
    """What may stand in the way of seating somebody, as the group stands now."""

    kind: GroupKind
    people: SeatedPeople
    seats: Mapping[int, InstitutionSeat]
    automatic: bool
    awaited: Mapping[int, SeatChange]
    """Changes written down ahead, by the seat."""
    called_off: frozenset[int]
    """Applications whose change was called off: nobody seats them without an officer."""
    there_today: frozenset[int]
    """Seats whose person attended a meeting on this day; empty where an officer says from which day another sits."""

    @classmethod
    def at(cls, session: Session, call: Call, definition: ProjectDefinition, kind: GroupKind, now: datetime) -> "_Look":
        group = group_of(session, call)
        seats = seats_of_group(session, group.id or 0)
        changes = changes_of_group(session, group.id or 0)
        automatic = definition.nominations.replacement is Replacement.AUTOMATIC
        return cls(
            kind=kind,
            people=seated_people(session, call, definition),
            seats={one.id: one for one in seats if one.id is not None},
            automatic=automatic,
            awaited={one.seat_id: one for one in changes if one.state is SeatChangeState.AWAITED},
            called_off=frozenset(_last_called_off(changes)),
            there_today=_there(session, seats, warsaw_date(now)) if automatic else frozenset(),
        )

    def hinders(self, application: Application) -> str | None:
        """Why an officer is needed; ``None``: nobody is."""
        number = application.number
        seat = self.seats.get(application.seat_id or 0)
        change = self.awaited.get(application.seat_id or 0)
        twice = self.people.twice(application.person_id)
        if twice is not None:
            return twice
        if self.kind.admission is Admission.REGISTRATION:
            return None
        if seat is None:
            return (
                "nie wiadomo, w imieniu której zaproszonej instytucji jest to zgłoszenie; przypisuje je: "
                f"nabor nomination assign {number} INSTYTUCJA"
            )
        house = f"I{seat.institution_id}"
        if change is not None:
            return (
                f"w miejscu {house} zapisano już zmianę od {short_date(change.on_day)} na inną osobę; odwołuje ją: "
                "nabor nomination withdraw"
            )
        if application.id in self.called_off and seat.state in ASKED_TO_NAME | {InstitutionSeatState.NAMED}:
            return (
                "zmianę zapisaną dla tego zgłoszenia odwołano; gdy jednak ma nastąpić: nabor nomination replace "
                f"{number} --on DZIEŃ, a gdy nie: nabor application withdraw {number}"
            )
        if seat.state is InstitutionSeatState.NAMED:
            if seat.id in self.there_today:
                return f"osoba z {house} była dziś na spotkaniu; zastąpi ją pierwszy przebieg po tym dniu"
            if self.automatic:
                return None
            return (
                f"{house} ma już osobę w grupie; od kiedy zastępuje ją osoba z tego zgłoszenia: "
                f"nabor nomination replace {number} --on DZIEŃ"
            )
        if seat.state not in ASKED_TO_NAME:
            return f"{house}: {label(seat.state)}; ponownie zaprasza: nabor nomination invite"
        if len(self.people.here) >= self.kind.seats:
            return f"wszystkie miejsca w grupie są zajęte ({self.kind.seats})"
        return None


def _last_called_off(changes: Sequence[SeatChange]) -> Iterator[int]:
    """Applications of whose changes the last one was called off."""
    newest = {one.application_id: one for one in sorted(changes, key=lambda one: one.id or 0)}
    for application_id, one in newest.items():
        if one.state is SeatChangeState.CALLED_OFF:
            yield application_id


def _there(session: Session, seats: Sequence[InstitutionSeat], today: date) -> frozenset[int]:
    """Seats whose person was at a meeting today: nobody takes their place on a day on which they were there."""
    found = set()
    for seat, line in sittings_of(session, seats).items():
        last = attended_last(session, line[-1].membership_id) if line[-1].until is None else None
        if last is not None and last >= today:
            found.add(seat)
    return frozenset(found)
