"""The sheet every generated Word document is written on: A4, Polish, project header, funding line, page numbers.

Built in code rather than from a file, so that language, title and bytes are under control: the same input gives the
same bytes. Logos are the user's files; where none are given a line of text stands in their place.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from typing import cast

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.image import Image
from docx.oxml import OxmlElement
from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import oxml_parser
from docx.oxml.text.paragraph import CT_P
from docx.shared import Cm, Length, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml import etree

from models.errors import BadInput
from templates.polish import nbsp
from templates.word_blank import LANGUAGE, blank_page

MARGIN = Cm(2)
MOST_LOGOS = 4
LOGO_HEIGHT_CM = 1.3
LOGO_GAP_CM = 0.6
# Tables up to this many rows stay on one page; of longer ones the first rows stay with the heading, the last together.
SHORT_TABLE = 4
SHADE = "EDEDED"


@dataclass(frozen=True)
class Logo:
    """A picture of the logo strip (PNG or JPEG) and what a screen reader says in its place."""

    image: bytes
    description: str


@dataclass(frozen=True)
class Letterhead:
    """What stands at the head and foot of each page."""

    office: str
    """Unit that issues the document; the document's author."""
    project_title: str
    project_number: str
    funding_line: str
    logo_line: str = ""
    """Text in place of the logo strip while the office has set no logos."""
    logos: tuple[Logo, ...] = ()


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True)
class Column:
    title: str
    width_cm: float
    align: Align = Align.LEFT
    prose: bool = False
    """Whether the text is worded, so that one-letter words should not end a line; codes and names stay as they are."""


@dataclass(frozen=True)
class Box:
    """A cell of a table with a box to tick. ``tag`` names it to programs, ``title`` says to people what it means."""

    tag: str
    title: str


def start(title: str, letterhead: Letterhead, issued_on: date, *, landscape: bool = False) -> Document:
    """A new document with header, footer, language and properties, and its title as the first paragraph.

    Raises ``BadInput`` when there are more than four logos, or a logo is not a picture.
    """
    document = blank_page()
    _set_page(document, landscape=landscape)
    _set_properties(document, title, letterhead, issued_on)
    _write_header(document, letterhead)
    _write_footer(document, letterhead)
    _put_in(document.add_paragraph(nbsp(clean(title))), "Title")
    return document


def to_bytes(document: Document) -> bytes:
    """The .docx file; equal documents give equal bytes, because the times in the archive are fixed."""
    written = io.BytesIO()
    document.save(written)
    packed = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()


_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Text without the characters that XML cannot hold; line ends as ``\\n``."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


# Parts of a document


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
    return _put_in(document.add_paragraph(nbsp(clean(text))), "Heading1")


def bullets(document: Document, items: Sequence[str]) -> None:
    for item in items:
        _put_in(document.add_paragraph(nbsp(clean(item))), "ListBullet")


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
    header = _row(header=True, height_cm=0.0)
    for column in columns:
        title = nbsp(column.title)
        header.append(_cell(title, column.width_cm, Align.CENTER, bold=True, shaded=True, keep=True))
    table.append(header)
    for number, values in enumerate(rows, start=1):
        row = _row(header=False, height_cm=row_height_cm)
        bold = last_row_bold and number == len(rows)
        keep = len(rows) <= SHORT_TABLE or number in (1, len(rows) - 1)
        keep = keep_with_next if number == len(rows) else keep
        for column, value in zip(columns, values, strict=True):
            if isinstance(value, Box):
                row.append(_box_cell(value, column.width_cm, keep=keep))
                continue
            shown = nbsp(value) if column.prose else value
            row.append(_cell(shown, column.width_cm, column.align, bold=bold, keep=keep))
        table.append(row)
    space(document, keep_with_next=keep_with_next)


def key_values(
    document: Document, pairs: Sequence[tuple[str, str]], *, caption: str, label_width_cm: float = 5.5
) -> None:
    """A two-column table of labels and values."""
    value_width = _body_width_cm(document) - label_width_cm
    table = _table(document, [label_width_cm, value_width], caption, first_row=False)
    for label, value in pairs:
        row = _row(header=False, height_cm=0.0)
        row.append(_cell(nbsp(label), label_width_cm, Align.LEFT, bold=True, shaded=True))
        row.append(_cell(nbsp(value), value_width, Align.LEFT))
        table.append(row)
    space(document)


