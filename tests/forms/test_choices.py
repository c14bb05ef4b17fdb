"""One or several options are chosen by boxes and words, and what may be the printed list is none."""

import pytest
from form_filling import EVERY_TYPE, kes_forms
from typed_answers import AMBIGUOUS, BLANK, READ, UNREADABLE, box, of_rgr, outcome

from forms.gathering import Found, Mark
from forms.normalise import normalise
from forms.outcome import Outcome
from models.rules.facts import FactValue, FieldStatus


@pytest.mark.parametrize(
    ("text", "marks", "status", "value"),
    [
        ("kobieta", (), READ, "kobieta"),
        ("KOBIETA", (), READ, "kobieta"),
        ("mezczyzna", (), READ, "mezczyzna"),
        ("jestem: kobieta", (), READ, "kobieta"),
        ("kobieta / mężczyzna", (), AMBIGUOUS, None),
        ("", (box("kobieta", False), box("mężczyzna", True)), READ, "mezczyzna"),
        ("", (box("kobieta", False), box("mężczyzna", False)), BLANK, None),
        ("", (box("kobieta", True), box("mężczyzna", True)), AMBIGUOUS, None),
        ("mężczyzna", (box("kobieta", True), box("mężczyzna", False)), AMBIGUOUS, None),
        ("", (box("kobieta", None), box("mężczyzna", False)), AMBIGUOUS, None),
        ("", (box("inna", True),), UNREADABLE, None),
    ],
)
def test_a_choice_is_exactly_one(text: str, marks: tuple[Mark, ...], status: FieldStatus, value: FactValue) -> None:
    result = outcome("plec", text, *marks)
    assert (result.status, result.value) == (status, value)


def test_all_options_in_words_may_be_printed_where_no_field_of_ours_is() -> None:
    place = Found("kobieta / mężczyzna", (), "", "", "komórka obok etykiety", 95)

    assert normalise(EVERY_TYPE.leaf("plec"), place).status is BLANK


@pytest.mark.parametrize("between", [" / ", ", ", "; ", "\n", " - "])
def test_the_beginning_of_one_option_beside_the_whole_of_another_is_a_second_answer(between: str) -> None:
    form = kes_forms()[1]
    typed = f"kieruję instytucją{between}nie podejmuję decyzji w imieniu instytucji"

    result = normalise(form.leaf("rola_decyzyjna"), Found(typed, (), "", "", "", 100))

    assert (result.status, result.reason_code) == (AMBIGUOUS, "choice_several")


@pytest.mark.parametrize(("typed", "status"), [("nie dotyczy", BLANK), ("brak", UNREADABLE), ("nie wiem", UNREADABLE)])
def test_under_options_only_words_that_can_mean_none_of_them_are_nothing(typed: str, status: FieldStatus) -> None:
    result = normalise(kes_forms()[0].leaf("preferencja"), Found(typed, (), "", "", "", 100))

    assert (result.status, result.value) == (status, None)


@pytest.mark.parametrize(
    ("text", "marks", "value"),
    [
        ("", (box("osoby starsze", True), box("rodziny z dziećmi", True)), ("rodziny", "seniorzy")),
        ("młodzież, osoby starsze", (), ("seniorzy", "mlodziez")),
        ("", (box("", True, "mlodziez"),), ("mlodziez",)),
    ],
)
def test_several_choices_come_in_the_order_of_the_form(
    text: str, marks: tuple[Mark, ...], value: tuple[str, ...]
) -> None:
    assert outcome("zakres", text, *marks) == Outcome(READ, value)


def test_none_of_them_beside_others_is_asked_about() -> None:
    none = box("w żadnych z wymienionych", True)

    assert of_rgr("zasieg", "", none).value == ("zadne",)
    both = of_rgr("zasieg", "", box("badania i diagnozy społeczne", True), none)
    assert (both.status, both.reason_code) == (AMBIGUOUS, "none_and_others")


def test_a_yes_typed_behind_the_words_of_a_box_ticks_it() -> None:
    assert outcome("zakres", "", box("osoby starsze - tak", False), box("młodzież", False)).value == ("seniorzy",)
    assert outcome("zakres", "", box("osoby starsze - nie", False), box("młodzież", False)).status is BLANK
    assert outcome("zakres", "", box("osoby starsze - może", False), box("młodzież", False)).status is AMBIGUOUS
