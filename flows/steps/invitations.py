"""Invitations to meetings: one member, one message, one calendar file."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.awaited_changes import changes_of_group
from flows.steps.meeting_changes import call_off, invite_again
from flows.steps.meeting_letters import invite_letter, make_members
from flows.steps.meetings import days_of
from flows.steps.memberships import seated
from flows.steps.nominations import seats_of_group, sittings_of
from flows.steps.outbox import sender_domain
from flows.steps.projects import definition_of
from models.actor import Actor, Right
from models.events import Happened
from models.storage import keyring_in
from models.tables import Invitation, Meeting, MeetingDay, Membership
from models.tables.meetings import InvitationRole, InvitationState, MeetingState
from models.tables.nominations import SeatChangeState
from models.transitions import enter, move, queue


def meetings_to_invite(session: Session, *, now: datetime) -> list[int]:
    """Meetings still to come with a seated member who has no invitation yet, or one that is somebody else's to have."""
    rows = session.exec(
        select(Meeting)
        .where(
            col(Meeting.state).in_((MeetingState.PLANNED, MeetingState.INVITED)),
            col(Meeting.id).in_(select(MeetingDay.meeting_id).where(col(MeetingDay.starts_at) > now)),
        )
        .order_by(col(Meeting.id))
    ).all()
    return [row.id for row in rows if row.id is not None and _lacking(session, row).anything]


def invite(session: Session, meeting_id: int, *, answer_url: str = "", actor: Actor, now: datetime) -> int:
    """Invites every seated member who was not invited to this meeting. Returns how many messages were written.

    Where an institution has named somebody else from a day on that has not come yet, whoever represents it on the day
    of the meeting is invited, and nobody else. Who was to come as a substitute and has a seat since keeps that
    invitation, with its answer.
    """
    actor.require(Right.MEETINGS)
    meeting = session.get_one(Meeting, meeting_id, with_for_update=True)
    written = 0
    lacking = _lacking(session, meeting)
    for row in lacking.not_theirs:
        call_off(session, row, why="other_person", actor=actor, now=now)
    for row in lacking.theirs_again:
        reason = _TAKES_PLACE if row.role is InvitationRole.SUCCESSOR else _UNCHANGED
        written += invite_again(session, row, reason=reason, answer_url=answer_url, actor=actor, now=now)
    for membership in lacking.members:
        if _adopt(session, meeting, membership, actor=actor, now=now):
            continue
        invitation = _new(session, meeting, str(membership.id), now=now)
        invitation.membership_id = membership.id
        written += _enter(session, meeting, invitation, answer_url=answer_url, actor=actor, now=now)
    for application_id in lacking.successors:
        nth = len(session.exec(select(Invitation.id).where(Invitation.application_id == application_id)).all()) + 1
        invitation = _new(session, meeting, f"successor-{application_id}-{nth}", now=now)
        invitation.role, invitation.application_id = InvitationRole.SUCCESSOR, application_id
        written += _enter(session, meeting, invitation, answer_url=answer_url, actor=actor, now=now)
    if meeting.state is MeetingState.PLANNED:
        move(session, meeting, MeetingState.INVITED, happened=Happened.MEETING_INVITED, actor=actor, now=now)
    return written


_UNCHANGED = "Zmiana osoby, która reprezentuje instytucję, nie nastąpi przed tym spotkaniem."
_TAKES_PLACE = "Zmiana osoby, która reprezentuje instytucję, jednak nastąpi."


def _new(session: Session, meeting: Meeting, whom: str, *, now: datetime) -> Invitation:
    assert meeting.id is not None
    return Invitation(
        area=meeting.area,
        meeting_id=meeting.id,
        uid=new_uid(session, meeting, whom),
        sequence=meeting.sequence,
        asked_sequence=meeting.sequence,
        invited_at=now,
    )


