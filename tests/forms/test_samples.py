"""The sample forms of the shipped recruitment say what ``tests/corpus/gold.json`` says they say."""

import csv
import json
from pathlib import Path
from typing import Final

import pytest

from forms.reader import read_form
from models.errors import FormUnreadable
from models.project_file import load_project
from models.rules.facts import FieldStatus

TESTS: Final = Path(__file__).parent.parent
PROJECT: Final = TESTS.parent / "projects" / "kes"
SAMPLES: Final = PROJECT / "samples"
FORMS: Final = load_project(PROJECT).forms
GOLD: Final = json.loads((TESTS / "corpus" / "gold.json").read_text(encoding="utf-8"))
READABLE: Final = sorted(file for file, said in GOLD.items() if "unreadable" not in said)
UNREADABLE: Final = sorted(file for file, said in GOLD.items() if "unreadable" in said)


@pytest.mark.parametrize("file", READABLE)
def test_a_sample_is_read_as_a_person_reads_it(file: str) -> None:
    reading = read_form((SAMPLES / file).read_bytes(), FORMS)
    said = GOLD[file]

    assert reading.form_key == "zalacznik_1_pgr"
    read = {field.key: field.value for field in reading.fields if field.status is FieldStatus.READ}
    wanted = {key: tuple(value) if isinstance(value, list) else value for key, value in said["values"].items()}
    assert read == wanted
    others = {
        field.key: {"status": str(field.status), "reason_code": field.reason_code}
        for field in reading.fields
        if field.status is not FieldStatus.READ
    }
    left_out = {key: {"status": "blank", "reason_code": ""} for key in said["blank"]}
    assert others == left_out | said["problems"]


@pytest.mark.parametrize("file", UNREADABLE)
def test_a_file_that_is_no_form_is_refused_with_its_reason(file: str) -> None:
    with pytest.raises(FormUnreadable) as refusal:
        read_form((SAMPLES / file).read_bytes(), FORMS)

    assert refusal.value.code == GOLD[file]["unreadable"]


@pytest.mark.parametrize("folder", ["inbox", "corrections"])
def test_gold_manifest_and_folder_name_the_same_files(folder: str) -> None:
    present = {path.name for path in (SAMPLES / folder).iterdir()} - {"manifest.csv"}
    with (SAMPLES / folder / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        listed = {line["file"] for line in csv.DictReader(lines)}
    known = {file.partition("/")[2] for file in GOLD if file.startswith(f"{folder}/")}

    assert present == listed == known
