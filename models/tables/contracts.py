"""Contracts that were made out, and statement forms that came back, each with its lifecycle."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Date, UniqueConstraint
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, encrypted, grosze, moment
from models.lifecycle import Lifecycle
from models.rules.facts import FieldStatus
from models.rules.pay import RatePer
from models.tables.rows import Scoped


class ContractState(StrEnum):
    ISSUED = "issued"
    SIGNED = "signed"
    REPLACED = "replaced"
    GIVEN_UP = "given_up"


_C = ContractState

CONTRACT = Lifecycle(
    aggregate="contract",
    start=frozenset({_C.ISSUED}),
    moves={
        # Before it is signed a changed rate or name makes a new version; what is signed is changed by another contract.
        _C.ISSUED: frozenset({_C.SIGNED, _C.REPLACED, _C.GIVEN_UP}),
        _C.SIGNED: frozenset({_C.REPLACED}),
    },
    rights=dict.fromkeys(ContractState, Right.MONEY),
)


class IssuedContract(Scoped, table=True):
    """A contract as it was made out for one member; the document itself lies under the person's data key."""

    __tablename__ = "issued_contract"
    __table_args__ = (UniqueConstraint("number", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    number: str = Field(max_length=60, index=True)
    version: int
    replaces_id: int | None = Field(default=None, foreign_key="issued_contract.id")
    """The signed contract that this one takes the place of."""
    starts: date = Field(sa_column=Column(Date, nullable=False))
    ends: date = Field(sa_column=Column(Date, nullable=False))
    rate_grosze: int = Field(sa_column=grosze())
    per: RatePer = Field(sa_column=choice(RatePer))
    amount_grosze: int | None = Field(default=None, sa_column=grosze(nullable=True))
    """The sum that it states; ``None`` when it states a rate only."""
    terms: str = Field(sa_column=encrypted("issued_contract.terms"))
    """JSON of everything that is printed, so that a change is seen without opening the document."""
    terms_lookup: str = Field(max_length=64)
    made_at: datetime = Field(sa_column=moment())
    made_by: str = Field(max_length=60)
    signed_on: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    state: ContractState = Field(default=_C.ISSUED, sa_column=choice(ContractState, index=True))


class StatementFormState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"


_S = StatementFormState

STATEMENT_FORM = Lifecycle(
    aggregate="statement_form",
    start=frozenset({_S.WAITING}),
    moves={_S.WAITING: frozenset({_S.ACCEPTED, _S.REFUSED, _S.OVERTAKEN})},
    rights={
        _S.WAITING: Right.TAKE_IN,
        # Money follows an account number, so a person compares the form with the signed paper first.
        _S.ACCEPTED: Right.MONEY,
        _S.REFUSED: Right.MONEY,
        # The member sent a newer one.
        _S.OVERTAKEN: Right.TAKE_IN,
    },
)


class StatementForm(Scoped, table=True):
    """A filled-in statement form that came back from a member of a paid group."""

    __tablename__ = "statement_form"

    id: int | None = Field(default=None, primary_key=True)
    membership_id: int = Field(foreign_key="membership.id", index=True)
    file_id: int = Field(foreign_key="submitted_file.id", unique=True)
    form_key: str = Field(max_length=60)
    form_version: str = Field(max_length=20)
    received_at: datetime = Field(sa_column=moment())
    reason: str | None = Field(default=None, sa_column=encrypted("statement_form.reason", nullable=True))
    """Why an officer did not accept it."""
    state: StatementFormState = Field(default=_S.WAITING, sa_column=choice(StatementFormState, index=True))


class StatementAnswer(Scoped, table=True):
    """One answer of a statement form, with where it came from (law 5). Append-only."""

    __tablename__ = "statement_answer"
    __table_args__ = (UniqueConstraint("form_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    form_id: int = Field(foreign_key="statement_form.id", index=True)
    key: str = Field(max_length=80)
    status: FieldStatus = Field(sa_column=choice(FieldStatus))
    raw: str = Field(sa_column=encrypted("statement_answer.raw"))
    value: str | None = Field(default=None, sa_column=encrypted("statement_answer.value", nullable=True))
    """JSON of the normalised value."""
    place: str = Field(max_length=200)
    path: str = Field(max_length=400)
    method: str = Field(max_length=80)
    certainty: int
    reason_code: str = Field(default="", max_length=60)
    reason: str | None = Field(default=None, sa_column=encrypted("statement_answer.reason", nullable=True))
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
