"""Verdict sheets, rankings and decisions: append-only results, each with the rules and inputs it came from."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.columns import choice, document, encrypted, moment
from models.tables.rows import Scoped


class VerdictSheet(Scoped, table=True):
    """All verdicts and points of one application under one rule set and one set of values."""

    __tablename__ = "verdict_sheet"
    __table_args__ = (UniqueConstraint("application_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    version: int
    project_version_id: int = Field(foreign_key="project_version.id")
    rules_digest: str = Field(max_length=64)
    algorithm: str = Field(max_length=20)
    facts_lookup: str = Field(max_length=64)
    """Keyed digest of the facts judged, so that the same facts under the same rules make no second sheet."""
    outcome: str = Field(max_length=20)
    verdicts: Any = Field(sa_column=document())
    merit: int
    premium: int
    judged_at: datetime = Field(sa_column=moment())
    judged_by: str = Field(max_length=60)


class Ranking(Scoped, table=True):
    """One ranking of a call: a proposal. Holds the snapshot it was computed from, by numbers, without names."""

    __tablename__ = "ranking"
    __table_args__ = (UniqueConstraint("call_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="call.id", index=True)
    version: int
    project_version_id: int = Field(foreign_key="project_version.id")
    rules_digest: str = Field(max_length=64)
    algorithm: str = Field(max_length=20)
    snapshot: str = Field(sa_column=encrypted("ranking.snapshot"))
    snapshot_digest: str = Field(max_length=64)
    places: Any = Field(sa_column=document())
    shortfalls: Any = Field(sa_column=document())
    checker: str | None = Field(default=None, max_length=20)
    """Which independent checker agreed to these places; ``None`` for rankings made before there was one."""
    refuted: int | None = None
    """How many better groups it showed to be impossible."""
    ranked_at: datetime = Field(sa_column=moment())
    ranked_by: str = Field(max_length=60)


class DecisionOutcome(StrEnum):
    ACCEPTED = "accepted"
    RESERVE = "reserve"
    REJECTED = "rejected"


class Decision(Scoped, table=True):
    """What people decided about one application, and why. A new one supersedes; the old one stays."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("application_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    version: int
    ranking_id: int | None = Field(default=None, foreign_key="ranking.id")
    outcome: DecisionOutcome = Field(sa_column=choice(DecisionOutcome))
    reason_code: str = Field(max_length=60)
    note: str | None = Field(default=None, sa_column=encrypted("decision.note", nullable=True))
    as_proposed: bool
    beyond_seats: str | None = Field(default=None, sa_column=encrypted("decision.beyond_seats", nullable=True))
    """Why this acceptance may give more seats than the group has; stands in the protocol."""
    ballot_id: int | None = Field(default=None, foreign_key="ballot.id")
    """The vote it rests on; ``None`` in a project whose commission records none."""
    decided_at: datetime = Field(sa_column=moment())
    decided_by: str = Field(max_length=60)
    announced_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class GroupPreference(Scoped, table=True):
    """Which place an application has in its person's own order of groups. The person's newest statement counts."""

    __tablename__ = "group_preference"

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    place: int
    """1 is the group the person wants most."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
