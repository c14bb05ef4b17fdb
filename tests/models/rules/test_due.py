"""What is due: the right reminder on the right working day, and never two at once."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.due import Due, due_after, due_before
from models.rules.working_days import is_working_day

TUESDAY = date(2018, 7, 3)
DAYS = st.dates(date(2017, 1, 1), date(2019, 12, 31))


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2018, 6, 28), None),
        (date(2018, 6, 29), Due(1, date(2018, 6, 29))),  # Friday: two working days before Tuesday
        (date(2018, 6, 30), Due(1, date(2018, 6, 29))),
        (TUESDAY, Due(1, date(2018, 6, 29))),
        (date(2018, 7, 4), None),
    ],
)
def test_one_reminder_two_working_days_before_a_deadline(today: date, due: Due | None) -> None:
    assert due_before(TUESDAY, offset=2, times=1, today=today) == due


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2018, 9, 5), None),
        (date(2018, 9, 6), Due(1, date(2018, 9, 6))),  # three working days after Monday, 3 September
        (date(2018, 9, 10), Due(1, date(2018, 9, 6))),
        (date(2018, 9, 11), Due(2, date(2018, 9, 11))),
        (date(2018, 12, 1), Due(2, date(2018, 9, 11))),
    ],
)
def test_two_reminders_three_working_days_apart_after_an_invitation(today: date, due: Due | None) -> None:
    assert due_after(date(2018, 9, 3), offset=3, times=2, today=today) == due


def test_the_day_before_a_meeting_on_saturday_is_friday() -> None:
    assert due_before(date(2018, 9, 22), offset=1, times=1, today=date(2018, 9, 21)) == Due(1, date(2018, 9, 21))


def test_holidays_are_stepped_over() -> None:
    """1 and 3 May 2018 were holidays: two working days before Friday the 4th is Monday, 30 April."""
    assert due_before(date(2018, 5, 4), offset=2, times=1, today=date(2018, 4, 27)) is None
    assert due_before(date(2018, 5, 4), offset=2, times=1, today=date(2018, 4, 30)) == Due(1, date(2018, 4, 30))


def test_of_three_before_a_deadline_the_last_is_the_nearest() -> None:
    deadline = date(2018, 6, 29)
    fallen = [due_before(deadline, offset=1, times=3, today=date(2018, 6, day)) for day in (25, 26, 27, 28, 29)]
    assert [due.nth if due else 0 for due in fallen] == [0, 1, 2, 3, 3]


@given(DAYS, st.integers(1, 10), st.integers(1, 10), DAYS)
def test_what_is_due_has_fallen_due_on_a_working_day(anchor: date, offset: int, times: int, today: date) -> None:
    for due in (
        due_before(anchor, offset=offset, times=times, today=today),
        due_after(anchor, offset=offset, times=times, today=today),
    ):
        if due is not None:
            assert due.on <= today
            assert is_working_day(due.on)
            assert 1 <= due.nth <= times


@given(DAYS, st.integers(1, 5), st.integers(1, 5))
def test_who_asks_every_day_meets_every_reminder_in_order(anchor: date, offset: int, times: int) -> None:
    for count, first in ((due_before, anchor - timedelta(days=60)), (due_after, anchor)):
        asked = (count(anchor, offset=offset, times=times, today=first + timedelta(days=day)) for day in range(61))
        met = list(dict.fromkeys(due.nth for due in asked if due is not None))
        assert met == list(range(1, times + 1))


@given(DAYS, st.integers(1, 5), st.integers(1, 5), st.integers(0, 90))
def test_nothing_is_due_once_the_date_has_passed(anchor: date, offset: int, times: int, late: int) -> None:
    assert due_before(anchor, offset=offset, times=times, today=anchor + timedelta(days=late + 1)) is None
