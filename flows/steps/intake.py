"""Intake: files from a folder become applications, answers to correction requests, or rows for an officer.

Two halves that may each be killed anywhere. ``store_folder`` keeps every file, each content once, before anything
reads it. ``read_and_file`` reads what is stored and not yet filed, in a pool of limited processes, and files each in
one transaction, in the order of receipt, so that numbers follow it.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from unicodedata import normalize

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session, col, select

from flows.adapters.clock import WARSAW, warsaw_date
from flows.adapters.office import Office
from flows.steps.answers import record_answer
from flows.steps.applications import current_values, find_application, newest_correction, value_rows
from flows.steps.calls import find_call
from flows.steps.correction_letters import HIDDEN_ID, make_ready
from flows.steps.corrections import answered, assess, period_ends
from flows.steps.mail_files import (
    conclude,
    drop_misleading_number,
    file_beside,
    forms_first,
    home_of,
    mails_of,
    was_answered,
    with_siblings,
)
from flows.steps.outbox import compose, office_block
from flows.steps.people import learn, new_data_key, note_difference, open_data_key, reassign, recognise, value_of
from flows.steps.projects import definition_for, definition_of
from flows.steps.reading import read_with
from flows.steps.registration import acknowledge, register
from flows.steps.transcription import TO_BE_TYPED, answered_by_scan, attach, register_untyped, tell_sender
from forms.normalise import against_receipt
from forms.pool import ReadingPool
from forms.reading import FormReading, Unreadable
from forms.safety import REFUSALS
from models.actor import Actor, Right
from models.errors import BadInput, FormUnreadable, KeysMissing, NotFound
from models.events import Happened
from models.form_definition import FormDefinition
from models.identifiers import split_token
from models.rules.area import within
from models.storage import keyring_in
from models.tables import Application, Call, DataKey, Event, Person, ProjectVersion, SubmittedFile
from models.tables.applications import ApplicationState
from models.tables.files import FileState
from models.transitions import enter, move, note, reference
from templates.letters import UnreadableFormLetter

MANIFEST = "manifest.csv"
LARGEST_KEPT = 30 * 1024 * 1024
CHANNELS = frozenset({"folder", "email", "post", "in_person", "epuap"})
_COLUMNS = frozenset({"file", "received_at", "channel", "sender", "application", "call"})
_LONGEST_NUMBER = 60
_PORTION = 50
"""Files whose contents and readings are held at a time, twice over: one portion is read, one is filed."""


@dataclass(frozen=True)
class FolderCounts:
    """What became of the files of a folder; ``skipped`` holds a Polish sentence for each one left where it was."""

    new: int
    known: int
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class IntakeCounts:
    """What became of files that were read. ``duplicates`` are counted among complete and incomplete ones, too.

    ``further`` are files that came in one mail with a form and were filed to its application.
    """

    complete: int = 0
    incomplete: int = 0
    answers: int = 0
    duplicates: int = 0
    unreadable: int = 0
    to_type: int = 0
    """Scans and pictures that became applications, or answers, for an officer to type in."""
    further: int = 0

    def __add__(self, other: "IntakeCounts") -> "IntakeCounts":
        return IntakeCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True)
class Incoming:
    """One line of the manifest, or what stands for it."""

    path: Path
    received_at: datetime
    channel: str
    sender: str = ""
    application: str = ""
    call: str = ""


def store_folder(office: Office, folder: Path, *, actor: Actor) -> FolderCounts:
    """Keeps every file of a folder that is not kept yet. Nothing in the folder is changed.

    Raises ``BadInput`` when the folder or its manifest cannot be used; no file is taken in then.
    """
    actor.require(Right.TAKE_IN)
    incoming, skipped = survey(folder, now=office.now())
    counts = store_files(office, incoming, actor=actor)
    return FolderCounts(counts.new, counts.known, (*skipped, *counts.skipped))


def store_files(office: Office, incoming: Sequence[Incoming], *, actor: Actor) -> FolderCounts:
    """Keeps these files, each content once. Raises ``NotAllowed``."""
    actor.require(Right.TAKE_IN)
    skipped: list[str] = []
    new = known = 0
    for one in incoming:
        if one.path.stat().st_size > LARGEST_KEPT:
            skipped.append(f"{one.path.name}: plik jest większy niż 30 MB; został w folderze.")
            continue
        if _store(office, one, actor=actor):
            new += 1
        else:
            known += 1
    return FolderCounts(new, known, tuple(skipped))


def survey(folder: Path, *, now: datetime) -> tuple[list[Incoming], list[str]]:
    """The files of a folder with what the manifest says of each, and remarks. Raises ``BadInput``."""
    if not folder.is_dir():
        raise BadInput(f"Nie ma folderu „{folder.name}”.")
    listed = _manifest(folder / MANIFEST) if (folder / MANIFEST).is_file() else {}
    # A Mac writes „ó” in names as two characters; the manifest and the folder must still mean the same file.
    present = {
        normalize("NFC", path.name): path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.is_symlink() and not path.name.startswith((".", "~$")) and path.name != MANIFEST
    }
    remarks = [f"{name}: jest w manifeście, nie ma go w folderze." for name in listed if name not in present]
    if not listed:
        return [Incoming(path, now, "folder") for path in present.values()], remarks
    # Whoever keeps a manifest means it: a slip in a name must not make somebody's form a late one.
    remarks += [f"{name}: nie ma go w manifeście; został w folderze." for name in present if name not in listed]
    return [Incoming(path, *listed[name]) for name, path in present.items() if name in listed], remarks


def _manifest(path: Path) -> dict[str, tuple[datetime, str, str, str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{MANIFEST}: plik musi być zapisany w UTF-8.") from None
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    header = set(reader.fieldnames or ())
    if not {"file", "received_at", "channel"} <= header or not header <= _COLUMNS:
        raise BadInput(
            f"{MANIFEST}: nagłówek musi mieć kolumny file, received_at, channel; wolno dodać sender, application, call."
        )
    lines: dict[str, tuple[datetime, str, str, str, str]] = {}
    for number, row in enumerate(_rows(reader), start=2):
        name = normalize("NFC", (row["file"] or "").strip())
        if not name:
            raise BadInput(f"{MANIFEST}, wiersz {number}: brak nazwy pliku.")
        if name in lines:
            raise BadInput(f"{MANIFEST}, wiersz {number}: ten sam plik podano już wyżej.")
        channel = (row["channel"] or "").strip()
        if channel not in CHANNELS:
            raise BadInput(f"{MANIFEST}, wiersz {number}: kanał (channel) to jedno z: {', '.join(sorted(CHANNELS))}.")
        try:
            received = datetime.fromisoformat(_with_an_hour((row["received_at"] or "").strip()))
        except ValueError:
            raise BadInput(
                f"{MANIFEST}, wiersz {number}: czas wpływu (received_at) wygląda tak: 2018-06-04T10:15."
            ) from None
        if received.tzinfo is None:
            received = received.replace(tzinfo=WARSAW)
        application = (row.get("application") or "").strip()
        if len(application) > _LONGEST_NUMBER:
            raise BadInput(f"{MANIFEST}, wiersz {number}: to nie jest numer zgłoszenia.")
        call = (row.get("call") or "").strip()
        if len(call) > _LONGEST_NUMBER:
            raise BadInput(f"{MANIFEST}, wiersz {number}: to nie jest kod naboru.")
        lines[name] = (received, channel, (row.get("sender") or "").strip(), application, call)
    return lines


def _with_an_hour(text: str) -> str:
    """The text of a moment. Raises ``ValueError`` for a mere day: midnight would win every tie."""
    if ":" not in text:
        raise ValueError("a day without an hour")
    return text


def _rows(reader: "csv.DictReader[str]") -> Iterator[dict[str, str | None]]:
    try:
        for row in reader:
            if None in row:
                raise BadInput(f"{MANIFEST}, wiersz {reader.line_num}: jest więcej pól niż kolumn w nagłówku.")
            yield row
    except csv.Error:
        raise BadInput(f"{MANIFEST}, wiersz {reader.line_num}: nie da się odczytać tego wiersza.") from None


def _store(office: Office, one: Incoming, *, actor: Actor) -> bool:
    content = one.path.read_bytes()
    with office.writing(actor) as session:
        known = known_file(session, content)
        if known is not None:
            _note_other_sender(session, known, one, actor=actor, now=office.now())
            return False
        keep_file(
            office,
            session,
            content,
            name=one.path.name,
            received_at=one.received_at,
            channel=one.channel,
            sender=one.sender or None,
            answers_number=one.application or None,
            call_code=one.call or None,
            actor=actor,
        )
    return True


def _note_other_sender(session: Session, known: SubmittedFile, one: Incoming, *, actor: Actor, now: datetime) -> None:
    """The same bytes from somebody else are kept once, but an officer is told: two people may have sent a blank form.

    The sender stands in the event as a keyed digest, so that a folder looked through again says it once.
    """
    if not one.sender or one.sender.casefold() == (known.sender or "").casefold():
        return
    digest = keyring_in(session).lookup("sender", one.sender.casefold())[:16]
    seen = select(Event).where(Event.subject == f"file/{known.id}", Event.kind == Happened.FILE_SEEN_AGAIN)
    if any(event.facts["sender"] == digest for event in session.exec(seen).all()):
        return
    note(
        session,
        f"file/{known.id}",
        happened=Happened.FILE_SEEN_AGAIN,
        actor=actor,
        now=now,
        area=known.area,
        facts={"sender": digest, "channel": one.channel},
    )


def known_file(session: Session, content: bytes) -> SubmittedFile | None:
    """The row under which exactly these bytes are kept already."""
    lookup = keyring_in(session).lookup("content", hashlib.sha256(content).hexdigest())
    return session.exec(select(SubmittedFile).where(SubmittedFile.content_lookup == lookup)).first()


def keep_file(
    office: Office,
    session: Session,
    content: bytes,
    *,
    name: str,
    received_at: datetime,
    channel: str,
    sender: str | None = None,
    answers_number: str | None = None,
    call_code: str | None = None,
    mail_id: int | None = None,
    area: str = "",
    actor: Actor,
) -> SubmittedFile:
    """Keeps bytes that are not known yet, in the caller's transaction."""
    keyring, now = keyring_in(session), office.now()
    digest = hashlib.sha256(content).hexdigest()
    key_id, data_key = new_data_key(session, None, now=now)
    row = SubmittedFile(
        area=area,
        content_lookup=keyring.lookup("content", digest),
        content_digest=digest,
        name=name,
        size=len(content),
        stored_as=keyring.lookup("stored", digest),
        data_key_id=key_id,
        received_at=received_at,
        channel=channel,
        sender=sender,
        answers_number=answers_number,
        call_code=call_code,
        mail_id=mail_id,
        taken_in_at=now,
    )
    # The row holds the name while the bytes are written, and counts only when both are there. A file whose row
    # was lost with its transaction is written again.
    enter(session, row, happened=Happened.FILE_STORED, actor=actor, now=now, facts={"channel": channel})
    office.files.write(row.stored_as, data_key, content)
    return row


