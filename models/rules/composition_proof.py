"""An independent check of a ranking: proves that nobody better placed could have been seated, or says what is wrong.

It shares no reasoning with :mod:`models.rules.composer`. Where the composer searches, this one is given the answer and
proves that there is no better one, by contradiction: it writes down that a better group exists and looks for a sum of
those statements, each multiplied by a whole number, that is false whatever the group is. A linear program proposes the
multipliers; what counts is the sum, which is worked out here in whole numbers, so no solver has to be believed. Where
no sum is false by itself, the question is halved (somebody's number at most k, or at least k + 1) and each half is
refuted. It also works out the order of the applications anew, by comparing neighbours.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import TypeAlias

import highspy
import numpy as np
from numpy.typing import NDArray

from models.rules.composition import (
    Constraint,
    EachGmina,
    EachInstitution,
    EachSector,
    GminaSeats,
    LevelSeats,
    SectorsCovered,
    SectorSeats,
)
from models.rules.order import Candidate, Key, OrderKey
from models.rules.ranking import LeftOut, ListKind, Place, Rules
from models.rules.solver import Solver, quiet

CHECKER = "proof-1"
HALVINGS = 2_000
"""So often a question is halved at most; then the check says that it could not decide."""
NEARLY = 1e-7


@dataclass(frozen=True)
class Proof:
    """What the checker found. It agrees when nothing is disputed; each dispute is a Polish sentence."""

    disputes: tuple[str, ...]
    refuted: int = 0
    """How many better groups were shown to be impossible, each for one or more candidates passed over."""

    @property
    def agrees(self) -> bool:
        return not self.disputes


def check(
    candidates: Iterable[Candidate],
    rules: Rules,
    places: Sequence[Place],
    *,
    left_out: Sequence[LeftOut] = (),
    algorithm: str,
) -> Proof:
    """Whether the places are those that the rules demand."""
    pool = {one.number: one for one in candidates}
    disputes = _lists(pool, rules, places, {out.candidate.number for out in left_out})
    if disputes:
        return Proof(tuple(disputes))
    ranked = [pool[place.number] for place in sorted(places, key=lambda place: place.rank) if place.number in pool]
    disputes = _order(ranked, rules, algorithm)
    if disputes:
        return Proof(tuple(disputes))
    seated = {place.number for place in places if place.list is ListKind.MAIN}
    return _Group(ranked, [one.number in seated for one in ranked], rules).proved()


def _lists(pool: Mapping[str, Candidate], rules: Rules, places: Sequence[Place], left_out: set[str]) -> list[str]:
    """Everybody stands once, places are counted without gaps, and the reserve is who comes next."""
    numbers = [place.number for place in places]
    if sorted(numbers) != sorted([*pool, *left_out]):
        return ["Na listach nie stoją dokładnie te zgłoszenia, które są w danych."]
    ranked = [place for place in places if place.number in pool]
    if sorted(place.rank for place in ranked) != list(range(1, len(ranked) + 1)):
        return ["Miejsca w kolejności nie są ponumerowane od pierwszego do ostatniego."]
    found = []
    for place in places:
        if place.number in left_out and (place.list is not ListKind.BEYOND or place.rank != 0):
            found.append(f"Zgłoszenie {place.number} jest pominięte, a stoi na liście.")
        one = pool.get(place.number)
        if one is not None and (place.points, place.premium) != (one.points, one.premium):
            found.append(f"Zgłoszenie {place.number} ma na liście inne punkty niż w danych.")
    for kind in ListKind:
        on = [place for place in places if place.list is kind]
        if [place.position for place in on] != list(range(1, len(on) + 1)):
            found.append(f"Pozycje na liście „{kind}” nie są kolejne.")
        ranks = [place.rank for place in on if place.rank]
        if ranks != sorted(ranks):
            found.append(f"Lista „{kind}” nie idzie w kolejności miejsc.")
    if sum(place.list is ListKind.MAIN for place in places) > rules.seats:
        found.append("Na liście podstawowej jest więcej zgłoszeń niż miejsc.")
    waiting = sorted((place for place in ranked if place.list is not ListKind.MAIN), key=lambda place: place.rank)
    reserve = [place.number for place in ranked if place.list is ListKind.RESERVE]
    if reserve != [place.number for place in waiting[: rules.reserve_seats]]:
        found.append("Lista rezerwowa nie zawiera kolejnych zgłoszeń spoza listy podstawowej.")
    return found


def _order(ranked: Sequence[Candidate], rules: Rules, algorithm: str) -> list[str]:
    """Each is really before the next by the first key in which they differ."""
    found = []
    for before, after in pairwise(ranked):
        for key in (*rules.order, OrderKey.NUMBER_ASC):
            first, second = _compared(key, before, rules, algorithm), _compared(key, after, rules, algorithm)
            if first != second:
                if not _less(first, second):
                    found.append(f"Zgłoszenie {after.number} powinno stać przed zgłoszeniem {before.number}.")
                break
    return found


def _compared(key: Key, one: Candidate, rules: Rules, algorithm: str) -> list[tuple[bool, float, str]]:
    """The value of a key in a form that compares: the smaller, the better."""
    match key:
        case OrderKey.POINTS_DESC:
            return [(True, -one.points, "")]
        case OrderKey.PREMIUM_DESC:
            return [(True, -one.premium, "")]
        case OrderKey.RECEIVED_ASC:
            return [(True, one.received_at.timestamp(), "")]
        case OrderKey.DRAW:
            if rules.seed is None:
                return [(True, 0, "")]
            return [(True, int.from_bytes(sha256(f"{rules.seed}|{algorithm}|{one.number}".encode()).digest()), "")]
        case OrderKey.NUMBER_ASC:
            return _digits_as_numbers(one.number)
        case _:
            return [(True, -one.points_by[key.split(":")[1]], "")]


def _digits_as_numbers(number: str) -> list[tuple[bool, float, str]]:
    """``KES/9`` before ``KES/10``: text goes before digits, digits count as numbers, and the text itself comes last."""
    found: list[tuple[bool, float, str]] = []
    for sign in number:
        if sign in "0123456789":
            if found and found[-1][0]:
                found[-1] = (True, found[-1][1] * 10 + int(sign), "")
            else:
                found.append((True, int(sign), ""))
        elif found and not found[-1][0]:
            found[-1] = (False, -1, found[-1][2] + sign)
        else:
            found.append((False, -1, sign))
    return [*found, (False, -2, number)]


def _less(first: list[tuple[bool, float, str]], second: list[tuple[bool, float, str]]) -> bool:
    return [one[1:] for one in first] < [one[1:] for one in second]


@dataclass
class _Statements:
    """Statements ``Σ factor · unknown ≤ bound`` about unknowns that lie between two whole numbers."""

    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    sums: list[dict[int, int]] = field(default_factory=list)
    bounds: list[int] = field(default_factory=list)

    def unknown(self, low: int, high: int) -> int:
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def at_most(self, factors: Mapping[int, int], bound: int) -> None:
        self.sums.append(dict(factors))
        self.bounds.append(bound)

    def at_least(self, factors: Mapping[int, int], bound: int) -> None:
        self.at_most({unknown: -factor for unknown, factor in factors.items()}, -bound)


@dataclass(frozen=True)
class _Contradiction:
    """Multipliers summed up: ``Σ factors · unknown ≤ bound`` follows from the statements."""

    factors: NDArray[np.int64]
    bound: int

    def holds(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> bool:
        """Whether the sum is false for all unknowns between ``low`` and ``high``."""
        least = np.where(self.factors > 0, self.factors * low, self.factors * high).sum()
        return int(least) > self.bound


class _Undecided(Exception):
    """Too many halvings, or a linear program without an answer."""


_Bounds: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]


class _Refuter:
    """Refutes that unknowns exist for which all statements hold."""

    def __init__(self, statements: _Statements) -> None:
        self._statements = statements
        self._matrix = np.zeros((len(statements.sums), len(statements.low)), dtype=np.int64)
        for row, factors in enumerate(statements.sums):
            for unknown, factor in factors.items():
                self._matrix[row, unknown] = factor
        self._bounds = np.array(statements.bounds, dtype=np.int64)
        self.low = np.array(statements.low, dtype=np.int64)
        self.high = np.array(statements.high, dtype=np.int64)
        self._found: list[_Contradiction] = []
        self._solver = self._built()

    def refuted(self, at_least: Mapping[int, int] | None = None) -> bool:
        """Whether nothing fits; ``at_least`` raises the lower bounds of some unknowns for this question."""
        low = self.low.copy()
        for unknown, bound in (at_least or {}).items():
            low[unknown] = max(low[unknown], bound)
        self._left = HALVINGS
        return self._refute(low, self.high.copy())

    def _refute(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> bool:
        halves = [(low, high)]  # a stack of our own: Python's holds fewer calls than there may be halvings
        while halves:
            split = self._halved(*halves.pop())
            if split is None:
                return False
            halves += reversed(split)
        return True

    def _halved(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> Sequence[_Bounds] | None:
        """What remains to be refuted instead: nothing, or two halves; ``None`` where unknowns were found that fit."""
        if (low > high).any() or any(one.holds(low, high) for one in self._found):
            return ()
        self._left -= 1
        if self._left < 0:
            raise _Undecided
        multipliers, values = self._multipliers(low, high)
        used = np.flatnonzero(multipliers)
        contradiction = _Contradiction(
            multipliers[used] @ self._matrix[used], int(multipliers[used] @ self._bounds[used])
        )
        if contradiction.holds(low, high):
            self._found.append(contradiction)
            return ()
        near = np.rint(values).astype(np.int64)
        if (self._matrix @ near <= self._bounds).all() and (near >= low).all() and (near <= high).all():
            return None
        distance = np.abs(values - near)
        middle = int(distance.argmax())
        if distance[middle] < NEARLY:
            raise _Undecided
        below, above = high.copy(), low.copy()
        below[middle] = int(np.floor(values[middle]))
        above[middle] = below[middle] + 1
        return (low, below), (above, high)

    def _multipliers(
        self, low: NDArray[np.int64], high: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """What a linear program proposes: multipliers of the statements, and unknowns that miss them by the least."""
        count = len(low)
        columns = np.arange(count, dtype=np.int32)
        self._solver.changeColsBounds(count, columns, low.astype(float), high.astype(float))
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise _Undecided
        solution = self._solver.getSolution()
        duals = np.maximum(0.0, -np.array(solution.row_dual))
        largest = duals.max(initial=0.0)
        exact = np.rint(duals * (10**6 / largest)) if largest > NEARLY else np.zeros(len(duals))
        return exact.astype(np.int64), np.array(solution.col_value[:count])

    def _built(self) -> Solver:
        """The statements with one further unknown, by which all of them may be missed; it is to be smallest."""
        rows, columns = self._matrix.shape
        solver = quiet()
        solver.setOptionValue("presolve", "off")
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = columns + 1, rows
        program.col_cost_ = np.array([0.0] * columns + [1.0])
        program.col_lower_ = np.array([*self.low.astype(float), 0.0])
        program.col_upper_ = np.array([*self.high.astype(float), highspy.kHighsInf])
        program.row_lower_ = np.full(rows, -highspy.kHighsInf)
        program.row_upper_ = self._bounds.astype(float)
        sums = self._statements.sums
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.cumsum([0, *(len(factors) + 1 for factors in sums)]).astype(np.int32)
        program.a_matrix_.index_ = np.array([u for factors in sums for u in (*factors, columns)], dtype=np.int32)
        program.a_matrix_.value_ = np.array([f for factors in sums for f in (*factors.values(), -1)], dtype=float)
        solver.passModel(program)
        return solver


class _Group:
    """The group as proposed, and what would have to be true of a better one."""

    def __init__(self, ranked: Sequence[Candidate], seated: Sequence[bool], rules: Rules) -> None:
        self._ranked, self._seated, self._rules = ranked, seated, rules
        self._group = [one for one, has_seat in zip(ranked, seated, strict=True) if has_seat]
        self._constraints = rules.composition
        people = Counter(one.institution for one in ranked)
        tightest = min((one.maximum for one in self._constraints if isinstance(one, EachInstitution)), default=None)

        def alike(one: Candidate) -> tuple[str, ...]:
            own = tightest is not None and one.institution and people[one.institution] > tightest
            return (one.sector, one.level, _gmina(one), one.institution if own else "")

        classes = [alike(one) for one in ranked]
        self._sizes = Counter(classes)
        self._number = {name: number for number, name in enumerate(self._sizes)}
        self._class_of = [self._number[name] for name in classes]
        """Candidates of one class can be exchanged: no constraint tells them apart."""

    def proved(self) -> Proof:
        missed = [_missed(one, self._group) for one in self._constraints]
        if not _firm_hold(self._constraints, self._group, self._rules.seats):
            return Proof(("Lista podstawowa łamie bezwzględne wymaganie składu grupy.",))
        try:
            refuted = self._nothing_better(missed)
            return Proof((), refuted + self._nobody_overlooked(missed))
        except _Disputed as disputed:
            return Proof((str(disputed),))
        except _Undecided:
            return Proof(("Sprawdzenie nie rozstrzygnęło, czy lista jest najlepsza z możliwych.",))

    def _nothing_better(self, missed: Sequence[int]) -> int:
        """No group fills more seats, and none of as many misses a constraint by less without missing one before it."""
        filled, refuted = len(self._group), 0
        if filled < min(self._rules.seats, len(self._ranked)):
            refuted += 1
            if not _Refuter(self._statements(filled + 1, ())).refuted():
                raise _Disputed("Można obsadzić więcej miejsc, niż obsadza lista podstawowa.")
        for number, by in enumerate(missed):
            if by:
                refuted += 1
                if not _Refuter(self._statements(filled, (*missed[:number], by - 1))).refuted():
                    raise _Disputed(f"Wymaganie składu grupy nr {number + 1} można zachować w większym stopniu.")
        return refuted

    def _nobody_overlooked(self, missed: Sequence[int]) -> int:
        """No group keeps as much, has everybody who is seated before a candidate passed over, and the candidate."""
        refuter = _Refuter(self._statements(len(self._group), missed))
        taken: Counter[int] = Counter()
        asked: set[int] = set()
        for one, number, has_seat in zip(self._ranked, self._class_of, self._seated, strict=True):
            if taken.total() == len(self._group):
                break
            if has_seat:
                taken[number] += 1
            elif number not in asked:
                # Later ones of the class have more people seated before them, so what refutes this refutes them.
                asked.add(number)
                if not refuter.refuted({**taken, number: taken[number] + 1}):
                    raise _Disputed(f"Zgłoszenie {one.number} można było umieścić na liście podstawowej.")
        return len(asked)

    def _statements(self, filled: int, missed: Sequence[int]) -> _Statements:
        """What is true of a group of ``filled`` that keeps firm constraints and misses the first ones by so much."""
        about = _Statements()
        for size in self._sizes.values():
            about.unknown(0, size)
        everybody = dict.fromkeys(range(len(self._sizes)), 1)
        about.at_least(everybody, filled)
        about.at_most(everybody, self._rules.seats)
        empty: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for number, constraint in enumerate(self._constraints):
            by = missed[number] if number < len(missed) else None
            if by is None and not constraint.firm:
                continue
            allowed = len(self._ranked) + self._rules.seats if by is None else by
            misses: dict[int, int] = {}
            match constraint:
                case SectorSeats() | LevelSeats() | GminaSeats():
                    inside = self._where(constraint)
                    short = about.unknown(0, min(allowed, constraint.minimum))
                    about.at_least({**inside, short: 1}, constraint.minimum)
                    misses[short] = 1
                    if constraint.firm:
                        empty[constraint.kind][short] = 1
                    if constraint.maximum is not None:
                        over = about.unknown(0, 0 if constraint.firm else allowed)
                        about.at_most({**inside, over: -1}, constraint.maximum)
                        misses[over] = 1
                case EachSector() | EachGmina() | EachInstitution():
                    for inside in self._each(constraint):
                        if sum(about.high[one] for one in inside) > constraint.maximum:
                            over = about.unknown(0, 0 if constraint.firm else allowed)
                            about.at_most({**inside, over: -1}, constraint.maximum)
                            misses[over] = 1
                case SectorsCovered():
                    short = about.unknown(0, min(allowed, constraint.minimum))
                    covered = self._covered(about)
                    about.at_least({**covered, short: 1}, constraint.minimum)
                    misses[short] = 1
                    if constraint.firm:
                        further = about.unknown(0, constraint.minimum)
                        empty["sector"][further] = 1
                        about.at_least({**covered, **self._kept_for(about), further: 1}, constraint.minimum)
            about.at_most(misses, allowed)
        for reserved in empty.values():
            about.at_most({**everybody, **reserved}, self._rules.seats)
        return about

    def _where(self, constraint: SectorSeats | LevelSeats | GminaSeats) -> dict[int, int]:
        return {
            number: 1 for name, number in self._number.items() if _subject(constraint) == name[_PLACE[constraint.kind]]
        }

    def _each(self, constraint: EachSector | EachGmina | EachInstitution) -> Iterable[dict[int, int]]:
        classes: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for name, number in self._number.items():
            classes[name[_PLACE[constraint.kind]]][number] = 1
        return [inside for name, inside in classes.items() if name]

    def _covered(self, about: _Statements) -> dict[int, int]:
        covered = {}
        for sector in sorted({name[0] for name in self._number if name[0]}):  # a set's order differs from run to run
            covers = about.unknown(0, 1)
            inside = {number: -1 for name, number in self._number.items() if name[0] == sector}
            about.at_most({covers: 1, **inside}, 0)
            covered[covers] = 1
        return covered

    def _kept_for(self, about: _Statements) -> dict[int, int]:
        """Sectors that nobody covers and a firm minimum keeps seats for."""
        kept = {}
        for one in self._constraints:
            if isinstance(one, SectorSeats) and one.firm and one.minimum:
                covers = about.unknown(0, 1)
                inside = self._where(one)
                people = sum(about.high[number] for number in inside)
                about.at_most({covers: max(1, people), **inside}, max(1, people))
                kept[covers] = 1
        return kept


_PLACE = {
    "sector": 0,
    "each_sector": 0,
    "level": 1,
    "gmina": 2,
    "each_gmina": 2,
    "each_institution": 3,
}


class _Disputed(Exception):
    """A better group was found, or may be there."""


def _gmina(one: Candidate) -> str:
    return one.gmina[:6]


def _subject(constraint: SectorSeats | LevelSeats | GminaSeats) -> str:
    match constraint:
        case SectorSeats():
            return constraint.sector
        case LevelSeats():
            return constraint.level
        case GminaSeats():
            return constraint.gmina[:6]


def _missed(constraint: Constraint, group: Sequence[Candidate]) -> int:
    """By how many seats the group misses a constraint, counted one by one."""
    read: Callable[[Candidate], str]
    match constraint:
        case SectorSeats() | EachSector() | SectorsCovered():
            read = lambda one: one.sector  # noqa: E731
        case LevelSeats():
            read = lambda one: one.level  # noqa: E731
        case GminaSeats() | EachGmina():
            read = _gmina
        case EachInstitution():
            read = lambda one: one.institution  # noqa: E731
    stated = [read(one) for one in group if read(one)]
    match constraint:
        case SectorSeats() | LevelSeats() | GminaSeats():
            have = stated.count(_subject(constraint))
            if have < constraint.minimum:
                return constraint.minimum - have
            return 0 if constraint.maximum is None or have <= constraint.maximum else have - constraint.maximum
        case SectorsCovered():
            return max(0, constraint.minimum - len(set(stated)))
        case _:
            return sum(
                stated.count(one) - constraint.maximum for one in set(stated) if stated.count(one) > constraint.maximum
            )


def _firm_hold(constraints: Sequence[Constraint], group: Sequence[Candidate], seats: int) -> bool:
    """Whether no firm maximum is broken and enough seats are left for firm minima."""
    left = seats - len(group)
    for_sectors = for_levels = for_gminas = 0
    sectors = {one.sector for one in group if one.sector}
    for one in constraints:
        if not one.firm:
            continue
        missed = _missed(one, group)
        match one:
            case SectorSeats() | LevelSeats() | GminaSeats():
                have = sum(_subject(one) == (c.sector, c.level, _gmina(c))[_PLACE[one.kind]] for c in group)
                if one.maximum is not None and have > one.maximum:
                    return False
                if isinstance(one, SectorSeats):
                    for_sectors += missed
                    sectors |= {one.sector} if one.minimum else set()
                elif isinstance(one, LevelSeats):
                    for_levels += missed
                else:
                    for_gminas += missed
            case EachSector() | EachGmina() | EachInstitution():
                if missed:
                    return False
    asked = max((one.minimum for one in constraints if isinstance(one, SectorsCovered) and one.firm), default=0)
    return max(for_sectors + max(0, asked - len(sectors)), for_levels, for_gminas) <= left
