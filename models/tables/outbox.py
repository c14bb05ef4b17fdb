"""The outbox: every message is a row with a business key before it is a mail."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.actor import Right
from models.columns import choice, encrypted, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped


class Channel(StrEnum):
    """How a message reaches whom it is for. Only e-mail leaves by itself; the others are produced, sent by hand and
    confirmed."""

    EMAIL = "email"
    EDORECZENIA = "edoreczenia"
    PAPER = "paper"


class Audience(StrEnum):
    """Whom in a call a free letter is for, as they stand when it is written."""

    CANDIDATES = "candidates"
    MEMBERS = "members"
    OFFERED = "offered"
    RESERVE = "reserve"
    REJECTED = "rejected"


class MessageState(StrEnum):
    DRAFT = "draft"
    UNADDRESSED = "unaddressed"
    HELD = "held"
    DUE = "due"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    KEPT = "kept"
    PRINTED = "printed"
    DELAYED = "delayed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    BOUNCED = "bounced"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    EXPIRED = "expired"


_S = MessageState

MESSAGE = Lifecycle(
    aggregate="message",
    start=frozenset({_S.DRAFT, _S.DUE, _S.UNADDRESSED}),
    moves={
        # Waits for somebody's consent: a free letter, or an event that the project wants to be looked at.
        _S.DRAFT: frozenset({_S.DUE, _S.UNADDRESSED, _S.WITHDRAWN, _S.EXPIRED}),
        # Nobody knows where to send it: an officer finds the address, or prints it and lays it aside.
        _S.UNADDRESSED: frozenset({_S.DUE, _S.PRINTED, _S.SENT, _S.WITHDRAWN, _S.EXPIRED}),
        _S.HELD: frozenset({_S.DUE, _S.WITHDRAWN, _S.EXPIRED}),
        # The address of an institution may be struck out while its letter waits.
        _S.DUE: frozenset({_S.HELD, _S.CLAIMED, _S.PRINTED, _S.MERGED, _S.UNADDRESSED, _S.WITHDRAWN, _S.EXPIRED}),
        _S.DELAYED: frozenset({_S.HELD, _S.CLAIMED, _S.UNADDRESSED, _S.WITHDRAWN, _S.REFUSED, _S.EXPIRED}),
        # A lease that ran out is simply claimed again: nothing has left yet. It may also be given back, or be refused
        # before a word of it was handed over.
        _S.CLAIMED: frozenset(
            {_S.CLAIMED, _S.SENDING, _S.KEPT, _S.DUE, _S.DELAYED, _S.REFUSED, _S.WITHDRAWN, _S.EXPIRED}
        ),
        _S.SENDING: frozenset({_S.SENT, _S.DELAYED, _S.REFUSED, _S.UNKNOWN}),
        # The server of the recipient reported later that it did not arrive: an officer corrects the address and lets it
        # go again, or hands it over on paper.
        _S.SENT: frozenset({_S.BOUNCED}),
        _S.BOUNCED: frozenset({_S.DUE, _S.SENT, _S.WITHDRAWN, _S.EXPIRED}),
        # A person looks into the mailbox and settles it, or sends again on purpose.
        _S.UNKNOWN: frozenset({_S.SENT, _S.DUE, _S.WITHDRAWN}),
        _S.REFUSED: frozenset({_S.DUE, _S.WITHDRAWN, _S.EXPIRED}),
        # The office has no mail server: nobody was told, until somebody hands it over or a server takes it.
        _S.KEPT: frozenset({_S.DUE, _S.SENT, _S.WITHDRAWN, _S.EXPIRED}),
        # On paper or ready for e-Doręczenia: it counts as sent when somebody confirms that it went.
        _S.PRINTED: frozenset({_S.SENT, _S.DUE, _S.UNADDRESSED, _S.WITHDRAWN, _S.EXPIRED}),
        # It leaves as a part of another message; when that one is taken apart, it stands for itself again.
        _S.MERGED: frozenset({_S.DUE, _S.UNADDRESSED, _S.WITHDRAWN}),
        # Its time was over before it left. It never leaves any more; somebody has to see that.
        _S.EXPIRED: frozenset({_S.WITHDRAWN}),
    },
    rights={
        _S.DRAFT: Right.READ,
        _S.UNADDRESSED: Right.READ,
        _S.HELD: Right.OUTBOX,
        _S.DUE: Right.READ,
        _S.CLAIMED: Right.DELIVER,
        _S.SENDING: Right.DELIVER,
        _S.SENT: Right.DELIVER,
        _S.KEPT: Right.DELIVER,
        _S.PRINTED: Right.OUTBOX,
        _S.DELAYED: Right.DELIVER,
        _S.REFUSED: Right.DELIVER,
        _S.UNKNOWN: Right.DELIVER,
        _S.BOUNCED: Right.TAKE_IN,
        _S.WITHDRAWN: Right.READ,
        _S.MERGED: Right.DELIVER,
        _S.EXPIRED: Right.DELIVER,
    },
)

UNSENT = frozenset(
    {
        *(_S.DRAFT, _S.UNADDRESSED, _S.HELD, _S.DUE, _S.CLAIMED, _S.DELAYED, _S.REFUSED),
        *(_S.KEPT, _S.PRINTED, _S.BOUNCED),
    }
)
"""States in which a message can still be kept from leaving, or from leaving again."""


class Message(Scoped, table=True):
    """One message to one person or institution. ``key`` = event + subject + recipient + occasion, unique for ever."""

    __tablename__ = "message"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=200)
    event: str = Field(max_length=40)
    subject_ref: str = Field(index=True, max_length=80)
    """What it is about: ``application/12``, ``meeting/3``. No personal data."""
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    institution_id: int | None = Field(default=None, foreign_key="institution.id", index=True)
    """The institution that it goes to; then no person is known."""
    channel: Channel = Field(default=Channel.EMAIL, sa_column=choice(Channel))
    recipient: str = Field(sa_column=encrypted("message.recipient"))
    """The address for the channel: of e-mail, of e-Doręczenia (``AE:PL-…``), or the postal one, in lines."""
    sender_name: str = Field(max_length=200)
    sender_address: str = Field(max_length=200)
    reply_to: str = Field(max_length=200)
    """The office's own addresses, as they were when the message was written."""
    subject: str = Field(sa_column=encrypted("message.subject"))
    content: str | None = Field(default=None, sa_column=encrypted("message.content", nullable=True))
    """What it says, as the Markdown that text and HTML were made from, without salutation and signature; ``None`` for
    a message from before, whose text is all there is."""
    text: str = Field(sa_column=encrypted("message.text"))
    html: str = Field(sa_column=encrypted("message.html"))
    calendar: str | None = Field(default=None, sa_column=encrypted("message.calendar", nullable=True))
    calendar_method: str = Field(default="", max_length=10)
    contradicts: str = Field(default="", index=True, max_length=80)
    """Messages of one such topic contradict each other: a newer one withdraws the unsent older ones."""
    refers_to: str = Field(default="", max_length=120)
    """Message-ID of the earlier message that this one takes the place of."""
    merged_into_id: int | None = Field(default=None, foreign_key="message.id", index=True)
    """The message that carries this one, once it is ``merged``."""
    receipt: str = Field(default="", max_length=120)
    """What the post or e-Doręczenia gave for it: a number, no personal data."""
    message_id: str = Field(unique=True, max_length=120)
    not_before: datetime = Field(sa_column=moment())
    not_after: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    """From when on it is worthless, such as an invitation when the meeting has begun; ``None``: never."""
    claimed_by: str = Field(default="", max_length=80)
    claimed_until: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    attempts: int = 0
    last_code: int | None = None
    bounce_status: str = Field(default="", max_length=12)
    """What the server of the recipient reported when the mail came back (RFC 3463), such as ``5.1.1``."""
    sent_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    created_at: datetime = Field(sa_column=moment())
    created_by: str = Field(max_length=60)
    edited_by: str = Field(default="", max_length=60)
    state: MessageState = Field(default=_S.DUE, sa_column=choice(MessageState, index=True))


