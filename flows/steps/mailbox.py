"""The mailbox: every mail is kept whole and taken in exactly once, whatever happens in between.

For each mail one transaction writes the mail, its attachments as submitted files, and the place on the server where it
was seen. Only then it is moved out of the way there. Killed before the commit, the next run takes it in; killed after
it, the next run knows the place and only moves it. A mail is known by the digest of what the sender sent, so that
neither a second copy nor a mailbox that was numbered anew (UIDVALIDITY) makes it a second one.
"""

import logging
import traceback
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlmodel import Session, col, select

from flows.adapters.calendar_reading import CalendarAnswer, FaultyAnswer, is_calendar, read_answer
from flows.adapters.mail_decoding import DecodedMail, decode_mail, digest_of
from flows.adapters.mail_nature import MAYBE_AUTOMATIC, Nature, Recognised, recognise_nature
from flows.adapters.mailbox import Fetched, ImapMailbox, Mailbox
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.steps.applications import find_application
from flows.steps.bounces import settle_report
from flows.steps.calendar_mails import take_mail
from flows.steps.kept_files import keep_file, known_file
from flows.steps.mail_words import (
    ATTACHMENT_KNOWN,
    MESSAGE_ID_REPEATED,
    NUMBER_UNKNOWN,
    NUMBERS_DISAGREE,
    PROGRAM_ERROR,
    SENT_LONG_AGO,
    TOO_LARGE,
    WITH_ATTACHMENTS,
    needs_a_person,
)
from flows.steps.message_frames import application_behind
from flows.steps.people import new_data_key
from models.actor import Actor, Right
from models.errors import NotFound
from models.events import Happened
from models.identifiers import application_in_subject
from models.storage import keyring_in
from models.tables import Application, FieldValue, MailPlace, Message, ReceivedMail, SubmittedFile
from models.tables.mail import MailKind, MailState
from models.transitions import enter, move

_LOG: Final = logging.getLogger(__name__)
CHANNEL = "email"
_CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True)
class CollectCounts:
    """What became of the mails of a mailbox. ``known`` were taken in before and only had to be moved away.

    ``replies``: answers to invitations, that need nobody. ``remaining``: mails that were left for the next portion.
    """

    new: int = 0
    known: int = 0
    files: int = 0
    set_aside: int = 0
    for_officer: int = 0
    replies: int = 0
    remaining: int = 0

    def __add__(self, other: "CollectCounts") -> "CollectCounts":
        summed = CollectCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))
        return replace(summed, remaining=other.remaining)


def mailbox_of(settings: Settings, *, look_only: bool = False) -> AbstractContextManager[Mailbox] | None:
    """The mailbox of the settings, to be opened by a ``with`` block; ``None`` when the office has none."""
    if not settings.imap_host:
        return None
    return ImapMailbox(
        settings.imap_host,
        settings.imap_port,
        security=settings.imap_security,
        user=settings.imap_user,
        password=settings.imap_password.get_secret_value() if settings.imap_password else "",
        folder=settings.imap_folder,
        handled_folder=settings.imap_handled_folder,
        look_only=look_only,
    )


def collect(office: Office, mailbox: Mailbox, *, actor: Actor, limit: int = 50) -> CollectCounts:
    """Takes in at most ``limit`` mails that are not known yet, the oldest first, and moves away what is taken in.

    In a trial office nothing is kept and nothing moved. Raises ``MailboxUnreachable``, ``MailboxRefused``.
    """
    actor.require_everywhere(Right.TAKE_IN)
    waiting = mailbox.uids()
    with office.reading(actor) as session:
        seen = _seen(session, mailbox)
    fresh = [uid for uid in waiting if uid not in seen]
    counts = CollectCounts(remaining=max(0, len(fresh) - limit))
    for uid in [] if mailbox.keeps_in_place else [uid for uid in waiting if uid in seen]:
        # It was taken in before; only moving it away was left.
        counts += CollectCounts(known=1, remaining=counts.remaining)
        _put_away(office, mailbox, uid)
    for uid in fresh[:limit]:
        fetched = mailbox.fetch(uid)
        if fetched is not None:
            counts += replace(keep_mail(office, mailbox, fetched, actor=actor), remaining=counts.remaining)
            _put_away(office, mailbox, uid)
    return counts


def keep_mail(office: Office, mailbox: Mailbox, fetched: Fetched, *, actor: Actor) -> CollectCounts:
    """Keeps one mail with its files and its place, in one transaction of its own."""
    try:
        return _keep(office, mailbox, fetched, _taken_apart(fetched), actor=actor)
    except (OperationalError, InterfaceError):
        raise  # the database, not the mail: the next run takes it up again
    except IntegrityError:
        # Somebody stored the same file at the same moment: now it is known.
        return _keep(office, mailbox, fetched, _taken_apart(fetched), actor=actor)
    except Exception as error:  # noqa: BLE001  (one bad mail must not stop the others; it is kept whole for a person)
        _log(error)
        return _keep(office, mailbox, fetched, _NOT_UNDERSTOOD, actor=actor)


