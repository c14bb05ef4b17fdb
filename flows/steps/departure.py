"""One message on its way out: made ready while it is claimed, marked as leaving, handed over, and its end written down.

The order is the guarantee (law 6). Everything slow comes first: the mail is encoded, and its bytes lie encrypted in the
store, before it is given a connection. While it has one there is only MAIL, RCPT, the commit of ``sending`` and DATA;
that commit is this message's alone. It gives its connection back before its end is written down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, Table, bindparam, or_
from sqlmodel import Session, col, select

from flows.adapters.mail_encoding import Attachment, Mail, encode_mail
from flows.adapters.office import Office
from flows.adapters.smtp import AUTHENTICATION, NO_ANSWER, SERVICE_CLOSING, DeliveryUncertain, Transport
from flows.steps.correction_letters import attachment_bytes
from flows.steps.documents import Draft, issue_draft, last_versions, next_draft
from flows.steps.outbox import institution_names
from flows.steps.people import full_name, key_for, keys_of
from models.actor import Actor
from models.errors import BadInput, DeliveryFailed, DeliveryFault, KeysMissing, NotFound
from models.events import Happened
from models.tables import Message, MessageAttachment, Person
from models.tables.outbox import MessageState
from models.transitions import Facts, Standing, move_as_read

LEASE = timedelta(minutes=10)
TRIES = 8
FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=4)
_ROWS = cast(Table, Message.__table__).c  # type: ignore[attr-defined]
_OURS: tuple[ColumnElement[bool], ...] = (_ROWS.claimed_by == bindparam("token"),)
_STILL_TRUE = (
    *_OURS,
    or_(_ROWS.not_after.is_(None), _ROWS.not_after > bindparam("moment", type_=_ROWS.not_after.type)),
)
_OVER = (*_OURS, _ROWS.not_after <= bindparam("moment", type_=_ROWS.not_after.type))
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
class Written:
    """A claimed message with everything that its mail is made of."""

    claim: Claimed
    area: str
    event: str
    personal: bool
    mail: Mail | None
    """``None`` when something that belongs to it is missing."""
    recipient: str
    attempts: int
    last_code: int | None
    draft: Draft
    data_key: bytes = field(repr=False)

    @property
    def subject(self) -> str:
        return f"message/{self.claim.id}"

    @property
    def envelope_id(self) -> str:
        """The part of the Message-ID that cannot be guessed."""
        assert self.mail is not None
        return self.mail.message_id.strip("<>").partition("@")[0]


@dataclass(frozen=True)
class Ready:
    """A mail that could leave at once: encoded, and its bytes laid down."""

    written: Written
    wire: bytes

    @property
    def claim(self) -> Claimed:
        return self.written.claim


@dataclass(frozen=True)
class Ending:
    """How it ended, still to be written down. ``state`` is ``None`` for a failure, whose kind decides."""

    state: MessageState | None
    failure: DeliveryFailed | None = None
    stood: MessageState = MessageState.SENDING
    """Where the message was when it ended."""


def read(office: Office, claims: Sequence[Claimed], *, actor: Actor) -> list[Written]:
    """Reads claimed messages with what belongs to them; those that were taken back meanwhile are left out."""
    found: list[Written] = []
    with office.reading(actor) as session:
        by_id = {claim.id: claim for claim in claims}
        messages = session.exec(select(Message).where(col(Message.id).in_(by_id)).order_by(col(Message.id))).all()
        owners = {row.person_id for row in messages if row.person_id is not None}
        names = {row.id: full_name(row) for row in session.exec(select(Person).where(col(Person.id).in_(owners))).all()}
        housed = {row.institution_id for row in messages if row.institution_id is not None}
        houses = institution_names(session, housed)
        attached: dict[int, list[MessageAttachment]] = {}
        # With a merged message go the documents of its parts.
        for row, carrier in session.exec(
            select(MessageAttachment, Message.merged_into_id)
            .join(Message, col(Message.id) == MessageAttachment.message_id)
            .where(or_(col(MessageAttachment.message_id).in_(by_id), col(Message.merged_into_id).in_(by_id)))
            .order_by(col(MessageAttachment.id))
        ).all():
            attached.setdefault(carrier or row.message_id, []).append(row)
        keys = keys_of(session, owners)
        versions = last_versions(session, "mail", [f"message/{number}" for number in by_id])
        for message in messages:
            assert message.id is not None
            claim = by_id[message.id]
            if not (message.state is MessageState.CLAIMED and message.claimed_by == claim.token):
                continue
            key_id, data_key = keys.get(message.person_id or 0) or key_for(
                office, session, message.person_id, actor=actor
            )
            subject = f"message/{message.id}"
            try:
                documents = tuple(
                    Attachment(row.name, row.media_type, attachment_bytes(office, session, row))
                    for row in attached.get(message.id, ())
                )
            except (NotFound, KeysMissing):
                mail = None
            else:
                name = names.get(message.person_id) or houses.get(message.institution_id or 0, "")
                mail = _mail(office, message, name, documents)
            found.append(
                Written(
                    claim=claim,
                    area=message.area,
                    event=message.event,
                    personal=message.person_id is not None,
                    mail=mail,
                    recipient=message.recipient,
                    attempts=message.attempts,
                    last_code=message.last_code,
                    draft=next_draft(session, "mail", subject, after=versions.get(subject, 0), key_id=key_id),
                    data_key=data_key,
                )
            )
    return found


def make_ready(office: Office, written: Written, *, actor: Actor) -> Ready | MessageState | None:
    """Encodes the mail and lays its bytes down. A mail that cannot be made is refused; ``None``: no longer ours."""
    if written.mail is None:
        return _refuse_unmade(office, written, "attachment_missing", actor=actor)
    try:
        wire = encode_mail(written.mail)
    except BadInput:
        return _refuse_unmade(office, written, "not_encodable", actor=actor)
    office.files.draft(written.draft.stored_as, written.data_key, wire)
    return Ready(written, wire)


def _refuse_unmade(office: Office, written: Written, code: str, *, actor: Actor) -> MessageState | None:
    with office.writing(actor) as session:
        return _moved(session, office, written, MessageState.REFUSED, actor=actor, facts={"code": code})


def leave(office: Office, ready: Ready, transport: Transport, *, actor: Actor) -> Ending | MessageState | None:
    """Takes a mail through its envelope, the commit of ``sending`` and DATA.

    Returns how it ended, or the state it was moved to because it is not to leave. Raises ``LineDown`` when the server
    is not to be had: nothing has left, and it is not this message's fault.
    """
    written = ready.written
    assert written.mail is not None
    try:
        # May take its time: the line, the server's patience. The message is only claimed meanwhile.
        transport.open_envelope(written.mail.from_address, written.recipient, envelope_id=written.envelope_id)
    except DeliveryFailed as error:
        return _failed(error, MessageState.CLAIMED)
    stays = about_to_leave(office, ready, transport, actor=actor)
    if stays is not MessageState.SENDING:
        transport.drop_envelope()
        return stays
    try:
        transport.hand_over(ready.wire)
    except DeliveryUncertain:
        return Ending(MessageState.UNKNOWN)
    except DeliveryFailed as error:
        return _failed(error, MessageState.SENDING)
    return Ending(MessageState.SENT)


def _failed(error: DeliveryFailed, stood: MessageState) -> Ending:
    if error.temporary and error.fault is not DeliveryFault.MAIL:
        raise LineDown(error.fault) from None
    if error.temporary and error.code in _OF_THE_LINE:
        raise LineDown(DeliveryFault.LINE) from None
    return Ending(None, error, stood)


def about_to_leave(office: Office, ready: Ready, transport: Transport, *, actor: Actor) -> MessageState | None:
    """Keeps the mail and commits ``sending``: from here on only DATA is left. Another state, or ``None`` when the
    message is no longer ours, means that it is not to leave.

    Nobody can edit a message while it is claimed, and whoever withdraws or retakes it ends the claim: that the claim
    still stands, seen by the same statement that ends it, is what makes the mail the message's own.
    """
    written, now = ready.written, office.now()
    sets: dict[str, object] = {"attempts": written.attempts + 1, "claimed_until": now + LEASE}
    state = MessageState.SENDING if transport.delivers else MessageState.KEPT
    with office.writing(actor) as session:
        moved = _moved(
            session,
            office,
            written,
            state,
            actor=actor,
            only_if=_STILL_TRUE,
            setting=sets if transport.delivers else {},
        )
        if moved is None:
            return _moved(
                session,
                office,
                written,
                MessageState.EXPIRED,
                actor=actor,
                only_if=_OVER,
            )
        # What leaves is kept byte for byte, before it leaves.
        issue_draft(
            office,
            session,
            written.draft,
            file_name=f"{written.claim.id:05d}-{written.event}.eml",
            area=written.area,
            actor=actor,
            now=now,
            personal=written.personal,
        )
    return state


def settle(office: Office, written: Written, ending: Ending, *, actor: Actor) -> MessageState | None:
    """Writes down how the sending ended."""
    now, state, attempts, code = office.now(), ending.state, written.attempts + 1, written.last_code
    sets: dict[str, object] = {}
    if ending.failure is not None:
        code = ending.failure.code
        again = ending.failure.temporary and attempts < TRIES
        state = MessageState.DELAYED if again else MessageState.REFUSED
        pause = min(FIRST_PAUSE * 2 ** (attempts - 1), _LONGEST_PAUSE)
        sets = {"attempts": attempts, "last_code": code, "not_before": now + pause}
    if state is MessageState.SENT:
        sets["sent_at"] = now
    assert state is not None
    with office.writing(actor) as session:
        return _moved(
            session,
            office,
            written,
            state,
            stood=ending.stood,
            actor=actor,
            facts={"attempts": attempts, "code": code},
            setting=sets,
        )


HAPPENED = {
    MessageState.SENDING: Happened.MESSAGE_SENDING,
    MessageState.KEPT: Happened.MESSAGE_KEPT,
    MessageState.EXPIRED: Happened.MESSAGE_EXPIRED,
    MessageState.SENT: Happened.MESSAGE_SENT,
    MessageState.DELAYED: Happened.MESSAGE_DELAYED,
    MessageState.REFUSED: Happened.MESSAGE_REFUSED,
    MessageState.UNKNOWN: Happened.MESSAGE_UNKNOWN,
}


def _moved(
    session: Session,
    office: Office,
    written: Written,
    state: MessageState,
    *,
    actor: Actor,
    stood: MessageState = MessageState.CLAIMED,
    only_if: tuple[ColumnElement[bool], ...] | None = None,
    facts: Facts | None = None,
    setting: Mapping[str, object] | None = None,
) -> MessageState | None:
    """Moves the message if our claim on it still stands; ``None`` if it was withdrawn or retaken meanwhile."""
    moved = move_as_read(
        session,
        Message,
        [Standing(written.claim.id, written.area, stood)],
        state,
        happened=HAPPENED[state],
        actor=actor,
        now=office.now(),
        facts=facts,
        only_if=_OURS if only_if is None else only_if,
        given={"token": written.claim.token} | ({} if only_if is None else {"moment": office.now()}),
        setting=setting,
    )
    return state if moved else None


def _mail(office: Office, message: Message, name: str, documents: tuple[Attachment, ...]) -> Mail:
    redirect = office.settings.mail_redirect
    return Mail(
        from_name=message.sender_name,
        from_address=message.sender_address,
        # In a test office nothing in the header leads to the person, so that nobody answers to them by mistake.
        to_address=redirect or message.recipient,
        to_name=None if redirect else name or None,
        reply_to=message.reply_to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        message_id=message.message_id,
        refers_to=message.refers_to or None,
        date=office.now(),
        attachments=documents,
        calendar=message.calendar.encode() if message.calendar else None,
        calendar_method="REQUEST" if message.calendar_method != "CANCEL" else "CANCEL",
        stands_for=f"message/{message.id}" if redirect else "",
    )
