"""Letters that remind: one for each matter, and one for the officers who are to look after it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.steps.addresses import confirmed_address
from flows.steps.agreement_letters import reminder_to_sign
from flows.steps.applications import call_of
from flows.steps.bills import bill_due, bill_topic, waits_for_signature
from flows.steps.calls import group_of
from flows.steps.correction_letters import asked_gaps, lines_of, topic_of
from flows.steps.corrections import period_ends
from flows.steps.institution_seat_letters import reminder_to_name
from flows.steps.meeting_letters import answer_by, invitation_topic, invited_person
from flows.steps.meetings import day_lines, days_of, next_day_of
from flows.steps.memberships import offer_ends
from flows.steps.outbox import compose, office_block, sex_of
from flows.steps.projects import definition_for, definition_of
from models.actor import Actor
from models.project import ProjectDefinition
from models.reminder_rules import ReminderEvent, ReminderTo
from models.rules.working_days import add_working_days
from models.tables import Application, Correction, Invitation, Meeting, Membership, Message, Officer, Person, Stipend
from models.tables.applications import CorrectionState
from models.tables.meetings import EXPECTED, InvitationState
from models.tables.memberships import MembershipState
from models.tables.stipends import StipendState
from templates.letters.applications import ReminderCorrectionLetter
from templates.letters.decisions import ReminderConfirmationLetter
from templates.letters.meetings import ReminderInvitationLetter, ReminderMeetingLetter
from templates.letters.officers import ReminderOfficersLetter, WaitingLine
from templates.letters.pay import ReminderBillLetter


@dataclass(frozen=True)
class Occasion:
    """One thing that is due: a rule (or a lapse), the row it is about, and which reminder of how many.

    ``of`` is the date that it is counted from: when that moves, it is another occasion.
    """

    kind: str
    rule: str
    subject_id: int
    nth: int
    of: date | None = None
    to: ReminderTo = ReminderTo.PERSON

    @property
    def name(self) -> str:
        """How the key of a message and the log tell it from others about the same row."""
        return occasion_name(self.rule, self.nth, self.of)


def occasion_name(rule: str, nth: int, of: date | None) -> str:
    return f"{rule}-{nth}" + (f"@{of:%Y-%m-%d}" if of else "")


LETTERS = {
    ReminderEvent.CORRECTION_DUE: "reminder_correction",
    ReminderEvent.CONFIRMATION_DUE: "reminder_confirmation",
    ReminderEvent.INVITATION_UNANSWERED: "reminder_invitation",
    ReminderEvent.MEETING_TOMORROW: "reminder_meeting",
    ReminderEvent.BILL_MISSING: "reminder_bill",
    ReminderEvent.AGREEMENT_UNSIGNED: "reminder_agreement",
    ReminderEvent.NOMINATION_DUE: "reminder_seat",
}
NOUNS = {
    ReminderEvent.CORRECTION_DUE: "correction",
    ReminderEvent.CONFIRMATION_DUE: "membership",
    ReminderEvent.INVITATION_UNANSWERED: "invitation",
    ReminderEvent.MEETING_TOMORROW: "invitation",
    ReminderEvent.BILL_MISSING: "stipend",
    ReminderEvent.AGREEMENT_UNSIGNED: "agreementinvitation",
    ReminderEvent.NOMINATION_DUE: "institutionseat",
}
FOR_OFFICERS = "reminder_officers"
_MATTERS = {
    ReminderEvent.CORRECTION_DUE: "uzupełnienie formularza",
    ReminderEvent.CONFIRMATION_DUE: "potwierdzenie udziału",
    ReminderEvent.INVITATION_UNANSWERED: "odpowiedź na zaproszenie",
    ReminderEvent.MEETING_TOMORROW: "spotkanie",
    ReminderEvent.BILL_MISSING: "podpisany rachunek",
    ReminderEvent.AGREEMENT_UNSIGNED: "podpisanie porozumienia",
    ReminderEvent.NOMINATION_DUE: "wskazanie osoby przez instytucję",
}
"""What an officer reads for the matter of a reminder."""


def letter_of(session: Session, occasion: Occasion, *, actor: Actor, now: datetime) -> Message | None:
    """The reminder to the person concerned; ``None`` when it is not due any more, or was written before."""
    return _WRITERS[ReminderEvent(occasion.kind)](session, occasion, actor, now)


def letter_to_officer(
    session: Session,
    officer: Officer,
    matter: ReminderEvent,
    lines: Sequence[tuple[Occasion, str, date]],
    definition: ProjectDefinition,
    *,
    area: str,
    actor: Actor,
    now: datetime,
) -> Message | None:
    """One letter to an officer about everything that one rule asks for now: number and date of each.

    By numbers only: it leaves the house to an address that no candidate has confirmed.
    """
    first = lines[0][0]
    return compose(
        session,
        FOR_OFFICERS,
        ReminderOfficersLetter(
            office=office_block(definition),
            matter=_MATTERS[matter],
            lines=tuple(WaitingLine(number=number, since=None, due=on) for _, number, on in lines),
        ),
        subject_ref=f"officer/{officer.id}",
        area=area,
        occasion=f"{first.name}-{first.subject_id}",
        actor=actor,
        now=now,
        recipient=officer.email or "",
        definition=definition,
    )


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
    person = invited_person(session, invitation)
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
    person = invited_person(session, invitation)
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
        signed_first=waits_for_signature(definition),
    )
    return _compose(
        session,
        occasion,
        letter,
        person=person,
        definition=definition,
        area=stipend.area,
        topic=bill_topic(stipend),
        actor=actor,
        now=now,
    )


_EXTENSION_DAYS = 2
"""Working days that a reminder gives once the bill's own day has passed."""


def _remind_agreement(session: Session, occasion: Occasion, actor: Actor, now: datetime) -> Message | None:
    return reminder_to_sign(session, occasion.subject_id, occasion=occasion.name, actor=actor, now=now)


def _remind_nomination(session: Session, occasion: Occasion, actor: Actor, now: datetime) -> Message | None:
    return reminder_to_name(session, occasion.subject_id, occasion=occasion.name, actor=actor, now=now)


Writer = Callable[[Session, Occasion, Actor, datetime], Message | None]
_WRITERS: dict[ReminderEvent, Writer] = {
    ReminderEvent.CORRECTION_DUE: _remind_correction,
    ReminderEvent.CONFIRMATION_DUE: _remind_confirmation,
    ReminderEvent.INVITATION_UNANSWERED: _remind_invitation,
    ReminderEvent.MEETING_TOMORROW: _remind_meeting,
    ReminderEvent.BILL_MISSING: _remind_bill,
    ReminderEvent.AGREEMENT_UNSIGNED: _remind_agreement,
    ReminderEvent.NOMINATION_DUE: _remind_nomination,
}


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
        LETTERS[event],
        letter,
        subject_ref=f"{NOUNS[event]}/{occasion.subject_id}",
        area=area,
        occasion=occasion.name,
        actor=actor,
        now=now,
        person=person,
        recipient=recipient,
        contradicts=topic,
        not_after=not_after,
        definition=definition,
    )