def unread_files(session: Session) -> list[int]:
    """Files that are kept and not yet read, in the order of receipt."""
    rows = session.exec(
        select(SubmittedFile.id)
        .where(SubmittedFile.state == FileState.STORED)
        .order_by(col(SubmittedFile.received_at), col(SubmittedFile.id))
    ).all()
    return [row for row in rows if row is not None]


def read_and_file(
    office: Office, file_ids: Sequence[int], *, actor: Actor, told: Callable[[int], None] = lambda filed: None
) -> IntakeCounts:
    """Reads the files in the isolated pool and files each in a transaction of its own, in the order given.

    One pool serves them all, and one portion is read while the one before it is filed. ``told`` hears how many files
    were filed since it last heard.
    """
    actor.require(Right.TAKE_IN)
    counts = IntakeCounts()
    if not file_ids:
        return counts
    with office.reading(actor) as session:
        definitions = known_forms(session)
        file_ids = with_siblings(session, file_ids)
        mails = mails_of(session, file_ids)
    waiting = _portions(file_ids, mails)
    with ReadingPool(definitions, workers=office.settings.reading_workers) as pool, ThreadPoolExecutor(1) as ahead:
        reading = ahead.submit(_readings, office, waiting[0], pool, actor=actor)
        for portion, following in zip_longest(waiting, waiting[1:]):
            readings = reading.result()
            if following is not None:
                reading = ahead.submit(_readings, office, following, pool, actor=actor)
            for file_id in forms_first(portion, readings, mails):
                counts += _file_one(office, file_id, readings[file_id], actor=actor)
            told(len(portion))
    # Letters can be looked at before they leave, so what goes with them is made now and not when they do.
    make_ready(office, actor=actor)
    return counts


