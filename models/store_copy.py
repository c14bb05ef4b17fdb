"""A copy of the store to try things on: in memory only, gone when the block ends, and the store itself untouched.

Rows are copied as they are stored, encrypted columns too: nothing is opened on the way. SQLite copies its pages; of a
PostgreSQL every table is read in one snapshot, which keeps no writer waiting.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel

from models import migrations
from models.columns import Document, Encrypted
from models.storage import Store, prepare_sqlite

_AT_ONCE = 500


@contextlib.contextmanager
def copied(store: Store) -> Iterator[Store]:
    """A store in memory that holds what ``store`` holds at this moment, for whoever may do with it what they like."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    prepare_sqlite(engine)
    engine.dialect.nabor_keyring = store.keyring  # type: ignore[attr-defined]
    copy = Store(engine, store.keyring)
    try:
        if store.engine.dialect.name == "sqlite":
            _copy_pages(store.engine, engine)
        else:
            migrations.upgrade(engine)
            _copy_rows(store.engine, engine)
        yield copy
    finally:
        copy.close()


def _copy_pages(source: Engine, target: Engine) -> None:
    raw = source.raw_connection()
    try:
        cast(sqlite3.Connection, raw.driver_connection).backup(_driver(target))
    finally:
        raw.close()


def _driver(engine: Engine) -> sqlite3.Connection:
    raw = engine.raw_connection()
    try:
        return cast(sqlite3.Connection, raw.driver_connection)
    finally:
        raw.close()


def _copy_rows(source: Engine, target: Engine) -> None:
    snapshot = source.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with snapshot.connect() as reading, target.execution_options(nabor_writes=True).begin() as writing:
        # Rows may point to rows of a table that comes later; where they come from, all are there.
        writing.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in SQLModel.metadata.sorted_tables:
            stored = sa.table(table.name, *(sa.column(column.name, _stored(column)) for column in table.columns))
            # What the migrations put there themselves comes with the rest.
            writing.execute(sa.delete(stored))
            for rows in reading.execute(sa.select(stored)).mappings().partitions(_AT_ONCE):
                writing.execute(sa.insert(stored), [dict(row) for row in rows])


def _stored(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    """The column as the database has it, without what we read into it."""
    kind = column.type
    if isinstance(kind, Encrypted):
        return sa.LargeBinary()
    if isinstance(kind, Document):
        return sa.Text()
    return sa.String() if isinstance(kind, sa.Enum) else kind
