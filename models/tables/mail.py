"""Mails as they came into the office's mailbox, kept whole, and the places on the server where each was seen."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.actor import Right
from models.columns import choice, document, encrypted, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped


class MailKind(StrEnum):
    APPLICATION = "application"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    CALENDAR = "calendar"
    EMPTY = "empty"
    OTHER = "other"


class MailState(StrEnum):
    STORED = "stored"
    FILED = "filed"
    WAITING = "waiting"
    SET_ASIDE = "set_aside"
    SETTLED = "settled"


MAIL = Lifecycle(
    aggregate="mail",
    start=frozenset({MailState.STORED}),
    moves={
        MailState.STORED: frozenset({MailState.FILED, MailState.WAITING, MailState.SET_ASIDE}),
        MailState.WAITING: frozenset({MailState.SETTLED}),
    },
    rights={
        MailState.STORED: Right.TAKE_IN,
        MailState.FILED: Right.TAKE_IN,
        MailState.WAITING: Right.TAKE_IN,
        MailState.SET_ASIDE: Right.TAKE_IN,
        MailState.SETTLED: Right.CORRECT,
    },
)


class ReceivedMail(Scoped, table=True):
    """One mail that somebody or some server sent us, each content once. Who wrote what is encrypted."""

    __tablename__ = "received_mail"

    id: int | None = Field(default=None, primary_key=True)
    content_lookup: str = Field(unique=True, max_length=64)
    content_digest: str = Field(sa_column=encrypted("received_mail.content_digest"))
    """SHA-256 of what the sender sent (the traces of delivery left out): what ``content_lookup`` is the digest of."""
    message_lookup: str | None = Field(default=None, index=True, max_length=64)
    message_id: str | None = Field(default=None, sa_column=encrypted("received_mail.message_id", nullable=True))
    sender: str | None = Field(default=None, sa_column=encrypted("received_mail.sender", nullable=True))
    subject: str = Field(sa_column=encrypted("received_mail.subject"))
    size: int
    stored_as: str | None = Field(default=None, unique=True, max_length=64)
    """Name in the file store; ``None`` for a mail too large to be kept."""
    data_key_id: str | None = Field(default=None, foreign_key="data_key.id")
    received_at: datetime = Field(sa_column=moment())
    """When our mail server took it (INTERNALDATE): the time of receipt."""
    sent_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    """What the sender's computer says (Date): for information only."""
    kind: MailKind = Field(sa_column=choice(MailKind))
    remarks: Any = Field(sa_column=document())
    """Codes of what an officer should know (see ``flows.steps.mail_words``). No values."""
    answers_number: str | None = Field(default=None, max_length=60)
    """Number of the application that the mail says it is about, if that one exists."""
    application_id: int | None = Field(default=None, foreign_key="application.id", index=True)
    letter_id: int | None = Field(default=None, foreign_key="message.id", index=True)
    """The message of ours that it answers, or that it says did not arrive."""
    settled_reason: str | None = Field(default=None, sa_column=encrypted("received_mail.settled_reason", nullable=True))
    state: MailState = Field(default=MailState.STORED, sa_column=choice(MailState, index=True))
    taken_in_at: datetime = Field(sa_column=moment())


class MailPlace(SQLModel, table=True):
    """Where on the server a mail was seen. What stands here was taken in, whatever flags or folders say later."""

    __tablename__ = "mail_place"
    __table_args__ = (UniqueConstraint("box", "uidvalidity", "uid"),)

    id: int | None = Field(default=None, primary_key=True)
    mail_id: int = Field(foreign_key="received_mail.id", index=True)
    box: str = Field(max_length=64)
    """Digest of server, account and folder."""
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    seen_at: datetime = Field(sa_column=moment())
