"""What payments cost, as a workbook: groups against their budgets with a chart, meetings, and months of payment.

The sums are whole grosze until the last moment. A cell of a spreadsheet holds a binary float and nothing else, so it is
handed ``Decimal(grosze) / 100``, which is shown to the grosz for every sum below ten billion złoty; nothing is read
back from it. Totals are written as numbers, not as formulas: the workbook says what the office's records say.
"""

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TypeAlias

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from templates.polish import hours, percent, short_date
from templates.word_cells import clean

_MONEY = "[$-415]#,##0.00"
_A4 = 9
_HEADER_ROW = 3
_SHOWN_IN_CHART = 30


@dataclass(frozen=True)
class Grosze:
    """A sum in a table, as against a count."""

    value: int


@dataclass(frozen=True)
class Hours:
    """Minutes in a table, said as hours and set under one another as numbers are."""

    minutes: int


Cell: TypeAlias = "str | int | Grosze | Hours | date | None"


@dataclass(frozen=True)
class CostTable:
    """One sheet: a title, its columns with their widths, rows, and the row of totals."""

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class CostsDocument:
    """``made_on``: the day of the figures. ``tables[0]`` is the one the chart is of: its first column names a group,
    ``charted`` are the columns of sums that it shows: of one, the chart has its name."""

    title: str
    made_on: date
    tables: Sequence[CostTable]
    charted: Sequence[int]
    notes: Sequence[str] = ()


def cost_workbook(document: CostsDocument) -> bytes:
    """The .xlsx; equal input gives equal bytes."""
    written = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        written,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": "Arial", "font_size": 9},
        },
    )
    workbook.set_properties(
        {"title": clean(document.title), "created": datetime.combine(document.made_on, time(), tzinfo=UTC)}
    )
    looks = _Looks(workbook)
    sheets = [_sheet(workbook, looks, document, table) for table in document.tables]
    first = document.tables[0]
    if first.rows:
        _chart(workbook, sheets[0], first, document.charted)
    for line, note in enumerate(document.notes):
        sheets[0].write_string(_HEADER_ROW + len(first.rows) + 3 + line, 0, clean(note))
    workbook.close()
    return written.getvalue()


class _Looks:
    def __init__(self, workbook: Workbook) -> None:
        self.title = workbook.add_format({"bold": True, "font_size": 12})
        self.text = workbook.add_format({"border": 1, "num_format": "@", "valign": "vcenter", "text_wrap": True})
        self.count = workbook.add_format({"border": 1, "valign": "vcenter", "align": "right"})
        self.money = workbook.add_format({"border": 1, "num_format": _MONEY, "valign": "vcenter"})
        head = {"border": 1, "bold": True, "bg_color": "#EDEDED", "valign": "vcenter"}
        self.header = workbook.add_format({**head, "align": "center", "text_wrap": True})
        self.total = workbook.add_format({**head, "num_format": "@"})
        self.total_count = workbook.add_format({**head, "align": "right"})
        self.total_money = workbook.add_format({**head, "num_format": _MONEY})


def _sheet(workbook: Workbook, looks: _Looks, document: CostsDocument, table: CostTable) -> Worksheet:
    sheet = workbook.add_worksheet(table.name)
    sheet.write_string(0, 0, clean(f"{document.title} – {table.name.lower()}"), looks.title)
    sheet.write_string(1, 0, f"Stan na {short_date(document.made_on)} Kwoty w złotych.")
    for column, (name, width) in enumerate(table.columns):
        sheet.set_column(column, column, width)
        sheet.write_string(_HEADER_ROW, column, name, looks.header)
    sheet.set_row(_HEADER_ROW, 38)
    for number, row in enumerate(table.rows, start=1):
        sheet.set_row(_HEADER_ROW + number, _height(table, row))
        for column, cell in enumerate(row):
            _write(sheet, _HEADER_ROW + number, column, cell, looks.text, looks.count, looks.money)
    below = _HEADER_ROW + len(table.rows) + 1
    for column, cell in enumerate(table.totals):
        _write(sheet, below, column, cell, looks.total, looks.total_count, looks.total_money)
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.freeze_panes(_HEADER_ROW + 1, 1)
    sheet.set_footer("&R&8Strona &P z &N")
    return sheet


def _height(table: CostTable, row: Sequence[Cell]) -> int:
    """Points for as many lines as the longest text of a row takes; not every program reckons them itself."""
    cells = zip(table.columns, row, strict=True)
    lines = [len(textwrap.wrap(cell, width - 4)) for (_, width), cell in cells if isinstance(cell, str)]
    return 13 * max([1, *lines]) + 3


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, text: Format, count: Format, money: Format) -> None:
    match cell:
        case Grosze(value):
            sheet.write_number(row, column, _zloty(value), money)
        case Hours(minutes):
            sheet.write_string(row, column, hours_words(minutes), count)
        case int():
            sheet.write_number(row, column, cell, count)
        case date():
            sheet.write_string(row, column, short_date(cell), text)
        case _:
            sheet.write_string(row, column, clean(cell or ""), text)


def _chart(workbook: Workbook, sheet: Worksheet, table: CostTable, charted: Sequence[int]) -> None:
    """Columns of the charted sums side by side, a group each; of very many groups the first ones."""
    first, last = _HEADER_ROW + 1, _HEADER_ROW + min(len(table.rows), _SHOWN_IN_CHART)
    chart = workbook.add_chart({"type": "column"})
    for column in charted:
        chart.add_series(
            {
                "name": [table.name, _HEADER_ROW, column],
                "categories": [table.name, first, 0, last, 0],
                "values": [table.name, first, column, last, column],
            }
        )
    chart.set_title({"name": "Wykorzystanie budżetu" if len(charted) > 1 else table.columns[charted[0]][0]})
    chart.set_y_axis({"num_format": "[$-415]#,##0", "name": "zł"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 900, "height": 360})
    sheet.insert_chart(_HEADER_ROW + len(table.rows) + 7, 0, chart)


def used_words(basis_points: int | None) -> str:
    """``62,5%`` of a budget, or that nobody watches it."""
    return "bez budżetu" if basis_points is None else percent(basis_points)


def hours_words(minutes: int) -> str:
    """Confirmed hours as people read them."""
    return hours(minutes) if minutes >= 0 else f"−{hours(-minutes)}"


def _zloty(grosze: int) -> Decimal:
    return Decimal(grosze) / 100
