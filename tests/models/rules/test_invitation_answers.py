"""Which of several answers counts, as a table and as a law: the order in which they come does not matter."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.invitation_answers import AnswerOutcome, Asked, Given, judge

EIGHT = datetime(2018, 9, 4, 8, tzinfo=UTC)
YES, NO = Given(2, EIGHT, "ACCEPTED"), Given(2, EIGHT, "DECLINED")
ASKED = Asked(sequence=3, asked_sequence=2)


@pytest.mark.parametrize(
    ("answer", "asked", "counts", "outcome"),
    [
        (YES, ASKED, None, AnswerOutcome.TAKEN),
        (YES, ASKED, YES, AnswerOutcome.REPEATED),
        (NO, ASKED, YES, AnswerOutcome.CONFLICTING),
        (Given(2, EIGHT + timedelta(seconds=1), "DECLINED"), ASKED, YES, AnswerOutcome.TAKEN),
        (Given(2, EIGHT - timedelta(seconds=1), "DECLINED"), ASKED, YES, AnswerOutcome.OLDER),
        (Given(2, EIGHT + timedelta(days=1), "DECLINED"), ASKED, Given(3, EIGHT, "ACCEPTED"), AnswerOutcome.OLDER),
        (Given(3, EIGHT - timedelta(days=1), "DECLINED"), ASKED, YES, AnswerOutcome.TAKEN),
        (Given(1, EIGHT + timedelta(days=1), "DECLINED"), ASKED, None, AnswerOutcome.OUTDATED),
        (Given(4, EIGHT, "DECLINED"), ASKED, None, AnswerOutcome.AHEAD),
        (YES, Asked(3, 2, cancelled=True), None, AnswerOutcome.CANCELLED),
        (YES, Asked(3, 2, over=True), None, AnswerOutcome.TOO_LATE),
        (YES, Asked(3, 2, over=True), YES, AnswerOutcome.REPEATED),
    ],
)
def test_the_version_decides_and_then_the_time(
    answer: Given, asked: Asked, counts: Given | None, outcome: AnswerOutcome
) -> None:
    assert judge(answer, asked, counts) is outcome


answers = st.builds(
    Given,
    st.integers(0, 4),
    st.integers(0, 30).map(lambda minutes: EIGHT + timedelta(minutes=minutes)),
    st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE"]),
)


@settings(max_examples=60)
@given(st.lists(answers, max_size=4, unique_by=lambda one: (one.sequence, one.stamped_at)))
def test_any_order_of_answers_ends_with_the_same_one(came: list[Given]) -> None:
    assert len({_last(order) for order in permutations(came)}) == 1


def _last(order: tuple[Given, ...]) -> Given | None:
    counts = None
    for one in order:
        if judge(one, ASKED, counts) is AnswerOutcome.TAKEN:
            counts = one
    return counts
