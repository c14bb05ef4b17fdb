"""Loaded versions of project definitions. A version never changes; everything decided refers to one."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import moment


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
