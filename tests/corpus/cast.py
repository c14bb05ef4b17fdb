"""Who sent what, when and how: the cast of the sample recruitment (PGR, powiat kartuski, June 2018).

What each form says stands in ``gold.json``. Here stands only how the person put it down: by which hand the form was
filled, and where the wording differs from the plain one. All people, institutions and numbers are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Hand(StrEnum):
    """The way a form was filled in."""

    LIBREOFFICE = "libreoffice"
    """Typed into the controls in LibreOffice, boxes clicked."""
    PLAIN = "plain"
    """In LibreOffice, the controls deleted and the answers typed into the bare cells."""
    CROSSED = "crossed"
    """In LibreOffice, with an X typed beside the boxes instead of a click."""
    TRACKED = "tracked"
    """In LibreOffice, with recording of changes left on."""
    WORD = "word"
    """As Word saves it; never opened in LibreOffice."""
    PHOTO = "photo"
    """Not a Word file: a picture of the first page."""
    DAMAGED = "damaged"
    """Saved by LibreOffice, then cut off half way."""


@dataclass(frozen=True)
class Sample:
    """One file. ``received_at`` is local time; ``channel``, ``sender`` and ``application`` go into the manifest."""

    file: str
    received_at: str
    hand: Hand = Hand.LIBREOFFICE
    channel: str = "email"
    sender: str = ""
    application: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    """Answers by leaf, worded as the person typed them; ``""`` leaves the field as it was."""
    picked_date: bool = False
    """The date was chosen in the calendar of its field, not typed."""
    edited_from: str = ""
    """Another sample that the person opened again and changed."""
    author: str = ""
    """The name set in the person's office program."""


NO_PESEL_BOX = "☒"
"""Stands for a PESEL answered by its box."""

