"""Territorial units: names as people write them, codes as the register has them."""

import pickle
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terc_files import territory

from models.territory import SHIPPED, Unit, gmina_by_name, plain, plain_letters


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


BRZEZINY = territory(
    t10="łódzkie",
    t30="wielkopolskie",
    t08="lubuskie",
    t1021="brzeziński",
    t1021011="Brzeziny",
    t1021022="Brzeziny",
    t3007="kaliski",
    t3007022="Brzeziny",
    t3029="czarnkowsko-trzcianecki",
    t3029012="Lubasz",
    t0899="kaliski",
)


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


CODES = ("t2205023", "t2205024", "t2205025", "t2299012")
"""A gmina with its town and its rural part, and another one of the name."""


def test_a_name_in_a_register_of_the_office_is_narrowed_by_the_powiat() -> None:
    register = territory(t22="pomorskie", t2205="kartuski", t2299="zmyślony", **dict.fromkeys(CODES, "Kartuzy"))
    assert [unit.code for unit in gmina_by_name("Kartuzy", territory=register)] == ["2205023", "2299012"]
    assert [unit.code for unit in gmina_by_name("Kartuzy", "kartuski", territory=register)] == ["2205023"]
    assert [unit.code for unit in register.find_gmina("Kartuzy, powiat zmyślony")] == ["2299012"]


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
