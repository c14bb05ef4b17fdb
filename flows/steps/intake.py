"""Intake: files that are kept become applications, answers to correction requests, or rows for an officer.

``flows.steps.kept_files`` keeps every file before anything reads it. ``read_and_file`` reads what is kept and not yet
filed, in a pool of limited processes, and has ``flows.steps.filing`` file each in one transaction, in the order of
receipt, so that numbers follow it. Either half may be killed anywhere.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.correction_letters import make_ready
from flows.steps.filing import IntakeCounts, file_reading
from flows.steps.kept_files import content_of
from flows.steps.mail_files import forms_first, mails_of, with_siblings
from flows.steps.projects import definition_of, newest_definitions
from flows.steps.reading import read_with
from flows.steps.territory import territory_of
from forms.pool import ReadingPool
from forms.reading import FormReading, Unreadable
from models.actor import Actor, Right
from models.form_definition import FormDefinition, FormPurpose
from models.tables import Call, ProjectVersion, SubmittedFile
from models.tables.files import FileState

_PORTION = 50
"""Files whose contents and readings are held at a time, twice over: one portion is read, one is filed."""


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
        definitions, territory = known_forms(session), territory_of(session)
        file_ids = with_siblings(session, file_ids)
        mails = mails_of(session, file_ids)
    waiting = _portions(file_ids, mails)
    pool_of_office = ReadingPool(definitions, workers=office.settings.reading_workers, territory=territory)
    with pool_of_office as pool, ThreadPoolExecutor(1) as ahead:
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
        kept = {file_id: content_of(office, session, file_id) for file_id in file_ids}
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
    """Every form of a project version that some call runs under, the newest version of a form first; and the statement
    forms of the newest versions, whose blanks members are sent."""
    versions = session.exec(
        select(ProjectVersion)
        .where(col(ProjectVersion.id).in_(select(Call.project_version_id)))
        .order_by(col(ProjectVersion.id).desc())
    ).all()
    forms: dict[tuple[str, str], FormDefinition] = {}
    codes = {version.code for version in versions}
    for definition in newest_definitions(session):
        for form in definition.forms:
            if definition.code in codes and form.purpose is FormPurpose.PAY_STATEMENT:
                forms.setdefault((form.key, form.version), form)
    for version in versions:
        assert version.id is not None
        for form in definition_of(session, version.id).forms:
            forms.setdefault((form.key, form.version), form)
    return tuple(forms.values())
