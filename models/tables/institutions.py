"""Institutions: gminas, powiats, voivodships and the bodies that work in them, and who signs for each."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Column, Date, UniqueConstraint
from sqlmodel import Field

from models.actor import Right
from models.columns import choice, encrypted, moment
from models.lifecycle import Lifecycle
from models.tables.outbox import Channel
from models.tables.rows import Scoped


class InstitutionKind(StrEnum):
    """Whether an institution is a unit of the territorial division itself, or a body that works in one."""

    GMINA = "gmina"
    POWIAT = "powiat"
    VOIVODSHIP = "voivodship"
    OTHER = "other"


class InstitutionState(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


INSTITUTION = Lifecycle(
    aggregate="institution",
    start=frozenset({InstitutionState.ACTIVE}),
    moves={
        InstitutionState.ACTIVE: frozenset({InstitutionState.CLOSED}),
        # Closed by mistake, or founded anew under its name.
        InstitutionState.CLOSED: frozenset({InstitutionState.ACTIVE}),
    },
    rights={
        InstitutionState.ACTIVE: Right.INSTITUTIONS,
        InstitutionState.CLOSED: Right.INSTITUTIONS,
    },
)


class Institution(Scoped, table=True):
    """An institution, one for the whole office. ``area`` is its seat: for a unit the unit itself.

    Found again by TERYT, else by NIP and name (a gmina's schools may share its NIP), else by name and seat. Nothing
    here is personal: the address is the official one.
    """

    __tablename__ = "institution"
    __table_args__ = (UniqueConstraint("area", "name_plain"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: InstitutionKind = Field(sa_column=choice(InstitutionKind))
    name: str = Field(max_length=300)
    name_plain: str = Field(max_length=300)
    """The name for comparison: small letters, no diacritics, no signs."""
    teryt: str | None = Field(default=None, unique=True, max_length=7)
    """The unit that it is; ``None`` for a body of kind ``other``."""
    nip: str | None = Field(default=None, index=True, max_length=10)
    sector: str = Field(default="", max_length=60)
    level: str = Field(default="", max_length=60)
    """Codes of the project's sectors and levels; empty while nobody has said."""
    email: str = Field(default="", max_length=254)
    address: str = Field(default="", max_length=300)
    """Where post goes: street and number, postcode and town, in lines."""
    edelivery: str = Field(default="", max_length=40)
    """The address of e-Doręczenia."""
    channel: Channel = Field(default=Channel.EMAIL, sa_column=choice(Channel))
    """How it is written to."""
    created_at: datetime = Field(sa_column=moment())
    created_by: str = Field(max_length=60)
    state: InstitutionState = Field(default=InstitutionState.ACTIVE, sa_column=choice(InstitutionState, index=True))

    @property
    def recipient(self) -> str:
        """The address for its channel; empty while nobody knows it."""
        match self.channel:
            case Channel.EMAIL:
                return self.email
            case Channel.EDORECZENIA:
                return self.edelivery
            case Channel.PAPER:
                return self.address


class InstitutionRepresentative(Scoped, table=True):
    """Who signs for an institution from a day on. Append-only: of each place the newest row that has begun counts.

    Where several sign together, each has a ``place`` of their own; a row without a name leaves the place empty.
    """

    __tablename__ = "institution_representative"

    id: int | None = Field(default=None, primary_key=True)
    institution_id: int = Field(foreign_key="institution.id", index=True)
    place: int = 1
    name: str = Field(sa_column=encrypted("institution_representative.name"))
    function: str = Field(sa_column=encrypted("institution_representative.function"))
    since: date = Field(sa_column=Column(Date, nullable=False))
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(max_length=60)
