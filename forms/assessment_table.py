"""The table an assessor fills in: an Excel file with a row an application and, for every rule, points and a reason.

The file names its call and its assessor on a hidden sheet and each column in a hidden row, so columns and rows may be
moved and no table ends up with another assessor.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import openpyxl
import xlsxwriter

from forms.workbook import NO, YES, check, height, lines_of, styles_of, text_of
from models.errors import BadInput


@dataclass(frozen=True)
class TableHead:
    """Whose table it is: the code of the call, the assessor's account and symbol."""

    call: str
    login: str
    symbol: str


@dataclass(frozen=True)
class RuleColumn:
    """A rule whose points the assessor gives: from 0 to ``most``."""

    code: str
    title: str
    most: int


@dataclass(frozen=True)
class TableRow:
    """An application in the table, with what was given already."""

    number: str
    points: Mapping[str, int]
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class TypedRow:
    """A row as it came back: its number as a person counts, and the texts by code of the rule."""

    row: int
    number: str
    impartial: str
    points: Mapping[str, str]
    reasons: Mapping[str, str]

    @property
    def is_blank(self) -> bool:
        return not any((self.impartial, *self.points.values(), *self.reasons.values()))


@dataclass(frozen=True)
class TypedTable:
    head: TableHead
    rows: tuple[TypedRow, ...]


_TABLE, _MARKS = "Oceny", "nabor"
_KEYS_ROW, _TITLE_ROW, _TEXT_ROW, _HEADER_ROW = 0, 1, 2, 3
_NUMBER, _IMPARTIAL, _POINTS, _REASON = "numer", "bezstronnosc", "punkty:", "uzasadnienie:"
_WIDTHS: Final = {_NUMBER: 26, _IMPARTIAL: 14, _POINTS: 12, _REASON: 44}
_MAX_ROWS: Final = 20_000
_MAX_COLUMNS: Final = 200
"""One cell far to the right would make every row as wide as Excel can be."""
_INSTRUCTION: Final = (
    "W żółtych polach: „tak” w kolumnie bezstronności (nie ma konfliktu interesów) albo „nie” (zgłoszenie oceni ktoś "
    "inny), a w każdym kryterium całe punkty i uzasadnienie. Pusty wiersz znaczy: jeszcze nie oceniono."
)


