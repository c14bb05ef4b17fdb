"""The sheet every generated Word document is written on: A4, Polish, project header, funding line, page numbers.

Built in code rather than from a file, so that language, title and bytes are under control: the same input gives the
same bytes. Logos are the user's files; where none are given a line of text stands in their place.
What is written on the sheet is made by :mod:`templates.word_parts`.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import cast

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.image import Image
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.paragraph import CT_P
from docx.shared import Cm, Length, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from models.errors import BadInput
from templates.polish import nbsp
from templates.word_blank import LANGUAGE, blank_page
from templates.word_cells import Align, clean, table_cell, table_element, table_row

MARGIN = Cm(2)
MOST_LOGOS = 4
LOGO_HEIGHT_CM = 1.3
LOGO_GAP_CM = 0.6


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


def start(title: str, letterhead: Letterhead, issued_on: date, *, landscape: bool = False) -> Document:
    """A new document with header, footer, language and properties, and its title as the first paragraph.

    Raises ``BadInput`` when there are more than four logos, or a logo is not a picture.
    """
    document = blank_page()
    _set_page(document, landscape=landscape)
    _set_properties(document, title, letterhead, issued_on)
    _write_header(document, letterhead)
    _write_footer(document, letterhead)
    put_in(document.add_paragraph(nbsp(clean(title))), "Title")
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


# Set-up


def put_in(written: Paragraph, style_id: str) -> Paragraph:
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
    put_in(first, "Header")
    first.alignment = WD_ALIGN_PARAGRAPH.CENTER
    names = first
    if letterhead.logos:
        _write_logos(first, letterhead.logos, body_width_cm(document))
    elif letterhead.logo_line:
        first.add_run(nbsp(clean(letterhead.logo_line))).bold = True
        names = put_in(header.add_paragraph(), "Header")
        names.alignment = WD_ALIGN_PARAGRAPH.CENTER
    names.add_run(
        nbsp(clean(f"Projekt „{letterhead.project_title}”")) + f", nr\u00a0{clean(letterhead.project_number)}"
    )
    names.paragraph_format.space_after = Pt(8)
    border(names, "bottom")


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
    strip = table_element(widths_cm, "Logotypy", first_row=False, borders=False)
    row = table_row(header=False, height_cm=0.0)
    for width in widths_cm:
        row.append(table_cell("", width, Align.CENTER))
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
    put_in(funding, "Footer")
    funding.alignment = WD_ALIGN_PARAGRAPH.CENTER
    funding.add_run(nbsp(clean(letterhead.funding_line)))
    border(funding, "top")
    pages = put_in(footer.add_paragraph(), "Footer")
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


def border(written: Paragraph, side: str, *, line: str = "single") -> None:
    """A line along one side of a paragraph."""
    borders = OxmlElement("w:pBdr")
    drawn = OxmlElement(f"w:{side}")
    for name, value in (("val", line), ("sz", "4"), ("space", "4"), ("color", "808080")):
        drawn.set(qn(f"w:{name}"), value)
    borders.append(drawn)
    # The schema wants borders right after the paragraph's style, which one of the default style does not name.
    properties = written._element.get_or_add_pPr()
    properties.insert(0 if properties.pStyle is None else 1, borders)


def body_width_cm(document: Document) -> float:
    """What the margins leave of the page."""
    return float(Length((document.sections[0].page_width or 0) - 2 * MARGIN).cm)
