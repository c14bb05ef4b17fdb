"""Refusals where there is no selection: an officer says no, with a reason; the candidate reads it and may appeal."""

from datetime import datetime

from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.steps.admission import without_selection
from flows.steps.announcement_letters import verdict_lines
from flows.steps.applications import call_of, find_application
from flows.steps.attachments import CALL_FORM
from flows.steps.decisions import reason_for
from flows.steps.documents import newest
from flows.steps.institution_seat_letters import ask_to_name, topic_of
from flows.steps.nominations import ask_again
from flows.steps.notices import notice
from flows.steps.outbox import withdraw_contrary
from flows.steps.seat_changes import CallOff, drop_change_of
from flows.steps.seats import newest_decision
from flows.steps.verification import newest_sheet
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.glossary import label
from models.project import ProjectDefinition, Purpose
from models.rules.working_days import deadline
from models.tables import Application, Call, Decision, InstitutionSeat
from models.tables.applications import ApplicationState
from models.tables.decisions import DecisionOutcome
from models.tables.nominations import ASKED_TO_NAME
from models.transitions import move
from templates.letters.decisions import RefusedLetter

REFUSED = "refused"
REFUSABLE = frozenset({ApplicationState.NOT_ELIGIBLE, ApplicationState.CLOSED_INCOMPLETE, ApplicationState.ELIGIBLE})
_LONGEST_REASON = 2000


def refuse(session: Session, number: str, *, reason: str, actor: Actor, now: datetime) -> Application:
    """An officer refuses an application to a call without selection. ``reason`` is what the candidate reads.

    The institution that named the person is asked for another one, without the reason. Raises ``BadInput`` without a
    reason and for a call with ranking and decision, ``NotYet`` for an application that is not ready to be refused.
    """
    actor.require(Right.ANNOUNCE)
    said = " ".join(reason.split())
    if not said or len(said) > _LONGEST_REASON:
        raise BadInput(
            f"Odmowa wymaga uzasadnienia (--reason), najwyżej {_LONGEST_REASON} znaków; przeczyta je kandydat."
        )
    application = find_application(session, number)
    call, definition, _ = without_selection(session, call_of(session, application).code)
    session.refresh(call, with_for_update=True)
    session.refresh(application, with_for_update=True)
    if application.state not in REFUSABLE:
        raise NotYet(
            f"Zgłoszenie {number}: {label(application.state)}. Odmówić można po ocenie (nabor admission run) albo po "
            "zamknięciu jako niekompletne; kto jest w grupie, wycofuje zgłoszenie (nabor application withdraw)."
        )
    incomplete = application.state is ApplicationState.CLOSED_INCOMPLETE
    decision = _record(session, application, definition, incomplete, said, actor=actor, now=now)
    topic = f"result/{application.id}"
    withdraw_contrary(session, topic, actor=actor, now=now)
    letters = notice(
        session,
        application,
        REFUSED,
        RefusedLetter,
        occasion=f"decision-{decision.version}",
        topic=topic,
        actor=actor,
        now=now,
        reason=said,
        refused_on=warsaw_date(now),
        verdicts=() if incomplete else verdict_lines(newest_sheet(session, application)),
        appeal_until=warsaw_date(deadline(now, definition.appeals.period_working_days)),
        appeal_paragraph=definition.appeals.paragraph,
    )
    move(
        session,
        application,
        ApplicationState.REFUSED,
        happened=Happened.APPLICATION_REFUSED,
        actor=actor,
        now=now,
        facts={"decision": decision.version},
        messages=letters,
    )
    drop_change_of(session, application, CallOff.SUCCESSOR_REFUSED, actor=actor, now=now)
    _tell_institution(session, call, application, actor=actor, now=now)
    return application


def _record(
    session: Session,
    application: Application,
    definition: ProjectDefinition,
    incomplete: bool,
    said: str,
    *,
    actor: Actor,
    now: datetime,
) -> Decision:
    last = newest_decision(session, application)
    assert application.id is not None
    decision = Decision(
        area=application.area,
        application_id=application.id,
        version=(last.version if last else 0) + 1,
        outcome=DecisionOutcome.REJECTED,
        reason_code=reason_for(definition, Purpose.INCOMPLETE if incomplete else Purpose.NOT_ELIGIBLE),
        note=said,
        as_proposed=False,
        decided_at=now,
        decided_by=actor.login,
        announced_at=now,
    )
    session.add(decision)
    session.flush()
    return decision


def _tell_institution(session: Session, call: Call, application: Application, *, actor: Actor, now: datetime) -> None:
    """Whoever named the person is asked for another one, while its seat waits for somebody."""
    if application.seat_id is None:
        return
    seat = session.get_one(InstitutionSeat, application.seat_id, with_for_update=True)
    if seat.state not in ASKED_TO_NAME:
        return
    withdraw_contrary(session, topic_of(seat), actor=actor, now=now)
    ask_again(session, seat, now=now)
    ask_to_name(session, seat, newest(session, CALL_FORM, call.code), refused=application, actor=actor, now=now)
