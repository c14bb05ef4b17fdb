"""What cannot be true together is marked on both sides."""

from datetime import date

import pytest
from form_filling import EVERY_TYPE
from typed_answers import BLANK, CONTRADICTORY, READ

from forms.contradictions import against_receipt, cross_check
from forms.reading import FieldReading
from models.rules.facts import FieldStatus


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
