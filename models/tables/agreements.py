"""Agreements of institutions (porozumienia): who was asked to sign, who signed or joined, and who left."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Date, Text, UniqueConstraint
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, encrypted, moment
from models.lifecycle import Lifecycle
from models.tables.projects import Manner
from models.tables.rows import Scoped


class AgreementState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


AGREEMENT = Lifecycle(
    aggregate="agreement",
    start=frozenset({AgreementState.OPEN}),
    moves={
        AgreementState.OPEN: frozenset({AgreementState.CLOSED}),
        AgreementState.CLOSED: frozenset({AgreementState.OPEN}),
    },
    rights={AgreementState.OPEN: Right.INSTITUTIONS, AgreementState.CLOSED: Right.INSTITUTIONS},
)


class AskedState(StrEnum):
    """How it stands with an institution that was asked to sign."""

    ASKED = "asked"
    SIGNED = "signed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


AGREEMENT_INVITATION = Lifecycle(
    aggregate="agreement_invitation",
    start=frozenset({AskedState.ASKED}),
    moves={
        AskedState.ASKED: frozenset({AskedState.SIGNED, AskedState.DECLINED, AskedState.WITHDRAWN}),
        # Joining stands open to everybody at any time, whatever was said before.
        AskedState.DECLINED: frozenset({AskedState.ASKED, AskedState.SIGNED}),
        AskedState.WITHDRAWN: frozenset({AskedState.ASKED, AskedState.SIGNED}),
        # Who left may be asked again.
        AskedState.SIGNED: frozenset({AskedState.ASKED}),
    },
    rights=dict.fromkeys(AskedState, Right.INSTITUTIONS),
)


class PartyStep(StrEnum):
    """What a row of the list of parties says."""

    SIGNED = "signed"
    """Signed the agreement itself."""
    ACCEDED = "acceded"
    """Joined later, by the accession sheet."""
    LEFT = "left"


class Agreement(Scoped, table=True):
    """An agreement of the institutions of a powiat or a gmina. ``area`` is that unit."""

    __tablename__ = "agreement"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=60)
    project_version_id: int = Field(foreign_key="project_version.id")
    title: str = Field(max_length=300)
    deadline: date = Field(sa_column=Column(Date, nullable=False))
    """The last day on which those who were asked are to sign."""
    opened_at: datetime = Field(sa_column=moment())
    opened_by: str = Field(max_length=60)
    state: AgreementState = Field(default=AgreementState.OPEN, sa_column=choice(AgreementState, index=True))


class AgreementText(Scoped, table=True):
    """A version of the text that was handed out for signing, and whom it names. Append-only."""

    __tablename__ = "agreement_text"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    agreement_id: int = Field(foreign_key="agreement.id", index=True)
    number: int
    """Stands on the paper, so that whoever holds a signed one knows which it is."""
    after_step: int
    """The ordinal of the newest step that was on record; 0 when there was none."""
    named: str = Field(sa_column=Column(Text, nullable=False))
    """JSON: ids of the institutions that it names, in its order."""
    document_id: int = Field(foreign_key="issued_document.id")
    made_at: datetime = Field(sa_column=moment())


class AgreementInvitation(Scoped, table=True):
    """An institution that was asked to sign, once an agreement."""

    __tablename__ = "agreement_invitation"
    __table_args__ = (UniqueConstraint("agreement_id", "institution_id"),)

    id: int | None = Field(default=None, primary_key=True)
    agreement_id: int = Field(foreign_key="agreement.id", index=True)
    institution_id: int = Field(foreign_key="institution.id", index=True)
    asked_at: datetime = Field(sa_column=moment())
    text_id: int | None = Field(default=None, foreign_key="agreement_text.id")
    """The text that it was asked to sign last."""
    state: AskedState = Field(default=AskedState.ASKED, sa_column=choice(AskedState, index=True))


class AgreementParty(Scoped, table=True):
    """A step of an institution into an agreement or out of it. Append-only: the list of parties follows from these.

    ``ordinal`` counts the steps of an agreement, so that two at the same moment have an order.
    """

    __tablename__ = "agreement_party"
    __table_args__ = (UniqueConstraint("agreement_id", "ordinal"),)

    id: int | None = Field(default=None, primary_key=True)
    agreement_id: int = Field(foreign_key="agreement.id", index=True)
    institution_id: int = Field(foreign_key="institution.id", index=True)
    ordinal: int
    step: PartyStep = Field(sa_column=choice(PartyStep))
    on_day: date = Field(sa_column=Column(Date, nullable=False))
    """When it was signed, or from when on it is no party any more."""
    manner: Manner | None = Field(default=None, sa_column=choice(Manner, nullable=True))
    """``None`` for a step out."""
    name: str = Field(max_length=300)
    """What the institution was called then."""
    signatories: str = Field(sa_column=encrypted("agreement_party.signatories"))
    """JSON: name and function of everybody who signed for it; an empty list while nobody has said."""
    file_id: int | None = Field(default=None, foreign_key="submitted_file.id")
    """The signed scan or file, where one is kept."""
    text_id: int | None = Field(default=None, foreign_key="agreement_text.id")
    """The text that it signed, or had been asked to sign when it joined by the sheet; ``None`` when nobody knows."""
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
