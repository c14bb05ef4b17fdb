"""Territorial units: names as people write them, codes as the register has them."""

import pickle
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInput
from models.territory import SHIPPED, Unit, gmina_by_name, plain, plain_letters, read_terc

TERC = """WOJ;POW;GMI;RODZ;NAZWA;{name};STAN_NA
22;;;;POMORSKIE;województwo;2026-01-01
22;05;;;kartuski;powiat;2026-01-01
22;05;02;3;Kartuzy;gmina miejsko-wiejska;2026-01-01
22;05;02;4;Kartuzy;miasto;2026-01-01
22;05;02;5;Kartuzy;obszar wiejski;2026-01-01
22;99;;;zmyślony;powiat;2026-01-01
22;99;01;2;Kartuzy;gmina wiejska;2026-01-01
"""


def test_plain_text_has_no_diacritics_signs_or_double_spaces() -> None:
    assert plain("  ŻÓŁĆ,\u00a0jaźń / Łódź* ") == "zolc jazn lodz"


@given(st.text())
def test_plain_text_is_the_same_letter_by_letter_and_as_a_whole(text: str) -> None:
    """What a table of characters gives is what the definition says of the whole text."""
    lowered = text.casefold().replace("ł", "l")
    bare = "".join(char for char in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(char))
    assert plain(text) == " ".join(re.sub(r"[^0-9a-z]+", " ", bare).split())


@given(st.text())
def test_letters_keep_their_places(text: str) -> None:
    assert plain_letters(text) == "".join((plain(char) or " ")[0] for char in text)
    assert len(plain_letters(text)) == len(text)


def test_the_shipped_table_is_consistent() -> None:
    gminas = [code for code in SHIPPED.units if len(code) == 7]
    assert len([code for code in SHIPPED.units if len(code) == 2]) == 16
    assert all(code[:4] in SHIPPED.units and code[:2] in SHIPPED.units for code in gminas)
    assert SHIPPED.name("0410033") == "Nakło nad Notecią"


@pytest.mark.parametrize(
    "typed",
    [
        "Żukowo",
        "ZUKOWO",
        "gm. Żukowo",
        "Gmina Żukowo",
        "Miasto i Gmina Żukowo",
        "Żukowo, powiat kartuski",
        "Żukowo (pow. kartuski)",
        "Żukowo kartuski",
        "Żukowo (m-w)",
        "2205083",
        "Żukowo 2205083",
    ],
)
def test_a_gmina_is_found_under_the_usual_spellings(typed: str) -> None:
    assert [unit.code for unit in SHIPPED.find_gmina(typed)] == ["2205083"]


@pytest.mark.parametrize("typed", ["Żukowo, powiat chojnicki", "Nigdziebądź", "", "9905083", "2205087"])
def test_an_unknown_gmina_is_not_guessed(typed: str) -> None:
    assert SHIPPED.find_gmina(typed) == ()


def test_a_code_of_a_known_voivodship_is_believed() -> None:
    assert SHIPPED.find_gmina("2263011") == (Unit("2263011", ""),)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("gmina miejsko-wiejska Żukowo", "2205083"),
        ("Żukowo (gmina miejsko-wiejska)", "2205083"),
        ("gminie Żukowo", "2205083"),
        ("Żukowo, powiat kartuski, woj. pomorskie", "2205083"),
        ("woj. pomorskie, pow. kartuski, gm. Żukowo", "2205083"),
        ("województwo pomorskie, powiat kartuski, Żukowo", "2205083"),
        ("Żukowo, kartuski, pomorskie", "2205083"),
        ("Żukowo (kartuski)", "2205083"),
        ("83-330 Żukowo", "2205083"),
        ("Nakło n. Notecią", "0410033"),
        ("Nakło n/Notecią, pow. nakielski", "0410033"),
        ("220508", "2205083"),
        ("22 05 08 3", "2205083"),
        ("TERYT: 2205083", "2205083"),
        ("Kartuzy - miasto", "2205023"),
        ("Kartuzy (obszar wiejski)", "2205023"),
        ("2205024", "2205023"),
        ("2205025", "2205023"),
    ],
)
def test_usual_spellings_with_larger_units_and_codes(typed: str, code: str) -> None:
    """The town and the rural part of a gmina stand for the gmina (domain.md §9)."""
    assert [unit.code for unit in SHIPPED.find_gmina(typed)] == [code]


@pytest.mark.parametrize("typed", ["Żukowo, woj. mazowieckie", "220599", "gmina", "powiat kartuski", "miasto", "Zukow"])
def test_what_names_no_gmina_is_not_guessed_either(typed: str) -> None:
    assert SHIPPED.find_gmina(typed) == ()


def test_a_name_and_a_code_that_disagree_are_both_answered() -> None:
    assert [unit.code for unit in SHIPPED.find_gmina("Żukowo 2205023")] == ["2205023", "2205083"]


