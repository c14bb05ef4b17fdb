"""One PostgreSQL database that is filled anew for every test.

Making and dropping a database takes longer than most tests. So there is one, and a test gets its rows: they are taken
down when an office has been played to its stage, and put back, with the triggers of the tables kept quiet meanwhile.
"""

from dataclasses import dataclass
from typing import LiteralString, cast

import psycopg
from psycopg import sql

_KEPT = "alembic_version"
_WITHOUT_ROWS = 21
"""Bytes of a binary copy of an empty table: signature, flags, extension and trailer."""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_TRIGGERS = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"
_COUNTERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"


@dataclass(frozen=True)
class Rows:
    """Everything in a database but its shape, and by how many triggers its tables were guarded."""

    tables: dict[str, bytes]
    counters: dict[str, int | None]
    triggers: int


def take_down(url: str) -> Rows:
    """The rows of a database that nobody is writing to."""
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(_TABLES) if name != _KEPT]
        tables = {}
        for name in names:
            with connection.cursor().copy(_statement("COPY {} TO STDOUT (FORMAT binary)", name)) as copy:
                tables[name] = b"".join(copy)
        return Rows(tables, dict(connection.execute(_COUNTERS).fetchall()), _count(connection))


def put_back(url: str, rows: Rows) -> bool:
    """Makes the rows of the database these again. Returns whether its triggers are, too: a test may have taken one."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        # All at once: a question and an answer for each of the many tables would take longer than most tests.
        connection.execute(sql.SQL(";").join(_statement("DELETE FROM {}", name) for name in rows.tables))
        for name, content in rows.tables.items():
            if len(content) > _WITHOUT_ROWS:
                with connection.cursor().copy(_statement("COPY {} FROM STDIN (FORMAT binary)", name)) as copy:
                    copy.write(content)
        connection.execute(
            "SELECT setval(counter.name::regclass, coalesce(counter.value, 1), counter.value IS NOT NULL)"
            " FROM unnest(%s::text[], %s::bigint[]) AS counter (name, value)",
            (list(rows.counters), list(rows.counters.values())),
        )
        return _count(connection) == rows.triggers


def _count(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    row = connection.execute(_TRIGGERS).fetchone()
    assert row is not None
    return cast(int, row[0])


def _statement(template: LiteralString, name: str) -> sql.Composed:
    return sql.SQL(template).format(sql.Identifier(name))
