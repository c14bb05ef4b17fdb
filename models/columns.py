"""Column types that make the laws of storage impossible to forget.

``encrypted`` columns hold text that opens only with the keyring of the store; ``grosze`` hold whole grosze and
refuse anything else; ``moment`` hold aware times (UTC inside); ``choice`` hold a checked enum by value.
"""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from models.keys import Keyring


class Encrypted(TypeDecorator[str]):
    """Text under the current column key; ``bound_to`` is ``table.column``. ``None`` stays ``None``."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, bound_to: str) -> None:
        super().__init__()
        self.bound_to = bound_to

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring_of(dialect).seal(value.encode(), bound_to=self.bound_to)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring_of(dialect).open(value, bound_to=self.bound_to).decode()


class Grosze(TypeDecorator[int]):
    """Money: whole grosze, never a float, never a fraction, never a bool."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        if value is not None and type(value) is not int:
            raise TypeError("kwota musi być liczbą całkowitą groszy")
        return value


class Moment(TypeDecorator[datetime]):
    """An aware time, stored in UTC. Naive times are refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("czas bez strefy nie może zostać zapisany")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(TypeDecorator[Any]):
    """A JSON value without personal data, stored as canonical text: sorted keys, so equal values are equal bytes."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def canonical(value: object) -> str:
    """The one spelling of a JSON value that digests are taken over: sorted keys, no blanks, letters as they are.

    Numbers are whole ones. orjson spells them as the standard library does, many times as fast; what it refuses
    (keys that are numbers, numbers beyond 64 bits) goes to the standard library, which spells it or refuses it too.
    """
    try:
        return orjson.dumps(value, option=_CANONICAL).decode()
    except TypeError:
        return _SLOW.encode(value)


_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_SLOW = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def keyring_of(dialect: Dialect) -> Keyring:
    """The store hangs its keyring on its engine's dialect, so two stores in one process never mix keys."""
    keyring = getattr(dialect, "nabor_keyring", None)
    if not isinstance(keyring, Keyring):
        raise TypeError("baza otwarta bez kluczy: użyj models.storage.open_store")
    return keyring


def encrypted(bound_to: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(Encrypted(bound_to), nullable=nullable)


def grosze(*, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(Grosze(), nullable=nullable)


def moment(*, nullable: bool = False, index: bool = False) -> sa.Column[datetime]:
    return sa.Column(Moment(), nullable=nullable, index=index)


def document(*, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(Document(), nullable=nullable)


def choice(values: type[StrEnum], *, nullable: bool = False, index: bool = False) -> sa.Column[Any]:
    """An enum stored by value with a CHECK, so no unknown state can enter by any road."""
    kind = sa.Enum(
        values,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        values_callable=lambda members: [member.value for member in members],
        name=values.__name__.lower(),
        length=40,
    )
    return sa.Column(kind, nullable=nullable, index=index)
