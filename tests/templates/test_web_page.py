"""Pages for everybody: well formed, Polish, with landmarks, headings in order, and nothing from elsewhere."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flows.steps.documents import letterhead
from flows.steps.regulation import regulation_html
from models.project import ProjectDefinition
from models.project_file import load_project
from templates.documents.ranking_lists import NONE_HERE, RankedEntry, RankingListDocument
from templates.web_page import public_list_page

KES = Path(__file__).parents[2] / "projects" / "kes"
EVIL = "<script>alert(1)</script> & „x”"


@pytest.fixture(scope="module")
def kes() -> ProjectDefinition:
    return load_project(KES)


def ranking(kes: ProjectDefinition, **changed: object) -> RankingListDocument:
    values: dict[str, object] = {
        "letterhead": letterhead(kes),
        "call": "Nabór KES/PGR/2205/2018",
        "group": "Powiatowa Grupa Refleksyjna",
        "area": "powiat kartuski",
        "issued_on": date(2018, 7, 6),
        "place": "Poznań",
        "seats": 7,
        "order_rule": "liczba punktów.",
        "main": [
            RankedEntry(
                public_number="ZG-AAAA",
                application_number="KES/1",
                status="zakwalifikowane",
                points=9,
                sector="policja",
            )
        ],
        "reserve": [],
        "rejected": [RankedEntry(public_number="ZG-BBBB", application_number="KES/2", status="niezakwalifikowane")],
    }
    return RankingListDocument(**{**values, **changed})  # type: ignore[arg-type]


def pages(kes: ProjectDefinition) -> list[bytes]:
    return [regulation_html(kes, date(2018, 5, 28)), public_list_page(ranking(kes))]


def parsed(page: bytes) -> ElementTree.Element:
    """As XML: whoever forgets to close or to escape something is told here."""
    return ElementTree.fromstring(page.decode().removeprefix("<!DOCTYPE html>"))


@pytest.mark.parametrize("which", [0, 1], ids=["regulation", "public list"])
def test_a_page_can_be_read_by_everybody(kes: ProjectDefinition, which: int) -> None:
    page = pages(kes)[which]
    root = parsed(page)
    assert page.startswith(b'<!DOCTYPE html>\n<html lang="pl">')
    assert root.find("head/title").text  # type: ignore[union-attr]
    landmarks = [root.find(f"body/{name}") for name in ("header", "main", "footer")]
    assert None not in landmarks
    assert next(root.iter("a")).get("href") == "#tresc"
    levels = [int(one.tag[1]) for one in root.iter() if re.fullmatch(r"h[1-6]", one.tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    targets = [link.get("href", "") for link in root.iter("a")]
    assert [target for target in targets if target.removeprefix("#") not in ids] == []
    labels = [one.get("aria-labelledby") for one in root.iter() if one.get("aria-labelledby")]
    assert set(labels) <= set(ids)


@pytest.mark.parametrize("which", [0, 1], ids=["regulation", "public list"])
def test_every_table_has_a_caption_and_marked_headers(kes: ProjectDefinition, which: int) -> None:
    tables = list(parsed(pages(kes)[which]).iter("table"))
    assert tables
    for table in tables:
        assert table.find("caption").text  # type: ignore[union-attr]
        assert {cell.get("scope") for cell in table.findall("thead/tr/th")} == {"col"}
        for row in table.findall("tbody/tr"):
            assert [cell.get("scope") for cell in row.findall("th")] == ["row"]


@pytest.mark.parametrize("which", [0, 1], ids=["regulation", "public list"])
def test_a_page_loads_nothing_and_says_who_pays(kes: ProjectDefinition, which: int) -> None:
    page = pages(kes)[which].decode()
    root = parsed(page.encode())
    assert not {one.tag for one in root.iter()} & {"script", "link", "img", "iframe", "object"}
    assert "url(" not in page
    assert "@import" not in page
    assert kes.funding_line.split()[0] in "".join(root.find("body/footer").itertext())  # type: ignore[union-attr]


def test_the_public_page_says_what_the_public_list_says(kes: ProjectDefinition) -> None:
    root = parsed(public_list_page(ranking(kes)))
    text = " ".join("".join(root.find("body").itertext()).split())  # type: ignore[union-attr]
    rows = [["".join(cell.itertext()) for cell in row] for row in root.iter("tr")]
    assert ["1", "ZG-AAAA", "9", "zakwalifikowane"] in rows
    assert ["1", "ZG-BBBB", "–", "niezakwalifikowane"] in rows
    assert NONE_HERE in text
    assert "KES/1" not in text
    assert "policja" not in text


def test_nothing_in_a_value_becomes_part_of_the_page(kes: ProjectDefinition) -> None:
    page = public_list_page(ranking(kes, group=EVIL, closing=EVIL))
    root = parsed(page)
    assert not list(root.iter("script"))
    assert "".join(root.find("body").itertext()).count("<script>alert(1)</script>") == 2  # type: ignore[union-attr]