INBOX = (
    Sample(
        "zalacznik 1 (2).docx",
        "2018-06-04T08:02",
        sender="msciwoj.niebyly@example.org",
        typed={
            "pesel": "626430 15012",
            "data_urodzenia": "30 kwietnia 2262 r.",
            "telefon": "600-000-108",
            "adres.gmina": "gm. Kartuzy, pow. kartuski",
        },
    ),
    Sample(
        "Formularz PGR Żelisława Próbna.docx",
        "2018-06-04T11:40",
        sender="zelislawa.probna@example.org",
        typed={"instytucja.nip": "000-100-10-13", "telefon": "+48 600 000 101", "adres.gmina": "Kartuzy"},
        picked_date=True,
        author="Żelisława Próbna",
    ),
    Sample(
        "zalacznik_1_pgr Wymyślona.docx",
        "2018-06-05T09:15",
        Hand.WORD,
        sender="radomila.wymyslona@example.com",
        typed={"adres.gmina": "miasto i gmina Żukowo", "instytucja.gmina": "Kartuzy (kartuski)"},
    ),
    Sample(
        "Skromny_W_PGR.docx",
        "2018-06-06T12:05",
        channel="epuap",
        typed={"adres.kod": "83-300 Kartuzy", "data_urodzenia": "2.02.2298"},
    ),
    Sample(
        "Formularz-zgloszeniowy-Z.Atrapa.docx",
        "2018-06-07T10:30",
        Hand.WORD,
        sender="z.atrapa@example.com",
        typed={"telefon": "tel. 600 000 110", "instytucja.nip": "0001003756"},
    ),
    Sample(
        "Testowski Gościwit - zgłoszenie PGR.docx",
        "2018-06-08T14:20",
        sender="gosciwit.testowski@example.org",
        typed={
            "email": "e-mail: gosciwit.testowski@Example.org",
            "data_urodzenia": "02-11-2271",
            "adres.gmina": "Żukowo, powiat kartuski",
            "instytucja.gmina": "2205083",
        },
        author="Sekretariat",
    ),
    Sample(
        "Podwójna Wszebora.docx",
        "2018-06-11T08:45",
        sender="wszebora.podwojna@example.com",
        picked_date=True,
    ),
    Sample(
        "fikcyjna n. formularz.docx",
        "2018-06-12T16:10",
        sender="n.fikcyjna@example.org",
        typed={"pesel": NO_PESEL_BOX, "adres.gmina": "Gmina Żukowo", "data_urodzenia": "17 V 2290"},
    ),
    Sample(
        "PGR_Odległy.docx",
        "2018-06-13T09:00",
        sender="dalemir.odlegly@example.com",
        typed={"adres.gmina": "Skarszewy", "instytucja.gmina": "Skarszewy, powiat starogardzki"},
    ),
    Sample(
        "formularz wypełniony Klikalna.docx",
        "2018-06-13T13:30",
        Hand.CROSSED,
        sender="niezapomina.klikalna@example.org",
        typed={"telefon": "600000116"},
    ),
    Sample(
        "Kopiuj P. formularz.docx",
        "2018-06-14T10:00",
        Hand.PLAIN,
        sender="p.kopiuj@example.com",
        typed={"data_urodzenia": "04.04.2289r.", "adres.gmina": "Żukowo", "instytucja.nip": "NIP 000 102 01 92"},
    ),
    Sample(
        "Śledzona_formularz_v3_ostateczny.docx",
        "2018-06-15T11:11",
        Hand.TRACKED,
        sender="dobrochna.sledzona@example.org",
        author="Dobrochna Śledzona",
    ),
    Sample("Równa - formularz.docx", "2018-06-18T12:00", channel="post"),
    Sample("formularz Równoległy.docx", "2018-06-18T12:00", channel="post", typed={"telefon": "0 600 000 115"}),
    Sample(
        "Teoretyczny B. zgłoszenie do grupy.docx",
        "2018-06-19T09:30",
        sender="biuroslaw.teoretyczny@example.org",
    ),
    Sample(
        "Podwójna Wszebora POPRAWIONY.docx",
        "2018-06-20T08:20",
        sender="wszebora.podwojna@example.com",
        edited_from="Podwójna Wszebora.docx",
    ),
    Sample(
        "zgłoszenie z pendrive.docx",
        "2018-06-21T09:05",
        Hand.WORD,
        channel="in_person",
        typed={"email": ""},
    ),
    Sample(
        "Zgloszenie_Zmyslny.docx",
        "2018-06-21T10:40",
        sender="swietopelk.zmyslny@example.org",
        # Two neighbouring digits swapped.
        typed={"pesel": "83692313603"},
    ),
    Sample(
        "CICHA formularz zgłoszeniowy.docx",
        "2018-06-21T14:55",
        sender="milczyslawa.cicha@example.org",
        typed={"data_urodzenia": "", "instytucja.nip": ""},
    ),
    Sample(
        "Brakująca L formularz podpisany.docx",
        "2018-06-22T08:15",
        sender="lubomira.brakujaca@example.com",
        typed={"telefon": ""},
    ),
    Sample(
        "SZABLONOWA.docx",
        "2018-06-22T09:50",
        sender="jarogniewa.szablonowa@example.org",
        # The number is right, the year of birth has two digits swapped.
        typed={"pesel": "81631415746", "data_urodzenia": "14.03.2218"},
    ),
    Sample("skan0001.jpg", "2018-06-22T11:00", Hand.PHOTO, sender="bogna.zdjeciowa@example.org"),
    Sample(
        "Załącznik nr 1 PGR - Urwany.docx",
        "2018-06-22T12:25",
        Hand.DAMAGED,
        sender="sulislaw.urwany@example.com",
    ),
    Sample(
        "Przykładna D. załącznik 1 PGR.docx",
        "2018-06-22T14:58",
        sender="dobrowiesc.przykladna@example.org",
        typed={"instytucja.nip": "000-100-10-13"},
        picked_date=True,
    ),
    Sample(
        "formularz PGR - wersja ostateczna (1).docx",
        "2018-06-22T15:30",
        sender="sedzimir.ostatni@example.com",
        typed={"adres.gmina": "Żukowo (kartuski)"},
    ),
    Sample(
        "Poniewczasie formularz.docx",
        "2018-06-25T09:10",
        Hand.WORD,
        sender="spoznislawa.poniewczasie@example.org",
    ),
)

CORRECTIONS = (
    Sample(
        "Zmyślny - poprawiony PESEL.docx",
        "2018-06-27T09:12",
        Hand.WORD,
        sender="swietopelk.zmyslny@example.org",
    ),
    Sample(
        "Papierowy uzupełnienie z poczty.docx",
        "2018-06-28T10:00",
        channel="post",
        application="KES/PGR/2205/2018/0017",
    ),
    Sample(
        "SZABLONOWA poprawka.docx",
        "2018-06-28T13:20",
        sender="jarogniewa.szablonowa@example.org",
        application="KES/PGR/2205/2018/0021",
        picked_date=True,
    ),
    Sample(
        "Brakująca uzupełnienie.docx",
        "2018-06-29T08:05",
        sender="lubomira.brakujaca@example.com",
    ),
)

UNREADABLE_ANSWERS: Mapping[str, Mapping[str, str | bool | list[str]]] = {
    "skan0001.jpg": {
        "imie": "Bogna",
        "nazwisko": "Zdjęciowa",
        "pesel": "brak PESEL",
        "data_urodzenia": "2277-09-09",
        "plec": "kobieta",
        "adres.ulica": "ul. Migawkowa 1",
        "adres.kod": "83-300",
        "adres.miejscowosc": "Kartuzy",
        "adres.gmina": "2205023",
        "email": "bogna.zdjeciowa@example.org",
    },
    "Załącznik nr 1 PGR - Urwany.docx": {
        "imie": "Sulisław",
        "nazwisko": "Urwany",
        "pesel": "brak PESEL",
        "plec": "mezczyzna",
        "email": "sulislaw.urwany@example.com",
        "osw_regulamin": True,
    },
}
"""What was written in the two files that nobody can read as forms."""
