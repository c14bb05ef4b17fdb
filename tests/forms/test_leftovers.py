"""Headings in other words count only beside an answer of one question; notes behind the form's end are no answers."""

import pytest
from form_filling import body_of, kes_forms, paragraph, table

from forms.reader import read_form
from forms.reading import FieldReading, FormReading
from models.rules.facts import FieldStatus

FORMS = kes_forms()
PGR = FORMS[0]
REFUSES = "odmawiam podania informacji"


def read(xml: str) -> FormReading:
    return read_form(body_of(paragraph(PGR.title) + xml), FORMS)


def disabled(xml: str) -> FieldReading:
    return read(table(("Imię", "Anna")) + xml).field("niepelnosprawnosc")


# --- headings in other words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "xml",
    [
        table(("Osoba z niepełnosprawnością", REFUSES)),
        paragraph(f"Osoba z niepełnosprawnością: {REFUSES}"),
        paragraph(f"Osoba z niepełnosprawnością – {REFUSES}"),
    ],
)
def test_a_heading_of_the_questions_words_beside_its_own_answer_is_read_for_people_to_see(xml: str) -> None:
    field = disabled(xml)

    assert (field.status, field.value) == (FieldStatus.READ, "odmowa")
    assert field.certainty < 80
    (remark,) = read(table(("Imię", "Anna")) + xml).remarks
    assert field.place in remark
    assert REFUSES not in remark


@pytest.mark.parametrize(
    ("heading", "typed"),
    [
        ("Osoba z niepełnosprawnością", "nie"),
        ("Osoba z niepełnosprawnością", f"chyba {REFUSES}"),
        ("Niepełnosprawność dziecka", REFUSES),
        ("Obszar zainteresowań", "oświata"),
        ("Poziom wykształcenia", "gminny"),
        ("Płeć dziecka", "kobieta"),
        ("Staż pracy męża w obszarze kooperacji", "od 3 do 5 lat"),
        ("Coś innego", REFUSES),
    ],
)
def test_other_headings_and_answers_that_fit_elsewhere_read_nothing(heading: str, typed: str) -> None:
    reading = read(table(("Imię", "Anna"), (heading, typed)))

    assert [field.key for field in reading.fields if field.status is FieldStatus.READ] == ["imie"]
    shown = any(field.raw for field in reading.fields if field.key != "imie")
    assert shown or "tabela 1, wiersz 2" in " ".join(reading.remarks)


def test_a_question_that_stands_in_the_document_is_not_answered_from_what_is_left() -> None:
    asked = table(("Czy jest Pani / Pan osobą z niepełnosprawnością?", ""), ("Osoba z niepełnosprawnością", REFUSES))

    assert disabled(asked).status is not FieldStatus.READ


# --- notes behind the end --------------------------------------------------------------------------------------------

FORM = table(("Nazwisko", "Próbna"), ("Telefon", "600 100 200"), ("E-mail", "anna@example.pl"))
SIGNED = paragraph("Kartuzy, 12.06.2018 Anna Próbna") + paragraph(PGR.signature_line)


def phone(notes: str, form: str = FORM, signed: str = SIGNED) -> FieldReading:
    return read(form + signed + notes).field("telefon")


def test_notes_under_a_heading_of_their_own_are_shown_and_answer_nothing() -> None:
    reading = read(FORM + SIGNED + paragraph("Notatki") + paragraph("Telefon: 600 999 999 – zadzwonić do biura"))
    field = reading.field("telefon")

    assert (field.status, field.value, field.place) == (FieldStatus.READ, "+48600100200", "tabela 1, wiersz 2")
    assert field.certainty < 80
    assert reading.field("email").certainty > 80
    assert any("zapiski" in remark and "akapit 5" in remark for remark in reading.remarks)


@pytest.mark.parametrize(
    "notes",
    [
        paragraph("Telefon: 600 999 999"),
        paragraph("Poprawki") + paragraph("Telefon: 600 999 999"),
        paragraph("Notatki") + paragraph("Telefon: 600 999 999 (poprzedni nieaktualny)"),
        paragraph("Notatki") + paragraph("Telefon: 600 999 999") + paragraph("Proszę o kontakt."),
        paragraph("Notatki") + table(("Telefon", "600 999 999")),
        paragraph("Notatki") + paragraph("Telefon: 600 999 999") + paragraph("Nazwisko: Inna"),
        paragraph("Notatki") + paragraph("Telefon: 600 999 999") + paragraph("PESEL: 02611210085"),
    ],
    ids=["no heading", "corrections", "a correction", "a request", "a table", "somebody else", "a new answer"],
)
def test_what_may_be_a_correction_or_another_person_is_asked_about(notes: str) -> None:
    assert phone(notes).reason_code == "two_answers"


def test_notes_count_as_such_only_behind_the_line_of_the_signature_and_beside_answers_in_their_place() -> None:
    notes = paragraph("Notatki") + paragraph("Telefon: 600 999 999")

    assert phone(notes, signed="").reason_code == "two_answers"
    assert phone(notes, form=paragraph("Telefon: 600 100 200")).reason_code == "two_answers"


def test_a_form_filled_in_a_second_time_behind_the_first_is_no_note() -> None:
    labels = ("Ulica", "Kod pocztowy", "Miejscowość", "Nazwa instytucji", "NIP instytucji", "Stanowisko", "Telefon")
    once = table(*((label, "600 100 200") for label in labels))
    again = paragraph("Notatki") + "".join(paragraph(f"{label}: 600 999 999") for label in labels)

    assert phone(again, form=once).reason_code == "two_answers"
