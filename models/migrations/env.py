"""Alembic's entry: runs migrations on the connection it is handed. There is no offline mode."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel

import models.tables  # noqa: F401  (registers every table)
from models.columns import Document, Encrypted, Grosze, Moment

# Migrations name what the database stores, so that they stay true when a column type's code changes.
_PLAIN = {
    Encrypted: "sa.LargeBinary()",
    Document: "sa.Text()",
    Grosze: "sa.BigInteger()",
    Moment: "sa.DateTime(timezone=True)",
}


def _render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    return _PLAIN.get(type(item), False) if kind == "type" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=_render,
    compare_type=True,
)
context.run_migrations()
