"""The codes by which a printed list is known again: of which day of a meeting or session of support, and whose row.

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
_LIST: Final = re.compile(r"LW1:([^\s:]{1,60}):([0-9]{1,9}):(\d{4}-\d\d-\d\d):(\d{4})-(\d{4}):([0-9a-f]{6})")
"""Where the people of a list are of several calls, a dash stands in place of the call."""
_ROW: Final = re.compile(r"([0-9A-Za-z/-]{0,60}[0-9]{4})\.([0-9a-f]{3})")

LED_BY: Final = "Osoba prowadząca"
PLACE: Final = "Miejsce"
"""What stands in the head of a list of support, to be filled in where nobody knew it."""


@dataclass(frozen=True)
class SheetKey:
    """The day that a sheet is of, by the codes of its call and its meeting, and the hours that it was printed with."""

    call: str
    meeting: str
    on: date
    hours: tuple[time, time] | None = None

    @property
    def binding(self) -> str:
        """What the codes of its rows are bound to."""
        return self.call


@dataclass(frozen=True)
class SupportListKey:
    """The session of group support that a list is of, with its day and hours as they were printed.

    ``call``: by which the numbers in its rows are shortened; empty where its people are of several calls.
    """

    call: str
    session_id: int
    on: date
    hours: tuple[time, time]

    @property
    def binding(self) -> str:
        """What the codes of its rows are bound to: this session alone, so that no row of another one passes."""
        return f"{self.call}|sesja {self.session_id}"


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


def list_code(key: SupportListKey) -> str:
    """The code that stands in the head of a list of a session of support."""
    starts, ends = key.hours
    body = f"{key.call or '-'}:{key.session_id}:{key.on.isoformat()}:{starts:%H%M}-{ends:%H%M}"
    return f"LW1:{body}:{_check(body)[:6]}"


def lists_in(texts: Iterable[str]) -> frozenset[SupportListKey]:
    """The lists of sessions of support whose sound codes stand in these texts."""
    found = set()
    for text in texts:
        for call, session_id, day, starts, ends, check in _LIST.findall(text):
            if _check(f"{call}:{session_id}:{day}:{starts}-{ends}")[:6] != check:
                continue
            try:
                hours = (_clock(starts), _clock(ends))
                key = SupportListKey(call if call != "-" else "", int(session_id), date.fromisoformat(day), hours)
            except ValueError:
                continue
            found.add(key)
    return frozenset(found)


def _clock(digits: str) -> time:
    return time(int(digits[:2]), int(digits[2:]))


def row_code(call: str, number: str, *, bound_to: str = "") -> str:
    """The code of an application's row: the end of its number, and digits that bind it to the call or the list.

    A number of another call, and each number where ``call`` is empty, stands whole.
    """
    short = number.removeprefix(f"{call}/")
    return f"{short}.{_check(f'{bound_to or call}|{short}')[:3]}"


def number_in(call: str, text: str, *, bound_to: str = "") -> str | None:
    """The application number of a row's code; ``None`` for a text that is no sound code of this call or list."""
    found = _ROW.fullmatch(text.strip())
    if found is None or _check(f"{bound_to or call}|{found[1]}")[:3] != found[2]:
        return None
    return found[1] if "/" in found[1] else f"{call}/{found[1]}"


def looks_like_row(text: str) -> bool:
    """Whether a text is shaped like a row's code, sound or not."""
    return _ROW.fullmatch(text.strip()) is not None


def _check(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
