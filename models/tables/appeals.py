"""Appeals (odwołania): a candidate's objection to an announced decision, and the ruling on it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, encrypted, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped


class AppealState(StrEnum):
    FILED = "filed"
    UNDER_REVIEW = "under_review"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


_A = AppealState

APPEAL = Lifecycle(
    aggregate="appeal",
    start=frozenset({_A.FILED}),
    moves={
        # Nobody rules on what nobody has taken up: also one that came late is looked at, and refused with a reason.
        _A.FILED: frozenset({_A.UNDER_REVIEW, _A.WITHDRAWN}),
        _A.UNDER_REVIEW: frozenset({_A.UPHELD, _A.REJECTED, _A.WITHDRAWN}),
    },
    rights={
        _A.FILED: Right.TAKE_IN,
        _A.UNDER_REVIEW: Right.APPEAL,
        _A.UPHELD: Right.APPEAL,
        _A.REJECTED: Right.APPEAL,
        _A.WITHDRAWN: Right.MEMBERSHIP,
    },
)

PENDING = frozenset({_A.FILED, _A.UNDER_REVIEW})
"""States in which the candidate waits for a ruling."""


class Appeal(Scoped, table=True):
    """One appeal against one decision. At most one of an application waits for a ruling."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("application_id", "ordinal"),
        Index(
            "ix_appeal_one_pending",
            "application_id",
            unique=True,
            sqlite_where=text("state IN ('filed', 'under_review')"),
            postgresql_where=text("state IN ('filed', 'under_review')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    ordinal: int
    """Counts the appeals of an application from 1."""
    decision_id: int = Field(foreign_key="decision.id")
    """The decision it is against."""
    file_id: int = Field(foreign_key="submitted_file.id")
    """The candidate's letter, kept encrypted as it came."""
    received_at: datetime = Field(sa_column=moment())
    period_ended_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    """Until when it could be filed; ``None`` when the letter with the result had not left, so that no period ran."""
    late: bool
    ruling_due_at: datetime = Field(sa_column=moment())
    filed_at: datetime = Field(sa_column=moment())
    filed_by: str = Field(max_length=60)
    state: AppealState = Field(default=_A.FILED, sa_column=choice(AppealState, index=True))


class AppealRuling(Scoped, table=True):
    """What was ruled on an appeal, and why. Append-only: there is one ruling an appeal."""

    __tablename__ = "appeal_ruling"

    id: int | None = Field(default=None, primary_key=True)
    appeal_id: int = Field(foreign_key="appeal.id", unique=True)
    upheld: bool
    reason: str = Field(sa_column=encrypted("appeal_ruling.reason"))
    """As the candidate reads it."""
    ruled_at: datetime = Field(sa_column=moment())
    ruled_by: str = Field(max_length=60)
