"""Answers by a link of a letter: what it says is shown first, and taken only when a person has confirmed it.

Programs open links before people do (virus scanners, previews). So a page that is only fetched (GET) must call
``read_token``, and ``answer_by_token`` with ``confirmed=True`` only after a button was pressed (POST).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from flows.steps.invitation_answers import Said, invitation_of, is_off, take
from flows.steps.invitation_links import LinkAnswer, OpenedToken, open_token, token_of
from flows.steps.meetings import days_of, next_day_of
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.rules.invitation_answers import AnswerOutcome
from models.tables import Invitation, Meeting
from models.tables.meetings import AnswerMethod, AnswerRoad, InvitationState

_MOVED = (
    "Ustalenia spotkania zmieniły się po wysłaniu tego odnośnika albo mamy już nowszą odpowiedź. Prosimy użyć "
    "odnośnika z najnowszej wiadomości albo do nas napisać lub zadzwonić."
)


@dataclass(frozen=True)
class TokenAnswer:
    """What a link answers, for the page that asks for a confirmation; ``changed``: whether it was news."""

    accepts: bool
    meeting_title: str
    changed: bool = False


@dataclass(frozen=True)
class Tokens:
    """The two answers that a letter offers, and until when."""

    accepts: str
    declines: str
    expires_at: datetime


def tokens_for(
    session: Session, call_code: str, meeting_code: str, number: str, *, actor: Actor, now: datetime
) -> Tokens:
    """The tokens of a person's invitation as it stands. Raises ``NotFound``, and ``NotYet`` for one called off."""
    actor.require(Right.MEETINGS)
    invitation = invitation_of(session, call_code, meeting_code, number)
    if is_off(invitation):
        raise NotYet(f"Zaproszenie zgłoszenia {number} na to spotkanie jest odwołane.")
    until = next_day_of(days_of(session, session.get_one(Meeting, invitation.meeting_id)), now)
    accepts, declines = (
        token_of(session, invitation, answer, expires_at=until) for answer in (LinkAnswer.ACCEPTS, LinkAnswer.DECLINES)
    )
    return Tokens(accepts, declines, until)


def read_token(session: Session, token: str, *, now: datetime) -> TokenAnswer:
    """What a link would answer; nothing is changed. Raises ``BadInput`` and ``NotYet`` with what to do instead."""
    opened = open_token(session, token)
    invitation = _invitation(session, opened)
    if is_off(invitation):
        raise NotYet("To zaproszenie zostało odwołane; odpowiedź nie jest już potrzebna.")
    if opened.sequence < invitation.asked_sequence:
        raise NotYet(_MOVED)
    if opened.expires_at <= now:
        raise NotYet("Ten odnośnik stracił ważność. Prosimy odpowiedzieć na naszą wiadomość albo do nas zadzwonić.")
    meeting = session.get_one(Meeting, invitation.meeting_id)
    return TokenAnswer(opened.answer is LinkAnswer.ACCEPTS, meeting.title)


def answer_by_token(
    session: Session, token: str, *, confirmed: bool, answer_url: str = "", actor: Actor, now: datetime
) -> TokenAnswer:
    """Takes the answer of a link, once however often it is clicked. ``confirmed``: a person has said that it is meant.

    Raises ``NotYet`` without that, and whatever ``read_token`` raises.
    """
    opened = open_token(session, token)
    session.refresh(_invitation(session, opened), with_for_update=True)
    read = read_token(session, token, now=now)
    if not confirmed:
        raise NotYet("Odpowiedź trzeba potwierdzić: samo otwarcie odnośnika niczego nie zmienia.")
    invitation = _invitation(session, opened)
    wanted = InvitationState.ACCEPTED if read.accepts else InvitationState.DECLINED
    if invitation.state is wanted:
        return read
    said = Said(AnswerMethod.REPLY, wanted.name, opened.sequence, now)
    outcome = take(session, invitation, said, road=AnswerRoad.LINK, answer_url=answer_url, actor=actor, now=now)
    if outcome is not AnswerOutcome.TAKEN:
        raise NotYet(_MOVED)
    return replace(read, changed=True)


def _invitation(session: Session, opened: OpenedToken) -> Invitation:
    invitation = session.get(Invitation, opened.invitation_id)
    if invitation is None:
        raise BadInput("Ten odnośnik dotyczy zaproszenia, którego nie ma. Prosimy do nas napisać lub zadzwonić.")
    return invitation
