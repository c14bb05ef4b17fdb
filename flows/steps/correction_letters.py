"""The correction letter: what it asks, where it may go, and the applicant's own document that goes with it.

The letter is a row as soon as the request is. The document is made after that and before the letter leaves: once per
request, from the newest file of the application, and the letter does not move without it. Where no copy can be made
(a scan, an old format, a paper form), the blank form goes instead, and the letter says so.
"""

from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlmodel import Session, col, or_, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.addresses import confirmed_address
from flows.steps.applications import (
    CANNOT_TELL,
    Gap,
    call_of,
    current_values,
    form_of,
    gaps,
    open_correction,
)
from flows.steps.attachments import attach
from flows.steps.calls import group_of
from flows.steps.documents import content_of, issue, outside_data
from flows.steps.forms import blank_form
from flows.steps.hidden_ids import token_of
from flows.steps.outbox import CONFIRMED_ONLY, compose, find_message, office_block, sex_of, worded
from flows.steps.people import open_data_key
from flows.steps.projects import definition_for
from flows.steps.statement_requests import STATEMENT_FORM, issue_statement_blank
from forms.marked_copy import marked_copy
from forms.reader import read_form
from models.actor import Actor, Right
from models.errors import FormUnreadable, KeysMissing, NotFound
from models.events import Happened
from models.form_definition import FormDefinition
from models.masking import numbers_in
from models.rules.working_days import deadline
from models.tables import Application, Correction, FieldValue, IssuedDocument, Message, MessageAttachment, Person
from models.tables import SubmittedFile as File
from models.tables.applications import CorrectionState
from models.tables.files import FileState
from models.tables.outbox import UNSENT, MessageState
from models.transitions import move, note, reference
from templates.letters.applications import CorrectionRequestLetter
from templates.letters.frame import CorrectionLine

REQUEST = "correction_request"
COPY, BLANK = "correction_copy", "blank_form"
_HIDDEN_TYPES = frozenset({"pesel", "account"})
"""Types of answers whose digits a returned copy does not show."""


def topic_of(application: Application) -> str:
    """What all letters about the corrections of an application contradict each other about."""
    return f"correction/{application.id}"


def request_message(
    session: Session, application: Application, correction: Correction, asked: list[Gap], *, actor: Actor, now: datetime
) -> Message | None:
    """The letter as a row, not yet added. Without a confirmed address it waits for one."""
    definition = definition_for(session, call_of(session, application))
    confirmed = confirmed_address(session, application)
    attached: Literal["copy", "blank"] = "copy" if _looks_like_docx(source_file(session, application)) else "blank"
    return compose(
        session,
        REQUEST,
        _letter(session, application, correction, asked, attached=attached),
        subject_ref=reference(application),
        area=application.area,
        occasion=f"round-{correction.round}",
        actor=actor,
        now=now,
        person=session.get_one(Person, application.person_id),
        recipient=confirmed.address if confirmed else "",
        contradicts=topic_of(application),
        definition=definition,
    )


def announce_attachment(session: Session, message: Message, application: Application, correction: Correction) -> None:
    """Says which document is to go with the letter; ``make_ready`` makes it."""
    kind = COPY if _looks_like_docx(source_file(session, application)) else BLANK
    name = _copy_name(application, correction) if kind == COPY else _blank_name(application, correction)
    attach(session, message, kind=kind, about=reference(correction), name=name)


def lines_of(asked: list[Gap], places: dict[str, str] | None = None) -> tuple[CorrectionLine, ...]:
    """The fields of a letter. The reason says what a good answer looks like, so no example is given beside it."""
    return tuple(
        CorrectionLine(label=gap.label, reason=gap.reason, place=(places or {}).get(gap.key, "")) for gap in asked
    )


def asked_gaps(session: Session, correction: Correction) -> list[Gap]:
    """What an open request asked for, with the reasons as they stand now."""
    application = session.get_one(Application, correction.application_id)
    form = form_of(definition_for(session, call_of(session, application)), application)
    still = {gap.key: gap for gap in gaps(form, current_values(session, application), first_round=True)}
    return [
        still.get(item["key"])
        or Gap(
            item["key"],
            form.leaf(item["key"]).label,
            item["reason_code"],
            CANNOT_TELL if item["reason_code"] == "cannot_tell" else "Prosimy potwierdzić lub doprecyzować odpowiedź.",
        )
        for item in correction.items
    ]


