"""Merit assessment: how the points of several assessors become one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.rules.assessment import Assessment, AssessmentRules, Marks, Reckoning, most_of_one, reckon

CODES = ["motywacja", "dorobek"]


def sheets(*given_points: tuple[int, int]) -> list[Marks]:
    return [Marks(str(number), dict(zip(CODES, points, strict=True))) for number, points in enumerate(given_points)]


def reckoned(rules: AssessmentRules, *given_points: tuple[int, int]) -> Assessment:
    return reckon(sheets(*given_points), CODES, rules)


MEAN = AssessmentRules()
SUM = AssessmentRules(reckoning=Reckoning.SUM)
FLAGGED = AssessmentRules(spread=4)
THIRD = AssessmentRules(spread=4, further_assessor=True)


@pytest.mark.parametrize(
    ("rules", "given_points", "points", "needed", "wide"),
    [
        (MEAN, [], None, 2, False),
        (MEAN, [(7, 3)], None, 2, False),
        (MEAN, [(7, 3), (8, 3)], (8, 3), 2, False),  # halves upwards
        (MEAN, [(0, 0), (1, 0), (0, 0)], (0, 0), 2, False),  # a third is no half
        (AssessmentRules(assessors=1), [(7, 3)], (7, 3), 1, False),
        (SUM, [(7, 3), (8, 3)], (15, 6), 2, False),
        (FLAGGED, [(7, 3), (4, 3)], (6, 3), 2, False),
        (FLAGGED, [(7, 3), (4, 2)], (6, 3), 2, True),
        (FLAGGED, [(9, 0), (5, 4)], (7, 2), 2, False),  # altogether they agree
        (THIRD, [(9, 3), (5, 3)], None, 3, True),
        (THIRD, [(9, 3), (5, 3), (6, 3)], (7, 3), 3, True),
        (THIRD, [(9, 3)], None, 2, False),
    ],
)
def test_what_an_application_gets(
    rules: AssessmentRules,
    given_points: list[tuple[int, int]],
    points: tuple[int, int] | None,
    needed: int,
    wide: bool,
) -> None:
    found = reckoned(rules, *given_points)
    assert found.points == ({} if points is None else dict(zip(CODES, points, strict=True)))
    assert (found.given, found.needed, found.wide) == (len(given_points), needed, wide)
    assert found.complete is (points is not None)


POINTS = st.tuples(st.integers(0, 10), st.integers(0, 10))


@given(st.lists(POINTS, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_the_sheets_does_not_matter(given_points: list[tuple[int, int]], chance: random.Random) -> None:
    shuffled = sheets(*given_points)
    chance.shuffle(shuffled)
    for rules in (MEAN, FLAGGED, THIRD):
        assert reckon(shuffled, CODES, rules) == reckoned(rules, *given_points)


@given(st.lists(POINTS, min_size=2, max_size=6), st.integers(0, 5))
def test_more_points_from_anybody_never_lower_the_mean(given_points: list[tuple[int, int]], place: int) -> None:
    more = list(given_points)
    index = place % len(more)
    more[index] = (more[index][0] + 1, more[index][1])
    before, after = reckoned(MEAN, *given_points).points, reckoned(MEAN, *more).points
    assert all(after[code] >= before[code] for code in CODES)
    lowest, highest = min(one for one, _ in given_points), max(one for one, _ in given_points)
    assert lowest <= before["motywacja"] <= highest


def test_a_sheet_counts_once_and_whole() -> None:
    with pytest.raises(ValueError, match="two sheets"):
        reckon([*sheets((1, 1)), *sheets((2, 2))], CODES, MEAN)
    with pytest.raises(ValueError, match="leaves a rule out"):
        reckon([Marks("1", {"motywacja": 1})], CODES, MEAN)
    with pytest.raises(KeyError):
        reckon([], CODES, MEAN, algorithm="assessment-0")


@pytest.mark.parametrize(
    "rules",
    [
        {"further_assessor": True},
        {"spread": 3, "further_assessor": True, "reckoning": "sum"},
        {"spread": 3, "assessors": 1},
        {"assessors": 0},
        {"reckoning": "median"},
    ],
)
def test_rules_that_contradict_themselves_are_refused(rules: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AssessmentRules.model_validate(rules)


def test_of_a_sum_each_assessor_gives_a_share() -> None:
    assert (most_of_one(10, SUM), most_of_one(10, MEAN)) == (5, 10)