def _readings(
    office: Office, file_ids: Sequence[int], pool: ReadingPool, *, actor: Actor
) -> dict[int, FormReading | Unreadable]:
    """What each file says."""
    with office.reading(actor) as session:
        kept = {file_id: _content(office, session, file_id) for file_id in file_ids}
    lost = {file_id: content for file_id, content in kept.items() if isinstance(content, Unreadable)}
    contents = [(file_id, content) for file_id, content in kept.items() if isinstance(content, bytes)]
    return lost | dict(read_with(pool, contents, office.settings))


def _portions(file_ids: Sequence[int], mails: dict[int, int]) -> list[list[int]]:
    """The files in portions; those of one mail stay together."""
    portions: list[list[int]] = []
    for file_id in file_ids:
        last = portions[-1][-1] if portions else None
        siblings = last is not None and file_id in mails and mails[file_id] == mails.get(last)
        if portions and (siblings or len(portions[-1]) < _PORTION):
            portions[-1].append(file_id)
        else:
            portions.append([file_id])
    return portions


def _file_one(office: Office, file_id: int, reading: FormReading | Unreadable, *, actor: Actor) -> IntakeCounts:
    """Files one reading; what the program itself trips over becomes a row for the officer, by kind of error only."""
    try:
        with office.writing(actor) as session:
            return file_reading(session, file_id, reading, actor=actor, now=office.now())
    except (OperationalError, InterfaceError):
        raise  # the database, not the file: the next run takes it up again
    except Exception as error:  # noqa: BLE001  (one bad file must not stop the others; it is left to a person)
        code = f"program_error_{type(error).__name__}"[:60]
    sentence = "Plik odczytano, ale program nie umiał go zarejestrować. Proszę zgłosić to administratorowi."
    with office.writing(actor) as session:
        trouble = Unreadable(code=code, sentence=sentence)
        return file_reading(session, file_id, trouble, actor=actor, now=office.now())


