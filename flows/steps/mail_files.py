"""The files of one mail are one person's papers: what stands beside a form goes to that form's application.

A form makes an application or answers a request, as any file does (``flows.steps.filing``). Everything else in the
mail (the signed scan of the same form, a declaration, photographs) is filed to the same application as a further file,
and never becomes a case of its own. A file that has no form beside it is left to the caller.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from flows.steps.applications import find_application
from flows.steps.mail_words import NO_FORM, UNOPENED, needs_a_person
from flows.steps.statement_forms import is_statement_file
from flows.steps.transcription import TO_BE_TYPED
from forms.reading import FormReading, Unreadable
from models.actor import Actor
from models.errors import NotFound
from models.events import Happened
from models.tables import Application, DataKey, FieldValue, Message, ReceivedMail, SubmittedFile
from models.tables.files import FileState
from models.tables.mail import MailState
from models.transitions import move, note, reference

NOT_A_FORM = "form_unknown"
"""The reader's code for a Word document that can be read and is no form of ours."""
SEVERAL_PEOPLE = "several_people"
ANSWER_AGAIN_AFTER = timedelta(days=1)
_DOCUMENTS = (".doc", ".docx", ".docm", ".dotx", ".dotm", ".odt", ".rtf")


def with_siblings(session: Session, file_ids: Sequence[int]) -> list[int]:
    """Those of the files that still wait, each followed by what waits of the same mail: a mail is read at once."""
    found: dict[int, None] = {}
    for file_id in file_ids:
        row = session.get_one(SubmittedFile, file_id)
        if row.state is FileState.STORED:
            found[file_id] = None
            if row.mail_id is not None:
                found.update(dict.fromkeys(_waiting(session, row.mail_id)))
    return list(found)


def mails_of(session: Session, file_ids: Sequence[int]) -> dict[int, int]:
    """Which file came with which mail, for those that came with one."""
    rows = session.exec(
        select(SubmittedFile.id, SubmittedFile.mail_id).where(col(SubmittedFile.id).in_(file_ids))
    ).all()
    return {file_id: mail_id for file_id, mail_id in rows if file_id is not None and mail_id is not None}


def forms_first(
    file_ids: Sequence[int], readings: dict[int, FormReading | Unreadable], mails: dict[int, int]
) -> list[int]:
    """The order of filing: as given, but within a mail (``mails``: file to mail) its forms come first."""
    first: dict[int, int] = {}
    for place, file_id in enumerate(file_ids):
        first.setdefault(mails.get(file_id, -file_id), place)
    return sorted(
        file_ids,
        key=lambda one: (first[mails.get(one, -one)], isinstance(readings[one], Unreadable), file_ids.index(one)),
    )


def drop_misleading_number(session: Session, row: SubmittedFile, reading: FormReading) -> None:
    """A number in a mail's subject is a hint. One of an application on another form says nothing about this form."""
    try:
        fits = bool(row.answers_number) and (find_application(session, _number_of(row)).form_key == reading.form_key)
    except NotFound:
        fits = False
    if not fits:
        row.answers_number = None
        session.add(row)


def home_of(session: Session, row: SubmittedFile, reading: FormReading | Unreadable) -> Application | Unreadable | None:
    """The application that a file of a mail belongs to as a further file; ``None`` when it must stand for itself.

    ``Unreadable`` when the mail brought forms of several people: nobody's papers are put to another's on a guess.
    """
    forms = _filed_forms(session, row)
    if isinstance(reading, FormReading):
        return next((one for form, one in forms if _says_the_same(session, form, one, reading)), None)
    if len({application.person_id for _, application in forms}) > 1:
        return Unreadable(
            code=SEVERAL_PEOPLE,
            sentence="Plik przyszedł w jednym liście ze zgłoszeniami kilku osób i nie wiadomo, do którego należy.",
        )
    if forms:
        return forms[0][1]
    if reading.code in TO_BE_TYPED and row.answers_number:
        return None  # the scan of an answer is typed in like one that came by itself
    mail = session.get_one(ReceivedMail, row.mail_id)
    if mail.application_id is not None:
        return session.get_one(Application, mail.application_id)
    try:
        return find_application(session, _number_of(row)) if row.answers_number else None
    except NotFound:
        return None


