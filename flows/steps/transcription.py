"""Transcription: paper forms, scans and pictures wait as applications until an officer has typed them in.

Nothing on a picture is guessed. The application has its number and its time of receipt at once; its answers come from
the sheet that the officer fills in beside the picture (:mod:`flows.steps.typing_sheets`), and are taken from it all of
them or none (:mod:`flows.steps.typing_in`).
"""

from datetime import datetime

from sqlmodel import Session

from flows.steps.applications import call_of, open_correction
from flows.steps.calls import find_call, group_of
from flows.steps.corrections import came_too_late
from flows.steps.outbox import compose, office_block, sex_of, withdraw_contrary
from flows.steps.projects import definition_for
from flows.steps.registration import register
from models.actor import Actor
from models.errors import BadInput
from models.events import Happened
from models.tables import Application, Call, DataKey, Person, SubmittedFile
from models.tables.applications import ApplicationState, CorrectionState
from models.tables.files import FileState
from models.transitions import move, queue, reference
from templates.letters.applications import ScanReceivedLetter

TO_BE_TYPED = frozenset({"image", "pdf", "flat_pdf"})
"""Codes of the reader for files that hold an application which only a person can read."""


def register_untyped(
    session: Session,
    call: Call,
    *,
    received_at: datetime,
    channel: str,
    sender: str | None = None,
    actor: Actor,
    now: datetime,
) -> Application:
    """An application whose answers nobody has typed in yet, with a person of its own who has no name so far."""
    person = Person(first_name="", last_name="", email=sender, created_at=now)
    session.add(person)
    session.flush()
    definition = definition_for(session, call)
    form = definition.form(definition.group_kind(call.group_kind).form)
    return register(
        session,
        call,
        person,
        form=(form.key, form.version),
        received_at=received_at,
        channel=channel,
        state=ApplicationState.AWAITING_TYPING,
        actor=actor,
        now=now,
    )


def attach(session: Session, row: SubmittedFile, application: Application, *, actor: Actor, now: datetime) -> None:
    """Files a scan to the application it belongs to, and its key to the person."""
    session.get_one(DataKey, row.data_key_id).person_id = application.person_id
    row.area, row.application_id = application.area, application.id
    row.reason_code, row.reason = "", ""
    session.add(row)
    move(
        session,
        row,
        FileState.FILED,
        happened=Happened.FILE_TO_TYPE,
        actor=actor,
        now=now,
        facts={"application": application.number},
    )


def answered_by_scan(session: Session, application: Application, *, actor: Actor, now: datetime) -> None:
    """The answer to a correction request came as a scan: the request is answered and its period over, and the
    application waits for an officer. Nothing expires over what is here in time."""
    correction = open_correction(session, application)
    if correction is not None:
        move(session, correction, CorrectionState.ANSWERED, happened=Happened.CORRECTION_ANSWERED, actor=actor, now=now)
    withdraw_contrary(session, f"correction/{application.id}", actor=actor, now=now)
    move(
        session,
        application,
        ApplicationState.AWAITING_TYPING,
        happened=Happened.ANSWER_AWAITS_TYPING,
        actor=actor,
        now=now,
    )


def tell_sender(
    session: Session, application: Application, row: SubmittedFile, *, answer: bool, actor: Actor, now: datetime
) -> None:
    """Thanks whoever sent the scan, if that is known: an officer retypes it, and there is nothing to do."""
    if not row.sender:
        return
    call = call_of(session, application)
    definition = definition_for(session, call)
    person = session.get_one(Person, application.person_id)
    message = compose(
        session,
        "scan_received",
        ScanReceivedLetter(
            office=office_block(definition),
            sex=sex_of(person),
            public_number=application.public_number,
            group_name=group_of(session, call).name,
            received_at=row.received_at,
            answer=answer,
            late=came_too_late(definition, call, application),
        ),
        subject_ref=reference(application),
        area=application.area,
        occasion=f"file-{row.id}",
        actor=actor,
        now=now,
        person=person,
        recipient=row.sender,
        definition=definition,
    )
    queue(session, [message] if message else [], actor=actor, now=now)


def open_paper(
    session: Session, call_code: str, *, received_at: datetime, channel: str, actor: Actor, now: datetime
) -> Application:
    """A form on paper, of which there is no file at all. Raises ``BadInput`` for a time that has not come yet."""
    if received_at > now:
        raise BadInput("Czas wpływu (--received-at) jest późniejszy niż obecna chwila.")
    call = find_call(session, call_code)
    return register_untyped(session, call, received_at=received_at, channel=channel, actor=actor, now=now)
