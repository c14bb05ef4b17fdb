"""Invitations to meetings: one member, one message, one calendar file."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.meetings import day_lines, days_of, find_meeting, next_day_of
from flows.steps.memberships import membership_of, seated
from flows.steps.outbox import compose, office_block, sender_domain, sex_of, withdraw_contrary
from flows.steps.people import full_name
from flows.steps.projects import definition_of
from models.actor import Actor, Right
from models.errors import NotFound
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.working_days import add_working_days, working_days_before
from models.storage import keyring_in
from models.tables import Group, Invitation, Meeting, MeetingDay, Membership, Message, Person
from models.tables.meetings import InvitationState, MeetingState
from models.tables.outbox import MessageState
from models.transitions import enter, move, reference
from templates.calendar import meeting_invitation
from templates.letters import InvitationLetter

_EVENT = "invitation"


def meetings_to_invite(session: Session, *, now: datetime) -> list[int]:
    """Meetings still to come with a seated member who has no invitation yet."""
    rows = session.exec(
        select(Meeting)
        .where(
            col(Meeting.state).in_((MeetingState.PLANNED, MeetingState.INVITED)),
            col(Meeting.id).in_(select(MeetingDay.meeting_id).where(col(MeetingDay.starts_at) > now)),
        )
        .order_by(col(Meeting.id))
    ).all()
    return [row.id for row in rows if row.id is not None and _uninvited(session, row)]


def invite(session: Session, meeting_id: int, *, actor: Actor, now: datetime) -> int:
    """Invites every seated member who was not invited to this meeting. Returns how many messages were written."""
    actor.require(Right.MEETINGS)
    meeting = session.get_one(Meeting, meeting_id, with_for_update=True)
    definition = definition_of(session, meeting.project_version_id)
    written = 0
    for membership in _uninvited(session, meeting):
        person = session.get_one(Person, membership.person_id)
        assert meeting.id is not None
        assert membership.id is not None
        secret = keyring_in(session).lookup("invitation", f"{meeting.id}:{membership.id}")[:32]
        uid = f"{secret}@{sender_domain(definition)}"
        invitation = Invitation(
            area=meeting.area,
            meeting_id=meeting.id,
            membership_id=membership.id,
            uid=uid,
            sequence=meeting.sequence,
            invited_at=now,
        )
        message = _invitation_message(session, meeting, membership, person, definition, uid, actor=actor, now=now)
        enter(
            session,
            invitation,
            happened=Happened.INVITED,
            actor=actor,
            now=now,
            facts={"meeting": meeting.code},
            messages=[message] if message else [],
        )
        written += message is not None
    if meeting.state is MeetingState.PLANNED:
        move(session, meeting, MeetingState.INVITED, happened=Happened.MEETING_INVITED, actor=actor, now=now)
    return written


def answer_by(days: Sequence[MeetingDay], now: datetime) -> date:
    """Until when an answer is asked for: three working days before the first day, and not before tomorrow.

    Never after the eve of the meeting, or today when that is the eve.
    """
    first, today = min(day.on for day in days), warsaw_date(now)
    asked = max(working_days_before(first, 3), add_working_days(today, 1))
    return max(min(asked, first - timedelta(days=1)), today)


def answer_invitation(
    session: Session, call_code: str, meeting_code: str, number: str, *, accepts: bool, actor: Actor, now: datetime
) -> None:
    """Records a member's answer to an invitation, as told by phone or mail."""
    _, _, meeting = find_meeting(session, call_code, meeting_code)
    membership = membership_of(session, number)
    invitation = session.exec(
        select(Invitation).where(Invitation.meeting_id == meeting.id, Invitation.membership_id == membership.id)
    ).first()
    if invitation is None:
        raise NotFound(f"Zgłoszenie {number} nie ma zaproszenia na to spotkanie.")
    declined = invitation.state is InvitationState.DECLINED
    invitation.answered_at = now
    session.add(invitation)
    withdraw_contrary(session, f"invitation/{invitation.id}", actor=actor, now=now)
    if not accepts:
        withdraw_contrary(session, f"meeting/{meeting.id}/{membership.id}", actor=actor, now=now)
    message = None
    if accepts and declined:
        message = _invitation_anew(session, meeting, membership, invitation, actor=actor, now=now)
    move(
        session,
        invitation,
        InvitationState.ACCEPTED if accepts else InvitationState.DECLINED,
        happened=Happened.INVITATION_ACCEPTED if accepts else Happened.INVITATION_DECLINED,
        actor=actor,
        now=now,
        messages=[message] if message else [],
    )


def _invitation_anew(
    session: Session, meeting: Meeting, membership: Membership, invitation: Invitation, *, actor: Actor, now: datetime
) -> Message | None:
    """The invitation that a refusal kept here, written again now that the refusal is taken back."""
    letters = session.exec(
        select(Message.state)
        .where(
            Message.event == _EVENT,
            Message.subject_ref == reference(meeting),
            Message.person_id == membership.person_id,
        )
        .order_by(col(Message.id))
    ).all()
    if not letters or letters[-1] not in (MessageState.WITHDRAWN, MessageState.EXPIRED):
        return None
    if max(day.starts_at for day in days_of(session, meeting)) <= now:
        return None
    return _invitation_message(
        session,
        meeting,
        membership,
        session.get_one(Person, membership.person_id),
        definition_of(session, meeting.project_version_id),
        invitation.uid,
        actor=actor,
        now=now,
        nth=len(letters) + 1,
    )


def _uninvited(session: Session, meeting: Meeting) -> list[Membership]:
    invited = set(session.exec(select(Invitation.membership_id).where(Invitation.meeting_id == meeting.id)).all())
    return [membership for membership in seated(session, meeting.group_id) if membership.id not in invited]


def _invitation_message(
    session: Session,
    meeting: Meeting,
    membership: Membership,
    person: Person,
    definition: ProjectDefinition,
    uid: str,
    *,
    actor: Actor,
    now: datetime,
    nth: int = 1,
) -> Message | None:
    """``nth``: how often this person was written to about this meeting, with this time."""
    days = days_of(session, meeting)
    group = session.get_one(Group, meeting.group_id)
    calendar = None
    if person.email:
        calendar = meeting_invitation(
            "REQUEST",
            day_lines(days),
            uid=uid,
            sequence=meeting.sequence,
            now=now,
            summary=meeting.title,
            place=meeting.place,
            description="\n".join(meeting.agenda),
            organizer_name=definition.mail.from_name,
            organizer_address=definition.mail.from_address,
            attendee_address=person.email,
            attendee_name=full_name(person),
        )
    return compose(
        session,
        _EVENT,
        InvitationLetter(
            office=office_block(definition),
            sex=sex_of(person),
            meeting_name=meeting.title,
            days=day_lines(days),
            place=meeting.place,
            group_name=group.name,
            agenda=tuple(meeting.agenda),
            answer_until=answer_by(days, now),
        ),
        subject_ref=reference(meeting),
        area=meeting.area,
        occasion=f"sequence-{meeting.sequence}" + (f"-{nth}" if nth > 1 else ""),
        actor=actor,
        now=now,
        person=person,
        calendar=calendar,
        calendar_method="REQUEST" if calendar else "",
        contradicts=f"meeting/{meeting.id}/{membership.id}",
        not_after=next_day_of(days, now),
        definition=definition,
    )
