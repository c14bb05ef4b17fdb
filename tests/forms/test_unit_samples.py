"""The sample forms of the third project say what they were filled with."""

import csv

import pytest
from units import APPLYING, PROJECT, SAMPLES, definition

from forms.reader import read_form
from models.rules.facts import FieldStatus
from models.territory import SHIPPED

INBOX = PROJECT / "samples" / "inbox"


def test_the_manifest_names_every_form() -> None:
    with (INBOX / "manifest.csv").open(encoding="utf-8", newline="") as file:
        named = [row["file"] for row in csv.DictReader(file)]
    assert named == sorted(path.name for path in INBOX.glob("*.docx"))
    assert len(named) == SAMPLES


@pytest.mark.parametrize("number", range(1, SAMPLES + 1))
def test_a_gmina_is_read_from_its_form(number: int) -> None:
    reading = read_form((INBOX / f"zgloszenie-{number:02d}.docx").read_bytes(), definition().forms)
    assert (reading.form_key, reading.form_version) == ("zgloszenie_gminy", "1.0")
    assert {field.key: field.status for field in reading.fields if field.status is not FieldStatus.READ} == {}
    assert SHIPPED.name(str(reading.field("jednostka").value)) == APPLYING[number - 1]


def test_a_powiat_is_read_from_its_card() -> None:
    reading = read_form((PROJECT / "samples" / "cards" / "karta-kartuski.docx").read_bytes(), definition().forms)
    assert reading.field("jednostka").value == "2205"
    assert {field.status for field in reading.fields} == {FieldStatus.READ}