def signature_line(document: Document, label: str) -> None:
    """One dotted line to sign on, on the right; the document's end, where a table would bring an empty page along."""
    written = document.add_paragraph()
    written.alignment = WD_ALIGN_PARAGRAPH.CENTER
    written.paragraph_format.left_indent = Cm(_body_width_cm(document) / 2)
    written.paragraph_format.space_before = _SIGNING_ROOM
    written.paragraph_format.space_after = Pt(0)
    written.add_run(nbsp(clean(label))).font.size = Pt(8)
    _border(written, "top", line="dotted")


_SIGNING_ROOM = Pt(34)


def signature_lines(
    document: Document, labels: Sequence[str], *, per_row: int = 2, keep_with_next: bool = False
) -> None:
    """Dotted lines to sign on, each with what it is for underneath, all on one page."""
    width = _body_width_cm(document) / per_row
    table = _table(document, [width] * per_row, "Miejsca na podpisy", first_row=False, borders=False)
    for start_at in range(0, len(labels), per_row):
        chunk = list(labels[start_at : start_at + per_row])
        row = _row(header=False, height_cm=0.0)
        for label in chunk + [""] * (per_row - len(chunk)):
            row.append(_signature_cell(label, width))
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


# Set-up

_ALIGNMENTS = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}


def _put_in(written: Paragraph, style_id: str) -> Paragraph:
    """A paragraph in one of our styles, by its id: looking a style up by its name reads the whole style sheet."""
    written._p.style = style_id
    return written


def _set_page(document: Document, *, landscape: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(29.7), Cm(21.0)) if landscape else (Cm(21.0), Cm(29.7))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = MARGIN
    section.header_distance = section.footer_distance = Cm(1)


def _set_properties(document: Document, title: str, letterhead: Letterhead, issued_on: date) -> None:
    moment = datetime.combine(issued_on, time(), tzinfo=UTC)
    properties = document.core_properties
    properties.title = clean(title)[:255]
    properties.subject = clean(letterhead.project_title)[:255]
    properties.author = properties.last_modified_by = clean(letterhead.office)[:255]
    properties.language = LANGUAGE
    properties.comments = ""
    properties.created = properties.modified = moment
    properties.revision = 1


def _write_header(document: Document, letterhead: Letterhead) -> None:
    header = document.sections[0].header
    first = header.paragraphs[0]
    _put_in(first, "Header")
    first.alignment = WD_ALIGN_PARAGRAPH.CENTER
    names = first
    if letterhead.logos:
        _write_logos(first, letterhead.logos, _body_width_cm(document))
    elif letterhead.logo_line:
        first.add_run(nbsp(clean(letterhead.logo_line))).bold = True
        names = _put_in(header.add_paragraph(), "Header")
        names.alignment = WD_ALIGN_PARAGRAPH.CENTER
    names.add_run(
        nbsp(clean(f"Projekt „{letterhead.project_title}”")) + f", nr\u00a0{clean(letterhead.project_number)}"
    )
    names.paragraph_format.space_after = Pt(8)
    _border(names, "bottom")


def _write_logos(below: Paragraph, logos: Sequence[Logo], width_cm: float) -> None:
    """Logos in one row above a paragraph, of one height, smaller where the row would be too long."""
    if len(logos) > MOST_LOGOS:
        raise BadInput(f"Pasek logotypów mieści najwyżej {MOST_LOGOS} znaki; podano {len(logos)}.")
    ratios: list[float] = []
    for logo in logos:
        try:
            picture = Image.from_blob(logo.image)
            ratios.append(picture.px_width / picture.px_height)
        # The library raises whatever its parsers stumble over: unknown format, short read, bad number.
        except Exception as error:
            raise BadInput("Logotyp nie jest czytelnym obrazem PNG ani JPEG.") from error
    room_cm = width_cm - LOGO_GAP_CM * len(logos)
    height_cm = min(LOGO_HEIGHT_CM, room_cm / sum(ratios))
    widths_cm = [height_cm * ratio + LOGO_GAP_CM for ratio in ratios]
    strip = _table_element(widths_cm, "Logotypy", first_row=False, borders=False)
    row = _row(header=False, height_cm=0.0)
    for width in widths_cm:
        row.append(_cell("", width, Align.CENTER))
    strip.append(row)
    below._element.addprevious(strip)
    for number, (logo, written) in enumerate(zip(logos, row.iter(qn("w:p")), strict=True), start=1):
        run = Paragraph(cast(CT_P, written), below._parent).add_run()
        described = run.add_picture(io.BytesIO(logo.image), height=Cm(height_cm))._inline.docPr
        described.set("descr", clean(logo.description))
        described.set("name", f"Logotyp {number}")


