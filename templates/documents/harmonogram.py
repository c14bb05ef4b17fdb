"""The Harmonogram as it is published: every day of every meeting, by date. Names no member and gives no warning."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from models.rules.meeting_kinds import MeetingKind
from templates.polish import clock, long_date, short_date, titled, weekday
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, data_table, paragraph


@dataclass(frozen=True, kw_only=True)
class HarmonogramLine:
    """One day of one meeting; hours by the clock."""

    on: date
    starts: time
    ends: time
    group: str
    kind: MeetingKind
    title: str
    place: str
    host: str
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True)
class HarmonogramDocument:
    letterhead: Letterhead
    issued_on: date
    lines: Sequence[HarmonogramLine]
    narrowed: str = ""
    """What it is limited to, in words; empty for the whole."""


def harmonogram(document_: HarmonogramDocument) -> bytes:
    """The .docx Harmonogram, on sheets turned sideways; the heading of the table stands on each."""
    document = start("Harmonogram spotkań", document_.letterhead, document_.issued_on, landscape=True)
    days = f"Stan na {long_date(document_.issued_on)}"
    paragraph(document, f"{days} Zakres: {document_.narrowed}." if document_.narrowed else days, align=Align.CENTER)
    data_table(
        document,
        (
            Column("Lp.", 1.0, Align.CENTER),
            Column("Data", 2.6, Align.CENTER),
            Column("Godziny", 2.3, Align.CENTER),
            Column("Grupa", 5.0, prose=True),
            Column("Spotkanie", 5.8, prose=True),
            Column("Miejsce", 4.6, prose=True),
            Column("Prowadzenie", 4.4, prose=True),
        ),
        [
            (
                f"{number}.",
                f"{short_date(line.on)}\n{weekday(line.on)}",
                "odwołane" if line.cancelled else f"{clock(line.starts)}–{clock(line.ends)}",
                line.group,
                titled(line.title, line.kind),
                "–" if line.cancelled else line.place,
                line.host or "–",
            )
            for number, line in enumerate(document_.lines, start=1)
        ],
        caption="Spotkania według daty",
    )
    paragraph(document, "Terminy mogą się zmienić; o każdej zmianie biuro projektu zawiadamia osoby zaproszone.")
    return to_bytes(document)
