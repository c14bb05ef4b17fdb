"""The sheet an officer types a paper form or a scan into: an Excel file made from the form, and what comes back in it.

One row an answer, with its question, an example and the allowed answers; where the scan is a picture, it stands beside
the rows. Every row carries its key in a hidden column and the file names its application on a hidden sheet, so rows may
be moved and no sheet ends up with another application.
"""

import io
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import openpyxl
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.image import Image

from forms.blank_marks import NO_PESEL_LABEL, box_tag
from forms.outcome import example
from forms.workbook import NO, YES, check, height, lines_of, styles_of, text_of
from models.errors import BadInput
from models.form_definition import FormDefinition, Leaf, LeafType

UNCLEAR: Final = "?"
"""Typed for an answer that stands on the paper and cannot be read, or is plainly wrong there."""
LONGEST_CELL: Final = 32_000
"""Letters in one cell; Excel holds 32,767."""


@dataclass(frozen=True)
class SheetHead:
    """Which application a sheet belongs to, by which form, and on top of which values it was made.

    ``values_as_of`` is the id of the newest stored value (0: none): a sheet made before that is out of date.
    """

    number: str
    public_number: str
    form_key: str
    form_version: str
    values_as_of: int


@dataclass(frozen=True)
class Known:
    """What a row shows already: the answer as it counts, and a remark on one that does not."""

    text: str = ""
    remark: str = ""


@dataclass(frozen=True)
class TypedCell:
    """What stands in a row: its number as a person counts, and the text."""

    row: int
    text: str


@dataclass(frozen=True)
class TypedSheet:
    head: SheetHead
    cells: Mapping[str, TypedCell]
    """By row key."""


def row_keys(leaf: Leaf) -> tuple[str, ...]:
    """The rows of a leaf: one, or one an option where several may be chosen."""
    if leaf.type == LeafType.CHOICES:
        return tuple(box_tag(leaf.key, option.code) for option in leaf.options)
    return (leaf.key,)


# --- writing ---------------------------------------------------------------------------------------------------------

_SHEET, _MARKS, _LISTS = "Przepisywanie", "nabor", "listy"
_KEY, _QUESTION, _ANSWER, _HELP, _REMARK, _PICTURE = 0, 1, 2, 3, 4, 6
_TITLES: Final = {_QUESTION: "Pytanie", _ANSWER: "Odpowiedź", _HELP: "Jak odpowiedzieć", _REMARK: "Co jest zapisane"}
_WIDTHS: Final = {_QUESTION: 36, _ANSWER: 44, _HELP: 42, _REMARK: 34}
_HEADER_ROW: Final = 3
_SCREEN_DPI: Final = 96
_PICTURE_WIDTH: Final = 900
"""Pixels: a page of A4 on a screen, beside the rows."""
_INSTRUCTION: Final = (
    "Odpowiedzi wpisuje się w żółtą kolumnę, tak jak stoją na papierze. Puste pole znaczy: kandydat nic nie napisał. "
    f"Znak {UNCLEAR} znaczy: odpowiedź jest, ale nie da się jej odczytać albo jest w niej pomyłka – "
    "wtedy poprosimy o nią kandydata."
)


