"""Attendance sheet of one day of a meeting: pay follows the hours that people sign for here.

A sheet that is filled in on a computer can be read back (:mod:`forms.attendance_sheet`): the day is known by the code
in its head and each row by the code in its second cell, and both are plain text, which every program keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from models.rules.sheet_codes import SheetKey, row_code, sheet_code
from templates.polish import clock, long_date, person_key, weekday
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align, Box
from templates.word_parts import Column, data_table, key_values, paragraph, signature_lines


@dataclass(frozen=True, kw_only=True)
class Attendee:
    first_name: str
    last_name: str
    institution: str
    number: str
    """Of the application: what the row is known by."""
    substitute: bool = False


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
    key: SheetKey
    """What the sheet is known by when it comes back."""
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
            ("Kod listy", sheet_code(sheet.key)),
        ),
        caption="Dane spotkania",
        label_width_cm=3.8,
    )
    paragraph(document, _HOW_TO, keep_with_next=True)
    people = sorted(sheet.attendees, key=lambda person: person_key(person.last_name, person.first_name))
    data_table(
        document,
        (
            Column("Lp.", 0.9, Align.CENTER),
            Column("Kod", 1.9, Align.CENTER),
            Column("Imię i nazwisko", 4.0),
            Column("Instytucja", 3.7, prose=True),
            Column("Cały\ndzień", 1.3, Align.CENTER),
            Column("Godziny\nod–do", 2.2, Align.CENTER),
            Column("Podpis", 3.0),
        ),
        [_row(number, person, sheet.key.call) for number, person in enumerate(people, start=1)],
        caption="Osoby na spotkaniu",
        row_height_cm=1.1,
    )
    paragraph(document, "Liczba osób obecnych: ……………", keep_with_next=True)
    signature_lines(document, ["data i podpis osoby prowadzącej spotkanie", "data i podpis osoby sprawdzającej listę"])
    return to_bytes(document)


_HOW_TO = (
    "Kto był cały dzień, zaznacza pole „Cały dzień”. Kto przyszedł później albo wyszedł wcześniej, wpisuje godziny "
    "od–do. Przy nieobecności: „nieob.”, przy usprawiedliwionej: „usp.”. Kodów prosimy nie zmieniać."
)


def _row(number: int, person: Attendee, call: str) -> tuple[str | Box, ...]:
    code = row_code(call, person.number)
    name = f"{person.first_name} {person.last_name}"
    return (
        f"{number}.",
        code,
        f"{name}\n(w zastępstwie)" if person.substitute else name,
        person.institution,
        Box(tag=f"caly_dzien:{code}", title="Cały dzień"),
        "",
        "",
    )
