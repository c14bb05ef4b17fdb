"""One message on its way out: made ready while it is claimed, marked as leaving, handed over, and its end written down.

The order is the guarantee (law 6). Everything slow comes first: the mail is encoded, and its bytes lie encrypted in the
store, before it is given a connection. While it has one there is only MAIL, RCPT, the commit of ``sending`` and DATA;
that commit is this message's alone. It gives its connection back before its end is written down.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from flows.adapters.mail_encoding import Attachment, Mail, encode_mail
from flows.adapters.office import Office
from flows.adapters.smtp import AUTHENTICATION, NO_ANSWER, SERVICE_CLOSING, DeliveryUncertain, Transport
from flows.steps.correction_letters import attached_to, attachment_bytes
from flows.steps.documents import Draft, issue_draft, lay_draft
from flows.steps.outbox import addressee
from flows.steps.people import key_for
from models.actor import Actor
from models.errors import BadInput, DeliveryFailed, DeliveryFault, KeysMissing, NotFound
from models.events import Happened
from models.tables import Message
from models.tables.outbox import MessageState
from models.transitions import move

LEASE = timedelta(minutes=10)
TRIES = 8
FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=4)
_OF_THE_LINE = frozenset({NO_ANSWER, SERVICE_CLOSING, *AUTHENTICATION})


class LineDown(Exception):
    """No mail server answers, it is closing, does not know our login, or has had enough of us for now."""

    def __init__(self, fault: DeliveryFault) -> None:
        self.fault = fault
        super().__init__(fault)


@dataclass(frozen=True)
class Claimed:
    """A lease on a message. ``token`` tells this lease from one that somebody else took when it had run out."""

    id: int
    token: str
    slot: datetime | None = None
    """Not before this moment of the computer's clock; ``None``: at once."""


@dataclass(frozen=True)
class Ready:
    """A mail that could leave at once."""

    claim: Claimed
    sender: str
    recipient: str
    envelope_id: str
    wire: bytes
    draft: Draft


@dataclass(frozen=True)
class Ending:
    """How it ended, still to be written down. ``state`` is ``None`` for a failure, whose kind decides."""

    state: MessageState | None
    failure: DeliveryFailed | None = None


def make_ready(office: Office, claim: Claimed, *, actor: Actor) -> Ready | MessageState | None:
    """Encodes the mail and lays its bytes down. A mail that cannot be made is refused; ``None``: no longer ours."""
    with office.reading(actor) as session:
        message = session.get_one(Message, claim.id)
        if not _ours(message, claim):
            return None  # withdrawn or retaken since it was claimed
        try:
            wire = encode_mail(_mail(office, session, message))
        except (BadInput, NotFound, KeysMissing) as error:
            code = "not_encodable" if isinstance(error, BadInput) else "attachment_missing"
        else:
            draft = lay_draft(
                office,
                session,
                kind="mail",
                subject=f"message/{message.id}",
                content=wire,
                key=key_for(office, session, message.person_id, actor=actor),
            )
            envelope_id = message.message_id.strip("<>").partition("@")[0]
            return Ready(claim, message.sender_address, message.recipient, envelope_id, wire, draft)
    return _refuse_unmade(office, claim, code, actor=actor)


def _refuse_unmade(office: Office, claim: Claimed, code: str, *, actor: Actor) -> MessageState | None:
    with office.writing(actor) as session:
        message = session.get_one(Message, claim.id, with_for_update=True)
        if not _ours(message, claim):
            return None
        move(
            session,
            message,
            MessageState.REFUSED,
            happened=Happened.MESSAGE_REFUSED,
            actor=actor,
            now=office.now(),
            facts={"code": code},
        )
    return MessageState.REFUSED


def leave(office: Office, ready: Ready, transport: Transport, *, actor: Actor) -> Ending | MessageState | None:
    """Takes a mail through its envelope, the commit of ``sending`` and DATA.

    Returns how it ended, or the state it was moved to because it is not to leave. Raises ``LineDown`` when the server
    is not to be had: nothing has left, and it is not this message's fault.
    """
    try:
        # May take its time: the line, the server's patience. The message is only claimed meanwhile.
        transport.open_envelope(ready.sender, ready.recipient, envelope_id=ready.envelope_id)
    except DeliveryFailed as error:
        return _failed(error)
    stays = about_to_leave(office, ready, transport, actor=actor)
    if stays is not MessageState.SENDING:
        transport.drop_envelope()
        return stays
    try:
        transport.hand_over(ready.wire)
    except DeliveryUncertain:
        return Ending(MessageState.UNKNOWN)
    except DeliveryFailed as error:
        return _failed(error)
    return Ending(MessageState.SENT)