def write_sheet(
    form: FormDefinition,
    head: SheetHead,
    *,
    known: Mapping[str, Known],
    pictures: Sequence[bytes] = (),
    notes: Sequence[str] = (),
) -> bytes:
    """The sheet as the bytes of an .xlsx file. ``notes`` tell the officer what to open beside it.

    A picture that Excel cannot show is left out; the caller says in ``notes`` where it is (:func:`can_show`).
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"Przepisywanie zgłoszenia {head.number}"})
    styles = styles_of(book)
    page = book.add_worksheet(_SHEET)
    lists = _Lists(book)
    _set_up(page, styles, head, notes)
    row = _HEADER_ROW + 1
    for section in form.sections:
        page.merge_range(row, _QUESTION, row, _REMARK, section.title, styles["section"])
        row += 1
        for field in section.fields:
            leaves = field.leaves()
            if leaves[0].group:
                page.merge_range(row, _QUESTION, row, _REMARK, field.label, styles["group"])
                row += 1
            for leaf in leaves:
                for key, question, allowed in _rows(leaf):
                    _write_row(page, styles, row, leaf, (key, question), known.get(key, Known()))
                    if allowed:
                        lists.offer(page, row, allowed)
                    row += 1
    page.print_area(0, _QUESTION, row - 1, _REMARK)
    _beside(page, pictures)
    _mark(book, head)
    book.close()
    return buffer.getvalue()


def can_show(data: bytes) -> bool:
    """Whether Excel shows this picture: PNG, JPEG, GIF or BMP with a readable head."""
    return _picture(data) is not None


def _picture(data: bytes) -> Image | None:
    try:
        picture = Image(io.BytesIO(data))
    except (XlsxWriterException, struct.error, IndexError, ValueError, ZeroDivisionError):
        return None
    return (
        picture
        if picture.image_type in ("PNG", "JPEG", "GIF", "BMP") and min(picture._width, picture._height) > 0
        else None
    )


def _rows(leaf: Leaf) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Key, question and allowed answers of every row of a leaf; nothing allowed is anything allowed."""
    if leaf.type == LeafType.CHOICES:
        for option in leaf.options:
            yield box_tag(leaf.key, option.code), f"{leaf.label} – {option.label}", (YES, NO, UNCLEAR)
        return
    allowed: tuple[str, ...] = ()
    if leaf.type == LeafType.CHOICE:
        allowed = (*(option.label for option in leaf.options), UNCLEAR)
    elif leaf.type in (LeafType.STATEMENT, LeafType.CONSENT):
        allowed = (YES, NO, UNCLEAR)
    yield leaf.key, leaf.label, allowed


def _write_row(
    page: Any, styles: Mapping[str, Any], row: int, leaf: Leaf, question: tuple[str, str], known: Known
) -> None:
    key, words = question
    page.write_string(row, _KEY, key, styles["hidden"])
    page.write_string(row, _QUESTION, words + (" *" if leaf.required else ""), styles["question"])
    # An empty text cell is still a text cell: a PESEL typed into it keeps its leading zero.
    if known.text:
        page.write_string(row, _ANSWER, known.text, styles["answer"])
    else:
        page.write_blank(row, _ANSWER, None, styles["answer"])
    page.write_string(row, _HELP, _help(leaf), styles["help"])
    remark = known.remark[:LONGEST_CELL]
    page.write_string(row, _REMARK, remark, styles["help"])
    texts = {_QUESTION: words, _ANSWER: known.text, _HELP: _help(leaf), _REMARK: remark}
    least = 6 if leaf.type == LeafType.LONG_TEXT else 1
    page.set_row(row, height(max(least, *(lines_of(text, _WIDTHS[column]) for column, text in texts.items()))))


def _help(leaf: Leaf) -> str:
    match leaf.type:
        case LeafType.CHOICES:
            return f"{YES}, gdy zaznaczono; puste, gdy nie"
        case LeafType.STATEMENT | LeafType.CONSENT:
            return f"{YES}, gdy kratka jest zaznaczona; {NO}, gdy jest pusta; nic, gdy tej strony nie ma"
        case LeafType.CHOICE:
            return "jedna z odpowiedzi z listy: " + "; ".join(option.label for option in leaf.options)
        case LeafType.PESEL:
            return f"11 cyfr; „brak”, gdy zaznaczono „{NO_PESEL_LABEL}”"
        case _:
            return leaf.help or example(leaf)


def _set_up(page: Any, styles: Mapping[str, Any], head: SheetHead, notes: Sequence[str]) -> None:
    page.set_column(_KEY, _KEY, 0, None, {"hidden": True})
    for column, width in (*_WIDTHS.items(), (_REMARK + 1, 2)):
        page.set_column(column, column, width)
    title = f"Przepisywanie zgłoszenia {head.number} (numer publiczny {head.public_number})"
    page.merge_range(0, _QUESTION, 0, _REMARK, title, styles["title"])
    page.merge_range(1, _QUESTION, 1, _REMARK, _INSTRUCTION, styles["text"])
    page.merge_range(2, _QUESTION, 2, _REMARK, "\n".join(notes), styles["text"])
    page.set_row(0, 24)
    page.set_row(1, height(lines_of(_INSTRUCTION, sum(_WIDTHS.values()))))
    page.set_row(2, height(max(1, len(notes))))
    for column, words in _TITLES.items():
        page.write_string(_HEADER_ROW, column, words, styles["header"])
    page.freeze_panes(_HEADER_ROW + 1, 0)
    page.repeat_rows(_HEADER_ROW)
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{head.public_number}&RStrona &P z &N")
    # Without a password: it keeps fingers off the questions, not anybody out.
    page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


