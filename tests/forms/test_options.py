"""An option is named in full, by its beginning or by a number of years, and never by what may mean another."""

from typing import Final

import pytest
from form_filling import kes_forms
from typed_answers import READ, UNREADABLE, of_rgr

from forms.gathering import Found
from forms.normalise import normalise
from forms.outcome import Outcome


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1 rok", "do_2"),
        ("2 lata", "do_2"),
        ("niecałe 3 lata", "do_2"),
        ("10 lat", "od_6_do_10"),
        ("12 lat", "ponad_10"),
    ],
)
def test_years_in_a_number_lie_in_one_range(typed: str, value: str) -> None:
    assert of_rgr("staz_lat", typed) == Outcome(READ, value, certainty=75)


@pytest.mark.parametrize("typed", ["12", "około 12 lat", "od 3", "2 lata i 12 lat", "pół roku", "niecałe 11"])
def test_years_that_may_mean_something_else_are_asked_for(typed: str) -> None:
    assert of_rgr("staz_lat", typed).status is UNREADABLE


def test_the_beginning_of_one_option_stands_for_it_and_that_of_several_does_not() -> None:
    begun = of_rgr("zakres_wsparcia", "rodziny z dziećmi, osoby doznające przemocy")

    assert begun == Outcome(READ, ("rodziny", "doznajacy_przemocy"), certainty=75)
    assert of_rgr("zakres_wsparcia", "osoby").status is UNREADABLE
    assert of_rgr("zakres_wsparcia", "rodziny z dziećmi, rolnicy").status is UNREADABLE


PGD: Final = next(form for form in kes_forms() if form.key == "zalacznik_2_pgd")


def role(typed: str) -> Outcome:
    return normalise(PGD.leaf("rola_decyzyjna"), Found(typed, (), "", "", "", 100))


@pytest.mark.parametrize(
    "typed", ["dyrektor – kieruję instytucją", "kieruję instytucją (prezes)", "Kieruję instytucją"]
)
def test_a_phrase_with_the_beginning_of_one_option_and_else_only_its_words_stands_for_it(typed: str) -> None:
    assert role(typed) == Outcome(READ, "kieruje", certainty=75)


@pytest.mark.parametrize(
    "typed",
    [
        "zastępca dyrektora – kieruję instytucją",
        "nie kieruję instytucją",
        "kieruję instytucją pod nieobecność dyrektora",
        "dyrektor",
    ],
)
def test_a_phrase_that_says_anything_besides_is_asked_about(typed: str) -> None:
    assert role(typed).status is UNREADABLE
