"""The regulation as a Word document: paragraphs (§), passages (ust.), points (pkt), and the annex of criteria.

Numbers are typed and not left to Word: a criterion is quoted by them, so they must not move when somebody edits.
"""

from collections.abc import Sequence
from datetime import date

from docx.document import Document
from docx.shared import Cm

from models.regulation_text import PrintedParagraph, PrintedRegulation, PrintedTable
from templates.polish import nbsp
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import clean
from templates.word_parts import Column, data_table, heading, paragraph

_BODY_CM = 17.0
_NUMBER_CM = 0.8
_WIDTHS = {3: (5.0, 3.5, 8.5), 5: (3.6, 2.8, 5.5, 2.1, 3.0)}


def regulation_document(printed: PrintedRegulation, letterhead: Letterhead, *, issued_on: date) -> bytes:
    """The .docx file; the same regulation gives the same bytes."""
    document = start(printed.title, letterhead, issued_on)
    if printed.assumption:
        paragraph(document, printed.assumption, bold=True)
    for one in printed.paragraphs:
        write_paragraph(document, one)
    if printed.tables:
        heading(document, "Zestawienie kryteriów i punktów")
        for table in printed.tables:
            _write_table(document, table)
    return to_bytes(document)


def write_paragraph(document: Document, printed: PrintedParagraph) -> None:
    """One § with its passages and points, numbered by hand."""
    heading(document, f"§ {printed.number}. {printed.title}")
    alone = len(printed.passages) == 1
    for passage in printed.passages:
        # A paragraph of one passage has no number to it, as in acts.
        number = "" if alone else f"{passage.number}."
        _numbered(document, number, passage.text, level=0, keep_with_next=bool(passage.points))
        for place, point in enumerate(passage.points, start=1):
            _numbered(document, f"{place})", point, level=1)


def _numbered(document: Document, number: str, text: str, *, level: int, keep_with_next: bool = False) -> None:
    """A number that hangs before its text, so that the text stands in one line down the page."""
    written = document.add_paragraph()
    left = _NUMBER_CM * (level + 1) if number else 0.0
    written.paragraph_format.left_indent = Cm(left)
    written.paragraph_format.first_line_indent = Cm(-_NUMBER_CM) if number else None
    written.paragraph_format.tab_stops.add_tab_stop(Cm(left))
    written.paragraph_format.keep_with_next = keep_with_next or None
    written.add_run(nbsp(clean(f"{number}\t{text}" if number else text)))


def _write_table(document: Document, table: PrintedTable) -> None:
    paragraph(document, table.title, bold=True, keep_with_next=True)
    data_table(document, _columns(table.columns), table.rows, caption=table.title)


def _columns(titles: Sequence[str]) -> tuple[Column, ...]:
    widths = _WIDTHS.get(len(titles), (_BODY_CM / len(titles),) * len(titles))
    return tuple(Column(title, width, prose=True) for title, width in zip(titles, widths, strict=True))