def known_forms(session: Session) -> tuple[FormDefinition, ...]:
    """Every form of a project version that some call runs under, the newest version of a form first."""
    versions = session.exec(
        select(ProjectVersion)
        .where(col(ProjectVersion.id).in_(select(Call.project_version_id)))
        .order_by(col(ProjectVersion.id).desc())
    ).all()
    forms: dict[tuple[str, str], FormDefinition] = {}
    for version in versions:
        assert version.id is not None
        for form in definition_of(session, version.id).forms:
            forms.setdefault((form.key, form.version), form)
    return tuple(forms.values())


def _content(office: Office, session: Session, file_id: int) -> bytes | Unreadable:
    """The kept bytes; a file that is gone or does not open is one officer's case, not the end of the batch."""
    row = session.get_one(SubmittedFile, file_id)
    try:
        return office.files.read(row.stored_as, open_data_key(session, row.data_key_id))
    except (NotFound, KeysMissing) as error:
        return Unreadable(code="not_in_store", sentence=str(error))


def file_reading(
    session: Session, file_id: int, reading: FormReading | Unreadable, *, actor: Actor, now: datetime
) -> IntakeCounts:
    """Makes of one reading an application, an answer, or a row for the officer. A file already filed stays as it is."""
    row = session.get_one(SubmittedFile, file_id, with_for_update=True)
    if row.state is not FileState.STORED:
        return IntakeCounts()
    counts = _file(session, row, reading, actor=actor, now=now)
    if row.mail_id is not None:
        conclude(session, row.mail_id, actor=actor, now=now)
    return counts


