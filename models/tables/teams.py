"""Teams of an agreement (PZK): groups whose seats are those of the agreement's parties."""

from datetime import datetime

from sqlmodel import Field

from models.columns import moment
from models.tables.rows import Scoped


class Team(Scoped, table=True):
    """Which agreement a group's seats follow. Append-only, one row a group."""

    __tablename__ = "team"

    id: int | None = Field(default=None, primary_key=True)
    agreement_id: int = Field(foreign_key="agreement.id", index=True)
    group_id: int = Field(foreign_key="working_group.id", unique=True)
    opened_at: datetime = Field(sa_column=moment())
    opened_by: str = Field(max_length=60)
