"""What a group should be made of: minima and maxima by sector, level and institution.

Here shortfalls are *said*; the ranking stays a proposal and people choose.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Code: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Seats: TypeAlias = Annotated[int, Field(ge=0)]
AtLeastOne: TypeAlias = Annotated[int, Field(ge=1)]


class _Constraint(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SectorSeats(_Constraint):
    """Seats of one sector: at least ``minimum``, at most ``maximum`` (``None``: no limit)."""

    kind: Literal["sector"]
    sector: Code
    minimum: Seats = 0
    maximum: Seats | None = None


class EachSector(_Constraint):
    """At most ``maximum`` seats of any one sector."""

    kind: Literal["each_sector"]
    maximum: AtLeastOne


class LevelSeats(_Constraint):
    """Seats of one level (gmina, powiat, województwo)."""

    kind: Literal["level"]
    level: Code
    minimum: Seats = 0
    maximum: Seats | None = None


class EachInstitution(_Constraint):
    """At most ``maximum`` seats of any one institution."""

    kind: Literal["each_institution"]
    maximum: AtLeastOne


class SectorsCovered(_Constraint):
    """At least ``minimum`` different sectors in the group."""

    kind: Literal["sectors_covered"]
    minimum: AtLeastOne


Constraint: TypeAlias = Annotated[
    SectorSeats | EachSector | LevelSeats | EachInstitution | SectorsCovered, Field(discriminator="kind")
]


class Seated(Protocol):
    """Whoever holds a seat, as far as composition goes: codes of sector and level, a key of the institution."""

    @property
    def sector(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def institution(self) -> str: ...


@dataclass(frozen=True)
class Shortfall:
    """One constraint the selection does not keep. ``subject`` is the sector, the level or the institution."""

    kind: str
    subject: str
    have: int
    need: int
    """The bound that is broken, a minimum or a maximum."""
    sentence: str


def shortfalls(
    selected: Iterable[Seated], constraints: Iterable[Constraint], *, labels: Mapping[str, str] | None = None
) -> tuple[Shortfall, ...]:
    """Say which constraints the selection breaks, in the order of the constraints; empty when all are kept.

    ``labels`` gives Polish names for the codes of sectors and levels. Institutions are never named in a sentence.
    """
    seats = tuple(selected)
    named = labels or {}
    return tuple(shortfall for constraint in constraints for shortfall in _broken(constraint, seats, named))


def impossible(
    constraints: Sequence[Constraint], *, seats: int, sectors: Collection[str], levels: Collection[str]
) -> tuple[tuple[int | None, str], ...]:
    """Why no selection at all can keep the constraints: pairs of the constraint's index and a Polish sentence.

    The index is ``None`` when several constraints together ask for too much. Finds plain contradictions only.
    """
    found: list[tuple[int | None, str]] = []
    for index, constraint in enumerate(constraints):
        found.extend((index, sentence) for sentence in _impossible(constraint, seats, sectors, levels))
    for kind, noun in ((SectorSeats, "obszarów kooperacji"), (LevelSeats, "poziomów")):
        minima = sum(constraint.minimum for constraint in constraints if isinstance(constraint, kind))
        if minima > seats:
            found.append((None, f"Minima {noun} wymagają razem {minima} miejsc, a grupa ma ich {seats}."))
    return tuple(found)


def _broken(constraint: Constraint, seats: tuple[Seated, ...], labels: Mapping[str, str]) -> tuple[Shortfall, ...]:
    by_sector = Counter(seat.sector for seat in seats)
    match constraint:
        case SectorSeats():
            name = f"obszar „{labels.get(constraint.sector, constraint.sector)}”"
            return _outside(constraint, constraint.sector, by_sector[constraint.sector], name)
        case LevelSeats():
            have = sum(seat.level == constraint.level for seat in seats)
            return _outside(
                constraint, constraint.level, have, f"poziom „{labels.get(constraint.level, constraint.level)}”"
            )
        case EachSector():
            return tuple(
                Shortfall(
                    constraint.kind,
                    sector,
                    have,
                    constraint.maximum,
                    f"Obszar „{labels.get(sector, sector)}”: wybrano {have}, a może być najwyżej {constraint.maximum}.",
                )
                for sector, have in sorted(by_sector.items())
                if have > constraint.maximum
            )
        case EachInstitution():
            by_institution = Counter(seat.institution for seat in seats)
            return tuple(
                Shortfall(
                    constraint.kind,
                    institution,
                    have,
                    constraint.maximum,
                    f"Jedna instytucja: wybrano {have}, a może być najwyżej {constraint.maximum}.",
                )
                for institution, have in sorted(by_institution.items())
                if have > constraint.maximum
            )
        case SectorsCovered():
            have = len(by_sector)
            if have >= constraint.minimum:
                return ()
            sentence = f"Liczba obszarów kooperacji w grupie: {have}, a potrzeba co najmniej {constraint.minimum}."
            return (Shortfall(constraint.kind, "", have, constraint.minimum, sentence),)


def _outside(constraint: SectorSeats | LevelSeats, subject: str, have: int, name: str) -> tuple[Shortfall, ...]:
    said = f"{name[0].upper()}{name[1:]}: wybrano {have}, a "
    if have < constraint.minimum:
        sentence = f"{said}potrzeba co najmniej {constraint.minimum}."
        return (Shortfall(constraint.kind, subject, have, constraint.minimum, sentence),)
    if constraint.maximum is not None and have > constraint.maximum:
        sentence = f"{said}może być najwyżej {constraint.maximum}."
        return (Shortfall(constraint.kind, subject, have, constraint.maximum, sentence),)
    return ()


def _impossible(
    constraint: Constraint, seats: int, sectors: Collection[str], levels: Collection[str]
) -> tuple[str, ...]:
    match constraint:
        case SectorSeats() if constraint.sector not in sectors:
            return (f"Nieznany obszar kooperacji „{constraint.sector}”.",)
        case LevelSeats() if constraint.level not in levels:
            return (f"Nieznany poziom instytucji „{constraint.level}”.",)
        case SectorSeats() | LevelSeats():
            if constraint.maximum is not None and constraint.maximum < constraint.minimum:
                return (f"Maksimum ({constraint.maximum}) jest mniejsze niż minimum ({constraint.minimum}).",)
            return ()
        case EachSector() if constraint.maximum * len(sectors) < seats:
            return (
                f"Najwyżej {constraint.maximum} z obszaru przy liczbie obszarów {len(sectors)} "
                f"nie wypełni {seats} miejsc.",
            )
        case SectorsCovered() if constraint.minimum > min(seats, len(sectors)):
            return (
                f"Grupa nie może objąć {constraint.minimum} obszarów: miejsc jest {seats}, obszarów {len(sectors)}.",
            )
        case _:
            return ()
