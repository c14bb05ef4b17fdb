"""Answers are found by tag or by label, in our blank and in layouts that people make themselves."""

import pytest
from form_filling import EVERY_TYPE, body_of, paragraph, table

from forms.document import read_document
from forms.matching import AFTER_LABEL, BELOW_LABEL, BESIDE_LABEL, NEXT_PARAGRAPH, Found, find_answers


def found(xml: str) -> dict[str, tuple[Found, ...]]:
    return find_answers(read_document(body_of(xml)), EVERY_TYPE)


def answer(xml: str, key: str) -> tuple[str, str]:
    (place,) = found(xml)[key]
    return place.raw, place.method


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (table(("Imię", "Anna")), ("Anna", BESIDE_LABEL)),
        (table(("1. Imię (imiona): *", "Anna")), ("Anna", BESIDE_LABEL)),
        (table(("IMIE", "Anna", "Nazwisko", "Próbna")), ("Anna", BESIDE_LABEL)),
        (table(("Imię", "Nazwisko", "PESEL"), ("Anna", "Próbna", "x")), ("Anna", BELOW_LABEL)),
        (table(("Imię",), ("Anna",)), ("Anna", BELOW_LABEL)),
        (table((f"<w:p><w:r><w:t>Imię</w:t></w:r></w:p>{paragraph('Anna')}",)), ("Anna", AFTER_LABEL)),
        (table(("Imię: Anna",)), ("Anna", AFTER_LABEL)),
        (paragraph("Imię: Anna"), ("Anna", AFTER_LABEL)),
        (paragraph("Imię ……… Anna ………"), ("……… Anna ………", AFTER_LABEL)),
        (paragraph("Imię: Anna    Nazwisko: Próbna"), ("Anna", AFTER_LABEL)),
        (paragraph("Imię") + paragraph("Anna"), ("Anna", NEXT_PARAGRAPH)),
        (table((table(("Imię", "Anna")) + "<w:p/>",)), ("Anna", BESIDE_LABEL)),
    ],
)
def test_the_first_name_is_found_in_the_usual_layouts(xml: str, expected: tuple[str, str]) -> None:
    assert answer(xml, "imie") == expected


def test_a_missing_answer_may_stand_on_the_next_dotted_line() -> None:
    assert answer(paragraph("Motywacja: ………") + paragraph("bo warto ………"), "motywacja")[0] == "………\nbo warto ………"


def test_prose_under_a_dotted_line_is_not_its_answer() -> None:
    assert answer(paragraph("Motywacja: ………") + paragraph("Prosimy o podpis."), "motywacja")[0] == "………"


def test_one_digit_a_cell_is_one_number() -> None:
    assert answer(table(("PESEL", *"02611210085")), "pesel") == ("02611210085", BESIDE_LABEL)


def test_an_answer_that_is_a_word_of_a_label_is_still_an_answer() -> None:
    places = found(table(("Poziom instytucji", "Gmina"), ("Gmina siedziby lub działania instytucji", "Kartuzy")))
    assert places["instytucja.poziom"][0].raw == "Gmina"
    assert places["instytucja.gmina"][0].raw == "Kartuzy"
    assert "adres.gmina" not in places


def test_the_same_label_is_told_apart_by_the_heading_above_it() -> None:
    places = found(
        table(
            ("Adres zamieszkania",),
            ("Kod pocztowy", "83-300"),
            ("Adres do korespondencji",),
            ("Kod pocztowy", "83-330"),
        )
    )
    assert [place.raw for place in places["adres.kod"]] == ["83-300"]
    assert [place.raw for place in places["korespondencja.kod"]] == ["83-330"]


def test_the_whole_name_of_a_part_needs_no_heading() -> None:
    assert answer(table(("Adres do korespondencji – kod pocztowy", "83-330")), "korespondencja.kod")[0] == "83-330"


def test_a_label_that_fits_two_questions_is_not_guessed() -> None:
    places = found(table(("Kod pocztowy", "83-300")))
    assert all(place.unclear for key in ("adres.kod", "korespondencja.kod") for place in places[key])


def test_labels_in_prose_and_in_other_answers_are_no_questions() -> None:
    places = found(
        paragraph("Nazwisko i imię wpisujemy drukowanymi literami") + table(("Motywacja", "Telefon: 600 100 200"))
    )
    assert set(places) == {"motywacja"}


@pytest.mark.parametrize(
    "xml",
    [
        table(("Płeć", "☒ kobieta ☐ mężczyzna")),
        table(("Płeć", "kobieta ☒ mężczyzna ☐")),
        table(("Płeć", "[x] kobieta [ ] mężczyzna")),
        table(("Płeć", "x ☐ kobieta ☐ mężczyzna")),
        table(("Płeć", "☐ x kobieta ☐ mężczyzna")),
        paragraph("Płeć: ☒ kobieta ☐ mężczyzna"),
        paragraph("Płeć") + paragraph("☒ kobieta") + paragraph("☐ mężczyzna"),
    ],
)
def test_boxes_and_their_words_belong_together(xml: str) -> None:
    (place,) = found(xml)["plec"]
    assert [(mark.label, mark.checked) for mark in place.marks] == [("kobieta", True), ("mężczyzna", False)]
    assert place.text.strip() == ""


@pytest.mark.parametrize(
    "xml",
    [
        table(("☒", "Podane informacje są zgodne z prawdą.")),
        table(("☒ Podane informacje są zgodne z prawdą. *",)),
        table(("Podane informacje są zgodne z prawdą.", "☒ tak ☐ nie")),
        paragraph("☒ Podane informacje są zgodne z prawdą."),
    ],
)
def test_a_statement_and_its_box_are_found(xml: str) -> None:
    (place,) = found(xml)["osw_prawda"]
    assert place.marks[0].checked is True


def test_a_typed_cross_in_the_place_of_the_box_is_kept() -> None:
    assert answer(table(("X", "Podane informacje są zgodne z prawdą.")), "osw_prawda")[0] == "X"


def test_an_answer_in_the_row_of_a_group_is_not_taken_for_the_question_above() -> None:
    (place,) = found(table(("Płeć",), ("Adres zamieszkania",), ("Gmina", "Kartuzy")))["plec"]
    assert (place.raw, place.place) == ("", "tabela 1, wiersz 1")
