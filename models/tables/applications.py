"""Applications, the values read from their forms, and requests to correct them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, document, encrypted, moment
from models.lifecycle import Lifecycle
from models.rules.facts import FieldStatus
from models.tables.rows import Scoped


class ApplicationState(StrEnum):
    RECEIVED = "received"
    AWAITING_TYPING = "awaiting_typing"
    INCOMPLETE = "incomplete"
    CORRECTED = "corrected"
    CLOSED_INCOMPLETE = "closed_incomplete"
    COMPLETE = "complete"
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    RANKED = "ranked"
    ACCEPTED = "accepted"
    RESERVE = "reserve"
    REJECTED = "rejected"
    ANNOUNCED = "announced"
    ADMITTED = "admitted"
    """Sits in the group without a selection: named by an institution, or registered."""
    REFUSED = "refused"
    """Where there is no selection: an officer said no, with a reason."""
    WITHDRAWN = "withdrawn"


_A = ApplicationState
DECIDED = frozenset({_A.ACCEPTED, _A.RESERVE, _A.REJECTED})
ON_THE_WAY = frozenset({_A.RECEIVED, _A.AWAITING_TYPING, _A.INCOMPLETE, _A.CORRECTED, _A.COMPLETE, _A.ELIGIBLE})
"""States before the ranking: nobody may decide over the heads of these."""

APPLICATION = Lifecycle(
    aggregate="application",
    start=frozenset({_A.RECEIVED, _A.AWAITING_TYPING}),
    moves={
        _A.RECEIVED: frozenset({_A.INCOMPLETE, _A.COMPLETE, _A.WITHDRAWN}),
        # Typed in, it is a new application, or the answer to a request that stands.
        _A.AWAITING_TYPING: frozenset({_A.RECEIVED, _A.CORRECTED, _A.WITHDRAWN}),
        # An answer may come as a scan: it is there in time, and waits for an officer.
        _A.INCOMPLETE: frozenset({_A.CORRECTED, _A.AWAITING_TYPING, _A.CLOSED_INCOMPLETE, _A.WITHDRAWN}),
        _A.CORRECTED: frozenset({_A.INCOMPLETE, _A.COMPLETE, _A.WITHDRAWN}),
        # An answer that was received in time may be taken in only after the request was closed.
        _A.CLOSED_INCOMPLETE: frozenset({_A.CORRECTED, _A.AWAITING_TYPING, _A.REJECTED, _A.REFUSED, _A.WITHDRAWN}),
        # Verification may find that something cannot be told after all, and ask.
        _A.COMPLETE: frozenset({_A.ELIGIBLE, _A.NOT_ELIGIBLE, _A.INCOMPLETE, _A.CORRECTED, _A.WITHDRAWN}),
        # Values may be overruled with a reason until the decision; the application is then verified anew.
        _A.ELIGIBLE: frozenset({_A.RANKED, _A.ADMITTED, _A.REFUSED, _A.CORRECTED, _A.WITHDRAWN}),
        _A.NOT_ELIGIBLE: frozenset({_A.REJECTED, _A.REFUSED, _A.CORRECTED, _A.WITHDRAWN}),
        _A.RANKED: frozenset({*DECIDED, _A.CORRECTED, _A.WITHDRAWN}),
        _A.ACCEPTED: frozenset({_A.RESERVE, _A.REJECTED, _A.ANNOUNCED, _A.WITHDRAWN}),
        _A.RESERVE: frozenset({_A.ACCEPTED, _A.REJECTED, _A.ANNOUNCED, _A.WITHDRAWN}),
        _A.REJECTED: frozenset({_A.ACCEPTED, _A.RESERVE, _A.ANNOUNCED, _A.WITHDRAWN}),
        # Undone only by a new, reasoned decision; an upheld appeal has it judged anew first.
        _A.ANNOUNCED: frozenset({*DECIDED, _A.CORRECTED, _A.WITHDRAWN}),
        # What becomes of the seat is told by the membership.
        _A.ADMITTED: frozenset({_A.WITHDRAWN}),
        # An upheld appeal has it judged anew.
        _A.REFUSED: frozenset({_A.CORRECTED, _A.WITHDRAWN}),
    },
    rights={
        _A.RECEIVED: Right.TAKE_IN,
        _A.AWAITING_TYPING: Right.TAKE_IN,
        _A.INCOMPLETE: Right.TAKE_IN,
        _A.CORRECTED: Right.TAKE_IN,
        _A.CLOSED_INCOMPLETE: Right.REMIND,
        _A.COMPLETE: Right.TAKE_IN,
        _A.ELIGIBLE: Right.VERIFY,
        _A.NOT_ELIGIBLE: Right.VERIFY,
        _A.RANKED: Right.RANK,
        _A.ACCEPTED: Right.DECIDE,
        _A.RESERVE: Right.DECIDE,
        _A.REJECTED: Right.DECIDE,
        _A.ANNOUNCED: Right.ANNOUNCE,
        _A.ADMITTED: Right.MEMBERSHIP,
        _A.REFUSED: Right.ANNOUNCE,
        _A.WITHDRAWN: Right.MEMBERSHIP,
    },
)


class Application(Scoped, table=True):
    """One person's wish to sit in one group."""

    __tablename__ = "application"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, max_length=60)
    public_number: str = Field(unique=True, max_length=20)
    call_id: int = Field(foreign_key="call.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    form_key: str = Field(max_length=60)
    form_version: str = Field(max_length=40)
    unit: str | None = Field(default=None, index=True, max_length=7)
    """In a call for units: TERYT of the gmina or powiat that applies, ``""`` while it could not be read; ``None`` in a
    call for persons. The person is who answers for the unit."""
    seat_id: int | None = Field(default=None, foreign_key="institution_seat.id", index=True)
    """In a call by nomination: the institution's seat that it was sent for, ``None`` while that is not known."""
    received_at: datetime = Field(sa_column=moment())
    """First receipt; a correction does not move it."""
    channel: str = Field(max_length=20)
    state: ApplicationState = Field(default=_A.RECEIVED, sa_column=choice(ApplicationState, index=True))


class Origin(StrEnum):
    FORM = "form"
    OFFICER = "officer"


class FieldValue(Scoped, table=True):
    """One value as read or as overruled. Append-only: the newest row of a key counts, the older ones stay."""

    __tablename__ = "field_value"

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    key: str = Field(max_length=80)
    origin: Origin = Field(sa_column=choice(Origin))
    status: FieldStatus = Field(sa_column=choice(FieldStatus))
    raw: str = Field(default="", sa_column=encrypted("field_value.raw"))
    value: str | None = Field(default=None, sa_column=encrypted("field_value.value", nullable=True))
    """The normalised value as JSON text."""
    file_id: int | None = Field(default=None, foreign_key="submitted_file.id")
    place: str = Field(default="", max_length=200)
    path: str = Field(default="", max_length=400)
    method: str = Field(default="", max_length=80)
    certainty: int = 0
    reason_code: str = Field(default="", max_length=60)
    reason: str | None = Field(default=None, sa_column=encrypted("field_value.reason", nullable=True))
    """Why it was not read, or why the officer overruled it: free text, so encrypted."""
    times: int | None = None
    """In how many places of the document this very answer stands; ``None`` for what was not read from one."""
    aside: str | None = Field(default=None, max_length=20)
    """Why the row does not count (an :class:`Aside`); ``None`` for one that does."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)


class Aside(StrEnum):
    """Why a value that an answer to a request brought does not count."""

    UNCHANGED = "unchanged"
    """It says what was known already, or is a number that we had hidden ourselves."""
    UNASKED = "unasked"
    """Nobody asked for this change: an officer looks at it first."""


class ChangeState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"


CHANGE = Lifecycle(
    aggregate="change",
    start=frozenset({ChangeState.WAITING}),
    moves={ChangeState.WAITING: frozenset({ChangeState.ACCEPTED, ChangeState.REFUSED, ChangeState.OVERTAKEN})},
    rights={
        ChangeState.WAITING: Right.TAKE_IN,
        ChangeState.ACCEPTED: Right.CORRECT,
        ChangeState.REFUSED: Right.CORRECT,
        # A later answer, or an officer's own word, says something else about the same field.
        ChangeState.OVERTAKEN: Right.TAKE_IN,
    },
)


class UnaskedChange(Scoped, table=True):
    """A field that an answer changed although it was not asked about. The old value stays until an officer decides."""

    __tablename__ = "unasked_change"

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    key: str = Field(max_length=80)
    value_id: int = Field(foreign_key="field_value.id")
    """The value as read, set aside."""
    before_id: int | None = Field(default=None, foreign_key="field_value.id")
    """What counted when it came; ``None`` when there was nothing."""
    reason: str | None = Field(default=None, sa_column=encrypted("unasked_change.reason", nullable=True))
    """The officer's, free text."""
    seen_at: datetime = Field(sa_column=moment())
    state: ChangeState = Field(default=ChangeState.WAITING, sa_column=choice(ChangeState, index=True))


class CorrectionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    CLOSED = "closed"


CORRECTION = Lifecycle(
    aggregate="correction",
    start=frozenset({CorrectionState.OPEN}),
    moves={
        CorrectionState.OPEN: frozenset({CorrectionState.ANSWERED, CorrectionState.EXPIRED, CorrectionState.CLOSED})
    },
    rights={
        CorrectionState.OPEN: Right.TAKE_IN,
        CorrectionState.ANSWERED: Right.TAKE_IN,
        CorrectionState.EXPIRED: Right.REMIND,
        CorrectionState.CLOSED: Right.TAKE_IN,
    },
)


class Correction(Scoped, table=True):
    """One request to complete or mend a form. At most one is open per application."""

    __tablename__ = "correction"
    __table_args__ = (
        UniqueConstraint("application_id", "round"),
        Index(
            "ix_correction_one_open",
            "application_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    round: int
    items: Any = Field(sa_column=document())
    """``[{"key": …, "reason_code": …}]``: no values."""
    due_at: datetime = Field(sa_column=moment())
    asked_at: datetime = Field(sa_column=moment())
    state: CorrectionState = Field(default=CorrectionState.OPEN, sa_column=choice(CorrectionState, index=True))


class AttachedDocument(Scoped, table=True):
    """An officer's word on a document that the regulation asks for. Append-only, the newest of a document counts."""

    __tablename__ = "attached_document"

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    document: str = Field(max_length=60)
    """Code of the project's list of documents."""
    found: bool
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
