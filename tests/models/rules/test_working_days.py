from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.working_days import (
    add_working_days,
    deadline,
    end_of_day,
    holiday,
    is_working_day,
    working_days_before,
)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2018, 11, 12), "Narodowe Święto Niepodległości - 100-lecie"),  # once, by an act of its own
        (date(2018, 5, 31), "Dzień Bożego Ciała"),
        (date(2018, 12, 25), "Boże Narodzenie (pierwszy dzień)"),
        (date(2025, 12, 24), "Wigilia Bożego Narodzenia"),  # free from 2025
        (date(2018, 12, 24), ""),
        (date(2024, 12, 24), ""),
        (date(2019, 11, 12), ""),
    ],
)
def test_public_holidays_bear_polish_names(day: date, name: str) -> None:
    assert holiday(day) == name
    assert is_working_day(day) is not bool(name)


def test_weekends_are_no_working_days() -> None:
    week = [date(2018, 9, 17) + timedelta(days=n) for n in range(7)]

    assert [is_working_day(day) for day in week] == [True] * 5 + [False] * 2


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2018, 9, 3), 5, date(2018, 9, 10)),
        (date(2018, 9, 7), 1, date(2018, 9, 10)),
        (date(2018, 9, 8), 1, date(2018, 9, 10)),  # from a Saturday
        (date(2018, 11, 9), 1, date(2018, 11, 13)),  # over the weekend of the centenary
        (date(2018, 11, 9), 5, date(2018, 11, 19)),
        (date(2018, 5, 30), 1, date(2018, 6, 1)),  # over Corpus Christi
        (date(2018, 12, 21), 2, date(2018, 12, 27)),  # over Christmas
        (date(2018, 12, 21), 5, date(2019, 1, 2)),
        (date(2018, 9, 3), 0, date(2018, 9, 3)),
        (date(2018, 9, 8), 0, date(2018, 9, 10)),
    ],
)
def test_the_day_of_the_event_does_not_count(start: date, count: int, end: date) -> None:
    assert add_working_days(start, count) == end


@pytest.mark.parametrize(
    ("end", "count", "start"),
    [
        (date(2018, 9, 24), 1, date(2018, 9, 21)),
        (date(2018, 11, 13), 1, date(2018, 11, 9)),
        (date(2018, 6, 1), 2, date(2018, 5, 29)),
        (date(2018, 12, 27), 1, date(2018, 12, 24)),
        (date(2018, 9, 22), 0, date(2018, 9, 21)),
    ],
)
def test_counting_back(end: date, count: int, start: date) -> None:
    assert working_days_before(end, count) == start


DATES = st.dates(date(2018, 1, 1), date(2030, 12, 31))


@given(start=DATES, count=st.integers(1, 40))
def test_as_many_working_days_lie_between_as_were_asked_for(start: date, count: int) -> None:
    end = add_working_days(start, count)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]

    assert is_working_day(end)
    assert sum(map(is_working_day, between)) == count


@given(start=DATES.filter(is_working_day), count=st.integers(0, 40))
def test_counting_back_undoes_counting_on(start: date, count: int) -> None:
    assert working_days_before(add_working_days(start, count), count) == start


def test_a_negative_count_is_a_mistake() -> None:
    for count_days in (add_working_days, working_days_before):
        with pytest.raises(ValueError):
            count_days(date(2018, 9, 3), -1)


def test_a_period_ends_with_the_end_of_its_last_day_in_warsaw() -> None:
    late_in_warsaw = datetime(2018, 9, 2, 22, 30, tzinfo=UTC)  # already Monday the third there

    assert deadline(late_in_warsaw, 5) == end_of_day(date(2018, 9, 10))
    assert end_of_day(date(2018, 9, 10)) == datetime(2018, 9, 10, 21, 59, 59, 999999, tzinfo=UTC)
    assert end_of_day(date(2018, 12, 10)) == datetime(2018, 12, 10, 22, 59, 59, 999999, tzinfo=UTC)