def _failed(error: DeliveryFailed) -> Ending:
    if error.temporary and error.fault is not DeliveryFault.MAIL:
        raise LineDown(error.fault) from None
    if error.temporary and error.code in _OF_THE_LINE:
        raise LineDown(DeliveryFault.LINE) from None
    return Ending(None, error)


def about_to_leave(office: Office, ready: Ready, transport: Transport, *, actor: Actor) -> MessageState | None:
    """Keeps the mail and commits ``sending``: from here on only DATA is left. Another state, or ``None`` when the
    message is no longer ours, means that it is not to leave."""
    with office.writing(actor) as session:
        message = session.get_one(Message, ready.claim.id, with_for_update=True)
        now = office.now()
        same = (message.sender_address, message.recipient) == (ready.sender, ready.recipient)
        if not _ours(message, ready.claim) or not same:
            return None  # withdrawn or retaken while the envelope was being opened
        if message.not_after is not None and message.not_after <= now:
            move(session, message, MessageState.EXPIRED, happened=Happened.MESSAGE_EXPIRED, actor=actor, now=now)
            return MessageState.EXPIRED
        # What leaves is kept byte for byte, before it leaves.
        issue_draft(
            office,
            session,
            ready.draft,
            file_name=f"{message.id:05d}-{message.event}.eml",
            area=message.area,
            actor=actor,
            now=now,
            person_id=message.person_id,
        )
        if not transport.delivers:
            move(session, message, MessageState.KEPT, happened=Happened.MESSAGE_KEPT, actor=actor, now=now)
            return MessageState.KEPT
        message.attempts += 1
        message.claimed_until = now + LEASE
        session.add(message)
        move(session, message, MessageState.SENDING, happened=Happened.MESSAGE_SENDING, actor=actor, now=now)
    return MessageState.SENDING


def settle(office: Office, claim: Claimed, ending: Ending, *, actor: Actor) -> MessageState | None:
    """Writes down how the sending ended."""
    now = office.now()
    with office.writing(actor) as session:
        message = session.get_one(Message, claim.id, with_for_update=True)
        if message.state not in (MessageState.CLAIMED, MessageState.SENDING) or message.claimed_by != claim.token:
            return None  # withdrawn while the server was saying no
        state = ending.state
        if ending.failure is not None:
            if message.state is MessageState.CLAIMED:
                message.attempts += 1
            message.last_code = ending.failure.code
            again = ending.failure.temporary and message.attempts < TRIES
            state = MessageState.DELAYED if again else MessageState.REFUSED
            message.not_before = now + min(FIRST_PAUSE * 2 ** (message.attempts - 1), _LONGEST_PAUSE)
        if state is MessageState.SENT:
            message.sent_at = now
        session.add(message)
        assert state is not None
        move(
            session,
            message,
            state,
            happened=HAPPENED[state],
            actor=actor,
            now=now,
            facts={"attempts": message.attempts, "code": message.last_code},
        )
    return state


HAPPENED = {
    MessageState.SENT: Happened.MESSAGE_SENT,
    MessageState.DELAYED: Happened.MESSAGE_DELAYED,
    MessageState.REFUSED: Happened.MESSAGE_REFUSED,
    MessageState.UNKNOWN: Happened.MESSAGE_UNKNOWN,
}


def _ours(message: Message, claim: Claimed) -> bool:
    return message.state is MessageState.CLAIMED and message.claimed_by == claim.token


def _mail(office: Office, session: Session, message: Message) -> Mail:
    calendar = message.calendar.encode() if message.calendar else None
    redirect = office.settings.mail_redirect
    return Mail(
        from_name=message.sender_name,
        from_address=message.sender_address,
        # In a test office nothing in the mail leads to the person, so that nobody can answer to them by mistake.
        to_address=redirect or message.recipient,
        to_name=None if redirect else addressee(session, message) or None,
        reply_to=message.reply_to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        message_id=message.message_id,
        date=office.now(),
        attachments=tuple(
            Attachment(row.name, row.media_type, attachment_bytes(office, session, row))
            for row in attached_to(session, message)
        ),
        calendar=calendar,
        calendar_method="REQUEST" if message.calendar_method != "CANCEL" else "CANCEL",
        stands_for=f"message/{message.id}" if redirect else "",
    )
