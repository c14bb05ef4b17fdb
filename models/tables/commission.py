"""The commission (Komisja Rekrutacyjna): members, sessions, presence, recusals and ballots."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Date, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.actor import Right
from models.columns import choice, document, encrypted, moment
from models.lifecycle import Lifecycle
from models.rules.voting import Voice
from models.tables.decisions import DecisionOutcome
from models.tables.rows import Scoped


class MemberFunction(StrEnum):
    CHAIR = "chair"
    SECRETARY = "secretary"
    MEMBER = "member"


class SeatState(StrEnum):
    APPOINTED = "appointed"
    DISMISSED = "dismissed"


COMMISSION_SEAT = Lifecycle(
    aggregate="commission_member",
    start=frozenset({SeatState.APPOINTED}),
    moves={SeatState.APPOINTED: frozenset({SeatState.DISMISSED})},
    rights={SeatState.APPOINTED: Right.APPOINT, SeatState.DISMISSED: Right.APPOINT},
)


class CommissionMember(SQLModel, table=True):
    """An officer who sits in a commission, from an appointment to a dismissal.

    ``area`` says where, and narrows nothing: everybody may know who decides.
    """

    __tablename__ = "commission_member"
    __table_args__ = (UniqueConstraint("body", "symbol"),)

    id: int | None = Field(default=None, primary_key=True)
    area: str = Field(default="", max_length=7)
    body: str = Field(max_length=60)
    """The commission: ``KES:22`` of a project in an area, or the code of a call that has one of its own."""
    call_id: int | None = Field(default=None, foreign_key="call.id", index=True)
    """The call that has a commission of its own; ``None`` for the commission of the project."""
    project: str = Field(max_length=20, index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    function: MemberFunction = Field(sa_column=choice(MemberFunction))
    votes: bool
    symbol: str = Field(max_length=20)
    """What stands for the person where names do not: ``P1``. Never given to another."""
    institution_nip: str | None = Field(
        default=None, sa_column=encrypted("commission_member.institution_nip", nullable=True)
    )
    appointed_at: datetime = Field(sa_column=moment())
    dismissed_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    state: SeatState = Field(default=SeatState.APPOINTED, sa_column=choice(SeatState))


class SessionState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


SESSION = Lifecycle(
    aggregate="commission_session",
    start=frozenset({SessionState.OPEN}),
    moves={SessionState.OPEN: frozenset({SessionState.CLOSED})},
    rights={SessionState.OPEN: Right.CONVENE, SessionState.CLOSED: Right.CONVENE},
)


class CommissionSession(Scoped, table=True):
    """A session (posiedzenie) about one call. At most one is open per call."""

    __tablename__ = "commission_session"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        Index(
            "ix_commission_session_one_open",
            "call_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="call.id", index=True)
    number: int
    held_on: date = Field(sa_column=Column(Date, nullable=False))
    place: str = Field(max_length=200)
    remote: bool
    opened_at: datetime = Field(sa_column=moment())
    opened_by: str = Field(max_length=60)
    closed_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    state: SessionState = Field(default=SessionState.OPEN, sa_column=choice(SessionState))


class SessionPresence(Scoped, table=True):
    """Somebody came or left. Append-only: the newest row of a member counts."""

    __tablename__ = "session_presence"

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="commission_session.id", index=True)
    member_id: int = Field(foreign_key="commission_member.id", index=True)
    present: bool
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class RecusalCause(StrEnum):
    DECLARED = "declared"
    SAME_INSTITUTION = "same_institution"


class Recusal(Scoped, table=True):
    """A member takes no part in one application. Append-only: a recusal is not taken back."""

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("member_id", "application_id"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="commission_member.id", index=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    cause: RecusalCause = Field(sa_column=choice(RecusalCause))
    reason: str | None = Field(default=None, sa_column=encrypted("recusal.reason", nullable=True))
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class Ballot(Scoped, table=True):
    """One vote taken: on a ranking as a whole, or on one application. Append-only, with all it was counted from."""

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="commission_session.id", index=True)
    number: int
    ranking_id: int = Field(foreign_key="ranking.id", index=True)
    """The proposal that was before the commission."""
    application_id: int | None = Field(default=None, foreign_key="application.id", index=True)
    """``None``: the proposal as a whole."""
    outcome: DecisionOutcome | None = Field(default=None, sa_column=choice(DecisionOutcome, nullable=True))
    """What was moved about the application."""
    rules: Any = Field(sa_column=document())
    algorithm: str = Field(max_length=20)
    roll: Any = Field(sa_column=document())
    """Who could vote, by symbol (a :class:`models.rules.voting.Roll`)."""
    tally: Any = Field(sa_column=document())
    carried: bool
    held_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class Vote(Scoped, table=True):
    """One member's voice in a ballot. Append-only."""

    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("ballot_id", "member_id"),)

    id: int | None = Field(default=None, primary_key=True)
    ballot_id: int = Field(foreign_key="ballot.id", index=True)
    member_id: int = Field(foreign_key="commission_member.id", index=True)
    voice: Voice = Field(sa_column=choice(Voice))
