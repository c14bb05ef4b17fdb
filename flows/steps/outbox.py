"""The outbox: writing messages as rows, and what officers do to them before they leave."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, func, select

from flows.adapters.clock import warsaw_date
from flows.steps.bounces import is_bad_address
from flows.steps.people import full_name
from flows.steps.projects import definition_for
from flows.steps.quiet_hours import leaves_from
from models.actor import Actor, Right
from models.errors import BadInput, NotFound
from models.events import Happened
from models.identifiers import Fault, Sex, check_email
from models.project import UNKNOWN, ProjectDefinition
from models.storage import keyring_in
from models.tables import (
    Appeal,
    Application,
    Call,
    Correction,
    Event,
    Institution,
    Membership,
    Message,
    Person,
    SubmittedFile,
)
from models.tables.outbox import UNSENT, Channel, MessageState
from models.transitions import Facts, move, note, reference
from templates.letters.frame import ApplicationLetter, EarlierLetter, Letter, OfficeBlock
from templates.render import RenderedMail, render_mail

_REMINDER = "reminder_"
CONFIRMED_ONLY = frozenset({"correction_request", "reminder_correction"})
"""Letters that say what stands in somebody's form: they go only where somebody stands behind the address."""


def office_block(definition: ProjectDefinition) -> OfficeBlock:
    """Who writes, as every letter needs it."""
    unit, asked = definition.unit, "podamy na prośbę"
    where = (unit.address, unit.postcode_town)
    return OfficeBlock(
        project_title=definition.title,
        project_short_title=definition.code,
        project_number="" if definition.number == UNKNOWN else definition.number,
        unit_name=unit.name,
        unit_address=f"adres {asked}" if UNKNOWN in where else ", ".join(where),
        phone="" if unit.phone == UNKNOWN else unit.phone,
        email=unit.email,
        hours=asked if unit.hours == UNKNOWN else unit.hours,
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
    institution: Institution | None = None,
    recipient: str | None = None,
    draft: bool = False,
    contradicts: str = "",
    not_after: datetime | None = None,
    calendar: bytes | None = None,
    calendar_method: str = "",
    definition: ProjectDefinition,
) -> Message | None:
    """A message row, not yet added; ``None`` when one with the same business key exists already.

    Without an address (``recipient`` may be empty on purpose: none is confirmed) the message waits for one: an officer
    finds it, or prints the message; it is never lost. Whoever does not want mails is written to by the channel of their
    choice; an institution at its official address. ``draft``, and what the project wants to be looked at, waits for an
    officer's consent.
    """
    if institution is not None:
        channel, address, whom = institution.channel, institution.recipient, reference(institution)
    else:
        if recipient is None:
            recipient = (person.email if person else None) or _sender_of_subject(session, subject_ref)
        channel = person.channel if person else Channel.EMAIL
        address = recipient if person is None or channel is Channel.EMAIL else person.channel_address or ""
        whom = f"person/{person.id}" if person else "sender"
    key = f"{event}:{subject_ref}:{whom}:{occasion}"
    if session.exec(select(Message.id).where(Message.key == key)).first() is not None:
        return None
    by_mail = channel is Channel.EMAIL
    if not by_mail:
        letter = replace(letter, on_paper=True)
    earlier = replaced_by(session, event, contradicts)
    if earlier is not None:
        told = EarlierLetter(sent_on=warsaw_date(earlier.sent_at or now), subject=earlier.subject)
        letter = replace(letter, instead_of=told)
    if isinstance(letter, ApplicationLetter):
        letter = _of_its_call(session, letter, subject_ref)
    mail = worded(event, letter, person=person, definition=definition)
    return Message(
        area=area,
        key=key,
        event=event,
        subject_ref=subject_ref,
        person_id=person.id if person else None,
        institution_id=institution.id if institution else None,
        channel=channel,
        recipient=address,
        sender_name=definition.mail.from_name,
        sender_address=definition.mail.from_address,
        reply_to=definition.mail.reply_to,
        subject=mail.subject,
        content=mail.content,
        text=mail.text,
        html=mail.html,
        calendar=calendar.decode() if calendar is not None and by_mail else None,
        calendar_method=calendar_method if by_mail else "",
        contradicts=contradicts,
        refers_to=earlier.message_id if earlier else "",
        message_id=message_id_for(session, key, definition),
        not_before=leaves_from(definition, event, now=now, not_after=not_after),
        not_after=not_after,
        created_at=now,
        created_by=actor.login,
        state=_first_state(address, draft=draft or event in definition.mail.approve),
    )


