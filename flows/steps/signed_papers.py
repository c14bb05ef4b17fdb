"""Signed papers that somebody brought: scans and files with a signature, of declarations, agreements and acts alike."""

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from flows.adapters.office import Office
from flows.steps.kept_files import LARGEST_KEPT, keep_file, known_file
from flows.steps.people import open_data_key
from models.actor import Actor
from models.errors import BadInput, KeysMissing, NotFound
from models.events import Happened
from models.storage import keyring_in
from models.tables import IssuedDocument, SubmittedFile
from models.tables.files import FileState
from models.transitions import move

CHANNEL: Final = "signed"
SUFFIXES: Final = frozenset({".pdf", ".docx", ".jpg", ".jpeg", ".png", ".xml", ".xades", ".sig", ".p7m", ".asice"})
FOLDER: Final = "podpisane"
"""Where the export puts every signed paper."""
SIGNED_ACT: Final = "signed_act"
"""Kind of the documents as which 0.6.0 kept signed acts; the subject is the number of the act."""


@dataclass(frozen=True)
class SignedFile:
    """The scan or signed file that somebody brought."""

    name: str
    content: bytes


def check_signed(file: SignedFile) -> None:
    """Raises ``BadInput`` for a file that is not kept as a signed paper."""
    if PurePath(file.name).suffix.lower() not in SUFFIXES:
        raise BadInput(f"Podpisane pismo to plik jednego z rodzajów: {', '.join(sorted(SUFFIXES))}.")
    if not file.content:
        raise BadInput("Plik jest pusty.")
    if len(file.content) > LARGEST_KEPT:
        raise BadInput("Plik jest większy niż 30 MB.")


def keep_signed(
    office: Office,
    session: Session,
    file: SignedFile,
    *,
    matter: str,
    area: str,
    person_id: int | None = None,
    actor: Actor,
) -> SubmittedFile:
    """Keeps a signed paper of a matter (the code of an agreement, a project and a unit, the number of an act) in the
    caller's transaction, under the key of ``person_id`` where it is one person's.

    One paper may carry several signatures: within its matter the same bytes are kept once. Raises ``BadInput`` for a
    file that cannot be kept, or that belongs to another matter.
    """
    check_signed(file)
    known = known_file(session, file.content)
    if known is not None and (known.channel, known.answers_number) == (CHANNEL, matter):
        return known
    if known is not None or _is_kept(session, file.content) or _is_other_act(office, session, file.content, matter):
        which = f" ({known.answers_number})" if known is not None and known.channel == CHANNEL else ""
        raise BadInput(f"Dokładnie taki plik należy już do innej sprawy{which}; proszę sprawdzić, czy to właściwy.")
    now = office.now()
    row = keep_file(
        office,
        session,
        file.content,
        name=PurePath(file.name).name,
        received_at=now,
        channel=CHANNEL,
        answers_number=matter,
        area=area,
        person_id=person_id,
        actor=actor,
    )
    move(session, row, FileState.FILED, happened=Happened.FILE_ADDED, actor=actor, now=now, facts={"matter": matter})
    return row


def _is_kept(session: Session, content: bytes) -> bool:
    """Whether these bytes are kept anywhere, also where the session does not see them: each content is kept once."""
    files = SQLModel.metadata.tables[str(SubmittedFile.__tablename__)].c
    lookup = keyring_in(session).lookup("content", hashlib.sha256(content).hexdigest())
    found = session.connection().execute(sa.select(files.id).where(files.content_lookup == lookup))
    return found.first() is not None


def _is_other_act(office: Office, session: Session, content: bytes, matter: str) -> bool:
    """Whether these bytes are a signed act of another number that 0.6.0 kept: such a document has no digest to be found
    by, so each is opened, wherever it lies. One that is gone, or was erased with its person, is nobody's any more."""
    documents = SQLModel.metadata.tables[str(IssuedDocument.__tablename__)].c
    rows = session.connection().execute(
        sa.select(documents.stored_as, documents.data_key_id).where(
            documents.kind == SIGNED_ACT, documents.subject != matter
        )
    )
    return any(_holds(office, session, stored_as, key_id, content) for stored_as, key_id in rows.all())


def _holds(office: Office, session: Session, stored_as: str, key_id: str, content: bytes) -> bool:
    try:
        return office.files.read(stored_as, open_data_key(session, key_id)) == content
    except (NotFound, KeysMissing):
        return False


def write_signed(office: Office, session: Session, folder: Path) -> list[Path]:
    """Writes every signed paper within the session's scope into a folder for people, named by its matter."""
    rows = session.exec(select(SubmittedFile).where(SubmittedFile.channel == CHANNEL).order_by(col(SubmittedFile.id)))
    written = []
    for row in rows.all():
        matter = (row.answers_number or "").replace("/", "-")
        path = folder / FOLDER / f"{matter}-podpis-{row.id}{PurePath(row.name or '').suffix.lower()}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(office.files.read(row.stored_as, open_data_key(session, row.data_key_id)))
        written.append(path)
    return written
