"""Lista obecności na sesji wsparcia grupowego: whoever was there signs for the hours of the session.

Its rows are those of the attendance sheet of a meeting, so that what was filled in on a computer is read back by the
same reader (:mod:`forms.attendance_sheet`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.rules.sheet_codes import LED_BY, PLACE, SupportListKey, list_code, row_code
from templates.polish import clock, hours, long_date, person_key, weekday
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align, Box
from templates.word_parts import Column, data_table, key_values, paragraph, signature_lines


@dataclass(frozen=True, kw_only=True)
class SupportedPerson:
    """``group``: the kind of the group they are a member of. ``number``: of the application; the row is known by it."""

    first_name: str
    last_name: str
    institution: str
    group: str
    number: str


@dataclass(frozen=True, kw_only=True)
class SupportListDocument:
    """One session. Its day and hours are those of the key, by the local clock."""

    letterhead: Letterhead
    support: str
    topic: str
    place: str
    coach: str
    """Empty where nobody has said: then there is room to write it."""
    key: SupportListKey
    """What the list is known by when it comes back."""
    people: Sequence[SupportedPerson]


_TO_FILL = "……………………………"


def support_list(sheet: SupportListDocument) -> bytes:
    """The .docx list; people in Polish order of last and first names, whatever order they come in."""
    day, (starts, ends) = sheet.key.on, sheet.key.hours
    document = start("Lista obecności – wsparcie grupowe", sheet.letterhead, day)
    length = (ends.hour * 60 + ends.minute) - (starts.hour * 60 + starts.minute)
    key_values(
        document,
        (
            ("Forma wsparcia", sheet.support),
            ("Temat", sheet.topic),
            ("Data", f"{weekday(day)}, {long_date(day)}"),
            ("Godziny", f"{clock(starts)}–{clock(ends)} ({hours(length)})"),
            (PLACE, sheet.place or _TO_FILL),
            (LED_BY, sheet.coach or _TO_FILL),
            ("Numer sesji", str(sheet.key.session_id)),
            ("Kod listy", list_code(sheet.key)),
        ),
        caption="Dane sesji",
        label_width_cm=3.8,
    )
    paragraph(document, _HOW_TO, keep_with_next=True)
    people = sorted(sheet.people, key=lambda person: person_key(person.last_name, person.first_name))
    # Where people are of several calls their numbers stand whole, and need room.
    code, name, institution = (1.9, 4.0, 3.7) if sheet.key.call else (3.3, 3.4, 2.9)
    data_table(
        document,
        (
            Column("Lp.", 0.9, Align.CENTER),
            Column("Kod", code, Align.CENTER),
            Column("Imię i nazwisko", name),
            Column("Instytucja,\ngrupa", institution, prose=True),
            Column("Cała\nsesja", 1.3, Align.CENTER),
            Column("Godziny\nod–do", 2.2, Align.CENTER),
            Column("Podpis", 3.0),
        ),
        [_row(number, one, sheet.key) for number, one in enumerate(people, start=1)],
        caption="Osoby na sesji",
        row_height_cm=1.1,
    )
    paragraph(document, "Liczba osób obecnych: ……………", keep_with_next=True)
    signature_lines(document, ["data i podpis osoby prowadzącej", "data i podpis osoby sprawdzającej listę"])
    return to_bytes(document)


_HOW_TO = (
    "Kto był przez całą sesję, zaznacza pole „Cała sesja”. Kto był krócej, wpisuje godziny od–do. Przy nieobecności: "
    "„nieob.”, przy usprawiedliwionej: „usp.” i powód. Kodów prosimy nie zmieniać."
)


def _row(ordinal: int, person: SupportedPerson, key: SupportListKey) -> tuple[str | Box, ...]:
    code = row_code(key.call, person.number, bound_to=key.binding)
    return (
        f"{ordinal}.",
        code,
        f"{person.first_name} {person.last_name}",
        f"{person.institution} ({person.group})" if person.institution else person.group,
        Box(tag=f"cala_sesja:{code}", title="Cała sesja"),
        "",
        "",
    )