def _letter(
    session: Session,
    application: Application,
    correction: Correction,
    asked: list[Gap],
    *,
    attached: Literal["copy", "blank"],
) -> CorrectionRequestLetter:
    call = call_of(session, application)
    definition = definition_for(session, call)
    form = form_of(definition, application)
    hidden = {leaf.key for leaf in form.leaves if leaf.type.value in _HIDDEN_TYPES}
    source = source_file(session, application)
    places = {row.key: row.place for row in _values_in(session, application, source)} if attached == "copy" else {}
    hides = attached == "copy" and bool(hidden_numbers(session, application, form))
    return CorrectionRequestLetter(
        office=office_block(definition),
        sex=sex_of(session.get_one(Person, application.person_id)),
        for_unit=application.unit is not None,
        public_number=application.public_number,
        group_name=group_of(session, call).name,
        corrections=lines_of(asked, places),
        due_on=warsaw_date(correction.due_at),
        attached=attached,
        hides_number=hides,
        asks_hidden=hides and any(gap.key in hidden for gap in asked),
    )


def source_file(session: Session, application: Application) -> File | None:
    """The newest file of the application that was read: what is sent back for correction."""
    return session.exec(
        select(File)
        .where(File.application_id == application.id, File.state == FileState.FILED)
        .order_by(col(File.received_at).desc(), col(File.id).desc())
    ).first()


def _looks_like_docx(source: File | None) -> bool:
    return source is not None and (source.name or "").casefold().endswith(".docx")


def _values_in(session: Session, application: Application, source: File | None) -> list[FieldValue]:
    """What was read from one file, whether it counts or not: where each answer stands in it."""
    if source is None:
        return []
    rows = session.exec(
        select(FieldValue)
        .where(FieldValue.application_id == application.id, FieldValue.file_id == source.id)
        .order_by(col(FieldValue.id))
    ).all()
    return list(rows)


def hidden_numbers(session: Session, application: Application, form: FormDefinition) -> frozenset[str]:
    """Every PESEL and account number of the application as it was ever written, whole or not."""
    keys = {leaf.key for leaf in form.leaves if leaf.type.value in _HIDDEN_TYPES}
    rows = session.exec(
        select(FieldValue).where(FieldValue.application_id == application.id, col(FieldValue.key).in_(sorted(keys)))
    ).all()
    known = session.get_one(Person, application.person_id).pesel
    return numbers_in([text for row in rows for text in (row.raw, row.value) if text] + ([known] if known else []))


def _copy_name(application: Application, correction: Correction) -> str:
    return f"zgloszenie-{application.public_number}-do-uzupelnienia{_again(correction)}.docx"


def _blank_name(application: Application, correction: Correction) -> str:
    return f"formularz-{application.public_number}-do-uzupelnienia{_again(correction)}.docx"


def _again(correction: Correction) -> str:
    return f"-{correction.round}" if correction.round > 1 else ""


# Making ready what is about to leave


def make_ready(office: Office, *, actor: Actor) -> None:
    """Lets letters go whose address is confirmed by now, and makes the documents that go with unsent letters.

    Each in a transaction of its own; what is done is not done again.
    """
    with office.reading(actor) as session:
        waiting = session.exec(
            select(Message.subject_ref).where(Message.state == MessageState.UNADDRESSED, Message.event == REQUEST)
        ).all()
        applications = [int(ref.rpartition("/")[2]) for ref in waiting]
        unmade = unmade_attachments(session)
    for application_id in applications:
        with office.writing(actor) as session:
            application = session.get_one(Application, application_id, with_for_update=True)
            address_waiting(session, application, actor=actor, now=office.now())
    for attachment_id in unmade:
        with office.writing(actor) as session:
            _make(office, session, attachment_id, actor=actor)


def unmade_attachments(session: Session) -> list[int]:
    """Documents that are still to be made for letters that may yet leave."""
    rows = session.exec(
        select(MessageAttachment.id)
        .join(Message, col(Message.id) == MessageAttachment.message_id)
        .where(
            col(MessageAttachment.issued_document_id).is_(None),
            col(Message.state).in_(UNSENT),
        )
        .order_by(col(MessageAttachment.id))
    ).all()
    return [row for row in rows if row is not None]


