"""The register: numbering an application that came in, and telling the candidate that it is there."""

from datetime import datetime

from sqlmodel import Session

from flows.steps.calls import group_of
from flows.steps.corrections import came_too_late
from flows.steps.outbox import compose, office_block, sex_of
from flows.steps.projects import definition_for
from models.actor import Actor
from models.events import Happened
from models.group_kinds import Applicant
from models.identifiers import application_number, new_public_number
from models.tables import Application, Call, Person
from models.tables.applications import ApplicationState
from models.transitions import enter, queue, reference
from templates.letters.applications import AcknowledgementLetter


def register(
    session: Session,
    call: Call,
    person: Person,
    *,
    form: tuple[str, str],
    received_at: datetime,
    channel: str,
    state: ApplicationState = ApplicationState.RECEIVED,
    actor: Actor,
    now: datetime,
) -> Application:
    """Gives the next number of a call to an application on ``form`` (key and version)."""
    session.refresh(call, with_for_update=True)
    call.last_sequence += 1
    session.add(call)
    assert call.id is not None
    assert person.id is not None
    definition = definition_for(session, call)
    by_unit = definition.group_kind(call.group_kind).applicant is Applicant.UNIT
    form_key, form_version = form
    application = Application(
        area=call.area,
        number=application_number(definition.code, call.group_kind, call.area, call.year, call.last_sequence),
        public_number=new_public_number(),
        call_id=call.id,
        person_id=person.id,
        form_key=form_key,
        form_version=form_version,
        unit="" if by_unit else None,
        received_at=received_at,
        channel=channel,
        state=state,
    )
    waits = state is ApplicationState.AWAITING_TYPING
    enter(
        session,
        application,
        happened=Happened.APPLICATION_AWAITS_TYPING if waits else Happened.APPLICATION_RECEIVED,
        actor=actor,
        now=now,
        facts={"number": application.number, "channel": channel},
    )
    return application


def acknowledge(
    session: Session,
    application: Application,
    call: Call,
    person: Person,
    *,
    complete: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Queues the letter that says what came in, when, and under which number."""
    definition = definition_for(session, call)
    message = compose(
        session,
        "acknowledgement",
        AcknowledgementLetter(
            office=office_block(definition),
            sex=sex_of(person),
            public_number=application.public_number,
            group_name=group_of(session, call).name,
            received_at=application.received_at,
            complete=complete,
            late=came_too_late(definition, call, application),
            opens_at=call.opens_at if application.received_at < call.opens_at else None,
        ),
        subject_ref=reference(application),
        area=application.area,
        occasion="received",
        actor=actor,
        now=now,
        person=person,
        definition=definition,
    )
    queue(session, [message] if message else [], actor=actor, now=now)
