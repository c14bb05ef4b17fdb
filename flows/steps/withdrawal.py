"""Giving up and taking back: whatever hangs on an application or a seat is let go of with it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.appeal_records import pending_appeal
from flows.steps.appeals import close_appeal
from flows.steps.applications import call_of, find_application, open_correction
from flows.steps.calls import group_of
from flows.steps.meeting_changes import call_off
from flows.steps.meeting_letters import invitation_topic
from flows.steps.memberships import newest_membership
from flows.steps.nominations import free_seat
from flows.steps.outbox import compose, office_block, sex_of, withdraw_contrary
from flows.steps.projects import definition_for
from flows.steps.seat_changes import CallOff, drop_change_of
from flows.steps.substitutes import recall_from_reserve
from flows.steps.support_ends import end_with_seat
from models.actor import Actor
from models.events import Happened
from models.tables import Application, Invitation, Meeting, Membership, Person
from models.tables.applications import ApplicationState, CorrectionState
from models.tables.meetings import InvitationState, MeetingState
from models.tables.memberships import SEATED, MembershipState
from models.transitions import move, reference
from templates.letters.applications import WithdrawnLetter


def withdraw(session: Session, number: str, *, actor: Actor, now: datetime) -> Application:
    """Withdraws an application at any step: the open request closes, the seat is given up, unsent letters stay here.

    The candidate gets a confirmation. Nothing that happened before is erased.
    """
    application = find_application(session, number)
    call = call_of(session, application)
    # Locked before anything is read that depends on them: an announcement may be under way.
    session.refresh(call, with_for_update=True)
    session.refresh(application, with_for_update=True)
    definition = definition_for(session, call)
    person = session.get_one(Person, application.person_id)
    correction = open_correction(session, application)
    if correction is not None:
        move(session, correction, CorrectionState.CLOSED, happened=Happened.CORRECTION_CLOSED, actor=actor, now=now)
    for topic in (f"correction/{application.id}", f"result/{application.id}"):
        withdraw_contrary(session, topic, actor=actor, now=now)
    appeal = pending_appeal(session, application)
    if appeal is not None:
        close_appeal(session, appeal, actor=actor, now=now)
    membership = newest_membership(session, application)
    support = _give_up_seat(session, membership, actor=actor, now=now) if membership is not None else ()
    recall_from_reserve(session, application, actor=actor, now=now)
    drop_change_of(session, application, CallOff.SUCCESSOR_WITHDREW, actor=actor, now=now)
    message = compose(
        session,
        "withdrawn",
        WithdrawnLetter(
            office=office_block(definition),
            sex=sex_of(person),
            public_number=application.public_number,
            group_name=group_of(session, call).name,
            withdrawn_on=warsaw_date(now),
            support=support,
        ),
        subject_ref=reference(application),
        area=application.area,
        occasion="withdrawn",
        actor=actor,
        now=now,
        person=person,
        definition=definition,
    )
    move(
        session,
        application,
        ApplicationState.WITHDRAWN,
        happened=Happened.APPLICATION_WITHDRAWN,
        actor=actor,
        now=now,
        messages=[message] if message else [],
    )
    return application


def revoke_seat(session: Session, application: Application, *, actor: Actor, now: datetime) -> None:
    """Takes back a seat that a new decision no longer gives. Who has begun to take part is struck off."""
    membership = newest_membership(session, application)
    if membership is None or membership.state not in {MembershipState.OFFERED, *SEATED}:
        return
    let_go(session, membership, actor=actor, now=now)
    began = membership.state is MembershipState.MEMBER
    move(
        session,
        membership,
        MembershipState.STRUCK_OFF if began else MembershipState.REVOKED,
        happened=Happened.SEAT_STRUCK_OFF if began else Happened.SEAT_REVOKED,
        actor=actor,
        now=now,
    )


def _give_up_seat(session: Session, membership: Membership, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Returns the kinds of support that ended with it."""
    if membership.state not in {MembershipState.OFFERED, *SEATED}:
        return ()
    support = let_go(session, membership, actor=actor, now=now)
    if membership.state is MembershipState.OFFERED:
        membership.answered_at = now
        session.add(membership)
        move(session, membership, MembershipState.DECLINED, happened=Happened.SEAT_DECLINED, actor=actor, now=now)
    else:
        move(session, membership, MembershipState.LEFT, happened=Happened.SEAT_LEFT, actor=actor, now=now)
        free_seat(session, membership, actor=actor, now=now)
    return support


def let_go(session: Session, membership: Membership, *, actor: Actor, now: datetime) -> tuple[str, ...]:
    """What a seat brought with it and has not happened yet: unsent letters, invitations to meetings, support.

    Returns the kinds of support that ended with it.
    """
    for topic in topics_of_seat(session, membership):
        withdraw_contrary(session, topic, actor=actor, now=now)
    for invitation in _invitations_to_come(session, membership):
        call_off(session, invitation, why="left_group", actor=actor, now=now)
    return end_with_seat(session, membership, actor=actor, now=now)


def topics_of_seat(session: Session, membership: Membership) -> list[str]:
    """What unsent letters say that only whoever keeps the seat should read."""
    topics = [f"offer/{membership.id}", f"seat/{membership.id}"]
    for invitation in _invitations_to_come(session, membership):
        topics += [invitation_topic(invitation), f"invitation/{invitation.id}"]
    return topics


def _invitations_to_come(session: Session, membership: Membership) -> Sequence[Invitation]:
    return session.exec(
        select(Invitation)
        .join(Meeting, col(Meeting.id) == Invitation.meeting_id)
        .where(
            Invitation.membership_id == membership.id,
            col(Meeting.state).in_((MeetingState.PLANNED, MeetingState.INVITED)),
            Invitation.state != InvitationState.CANCELLED,
        )
    ).all()
