"""Prompts and dotted lines are no answer, and what was written on them is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typed_answers import BLANK, READ, of_type, outcome

from forms.blank_marks import PLACEHOLDERS
from forms.filler import without_filler
from forms.gathering import Found
from forms.normalise import normalise
from forms.outcome import Outcome


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "………", "......", "______", "_ _ _", "-", "—", "\u2002\u2002\u2002", "proszę wpisać…", "proszę wpisać",
     "Kliknij lub naciśnij tutaj, aby wprowadzić tekst."],
)  # fmt: skip
def test_what_was_printed_is_no_answer(typed: str) -> None:
    assert outcome("imie", typed).status == BLANK
    assert outcome("imie", typed).reason_code == "required_blank"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("……… Anna ………", "Anna"),
        ("Anna........", "Anna"),
        ("  Anna\u00a0 Maria ", "Anna Maria"),
        ("proszę wpisać…Anna", "Anna"),
        ("Sp. z o.o.", "Sp. z o.o."),
        ("ul. Długa 5 m. 7", "ul. Długa 5 m. 7"),
        ("d'Arc-Łącka", "d'Arc-Łącka"),
        ("Z\u0307ółw", "Żółw"),
    ],
)
def test_text_is_kept_as_written_without_the_dots_around_it(typed: str, value: str) -> None:
    assert outcome("imie", typed) == Outcome(READ, value)


@given(st.text(alphabet=" .…_-–—\t\u00a0", max_size=40))
def test_fillers_alone_are_never_an_answer(text: str) -> None:
    assert without_filler(text) == ""


def test_no_placeholder_is_an_answer_to_its_own_question() -> None:
    for leaf_type, prompt in PLACEHOLDERS.items():
        leaf = of_type(leaf_type)
        assert normalise(leaf, Found(prompt, (), "", "", "", 100)).status == BLANK
