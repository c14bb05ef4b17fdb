"""Fills the sample forms of ``projects/liderzy/samples`` anew. Run by hand; not a test.

    python tests/corpus/fill_liderzy.py

Institutions are named by their kind, people and numbers are invented: births in the 23rd century or no PESEL, NIP that
begin with 000.
"""

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / folder) for folder in ("", "forms"))]

from form_filling import fill  # noqa: E402  (the folders of the tests come first)

from flows.steps.forms import blank_form  # noqa: E402
from models.project_file import load_project  # noqa: E402
from models.territory import plain  # noqa: E402

PROJECT = ROOT / "projects" / "liderzy"
SAMPLES = PROJECT / "samples"


@dataclass(frozen=True)
class House:
    """An institution as it stands in the register; ``area``: its seat by TERYT."""

    name: str
    kind: str
    area: str
    sector: str
    level: str
    nip: str = ""


SECTORS = {
    "samorzad": "samorząd",
    "pomoc_spoleczna": "pomoc i integracja społeczna",
    "oswiata": "oświata",
    "kultura_sport_turystyka": "kultura, sport i turystyka",
    "organizacje_pozarzadowe": "organizacje pozarządowe",
    "rynek_pracy": "rynek pracy",
    "policja": "policja",
    "ochrona_zdrowia": "ochrona zdrowia",
}
LEVELS = {"gmina": "gminny", "powiat": "powiatowy"}


def nip(serial: int) -> str:
    """A number that is valid and belongs to nobody."""
    digits = f"000{serial:06d}"
    check = sum(int(one) * weight for one, weight in zip(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7), strict=True)) % 11
    return nip(serial + 1) if check == 10 else f"{digits}{check}"


HOUSES = (
    House("", "gmina", "1419122", "samorzad", "gmina", nip(100)),
    House("Ośrodek Pomocy Społecznej w Słupnie", "", "1419122", "pomoc_spoleczna", "gmina", nip(200)),
    House("Szkoła Podstawowa w Słupnie", "", "1419122", "oswiata", "gmina", nip(300)),
    House("Biblioteka Publiczna w Słupnie", "", "1419122", "kultura_sport_turystyka", "gmina", nip(400)),
    House("Stowarzyszenie Próbne w Słupnie", "", "1419122", "organizacje_pozarzadowe", "gmina", nip(500)),
    House("Powiatowe Centrum Pomocy Rodzinie w Płocku", "", "1419", "pomoc_spoleczna", "powiat", nip(600)),
    House("Powiatowy Urząd Pracy w Płocku", "", "1419", "rynek_pracy", "powiat", nip(700)),
    House("Komenda Policji w Płocku", "", "1419", "policja", "powiat", nip(800)),
    House("Poradnia Psychologiczno-Pedagogiczna w Płocku", "", "1419", "oswiata", "powiat", nip(900)),
    House("Przychodnia Próbna w Słupnie", "", "1419122", "ochrona_zdrowia", "gmina", nip(1000)),
)
"""I1 to I10, in the order of the register."""


@dataclass(frozen=True)
class Named:
    """A person whom an institution names, and when the form comes."""

    first: str
    last: str
    house: int
    folder: str
    at: str
    woman: bool = True
    symbol: bool = True
    leaves_out: str = ""
    house_called: str = ""


PEOPLE = (
    Named("Zmyślimira", "Urzędowa", 1, "wskazania", "2018-06-13T09:00"),
    Named("Próbosława", "Pomocna", 2, "wskazania", "2018-06-13T10:00", symbol=False),
    Named("Niebysław", "Tablicowy", 3, "wskazania", "2018-06-14T09:00", woman=False),
    Named("Wymysława", "Regałowa", 4, "wskazania", "2018-06-15T09:00", leaves_out="telefon"),
    Named(
        "Fikcjusz",
        "Społeczny",
        5,
        "wskazania",
        "2018-06-15T11:00",
        woman=False,
        symbol=False,
        house_called="SPS Słupno",
    ),
    Named("Pozorna", "Rodzinna", 6, "wskazania", "2018-06-18T08:00"),
    Named("Testomir", "Zawodowy", 7, "wskazania", "2018-06-18T09:00", woman=False),
    Named("Wymysława", "Regałowa", 4, "uzupelnienia", "2018-06-25T09:00"),
    Named("Domniemir", "Dzielnicowy", 8, "uzupelnienia", "2018-06-25T10:00", woman=False),
    Named("Hipoteza", "Poradna", 9, "uzupelnienia", "2018-06-25T11:00"),
    Named("Atrapa", "Następna", 7, "zmiana", "2018-08-28T10:00"),
)
"""The last one takes the place of Testomir Zawodowy."""


def main() -> None:
    blank = blank_form(load_project(PROJECT), "wskazanie_osoby")
    manifests: dict[str, list[tuple[str, str, str, str, str]]] = {}
    for place, one in enumerate(PEOPLE):
        answers = _answers(one, place)
        again = place > 0 and one.last in {before.last for before in PEOPLE[:place]}
        name = f"wskazanie {plain(one.last)}{' - uzupełnione' if again else ''}.docx"
        target = SAMPLES / one.folder
        target.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(fill(blank, answers))
        sender = f"{plain(one.first)}.{plain(one.last)}@example.org"
        manifests.setdefault(one.folder, []).append((name, one.at, "email", sender, ""))
    for folder, rows in manifests.items():
        _table(SAMPLES / folder / "manifest.csv", ("file", "received_at", "channel", "sender", "application"), rows)
    head = ("nazwa", "rodzaj", "siedziba", "obszar", "poziom", "nip", "email")
    rows = [
        (one.name, one.kind, one.area, one.sector, one.level, one.nip, f"instytucja{place}@example.org")
        for place, one in enumerate(HOUSES, start=1)
    ]
    _table(SAMPLES / "instytucje.csv", head, rows, delimiter=";")


def _table(path: Path, head: tuple[str, ...], rows: list[tuple[str, ...]], delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        table.writerow(head)
        table.writerows(rows)


def _answers(one: Named, place: int) -> dict[str, str | bool]:
    house = HOUSES[one.house - 1]
    answers: dict[str, str | bool] = {
        "imie": one.first,
        "nazwisko": one.last,
        "pesel": "brak PESEL",
        "data_urodzenia": f"{one.house:02d}.03.22{60 + one.house}" if one.folder != "zmiana" else "17.05.2271",
        "plec": "kobieta" if one.woman else "mężczyzna",
        "adres.ulica": f"ul. Wymyślona {one.house}",
        "adres.kod": "00-001",
        "adres.miejscowosc": "Przykładowo",
        "adres.gmina": "Słupno",
        "email": f"{plain(one.first)}.{plain(one.last)}@example.org",
        "telefon": f"600 100 2{one.house:02d}",
        "symbol_instytucji": f"I{one.house}" if one.symbol else "",
        "instytucja.nazwa": one.house_called or house.name or "Gmina Słupno",
        "instytucja.nip": house.nip,
        "instytucja.obszar": SECTORS[house.sector],
        "instytucja.poziom": LEVELS[house.level],
        "instytucja.gmina": "Słupno",
        "instytucja.stanowisko": "specjalistka" if one.woman else "specjalista",
        "osw_instytucji": True,
        "osw_udzial": True,
        "osw_prawda": True,
        "osw_rodo": True,
    }
    return answers | {key: "" for key in [one.leaves_out] if key}


if __name__ == "__main__":
    main()
