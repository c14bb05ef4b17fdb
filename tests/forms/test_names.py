"""Names get capital letters where the typing has none, and are left alone otherwise."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forms.names import spelt_name


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        ("kowalska-nowak", "Kowalska-Nowak"),
        ("KOWALSKA - NOWAK", "Kowalska-Nowak"),
        ("Kowalska–nowak", "Kowalska-Nowak"),
        ("ŻÓŁĆ", "Żółć"),
        ("łącka", "Łącka"),
        ("Z\u0307ÓŁW", "Żółw"),
        ("anna maria", "Anna Maria"),
        ("  Anna\u00a0 MARIA ", "Anna Maria"),
        ("de la Cruz", "de la Cruz"),
        ("DE LA CRUZ", "de la Cruz"),
        ("von Testowy", "von Testowy"),
        ("van der testowy", "van der Testowy"),
        ("Van", "Van"),
        ("da", "Da"),
        ("O'Neil", "O'Neil"),
        ("O’NEIL", "O'Neil"),
        ("d'Arc-Łącka", "d'Arc-Łącka"),
        ("McTest", "McTest"),
        ("J. p.", "J. P."),
        ("Jan III", "Jan III"),
        ("jan z dukli", "Jan z Dukli"),
        ("KOWALSKA (Z D. NOWAK)", "Kowalska (z d. Nowak)"),
        ("Kowalska z domu nowak", "Kowalska z domu Nowak"),
        ("nowak/kowalska", "Nowak/Kowalska"),
    ],
)
def test_capital_letters_stand_where_they_belong(typed: str, spelt: str) -> None:
    assert spelt_name(typed) == spelt


@pytest.mark.parametrize(
    "typed", ["", " ", "-", "Anna 3", "anna@example.org", "02611210085", "Anna_Maria", "?", "Imię: Anna"]
)
def test_what_no_name_looks_like_is_none(typed: str) -> None:
    assert spelt_name(typed) is None


LETTERS = st.characters(categories=["Lu", "Ll"], include_characters=" -'.")


@given(st.text(LETTERS, max_size=30))
@example("\u1fc2")
@example("\u0130\u0130")
@example("\u00df")
def test_a_spelt_name_stays_as_it_is(text: str) -> None:
    spelt = spelt_name(text)
    assert spelt is None or spelt_name(spelt) == spelt


@given(st.text("aąbcćdeęłnoóśżźAĄBCĆDEĘŁNOÓŚŻŹ -'", min_size=1, max_size=30))
def test_only_capitals_and_spaces_change(text: str) -> None:
    spelt = spelt_name(text)
    if spelt is not None:
        assert [c for c in spelt.casefold() if c.isalpha()] == [c for c in text.casefold() if c.isalpha()]
