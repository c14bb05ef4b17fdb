"""Attendance sheet of one day of a meeting: pay follows the hours that people sign for here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from templates.polish import clock, long_date, person_key, weekday
from templates.word_base import (
    Align,
    Column,
    Letterhead,
    data_table,
    key_values,
    paragraph,
    signature_lines,
    start,
    to_bytes,
)


@dataclass(frozen=True, kw_only=True)
class Attendee:
    first_name: str
    last_name: str
    institution: str


@dataclass(frozen=True, kw_only=True)
class AttendanceSheetDocument:
    """One day. Hours are local clock times."""

    letterhead: Letterhead
    group: str
    meeting: str
    day: date
    day_number: int
    days: int
    starts: time
    ends: time
    place: str
    attendees: Sequence[Attendee]


def attendance_sheet(sheet: AttendanceSheetDocument) -> bytes:
    """The .docx sheet; people in Polish order of last and first names, whatever order they come in."""
    document = start("Lista obecności", sheet.letterhead, sheet.day)
    which = f" (dzień {sheet.day_number} z {sheet.days})" if sheet.days > 1 else ""
    key_values(
        document,
        (
            ("Grupa", sheet.group),
            ("Spotkanie", sheet.meeting),
            ("Data", f"{weekday(sheet.day)}, {long_date(sheet.day)}{which}"),
            ("Godziny spotkania", f"{clock(sheet.starts)}–{clock(sheet.ends)}"),
            ("Miejsce", sheet.place),
        ),
        caption="Dane spotkania",
        label_width_cm=3.8,
    )
    people = sorted(sheet.attendees, key=lambda person: person_key(person.last_name, person.first_name))
    data_table(
        document,
        (
            Column("Lp.", 1.0, Align.CENTER),
            Column("Imię i nazwisko", 4.6),
            Column("Instytucja", 5.0, prose=True),
            Column("Godziny\nod–do", 2.4, Align.CENTER),
            Column("Podpis", 4.0),
        ),
        [
            (f"{number}.", f"{person.first_name} {person.last_name}", person.institution, "", "")
            for number, person in enumerate(people, start=1)
        ],
        caption="Osoby na spotkaniu",
        row_height_cm=1.1,
    )
    paragraph(document, "Liczba osób obecnych: ……………", keep_with_next=True)
    signature_lines(document, ["data i podpis osoby prowadzącej spotkanie", "data i podpis osoby sprawdzającej listę"])
    return to_bytes(document)
