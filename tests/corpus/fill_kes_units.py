"""Fills the sample forms of ``projects/kes/samples/jednostki`` anew. Run by hand; not a test.

    python tests/corpus/fill_kes_units.py

The sixteen gminas that the project has published apply, and the eleven powiats that have such gminas send their card.
Contacts, representatives and answers are invented.
"""

import csv
import sys
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / folder) for folder in ("", "forms"))]

from form_filling import fill  # noqa: E402  (the folders of the tests come first)

from flows.steps.forms import blank_form  # noqa: E402
from models.project_file import load_project  # noqa: E402
from models.territory import plain  # noqa: E402

PROJECT = ROOT / "projects" / "kes"
SAMPLES = PROJECT / "samples" / "jednostki"
FORMS = ("zespol_interdyscyplinarny", "porozumienie", "wspolny_projekt")
NAMES = (
    *("Zmyślimira Kontaktowa", "Próbosław Pisemny", "Wymysława Biurkowa", "Niebysław Skrzynkowy"),
    *("Pozorna Telefonowa", "Fikcjusz Adresowy", "Przykładzimira Mailowa", "Testomir Odpowiadalski"),
    *("Atrapa Załącznikowa", "Szablonisław Wpisany", "Makieta Odręczna", "Pustomir Wzorcowy"),
    *("Hipoteza Pieczątkowa", "Domniemir Kopiowy", "Zastępcza Listowna", "Roboczysław Teczkowy"),
)
"""Contacts, in the order in which the gminas answer."""


NIP = "0000001005"
"""A number that is valid and belongs to nobody."""
ROLE = "kieruję instytucją (np. dyrektor, kierownik, wójt, burmistrz, starosta, prezes)"
TEAM = (
    ("I11", "Gmina Swarzędz", "samorząd", "gminny", "Zmyślimira Zespołowa"),
    ("I28", "Szkoła Podstawowa nr 1 w Swarzędzu", "oświata", "gminny", "Próbosław Dyrektorski"),
    ("I29", "Szkoła Podstawowa nr 2 w Swarzędzu", "oświata", "gminny", "Wymysława Dzwonkowa"),
    ("I30", "Przedszkole nr 1 w Swarzędzu", "oświata", "gminny", "Pozorna Kredkowa"),
    ("I31", "Powiatowy Urząd Pracy w Poznaniu", "rynek pracy", "powiatowy", "Testomir Etatowy"),
    ("I32", "Ośrodek Pomocy Społecznej w Swarzędzu", "pomoc i integracja społeczna", "gminny", "Fikcjusz Wspierający"),
    ("I33", "Centrum Sportu w Swarzędzu", "kultura, sport i turystyka", "gminny", "Domniemir Boiskowy"),
    ("I34", "Poradnia Psychologiczno-Pedagogiczna w Swarzędzu", "oświata", "powiatowy", "Hipoteza Poradnicza"),
    ("I35", "Stowarzyszenie Próbne w Swarzędzu", "organizacje pozarządowe", "gminny", "Atrapa Społecznikowa"),
    ("I36", "Biblioteka Publiczna w Swarzędzu", "kultura, sport i turystyka", "gminny", "Makieta Czytelnicza"),
)
"""Whom the parties of the agreement name: symbol and name of the institution, its sector and level, the person."""


Sent: TypeAlias = tuple[str, bytes, str, str]
"""A file with its name, what it holds, when it came and from which address."""


def main() -> None:
    definition = load_project(PROJECT)
    units = definition.area.names()
    gminas = [code for code in units if len(code) == 7]
    powiats = [code for code in units if len(code) == 4 and any(one.startswith(code) for one in gminas)]
    form, card = blank_form(definition, "zgloszenie_gminy"), blank_form(definition, "karta_powiatu")
    _offices(units, gminas, powiats)
    applications: list[Sent] = []
    for place, code in enumerate(gminas):
        answers = _gmina(f"{units[code]}, powiat {units[code[:4]]}", NAMES[place], place)
        if units[code] == "Kcynia":  # forgets a statement, and completes the form later
            _write(
                "uzupelnienia", [("Kcynia uzupełnienie.docx", fill(form, answers), "2018-05-07T09:00", _of(answers))]
            )
            answers = {**answers, "osw_prawda": False}
        name = f"zgloszenie-{_slug(units[code])}.docx"
        applications.append((name, fill(form, answers), f"2018-04-{10 + place:02d}T10:00", _of(answers)))
    again = _gmina("Śrem, powiat śremski", "Powtórzona Druga", 13)
    applications.append(("Śrem - formularz (drugi).docx", fill(form, again), "2018-04-26T14:00", _of(again)))
    _write("zgloszenia", applications)
    cards: list[Sent] = []
    for place, code in enumerate(powiats):
        answers = _card(units[code], NAMES[place])
        name = f"karta-{_slug(units[code])}.docx"
        cards.append((name, fill(card, answers), f"2018-06-{place + 1:02d}T11:00", _of(answers)))
    _write("karty", cards)
    nomination = blank_form(definition, "zgloszenie_pzk")
    named: list[Sent] = []
    for place, (symbol, house, sector, level, person) in enumerate(TEAM, start=1):
        answers = _member(symbol, house, sector, level, person, place)
        name = f"PZK {person.split()[1]}.docx"
        named.append((name, fill(nomination, answers), f"2020-03-{8 + place:02d}T10:00", _of(answers)))
    _write("zespol", named)


