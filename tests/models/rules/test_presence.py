"""Presence: what counts, when somebody is warned, and when the required share can no longer be met."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.presence import (
    AttendanceStatus,
    DayOfPresence,
    ExcusedDays,
    Presence,
    Warn,
    occasion_of,
    standing_of,
    status_of,
    to_be_struck_off,
    to_be_warned,
)

FIRST = date(2018, 9, 22)
USP = -1
"""An excused day in the shorthand below; ``None`` is a day to come."""


def days(*minutes: int | None, over: int | None = None) -> list[DayOfPresence]:
    """Days of six hours each; those with an entry, and the first ``over`` ones, are over."""
    return [
        DayOfPresence(
            on=FIRST + timedelta(days=index),
            length=360,
            minutes=0 if one == USP else one,
            excused=one == USP,
            over=one is not None or index < (over or 0),
        )
        for index, one in enumerate(minutes)
    ]


@pytest.mark.parametrize(
    ("minutes", "verdict", "percent", "best"),
    [
        ((), Presence.NOTHING_YET, None, None),
        ((None, None), Presence.NOTHING_YET, None, 100),
        ((360, 360), Presence.MET, 100, 100),
        ((360, 360, 360, 360, 0), Presence.MET, 80, 80),
        ((360, 360, 360, 360, 0, None), Presence.AT_RISK, 80, 83),
        ((360, 360, None), Presence.AT_RISK, 100, 100),
        ((360, 360, 360, 360, None), Presence.MET, 100, 100),
        ((0, 360, None, None, None), Presence.BELOW, 50, 80),
        ((0, 360, None, None), Presence.LOST, 50, 75),
        ((360, 0), Presence.UNDECIDED, 50, 50),
        ((287, 360, 360, 360, 360), Presence.MET, 95, 95),
        ((288,), Presence.MET, 80, 80),
        ((287,), Presence.UNDECIDED, 79, 79),
        ((USP, 360), Presence.MET, 100, 100),
        ((USP,), Presence.NOTHING_YET, None, None),
        ((0, 0, None), Presence.LOST, 0, 33),
    ],
)  # fmt: skip
def test_where_somebody_stands(
    minutes: tuple[int | None, ...], verdict: Presence, percent: int | None, best: int | None
) -> None:
    found = standing_of(days(*minutes), required=80, excused=ExcusedDays.LEFT_OUT)
    assert (found.verdict, found.percent, found.best_percent) == (verdict, percent, best)


def test_what_an_excused_day_counts_is_the_projects_to_say() -> None:
    found = {rule: standing_of(days(USP, 360), required=80, excused=rule).percent for rule in ExcusedDays}
    assert found == {ExcusedDays.LEFT_OUT: 100, ExcusedDays.ABSENT: 50, ExcusedDays.PRESENT: 100}
    assert standing_of(days(USP, 360), required=80, excused=ExcusedDays.ABSENT).missed == ()


def test_a_day_that_nobody_entered_is_held_against_nobody() -> None:
    found = standing_of(days(360, None, over=2), required=80, excused=ExcusedDays.LEFT_OUT)
    assert (found.percent, found.not_entered, found.days_left) == (100, (FIRST + timedelta(days=1),), 0)


def test_who_is_warned_and_of_what() -> None:
    below = standing_of(days(360, 0, None, None, None, None), required=80, excused=ExcusedDays.LEFT_OUT)
    risk = standing_of(days(360, 300, None), required=80, excused=ExcusedDays.LEFT_OUT)
    whole = standing_of(days(360, 360, None), required=80, excused=ExcusedDays.LEFT_OUT)
    assert [to_be_warned(below, rule) for rule in Warn] == [False, True, True]
    assert [to_be_warned(risk, rule) for rule in Warn] == [False, False, True]
    assert whole.verdict is risk.verdict is Presence.AT_RISK
    assert not to_be_warned(whole, Warn.AT_RISK), "who was always there missed nothing"
    assert occasion_of(below) == "below-2018-09-23"
    deeper = standing_of(days(360, 0, 0, None, None, None, None), required=50, excused=ExcusedDays.LEFT_OUT)
    assert occasion_of(deeper) == "below-2018-09-24", "at half of the hours, the second absence leads below"
    again = standing_of(days(0, 360, 360, 360, 360, 0, 0, *[None] * 20), required=80, excused=ExcusedDays.LEFT_OUT)
    assert occasion_of(again) == "below-2018-09-27", "having recovered, it is another occasion"


def test_only_what_is_out_of_reach_is_a_ground() -> None:
    for minutes, ground in (((0, 0, None), True), ((0, 0), False), ((0, *[None] * 9), False)):
        assert to_be_struck_off(standing_of(days(*minutes), required=80, excused=ExcusedDays.LEFT_OUT)) is ground


@pytest.mark.parametrize(
    ("given_", "status"),
    [
        ((360, {}), AttendanceStatus.PRESENT),
        ((300, {"late": True}), AttendanceStatus.LATE),
        ((300, {"early": True}), AttendanceStatus.LEFT_EARLY),
        ((240, {"late": True, "early": True}), AttendanceStatus.LATE_AND_LEFT_EARLY),
        ((240, {}), AttendanceStatus.PARTIAL),
        ((0, {}), AttendanceStatus.ABSENT),
        ((0, {"excused": True}), AttendanceStatus.EXCUSED),
    ],
)
def test_the_status_of_a_day(given_: tuple[int, dict[str, bool]], status: AttendanceStatus) -> None:
    assert status_of(given_[0], 360, **given_[1]) is status


entries = st.lists(st.one_of(st.none(), st.just(USP), st.integers(0, 360)), max_size=12)


@given(entries, st.integers(0, 100), st.sampled_from(ExcusedDays))
def test_out_of_reach_is_out_of_reach(minutes: list[int | None], required: int, rule: ExcusedDays) -> None:
    """The verdict agrees with playing the rest: whoever is lost stays below by coming to everything."""
    found = standing_of(days(*minutes), required=required, excused=rule)
    played = standing_of(days(*(360 if one is None else one for one in minutes)), required=required, excused=rule)
    if found.verdict is Presence.LOST:
        assert played.verdict is Presence.UNDECIDED
    if found.verdict in (Presence.BELOW, Presence.MET, Presence.AT_RISK):
        assert played.verdict is Presence.MET


@given(entries, st.integers(0, 100))
def test_the_order_in_which_days_are_told_changes_nothing(minutes: list[int | None], required: int) -> None:
    told = days(*minutes)
    assert standing_of(told, required=required, excused=ExcusedDays.LEFT_OUT) == standing_of(
        told[::-1], required=required, excused=ExcusedDays.LEFT_OUT
    )
