"""Substitutes: by the project's rule, whoever waits next in reserve is asked to come to one meeting for who declined.

Nobody's membership changes, and nobody loses a place on the reserve list, whatever they answer. A substitute who has
accepted is not sent away again when the member changes their mind: there is a chair for both.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import call_of
from flows.steps.invitations import new_uid
from flows.steps.meeting_changes import call_off
from flows.steps.meeting_letters import invite_letter, invited_application
from flows.steps.meetings import days_of
from flows.steps.projects import definition_for, definition_of
from flows.steps.reserve import basis, choose
from models.actor import Actor
from models.attendance_rules import DeclineOffers
from models.columns import canonical
from models.events import Happened
from models.rules.promotion import Promotion as Choice
from models.tables import Application, Invitation, Meeting
from models.tables.meetings import EXPECTED, InvitationRole, InvitationState
from models.transitions import enter, queue


def stand_in(
    session: Session, declined: Invitation, *, answer_url: str, actor: Actor, now: datetime
) -> Invitation | None:
    """Asks the next of the reserve to come instead of who declined; ``None`` where the rule, the time or the reserve
    does not allow it. The choice is that of a promotion, and is on record with what it rests on.

    The caller has locked the meeting, so that two refusals at once do not choose the same person.
    """
    if declined.role is InvitationRole.SUBSTITUTE:
        return stand_in(
            session,
            session.get_one(Invitation, declined.instead_of_id),
            answer_url=answer_url,
            actor=actor,
            now=now,
        )
    meeting = session.get_one(Meeting, declined.meeting_id)
    rule = definition_of(session, meeting.project_version_id).decline
    if rule is None or rule.offers is not DeclineOffers.SEAT_FOR_MEETING or declined.state in EXPECTED:
        return None
    if days_of(session, meeting)[0].starts_at <= now or _standing(session, declined):
        return None
    choice, body = _choose(session, meeting, declined)
    if choice is None:
        return None
    application = session.exec(select(Application).where(Application.number == choice.number)).one()
    assert meeting.id is not None
    nth = len(session.exec(select(Invitation.id).where(Invitation.application_id == application.id)).all()) + 1
    substitute = Invitation(
        area=meeting.area,
        meeting_id=meeting.id,
        role=InvitationRole.SUBSTITUTE,
        application_id=application.id,
        instead_of_id=declined.id,
        basis=body,
        uid=new_uid(session, meeting, f"substitute-{application.id}-{nth}"),
        sequence=meeting.sequence,
        asked_sequence=meeting.sequence,
        invited_at=now,
    )
    enter(
        session,
        substitute,
        happened=Happened.SUBSTITUTE_INVITED,
        actor=actor,
        now=now,
        facts={
            "meeting": meeting.code,
            "application": choice.number,
            "instead_of": invited_application(session, declined).number,
            "position": choice.position,
            "why": choice.sentence,
        },
    )
    message = invite_letter(session, substitute, answer_url=answer_url, actor=actor, now=now)
    queue(session, [message] if message else [], actor=actor, now=now)
    return substitute


def recall_substitute(session: Session, member: Invitation, *, actor: Actor, now: datetime) -> None:
    """The member comes after all: a substitute who has not accepted yet is told so."""
    for substitute in _standing(session, member):
        if substitute.state is not InvitationState.ACCEPTED:
            call_off(session, substitute, why="member_comes", actor=actor, now=now)


def recall_from_reserve(session: Session, application: Application, *, actor: Actor, now: datetime) -> None:
    """Who withdraws an application from the reserve is not expected as a substitute either."""
    rows = session.exec(
        select(Invitation).where(
            Invitation.application_id == application.id,
            Invitation.role == InvitationRole.SUBSTITUTE,
            Invitation.state != InvitationState.CANCELLED,
        )
    ).all()
    for row in rows:
        if days_of(session, session.get_one(Meeting, row.meeting_id))[0].starts_at > now:
            call_off(session, row, why="application_withdrawn", actor=actor, now=now)


def _standing(session: Session, member: Invitation) -> Sequence[Invitation]:
    return session.exec(
        select(Invitation)
        .where(Invitation.instead_of_id == member.id, col(Invitation.state).in_(EXPECTED))
        .order_by(col(Invitation.id))
    ).all()


def _choose(session: Session, meeting: Meeting, declined: Invitation) -> tuple[Choice | None, str]:
    """The next of the reserve who was not asked to this meeting yet, and the bytes that the choice rests on."""
    application = invited_application(session, declined)
    call = call_of(session, application)
    given = json.loads(canonical(basis(session, call, definition_for(session, call), application)))
    asked = set(
        session.exec(
            select(Application.number)
            .join(Invitation, col(Invitation.application_id) == Application.id)
            .where(Invitation.meeting_id == meeting.id, Invitation.state != InvitationState.CANCELLED)
        ).all()
    )
    given["reserve"] = [one for one in given["reserve"] if one["number"] not in asked]
    # One seat at the table is free, however many the group has.
    given["free"] = 1
    body = canonical(given)
    choice = choose(body)
    return (choice if isinstance(choice, Choice) else None), body
