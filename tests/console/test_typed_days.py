"""Days, hours and moments as officers type them: as the program prints them, too."""

from datetime import date, datetime, time, timedelta

import pytest

from console.typed_days import day_of, moment_of, time_of_day
from flows.adapters.clock import WARSAW
from models.errors import BadInput

FIRST = date(2018, 10, 1)


@pytest.mark.parametrize(
    "text",
    ["2018-10-01", "2018-10-1", "20181001", "1.10.2018", "01.10.2018 r.", " 1/10/2018 ", "1 października 2018 r.",
     "1 PAŹDZIERNIKA 2018", "1\u00a0października 2018"],
)  # fmt: skip
def test_a_day_as_it_is_written_in_poland(text: str) -> None:
    assert day_of(text) == FIRST


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wczoraj", "„wczoraj” nie jest datą. Wzór: 2018-09-22 albo 22.09.2018."),
        ("1.10.18", "nie jest datą"),
        ("1 smutnia 2018", "nie jest datą"),
        ("2018-13-40", "nie ma takiego dnia"),
        ("31.02.2018", "nie ma takiego dnia"),
        ("1018-04-21", "rok 1018 wygląda na pomyłkę"),
        ("9999-12-31", "rok 9999 wygląda na pomyłkę"),
        ("", "nie jest datą"),
    ],
)
def test_another_day_is_refused_with_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        day_of(text)


@pytest.mark.parametrize("text", ["16:05", "16.05", " 16:05 ", "16:05:00"])
def test_an_hour(text: str) -> None:
    assert time_of_day(text) == time(16, 5)


@pytest.mark.parametrize("text", ["25:00", "16:60", "popołudniu", "", "16:05:30"])
def test_no_hour(text: str) -> None:
    with pytest.raises(BadInput, match="godzin"):
        time_of_day(text)


@pytest.mark.parametrize(
    "text",
    ["2018-06-04T08:00", "2018-06-04 08:00", "4.06.2018 8:00", "04.06.2018, 8.00", "4 czerwca 2018 r., godz. 8:00"],
)
def test_a_moment_is_by_the_clock_in_warsaw(text: str) -> None:
    assert moment_of(text) == datetime(2018, 6, 4, 8, tzinfo=WARSAW)


def test_a_moment_may_name_its_zone_and_a_day_alone_is_its_beginning() -> None:
    assert moment_of("2018-06-04T08:00+00:00").utcoffset() == timedelta(0)
    assert moment_of("2018-06-04") == moment_of("4.06.2018") == datetime(2018, 6, 4, tzinfo=WARSAW)


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_moment_that_nothing_can_be_reckoned_from_is_a_slip(text: str) -> None:
    with pytest.raises(BadInput, match="wygląda na pomyłkę"):
        moment_of(text)


@pytest.mark.parametrize("text", ["dzisiaj", "8:00", "31.02.2018 8:00", "4.06.2018 25:00"])
def test_no_moment(text: str) -> None:
    with pytest.raises(BadInput, match="nie jest czasem"):
        moment_of(text)
