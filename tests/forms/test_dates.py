"""Dates in the usual Polish spellings are read, and doubtful ones asked for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typed_answers import AMBIGUOUS, BLANK, READ, UNREADABLE, outcome

from forms.outcome import Outcome
from models.rules.facts import FieldStatus


@pytest.mark.parametrize(
    "typed",
    ["12.03.1985", "12.3.1985 r.", "12-03-1985", "12/03/1985", "12 03 1985", "1985-03-12", "1985.03.12",
     "12 marca 1985 r.", "12 marca 1985 roku", "12 Marzec 1985", "12 III 1985", "12.III.1985r.", "12031985",
     "wtorek, 12 marca 1985", "12.03.1985, Kartuzy", "dn. 12.03.1985", "dnia 12 marca 1985 r.", "12 mar 1985",
     "12.III.1985 r.", "12. 03. 1985", "12 MARCA 1985", "1985 marca 12", "ur. 12-III-1985", "12.03.1985r",
     "12–03–1985"],
)  # fmt: skip
def test_dates_in_polish_spellings(typed: str) -> None:
    assert outcome("data_urodzenia", typed) == Outcome(READ, "1985-03-12")


@pytest.mark.parametrize(
    ("typed", "status", "code"),
    [
        ("31.02.1985", UNREADABLE, "date"),
        ("w marcu", UNREADABLE, "date"),
        ("12.03.85", AMBIGUOUS, "date_short_year"),
        ("12.3.85", AMBIGUOUS, "date_short_year"),
        ("12 marca 85", AMBIGUOUS, "date_short_year"),
        ("dwunasty marca", UNREADABLE, "date"),
        ("29.02.1985", UNREADABLE, "date"),
        ("12.13.1985", UNREADABLE, "date"),
        ("00.03.1985", UNREADABLE, "date"),
        ("32 stycznia 1985", UNREADABLE, "date"),
        ("1985", UNREADABLE, "date"),
        ("12.03.1885", AMBIGUOUS, "birth_date_implausible"),
        ("12.03.2185", AMBIGUOUS, "birth_date_implausible"),
        ("12.03.1985 lub 13.03.1985", AMBIGUOUS, "date_several"),
    ],
)
def test_doubtful_dates_are_asked_for(typed: str, status: FieldStatus, code: str) -> None:
    result = outcome("data_urodzenia", typed)
    assert (result.status, result.reason_code, result.value) == (status, code, None)


def test_the_shown_date_counts_and_the_hidden_one_only_helps() -> None:
    assert outcome("data_urodzenia", "12.03.1985", hidden="1999-01-01").value == "1985-03-12"
    assert outcome("data_urodzenia", "wtorek", hidden="1999-01-01").value == "1999-01-01"
    assert outcome("data_urodzenia", "31.02.1985", hidden="1999-01-01").status == UNREADABLE
    assert outcome("data_urodzenia", "", hidden="1999-01-01").status == BLANK


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day: object) -> None:
    iso = str(day)
    assert outcome("data_urodzenia", iso).value == iso
