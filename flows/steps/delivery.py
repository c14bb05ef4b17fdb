"""Delivery: claimed rows of the outbox become mails, each once.

``claimed`` is a lease that may be retaken: the wait for the rate, the connection, MAIL and RCPT belong to it, and a no
that comes there is certain. ``sending`` is committed when nothing but DATA is left to say; whoever dies after that
leaves the row in ``sending``, and when the lease has run out it becomes ``unknown``: only a person may say whether it
had left. Without a mail server mails are ``kept``: nobody was told, and no period begins.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, and_, col, select
from sqlmodel.sql.expression import SelectOfScalar

from flows.adapters.mail_encoding import Attachment, Mail, encode_mail
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.adapters.smtp import (
    AUTHENTICATION,
    NO_ANSWER,
    SERVICE_CLOSING,
    DeliveryUncertain,
    SmtpTransport,
    TlsMode,
    Transport,
)
from flows.steps.correction_letters import attached_to, attachment_bytes, make_ready
from flows.steps.documents import issue
from flows.steps.merging import merge_waiting
from flows.steps.outbox import addressee
from models.actor import Actor, Right
from models.errors import BadInput, DeliveryFailed, KeysMissing, NotFound
from models.events import Happened
from models.tables import Message, MessageAttachment
from models.tables.outbox import UNSENT, Channel, MessageState
from models.transitions import move

LEASE = timedelta(minutes=10)
TRIES = 8
LONGEST_WAIT = timedelta(days=5)
"""How long a message waits for a line that is down before a person must look at it."""
_OF_THE_LINE = frozenset({NO_ANSWER, SERVICE_CLOSING, *AUTHENTICATION})
_FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=4)


@dataclass(frozen=True)
class DeliveryCounts:
    """What became of the mails of one delivery. ``remaining`` are due and were not reached."""

    sent: int = 0
    delayed: int = 0
    refused: int = 0
    unknown: int = 0
    remaining: int = 0
    kept: int = 0
    """Laid by in the store, because the office has no mail server."""
    expired: int = 0
    """Worthless by now, such as invitations to what has begun."""

    def __add__(self, other: "DeliveryCounts") -> "DeliveryCounts":
        return DeliveryCounts(
            self.sent + other.sent,
            self.delayed + other.delayed,
            self.refused + other.refused,
            self.unknown + other.unknown,
            other.remaining,
            self.kept + other.kept,
            self.expired + other.expired,
        )

    @property
    def moved(self) -> int:
        """How many messages are no longer where they were."""
        return self.sent + self.delayed + self.refused + self.unknown + self.kept + self.expired


class KeptInStore:
    """The transport of an office without SMTP: mails stay in the encrypted store, and that is said."""

    @property
    def delivers(self) -> bool:
        return False

    def open_envelope(self, sender: str, recipient: str) -> None:
        """There is nobody to ask."""

    def hand_over(self, data: bytes) -> str:
        raise DeliveryFailed(NO_ANSWER, "Biuro nie ma ustawionego serwera poczty.", temporary=True)

    def drop_envelope(self) -> None:
        """There is none."""

    def describe(self) -> str:
        return "brak SMTP: wiadomości zapisano w zaszyfrowanym magazynie (nabor office export), nie wysłano"


@contextmanager
def transport_of(settings: Settings) -> Iterator[Transport]:
    """The transport that the settings name."""
    if not settings.smtp_host:
        yield KeptInStore()
        return
    with SmtpTransport(
        settings.smtp_host,
        settings.smtp_port,
        tls=TlsMode(settings.smtp_security),
        username=settings.smtp_user or None,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        per_minute=settings.smtp_rate_per_minute,
        redirect_to=settings.mail_redirect or None,
        allow_reserved=settings.smtp_allow_reserved,
    ) as transport:
        yield transport


def deliver(office: Office, *, actor: Actor, limit: int = 50, transport: Transport | None = None) -> DeliveryCounts:
    """Sends up to ``limit`` due messages over one connection, each with the documents that belong to it."""
    actor.require(Right.DELIVER)
    make_ready(office, actor=actor)
    with office.writing(actor) as session:
        unknown = _give_up_on_lost(session, actor=actor, now=office.now())
        expired = _expire(session, actor=actor, now=office.now())
        merge_waiting(session, grace=_grace(office), actor=actor, now=office.now())
        claimed = _claim(session, office, limit, actor=actor)
    counts = DeliveryCounts(unknown=unknown, expired=expired)
    if claimed:
        if transport is not None:
            counts += _send_all(office, claimed, transport, actor=actor)
        else:
            with transport_of(office.settings) as opened:
                counts += _send_all(office, claimed, opened, actor=actor)
    with office.reading(actor) as session:
        remaining = len(session.exec(_due(office)).all())
    return counts + DeliveryCounts(remaining=remaining)


def _grace(office: Office) -> timedelta:
    return timedelta(minutes=office.settings.outbox_grace_minutes)


def _due(office: Office) -> SelectOfScalar[Message]:
    now = office.now()
    grace = _grace(office)
    unmade = select(MessageAttachment.message_id).where(col(MessageAttachment.issued_document_id).is_(None))
    return (
        select(Message)
        .where(
            col(Message.id).not_in(unmade),
            Message.channel == Channel.EMAIL,
            or_(
                and_(
                    col(Message.state).in_((MessageState.DUE, MessageState.DELAYED)),
                    col(Message.not_before) <= now,
                    col(Message.created_at) <= now - grace,
                ),
                and_(col(Message.state) == MessageState.CLAIMED, col(Message.claimed_until) < now),
            ),
        )
        .order_by(col(Message.id))
    )


def _claim(session: Session, office: Office, limit: int, *, actor: Actor) -> list[int]:
    """Takes a lease on due messages; rows that another worker is just taking are left to it."""
    now = office.now()
    rows = session.exec(_due(office).limit(limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.claimed_by, row.claimed_until = f"{socket.gethostname()}:{os.getpid()}", now + LEASE
        session.add(row)
        move(session, row, MessageState.CLAIMED, happened=Happened.MESSAGE_CLAIMED, actor=actor, now=now)
    return [row.id for row in rows if row.id is not None]


def _give_up_on_lost(session: Session, *, actor: Actor, now: datetime) -> int:
    rows = session.exec(
        select(Message)
        .where(Message.state == MessageState.SENDING, col(Message.claimed_until) < now)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        move(session, row, MessageState.UNKNOWN, happened=Happened.MESSAGE_UNKNOWN, actor=actor, now=now)
    return len(rows)


def _expire(session: Session, *, actor: Actor, now: datetime) -> int:
    """What is worthless by now will not leave any more, wherever it waits."""
    rows = session.exec(
        select(Message)
        .where(col(Message.state).in_(UNSENT), col(Message.not_after) <= now)
        .order_by(col(Message.id))
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        move(session, row, MessageState.EXPIRED, happened=Happened.MESSAGE_EXPIRED, actor=actor, now=now)
    return len(rows)


def _send_all(office: Office, claimed: list[int], transport: Transport, *, actor: Actor) -> DeliveryCounts:
    counts = DeliveryCounts()
    for index, message_id in enumerate(claimed):
        try:
            counts += _send_one(office, message_id, transport, actor=actor)
        except _LineDown:
            # Not this message's fault, nor the next one's: all wait for the line, and no try is counted.
            waiting = claimed[index:]
            _put_back(office, waiting, actor=actor)
            return counts + DeliveryCounts(delayed=len(waiting))
    return counts


class _LineDown(Exception):
    """No mail server answers, it is closing, or it does not know our login."""


def _put_back(office: Office, message_ids: list[int], *, actor: Actor) -> None:
    now = office.now()
    with office.writing(actor) as session:
        for message_id in message_ids:
            message = session.get_one(Message, message_id, with_for_update=True)
            if message.state not in (MessageState.CLAIMED, MessageState.SENDING):
                continue
            too_old = now - message.created_at > LONGEST_WAIT
            if message.state is MessageState.SENDING:
                message.attempts -= 1
            message.not_before = now + _FIRST_PAUSE
            session.add(message)
            state = MessageState.REFUSED if too_old else MessageState.DELAYED
            move(session, message, state, happened=_HAPPENED[state], actor=actor, now=now, facts={"code": "line_down"})


def _send_one(office: Office, message_id: int, transport: Transport, *, actor: Actor) -> DeliveryCounts:
    with office.reading(actor) as session:
        message = session.get_one(Message, message_id)
        if message.state is not MessageState.CLAIMED:
            return DeliveryCounts()  # withdrawn or retaken since it was claimed
        addresses = (message.sender_address, message.recipient)
    try:
        # May take its time: the rate, the line, the server's patience. The message is only claimed meanwhile.
        transport.open_envelope(*addresses)
    except DeliveryFailed as error:
        return _failed(office, message_id, error, actor=actor)
    wire, counts = _about_to_leave(office, message_id, addresses, transport, actor=actor)
    if wire is None:
        transport.drop_envelope()
        return counts
    try:
        transport.hand_over(wire)
    except DeliveryUncertain:
        return _settle(office, message_id, MessageState.UNKNOWN, actor=actor)
    except DeliveryFailed as error:
        return _failed(office, message_id, error, actor=actor)
    return _settle(office, message_id, MessageState.SENT, actor=actor)


def _failed(office: Office, message_id: int, error: DeliveryFailed, *, actor: Actor) -> DeliveryCounts:
    if error.temporary and error.code in _OF_THE_LINE:
        raise _LineDown from None
    return _settle(office, message_id, None, failure=error, actor=actor)


def _about_to_leave(
    office: Office, message_id: int, addresses: tuple[str, str], transport: Transport, *, actor: Actor
) -> tuple[bytes | None, DeliveryCounts]:
    """Keeps the mail and commits ``sending``: from here on only DATA is left. ``None`` when it is not to leave."""
    with office.writing(actor) as session:
        message = session.get_one(Message, message_id, with_for_update=True)
        if message.state is not MessageState.CLAIMED or addresses != (message.sender_address, message.recipient):
            return None, DeliveryCounts()  # withdrawn or retaken while the envelope was being opened
        if message.not_after is not None and message.not_after <= office.now():
            move(
                session,
                message,
                MessageState.EXPIRED,
                happened=Happened.MESSAGE_EXPIRED,
                actor=actor,
                now=office.now(),
            )
            return None, DeliveryCounts(expired=1)
        try:
            wire = encode_mail(_mail(office, session, message))
        except (BadInput, NotFound, KeysMissing) as error:
            move(
                session,
                message,
                MessageState.REFUSED,
                happened=Happened.MESSAGE_REFUSED,
                actor=actor,
                now=office.now(),
                facts={"code": "not_encodable" if isinstance(error, BadInput) else "attachment_missing"},
            )
            return None, DeliveryCounts(refused=1)
        # What leaves is kept byte for byte, before it leaves.
        issue(
            office,
            session,
            kind="mail",
            subject=f"message/{message.id}",
            file_name=f"{message.id:05d}-{message.event}.eml",
            content=wire,
            area=message.area,
            actor=actor,
            now=office.now(),
            person_id=message.person_id,
        )
        if not transport.delivers:
            move(session, message, MessageState.KEPT, happened=Happened.MESSAGE_KEPT, actor=actor, now=office.now())
            return None, DeliveryCounts(kept=1)
        message.attempts += 1
        message.claimed_until = office.now() + LEASE
        session.add(message)
        move(session, message, MessageState.SENDING, happened=Happened.MESSAGE_SENDING, actor=actor, now=office.now())
    return wire, DeliveryCounts()


def _settle(
    office: Office,
    message_id: int,
    state: MessageState | None,
    *,
    failure: DeliveryFailed | None = None,
    actor: Actor,
) -> DeliveryCounts:
    """Writes down how the sending ended. ``state`` is ``None`` for a failure, whose kind decides."""
    now = office.now()
    with office.writing(actor) as session:
        message = session.get_one(Message, message_id, with_for_update=True)
        if message.state not in (MessageState.CLAIMED, MessageState.SENDING):
            return DeliveryCounts()  # withdrawn while the server was saying no
        if failure is not None:
            if message.state is MessageState.CLAIMED:
                message.attempts += 1
            message.last_code = failure.code
            again = failure.temporary and message.attempts < TRIES
            state = MessageState.DELAYED if again else MessageState.REFUSED
            message.not_before = now + min(_FIRST_PAUSE * 2 ** (message.attempts - 1), _LONGEST_PAUSE)
        if state is MessageState.SENT:
            message.sent_at = now
        session.add(message)
        assert state is not None
        move(
            session,
            message,
            state,
            happened=_HAPPENED[state],
            actor=actor,
            now=now,
            facts={"attempts": message.attempts, "code": message.last_code},
        )
    return {
        MessageState.SENT: DeliveryCounts(sent=1),
        MessageState.DELAYED: DeliveryCounts(delayed=1),
        MessageState.REFUSED: DeliveryCounts(refused=1),
        MessageState.UNKNOWN: DeliveryCounts(unknown=1),
    }[state]


_HAPPENED = {
    MessageState.SENT: Happened.MESSAGE_SENT,
    MessageState.DELAYED: Happened.MESSAGE_DELAYED,
    MessageState.REFUSED: Happened.MESSAGE_REFUSED,
    MessageState.UNKNOWN: Happened.MESSAGE_UNKNOWN,
}


def _mail(office: Office, session: Session, message: Message) -> Mail:
    calendar = message.calendar.encode() if message.calendar else None
    return Mail(
        from_name=message.sender_name,
        from_address=message.sender_address,
        to_address=message.recipient,
        to_name=addressee(session, message) or None,
        reply_to=message.reply_to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        message_id=message.message_id,
        refers_to=message.refers_to or None,
        date=office.now(),
        attachments=tuple(
            Attachment(row.name, row.media_type, attachment_bytes(office, session, row))
            for row in attached_to(session, message)
        ),
        calendar=calendar,
        calendar_method="REQUEST" if message.calendar_method != "CANCEL" else "CANCEL",
    )
