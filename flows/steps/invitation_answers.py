"""Answers to invitations, by whichever road they come: each is kept as a row, and the one that counts moves the state.

Which one counts is :mod:`models.rules.invitation_answers`. What an officer enters after a call always counts.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from flows.steps.applications import find_application
from flows.steps.meeting_letters import invitation_topic, invite_letter, invited_application, last_letter
from flows.steps.meetings import days_of, find_meeting
from flows.steps.outbox import withdraw_contrary
from flows.steps.substitutes import recall_substitute, stand_in
from models.actor import Actor, Right
from models.errors import NotFound, NotYet
from models.events import Happened
from models.glossary import label
from models.rules.invitation_answers import AnswerOutcome, Asked, Given, judge
from models.tables import Invitation, InvitationAnswer, Meeting, Membership, Message
from models.tables.meetings import EXPECTED, AnswerMethod, AnswerRoad, InvitationRole, InvitationState
from models.tables.outbox import UNSENT, MessageState
from models.transitions import Facts, move, note, queue, reference

_STATES = {
    "ACCEPTED": (InvitationState.ACCEPTED, Happened.INVITATION_ACCEPTED),
    "DECLINED": (InvitationState.DECLINED, Happened.INVITATION_DECLINED),
    "TENTATIVE": (InvitationState.TENTATIVE, Happened.INVITATION_TENTATIVE),
    "DELEGATED": (InvitationState.DELEGATED, Happened.INVITATION_DELEGATED),
}


@dataclass(frozen=True)
class Said:
    """What an answer says. ``one_day``: it is about one day of a meeting of several."""

    method: AnswerMethod
    partstat: str
    sequence: int
    stamped_at: datetime
    comment: str = ""
    delegate: str = ""
    proposed: dict[str, str] | None = None
    one_day: bool = False


def take(
    session: Session,
    invitation: Invitation,
    said: Said,
    *,
    road: AnswerRoad,
    mail_id: int | None = None,
    refused: AnswerOutcome | None = None,
    answer_url: str = "",
    actor: Actor,
    now: datetime,
) -> AnswerOutcome:
    """Records an answer, and does what follows from it if it counts. ``refused``: it does not, for a reason of the
    mail that brought it."""
    # In this order, as a change of the meeting locks them.
    meeting = session.get_one(Meeting, invitation.meeting_id, with_for_update=True)
    session.refresh(invitation, with_for_update=True)
    again = None
    if refused is not None:
        outcome = refused
    elif road is AnswerRoad.OFFICER:
        outcome = AnswerOutcome.CANCELLED if is_off(invitation) else AnswerOutcome.TAKEN
    else:
        outcome = _judged(session, meeting, invitation, said, now=now)
    if road is AnswerRoad.LINK and outcome is AnswerOutcome.CONFLICTING:
        outcome = AnswerOutcome.TAKEN  # a click is never of the past: of two in one instant it is the later
    if outcome is AnswerOutcome.TAKEN and said.method is AnswerMethod.REFRESH:
        again = _once_more(session, invitation, answer_url=answer_url, actor=actor, now=now)
    session.add(_row(invitation, said, road, mail_id, outcome, actor=actor, now=now))
    session.flush()
    if outcome is AnswerOutcome.TAKEN and said.method is AnswerMethod.REPLY:
        _follow(session, invitation, said, answer_url=answer_url, actor=actor, now=now)
    elif outcome is AnswerOutcome.TAKEN:
        queue(session, [again] if again else [], actor=actor, now=now)
        _note(session, invitation, Happened.INVITATION_SENT_AGAIN, {"letters": again is not None}, actor, now)
    elif outcome is AnswerOutcome.PROPOSED:
        _note(session, invitation, Happened.COUNTER_PROPOSED, {"sequence": said.sequence}, actor, now)
    elif outcome is not AnswerOutcome.REPEATED:
        facts: Facts = {"why": outcome.value, "sequence": said.sequence, "road": road.value}
        _note(session, invitation, Happened.ANSWER_NOT_TAKEN, facts, actor, now)
    return outcome


def answer_invitation(
    session: Session,
    call_code: str,
    meeting_code: str,
    number: str,
    *,
    accepts: bool,
    answer_url: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Records a member's or a substitute's answer to an invitation, as told by phone or mail."""
    actor.require(Right.MEETINGS)
    invitation = invitation_of(session, call_code, meeting_code, number)
    partstat = "ACCEPTED" if accepts else "DECLINED"
    said = Said(AnswerMethod.REPLY, partstat, invitation.sequence, now)
    outcome = take(session, invitation, said, road=AnswerRoad.OFFICER, answer_url=answer_url, actor=actor, now=now)
    if outcome is AnswerOutcome.CANCELLED:
        raise NotYet(f"Zaproszenie zgłoszenia {number} na to spotkanie jest odwołane; odpowiedzi już się nie wpisuje.")


