"""Files that nothing could be made of: an officer's cases, told to the sender where the sender can mend them."""

from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import find_application
from flows.steps.mail_files import was_answered
from flows.steps.outbox import compose, office_block
from flows.steps.projects import definition_of
from forms.reading import Unreadable
from forms.safety import REFUSALS
from models.actor import Actor
from models.errors import BadInput, NotFound
from models.events import Happened
from models.tables import Call, ProjectVersion, SubmittedFile
from models.tables.files import FileState
from models.transitions import move, reference
from templates.letters.applications import UnreadableFormLetter

FOR_THE_SENDER = REFUSALS | frozenset(
    {"missing_part", "broken_xml", "no_fields", "form_unknown", "form_ambiguous"}
    | {"pdf_password", "pdf_xfa", "pdf_damaged", "pdf_too_complex"}
)
"""Reasons that whoever sent the file can do something about; their sentences are worded for both."""


def leave_to_officer(session: Session, row: SubmittedFile, reading: Unreadable, *, actor: Actor, now: datetime) -> None:
    row.reason_code, row.reason = reading.code, reading.sentence
    session.add(row)
    messages = []
    version = session.exec(select(ProjectVersion).order_by(col(ProjectVersion.id).desc())).first()
    # What only we can mend (a lost file, an unknown number, the papers of several people) is no news for the sender.
    silent = reading.code not in FOR_THE_SENDER or (row.mail_id is not None and was_answered(session, row, now=now))
    if row.sender and not silent and version is not None and version.id is not None:
        definition = definition_of(session, version.id)
        message = compose(
            session,
            "unreadable_form",
            UnreadableFormLetter(
                office=office_block(definition),
                received_at=row.received_at,
                reason=reading.sentence,
                closes_at=_open_until(session, now),
            ),
            subject_ref=reference(row),
            area=row.area,
            occasion="unreadable",
            actor=actor,
            now=now,
            recipient=row.sender,
            definition=definition,
        )
        messages = [message] if message else []
    move(
        session,
        row,
        FileState.UNREADABLE,
        happened=Happened.FILE_UNREADABLE,
        actor=actor,
        now=now,
        facts={"reason_code": reading.code},
        messages=messages,
    )


def _open_until(session: Session, now: datetime) -> datetime | None:
    """When the first of the running calls closes: nobody knows yet which one an unreadable form is for."""
    return session.exec(
        select(Call.closes_at).where(Call.opens_at <= now, Call.closes_at > now).order_by(col(Call.closes_at))
    ).first()


def settle_file(
    session: Session, file_id: int, *, again: bool = False, answers: str = "", actor: Actor, now: datetime
) -> None:
    """An officer closes the case of an unreadable file, or has it read again (``again``), as a completion of the
    application ``answers``. Raises ``BadInput`` for a number where nothing is to be read."""
    row = session.get(SubmittedFile, file_id)
    if row is None:
        raise NotFound(f"Nie ma pliku {file_id}.")
    if answers:
        if not again:
            raise BadInput("Numer zgłoszenia (--application) podaje się, gdy plik ma być odczytany ponownie (--again).")
        row.answers_number = find_application(session, answers).number
        session.add(row)
    move(
        session,
        row,
        FileState.STORED if again else FileState.SETTLED,
        happened=Happened.FILE_REOPENED if again else Happened.FILE_SETTLED,
        actor=actor,
        now=now,
    )
