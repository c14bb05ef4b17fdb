"""What a table says of a unit: gminas are told apart by six digits, powiats by four."""

from collections.abc import Mapping
from typing import TypeAlias

from models.rules.area import is_teryt
from models.rules.facts import FactValue

UnitNumbers: TypeAlias = Mapping[str, Mapping[str, int]]
"""By code of the table, by ``unit_key`` of the unit: a number."""

_POWIAT, _GMINA = 4, 6


def unit_key(code: str) -> str:
    """What names the unit of a code: the town and the rural part of a gmina are that gmina."""
    return code[:_GMINA]


def number_of(answer: FactValue, table: str, numbers: UnitNumbers) -> int | None:
    """The number of the unit that the answer names; ``None`` where it names none, or the table does not know it."""
    if not names_unit(answer):
        return None
    assert isinstance(answer, str)
    return numbers.get(table, {}).get(unit_key(answer))


def names_unit(answer: FactValue) -> bool:
    """Whether an answer is the code of a gmina or a powiat."""
    return isinstance(answer, str) and is_teryt(answer) and len(answer) >= _POWIAT
