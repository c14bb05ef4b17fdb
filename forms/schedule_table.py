"""A Harmonogram as a table: the empty Excel file that officers fill in, and Excel or CSV files back to rows of text.

One row is one day of one meeting.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import openpyxl
import xlsxwriter
from openpyxl.utils.datetime import from_excel

from forms.csv_text import rows_in, text_in
from forms.schedule_columns import BY_TITLE, HEADINGS, KINDS, Column, key_of
from forms.workbook import check, styles_of, text_of
from models.errors import BadInput, Problem, ScheduleFaulty

SHEET: Final = "Harmonogram"
_EXPLAINED: Final = "Objaśnienia"
_FILLED_ROWS: Final = 300
MOST_ROWS: Final = 2000
"""Signs beyond ASCII that a Polish text in CP1250 holds; others tell of another encoding."""
_NO_TABLE: Final = (
    "Tego pliku nie da się otworzyć jako skoroszytu Excela (.xlsx). "
    "Pusty plik z nagłówkami zapisuje polecenie: nabor meeting import-template -o harmonogram.xlsx"
)


_MORE_CELLS: Final = "Wiersz ma więcej pól niż nagłówek; tekst ze średnikiem albo przecinkiem musi stać w cudzysłowie."


@dataclass(frozen=True)
class Row:
    """One row: the line it stands in, and the text of each cell that is not empty."""

    line: int
    cells: Mapping[Column, str]


@dataclass(frozen=True)
class Table:
    """All rows that hold something, and what was wrong with single cells of them (``FAULTY``)."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


FAULTY: Final = "\0"
"""Stands in a cell whose fault has been told already."""


def empty_table() -> bytes:
    """The Excel file with headings, lists of allowed values and explanations, ready to be filled in."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    # The same file every time: what it says has no time.
    book.set_properties({"title": SHEET, "created": datetime(2018, 1, 1, tzinfo=UTC)})
    styles = styles_of(book)
    sheet, explained = book.add_worksheet(SHEET), book.add_worksheet(_EXPLAINED)
    dates = book.add_format({"font_name": "Arial", "font_size": 10, "valign": "top", "num_format": "dd.mm.yyyy"})
    hours = book.add_format({"font_name": "Arial", "font_size": 10, "valign": "top", "num_format": "hh:mm"})
    texts = book.add_format(
        {"font_name": "Arial", "font_size": 10, "valign": "top", "num_format": "@", "text_wrap": True}
    )
    formats = {Column.DATE: dates, Column.UNTIL: dates, Column.STARTS: hours, Column.ENDS: hours}
    explained.set_column(0, 0, 18)
    explained.set_column(1, 1, 90)
    explained.write_row(0, 0, ["Kolumna", "Co w niej wpisać"], styles["header"])
    for place, (column, heading) in enumerate(HEADINGS.items()):
        sheet.set_column(place, place, heading.width, formats.get(column, texts))
        sheet.write_string(0, place, heading.title, styles["header"])
        said = f"{heading.explained}{'; wymagane' if heading.needed else '; nieobowiązkowe'}"
        said += "; wystarczy w pierwszym wierszu spotkania" if heading.once else ""
        explained.write_string(place + 1, 0, heading.title, styles["group"])
        explained.write_string(place + 1, 1, said, styles["question"])
    explained.write_string(
        len(HEADINGS) + 2,
        1,
        "Jeden wiersz to jeden dzień spotkania. Spotkanie dwudniowe ma dwa wiersze o tym samym naborze i kodzie. "
        "Seria dopisuje do kodu numer kolejny: kod_1, kod_2.",
        styles["text"],
    )
    kinds = list(HEADINGS).index(Column.KIND)
    sheet.data_validation(
        1,
        kinds,
        _FILLED_ROWS,
        kinds,
        {
            "validate": "list",
            "source": list(KINDS),
            "error_title": "Nie ma takiego rodzaju",
            "error_message": f"Rodzaj to: {', '.join(KINDS)}.",
        },
    )
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    explained.set_landscape()
    explained.set_paper(9)
    explained.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()


def rows_of_excel(data: bytes, file: str) -> Table:
    """The rows of the sheet „Harmonogram”, or of the first one.

    Raises ``BadInput`` for what is no workbook, ``ScheduleFaulty`` for headings that say too little.
    """
    check(data, _NO_TABLE)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        lines = [
            [(cell.value, cell.data_type) for cell in line]
            for line in sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=200)
        ]
    except Exception:  # noqa: BLE001  (openpyxl meets a foreign or broken file with a dozen different errors)
        raise BadInput(_NO_TABLE) from None
    problems: list[Problem] = []

    def cells(line: int, found: Sequence[tuple[object, str]], columns: Sequence[Column | None]) -> dict[Column, str]:
        texts: dict[Column, str] = {}
        for column, (value, kind) in zip(columns, found, strict=False):
            if column is None or value is None:
                continue
            if kind in ("f", "e"):
                what = "formuła" if kind == "f" else "błąd Excela"
                problems.append(_fault(file, line, column, f"stoi tu {what}; proszę wpisać samą wartość."))
                texts[column] = FAULTY
                continue
            texts[column] = _as_typed(value, column)
        return texts

    columns = _columns([text_of(value) for value, _ in lines[0]] if lines else [], file, problems)
    rows = [Row(number, cells(number, line, columns)) for number, line in enumerate(lines[1:], start=2)]
    return _table(rows, file, problems)


def rows_of_csv(data: bytes, file: str) -> Table:
    """The rows of a CSV file.

    Raises ``BadInput`` for one too large, ``ScheduleFaulty`` for another encoding and for its headings.
    """
    reader = rows_in(_decoded(data, file))
    problems: list[Problem] = []
    rows: list[Row] = []
    columns: list[Column | None] | None = None
    for line, found in _read(reader, file, problems):
        if columns is None:
            columns = _columns(found, file, problems)
            continue
        if len(found) > len(columns) and any(cell.strip() for cell in found[len(columns) :]):
            problems.append(Problem(file, line, _MORE_CELLS))
            continue
        texts = zip(columns, found, strict=False)
        rows.append(Row(line, {column: text.strip() for column, text in texts if column and text.strip()}))
    if columns is None:
        _columns([], file, problems)
    return _table(rows, file, problems)


def _read(reader: Iterator[list[str]], file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number as Excel shows it: a cell may hold several lines."""
    number = 0
    try:
        for number, found in enumerate(reader, start=1):
            yield number, found
    except csv.Error:
        problems.append(Problem(file, number + 1, "Nie da się odczytać tego wiersza (niedomknięty cudzysłów?)."))


