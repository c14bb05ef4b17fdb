"""Reading received files, whatever program they were written with, and what becomes of each in an office."""

import io
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from form_filling import BLANK, CORPUS, EVERY_TYPE, TYPED, VALUES, fill
from pdf_filling import IDENTITY, fields_of, pdf_of
from people import RITA, WORKER, candidate, definition, filled, go_to, open_kes_call
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.steps import reading as reading_step
from flows.steps.applications import file_remarks, find_application
from flows.steps.documents import export_submitted
from flows.steps.filing import IntakeCounts
from flows.steps.intake import read_and_file, unread_files
from flows.steps.kept_files import store_folder
from flows.steps.reading import read_files
from forms.blank_marks import FORM_PROPERTY, VERSION_PROPERTY
from forms.reader import read_form
from forms.reading import FormReading, Unreadable
from models.tables import Application, Message, SubmittedFile

SAMPLES = CORPUS / "formats"
SUFFIXES = ("doc", "odt", "rtf")
CONVERTED = "Odczytano po przekształceniu z .{} przez LibreOffice."
PDF = pdf_of(fields_of(EVERY_TYPE, TYPED, named=False), info=IDENTITY)
WITHOUT = Settings(libreoffice="", reading_workers=1)
Readings = dict[int, FormReading | Unreadable]


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def with_macros(docx: bytes) -> bytes:
    buffer = io.BytesIO(docx)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"\x00")
    return buffer.getvalue()


def read(contents: list[bytes], settings: Settings) -> Readings:
    return dict(read_files(enumerate(contents), (EVERY_TYPE,), settings))


def codes(readings: Readings) -> dict[int, str]:
    return {number: reading.code for number, reading in readings.items() if isinstance(reading, Unreadable)}


def said(reading: FormReading | Unreadable) -> dict[str, object]:
    assert isinstance(reading, FormReading)
    return {field.key: field.value for field in reading.fields}


@pytest.fixture
def converting(tmp_path: Path) -> Settings:
    """Settings with a program that hands out what LibreOffice once made of the sample of that kind."""
    program = tmp_path / "soffice"
    program.write_text(
        '#!/bin/sh\nwhile [ "$1" != "--outdir" ]; do shift; done\nout="$2"; shift 2\n'
        'for file in "$@"; do name=$(basename "$file"); '
        f'cp "{SAMPLES}/formularz-${{name#*.}}-wstecz.docx" "$out/${{name%.*}}.docx"; done\n'
    )
    program.chmod(0o700)
    return Settings(libreoffice=str(program), libreoffice_with_network=True, reading_workers=1)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_libreoffice_makes_of_a_sample_says_what_was_typed(suffix: str) -> None:
    assert said(read_form(sample(f"formularz-{suffix}-wstecz.docx"), (EVERY_TYPE,))) == VALUES


def test_every_kind_is_read_where_there_is_libreoffice(converting: Settings) -> None:
    contents = [*(sample(f"formularz.{suffix}") for suffix in SUFFIXES), fill(BLANK, TYPED), PDF]
    readings = read([*contents, sample("haslo.doc"), sample("haslo.odt"), b"\xff\xd8\xff"], converting)
    assert codes(readings) == {5: "password_protected", 6: "password_protected", 7: "image"}
    for number in range(5):
        assert said(readings[number]) == VALUES
        reading = readings[number]
        assert isinstance(reading, FormReading)
        told = [
            f"Odczytano po przekształceniu z .{suffix} przez LibreOffice." for suffix in SUFFIXES[number : number + 1]
        ]
        assert list(reading.remarks) == told


def test_more_than_a_batch_and_a_refused_one_in_between(converting: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_step, "BATCH", 2)
    contents = [sample("formularz.rtf")] * 6
    contents[3] = sample("haslo.doc")
    readings = read(contents, converting)
    assert codes(readings) == {3: "password_protected"}
    assert len(readings) == 6


def test_without_libreoffice_the_sender_is_told_how_to_save_the_file() -> None:
    readings = read([sample(f"formularz.{suffix}") for suffix in SUFFIXES], WITHOUT)
    assert codes(readings) == {0: "legacy_doc", 1: "odt", 2: "rtf"}
    for reading in readings.values():
        assert isinstance(reading, Unreadable)
        assert "zapisać jako .docx" in reading.sentence


