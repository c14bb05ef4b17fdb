"""Intake: what people sent in becomes numbered applications.

Every file of the folder is stored once; each stored file is then read and filed as an application or an answer;
what cannot be read waits for an officer, and what is incomplete is asked for by mail.
"""

from functools import reduce
from operator import add
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from flows.artifacts import progress, publish_intake
from flows.failures import office_at_work, record_failure
from flows.states import End, ended
from flows.steps import intake as steps
from flows.steps import kept_files
from flows.steps.filing import IntakeCounts
from flows.steps.portions import portions
from models.actor import process

ACTOR = process("intake")
READ_AT_ONCE = 200
"""Files a task: each task starts reading processes of its own, which costs about as much as reading 40 files."""


@flow(
    name="intake",
    validate_parameters=False,
    persist_result=False,
    on_failure=[record_failure],
    on_crashed=[record_failure],
)
def intake(folder: str = "") -> State[None]:
    """Przyjmuje formularze z folderu.

    Args:
        folder: Folder z formularzami. Puste pole: folder z ustawienia NABOR_INBOX.
    """
    new, skipped = store(folder)
    waiting = unread()
    if not waiting:
        return ended(End.NOTHING_TO_DO, "Nie ma nowych plików.")
    with progress("Czytanie formularzy", len(waiting)) as advance:
        counts = reduce(add, [advance(read(portion), len(portion)) for portion in portions(waiting, READ_AT_ONCE)])
    publish_intake(new=new, skipped=skipped, counts=counts)
    said = (
        f"Nowe pliki: {new}. Kompletne: {counts.complete}, do uzupełnienia: {counts.incomplete}, "
        f"odpowiedzi: {counts.answers}, powtórzone: {counts.duplicates}, "
        f"do przepisania: {counts.to_type}, nieczytelne: {counts.unreadable}."
    )
    waits = counts.unreadable or counts.to_type or skipped
    return ended(End.WAITING_FOR_OFFICER if waits else End.DONE, said)


@task(name="store", cache_policy=NO_CACHE, persist_result=False)
def store(folder: str) -> tuple[int, int]:
    """Keeps every new file of the folder under its digest; how many were new, and how many could not be taken."""
    with office_at_work() as office:
        source = Path(folder) if folder else office.settings.inbox
        if source is None:
            return 0, 0
        counts = kept_files.store_folder(office, source, actor=ACTOR)
        return counts.new, len(counts.skipped)


@task(name="unread", cache_policy=NO_CACHE, persist_result=False)
def unread() -> list[int]:
    """Files that are stored and not yet read, from this run or an interrupted one."""
    with office_at_work() as office, office.reading(ACTOR) as session:
        return steps.unread_files(session)


@task(name="read", cache_policy=NO_CACHE, persist_result=False)
def read(file_ids: list[int]) -> IntakeCounts:
    with office_at_work() as office:
        return steps.read_and_file(office, file_ids, actor=ACTOR)
