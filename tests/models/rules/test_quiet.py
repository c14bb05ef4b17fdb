"""Quiet hours: until when a message waits, at night, on free days, and in the nights in which the clock changes."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.quiet import quiet_at, quiet_until
from models.rules.working_days import LOCAL

NIGHT = {"starts": time(20), "ends": time(7)}


def until(text: str, starts: time = time(20), ends: time = time(7), *, free_days: bool = False) -> str:
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=LOCAL) if moment.tzinfo is None else moment
    found = quiet_until(moment, starts=starts, ends=ends, free_days=free_days)
    return found.astimezone(LOCAL).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("written", "leaves"),
    [
        ("2018-06-28T12:00", "2018-06-28T12:00+02:00"),
        ("2018-06-28T19:59", "2018-06-28T19:59+02:00"),
        ("2018-06-28T20:00", "2018-06-29T07:00+02:00"),
        ("2018-06-29T00:30", "2018-06-29T07:00+02:00"),
        ("2018-06-29T06:59", "2018-06-29T07:00+02:00"),
        ("2018-06-29T07:00", "2018-06-29T07:00+02:00"),
    ],
)
def test_a_night_goes_over_midnight(written: str, leaves: str) -> None:
    assert until(written) == leaves


def test_quiet_hours_may_lie_within_a_day() -> None:
    assert until("2018-06-28T12:30", time(12), time(13)) == "2018-06-28T13:00+02:00"
    assert until("2018-06-28T13:30", time(12), time(13)) == "2018-06-28T13:30+02:00"


def test_quiet_free_days_end_with_the_night_after_them() -> None:
    """Friday evening, 9 November 2018; Monday the 12th was a holiday, that once."""
    assert until("2018-11-09T21:00", free_days=True) == "2018-11-13T07:00+01:00"
    assert until("2018-11-09T21:00") == "2018-11-10T07:00+01:00"
    assert until("2018-11-10T12:00", free_days=True) == "2018-11-13T07:00+01:00"


def test_the_night_of_march_is_an_hour_shorter() -> None:
    assert until("2018-03-24T22:00") == "2018-03-25T07:00+02:00"
    # The clock goes from 1:59 to 3:00: a silence until 2:30 ends when 2:30 would have been.
    assert until("2018-03-25T01:00", time(23), time(2, 30)) == "2018-03-25T03:30+02:00"


def test_the_night_of_october_has_an_hour_twice() -> None:
    assert until("2018-10-27T22:00") == "2018-10-28T07:00+01:00"
    assert until("2018-10-28T01:00+02:00", time(23), time(2, 30)) == "2018-10-28T02:30+02:00"
    # Shown the second time, the hour is quiet again, and ends again.
    assert until("2018-10-28T02:10+01:00", time(23), time(2, 30)) == "2018-10-28T02:30+01:00"


def test_a_silence_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="never end"):
        quiet_until(datetime(2018, 6, 28, tzinfo=UTC), starts=time(7), ends=time(7), free_days=False)


HOURS = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))
SPANS = (("2018-03-23", 4), ("2018-10-26", 4), ("2018-01-01", 700))
MOMENTS = st.sampled_from(SPANS).flatmap(
    lambda span: st.integers(0, span[1] * 24 * 60).map(
        lambda minutes: datetime.fromisoformat(span[0]).replace(tzinfo=UTC) + timedelta(minutes=minutes)
    )
)
"""Any minute, those about a change of the clock as often as all others."""


@given(MOMENTS, HOURS, HOURS, st.booleans())
def test_a_message_leaves_at_the_first_minute_that_is_not_quiet(
    moment: datetime, starts: time, ends: time, free_days: bool
) -> None:
    if starts == ends:
        return
    found = quiet_until(moment, starts=starts, ends=ends, free_days=free_days)
    quarter = moment
    while quiet_at(quarter, starts=starts, ends=ends, free_days=free_days):
        quarter += timedelta(minutes=1)
    assert found == quarter