def address_waiting(
    session: Session, application: Application, *, anew: bool = False, actor: Actor, now: datetime
) -> int:
    """Sends off the request that waited for an address, if one is confirmed now. Its period begins anew, and the
    letter says so. Returns how many messages go.

    ``anew``: somebody has just vouched for an address. A letter that was refused at another one, or came back from it,
    then goes there, and one that is about to leave goes there instead.
    """
    confirmed = confirmed_address(session, application)
    correction = open_correction(session, application)
    if confirmed is None or correction is None:
        return 0
    waiting = {MessageState.UNADDRESSED, *({MessageState.REFUSED, MessageState.BOUNCED} if anew else ())}
    about_to_leave = {MessageState.HELD, MessageState.DUE, MessageState.DELAYED} if anew else set()
    rows = session.exec(
        select(Message).where(
            col(Message.state).in_(waiting | about_to_leave),
            col(Message.event).in_(CONFIRMED_ONLY),
            Message.contradicts == topic_of(application),
        )
    ).all()
    if any(row.event == REQUEST and row.state in waiting for row in rows):
        _redate(session, application, correction, actor=actor, now=now)
    for row in rows:
        row.recipient = confirmed.address
        session.add(row)
        if row.state in about_to_leave:
            continue
        row.not_before, row.attempts, row.bounce_status = now, 0, ""
        if row.event == REQUEST and not row.edited_by:
            _write_anew(session, row, application, correction)
        session.add(row)
        move(session, row, MessageState.DUE, happened=Happened.MESSAGE_RELEASED, actor=actor, now=now)
    session.flush()
    return len(rows)


def _redate(session: Session, application: Application, correction: Correction, *, actor: Actor, now: datetime) -> None:
    days = definition_for(session, call_of(session, application)).deadlines.correction_working_days
    due_at = deadline(now, days)
    if due_at <= correction.due_at:
        return
    correction.due_at = due_at
    session.add(correction)
    note(
        session,
        reference(correction),
        happened=Happened.CORRECTION_REDATED,
        actor=actor,
        now=now,
        area=application.area,
        facts={"due_on": warsaw_date(due_at).isoformat()},
    )


def _write_anew(session: Session, message: Message, application: Application, correction: Correction) -> None:
    kind = session.exec(select(MessageAttachment.kind).where(MessageAttachment.message_id == message.id)).first()
    letter = _letter(
        session,
        application,
        correction,
        asked_gaps(session, correction),
        attached="copy" if kind == COPY else "blank",
    )
    person = session.get_one(Person, application.person_id)
    definition = definition_for(session, call_of(session, application))
    mail = worded(REQUEST, letter, person=person, definition=definition)
    message.subject, message.text, message.html = mail.subject, mail.text, mail.html


def _make(office: Office, session: Session, attachment_id: int, *, actor: Actor) -> None:
    row = session.get_one(MessageAttachment, attachment_id, with_for_update=True)
    message = session.get_one(Message, row.message_id)
    if row.issued_document_id is not None or message.state not in UNSENT:
        return  # made, or no longer needed
    if row.kind == STATEMENT_FORM:
        row.issued_document_id = issue_statement_blank(office, session, row, actor=actor).id
        session.add(row)
        return
    correction = session.get_one(Correction, int(row.about.rpartition("/")[2]))
    application = session.get_one(Application, correction.application_id)
    document: IssuedDocument | None = None
    if row.kind == COPY:
        try:
            document = _issue_copy(office, session, application, correction, row.name, actor=actor)
        except (FormUnreadable, NotFound, KeysMissing) as trouble:
            note(
                session,
                reference(application),
                happened=Happened.COPY_NOT_MADE,
                actor=actor,
                now=office.now(),
                area=application.area,
                facts={"code": trouble.code if isinstance(trouble, FormUnreadable) else "not_in_store"},
            )
            row.kind, row.name = BLANK, _blank_name(application, correction)
            session.add(row)
            session.flush()
            if correction.state is CorrectionState.OPEN and not message.edited_by:
                _write_anew(session, message, application, correction)
                session.add(message)
    if document is None:
        document = _issue_blank(office, session, application, correction, row.name, actor=actor)
    row.issued_document_id = document.id
    session.add(row)