def _enter(
    session: Session, meeting: Meeting, invitation: Invitation, *, answer_url: str, actor: Actor, now: datetime
) -> bool:
    """Enters an invitation with its letter. Returns whether there was one to write."""
    enter(session, invitation, happened=Happened.INVITED, actor=actor, now=now, facts={"meeting": meeting.code})
    message = invite_letter(session, invitation, answer_url=answer_url, actor=actor, now=now)
    queue(session, [message] if message else [], actor=actor, now=now)
    return message is not None


def new_uid(session: Session, meeting: Meeting, whom: str) -> str:
    """What a calendar knows an invitation by: from a keyed digest, so that nobody can guess another one's."""
    secret = keyring_in(session).lookup("invitation", f"{meeting.id}:{whom}")[:32]
    return f"{secret}@{sender_domain(definition_of(session, meeting.project_version_id))}"


@dataclass(frozen=True)
class _Lacking:
    """What the invitations to a meeting lack, as seats and changes written down ahead stand."""

    members: tuple[Membership, ...]
    """Seated, and not invited."""
    successors: tuple[int, ...] = ()
    """Applications of who represents an institution by the day of the meeting, and is not invited."""
    not_theirs: tuple[Invitation, ...] = ()
    """Invitations of people whom somebody else will have followed by then, or who will not have followed yet."""
    theirs_again: tuple[Invitation, ...] = ()
    """Invitations that were called off so, and are theirs after all."""

    @property
    def anything(self) -> bool:
        return bool(self.members or self.successors or self.not_theirs or self.theirs_again)


def _lacking(session: Session, meeting: Meeting) -> _Lacking:
    here = seated(session, meeting.group_id)
    changes = changes_of_group(session, meeting.group_id)
    rows = session.exec(
        select(Invitation).where(Invitation.meeting_id == meeting.id).order_by(col(Invitation.id))
    ).all()
    invited = {row.membership_id: row for row in rows}
    if not changes:
        return _Lacking(tuple(one for one in here if one.id not in invited))
    first = min(day.on for day in days_of(session, meeting))
    seats = {one.id: one for one in seats_of_group(session, meeting.group_id)}
    sits = {seat: line[-1] for seat, line in sittings_of(session, list(seats.values())).items() if not line[-1].until}
    coming = [one for one in changes if one.state is SeatChangeState.AWAITED and one.on_day <= first]
    followed = {sits[one.seat_id].membership_id for one in coming if one.seat_id in sits}
    # Only whose seat a change was ever written down for has lost an invitation by one.
    changed = {sits[one.seat_id].membership_id for one in changes if one.seat_id in sits}
    ahead = {row.application_id: row for row in rows if row.role is InvitationRole.SUCCESSOR}
    expected = {one.application_id for one in coming}
    settled = {one.application_id for one in here}
    off = InvitationState.CANCELLED
    return _Lacking(
        members=tuple(one for one in here if one.id not in invited and one.id not in followed),
        successors=tuple(sorted(expected - ahead.keys())),
        not_theirs=tuple(
            row
            for row in rows
            if row.state is not off
            and (
                row.membership_id in followed
                or (row.role is InvitationRole.SUCCESSOR and row.application_id not in expected | settled)
            )
        ),
        theirs_again=tuple(
            row
            for row in rows
            if row.state is off
            and (
                (row.membership_id in changed and row.membership_id not in followed)
                or (row.role is InvitationRole.SUCCESSOR and row.application_id in expected)
            )
        ),
    )


def _adopt(session: Session, meeting: Meeting, membership: Membership, *, actor: Actor, now: datetime) -> bool:
    """Makes a substitute's or a successor's invitation the member's that they have become."""
    invitation = session.exec(
        select(Invitation).where(
            Invitation.meeting_id == meeting.id,
            Invitation.application_id == membership.application_id,
            Invitation.state != InvitationState.CANCELLED,
        )
    ).first()
    if invitation is None:
        return False
    make_members(session, invitation, meeting, membership, actor=actor, now=now)
    return True
