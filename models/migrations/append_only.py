"""Tables that only grow: the database itself refuses to change or delete their rows (laws 4 and 8)."""

from collections.abc import Collection

import sqlalchemy as sa
from alembic import op


def protect(table: str, *, encrypted: Collection[str] = ()) -> None:
    """Adds triggers that raise on UPDATE and DELETE of ``table``.

    ``encrypted`` columns can still be written, since a rotation of keys writes the same text under another key; that
    the text is the same is for its digest to show.
    """
    of = ""
    if encrypted:
        columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
        of = f" OF {', '.join(name for name in columns if name not in encrypted)}"
    if op.get_bind().dialect.name == "sqlite":
        for verb, what in (("UPDATE", f"UPDATE{of}"), ("DELETE", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE{of} OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )


def release(table: str) -> None:
    """Takes the triggers away again, for a downgrade."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute(f"DROP FUNCTION {table}_append_only()")
