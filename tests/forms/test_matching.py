"""Answers are found by tag or by label, in our blank and in layouts that people make themselves."""

import pytest
from form_filling import EVERY_TYPE, body_of, kes_forms, paragraph, table

from forms.gathering import Found
from forms.matching import answers_in, find_answers
from forms.places import AFTER_LABEL, BELOW_LABEL, BESIDE_LABEL, BY_TITLE, NEXT_PARAGRAPH, SEVERAL_LINES, UNDER_LABEL
from forms.word import read_document


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


# --- crosses and choices without a box --------------------------------------------------------------------------------


def marks(xml: str, key: str = "plec") -> list[tuple[str, bool | None]]:
    (place,) = found(xml)[key]
    return [(mark.label, mark.checked) for mark in place.marks]


def look(words: str, properties: str) -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


STRUCK, UNDERLINED, BOLD = "<w:strike/>", '<w:u w:val="single"/>', "<w:b/>"
MARKED = '<w:highlight w:val="yellow"/>'


@pytest.mark.parametrize(
    "words",
    [
        "X kobieta   ☐ mężczyzna",
        "☐ kobieta X   ☐ mężczyzna",
        "(x) kobieta ( ) mężczyzna",
        "kobieta x / mężczyzna",
        "X ☐ kobieta, ☐ mężczyzna",
    ],
)
def test_a_cross_belongs_to_what_it_stands_beside(words: str) -> None:
    assert marks(table(("Płeć", words))) == [("kobieta", True), ("mężczyzna", False)]


def test_a_cross_in_place_of_the_second_box_is_kept() -> None:
    assert marks(table(("Płeć", "☐ kobieta   X mężczyzna"))) == [("kobieta", False), ("mężczyzna", True)]


def test_a_cross_as_near_to_one_box_as_to_the_other_decides_nothing() -> None:
    assert marks(table(("Płeć", "☐ kobieta X ☐ mężczyzna"))) == [("kobieta", None), ("mężczyzna", None)]


def test_lines_of_options_with_a_cross_before_one() -> None:
    answer = paragraph("X osoby starsze") + paragraph("młodzież") + paragraph("rodziny z dziećmi")
    assert marks(table(("Z kim Pani / Pan pracuje?", answer)), "zakres") == [
        ("osoby starsze", True), ("młodzież", False), ("rodziny z dziećmi", False),
    ]  # fmt: skip


@pytest.mark.parametrize("properties", [UNDERLINED, BOLD, MARKED])
def test_the_option_that_is_set_off_is_chosen(properties: str) -> None:
    words = f"<w:p>{look('kobieta', properties)}{look(' / mężczyzna', '')}</w:p>"
    assert marks(table(("Płeć", words))) == [("kobieta", True), ("mężczyzna", False)]


def test_where_all_options_are_set_off_none_is_chosen() -> None:
    words = f"<w:p>{look('kobieta / mężczyzna', BOLD)}</w:p>"
    assert marks(table(("Płeć", words))) == []


def test_struck_out_options_leave_the_other_with_or_without_the_note() -> None:
    words = f"<w:p>{look('kobieta', STRUCK)}{look(' / mężczyzna (niepotrzebne skreślić)', '')}</w:p>"
    assert answer(table(("Płeć", words)), "plec")[0].strip(" /") == "mężczyzna"


def test_where_all_options_are_struck_out_nothing_is_known() -> None:
    words = f"<w:p>{look('kobieta', STRUCK)}{look(' / ', '')}{look('mężczyzna', STRUCK)}</w:p>"
    assert marks(table(("Płeć", words))) == [("kobieta", None), ("mężczyzna", None)]


def test_words_struck_out_beside_boxes_that_nobody_ticked_are_in_doubt() -> None:
    words = f"<w:p>{look('☐ ', '')}{look('kobieta', STRUCK)}{look('   ☐ mężczyzna', '')}</w:p>"
    assert [checked for _, checked in marks(table(("Płeć", words)))] == [None, None]


def test_an_option_that_lost_its_box_is_in_doubt() -> None:
    assert marks(table(("Płeć", "o kobieta ☐ mężczyzna"))) == [("mężczyzna", False), ("kobieta", None)]


def test_a_control_around_the_cell_of_the_boxes() -> None:
    label = f"<w:tc>{paragraph('Płeć')}</w:tc>"
    cell = f"<w:tc>{paragraph('☐ kobieta')}{paragraph('☒ mężczyzna')}</w:tc>"
    answer = f"<w:sdt><w:sdtPr/><w:sdtContent>{cell}</w:sdtContent></w:sdt>"
    assert marks(f"<w:tbl><w:tr>{label}{answer}</w:tr></w:tbl>") == [("kobieta", False), ("mężczyzna", True)]


