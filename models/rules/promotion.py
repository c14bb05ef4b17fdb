"""Who is offered a seat that came free: from the reserve in its order, so that the group keeps what it needs. Pure.

The order of grounds: a sector that would no longer be in the group, or would fall below its minimum, is filled from
that sector first; then whoever a seat is owed to after an appeal; then whoever leaves the composition best, by the
constraints in the order in which the project states them; then the place on the reserve list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from models.rules.composition import (
    NO_LABELS,
    Constraint,
    EachGmina,
    EachInstitution,
    EachSector,
    GminaSeats,
    Labels,
    LevelSeats,
    SectorsCovered,
    SectorSeats,
    amount,
    asked,
    missing_seats,
    shortfalls,
)

ALGORITHM = "promotion-2"


@dataclass(frozen=True)
class Seat:
    """Whoever holds a seat or has left one, as far as composition goes: an application's number and codes."""

    number: str
    sector: str
    level: str
    institution: str
    gmina: str = ""


@dataclass(frozen=True)
class InReserve(Seat):
    """One who waits. ``position`` counts from 1 on the reserve list; ``owed``: an upheld appeal gives the next seat."""

    position: int = 0
    owed: bool = False


class Ground(StrEnum):
    """What decided between those who wait."""

    SECTOR = "sector"
    APPEAL = "appeal"
    COMPOSITION = "composition"
    ORDER = "order"


@dataclass(frozen=True)
class Promotion:
    """Who is offered the seat, and why.

    The measures say how far the group is from each constraint, in the project's order: as it was with the one who
    left, without anybody in the seat, and with the one who is offered it.
    """

    number: str
    position: int
    ground: Ground
    sentence: str
    """Polish, by positions and sectors; names nobody and no institution."""
    before: tuple[int, ...]
    without: tuple[int, ...]
    after: tuple[int, ...]
    lacking: tuple[str, ...]
    """What the composition lacks with the one who is offered the seat, as Polish sentences."""


@dataclass(frozen=True)
class KeptFree:
    """Nobody of those who wait may take the seat: it stays free, and why."""

    sentence: str
    """Polish, by positions, sectors and requirements; names nobody and no institution."""


def promote(
    left: Seat,
    seated: Iterable[Seat],
    reserve: Iterable[InReserve],
    constraints: Sequence[Constraint],
    *,
    free: int = 1,
    labels: Labels = NO_LABELS,
    algorithm: str = ALGORITHM,
) -> Promotion | KeptFree | None:
    """Chooses for one free seat; ``None`` when nobody waits. ``seated`` are those who hold a seat without ``left``.

    ``free`` counts the seats that nobody holds, this one among them: firm constraints may need some of them for others.
    Whatever order the people come in, the choice is the same. Raises ``KeyError`` for an algorithm id that never was.
    """
    return PROMOTERS[algorithm](left, tuple(seated), tuple(reserve), tuple(constraints), free, labels)


def measure(seats: Sequence[Seat], constraints: Sequence[Constraint]) -> tuple[int, ...]:
    """By how many seats each constraint is missed, in the order of the constraints; all 0 when every one is kept."""
    return tuple(sum(abs(one.have - one.need) for one in shortfalls(seats, (rule,))) for rule in constraints)


def sector_is_missed(left: Seat, seated: Sequence[Seat], constraints: Sequence[Constraint]) -> bool:
    """Whether the sector of the one who left is no longer in the group, or lacks more of its minimum than before."""
    if not left.sector:
        return False
    own = tuple(rule for rule in constraints if isinstance(rule, SectorSeats) and rule.sector == left.sector)
    fell = any(now > then for now, then in zip(measure(seated, own), measure((*seated, left), own), strict=True))
    return fell or left.sector not in {one.sector for one in seated}


