"""What a group should be made of: minima and maxima by sector, level, gmina and institution, in order of importance.

The order of the list is a promise: where not everything can hold, constraints give way from its end, and what a group
lacks is *said*. A ``firm`` constraint never gives way: a seat stays empty instead (see ``kept_seats``). Who is seated
by these constraints is worked out in :mod:`models.rules.composer`; the ranking stays a proposal and people choose.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Code: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Seats: TypeAlias = Annotated[int, Field(ge=0)]
AtLeastOne: TypeAlias = Annotated[int, Field(ge=1)]
GminaCode: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{6,7}$")]

GMINA_DIGITS = 6
"""The town and the rural part of a gmina are that gmina: codes are compared on six digits."""


class _Constraint(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    firm: bool = False
    """Whether a seat rather stays empty than breaks this constraint."""


class _Bounds(_Constraint):
    minimum: Seats = 0
    maximum: Seats | None = None
    """``None``: no limit."""


class SectorSeats(_Bounds):
    """Seats of one sector: at least ``minimum``, at most ``maximum``."""

    kind: Literal["sector"]
    sector: Code


class EachSector(_Constraint):
    """At most ``maximum`` seats of any one sector."""

    kind: Literal["each_sector"]
    maximum: AtLeastOne


class LevelSeats(_Bounds):
    """Seats of one level (gmina, powiat, województwo)."""

    kind: Literal["level"]
    level: Code


class GminaSeats(_Bounds):
    """Seats of institutions of one gmina, by its TERYT code."""

    kind: Literal["gmina"]
    gmina: GminaCode


class EachGmina(_Constraint):
    """At most ``maximum`` seats of any one gmina."""

    kind: Literal["each_gmina"]
    maximum: AtLeastOne


class EachInstitution(_Constraint):
    """At most ``maximum`` seats of any one institution."""

    kind: Literal["each_institution"]
    maximum: AtLeastOne


class SectorsCovered(_Constraint):
    """At least ``minimum`` different sectors in the group."""

    kind: Literal["sectors_covered"]
    minimum: AtLeastOne


Bounded: TypeAlias = SectorSeats | LevelSeats | GminaSeats
AnyOne: TypeAlias = EachSector | EachGmina | EachInstitution
Constraint: TypeAlias = Annotated[
    SectorSeats | EachSector | LevelSeats | GminaSeats | EachGmina | EachInstitution | SectorsCovered,
    Field(discriminator="kind"),
]


class Seated(Protocol):
    """Whoever holds a seat, as far as composition goes: codes of sector and level, TERYT, a key of the institution.

    An empty text belongs to no class: it covers nothing and is limited by nothing.
    """

    @property
    def sector(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def gmina(self) -> str: ...
    @property
    def institution(self) -> str: ...


@dataclass(frozen=True)
class Labels:
    """Polish names for the codes that sentences speak of; a code without one is shown as it is."""

    sectors: Mapping[str, str]
    levels: Mapping[str, str]
    gminas: Mapping[str, str]
    """By TERYT, six or seven digits."""

    def sector(self, code: str) -> str:
        return self.sectors.get(code, code)

    def level(self, code: str) -> str:
        return self.levels.get(code, code)

    def gmina(self, code: str) -> str:
        six = code[:GMINA_DIGITS]
        return next((name for teryt, name in self.gminas.items() if teryt[:GMINA_DIGITS] == six), code)


NO_LABELS = Labels({}, {}, {})


@dataclass(frozen=True)
class Shortfall:
    """One constraint the selection does not keep. ``subject`` is the sector, level, gmina or institution."""

    kind: str
    subject: str
    have: int
    need: int
    """The bound that is broken, a minimum or a maximum."""
    sentence: str


@dataclass(frozen=True)
class Standing:
    """How one constraint stands: what it asks for, as Polish words, and by how much the selection misses it."""

    asked: str
    amount: int
    """Seats too few or too many; 0 when it is kept."""

    @property
    def said(self) -> str:
        """Whether it is kept, in Polish."""
        return "spełnione" if self.amount == 0 else f"niespełnione (różnica: {self.amount})"


def subject_of(constraint: Bounded) -> str:
    """The code a bounded constraint is about; gminas on six digits."""
    match constraint:
        case SectorSeats():
            return constraint.sector
        case LevelSeats():
            return constraint.level
        case GminaSeats():
            return constraint.gmina[:GMINA_DIGITS]


def of_constraint(constraint: Bounded | AnyOne | SectorsCovered) -> Callable[[Seated], str]:
    """Reads off a candidate the code that the constraint looks at."""
    match constraint:
        case SectorSeats() | EachSector() | SectorsCovered():
            return lambda seat: seat.sector
        case LevelSeats():
            return lambda seat: seat.level
        case GminaSeats() | EachGmina():
            return lambda seat: seat.gmina[:GMINA_DIGITS]
        case EachInstitution():
            return lambda seat: seat.institution


def amount(constraint: Constraint, selected: Sequence[Seated]) -> int:
    """By how many seats the selection breaks the constraint; 0 when it keeps it."""
    counts = _counts(constraint, selected)
    match constraint:
        case SectorSeats() | LevelSeats() | GminaSeats():
            have = counts[subject_of(constraint)]
            over = 0 if constraint.maximum is None else max(0, have - constraint.maximum)
            return over + max(0, constraint.minimum - have)
        case EachSector() | EachGmina() | EachInstitution():
            return sum(max(0, have - constraint.maximum) for have in counts.values())
        case SectorsCovered():
            return max(0, constraint.minimum - len(counts))


def amounts(selected: Sequence[Seated], constraints: Iterable[Constraint]) -> tuple[int, ...]:
    """``amount`` of every constraint, in their order. The smaller, by the first difference, the better the group."""
    return tuple(amount(constraint, selected) for constraint in constraints)


def kept_seats(selected: Sequence[Seated], constraints: Iterable[Constraint]) -> int | None:
    """How many seats must stay empty beside the selection for firm minima; ``None`` if a firm maximum is broken.

    Firm minima of different sectors need a seat each. One empty seat may serve a sector, a level and a gmina at once.
    """
    firm = [constraint for constraint in constraints if constraint.firm]
    for constraint in firm:
        counts = _counts(constraint, selected)
        match constraint:
            case SectorSeats() | LevelSeats() | GminaSeats():
                if constraint.maximum is not None and counts[subject_of(constraint)] > constraint.maximum:
                    return None
            case EachSector() | EachGmina() | EachInstitution():
                if any(have > constraint.maximum for have in counts.values()):
                    return None
    return max(missing_seats(selected, firm).values(), default=0)


def missing_seats(selected: Sequence[Seated], constraints: Sequence[Constraint]) -> Counter[str]:
    """How many further seats the minima need, by what they are told by: ``sector``, ``level`` and ``gmina``."""
    needed: Counter[str] = Counter()
    missing: set[str] = set()
    for constraint in constraints:
        if isinstance(constraint, SectorSeats | LevelSeats | GminaSeats):
            have = _counts(constraint, selected)[subject_of(constraint)]
            needed[constraint.kind] += max(0, constraint.minimum - have)
            if isinstance(constraint, SectorSeats) and have == 0 < constraint.minimum:
                missing.add(constraint.sector)
    for constraint in constraints:
        if isinstance(constraint, SectorsCovered):
            covered = len(_counts(constraint, selected)) + len(missing)
            needed["sector"] += max(0, constraint.minimum - covered)
    return needed


def shortfalls(
    selected: Iterable[Seated], constraints: Iterable[Constraint], *, labels: Labels = NO_LABELS
) -> tuple[Shortfall, ...]:
    """Say which constraints the selection breaks, in the order of the constraints; empty when all are kept.

    Institutions are never named in a sentence.
    """
    seats = tuple(selected)
    return tuple(shortfall for constraint in constraints for shortfall in _broken(constraint, seats, labels))


def standings(
    selected: Sequence[Seated], constraints: Sequence[Constraint], *, labels: Labels = NO_LABELS
) -> tuple[Standing, ...]:
    """Every constraint, kept or not, in their order."""
    return tuple(Standing(asked(one, labels), amount(one, selected)) for one in constraints)


def asked(constraint: Constraint, labels: Labels = NO_LABELS) -> str:
    """What a constraint asks for, as Polish words: „obszar „policja”: co najmniej 1”."""
    match constraint:
        case SectorSeats() | LevelSeats() | GminaSeats():
            return f"{name_of(constraint, labels)}: {_bounds(constraint)}"
        case EachSector():
            return f"z jednego obszaru kooperacji najwyżej {constraint.maximum}"
        case EachGmina():
            return f"z jednej gminy najwyżej {constraint.maximum}"
        case EachInstitution():
            return f"z jednej instytucji najwyżej {constraint.maximum}"
        case SectorsCovered():
            return f"różne obszary kooperacji w grupie: co najmniej {constraint.minimum}"


def name_of(constraint: Bounded, labels: Labels) -> str:
    """„obszar „policja””, „poziom „gminny””, „gmina „Żukowo””."""
    match constraint:
        case SectorSeats():
            return f"obszar „{labels.sector(constraint.sector)}”"
        case LevelSeats():
            return f"poziom „{labels.level(constraint.level)}”"
        case GminaSeats():
            return f"gmina „{labels.gmina(constraint.gmina)}”"


def impossible(
    constraints: Sequence[Constraint], *, seats: int, sectors: Collection[str], levels: Collection[str]
) -> tuple[tuple[int | None, str], ...]:
    """Why no selection at all can keep the constraints: pairs of the constraint's index and a Polish sentence.

    The index is ``None`` when several constraints together ask for too much. Finds plain contradictions only.
    """
    found: list[tuple[int | None, str]] = []
    for index, constraint in enumerate(constraints):
        found.extend((index, sentence) for sentence in _impossible(constraint, seats, sectors, levels))
    found.extend(repeated(constraints))
    nouns = ((SectorSeats, "obszarów kooperacji"), (LevelSeats, "poziomów"), (GminaSeats, "gmin"))
    for kind, noun in nouns:
        # Of a firm and a soft minimum of one subject the larger counts.
        largest: Counter[str] = Counter()
        for one in constraints:
            if isinstance(one, kind):
                largest[subject_of(one)] = max(largest[subject_of(one)], one.minimum)
        if largest.total() > seats:
            found.append((None, f"Minima {noun} wymagają razem {largest.total()} miejsc, a grupa ma ich {seats}."))
    found.extend((None, sentence) for sentence in _crossed(constraints))
    for of, noun, codes in (("sector", "obszarów kooperacji", sectors), ("level", "poziomów", levels)):
        # A maximum of each sector alone is told of at its own place.
        if codes and any(one.kind == of for one in constraints):
            caps = [_lowest_maximum(constraints, of, code) for code in codes]
            known = [cap for cap in caps if cap is not None]
            if len(known) == len(caps) and sum(known) < seats:
                found.append((None, f"Maksima {noun} dopuszczają razem {sum(known)} miejsc, a grupa ma ich {seats}."))
    return tuple(found)


def _crossed(constraints: Sequence[Constraint]) -> Iterator[str]:
    """A minimum of one subject above a maximum that another constraint sets for it, firm or not."""
    told: set[tuple[str, str]] = set()
    for one in constraints:
        if not isinstance(one, SectorSeats | LevelSeats | GminaSeats) or contradiction(one):
            continue
        most = _lowest_maximum(constraints, one.kind, subject_of(one))
        if most is not None and one.minimum > most and (one.kind, subject_of(one)) not in told:
            told.add((one.kind, subject_of(one)))
            name = name_of(one, NO_LABELS)
            yield (
                f"{name[0].upper()}{name[1:]}: wymagane jest co najmniej {one.minimum}, "
                f"a inne wymaganie dopuszcza najwyżej {most}."
            )


def _lowest_maximum(constraints: Iterable[Constraint], kind: str, code: str) -> int | None:
    """The most seats that all constraints together leave to one sector, level or gmina; ``None`` where none limits."""
    maxima = []
    for one in constraints:
        match one:
            case SectorSeats() | LevelSeats() | GminaSeats():
                if (one.kind, subject_of(one)) == (kind, code) and one.maximum is not None:
                    maxima.append(one.maximum)
            case EachSector() | EachGmina():
                if one.kind == f"each_{kind}":
                    maxima.append(one.maximum)
    return min(maxima, default=None)


def repeated(constraints: Sequence[Constraint]) -> tuple[tuple[int, str], ...]:
    """Constraints that ask twice about one subject. One firm and one that may give way are allowed, not two alike."""
    seen: set[tuple[str, str, bool]] = set()
    found = []
    for index, one in enumerate(constraints):
        subject = subject_of(one) if isinstance(one, SectorSeats | LevelSeats | GminaSeats) else ""
        key = (one.kind, subject, one.firm)
        if key in seen:
            found.append((index, f"Wymaganie „{asked(one)}” powtarza wcześniejsze o tym samym; zostaw jedno."))
        seen.add(key)
    return tuple(found)


def _counts(constraint: Constraint, selected: Iterable[Seated]) -> Counter[str]:
    code = of_constraint(constraint)
    return Counter(found for seat in selected if (found := code(seat)))


def _bounds(constraint: Bounded) -> str:
    if constraint.maximum is None:
        return f"co najmniej {constraint.minimum}"
    if constraint.minimum == 0:
        return f"najwyżej {constraint.maximum}"
    return f"od {constraint.minimum} do {constraint.maximum}"


def _broken(constraint: Constraint, seats: tuple[Seated, ...], labels: Labels) -> tuple[Shortfall, ...]:
    counts = _counts(constraint, seats)
    match constraint:
        case SectorSeats() | LevelSeats() | GminaSeats():
            return _outside(constraint, counts[subject_of(constraint)], name_of(constraint, labels))
        case EachSector() | EachGmina() | EachInstitution():
            return tuple(
                Shortfall(
                    constraint.kind,
                    subject,
                    have,
                    constraint.maximum,
                    f"{_one_of(constraint, subject, labels)}: wybrano {have}, "
                    f"a może być najwyżej {constraint.maximum}.",
                )
                for subject, have in sorted(counts.items())
                if have > constraint.maximum
            )
        case SectorsCovered():
            have = len(counts)
            if have >= constraint.minimum:
                return ()
            sentence = f"Liczba obszarów kooperacji w grupie: {have}, a potrzeba co najmniej {constraint.minimum}."
            return (Shortfall(constraint.kind, "", have, constraint.minimum, sentence),)


def _one_of(constraint: AnyOne, subject: str, labels: Labels) -> str:
    match constraint:
        case EachSector():
            return f"Obszar „{labels.sector(subject)}”"
        case EachGmina():
            return f"Gmina „{labels.gmina(subject)}”"
        case EachInstitution():
            return "Jedna instytucja"


def _outside(constraint: Bounded, have: int, name: str) -> tuple[Shortfall, ...]:
    subject = subject_of(constraint)
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
        case SectorSeats() | LevelSeats() | GminaSeats():
            return contradiction(constraint)
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


def contradiction(constraint: Bounded) -> tuple[str, ...]:
    """A maximum below the minimum."""
    if constraint.maximum is not None and constraint.maximum < constraint.minimum:
        return (f"Maksimum ({constraint.maximum}) jest mniejsze niż minimum ({constraint.minimum}).",)
    return ()