def _file(
    session: Session, row: SubmittedFile, reading: FormReading | Unreadable, *, actor: Actor, now: datetime
) -> IntakeCounts:
    if row.mail_id is not None:
        home = home_of(session, row, reading)
        if isinstance(home, Application):
            file_beside(session, row, home, reading, actor=actor, now=now)
            return IntakeCounts(further=1)
        if isinstance(home, Unreadable):
            reading = home
        elif isinstance(reading, FormReading):
            drop_misleading_number(session, row, reading)
    # From here on a file stands for itself, whichever way it came: a scan alone in a mail, too.
    if isinstance(reading, FormReading):
        try:
            with session.begin_nested():
                return _file_form(session, row, reading, actor=actor, now=now)
        except FormUnreadable as error:
            session.refresh(row)
            reading = Unreadable(code=error.code, sentence=str(error))
    elif reading.code in TO_BE_TYPED:
        try:
            with session.begin_nested():
                if _file_scan(session, row, actor=actor, now=now):
                    return IntakeCounts(to_type=1)
        except FormUnreadable as error:
            session.refresh(row)
            reading = Unreadable(code=error.code, sentence=str(error))
    _leave_to_officer(session, row, reading, actor=actor, now=now)
    return IntakeCounts(unreadable=1)


def _file_form(
    session: Session, row: SubmittedFile, reading: FormReading, *, actor: Actor, now: datetime
) -> IntakeCounts:
    assert row.id is not None
    fields = against_receipt(reading.fields, warsaw_date(row.received_at))
    reading = reading.model_copy(update={"fields": fields})
    # Rows that belong to no application yet: enough to recognise the person and the call by.
    drafts = {
        value.key: value
        for value in value_rows(fields, application_id=0, area="", file_id=row.id, actor=actor, now=now)
    }
    named = _claimed(session, row, reading)
    call = _call_for(session, named.number, row, reading, value_of(drafts, "instytucja.gmina"))
    application = _named(session, named, row, reading)
    known = session.get_one(Person, application.person_id) if application is not None else None
    person = recognise(session, drafts, now=now, known=known)
    application = application or _waiting_of(session, row, call, person)
    answer = application is not None
    duplicate = False
    if application is None:
        duplicate = _has_other(session, call, person)
        application = register(
            session,
            call,
            person,
            form=(reading.form_key, reading.form_version),
            received_at=row.received_at,
            channel=row.channel,
            actor=actor,
            now=now,
        )
    assert application.id is not None
    if answer:
        record_answer(session, application, reading, file_id=row.id, actor=actor, now=now)
        reassign(session, application, person)
        learn(session, person, current_values(session, application), written=_asked_of(session, application))
    else:
        for value in value_rows(
            fields, application_id=application.id, area=call.area, file_id=row.id, actor=actor, now=now
        ):
            session.add(value)
        session.flush()
        learn(session, person, drafts)
    session.get_one(DataKey, row.data_key_id).person_id = person.id
    row.area, row.application_id = call.area, application.id
    session.add(row)
    move(
        session,
        row,
        FileState.FILED,
        happened=Happened.FILE_FILED,
        actor=actor,
        now=now,
        facts={
            "application": application.number,
            "form": f"{reading.form_key} {reading.form_version}",
            "recognised_by": reading.recognised_by,
            "remarks": [*reading.remarks, *named.remarks],
        },
    )
    for remark in named.remarks:
        note(
            session,
            reference(application),
            happened=Happened.FALSE_ID_SEEN,
            actor=actor,
            now=now,
            area=call.area,
            facts={"remark": remark},
        )
    if duplicate:
        note(
            session,
            reference(application),
            happened=Happened.DUPLICATE_SEEN,
            actor=actor,
            now=now,
            area=call.area,
        )
    note_difference(session, application, person, current_values(session, application), actor=actor, now=now)
    if answer:
        answered(session, application, actor=actor, now=now)
        return IntakeCounts(answers=1)
    complete = assess(session, application, actor=actor, now=now)
    acknowledge(session, application, call, person, complete=complete, actor=actor, now=now)
    return IntakeCounts(complete=int(complete), incomplete=int(not complete), duplicates=int(duplicate))


