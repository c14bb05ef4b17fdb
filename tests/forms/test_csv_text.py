"""Tables as Excel saves them: their letters, and what their cells are parted by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.csv_text import UNKNOWN_LETTERS, rows_in, text_in
from models.errors import BadInput

TEXT = "nazwa;siedziba\nSzkoła „Żółta”;2205083\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
def test_letters_come_through(encoding: str) -> None:
    assert text_in(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize(
    "data",
    ["Gąska i Śmieszek".encode("iso-8859-2"), TEXT.encode("utf-16-le"), b"%PDF-1.7\n\xe2\xe3\xcf\xd3\x00"],
    ids=["ISO-8859-2", "UTF-16 without its mark", "no text"],
)
def test_letters_that_would_have_to_be_guessed_are_not(data: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        text_in(data)
    assert str(refused.value) == UNKNOWN_LETTERS


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_cells_are_parted_by_what_the_first_row_shows_or_says(delimiter: str) -> None:
    rows = [["nazwa", "siedziba"], ["Szkoła", "2205083"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    assert list(rows_in(text)) == rows
    assert list(rows_in(f"sep={delimiter}\r\n{text}")) == rows


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        text = text_in(data)
    except BadInput:
        return
    assert "\0" not in text