def write_table(head: TableHead, rules: Sequence[RuleColumn], rows: Sequence[TableRow]) -> bytes:
    """The table as the bytes of an .xlsx file."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"Oceny merytoryczne, nabór {head.call}, osoba oceniająca {head.symbol}"})
    styles = styles_of(book)
    page = book.add_worksheet(_TABLE)
    columns = [(_NUMBER, "Numer zgłoszenia"), (_IMPARTIAL, "Bezstronność (tak / nie)")]
    for rule in rules:
        columns.append((f"{_POINTS}{rule.code}", f"{rule.title}: punkty (0–{rule.most})"))
        columns.append((f"{_REASON}{rule.code}", f"{rule.title}: uzasadnienie"))
    _set_up(page, styles, head, columns)
    for index, row in enumerate(rows, start=_HEADER_ROW + 1):
        _write_row(page, styles, index, row, rules)
    _limit(page, rules, _HEADER_ROW + 1, _HEADER_ROW + max(1, len(rows)))
    marks = book.add_worksheet(_MARKS)
    marks.very_hidden()
    for line, text in enumerate((head.call, head.login, head.symbol)):
        marks.write_string(line, 0, text)
    book.close()
    return buffer.getvalue()


def _set_up(page: Any, styles: Mapping[str, Any], head: TableHead, columns: Sequence[tuple[str, str]]) -> None:
    last = len(columns) - 1
    page.set_row(_KEYS_ROW, None, None, {"hidden": True})
    title = f"Oceny merytoryczne · nabór {head.call} · osoba oceniająca {head.symbol}"
    page.merge_range(_TITLE_ROW, 0, _TITLE_ROW, last, title, styles["title"])
    page.merge_range(_TEXT_ROW, 0, _TEXT_ROW, last, _INSTRUCTION, styles["text"])
    width = 0
    for column, (key, words) in enumerate(columns):
        own = next(size for kind, size in _WIDTHS.items() if key.startswith(kind))
        width += own
        page.set_column(column, column, own)
        page.write_string(_KEYS_ROW, column, key, styles["hidden"])
        page.write_string(_HEADER_ROW, column, words, styles["header"])
    page.set_row(_TITLE_ROW, 24)
    page.set_row(_TEXT_ROW, height(lines_of(_INSTRUCTION, width)))
    page.set_row(_HEADER_ROW, height(4))
    page.freeze_panes(_HEADER_ROW + 1, 1)
    page.repeat_rows(_HEADER_ROW)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{head.call}, {head.symbol}&RStrona &P z &N")
    # Without a password: it keeps fingers off the numbers, not anybody out.
    page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def _write_row(page: Any, styles: Mapping[str, Any], index: int, row: TableRow, rules: Sequence[RuleColumn]) -> None:
    page.write_string(index, 0, row.number, styles["question"])
    texts = [YES if row.points else ""]
    for rule in rules:
        points = row.points.get(rule.code)
        texts += ["" if points is None else str(points), row.reasons.get(rule.code, "")]
    for column, text in enumerate(texts, start=1):
        # An empty text cell is still a text cell.
        if text:
            page.write_string(index, column, text, styles["answer"])
        else:
            page.write_blank(index, column, None, styles["answer"])
    page.set_row(index, height(max(3, *(lines_of(text, _WIDTHS[_REASON]) for text in texts))))


def _limit(page: Any, rules: Sequence[RuleColumn], first: int, last: int) -> None:
    page.data_validation(first, 1, last, 1, {"validate": "list", "source": [YES, NO]})
    for place, rule in enumerate(rules):
        allowed = [str(number) for number in range(rule.most + 1)]
        if len(",".join(allowed)) <= _LONGEST_LIST:
            page.data_validation(
                first,
                2 + 2 * place,
                last,
                2 + 2 * place,
                {
                    "validate": "list",
                    "source": allowed,
                    "error_title": "Nie ma takich punktów",
                    "error_message": f"Punkty w tym kryterium to liczby całkowite od 0 do {rule.most}.",
                },
            )


_LONGEST_LIST: Final = 250
"""Letters of a list within a cell's own rule; Excel holds 255."""


def read_table(data: bytes) -> TypedTable:
    """What an assessor typed. Raises ``BadInput`` for a file that is no such table, or has an application twice."""
    check(data, _NO_TABLE)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        marks = [str(row[0] or "") for row in book[_MARKS].iter_rows(max_row=3, max_col=1, values_only=True)]
        lines = list(book[_TABLE].iter_rows(max_row=_MAX_ROWS, max_col=_MAX_COLUMNS))
        cells = [[(cell.value, cell.data_type) for cell in line] for line in lines]
        head = TableHead(*marks)
        keys = [str(value or "") for value, _ in cells[_KEYS_ROW]]
        if _NUMBER not in keys:
            raise KeyError(_NUMBER)
    except Exception:  # noqa: BLE001  (openpyxl meets a foreign or broken file with a dozen different errors)
        raise BadInput(_NO_TABLE) from None
    rows: list[TypedRow] = []
    seen: dict[str, int] = {}
    for line, found in enumerate(cells[_HEADER_ROW + 1 :], start=_HEADER_ROW + 2):
        texts: dict[str, str] = {}
        for key, (value, kind) in zip(keys, found, strict=False):
            if kind == "f":
                raise BadInput(f"Arkusz ocen, wiersz {line}: stoi tu formuła. Proszę wpisać samą liczbę albo tekst.")
            texts[key] = text_of(value)
        number = texts.get(_NUMBER, "")
        if not number:
            continue
        if number in seen:
            raise BadInput(f"Arkusz ocen, wiersz {line}: zgłoszenie {number} stoi już w wierszu {seen[number]}.")
        seen[number] = line
        rows.append(TypedRow(line, number, texts.get(_IMPARTIAL, ""), _of(texts, _POINTS), _of(texts, _REASON)))
    return TypedTable(head, tuple(rows))


def _of(texts: Mapping[str, str], kind: str) -> dict[str, str]:
    return {key.removeprefix(kind): text for key, text in texts.items() if key.startswith(kind)}


_NO_TABLE: Final = (
    "To nie jest arkusz ocen (albo jest uszkodzony). "
    "Arkusze sporządza polecenie „nabor assessment sheets NABÓR -o FOLDER”."
)