def test_columns_headed_by_yes_and_no() -> None:
    statement, consent = "Podane informacje są zgodne z prawdą.", "Zgadzam się na publikowanie mojego wizerunku."
    xml = table(("Oświadczenie", "TAK", "NIE"), (statement, "X", ""), (consent, "", "x"))
    assert marks(xml, "osw_prawda") == [("TAK", True), ("NIE", False)]
    assert marks(xml, "zgoda_wizerunek") == [("TAK", False), ("NIE", True)]


def test_columns_headed_by_options() -> None:
    xml = table(("", "kobieta", "mężczyzna"), ("Płeć", "☐", "☒"))
    assert marks(xml) == [("kobieta", False), ("mężczyzna", True)]


def test_options_in_rows_beside_a_label_that_is_merged_down() -> None:
    xml = table(("Płeć", "☐ kobieta"), ("", "☒ mężczyzna"), ("Imię", "Anna"))
    assert marks(xml) == [("kobieta", False), ("mężczyzna", True)]


# --- more layouts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (table(("Imię\nAnna", "Nazwisko\nPróbna")), ("Anna", AFTER_LABEL)),
        (table(("1.", "Imię", "Anna")), ("Anna", BESIDE_LABEL)),
        (paragraph("Imię:") + paragraph("Anna"), ("Anna", NEXT_PARAGRAPH)),
        (paragraph("Imię (imiona): Anna"), ("Anna", AFTER_LABEL)),
        (paragraph("- Imię: Anna, Nazwisko: Próbna"), ("Anna", AFTER_LABEL)),
    ],
)
def test_the_first_name_is_found_in_further_layouts(xml: str, expected: tuple[str, str]) -> None:
    xml = xml.replace("\n", "</w:t><w:br/><w:t>")
    assert answer(xml, "imie") == expected


def test_an_empty_answer_does_not_take_the_next_label_for_one() -> None:
    for xml in (table(("Imię", "Nazwisko")), paragraph("Imię:") + paragraph("Nazwisko: Próbna")):
        assert found(xml)["imie"][0].raw == ""


def test_digits_in_a_table_within_the_cell_are_one_number() -> None:
    assert answer(table(("PESEL", table(tuple("02611210085")) + "<w:p/>")), "pesel")[0] == "02611210085"


def test_a_long_answer_goes_on_in_the_next_paragraphs_and_is_less_certain() -> None:
    xml = paragraph("Motywacja: Chcę pomagać") + paragraph("i uczyć się.") + paragraph("Imię: Anna")
    (place,) = found(xml)["motywacja"]
    assert (place.text, place.method, place.certainty) == ("Chcę pomagać\ni uczyć się.", SEVERAL_LINES, 70)


def titled(alias: str, words: str) -> str:
    properties = f'<w:alias w:val="{alias}"/>'
    return f"<w:p><w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{look(words, '')}</w:sdtContent></w:sdt></w:p>"


def test_the_title_of_a_control_tells_the_question_where_no_label_stands() -> None:
    assert answer(titled("Imię (imiona)", "Anna"), "imie") == ("Anna", BY_TITLE)
    # Controls are copied with their titles; the label beside one counts.
    copied = found(table(("Nazwisko", titled("Imię (imiona)", "Próbna"))))
    assert (copied["nazwisko"][0].raw, "imie" in copied) == ("Próbna", False)


# --- suggestions, and what nobody claims ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "xml",
    [
        table(("Nazwsko", "Próbna")),
        paragraph("Nazwsko: Próbna"),
        paragraph("Nazwsko ………Próbna………"),
        table(("Imię", "Nazwsko"), ("Anna", "Próbna")),
        paragraph("Nazwsko") + paragraph("Próbna"),
        paragraph("Nazwisko Próbna"),
    ],
)
def test_a_name_that_is_only_like_a_label_suggests_with_a_stated_certainty(xml: str) -> None:
    (place,) = found(xml)["nazwisko"]
    assert place.text.strip("…") == "Próbna"
    assert place.method == f"etykieta podobna ({place.likeness} %)"
    assert place.likeness < 100
    assert 0 < place.certainty < 80


def test_a_misspelt_heading_makes_its_parts_suggestions() -> None:
    rows = (
        ("Adres zamieszkania",),
        ("Kod pocztowy", "83-300"),
        ("Adres do koresponencji",),
        ("Kod pocztowy", "83-330"),
    )
    places = found(table(*rows))
    assert [place.likeness for place in places["adres.kod"]] == [100]
    assert [(place.raw, place.likeness < 100) for place in places["korespondencja.kod"]] == [("83-330", True)]


