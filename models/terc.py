"""The register TERC of the statistical office as a file from outside: CSV or XML, checked before anybody relies on it.

The public page gives ``TERC_Urzedowy_….csv`` (``WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA``) and the same as XML, in
one element a column or, in older files, in ``<col name="…">``; older ones also say ``NAZDOD``. What is wrong is said
with its line, and nothing is taken from a file that is wrong anywhere.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from xml.parsers import expat

from models.errors import BadInput
from models.territory import DISTRICT, PART_OF_GMINA, WHOLE_GMINA, Territory, Unit

LARGEST: Final = 10_000_000
"""Bytes; the whole register is under a third of a megabyte as CSV and one megabyte as XML."""
MOST_UNITS: Final = 20_000
VOIVODSHIPS: Final = frozenset(f"{number:02d}" for number in range(2, 33, 2))
_COLUMNS: Final = ("WOJ", "POW", "GMI", "RODZ", "NAZWA", "STAN_NA")
_SPELLINGS: Final = ("NAZWA_DOD", "NAZDOD")
_KINDS: Final = WHOLE_GMINA | PART_OF_GMINA | DISTRICT
_NAME: Final = re.compile(r"[^\W\d_](?:[\w .,'’()/–-]{0,78}[\w.)])?")


@dataclass
class _Row:
    line: int
    cells: dict[str, str] = field(default_factory=dict)


def check_size(size: int) -> None:
    """Raises ``BadInput`` for a file, of so many bytes, that is too large to be the register; before it is read."""
    if size > LARGEST:
        raise BadInput(f"Plik TERC ma więcej niż {LARGEST // 1_000_000} MB; rejestr jest wielokrotnie mniejszy.")


def read_register(data: bytes, *, as_of: date | None = None) -> tuple[Territory, date]:
    """The register and the day it is as of: its STAN_NA, or ``as_of`` for a file that names none.

    Raises :class:`BadInput` with the line of the first mistake: another file, an extract without all voivodships, a
    unit twice, a gmina without its powiat, several days, or another day than the one given.
    """
    check_size(len(data))
    if data.startswith(b"PK"):
        raise BadInput("To archiwum ZIP. Proszę je rozpakować i wskazać plik TERC w formacie CSV albo XML.")
    body = data.removeprefix(b"\xef\xbb\xbf")
    rows = _xml_rows(body) if body.lstrip()[:1] == b"<" else _csv_rows(_decoded(body))
    units, days = _units(rows)
    _complete(units)
    day = _one_day(days, as_of)
    return Territory({code: unit for code, (unit, _) in units.items()}, day), date.fromisoformat(day)


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"Plik TERC, wiersz {line}: to nie jest tekst w kodowaniu UTF-8. Proszę wskazać plik tak, jak go pobrano "
            "ze strony rejestru, niezapisany ponownie w innym programie."
        ) from None


def _csv_rows(text: str) -> Iterator[_Row]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        _known_columns(set(header))
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise BadInput(f"Plik TERC, wiersz {rows.line_num}: komórek jest {len(cells)}, a kolumn {len(header)}.")
            yield _Row(rows.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
    except csv.Error:
        raise BadInput(f"Plik TERC, wiersz {rows.line_num}: tego wiersza nie da się podzielić na kolumny.") from None


def _known_columns(columns: set[str]) -> None:
    if not set(_COLUMNS) <= columns or not columns & set(_SPELLINGS):
        raise BadInput(
            "To nie jest plik TERC z rejestru TERYT: oczekiwano kolumn WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA "
            "(w starszych plikach NAZDOD)."
        )


class _Xml:
    """Rows of the XML as the parser meets them."""

    def __init__(self) -> None:
        self.rows: list[_Row] = []
        self._row: _Row | None = None
        self._cell = ""
        self._text: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append
        # Whatever its encoding: what declares entities could grow without end, and the register declares nothing.
        self.parser.StartDoctypeDeclHandler = self._declared

    def _declared(self, *_declaration: object) -> None:
        raise BadInput("Plik XML zawiera własne deklaracje (DOCTYPE), których rejestr TERC nie ma; nie wczytano go.")

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._text.clear()
        if tag == "row":
            self._row, self._cell = _Row(self.parser.CurrentLineNumber), ""
            if len(self.rows) == MOST_UNITS:
                raise BadInput(f"Plik TERC ma więcej niż {MOST_UNITS} jednostek; tyle ich nie ma.")
        elif self._row is not None:
            self._cell = attributes.get("name", "") if tag == "col" else tag

    def _end(self, tag: str) -> None:
        if tag == "row" and self._row is not None:
            self.rows.append(self._row)
            self._row = None
        elif self._row is not None and self._cell:
            self._row.cells[self._cell] = "".join(self._text).strip()
            self._cell = ""
        self._text.clear()


def _xml_rows(body: bytes) -> list[_Row]:
    reader = _Xml()
    try:
        reader.parser.Parse(body, True)
    except expat.ExpatError as error:
        raise BadInput(f"Plik TERC, wiersz {error.lineno}: XML jest uszkodzony albo ucięty.") from None
    except (LookupError, ValueError):
        raise BadInput(
            "Plik TERC, wiersz 1: XML podaje kodowanie, którego nie ma albo którym go nie zapisano."
        ) from None
    # A voivodship may leave its empty columns out.
    _known_columns({name for row in reader.rows for name in row.cells})
    return reader.rows


def _units(rows: Iterator[_Row] | list[_Row]) -> tuple[dict[str, tuple[Unit, int]], dict[str, int]]:
    """Units with the line of each, and the days the file names, each with the line where it first stands."""
    units: dict[str, tuple[Unit, int]] = {}
    days: dict[str, int] = {}
    for row in rows:
        where = f"Plik TERC, wiersz {row.line}"
        parts = [row.cells.get(column, "") for column in ("WOJ", "POW", "GMI", "RODZ")]
        code, name, day = "".join(parts), row.cells.get("NAZWA", ""), row.cells.get("STAN_NA", "")
        if [bool(part) for part in parts] not in _SHAPES or not re.fullmatch(r"[0-9]{2}|[0-9]{4}|[0-9]{7}", code):
            raise BadInput(f"{where}: kod jednostki nie ma 2, 4 lub 7 cyfr.")
        if len(code) == 7 and code[6] not in _KINDS:
            raise BadInput(f"{where}: nie ma rodzaju gminy {code[6]} (RODZ).")
        if not _NAME.fullmatch(name):
            raise BadInput(f"{where}: brak nazwy jednostki albo to nie jest nazwa.")
        if code in units:
            raise BadInput(f"{where}: jednostka {code} stoi już w wierszu {units[code][1]}.")
        if len(units) == MOST_UNITS:
            raise BadInput(f"Plik TERC ma więcej niż {MOST_UNITS} jednostek; tyle ich nie ma.")
        # The register writes voivodships in capitals; everybody else does not.
        units[code] = (Unit(code, name.lower() if len(code) == 2 else name), row.line)
        days.setdefault(day, row.line)
    if not units:
        raise BadInput("Plik TERC nie zawiera żadnej jednostki.")
    return units, days


_SHAPES: Final = ([True, False, False, False], [True, True, False, False], [True, True, True, True])


def _complete(units: dict[str, tuple[Unit, int]]) -> None:
    for code, (_, line) in units.items():
        larger = code[:4] if len(code) == 7 else code[:2]
        if larger not in units:
            raise BadInput(f"Plik TERC, wiersz {line}: jednostka {code} należy do {larger}, której w pliku nie ma.")
    missing = sorted(VOIVODSHIPS - units.keys())
    if missing:
        raise BadInput(
            f"Plik TERC jest niepełny: brakuje województw ({', '.join(missing)}). "
            "Proszę wskazać cały rejestr, nie wyciąg."
        )


def _one_day(days: dict[str, int], as_of: date | None) -> str:
    named = {day: line for day, line in days.items() if day}
    for day, line in named.items():
        try:
            date.fromisoformat(day)
        except ValueError:
            raise BadInput(f"Plik TERC, wiersz {line}: STAN_NA nie jest datą w postaci 2026-01-01.") from None
    if len(named) > 1:
        lines = ", ".join(str(line) for line in named.values())
        raise BadInput(f"Plik TERC podaje różne dni (STAN_NA), w wierszach {lines}: to nie jest jeden stan rejestru.")
    if not named:
        if as_of is None:
            raise BadInput("Plik TERC nie mówi, na jaki dzień jest (STAN_NA). Proszę podać go: --as-of 2026-01-01.")
        return as_of.isoformat()
    (day,) = named
    if as_of is not None and as_of.isoformat() != day:
        raise BadInput(f"Plik TERC jest według stanu na {day}, a podano --as-of {as_of.isoformat()}.")
    return day
