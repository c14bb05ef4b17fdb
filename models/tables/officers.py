"""Officers and their one-time tickets."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from models.columns import document, encrypted, moment
from models.tables.rows import Scoped  # noqa: F401  (sets the naming convention before any table exists)


class Officer(SQLModel, table=True):
    """A person who works with Nabór. The secret is kept as a scrypt digest with its own salt."""

    __tablename__ = "officer"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True, max_length=40)
    name: str = Field(sa_column=encrypted("officer.name"))
    secret: str = Field(max_length=200)
    roles: Any = Field(sa_column=document())
    scope: str = Field(default="", max_length=7)
    email: str | None = Field(default=None, sa_column=encrypted("officer.email", nullable=True))
    """Where the office writes to this officer; ``None``: nowhere."""
    active: bool = True
    created_at: datetime = Field(sa_column=moment())
    created_by: str = Field(max_length=60)


class OfficerTicket(SQLModel, table=True):
    """A single-use ticket: how an officer signs a decision on the Prefect page without leaving a secret there."""

    __tablename__ = "officer_ticket"

    id: int | None = Field(default=None, primary_key=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    digest: str = Field(unique=True, max_length=64)
    expires_at: datetime = Field(sa_column=moment())
    used_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
