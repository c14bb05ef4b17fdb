"""The kinds of units by the digits of their TERYT code, and what a unit is called in full."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.tables.institutions import InstitutionKind

UNIT_DIGITS: Final[Mapping[InstitutionKind, int]] = MappingProxyType(
    {InstitutionKind.VOIVODSHIP: 2, InstitutionKind.POWIAT: 4, InstitutionKind.GMINA: 7}
)
"""How many digits the code of a unit of the kind has; a body that works in a unit has no code of its own."""
_BY_DIGITS: Final = {digits: kind for kind, digits in UNIT_DIGITS.items()}
_IN_FULL: Final = {
    InstitutionKind.VOIVODSHIP: "Województwo {}",
    InstitutionKind.POWIAT: "Powiat {}",
    InstitutionKind.GMINA: "Gmina {}",
}


def unit_kind(teryt: str) -> InstitutionKind:
    """The kind of the unit that a code of two, four or seven digits names. Raises ``KeyError`` for another."""
    return _BY_DIGITS[len(teryt)]


def in_full(teryt: str, name: str) -> str:
    """„Gmina Brusy”, „Powiat kartuski”: the unit of a code by the name that the register gives it."""
    return _IN_FULL[unit_kind(teryt)].format(name)
