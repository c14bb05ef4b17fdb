"""The picture of a project: well-formed, the same each time, readable without colour, and nothing beyond its tile."""

import re
import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from templates import project_map as drawn
from templates.project_map import Look, MapLine, MapTile, ProjectMap, project_map

SVG = "{http://www.w3.org/2000/svg}"
LONG = "porozumienie czeka na podpisy wszystkich instytucji powiatu, strony: 12, bez podpisu: 7"


def shown(*names: str) -> ProjectMap:
    gmina = MapTile("gmina Nakło nad Notecią", (MapLine("brak deklaracji", Look.LACKING),))
    powiats = tuple(
        MapTile(name, tuple(MapLine(f"{look}: {LONG}", look) for look in Look), (gmina, gmina)) for name in names
    )
    unknown = MapTile("powiat", (MapLine("nieustalone", Look.UNKNOWN),), unknown=True)
    blocks = (
        MapTile("województwo <próbne> & „inne”", (MapLine("RGR: brak naboru", Look.LACKING),), (*powiats, unknown)),
    )
    return ProjectMap("Projekt <A> & B", ("Zaplanowano: 46 grup.", "Otwarte nabory: 1."), blocks)


def test_it_is_xml_with_a_title_and_a_description_and_nothing_from_elsewhere() -> None:
    svg = project_map(shown("powiat kartuski"))
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "pl"
    named = {one.get("id"): one.text for one in root if one.tag in (f"{SVG}title", f"{SVG}desc")}
    assert named == {"tytul": "Projekt <A> & B", "opis": "Zaplanowano: 46 grup. Otwarte nabory: 1."}
    assert set((root.get("aria-labelledby") or "").split()) == set(named)
    assert not re.search(rb"href|url\(|@import|<script|<style|<image", svg)
    assert project_map(shown("powiat kartuski")) == svg


def test_every_look_has_a_sign_of_its_own_and_its_words_in_the_legend() -> None:
    svg = project_map(shown()).decode()
    assert set(drawn._SIGNS) == set(drawn._LEGEND) == set(drawn._COLOURS) == set(Look)
    assert len(set(drawn._SIGNS.values())) == len(Look)
    for words in drawn._LEGEND.values():
        assert words.split()[0] in svg


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_and_signs_stand_out_as_wcag_asks() -> None:
    for look, (behind, ink) in drawn._COLOURS.items():
        assert contrast(drawn._INK, behind) >= 4.5, look
        assert contrast(ink, behind) >= 3, look
        assert contrast(ink, "#ffffff") >= 3, look


def boxes(svg: bytes) -> list[tuple[float, float, float, float]]:
    return [
        (float(one.get("x", 0)), float(one.get("y", 0)), float(one.get("width", 0)), float(one.get("height", 0)))
        for one in ET.fromstring(svg).iter(f"{SVG}rect")
        if one.get("rx")
    ]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text("aąćżW mśź-()", min_size=1, max_size=90), min_size=1, max_size=5))
def test_no_text_leaves_its_tile_and_no_tile_covers_half_of_another(names: list[str]) -> None:
    svg = project_map(shown(*(f"powiat {name}" for name in names)))
    root = ET.fromstring(svg)
    found = boxes(svg)
    for text in root.iter(f"{SVG}text"):
        left, bottom = float(text.get("x", 0)), float(text.get("y", 0))
        size = float(text.get("font-size", 0))
        wide = drawn._WIDEST_BOLD if text.get("font-weight") else drawn._WIDEST
        right = left + len(text.text or "") * size * wide
        around = [box for box in found if box[0] <= left <= box[0] + box[2] and box[1] <= bottom <= box[1] + box[3]]
        most = min((box[0] + box[2] for box in around), default=float(drawn._WIDTH))
        assert right <= most
        assert all(bottom <= box[1] + box[3] for box in around)
    for one in found:
        for other in found:
            apart = one[0] >= other[0] + other[2] or other[0] >= one[0] + one[2]
            apart = apart or one[1] >= other[1] + other[3] or other[1] >= one[1] + one[3]
            assert apart or inside(one, other) or inside(other, one)


def inside(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return (
        one[0] >= other[0]
        and one[1] >= other[1]
        and one[0] + one[2] <= other[0] + other[2]
        and one[1] + one[3] <= other[1] + other[3]
    )
