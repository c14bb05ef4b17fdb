"""Time as the program sees it: played forward only, shown in Warsaw, kept in UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest

from flows.adapters.clock import WARSAW, PlayedClock, SystemClock, clock_for, playing, warsaw, warsaw_date

NOON = datetime(2018, 6, 1, 12, 0, tzinfo=WARSAW)


def test_a_played_clock_stands_still_until_it_is_moved() -> None:
    clock = PlayedClock(NOON)
    assert clock.now() == clock.now() == NOON
    assert clock.now().utcoffset() == timedelta(0)
    clock.move_to(NOON + timedelta(days=1))
    assert clock.now() == NOON + timedelta(days=1)


def test_a_played_clock_does_not_run_backwards() -> None:
    clock = PlayedClock(NOON)
    with pytest.raises(ValueError, match="backwards"):
        clock.move_to(NOON - timedelta(seconds=1))


def test_the_computers_clock_gives_an_aware_time_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= SystemClock().now() <= datetime.now(UTC)
    assert SystemClock().now().tzinfo is UTC


def test_whoever_asks_while_a_clock_is_played_gets_the_played_one() -> None:
    outer, inner = PlayedClock(NOON), PlayedClock(NOON + timedelta(days=9))
    with playing(outer):
        assert clock_for(None) is outer
        assert clock_for(NOON) is outer
        with pytest.raises(ZeroDivisionError), playing(inner):
            assert clock_for(None) is inner
            raise ZeroDivisionError
        assert clock_for(None) is outer
    assert isinstance(clock_for(None), SystemClock)


def test_a_stopped_clock_of_the_settings_stands_where_they_say() -> None:
    assert clock_for(NOON).now() == NOON


def test_the_day_in_warsaw_is_not_the_day_in_utc() -> None:
    late = datetime(2018, 6, 30, 22, 30, tzinfo=UTC)
    assert warsaw_date(late) == date(2018, 7, 1)
    assert warsaw(late).isoformat() == "2018-07-01T00:30:00+02:00"
    winter = datetime(2018, 12, 31, 22, 30, tzinfo=UTC)
    assert warsaw_date(winter) == date(2018, 12, 31)
