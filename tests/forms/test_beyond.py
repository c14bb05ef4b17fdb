"""Answers that are not one place each, letterheads, and words beside an empty place that nothing may pass over."""

import pytest
from form_filling import EVERY_TYPE, body_of, kes_forms, paragraph, table

from forms.reader import read_form
from forms.reading import FieldReading, FormReading
from models.rules.facts import FieldStatus

FORMS = kes_forms()
PGR = FORMS[0]
WHY = "Dlaczego chce Pani / Pan pracować w grupie?"
PROMPT = "proszę wpisać…"


def read(*blocks: str) -> FormReading:
    return read_form(body_of("".join(blocks)), FORMS)


def titled(*blocks: str) -> FormReading:
    return read(paragraph(PGR.title), *blocks)


def said(field: FieldReading) -> tuple[FieldStatus, object]:
    return field.status, field.value


# --- behind the label, in its cell -----------------------------------------------------------------------------------


def test_an_answer_behind_the_star_of_its_label_is_read_where_the_place_beside_it_is_empty() -> None:
    reading = titled(table(("Imię (imiona)\u00a0* Anna", PROMPT), ("Nazwisko\u00a0* Próbna", PROMPT)))

    assert said(reading.field("imie")) == (FieldStatus.READ, "Anna")
    assert said(reading.field("nazwisko")) == (FieldStatus.READ, "Próbna")


def test_an_answer_behind_the_star_and_another_beside_it_are_two() -> None:
    reading = titled(table(("Imię", "Anna")), table(("Nazwisko\u00a0* Próbna", PROMPT), ("Nazwisko", "Inna")))

    assert reading.field("nazwisko").reason_code == "two_answers"


def test_words_beside_an_empty_place_are_asked_about() -> None:
    reading = titled(table(("Imię", "Anna"), ("Nazwisko", "", "to samo co wyżej, dopisek"), ("Płeć", "")))

    assert reading.field("nazwisko").status is not FieldStatus.BLANK
    assert reading.field("plec").status is FieldStatus.BLANK


# --- in the next row -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["c.d.", "cd", "ciąg dalszy", "Ciąg dalszy:", "dokończenie", ""])
def test_a_long_answer_goes_on_in_the_next_row_for_people_to_see(head: str) -> None:
    reading = titled(table((WHY, "Raz."), (head, "Dwa."), (head, "Trzy."), ("Imię", "Anna")))

    field = reading.field("motywacja")
    assert said(field) == (FieldStatus.READ, "Raz.\nDwa.\nTrzy.")
    assert field.certainty < 80


def test_only_words_go_on_in_the_next_row() -> None:
    reading = titled(table(("Nr PESEL", "02611210085"), ("c.d.", "dopisek"), (WHY, "Raz."), ("Hobby", "Dwa.")))

    assert said(reading.field("pesel")) == (FieldStatus.READ, "02611210085")
    assert said(reading.field("motywacja")) == (FieldStatus.READ, "Raz.")
    assert any("tabela 1, wiersz 4" in remark for remark in reading.remarks)


# --- two in one ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["Kod pocztowy i miejscowość", "7. Kod pocztowy, miejscowość", "Miejscowość / kod"])
@pytest.mark.parametrize("typed", ["83-300 Kartuzy", "83-300, Kartuzy", "Kartuzy 83-300"])
def test_postcode_and_town_asked_for_together_are_told_apart(label: str, typed: str) -> None:
    reading = titled(table(("Imię", "Anna"), (label, typed)))

    assert said(reading.field("adres.kod")) == (FieldStatus.READ, "83-300")
    assert said(reading.field("adres.miejscowosc")) == (FieldStatus.READ, "Kartuzy")


@pytest.mark.parametrize("typed", ["Kartuzy", "83-300", "83-300 Kartuzy 83-330 Żukowo"])
def test_what_cannot_be_told_apart_is_asked_about(typed: str) -> None:
    reading = titled(table(("Imię", "Anna"), ("Kod pocztowy i miejscowość", typed)))

    for key in ("adres.kod", "adres.miejscowosc"):
        assert reading.field(key).status not in (FieldStatus.READ, FieldStatus.BLANK)


def test_of_two_addresses_the_heading_says_which_is_meant() -> None:
    typed = ("Kod pocztowy i miejscowość", "83-300 Kartuzy")
    rows = table(("Imię", "Anna"), ("Adres do korespondencji", ""), typed)
    reading = read_form(body_of(paragraph(EVERY_TYPE.title) + rows), (EVERY_TYPE,))
    nowhere = read_form(body_of(paragraph(EVERY_TYPE.title) + table(("Imię", "Anna"), typed)), (EVERY_TYPE,))

    assert said(reading.field("korespondencja.kod")) == (FieldStatus.READ, "83-300")
    assert reading.field("adres.kod").status is not FieldStatus.READ
    for key in ("adres.kod", "korespondencja.kod"):
        assert nowhere.field(key).status is FieldStatus.AMBIGUOUS


# --- before the form -------------------------------------------------------------------------------------------------

LETTERHEAD = paragraph("ul. Szkolna 1, tel. 600 100 200, e-mail: sekretariat@example.org")


def test_a_letterhead_answers_nothing_beside_the_answer_of_the_form() -> None:
    reading = read(LETTERHEAD, paragraph(PGR.title), table(("Imię", "Anna"), ("E-mail", "anna@example.com")))

    assert said(reading.field("email")) == (FieldStatus.READ, "anna@example.com")
    assert any("akapit 1" in remark for remark in reading.remarks)


def test_what_only_a_letterhead_says_is_asked_about() -> None:
    reading = read(LETTERHEAD, paragraph(PGR.title), table(("Imię", "Anna"), ("E-mail", "")))

    assert reading.field("email").status is FieldStatus.AMBIGUOUS


# --- other small things ----------------------------------------------------------------------------------------------


def test_the_number_of_a_row_is_no_answer_to_its_statement() -> None:
    reading = titled(
        table(("1.", "Imię", "Anna"), ("26.", "Wezmę udział w dwudniowych spotkaniach grupy, które odbywają się "
        "poza godzinami pracy.", "TAK"))
    )  # fmt: skip

    assert said(reading.field("osw_udzial")) == (FieldStatus.READ, True)


def test_a_plus_ticks_a_box_as_a_cross_does() -> None:
    osoby = "Z jakimi osobami lub rodzinami Pani / Pan pracuje?"
    lines = paragraph("+ osoby starsze i niesamodzielne") + paragraph("☐ osoby doznające przemocy")
    reading = titled(table(("Imię", "Anna"), (osoby, lines)))

    assert said(reading.field("zakres_wsparcia")) == (FieldStatus.READ, ("seniorzy",))


def test_words_that_say_that_there_is_nothing_to_say_are_kept_beside_the_blank() -> None:
    field = titled(table(("Imię", "Anna"), ("Szczególne potrzeby", "nie dotyczy"))).field("potrzeby")

    assert (field.status, field.raw) == (FieldStatus.BLANK, "nie dotyczy")