BRZEZINY = read_terc("""WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA
10;;;;ŁÓDZKIE;województwo;2026-01-01
30;;;;WIELKOPOLSKIE;województwo;2026-01-01
08;;;;LUBUSKIE;województwo;2026-01-01
10;21;;;brzeziński;powiat;2026-01-01
10;21;01;1;Brzeziny;gmina miejska;2026-01-01
10;21;02;2;Brzeziny;gmina wiejska;2026-01-01
30;07;;;kaliski;powiat;2026-01-01
30;07;02;2;Brzeziny;gmina wiejska;2026-01-01
30;29;;;czarnkowsko-trzcianecki;powiat;2026-01-01
30;29;01;2;Lubasz;gmina wiejska;2026-01-01
08;99;;;kaliski;powiat;2026-01-01
""")


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Brzeziny", ["1021011", "1021022", "3007022"]),
        ("Brzeziny, pow. brzeziński", ["1021011", "1021022"]),
        ("miasto Brzeziny", ["1021011"]),
        ("gmina wiejska Brzeziny", ["1021022", "3007022"]),
        ("gmina wiejska Brzeziny, powiat brzeziński", ["1021022"]),
        ("Brzeziny, woj. wielkopolskie", ["3007022"]),
        ("Lubasz, powiat czarnkowsko-trzcianecki, woj. wielkopolskie", ["3029012"]),
        ("Lubasz czarnkowsko-trzcianecki", ["3029012"]),
    ],
)
def test_a_name_that_several_bear_is_narrowed_by_what_stands_beside_it(typed: str, codes: list[str]) -> None:
    assert [unit.code for unit in BRZEZINY.find_gmina(typed)] == codes


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("kaliski", ["0899", "3007"]),
        ("powiat kaliski, woj. wielkopolskie", ["3007"]),
        ("kaliski wielkopolskie", ["3007"]),
        ("Czarnkowsko–Trzcianecki", ["3029"]),
        ("pow. czarnkowsko-trzcianecki", ["3029"]),
        ("3007", ["3007"]),
        ("TERYT 3007", ["3007"]),
        ("3098", ["3098"]),
        ("9907", []),
        ("powiat", []),
        ("kaliskie okolice", []),
        ("", []),
    ],
)
def test_a_powiat_is_found_by_name_or_code(typed: str, codes: list[str]) -> None:
    assert [unit.code for unit in BRZEZINY.find_powiat(typed)] == codes


def test_units_are_described_by_what_they_lie_in() -> None:
    assert BRZEZINY.described(BRZEZINY.units["3007022"]) == "Brzeziny (powiat kaliski, 3007022)"
    assert BRZEZINY.described(BRZEZINY.units["3007"]) == "kaliski (województwo wielkopolskie, 3007)"


@given(st.sampled_from([unit for code, unit in SHIPPED.units.items() if len(code) == 7]), st.data())
def test_every_gmina_is_found_however_it_is_dressed(unit: Unit, data: st.DataObject) -> None:
    powiat, voivodship = SHIPPED.name(unit.code[:4]), SHIPPED.name(unit.code[:2])
    before = data.draw(st.sampled_from(["", "gm. ", "Gmina ", "gmina miejsko-wiejska ", "Miasto i Gmina "]))
    behind = data.draw(st.sampled_from(["", f", powiat {powiat}", f" (pow. {powiat})", f", {powiat}"]))
    last = data.draw(st.sampled_from(["", f", woj. {voivodship}"]))
    name = data.draw(st.sampled_from([unit.name, unit.name.upper(), plain(unit.name)]))
    assert SHIPPED.find_gmina(before + name + behind + last) == (unit,)


@given(st.text(max_size=60))
def test_any_text_is_looked_up_without_trouble(text: str) -> None:
    assert all(len(unit.code) == 7 for unit in SHIPPED.find_gmina(text))
    assert all(len(unit.code) == 4 for unit in SHIPPED.find_powiat(text))


@pytest.mark.parametrize("column", ["NAZWA_DOD", "NAZDOD"])
def test_the_register_is_read_in_both_spellings(column: str) -> None:
    territory = read_terc("\ufeff" + TERC.format(name=column))
    assert territory.as_of == "2026-01-01"
    assert [unit.code for unit in gmina_by_name("Kartuzy", territory=territory)] == ["2205023", "2299012"]
    assert [unit.code for unit in gmina_by_name("Kartuzy", "kartuski", territory=territory)] == ["2205023"]
    assert [unit.code for unit in territory.find_gmina("Kartuzy, powiat zmyślony")] == ["2299012"]


def test_another_file_is_not_taken_for_the_register() -> None:
    with pytest.raises(BadInput, match="TERC"):
        read_terc("SIMC;NAZWA\n1;Kartuzy\n")
    with pytest.raises(BadInput, match="wiersz 2"):
        read_terc("WOJ;POW;GMI;RODZ;NAZWA;NAZDOD;STAN_NA\n2;05;;;kartuski;powiat;2026-01-01\n")
    with pytest.raises(BadInput, match="żadnej"):
        read_terc("WOJ;POW;GMI;RODZ;NAZWA;NAZDOD;STAN_NA\n")


def test_the_register_travels_to_workers() -> None:
    assert pickle.loads(pickle.dumps(SHIPPED)).find_gmina("Żukowo") == SHIPPED.find_gmina("Żukowo")


@pytest.mark.parametrize(
    "typed",
    [
        "Gdańsk",
        "Gmina Miasta Gdańska",
        "Gdańsk (miasto na prawach powiatu)",
        "m. Gdańsk",
        "miasto Gdańsk",
        "GDAŃSK",
        "gmina miejska Gdańsk",
        "Gdańsk, woj. pomorskie",
    ],
)
def test_a_city_that_is_a_powiat_is_a_gmina_too(typed: str) -> None:
    assert [unit.code for unit in SHIPPED.find_gmina(typed)] == ["2261011"]
    assert [unit.code for unit in SHIPPED.find_powiat("powiat grodzki Gdańsk")] == ["2261"]
