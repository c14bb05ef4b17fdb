"""From words to values: usual Polish spellings are understood, doubts are named and never resolved in silence."""

from datetime import date
from typing import Final

import pytest
from form_filling import EVERY_TYPE, kes_forms
from hypothesis import given
from hypothesis import strategies as st

from forms.blanks import PLACEHOLDERS
from forms.gathering import Found, Mark
from forms.normalise import Outcome, against_receipt, cross_check, normalise, without_filler
from forms.reading import FieldReading
from models.form_definition import Leaf, LeafType, Option
from models.rules.facts import FactValue, FieldStatus
from models.territory import SHIPPED, Territory, read_terc

READ, BLANK = FieldStatus.READ, FieldStatus.BLANK
UNREADABLE, AMBIGUOUS, CONTRADICTORY = FieldStatus.UNREADABLE, FieldStatus.AMBIGUOUS, FieldStatus.CONTRADICTORY


def outcome(key: str, text: str = "", *marks: Mark, hidden: str = "") -> Outcome:
    place = Found(text, marks, "tabela 1, wiersz 1", "body/tbl[1]", "pole formularza", 100, hidden)
    return normalise(EVERY_TYPE.leaf(key), place)


def of_type(leaf_type: LeafType) -> Leaf:
    options = (Option(code="tak", label="tak"), Option(code="nie", label="nie"))
    return Leaf(key="pole", label="Pole", type=leaf_type, required=True, options=options)


def typed_into(leaf_type: LeafType, text: str, territory: Territory = SHIPPED) -> Outcome:
    return normalise(of_type(leaf_type), Found(text, (), "", "", "", 100), territory=territory)


def box(label: str, checked: bool | None, code: str = "") -> Mark:
    return Mark(checked, label, code)


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


def test_long_text_keeps_its_lines() -> None:
    assert outcome("motywacja", "raz\n\n  dwa  ").value == "raz\ndwa"


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


@pytest.mark.parametrize(
    ("born", "status"),
    [("2018-06-22", CONTRADICTORY), ("2019-01-01", CONTRADICTORY), ("2018-06-21", READ), ("2290-05-17", READ)],
)
def test_nobody_is_born_after_the_form_came_in_but_invented_people(born: str, status: FieldStatus) -> None:
    read = FieldReading(key="data_urodzenia", status=READ, raw="x", value=born, certainty=100)
    other = FieldReading(key="wymyslona_data", status=READ, raw="x", value="2020-01-01", certainty=100)
    judged, kept = against_receipt((read, other), date(2018, 6, 22))
    assert (judged.status, kept) == (status, other)
    assert judged.raw == "x"
    assert (judged.reason_code == "born_after_receipt") is (status is CONTRADICTORY)


NUMBER = "85031500127"
"""A woman, born on 15 March 1985."""


@pytest.mark.parametrize(
    ("born", "sex", "contradictory"),
    [
        ("1985-03-15", "kobieta", set()),
        ("1985-03-15", None, set()),
        (None, None, set()),
        ("1985-03-16", "kobieta", {"pesel", "data_urodzenia"}),
        ("1885-03-15", "kobieta", {"pesel", "data_urodzenia"}),
        ("1985-03-15", "mezczyzna", {"pesel", "plec"}),
        ("1985-05-13", "mezczyzna", {"pesel", "data_urodzenia", "plec"}),
    ],
)
def test_a_number_is_held_against_birth_date_and_sex(
    born: str | None, sex: str | None, contradictory: set[str]
) -> None:
    def said(key: str, value: str | None) -> FieldReading:
        return FieldReading(key=key, status=READ if value else BLANK, raw=value or "", value=value)

    answers = {"pesel": NUMBER, "data_urodzenia": born, "plec": sex}
    checked = cross_check(EVERY_TYPE, {key: said(key, value) for key, value in answers.items()})
    assert {key for key, reading in checked.items() if reading.status is CONTRADICTORY} == contradictory
    assert all(NUMBER not in reading.reason for reading in checked.values())


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day: object) -> None:
    iso = str(day)
    assert outcome("data_urodzenia", iso).value == iso


@pytest.mark.parametrize("typed", ["brak PESEL", "Brak", "nie posiadam", "nie mam numeru PESEL", "brak numeru PESEL"])
def test_no_pesel_is_an_answer(typed: str) -> None:
    assert outcome("pesel", typed) == Outcome(READ, "brak")
    assert outcome("pesel", "", box("nie mam numeru PESEL", True, "brak")) == Outcome(READ, "brak")


def test_a_pesel_and_the_box_that_denies_it_contradict() -> None:
    result = outcome("pesel", "02611210085", box("nie mam numeru PESEL", True, "brak"))
    assert (result.status, result.reason_code) == (CONTRADICTORY, "pesel_and_none")


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


def test_a_gmina_name_that_two_bear_is_asked_for() -> None:
    register = read_terc(
        "WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA\n22;05;;;kartuski;powiat;2026-01-01\n"
        "22;05;02;3;Kartuzy;gmina;2026-01-01\n22;99;01;2;Kartuzy;gmina;2026-01-01\n"
    )
    place = Found("Kartuzy", (), "", "", "", 100)
    several = normalise(EVERY_TYPE.leaf("adres.gmina"), place, territory=register)
    assert (several.status, several.reason_code) == (AMBIGUOUS, "gmina_several")
    assert "Kartuzy (powiat kartuski, 2205023); Kartuzy (2299012)" in several.reason
    place = Found("Kartuzy, powiat kartuski", (), "", "", "", 100)
    assert normalise(EVERY_TYPE.leaf("adres.gmina"), place, territory=register).value == "2205023"


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


