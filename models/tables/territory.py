"""Loaded versions of the register of territorial units."""

from datetime import date, datetime

from sqlalchemy import Column, Date, LargeBinary
from sqlmodel import Field, SQLModel

from models.columns import moment


class TercRegister(SQLModel, table=True):
    """The register TERC as of one day: public data, so nothing of it is encrypted. Append-only; the newest day counts,
    and of several of one day the one that was loaded last."""

    __tablename__ = "terc_register"

    id: int | None = Field(default=None, primary_key=True)
    as_of: date = Field(sa_column=Column(Date, nullable=False))
    """STAN_NA."""
    units: int
    digest: str = Field(max_length=64)
    """SHA-256 of ``body``."""
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """``[[code, name], …]`` in the order of the codes, as canonical JSON in UTF-8."""
    loaded_at: datetime = Field(sa_column=moment())
    loaded_by: str = Field(max_length=60)
