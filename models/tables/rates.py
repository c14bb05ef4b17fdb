"""What the office says of rates that nobody has confirmed. Append-only: the newest row about a rate counts."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import encrypted, moment


class RateConfirmation(SQLModel, table=True):
    """That the office relies on a row of ``models.rules.pay_tables``, or no longer does. It is nobody's area: a rate
    is the same for the whole office."""

    __tablename__ = "rate_confirmation"

    id: int | None = Field(default=None, primary_key=True)
    row_id: str = Field(max_length=60, index=True)
    row_digest: str = Field(max_length=64)
    """Of the value, the days and the date that selects it: a row that says something else later is not confirmed."""
    confirmed: bool
    reason: str = Field(sa_column=encrypted("rate_confirmation.reason"))
    source: str | None = Field(default=None, sa_column=encrypted("rate_confirmation.source", nullable=True))
    """Where the office has it from: a letter, an interpretation, an act."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
