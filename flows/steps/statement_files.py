"""A statement form that an officer holds in hand as a file: kept, read in the pool, and filed to its seat at once."""

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from flows.adapters.office import Office
from flows.steps.intake import known_forms
from flows.steps.kept_files import LARGEST_KEPT, keep_file, known_file
from flows.steps.reading import read_files
from flows.steps.statement_filing import file_statement
from flows.steps.statement_forms import gaps_of
from forms.reading import FormReading, Unreadable
from models.actor import Actor, Right
from models.errors import BadInput, FormUnreadable, NotYet
from models.events import Happened
from models.form_definition import FormPurpose
from models.tables import Application, Membership, SubmittedFile
from models.tables.files import FileState
from models.transitions import move


@dataclass(frozen=True)
class ReadStatement:
    """What became of a statement file: whose it is, by number, and the keys of the answers still to be asked for."""

    application: str
    lacking: tuple[str, ...]


def read_statement(office: Office, path: Path, number: str, *, actor: Actor) -> ReadStatement | Unreadable:
    """Takes in a filled-in statement form for the member of ``number``, or of whom the file says.

    ``Unreadable`` when it is no statement form of any project here, or it is not clear whose it is; nothing is kept
    then. Raises ``BadInput`` for a file that was taken in before, ``NotYet`` when no project has such a form.
    """
    actor.require_everywhere(Right.TAKE_IN)
    if path.stat().st_size > LARGEST_KEPT:
        raise BadInput("Plik jest większy niż 30 MB; to nie może być formularz oświadczenia.")
    content = path.read_bytes()
    with office.reading(actor) as session:
        forms = known_forms(session)
    if not any(form.purpose is FormPurpose.PAY_STATEMENT for form in forms):
        raise NotYet("Żaden projekt z otwartym naborem nie ma formularza oświadczenia (contracts, statement_form).")
    # Outside of any transaction: a hostile file may take its time.
    (reading,) = [answer for _, answer in read_files([(0, content)], forms, office.settings)]
    if isinstance(reading, Unreadable):
        return reading
    if reading.purpose is not FormPurpose.PAY_STATEMENT:
        told = "To nie jest oświadczenie do wypłaty, tylko formularz zgłoszeniowy (nabor intake)."
        return Unreadable(code="wrong_form", sentence=told)
    try:
        with office.writing(actor) as session:
            return _file(office, session, path, content, number, reading, actor=actor)
    except FormUnreadable as error:
        return Unreadable(code=error.code, sentence=str(error))


def _file(
    office: Office,
    session: Session,
    path: Path,
    content: bytes,
    number: str,
    reading: FormReading,
    *,
    actor: Actor,
) -> ReadStatement:
    row = _kept(office, session, path, content, actor=actor)
    row.answers_number = number or row.answers_number
    session.add(row)
    session.flush()
    form = file_statement(session, row, reading, actor=actor, now=office.now())
    membership = session.get_one(Membership, form.membership_id)
    application = session.get_one(Application, membership.application_id)
    return ReadStatement(application.number, tuple(gap.key for gap in gaps_of(session, form)))


def _kept(office: Office, session: Session, path: Path, content: bytes, *, actor: Actor) -> SubmittedFile:
    """The file as a row that waits to be filed: a new one, or one that was left to an officer before."""
    known = known_file(session, content)
    if known is None:
        return keep_file(
            office, session, content, name=path.name, received_at=office.now(), channel="in_person", actor=actor
        )
    if known.state is not FileState.UNREADABLE:
        raise BadInput("Dokładnie ten plik już przyjęto. Jeśli coś w nim poprawiono, proszę zapisać go ponownie.")
    move(session, known, FileState.STORED, happened=Happened.FILE_REOPENED, actor=actor, now=office.now())
    return known
