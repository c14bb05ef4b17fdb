"""Calls (nabory) and the groups they fill."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped


class CallState(StrEnum):
    OPEN = "open"
    RANKED = "ranked"
    DECIDED = "decided"
    ANNOUNCED = "announced"


CALL = Lifecycle(
    aggregate="call",
    start=frozenset({CallState.OPEN}),
    moves={
        CallState.OPEN: frozenset({CallState.RANKED}),
        # A late correction or an overruled value means a new ranking; decisions taken meanwhile stay on record.
        CallState.RANKED: frozenset({CallState.RANKED, CallState.DECIDED}),
        CallState.DECIDED: frozenset({CallState.DECIDED, CallState.ANNOUNCED}),
        CallState.ANNOUNCED: frozenset({CallState.DECIDED}),
    },
    rights={
        CallState.OPEN: Right.LOAD_PROJECT,
        CallState.RANKED: Right.RANK,
        CallState.DECIDED: Right.DECIDE,
        CallState.ANNOUNCED: Right.ANNOUNCE,
    },
)


class Call(Scoped, table=True):
    """One recruitment of one group: kind, area and dates, under one project version."""

    __tablename__ = "call"
    __table_args__ = (UniqueConstraint("code"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40)
    project_version_id: int = Field(foreign_key="project_version.id")
    group_kind: str = Field(max_length=10)
    year: int
    opens_at: datetime = Field(sa_column=moment())
    closes_at: datetime = Field(sa_column=moment())
    last_sequence: int = 0
    """The register's last number of this call; raised only inside the transaction that gives a number out."""
    state: CallState = Field(default=CallState.OPEN, sa_column=choice(CallState))


class Group(Scoped, table=True):
    """The group that a call fills (PGR of powiat kartuski)."""

    __tablename__ = "working_group"

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="call.id", unique=True)
    kind: str = Field(max_length=10)
    name: str = Field(max_length=200)