def _of(answers: dict[str, str | bool]) -> str:
    """The address from which the form comes."""
    return str(answers["email"])


def _slug(name: str) -> str:
    return plain(name).replace(" ", "-")


def _gmina(unit: str, contact: str, place: int) -> dict[str, str | bool]:
    first, last = contact.split()
    return {
        "jednostka": unit,
        "adres_urzedu": "ul. Wymyślona 1, 00-001 Przykładowo",
        "reprezentant": "Zmyślona Próbna, burmistrz",
        "imie": first,
        "nazwisko": last,
        "email": f"{plain(first)}.{plain(last)}@example.org",
        "telefon": "600 100 200",
        "osoba_w_pelnym_wymiarze": "tak" if place % 2 else "nie",
        "osw_reprezentacja": True,
        "osw_prawda": True,
        **{f"formy_wspolpracy:{code}": True for code in FORMS[: place % 3 + 1]},
    }


def _member(symbol: str, house: str, sector: str, level: str, person: str, place: int) -> dict[str, str | bool]:
    first, last = person.split()
    return {
        "imie": first,
        "nazwisko": last,
        "pesel": "brak PESEL",
        "data_urodzenia": f"{place:02d}.04.22{60 + place}",
        "plec": "kobieta" if first.endswith("a") else "mężczyzna",
        "adres.ulica": f"ul. Wymyślona {place}",
        "adres.kod": "00-001",
        "adres.miejscowosc": "Przykładowo",
        "adres.gmina": "Swarzędz",
        "email": f"{plain(first)}.{plain(last)}@example.org",
        "telefon": f"600 100 3{place:02d}",
        "symbol_instytucji": symbol,
        "instytucja.nazwa": house,
        "instytucja.nip": NIP,
        "instytucja.obszar": sector,
        "instytucja.poziom": level,
        "instytucja.gmina": "Swarzędz",
        "instytucja.stanowisko": "dyrektorka" if first.endswith("a") else "dyrektor",
        "rola_decyzyjna": ROLE,
        "osw_regulamin": True,
        "osw_udzial": True,
        "osw_prawda": True,
        "osw_rodo": True,
    }


def _card(powiat: str, contact: str) -> dict[str, str | bool]:
    first, last = contact.split()
    return {
        "jednostka": powiat,
        "adres_urzedu": "ul. Wymyślona 2, 00-001 Przykładowo",
        "reprezentant": "Zmyślona Próbna, starosta",
        "imie": first,
        "nazwisko": last,
        "email": f"powiat.{plain(last)}@example.org",
        "telefon": "600 100 200",
        "instytucje": "Powiatowa Instytucja Zmyślona – oświata",
        "miejsce_spotkan": "sala w starostwie",
        "osw_reprezentacja": True,
        "osw_prawda": True,
    }


def _offices(units: dict[str, str], gminas: list[str], powiats: list[str]) -> None:
    """The table for ``nabor unit import``: where the invitations go, and who signs."""
    with (SAMPLES / "urzedy.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter=";", lineterminator="\n")
        table.writerow(("nazwa", "rodzaj", "siedziba", "obszar", "poziom", "email", "reprezentant", "funkcja", "od"))
        for codes, kind, office, function in (
            (gminas, "gmina", "urzad", "burmistrz"),
            (powiats, "powiat", "starostwo", "starosta"),
        ):
            for code in codes:
                address = f"{office}.{_slug(units[code])}@example.org"
                signs = (f"Zmyślona Próbna-{'Gminna' if kind == 'gmina' else 'Powiatowa'}", function, "2018-01-01")
                table.writerow(("", kind, code, "samorzad", kind, address, *signs))


def _write(folder: str, files: list[Sent]) -> None:
    target = SAMPLES / folder
    target.mkdir(parents=True, exist_ok=True)
    with (target / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        manifest = csv.writer(file, lineterminator="\n")
        manifest.writerow(("file", "received_at", "channel", "sender", "application"))
        for name, content, received_at, sender in files:
            (target / name).write_bytes(content)
            manifest.writerow((name, received_at, "email", sender, ""))


if __name__ == "__main__":
    main()
