"""Announcement: what was decided is made known, all of a call at once: letters, offered seats, papers."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from flows.adapters.office import Office
from flows.steps.announcement_letters import result_letter
from flows.steps.announcement_papers import issue_documents
from flows.steps.calls import find_call, group_of, require_selection
from flows.steps.commission import require_risen
from flows.steps.decided_applications import DecidedApplication, decided_applications, to_be_announced
from flows.steps.decisions import check_places
from flows.steps.declarations import issue_declaration
from flows.steps.meetings import plan_meetings
from flows.steps.memberships import offer_seat
from flows.steps.outbox import withdraw_contrary
from flows.steps.people import people_behind
from flows.steps.preferences import SEAT_KEEPS_OUT, may_leave, pending_sentences
from flows.steps.ranking import newest_ranking, require_proof
from flows.steps.withdrawal import revoke_seat
from models.actor import Actor, Right
from models.errors import NotYet
from models.events import Happened
from models.tables import Call, Group
from models.tables.applications import DECIDED, ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.transitions import move


@dataclass(frozen=True)
class AnnouncementCounts:
    accepted: int
    reserve: int
    rejected: int
    documents: int
    remarks: tuple[str, ...] = ()
    """Polish sentences on accepted people who may leave for a group that they want more."""


def announce(office: Office, call_code: str, *, actor: Actor) -> AnnouncementCounts:
    """Announces every decision of a call that was not announced yet, all in one transaction.

    Raises ``NotYet`` while an application of the call waits for its decision, and ``RankingDisputed`` when the
    independent checker does not agree with the ranking that was decided by.
    """
    actor.require(Right.ANNOUNCE)
    now = office.now()
    with office.writing(actor) as session:
        call = find_call(session, call_code)
        require_selection(session, call)
        session.refresh(call, with_for_update=True)
        if call.state in (CallState.OPEN, CallState.RANKED):
            raise NotYet(f"W naborze {call_code} nie ma jeszcze kompletu decyzji Komisji.")
        require_risen(session, call)
        ranking = newest_ranking(session, call)
        assert ranking is not None
        # What is asked for again and again below is in the session's hands meanwhile.
        group, people = group_of(session, call), people_behind(session, call)
        decided = decided_applications(session, call, ranking, to_be_announced)
        fresh = [one for one in decided if one.application.state in DECIDED]
        if not fresh:
            return AnnouncementCounts(0, 0, 0, 0)
        check_places(session, call, [one.application for one in fresh])
        require_proof(ranking)
        remarks = pending_sentences(may_leave(session, call), SEAT_KEEPS_OUT)
        reserve = [one.application.id for one in decided if one.decision.outcome is DecisionOutcome.RESERVE]
        positions = {application_id: position for position, application_id in enumerate(reserve, start=1)}
        for one in fresh:
            position = positions.get(one.application.id, 0)
            _announce_one(session, call, group, one, position, actor=actor, now=now)
        documents = issue_documents(office, session, call, decided, fresh, actor=actor, now=now)
        for one in fresh:
            if one.decision.outcome is DecisionOutcome.ACCEPTED:
                made = issue_declaration(office, session, one.application, actor=actor, now=now)
                documents += made is not None
        if call.state is CallState.DECIDED:
            move(
                session,
                call,
                CallState.ANNOUNCED,
                happened=Happened.CALL_ANNOUNCED,
                actor=actor,
                now=now,
                facts={"announced": len(fresh)},
            )
        plan_meetings(session, call, actor=actor, now=now)
        outcomes = [one.decision.outcome for one in fresh]
        del people
    return AnnouncementCounts(
        accepted=outcomes.count(DecisionOutcome.ACCEPTED),
        reserve=outcomes.count(DecisionOutcome.RESERVE),
        rejected=outcomes.count(DecisionOutcome.REJECTED),
        documents=documents,
        remarks=tuple(remarks),
    )


def _announce_one(
    session: Session, call: Call, group: Group, one: DecidedApplication, position: int, *, actor: Actor, now: datetime
) -> None:
    application, decision = one.application, one.decision
    topic = f"result/{application.id}"
    withdraw_contrary(session, topic, actor=actor, now=now)
    membership = None
    if decision.outcome is DecisionOutcome.ACCEPTED:
        membership = offer_seat(session, application, actor=actor, now=now)
    else:
        revoke_seat(session, application, actor=actor, now=now)
    message = result_letter(session, call, group, one, position, membership, topic, actor=actor, now=now)
    decision.announced_at = now
    session.add(decision)
    move(
        session,
        application,
        ApplicationState.ANNOUNCED,
        happened=Happened.ANNOUNCED,
        actor=actor,
        now=now,
        facts={"outcome": decision.outcome, "decision": decision.version},
        messages=[message] if message else [],
    )
