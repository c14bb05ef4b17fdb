"""The truth tables of Kleene's strong logic, written out."""

from itertools import product

import pytest

from models.rules.ternary import Result, every, negation, some

YES, NO, OPEN = Result.MET, Result.NOT_MET, Result.CANNOT_TELL


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (YES, YES, YES, YES),
        (YES, OPEN, OPEN, YES),
        (YES, NO, NO, YES),
        (OPEN, YES, OPEN, YES),
        (OPEN, OPEN, OPEN, OPEN),
        (OPEN, NO, NO, OPEN),
        (NO, YES, NO, YES),
        (NO, OPEN, NO, OPEN),
        (NO, NO, NO, NO),
    ],
)
def test_and_and_or(left: Result, right: Result, both: Result, either: Result) -> None:
    assert every((left, right)) is both
    assert some((left, right)) is either


def test_not() -> None:
    assert [negation(result) for result in (YES, OPEN, NO)] == [NO, OPEN, YES]


def test_de_morgan_holds_for_three() -> None:
    for results in product(Result, repeat=3):
        assert negation(every(results)) is some(map(negation, results))


def test_nothing_asked_is_met_and_nothing_offered_is_not() -> None:
    assert every(()) is YES
    assert some(()) is NO