def _write_footer(document: Document, letterhead: Letterhead) -> None:
    footer = document.sections[0].footer
    funding = footer.paragraphs[0]
    _put_in(funding, "Footer")
    funding.alignment = WD_ALIGN_PARAGRAPH.CENTER
    funding.add_run(nbsp(clean(letterhead.funding_line)))
    _border(funding, "top")
    pages = _put_in(footer.add_paragraph(), "Footer")
    pages.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    pages.add_run("Strona ")
    _page_field(pages.add_run(), "PAGE")
    pages.add_run(" z ")
    _page_field(pages.add_run(), "NUMPAGES")


def _page_field(run: Run, instruction: str) -> None:
    """A field that Word computes; „1” stands until it does."""
    for kind in ("begin", "separate", "end"):
        if kind == "separate":
            code = OxmlElement("w:instrText")
            code.text = f" {instruction} "
            run._element.append(code)
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run._element.append(mark)
        if kind == "separate":
            shown = OxmlElement("w:t")
            shown.text = "1"
            run._element.append(shown)


def _border(written: Paragraph, side: str, *, line: str = "single") -> None:
    borders = OxmlElement("w:pBdr")
    drawn = OxmlElement(f"w:{side}")
    for name, value in (("val", line), ("sz", "4"), ("space", "4"), ("color", "808080")):
        drawn.set(qn(f"w:{name}"), value)
    borders.append(drawn)
    # The schema wants borders right after the paragraph's style, which one of the default style does not name.
    properties = written._element.get_or_add_pPr()
    properties.insert(0 if properties.pStyle is None else 1, borders)


# Tables


def _body_width_cm(document: Document) -> float:
    return float(Length((document.sections[0].page_width or 0) - 2 * MARGIN).cm)


def _twips(width_cm: float) -> str:
    return str(round(width_cm * 1440 / 2.54))


def _element(tag: str, **attributes: str) -> etree._Element:
    element: etree._Element = oxml_parser.makeelement(_name(tag), nsmap=_NAMES)
    for name, value in attributes.items():
        element.set(_name(name), value)
    return element


_NAMES = {"w": nsmap["w"]}


@cache
def _name(tag: str) -> str:
    return qn(f"w:{tag}")


def _table(
    document: Document, widths_cm: Sequence[float], caption: str, *, first_row: bool, borders: bool = True
) -> etree._Element:
    """An empty table at the end of the document, before the section's own properties, which must stay last."""
    table = _table_element(widths_cm, caption, first_row=first_row, borders=borders)
    document.sections[0]._sectPr.addprevious(table)
    return table


def _table_element(widths_cm: Sequence[float], caption: str, *, first_row: bool, borders: bool) -> etree._Element:
    """An empty table; children in the order that the schema asks for."""
    table = _element("tbl")
    properties = _element("tblPr")
    properties.append(_element("tblStyle", val="TableGrid" if borders else "TableNormal"))
    properties.append(_element("tblW", w=_twips(sum(widths_cm)), type="dxa"))
    properties.append(_element("jc", val="center"))
    properties.append(_element("tblLayout", type="fixed"))
    margins = _element("tblCellMar")
    for side, twips in (("top", "28"), ("left", "85"), ("bottom", "28"), ("right", "85")):
        margins.append(_element(side, w=twips, type="dxa"))
    properties.append(margins)
    properties.append(_element("tblLook", val="0420" if first_row else "0480"))
    properties.append(_element("tblCaption", val=clean(caption)))
    table.append(properties)
    grid = _element("tblGrid")
    for width in widths_cm:
        grid.append(_element("gridCol", w=_twips(width)))
    table.append(grid)
    return table


