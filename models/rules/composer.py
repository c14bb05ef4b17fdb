"""Who is seated: the best set in the order of rank among all sets that keep what can be kept of the composition.

What is sought, in this order:

1. firm constraints hold; a seat stays empty rather than break one (``kept_seats``);
2. as many seats as possible are filled;
3. the first constraint is missed by as few seats as possible, then the second, and so on down the list;
4. of all sets equal so far: the one that takes the first candidate if any of them does, then the second, and so on.

Points 1 to 3 are whole-number programs. Point 4 goes down the ranks and asks of each candidate whether the group can
still be completed with all those taken before. Most answers need no program: a completion found earlier often holds
the candidate already, candidates of one column (same sector, level and gmina, where constraints look at them) are
exchangeable, and a column that could not be raised once can never be raised later.

A candidate passed over gets the constraints that stand in the way: one where one alone does, else a set in which none
can be spared.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.rules.composition import (
    AnyOne,
    Bounded,
    Constraint,
    EachGmina,
    EachInstitution,
    EachSector,
    GminaSeats,
    LevelSeats,
    Seated,
    SectorsCovered,
    SectorSeats,
    amounts,
    contradiction,
    kept_seats,
    of_constraint,
    repeated,
    subject_of,
)
from models.rules.whole_numbers import INFINITY, Program, Refutation, SolverFailed, Whole


class CompositionFaulty(ValueError):
    """Constraints that contradict themselves. ``str()`` is a Polish sentence."""


@dataclass(frozen=True)
class Composed:
    """The group, by indices into the ranked candidates."""

    chosen: tuple[int, ...]
    amounts: tuple[int, ...]
    """By how many seats each constraint is missed."""
    passed_over: Mapping[int, tuple[int, ...]]
    """Candidates not taken while seats were left: the indices of the constraints that stand in the way."""


def compose(ranked: Sequence[Seated], *, seats: int, constraints: Sequence[Constraint]) -> Composed:
    """The group of at most ``seats`` people, out of candidates given from the first to the last.

    Raises ``CompositionFaulty``.
    """
    _check(constraints, seats)
    if not ranked:
        return Composed((), amounts((), constraints), {})
    search = _Search(ranked, seats, constraints)
    search.settle_amounts()
    composed = search.by_rank()
    group = [ranked[index] for index in composed.chosen]
    reserved = kept_seats(group, constraints)
    if amounts(group, constraints) != composed.amounts or reserved is None or reserved > seats - len(group):
        raise SolverFailed("the group is not what the programs promised")
    return composed


def _check(constraints: Sequence[Constraint], seats: int) -> None:
    if seats < 0:
        raise CompositionFaulty("Liczba miejsc nie może być ujemna.")
    faults = [sentence for _, sentence in repeated(constraints)]
    for one in constraints:
        if isinstance(one, SectorSeats | LevelSeats | GminaSeats):
            faults += contradiction(one)
    if not faults and (kept_seats((), constraints) or 0) > seats:
        faults.append(f"Wymagania bezwzględne (firm) zajmują więcej miejsc, niż ma grupa ({seats}).")
    if faults:
        raise CompositionFaulty(" ".join(faults))


@dataclass(frozen=True)
class _Kind:
    """What constraints can tell a candidate by; what none of them looks at is left empty."""

    sector: str
    level: str
    gmina: str

    @property
    def institution(self) -> str:
        return ""


@dataclass(frozen=True)
class _Column:
    """Exchangeable candidates.

    Of an institution whose people are all of one kind only its fullness matters: its first ``m`` people are tier 0, the
    next tier 1, for the limits that ``each_institution`` sets. Filling lower tiers first never costs anything, so the
    institutions of one kind share their tiers. Only one whose people are of several kinds needs columns of its own.
    """

    kind: _Kind
    tier: int
    institution: str = ""


class _Columns:
    """Candidates by column, and how many of each there are."""

    def __init__(self, ranked: Sequence[Seated], constraints: Sequence[Constraint]) -> None:
        self._sectors = _looked_at(constraints, SectorSeats, (EachSector, SectorsCovered))
        self._levels = _looked_at(constraints, LevelSeats, ())
        self._gminas = _looked_at(constraints, GminaSeats, (EachGmina,))
        self.limits = sorted({one.maximum for one in constraints if isinstance(one, EachInstitution)})
        self.kinds = [self._kind(one) for one in ranked]
        self._institutions = [one.institution if self.limits else "" for one in ranked]
        people: defaultdict[str, list[_Kind]] = defaultdict(list)
        for kind, institution in zip(self.kinds, self._institutions, strict=True):
            people[institution].append(kind)
        free = people.pop("", [])
        self._mixed = {name for name, kinds in people.items() if len(kinds) > self.limits[0] and len(set(kinds)) > 1}
        self.sizes: Counter[_Column] = Counter(_Column(kind, 0) for kind in free)
        for name, kinds in people.items():
            for place, kind in enumerate(kinds):
                self.sizes[_Column(kind, 0, name) if name in self._mixed else _Column(kind, self._tier(place))] += 1

    def of(self, index: int, seated: Mapping[str, int]) -> _Column:
        """The column that a candidate would raise, with so many seated of each institution."""
        institution = self._institutions[index]
        if institution in self._mixed:
            return _Column(self.kinds[index], 0, institution)
        return _Column(self.kinds[index], self._tier(seated.get(institution, 0)) if institution else 0)

    def institution(self, index: int) -> str:
        return self._institutions[index]

    def beyond(self, column: _Column, limit: int) -> bool:
        """Whether everybody in the column is one too many of their institution."""
        return not column.institution and column.tier > self.limits.index(limit)

    def _tier(self, place: int) -> int:
        return sum(place >= limit for limit in self.limits)

    def _kind(self, one: Seated) -> _Kind:
        gmina = _GMINA(one)
        return _Kind(
            one.sector if self._sectors is None or one.sector in self._sectors else "",
            one.level if self._levels is None or one.level in self._levels else "",
            gmina if self._gminas is None or gmina in self._gminas else "",
        )


_GMINA = of_constraint(EachGmina(kind="each_gmina", maximum=1))


def _looked_at(
    constraints: Sequence[Constraint],
    named: type[SectorSeats] | type[LevelSeats] | type[GminaSeats],
    every: tuple[type[AnyOne | SectorsCovered], ...],
) -> frozenset[str] | None:
    """The codes that some constraint names; ``None`` when one looks at all of them."""
    if every and any(isinstance(one, every) for one in constraints):
        return None
    return frozenset(subject_of(one) for one in constraints if isinstance(one, named))


class _Search:
    def __init__(self, ranked: Sequence[Seated], seats: int, constraints: Sequence[Constraint]) -> None:
        self._ranked, self._seats, self._constraints = ranked, seats, constraints
        self._columns = _Columns(ranked, constraints)
        self._program = Program()
        self._index = {column: self._program.column(0, size) for column, size in self._columns.sizes.items()}
        self._column_list = list(self._index)
        self._beyond = {
            limit: [index for column, index in self._index.items() if self._columns.beyond(column, limit)]
            for limit in self._columns.limits
        }
        everybody = [(index, 1) for index in self._index.values()]
        self._total = self._program.row(everybody, upper=min(seats, len(ranked)))
        self._guards: list[list[int]] = []
        """The rows that hold each constraint; without them it does not count."""
        self._missed: list[int] = []
        """The row of each constraint that sums up by how many seats it is missed."""
        self._objectives: list[dict[int, int]] = []
        self._empty: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        """Empty seats that firm minima need, by what they are told by."""
        self._covered: dict[str, int] = {}
        for constraint in constraints:
            self._add(constraint)
        for terms in self._empty.values():
            self._program.row([*everybody, *terms], upper=seats)
        self._constraint_of = {row: number for number, rows in enumerate(self._guards) for row in rows}
        self._counting = [self._classed(constraint) for constraint in constraints]
        self._witness: Whole = np.zeros(0, dtype=np.int64)
        self._amounts: list[int] = []
        self._refuted: list[tuple[Refutation, tuple[int, ...]]] = []
        """What closed a column before, with the constraints in it; it may close the next one, too."""

    def settle_amounts(self) -> None:
        """How many seats are filled and by how much each constraint is missed: points 1 to 3."""
        fillable = min(self._seats, len(self._ranked))
        self._program.bound_row(self._total, fillable, fillable)
        for row in self._missed:
            self._program.bound_row(row, -INFINITY, 0)
        witness = self._program.find()
        if isinstance(witness, np.ndarray):
            self._witness, self._amounts = witness, [0] * len(self._missed)
            return
        self._program.bound_row(self._total, 0, fillable)
        for row in self._missed:
            self._program.bound_row(row, -INFINITY, INFINITY)
        best = self._solved(dict.fromkeys(self._index.values(), -1))
        filled = int(sum(best[index] for index in self._index.values()))
        self._program.bound_row(self._total, filled, filled)
        for row, objective in zip(self._missed, self._objectives, strict=True):
            best = self._solved(objective)
            least = int(sum(cost * best[column] for column, cost in objective.items()))
            self._program.bound_row(row, -INFINITY, least)
            self._amounts.append(least)
        self._witness = best

    def by_rank(self) -> Composed:
        """Point 4, down the ranks."""
        chosen: list[int] = []
        passed_over: dict[int, tuple[int, ...]] = {}
        closed: dict[_Column, tuple[int, ...]] = {}
        seated: Counter[str] = Counter()
        room, _ = self._program.row_bounds(self._total)
        for index in range(len(self._ranked)):
            if len(chosen) == self._seats:
                break
            column = self._columns.of(index, seated)
            if column not in closed:
                in_the_way = self._take(column) if len(chosen) < room else self._kept_empty([*chosen, index])
                if not in_the_way:
                    chosen.append(index)
                    seated[self._columns.institution(index)] += 1
                    continue
                closed[column] = in_the_way
            passed_over[index] = closed[column]
        return Composed(tuple(chosen), tuple(self._amounts), passed_over)

    def _take(self, column: _Column) -> tuple[int, ...]:
        """Seats one more of the column if the group can still be completed; else says what stands in the way."""
        index = self._index[column]
        self._program.lift(index, 1)
        if self._witness[index] >= self._program.lower[index]:
            return ()
        in_the_way = self._alone() or self._known()
        if not in_the_way:
            found = self._program.find()
            if isinstance(found, np.ndarray):
                self._witness = found
                return ()
            in_the_way = self._together(found)
        self._program.lift(index, -1)
        return in_the_way

    def _known(self) -> tuple[int, ...]:
        """The constraints of an earlier refutation that applies here as well."""
        return next((numbers for refutation, numbers in self._refuted if self._program.room(refutation) < 0), ())

    def _kept_empty(self, group: list[int]) -> tuple[int, ...]:
        """The firm constraints for which the seats that are left stay empty."""
        seated = [self._ranked[index] for index in group]

        def forbid(numbers: Sequence[int]) -> bool:
            kept = kept_seats(seated, [self._constraints[number] for number in numbers])
            return kept is None or kept > self._seats - len(seated)

        needed = [number for number, one in enumerate(self._constraints) if one.firm]
        alone = [number for number in needed if forbid([number])]
        if alone:
            return (alone[0],)
        for number in reversed(tuple(needed)):
            fewer = [one for one in needed if one != number]
            if forbid(fewer):
                needed = fewer
        return tuple(needed)

    def _together(self, refutation: Refutation | None) -> tuple[int, ...]:
        """Constraints that together leave no way, while without any one of them the others would leave one."""
        needed = set(range(len(self._constraints)))
        bounds = {row: self._program.row_bounds(row) for rows in self._guards for row in rows}
        if refutation is not None:
            for number in needed - {self._constraint_of[row] for row in refutation.rows if row in self._constraint_of}:
                needed.discard(number)
                self._ignore(number)
        # The least important first: what is named in the end is what matters most.
        for number in sorted(needed, reverse=True):
            self._ignore(number)
            without = self._program.find()
            if isinstance(without, np.ndarray):
                for row in self._guards[number]:
                    self._program.bound_row(row, *bounds[row])
            else:
                needed.discard(number)
                refutation = without
        for row, (lower, upper) in bounds.items():
            self._program.bound_row(row, lower, upper)
        found = tuple(sorted(needed))
        if refutation is not None:
            self._refuted.append((refutation, found))
        return found

    def _ignore(self, number: int) -> None:
        for row in self._guards[number]:
            self._program.bound_row(row, -INFINITY, INFINITY)

    def _solved(self, objective: dict[int, int]) -> Whole:
        best = self._program.smallest(objective)
        if best is None:
            raise SolverFailed("an empty group must always be possible")
        return best

    # How a constraint becomes rows

    def _add(self, constraint: Constraint) -> None:
        guards: list[int] = []
        cost: dict[int, int] = {}
        match constraint:
            case SectorSeats() | LevelSeats() | GminaSeats():
                terms = self._inside(constraint)
                if constraint.minimum:
                    short = self._program.column(0, constraint.minimum)
                    guards.append(self._program.row([*terms, (short, 1)], lower=constraint.minimum))
                    cost[short] = 1
                    if constraint.firm:
                        self._empty[constraint.kind].append((short, 1))
                if constraint.maximum is not None:
                    guards.append(self._at_most(terms, constraint.maximum, constraint.firm, cost))
            case EachSector() | EachGmina():
                for terms in self._classes(constraint).values():
                    guards.append(self._at_most(terms, constraint.maximum, constraint.firm, cost))
            case EachInstitution():
                beyond = [(index, 1) for index in self._beyond[constraint.maximum]]
                own: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
                for column, index in self._index.items():
                    if column.institution:
                        own[column.institution].append((index, 1))
                if constraint.firm:
                    guards.append(self._program.row(beyond, upper=0))
                else:
                    cost |= dict(beyond)
                for terms in own.values():
                    guards.append(self._at_most(terms, constraint.maximum, constraint.firm, cost))
            case SectorsCovered():
                short = self._program.column(0, constraint.minimum)
                cost[short] = 1
                covered = [(index, 1) for index in self._covering().values()]
                guards.append(self._program.row([*covered, (short, 1)], lower=constraint.minimum))
                if constraint.firm:
                    guards.append(self._firmly_covered(constraint, covered))
        total = self._program.row(cost.items())
        self._guards.append([*guards, total])
        self._missed.append(total)
        self._objectives.append(cost)

    def _at_most(self, terms: list[tuple[int, int]], maximum: int, firm: bool, cost: dict[int, int]) -> int:
        if firm:
            return self._program.row(terms, upper=maximum)
        over = self._program.column(0, max(0, len(self._ranked) - maximum))
        cost[over] = 1
        return self._program.row([*terms, (over, -1)], upper=maximum)

    def _covering(self) -> dict[str, int]:
        """A column for each sector that is 1 only if somebody of it is seated."""
        if not self._covered:
            by_sector: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
            for column, index in self._index.items():
                if column.kind.sector:
                    by_sector[column.kind.sector].append((index, 1))
            for sector, terms in by_sector.items():
                self._covered[sector] = self._program.column(0, 1)
                self._program.row([*terms, (self._covered[sector], -1)], lower=0)
        return self._covered

    def _firmly_covered(self, constraint: SectorsCovered, covered: list[tuple[int, int]]) -> int:
        """Empty seats may cover sectors as well: those a firm minimum keeps for one, and further ones."""
        by_kept = []
        for other in self._constraints:
            if isinstance(other, SectorSeats) and other.firm and other.minimum:
                kept, inside = self._program.column(0, 1), self._inside(other)
                # Nothing where somebody sits already.
                most = max(1, sum(self._program.upper[column] for column, _ in inside))
                self._program.row([(kept, most), *inside], upper=most)
                by_kept.append((kept, 1))
        further = self._program.column(0, constraint.minimum)
        self._empty["sector"].append((further, 1))
        return self._program.row([*covered, *by_kept, (further, 1)], lower=constraint.minimum)

    def _inside(self, constraint: Bounded) -> list[tuple[int, int]]:
        code, subject = of_constraint(constraint), subject_of(constraint)
        return [(index, 1) for column, index in self._index.items() if code(column.kind) == subject]

    def _classes(self, constraint: AnyOne) -> Mapping[str, list[tuple[int, int]]]:
        code = of_constraint(constraint)
        classes: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for column, index in self._index.items():
            if code(column.kind):
                classes[code(column.kind)].append((index, 1))
        return classes

    # What counting alone can tell

    def _classed(self, constraint: Constraint) -> tuple[dict[str, int], NDArray[np.int64]]:
        """A number for every code that the constraint tells apart, and each column's; 0 is what it does not look at."""
        if isinstance(constraint, EachInstitution):
            codes = [column.institution for column in self._column_list]
        else:
            code = of_constraint(constraint)
            codes = [code(column.kind) for column in self._column_list]
        numbers = {"": 0} | {one: number for number, one in enumerate(sorted(set(codes) - {""}), start=1)}
        return numbers, np.array([numbers[one] for one in codes])

    def _alone(self) -> tuple[int, ...]:
        """The first constraint that by itself leaves no way to complete the group as seated so far."""
        room, _ = self._program.row_bounds(self._total)
        fixed = np.array(self._program.lower[: len(self._column_list)])
        left = np.array(self._program.upper[: len(self._column_list)]) - fixed
        picks = room - int(fixed.sum())
        for number, constraint in enumerate(self._constraints):
            numbers, classes = self._counting[number]
            having = np.bincount(classes, weights=fixed, minlength=len(numbers)).astype(np.int64)
            leaving = np.bincount(classes, weights=left, minlength=len(numbers)).astype(np.int64)
            if self._least(constraint, numbers, having, leaving, picks) > self._amounts[number]:
                return (number,)
        return ()

    def _least(
        self, constraint: Constraint, numbers: Mapping[str, int], having: Whole, leaving: Whole, picks: int
    ) -> int:
        """By how many seats the constraint is missed at least, whoever takes the last ``picks`` seats."""
        match constraint:
            case SectorSeats() | LevelSeats() | GminaSeats():
                number = numbers.get(subject_of(constraint))
                have, inside = (0, 0) if number is None else (int(having[number]), int(leaving[number]))
                outside = int(leaving.sum()) - inside
                over = 0
                if constraint.maximum is not None:
                    over = max(0, have + max(0, picks - outside) - constraint.maximum)
                return over + max(0, constraint.minimum - have - min(picks, inside))
            case EachSector() | EachGmina():
                most = constraint.maximum
                spare = int(leaving[0] + np.minimum(leaving[1:], np.maximum(0, most - having[1:])).sum())
                return int(np.maximum(0, having[1:] - most).sum()) + max(0, picks - spare)
            case EachInstitution():
                beyond = sum(self._program.lower[index] for index in self._beyond[constraint.maximum])
                return beyond + int(np.maximum(0, having[1:] - constraint.maximum).sum())
            case SectorsCovered():
                covered = int((having[1:] > 0).sum())
                further = int(((leaving[1:] > 0) & (having[1:] == 0)).sum())
                return max(0, constraint.minimum - covered - min(picks, further))
