"""What is due: the right reminder on the right day, moved off free days, and never two at once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.due import Due, FreeDay, Timing, Unit, due, falls
from models.rules.working_days import LOCAL, end_of_day, is_working_day

TUESDAY = date(2018, 7, 3)
DAYS = st.dates(date(2017, 1, 1), date(2019, 12, 31))
TIMINGS = st.builds(
    Timing,
    before=st.booleans(),
    offset=st.integers(1, 10),
    unit=st.sampled_from(Unit),
    times=st.integers(1, 5),
    spacing=st.none() | st.integers(1, 10),
    at=st.sampled_from((time(7), time(8), time(15, 30))),
    free_day=st.sampled_from(FreeDay),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def asked(day: date, anchor: date, timing: Timing) -> Due | None:
    """Asked at noon; the date is that of a deadline, which ends with its day."""
    return due(end_of_day(anchor), timing, now=datetime.combine(day, time(12), LOCAL))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2018, 6, 28), None),
        (date(2018, 6, 29), Due(1, date(2018, 6, 29))),  # Friday: two working days before Tuesday
        (date(2018, 6, 30), None),
        (date(2018, 7, 2), Due(1, date(2018, 6, 29))),
        (TUESDAY, Due(1, date(2018, 6, 29))),
        (date(2018, 7, 4), None),
    ],
)
def test_one_reminder_two_working_days_before_a_deadline(today: date, expected: Due | None) -> None:
    assert asked(today, TUESDAY, Timing(before=True, offset=2)) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2018, 9, 5), None),
        (date(2018, 9, 6), Due(1, date(2018, 9, 6))),  # three working days after Monday, 3 September
        (date(2018, 9, 10), Due(1, date(2018, 9, 6))),
        (date(2018, 9, 11), Due(2, date(2018, 9, 11))),
        (date(2018, 11, 30), Due(2, date(2018, 9, 11))),
    ],
)
def test_two_reminders_three_working_days_apart_after_an_invitation(today: date, expected: Due | None) -> None:
    assert asked(today, date(2018, 9, 3), Timing(before=False, offset=3, times=2)) == expected


def test_the_day_before_a_meeting_on_saturday_is_friday() -> None:
    friday = date(2018, 9, 21)
    assert asked(friday, date(2018, 9, 22), Timing(before=True, offset=1)) == Due(1, friday)
    assert asked(friday, date(2018, 9, 22), Timing(before=True, offset=1, unit=Unit.DAYS)) == Due(1, friday)


def test_holidays_are_stepped_over() -> None:
    """1 and 3 May 2018 were holidays: two working days before Friday the 4th is Monday, 30 April."""
    timing = Timing(before=True, offset=2)
    assert asked(date(2018, 4, 27), date(2018, 5, 4), timing) is None
    assert asked(date(2018, 4, 30), date(2018, 5, 4), timing) == Due(1, date(2018, 4, 30))


def test_of_three_before_a_deadline_the_last_is_the_nearest() -> None:
    timing = Timing(before=True, offset=1, times=3)
    fallen = [asked(date(2018, 6, day), date(2018, 6, 29), timing) for day in (25, 26, 27, 28, 29)]
    assert [one.nth if one else 0 for one in fallen] == [0, 1, 2, 3, 3]


def test_spacing_is_counted_between_reminders() -> None:
    """The last comes one working day before, two more come five apart before it."""
    days = [one.astimezone(LOCAL).date() for one in falls(at("2018-06-29T12:00"), Timing(True, 1, times=3, spacing=5))]
    assert days == [date(2018, 6, 14), date(2018, 6, 21), date(2018, 6, 28)]
    after = falls(at("2018-06-01T12:00"), Timing(False, 2, times=2, spacing=1))
    assert [one.astimezone(LOCAL).date() for one in after] == [date(2018, 6, 5), date(2018, 6, 6)]


@pytest.mark.parametrize(
    ("free_day", "day"),
    [(FreeDay.PREVIOUS, "2018-06-22"), (FreeDay.NEXT, "2018-06-25"), (FreeDay.KEEP, "2018-06-23")],
)
def test_a_reminder_on_a_saturday_moves_as_the_rule_says(free_day: FreeDay, day: str) -> None:
    timing = Timing(before=False, offset=2, unit=Unit.DAYS, free_day=free_day)
    assert falls(at("2018-06-21T12:00"), timing) == [at(f"{day}T08:00").astimezone(UTC)]


def test_hours_before_a_meeting_on_saturday() -> None:
    timing = Timing(before=True, offset=2, unit=Unit.HOURS, free_day=FreeDay.KEEP)
    start = at("2018-09-22T09:00")
    assert due(start, timing, now=at("2018-09-22T06:59")) is None
    assert due(start, timing, now=at("2018-09-22T07:00")) == Due(1, date(2018, 9, 22))
    assert due(start, timing, now=at("2018-09-22T09:01")) is None
    moved = Timing(before=True, offset=2, unit=Unit.HOURS, free_day=FreeDay.PREVIOUS)
    assert falls(start, moved) == [at("2018-09-21T07:00").astimezone(UTC)]


def test_a_day_of_hours_is_twenty_four_of_them_when_the_clock_changes() -> None:
    timing = Timing(before=True, offset=24, unit=Unit.HOURS, free_day=FreeDay.KEEP)
    assert falls(at("2018-10-28T09:00"), timing) == [at("2018-10-27T10:00").astimezone(UTC)]


def test_nothing_leaves_before_its_hour_not_even_what_was_missed() -> None:
    timing = Timing(before=False, offset=1, at=time(9, 30))
    assert due(at("2018-06-04T12:00"), timing, now=at("2018-06-07T09:29")) is None
    assert due(at("2018-06-04T12:00"), timing, now=at("2018-06-07T09:30")) == Due(1, date(2018, 6, 5))


@given(DAYS, TIMINGS, st.integers(-40, 40), st.integers(0, 23))
def test_what_is_due_has_fallen_due_and_on_a_working_day_unless_the_rule_says_so(
    anchor: date, timing: Timing, later: int, hour: int
) -> None:
    now = datetime.combine(anchor + timedelta(days=later), time(hour), LOCAL)
    found = due(end_of_day(anchor), timing, now=now)
    if found is not None:
        assert found.on <= now.date()
        assert 1 <= found.nth <= timing.times
        if timing.free_day is not FreeDay.KEEP:
            assert is_working_day(found.on)
            assert is_working_day(now.date())
        if timing.unit is not Unit.HOURS:
            assert now.time() >= timing.at


@given(DAYS, TIMINGS.filter(lambda one: one.unit is Unit.WORKING_DAYS))
def test_who_asks_every_day_meets_every_reminder_in_order(anchor: date, timing: Timing) -> None:
    days = [anchor + timedelta(days=n) for n in range(-90, 100)]
    moments = [datetime.combine(day, time(16), LOCAL) for day in days]
    found = [due(end_of_day(anchor), timing, now=now) for now in moments]
    assert list(dict.fromkeys(one.nth for one in found if one)) == list(range(1, timing.times + 1))


@given(DAYS, TIMINGS.filter(lambda one: one.before), st.integers(0, 90))
def test_nothing_is_due_once_the_date_has_passed(anchor: date, timing: Timing, late: int) -> None:
    now = datetime.combine(anchor + timedelta(days=late + 1), time(16), LOCAL)
    assert due(end_of_day(anchor), timing, now=now) is None
