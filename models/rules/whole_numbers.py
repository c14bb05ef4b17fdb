"""Small programs in whole numbers, solved by HiGHS: columns with bounds, rows with bounds, one objective.

A program is built once and then asked again and again with other bounds. Asked only whether values exist, the linear
program is tried first: it starts from the answer before, and is mostly whole by itself or has no answer at all. Where
it has none, its multipliers say why, and the same multipliers often refute the next question without any solving.

The solver counts in floating point, so every answer is read back as whole numbers and put into every row again, and
multipliers are rounded to whole numbers and count only if they still refute. That an answer does *not* exist is
otherwise believed here, and proved by other means in :mod:`models.rules.composition_proof`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import highspy
import numpy as np
from numpy.typing import NDArray

from models.rules.solver import Solver, quiet

INFINITY = 10**9
"""No bound. Seats and candidates are far fewer."""
SCALE = 10**6
NEARLY = 1e-6

Whole: TypeAlias = NDArray[np.int64]


class SolverFailed(RuntimeError):
    """The solver gave no answer, or one that is wrong."""


@dataclass(frozen=True)
class Refutation:
    """A sum of rows that no values within the bounds can reach.

    Every answer has ``Σ weights · column ≥ least``. ``rows`` are those that were summed up.
    """

    weights: Whole
    least: int
    rows: tuple[int, ...]


class Program:
    def __init__(self) -> None:
        self._lower: list[int] = []
        self._upper: list[int] = []
        self._terms: list[dict[int, int]] = []
        self._row_lower: list[int] = []
        self._row_upper: list[int] = []
        self._matrix: Whole = np.zeros((0, 0), dtype=np.int64)
        self._linear: Solver | None = None
        self._whole: Solver | None = None

    def column(self, lower: int, upper: int) -> int:
        """A new column and its index."""
        self._lower.append(lower)
        self._upper.append(upper)
        return len(self._lower) - 1

    def row(self, terms: Iterable[tuple[int, int]], *, lower: int = -INFINITY, upper: int = INFINITY) -> int:
        """A new row, ``lower ≤ Σ coefficient · column ≤ upper``, from pairs of column and coefficient."""
        summed: dict[int, int] = {}
        for column, coefficient in terms:
            summed[column] = summed.get(column, 0) + coefficient
        self._terms.append(summed)
        self._row_lower.append(lower)
        self._row_upper.append(upper)
        return len(self._terms) - 1

    def bound_row(self, row: int, lower: int, upper: int) -> None:
        self._row_lower[row], self._row_upper[row] = lower, upper
        for solver in (self._linear, self._whole):
            if solver is not None:
                solver.changeRowBounds(row, _float(lower), _float(upper))

    def row_bounds(self, row: int) -> tuple[int, int]:
        return self._row_lower[row], self._row_upper[row]

    def lift(self, column: int, by: int) -> None:
        """Raises the lower bound of a column, or lowers it again."""
        self._lower[column] += by
        for solver in (self._linear, self._whole):
            if solver is not None:
                solver.changeColBounds(column, _float(self._lower[column]), _float(self._upper[column]))

    @property
    def lower(self) -> list[int]:
        return self._lower

    @property
    def upper(self) -> list[int]:
        return self._upper

    def find(self) -> Whole | Refutation | None:
        """Some values within all bounds; else why there are none, as far as that is known. Raises ``SolverFailed``."""
        self._linear = self._linear or self._built(whole=False)
        self._linear.run()
        status = self._linear.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return self._refutation(self._linear)
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverFailed(f"HiGHS: {self._linear.modelStatusToString(status)}")
        values = np.array(self._linear.getSolution().col_value)
        near = np.rint(values)
        if np.abs(values - near).max() < NEARLY:
            return self._checked(near.astype(np.int64))
        return self.smallest({})

    def smallest(self, objective: Mapping[int, int]) -> Whole | None:
        """Values where the objective is smallest; ``None`` when no values fit. Raises ``SolverFailed``."""
        self._whole = self._whole or self._built(whole=True)
        solver, columns = self._whole, len(self._lower)
        costs = np.zeros(columns)
        for column, cost in objective.items():
            costs[column] = cost
        solver.changeColsCost(columns, np.arange(columns, dtype=np.int32), costs)
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverFailed(f"HiGHS: {solver.modelStatusToString(status)}")
        return self._checked(np.rint(np.array(solver.getSolution().col_value)).astype(np.int64))

    def room(self, refutation: Refutation) -> int:
        """How much is left until the refutation applies to the bounds as they are; it does below 0."""
        weights, lower, upper = refutation.weights, np.array(self._lower), np.array(self._upper)
        return int(np.where(weights > 0, weights * upper, weights * lower).sum()) - refutation.least

    def _refutation(self, solver: Solver) -> Refutation | None:
        _, there_is, ray = solver.getDualRay()  # type: ignore[attr-defined]  # the stub does not list it
        if not there_is:
            return None
        exact = np.rint(np.array(ray) * (SCALE / max(np.abs(ray).max(), NEARLY))).astype(np.int64)
        for multipliers in (exact, -exact):
            found = self._summed(multipliers)
            if found is not None and self.room(found) < 0:
                return found
        return None

    def _summed(self, multipliers: Whole) -> Refutation | None:
        lower, upper = np.array(self._row_lower), np.array(self._row_upper)
        bounds = np.where(multipliers > 0, lower, upper)
        used = np.flatnonzero(multipliers)
        if (np.abs(bounds[used]) >= INFINITY).any():
            return None
        weights = multipliers[used] @ self._matrix[used]
        return Refutation(weights, int((multipliers * bounds)[used].sum()), tuple(int(row) for row in used))

    def _checked(self, values: Whole) -> Whole:
        sums = self._matrix @ values
        kept = (
            (values >= self._lower).all()
            and (values <= self._upper).all()
            and (sums >= self._row_lower).all()
            and (sums <= self._row_upper).all()
        )
        if not kept:
            raise SolverFailed("HiGHS: an answer that does not fit")
        return values

    def _built(self, *, whole: bool) -> Solver:
        columns, rows = len(self._lower), len(self._terms)
        self._matrix = np.zeros((rows, columns), dtype=np.int64)
        for row, terms in enumerate(self._terms):
            for column, coefficient in terms.items():
                self._matrix[row, column] = coefficient
        solver = quiet()
        if not whole:
            # Multipliers of the program as it stands, not of a presolved one.
            solver.setOptionValue("presolve", "off")
            solver.setOptionValue("solver", "simplex")
        else:
            solver.setOptionValue("mip_rel_gap", 0.0)
            solver.setOptionValue("mip_abs_gap", 0.5)  # objectives are whole
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = columns, rows
        program.col_cost_ = np.zeros(columns)
        program.col_lower_ = np.array([_float(bound) for bound in self._lower])
        program.col_upper_ = np.array([_float(bound) for bound in self._upper])
        program.row_lower_ = np.array([_float(bound) for bound in self._row_lower])
        program.row_upper_ = np.array([_float(bound) for bound in self._row_upper])
        if whole:
            program.integrality_ = [highspy.HighsVarType.kInteger] * columns
        starts = np.zeros(rows + 1, dtype=np.int32)
        starts[1:] = np.cumsum([len(terms) for terms in self._terms])
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = starts
        program.a_matrix_.index_ = np.array([c for terms in self._terms for c in terms], dtype=np.int32)
        program.a_matrix_.value_ = np.array([v for terms in self._terms for v in terms.values()], dtype=float)
        if solver.passModel(program) == highspy.HighsStatus.kError:
            raise SolverFailed("HiGHS refuses the program")
        return solver


def _float(bound: int) -> float:
    if abs(bound) >= INFINITY:
        return highspy.kHighsInf if bound > 0 else -highspy.kHighsInf
    return float(bound)