def invitation_of(session: Session, call_code: str, meeting_code: str, number: str) -> Invitation:
    """The invitation of an application number to a meeting, as a member or as a substitute. Raises ``NotFound``.

    One that stands goes before one that was called off, and a later one before an earlier.
    """
    _, _, meeting = find_meeting(session, call_code, meeting_code)
    application = find_application(session, number)
    memberships = select(Membership.id).where(Membership.application_id == application.id)
    rows = session.exec(
        select(Invitation)
        .where(
            Invitation.meeting_id == meeting.id,
            or_(
                col(Invitation.application_id) == application.id,
                col(Invitation.membership_id).in_(memberships),
            ),
        )
        .order_by(col(Invitation.id).desc())
    ).all()
    if not rows:
        raise NotFound(f"Zgłoszenie {number} nie ma zaproszenia na to spotkanie.")
    return min(rows, key=is_off)


@dataclass(frozen=True)
class AnswerLine:
    """One answer as officers see it, by number. ``number`` is empty for one that names no invitation of ours."""

    at: datetime
    number: str
    said: str
    road: AnswerRoad
    outcome: AnswerOutcome
    mail_id: int | None
    delegate: str
    comment: str


def answer_lines(session: Session, call_code: str, meeting_code: str) -> list[AnswerLine]:
    """Every answer to invitations to a meeting, taken or not, in the order in which they came."""
    _, _, meeting = find_meeting(session, call_code, meeting_code)
    rows = session.exec(
        select(InvitationAnswer, Invitation)
        .join(Invitation, col(Invitation.id) == InvitationAnswer.invitation_id)
        .where(Invitation.meeting_id == meeting.id)
        .order_by(col(InvitationAnswer.id))
    ).all()
    return [
        AnswerLine(
            at=answer.recorded_at,
            number=invited_application(session, invitation).number,
            said=_in_words(answer),
            road=answer.road,
            outcome=answer.outcome,
            mail_id=answer.mail_id,
            delegate=answer.delegate,
            comment=answer.comment,
        )
        for answer, invitation in rows
    ]


def _in_words(answer: InvitationAnswer) -> str:
    known = _STATES.get(answer.partstat) if answer.method is AnswerMethod.REPLY else None
    return label(known[0]) if known is not None else label(answer.method)


def counting_answer(session: Session, invitation: Invitation) -> InvitationAnswer | None:
    """The answer that counts: of those taken since the hours stand as they do, the one given last."""
    return session.exec(
        select(InvitationAnswer)
        .where(
            InvitationAnswer.invitation_id == invitation.id,
            InvitationAnswer.method == AnswerMethod.REPLY,
            InvitationAnswer.outcome == AnswerOutcome.TAKEN,
            col(InvitationAnswer.sequence) >= invitation.asked_sequence,
        )
        .order_by(
            col(InvitationAnswer.sequence).desc(),
            col(InvitationAnswer.stamped_at).desc(),
            col(InvitationAnswer.id).desc(),
        )
    ).first()


def is_off(invitation: Invitation) -> bool:
    """Whether nobody waits for an answer any more, since the invitation was called off."""
    return invitation.state is InvitationState.CANCELLED


def _judged(session: Session, meeting: Meeting, invitation: Invitation, said: Said, *, now: datetime) -> AnswerOutcome:
    days = days_of(session, meeting)
    over = days[-1].ends_at <= now
    asked = Asked(invitation.sequence, invitation.asked_sequence, cancelled=is_off(invitation), over=over)
    if said.method is AnswerMethod.REFRESH:
        if asked.cancelled or over:
            return AnswerOutcome.CANCELLED if asked.cancelled else AnswerOutcome.TOO_LATE
        return AnswerOutcome.REPEATED if _sent_again(session, invitation) else AnswerOutcome.TAKEN
    if said.method is AnswerMethod.REPLY and said.partstat not in _STATES:
        return AnswerOutcome.NO_ANSWER
    row = counting_answer(session, invitation)
    counts = Given(row.sequence, row.stamped_at, row.partstat) if row is not None else None
    given = Given(said.sequence, said.stamped_at, said.partstat)
    if said.method is AnswerMethod.COUNTER:
        outcome = judge(given, asked, None)
        if outcome is not AnswerOutcome.TAKEN:
            return outcome
        return AnswerOutcome.REPEATED if _proposed_before(session, invitation, said) else AnswerOutcome.PROPOSED
    outcome = judge(given, asked, counts)
    return AnswerOutcome.PARTIAL if outcome is AnswerOutcome.TAKEN and said.one_day and len(days) > 1 else outcome


