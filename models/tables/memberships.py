"""Membership: the second lifecycle of a person in a recruitment, after acceptance."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Date
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, document, encrypted, grosze, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped


class MembershipState(StrEnum):
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    MEMBER = "member"
    LEFT = "left"
    STRUCK_OFF = "struck_off"
    REPLACED = "replaced"
    REVOKED = "revoked"


_M = MembershipState

MEMBERSHIP = Lifecycle(
    aggregate="membership",
    # Nobody is offered a seat that an institution named them for, or that they registered for: they hold it.
    start=frozenset({_M.OFFERED, _M.CONFIRMED}),
    moves={
        _M.OFFERED: frozenset({_M.CONFIRMED, _M.DECLINED, _M.EXPIRED, _M.REVOKED}),
        # Who confirmed and never came is struck off like a member who stays away.
        _M.CONFIRMED: frozenset({_M.MEMBER, _M.LEFT, _M.STRUCK_OFF, _M.REPLACED, _M.REVOKED}),
        # Participation starts on the day of the first confirmed attendance.
        _M.MEMBER: frozenset({_M.LEFT, _M.STRUCK_OFF, _M.REPLACED}),
    },
    rights={
        _M.OFFERED: Right.OFFER,
        _M.CONFIRMED: Right.MEMBERSHIP,
        _M.DECLINED: Right.MEMBERSHIP,
        _M.EXPIRED: Right.REMIND,
        _M.MEMBER: Right.ATTENDANCE,
        _M.LEFT: Right.MEMBERSHIP,
        _M.STRUCK_OFF: Right.MEMBERSHIP,
        _M.REPLACED: Right.MEMBERSHIP,
        # A new decision took the seat back before participation began.
        _M.REVOKED: Right.ANNOUNCE,
    },
)

SEATED = frozenset({_M.CONFIRMED, _M.MEMBER})


class Membership(Scoped, table=True):
    """A seat offered to an accepted person."""

    __tablename__ = "membership"

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    group_id: int = Field(foreign_key="working_group.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    offered_at: datetime = Field(sa_column=moment())
    answer_due_at: datetime = Field(sa_column=moment())
    answered_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    joined_on: str | None = Field(default=None, max_length=10)
    """ISO date of the first confirmed attendance."""
    state: MembershipState = Field(default=_M.OFFERED, sa_column=choice(MembershipState, index=True))


class PayStatement(Scoped, table=True):
    """A member's statement for taxes and insurance, with the account to pay to. The newest one valid counts."""

    __tablename__ = "pay_statement"

    id: int | None = Field(default=None, primary_key=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    body: str = Field(sa_column=encrypted("pay_statement.body"))
    """JSON of ``models.rules.pay.Statements``."""
    account: str = Field(sa_column=encrypted("pay_statement.account"))
    account_lookup: str = Field(max_length=64, index=True)
    form_id: int | None = Field(default=None, foreign_key="statement_form.id")
    """The statement form it was read from; ``None`` for one that an officer typed in."""
    valid_from: date = Field(sa_column=Column(Date, nullable=False))
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class Contract(Scoped, table=True):
    """The contract that a member's bills refer to, as an officer entered it. Append-only: the newest one counts."""

    __tablename__ = "contract"

    id: int | None = Field(default=None, primary_key=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    number: str = Field(max_length=60)
    signed_on: date = Field(sa_column=Column(Date, nullable=False))
    amount_grosze: int | None = Field(default=None, sa_column=grosze(nullable=True))
    """The sum that the contract itself states; ``None`` when it states a rate only, or nobody has said. Decides on the
    lump-sum tax."""
    issued_id: int | None = Field(default=None, foreign_key="issued_contract.id")
    """The contract that was made out here; ``None`` for one that an officer typed in."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class StrikingOff(Scoped, table=True):
    """Why a member was struck off for absence: the figures of the moment, by which algorithm, and the reason given.
    Append-only."""

    __tablename__ = "striking_off"

    id: int | None = Field(default=None, primary_key=True)
    membership_id: int = Field(foreign_key="membership.id", unique=True)
    algorithm: str = Field(max_length=40)
    basis: Any = Field(sa_column=document())
    """Minutes attended and counted, the required percent, days missed and to come; numbers and days only."""
    by_rule: bool
    """Whether the project's rule did it without a person."""
    reason: str = Field(sa_column=encrypted("striking_off.reason"))
    decided_at: datetime = Field(sa_column=moment())
    decided_by: str = Field(max_length=60)
