"""Does a TERYT code lie in an area?

TERYT codes are text, because leading zeros matter: two digits a voivodship, four a powiat, seven a gmina. The
seventh digit tells the kind of a gmina and of its parts: the town ``2205024`` and the rural part ``2205025`` both
belong to gmina ``2205023``. Gminas are therefore compared on six digits; a part holds nothing but itself.
"""

import re
from collections.abc import Iterable

_TERYT = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6,7}")
_GMINA_DIGITS = 6
_PARTS_OF_GMINA = frozenset("4589")


def is_teryt(code: str) -> bool:
    """Whether ``code`` has the form of a TERYT code. Says nothing of whether such a unit exists."""
    return _TERYT.fullmatch(code) is not None


def within(code: str, area: str) -> bool:
    """Whether the unit ``code`` lies in ``area``, the TERYT prefix of a larger or the same unit; ``""`` is the country.

    What is no code at all lies nowhere, and a powiat does not lie in one of its gminas. Raises ``ValueError`` for an
    area that is no TERYT code: rights are checked with this, and a slip there must not open anything.
    """
    if area and not is_teryt(area):
        raise ValueError("Obszar nie jest kodem TERYT.")
    if not is_teryt(code):
        return False
    return code == area if _is_part(area) else code.startswith(area[:_GMINA_DIGITS])


def too_coarse(code: str, area: str) -> bool:
    """Whether ``code`` names a larger unit that holds ``area``: part of it lies inside, so nothing can be said."""
    if not is_teryt(code) or within(code, area) or _is_part(code):
        return False
    return area.startswith(code[:_GMINA_DIGITS])


def _is_part(code: str) -> bool:
    """A town, a rural part or a district of a gmina."""
    return len(code) > _GMINA_DIGITS and code[-1] in _PARTS_OF_GMINA


_TYPES = {"1": "miejska", "2": "wiejska", "3": "miejsko_wiejska", "4": "miejsko_wiejska", "5": "miejsko_wiejska"}


def gmina_type(code: str) -> str | None:
    """The type of the gmina by the seventh digit of its code; a town and a rural part are of their gmina's type.

    ``None`` for what names no gmina, and for districts, whose digit does not tell.
    """
    return _TYPES.get(code[-1]) if is_teryt(code) and len(code) > _GMINA_DIGITS else None


def common_area(areas: Iterable[str]) -> str:
    """The smallest TERYT unit that holds all of these; ``""`` is the whole project."""
    given = list(areas)
    for length in (7, 4, 2):
        found = {area[:length] for area in given}
        if len(found) == 1 and len(common := found.pop()) == length:
            return common
    return ""
