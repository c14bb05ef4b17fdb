"""Support of members beside their group: who was granted what and why, and the sessions that they have together."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Date, UniqueConstraint
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, document, encrypted, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped


class SupportState(StrEnum):
    WAITING = "waiting"
    """The conditions were looked at, and nothing is granted: an officer decides."""
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


_G = SupportState
STANDING = frozenset({_G.WAITING, _G.GRANTED})
"""States in which there is one support of a kind to a seat, and no second one."""
_LETS_GO = (Right.MEMBERSHIP, Right.ANNOUNCE)
"""Whoever may end a seat ends with it what the seat gave a right to."""

SUPPORT_GRANT = Lifecycle(
    aggregate="support_grant",
    start=frozenset({_G.WAITING}),
    moves={
        _G.WAITING: frozenset({_G.GRANTED, _G.REFUSED, _G.ENDED}),
        _G.GRANTED: frozenset({_G.ENDED}),
    },
    rights=dict.fromkeys(SupportState, Right.MEMBERSHIP),
    by_move={(_G.WAITING, _G.ENDED): _LETS_GO, (_G.GRANTED, _G.ENDED): _LETS_GO},
)


class SupportGrant(Scoped, table=True):
    """One kind of support to one seat: asked for, and granted or refused. Asked for again, it is another row."""

    __tablename__ = "support_grant"

    id: int | None = Field(default=None, primary_key=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    project: str = Field(max_length=40)
    kind: str = Field(max_length=60)
    """Code of the kind in the project's definition."""
    asked_at: datetime = Field(sa_column=moment())
    asked_by: str = Field(max_length=60)
    decided_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    decided_by: str = Field(default="", max_length=60)
    reason: str | None = Field(default=None, sa_column=encrypted("support_grant.reason", nullable=True))
    """Why an officer refused, or granted although not every condition is met."""
    first_day: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    """From which day on sessions count; set with the grant."""
    last_day: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    """The last day on which sessions count; ``None``: as long as the seat."""
    end_reason: str | None = Field(default=None, sa_column=encrypted("support_grant.end_reason", nullable=True))
    state: SupportState = Field(default=_G.WAITING, sa_column=choice(SupportState, index=True))


class SupportVerdict(Scoped, table=True):
    """What the rule said of a support under one version of the project and one set of values. Append-only."""

    __tablename__ = "support_verdict"
    __table_args__ = (UniqueConstraint("grant_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    grant_id: int = Field(foreign_key="support_grant.id", index=True)
    version: int
    project_version_id: int = Field(foreign_key="project_version.id")
    rules_digest: str = Field(max_length=64)
    algorithm: str = Field(max_length=20)
    facts_lookup: str = Field(max_length=64)
    """Keyed digest of what was judged."""
    outcome: str = Field(max_length=20)
    verdicts: Any = Field(sa_column=document())
    """Each with code, result, paragraph and sentence; holds no answer of the person."""
    judged_at: datetime = Field(sa_column=moment())
    judged_by: str = Field(max_length=60)


class SupportSessionState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


_S = SupportSessionState

SUPPORT_SESSION = Lifecycle(
    aggregate="support_session",
    start=frozenset({_S.PLANNED}),
    moves={
        _S.PLANNED: frozenset({_S.HELD, _S.CANCELLED, _S.REPLACED}),
        _S.HELD: frozenset({_S.REPLACED}),
    },
    rights=dict.fromkeys(SupportSessionState, Right.ATTENDANCE),
)
COUNTING = frozenset({_S.PLANNED, _S.HELD})


class SupportSession(Scoped, table=True):
    """One session of a group of people. One that was entered wrongly stays on record, replaced by one that names it."""

    __tablename__ = "support_session"

    id: int | None = Field(default=None, primary_key=True)
    project: str = Field(max_length=40)
    kind: str = Field(max_length=60)
    starts_at: datetime = Field(sa_column=moment())
    ends_at: datetime = Field(sa_column=moment())
    topic: str = Field(sa_column=encrypted("support_session.topic"))
    coach: str = Field(default="", sa_column=encrypted("support_session.coach"))
    place: str = Field(default="", max_length=200)
    replaces_id: int | None = Field(default=None, foreign_key="support_session.id", unique=True)
    reason: str | None = Field(default=None, sa_column=encrypted("support_session.reason", nullable=True))
    """Why it was called off."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
    state: SupportSessionState = Field(default=_S.PLANNED, sa_column=choice(SupportSessionState, index=True))


class SupportAttendance(Scoped, table=True):
    """One person at one session of a group. Append-only: the newest version counts.

    The first version puts the person on the list; ``minutes`` is ``None`` until somebody says whether they were there.
    """

    __tablename__ = "support_attendance"
    __table_args__ = (UniqueConstraint("session_id", "grant_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="support_session.id", index=True)
    grant_id: int = Field(foreign_key="support_grant.id", index=True)
    version: int
    minutes: int | None = None
    reason: str | None = Field(default=None, sa_column=encrypted("support_attendance.reason", nullable=True))
    """Why the person was excused, or why the limit of hours was passed."""
    raw: str | None = Field(default=None, sa_column=encrypted("support_attendance.raw", nullable=True))
    """What stood on the list, or what the officer wrote."""
    file_id: int | None = Field(default=None, foreign_key="attendance_file.id", index=True)
    place: str = Field(default="", max_length=120)
    """Where in the file it stands."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
