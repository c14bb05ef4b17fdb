"""Ranking lists of a call: one for everybody to see, one for the office. Neither holds a name.

The public list carries number, points and status only: in a group of seven a sector is enough to know a person by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from docx.document import Document

from templates.polish import collation_key, counted, long_date
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import Column, data_table, heading, paragraph, signature_line


@dataclass(frozen=True, kw_only=True)
class RankedEntry:
    """One application on a list. ``status`` and the labels are Polish, as people should read them."""

    public_number: str
    application_number: str
    status: str
    position: int | None = None
    """Place on the main or the reserve list; none for a rejected application."""
    points: int | None = None
    """``None`` when the application was not scored."""
    premium: int | None = None
    sector: str = ""
    level: str = ""
    unit: str = ""
    """Which unit applied („Gmina Kartuzy”), in a call of units; sector and level are of a person's institution."""
    tie_break: str = ""
    """What decided between equal points: „wpływ 12.11.2018 r., 09:14”."""


@dataclass(frozen=True, kw_only=True)
class RankingListDocument:
    """What both lists of a call are made from; entries in the order they should be printed."""

    letterhead: Letterhead
    call: str
    """„Nabór do Powiatowych Grup Refleksyjnych, edycja 2018”."""
    group: str
    area: str
    issued_on: date
    place: str
    seats: int
    order_rule: str
    """How equal applications were ordered, as a Polish sentence."""
    main: Sequence[RankedEntry]
    reserve: Sequence[RankedEntry]
    rejected: Sequence[RankedEntry]
    closing: str = ""
    """What candidates should know next: how to appeal, until when to confirm. May be empty."""


MAIN, RESERVE, REJECTED = "Lista podstawowa", "Lista rezerwowa", "Zgłoszenia odrzucone i niezakwalifikowane"
NONE_HERE = "Na tej liście nie ma zgłoszeń."


def public_list(ranking: RankingListDocument) -> bytes:
    """The list to be published: number, points, status. Rejected ones by number, so that their order tells nothing."""
    document = _opened(ranking, "Lista rankingowa")
    paragraph(document, "Na liście podano wyłącznie numery zgłoszeń, liczbę punktów i status.")
    for table in public_tables(ranking):
        heading(document, table.title)
        if not table.rows:
            paragraph(document, NONE_HERE)
            continue
        first, number, scored, status = table.columns
        columns = (
            Column(first, 2.0, Align.CENTER),
            Column(number, 5.5, Align.CENTER),
            Column(scored, 3.0, Align.CENTER),
            Column(status, 6.5, prose=True),
        )
        data_table(document, columns, table.rows, caption=table.title, keep_with_next=table.title == REJECTED)
    return _closed(document, ranking)


@dataclass(frozen=True)
class PublicTable:
    """One of the three lists as it is published; no rows where nobody is on it."""

    title: str
    columns: tuple[str, str, str, str]
    rows: tuple[tuple[str, str, str, str], ...]


def public_tables(ranking: RankingListDocument) -> tuple[PublicTable, ...]:
    """What the public may read, for every form it is published in."""
    rejected = sorted(ranking.rejected, key=lambda entry: collation_key(entry.public_number))
    return tuple(
        PublicTable(
            title,
            (first, "Numer zgłoszenia", "Liczba punktów", "Status"),
            tuple(
                (_place(entry, number), entry.public_number, points(entry.points), entry.status)
                for number, entry in enumerate(entries, start=1)
            ),
        )
        for title, first, entries in (
            (MAIN, "Lp.", ranking.main),
            (RESERVE, "Pozycja", ranking.reserve),
            (REJECTED, "Lp.", rejected),
        )
    )


def internal_list(ranking: RankingListDocument) -> bytes:
    """The office's list: with register number, sector, level, premium points and what broke ties; still no names."""
    document = _opened(ranking, "Lista rankingowa – do użytku wewnętrznego", landscape=True)
    paragraph(document, f"Kolejność: {ranking.order_rule}")
    for title, first, entries in (
        (MAIN, "Lp.", ranking.main),
        (RESERVE, "Pozycja", ranking.reserve),
        (REJECTED, "Lp.", ranking.rejected),
    ):
        heading(document, title)
        if not entries:
            paragraph(document, NONE_HERE)
            continue
        columns = (
            Column(first, 1.8, Align.CENTER),
            Column("Numer w rejestrze", 4.5, Align.CENTER),
            Column("Numer publiczny", 2.8, Align.CENTER),
            *columns_about(entries),
            Column("Punkty", 1.7, Align.CENTER),
            Column("Premia", 1.7, Align.CENTER),
            Column("Przy równej liczbie punktów", 5.0, prose=True),
            Column("Status", 3.6, prose=True),
        )
        rows = [
            (
                _place(entry, number),
                entry.application_number,
                entry.public_number,
                *cells_about(entry),
                points(entry.points),
                points(entry.premium),
                entry.tie_break,
                entry.status,
            )
            for number, entry in enumerate(entries, start=1)
        ]
        data_table(document, columns, rows, caption=title, keep_with_next=title == REJECTED)
    return _closed(document, ranking)


def columns_about(entries: Sequence[RankedEntry]) -> tuple[Column, ...]:
    """The columns that say who applied, without a name of a person: a unit, or where somebody works."""
    if any(entry.unit for entry in entries):
        return (Column("Jednostka", 4.6, prose=True),)
    return Column("Obszar kooperacji", 2.5, prose=True), Column("Poziom", 2.1)


def cells_about(entry: RankedEntry) -> tuple[str, ...]:
    """What stands in ``columns_about``."""
    return (entry.unit,) if entry.unit else (entry.sector, entry.level)


def points(number: int | None) -> str:
    """Points as printed; a dash where there was no scoring, because that is not zero."""
    return "–" if number is None else str(number)


def _place(entry: RankedEntry, number: int) -> str:
    return str(entry.position if entry.position is not None else number)


def _opened(ranking: RankingListDocument, title: str, *, landscape: bool = False) -> Document:
    document = start(title, ranking.letterhead, ranking.issued_on, landscape=landscape)
    paragraph(document, f"{ranking.group}\n{ranking.area}", align=Align.CENTER, bold=True)
    paragraph(
        document,
        f"{ranking.call}. Liczba miejsc: {ranking.seats}. Zgłoszeń na liście podstawowej: {len(ranking.main)}, "
        f"na liście rezerwowej: {len(ranking.reserve)}, odrzuconych i niezakwalifikowanych: {len(ranking.rejected)}; "
        f"razem {counted(_total(ranking), 'zgłoszenie', 'zgłoszenia', 'zgłoszeń')}.",
    )
    return document


def _total(ranking: RankingListDocument) -> int:
    return len(ranking.main) + len(ranking.reserve) + len(ranking.rejected)


def _closed(document: Document, ranking: RankingListDocument) -> bytes:
    if ranking.closing:
        paragraph(document, ranking.closing)
    paragraph(document, f"{ranking.place}, {long_date(ranking.issued_on)}", keep_with_next=True)
    signature_line(document, "podpis osoby przewodniczącej Komisji Rekrutacyjnej")
    return to_bytes(document)
