"""Karta wsparcia indywidualnego: the sessions of one member's coaching, one row a session, signed by both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from templates.polish import hours, short_date
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, data_table, key_values, paragraph, signature_lines


@dataclass(frozen=True)
class CoachingLine:
    """One session; ``starts`` and ``ends`` are local clock times."""

    on: date
    starts: str
    ends: str
    minutes: int
    topic: str
    coach: str


@dataclass(frozen=True, kw_only=True)
class CoachingSheetDocument:
    letterhead: Letterhead
    issued_on: date
    group: str
    number: str
    name: str
    institution: str
    support: str = "coaching indywidualny"
    """What the support is called."""
    led_by: str = ""
    limit_hours: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    """The days on which it is given; none: as long as the seat."""
    lines: Sequence[CoachingLine]


_ROWS_AT_LEAST = 8
"""Empty rows fill a sheet up to this, for sessions to come."""


def coaching_sheet(sheet: CoachingSheetDocument) -> bytes:
    """The .docx sheet, with empty rows for sessions to come."""
    document = start("Karta wsparcia indywidualnego", sheet.letterhead, sheet.issued_on)
    key_values(
        document,
        (
            ("Imię i nazwisko", sheet.name),
            ("Instytucja", sheet.institution),
            ("Grupa", sheet.group),
            ("Numer zgłoszenia", sheet.number),
            ("Forma wsparcia", sheet.support),
            *_granted(sheet),
        ),
        caption="Dane osoby",
        label_width_cm=3.8,
    )
    rows = [
        (f"{number}.", short_date(one.on), f"{one.starts}–{one.ends}", _topic(one), "", "")
        for number, one in enumerate(sheet.lines, start=1)
    ]
    rows += [(f"{number}.", "", "", "", "", "") for number in range(len(rows) + 1, _ROWS_AT_LEAST + 1)]
    data_table(
        document,
        (
            Column("Lp.", 0.9, Align.CENTER),
            Column("Data", 2.7, Align.CENTER),
            Column("Godziny\nod–do", 2.3, Align.CENTER),
            Column("Temat", 5.1, prose=True),
            Column("Podpis\nosoby wspieranej", 3.0),
            Column("Podpis\nosoby prowadzącej", 3.0),
        ),
        rows,
        caption="Sesje wsparcia",
        row_height_cm=1.1,
    )
    total = sum(one.minutes for one in sheet.lines)
    paragraph(
        document,
        _sentence(f"Wpisane sesje: {len(sheet.lines)}, razem {hours(total)}{_of_limit(sheet)}")
        if sheet.lines
        else "Razem godzin: ……………",
        keep_with_next=True,
    )
    signature_lines(document, ["data i podpis osoby wspieranej", "data i podpis osoby sprawdzającej kartę"])
    return to_bytes(document)


def _granted(sheet: CoachingSheetDocument) -> list[tuple[str, str]]:
    """What is known of the support, in as many rows as there is something to say."""
    lines = []
    if sheet.led_by:
        lines.append(("Prowadzi", sheet.led_by))
    if sheet.first_day is not None:
        until = f" do {short_date(sheet.last_day)}" if sheet.last_day else ""
        lines.append(("Okres wsparcia", f"od {short_date(sheet.first_day)}{until}"))
    if sheet.limit_hours is not None:
        lines.append(("Limit godzin", hours(sheet.limit_hours * 60)))
    return lines


def _sentence(words: str) -> str:
    """Words with the full stop that they may end in already („godz.”)."""
    return words if words.endswith(".") else f"{words}."


def _of_limit(sheet: CoachingSheetDocument) -> str:
    return "" if sheet.limit_hours is None else f" z {hours(sheet.limit_hours * 60)}"


def _topic(one: CoachingLine) -> str:
    return f"{one.topic}\n(prowadzi: {one.coach})" if one.coach else one.topic
