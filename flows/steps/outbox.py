"""The outbox: writing messages as rows, and what officers do to them before they leave."""

from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.people import full_name
from flows.steps.quiet_hours import leaves_from
from models.actor import Actor, Right
from models.errors import BadInput, NotFound
from models.events import Happened
from models.identifiers import Fault, Sex, check_email
from models.project import UNKNOWN, ProjectDefinition
from models.storage import keyring_in
from models.tables import Message, Person, SubmittedFile
from models.tables.outbox import UNSENT, MessageState
from models.transitions import move, note
from templates.letters import Letter, OfficeBlock
from templates.render import render_mail

_REMINDER = "reminder_"
CONFIRMED_ONLY = frozenset({"correction_request", "reminder_correction"})
"""Letters that say what stands in somebody's form: they go only where somebody stands behind the address."""


def office_block(definition: ProjectDefinition) -> OfficeBlock:
    """Who writes, as every letter needs it."""
    unit = definition.unit
    return OfficeBlock(
        project_title=definition.title,
        project_short_title=definition.code,
        project_number=definition.number,
        unit_name=unit.name,
        unit_address=f"{unit.address}, {unit.postcode_town}",
        phone="" if unit.phone == UNKNOWN else unit.phone,
        email=unit.email,
        hours=unit.hours,
        iod=unit.iod,
        funding_line=definition.funding_line,
    )


def sex_of(person: Person | None) -> Sex | None:
    """How the letter addresses the person; ``None`` is the neutral form."""
    if person is None:
        return None
    return {"kobieta": Sex.WOMAN, "mezczyzna": Sex.MAN}.get(person.sex or "")


def compose(
    session: Session,
    event: str,
    letter: Letter,
    *,
    subject_ref: str,
    area: str,
    occasion: str,
    actor: Actor,
    now: datetime,
    person: Person | None = None,
    recipient: str | None = None,
    contradicts: str = "",
    not_after: datetime | None = None,
    calendar: bytes | None = None,
    calendar_method: str = "",
    definition: ProjectDefinition,
) -> Message | None:
    """A message row, not yet added; ``None`` when one with the same business key exists already.

    Without an address (``recipient`` may be empty on purpose: none is confirmed) the message waits for one: an officer
    finds it, or prints the message; it is never lost.
    """
    if recipient is None:
        recipient = (person.email if person else None) or _sender_of(session, subject_ref)
    address = recipient
    whom = f"person/{person.id}" if person else "sender"
    key = f"{event}:{subject_ref}:{whom}:{occasion}"
    if session.exec(select(Message.id).where(Message.key == key)).first() is not None:
        return None
    mail = render_mail(event, letter)
    return Message(
        area=area,
        key=key,
        event=event,
        subject_ref=subject_ref,
        person_id=person.id if person else None,
        recipient=address,
        sender_name=definition.mail.from_name,
        sender_address=definition.mail.from_address,
        reply_to=definition.mail.reply_to,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        calendar=calendar.decode() if calendar is not None else None,
        calendar_method=calendar_method,
        contradicts=contradicts,
        message_id=f"<{keyring_in(session).lookup('message', key)[:32]}@{sender_domain(definition)}>",
        not_before=leaves_from(definition, event, now=now, not_after=not_after),
        not_after=not_after,
        created_at=now,
        created_by=actor.login,
        state=MessageState.DUE if address else MessageState.UNADDRESSED,
    )


def _sender_of(session: Session, subject_ref: str) -> str:
    """Where an application came from, for a candidate whose form gives no address of their own."""
    kind, _, row_id = subject_ref.partition("/")
    if kind != "application":
        return ""
    senders = session.exec(
        select(SubmittedFile.sender)
        .where(SubmittedFile.application_id == int(row_id))
        .order_by(col(SubmittedFile.received_at).desc(), col(SubmittedFile.id).desc())
    ).all()
    return next((sender for sender in senders if sender), "")


def sender_domain(definition: ProjectDefinition) -> str:
    """What Message-IDs end in."""
    return definition.mail.from_address.partition("@")[2]


def told_at(session: Session, subject_ref: str, event: str, occasion: str) -> datetime | None:
    """When the letter of exactly this occasion left; ``None`` while it has not, and its period then does not run."""
    return session.exec(
        select(Message.sent_at)
        .where(
            Message.subject_ref == subject_ref,
            col(Message.key).like(f"{event}:{subject_ref}:%:{occasion}"),
            Message.state == MessageState.SENT,
        )
        .order_by(col(Message.sent_at))
    ).first()


def withdraw_contrary(session: Session, topic: str, *, actor: Actor, now: datetime, except_event: str = "") -> int:
    """Withdraws what has not left yet and would contradict (law 6). Returns how many messages."""
    rows = session.exec(select(Message).where(Message.contradicts == topic, col(Message.state).in_(UNSENT))).all()
    withdrawn = 0
    for row in rows:
        if row.event != except_event:
            move(session, row, MessageState.WITHDRAWN, happened=Happened.MESSAGE_WITHDRAWN, actor=actor, now=now)
            withdrawn += 1
    return withdrawn


def find_message(session: Session, message_id: int) -> Message:
    """The message of that id within the actor's scope. Raises ``NotFound``."""
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound(f"Nie ma wiadomości {message_id}.")
    return message


