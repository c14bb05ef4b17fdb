"""Excel files that the office fills in and sends back: one look for all of them, and a check before one is opened."""

import io
import textwrap
import zipfile
import zlib
from datetime import date, datetime
from typing import Any, Final

from models.errors import BadInput

YES, NO = "tak", "nie"
_NAVY, _GREY, _SHADE, _INPUT = "#1F3A5F", "#595959", "#DFE5EC", "#FFFBE6"
MAX_BYTES: Final = 40 * 1024 * 1024
_MAX_PARTS: Final = 500
_MAX_XML: Final = 20 * 1024 * 1024


def check(data: bytes, refusal: str) -> None:
    """Raises ``BadInput`` for one too large or with a document type in it, and with ``refusal`` for what is none."""
    if len(data) > MAX_BYTES:
        raise BadInput("Arkusz ma ponad 40 MB; tak duży nie powstaje w tym programie.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            written = [part for part in parts if part.filename.lower().endswith((".xml", ".rels", ".vml"))]
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in written) > _MAX_XML:
                raise BadInput("Arkusz ma po rozpakowaniu więcej treści, niż może jej mieć; nie został otwarty.")
            for part in written:
                if _declares_a_type(archive.read(part)):
                    raise BadInput("Arkusz zawiera deklarację DOCTYPE, której Excel nie zapisuje; nie został otwarty.")
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        raise BadInput(refusal) from None


def _declares_a_type(part: bytes) -> bool:
    return b"<!DOCTYPE" in part or part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00<" in part[:8]


def text_of(value: object) -> str:
    """A cell as it would be typed. Text cells stay text; what was pasted as a number or a date is written out."""
    match value:
        case None:
            return ""
        case bool():
            return YES if value else NO
        case datetime() | date():
            return f"{value:%d.%m.%Y}"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column; programs other than Excel do not reckon it themselves."""
    return sum(max(1, len(textwrap.wrap(line, width))) for line in text.splitlines() or [""])


def height(lines: int) -> float:
    """Points; Excel allows 409."""
    return min(400.0, 13.5 * lines + 3)


def styles_of(book: Any) -> dict[str, Any]:
    """The formats of a workbook by what they are for; what is typed into is yellow and not locked."""
    plain = {"font_name": "Arial", "font_size": 10, "text_wrap": True, "valign": "top"}
    return {
        "title": book.add_format({**plain, "font_size": 14, "bold": True, "font_color": _NAVY, "valign": "vcenter"}),
        "text": book.add_format({**plain, "font_color": _GREY}),
        "header": book.add_format({**plain, "bold": True, "bg_color": _NAVY, "font_color": "white", "border": 1}),
        "section": book.add_format({**plain, "bold": True, "bg_color": _SHADE, "border": 1, "font_color": _NAVY}),
        "group": book.add_format({**plain, "bold": True, "border": 1}),
        "question": book.add_format({**plain, "border": 1}),
        "answer": book.add_format({**plain, "border": 1, "locked": False, "num_format": "@", "bg_color": _INPUT}),
        "help": book.add_format({**plain, "border": 1, "font_color": _GREY, "font_size": 9}),
        "hidden": book.add_format({"num_format": "@"}),
    }
