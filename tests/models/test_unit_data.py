"""Numbers about units: a table beside the project, part of its version, said in words, and wrong in no silent way."""

import re
import shutil
from pathlib import Path

import pytest

from models.errors import DefinitionFaulty
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes, from_canonical
from models.project_diff import differences
from models.project_file import load_project, load_rules
from models.rule_words import Words
from models.unit_data import numbers_of

KES = Path(__file__).parents[2] / "projects" / "kes"
CSV = "teryt;value\n2205023;33 000\n2205083;\n2202023;12000\n2205;130000\n"
SECTION = """
unit_data:
  - code: ludnosc
    title: liczba mieszkańców
    source: dane zmyślone
    as_of: 2017-12-31
"""
BETWEEN = "{kind: unit_data_between, table: ludnosc, minimum: 10000, maximum: 40000}"
LEVEL = "{kind: level_in, field: instytucja.poziom, levels: [gmina]}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project KES whose premium points for the level of a gmina are for its size instead."""
    shutil.copytree(KES / "forms", tmp_path / "kes" / "forms")
    text = (KES / "project.yaml").read_text(encoding="utf-8")
    assert LEVEL in text
    (tmp_path / "kes" / "project.yaml").write_text(text.replace(LEVEL, BETWEEN) + SECTION, encoding="utf-8")
    table(tmp_path / "kes", CSV)
    return tmp_path / "kes"


def table(folder: Path, content: str | bytes) -> None:
    (folder / "unit_data").mkdir(exist_ok=True)
    body = content if isinstance(content, bytes) else content.encode()
    (folder / "unit_data" / "ludnosc.csv").write_bytes(body)


def mended(folder: Path, old: str, new: str) -> None:
    path = folder / "project.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def told(folder: Path) -> list[str]:
    with pytest.raises(DefinitionFaulty) as caught:
        load_project(folder)
    return [str(problem) for problem in caught.value.problems]


def test_a_table_belongs_to_the_version(folder: Path) -> None:
    project = load_project(folder)
    assert from_canonical(canonical_bytes(project)) == project
    assert numbers_of(project.unit_data) == {"ludnosc": {"220502": 33_000, "220202": 12_000, "2205": 130_000}}
    table(folder, "\ufeff" + CSV.replace("33 000", "33\u00a0001").replace("\n", "\r\n"))
    other = load_project(folder)
    assert canonical_bytes(other) != canonical_bytes(project)
    assert [one.sentence for one in differences(project, other)] == [
        "Tabela „liczba mieszkańców” – Kartuzy (2205023): było „33000”, jest „33001”."
    ]


def test_a_project_without_tables_has_the_bytes_it_had() -> None:
    assert b"unit_data" not in canonical_bytes(load_project(KES))


def test_the_condition_is_said_in_words(folder: Path) -> None:
    project = load_project(folder)
    (rule,) = [one for one in project.merit if one.kind == "flat" and one.test.kind == "unit_data_between"]
    said = Words(project, project.group_kind("PGR")).points(rule)
    assert "liczba mieszkańców (dane zmyślone, stan na 31.12.2017\u00a0r.) w jednostce podanej w polu" in said
    assert said.endswith("wynosi od 10000 do 40000")


def test_tables_come_and_go_in_a_comparison(folder: Path) -> None:
    kes, project = load_project(KES), load_project(folder)
    assert "Dodano tabelę „liczba mieszkańców” (dane zmyślone): liczba jednostek: 3." in [
        one.sentence for one in differences(kes, project)
    ]
    assert "Usunięto tabelę „liczba mieszkańców”." in [one.sentence for one in differences(project, kes)]


def test_rules_to_try_out_go_with_the_known_tables(folder: Path, tmp_path: Path) -> None:
    project = load_project(folder)
    alone = tmp_path / "zasady.yaml"
    alone.write_bytes((folder / "project.yaml").read_bytes())
    assert load_rules(alone, forms=project.forms, unit_data=project.unit_data) == project


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("kod;liczba\n", "unit_data/ludnosc.csv:1: Pierwszy wiersz tabeli musi brzmieć: teryt;value."),
        ("teryt;value\n", "unit_data/ludnosc.csv:1: Tabela nie podaje żadnej liczby."),
        ("teryt;value\n2205023;1\n22;5\n", "unit_data/ludnosc.csv:3: Kod TERYT ma"),
        ("teryt;value\n2205024;1\n", "unit_data/ludnosc.csv:2: Kod TERYT ma"),
        ("teryt;value\n2205023;1\n2205023;2\n", "unit_data/ludnosc.csv:3: Ta jednostka stoi już w wierszu 2."),
        ("teryt;value\n2205023;1,5\n", "unit_data/ludnosc.csv:2: Wartość musi być"),
        ("teryt;value\n2205023;-5\n", "unit_data/ludnosc.csv:2: Wartość musi być"),
        ("teryt;value\n2205023;9999999999\n", "unit_data/ludnosc.csv:2: Wartość musi być"),
        ("teryt;value\n2205023;1;2\n", "unit_data/ludnosc.csv:2: Kolumny są dwie"),
        ('teryt;value\n"22"05;1\n', "unit_data/ludnosc.csv:2: Tego wiersza nie da się"),
        (b"teryt;value\n2205023;\xb3\n", "unit_data/ludnosc.csv:2: Plik nie jest zapisany w kodowaniu UTF-8"),
        ("teryt;value\n" + "2205023;1\n" * 60_000, "unit_data/ludnosc.csv:1: Tabela jest za duża"),
    ],
)
def test_a_faulty_table_is_told_by_line(folder: Path, content: str | bytes, said: str) -> None:
    table(folder, content)
    assert any(problem.startswith(said) for problem in told(folder)), told(folder)


def test_a_table_is_a_file_of_its_own_in_the_folder(folder: Path, tmp_path: Path) -> None:
    (folder / "unit_data" / "ludnosc.csv").rename(tmp_path / "obok.csv")
    assert any("ludnosc.csv:1: Brakuje tego pliku" in problem for problem in told(folder))
    (folder / "unit_data" / "ludnosc.csv").symlink_to(tmp_path / "obok.csv")
    assert any("dowiązaniem" in problem for problem in told(folder))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("table: ludnosc", "table: dochod", "Nieznana tabela „dochod”"),
        (BETWEEN, LEVEL, "Z tabeli „ludnosc” nie korzysta żadne kryterium."),
        ("minimum: 10000, maximum: 40000", "minimum: 3, maximum: 2", "Największa liczba (2) jest mniejsza"),
        ("table: ludnosc,", "table: ludnosc, field: motywacja,", "potrzebuje pola gminy lub powiatu"),
        ("    as_of: 2017-12-31", "    values: {}\n    as_of: 2017-12-31", "Liczb nie wpisuje się tutaj"),
        ("    as_of: 2017-12-31\n", "", "Brakuje pola „as_of”."),
        ("    as_of: 2017-12-31\n", "    as_of: 2017-12-31\n" + SECTION.split(":\n", 1)[1], "powtarza się"),
    ],
)
def test_what_disagrees_is_told(folder: Path, old: str, new: str, said: str) -> None:
    mended(folder, old, new)
    assert any(said in problem for problem in told(folder)), told(folder)
    assert re.search(r"^project\.yaml:\d+:", told(folder)[0])


def test_a_definition_is_frozen_with_its_tables(folder: Path) -> None:
    assert isinstance(load_project(folder), ProjectDefinition)