def edit(
    session: Session,
    message_id: int,
    *,
    subject: str | None = None,
    text: str | None = None,
    recipient: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Changes what is about to leave. A changed text goes out as plain text only: there is no second version of it."""
    actor.require(Right.OUTBOX)
    message = find_message(session, message_id)
    if message.state not in UNSENT - {MessageState.CLAIMED}:
        raise BadInput("Ta wiadomość już wyszła albo właśnie wychodzi; nie można jej zmienić.")
    changed: list[str] = []
    if subject is not None:
        if not subject.strip() or "\n" in subject or "\r" in subject:
            raise BadInput("Temat to jeden niepusty wiersz.")
        message.subject, changed = subject.strip(), [*changed, "subject"]
    if text is not None:
        message.text, message.html, changed = text, "", [*changed, "text"]
    if recipient is not None:
        checked = check_email(recipient)
        if isinstance(checked, Fault):
            raise BadInput(f"To nie jest adres e-mail. {checked.sentence}")
        if message.event in CONFIRMED_ONLY:
            raise BadInput(
                "Ta wiadomość idzie tylko na potwierdzony adres. Potwierdź go: "
                "nabor application confirm-address NUMER ADRES --reason UZASADNIENIE."
            )
        message.recipient, changed = recipient.strip(), [*changed, "recipient"]
    if not changed:
        raise BadInput("Podaj, co zmienić: temat (--subject), treść (--text) albo adres (--to).")
    message.edited_by = actor.login
    session.add(message)
    note(
        session,
        f"message/{message.id}",
        happened=Happened.MESSAGE_EDITED,
        actor=actor,
        now=now,
        area=message.area,
        facts={"changed": changed},
    )


def hold(session: Session, message_id: int, *, actor: Actor, now: datetime) -> None:
    """Keeps a message back until it is released."""
    move(
        session,
        find_message(session, message_id),
        MessageState.HELD,
        happened=Happened.MESSAGE_HELD,
        actor=actor,
        now=now,
    )


def release(session: Session, message_id: int, *, actor: Actor, now: datetime) -> None:
    """Lets a held, refused, kept or unknown message go; who releases an *unknown* one vouches that it had not left."""
    actor.require(Right.OUTBOX)
    message = find_message(session, message_id)
    if not message.recipient:
        raise BadInput("Wiadomość nie ma adresu. Wpisz go: nabor outbox edit --to ADRES.")
    if message.contradicts and _overtaken(session, message):
        raise BadInput("Po tej wiadomości powstała nowsza w tej samej sprawie; tej już nie można wysłać.")
    if message.not_after is not None and message.not_after <= now:
        raise BadInput("Pora tej wiadomości minęła: to, o czym pisze, już się zaczęło. Można ją tylko wycofać.")
    # Somebody has looked into it: it goes at once, and with all its tries.
    message.not_before, message.attempts = now, 0
    session.add(message)
    move(session, message, MessageState.DUE, happened=Happened.MESSAGE_RELEASED, actor=actor, now=now)


def release_kept(session: Session, *, actor: Actor, now: datetime) -> int:
    """Lets everything go that was kept for want of a mail server and is still true. Returns how many messages."""
    actor.require(Right.OUTBOX)
    rows = session.exec(select(Message).where(Message.state == MessageState.KEPT).order_by(col(Message.id))).all()
    released = 0
    for row in rows:
        late = row.not_after is not None and row.not_after <= now
        if row.id is not None and not late and not (row.contradicts and _overtaken(session, row)):
            release(session, row.id, actor=actor, now=now)
            released += 1
    return released


def record_handed(session: Session, message_id: int, *, actor: Actor, now: datetime) -> None:
    """A message without an address, or one that was kept here, was printed and handed over; or an *unknown* one turned
    out to have left. Its period runs from now on."""
    actor.require(Right.OUTBOX)
    message = find_message(session, message_id)
    if message.state not in (MessageState.UNADDRESSED, MessageState.KEPT, MessageState.UNKNOWN):
        raise BadInput(
            "Ręcznie przekazuje się tylko wiadomość bez adresu, zachowaną z braku serwera poczty albo taką, o której "
            "nie wiadomo, czy wyszła."
        )
    message.sent_at = now
    session.add(message)
    move(
        session,
        message,
        MessageState.SENT,
        happened=Happened.MESSAGE_SENT,
        actor=actor,
        now=now,
        facts={"by_hand": True},
    )


def _overtaken(session: Session, message: Message) -> bool:
    """Whether a newer message says something else. A reminder repeats what the letter before it said."""
    newer = session.exec(
        select(Message.event).where(Message.contradicts == message.contradicts, col(Message.id) > message.id)
    ).all()
    return any(not event.startswith(_REMINDER) or message.event.startswith(_REMINDER) for event in newer)


def confirm_sent(session: Session, message_id: int, *, actor: Actor, now: datetime) -> None:
    """An officer saw an *unknown* message in the mailbox of the office: it had left, and is not sent again."""
    actor.require(Right.OUTBOX)
    message = find_message(session, message_id)
    if message.state is not MessageState.UNKNOWN:
        raise BadInput("Potwierdzić można tylko wiadomość, o której nie wiadomo, czy wyszła.")
    message.sent_at = now
    session.add(message)
    move(
        session,
        message,
        MessageState.SENT,
        happened=Happened.MESSAGE_SENT,
        actor=actor,
        now=now,
        facts={"confirmed_by": actor.login},
    )


def discard(session: Session, message_id: int, *, actor: Actor, now: datetime) -> None:
    """Withdraws a message for good; the row stays on record."""
    actor.require(Right.OUTBOX)
    move(
        session,
        find_message(session, message_id),
        MessageState.WITHDRAWN,
        happened=Happened.MESSAGE_WITHDRAWN,
        actor=actor,
        now=now,
    )


def addressee(session: Session, message: Message) -> str:
    """The name the mail is addressed to, if it goes to a known person."""
    person = session.get(Person, message.person_id) if message.person_id is not None else None
    return full_name(person) if person else ""
