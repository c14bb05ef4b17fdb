"""A table that somebody saved as CSV: its letters and its cells, whichever of Excel's ways it was saved in."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from models.errors import BadInput

UNKNOWN_LETTERS: Final = (
    "Nie wiadomo, w jakim kodowaniu zapisano plik. Proszę zapisać go w Excelu jako „CSV UTF-8” albo .xlsx."
)
_POLISH: Final = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ„”“–—…’§°\u00a0€")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def text_in(data: bytes) -> str:
    """The letters of a text file: UTF-8, UTF-16 with its mark („Tekst Unicode” in Excel), or CP1250 where that gives
    Polish letters and no strange ones. Raises ``BadInput`` for what is none of them: nothing is guessed."""
    for encoding in ("utf-16",) if data.startswith(_UTF_16) else ("utf-8-sig", "cp1250"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = {sign for sign in text if not sign.isascii()} - _POLISH
        if "\0" not in text and (encoding != "cp1250" or not strange):
            return text
    raise BadInput(UNKNOWN_LETTERS)


def rows_in(text: str) -> Iterator[list[str]]:
    """The rows, parted by what the first of them is parted by: semicolons, tabs or commas. A line that tells Excel so
    (``sep=;``) is no row. Raises ``csv.Error`` at a row that cannot be read."""
    first, _, rest = text.partition("\n")
    told = first.rstrip("\r").lower()
    if told.startswith("sep=") and len(told) == len("sep=;"):
        return csv.reader(io.StringIO(rest, newline=""), delimiter=told[-1], strict=True)
    delimiter = next((sign for sign in ";\t" if sign in first), ",")
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
