"""Can a condition be met at all, and can it fail? Tried out on every kind of answer the form allows.

The condition itself is evaluated, on made-up facts; no second reading of the rules can disagree with the first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, combinations, product
from math import prod

from models.form_definition import FormDefinition, Leaf, LeafType
from models.rules.condition_results import holds
from models.rules.conditions import (
    OLDEST,
    AgeBetween,
    AllOf,
    AnyOf,
    Condition,
    DateBetween,
    DeclarationSigned,
    DocumentAttached,
    ExperienceAtLeast,
    GminaTypeIn,
    IdentifierValid,
    NoneOf,
    NotDuplicate,
    NumberBetween,
    ReceivedInTime,
    UnitDataBetween,
    WithinArea,
    fields_of,
)
from models.rules.facts import Fact, Facts, FactValue, FieldStatus
from models.rules.ternary import Result
from models.rules.unit_numbers import UnitNumbers, unit_key

MOST_WORLDS = 20_000
"""A condition of more possibilities is not tried out; regulations do not hold such."""
_ALL_SUBSETS = 8
_NOW = datetime(2018, 8, 15, 10, 0, tzinfo=UTC)
_HERE, _ELSEWHERE = "2205", "3021"
_GMINA, _GMINA_ELSEWHERE = f"{_HERE}023", f"{_ELSEWHERE}163"
_UNITS = tuple(one[:digits] for one in (_GMINA, _GMINA_ELSEWHERE) for digits in (2, 4, 7))
_VALID = {"pesel": "85031500127", "nip": "7781346888", "regon": "123456785"}


def outcomes(condition: Condition, form: FormDefinition) -> frozenset[Result] | None:
    """The results that some answer of the form leads to; ``None`` where there are too many ways to try.

    Answers are taken as given and readable: that a blank one cannot be told is no property of the condition.
    """
    leaves = list(_leaves(condition))
    keys = dict.fromkeys(key for part in leaves for key in fields_of(part))
    fields = [[Fact(key, FieldStatus.READ, value) for value in _values(key, leaves, form)] for key in keys]
    around = list(_circumstances(leaves))
    if prod(len(one) for one in fields) * len(around) > MOST_WORLDS or not all(fields):
        return None
    return frozenset(
        holds(condition, replace(facts, fields={one.key: one for one in answers}))
        for facts in around
        for answers in product(*fields)
    )


def _leaves(condition: Condition) -> Iterator[Condition]:
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            for part in condition.of:
                yield from _leaves(part)
        case _:
            yield condition


def _circumstances(leaves: Sequence[Condition]) -> Iterator[Facts]:
    late = [False, True] if any(isinstance(one, ReceivedInTime) for one in leaves) else [False]
    duplicates: list[tuple[str, ...]] = [(), ("1",)] if any(isinstance(one, NotDuplicate) for one in leaves) else [()]
    signed = [True, False] if any(isinstance(one, DeclarationSigned) for one in leaves) else [True]
    documents = sorted({one.document for one in leaves if isinstance(one, DocumentAttached)})
    for is_late, others, is_signed, found, unit_data in product(
        late, duplicates, signed, product([True, False], repeat=len(documents)), _tables(leaves)
    ):
        yield Facts(
            fields={},
            received_at=_NOW + timedelta(hours=1 if is_late else 0),
            opens_at=_NOW,
            closes_at=_NOW,
            area=_HERE,
            duplicates=others,
            declarations=dict.fromkeys(_UNITS, _NOW.date() if is_signed else None),
            documents=dict(zip(documents, found, strict=True)),
            unit_data=unit_data,
        )


def _tables(leaves: Sequence[Condition]) -> list[UnitNumbers]:
    """Tables in which every unit has the same number, on each side of the bounds that the conditions draw."""
    asked = [one for one in leaves if isinstance(one, UnitDataBetween)]
    bounds: dict[str, set[int]] = {}
    for one in asked:
        bounds.setdefault(one.table, set()).update((*_sides(one.minimum), *_sides(one.maximum)))
    units = {unit_key(code) for one in leaves for code in _around(one)} if asked else set()
    chosen = product(*(sorted(numbers) for numbers in bounds.values()))
    return [{table: dict.fromkeys(units, n) for table, n in zip(bounds, one, strict=True)} for one in chosen]


def _values(key: str, leaves: Sequence[Condition], form: FormDefinition) -> list[FactValue]:
    """Answers on both sides of every bound that the condition draws in a field."""
    leaf = next((leaf for leaf in form.leaves if leaf.key == key), None)
    if leaf is None:
        return []
    if leaf.type in (LeafType.STATEMENT, LeafType.CONSENT):
        return [True, False]
    if leaf.options:
        return _chosen(leaf)
    found = chain.from_iterable(_around(one) for one in leaves if getattr(one, "field", None) == key)
    return list(dict.fromkeys(found)) or ["odpowiedź"]


def _chosen(leaf: Leaf) -> list[FactValue]:
    codes = [option.code for option in leaf.options]
    if leaf.type != LeafType.CHOICES:
        return list(codes)
    sizes = range(1, len(codes) + 1) if len(codes) <= _ALL_SUBSETS else (1, len(codes) - 1, len(codes))
    return [chosen for size in sizes for chosen in combinations(codes, size)]


def _around(condition: Condition) -> Iterator[str]:
    match condition:
        case AgeBetween():
            for years in sorted({*_sides(condition.minimum), *_sides(min(condition.maximum, OLDEST - 1))}):
                yield _NOW.date().replace(year=_NOW.year - years).isoformat()
        case ExperienceAtLeast():
            yield from map(str, _sides(condition.years))
        case NumberBetween():
            yield from map(str, sorted({*_sides(condition.minimum), *_sides(condition.maximum)}))
        case DateBetween():
            for bound in (condition.not_before, condition.not_after):
                if bound is not None:
                    yield from (_shifted(bound, days) for days in (-1, 0, 1))
        case IdentifierValid():
            yield from (_VALID[condition.identifier], "1", "brak")
        case WithinArea():
            area = _HERE if condition.area == "call" else condition.area
            yield from (area, "0201011" if area.startswith("22") else "2213093")
        case GminaTypeIn():
            yield from ("2205011", "2205022", "2205023")
        case DeclarationSigned() | UnitDataBetween():
            yield from (_GMINA, _GMINA_ELSEWHERE)


def _sides(bound: int) -> list[int]:
    return [number for number in (bound - 1, bound, bound + 1) if number >= 0]


def _shifted(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()
