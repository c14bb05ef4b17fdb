"""The table of a meeting's attendance: one row a person and day, as Excel or CSV, to fill in and bring back.

Each row names its call, meeting, day and application, so rows may be sorted or left out, and one file may hold several
meetings. Columns are known by their header, whatever order they come in.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import openpyxl
import xlsxwriter

from forms.csv_text import rows_in, text_in
from forms.workbook import check, height, lines_of, styles_of, text_of
from models.errors import BadInput


@dataclass(frozen=True)
class TableRow:
    """A row as it goes out: ``hours`` holds what is entered already."""

    call: str
    meeting: str
    on: str
    span: str
    number: str
    name: str
    hours: str
    reason: str = ""


@dataclass(frozen=True)
class TypedRow:
    """A row as it came back: its number as a person counts, and its texts."""

    row: int
    call: str
    meeting: str
    on: str
    number: str
    hours: str
    reason: str


_COLUMNS: Final = (
    ("nabor", "Nabór", 22),
    ("spotkanie", "Spotkanie", 20),
    ("dzien", "Dzień", 12),
    ("godziny_dnia", "Godziny dnia", 14),
    ("numer", "Numer zgłoszenia", 26),
    ("osoba", "Osoba", 28),
    ("obecnosc", "Obecność", 20),
    ("powod", "Powód (przy usp. i zmianach)", 34),
)
_NEEDED: Final = frozenset({"nabor", "spotkanie", "dzien", "numer", "obecnosc"})
_TYPED: Final = frozenset({"obecnosc", "powod"})
_KEYS_ROW, _TITLE_ROW, _TEXT_ROW, _HEADER_ROW = 0, 1, 2, 3
_SHEET: Final = "Obecnosc"
_MOST_ROWS: Final = 20_000
_MOST_COLUMNS: Final = 50
"""One cell far to the right would make every row as wide as Excel can be."""
_HOW_TO: Final = (
    "W żółtych polach: „cały dzień”, godziny (8:30–14:00), liczba godzin (6 h; 5,5), „nieob.” albo „usp.” z powodem. "
    "Pusty wiersz znaczy: jeszcze nie wpisano."
)


def write_workbook(rows: Sequence[TableRow]) -> bytes:
    """The table as the bytes of an .xlsx file."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Obecność na spotkaniu"})
    styles = styles_of(book)
    page = book.add_worksheet(_SHEET)
    page.set_row(_KEYS_ROW, None, None, {"hidden": True})
    last = len(_COLUMNS) - 1
    meetings = ", ".join(dict.fromkeys(row.meeting for row in rows))
    page.merge_range(_TITLE_ROW, 0, _TITLE_ROW, last, f"Obecność · {meetings}", styles["title"])
    page.merge_range(_TEXT_ROW, 0, _TEXT_ROW, last, _HOW_TO, styles["text"])
    for column, (key, title, width) in enumerate(_COLUMNS):
        page.set_column(column, column, width)
        page.write_string(_KEYS_ROW, column, key, styles["hidden"])
        page.write_string(_HEADER_ROW, column, title, styles["header"])
    page.set_row(_TITLE_ROW, 24)
    page.set_row(_TEXT_ROW, height(lines_of(_HOW_TO, sum(width for _, _, width in _COLUMNS))))
    for index, row in enumerate(rows, start=_HEADER_ROW + 1):
        _write_row(page, styles, index, row)
    page.freeze_panes(_HEADER_ROW + 1, 0)
    page.repeat_rows(_HEADER_ROW)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&RStrona &P z &N")
    page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True, "sort": True})
    book.close()
    return buffer.getvalue()


def _write_row(page: Any, styles: dict[str, Any], index: int, row: TableRow) -> None:
    for column, (key, text) in enumerate(_texts(row)):
        style = styles["answer" if key in _TYPED else "question"]
        if text:
            page.write_string(index, column, text, style)
        else:
            page.write_blank(index, column, None, style)


def _texts(row: TableRow) -> list[tuple[str, str]]:
    texts = (row.call, row.meeting, row.on, row.span, row.number, row.name, row.hours, row.reason)
    return [(key, text) for (key, _, _), text in zip(_COLUMNS, texts, strict=True)]


def write_csv(rows: Sequence[TableRow]) -> bytes:
    """The table as CSV that Excel opens: semicolons, UTF-8 with a mark. What would be a formula stays text."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([key for key, _, _ in _COLUMNS])
    for row in rows:
        writer.writerow([f"'{text}" if text[:1] in _FORMULA else text for _, text in _texts(row)])
    return text.getvalue().encode("utf-8-sig")


_FORMULA: Final = tuple("=+-@\t")


def read_table(data: bytes) -> tuple[TypedRow, ...]:
    """The rows of an .xlsx or CSV file in which something was typed. Raises ``BadInput`` for a file that is neither."""
    return tuple(_workbook(data) if data[:2] == b"PK" else _csv(data))


def _workbook(data: bytes) -> Iterable[TypedRow]:
    check(data, _NO_TABLE)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        page = book[_SHEET] if _SHEET in book.sheetnames else book[book.sheetnames[0]]
        shown = page.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS)
        cells = [[(cell.value, cell.data_type) for cell in line] for line in shown]
    except Exception:  # noqa: BLE001  (openpyxl meets a foreign or broken file with a dozen different errors)
        raise BadInput(_NO_TABLE) from None
    lines = [[text_of(value) for value, _ in line] for line in cells]
    for number, line in enumerate(cells, start=1):
        if any(kind == "f" for _, kind in line):
            raise BadInput(f"Tabela obecności, wiersz {number}: stoi tu formuła. Proszę wpisać samą treść.")
    return _rows(lines)


def _csv(data: bytes) -> Iterable[TypedRow]:
    try:
        lines = list(rows_in(text_in(data)))
    except csv.Error:
        raise BadInput(_NO_TABLE) from None
    return _rows([[cell.strip() for cell in line] for line in lines[:_MOST_ROWS]])


def _rows(lines: Sequence[Sequence[str]]) -> Iterable[TypedRow]:
    head = next((index for index, line in enumerate(lines[:10]) if set(line) >= _NEEDED), None)
    if head is None:
        raise BadInput(_NO_TABLE)
    keys = list(lines[head])
    titles = {title for _, title, _ in _COLUMNS}
    found = []
    for number, line in enumerate(lines[head + 1 :], start=head + 2):
        texts = {key: text.removeprefix("'") for key, text in zip(keys, line, strict=False)}
        if not texts.get("numer") or set(line) & titles >= {"Nabór", "Obecność"}:
            continue
        if not texts.get("obecnosc"):
            continue
        found.append(
            TypedRow(
                number,
                texts["nabor"],
                texts["spotkanie"],
                texts["dzien"],
                texts["numer"],
                texts["obecnosc"],
                texts.get("powod", ""),
            )
        )
    return found


_NO_TABLE: Final = (
    "To nie jest tabela obecności (albo jest uszkodzona). Potrzebne są kolumny: nabor, spotkanie, dzien, numer, "
    "obecnosc; gotową tabelę daje „nabor attendance table NABÓR SPOTKANIE -o PLIK.xlsx”."
)
