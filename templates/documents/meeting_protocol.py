"""Record of a meeting (protokół spotkania): the group's task, who was there, what was worked out and whose assumptions
were verified, on which the next group builds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from docx.document import Document

from models.rules.meeting_kinds import MeetingKind
from models.rules.sector_coverage import UNSETTLED, Coverage
from templates.polish import clock, collation_key, counted, date_span, long_date, person_key, titled, weekday
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, bullets, data_table, heading, key_values, paragraph, signature_lines

_TO_FILL_IN = "…" * 47


@dataclass(frozen=True, kw_only=True)
class Present:
    """One who was there, and on which days."""

    first_name: str
    last_name: str
    institution: str
    sector: str
    days: Sequence[date]
    substitute: bool = False


@dataclass(frozen=True, kw_only=True)
class HeldDay:
    """Hours by the clock."""

    on: date
    starts: time
    ends: time


@dataclass(frozen=True, kw_only=True)
class MeetingProtocolDocument:
    """``worked_out`` and ``verified`` may be empty: then there is room to write by hand."""

    letterhead: Letterhead
    issued_on: date
    kind: MeetingKind
    title: str
    group: str
    area: str
    """The powiat or voivodship in words."""
    gminas: Sequence[str]
    days: Sequence[HeldDay]
    place: str
    host: str
    tasks: Sequence[str]
    agenda: Sequence[str]
    present: Sequence[Present]
    worked_out: Sequence[str]
    verified: Sequence[str]
    by_institution: bool = False
    """Whether institutions alone are listed, and nobody's name."""
    powiat: str = ""
    """Of a team of institutions: its powiat by name. Empty where the area stands as it is."""
    hosts: Sequence[str] = ()
    """Institutions that were the hosts (gospodarze), where somebody has said."""
    coverage: Coverage | None = None
    """How those present cover the project's sectors: of a team of institutions, whose record names them by number."""


def meeting_protocol(one: MeetingProtocolDocument) -> bytes:
    """The .docx record, people in Polish order of their names, institutions in theirs."""
    document = start("Protokół spotkania", one.letterhead, one.issued_on)
    hours = "\n".join(
        f"{weekday(day.on)}, {long_date(day.on)}, {clock(day.starts)}–{clock(day.ends)}" for day in one.days
    )
    gminas = ", ".join(sorted(one.gminas, key=collation_key)) or UNSETTLED
    pairs = [
        ("Spotkanie", titled(one.title, one.kind)),
        ("Grupa", one.group),
        ("Termin", date_span(day.on for day in one.days)),
        ("Początek i koniec", hours),
        ("Powiat", one.powiat) if one.powiat else ("Obszar", one.area),
        ("Gmina" if one.powiat and len(one.gminas) == 1 else "Gminy", gminas),
        ("Miejsce", one.place),
        *([("Gospodarze", "\n".join(one.hosts))] if one.hosts else []),
        ("Prowadzenie", one.host or "–"),
    ]
    key_values(document, pairs, caption="Dane spotkania", label_width_cm=3.8)
    heading(document, "Zadania grupy")
    bullets(document, one.tasks)
    heading(document, "Program")
    bullets(document, one.agenda)
    if one.by_institution or one.coverage is not None:
        heading(document, "Obecne instytucje")
        _institutions(document, one)
    if one.coverage is not None:
        heading(document, "Obszary kooperacji")
        _covered(document, one.coverage)
    if not one.by_institution:
        heading(document, "Obecne osoby")
        _people(document, one)
    heading(document, "Czyje założenia zweryfikowano")
    _points(document, one.verified)
    heading(document, "Co wypracowano")
    _points(document, one.worked_out)
    signature_lines(
        document, ["data i podpis osoby prowadzącej spotkanie", "data i podpis osoby sporządzającej protokół"]
    )
    return to_bytes(document)


def _people(document: Document, one: MeetingProtocolDocument) -> None:
    people = sorted(one.present, key=lambda person: person_key(person.last_name, person.first_name))
    several = len(one.days) > 1
    rows = []
    for number, person in enumerate(people, start=1):
        name = f"{person.first_name} {person.last_name}" + (" (zastępstwo)" if person.substitute else "")
        days = ", ".join(f"{day:%d.%m}" for day in person.days)
        rows.append((f"{number}.", name, person.institution, person.sector, *([days] if several else [])))
    columns = (Column("Lp.", 1.0, Align.CENTER), Column("Imię i nazwisko", 4.6))
    rest = (Column("Instytucja", 4.8, prose=True), Column("Obszar kooperacji", 3.8, prose=True))
    wide = (Column("Instytucja", 6.4, prose=True), Column("Obszar kooperacji", 5.0, prose=True))
    data_table(
        document,
        (*columns, *rest, Column("Obecność w dniach", 2.8, Align.CENTER)) if several else (*columns, *wide),
        rows,
        caption="Osoby na spotkaniu",
    )
    paragraph(document, f"Razem: {counted(len(people), 'osoba', 'osoby', 'osób')}.")


def _institutions(document: Document, one: MeetingProtocolDocument) -> None:
    names = sorted(
        {(person.institution, person.sector) for person in one.present}, key=lambda pair: collation_key(pair[0])
    )
    data_table(
        document,
        (
            Column("Lp.", 1.0, Align.CENTER),
            Column("Instytucja", 9.6, prose=True),
            Column("Obszar kooperacji", 6.4, prose=True),
        ),
        [(f"{number}.", institution, sector) for number, (institution, sector) in enumerate(names, start=1)],
        caption="Instytucje na spotkaniu",
    )
    there = counted(len(one.present), "osoba", "osoby", "osób")
    paragraph(document, f"Razem: {counted(len(names), 'instytucja', 'instytucje', 'instytucji')}, {there}.")


def _covered(document: Document, coverage: Coverage) -> None:
    rows = [(one.label, str(one.count) if one.count else "–") for one in coverage.sectors]
    if coverage.unsettled:
        rows.append((UNSETTLED, str(len(coverage.unsettled))))
    data_table(
        document,
        (Column("Obszar kooperacji", 11.0, prose=True), Column("Obecnych instytucji", 6.0, Align.CENTER)),
        rows,
        caption="Obszary kooperacji instytucji na spotkaniu",
        keep_with_next=True,
    )
    paragraph(document, coverage.said)


def _points(document: Document, points: Sequence[str]) -> None:
    """What is known, or room to write it by hand."""
    if points:
        bullets(document, points)
        return
    for _ in range(3):
        paragraph(document, _TO_FILL_IN)