@dataclass(frozen=True)
class _Claim:
    """The application a file says it belongs to, and what an officer should know of that."""

    number: str = ""
    remarks: tuple[str, ...] = ()


_FALSE_ID = "Plik podaje identyfikator zgłoszenia, który się nie zgadza; pominięto go."
_OLD_ID = (
    "Plik jest kopią zwróconą do uzupełnienia, ale tamto zgłoszenie na nic już nie czeka; identyfikator pominięto."
)


def _claimed(session: Session, row: SubmittedFile, reading: FormReading) -> _Claim:
    """The number that the manifest, an officer or the subject of a mail gives, else the checked hidden id of our copy.

    An id whose check fails is never trusted: it is left out, and said. Raises ``FormUnreadable`` when the two differ.
    """
    remarks: list[str] = []
    given = _checked(session, row.answers_number or "", remarks)
    hidden = _checked(session, reading.application_token, remarks, only_tokens=True)
    if hidden:
        try:
            copied = find_application(session, hidden)
        except NotFound:
            copied = None
        if copied is None or (not given and not _awaits(session, copied, row.received_at)):
            remarks.append(_OLD_ID)
            hidden = ""
        elif given and given not in (copied.number, copied.public_number):
            raise FormUnreadable(
                "numbers_differ",
                "Plik oznaczono numerem innego zgłoszenia niż to, do którego należy zwrócona kopia. "
                "Pracownik musi sprawdzić, czyja to odpowiedź.",
            )
    return _Claim(given or hidden, tuple(dict.fromkeys(remarks)))


def _checked(session: Session, text: str, remarks: list[str], *, only_tokens: bool = False) -> str:
    """A plain number as it is, a token as its number if its keyed check is right; else nothing, with a remark."""
    token = split_token(text)
    if token is None:
        if text and only_tokens:
            remarks.append(_FALSE_ID)
        return "" if only_tokens else text
    if keyring_in(session).knows_lookup(HIDDEN_ID, *token):
        return token[0]
    remarks.append(_FALSE_ID)
    return ""


def _call_for(session: Session, number: str, row: SubmittedFile, reading: FormReading, gmina: str) -> Call:
    """The call the form was sent to: named by its number, else the one of that group kind whose area the gmina is in,
    else the only one that could be meant. Raises ``FormUnreadable`` when several could."""
    if number:
        try:
            return session.get_one(Call, find_application(session, number).call_id)
        except NotFound:
            raise FormUnreadable(
                "unknown_number", "Plik oznaczono numerem zgłoszenia, którego nie ma w rejestrze."
            ) from None
    if row.call_code:
        named = _call_named(session, row.call_code)
        if definition_for(session, named).group_kind(named.group_kind).form != reading.form_key:
            raise FormUnreadable("wrong_form", "Formularz jest czytelny, ale nie należy do naboru, który podano.")
        return named
    fitting = []
    for call in session.exec(select(Call).order_by(col(Call.opens_at).desc(), col(Call.id))).all():
        definition = definition_for(session, call)
        if definition.group_kind(call.group_kind).form == reading.form_key:
            fitting.append(call)
    inside = [call for call in fitting if gmina and within(gmina, call.area)]
    started = [call for call in (inside or fitting) if call.opens_at <= row.received_at] or inside or fitting
    if len(started) == 1 or inside:
        return started[0]
    if not started:
        raise FormUnreadable("no_call", "Formularz jest czytelny, ale nie otwarto naboru, do którego należy.")
    raise FormUnreadable(
        "call_unclear",
        "Formularz jest czytelny, ale nie wiadomo, do którego naboru należy (obszar instytucji niejasny).",
    )


