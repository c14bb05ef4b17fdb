"""Stipend records: what is owed to one member for one meeting, with the snapshot it was computed from."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Date, UniqueConstraint
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, document, encrypted, grosze, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped


class StipendState(StrEnum):
    CALCULATED = "calculated"
    BLOCKED = "blocked"
    SIGNED = "signed"
    ORDERED = "ordered"
    PAID = "paid"
    RETURNED = "returned"
    SUPERSEDED = "superseded"


_S = StipendState
COUNTED = frozenset({_S.CALCULATED, _S.SIGNED, _S.ORDERED, _S.PAID, _S.RETURNED})
"""Counts towards the payee's month: what is owed, ordered or paid."""
COMMITTED = frozenset({_S.ORDERED, _S.PAID})
"""The money is on its way: from here on a change makes a correcting record beside this one."""

STIPEND = Lifecycle(
    aggregate="stipend",
    start=frozenset({_S.CALCULATED, _S.BLOCKED}),
    moves={
        # The bill comes back signed; after that only an officer's reason makes a new version.
        _S.CALCULATED: frozenset({_S.SIGNED, _S.ORDERED, _S.SUPERSEDED}),
        _S.SIGNED: frozenset({_S.ORDERED, _S.SUPERSEDED}),
        _S.BLOCKED: frozenset({_S.SUPERSEDED}),
        # A batch that is given up leaves its records as they were.
        _S.ORDERED: frozenset({_S.CALCULATED, _S.SIGNED, _S.PAID, _S.RETURNED}),
        # The payee's bank may send a transfer back days after ours carried it out.
        _S.PAID: frozenset({_S.RETURNED}),
        _S.RETURNED: frozenset({_S.ORDERED, _S.SUPERSEDED}),
    },
    rights=dict.fromkeys(StipendState, Right.MONEY),
    # Given back when its batch is given up, which who approves payments does once there is a file.
    by_move={
        (_S.ORDERED, back): (Right.MONEY, Right.APPROVE_PAYMENTS) for back in (_S.CALCULATED, _S.SIGNED, _S.RETURNED)
    },
)


class Stipend(Scoped, table=True):
    """All amounts in grosze. A change of attendance makes a new version; this one is superseded, never edited."""

    __tablename__ = "stipend"
    __table_args__ = (UniqueConstraint("membership_id", "meeting_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, max_length=60)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    version: int
    corrects_id: int | None = Field(default=None, foreign_key="stipend.id", index=True)
    """The record already ordered or paid that this one adds to; its sums are then the difference alone."""
    minutes: int
    paid_on: date = Field(sa_column=Column(Date, nullable=False))
    gross: int = Field(sa_column=grosze())
    social: int = Field(sa_column=grosze())
    health: int = Field(sa_column=grosze())
    tax: int = Field(sa_column=grosze())
    net: int = Field(sa_column=grosze())
    algorithm: str = Field(max_length=20)
    snapshot: str = Field(sa_column=encrypted("stipend.snapshot"))
    """JSON of everything the amounts were computed from and every line of the computation."""
    snapshot_lookup: str = Field(max_length=64)
    blocks: Any = Field(sa_column=document())
    """``[{"code": …, "sentence": …}]``: what stands in the way of payment; empty when nothing does."""
    doubts: Any = Field(default_factory=list, sa_column=document())
    """As ``blocks``: what a later computation says against a signed record, which only an officer may replace."""
    warnings: Any = Field(default_factory=list, sa_column=document())
    """As ``blocks``: what an officer should know of this payment though it may be made."""
    replaced_because: str | None = Field(default=None, sa_column=encrypted("stipend.replaced_because", nullable=True))
    """Why an officer had a signed record replaced."""
    made_at: datetime = Field(sa_column=moment())
    made_by: str = Field(max_length=60)
    state: StipendState = Field(default=StipendState.CALCULATED, sa_column=choice(StipendState))