class MessageAttachment(Scoped, table=True):
    """A document that goes with a message. It is made after the message and before that leaves (law 6): until it is,
    ``issued_document_id`` is empty and the message does not move."""

    __tablename__ = "message_attachment"

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    kind: str = Field(max_length=40)
    """What is to be made: ``correction_copy``, ``blank_form`` or ``statement_form``."""
    about: str = Field(max_length=80)
    """What it is made for: ``correction/12``, ``membership/7``."""
    name: str = Field(max_length=120)
    """As the recipient sees it; without personal data."""
    media_type: str = Field(max_length=120)
    issued_document_id: int | None = Field(default=None, foreign_key="issued_document.id")


class MailAccount(SQLModel, table=True):
    """An account at a mail server, and how it stands with it. Its row is what workers queue at for their slots."""

    __tablename__ = "mail_account"

    account: str = Field(primary_key=True, max_length=32)
    """Digest of server and user; no secret goes into it."""
    not_before: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    """Until when the server asked to be left alone, by the computer's own clock."""
    slowdowns: int = 0
    """How many times in a row it said that we send too much."""
    trouble: str = Field(default="", max_length=20)
    """What the office has to mend: ``login`` or ``encryption``."""
    trouble_since: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class MailSlot(SQLModel, table=True):
    """Leave to send one mail over an account, not before ``at`` by the computer's own clock. Kept for an hour."""

    __tablename__ = "mail_slot"
    __table_args__ = (Index("ix_mail_slot_account_at", "account", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(max_length=32)
    at: datetime = Field(sa_column=moment())


class FreeLetter(Scoped, table=True):
    """A letter that an officer wrote to a group; each person gets a message of its own."""

    __tablename__ = "free_letter"

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="call.id", index=True)
    audience: Audience = Field(sa_column=choice(Audience))
    subject: str = Field(max_length=200)
    content: str = Field(sa_column=encrypted("free_letter.content"))
    written_at: datetime = Field(sa_column=moment())
    written_by: str = Field(max_length=60)