def in_the_way(
    one: Seat, seated: Sequence[Seat], constraints: Sequence[Constraint], *, free: int
) -> tuple[Constraint, ...]:
    """The firm constraints that would be broken, or missed by more than without them, if ``one`` took a free seat.

    A maximum looks at who sits; the minima of one kind, at the free seats that are left for what they miss.
    """
    firm = [rule for rule in constraints if rule.firm]
    group = (*seated, one)
    over = tuple(
        rule
        for rule in firm
        if isinstance(rule, SectorSeats | LevelSeats | GminaSeats | EachSector | EachGmina | EachInstitution)
        and _excess(rule, group) > _excess(rule, seated)
    )
    needed, needed_before = missing_seats(group, firm), missing_seats(seated, firm)
    short = [kind for kind, count in needed.items() if max(0, count - (free - 1)) > max(0, needed_before[kind] - free)]
    lacking = tuple(
        rule for rule in firm if _KINDS.get(rule.kind) in short and rule not in over and _lacks(rule, group)
    )
    return over + lacking


_KINDS = {"sector": "sector", "sectors_covered": "sector", "level": "level", "gmina": "gmina"}
"""Which free seats a minimum counts on: one free seat may serve a sector, a level and a gmina at once."""


def _excess(rule: Constraint, seats: Sequence[Seat]) -> int:
    """By how many seats a maximum is exceeded."""
    if isinstance(rule, SectorSeats | LevelSeats | GminaSeats):
        return amount(rule.model_copy(update={"minimum": 0}), seats)
    return amount(rule, seats)


def _lacks(rule: Constraint, seats: Sequence[Seat]) -> bool:
    if isinstance(rule, SectorSeats | LevelSeats | GminaSeats):
        return amount(rule.model_copy(update={"maximum": None}), seats) > 0
    return isinstance(rule, SectorsCovered) and amount(rule, seats) > 0


def _promote_1(
    left: Seat,
    seated: tuple[Seat, ...],
    reserve: tuple[InReserve, ...],
    constraints: tuple[Constraint, ...],
    _free: int,
    labels: Labels,
) -> Promotion | KeptFree | None:
    return _chosen(left, seated, reserve, constraints, labels, refused={}) if reserve else None


def _promote_2(
    left: Seat,
    seated: tuple[Seat, ...],
    reserve: tuple[InReserve, ...],
    constraints: tuple[Constraint, ...],
    free: int,
    labels: Labels,
) -> Promotion | KeptFree | None:
    if not reserve:
        return None
    refused = {one: rules for one in reserve if (rules := in_the_way(one, seated, constraints, free=free))}
    if len(refused) == len(reserve):
        return KeptFree(" ".join(["Miejsce pozostaje wolne.", *_refusals(refused, labels)]))
    return _chosen(left, seated, reserve, constraints, labels, refused=refused)


def _chosen(
    left: Seat,
    seated: tuple[Seat, ...],
    reserve: tuple[InReserve, ...],
    constraints: tuple[Constraint, ...],
    labels: Labels,
    *,
    refused: Mapping[InReserve, tuple[Constraint, ...]],
) -> Promotion:
    """The choice among those that no firm constraint keeps from the seat; there is one at least."""
    everybody = sorted(reserve, key=lambda one: (one.position, one.number))
    waiting = [one for one in everybody if one not in refused]
    missed = sector_is_missed(left, seated, constraints)
    same = [one for one in waiting if one.sector == left.sector] if missed else []
    pool = same or waiting
    owed = [one for one in pool if one.owed]
    pool = owed or pool

    def fit(one: InReserve) -> tuple[int, ...]:
        return measure((*seated, one), constraints)

    chosen = min(pool, key=lambda one: (fit(one), one.position, one.number))
    if same:
        ground = Ground.SECTOR
    elif owed:
        ground = Ground.APPEAL
    else:
        ground = Ground.ORDER if chosen is pool[0] else Ground.COMPOSITION
    return Promotion(
        number=chosen.number,
        position=chosen.position,
        ground=ground,
        sentence=" ".join(
            [
                *_sentences(chosen, ground, left, seated, everybody, pool, constraints, labels, missed, refused),
                *_refusals({one: rules for one, rules in refused.items() if one.position < chosen.position}, labels),
            ]
        ),
        before=measure((*seated, left), constraints),
        without=measure(seated, constraints),
        after=fit(chosen),
        lacking=tuple(one.sentence for one in shortfalls((*seated, chosen), constraints, labels=labels)),
    )


