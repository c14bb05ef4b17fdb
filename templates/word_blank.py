"""The empty page that every generated Word document starts from: Polish, in our type, with the styles we use.

It is made once in a process out of the library's own template, which is American and carries some hundred and seventy
styles: reading and packing those took most of the time a document takes to make, and most of its size.
"""

import io
from functools import cache

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.numbering import CT_Numbering
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle

LANGUAGE = "pl-PL"
FONT = "Arial"
STYLES = ("Header", "Footer", "Title", "Heading1", "ListBullet", "TableGrid")
"""The styles documents are written in, by id, beside those that Word takes where none is said."""

_UNWANTED = (
    RELATIONSHIP_TYPE.THUMBNAIL,
    "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
)
_NAMES_ANOTHER = ("w:basedOn", "w:next", "w:link")


def blank_page() -> Document:
    """A new empty document."""
    return docx.Document(io.BytesIO(_packed()))


@cache
def _packed() -> bytes:
    document = docx.Document()
    _drop_unwanted(document)
    _set_language(document)
    _set_styles(document)
    _keep_only_used(document)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _drop_unwanted(document: Document) -> None:
    """The template's picture of an empty page would be what a file manager shows; its second style sheet is American
    again."""
    for relations in (document.part.package.rels, document.part.rels):
        for key in [key for key, relation in relations.items() if relation.reltype in _UNWANTED]:
            del relations[key]


def _set_language(document: Document) -> None:
    """Language, decimal sign and list separator are set once for everything."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
        language.set(qn("w:eastAsia"), LANGUAGE)
    settings = document.settings.element
    for tag, value in (("w:themeFontLang", LANGUAGE), ("w:decimalSymbol", ","), ("w:listSeparator", ";")):
        for element in settings.iter(qn(tag)):
            element.set(qn("w:val"), value)
            element.attrib.pop(qn("w:eastAsia"), None)


def _set_styles(document: Document) -> None:
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        for attribute in list(fonts.attrib):
            del fonts.attrib[attribute]
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
    _style(document, "Normal", size=10, before=0, after=6)
    _style(document, "Header", size=8, before=0, after=2)
    _style(document, "Footer", size=8, before=0, after=0)
    _style(document, "List Bullet", size=10, before=0, after=3)
    title = _style(document, "Title", size=14, before=6, after=10, bold=True)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.keep_with_next = True
    borders = title.element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        title.element.pPr.remove(borders)
    first = _style(document, "Heading 1", size=11, before=10, after=4, bold=True)
    first.paragraph_format.keep_with_next = True


def _style(document: Document, name: str, *, size: int, before: int, after: int, bold: bool = False) -> ParagraphStyle:
    style: ParagraphStyle = document.styles[name]
    style.font.name = FONT
    style.font.size = Pt(size)
    style.font.bold = bold
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    # Track-and-kern settings of the American title style make Polish capitals uneven.
    for tag in ("w:spacing", "w:kern"):
        for element in properties.findall(qn(tag)):
            properties.remove(element)
    style.paragraph_format.space_before = Pt(before)
    style.paragraph_format.space_after = Pt(after)
    style.paragraph_format.line_spacing = 1.1
    return style


def _keep_only_used(document: Document) -> None:
    """Drops every style that neither ours nor the defaults are made of, and the lists that belong to dropped ones.

    Word still offers its built-in styles to whoever edits the document: it knows them without the file.
    """
    sheet = document.styles.element
    known = {style.get(qn("w:styleId")): style for style in sheet.findall(qn("w:style"))}
    wanted = [*STYLES, *(name for name, style in known.items() if style.get(qn("w:default")) == "1")]
    kept: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in kept:
            kept.add(name)
            named = (known[name].find(qn(tag)) for tag in _NAMES_ANOTHER)
            wanted += [other.get(qn("w:val")) for other in named if other is not None]
    for name, style in known.items():
        if name not in kept:
            sheet.remove(style)
    numbering = document.part.numbering_part.element
    for one in numbering.findall(qn("w:abstractNum")):
        styles = {style.get(qn("w:val")) for style in one.iter(qn("w:pStyle"))}
        if styles and not styles & kept:
            _remove_list(numbering, one)


def _remove_list(numbering: CT_Numbering, abstract: BaseOxmlElement) -> None:
    number = abstract.get(qn("w:abstractNumId"))
    for instance in numbering.findall(qn("w:num")):
        named = instance.find(qn("w:abstractNumId"))
        if named is not None and named.get(qn("w:val")) == number:
            numbering.remove(instance)
    numbering.remove(abstract)
