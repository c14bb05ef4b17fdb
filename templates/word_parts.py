"""What a generated Word document is made of: paragraphs, headings, lists, tables, lines to sign on."""

from collections.abc import Sequence
from dataclasses import dataclass

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph
from lxml import etree

from templates.polish import nbsp
from templates.word_base import body_width_cm, border, put_in
from templates.word_cells import Align, Box, box_cell, clean, signature_cell, table_cell, table_element, table_row

# Tables up to this many rows stay on one page; of longer ones the first rows stay with the heading, the last together.
SHORT_TABLE = 4


@dataclass(frozen=True)
class Column:
    title: str
    width_cm: float
    align: Align = Align.LEFT
    prose: bool = False
    """Whether the text is worded, so that one-letter words should not end a line; codes and names stay as they are."""


def paragraph(
    document: Document,
    text: str,
    *,
    align: Align = Align.LEFT,
    bold: bool = False,
    keep_with_next: bool = False,
) -> Paragraph:
    """A paragraph of Polish prose, bound with non-breaking spaces."""
    written = document.add_paragraph()
    written.alignment = _ALIGNMENTS[align]
    written.paragraph_format.keep_with_next = keep_with_next or None
    run = written.add_run(nbsp(clean(text)))
    run.bold = bold or None
    return written


def heading(document: Document, text: str) -> Paragraph:
    return put_in(document.add_paragraph(nbsp(clean(text))), "Heading1")


def bullets(document: Document, items: Sequence[str]) -> None:
    for item in items:
        put_in(document.add_paragraph(nbsp(clean(item))), "ListBullet")


def data_table(
    document: Document,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str | Box]],
    *,
    caption: str,
    row_height_cm: float = 0.0,
    last_row_bold: bool = False,
    keep_with_next: bool = False,
) -> None:
    """A gridded table whose header row repeats on each page and whose rows never break across pages.

    ``caption`` is for screen readers, not shown. ``keep_with_next`` keeps the last rows with what follows, such as a
    signature. Cells are built as XML in one go: a call a cell through python-docx takes quadratic time.
    """
    table = _table(document, [column.width_cm for column in columns], caption, first_row=True)
    header = table_row(header=True, height_cm=0.0)
    for column in columns:
        title = nbsp(column.title)
        header.append(table_cell(title, column.width_cm, Align.CENTER, bold=True, shaded=True, keep=True))
    table.append(header)
    for number, values in enumerate(rows, start=1):
        row = table_row(header=False, height_cm=row_height_cm)
        bold = last_row_bold and number == len(rows)
        keep = len(rows) <= SHORT_TABLE or number in (1, len(rows) - 1)
        keep = keep_with_next if number == len(rows) else keep
        for column, value in zip(columns, values, strict=True):
            if isinstance(value, Box):
                row.append(box_cell(value, column.width_cm, keep=keep))
                continue
            shown = nbsp(value) if column.prose else value
            row.append(table_cell(shown, column.width_cm, column.align, bold=bold, keep=keep))
        table.append(row)
    space(document, keep_with_next=keep_with_next)


def key_values(
    document: Document, pairs: Sequence[tuple[str, str]], *, caption: str, label_width_cm: float = 5.5
) -> None:
    """A two-column table of labels and values."""
    value_width = body_width_cm(document) - label_width_cm
    table = _table(document, [label_width_cm, value_width], caption, first_row=False)
    for label, value in pairs:
        row = table_row(header=False, height_cm=0.0)
        row.append(table_cell(nbsp(label), label_width_cm, Align.LEFT, bold=True, shaded=True))
        row.append(table_cell(nbsp(value), value_width, Align.LEFT))
        table.append(row)
    space(document)


def signature_line(document: Document, label: str) -> None:
    """One dotted line to sign on, on the right; the document's end, where a table would bring an empty page along."""
    written = document.add_paragraph()
    written.alignment = WD_ALIGN_PARAGRAPH.CENTER
    written.paragraph_format.left_indent = Cm(body_width_cm(document) / 2)
    written.paragraph_format.space_before = _SIGNING_ROOM
    written.paragraph_format.space_after = Pt(0)
    written.add_run(nbsp(clean(label))).font.size = Pt(8)
    border(written, "top", line="dotted")


_SIGNING_ROOM = Pt(34)


def signature_lines(
    document: Document, labels: Sequence[str], *, per_row: int = 2, keep_with_next: bool = False
) -> None:
    """Dotted lines to sign on, each with what it is for underneath, all on one page."""
    width = body_width_cm(document) / per_row
    table = _table(document, [width] * per_row, "Miejsca na podpisy", first_row=False, borders=False)
    for start_at in range(0, len(labels), per_row):
        chunk = list(labels[start_at : start_at + per_row])
        row = table_row(header=False, height_cm=0.0)
        for label in chunk + [""] * (per_row - len(chunk)):
            row.append(signature_cell(label, width))
        table.append(row)
    if keep_with_next:
        space(document, keep_with_next=True)
    else:
        _end_of_table(document)


def _end_of_table(document: Document) -> None:
    """The paragraph that must follow a table at the end of a document: hidden, or it could be a page of its own."""
    last = document.add_paragraph()
    last.paragraph_format.space_after = Pt(0)
    last.paragraph_format.line_spacing = Pt(0.05)
    mark = OxmlElement("w:rPr")
    mark.append(OxmlElement("w:vanish"))
    size = OxmlElement("w:sz")
    size.set(qn("w:val"), "2")
    mark.append(size)
    last._element.get_or_add_pPr().append(mark)


def space(document: Document, *, keep_with_next: bool = False) -> None:
    """A narrow empty paragraph, which Word wants between two tables."""
    gap = document.add_paragraph()
    gap.paragraph_format.space_after = Pt(0)
    gap.paragraph_format.keep_with_next = keep_with_next or None
    gap.paragraph_format.line_spacing = Pt(6)


_ALIGNMENTS = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}


def _table(
    document: Document, widths_cm: Sequence[float], caption: str, *, first_row: bool, borders: bool = True
) -> etree._Element:
    """An empty table at the end of the document, before the section's own properties, which must stay last."""
    table = table_element(widths_cm, caption, first_row=first_row, borders=borders)
    document.sections[0]._sectPr.addprevious(table)
    return table