def _call_named(session: Session, code: str) -> Call:
    try:
        return find_call(session, code)
    except NotFound:
        raise FormUnreadable("unknown_call", "Plik oznaczono kodem naboru, którego nie ma w rejestrze.") from None


def _file_scan(session: Session, row: SubmittedFile, *, actor: Actor, now: datetime) -> bool:
    """Makes of a scan an application that awaits typing, or part of the one it names. Returns whether its call could
    be told: named, or the only one open when it came. Raises ``FormUnreadable`` for a name that leads nowhere."""
    if row.answers_number:
        try:
            application = find_application(session, row.answers_number)
        except NotFound:
            raise FormUnreadable(
                "unknown_number", "Plik oznaczono numerem zgłoszenia, którego nie ma w rejestrze."
            ) from None
        _join_scan(session, row, application, actor=actor, now=now)
        return True
    if row.call_code:
        call = _call_named(session, row.call_code)
    else:
        open_then = session.exec(
            select(Call).where(col(Call.opens_at) <= row.received_at, col(Call.closes_at) >= row.received_at)
        ).all()
        if len(open_then) != 1:
            return False
        call = open_then[0]
    _register_scan(session, row, call, actor=actor, now=now)
    return True


def _register_scan(session: Session, row: SubmittedFile, call: Call, *, actor: Actor, now: datetime) -> Application:
    application = register_untyped(
        session, call, received_at=row.received_at, channel=row.channel, sender=row.sender, actor=actor, now=now
    )
    attach(session, row, application, actor=actor, now=now)
    tell_sender(session, application, row, answer=False, actor=actor, now=now)
    return application


def _join_scan(session: Session, row: SubmittedFile, application: Application, *, actor: Actor, now: datetime) -> None:
    """Puts a scan to the application it names: the answer to a request, or one more page of what waits to be typed."""
    waits = application.state is ApplicationState.AWAITING_TYPING
    if not waits and not _awaits(session, application, row.received_at):
        raise FormUnreadable("not_awaited", "Plik oznaczono numerem zgłoszenia, które nie czeka na uzupełnienie.")
    attach(session, row, application, actor=actor, now=now)
    if not waits:
        answered_by_scan(session, application, actor=actor, now=now)
        tell_sender(session, application, row, answer=True, actor=actor, now=now)


def _named(session: Session, claim: _Claim, row: SubmittedFile, reading: FormReading) -> Application | None:
    """The application that the sender, the manifest or our own copy names as the one this file completes.

    Raises ``FormUnreadable`` when that one does not wait for an answer or is of another form: never a new application.
    """
    if not claim.number:
        return None
    named = find_application(session, claim.number)
    if reading.form_key != named.form_key:
        raise FormUnreadable("wrong_form", "Plik oznaczono numerem zgłoszenia złożonego na innym formularzu.")
    if not _awaits(session, named, row.received_at):
        raise FormUnreadable("not_awaited", "Plik oznaczono numerem zgłoszenia, które nie czeka na uzupełnienie.")
    return named


def _waiting_of(session: Session, row: SubmittedFile, call: Call, person: Person) -> Application | None:
    """The application of the same person and call that waits for this answer."""
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, Application.person_id == person.id)
        .order_by(col(Application.id))
    ).all()
    return next((one for one in rows if _awaits(session, one, row.received_at)), None)


def _asked_of(session: Session, application: Application) -> list[str]:
    """The keys that the last request asked for: what came back under them was meant to change."""
    last = newest_correction(session, application)
    return [item["key"] for item in last.items] if last is not None else []


def _awaits(session: Session, application: Application, received_at: datetime) -> bool:
    """Whether an answer received at that time counts: to an open request, or in time to one that was closed since."""
    if application.state is ApplicationState.INCOMPLETE:
        return True
    last = newest_correction(session, application)
    if application.state is not ApplicationState.CLOSED_INCOMPLETE or last is None:
        return False
    ends = period_ends(session, last)
    return ends is not None and received_at <= ends


