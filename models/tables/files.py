"""Files as they came in or went out; their bytes lie encrypted in the file store."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.actor import Right
from models.columns import choice, encrypted, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped


class FileState(StrEnum):
    STORED = "stored"
    FILED = "filed"
    UNREADABLE = "unreadable"
    SETTLED = "settled"


FILE = Lifecycle(
    aggregate="file",
    start=frozenset({FileState.STORED}),
    moves={
        FileState.STORED: frozenset({FileState.FILED, FileState.UNREADABLE}),
        # An officer may have the file read again (a form definition was mended), make it an application to be typed
        # in, or close it with a reason.
        FileState.UNREADABLE: frozenset({FileState.STORED, FileState.FILED, FileState.SETTLED}),
        # No form, but a signed paper that somebody brings to its matter later.
        FileState.SETTLED: frozenset({FileState.FILED}),
    },
    rights={
        FileState.STORED: Right.TAKE_IN,
        FileState.FILED: Right.TAKE_IN,
        FileState.UNREADABLE: Right.TAKE_IN,
        FileState.SETTLED: Right.CORRECT,
    },
)


class SubmittedFile(Scoped, table=True):
    """One file that somebody sent, each content once. Its name may hold a surname, so it is encrypted too."""

    __tablename__ = "submitted_file"

    id: int | None = Field(default=None, primary_key=True)
    content_lookup: str = Field(unique=True, max_length=64)
    content_digest: str | None = Field(
        default=None, sa_column=encrypted("submitted_file.content_digest", nullable=True)
    )
    """SHA-256 of the bytes: what ``content_lookup`` is the keyed digest of."""
    name: str | None = Field(default=None, sa_column=encrypted("submitted_file.name", nullable=True))
    size: int
    stored_as: str = Field(unique=True, max_length=64)
    """Name in the file store; says nothing about content or person."""
    data_key_id: str = Field(foreign_key="data_key.id")
    received_at: datetime = Field(sa_column=moment())
    channel: str = Field(max_length=20)
    sender: str | None = Field(default=None, sa_column=encrypted("submitted_file.sender", nullable=True))
    answers_number: str | None = Field(default=None, max_length=80)
    """Number the sender or the manifest says this file belongs to; of a signed paper, its matter."""
    call_code: str | None = Field(default=None, max_length=60)
    """Call the manifest says this file was sent to."""
    mail_id: int | None = Field(default=None, foreign_key="received_mail.id", index=True)
    """The mail it came with."""
    application_id: int | None = Field(default=None, foreign_key="application.id", index=True)
    reason_code: str = Field(default="", max_length=60)
    reason: str = Field(default="", max_length=500)
    """Why it is unreadable, as a Polish sentence that quotes nothing of the file."""
    state: FileState = Field(default=FileState.STORED, sa_column=choice(FileState, index=True))
    taken_in_at: datetime = Field(sa_column=moment())


class IssuedDocument(Scoped, table=True):
    """A document we made: list, protocol, sheet, bill. Versions stay; the newest of a key counts."""

    __tablename__ = "issued_document"
    __table_args__ = (Index("ix_issued_document_kind_subject", "kind", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=40)
    subject: str = Field(max_length=80)
    version: int
    file_name: str = Field(max_length=120)
    """A name without personal data, to export under."""
    stored_as: str = Field(unique=True, max_length=64)
    data_key_id: str = Field(foreign_key="data_key.id")
    personal: bool
    made_at: datetime = Field(sa_column=moment())
    made_by: str = Field(max_length=60)


class StoreNote(SQLModel, table=True):
    """A fact about the store itself, such as which key id is current."""

    __tablename__ = "store_note"

    name: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=200)
