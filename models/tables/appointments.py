"""Acts of appointment (akty powołania) and of recall (akty odwołania) of members, and how they were signed."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Date
from sqlmodel import Field

from models.columns import choice, moment
from models.tables.projects import Manner
from models.tables.rows import Scoped


class ActKind(StrEnum):
    APPOINTMENT = "appointment"
    RECALL = "recall"


class AppointmentAct(Scoped, table=True):
    """An act that was made out; its paper is the issued document of its number. Append-only: an appointment stands
    until a recall names it."""

    __tablename__ = "appointment_act"

    id: int | None = Field(default=None, primary_key=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    project_version_id: int = Field(foreign_key="project_version.id")
    """The version whose words it has."""
    kind: ActKind = Field(sa_column=choice(ActKind))
    number: str = Field(unique=True, max_length=80)
    since: date = Field(sa_column=Column(Date, nullable=False))
    """From which day the member is appointed, or is no more."""
    recalls_id: int | None = Field(default=None, foreign_key="appointment_act.id", unique=True)
    """The appointment that this act ends; ``None`` for an appointment."""
    issued_at: datetime = Field(sa_column=moment())
    issued_by: str = Field(max_length=60)


class ActSigning(Scoped, table=True):
    """That an act was signed, when and how, and the signed file. Append-only: the newest one counts."""

    __tablename__ = "act_signing"

    id: int | None = Field(default=None, primary_key=True)
    act_id: int = Field(foreign_key="appointment_act.id", index=True)
    signed_on: date = Field(sa_column=Column(Date, nullable=False))
    manner: Manner = Field(sa_column=choice(Manner))
    file_id: int | None = Field(default=None, foreign_key="submitted_file.id")
    """The signed scan or file; ``None`` while the office has only the paper."""
    document_id: int | None = Field(default=None, foreign_key="issued_document.id")
    """Where 0.6.0 kept that file: among the documents. Nothing is written here any more."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
