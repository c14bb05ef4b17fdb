"""Received files are kept before anything reads them: each content once, encrypted, under its digest."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, select

from flows.adapters.office import Office
from flows.steps.manifest import Incoming, survey
from flows.steps.people import data_key_of, new_data_key, open_data_key
from forms.reading import Unreadable
from models.actor import Actor, Right
from models.errors import KeysMissing, NotFound
from models.events import Happened
from models.storage import keyring_in
from models.tables import Event, SubmittedFile
from models.transitions import enter, note

LARGEST_KEPT = 30 * 1024 * 1024


@dataclass(frozen=True)
class FolderCounts:
    """What became of the files of a folder; ``skipped`` holds a Polish sentence for each one left where it was."""

    new: int
    known: int
    skipped: tuple[str, ...] = ()


def store_folder(office: Office, folder: Path, *, actor: Actor) -> FolderCounts:
    """Keeps every file of a folder that is not kept yet. Nothing in the folder is changed.

    Raises ``BadInput`` when the folder or its manifest cannot be used; no file is taken in then.
    """
    actor.require(Right.TAKE_IN)
    incoming, skipped = survey(folder, now=office.now())
    counts = store_files(office, incoming, actor=actor)
    return FolderCounts(counts.new, counts.known, (*skipped, *counts.skipped))


def store_files(office: Office, incoming: Sequence[Incoming], *, actor: Actor) -> FolderCounts:
    """Keeps these files, each content once. Raises ``NotAllowed``."""
    actor.require(Right.TAKE_IN)
    skipped: list[str] = []
    new = known = 0
    for one in incoming:
        if one.path.stat().st_size > LARGEST_KEPT:
            skipped.append(f"{one.path.name}: plik jest większy niż 30 MB; został w folderze.")
            continue
        if _store(office, one, actor=actor):
            new += 1
        else:
            known += 1
    return FolderCounts(new, known, tuple(skipped))


def _store(office: Office, one: Incoming, *, actor: Actor) -> bool:
    content = one.path.read_bytes()
    with office.writing(actor) as session:
        known = known_file(session, content)
        if known is not None:
            _note_other_sender(session, known, one, actor=actor, now=office.now())
            return False
        keep_file(
            office,
            session,
            content,
            name=one.path.name,
            received_at=one.received_at,
            channel=one.channel,
            sender=one.sender or None,
            answers_number=one.application or None,
            call_code=one.call or None,
            actor=actor,
        )
    return True


def _note_other_sender(session: Session, known: SubmittedFile, one: Incoming, *, actor: Actor, now: datetime) -> None:
    """The same bytes from somebody else are kept once, but an officer is told: two people may have sent a blank form.

    The sender stands in the event as a keyed digest, so that a folder looked through again says it once.
    """
    if not one.sender or one.sender.casefold() == (known.sender or "").casefold():
        return
    digest = keyring_in(session).lookup("sender", one.sender.casefold())[:16]
    seen = select(Event).where(Event.subject == f"file/{known.id}", Event.kind == Happened.FILE_SEEN_AGAIN)
    if any(event.facts["sender"] == digest for event in session.exec(seen).all()):
        return
    note(
        session,
        f"file/{known.id}",
        happened=Happened.FILE_SEEN_AGAIN,
        actor=actor,
        now=now,
        area=known.area,
        facts={"sender": digest, "channel": one.channel},
    )


def known_file(session: Session, content: bytes) -> SubmittedFile | None:
    """The row under which exactly these bytes are kept already."""
    lookup = keyring_in(session).lookup("content", hashlib.sha256(content).hexdigest())
    return session.exec(select(SubmittedFile).where(SubmittedFile.content_lookup == lookup)).first()


def keep_file(
    office: Office,
    session: Session,
    content: bytes,
    *,
    name: str,
    received_at: datetime,
    channel: str,
    sender: str | None = None,
    answers_number: str | None = None,
    call_code: str | None = None,
    mail_id: int | None = None,
    area: str = "",
    person_id: int | None = None,
    actor: Actor,
) -> SubmittedFile:
    """Keeps bytes that are not known yet, in the caller's transaction. ``person_id``: whose they are, where it is
    known: they lie under a key of that person then."""
    keyring, now = keyring_in(session), office.now()
    digest = hashlib.sha256(content).hexdigest()
    key_id, data_key = key_of_file(session, person_id, now=now)
    row = SubmittedFile(
        area=area,
        content_lookup=keyring.lookup("content", digest),
        content_digest=digest,
        # A name from a disk that writes no UTF-8 is bytes that no column keeps; the file is no worse for it.
        name=name.encode("utf-8", "replace").decode("utf-8"),
        size=len(content),
        stored_as=keyring.lookup("stored", digest),
        data_key_id=key_id,
        received_at=received_at,
        channel=channel,
        sender=sender,
        answers_number=answers_number,
        call_code=call_code,
        mail_id=mail_id,
        taken_in_at=now,
    )
    # The row holds the name while the bytes are written, and counts only when both are there. A file whose row
    # was lost with its transaction is written again.
    enter(session, row, happened=Happened.FILE_STORED, actor=actor, now=now, facts={"channel": channel})
    office.files.write(row.stored_as, data_key, content)
    return row


def key_of_file(session: Session, person_id: int | None, *, now: datetime) -> tuple[str, bytes]:
    """A key for one file alone, so that the file can be given to somebody else with its key."""
    if person_id is not None:
        # Other papers of a person lie under the oldest key, which is never that of a file.
        data_key_of(session, person_id, now=now)
        now += timedelta(microseconds=1)
    return new_data_key(session, person_id, now=now)


def content_of(office: Office, session: Session, file_id: int) -> bytes | Unreadable:
    """The kept bytes; a file that is gone or does not open is one officer's case, not the end of the batch."""
    row = session.get_one(SubmittedFile, file_id)
    try:
        return office.files.read(row.stored_as, open_data_key(session, row.data_key_id))
    except (NotFound, KeysMissing) as error:
        return Unreadable(code="not_in_store", sentence=str(error))