def _issue_copy(
    office: Office, session: Session, application: Application, correction: Correction, name: str, *, actor: Actor
) -> IssuedDocument:
    """Raises ``FormUnreadable``, ``NotFound`` or ``KeysMissing`` when there is nothing that a copy can be made of."""
    source = source_file(session, application)
    if source is None:
        raise NotFound("Zgłoszenie nie ma pliku, który można by odesłać.")
    form = form_of(definition_for(session, call_of(session, application)), application)
    asked = {item["key"] for item in correction.items}
    original = office.files.read(source.stored_as, open_data_key(session, source.data_key_id))
    paths = [row.path for row in _values_in(session, application, source) if row.key in asked and row.path]
    numbers, token = hidden_numbers(session, application, form), token_of(session, application)
    try:
        content = marked_copy(original, asked=paths, numbers=numbers, token=token)
    except FormUnreadable:
        raise
    except Exception as error:  # noqa: BLE001  (one odd file must not keep everybody's mail back)
        raise FormUnreadable(f"no_copy_{type(error).__name__}", "Kopii nie sporządzono.") from None
    return issue(
        office,
        session,
        kind=COPY,
        subject=reference(correction),
        file_name=name,
        content=content,
        area=application.area,
        actor=actor,
        now=office.now(),
        person_id=application.person_id,
    )


def _issue_blank(
    office: Office, session: Session, application: Application, correction: Correction, name: str, *, actor: Actor
) -> IssuedDocument:
    """The blank form of the version that was handed in, with the same marks and the same hidden id as a copy."""
    definition = definition_for(session, call_of(session, application))
    same = [form for form in definition.forms if form.key == application.form_key]
    form = next((form for form in same if form.version == application.form_version), same[0])
    blank = blank_form(definition.model_copy(update={"forms": (form,)}), form.key)
    asked = {item["key"] for item in correction.items}
    content = marked_copy(
        blank,
        asked=[field.path for field in read_form(blank, (form,)).fields if field.key in asked and field.path],
        numbers=(),
        token=token_of(session, application),
    )
    return issue(
        office,
        session,
        kind=BLANK,
        subject=reference(correction),
        file_name=name,
        content=content,
        area=application.area,
        actor=actor,
        now=office.now(),
        person_id=application.person_id,
    )


def sent_out_blank(session: Session, correction: Correction) -> bool:
    """Whether the letter of this request went with a blank form, in which nothing but the answer has to stand."""
    kind = session.exec(
        select(MessageAttachment.kind).where(
            MessageAttachment.about == reference(correction), col(MessageAttachment.issued_document_id).is_not(None)
        )
    ).first()
    return kind == BLANK


def attached_to(session: Session, message: Message) -> list[MessageAttachment]:
    """The documents that go with a message, in order; with a merged one go those of its parts."""
    parts = select(Message.id).where(Message.merged_into_id == message.id)
    rows = session.exec(
        select(MessageAttachment)
        .where(or_(MessageAttachment.message_id == message.id, col(MessageAttachment.message_id).in_(parts)))
        .order_by(col(MessageAttachment.id))
    ).all()
    return list(rows)


def attachment_bytes(office: Office, session: Session, row: MessageAttachment) -> bytes:
    """The document behind an attachment. Raises ``NotFound`` while it is not made."""
    if row.issued_document_id is None:
        raise NotFound("Załącznika jeszcze nie sporządzono. Powstanie przed wysłaniem wiadomości.")
    return content_of(office, session, session.get_one(IssuedDocument, row.issued_document_id))


def export_attachments(office: Office, message_id: int, folder: Path, *, actor: Actor) -> list[Path]:
    """Writes what goes with a message into a folder, for an officer to look at or to print. The export is on record."""
    actor.require(Right.OUTBOX)
    actor.require(Right.EXPORT_MAILS)
    outside_data(office, folder)
    make_ready(office, actor=actor)
    written: list[Path] = []
    with office.writing(actor) as session:
        message = find_message(session, message_id)
        for row in attached_to(session, message):
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / row.name
            path.write_bytes(attachment_bytes(office, session, row))
            written.append(path)
        if written:
            note(
                session,
                reference(message),
                happened=Happened.EXPORTED,
                actor=actor,
                now=office.now(),
                area=message.area,
                facts={"files": len(written)},
            )
    return written