class _Lists:
    """Allowed answers on a hidden sheet: a list within the cell itself would break at the commas of its labels."""

    def __init__(self, book: Any) -> None:
        self._sheet = book.add_worksheet(_LISTS)
        self._sheet.very_hidden()
        self._columns: dict[tuple[str, ...], int] = {}

    def offer(self, page: Any, row: int, allowed: tuple[str, ...]) -> None:
        if allowed not in self._columns:
            self._columns[allowed] = len(self._columns)
            for index, text in enumerate(allowed):
                self._sheet.write_string(index, self._columns[allowed], text)
        letter = xlsxwriter.utility.xl_col_to_name(self._columns[allowed])
        page.data_validation(
            row,
            _ANSWER,
            row,
            _ANSWER,
            {
                "validate": "list",
                "source": f"={_LISTS}!${letter}$1:${letter}${len(allowed)}",
                "error_title": "Nie ma takiej odpowiedzi",
                "error_message": "Proszę wybrać jedną z odpowiedzi z listy albo zostawić puste pole.",
            },
        )


def _beside(page: Any, pictures: Sequence[bytes]) -> None:
    """The pictures to the right of the rows, one under the other."""
    down = 0.0
    for data in pictures:
        picture = _picture(data)
        if picture is None:
            continue
        # A scan says that its dots are small and would be drawn small: on a screen it has to be read.
        width = min(_PICTURE_WIDTH, picture._width)
        height = picture._height * width / picture._width
        options = {
            "x_scale": width / (picture._width * _SCREEN_DPI / picture._x_dpi),
            "y_scale": height / (picture._height * _SCREEN_DPI / picture._y_dpi),
            "y_offset": down,
            "object_position": 3,
            "decorative": True,
        }
        page.insert_image(_HEADER_ROW + 1, _PICTURE, picture, options)
        down += height + 20


def _mark(book: Any, head: SheetHead) -> None:
    page = book.add_worksheet(_MARKS)
    page.very_hidden()
    for row, text in enumerate(
        (head.number, head.public_number, head.form_key, head.form_version, str(head.values_as_of))
    ):
        page.write_string(row, 0, text)


# --- reading ---------------------------------------------------------------------------------------------------------

_MAX_ROWS: Final = 2_000


def read_sheet(data: bytes) -> TypedSheet:
    """What an officer typed, by row key. Raises :class:`BadInput` for a file that is no such sheet.

    The file comes from an office, but perhaps by mail: its size is checked and no document type is let in before
    anything parses it.
    """
    check(data, _NO_SHEET)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        marks = [str(row[0] or "") for row in book[_MARKS].iter_rows(max_row=5, max_col=1, values_only=True)]
        rows = [
            (row[_KEY].value, row[_ANSWER].value, row[_ANSWER].data_type)
            for row in book[_SHEET].iter_rows(max_row=_MAX_ROWS, min_col=1, max_col=_ANSWER + 1)
        ]
        number, public_number, form_key, form_version, values_as_of = marks
        head = SheetHead(number, public_number, form_key, form_version, int(values_as_of))
    except Exception:  # noqa: BLE001  (openpyxl meets a foreign or broken file with a dozen different errors)
        raise BadInput(_NO_SHEET) from None
    cells: dict[str, TypedCell] = {}
    for line, (marked, answer, kind) in enumerate(rows, start=1):
        key = str(marked or "").strip()
        if not key:
            continue
        if key in cells:
            raise BadInput(f"Arkusz, wiersz {line}: ta sama odpowiedź stoi już w wierszu {cells[key].row}.")
        if kind == "f":
            raise BadInput(f"Arkusz, wiersz {line}: stoi tu formuła. Proszę wpisać samą odpowiedź, jako tekst.")
        cells[key] = TypedCell(line, text_of(answer))
    return TypedSheet(head, cells)


_NO_SHEET: Final = (
    "To nie jest arkusz do przepisania zgłoszenia (albo jest uszkodzony). "
    "Arkusz sporządza polecenie „nabor application sheet NUMER -o plik.xlsx”."
)
