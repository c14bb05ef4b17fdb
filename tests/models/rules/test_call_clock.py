"""The clock of a call: days on which a candidate is waited for do not count."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.call_clock import CallClock, Wait, call_clock
from models.rules.working_days import add_working_days, is_working_day

CLOSED = date(2018, 6, 22)  # a Friday; five working days later is Friday, the 29th
LATER = date(2018, 8, 1)


def june(since: int, until: int | None) -> Wait:
    return Wait(date(2018, 6, since), None if until is None else date(2018, 6, until))


@pytest.mark.parametrize(
    ("waits", "due", "stood"),
    [
        pytest.param([], date(2018, 6, 29), 0, id="nobody is waited for"),
        pytest.param([june(11, 22)], date(2018, 6, 29), 0, id="over before the close"),
        pytest.param([june(18, 25)], date(2018, 7, 2), 1, id="one day after the close"),
        pytest.param([june(25, 27)], date(2018, 7, 4), 3, id="both ends do not count"),
        pytest.param([june(25, 26), june(26, 27)], date(2018, 7, 4), 3, id="two at once stop it once"),
        pytest.param([june(23, 24)], date(2018, 6, 29), 0, id="a weekend stops nothing"),
        pytest.param([Wait(date(2018, 7, 2), date(2018, 7, 9))], date(2018, 6, 29), 0, id="asked when it had run out"),
        pytest.param([june(28, 28), Wait(date(2018, 7, 2), date(2018, 7, 2))], date(2018, 7, 3), 2, id="moved into it"),
    ],
)
def test_the_due_day_moves_by_the_days_that_stood_still(waits: Sequence[Wait], due: date, stood: int) -> None:
    assert call_clock(CLOSED, 5, waits, LATER) == CallClock(due, stood, stands=False)


def test_an_open_request_counts_up_to_today() -> None:
    waits = [june(21, None)]
    assert call_clock(CLOSED, 5, waits, date(2018, 6, 22)) == CallClock(date(2018, 6, 29), 0, stands=False)
    assert call_clock(CLOSED, 5, waits, date(2018, 6, 25)) == CallClock(date(2018, 7, 2), 1, stands=True)
    assert call_clock(CLOSED, 5, waits, date(2018, 6, 28)) == CallClock(date(2018, 7, 5), 4, stands=True)


def test_verification_takes_a_day_at_least() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        call_clock(CLOSED, 0, [], LATER)


DAYS = st.dates(date(2018, 5, 1), date(2018, 9, 30))
WAITS = st.lists(
    st.builds(lambda since, days: Wait(since, since + timedelta(days)), DAYS, st.integers(0, 20)), max_size=6
)


@given(st.integers(1, 15), WAITS)
def test_as_many_days_count_as_the_project_says(days: int, waits: list[Wait]) -> None:
    clock = call_clock(CLOSED, days, waits, date(2019, 1, 1))
    working = [day for n in range((clock.due - CLOSED).days) if is_working_day(day := CLOSED + timedelta(n + 1))]
    waited = [day for day in working if any(wait.since <= day <= (wait.until or day) for wait in waits)]
    assert (len(working), len(waited)) == (days + clock.stood, clock.stood)
    assert clock.due not in waited
    assert clock.due == add_working_days(CLOSED, days + clock.stood)


@given(st.integers(1, 15), WAITS, st.builds(Wait, DAYS, DAYS))
def test_one_more_request_never_brings_the_due_day_nearer(days: int, waits: list[Wait], one: Wait) -> None:
    today = date(2019, 1, 1)
    assert call_clock(CLOSED, days, [*waits, one], today).due >= call_clock(CLOSED, days, waits, today).due
