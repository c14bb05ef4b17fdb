"""What is written of a day's presence: each spelling has one meaning, and what may mean two things is asked."""

from datetime import time
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.attended_hours import Attended, DayHours, Doubt, read_hours, written

DAY = DayHours(time(8, 30), time(15, 0))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        *[(text, 330) for text in ("8:30–14:00", "8.30 - 14.00", "8³⁰–14⁰⁰", "8 30—14 00", "0830-1400")],
        *[(text, 330) for text in ("od 8:30 do 14:00", "OD GODZ. 8:30 DO GODZ. 14:00", "5,5", "5.5 h", "5h30")],
        *[(text, 330) for text in ("5 h 30 min", "330 min", "5 godz. 30 min.", "5.50 h", "8:30-12, 13-15:00")],
        *[(text, 360) for text in ("6 h", "6", "6h", "6 godz.", "6,0", "9-15", "spóźn. 30 min", "od 9:00")],
        *[(text, 345) for text in ("5,75", "spóźnienie 45 minut", "sp. 45 min", "od 9:15")],
        *[(text, 270) for text in ("do 13:00", "wyszła o 13:00", "wyjście 13:00", "4,5 h")],
        *[(text, 390) for text in ("cały dzień", "Tak", "obecna", "ob.", "✓", "8:30–15:00", "6,5")],
        *[(text, 0) for text in ("nieob.", "Nieobecna", "nb", "nie", "—", "-", "0", "brak", "nie było")],
    ],
)  # fmt: skip
def test_a_spelling_has_one_meaning(text: str, minutes: int) -> None:
    said = read_hours(text, DAY)
    assert isinstance(said, Attended), said
    assert (said.minutes, said.excused) == (minutes, False)


@pytest.mark.parametrize(
    "text",
    [
        *("5:30", "9:30", "5,30", "5,33", "1", "7", "360", "x", "X", "14-9", "8:00–15:00", "25-26", "urlop", "0:99-1"),
        *("8-9, 8:45-10", "usp. 2 h", "spóźn.", "400 min", "spóźn. 400 min", "?" * 300, "=1+1", "8:30"),
    ],
)
def test_what_may_mean_two_things_is_asked(text: str) -> None:
    assert isinstance(read_hours(text, DAY), Doubt)


@pytest.mark.parametrize("text", ["", "   ", "……", "____", ". . ."])
def test_nothing_says_nothing(text: str) -> None:
    assert read_hours(text, DAY) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *(("usp.", ""), ("usp. choroba", "choroba"), ("nieob. usp. (pogrzeb)", "pogrzeb"), ("Usprawiedliwiona", "")),
        *(("USPR: Sąd", "Sąd"), ("usprawiedliwiona nieobecność", ""), ("usp., urlop", "urlop")),
    ],
)
def test_an_excused_absence_keeps_its_reason(text: str, reason: str) -> None:
    said = read_hours(text, DAY)
    assert isinstance(said, Attended)
    assert (said.minutes, said.excused, said.reason) == (0, True, reason)


def test_late_and_early_are_known_by_the_clock() -> None:
    for text, arrived, left in (("9:15–15:00", time(9, 15), time(15)), ("wyszedł 12:00", time(8, 30), time(12))):
        said = read_hours(text, DAY)
        assert isinstance(said, Attended)
        assert (said.arrived, said.left) == (arrived, left)


clock = st.builds(lambda minute: time(minute // 60, minute % 60), st.integers(8 * 60 + 30, 15 * 60))


@given(clock, clock)
def test_what_is_written_is_read_back(one: time, other: time) -> None:
    arrived, left = sorted((one, other))
    minutes = left.hour * 60 + left.minute - arrived.hour * 60 - arrived.minute
    for known in (Attended(minutes, "", arrived, left), Attended(minutes, "")):
        said = read_hours(written(known, DAY), DAY)
        assert isinstance(said, Attended)
        assert said.minutes == minutes


@settings(max_examples=60)
@given(st.text(st.sampled_from("0123456789:.,-– hmin odusprgzTAK()½³⁰\u00a0"), max_size=40))
def test_no_text_breaks_it_and_no_day_is_longer_than_it_was(text: str) -> None:
    said = read_hours(text, DAY)
    if isinstance(said, Attended):
        assert 0 <= said.minutes <= DAY.length


@pytest.mark.parametrize("piece", ["9-10,", "usp. ", "od 9 do ", "1 h ", "-", "9:00-", "nieob. usp ", "8 30 ", "; "])
def test_no_text_takes_long(piece: str) -> None:
    started = process_time()
    read_hours(piece * (200 // len(piece)), DAY)
    assert process_time() - started < 0.5
