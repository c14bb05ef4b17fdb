"""The codes by which a printed attendance sheet is known again: whose day it is, and whose row.

They are plain text in cells, since no mark but text survives every program that saves a Word file. They say nothing
that the sheet does not say anyway. A few digits of a digest stand behind each against a code that was typed anew or
pasted from another sheet; they are no signature: who reads a sheet sees every row before anything is stored.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Final

_SHEET: Final = re.compile(
    r"(?:LO1|LO2(?=(?::[^\s:]+){3}:\d{4}-\d{4}:)):"
    r"([^\s:]{1,60}):([^\s:]{1,60}):(\d{4}-\d\d-\d\d)(?::(\d{4})-(\d{4}))?:([0-9a-f]{6})"
)
"""``LO1`` is what sheets were printed with before their hours stood in the code."""
_ROW: Final = re.compile(r"([0-9A-Za-z/]{0,60}[0-9]{4})\.([0-9a-f]{3})")


@dataclass(frozen=True)
class SheetKey:
    """The day that a sheet is of, by the codes of its call and its meeting, and the hours that it was printed with."""

    call: str
    meeting: str
    on: date
    hours: tuple[time, time] | None = None


def sheet_code(key: SheetKey) -> str:
    """The code that stands in the head of a sheet."""
    body = f"{key.call}:{key.meeting}:{key.on.isoformat()}"
    if key.hours is None:
        return f"LO1:{body}:{_check(body)[:6]}"
    starts, ends = key.hours
    body = f"{body}:{starts:%H%M}-{ends:%H%M}"
    return f"LO2:{body}:{_check(body)[:6]}"


def sheets_in(texts: Iterable[str]) -> frozenset[SheetKey]:
    """The sheets whose sound codes stand in these texts."""
    found = set()
    for text in texts:
        for call, meeting, day, starts, ends, check in _SHEET.findall(text):
            body = f"{call}:{meeting}:{day}" + (f":{starts}-{ends}" if starts else "")
            if _check(body)[:6] != check:
                continue
            try:
                hours = (_clock(starts), _clock(ends)) if starts else None
                found.add(SheetKey(call, meeting, date.fromisoformat(day), hours))
            except ValueError:
                continue
    return frozenset(found)


def _clock(digits: str) -> time:
    return time(int(digits[:2]), int(digits[2:]))


def row_code(call: str, number: str) -> str:
    """The code of an application's row: the end of its number, and digits that bind it to the call."""
    short = number.removeprefix(f"{call}/")
    return f"{short}.{_check(f'{call}|{short}')[:3]}"


def number_in(call: str, text: str) -> str | None:
    """The application number of a row's code; ``None`` for a text that is no sound code of this call."""
    found = _ROW.fullmatch(text.strip())
    if found is None or _check(f"{call}|{found[1]}")[:3] != found[2]:
        return None
    return found[1] if "/" in found[1] else f"{call}/{found[1]}"


def looks_like_row(text: str) -> bool:
    """Whether a text is shaped like a row's code, sound or not."""
    return _ROW.fullmatch(text.strip()) is not None


def _check(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
