"""Merit assessment: which member of the commission assesses which application, and the sheets (karty oceny)."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.columns import document, encrypted, moment
from models.tables.rows import Scoped


class AssessmentTask(Scoped, table=True):
    """An application was given to an assessor. Append-only; a recusal ends it."""

    __tablename__ = "assessment_task"
    __table_args__ = (UniqueConstraint("application_id", "member_id"),)

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    member_id: int = Field(foreign_key="commission_member.id", index=True)
    assigned_at: datetime = Field(sa_column=moment())
    assigned_by: str = Field(max_length=60)


class AssessmentSheet(Scoped, table=True):
    """A filled-in karta oceny. Append-only: the newest version of an assessor counts."""

    __tablename__ = "assessment_sheet"
    __table_args__ = (UniqueConstraint("task_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="assessment_task.id", index=True)
    version: int
    points: Any = Field(sa_column=document())
    """Whole points by the code of the rule."""
    reasons: str = Field(sa_column=encrypted("assessment_sheet.reasons"))
    """The assessor's words by the code of the rule, as JSON text: free text, so encrypted."""
    change_reason: str | None = Field(
        default=None, sa_column=encrypted("assessment_sheet.change_reason", nullable=True)
    )
    """Why it takes the place of an earlier version."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
