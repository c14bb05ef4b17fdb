"""For the host of a meeting: how many are expected, and what has to be prepared for them. Names only when asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from docx.document import Document

from models.rules.meeting_kinds import MeetingKind
from templates.polish import clock, collation_key, counted, long_date, person_key, titled, weekday
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, data_table, heading, key_values, paragraph


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One need of one person who is expected; ``what`` is the kind of need in words."""

    what: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Guest:
    """One who is expected, with a name only where the office gives names."""

    first_name: str
    last_name: str
    wanted: Sequence[Wanted]


@dataclass(frozen=True, kw_only=True)
class ExpectedDay:
    on: date
    starts: time
    ends: time


@dataclass(frozen=True, kw_only=True)
class HostListDocument:
    letterhead: Letterhead
    issued_on: date
    group: str
    meeting: str
    kind: MeetingKind
    place: str
    host: str
    days: Sequence[ExpectedDay]
    accepted: int
    unanswered: int
    guests: Sequence[Guest]
    with_names: bool


def host_list(one: HostListDocument) -> bytes:
    """The .docx list; needs that are worded alike are counted together."""
    document = start("Lista dla osoby prowadzącej spotkanie", one.letterhead, one.issued_on)
    paragraph(
        document,
        "Dokument zawiera dane osobowe, w tym dane o szczególnych potrzebach. Jest przeznaczony tylko dla osoby, która "
        "przygotowuje to spotkanie; nie wolno go powielać ani przekazywać dalej, a po spotkaniu trzeba go zniszczyć.",
        bold=True,
    )
    days = "\n".join(
        f"{weekday(day.on)}, {long_date(day.on)}, {clock(day.starts)}–{clock(day.ends)}" for day in one.days
    )
    key_values(
        document,
        (
            ("Spotkanie", titled(one.meeting, one.kind)),
            ("Grupa", one.group),
            ("Termin", days),
            ("Miejsce", one.place),
            ("Prowadzenie", one.host or "–"),
            ("Oczekiwane osoby", str(len(one.guests))),
            ("– w tym potwierdziło", str(one.accepted)),
            ("– w tym bez odpowiedzi", str(one.unanswered)),
        ),
        caption="Dane spotkania",
        label_width_cm=4.6,
    )
    heading(document, "Co trzeba przygotować")
    counts: dict[tuple[str, str], int] = {}
    for guest in one.guests:
        for need in guest.wanted:
            key = (need.what, need.text)
            counts[key] = counts.get(key, 0) + 1
    if counts:
        data_table(
            document,
            (Column("Czego dotyczy", 4.6), Column("Potrzeba", 10.0, prose=True), Column("Osób", 2.4, Align.CENTER)),
            [
                (what, text, str(count))
                for (what, text), count in sorted(
                    counts.items(), key=lambda entry: (collation_key(entry[0][0]), collation_key(entry[0][1]))
                )
            ],
            caption="Potrzeby i liczba osób",
        )
    else:
        paragraph(document, "Żadna z oczekiwanych osób nie zgłosiła potrzeb.")
    if one.with_names:
        _names(document, one)
    return to_bytes(document)


def _names(document: Document, one: HostListDocument) -> None:
    heading(document, "Osoby")
    people = sorted(one.guests, key=lambda guest: person_key(guest.last_name, guest.first_name))
    data_table(
        document,
        (Column("Lp.", 1.0, Align.CENTER), Column("Imię i nazwisko", 5.6), Column("Potrzeby", 10.4, prose=True)),
        [
            (
                f"{number}.",
                f"{guest.first_name} {guest.last_name}",
                "\n".join(f"{need.what}: {need.text}" for need in guest.wanted) or "–",
            )
            for number, guest in enumerate(people, start=1)
        ],
        caption="Oczekiwane osoby i ich potrzeby",
    )
    paragraph(document, f"Razem: {counted(len(people), 'osoba', 'osoby', 'osób')}.")