@pytest.mark.parametrize("typed", ["nie dotyczy", "Nie dotyczy.", "BRAK", "n/d", "nie mam"])
def test_nothing_to_say_under_an_optional_question_is_blank_and_keeps_its_reason(typed: str) -> None:
    form = kes_forms()[0]
    result = normalise(form.leaf("potrzeby"), Found(typed, (), "", "", "", 100))
    required = normalise(form.leaf("motywacja"), Found(typed, (), "", "", "", 100))

    assert (result.status, result.reason_code) == (BLANK, "nothing_to_say")
    assert required.status is READ


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


RGR: Final = next(form for form in kes_forms() if form.key == "zalacznik_3_rgr")


def of_rgr(key: str, text: str = "", *marks: Mark) -> Outcome:
    return normalise(RGR.leaf(key), Found(text, marks, "", "", "", 100))


def test_none_of_them_beside_others_is_asked_about() -> None:
    none = box("w żadnych z wymienionych", True)

    assert of_rgr("zasieg", "", none).value == ("zadne",)
    both = of_rgr("zasieg", "", box("badania i diagnozy społeczne", True), none)
    assert (both.status, both.reason_code) == (AMBIGUOUS, "none_and_others")


def test_a_yes_typed_behind_the_words_of_a_box_ticks_it() -> None:
    assert outcome("zakres", "", box("osoby starsze - tak", False), box("młodzież", False)).value == ("seniorzy",)
    assert outcome("zakres", "", box("osoby starsze - nie", False), box("młodzież", False)).status is BLANK
    assert outcome("zakres", "", box("osoby starsze - może", False), box("młodzież", False)).status is AMBIGUOUS


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


def test_a_dash_in_place_of_a_box_says_neither() -> None:
    assert outcome("zgoda_wizerunek", "–").status is AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "marks", "status", "value"),
    [
        ("", (box("", True),), READ, True),
        ("", (box("", False),), READ, False),
        ("X", (), READ, True),
        ("tak", (), READ, True),
        ("nie", (), READ, False),
        ("", (box("tak", True), box("nie", False)), READ, True),
        ("", (box("tak", False), box("nie", True)), READ, False),
        ("", (box("tak", False), box("nie", False)), BLANK, None),
        ("", (box("tak", True), box("nie", True)), AMBIGUOUS, None),
        ("", (box("", None),), AMBIGUOUS, None),
        ("", (), BLANK, None),
    ],
)
def test_a_statement_is_ticked_or_not(
    text: str, marks: tuple[Mark, ...], status: FieldStatus, value: FactValue
) -> None:
    for key in ("osw_prawda", "zgoda_wizerunek"):
        result = outcome(key, text, *marks)
        assert (result.status, result.value) == (status, value)


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


@pytest.mark.parametrize(
    ("typed", "status", "value", "code"),
    [
        ("PL30 1140 2004 0000 3000 0000 0017", READ, "30114020040000300000000017", ""),
        ("30 1140 2004 0000 3000 0000 0018", UNREADABLE, None, "nrb_checksum"),
        ("30114020040000300000000017 albo 66102055610000300000000025", AMBIGUOUS, None, "nrb_several"),
    ],
)
def test_an_account_is_twenty_six_digits(typed: str, status: FieldStatus, value: str | None, code: str) -> None:
    result = typed_into(LeafType.ACCOUNT, typed)
    assert (result.status, result.value, result.reason_code) == (status, value, code)
    assert typed not in result.reason


def test_a_powiat_is_its_code_and_several_are_named() -> None:
    assert typed_into(LeafType.POWIAT, "powiat kartuski") == Outcome(READ, "2205")
    assert typed_into(LeafType.POWIAT, "nigdziebądź").reason_code == "powiat_unknown"
    register = read_terc(
        "WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA\n22;;;;POMORSKIE;województwo;2026-01-01\n"
        "22;05;;;kartuski;powiat;2026-01-01\n30;05;;;kartuski;powiat;2026-01-01\n"
    )
    several = typed_into(LeafType.POWIAT, "kartuski", register)
    assert (several.status, several.reason_code) == (AMBIGUOUS, "powiat_several")
    assert "kartuski (województwo pomorskie, 2205); kartuski (3005)" in several.reason
    assert typed_into(LeafType.POWIAT, "kartuski, woj. pomorskie", register).value == "2205"


@given(st.sampled_from([*EVERY_TYPE.leaves, *map(of_type, LeafType)]), st.text(max_size=80))
def test_any_text_has_an_outcome_that_explains_itself(leaf: Leaf, text: str) -> None:
    result = normalise(leaf, Found(text, (), "", "", "", 100))
    if result.status == READ:
        assert result.value is not None
        assert not result.reason
    elif result.status != BLANK or leaf.required:
        assert result.reason_code
        assert result.reason


@given(st.text(alphabet=" .…_-–—\t\u00a0", max_size=40))
def test_fillers_alone_are_never_an_answer(text: str) -> None:
    assert without_filler(text) == ""


def test_no_placeholder_is_an_answer_to_its_own_question() -> None:
    for leaf_type, prompt in PLACEHOLDERS.items():
        leaf = of_type(leaf_type)
        assert normalise(leaf, Found(prompt, (), "", "", "", 100)).status == BLANK


def test_every_type_has_its_example() -> None:
    for leaf_type in LeafType:
        assert normalise(of_type(leaf_type), Found("", (), "", "", "", 100)).reason_code == "required_blank"