# In an office


FORM = definition().form("zalacznik_1_pgr")
KES_IDENTITY = {FORM_PROPERTY: FORM.key, VERSION_PROPERTY: FORM.version}


def taken_in(office: Office, files: dict[str, bytes], folder: Path) -> IntakeCounts:
    """What became of the files of an inbox, an hour apart."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    lines = [f"{name},2018-06-05T{10 + n}:00,email,nadawca@example.org" for n, name in enumerate(files)]
    (folder / "manifest.csv").write_text("\n".join(["file,received_at,channel,sender", *lines]))
    store_folder(office, folder, actor=WORKER)
    with office.reading(WORKER) as session:
        waiting = unread_files(session)
    return read_and_file(office, waiting, actor=WORKER)


def remarks_of(office: Office, number: str) -> list[str]:
    with office.reading(RITA) as session:
        return [one for of_file in file_remarks(session, find_application(session, number)).values() for one in of_file]


def test_one_of_each_kind_becomes_an_application_or_a_letter(office: Office, tmp_path: Path) -> None:
    office = replace(office, settings=office.settings.model_copy(update={"libreoffice": ""}))
    open_kes_call(office)
    go_to(office, "2018-06-25T12:00")
    files = {
        "zwykły.docx": filled(candidate(1)),
        "z makrami.docm": with_macros(filled(candidate(2))),
        "formularz.pdf": pdf_of(fields_of(FORM, candidate(3), named=True), info=KES_IDENTITY),
        "stary.doc": sample("formularz.doc"),
        "skan.pdf": pdf_of(),
        "nie to co mówi nazwa.docx": sample("formularz.rtf"),
    }
    counts = taken_in(office, files, tmp_path / "inbox")
    assert (counts.complete, counts.incomplete, counts.to_type, counts.unreadable) == (3, 0, 1, 2)
    with office.reading(WORKER) as session:
        numbers = session.exec(select(Application.number).order_by(col(Application.id))).all()
        reasons = session.exec(select(SubmittedFile.reason_code).order_by(col(SubmittedFile.id))).all()
        letters = session.exec(select(Message.text).where(Message.event == "unreadable_form")).all()
    assert sorted(filter(None, reasons)) == ["legacy_doc", "rtf"]
    assert sum("zapisać jako .docx" in (letter or "") for letter in letters) == 2
    # What was remarked stays with the application, and lies beside the file when it leaves the store.
    (remark,) = remarks_of(office, numbers[1])
    assert "zawiera makra; nie uruchomiono ich" in remark
    written = export_submitted(office, numbers[1], tmp_path / "export", actor=RITA)
    assert [path.suffix for path in written] == [".docm", ".txt"]
    assert written[1].read_text(encoding="utf-8") == f"{remark}\n"
    assert [path.suffix for path in export_submitted(office, numbers[0], tmp_path / "export", actor=RITA)] == [".docx"]


@pytest.mark.libreoffice
def test_old_open_and_rich_text_forms_become_applications(office: Office, tmp_path: Path) -> None:
    office = replace(office, settings=office.settings.model_copy(update={"libreoffice_with_network": True}))
    open_kes_call(office)
    go_to(office, "2018-06-25T12:00")
    inbox, source = tmp_path / "inbox", tmp_path / "a.docx"
    files: dict[str, bytes] = {}
    for number, suffix in enumerate(SUFFIXES, start=1):
        source.write_bytes(filled(candidate(number)))
        files[f"{number}.{suffix}"] = saved_as(source, suffix)
    files["4.doc"] = files["1.doc"][:9_000]
    assert taken_in(office, files, inbox) == IntakeCounts(complete=3, unreadable=1)
    with office.reading(WORKER) as session:
        numbers = session.exec(select(Application.number).order_by(col(Application.id))).all()
    assert [remarks_of(office, number) for number in numbers] == [[CONVERTED.format(suffix)] for suffix in SUFFIXES]


def saved_as(docx: Path, suffix: str) -> bytes:
    """The file as LibreOffice saves it in another format."""
    profile = (docx.parent / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", suffix]
    subprocess.run([*command, "--outdir", str(docx.parent), str(docx)], check=True, capture_output=True, timeout=60)
    return docx.with_suffix(f".{suffix}").read_bytes()
