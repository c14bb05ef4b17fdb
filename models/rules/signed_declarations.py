"""Declarations of cooperation: whose counts for an institution, which were heard, and which are waited for."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from models.rules.area import is_teryt, within
from models.rules.conditions import AllOf, AnyOf, Condition, DeclarationSigned, NoneOf
from models.rules.facts import Facts
from models.rules.read_facts import day_of, read
from models.rules.ternary import Result, met_if


def declarations_heard(condition: Condition, facts: Facts) -> dict[str, date | None]:
    """By TERYT of the unit, the declarations that a condition goes by: of those known, no other could change it."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return {unit: day for part in condition.of for unit, day in declarations_heard(part, facts).items()}
        case DeclarationSigned():
            unit = _speaker(condition, facts)
            return {} if unit is None else {unit: facts.declarations[unit]}
        case _:
            return {}


def declarations_awaited(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """TERYT of the units whose declaration a condition waits for: those on which nobody has said anything yet."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            return tuple(dict.fromkeys(unit for part in condition.of for unit in declarations_awaited(part, facts)))
        case DeclarationSigned():
            unit = read(facts.get(condition.field))
            if not isinstance(unit, str) or not is_teryt(unit) or _speaker(condition, facts) is not None:
                return ()
            if condition.level_field is None:
                return (unit,)
            digits = _digits(condition.level_field, facts)
            return () if digits is None else (unit if digits == DIGITS["gmina"] else unit[:digits],)
        case _:
            return ()


def declaration_signed(condition: DeclarationSigned, facts: Facts) -> Result:
    """Whether the declaration that counts was signed by the day; open while nobody has said anything."""
    unit = _speaker(condition, facts)
    if unit is None:
        return Result.CANNOT_TELL
    signed = facts.declarations[unit]
    return met_if(signed is not None and signed <= day_of(condition.on, facts))


def _speaker(condition: DeclarationSigned, facts: Facts) -> str | None:
    """The unit whose declaration counts; ``None`` where none is known, or nobody can tell which it would be."""
    unit = read(facts.get(condition.field))
    if not isinstance(unit, str) or not is_teryt(unit):
        return None
    if condition.level_field is None:
        # A gmina has its own word, whatever its powiat said. Larger units than those speak only for their own level.
        heard = (code for code in facts.declarations if len(code) > DIGITS["wojewodztwo"] and not _beyond(code, facts))
    else:
        digits = _digits(condition.level_field, facts)
        heard = (code for code in facts.declarations if min(len(code), DIGITS["gmina"]) == digits)
    return max((code for code in heard if within(unit, code)), key=len, default=None)


DIGITS: Mapping[str, int] = MappingProxyType({"wojewodztwo": 2, "powiat": 4, "gmina": 6})
"""By code of the level, how many digits of TERYT name its unit; the seventh only tells the kind of a gmina."""


def _digits(level_field: str, facts: Facts) -> int | None:
    level = read(facts.get(level_field))
    return DIGITS.get(level) if isinstance(level, str) else None


def _beyond(code: str, facts: Facts) -> bool:
    """Whether a unit is larger than the call's area."""
    return len(code) < len(facts.area) and facts.area.startswith(code)


def unclear_speaker(condition: DeclarationSigned, facts: Facts) -> tuple[str, ...]:
    """The answers without which nobody can tell whose declaration to look for."""
    unit = read(facts.get(condition.field))
    known = len(unit) if isinstance(unit, str) and is_teryt(unit) else 0
    if condition.level_field is None:
        return () if known else (condition.field,)
    digits = _digits(condition.level_field, facts)
    missing = (condition.field,) if known < (digits or 1) else ()
    return missing if digits is not None else (*missing, condition.level_field)
