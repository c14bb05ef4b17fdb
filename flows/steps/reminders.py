"""Reminders and lapsed deadlines: what is due today by the project's rules, each occasion once.

The key of a reminder's message names its rule, its subject and which one of how many it is, so that a second run,
or ten missed ones at once, write nothing twice.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.addresses import confirmed_address
from flows.steps.applications import call_of
from flows.steps.bills import bill_due
from flows.steps.calls import group_of
from flows.steps.correction_letters import asked_gaps, lines_of, topic_of
from flows.steps.corrections import close_expired, expired_corrections, period_ends
from flows.steps.meeting_letters import answer_by, invitation_topic, invited_person
from flows.steps.meetings import day_lines, days_of, next_day_of
from flows.steps.memberships import expire_offer, expired_offers, offer_ends
from flows.steps.outbox import compose, office_block, sex_of
from flows.steps.projects import definition_for, definition_of
from models.actor import Actor, Right
from models.events import Happened
from models.project import ProjectDefinition, ReminderEvent, ReminderRule
from models.rules.due import Due, due_after, due_before
from models.rules.working_days import add_working_days, is_working_day
from models.tables import (
    Application,
    Correction,
    Invitation,
    Meeting,
    Membership,
    Message,
    Person,
    ProjectVersion,
    Stipend,
)
from models.tables.applications import CorrectionState
from models.tables.meetings import EXPECTED, InvitationState, MeetingState
from models.tables.memberships import SEATED, MembershipState
from models.tables.stipends import StipendState
from models.transitions import note, queue
from templates.letters import (
    ReminderBillLetter,
    ReminderConfirmationLetter,
    ReminderCorrectionLetter,
    ReminderInvitationLetter,
    ReminderMeetingLetter,
)

CLOSE_CORRECTION = "close_correction"
EXPIRE_OFFER = "expire_offer"


@dataclass(frozen=True)
class Occasion:
    """One thing that is due: a rule (or a lapse), the row it is about, and which reminder of how many."""

    kind: str
    rule: str
    subject_id: int
    nth: int


def due_occasions(session: Session, *, now: datetime) -> list[Occasion]:
    """Everything due now that was not done yet. Nothing on a day that is not a working day, except lapsed deadlines."""
    lapsed = [Occasion(CLOSE_CORRECTION, "", row, 0) for row in expired_corrections(session, now=now)]
    lapsed += [Occasion(EXPIRE_OFFER, "", row, 0) for row in expired_offers(session, now=now)]
    today = warsaw_date(now)
    if not is_working_day(today):
        return lapsed
    found: list[Occasion] = []
    for definition in _definitions(session):
        for rule in definition.reminders:
            for subject_id, anchor in _SUBJECTS[rule.event](session, definition.code, now):
                due = _due(rule, anchor, today)
                if due is not None and not _done(session, rule, subject_id, due.nth):
                    found.append(Occasion(rule.event, rule.code, subject_id, due.nth))
    return lapsed + found


def remind(session: Session, occasions: Sequence[Occasion], *, actor: Actor, now: datetime) -> int:
    """Does what is due; what was done meanwhile stays done. Returns how many reminders and lapses came of it."""
    actor.require(Right.REMIND)
    done = 0
    for occasion in occasions:
        match occasion.kind:
            case "close_correction":
                done += close_expired(session, occasion.subject_id, actor=actor, now=now)
            case "expire_offer":
                done += expire_offer(session, occasion.subject_id, actor=actor, now=now)
            case _:
                done += _write(session, occasion, actor=actor, now=now)
    return done


def _due(rule: ReminderRule, anchor: date, today: date) -> Due | None:
    count = due_before if rule.event.is_before else due_after
    return count(anchor, offset=rule.offset_working_days, times=rule.times, today=today)


def _done(session: Session, rule: ReminderRule, subject_id: int, nth: int) -> bool:
    pattern = f"{_LETTERS[rule.event]}:{_NOUNS[rule.event]}/{subject_id}:%:{rule.code}-{nth}"
    return session.exec(select(Message.id).where(col(Message.key).like(pattern))).first() is not None


def _definitions(session: Session) -> list[ProjectDefinition]:
    newest: dict[str, ProjectDefinition] = {}
    for version in session.exec(select(ProjectVersion).order_by(col(ProjectVersion.id))).all():
        assert version.id is not None
        newest[version.code] = definition_of(session, version.id)
    return list(newest.values())


Subjects = Iterator[tuple[int, date]]


def _open_corrections(session: Session, project: str, now: datetime) -> Subjects:
    for row in session.exec(
        select(Correction).where(Correction.state == CorrectionState.OPEN).order_by(col(Correction.id))
    ).all():
        application = session.get_one(Application, row.application_id)
        ends = period_ends(session, row)
        # Nobody is reminded of a letter that has not left.
        if row.id is not None and ends is not None and ends >= now and application.number.startswith(f"{project}/"):
            yield row.id, warsaw_date(ends)


def _open_offers(session: Session, project: str, now: datetime) -> Subjects:
    for row in session.exec(
        select(Membership).where(Membership.state == MembershipState.OFFERED).order_by(col(Membership.id))
    ).all():
        application, ends = session.get_one(Application, row.application_id), offer_ends(session, row)
        # Who was not told has nothing to be reminded of, and no period that runs.
        told = ends is not None and ends >= now
        if row.id is not None and ends is not None and told and application.number.startswith(f"{project}/"):
            yield row.id, warsaw_date(ends)


def _unanswered_invitations(session: Session, project: str, now: datetime) -> Subjects:
    for row in session.exec(
        select(Invitation).where(Invitation.state == InvitationState.INVITED).order_by(col(Invitation.id))
    ).all():
        meeting = session.get_one(Meeting, row.meeting_id)
        coming = days_of(session, meeting)[0].starts_at > now and meeting.state is MeetingState.INVITED
        if row.id is not None and coming and _of_project(session, meeting, project) and _seated(session, row):
            yield row.id, warsaw_date(row.invited_at)


def _coming_meetings(session: Session, project: str, now: datetime) -> Subjects:
    for row in session.exec(
        select(Invitation).where(col(Invitation.state).in_(EXPECTED)).order_by(col(Invitation.id))
    ).all():
        meeting = session.get_one(Meeting, row.meeting_id)
        first = days_of(session, meeting)[0]
        coming = first.starts_at > now and meeting.state is MeetingState.INVITED
        if row.id is not None and coming and _of_project(session, meeting, project) and _seated(session, row):
            yield row.id, first.on


def _unsigned_bills(session: Session, project: str, now: datetime) -> Subjects:
    for row in session.exec(
        select(Stipend).where(Stipend.state == StipendState.CALCULATED).order_by(col(Stipend.id))
    ).all():
        if row.id is not None and _of_project(session, session.get_one(Meeting, row.meeting_id), project):
            yield row.id, warsaw_date(row.made_at)


def _of_project(session: Session, meeting: Meeting, project: str) -> bool:
    return session.get_one(ProjectVersion, meeting.project_version_id).code == project


def _seated(session: Session, invitation: Invitation) -> bool:
    """A substitute comes without a seat."""
    return invitation.membership_id is None or session.get_one(Membership, invitation.membership_id).state in SEATED


_SUBJECTS: dict[ReminderEvent, Callable[[Session, str, datetime], Subjects]] = {
    ReminderEvent.CORRECTION_DUE: _open_corrections,
    ReminderEvent.CONFIRMATION_DUE: _open_offers,
    ReminderEvent.INVITATION_UNANSWERED: _unanswered_invitations,
    ReminderEvent.MEETING_TOMORROW: _coming_meetings,
    ReminderEvent.BILL_MISSING: _unsigned_bills,
}
_LETTERS = {
    ReminderEvent.CORRECTION_DUE: "reminder_correction",
    ReminderEvent.CONFIRMATION_DUE: "reminder_confirmation",
    ReminderEvent.INVITATION_UNANSWERED: "reminder_invitation",
    ReminderEvent.MEETING_TOMORROW: "reminder_meeting",
    ReminderEvent.BILL_MISSING: "reminder_bill",
}
_NOUNS = {
    ReminderEvent.CORRECTION_DUE: "correction",
    ReminderEvent.CONFIRMATION_DUE: "membership",
    ReminderEvent.INVITATION_UNANSWERED: "invitation",
    ReminderEvent.MEETING_TOMORROW: "invitation",
    ReminderEvent.BILL_MISSING: "stipend",
}


def _write(session: Session, occasion: Occasion, *, actor: Actor, now: datetime) -> bool:
    event = ReminderEvent(occasion.kind)
    message = _WRITERS[event](session, occasion, actor, now)
    if message is None:
        return False
    queue(session, [message], actor=actor, now=now)
    note(
        session,
        message.subject_ref,
        happened=Happened.REMINDED,
        actor=actor,
        now=now,
        area=message.area,
        facts={"rule": occasion.rule, "nth": occasion.nth},
    )
    return True


def _remind_correction(session: Session, occasion: Occasion, actor: Actor, now: datetime) -> Message | None:
    correction = session.get_one(Correction, occasion.subject_id, with_for_update=True)
    ends = period_ends(session, correction)
    if correction.state is not CorrectionState.OPEN or ends is None:
        return None
    application = session.get_one(Application, correction.application_id)
    confirmed = confirmed_address(session, application)
    call = call_of(session, application)
    definition = definition_for(session, call)
    person = session.get_one(Person, application.person_id)
    letter = ReminderCorrectionLetter(
        office=office_block(definition),
        sex=sex_of(person),
        public_number=application.public_number,
        group_name=group_of(session, call).name,
        corrections=lines_of(asked_gaps(session, correction)),
        due_on=warsaw_date(ends),
    )
    return _compose(
        session,
        occasion,
        letter,
        person=person,
        recipient=confirmed.address if confirmed else "",
        definition=definition,
        area=correction.area,
        topic=topic_of(application),
        actor=actor,
        now=now,
    )


def _remind_confirmation(session: Session, occasion: Occasion, actor: Actor, now: datetime) -> Message | None:
    membership = session.get_one(Membership, occasion.subject_id, with_for_update=True)
    ends = offer_ends(session, membership)
    if membership.state is not MembershipState.OFFERED or ends is None:
        return None
    application = session.get_one(Application, membership.application_id)
    call = call_of(session, application)
    definition = definition_for(session, call)
    person = session.get_one(Person, membership.person_id)
    letter = ReminderConfirmationLetter(
        office=office_block(definition),
        sex=sex_of(person),
        public_number=application.public_number,
        group_name=group_of(session, call).name,
        answer_until=warsaw_date(ends),
    )
    return _compose(
        session,
        occasion,
        letter,
        person=person,
        definition=definition,
        area=membership.area,
        topic=f"offer/{membership.id}",
        actor=actor,
        now=now,
    )


def _remind_invitation(session: Session, occasion: Occasion, actor: Actor, now: datetime) -> Message | None:
    invitation = session.get_one(Invitation, occasion.subject_id, with_for_update=True)
    if invitation.state is not InvitationState.INVITED:
        return None
    meeting = session.get_one(Meeting, invitation.meeting_id)
    definition = definition_of(session, meeting.project_version_id)
    person = _invited(session, invitation)
    days = days_of(session, meeting)
    letter = ReminderInvitationLetter(
        office=office_block(definition),
        sex=sex_of(person),
        meeting_name=meeting.title,
        days=day_lines(days),
        place=meeting.place,
        answer_until=answer_by(days, now),
    )
    return _compose(
        session,
        occasion,
        letter,
        person=person,
        definition=definition,
        area=invitation.area,
        topic=f"invitation/{invitation.id}",
        not_after=next_day_of(days, now),
        actor=actor,
        now=now,
    )


def _remind_meeting(session: Session, occasion: Occasion, actor: Actor, now: datetime) -> Message | None:
    invitation = session.get_one(Invitation, occasion.subject_id, with_for_update=True)
    if invitation.state not in EXPECTED:
        return None
    meeting = session.get_one(Meeting, invitation.meeting_id)
    definition = definition_of(session, meeting.project_version_id)
    person = _invited(session, invitation)
    days = days_of(session, meeting)
    letter = ReminderMeetingLetter(
        office=office_block(definition),
        sex=sex_of(person),
        meeting_name=meeting.title,
        days=day_lines(days),
        place=meeting.place,
        agenda=tuple(meeting.agenda),
    )
    return _compose(
        session,
        occasion,
        letter,
        person=person,
        definition=definition,
        area=invitation.area,
        topic=invitation_topic(invitation),
        not_after=next_day_of(days, now),
        actor=actor,
        now=now,
    )


def _remind_bill(session: Session, occasion: Occasion, actor: Actor, now: datetime) -> Message | None:
    stipend = session.get_one(Stipend, occasion.subject_id, with_for_update=True)
    if stipend.state is not StipendState.CALCULATED:
        return None
    meeting = session.get_one(Meeting, stipend.meeting_id)
    definition = definition_of(session, meeting.project_version_id)
    membership = session.get_one(Membership, stipend.membership_id)
    person = session.get_one(Person, membership.person_id)
    due, today = bill_due(stipend, definition), warsaw_date(now)
    letter = ReminderBillLetter(
        office=office_block(definition),
        sex=sex_of(person),
        meeting_name=meeting.title,
        days=day_lines(days_of(session, meeting)),
        place=meeting.place,
        prepared_on=warsaw_date(stipend.made_at),
        return_until=due,
        extended_to=None if due >= today else add_working_days(today, _EXTENSION_DAYS),
    )
    return _compose(
        session,
        occasion,
        letter,
        person=person,
        definition=definition,
        area=stipend.area,
        topic=f"stipend/{membership.id}/{meeting.id}",
        actor=actor,
        now=now,
    )


_EXTENSION_DAYS = 2
"""Working days that a reminder gives once the bill's own day has passed."""