def _of_its_call(session: Session, letter: ApplicationLetter, subject_ref: str) -> ApplicationLetter:
    """The letter as the call of its application wants it: an application itself, its seat, an appeal, or a request to
    complete it."""
    application_id = _application_of(session, subject_ref)
    application = session.get(Application, application_id) if application_id is not None else None
    if application is None:
        return letter
    call = session.get_one(Call, application.call_id)
    admission = definition_for(session, call).group_kind(call.group_kind).admission
    return replace(letter, for_unit=application.unit is not None, admission=admission.value)


def _application_of(session: Session, subject_ref: str) -> int | None:
    kind, _, number = subject_ref.partition("/")
    match kind:
        case "application":
            return int(number)
        case "membership":
            return session.get_one(Membership, int(number)).application_id
        case "appeal":
            return session.get_one(Appeal, int(number)).application_id
        case "correction":
            return session.get_one(Correction, int(number)).application_id
        case _:
            return None


def worded(event: str, letter: Letter, *, person: Person | None, definition: ProjectDefinition) -> RenderedMail:
    """The letter in the words of the project, and in the form of address that the person asked for."""
    salutation = person.salutation if person is not None else None
    greeted = replace(letter, salutation_override=salutation) if salutation else letter
    return render_mail(event, greeted, overrides=definition.templates)


def _first_state(address: str, *, draft: bool) -> MessageState:
    if draft:
        return MessageState.DRAFT
    return MessageState.DUE if address else MessageState.UNADDRESSED


_RESULTS = frozenset({"accepted", "reserve", "rejected"})
_TAKES_BACK: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_RESULTS, _RESULTS | {"promoted"}),
    # Being offered a seat takes back a refusal; who waited on the reserve is told what follows from that.
    "promoted": frozenset({"rejected", "reserve_ended"}),
    # What had come in time turned up after all.
    "completed": frozenset({"closed_incomplete"}),
    "support_granted": frozenset({"support_refused"}),
}
"""Which letters of the same topic a letter contradicts, so that it must say it takes their place."""


def replaced_by(session: Session, event: str, topic: str) -> Message | None:
    """The letter of the same topic that left, or may have left, and that a letter of ``event`` takes the place of."""
    if not topic or event not in _TAKES_BACK:
        return None
    left = session.exec(
        select(Message)
        .where(
            Message.contradicts == topic,
            col(Message.state).in_((MessageState.SENT, MessageState.SENDING, MessageState.UNKNOWN)),
        )
        .order_by(col(Message.id).desc())
    ).first()
    return left if left is not None and left.event in _TAKES_BACK[event] else None


def sender_of(session: Session, application_id: int | None) -> str:
    """Where an application came from last, for a candidate whose form gives no address of their own."""
    senders = session.exec(
        select(SubmittedFile.sender)
        .where(SubmittedFile.application_id == application_id)
        .order_by(col(SubmittedFile.received_at).desc(), col(SubmittedFile.id).desc())
    ).all()
    return next((sender for sender in senders if sender), "")


def _sender_of_subject(session: Session, subject_ref: str) -> str:
    kind, _, row_id = subject_ref.partition("/")
    return sender_of(session, int(row_id)) if kind == "application" else ""


def message_id_for(session: Session, key: str, definition: ProjectDefinition) -> str:
    """The Message-ID of a message: the same for the same key, and nobody else can guess it."""
    return f"<{keyring_in(session).lookup('message', key)[:32]}@{sender_domain(definition)}>"


def sender_domain(definition: ProjectDefinition) -> str:
    """What Message-IDs end in."""
    return definition.mail.from_address.partition("@")[2]


def told_at(session: Session, subject_ref: str, event: str, occasion: str) -> datetime | None:
    """When the letter of exactly this occasion left; ``None`` while it has not, and its period then does not run.

    What was merged left with the message that carries it.
    """
    carrier = aliased(Message)
    return session.exec(
        select(func.coalesce(carrier.sent_at, Message.sent_at))
        .select_from(Message)
        .outerjoin(carrier, col(carrier.id) == Message.merged_into_id)
        .where(
            Message.subject_ref == subject_ref,
            col(Message.key).like(f"{event}:{subject_ref}:%:{occasion}"),
            func.coalesce(carrier.state, Message.state) == MessageState.SENT,
        )
        .order_by(func.coalesce(carrier.sent_at, Message.sent_at))
    ).first()


