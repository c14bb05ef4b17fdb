"""Promotions from the reserve: which free seat went to whom, and why. Append-only."""

from datetime import datetime

from sqlmodel import Field

from models.columns import encrypted, moment
from models.tables.rows import Scoped


class Promotion(Scoped, table=True):
    """One seat that came free and was offered to one person of the reserve. Each vacancy leads to one at most."""

    __tablename__ = "promotion"

    id: int | None = Field(default=None, primary_key=True)
    vacancy_id: int = Field(foreign_key="membership.id", unique=True)
    """The membership that ended, and with it freed the seat."""
    application_id: int = Field(foreign_key="application.id", index=True)
    """Who is offered the seat."""
    membership_id: int = Field(foreign_key="membership.id", unique=True)
    """The offer that came of it."""
    decision_id: int = Field(foreign_key="decision.id", unique=True)
    """The decision that gives the seat."""
    reserve_decision_id: int = Field(foreign_key="decision.id")
    """The decision of people that had put the application on the reserve list, and that this one carries out."""
    ranking_id: int = Field(foreign_key="ranking.id")
    position: int
    """On the reserve list as it stood then."""
    ground: str = Field(max_length=20)
    reason: str = Field(sa_column=encrypted("promotion.reason"))
    """The sentence that says why this person: by positions and sectors."""
    basis: str = Field(sa_column=encrypted("promotion.basis"))
    """All that the choice depended on, as canonical JSON by numbers: who left, who sat, who waited, the constraints."""
    basis_digest: str = Field(max_length=64)
    algorithm: str = Field(max_length=20)
    promoted_at: datetime = Field(sa_column=moment())
    promoted_by: str = Field(max_length=60)
