"""The typing sheet: what Excel gets, and what is taken back from it."""

import contextlib
import io
import re
import struct
import zipfile
import zlib

import openpyxl
import pytest
from form_filling import EVERY_TYPE
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.sheet import Known, SheetHead, can_show, read_sheet, row_keys, write_sheet
from models.errors import BadInput

HEAD = SheetHead("KES/PGR/2205/2018/0001", "ZG-7K3M-QX9D", EVERY_TYPE.key, EVERY_TYPE.version, 7)
KEYS = [key for leaf in EVERY_TYPE.leaves for key in row_keys(leaf)]


def png(width: int = 2, height: int = 3, dpi: int = 96) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    pixels = zlib.compress(b"".join(b"\0" + b"\xff" * 3 * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    per_metre = round(dpi / 0.0254)
    dots = struct.pack(">IIB", per_metre, per_metre, 1)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"pHYs", dots)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rebuilt(content: bytes, **changed: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in (parts(content) | changed).items():
            archive.writestr(name, body)
    return buffer.getvalue()


def test_an_empty_sheet_comes_back_with_its_head_and_a_row_for_every_answer() -> None:
    sheet = read_sheet(write_sheet(EVERY_TYPE, HEAD, known={}))
    assert sheet.head == HEAD
    assert list(sheet.cells) == KEYS
    assert {cell.text for cell in sheet.cells.values()} == {""}
    assert [cell.row for cell in sheet.cells.values()] == sorted(cell.row for cell in sheet.cells.values())


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(KEYS),
        st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1, max_size=60).map(str.strip),
    )
)
def test_what_a_sheet_shows_comes_back_as_it_was(shown: dict[str, str]) -> None:
    sheet = read_sheet(write_sheet(EVERY_TYPE, HEAD, known={key: Known(text) for key, text in shown.items()}))
    assert {key: cell.text for key, cell in sheet.cells.items() if cell.text} == {k: t for k, t in shown.items() if t}


def test_nothing_typed_is_a_formula_a_link_or_a_number() -> None:
    known = {"imie": Known("=1+1"), "nazwisko": Known("https://example.org"), "pesel": Known("02611210085")}
    book = openpyxl.load_workbook(io.BytesIO(write_sheet(EVERY_TYPE, HEAD, known=known)))
    cells = {row[0].value: row[2] for row in book.worksheets[0].iter_rows() if row[0].value}
    assert [cells[key].data_type for key in known] == ["s", "s", "s"]
    assert cells["pesel"].value == "02611210085"
    assert cells["imie"].hyperlink is cells["nazwisko"].hyperlink is None


def test_answers_are_text_and_open_everything_else_is_locked_and_hidden() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_sheet(EVERY_TYPE, HEAD, known={})))
    page, *others = book.worksheets
    assert page.protection.sheet
    assert [one.sheet_state for one in others] == ["veryHidden", "veryHidden"]
    assert page.column_dimensions["A"].hidden
    rows = [row for row in page.iter_rows(max_col=5) if row[0].value]
    assert {row[2].number_format for row in rows} == {"@"}
    assert {(row[1].protection.locked, row[2].protection.locked) for row in rows} == {(True, False)}
    assert page.freeze_panes == "A5"
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")


def test_choices_are_offered_by_their_labels_commas_and_all() -> None:
    content = write_sheet(EVERY_TYPE, HEAD, known={})
    book = openpyxl.load_workbook(io.BytesIO(content))
    page, lists = book.worksheets[0], book["listy"]
    rows = {row[0].value: row[0].row for row in page.iter_rows(max_col=1) if row[0].value}
    offered = {}
    for validation in page.data_validations.dataValidation:
        column = validation.formula1.replace("$", "").split("!")[1].partition(":")[0].rstrip("0123456789")
        offered[str(validation.sqref)] = [cell.value for cell in lists[column] if cell.value]
    for leaf in EVERY_TYPE.leaves:
        if leaf.type == "choice":
            assert offered[f"C{rows[leaf.key]}"] == [*(option.label for option in leaf.options), "?"]
    assert offered[f"C{rows['osw_prawda']}"] == ["tak", "nie", "?"]


def test_a_picture_stands_beside_the_rows_and_a_broken_one_does_not() -> None:
    content = write_sheet(EVERY_TYPE, HEAD, known={}, pictures=[png(), b"\xff\xd8\xff\xe0 not a picture"])
    media = [body for name, body in parts(content).items() if "media" in name]
    assert media == [png()]
    assert [can_show(data) for data in (png(), b"", b"\xff\xd8\xff\xe0JFIF", b"%PDF-1.7", b"II*\0")] == [
        True, False, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("dpi", [72, 96, 300])
def test_a_scan_is_drawn_as_wide_as_a_page_on_a_screen(dpi: int) -> None:
    drawing = parts(write_sheet(EVERY_TYPE, HEAD, known={}, pictures=[png(1800, 2400, dpi)]))[
        "xl/drawings/drawing1.xml"
    ]
    (extent,) = re.findall(rb'<a:ext cx="(\d+)" cy="(\d+)"', drawing)
    assert [round(int(side) / 9525) for side in extent] == pytest.approx([900, 1200], abs=5)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        png(),
        rebuilt(write_sheet(EVERY_TYPE, HEAD, known={}), **{"xl/workbook.xml": b"<workbook/>"}),
    ],
)
def test_what_is_no_typing_sheet_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(BadInput, match="To nie jest arkusz"):
        read_sheet(content)


def test_another_workbook_is_no_typing_sheet_either() -> None:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    with pytest.raises(BadInput, match="To nie jest arkusz"):
        read_sheet(buffer.getvalue())


def test_a_document_type_and_a_bomb_are_not_let_in() -> None:
    whole = write_sheet(EVERY_TYPE, HEAD, known={})
    page = parts(whole)["xl/worksheets/sheet1.xml"]
    with_type = page.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet', 1)
    with pytest.raises(BadInput, match="DOCTYPE"):
        read_sheet(rebuilt(whole, **{"xl/worksheets/sheet1.xml": with_type}))
    with pytest.raises(BadInput, match="DOCTYPE"):
        read_sheet(rebuilt(whole, **{"xl/worksheets/sheet1.xml": with_type.decode().encode("utf-16")}))
    with pytest.raises(BadInput, match="więcej treści"):
        read_sheet(rebuilt(whole, **{"xl/worksheets/sheet1.xml": page + b" " * (21 * 1024 * 1024)}))


def test_a_formula_in_an_answer_is_refused_by_its_row() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_sheet(EVERY_TYPE, HEAD, known={})))
    book.worksheets[0]["C7"] = "=1+1"
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(BadInput, match="wiersz 7: stoi tu formuła"):
        read_sheet(buffer.getvalue())


def test_a_row_copied_twice_is_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_sheet(EVERY_TYPE, HEAD, known={})))
    book.worksheets[0]["A30"] = book.worksheets[0]["A7"].value
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(BadInput, match="ta sama odpowiedź stoi już w wierszu 7"):
        read_sheet(buffer.getvalue())


EMPTY = write_sheet(EVERY_TYPE, HEAD, known={})


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(0, len(EMPTY) - 1), st.integers(0, 255), min_size=1, max_size=8))
def test_a_damaged_sheet_is_read_or_refused_never_more(damage: dict[int, int]) -> None:
    content = bytearray(EMPTY)
    for place, byte in damage.items():
        content[place] = byte
    with contextlib.suppress(BadInput):
        assert all(cell.row > 0 for cell in read_sheet(bytes(content)).cells.values())