def _has_other(session: Session, call: Call, person: Person) -> bool:
    return (
        session.exec(
            select(Application.id).where(
                Application.call_id == call.id,
                Application.person_id == person.id,
                Application.state != ApplicationState.WITHDRAWN,
            )
        ).first()
        is not None
    )


def _leave_to_officer(
    session: Session, row: SubmittedFile, reading: Unreadable, *, actor: Actor, now: datetime
) -> None:
    row.reason_code, row.reason = reading.code, reading.sentence
    session.add(row)
    messages = []
    version = session.exec(select(ProjectVersion).order_by(col(ProjectVersion.id).desc())).first()
    # What only we can mend (a lost file, an unknown number, the papers of several people) is no news for the sender.
    silent = reading.code not in FOR_THE_SENDER or (row.mail_id is not None and was_answered(session, row, now=now))
    if row.sender and not silent and version is not None and version.id is not None:
        definition = definition_of(session, version.id)
        message = compose(
            session,
            "unreadable_form",
            UnreadableFormLetter(
                office=office_block(definition),
                received_at=row.received_at,
                reason=reading.sentence,
                closes_at=_open_until(session, now),
            ),
            subject_ref=reference(row),
            area=row.area,
            occasion="unreadable",
            actor=actor,
            now=now,
            recipient=row.sender,
            definition=definition,
        )
        messages = [message] if message else []
    move(
        session,
        row,
        FileState.UNREADABLE,
        happened=Happened.FILE_UNREADABLE,
        actor=actor,
        now=now,
        facts={"reason_code": reading.code},
        messages=messages,
    )


FOR_THE_SENDER = REFUSALS | frozenset(
    {"missing_part", "broken_xml", "no_fields", "form_unknown", "form_ambiguous"}
    | {"pdf_password", "pdf_xfa", "pdf_damaged", "pdf_too_complex"}
)
"""Reasons that whoever sent the file can do something about; their sentences are worded for both."""


def _open_until(session: Session, now: datetime) -> datetime | None:
    """When the first of the running calls closes: nobody knows yet which one an unreadable form is for."""
    return session.exec(
        select(Call.closes_at).where(Call.opens_at <= now, Call.closes_at > now).order_by(col(Call.closes_at))
    ).first()


def settle_file(session: Session, file_id: int, *, again: bool = False, actor: Actor, now: datetime) -> None:
    """An officer closes the case of an unreadable file, or has it read again (``again``)."""
    row = session.get(SubmittedFile, file_id)
    if row is None:
        raise NotFound(f"Nie ma pliku {file_id}.")
    move(
        session,
        row,
        FileState.STORED if again else FileState.SETTLED,
        happened=Happened.FILE_REOPENED if again else Happened.FILE_SETTLED,
        actor=actor,
        now=now,
    )


def open_scan(
    session: Session, file_id: int, *, call: str = "", application: str = "", actor: Actor, now: datetime
) -> Application:
    """An officer says what a scan is whose call could not be told: an application to ``call``, or part of
    ``application``. The time of receipt stays. Raises ``BadInput`` for a file that was filed or settled already."""
    actor.require(Right.TAKE_IN)
    if bool(call) == bool(application):
        raise BadInput("Proszę podać jedno: nabór (--call) albo numer zgłoszenia (--application).")
    row = session.get(SubmittedFile, file_id)
    if row is None:
        raise NotFound(f"Nie ma pliku {file_id}.")
    session.refresh(row, with_for_update=True)
    if row.state is not FileState.UNREADABLE:
        raise BadInput(f"Plik {file_id} nie czeka na decyzję pracownika; nie ma czego otwierać.")
    if call:
        return _register_scan(session, row, find_call(session, call), actor=actor, now=now)
    joined = find_application(session, application)
    _join_scan(session, row, joined, actor=actor, now=now)
    return joined
