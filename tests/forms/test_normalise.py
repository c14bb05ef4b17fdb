"""From words to values: usual Polish spellings are understood, doubts are named and never resolved in silence."""

import pytest
from form_filling import EVERY_TYPE
from hypothesis import given
from hypothesis import strategies as st
from typed_answers import BLANK, READ, UNREADABLE, of_type, outcome, typed_into

from forms.gathering import Found
from forms.normalise import normalise
from forms.outcome import Outcome
from models.form_definition import Leaf, LeafType


def test_long_text_keeps_its_lines() -> None:
    assert outcome("motywacja", "raz\n\n  dwa  ").value == "raz\ndwa"


@pytest.mark.parametrize(
    ("key", "typed", "code"),
    [
        ("pesel", "02611210086", "pesel_checksum"),
        ("email", "imie at example.pl", "email"),
        ("telefon", "nie pamiętam", "phone"),
        ("adres.kod", "osiem trzy", "postcode"),
        ("adres.gmina", "Nigdziebądź", "gmina_unknown"),
        ("instytucja.nip", "7781346889", "nip_checksum"),
        ("plec", "nie powiem", "choice_unknown"),
        ("osw_prawda", "może", "box_text"),
        ("telefon", "6" * 2_000, "too_long"),
    ],
)
def test_what_cannot_be_read_says_why_with_an_example_and_without_the_value(key: str, typed: str, code: str) -> None:
    result = outcome(key, typed)
    assert (result.status, result.reason_code, result.value) == (UNREADABLE, code, None)
    assert typed not in result.reason
    assert "Proszę" in result.reason or "na przykład" in result.reason


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("kowalska-nowak", "Kowalska-Nowak"),
        ("……ŻÓŁĆ……", "Żółć"),
        ("de la Cruz", "de la Cruz"),
        ("ANNA MARIA", "Anna Maria"),
        ("imie", "Imie"),
    ],
)
def test_a_name_is_spelt_with_its_capitals(typed: str, value: str) -> None:
    assert typed_into(LeafType.NAME, typed) == Outcome(READ, value)


def test_what_is_no_name_is_asked_for() -> None:
    result = typed_into(LeafType.NAME, "Anna 600100200")
    assert (result.status, result.reason_code) == (UNREADABLE, "name")
    assert "600100200" not in result.reason


@given(st.sampled_from([*EVERY_TYPE.leaves, *map(of_type, LeafType)]), st.text(max_size=80))
def test_any_text_has_an_outcome_that_explains_itself(leaf: Leaf, text: str) -> None:
    result = normalise(leaf, Found(text, (), "", "", "", 100))
    if result.status == READ:
        assert result.value is not None
        assert not result.reason
    elif result.status != BLANK or leaf.required:
        assert result.reason_code
        assert result.reason
