"""Signed papers that somebody brought: scans and files with a signature, of declarations, agreements and acts alike."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from flows.adapters.office import Office
from flows.steps.kept_files import LARGEST_KEPT, keep_file, key_of_file
from flows.steps.people import open_data_key
from flows.steps.signed_matters import named_papers
from models.actor import Actor, Right
from models.errors import BadInput, KeysMissing, NotFound
from models.events import Happened
from models.storage import keyring_in
from models.tables import Application, DataKey, FieldValue, IssuedDocument, SubmittedFile
from models.tables.files import FileState
from models.transitions import Facts, move, note

CHANNEL: Final = "signed"
SUFFIXES: Final = frozenset({".pdf", ".docx", ".jpg", ".jpeg", ".png", ".xml", ".xades", ".sig", ".p7m", ".asice"})
FOLDER: Final = "podpisane"
"""Where the export puts every signed paper."""
SIGNED_ACT: Final = "signed_act"
"""Kind of the documents as which 0.6.0 kept signed acts; the subject is the number of the act."""


@dataclass(frozen=True)
class SignedFile:
    """The scan or signed file that somebody brought."""

    name: str
    content: bytes


def check_signed(file: SignedFile) -> None:
    """Raises ``BadInput`` for a file that is not kept as a signed paper."""
    if PurePath(file.name).suffix.lower() not in SUFFIXES:
        raise BadInput(f"Podpisane pismo to plik jednego z rodzajów: {', '.join(sorted(SUFFIXES))}.")
    if not file.content:
        raise BadInput("Plik jest pusty.")
    if len(file.content) > LARGEST_KEPT:
        raise BadInput("Plik jest większy niż 30 MB.")


def keep_signed(
    office: Office,
    session: Session,
    file: SignedFile,
    *,
    matter: str,
    area: str,
    person_id: int | None = None,
    actor: Actor,
) -> SubmittedFile:
    """Keeps a signed paper of a matter (the code of an agreement, a project and a unit, the number of an act) in the
    caller's transaction, under a key of ``person_id`` where it is one person's.

    One paper may carry several signatures: within its matter the same bytes are kept once. What no newest word on a
    signature names any more, and what came by mail and was filed nowhere, becomes a paper of this matter; what lies
    with an application of the same person is taken where it lies. Raises ``BadInput`` for a file that cannot be kept,
    or that belongs to another matter.
    """
    check_signed(file)
    paper = _Paper(office, session, file, matter, area, person_id, actor)
    try:
        with session.begin_nested():
            return paper.keep()
    except IntegrityError:
        # Somebody kept the same file at the same moment: now it is known.
        return paper.keep()


@dataclass(frozen=True)
class _Paper:
    """One paper on its way into its matter."""

    office: Office
    session: Session
    file: SignedFile
    matter: str
    area: str
    person_id: int | None
    actor: Actor

    def keep(self) -> SubmittedFile:
        known = _kept_as(self.session, self.file.content)
        if known is not None:
            return self._known(*known)
        if _is_other_act(self.office, self.session, self.file.content, self.matter):
            raise BadInput("Dokładnie taki plik należy już do innej sprawy; proszę sprawdzić, czy to właściwy.")
        row = keep_file(
            self.office,
            self.session,
            self.file.content,
            name=PurePath(self.file.name).name,
            received_at=self.office.now(),
            channel=CHANNEL,
            answers_number=self.matter,
            area=self.area,
            person_id=self.person_id,
            actor=self.actor,
        )
        self._file(row)
        return row

    def _known(self, file_id: int, channel: str) -> SubmittedFile:
        row = self.session.get(SubmittedFile, file_id)
        if row is None:
            what = (
                "Dokładnie taki plik należy już do innej sprawy,"
                if channel == CHANNEL
                else f"Ten plik nadszedł już inną drogą (plik {file_id}) i leży"
            )
            raise BadInput(
                f"{what} poza obszarem tego konta. Proszę użyć konta, które obejmuje cały projekt, albo odnotować "
                "podpis bez --file."
            )
        # Whoever names it or takes it waits for the other.
        self.session.refresh(row, with_for_update=True)
        if row.channel == CHANNEL:
            return self._of_a_matter(row, file_id)
        if row.application_id is None and row.state in (FileState.UNREADABLE, FileState.SETTLED):
            return self._take_over(row)
        return self._filed(row, file_id)

    def _of_a_matter(self, row: SubmittedFile, file_id: int) -> SubmittedFile:
        if row.answers_number == self.matter:
            return row
        named = named_papers(self.session).files
        if file_id in named:
            way_out = (
                " Jeżeli przypisano go tam przez pomyłkę, proszę najpierw odnotować tam właściwy podpis."
                if named[file_id]
                else ""
            )
            raise BadInput(
                f"Dokładnie taki plik należy już do innej sprawy ({row.answers_number}); proszę sprawdzić, czy to "
                f"właściwy.{way_out}"
            )
        return self._take_over(row)

    def _filed(self, row: SubmittedFile, file_id: int) -> SubmittedFile:
        """A file that came by itself and was filed, or waits to be."""
        came = f"Ten plik nadszedł już {'pocztą' if row.mail_id is not None else 'inną drogą'} (plik {file_id})"
        if row.state is FileState.STORED:
            raise BadInput(f"{came} i czeka na odczyt. Proszę powtórzyć to polecenie, gdy zostanie odczytany.")
        application = self.session.get(Application, row.application_id) if row.application_id is not None else None
        act = named_papers(self.session).files.get(file_id, self.matter)
        form = self.session.exec(select(FieldValue.id).where(FieldValue.file_id == file_id).limit(1)).first()
        own = application is not None and self.person_id == application.person_id
        if own and form is None and act == self.matter:
            return row
        where = f"leży przy zgłoszeniu {application.number}" if application is not None else "należy do innej sprawy"
        if own and form is None:
            where = f"jest już podpisem aktu {act}"
        raise BadInput(f"{came} i {where}. Tam zostaje; podpis proszę odnotować bez --file.")

    def _take_over(self, row: SubmittedFile) -> SubmittedFile:
        """Makes a file that is nobody's any more, or was nobody's yet, a paper of this matter."""
        before = row.answers_number if row.channel == CHANNEL else None
        row.channel, row.answers_number, row.area = CHANNEL, self.matter, self.area
        row.name, row.reason_code, row.reason = PurePath(self.file.name).name, "", ""
        key = self.session.get_one(DataKey, row.data_key_id)
        if key.wrapped is None or _is_shared(self.session, key.id):
            row.data_key_id, plain = key_of_file(self.session, self.person_id, now=self.office.now())
            row.stored_as = keyring_in(self.session).lookup("stored", f"{row.content_digest}:{row.data_key_id}")
            self.session.add(row)
            self.session.flush()
            self.office.files.write(row.stored_as, plain, self.file.content)
        else:
            key.person_id = self.person_id
            self.session.add_all((row, key))
        self._file(row, before)
        return row

    def _file(self, row: SubmittedFile, before: str | None = None) -> None:
        actor, now = self.actor, self.office.now()
        facts: Facts = {"matter": self.matter} | ({"before": before} if before else {})
        if row.state is not FileState.FILED:
            move(self.session, row, FileState.FILED, happened=Happened.FILE_ADDED, actor=actor, now=now, facts=facts)
            return
        actor.require(Right.TAKE_IN, area=row.area)
        self.session.flush()
        note(
            self.session,
            f"file/{row.id}",
            happened=Happened.FILE_ADDED,
            actor=actor,
            now=now,
            area=row.area,
            facts=facts,
        )


def _kept_as(session: Session, content: bytes) -> tuple[int, str] | None:
    """The number and the channel of the file with these bytes, also where the session does not see it: each content is
    kept once."""
    files = SQLModel.metadata.tables[str(SubmittedFile.__tablename__)].c
    lookup = keyring_in(session).lookup("content", hashlib.sha256(content).hexdigest())
    found = session.connection().execute(sa.select(files.id, files.channel).where(files.content_lookup == lookup))
    row = found.first()
    return None if row is None else (row.id, row.channel)


def _is_shared(session: Session, key_id: str) -> bool:
    """Whether more than one thing lies under a key."""
    columns = [
        column
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == DataKey.__tablename__ for key in column.foreign_keys)
    ]
    connection = session.connection()
    counts = (sa.select(sa.func.count()).where(column == key_id) for column in columns)
    return sum(connection.execute(count).scalar_one() for count in counts) > 1


def _is_other_act(office: Office, session: Session, content: bytes, matter: str) -> bool:
    """Whether these bytes are a signed act of another number that 0.6.0 kept: such a document has no digest to be found
    by, so each is opened, wherever it lies. One that is gone, or was erased with its person, is nobody's any more."""
    documents = SQLModel.metadata.tables[str(IssuedDocument.__tablename__)].c
    rows = session.connection().execute(
        sa.select(documents.stored_as, documents.data_key_id).where(
            documents.kind == SIGNED_ACT,
            documents.subject != matter,
            documents.id.in_(named_papers(session).documents),
        )
    )
    return any(_holds(office, session, stored_as, key_id, content) for stored_as, key_id in rows.all())


