"""The papers of meetings: what they say, to whom, and that they fit their pages."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from meeting_samples import CERTIFICATE, FOR_THE_HOST, PUBLISHED, RECORD, TEAM_RECORD, WORD
from pypdf import PdfReader

from models.identifiers import Sex
from models.rules.meeting_kinds import MeetingKind
from templates.documents.certificate import AttendedDay, certificate
from templates.documents.harmonogram import harmonogram
from templates.documents.host_list import host_list
from templates.documents.meeting_protocol import meeting_protocol


def text_of(content: bytes) -> str:
    """All text of the body, a paragraph a line, with ordinary spaces."""
    body = docx.Document(io.BytesIO(content)).element.body
    lines = ["".join(part.text or "" for part in written.iter(qn("w:t"))) for written in body.iter(qn("w:p"))]
    return "\n".join(lines).replace("\u00a0", " ")


def test_the_harmonogram_goes_by_date_and_marks_what_is_called_off() -> None:
    said = text_of(harmonogram(PUBLISHED))
    assert "Stan na 1 sierpnia 2018 r. Zakres: powiat kartuski." in said
    assert said.index("01.09.2018 r.") < said.index("22.09.2018 r.")
    assert said.count("odwołane") == 1
    assert "powiat kartuski (szkolenie)" in said
    assert "(spotkanie)" not in said


def test_the_record_lists_people_in_polish_order_and_says_who_stood_in() -> None:
    said = text_of(meeting_protocol(RECORD))
    places = [said.index(name) for name in ("Ćwiek-Próbna", "Lisowicz", "Łąkowa", "Ludomir Mak (zastępstwo)")]
    assert places == sorted(places)
    assert "Razem: 4 osoby." in said
    assert "Kartuzy, Żukowo" in said
    assert "……" not in said


def test_a_record_by_institutions_names_each_once_and_nobody() -> None:
    said = text_of(meeting_protocol(replace(RECORD, by_institution=True, worked_out=(), verified=())))
    assert said.count("Powiatowy Urząd Pracy w Kartuzach") == 1
    assert "Razem: 3 instytucje, 4 osoby." in said
    for name in ("Ćwiek", "Mak", "Łąkowa", "Adam"):
        assert name not in said
    assert said.count("……") >= 6, "room to write by hand"


def test_the_record_of_a_team_numbers_institutions_and_says_what_sectors_are_missing() -> None:
    said = text_of(meeting_protocol(TEAM_RECORD))
    assert "Powiat\nśremski\nGmina\nŚrem\n" in said
    assert "Obszar\n" not in said
    assert "Gospodarze\nGmina Śrem" in said
    assert said.index("Obecne instytucje") < said.index("Obszary kooperacji") < said.index("Obecne osoby")
    assert "Razem: 11 instytucji, 11 osób." in said
    assert "pomoc i integracja społeczna\n2\noświata\n2\nochrona zdrowia\n–" in said
    assert "nieustalone\n1\n" in said
    assert "Brakuje obszarów (2): „ochrona zdrowia”, „kultura, sport i turystyka”." in said
    assert "Obszar nieustalony, instytucji: 1 (Fundacja Zmyślona w Śremie)." in said
    nameless = text_of(meeting_protocol(replace(TEAM_RECORD, by_institution=True, hosts=())))
    assert "Decyzyjna" not in nameless
    assert "Gospodarze" not in nameless


@pytest.mark.parametrize(
    ("sex", "said"),
    [
        (Sex.WOMAN, ("Pani Świętosława", "uczestniczka projektu", "wzięła udział")),
        (Sex.MAN, ("Pan Świętosława", "uczestnik projektu", "wziął udział")),
        (None, ("\nŚwiętosława", "osoba uczestnicząca w realizacji projektu", "wzięła udział")),
    ],
)
def test_a_certificate_follows_the_persons_sex(sex: Sex | None, said: tuple[str, ...]) -> None:
    text = text_of(certificate(replace(CERTIFICATE, sex=sex)))
    assert [part for part in said if part not in text] == []
    assert "/a" not in text


def test_a_certificate_adds_the_hours_up() -> None:
    text = text_of(certificate(CERTIFICATE))
    assert "Praca z rodziną (szkolenie)" in text
    assert text.index("Razem") < text.index("11 godz. 30 min")
    assert "nr POWR.02.05.00-00-0207/17-00" in text


def test_the_host_reads_counts_and_names_only_when_they_are_given() -> None:
    assert "wegetariańska\n3" in text_of(host_list(FOR_THE_HOST))
    assert "Ćwiek-Próbna" in text_of(host_list(FOR_THE_HOST))
    nameless = text_of(host_list(replace(FOR_THE_HOST, with_names=False)))
    assert "wegetariańska\n3" in nameless
    assert "zawiera dane osobowe" in nameless
    assert [name for name in ("Ćwiek", "Adam", "Łąkowa", "Mak") if name in nameless] == []
    nothing = replace(FOR_THE_HOST, guests=(), accepted=0, unanswered=0)
    assert "Żadna z oczekiwanych osób" in text_of(host_list(nothing))


@pytest.mark.libreoffice
def test_they_fit_their_pages(tmp_path: Path) -> None:
    """A certificate of a whole year is one page; no page is empty, no word broken within a column."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    year = [
        AttendedDay(on=date(2018, month, 8), meeting=RECORD.title, kind=MeetingKind.TRAINING, minutes=360)
        for month in range(1, 13)
    ]
    made = {name: content() for name, content in WORD.items()}
    made["year"] = certificate(replace(CERTIFICATE, days=year))
    for name, content in made.items():
        (tmp_path / f"{name}.docx").write_bytes(content)
    subprocess.run(
        [
            *(office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"),
            *("--outdir", str(tmp_path), *(str(path) for path in sorted(tmp_path.glob("*.docx")))),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    pages = {name: [page.extract_text() for page in PdfReader(tmp_path / f"{name}.pdf").pages] for name in made}
    assert {name: len(texts) for name, texts in pages.items()} == {
        "harmonogram": 3,
        "meeting_protocol": 1,
        "team_record": 2,
        "certificate": 1,
        "host_list": 1,
        "year": 1,
    }
    whole = {
        "harmonogram": ("poniedziałek", "Uniwersytetu", "9:00–15:00", "Prowadzenie"),
        "meeting_protocol": ("Ćwiek-Próbna", "01.12, 02.12", "zastępstwo"),
        "certificate": ("ZU/KES/PGR/2205/2018/001", "11 godz. 30 min"),
    }
    missing = [
        (name, word)
        for name, words in whole.items()
        for word in words
        if word not in re.sub("\u00a0", " ", "\n".join(pages[name]))
    ]
    assert missing == []
