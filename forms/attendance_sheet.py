"""A filled attendance list read back: of which day of a meeting or session of support, and what stands in each row.

Nothing of it is believed here: rows are known by the code in their second cell, and what was typed is handed on as raw
text beside what it was understood as (:mod:`forms.attended_hours`). Rows that were added by hand, lost their code or
their shape, and contradictions within a row become questions.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict

from forms.attended_hours import WHOLE_DAY, Attended, DayHours, Doubt, Said, read_hours, whole_day
from forms.document import Block, Cell, Document, Row, Table, Text, Tick, paragraphs_of
from forms.safety import unpacked
from forms.word import document_in
from models.errors import FormUnreadable
from models.rules.sheet_codes import (
    LED_BY,
    PLACE,
    SheetKey,
    SupportListKey,
    lists_in,
    looks_like_row,
    number_in,
    sheets_in,
)


class SheetRow(BaseModel):
    """One row of the table of people. ``number`` is empty for a row whose code cannot be told."""

    model_config = ConfigDict(frozen=True)

    number: str
    name: str
    ticked: bool | None
    """Whether the box („cały dzień”, „cała sesja”) is ticked; ``None`` where its mark and its state disagree."""
    beside: str
    """What was typed into the cell of the box, other than a mark."""
    hours: str
    crossed_hours: bool
    """Hours were crossed out, and nothing stands in their place."""
    crossed: bool
    """The name is crossed out."""
    signed: bool
    """Something stands in the cell of the signature."""
    shape: bool
    """Whether the row has the cells that were printed."""
    place: str

    @property
    def raw(self) -> str:
        """What stands in the row, for a person to see."""
        box = {True: "☒", False: "", None: "☐?"}[self.ticked]
        name = "(przekreślono)" if self.crossed else ""
        return " ".join(part for part in (name, box, self.beside, self.hours) if part)


class SheetReading(BaseModel):
    """One sheet. ``remarks`` tell of tracked changes, hidden text and the like, in Polish."""

    model_config = ConfigDict(frozen=True)

    call: str
    meeting: str
    on: date
    rows: tuple[SheetRow, ...]
    remarks: tuple[str, ...] = ()
    printed: DayHours | None = None
    """The hours of the day that the sheet was printed with; older sheets do not tell them."""


class SupportListReading(BaseModel):
    """One list of a session of group support. ``call`` is empty where its people are of several calls."""

    model_config = ConfigDict(frozen=True)

    call: str
    session_id: int
    on: date
    printed: DayHours
    rows: tuple[SheetRow, ...]
    remarks: tuple[str, ...] = ()
    coach: str = ""
    """Who led the session, and where it was, as they stand in the head; empty where nobody filled that in."""
    place: str = ""


def read_sheet(data: bytes) -> SheetReading:
    """What a sheet of a meeting says. Raises :class:`FormUnreadable` for a file that is none, or more than one."""
    key, rows, remarks, _ = _filled(data, _NO_SHEET)
    if isinstance(key, SupportListKey):
        raise FormUnreadable("support_list", _OF_SUPPORT)
    return SheetReading(
        call=key.call,
        meeting=key.meeting,
        on=key.on,
        rows=rows,
        remarks=remarks,
        printed=DayHours(*key.hours) if key.hours else None,
    )


def read_support_list(data: bytes) -> SupportListReading:
    """What a list of a session of support says. Raises :class:`FormUnreadable` as :func:`read_sheet` does."""
    key, rows, remarks, document = _filled(data, _NO_LIST)
    if isinstance(key, SheetKey):
        raise FormUnreadable("meeting_sheet", _OF_MEETING)
    head = _head(document.blocks)
    return SupportListReading(
        call=key.call,
        session_id=key.session_id,
        on=key.on,
        printed=DayHours(*key.hours),
        rows=rows,
        remarks=remarks,
        coach=head.get(LED_BY, ""),
        place=head.get(PLACE, ""),
    )


def _filled(
    data: bytes, no_list: str
) -> tuple[SheetKey | SupportListKey, tuple[SheetRow, ...], tuple[str, ...], Document]:
    """Which list a file is, its rows, what was noticed about the file, and all of it. ``no_list``: what is said where
    it is none.

    Raises :class:`FormUnreadable`.
    """
    report, parts = unpacked(data)
    document = document_in(parts)
    texts = tuple(_texts(document))
    keys: frozenset[SheetKey | SupportListKey] = frozenset((*sheets_in(texts), *lists_in(texts)))
    if not keys:
        raise FormUnreadable("no_sheet", no_list)
    if len(keys) > 1:
        raise FormUnreadable("several_sheets", _SEVERAL)
    (key,) = keys
    rows = tuple(_rows(document.blocks, key))
    if not rows:
        raise FormUnreadable("no_rows", _NO_ROWS)
    return key, rows, (*report.remarks, *document.remarks), document


_NO_SHEET: Final = (
    "To nie jest lista obecności z tego programu: nie ma na niej „Kodu listy” albo kod zmieniono. "
    "Obecność można wpisać poleceniem „nabor attendance enter” albo z tabeli („nabor attendance table”)."
)
_NO_LIST: Final = (
    "To nie jest lista sesji wsparcia z tego programu: nie ma na niej „Kodu listy” albo kod zmieniono. Listy "
    "sporządzone, zanim miały kod, i papierowe wpisuje się poleceniem „nabor support attend”; listę z kodem sporządza "
    "„nabor support sheet --session”."
)
_OF_SUPPORT: Final = "To lista sesji wsparcia grupowego; wczytuje ją polecenie „nabor support read”."
_OF_MEETING: Final = "To lista obecności ze spotkania; wczytuje ją polecenie „nabor attendance read”."
_SEVERAL: Final = "W jednym pliku są listy z kilku dni albo sesji. Proszę zapisać każdą listę jako osobny plik."
_NO_ROWS: Final = "Na liście nie ma ani jednego wiersza z osobą. Proszę przygotować ją jeszcze raz i wypełnić."


def said_in(row: SheetRow, day: DayHours, printed: DayHours | None = None, *, box: str = WHOLE_DAY) -> Said:
    """What a row says of the person's presence, or what has to be asked. ``box``: what the box of the list is called.

    Where the day has other hours than were ``printed``, whatever is meant by them („cały dzień”, „od 10:00”) is asked.
    """
    said = _said_in(row, day, box)
    if printed is None or printed == day or isinstance(said, Doubt):
        return said
    if row.ticked or said.how == WHOLE_DAY or said != _said_in(row, printed, box):
        return Doubt(
            f"Listę wydrukowano na godziny {_span(printed)}, a {'ta sesja' if day.session else 'ten dzień'} trwa "
            f"{_span(day)}. Proszę podać godziny tej osoby."
        )
    return said


def _span(day: DayHours) -> str:
    return f"{day.starts:%H:%M}–{day.ends:%H:%M}"


def _said_in(row: SheetRow, day: DayHours, box: str) -> Said:
    if not row.shape:
        return Doubt("Wiersz ma inny układ niż wydrukowany. Proszę wpisać tę osobę osobno.")
    written = row.hours or row.beside
    if row.hours and row.beside:
        return Doubt("Godziny wpisano w dwóch miejscach wiersza. Proszę powiedzieć, które są właściwe.")
    if row.ticked is None:
        return Doubt(f"Nie wiadomo, czy „{box}” zaznaczono, czy nie.")
    said = read_hours(written, day)
    if isinstance(said, Doubt):
        return said
    if row.crossed_hours:
        return Doubt("Godziny przekreślono i niczego nie wpisano w ich miejsce.")
    if row.crossed:
        if row.ticked or (said is not None and said.minutes):
            return Doubt("Nazwisko przekreślono, a wpisano obecność. Proszę powiedzieć, co jest właściwe.")
        return said or Attended(0, "nazwisko przekreślono: nieobecność")
    if said is None and row.ticked:
        return whole_day(day, f"zaznaczono „{box}”")
    if said is None:
        if row.signed:
            return Doubt(f"Jest podpis, a nie ma godzin ani zaznaczenia „{box}”.")
        return Doubt("Niczego nie wpisano: ani godzin, ani nieobecności.")
    if row.ticked and said.minutes != day.length:
        return Doubt(f"Zaznaczono „{box}”, a wpisano co innego. Proszę powiedzieć, co jest właściwe.")
    return said


def _head(blocks: tuple[Block, ...]) -> dict[str, str]:
    """What stands beside the names in the head of a list; dots that were left or typed around are no answer."""
    found: dict[str, str] = {}
    for block in blocks:
        if not isinstance(block, Table):
            continue
        for row in block.rows:
            if len(row.cells) == _CELLS_OF_HEAD:
                name, value = row.cells
                found.setdefault(_flat(name), _filled_in(_shown(value)))
    return found


def _filled_in(text: str) -> str:
    """What was written in place of dots or around them; a full stop that ends it is its own."""
    bare = _ROOM.sub("", text)
    return bare if any(sign.isalnum() for sign in bare) else ""


_ROOM: Final = re.compile(r"^(?:[._]{2,}|…|\s)+|(?:[._]{2,}|…|\s)+$")
_CELLS_OF_HEAD: Final = 2


def _texts(document: Document) -> Iterator[str]:
    for paragraph in paragraphs_of(document.blocks):
        yield paragraph.text


_CODE, _NAME, _BOX, _HOURS, _SIGNATURE = 1, 2, 4, 5, 6
_CELLS: Final = 7
_MARKS: Final = frozenset({"x", "v", "+", "✓", "✔", "✗", "✘", "tak", "t"})


def _rows(blocks: tuple[Block, ...], key: SheetKey | SupportListKey) -> Iterator[SheetRow]:
    for block in blocks:
        if not isinstance(block, Table):
            continue
        ours = [row for row in block.rows if any(looks_like_row(_flat(cell)) for cell in row.cells)]
        if not ours:
            continue
        first = block.rows.index(ours[0])
        for row in block.rows[first:]:
            if any(_flat(cell) for cell in row.cells):
                yield _row(row, key)


def _row(row: Row, key: SheetKey | SupportListKey) -> SheetRow:
    numbers = [number_in(key.call, _flat(cell), bound_to=key.binding) for cell in row.cells]
    codes = [number for number in numbers if number is not None]
    shape = len(row.cells) == _CELLS and numbers[_CODE] is not None
    place = row.cells[0].place
    number = codes[0] if len(codes) == 1 else ""
    if not shape:
        raw = " ".join(text for cell in row.cells if (text := _flat(cell)))
        return SheetRow(
            number=number, name=raw[:120], ticked=False, beside="", hours="", crossed_hours=False, crossed=False,
            signed=False, shape=False, place=place,
        )  # fmt: skip
    name, box, hours = row.cells[_NAME], row.cells[_BOX], row.cells[_HOURS]
    ticked, beside = _box(box)
    typed = _shown(hours)
    return SheetRow(
        number=number,
        name=_flat(name),
        ticked=ticked,
        beside=beside,
        hours=typed,
        crossed_hours=not typed and bool(_flat(hours)),
        crossed=bool(_flat(name)) and not _shown(name),
        signed=bool(_flat(row.cells[_SIGNATURE])),
        shape=True,
        place=place,
    )


def _box(cell: Cell) -> tuple[bool | None, str]:
    """Whether the box of a cell is ticked, and what else was typed there. A mark in place of the box is a tick."""
    items = [item for paragraph in cell.paragraphs for item in paragraph.inlines]
    ticks = {item.checked for item in items if isinstance(item, Tick)}
    text = " ".join("".join(item.text for item in items if isinstance(item, Text) and not item.struck).split())
    if text.casefold() in _MARKS:
        return True, ""
    if None in ticks or len(ticks) > 1:
        return None, text
    return ticks == {True}, text


def _shown(cell: Cell) -> str:
    return " ".join(" ".join(paragraph.text for paragraph in cell.paragraphs).split())


def _flat(cell: Cell) -> str:
    """All words of a cell, those that were crossed out with them."""
    words = (
        item.text for paragraph in cell.paragraphs for item in (*paragraph.inlines, _GAP) if isinstance(item, Text)
    )
    return " ".join("".join(words).split())


_GAP: Final = Text(" ")