def _sentences(
    chosen: InReserve,
    ground: Ground,
    left: Seat,
    seated: tuple[Seat, ...],
    waiting: Sequence[InReserve],
    pool: Sequence[InReserve],
    constraints: tuple[Constraint, ...],
    labels: Labels,
    missed: bool,
    refused: Mapping[InReserve, tuple[Constraint, ...]],
) -> list[str]:
    sector = f"„{labels.sector(left.sector)}”"
    said = []
    match ground:
        case Ground.SECTOR:
            gone = left.sector not in {one.sector for one in seated}
            why = "którego nie ma już w grupie" if gone else "którego jest teraz w grupie mniej, niż potrzeba"
            said.append(
                f"Miejsce zwolniła osoba z obszaru {sector}, {why}, więc w pierwszej kolejności otrzymuje je osoba "
                f"z tego obszaru: pozycja {chosen.position} listy rezerwowej."
            )
            others = [
                one.position
                for one in waiting
                if one.position < chosen.position and one.sector != left.sector and one not in refused
            ]
            if others:
                said.append(f"Wcześniejsze pozycje z innych obszarów pominięto: {_listed(others)}.")
        case Ground.APPEAL:
            said.append(
                f"Miejsce należy się w pierwszej kolejności po uwzględnionym odwołaniu: pozycja {chosen.position} "
                "listy rezerwowej."
            )
        case Ground.COMPOSITION | Ground.ORDER:
            if missed and any(one.sector == left.sector for one in waiting):
                said.append(f"Nikt z listy rezerwowej z obszaru {sector} nie może zająć tego miejsca.")
            elif missed:
                said.append(f"Na liście rezerwowej nie ma nikogo z obszaru {sector}.")
            passed = any(one.position < chosen.position for one in refused)
            first = "pierwsza w kolejności " if ground is Ground.ORDER and not passed else ""
            said.append(f"Miejsce otrzymuje {first}osoba z listy rezerwowej: pozycja {chosen.position}.")
    fitting = measure((*seated, chosen), constraints)
    for one in pool:
        if one.position < chosen.position:
            worse = _worse((*seated, one), fitting, constraints, labels)
            said.append(f"Pozycję {one.position} pominięto ze względu na skład grupy: {worse}")
    return said


def _refusals(refused: Mapping[InReserve, tuple[Constraint, ...]], labels: Labels) -> list[str]:
    """Who cannot take the seat, by position, with the requirements in the way; those of one cause together."""
    by_cause: dict[str, list[int]] = {}
    for one in sorted(refused, key=lambda one: (one.position, one.number)):
        cause = "; ".join(asked(rule, labels) for rule in refused[one])
        by_cause.setdefault(cause, []).append(one.position)
    return [
        f"{'Pozycja' if len(positions) == 1 else 'Pozycje'} {_listed(positions)} "
        f"listy rezerwowej: nie do pogodzenia z wymaganiem bezwzględnym ({cause})."
        for cause, positions in by_cause.items()
    ]


def _worse(seats: Sequence[Seat], fitting: tuple[int, ...], constraints: tuple[Constraint, ...], labels: Labels) -> str:
    """The first constraint that these seats miss by more than the chosen ones do, in words."""
    for rule, with_chosen in zip(constraints, fitting, strict=True):
        missed = shortfalls(seats, (rule,), labels=labels)
        if sum(abs(one.have - one.need) for one in missed) > with_chosen:
            return f"{missed[0].sentence[0].lower()}{missed[0].sentence[1:]}"
    raise AssertionError("passed over without a reason")


def _listed(positions: Sequence[int]) -> str:
    return ", ".join(str(position) for position in positions)


class Promoter(Protocol):
    def __call__(
        self,
        left: Seat,
        seated: tuple[Seat, ...],
        reserve: tuple[InReserve, ...],
        constraints: tuple[Constraint, ...],
        free: int,
        labels: Labels,
        /,
    ) -> Promotion | KeptFree | None: ...


PROMOTERS: Mapping[str, Promoter] = MappingProxyType({"promotion-1": _promote_1, "promotion-2": _promote_2})
"""Every algorithm that ever chose, by its id: what was chosen by one can be chosen again."""
