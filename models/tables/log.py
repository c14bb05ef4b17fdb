"""The log: append-only events, their daily seals, and incidents of failed runs. No personal data here."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Date
from sqlmodel import Field, SQLModel

from models.actor import Right
from models.columns import choice, document, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped


class Event(Scoped, table=True):
    """Something that happened. The database refuses to change or delete rows of this table."""

    __tablename__ = "event"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=moment(index=True))
    actor: str = Field(max_length=60)
    kind: str = Field(max_length=60, index=True)
    subject: str = Field(max_length=80, index=True)
    facts: Any = Field(sa_column=document())


class Seal(SQLModel, table=True):
    """A digest over the events up to a day and the seal before it."""

    __tablename__ = "seal"

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(sa_column=Column(Date, nullable=False, unique=True))
    first_event: int
    last_event: int
    events: int
    previous: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    sealed_at: datetime = Field(sa_column=moment())


class IncidentState(StrEnum):
    OPEN = "open"
    SETTLED = "settled"


INCIDENT = Lifecycle(
    aggregate="incident",
    start=frozenset({IncidentState.OPEN}),
    moves={IncidentState.OPEN: frozenset({IncidentState.SETTLED})},
    rights={IncidentState.OPEN: Right.READ, IncidentState.SETTLED: Right.READ},
)


class Incident(SQLModel, table=True):
    """A run that failed, for an officer to look at. Only codes and ids."""

    __tablename__ = "incident"

    id: int | None = Field(default=None, primary_key=True)
    flow: str = Field(max_length=60)
    run: str = Field(max_length=60, unique=True)
    code: str = Field(max_length=80)
    at: datetime = Field(sa_column=moment())
    state: IncidentState = Field(default=IncidentState.OPEN, sa_column=choice(IncidentState))
