"""Proposing and deciding are two people's work: who ranked a call decides nothing in it, and the other way round."""

from sqlmodel import Session, col, select

from flows.steps.projects import definition_for
from models.actor import Actor
from models.errors import NotAllowed
from models.rules.voting import CommissionRules
from models.tables import (
    Application,
    Ballot,
    Call,
    CommissionMember,
    Decision,
    Officer,
    Promotion,
    Ranking,
    Recusal,
    Vote,
)

_ALLOWED = "Projekt może na to pozwolić (commission.four_eyes: false)."


def rules_for(session: Session, call: Call) -> CommissionRules:
    """How the call's commission works: the project's rules, or the usual ones where the project states none."""
    return definition_for(session, call).commission or CommissionRules()


def check_may_decide(session: Session, call: Call, login: str) -> None:
    """Raises ``NotAllowed`` for one who drew up a ranking of this call."""
    if not rules_for(session, call).four_eyes:
        return
    if session.exec(select(Ranking.id).where(Ranking.call_id == call.id, Ranking.ranked_by == login)).first():
        raise NotAllowed(
            f"Konto „{login}” sporządziło listę rankingową naboru {call.code}, więc w tym naborze nie głosuje "
            f"i nie decyduje: propozycja i rozstrzygnięcie należą do dwóch osób. {_ALLOWED}"
        )


def took_part(session: Session, decision: Decision, login: str) -> bool:
    """Whether this account recorded the decision or had a voice in the ballot that it rests on."""
    if decision.decided_by == login:
        return True
    voices = (
        select(Vote.id)
        .join(CommissionMember, CommissionMember.id == Vote.member_id)  # type: ignore[arg-type]
        .join(Officer, Officer.id == CommissionMember.officer_id)  # type: ignore[arg-type]
        .where(Vote.ballot_id == decision.ballot_id, Officer.login == login)
    )
    return decision.ballot_id is not None and session.exec(voices).first() is not None


def is_recused(session: Session, application: Application, login: str) -> bool:
    """Whether this account was recused from the application, in whatever appointment to the commission."""
    recusals = (
        select(Recusal.id)
        .join(CommissionMember, CommissionMember.id == Recusal.member_id)  # type: ignore[arg-type]
        .join(Officer, Officer.id == CommissionMember.officer_id)  # type: ignore[arg-type]
        .where(Recusal.application_id == application.id, Officer.login == login)
    )
    return session.exec(recusals).first() is not None


def check_may_propose(session: Session, call: Call, actor: Actor) -> None:
    """Raises ``NotAllowed`` for one who voted or recorded a decision in this call.

    A promotion by hand carries out what others decided, and is no decision of one's own.
    """
    if not rules_for(session, call).four_eyes:
        return
    decided = (
        select(Decision.id)
        .join(Application)
        .where(
            Application.call_id == call.id,
            Decision.decided_by == actor.login,
            col(Decision.id).not_in(select(Promotion.decision_id)),
        )
    )
    voted = (
        select(Vote.id)
        .join(Ballot)
        .join(Ranking)
        .join(CommissionMember, CommissionMember.id == Vote.member_id)  # type: ignore[arg-type]
        .join(Officer, Officer.id == CommissionMember.officer_id)  # type: ignore[arg-type]
        .where(Ranking.call_id == call.id, Officer.login == actor.login)
    )
    if session.exec(decided).first() or session.exec(voted).first():
        raise NotAllowed(
            f"Konto „{actor.login}” głosowało albo zapisywało decyzje w naborze {call.code}, więc listy dla niego nie "
            f"sporządza: propozycja i rozstrzygnięcie należą do dwóch osób. {_ALLOWED}"
        )
