"""The store: one engine with its keyring, sessions that know who acts, and writing transactions that queue.

SQLite in the data folder by default (WAL, foreign keys on, ``BEGIN IMMEDIATE`` for every writing transaction, so
that two officers never read the same last number); PostgreSQL by ``NABOR_DATABASE_URL``. The same code runs on both.
"""

import contextlib
import os
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption
from sqlmodel import Session, SQLModel

from models import migrations
from models.actor import Actor
from models.columns import keyring_of
from models.errors import DatabaseNotReady, KeysMissing, SettingsFaulty
from models.keys import Keyring, read_key_file
from models.tables import Event, StoreNote
from models.tables.rows import Scoped

CURRENT_KEY = "current_key"
_LONGEST_TURN = 30.0
SCOPED: tuple[type[Scoped], ...] = tuple(Scoped.__subclasses__())
"""Every table that knows an area: what the scope of a session narrows."""


class Store:
    """An open database with the keyring that fits it."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self.engine = engine
        self.keyring = keyring
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextlib.contextmanager
    def reading(self, actor: Actor) -> Iterator[Session]:
        """A session that sees the actor's area only. Nothing it changed is kept; what it read stays readable."""
        with Session(self.engine, info={"actor": actor}) as session:
            yield session

    @contextlib.contextmanager
    def writing(self, actor: Actor, *, keep: bool = True) -> Iterator[Session]:
        """One transaction: committed at the end (rolled back for a trial, ``keep=False``), and on any exception."""
        writer = self.engine.execution_options(nabor_writes=True)
        with self._one_writer(), Session(writer, info={"actor": actor}, expire_on_commit=False) as session:
            yield session
            if keep:
                session.commit()

    @contextlib.contextmanager
    def _one_writer(self) -> Iterator[None]:
        """On SQLite threads of this process write in turn: waiting here ends at once when it is one's turn, and waiting
        for SQLite's own lock is sleeping ever longer. Whoever waits too long here is left to that lock."""
        mine = self._turn is not None and self._turn.acquire(timeout=_LONGEST_TURN)
        try:
            yield
        finally:
            if mine and self._turn is not None:
                self._turn.release()

    def close(self) -> None:
        self.engine.dispose()


def acting(session: Session) -> Actor:
    """Whose session this is."""
    actor = session.info["actor"]
    assert isinstance(actor, Actor)
    return actor


def keyring_in(session: Session) -> Keyring:
    """The keyring of the session's store, for keyed look-ups."""
    return keyring_of(session.get_bind().dialect)


@event.listens_for(Session, "do_orm_execute")
def _see_own_area_only(state: ORMExecuteState) -> None:
    """Law 3: the scope is part of every query, so no command can forget it."""
    actor = state.session.info.get("actor")
    if actor is None or not actor.scope or not state.is_select or state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(_within(actor.scope))


@lru_cache(maxsize=64)
def _within(scope: str) -> ExecutableOption:
    """What narrows a query to an area, whatever tables it names; made once an area, since every query asks for it.

    One option for all of them: SQLAlchemy goes through the options of a query each time it is asked.
    """
    begins = "".join(f"/{sign}" if sign in "/%_" else sign for sign in scope) + "%"
    return with_loader_criteria(Scoped, lambda table: _area_of(table).like(begins, escape="/"), include_aliases=True)


def _area_of(table: Any) -> sa.ColumnElement[str]:
    """The area of a table's rows; SQLAlchemy first tries the criterion on the class they share, which has no column."""
    return cast(sa.ColumnElement[str], getattr(table, "area", sa.column("area", sa.String())))


SQLITE_FILE = "nabor.sqlite3"
"""In the data folder, where the office keeps no database of its own."""


def connect(data: Path, database_url: str | None) -> Engine:
    """An engine for the data folder or for the given PostgreSQL, without touching any table."""
    if database_url is None:
        _private_folder(data)
        engine = sa.create_engine(f"sqlite:///{(data / SQLITE_FILE).resolve()}", connect_args={"timeout": 30})
        prepare_sqlite(engine)
        return engine
    try:
        url = sa.make_url(database_url)
    except (sa.exc.ArgumentError, ValueError):
        # The words of the error may be those of the address, which holds a password.
        raise SettingsFaulty(
            "NABOR_DATABASE_URL nie jest adresem bazy danych (postgresql://użytkownik:hasło@serwer:port/baza)."
        ) from None
    if not url.drivername.startswith("postgresql"):
        raise SettingsFaulty("NABOR_DATABASE_URL musi wskazywać PostgreSQL (postgresql://…).")
    return sa.create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)


def open_store(data: Path, key_file: Path, database_url: str | None = None) -> Store:
    """Opens the store; an empty database gets its tables. Raises ``KeysMissing``, ``DatabaseNotReady``."""
    sets = read_key_file(key_file)
    engine = connect(data, database_url)
    try:
        revision = migrations.current_revision(engine)
        if revision is None:
            migrations.upgrade(engine)
        elif revision != migrations.head_revision():
            raise DatabaseNotReady(
                "Baza pochodzi z innego wydania programu. Zrób kopię i uruchom „nabor office upgrade”."
            )
        current = _current_key(engine) or _note_first_key(engine, max(sets, key=lambda key_id: int(key_id[1:])))
        keyring = Keyring(sets, current, path=key_file)
    except BaseException:
        engine.dispose()
        raise
    engine.dialect.nabor_keyring = keyring  # type: ignore[attr-defined]
    return Store(engine, keyring)


def has_tables(data: Path, database_url: str | None = None) -> bool:
    """Whether a store was made there. Makes nothing, unlike ``open_store``. Raises ``DatabaseNotReady`` for a database
    that does not answer, or whose file is none."""
    if database_url is None and not (data / SQLITE_FILE).is_file():
        return False
    engine = connect(data, database_url)
    try:
        return migrations.current_revision(engine) is not None
    except sa.exc.DatabaseError:
        raise DatabaseNotReady(
            "Baza danych nie odpowiada; proszę sprawdzić, czy działa i czy jej plik nie jest uszkodzony."
        ) from None
    finally:
        engine.dispose()


def _current_key(engine: Engine) -> str | None:
    with engine.connect() as connection:
        table = _notes()
        return connection.execute(sa.select(table.c.value).where(table.c.name == CURRENT_KEY)).scalar()


def _note_first_key(engine: Engine, key_id: str) -> str:
    """Notes the key of a store in which nothing has happened yet: whoever made its tables may have died right after."""
    with engine.execution_options(nabor_writes=True).begin() as connection:
        table = _notes()
        known = connection.execute(sa.select(table.c.value).where(table.c.name == CURRENT_KEY)).scalar()
        if isinstance(known, str):
            return known
        if connection.execute(sa.select(sa.exists().select_from(Event))).scalar():
            raise KeysMissing("Baza nie mówi, którym kluczem ją zaszyfrowano. Przywróć ją z kopii.")
        connection.execute(sa.insert(table).values(name=CURRENT_KEY, value=key_id))
    return key_id


def _notes() -> sa.Table:
    return SQLModel.metadata.tables[str(StoreNote.__tablename__)]


def _private_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.name == "posix":
        folder.chmod(0o700)


def prepare_sqlite(engine: Engine) -> None:
    """pysqlite begins transactions late and never IMMEDIATE; SQLAlchemy is told to begin them itself."""
    engine.hide_parameters = True

    @event.listens_for(engine, "connect")
    def _on_connect(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000", "synchronous=FULL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("nabor_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