def withdraw_contrary(session: Session, topic: str, *, actor: Actor, now: datetime, except_event: str = "") -> int:
    """Withdraws what has not left yet and would contradict (law 6). Returns how many messages.

    One that was merged is taken out of the message that carries it; the others of that go by themselves again.
    """
    merged = session.exec(
        select(Message)
        .where(Message.contradicts == topic, Message.state == MessageState.MERGED)
        .order_by(col(Message.id))
    ).all()
    for row in merged:
        if row.event != except_event:
            take_apart(session, row, actor=actor, now=now)
    rows = session.exec(select(Message).where(Message.contradicts == topic, col(Message.state).in_(UNSENT))).all()
    withdrawn = 0
    for row in rows:
        if row.event != except_event:
            move(session, row, MessageState.WITHDRAWN, happened=Happened.MESSAGE_WITHDRAWN, actor=actor, now=now)
            withdrawn += 1
    return withdrawn


def take_apart(session: Session, part: Message, *, actor: Actor, now: datetime) -> bool:
    """Withdraws the message that carries ``part``, unless it has left; its parts stand for themselves again."""
    carrier = session.get(Message, part.merged_into_id or 0, with_for_update=True)
    if carrier is None or carrier.state not in UNSENT:
        return False
    move(session, carrier, MessageState.WITHDRAWN, happened=Happened.MESSAGE_WITHDRAWN, actor=actor, now=now)
    for row in carried_by(session, carrier):
        row.merged_into_id = None
        session.add(row)
        target = MessageState.DUE if row.recipient else MessageState.UNADDRESSED
        move(session, row, target, happened=Happened.MESSAGE_UNMERGED, actor=actor, now=now)
    return True


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
    laid_out: RenderedMail | None = None,
    recipient: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Changes what is about to leave.

    A changed ``text`` goes out as plain text only: there is no second version of it. Words that were set anew
    (``laid_out``, by ``flows.steps.message_frames.reworded``) keep the frame, and their HTML.
    """
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
        message.text, message.html, message.content, changed = text, "", None, [*changed, "text"]
    if laid_out is not None:
        message.content, message.text, message.html = laid_out.content, laid_out.text, laid_out.html
        changed = [*changed, "content"]
    if recipient is not None:
        if message.channel is not Channel.EMAIL:
            command = "unit set" if message.institution_id is not None else "application channel"
            raise BadInput(f"Ta wiadomość nie idzie pocztą elektroniczną. Adres zmienia: nabor {command}.")
        checked = check_email(recipient)
        if isinstance(checked, Fault):
            raise BadInput(f"To nie jest adres e-mail. {checked.sentence}")
        if any(one.event in CONFIRMED_ONLY for one in (message, *carried_by(session, message))):
            raise BadInput(
                "Ta wiadomość idzie tylko na potwierdzony adres. Potwierdź go: "
                "nabor application confirm-address NUMER ADRES --reason UZASADNIENIE."
            )
        message.recipient, changed = recipient.strip(), [*changed, "recipient"]
    if not changed:
        raise BadInput("Podaj, co zmienić: temat (--subject), treść (--content, --text) albo adres (--to).")
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
    _stands_for_itself(message)
    if not message.recipient:
        raise BadInput("Wiadomość nie ma adresu. Wpisz go: nabor outbox edit --to ADRES.")
    came_back = message.state is MessageState.BOUNCED and is_bad_address(message.bounce_status)
    if came_back and not _readdressed(session, message):
        raise BadInput(
            "Ta wiadomość wróciła, bo takiego adresu nie ma. Najpierw popraw adres (nabor outbox edit --to ADRES) "
            "albo wręcz ją na papierze (nabor outbox handed)."
        )
    if message.contradicts and _overtaken(session, message):
        raise BadInput("Po tej wiadomości powstała nowsza w tej samej sprawie; tej już nie można wysłać.")
    if message.not_after is not None and message.not_after <= now:
        raise BadInput("Pora tej wiadomości minęła: to, o czym pisze, już się zaczęło. Można ją tylko wycofać.")
    # Somebody has looked into it: it goes at once, and with all its tries.
    message.not_before, message.attempts, message.bounce_status = now, 0, ""
    session.add(message)
    move(session, message, MessageState.DUE, happened=Happened.MESSAGE_RELEASED, actor=actor, now=now)


def _readdressed(session: Session, message: Message) -> bool:
    """Whether somebody gave it another address since it came back."""
    since = session.exec(
        select(Event)
        .where(
            Event.subject == f"message/{message.id}",
            col(Event.kind).in_((Happened.MESSAGE_BOUNCED, Happened.MESSAGE_EDITED)),
        )
        .order_by(col(Event.id).desc())
    ).all()
    for event in since:
        if event.kind == Happened.MESSAGE_BOUNCED:
            return False
        if "recipient" in event.facts.get("changed", ()):
            return True
    return False


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


def _overtaken(session: Session, message: Message) -> bool:
    """Whether a newer message says something else. A reminder repeats what the letter before it said."""
    newer = session.exec(
        select(Message.event).where(Message.contradicts == message.contradicts, col(Message.id) > message.id)
    ).all()
    return any(not event.startswith(_REMINDER) or message.event.startswith(_REMINDER) for event in newer)


FOR_GOOD = "for_good"
"""The fact of a withdrawal that an officer decided, after which nothing writes the same again."""


def discard(session: Session, message_id: int, *, actor: Actor, now: datetime) -> None:
    """Withdraws a message for good, with all that it carries; the rows stay on record."""
    actor.require(Right.OUTBOX)
    message = find_message(session, message_id)
    _stands_for_itself(message)
    facts: Facts = {FOR_GOOD: True}
    move(
        session, message, MessageState.WITHDRAWN, happened=Happened.MESSAGE_WITHDRAWN, actor=actor, now=now, facts=facts
    )
    for part in carried_by(session, message):
        move(
            session,
            part,
            MessageState.WITHDRAWN,
            happened=Happened.MESSAGE_WITHDRAWN,
            actor=actor,
            now=now,
            facts=facts,
        )


def split(session: Session, message_id: int, *, actor: Actor, now: datetime) -> list[int]:
    """Takes a merged message apart, so that its parts go by themselves; their numbers. They are not merged again.

    Raises ``BadInput`` for a message that carries none, or has left.
    """
    actor.require(Right.OUTBOX)
    parts = carried_by(session, find_message(session, message_id))
    if not parts:
        raise BadInput(f"Wiadomość {message_id} nie łączy innych.")
    if not take_apart(session, parts[0], actor=actor, now=now):
        raise BadInput("Ta wiadomość już wyszła albo właśnie wychodzi; nie można jej rozdzielić.")
    for part in parts:
        part.edited_by = actor.login
        session.add(part)
    return [part.id for part in parts if part.id is not None]


def _stands_for_itself(message: Message) -> None:
    """Raises ``BadInput`` for a part: what is done to it alone would be said in the whole all the same."""
    if message.state is MessageState.MERGED:
        raise BadInput(
            f"Ta wiadomość wychodzi jako część wiadomości {message.merged_into_id}. Osobno pójdzie po rozdzieleniu: "
            f"nabor outbox split {message.merged_into_id}."
        )


def carried_by(session: Session, message: Message) -> list[Message]:
    """The messages that were merged into this one."""
    return list(
        session.exec(select(Message).where(Message.merged_into_id == message.id).order_by(col(Message.id))).all()
    )


def addressee(session: Session, message: Message) -> str:
    """The name the mail is addressed to, if it goes to a known person or institution."""
    if message.institution_id is not None:
        return institution_names(session, {message.institution_id})[message.institution_id]
    person = session.get(Person, message.person_id) if message.person_id is not None else None
    return full_name(person) if person else ""


def institution_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The names that letters to these institutions are addressed to.

    Whoever sees a letter sees to whom it goes, wherever that one has its seat: an official name is nobody's secret.
    """
    if not ids:
        return {}
    institutions = SQLModel.metadata.tables[str(Institution.__tablename__)]
    named = sa.select(institutions.c.id, institutions.c.name).where(institutions.c.id.in_(ids))
    return dict(session.connection().execute(named).tuples().all())
