"""``nabor demo``: a story from shipped Word forms, as Prefect flows, with a mail server of its own.

Everything lies in one fresh folder: ``data`` (encrypted), ``keys`` beside it, and ``export`` with what people open.
"""

import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from console.flow_hands import FlowHands
from console.local_smtp import Received, local_smtp
from console.server import PrefectServer, client_of, flows_against, make_private
from console.stories import figures, ground, persons_figures
from console.stories.acts import Act, moment
from console.stories.figures import Figures
from console.stories.persons import Story
from console.stories.persons_figures import Summary
from console.stories.script import PROJECTS, Script, scripts
from console.stories.scripted import ScriptedStory
from flows.adapters.clock import PlayedClock, playing, warsaw
from flows.adapters.office import Office, open_office
from flows.adapters.settings import load_settings
from flows.steps.documents import export
from models.actor import Actor, Role
from models.errors import BadInput
from models.keys import create_key_file
from templates.polish import counted

EMPTY = f".prefect-{metadata.version('prefect')}.db"
"""Prefect's database before any run, kept for the next demo: migrating a new one is most of a server's first start."""
PREFECT_DATABASE = "prefect.db"
_PATIENCE, _PAUSE = 10, 1.5
"""How often, and how many seconds apart, the server is asked until its counts stand still."""
PERSONS = "kes"
"""The story of a recruitment of persons; the others are data of the projects."""
BEGINNING = moment("2018-05-28T08:00")
PROJECT = PROJECTS / "kes"
VISITOR = Actor("demo", frozenset({Role.RECRUITMENT, Role.FINANCE}))
"""Who looks at the demo: everything that its officers may open between them, of every area."""
Counted = TypeVar("Counted", Summary, Figures)


def run_demo(
    folder: Path, *, keep: bool = False, as_json: bool = False, databases: Mapping[str, str] | None = None
) -> Summary:
    """Plays the recruitment of persons in ``folder`` and prints the summary. Raises ``BadInput`` for a folder that is
    not the demo's.

    ``databases`` names PostgreSQL servers by setting (``NABOR_DATABASE_URL``); SQLite in the folder otherwise.
    """
    return _demo(
        folder,
        BEGINNING,
        lambda office, clock: Story(office, clock, FlowHands(), PROJECT).play(),
        persons_figures.summary_of,
        persons_figures.table_of,
        keep=keep,
        as_json=as_json,
        databases=databases or {},
    )


def run_story(name: str, folder: Path, *, keep: bool = False, as_json: bool = False) -> Figures:
    """Plays a story of the projects in ``folder`` and prints its figures. Raises ``BadInput`` for a name that no
    project knows, and as ``run_demo`` does."""
    known = scripts()
    if name not in known:
        raise BadInput(f"Nie ma historii „{name}”. Są: {', '.join([PERSONS, *sorted(known)])}.")
    script = Script.of(known[name])
    return _demo(
        folder,
        moment(script.begins),
        lambda office, clock: ScriptedStory(office, clock, FlowHands(), known[name]).play(),
        figures.figures_of,
        figures.table_of,
        keep=keep,
        as_json=as_json,
        databases={},
    )


def _demo(
    folder: Path,
    beginning: datetime,
    tell: Callable[[Office, PlayedClock], Iterator[Act]],
    count: Callable[[Office, Received, int, int], Counted],
    tabulate: Callable[[Counted], Table],
    *,
    keep: bool,
    as_json: bool,
    databases: Mapping[str, str],
) -> Counted:
    said = Console(highlight=False, stderr=as_json, soft_wrap=True)
    ground.clear(folder, keeping=[EMPTY])
    create_key_file(folder / "keys" / "nabor-keys.json")
    started = time.monotonic()
    clock = PlayedClock(beginning)
    with local_smtp() as (port, received), ground.environment(folder, port, databases), playing(clock):
        settings = load_settings()
        said.print("Uruchamiam serwer Prefect i pocztę dema…")
        server = PrefectServer(settings)
        _begin_with(folder / EMPTY, server.home)
        with server, open_office(settings) as office:
            _keep_empty(folder / EMPTY, server.home)
            with flows_against(server):
                for act in tell(office, clock):
                    said.print(f"  {warsaw(act.at):%d.%m.%Y %H:%M}  {act.title}", markup=False)
            written = export(office, folder / "export", actor=VISITOR)
            runs = _runs(server)
            summary = count(office, received, *runs)
            _print(said, tabulate(summary), folder, len(written), time.monotonic() - started)
            if as_json:
                sys.stdout.write(json.dumps(asdict(summary), ensure_ascii=False, indent=1) + "\n")
            if keep:
                said.print(f"Strona Prefect: {server.page_url}  (Ctrl-C kończy)", markup=False)
                _until_interrupted()
    return summary


def _begin_with(empty: Path, home: Path) -> None:
    """Gives the server the empty database that an earlier demo left, if one did."""
    if empty.exists():
        make_private(home)
        shutil.copyfile(empty, home / PREFECT_DATABASE)


def _keep_empty(empty: Path, home: Path) -> None:
    """Keeps the server's database as it is before the first run, unless it is kept or lies elsewhere."""
    database = home / PREFECT_DATABASE
    if empty.exists() or not database.exists():
        return
    made = empty.with_suffix(".part")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(made)) as target:
        source.backup(target)
    made.replace(empty)


def _runs(server: PrefectServer) -> tuple[int, int]:
    """How many flow and task runs the server knows of, once it has written down what it was told."""
    with client_of(server.api_url) as client:
        counted_before: tuple[int, int] | None = None
        for _ in range(_PATIENCE):
            again = (
                client.request("POST", "/flow_runs/count", json={}).json(),
                client.request("POST", "/task_runs/count", json={}).json(),
            )
            if again == counted_before:
                break
            counted_before = again
            time.sleep(_PAUSE)
    return again


def _print(said: Console, table: Table, folder: Path, exported: int, seconds: float) -> None:
    said.print(table)
    said.print(
        f"\nDokumenty i poczta do otwarcia: {folder / 'export'} ({counted(exported, 'plik', 'pliki', 'plików')})\n"
        f"Dane (zaszyfrowane): {folder / 'data'}   Klucze: {folder / 'keys'}\n"
        f"Czas: {seconds:.0f} s",
        markup=False,
    )


def _until_interrupted() -> None:
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        return
