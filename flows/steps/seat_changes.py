"""Another person for an institution's seat from a day to come on: written down ahead, done on its day, or called off.

Until the day whoever sits in the seat keeps it. The institution, that person and who is to come are told at once; what
has not left when the change is called off stays here, and who was told is told that it does not take place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, func, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import call_of, find_application
from flows.steps.awaited_changes import awaited_change, ending_topic, newest_change
from flows.steps.institution_letters import letter_to
from flows.steps.institution_seat_letters import call_of_seat, institution_of_seat, topic_of
from flows.steps.meeting_changes import call_off
from flows.steps.meeting_letters import Why, make_members
from flows.steps.meetings import days_of, next_day_of
from flows.steps.memberships import newest_membership
from flows.steps.nominations import Sitting, ask_for_person, sitting_in
from flows.steps.notices import notice
from flows.steps.outbox import office_block, told_at, withdraw_contrary
from flows.steps.projects import definition_for
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.tables import (
    Application,
    Event,
    Group,
    InstitutionSeat,
    Invitation,
    Meeting,
    MeetingDay,
    Message,
    SeatChange,
)
from models.tables.institutions import InstitutionState
from models.tables.meetings import InvitationRole, InvitationState, MeetingState
from models.tables.nominations import ASKED_TO_NAME, InstitutionSeatState, SeatChangeState
from models.tables.outbox import MessageState
from models.transitions import enter, move, queue, reference
from templates.letters.nominations import NominationAheadLetter, NominationEndingLetter, SeatChangeLetter
from templates.polish import short_date

TO_INSTITUTION, TO_SUCCESSOR, TO_PREDECESSOR = "seat_change", "nomination_ahead", "nomination_ending"
_FURTHEST = timedelta(days=366)


class CallOff(StrEnum):
    """Why a change that was written down does not take place."""

    BY_OFFICE = "by_office"
    """The institution thought again, or it was written down by mistake."""
    SUCCESSOR_WITHDREW = "successor_withdrew"
    SUCCESSOR_REFUSED = "successor_refused"
    SEAT_CLOSED = "seat_closed"


_HEARS_OF_IT = {
    # Whoever learns it by another letter is not told twice.
    CallOff.BY_OFFICE: frozenset({TO_INSTITUTION, TO_SUCCESSOR, TO_PREDECESSOR}),
    CallOff.SUCCESSOR_WITHDREW: frozenset({TO_INSTITUTION, TO_PREDECESSOR}),
    CallOff.SUCCESSOR_REFUSED: frozenset({TO_INSTITUTION, TO_PREDECESSOR}),
    CallOff.SEAT_CLOSED: frozenset({TO_SUCCESSOR}),
}
_UNINVITED: dict[CallOff, Why] = {CallOff.SUCCESSOR_WITHDREW: "application_withdrawn"}
"""What a called-off invitation of who was to come says; anybody else reads that the change does not take place."""


def write_ahead(
    session: Session,
    application: Application,
    seat: InstitutionSeat,
    sitting: Sitting | None,
    *,
    on: date,
    reason: str,
    actor: Actor,
    now: datetime,
) -> SeatChange:
    """Records that the person of an application takes the seat on a day to come, and tells those whom it is about.

    The caller has locked the seat and seen that nothing hinders it. Raises ``BadInput`` for a day too far away, and for
    one within a meeting: an invitation is to a whole meeting.
    """
    if on - warsaw_date(now) > _FURTHEST:
        raise BadInput(f"Dzień zmiany ({short_date(on)}) jest za ponad rok; proszę sprawdzić, czy rok jest właściwy.")
    _require_between_meetings(session, seat, on, today=warsaw_date(now))
    assert seat.id is not None
    assert application.id is not None
    change = SeatChange(
        area=seat.area,
        seat_id=seat.id,
        application_id=application.id,
        on_day=on,
        reason=reason.strip() or None,
        recorded_at=now,
        recorded_by=actor.login,
    )
    facts = {"institution": f"I{seat.institution_id}", "application": application.number, "on": on.isoformat()}
    enter(session, change, happened=Happened.SEAT_CHANGE_AWAITED, actor=actor, now=now, facts=facts)
    # Somebody is named: it is not asked for a person any more.
    withdraw_contrary(session, topic_of(seat), actor=actor, now=now)
    not_off_any_more(session, application, seat, actor=actor, now=now)
    letters = _letters(session, change, sitting, off=False, actor=actor, now=now)
    queue(session, letters, actor=actor, now=now)
    return change


def _require_between_meetings(session: Session, seat: InstitutionSeat, on: date, *, today: date) -> None:
    spans = _spans(session, seat.group_id)
    hit = next((one for one in spans if one.cut_by(on)), None)
    if hit is None:
        return
    before, after = hit.first, hit.last + timedelta(days=1)
    while (earlier := next((one for one in spans if one.cut_by(before)), None)) is not None:
        before = earlier.first
    while (later := next((one for one in spans if one.cut_by(after)), None)) is not None:
        after = later.last + timedelta(days=1)
    days = f"najwcześniej {short_date(after)}"
    if before > today:
        days = f"najpóźniej {short_date(before)} albo {days}"
    raise BadInput(
        f"Dzień zmiany ({short_date(on)}) jest w środku spotkania „{hit.code}” (od {short_date(hit.first)} do "
        f"{short_date(hit.last)}), na które zaprasza się jedną osobę. Zmiana może nastąpić {days} (--on)."
    )


@dataclass(frozen=True)
class _Span:
    """A meeting to come, from its first day to its last."""

    code: str
    first: date
    last: date

    def cut_by(self, day: date) -> bool:
        """Whether a change on this day comes after the meeting has begun and before it is over."""
        return self.first < day <= self.last


def _spans(session: Session, group_id: int) -> list[_Span]:
    rows = session.exec(
        select(Meeting.code, func.min(col(MeetingDay.on)), func.max(col(MeetingDay.on)))
        .join(MeetingDay, col(MeetingDay.meeting_id) == Meeting.id)
        .where(Meeting.group_id == group_id, col(Meeting.state).in_((MeetingState.PLANNED, MeetingState.INVITED)))
        .group_by(col(Meeting.id), col(Meeting.code))
        .order_by(col(Meeting.id))
    ).all()
    return [_Span(*row) for row in rows]


def withdraw_change(session: Session, number: str, *, actor: Actor, now: datetime) -> SeatChange:
    """Calls off the change by which the person of an application was to take a seat. Raises ``NotYet`` without one."""
    actor.require(Right.MEMBERSHIP)
    application = find_application(session, number)
    session.refresh(call_of(session, application), with_for_update=True)
    change = newest_change(session, application)
    if change is None or change.state is not SeatChangeState.AWAITED:
        raise NotYet(
            f"Dla zgłoszenia {number} nie ma zapisanej na później zmiany, którą można odwołać. Co jest zapisane: "
            "nabor nomination list."
        )
    call_off_change(session, change, CallOff.BY_OFFICE, actor=actor, now=now)
    return change


def house_of(session: Session, change: SeatChange) -> str:
    """The symbol of the institution whose seat it is: ``I12``."""
    return f"I{session.get_one(InstitutionSeat, change.seat_id).institution_id}"


def drop_change_of(
    session: Session, application: Application, why: CallOff, *, actor: Actor, now: datetime
) -> SeatChange | None:
    """Calls off what was written down for the person of an application, if anything was."""
    change = newest_change(session, application)
    if change is None or change.state is not SeatChangeState.AWAITED:
        return None
    call_off_change(session, change, why, actor=actor, now=now)
    return change


def drop_change_in(session: Session, seat: InstitutionSeat, *, actor: Actor, now: datetime) -> None:
    """Calls off what a seat awaits, once the seat itself does not stand any more."""
    change = awaited_change(session, seat)
    if change is not None:
        call_off_change(session, change, CallOff.SEAT_CLOSED, actor=actor, now=now)


def call_off_change(session: Session, change: SeatChange, why: CallOff, *, actor: Actor, now: datetime) -> None:
    """The change does not take place. Who was told of it is told so; a seat that nobody sits in asks for a person."""
    session.refresh(change, with_for_update=True)
    seat = session.get_one(InstitutionSeat, change.seat_id, with_for_update=True)
    sitting = sitting_in(session, seat)
    told = {event for event in _HEARS_OF_IT[why] if _knows(session, change, event, sitting)}
    _withdraw_unsent(session, change, actor=actor, now=now)
    letters = [one for one in _letters(session, change, sitting, off=True, actor=actor, now=now) if one.event in told]
    move(
        session,
        change,
        SeatChangeState.CALLED_OFF,
        happened=Happened.SEAT_CHANGE_CALLED_OFF,
        actor=actor,
        now=now,
        facts={"why": why.value},
        messages=letters,
    )
    for invitation, meeting in _invited_ahead(session, change.application_id):
        if next_day_of(days_of(session, meeting), now) <= now:
            continue  # that one is over
        call_off(session, invitation, why=_UNINVITED.get(why, "change_off"), actor=actor, now=now)
    # A refusal asks by itself, with the number that it is about.
    if seat.state in ASKED_TO_NAME and why in (CallOff.BY_OFFICE, CallOff.SUCCESSOR_WITHDREW):
        ask_for_person(session, seat, actor=actor, now=now)


def fulfil(session: Session, application: Application, seat: InstitutionSeat, *, actor: Actor, now: datetime) -> None:
    """Marks as done the change by which the person of an application has taken the seat, if it was written ahead.

    The invitations that they got ahead are the member's from now on, with their answers.
    """
    change = awaited_change(session, seat)
    if change is None or change.application_id != application.id:
        return
    _withdraw_unsent(session, change, actor=actor, now=now)
    move(session, change, SeatChangeState.DONE, happened=Happened.SEAT_CHANGE_DONE, actor=actor, now=now)
    membership = newest_membership(session, application)
    assert membership is not None
    for invitation, meeting in _invited_ahead(session, application.id or 0):
        make_members(session, invitation, meeting, membership, actor=actor, now=now)


def _invited_ahead(session: Session, application_id: int) -> Sequence[tuple[Invitation, Meeting]]:
    return session.exec(
        select(Invitation, Meeting)
        .join(Meeting, col(Meeting.id) == Invitation.meeting_id)
        .where(
            Invitation.application_id == application_id,
            Invitation.role == InvitationRole.SUCCESSOR,
            Invitation.state != InvitationState.CANCELLED,
        )
        .order_by(col(Invitation.id))
    ).all()


def not_off_any_more(
    session: Session, application: Application, seat: InstitutionSeat, *, actor: Actor, now: datetime
) -> None:
    """Once somebody is to take the seat after all, nobody is told any more that an earlier change is off.

    Where that was about another person, that one and the institution are told of it all the same.
    """
    for change in _earlier(session, seat):
        withdraw_contrary(session, ending_topic(change), actor=actor, now=now)
        if change.application_id == application.id:
            withdraw_contrary(session, reference(change), actor=actor, now=now)


def _earlier(session: Session, seat: InstitutionSeat) -> Sequence[SeatChange]:
    """What was called off of a seat, the last one first."""
    return session.exec(
        select(SeatChange)
        .where(SeatChange.seat_id == seat.id, SeatChange.state == SeatChangeState.CALLED_OFF)
        .order_by(col(SeatChange.id).desc())
    ).all()


def _knows(session: Session, change: SeatChange, event: str, sitting: Sitting | None) -> bool:
    """Whether somebody was told of the change, or of an earlier one of which they were never told that it is off."""
    seat = session.get_one(InstitutionSeat, change.seat_id)
    for one in (change, *_earlier(session, seat)):
        if event != TO_PREDECESSOR and one.application_id != change.application_id:
            continue
        if _has_left(session, one, event, sitting, off=True):
            return False
        if _has_left(session, one, event, sitting, off=False):
            return True
    return False


def tell_missed_off(session: Session, seat: InstitutionSeat, *, since: int, actor: Actor, now: datetime) -> None:
    """Tells an institution that works again of a change that was called off after an event (``since``), while nobody
    wrote to it: the last one, when the institution knew of it and nobody has taken it up again."""
    off = next(iter(_earlier(session, seat)), None)
    if off is None or seat.state not in ASKED_TO_NAME | {InstitutionSeatState.NAMED}:
        return
    event = session.exec(
        select(Event)
        .where(Event.subject == reference(off), Event.kind == Happened.SEAT_CHANGE_CALLED_OFF)
        .order_by(col(Event.id).desc())
    ).first()
    newest = newest_change(session, session.get_one(Application, off.application_id))
    if event is None or (event.id or 0) <= since or newest is None or newest.id != off.id:
        return
    if TO_INSTITUTION not in _HEARS_OF_IT[CallOff(event.facts["why"])]:
        return
    sitting = sitting_in(session, seat)
    taken = sitting is not None and sitting.application_id == off.application_id
    if taken or not _knows(session, off, TO_INSTITUTION, sitting):
        return
    queue(session, _to_institution(session, off, sitting, off=True, actor=actor, now=now), actor=actor, now=now)


def _withdraw_unsent(session: Session, change: SeatChange, *, actor: Actor, now: datetime) -> None:
    for topic in (reference(change), ending_topic(change)):
        withdraw_contrary(session, topic, actor=actor, now=now)


def _occasion(change: SeatChange, *, off: bool) -> str:
    return f"change-{change.id}-off" if off else f"change-{change.id}"


def _subject(session: Session, change: SeatChange, event: str, sitting: Sitting | None) -> str:
    if event == TO_INSTITUTION:
        return reference(session.get_one(InstitutionSeat, change.seat_id))
    application_id = change.application_id
    if event == TO_PREDECESSOR and sitting is not None:
        application_id = sitting.application_id
    return reference(session.get_one(Application, application_id))


def _has_left(session: Session, change: SeatChange, event: str, sitting: Sitting | None, *, off: bool) -> bool:
    """Whether a letter of the change has left, or may have."""
    subject, occasion = _subject(session, change, event, sitting), _occasion(change, off=off)
    if told_at(session, subject, event, occasion) is not None:
        return True
    uncertain = select(Message.id).where(
        Message.subject_ref == subject,
        col(Message.key).like(f"{event}:{subject}:%:{occasion}"),
        col(Message.state).in_((MessageState.SENDING, MessageState.UNKNOWN)),
    )
    return session.exec(uncertain).first() is not None


def _letters(
    session: Session, change: SeatChange, sitting: Sitting | None, *, off: bool, actor: Actor, now: datetime
) -> list[Message]:
    seat = session.get_one(InstitutionSeat, change.seat_id)
    institution = institution_of_seat(session, seat)
    application = session.get_one(Application, change.application_id)
    occasion = _occasion(change, off=off)
    letters = notice(
        session,
        application,
        TO_SUCCESSOR,
        NominationAheadLetter,
        occasion=occasion,
        topic=reference(change),
        actor=actor,
        now=now,
        replaces=sitting is not None,
        institution=institution.name,
        since=change.on_day,
        off=off,
    )
    if sitting is not None:
        letters += notice(
            session,
            session.get_one(Application, sitting.application_id),
            TO_PREDECESSOR,
            NominationEndingLetter,
            occasion=occasion,
            topic=ending_topic(change),
            actor=actor,
            now=now,
            institution=institution.name,
            since=change.on_day,
            off=off,
        )
    return letters + _to_institution(session, change, sitting, off=off, actor=actor, now=now)


def _to_institution(
    session: Session, change: SeatChange, sitting: Sitting | None, *, off: bool, actor: Actor, now: datetime
) -> list[Message]:
    """Nothing for an institution that works no more."""
    seat = session.get_one(InstitutionSeat, change.seat_id)
    institution = institution_of_seat(session, seat)
    if institution.state is not InstitutionState.ACTIVE:
        return []
    definition = definition_for(session, call_of_seat(session, seat))
    message = letter_to(
        session,
        institution,
        TO_INSTITUTION,
        SeatChangeLetter(
            office=office_block(definition),
            institution=institution.name,
            group_name=session.get_one(Group, seat.group_id).name,
            public_number=session.get_one(Application, change.application_id).public_number,
            since=change.on_day,
            replaces=sitting is not None,
            off=off,
        ),
        subject_ref=reference(seat),
        area=seat.area,
        occasion=_occasion(change, off=off),
        actor=actor,
        now=now,
        contradicts=reference(change),
        definition=definition,
    )
    return [message] if message else []
