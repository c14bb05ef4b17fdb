"""Logic in three values: what could not be read is neither a yes nor a no (Kleene's strong logic)."""

from collections.abc import Iterable
from enum import StrEnum


class Result(StrEnum):
    """The Polish wording (*spełnia / nie spełnia / nie można ustalić*) stands with each criterion."""

    MET = "met"
    NOT_MET = "not_met"
    CANNOT_TELL = "cannot_tell"


def met_if(condition: bool) -> Result:
    return Result.MET if condition else Result.NOT_MET


def every(results: Iterable[Result]) -> Result:
    """Met when all are met; one *not met* settles it, whatever cannot be told. Met for none at all."""
    seen = set(results)
    for decisive in (Result.NOT_MET, Result.CANNOT_TELL):
        if decisive in seen:
            return decisive
    return Result.MET


def some(results: Iterable[Result]) -> Result:
    """Met when one is met, whatever cannot be told. Not met for none at all."""
    seen = set(results)
    for decisive in (Result.MET, Result.CANNOT_TELL):
        if decisive in seen:
            return decisive
    return Result.NOT_MET


def negation(result: Result) -> Result:
    if result is Result.CANNOT_TELL:
        return result
    return met_if(result is Result.NOT_MET)
