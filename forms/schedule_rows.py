"""From the rows of a Harmonogram to meetings: cells read, days put together, series unfolded, all mistakes told."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from forms.schedule_columns import HEADINGS, KINDS, Column, key_of
from forms.schedule_table import FAULTY, Row
from forms.written_days import day_in, hour_in
from models.errors import Problem
from models.form_definition import KEY
from models.rules.collisions import Hours
from models.rules.meeting_kinds import MeetingKind
from models.rules.series import SeriesFaulty, first_days, repeat_in

LONGEST: Final = 200
_LONGEST_CODE: Final = 56
"""As long as its column, with room for the number within a series."""
_MOST_DAYS: Final = 14
_YEARS: Final = range(2000, 2100)
_KIND_KEYS: Final = {key_of(text): kind for text, kind in KINDS.items()} | {kind.value: kind for kind in MeetingKind}
T = TypeVar("T")


@dataclass(frozen=True)
class PlannedMeeting:
    """One meeting as a file plans it. ``line``: where it begins there."""

    call: str
    code: str
    kind: MeetingKind
    title: str
    place: str
    host: str
    agenda: tuple[str, ...]
    days: tuple[Hours, ...]
    line: int
    series: str = ""
    """How it repeats, when it was written as one of a series."""


@dataclass(frozen=True)
class Meetings:
    """All that could be read, and every mistake; where there is one, nothing is to be taken over."""

    meetings: tuple[PlannedMeeting, ...]
    problems: tuple[Problem, ...]


@dataclass
class _Reader:
    """Reads the cells of one meeting, and notes what is wrong with them."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def fault(self, line: int, column: Column, sentence: str) -> None:
        self.problems.append(Problem(self.file, line, f"kolumna „{HEADINGS[column].title}”: {sentence}"))

    def of_row(self, row: Row, column: Column, read: Callable[[str], T]) -> T | None:
        """The value of a cell that every row must have; ``None`` when its mistake has been told."""
        text = row.cells.get(column, "").strip()
        if text == FAULTY:
            return None
        if not text:
            self.fault(row.line, column, "brakuje wartości.")
            return None
        return self._read(row.line, column, text, read)

    def once(self, rows: Sequence[Row], column: Column, read: Callable[[str], T]) -> T | None:
        """The value that stands in the first row or in several alike; ``None`` when there is none or it is wrong."""
        said = [(row.line, row.cells[column].strip()) for row in rows if row.cells.get(column, "").strip()]
        if any(text == FAULTY for _, text in said):
            return None
        if not said:
            if HEADINGS[column].needed:
                self.fault(rows[0].line, column, "brakuje wartości.")
            return None
        first_line, first = said[0]
        for line, text in said[1:]:
            if " ".join(text.split()) != " ".join(first.split()):
                self.fault(line, column, f"inna wartość niż w wierszu {first_line} tego samego spotkania.")
        return self._read(first_line, column, first, read)

    def _read(self, line: int, column: Column, text: str, read: Callable[[str], T]) -> T | None:
        try:
            return read(text)
        except ValueError as error:
            self.fault(line, column, str(error))
            return None


def meetings_in(rows: Iterable[Row], file: str) -> Meetings:
    """The meetings that the rows of a file plan, in the order in which they begin there."""
    reader = _Reader(file)
    together: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        call, code = reader.of_row(row, Column.CALL, _line), reader.of_row(row, Column.CODE, _code)
        # A row without a code is read by itself, so that the rest of its mistakes are told as well.
        together.setdefault((call or f"\0{row.line}", code or f"\0{row.line}"), []).append(row)
    found: list[PlannedMeeting] = []
    for (call, code), own in together.items():
        found += _unfolded(reader, call, code, own)
    _require_once(reader, found)
    problems = tuple(sorted(set(reader.problems), key=lambda one: (one.line, one.sentence)))
    return Meetings(tuple(found), problems)


def _unfolded(reader: _Reader, call: str, code: str, rows: Sequence[Row]) -> list[PlannedMeeting]:
    before = len(reader.problems)
    kind = reader.once(rows, Column.KIND, _kind) or MeetingKind.MEETING
    title, place, host = (reader.once(rows, one, _line) for one in (Column.TITLE, Column.PLACE, Column.HOST))
    agenda = reader.once(rows, Column.AGENDA, _agenda)
    days = [day for row in rows if (day := _day(reader, row)) is not None]
    _require_days(reader, rows, days)
    firsts = _series(reader, rows, days)
    if len(reader.problems) > before or "\0" in call + code or not (title and place and host and agenda and days):
        return []
    days.sort(key=lambda day: day.on)
    repeated = next((row.cells[Column.REPEAT].strip() for row in rows if row.cells.get(Column.REPEAT)), "")
    made = []
    for number, first in enumerate(firsts, start=1):
        later = first - days[0].on
        made.append(
            PlannedMeeting(
                call=call,
                code=f"{code}_{number}" if repeated else code,
                kind=kind,
                title=title,
                place=place,
                host=host,
                agenda=agenda,
                days=tuple(Hours(day.on + later, day.starts, day.ends) for day in days),
                line=rows[0].line,
                series=repeated,
            )
        )
    return made


