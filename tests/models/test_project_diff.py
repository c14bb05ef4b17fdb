"""Two versions of a project compared in words."""

import re
import shutil
from pathlib import Path

import pytest

from models.project import Deadlines, ProjectDefinition
from models.project_bytes import from_canonical
from models.project_diff import DEADLINES, differences
from models.project_file import load_project

KES = Path(__file__).parents[2] / "projects" / "kes"
STORED = Path(__file__).parent / "stored" / "kes-rules-1.json"


@pytest.fixture(scope="module")
def kes() -> ProjectDefinition:
    return load_project(KES)


def changed(folder: Path, *changes: tuple[str, str]) -> ProjectDefinition:
    shutil.copytree(KES / "forms", folder / "forms")
    text = (KES / "project.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "project.yaml").write_text(text, encoding="utf-8")
    return load_project(folder)


def sentences(old: ProjectDefinition, new: ProjectDefinition) -> list[str]:
    return [one.sentence for one in differences(old, new)]


def test_equal_definitions_differ_in_nothing(kes: ProjectDefinition) -> None:
    assert differences(kes, kes) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "levels: [wojewodztwo]}",
            "levels: [wojewodztwo, powiat]}",
            "Kryterium „Instytucja z poziomu województwa” (§ 4 ust. 3 pkt 1) – warunek: było „poziom instytucji to: "
            "wojewódzki”, jest „poziom instytucji to: wojewódzki albo powiatowy”.",
        ),
        (
            "ponad_10: 7}",
            "ponad_10: 9}",
            "Reguła punktowa „Staż pracy” (§ 5 ust. 1 pkt 1) – punkty: było „„do 2 lat” – 1 pkt, „od 3 do 5 lat” – "
            "3 pkt, „od 6 do 10 lat” – 5 pkt, „ponad 10 lat” – 7 pkt”, jest „„do 2 lat” – 1 pkt, „od 3 do 5 lat” – "
            "3 pkt, „od 6 do 10 lat” – 5 pkt, „ponad 10 lat” – 9 pkt”.",
        ),
        ("    seats: 7 ", "    seats: 8 ", "Grupa PGR: liczba miejsc: było „7”, jest „8”."),
        (
            "    order: [points_desc, premium_desc, received_asc, number_asc]\n",
            "    order: [points_desc, received_asc, number_asc]\n",
            "Grupa PGR: kolejność na liście: było „liczba punktów (od najwyższej), liczba punktów premiowych (od "
            "najwyższej), czas wpływu (od najwcześniejszego), numer zgłoszenia (od najniższego)”, jest „liczba "
            "punktów (od najwyższej), czas wpływu (od najwcześniejszego), numer zgłoszenia (od najniższego)”.",
        ),
        (
            "    order: [points_desc",
            "    minimum: {points: 5, paragraph: § 5 ust. 3}\n    order: [points_desc",
            "Grupa PGR: wymagana liczba punktów: było „brak”, jest „5 (§ 5 ust. 3)”.",
        ),
        (
            "  answer_working_days: 4",
            "  answer_working_days: 6",
            "Termin odpowiedzi na propozycję miejsca (dni robocze): było „4”, jest „6”.",
        ),
        (
            "wycofać na każdym etapie, bez podania przyczyny.",
            "wycofać na każdym etapie.",
            "Regulamin, § 3 ust. 8: było „Zgłoszenie można wycofać na każdym etapie, bez podania przyczyny.”, jest "
            "„Zgłoszenie można wycofać na każdym etapie.”.",
        ),
        ('phone: "nieustalone"', 'phone: "61 000 00 00"', "Unit.phone: było „nieustalone”, jest „61 000 00 00”."),
        ("rate_grosze: 6000", "rate_grosze: 6500", "Grupa PGR: pay.rate_grosze: było „6000”, jest „6500”."),
    ],
)
def test_one_change_is_one_sentence(tmp_path: Path, kes: ProjectDefinition, old: str, new: str, said: str) -> None:
    told = [re.sub("[\u00a0 ]+", " ", one) for one in sentences(kes, changed(tmp_path, (old, new)))]
    assert told == [said]


def test_what_comes_and_goes_is_named_with_its_paragraph(kes: ProjectDefinition) -> None:
    lost = kes.model_copy(
        update={
            "criteria": tuple(one for one in kes.criteria if one.code != "praca_bezposrednia"),
            "merit": tuple(one for one in kes.merit if one.code != "zasieg"),
            "group_kinds": tuple(
                kind.model_copy(
                    update={
                        "criteria": tuple(code for code in kind.criteria if code != "praca_bezposrednia"),
                        "merit": tuple(code for code in kind.merit if code != "zasieg"),
                        "composition": kind.composition[:1],
                    }
                )
                for kind in kes.group_kinds
                if kind.code != "PGD"
            ),
        }
    )
    told = sentences(kes, lost)
    work = "„Praca bezpośrednio z osobami potrzebującymi wsparcia” (§ 4 ust. 1 pkt 4)"
    for sentence in (
        f"Usunięto: kryterium {work}.",
        "Usunięto: reguła punktowa „Działania o zasięgu wojewódzkim” (§ 5 ust. 1 pkt 4).",
        "Usunięto grupę PGD (Powiatowa Grupa Decydentów).",
        f"Grupa PGR: nie stosuje się już kryterium {work}.",
        "Grupa PGR: w składzie nie ma już wymagania: liczba osób z jednej instytucji: najwyżej 2.",
    ):
        assert sentence in told
    back = sentences(lost, kes)
    assert f"Dodano: kryterium {work}." in back
    assert "Dodano grupę PGD (Powiatowa Grupa Decydentów), miejsc: 15." in back
    assert len(back) == len(told)


def test_every_deadline_has_its_words() -> None:
    assert set(Deadlines.model_fields) <= set(DEADLINES)


def test_a_version_stored_by_an_earlier_release_is_compared_too(kes: ProjectDefinition) -> None:
    """What the shipped project has gained since: regulation, commission, reasons, papers, payments, units."""
    old = from_canonical(STORED.read_bytes())
    gained = {"regulation", "commission", "group_preference", "reasons", "appeals", "forms", "contracts", "payments"}
    gained |= {"agreements", "reminders", "appointments", "support", "group_kinds", "sectors", "criteria", "merit"}
    assert {one.section for one in differences(old, kes)} == gained