def _sent_again(session: Session, invitation: Invitation) -> bool:
    """Whether the person has asked for this version of the invitation before: it is sent again once."""
    return (
        session.exec(
            select(InvitationAnswer.id).where(
                InvitationAnswer.invitation_id == invitation.id,
                InvitationAnswer.method == AnswerMethod.REFRESH,
                InvitationAnswer.outcome == AnswerOutcome.TAKEN,
                InvitationAnswer.sequence == invitation.sequence,
            )
        ).first()
        is not None
    )


def _proposed_before(session: Session, invitation: Invitation, said: Said) -> bool:
    rows = session.exec(
        select(InvitationAnswer.proposed).where(
            InvitationAnswer.invitation_id == invitation.id,
            InvitationAnswer.outcome == AnswerOutcome.PROPOSED,
            InvitationAnswer.sequence == said.sequence,
        )
    ).all()
    return said.proposed in rows


def _follow(
    session: Session, invitation: Invitation, said: Said, *, answer_url: str, actor: Actor, now: datetime
) -> None:
    """The state that an answer leads to, and what hangs on it: reminders, a withdrawn invitation, a substitute."""
    state, happened = _STATES[said.partstat]
    was = invitation.state
    invitation.answered_at = now
    session.add(invitation)
    withdraw_contrary(session, f"invitation/{invitation.id}", actor=actor, now=now)
    if state not in EXPECTED:
        withdraw_contrary(session, invitation_topic(invitation), actor=actor, now=now)
    if was is state:
        return
    message = None
    if state in EXPECTED and was not in EXPECTED:
        message = _kept_here(session, invitation, answer_url=answer_url, actor=actor, now=now)
    messages = [message] if message else []
    move(session, invitation, state, happened=happened, actor=actor, now=now, messages=messages)
    if state is InvitationState.DECLINED:
        stand_in(session, invitation, answer_url=answer_url, actor=actor, now=now)
    elif state in EXPECTED and invitation.role is InvitationRole.MEMBER:
        recall_substitute(session, invitation, actor=actor, now=now)


def _kept_here(
    session: Session, invitation: Invitation, *, answer_url: str, actor: Actor, now: datetime
) -> Message | None:
    """The invitation that a refusal kept here, written again now that the refusal is taken back."""
    if last_letter(session, invitation) not in (MessageState.WITHDRAWN, MessageState.EXPIRED):
        return None
    if max(day.starts_at for day in days_of(session, session.get_one(Meeting, invitation.meeting_id))) <= now:
        return None
    return invite_letter(session, invitation, answer_url=answer_url, actor=actor, now=now)


def _once_more(
    session: Session, invitation: Invitation, *, answer_url: str, actor: Actor, now: datetime
) -> Message | None:
    """The invitation as it stands, unless one waits to leave anyway."""
    if last_letter(session, invitation) in UNSENT:
        return None
    return invite_letter(session, invitation, answer_url=answer_url, actor=actor, now=now)


def _note(
    session: Session,
    invitation: Invitation,
    happened: Happened,
    facts: Facts,
    actor: Actor,
    now: datetime,
) -> None:
    note(session, reference(invitation), happened=happened, actor=actor, now=now, area=invitation.area, facts=facts)


def _row(
    invitation: Invitation,
    said: Said,
    road: AnswerRoad,
    mail_id: int | None,
    outcome: AnswerOutcome,
    *,
    actor: Actor,
    now: datetime,
) -> InvitationAnswer:
    # A request for the invitation names no version that could be trusted: it is about the one that is sent again.
    sequence = invitation.sequence if said.method is AnswerMethod.REFRESH else said.sequence
    return InvitationAnswer(
        area=invitation.area,
        invitation_id=invitation.id,
        mail_id=mail_id,
        road=road,
        method=said.method,
        partstat=said.partstat,
        sequence=sequence,
        stamped_at=said.stamped_at,
        outcome=outcome,
        comment=said.comment,
        delegate=said.delegate,
        proposed=said.proposed,
        recorded_at=now,
        recorded_by=actor.login,
    )
