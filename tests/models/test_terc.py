"""The register of the statistical office as a file: CSV and XML, both spellings, and what is refused, by line."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terc_files import DAY, as_csv, as_xml

from models.errors import BadInput
from models.terc import read_register
from models.territory import SHIPPED


@pytest.mark.parametrize("column", ["NAZWA_DOD", "NAZDOD"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "bom"])
@pytest.mark.parametrize("write", [as_csv, as_xml])
@pytest.mark.parametrize("lines", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_the_register_is_read_in_each_of_its_shapes(write: object, column: str, mark: bytes, lines: str) -> None:
    assert callable(write)
    territory, day = read_register(mark + write(column=column).replace("\n", lines).encode())
    assert (day, territory.as_of) == (date(2026, 1, 1), "2026-01-01")
    assert territory.units["22"].name == "pomorskie"  # the file says it in capitals
    assert [unit.code for unit in territory.find_gmina("Zmyślona Wola")] == ["2205993"]
    assert SHIPPED.find_gmina("Zmyślona Wola") == ()
    assert {code: territory.name(code) for code in SHIPPED.units} == {code: u.name for code, u in SHIPPED.units.items()}


def test_older_xml_names_its_columns_in_an_attribute() -> None:
    assert read_register(as_xml(in_attributes=True).encode())[0] == read_register(as_xml().encode())[0]


def test_a_day_is_given_where_the_file_names_none() -> None:
    bare = as_csv(day="").encode()
    with pytest.raises(BadInput, match="--as-of"):
        read_register(bare)
    assert read_register(bare, as_of=date(2018, 1, 1))[1] == date(2018, 1, 1)
    with pytest.raises(BadInput, match=r"2026-01-01.*2018-01-01"):
        read_register(as_csv().encode(), as_of=date(2018, 1, 1))


GOOD = as_csv()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "To nie jest plik TERC"),
        (b"SIMC;NAZWA\n1;Kartuzy\n", "To nie jest plik TERC"),
        (b"PK\x03\x04", "ZIP"),
        (b"x" * 10_000_001, "10 MB"),
        (GOOD.encode("cp1250"), "wiersz 2.*UTF-8"),
        (GOOD.replace("22;05;;;kartuski", "22;5;;;kartuski").encode(), r"wiersz \d+: kod"),
        (GOOD.replace("22;05;08;3;Żukowo", "22;05;;3;Żukowo").encode(), r"wiersz \d+: kod"),
        (GOOD.replace("22;05;08;3;Żukowo", "22;05;08;7;Żukowo").encode(), r"wiersz \d+: nie ma rodzaju gminy 7"),
        (GOOD.replace("22;05;08;3;Żukowo", "22;05;08;3;=CMD()").encode(), r"wiersz \d+: brak nazwy"),
        (GOOD.replace("22;05;08;3;Żukowo", "22;05;08;3;").encode(), r"wiersz \d+: brak nazwy"),
        (GOOD.replace("22;05;08;3;", "22;77;08;3;").encode(), r"wiersz \d+: jednostka 2277083 należy do 2277"),
        (GOOD.replace(f"22;;;;POMORSKIE;województwo;{DAY}\n", "").encode(), "należy do 22"),
        (GOOD.replace(f"06;;;;LUBELSKIE;województwo;{DAY}\n", "").encode(), r"niepełny.*06"),
        (GOOD.replace(DAY, "2025-01-01", 1).encode(), "różne dni"),
        (GOOD.replace(DAY, "1.01.2026").encode(), r"wiersz 2: STAN_NA"),
        ((GOOD + f"22;05;08;3;Żukowo;gmina;{DAY}\n").encode(), r"wiersz \d+: jednostka 2205083 stoi już w wierszu"),
        ((GOOD + "22;05\n").encode(), r"wiersz \d+: komórek jest 2, a kolumn 7"),
        (
            (GOOD + '22;05;09;3;"Żu"kowo;gmina;2026-01-01\n').encode(),
            rf"wiersz {GOOD.count(chr(10)) + 1}: tego wiersza nie da się",
        ),
        (as_xml()[:-40].encode(), r"wiersz \d+: XML"),
        (b"<teryt/>", "To nie jest plik TERC"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><teryt><row><WOJ>&b;</WOJ></row></teryt>', "DOCTYPE"),
        (as_xml().replace("UTF-8", "foo", 1).encode(), "kodowanie"),
        (as_xml().replace("UTF-8", "utf-7", 1).encode(), "kodowanie"),
        (
            '<!DOCTYPE a [<!ENTITY x "Brusy">]><teryt><row><WOJ>&x;</WOJ></row></teryt>'.encode("utf-16-le"),
            "DOCTYPE",
        ),
        (as_xml().replace("<GMI>08</GMI>", "<GMI>8</GMI>", 1).encode(), r"wiersz \d+: kod"),
    ],
)
def test_what_is_not_the_register_is_refused_with_its_line(data: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_register(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_and_never_trip_the_program(data: bytes) -> None:
    with pytest.raises(BadInput):
        read_register(data)


@given(st.integers(0, len(GOOD) - 1), st.text(max_size=3))
def test_a_damaged_register_is_refused_or_still_whole(place: int, text: str) -> None:
    try:
        territory, _ = read_register((GOOD[:place] + text + GOOD[place + 1 :]).encode("utf-8", "surrogatepass"))
    except BadInput:
        return
    assert {f"{number:02d}" for number in range(2, 33, 2)} <= territory.units.keys()