def _row(*, header: bool, height_cm: float) -> etree._Element:
    row = _element("tr")
    properties = _element("trPr")
    properties.append(_element("cantSplit"))
    if height_cm:
        properties.append(_element("trHeight", val=_twips(height_cm), hRule="atLeast"))
    if header:
        properties.append(_element("tblHeader"))
    row.append(properties)
    return row


def _cell(
    text: str, width_cm: float, align: Align, *, bold: bool = False, shaded: bool = False, keep: bool = False
) -> etree._Element:
    cell = _element("tc")
    properties = _element("tcPr")
    properties.append(_element("tcW", w=_twips(width_cm), type="dxa"))
    if shaded:
        properties.append(_element("shd", val="clear", color="auto", fill=SHADE))
    properties.append(_element("vAlign", val="center"))
    cell.append(properties)
    written = _element("p")
    format_ = _element("pPr")
    if keep:
        format_.append(_element("keepNext"))
    format_.append(_element("spacing", before="0", after="0"))
    format_.append(_element("jc", val=align.value))
    written.append(format_)
    written.append(_run(text, bold=bold, size=9))
    cell.append(written)
    return cell


def _box_cell(box: Box, width_cm: float, *, keep: bool) -> etree._Element:
    """A check box as Word makes them: a click ticks it, and other programs show the sign."""
    cell = _cell("☐", width_cm, Align.CENTER, keep=keep)
    run = next(cell.iter(qn("w:r")))
    control = _element("sdt")
    properties = _element("sdtPr")
    properties.append(_element("alias", val=box.title))
    properties.append(_element("tag", val=box.tag))
    check = etree.SubElement(properties, f"{{{_W14}}}checkbox", nsmap={"w14": _W14})
    etree.SubElement(check, f"{{{_W14}}}checked").set(f"{{{_W14}}}val", "0")
    for state, sign in (("checkedState", "2612"), ("uncheckedState", "2610")):
        shown = etree.SubElement(check, f"{{{_W14}}}{state}")
        shown.set(f"{{{_W14}}}val", sign)
        shown.set(f"{{{_W14}}}font", _BOX_FONT)
    fonts = _element("rFonts", ascii=_BOX_FONT, hAnsi=_BOX_FONT, eastAsia=_BOX_FONT, hint="eastAsia")
    next(run.iter(qn("w:rPr"))).insert(0, fonts)
    next(run.iter(qn("w:sz"))).set(qn("w:val"), "28")
    content = _element("sdtContent")
    run.addprevious(control)
    content.append(run)
    control.append(properties)
    control.append(content)
    return cell


_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_BOX_FONT = "MS Gothic"


def _run(text: str, *, bold: bool, size: int) -> etree._Element:
    run = _element("r")
    properties = _element("rPr")
    if bold:
        properties.append(_element("b"))
    properties.append(_element("sz", val=str(size * 2)))
    run.append(properties)
    for number, line in enumerate(clean(text).split("\n")):
        if number:
            run.append(_element("br"))
        shown = _element("t")
        shown.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        shown.text = line
        run.append(shown)
    return run


def _signature_cell(label: str, width_cm: float) -> etree._Element:
    cell = _element("tc")
    properties = _element("tcPr")
    properties.append(_element("tcW", w=_twips(width_cm), type="dxa"))
    cell.append(properties)
    written = _element("p")
    format_ = _element("pPr")
    format_.append(_element("keepNext"))
    if label:
        borders = _element("pBdr")
        borders.append(_element("top", val="dotted", sz="6", space="3", color="000000"))
        format_.append(borders)
    # Room above the line for a hand-written name, and a gap between neighbouring lines.
    format_.append(_element("spacing", before="680", after="0"))
    format_.append(_element("ind", left="170", right="170"))
    format_.append(_element("jc", val="center"))
    written.append(format_)
    written.append(_run(nbsp(label), bold=False, size=8))
    cell.append(written)
    return cell
