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
    assert SHIPPED.find_gmina("2262011") == (Unit("2262011", ""),)
    assert SHIPPED.find_gmina("2205024") == (Unit("2205024", "Kartuzy"),)


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
