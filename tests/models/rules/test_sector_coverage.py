"""Which sectors a set of institutions covers: in the project's order, how often, and what is missing."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.project_file import load_project
from models.rules.sector_coverage import Coverage, Expected, Placed, sector_coverage

KES = Path(__file__).parents[3] / "projects" / "kes"
SECTORS = (Expected("oswiata", "oświata"), Expected("policja", "policja"), Expected("inne", "inne", catch_all=True))
OF_KES = [Expected(one.code, one.label, one.catch_all) for one in load_project(KES).sectors]

MIXES = {
    "swarzedz": (
        10,
        {
            "pomoc_spoleczna": 1,
            "oswiata": 4,
            "rynek_pracy": 1,
            "kultura_sport_turystyka": 2,
            "organizacje_pozarzadowe": 1,
            "samorzad": 1,
        },
        ["ochrona_zdrowia", "sadownictwo", "policja"],
    ),
    "krobia": (
        7,
        {"pomoc_spoleczna": 2, "oswiata": 2, "rynek_pracy": 1, "kultura_sport_turystyka": 1, "samorzad": 1},
        ["ochrona_zdrowia", "sadownictwo", "policja", "organizacje_pozarzadowe"],
    ),
    "srem": (
        11,
        {
            "pomoc_spoleczna": 2,
            "oswiata": 2,
            "rynek_pracy": 1,
            "sadownictwo": 1,
            "policja": 1,
            "organizacje_pozarzadowe": 2,
            "samorzad": 1,
            "inne": 1,
        },
        ["ochrona_zdrowia", "kultura_sport_turystyka"],
    ),
    "czerniejewo": (
        5,
        {
            "pomoc_spoleczna": 1,
            "oswiata": 1,
            "kultura_sport_turystyka": 1,
            "organizacje_pozarzadowe": 1,
            "samorzad": 1,
        },
        ["ochrona_zdrowia", "rynek_pracy", "sadownictwo", "policja"],
    ),
}
"""domain.md §2.2, as the shipped sample files have them: how many, of which sectors, and what is missing."""


def covered(*sectors: str) -> Coverage:
    return sector_coverage(SECTORS, [Placed(f"Instytucja {n}", sector) for n, sector in enumerate(sectors, start=1)])


@pytest.mark.parametrize("mix", MIXES)
def test_the_four_mixes_say_what_they_lack(mix: str) -> None:
    size, present, missing = MIXES[mix]
    with (KES / "samples" / "instytucje" / f"{mix}.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    found = sector_coverage(OF_KES, [Placed(row["nazwa"] or "Gmina", row["obszar"]) for row in rows])
    assert found.total == size
    assert {one.code: one.count for one in found.present} == present
    assert [one.code for one in found.missing] == missing
    assert [one.code for one in found.sectors] == [one.code for one in OF_KES], "in the project's order"


def test_what_is_missing_is_said_in_polish() -> None:
    assert covered().said == "Nie ma jeszcze żadnej instytucji."
    assert covered("oswiata").said == "Brakuje obszaru: „policja”."
    assert covered("inne").said == "Brakuje obszarów (2): „oświata”, „policja”."
    assert covered("policja", "oswiata").said == "Są wszystkie obszary kooperacji."


def test_the_catch_all_is_counted_and_never_missed() -> None:
    found = covered("oswiata", "policja", "inne")
    assert [one.count for one in found.sectors] == [1, 1, 1]
    assert "inne" not in [one.code for one in covered("oswiata").missing]


def test_what_nobody_has_said_is_unsettled_and_covers_nothing() -> None:
    found = covered("", "oswiata", "obszar_innego_projektu")
    assert found.unsettled == ("Instytucja 1", "Instytucja 3")
    assert found.said.endswith("Obszar nieustalony, instytucji: 2 (Instytucja 1, Instytucja 3).")
    assert [one.code for one in found.missing] == ["policja"]


@given(st.lists(st.sampled_from([*(one.code for one in SECTORS), "", "x"])))
def test_nobody_is_lost_and_no_sector_twice(sectors: list[str]) -> None:
    found = covered(*sectors)
    assert found.total == len(sectors)
    assert {one.code for one in found.present} | {one.code for one in found.missing} | {"inne"} == {
        one.code for one in SECTORS
    }
    assert not {one.code for one in found.present} & {one.code for one in found.missing}