Writer = Callable[[Session, Occasion, Actor, datetime], Message | None]
_WRITERS: dict[ReminderEvent, Writer] = {
    ReminderEvent.CORRECTION_DUE: _remind_correction,
    ReminderEvent.CONFIRMATION_DUE: _remind_confirmation,
    ReminderEvent.INVITATION_UNANSWERED: _remind_invitation,
    ReminderEvent.MEETING_TOMORROW: _remind_meeting,
    ReminderEvent.BILL_MISSING: _remind_bill,
}


def _invited(session: Session, invitation: Invitation) -> Person:
    return invited_person(session, invitation)


def _compose(
    session: Session,
    occasion: Occasion,
    letter: ReminderCorrectionLetter
    | ReminderConfirmationLetter
    | ReminderInvitationLetter
    | ReminderMeetingLetter
    | ReminderBillLetter,
    *,
    person: Person,
    recipient: str | None = None,
    definition: ProjectDefinition,
    area: str,
    topic: str,
    actor: Actor,
    now: datetime,
    not_after: datetime | None = None,
) -> Message | None:
    event = ReminderEvent(occasion.kind)
    return compose(
        session,
        _LETTERS[event],
        letter,
        subject_ref=f"{_NOUNS[event]}/{occasion.subject_id}",
        area=area,
        occasion=f"{occasion.rule}-{occasion.nth}",
        actor=actor,
        now=now,
        person=person,
        recipient=recipient,
        contradicts=topic,
        not_after=not_after,
        definition=definition,
    )
