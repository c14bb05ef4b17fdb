"""HiGHS, without a word on the standard output.

``highspy.Highs()`` prints a line about itself before it can be told to be silent, and the output of ``nabor --json`` is
one JSON document. The class beneath it says nothing until it is asked, so the version is pinned to one minor release.
"""

from highspy._core import _Highs as Solver

__all__ = ["Solver", "quiet"]


def quiet() -> Solver:
    """A solver that says nothing and counts on one core, so that a run takes the same way every time."""
    solver = Solver()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    return solver
