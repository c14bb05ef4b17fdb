"""A series unfolds into the days that its words say, begins with its first day, and never into a flood."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.series import EXAMPLES, LONGEST, Monthly, SeriesFaulty, Weekly, first_days, repeat_in

SATURDAY = date(2018, 9, 15)


@pytest.mark.parametrize(
    ("text", "repeat"),
    [
        ("co tydzień", Weekly(1)),
        ("Co 2 tygodnie", Weekly(2)),
        ("co 5 tygodni", Weekly(5)),
        ("co miesiąc", Monthly()),
        ("3. sobota miesiąca", Monthly(3, 5)),
        ("trzecia sobota miesiąca", Monthly(3, 5)),
        ("ostatni piątek  miesiąca.", Monthly(-1, 4)),
        ("1 poniedziałek miesiąca", Monthly(1, 0)),
    ],
)
def test_the_words_of_an_officer(text: str, repeat: Weekly | Monthly) -> None:
    assert repeat_in(text) == repeat


@pytest.mark.parametrize("text", ["co trzecia sobota", "co 0 tygodni", "5. sobota miesiąca", "codziennie", "", "3."])
def test_what_can_mean_two_things_or_none_is_refused_with_examples(text: str) -> None:
    with pytest.raises(SeriesFaulty, match="Można wpisać na przykład: „co tydzień”"):
        repeat_in(text)


def test_every_example_is_understood() -> None:
    assert len({repr(repeat_in(example)) for example in EXAMPLES}) == len(EXAMPLES)


def test_the_third_saturday_of_each_month() -> None:
    days = first_days(Monthly(3, 5), SATURDAY, date(2018, 12, 31), without=[date(2018, 11, 17)])
    assert days == (SATURDAY, date(2018, 10, 20), date(2018, 12, 15))


def test_the_last_friday_over_the_turn_of_the_year() -> None:
    days = first_days(Monthly(-1, 4), date(2018, 11, 30), date(2019, 2, 28))
    assert days == (date(2018, 11, 30), date(2018, 12, 28), date(2019, 1, 25), date(2019, 2, 22))


@pytest.mark.parametrize(
    ("repeat", "first", "until", "without", "said"),
    [
        (Monthly(3, 5), date(2018, 9, 22), date(2018, 12, 1), (), "22.09.2018, sobota"),
        (Monthly(), date(2018, 1, 31), date(2018, 12, 1), (), "Dnia 31. nie ma w każdym miesiącu"),
        (Weekly(1), SATURDAY, date(2018, 9, 1), (), "kończy się wcześniej"),
        (Weekly(1), SATURDAY, date(2018, 9, 20), (), "co najmniej dwa"),
        (Weekly(1), SATURDAY, date(2018, 9, 22), (SATURDAY,), "co najmniej dwa"),
        (Weekly(1), SATURDAY, date(2028, 9, 22), (), "najwyżej 60"),
        (Weekly(1), SATURDAY, date(2018, 9, 29), (date(2018, 9, 23),), "nie ma spotkania, które można pominąć: 23.09"),
    ],
)
def test_a_series_that_cannot_be_meant(
    repeat: Weekly | Monthly, first: date, until: date, without: tuple[date, ...], said: str
) -> None:
    with pytest.raises(SeriesFaulty, match=said):
        first_days(repeat, first, until, without=without)


REPEATS = st.one_of(
    st.builds(Weekly, st.integers(1, 6)),
    st.just(Monthly()),
    st.builds(Monthly, st.sampled_from([1, 2, 3, 4, -1]), st.integers(0, 6)),
)


@given(REPEATS, st.dates(date(2018, 1, 1), date(2026, 12, 31)), st.integers(0, 900))
def test_days_of_a_series_are_what_its_rule_says(repeat: Weekly | Monthly, first: date, length: int) -> None:
    until = first + timedelta(days=length)
    try:
        days = first_days(repeat, first, until)
    except SeriesFaulty:
        return
    assert days[0] == first
    assert list(days) == sorted(set(days))
    assert days[-1] <= until
    assert 2 <= len(days) <= LONGEST
    for before, after in pairwise(days):
        if isinstance(repeat, Weekly):
            assert (after - before).days == 7 * repeat.weeks
        else:
            assert (after.year - before.year) * 12 + after.month - before.month == 1
            assert after.day == before.day if repeat.weekday is None else after.weekday() == repeat.weekday
            if repeat.nth == -1:
                assert (after + timedelta(days=7)).month != after.month
            elif repeat.nth is not None:
                assert (after.day - 1) // 7 + 1 == repeat.nth
    # Nothing is left out at the end either: the next one would be too late.
    following = first_days(repeat, first, until + timedelta(days=45)) if len(days) < LONGEST - 45 else ()
    assert all(day > until for day in following[len(days) :])
