"""Invitations to meetings: one member, one message, one calendar file."""

from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.meeting_letters import invite_letter
from flows.steps.memberships import seated
from flows.steps.outbox import sender_domain
from flows.steps.projects import definition_of
from models.actor import Actor, Right
from models.events import Happened
from models.storage import keyring_in
from models.tables import Invitation, Meeting, MeetingDay, Membership
from models.tables.meetings import InvitationRole, InvitationState, MeetingState
from models.transitions import enter, move, note, queue, reference


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


def invite(session: Session, meeting_id: int, *, answer_url: str = "", actor: Actor, now: datetime) -> int:
    """Invites every seated member who was not invited to this meeting. Returns how many messages were written.

    Who was to come as a substitute and has a seat since keeps that invitation, with its answer.
    """
    actor.require(Right.MEETINGS)
    meeting = session.get_one(Meeting, meeting_id, with_for_update=True)
    written = 0
    for membership in _uninvited(session, meeting):
        if _adopt(session, meeting, membership, actor=actor, now=now):
            continue
        assert meeting.id is not None
        invitation = Invitation(
            area=meeting.area,
            meeting_id=meeting.id,
            membership_id=membership.id,
            uid=new_uid(session, meeting, str(membership.id)),
            sequence=meeting.sequence,
            asked_sequence=meeting.sequence,
            invited_at=now,
        )
        enter(session, invitation, happened=Happened.INVITED, actor=actor, now=now, facts={"meeting": meeting.code})
        message = invite_letter(session, invitation, answer_url=answer_url, actor=actor, now=now)
        queue(session, [message] if message else [], actor=actor, now=now)
        written += message is not None
    if meeting.state is MeetingState.PLANNED:
        move(session, meeting, MeetingState.INVITED, happened=Happened.MEETING_INVITED, actor=actor, now=now)
    return written


def new_uid(session: Session, meeting: Meeting, whom: str) -> str:
    """What a calendar knows an invitation by: from a keyed digest, so that nobody can guess another one's."""
    secret = keyring_in(session).lookup("invitation", f"{meeting.id}:{whom}")[:32]
    return f"{secret}@{sender_domain(definition_of(session, meeting.project_version_id))}"


def _uninvited(session: Session, meeting: Meeting) -> list[Membership]:
    invited = set(session.exec(select(Invitation.membership_id).where(Invitation.meeting_id == meeting.id)).all())
    return [membership for membership in seated(session, meeting.group_id) if membership.id not in invited]


def _adopt(session: Session, meeting: Meeting, membership: Membership, *, actor: Actor, now: datetime) -> bool:
    """Makes a substitute's invitation the member's that the substitute has become."""
    invitation = session.exec(
        select(Invitation).where(
            Invitation.meeting_id == meeting.id,
            Invitation.application_id == membership.application_id,
            Invitation.state != InvitationState.CANCELLED,
        )
    ).first()
    if invitation is None:
        return False
    invitation.membership_id, invitation.role = membership.id, InvitationRole.MEMBER
    session.add(invitation)
    facts = {"meeting": meeting.code}
    note(
        session,
        reference(invitation),
        happened=Happened.INVITED,
        actor=actor,
        now=now,
        area=meeting.area,
        facts=facts,
    )
    return True
