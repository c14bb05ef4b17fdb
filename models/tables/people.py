"""People and the data keys of their files. Nothing here is readable without the keyring."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from models.columns import choice, encrypted, moment
from models.tables.outbox import Channel
from models.tables.rows import Scoped


class Person(SQLModel, table=True):
    """A candidate. Found again by keyed digests: of the PESEL, else of name, birth date and institution."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    first_name: str = Field(sa_column=encrypted("person.first_name"))
    last_name: str = Field(sa_column=encrypted("person.last_name"))
    sex: str | None = Field(default=None, sa_column=encrypted("person.sex", nullable=True))
    email: str | None = Field(default=None, sa_column=encrypted("person.email", nullable=True))
    salutation: str | None = Field(default=None, sa_column=encrypted("person.salutation", nullable=True))
    """How letters greet the person („Szanowna Pani Doktor”), as they asked; ``None``: by sex."""
    pesel: str | None = Field(default=None, sa_column=encrypted("person.pesel", nullable=True))
    pesel_lookup: str | None = Field(default=None, unique=True, max_length=64)
    identity: str | None = Field(default=None, sa_column=encrypted("person.identity", nullable=True))
    """Name, birth date and institution's NIP, normalised: what ``identity_lookup`` is the digest of."""
    identity_lookup: str | None = Field(default=None, index=True, max_length=64)
    channel: Channel = Field(default=Channel.EMAIL, sa_column=choice(Channel))
    """How the person wants to be written to."""
    channel_address: str | None = Field(default=None, sa_column=encrypted("person.channel_address", nullable=True))
    """Where to, unless by e-mail."""
    created_at: datetime = Field(sa_column=moment())
    erased_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class DataKey(SQLModel, table=True):
    """The key that files of one person lie under, wrapped by the keyring. Dropping it erases the files for good."""

    __tablename__ = "data_key"

    id: str = Field(primary_key=True, max_length=32)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    wrapped: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    created_at: datetime = Field(sa_column=moment())
    dropped_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class ConfirmedAddress(Scoped, table=True):
    """An address that an officer vouches for, with the reason: letters with personal data may go there. Append-only,
    the newest of an application counts."""

    __tablename__ = "confirmed_address"

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    address: str = Field(sa_column=encrypted("confirmed_address.address"))
    reason: str = Field(sa_column=encrypted("confirmed_address.reason"))
    confirmed_at: datetime = Field(sa_column=moment())
    confirmed_by: str = Field(max_length=60)