def _log(error: Exception) -> None:
    """The words of an error may be those of the mail; its kind and place are not."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    _LOG.error("a mail was not understood: %s in %s, line %s", type(error).__name__, frame.name, frame.lineno)


@dataclass(frozen=True)
class _Parts:
    """What a mail says and what kind of sender it has. ``answer``: to an invitation, by a calendar."""

    mail: DecodedMail
    recognised: Recognised
    remarks: tuple[str, ...]
    answer: CalendarAnswer | FaultyAnswer | None = None


_NOT_UNDERSTOOD = _Parts(decode_mail(b""), Recognised(Nature.LETTER), (PROGRAM_ERROR,))


def _taken_apart(fetched: Fetched) -> _Parts:
    """Never raises: what the program trips over is kept whole for a person to look at."""
    try:
        mail = decode_mail(fetched.raw)
        recognised = recognise_nature(mail)
    except Exception as error:  # noqa: BLE001  (one strange mail must not stop the others; it is left to a person)
        _log(error)
        return _NOT_UNDERSTOOD
    if not fetched.whole:
        return _Parts(replace(mail, attachments=()), recognised, (TOO_LARGE,))
    # A calendar file is no form, whoever sent it; the mail keeps it.
    mail = replace(mail, attachments=tuple(one for one in mail.attachments if not is_calendar(one.name, one.content)))
    # Exchange marks the answers that people give in their calendars as automatic; a returned mail is nobody's answer.
    answer = None if recognised.nature is Nature.BOUNCE else read_answer(mail)
    if answer is not None:
        recognised = Recognised(Nature.LETTER)
    remarks = [*mail.remarks, *recognised.remarks]
    if recognised.nature is Nature.AUTOMATIC and mail.attachments:
        remarks.append(WITH_ATTACHMENTS)
    if mail.sent_at and fetched.arrived_at and abs(mail.sent_at - fetched.arrived_at) > _CLOCKS_DIFFER:
        remarks.append(SENT_LONG_AGO)
    return _Parts(mail, recognised, tuple(dict.fromkeys(remarks)), answer)


def _keep(office: Office, mailbox: Mailbox, fetched: Fetched, parts: _Parts, *, actor: Actor) -> CollectCounts:
    with office.writing(actor) as session:
        now = office.now()
        # Of a mail too large to be fetched only the header is known; its length tells apart what that cannot.
        digest = digest_of(fetched.raw if fetched.whole else b"%d\r\n%s" % (fetched.size, fetched.raw))
        lookup = keyring_in(session).lookup("mail", digest)
        known = session.exec(select(ReceivedMail).where(ReceivedMail.content_lookup == lookup)).first()
        if known is not None:
            _note_place(session, known, mailbox, fetched, now=now)
            return CollectCounts(known=1)
        mail = _row(session, fetched, parts, digest, lookup, now=now)
        data_key = b""
        if fetched.whole:
            mail.data_key_id, data_key = new_data_key(session, None, now=now)
            mail.stored_as = keyring_in(session).lookup("stored-mail", digest)
        enter(
            session,
            mail,
            happened=Happened.MAIL_RECEIVED,
            actor=actor,
            now=now,
            facts={"kind": mail.kind, "remarks": list(mail.remarks)},
        )
        if mail.stored_as is not None:
            office.files.write(mail.stored_as, data_key, fetched.raw)
        _note_place(session, mail, mailbox, fetched, now=now)
        if parts.answer is not None:
            url = office.settings.answer_url
            said = take_mail(session, mail, parts.answer, answer_url=url, actor=actor, now=now)
            mail.remarks = list(dict.fromkeys([*mail.remarks, *said]))
            session.add(mail)
        files = _keep_files(office, session, mail, parts, actor=actor) if mail.kind is MailKind.APPLICATION else 0
        report = parts.recognised.report
        if report is not None and not files and settle_report(session, mail, report, actor=actor, now=now):
            set_aside = int(mail.state is MailState.SET_ASIDE)
            return CollectCounts(new=1, set_aside=set_aside)
        return replace(_settle_first(session, mail, files, actor=actor, now=now), new=1, files=files)


def _row(session: Session, fetched: Fetched, parts: _Parts, digest: str, lookup: str, *, now: datetime) -> ReceivedMail:
    mail, keyring = parts.mail, keyring_in(session)
    remarks = list(parts.remarks)
    message_lookup = keyring.lookup("message_id", mail.message_id) if mail.message_id else None
    if (
        message_lookup
        and session.exec(select(ReceivedMail.id).where(ReceivedMail.message_lookup == message_lookup)).first()
    ):
        remarks.append(MESSAGE_ID_REPEATED)
    letter = _letter(session, parts.recognised.reported or mail.answers)
    number = None
    if parts.recognised.nature is Nature.LETTER:
        number, said = _about(session, mail, letter)
        remarks += said
    return ReceivedMail(
        area="",
        content_lookup=lookup,
        content_digest=digest,
        message_lookup=message_lookup,
        message_id=mail.message_id,
        sender=mail.sender,
        subject=mail.subject,
        size=fetched.size,
        received_at=fetched.arrived_at or now,
        sent_at=mail.sent_at,
        kind=_kind(parts),
        remarks=list(dict.fromkeys(remarks)),
        answers_number=number,
        letter_id=letter.id if letter else None,
        taken_in_at=now,
    )


def _kind(parts: _Parts) -> MailKind:
    if parts.recognised.nature is Nature.BOUNCE:
        return MailKind.BOUNCE
    if TOO_LARGE in parts.remarks or PROGRAM_ERROR in parts.remarks:
        return MailKind.OTHER
    if parts.recognised.nature is Nature.AUTOMATIC:
        return MailKind.OTHER if MAYBE_AUTOMATIC in parts.remarks else MailKind.AUTO_REPLY
    if parts.mail.attachments:
        return MailKind.APPLICATION
    return MailKind.CALENDAR if parts.answer is not None else MailKind.EMPTY


def _letter(session: Session, ids: Sequence[str]) -> Message | None:
    """The message of ours among these Message-IDs. Ours cannot be guessed: they come from a keyed digest."""
    if not ids:
        return None
    rows = session.exec(select(Message).where(col(Message.message_id).in_(ids))).all()
    return min(rows, key=lambda row: ids.index(row.message_id), default=None)


def _about(session: Session, mail: DecodedMail, letter: Message | None) -> tuple[str | None, list[str]]:
    """The number of the application the mail is about, and remarks: by our letter that it answers, else its subject."""
    by_letter = application_behind(session, letter) if letter is not None else None
    named = application_in_subject(mail.subject)
    by_subject, remarks = None, []
    if named is not None:
        try:
            by_subject = find_application(session, named)
        except NotFound:
            remarks.append(NUMBER_UNKNOWN)
    if by_letter is not None and by_subject is not None and by_letter.id != by_subject.id:
        return None, [*remarks, NUMBERS_DISAGREE]
    found = by_letter or by_subject
    return (found.number if found else None), remarks


def _note_place(session: Session, mail: ReceivedMail, mailbox: Mailbox, fetched: Fetched, *, now: datetime) -> None:
    assert mail.id is not None
    session.add(
        MailPlace(mail_id=mail.id, box=mailbox.box, uidvalidity=mailbox.uidvalidity, uid=fetched.uid, seen_at=now)
    )
    session.flush()


def _keep_files(office: Office, session: Session, mail: ReceivedMail, parts: _Parts, *, actor: Actor) -> int:
    """Attachments as submitted files; one whose content is known stays with whom it was filed."""
    kept, known = 0, []
    for one in parts.mail.attachments:
        before = known_file(session, one.content)
        if before is not None:
            known.append(before)
            continue
        keep_file(
            office,
            session,
            one.content,
            name=one.name,
            received_at=mail.received_at,
            channel=CHANNEL,
            sender=mail.sender,
            answers_number=mail.answers_number,
            mail_id=mail.id,
            actor=actor,
        )
        kept += 1
    earlier = [one for one in known if one.mail_id != mail.id]
    if earlier:
        mail.remarks = [*mail.remarks, ATTACHMENT_KNOWN]
        mail.application_id = _sent_again(session, earlier)
        session.add(mail)
    return kept


def _sent_again(session: Session, known: Sequence[SubmittedFile]) -> int | None:
    """The application whose form was sent once more. A form is one person's; other files may be everybody's."""
    forms = {
        one.application_id
        for one in known
        if one.application_id is not None
        and session.exec(select(FieldValue.id).where(FieldValue.file_id == one.id).limit(1)).first() is not None
    }
    return forms.pop() if len(forms) == 1 else None


def _settle_first(session: Session, mail: ReceivedMail, files: int, *, actor: Actor, now: datetime) -> CollectCounts:
    """Where a mail goes that brings no file to be read. One that does waits for its files."""
    if files:
        return CollectCounts()
    if mail.kind is MailKind.AUTO_REPLY and not needs_a_person(mail.remarks):
        move(session, mail, MailState.SET_ASIDE, happened=Happened.MAIL_SET_ASIDE, actor=actor, now=now)
        return CollectCounts(set_aside=1)
    if mail.kind is MailKind.CALENDAR and not needs_a_person(mail.remarks):
        move(session, mail, MailState.FILED, happened=Happened.MAIL_FILED, actor=actor, now=now)
        return CollectCounts(replies=1)
    if mail.kind is MailKind.APPLICATION and mail.application_id is not None and not needs_a_person(mail.remarks):
        mail.area = session.get_one(Application, mail.application_id).area
        move(session, mail, MailState.FILED, happened=Happened.MAIL_FILED, actor=actor, now=now)
        return CollectCounts()
    move(session, mail, MailState.WAITING, happened=Happened.MAIL_LEFT_TO_OFFICER, actor=actor, now=now)
    return CollectCounts(for_officer=1)


def _seen(session: Session, mailbox: Mailbox) -> set[int]:
    return set(
        session.exec(
            select(MailPlace.uid).where(MailPlace.box == mailbox.box, MailPlace.uidvalidity == mailbox.uidvalidity)
        ).all()
    )


def _put_away(office: Office, mailbox: Mailbox, uid: int) -> None:
    if not office.trial:
        mailbox.put_away(uid)
