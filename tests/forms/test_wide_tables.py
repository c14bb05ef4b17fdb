"""A cell far to the right costs nothing: tables are read as far as their columns go."""

import io
import tracemalloc
from collections.abc import Callable

import openpyxl
import pytest

from forms import assessment_table, attendance_table
from models.errors import BadInput

ROWS = 100
KEYS = ("nabor", "spotkanie", "dzien", "numer", "obecnosc")


def wide(title: str, others: tuple[str, ...] = ()) -> bytes:
    """A workbook of a few kilobytes that says to be as wide as Excel can be."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = title
    for other in others:
        book.create_sheet(other)
    for column, key in enumerate(KEYS, start=1):
        page.cell(1, column, key)
        page.cell(2, column, "6 h")
    page["XFD1"] = "x"
    page.cell(ROWS, 1, "x")
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def peak(read: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_wide_attendance_table_takes_little_memory() -> None:
    content = wide("Obecnosc")
    assert len(content) < 10_000
    found: list[attendance_table.TypedRow] = []
    assert peak(lambda: found.extend(attendance_table.read_table(content))) < 10_000_000
    assert [row.hours for row in found] == ["6 h"]


def test_a_wide_assessment_table_takes_little_memory() -> None:
    content = wide(assessment_table._TABLE, (assessment_table._MARKS,))

    def read() -> None:
        with pytest.raises(BadInput):
            assessment_table.read_table(content)

    assert peak(read) < 10_000_000