def _day(reader: _Reader, row: Row) -> Hours | None:
    on = reader.of_row(row, Column.DATE, _day_in)
    starts, ends = reader.of_row(row, Column.STARTS, hour_in), reader.of_row(row, Column.ENDS, hour_in)
    if on is None or starts is None or ends is None:
        return None
    if ends <= starts:
        reader.fault(row.line, Column.ENDS, "spotkanie musi się kończyć później, niż się zaczyna.")
        return None
    return Hours(on, starts, ends)


def _require_days(reader: _Reader, rows: Sequence[Row], days: Sequence[Hours]) -> None:
    if len(rows) > _MOST_DAYS:
        reader.fault(rows[0].line, Column.CODE, f"spotkanie może mieć najwyżej {_MOST_DAYS} dni; to ma {len(rows)}.")
    seen: dict[date, int] = {}
    if len(rows) != len(days):
        return  # a day that could not be read has been told already
    for row, day in zip(rows, days, strict=True):
        if day.on in seen:
            reader.fault(row.line, Column.DATE, f"ten dzień spotkania stoi już w wierszu {seen[day.on]}.")
        seen.setdefault(day.on, row.line)


def _series(reader: _Reader, rows: Sequence[Row], days: Sequence[Hours]) -> tuple[date, ...]:
    """The first day of each meeting: one, or those of a series."""
    repeat = reader.once(rows, Column.REPEAT, repeat_in)
    until, without = reader.once(rows, Column.UNTIL, _day_in), reader.once(rows, Column.WITHOUT, _days_in)
    said = {column: any(row.cells.get(column, "").strip() for row in rows) for column in _OF_SERIES}
    if said[Column.REPEAT] != said[Column.UNTIL]:
        missing = Column.UNTIL if said[Column.REPEAT] else Column.REPEAT
        reader.fault(rows[0].line, missing, "seria potrzebuje obu kolumn: „Powtarzaj” i „Powtarzaj do”.")
    if said[Column.WITHOUT] and not said[Column.REPEAT]:
        reader.fault(rows[0].line, Column.WITHOUT, "dni opuszcza się tylko w serii.")
    if not days:
        return ()
    first = min(day.on for day in days)
    if repeat is None or until is None or len(days) < len(rows):
        return (first,)
    try:
        return first_days(repeat, first, until, without=without or ())
    except SeriesFaulty as error:
        reader.fault(rows[0].line, Column.REPEAT, str(error))
        return ()


_OF_SERIES: Final = (Column.REPEAT, Column.UNTIL, Column.WITHOUT)


def _require_once(reader: _Reader, meetings: Sequence[PlannedMeeting]) -> None:
    """A code that a series makes must not be another meeting's."""
    seen: dict[tuple[str, str], int] = {}
    for meeting in meetings:
        key = (meeting.call, meeting.code)
        if key in seen:
            reader.fault(
                meeting.line, Column.CODE, f"spotkanie „{meeting.code}” tego naboru stoi już w wierszu {seen[key]}."
            )
        seen.setdefault(key, meeting.line)


# Cells


def _day_in(text: str) -> date:
    return day_in(text, years=_YEARS)


def _days_in(text: str) -> tuple[date, ...]:
    return tuple(_day_in(part) for part in re.split(r"[,;\n]+", text) if part.strip())


def _line(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST or not text.isprintable():
        raise ValueError(f"to jeden wiersz, do {LONGEST} znaków.")
    return text


def _code(text: str) -> str:
    text = text.strip()
    if not re.fullmatch(KEY, text) or len(text) > _LONGEST_CODE:
        raise ValueError(
            f"„{text[:60]}” nie jest kodem: małe litery bez polskich znaków, cyfry i podkreślenia, od litery, "
            f"do {_LONGEST_CODE} znaków."
        )
    return text


def _kind(text: str) -> MeetingKind:
    kind = _KIND_KEYS.get(key_of(text)) or _KIND_KEYS.get(text.strip())
    if kind is None:
        raise ValueError(f"nie ma rodzaju „{text[:40]}”. Można wpisać: {', '.join(KINDS)}.")
    return kind


def _agenda(text: str) -> tuple[str, ...]:
    points = tuple(" ".join(part.split()) for part in re.split(r"[;\n]+", text) if part.strip())
    if not points or any(len(point) > LONGEST * 2 or not point.isprintable() for point in points):
        raise ValueError(f"program to punkty po średniku albo w osobnych wierszach, każdy do {LONGEST * 2} znaków.")
    return points
