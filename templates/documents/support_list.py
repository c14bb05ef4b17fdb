"""Lista obecności na sesji wsparcia grupowego: whoever was there signs for the hours of the session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from templates.polish import clock, hours, long_date, person_key, weekday
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, data_table, key_values, paragraph, signature_lines


@dataclass(frozen=True, kw_only=True)
class SupportedPerson:
    """``group``: the kind of the group they are a member of."""

    first_name: str
    last_name: str
    institution: str
    group: str


@dataclass(frozen=True, kw_only=True)
class SupportListDocument:
    """One session. Hours are local clock times."""

    letterhead: Letterhead
    support: str
    topic: str
    day: date
    starts: time
    ends: time
    place: str
    coach: str
    """Empty where nobody has said: then there is room to write it."""
    session_id: int
    people: Sequence[SupportedPerson]


_TO_FILL = "……………………………"


def support_list(sheet: SupportListDocument) -> bytes:
    """The .docx list; people in Polish order of last and first names, whatever order they come in."""
    document = start("Lista obecności – wsparcie grupowe", sheet.letterhead, sheet.day)
    length = (sheet.ends.hour * 60 + sheet.ends.minute) - (sheet.starts.hour * 60 + sheet.starts.minute)
    key_values(
        document,
        (
            ("Forma wsparcia", sheet.support),
            ("Temat", sheet.topic),
            ("Data", f"{weekday(sheet.day)}, {long_date(sheet.day)}"),
            ("Godziny", f"{clock(sheet.starts)}–{clock(sheet.ends)} ({hours(length)})"),
            ("Miejsce", sheet.place or _TO_FILL),
            ("Osoba prowadząca", sheet.coach or _TO_FILL),
            ("Numer sesji", str(sheet.session_id)),
        ),
        caption="Dane sesji",
        label_width_cm=3.8,
    )
    paragraph(
        document,
        "Podpis potwierdza obecność przez całą sesję. Kto był krócej, wpisuje przy podpisie swoje godziny.",
        keep_with_next=True,
    )
    people = sorted(sheet.people, key=lambda person: person_key(person.last_name, person.first_name))
    data_table(
        document,
        (
            Column("Lp.", 0.9, Align.CENTER),
            Column("Imię i nazwisko", 4.2),
            Column("Instytucja", 4.6, prose=True),
            Column("Grupa", 1.6, Align.CENTER),
            Column("Podpis", 5.7),
        ),
        [
            (f"{number}.", f"{one.first_name} {one.last_name}", one.institution, one.group, "")
            for number, one in enumerate(people, start=1)
        ],
        caption="Osoby na sesji",
        row_height_cm=1.1,
    )
    paragraph(document, "Liczba osób obecnych: ……………", keep_with_next=True)
    signature_lines(document, ["data i podpis osoby prowadzącej", "data i podpis osoby sprawdzającej listę"])
    return to_bytes(document)
