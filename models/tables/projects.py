"""Loaded versions of project definitions, and what the units of a project's area have declared, and how."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Date, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import choice, moment
from models.tables.rows import Scoped


class ProjectVersion(SQLModel, table=True):
    """One immutable version: the canonical bytes and the digest over exactly these bytes."""

    __tablename__ = "project_version"
    __table_args__ = (UniqueConstraint("code", "version"), UniqueConstraint("code", "digest"))

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=20)
    version: int
    schema_version: int
    digest: str = Field(max_length=64)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    loaded_at: datetime = Field(sa_column=moment())
    loaded_by: str = Field(max_length=60)


class UnitDeclaration(Scoped, table=True):
    """What is known of a unit's declaration of cooperation (deklaracja współpracy): signed on a day, or declined.

    Append-only, the newest of a unit counts. ``area`` is the unit itself.
    """

    __tablename__ = "unit_declaration"

    id: int | None = Field(default=None, primary_key=True)
    project: str = Field(max_length=20)
    teryt: str = Field(max_length=7)
    signed_on: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    """``None``: the unit declined."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class Manner(StrEnum):
    """How a paper was signed."""

    PAPER = "paper"
    QUALIFIED = "qualified"


class DeclarationSigning(Scoped, table=True):
    """How a unit signed its declaration, and the signed file that the office keeps. Append-only, one a declaration."""

    __tablename__ = "declaration_signing"

    id: int | None = Field(default=None, primary_key=True)
    unit_declaration_id: int = Field(foreign_key="unit_declaration.id", unique=True)
    manner: Manner = Field(sa_column=choice(Manner))
    file_id: int | None = Field(default=None, foreign_key="submitted_file.id")
    """The signed scan or file; ``None`` while the office has only the paper."""