def test_an_unknown_heading_ends_the_group_before_it() -> None:
    rows = (("Adres zamieszkania",), ("Kod pocztowy", "83-300"), ("Adres rodziców",), ("Kod pocztowy", "83-330"))
    assert all(place.unclear for place in found(table(*rows))["korespondencja.kod"])


def test_words_that_no_question_claims_are_reported_by_their_place() -> None:
    form = kes_forms()[0]
    xml = table(("Imię", "Anna"), ("Drugie imię", "Maria"), ("Adres zamieszkania", "Zmyślona 5, 83-300 Żukowo"))
    xml += paragraph("12.06.2018 Anna Próbna") + paragraph(form.signature_line) + paragraph(form.title)
    answers = answers_in(read_document(body_of(xml)), form)
    assert answers.stray == ("tabela 1, wiersz 2",)
    assert answers.whole == {"adres": "tabela 1, wiersz 3"}


# --- what fresh eyes did with a form ---------------------------------------------------------------------------------


def two_lines(first: str, second: str) -> str:
    return paragraph(first) + paragraph(second)


def lines(*texts: str) -> str:
    runs = "<w:r><w:br/></w:r>".join(f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' for text in texts)
    return f"<w:p>{runs}</w:p>"


def test_an_answer_under_the_label_counts_where_the_cell_beside_holds_only_its_prompt() -> None:
    assert answer(table((two_lines("Imię", "Anna"), "proszę wpisać…")), "imie") == ("Anna", UNDER_LABEL)


def test_an_answer_beside_the_label_counts_more_than_a_note_under_it() -> None:
    assert answer(table((two_lines("Płeć", "dopisek"), "kobieta")), "plec") == ("kobieta", BESIDE_LABEL)


@pytest.mark.parametrize("line", ["Imię – Anna", "Imię - Anna", "• Imię – Anna"])
def test_a_dash_between_spaces_parts_a_label_from_its_answer(line: str) -> None:
    assert answer(paragraph(line), "imie") == ("Anna", AFTER_LABEL)


def test_the_answer_ends_where_another_label_begins_though_nobody_knows_it() -> None:
    answers = answers_in(read_document(body_of(lines("Imię – Anna", "Ulubiony kolor – zielony"))), EVERY_TYPE)

    assert [place.raw for place in answers.found["imie"]] == ["Anna"]
    assert answers.stray


def test_statements_in_the_lines_of_one_paragraph_keep_their_boxes() -> None:
    statement, consent = EVERY_TYPE.leaf("osw_prawda").label, EVERY_TYPE.leaf("zgoda_wizerunek").label
    places = found(lines(f"☒ {statement}", f"☐ {consent}"))

    assert [mark.checked for mark in places["osw_prawda"][0].marks] == [True]
    assert [mark.checked for mark in places["zgoda_wizerunek"][0].marks] == [False]


def test_a_refusal_typed_beside_a_ticked_consent_is_a_second_answer() -> None:
    consent = EVERY_TYPE.leaf("zgoda_wizerunek").label
    places = found(table(("☒", two_lines(consent, "NIE ZGADZAM SIĘ"))))["zgoda_wizerunek"]

    assert [place.raw for place in places] == ["[x]", "nie"]


def test_a_consent_behind_the_word_no_is_a_refusal() -> None:
    consent = EVERY_TYPE.leaf("zgoda_wizerunek").label

    assert answer(paragraph(f"Nie {consent[0].lower()}{consent[1:]}"), "zgoda_wizerunek") == ("nie", AFTER_LABEL)


def test_a_row_that_looks_like_labels_is_only_a_suggestion() -> None:
    rows = (("Imię", "Nazwisko"), ("Anna", "Próbna"), ("PESEL", "Hobby"), ("02611210085", "szachy"))
    (place,) = found(table(*rows))["pesel"]

    assert (place.text, place.likeness < 100) == ("02611210085", True)


def test_a_dotted_line_with_a_label_nobody_knows_is_no_part_of_the_answer_above() -> None:
    assert answer(paragraph("Imię …… Anna") + paragraph("Ulubiony kolor …… zielony"), "imie")[0] == "…… Anna"


def test_a_long_answer_with_a_line_like_a_label_is_less_certain() -> None:
    assert answer(lines("Motywacja: bo warto.", "Ulubiony kolor – zielony"), "motywacja")[1] == SEVERAL_LINES