def _holds(office: Office, session: Session, stored_as: str, key_id: str, content: bytes) -> bool:
    try:
        return office.files.read(stored_as, open_data_key(session, key_id)) == content
    except (NotFound, KeysMissing):
        return False


def write_signed(office: Office, session: Session, folder: Path, *, replaced: str) -> list[Path]:
    """Writes every signed paper within the session's scope into a folder for people, named by its matter. One that was
    named by a signature and is by none that counts lies apart, in the folder ``replaced``."""
    named = named_papers(session)
    rows = session.exec(
        select(SubmittedFile)
        .where((col(SubmittedFile.channel) == CHANNEL) | col(SubmittedFile.id).in_(named.files))
        .order_by(col(SubmittedFile.id))
    )
    written = []
    earlier = _earlier(folder / FOLDER, folder / FOLDER / replaced)
    for row in rows.all():
        file_id = row.id or 0
        matter = (named.files.get(file_id) or row.answers_number or "").replace("/", "-")
        place = folder / FOLDER / (replaced if file_id in named.once - named.files.keys() else "")
        path = place / f"{matter}-podpis-{file_id}{PurePath(row.name or '').suffix.lower()}"
        # An earlier export may have put it elsewhere, under the matter that it belonged to.
        for other in earlier.get(file_id, ()):
            other.unlink()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(office.files.read(row.stored_as, open_data_key(session, row.data_key_id)))
        written.append(path)
    return written


def _earlier(*folders: Path) -> dict[int, list[Path]]:
    """What earlier exports wrote, by the number of the file."""
    found: defaultdict[int, list[Path]] = defaultdict(list)
    for folder in folders:
        for path in folder.glob("*-podpis-*"):
            number = path.stem.rpartition("-podpis-")[2]
            if number.isdecimal():
                found[int(number)].append(path)
    return found