def file_beside(
    session: Session,
    row: SubmittedFile,
    application: Application,
    reading: FormReading | Unreadable,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Files a further file: kept with the application, no answer is read from it."""
    row.area, row.application_id = application.area, application.id
    if isinstance(reading, Unreadable):
        row.reason_code, row.reason = reading.code, reading.sentence
    session.get_one(DataKey, row.data_key_id).person_id = application.person_id
    session.add(row)
    facts = {"application": application.number}
    move(session, row, FileState.FILED, happened=Happened.FILE_ADDED, actor=actor, now=now, facts=facts)
    note(
        session,
        reference(application),
        happened=Happened.FILE_ADDED,
        actor=actor,
        now=now,
        area=application.area,
        facts={"file": row.id},
    )


def conclude(session: Session, mail_id: int, *, actor: Actor, now: datetime) -> None:
    """Ends the way of a mail when none of its files waits: filed, or left to an officer with the remarks on it."""
    mail = session.get_one(ReceivedMail, mail_id, with_for_update=True)
    files = session.exec(select(SubmittedFile).where(SubmittedFile.mail_id == mail_id).order_by(col(SubmittedFile.id)))
    rows = files.all()
    if mail.state is not MailState.STORED or any(row.state is FileState.STORED for row in rows):
        return
    applications = {
        row.application_id: session.get_one(Application, row.application_id)
        for row in rows
        if row.application_id is not None
    }
    _belong_to(session, mail, list(applications.values()))
    forms = {row.id for row in rows if _is_form(session, row)}
    beside = [row for row in rows if row.application_id is not None and row.id not in forms]
    remarks = list(mail.remarks)
    if beside and not forms and mail.application_id is not None:
        remarks.append(NO_FORM)
    if any(_is_document(row) and row.reason_code not in ("", NOT_A_FORM) for row in beside):
        remarks.append(UNOPENED)
    mail.remarks = list(dict.fromkeys(remarks))
    session.add(mail)
    waits = needs_a_person(mail.remarks)
    move(
        session,
        mail,
        MailState.WAITING if waits else MailState.FILED,
        happened=Happened.MAIL_LEFT_TO_OFFICER if waits else Happened.MAIL_FILED,
        actor=actor,
        now=now,
        facts={"files": len(rows), "applications": sorted(one.number for one in applications.values())},
    )


def was_answered(session: Session, row: SubmittedFile, *, now: datetime) -> bool:
    """Whether the sender of a mail was told within a day already that something could not be read.

    A machine that does not say it is one would otherwise be answered for ever.
    """
    lately = session.exec(
        select(Message).where(Message.event == "unreadable_form", col(Message.created_at) > now - ANSWER_AGAIN_AFTER)
    ).all()
    return any(one.recipient == row.sender for one in lately)


def _number_of(row: SubmittedFile) -> str:
    """The number in the subject, the check of a whole token left out."""
    return (row.answers_number or "").partition(".")[0]


def _waiting(session: Session, mail_id: int) -> list[int]:
    rows = session.exec(
        select(SubmittedFile.id)
        .where(SubmittedFile.mail_id == mail_id, SubmittedFile.state == FileState.STORED)
        .order_by(col(SubmittedFile.id))
    ).all()
    return [row for row in rows if row is not None]


def _filed_forms(session: Session, row: SubmittedFile) -> list[tuple[SubmittedFile, Application]]:
    """The forms of the same mail that made or answered an application, in the order of filing."""
    rows = session.exec(
        select(SubmittedFile, Application)
        .join(Application, col(Application.id) == SubmittedFile.application_id)
        .where(SubmittedFile.mail_id == row.mail_id, SubmittedFile.id != row.id)
        .order_by(col(SubmittedFile.id))
    ).all()
    return [(form, application) for form, application in rows if _is_form(session, form)]


def _is_form(session: Session, row: SubmittedFile) -> bool:
    answers = session.exec(select(FieldValue.id).where(FieldValue.file_id == row.id).limit(1)).first()
    return answers is not None or is_statement_file(session, row)


def _says_the_same(session: Session, form: SubmittedFile, application: Application, reading: FormReading) -> bool:
    """The same form saved twice, as Word and as PDF, is one application."""
    if application.form_key != reading.form_key:
        return False
    read = session.exec(select(FieldValue).where(FieldValue.file_id == form.id)).all()
    known = {value.key: (value.status, None if value.value is None else json.loads(value.value)) for value in read}
    said = {
        one.key: (one.status, list(one.value) if isinstance(one.value, tuple) else one.value) for one in reading.fields
    }
    return known == said


def _is_document(row: SubmittedFile) -> bool:
    return (row.name or "").lower().endswith(_DOCUMENTS)


def _belong_to(session: Session, mail: ReceivedMail, applications: list[Application]) -> None:
    """Puts the mail under the one person and the one area that all its applications have."""
    if len({one.area for one in applications}) == 1:
        mail.area = applications[0].area
    if len({one.person_id for one in applications}) == 1:
        mail.application_id = applications[0].id
        if mail.data_key_id is not None:
            session.get_one(DataKey, mail.data_key_id).person_id = applications[0].person_id
