"""What a rule may look at: the values of one application and the circumstances of its receipt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

FactValue: TypeAlias = str | bool | tuple[str, ...] | None
"""A normalised answer: text and codes as ``str`` (dates in ISO form), ticks as ``bool``, several choices as codes."""


class FieldStatus(StrEnum):
    """How far an answer can be relied on. Only ``READ`` may decide anything; the rest means *cannot tell*."""

    READ = "read"
    BLANK = "blank"
    UNREADABLE = "unreadable"
    AMBIGUOUS = "ambiguous"
    CONTRADICTORY = "contradictory"


@dataclass(frozen=True)
class Fact:
    """One answer of a form, by the key of its leaf (``instytucja.obszar``)."""

    key: str
    status: FieldStatus
    value: FactValue = None


@dataclass(frozen=True)
class Facts:
    """Everything the criteria of one application may depend on. Times are aware; TERYT codes are text."""

    fields: Mapping[str, Fact]
    received_at: datetime
    opens_at: datetime
    closes_at: datetime
    area: str
    """TERYT prefix of the call's area: two digits a voivodship, four a powiat, six or seven a gmina; ``""`` the whole
    project."""
    duplicates: tuple[str, ...] = ()
    """Numbers of other applications of the same person to the same group, received earlier."""
    declarations: Mapping[str, date | None] = field(default_factory=dict)
    """By TERYT of the unit: the day on which its declaration of cooperation was signed, ``None`` where it declined.
    A unit that is not here is one of which nobody has said anything."""
    documents: Mapping[str, bool] = field(default_factory=dict)
    """By code of the document: whether an officer found it among the files. One not here was not looked for."""
    assessed: Mapping[str, int] = field(default_factory=dict)
    """By code of the rule: the points the commission's assessors gave, reckoned up. One not here waits for them."""

    unit_data: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The project's tables about units: by code of the table, by the digits that name the unit, a number. They belong
    to the version of the project, as the rules do."""
    named_units: frozenset[str] = frozenset()
    """The units that the project names, by the digits that name each: the area of a call of the whole project. They
    belong to the version, too."""

    def get(self, key: str) -> Fact:
        """The answer under ``key``; an answer the form never gave is a blank one."""
        return self.fields.get(key) or Fact(key, FieldStatus.BLANK)
