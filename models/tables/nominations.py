"""Seats of institutions in a group, who sat in each of them from which day to which, and who is to come."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Date, Index, UniqueConstraint, text
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, encrypted, moment
from models.lifecycle import Lifecycle
from models.tables.rows import Scoped


class InstitutionSeatState(StrEnum):
    INVITED = "invited"
    """Asked to name a person, and has not."""
    NAMED = "named"
    """A person sits in it."""
    VACANT = "vacant"
    """Whoever sat in it does not any more; the institution is asked to name another person."""
    DECLINED = "declined"
    CLOSED = "closed"
    """The office took the invitation back, or the institution takes part no longer."""


_S = InstitutionSeatState

INSTITUTION_SEAT = Lifecycle(
    aggregate="institution_seat",
    start=frozenset({_S.INVITED}),
    moves={
        _S.INVITED: frozenset({_S.NAMED, _S.DECLINED, _S.CLOSED}),
        _S.NAMED: frozenset({_S.VACANT, _S.CLOSED}),
        _S.VACANT: frozenset({_S.NAMED, _S.DECLINED, _S.CLOSED}),
        # Asked once more, the institution may think again.
        _S.DECLINED: frozenset({_S.INVITED}),
        _S.CLOSED: frozenset({_S.INVITED}),
    },
    rights={
        _S.INVITED: Right.INSTITUTIONS,
        # A scheduled run seats whom the institution named, and frees the seat of who left.
        _S.NAMED: Right.MEMBERSHIP,
        _S.VACANT: Right.MEMBERSHIP,
        _S.DECLINED: Right.INSTITUTIONS,
        _S.CLOSED: Right.INSTITUTIONS,
    },
)

ASKED_TO_NAME = frozenset({_S.INVITED, _S.VACANT})
"""Seats that wait for the institution's word."""


class InstitutionSeat(Scoped, table=True):
    """The seat of one institution in one group. It is the institution's: it stays when the person leaves.

    ``area`` is that of the group, so whoever looks after the group sees the seat.
    """

    __tablename__ = "institution_seat"
    __table_args__ = (UniqueConstraint("group_id", "institution_id"),)

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="working_group.id", index=True)
    institution_id: int = Field(foreign_key="institution.id", index=True)
    asked_at: datetime = Field(sa_column=moment())
    """When the institution was asked last to name a person."""
    answer_due: date = Field(sa_column=Column(Date, nullable=False))
    """The last day on which it is to answer."""
    rounds: int = 1
    """How often it was asked: at first, after a refusal, and whenever the seat came free."""
    state: InstitutionSeatState = Field(default=_S.INVITED, sa_column=choice(InstitutionSeatState, index=True))


class NominationStep(StrEnum):
    SEATED = "seated"
    """From this day on the person sits in the seat."""
    ENDED = "ended"
    """From this day on the person does not any more."""


class NominationCause(StrEnum):
    """Why a nomination begins or ends."""

    NAMED = "named"
    REPLACED = "replaced"
    """The institution named another person."""
    RECALLED = "recalled"
    """The institution took its word back and has named nobody yet."""
    LEFT = "left"
    STRUCK_OFF = "struck_off"
    WITHDRAWN = "withdrawn"
    """The person withdrew the application."""
    SEAT_CLOSED = "seat_closed"


BY_THE_INSTITUTION = frozenset({NominationCause.REPLACED, NominationCause.RECALLED, NominationCause.SEAT_CLOSED})
"""Ends that begin with the day that was stated; who goes by themselves sits until the moment when they do."""


class Nomination(Scoped, table=True):
    """A step of a person into an institution's seat or out of it. Append-only: who sat for whom follows from these.

    ``ordinal`` counts the steps of a seat. Of a day the last step counts; a person sits from the day of the step in to
    the day before the step out.
    """

    __tablename__ = "nomination"
    __table_args__ = (UniqueConstraint("seat_id", "ordinal"),)

    id: int | None = Field(default=None, primary_key=True)
    seat_id: int = Field(foreign_key="institution_seat.id", index=True)
    ordinal: int
    step: NominationStep = Field(sa_column=choice(NominationStep))
    cause: NominationCause = Field(sa_column=choice(NominationCause))
    on_day: date = Field(sa_column=Column(Date, nullable=False))
    application_id: int = Field(foreign_key="application.id", index=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    reason: str | None = Field(default=None, sa_column=encrypted("nomination.reason", nullable=True))
    """The officer's own words, where there are any."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class SeatChangeState(StrEnum):
    AWAITED = "awaited"
    """Its day has not come, or an officer has to see to something first."""
    DONE = "done"
    CALLED_OFF = "called_off"


_C = SeatChangeState

SEAT_CHANGE = Lifecycle(
    aggregate="seat_change",
    start=frozenset({_C.AWAITED}),
    moves={_C.AWAITED: frozenset({_C.DONE, _C.CALLED_OFF})},
    # A scheduled run does it on its day, and whoever withdraws an application calls it off.
    rights=dict.fromkeys(SeatChangeState, Right.MEMBERSHIP),
)


class SeatChange(Scoped, table=True):
    """Another person for an institution's seat from a day to come on. Until then whoever sits in it keeps it.

    Of a seat one at a time is awaited, and of an application, too.
    """

    __tablename__ = "seat_change"
    __table_args__ = tuple(
        Index(
            f"ix_seat_change_one_awaited_{one}",
            f"{one}_id",
            unique=True,
            sqlite_where=text("state = 'awaited'"),
            postgresql_where=text("state = 'awaited'"),
        )
        for one in ("seat", "application")
    )

    id: int | None = Field(default=None, primary_key=True)
    seat_id: int = Field(foreign_key="institution_seat.id", index=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    """Of who is to come."""
    on_day: date = Field(sa_column=Column(Date, nullable=False))
    reason: str | None = Field(default=None, sa_column=encrypted("seat_change.reason", nullable=True))
    """The officer's own words, where there are any."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
    state: SeatChangeState = Field(default=_C.AWAITED, sa_column=choice(SeatChangeState, index=True))
