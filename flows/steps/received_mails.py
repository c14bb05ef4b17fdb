"""What officers do with kept mails: look at one, write it out to be opened, close its case."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from flows.adapters.mail_decoding import DecodedMail, decode_mail, text_of
from flows.adapters.office import Office
from flows.steps.documents import outside_data
from flows.steps.mail_words import PROGRAM_ERROR
from flows.steps.people import open_data_key
from models.actor import Actor, Right
from models.errors import BadInput, NotFound
from models.events import Happened
from models.tables import ReceivedMail, SubmittedFile
from models.tables.mail import MailState
from models.transitions import move, note, reference


@dataclass(frozen=True)
class MailFile:
    """One attachment: the submitted file that it became, if it became one."""

    name: str
    size: int
    file_id: int | None


def find_mail(session: Session, mail_id: int) -> ReceivedMail:
    """The mail of that id within the actor's scope. Raises ``NotFound``."""
    mail = session.get(ReceivedMail, mail_id)
    if mail is None:
        raise NotFound(f"Nie ma listu {mail_id} w przyjętej poczcie.")
    return mail


def kept_mails(session: Session, *, all_: bool) -> list[ReceivedMail]:
    """Mails that wait for an officer, or all, in the order of receipt."""
    query = select(ReceivedMail).order_by(col(ReceivedMail.received_at), col(ReceivedMail.id))
    return list(session.exec(query if all_ else query.where(ReceivedMail.state == MailState.WAITING)).all())


def content_of_mail(office: Office, session: Session, mail: ReceivedMail) -> bytes:
    """The mail as it came over the wire. Raises ``NotFound`` for one that was too large to be kept."""
    if mail.stored_as is None or mail.data_key_id is None:
        raise NotFound("Ten list był za duży, żeby go przechować; jest na serwerze poczty.")
    return office.files.read(mail.stored_as, open_data_key(session, mail.data_key_id))


def text_and_files(office: Office, session: Session, mail: ReceivedMail) -> tuple[str, list[MailFile]]:
    """What a person reads in the mail, and its attachments."""
    decoded = _decoded(content_of_mail(office, session, mail), mail)
    if decoded is None:
        return "Tego listu program nie umie rozebrać na części. Proszę go zapisać (export) i otworzyć.", []
    rows = session.exec(select(SubmittedFile).where(SubmittedFile.mail_id == mail.id)).all()
    ids = {(row.name, row.size): row.id for row in rows}
    files = [MailFile(one.name, len(one.content), ids.get((one.name, len(one.content)))) for one in decoded.attachments]
    return text_of(decoded.root), files


def _decoded(content: bytes, mail: ReceivedMail) -> DecodedMail | None:
    """The parts of a mail, unless the program has tripped over them before."""
    return None if PROGRAM_ERROR in mail.remarks else decode_mail(content)


def export_mail(office: Office, mail_id: int, folder: Path, *, actor: Actor) -> list[Path]:
    """Writes a mail (.eml) and its attachments out for people to open, under names that say nothing.

    This leaves the encrypted store on purpose and is on record. Raises ``BadInput`` for a folder within the data.
    """
    actor.require(Right.EXPORT_MAILS)
    outside_data(office, folder)
    with office.writing(actor) as session:
        mail = find_mail(session, mail_id)
        content = content_of_mail(office, session, mail)
        files = {f"list-{mail.id}.eml": content}
        decoded = _decoded(content, mail)
        for number, one in enumerate(decoded.attachments if decoded else (), 1):
            suffix = Path(one.name).suffix if Path(one.name).suffix.isascii() else ""
            files[f"list-{mail.id}-zalacznik-{number}{suffix[:10]}"] = one.content
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            (folder / name).write_bytes(body)
        note(
            session,
            reference(mail),
            happened=Happened.EXPORTED,
            actor=actor,
            now=office.now(),
            area=mail.area,
            facts={"files": len(files)},
        )
    return [folder / name for name in files]


def settle_mail(session: Session, mail_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """An officer has dealt with a mail that waited. Raises ``BadInput`` without a reason, ``IllegalMove``."""
    if not reason.strip():
        raise BadInput("Proszę napisać, co zrobiono w sprawie tego listu.")
    mail = find_mail(session, mail_id)
    move(session, mail, MailState.SETTLED, happened=Happened.MAIL_SETTLED, actor=actor, now=now)
    mail.settled_reason = reason.strip()
    session.add(mail)