def _decoded(data: bytes, file: str) -> str:
    if len(data) > 5 * 1024 * 1024:
        raise BadInput("Plik ma ponad 5 MB; harmonogram tyle nie zajmuje.")
    try:
        return text_in(data)
    except BadInput as fault:
        raise ScheduleFaulty((Problem(file, 1, str(fault)),)) from None


def _columns(titles: Sequence[str], file: str, problems: list[Problem]) -> list[Column | None]:
    """What each column holds; mistakes in the headings are told together, and end the reading."""
    found: list[Column | None] = []
    wrong: list[str] = []
    for title in titles:
        column = BY_TITLE.get(key_of(title))
        if title.strip() and column is None:
            wrong.append(f"Nieznana kolumna „{title.strip()[:60]}”.")
        elif column is not None and column in found:
            wrong.append(f"Kolumna „{HEADINGS[column].title}” jest dwa razy.")
        found.append(column)
    wrong += [
        f"Brakuje kolumny „{one.title}”." for column, one in HEADINGS.items() if one.needed and column not in found
    ]
    if wrong:
        known = ", ".join(one.title for one in HEADINGS.values())
        raise ScheduleFaulty(
            (*(Problem(file, 1, one) for one in wrong), Problem(file, 1, f"Kolumny harmonogramu: {known}."))
        )
    return found


def _table(rows: Sequence[Row], file: str, problems: list[Problem]) -> Table:
    filled = tuple(row for row in rows if row.cells)
    if len(filled) > MOST_ROWS:
        raise ScheduleFaulty((Problem(file, MOST_ROWS + 2, f"Plik może mieć najwyżej {MOST_ROWS} wierszy."),))
    if not filled and not problems:
        problems.append(Problem(file, 1, "Pod nagłówkiem nie ma żadnego spotkania."))
    return Table(filled, tuple(problems))


def _as_typed(value: object, column: Column) -> str:
    """A cell of Excel as an officer would have typed it into a cell of text."""
    is_hour = column in (Column.STARTS, Column.ENDS)
    is_day = column in (Column.DATE, Column.UNTIL, Column.WITHOUT)
    match value:
        case time():
            return f"{value:%H:%M}"
        case timedelta() if is_hour:
            return _hour(value.total_seconds())
        case datetime() if is_hour:
            return f"{value:%H:%M}"
        case bool():
            return text_of(value)
        case float() if is_hour and 0 <= value < 1:
            return _hour(value * 86_400)
        case int() | float() if is_day and 20_000 <= value < 80_000:
            found = from_excel(value)
            return f"{found:%d.%m.%Y}" if isinstance(found, date) else text_of(value)
        case _:
            return text_of(value)


def _hour(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _fault(file: str, line: int, column: Column, sentence: str) -> Problem:
    return Problem(file, line, f"kolumna „{HEADINGS[column].title}”: {sentence}")
