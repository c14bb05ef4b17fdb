"""Letters that do not go by e-mail: produced from the outbox, sent by hand, confirmed by whoever sent them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.correction_letters import attached_to, attachment_bytes, make_ready
from flows.steps.documents import issue, letterhead, outside_data
from flows.steps.message_frames import application_behind, definition_behind, frame_of
from flows.steps.outbox import addressee, find_message
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.tables import Message
from models.tables.outbox import Channel, MessageState
from models.transitions import move, note, reference
from templates.documents.letter import LetterDocument, letter
from templates.markdown import Block, as_blocks, parsed
from templates.polish import nbsp
from templates.render import greeting, small_print

KIND = "letter"
_PRINTABLE = (MessageState.DUE, MessageState.UNADDRESSED, MessageState.PRINTED)


@dataclass(frozen=True)
class PaperLetter:
    """One message and the files to be printed for it: the letter first, then what goes with it."""

    message_id: int
    files: tuple[Path, ...]


def print_letters(office: Office, ids: Sequence[int], folder: Path, *, actor: Actor) -> list[PaperLetter]:
    """Writes the letters that are to go on paper or by e-Doręczenia, with their attachments, into a folder.

    By default those that wait to be printed; ``ids`` names others, such as one without any address that the person
    will fetch, or one printed before. The folder must lie outside the data folder; the export is on record.
    """
    actor.require(Right.OUTBOX)
    actor.require(Right.EXPORT_MAILS)
    outside_data(office, folder)
    make_ready(office, actor=actor)
    with office.reading(actor) as session:
        wanted = list(ids) or _to_print(session)
    return [_print(office, message_id, folder, actor=actor) for message_id in wanted]


def _to_print(session: Session) -> list[int]:
    rows = session.exec(
        select(Message.id)
        .where(Message.state == MessageState.DUE, Message.channel != Channel.EMAIL)
        .order_by(col(Message.id))
    ).all()
    return [row for row in rows if row is not None]


def _print(office: Office, message_id: int, folder: Path, *, actor: Actor) -> PaperLetter:
    """The letter is kept before it is written out, and the message is printed only when both are done."""
    now = office.now()
    with office.writing(actor) as session:
        message = find_message(session, message_id)
        if message.state not in _PRINTABLE or (
            message.channel is Channel.EMAIL and message.state is not MessageState.UNADDRESSED
        ):
            raise BadInput(
                f"Wiadomości {message_id} nie przygotowuje się do druku: idzie pocztą elektroniczną albo już wyszła. "
                "Sposób doręczania zmienia polecenie: nabor application channel NUMER (instytucji: nabor unit set)."
            )
        attached = attached_to(session, message)
        content = letter(_document(session, message, tuple(one.name for one in attached), on=warsaw_date(now)))
        files = {f"{message_id:05d}-{one.name}": attachment_bytes(office, session, one) for one in attached}
        row = issue(
            office,
            session,
            kind=KIND,
            subject=reference(message),
            file_name=f"{message_id:05d}-{message.event}.docx",
            content=content,
            area=message.area,
            actor=actor,
            now=now,
            person_id=message.person_id,
        )
        files = {row.file_name: content, **files}
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, content in files.items():
            path = folder / name
            path.write_bytes(content)
            written.append(path)
        if message.state is MessageState.PRINTED:
            note(
                session,
                reference(message),
                happened=Happened.EXPORTED,
                actor=actor,
                now=now,
                area=message.area,
                facts={"files": len(written)},
            )
        else:
            move(
                session,
                message,
                MessageState.PRINTED,
                happened=Happened.MESSAGE_PRINTED,
                actor=actor,
                now=now,
                facts={"files": len(written), "channel": message.channel},
            )
    return PaperLetter(message_id, tuple(written))


def _document(session: Session, message: Message, attachments: tuple[str, ...], *, on: date) -> LetterDocument:
    definition, application = definition_behind(session, message), application_behind(session, message)
    if definition is None:
        raise BadInput(f"Wiadomość {message.id} nie należy do żadnego naboru; wydrukuj jej tekst (nabor outbox show).")
    frame, unit = frame_of(session, definition, message), definition.unit
    words = as_blocks(parsed(message.content), nbsp) if message.content is not None else _paragraphs(message.text)
    return LetterDocument(
        letterhead=letterhead(definition),
        place=unit.postcode_town.partition(" ")[2],
        written_on=on,
        recipient=(addressee(session, message), *message.recipient.splitlines()),
        reference=f"zgłoszenie nr {application.public_number}" if application else "",
        subject=message.subject,
        greeting=f"{greeting(frame)}," if message.content is not None else "",
        words=tuple(words),
        attachments=attachments,
        contact=f"{unit.name}, {unit.address}, {unit.postcode_town}, {unit.email}, {unit.hours}",
        small_print=tuple(line for line in small_print(frame, overrides=definition.templates).split("\n") if line),
        signed_by=f"zespół projektu „{definition.title}”",
    )


def _paragraphs(text: str) -> list[Block]:
    """A text that is known only as a whole, such as one that an officer wrote anew."""
    return [Block("paragraph", line) for line in text.split("\n") if line.strip()]
