"""The blank Word form that a definition describes, as an office hands it out.

The bytes depend on the definition and the header alone, so the same blank has the same digest everywhere. Every answer
has a content control of its own: its tag is the key of the leaf (``adres.kod``), for a box of several ``key:code``.
Because LibreOffice drops tags, labels are written so that the reader finds each answer without them as well.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final

from lxml import etree

from forms.blank_elements import (
    RELATIONSHIPS,
    WIDTH,
    Controls,
    el,
    paragraph_in,
    text_run,
    tie,
    valued,
    words_in,
)
from forms.blank_marks import NO_PESEL, NO_PESEL_LABEL, OFFICE_NOTE, OFFICE_NUMBER, REQUIRED_NOTE, box_tag
from forms.blank_package import (
    BlankHeader,
    app_properties,
    content_types,
    core_properties,
    custom_properties,
    first_header,
    footer,
    glossary,
    next_header,
    relationships,
    settings,
)
from forms.blank_styles import styles
from forms.wordml import MC, Element, W
from models.form_definition import FieldType, FormDefinition, FormField, FormSection, Leaf, LeafType


def write_blank(form: FormDefinition, header: BlankHeader) -> bytes:
    """The blank form as a .docx file: A4, Polish, with headings, title and language set."""
    parts = {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relationships(
            ("officeDocument", "word/document.xml"),
            ("metadata/core-properties", "docProps/core.xml"),
            ("extended-properties", "docProps/app.xml"),
            ("custom-properties", "docProps/custom.xml"),
        ),
        "docProps/core.xml": core_properties(form, header),
        "docProps/app.xml": app_properties(header),
        "docProps/custom.xml": custom_properties(form),
        "word/document.xml": _document(form),
        "word/_rels/document.xml.rels": relationships(
            ("styles", "styles.xml"),
            ("settings", "settings.xml"),
            ("header", "header1.xml"),
            ("header", "header2.xml"),
            ("footer", "footer1.xml"),
            ("footer", "footer2.xml"),
            ("glossaryDocument", "glossary/document.xml"),
        ),
        "word/styles.xml": styles(),
        "word/settings.xml": settings(),
        "word/header1.xml": first_header(header),
        "word/header2.xml": next_header(header),
        "word/footer1.xml": footer(form, header),
        "word/footer2.xml": footer(form, header),
        "word/glossary/document.xml": glossary(),
        "word/glossary/_rels/document.xml.rels": relationships(("styles", "styles.xml"), ("settings", "settings.xml")),
        "word/glossary/styles.xml": styles(),
        "word/glossary/settings.xml": settings(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, root in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
    return buffer.getvalue()


# --- the document ----------------------------------------------------------------------------------------------------

_LABEL: Final = 3458
_BOX: Final = 567


def _document(form: FormDefinition) -> Element:
    controls = Controls()
    body = [
        *_office_strip(),
        words_in("Title", form.title, keep=True),
        *([words_in("Subtitle", form.subtitle)] if form.subtitle else []),
        *([words_in("FormText", form.intro)] if form.intro else []),
        paragraph_in(
            "FormText",
            text_run("*", el("b")),
            text_run(tie(REQUIRED_NOTE)),
        ),
    ]
    for number, section in enumerate(form.sections, start=1):
        body += _section(number, section, controls)
    _keep_with_next(body)
    body += [words_in("FormSignature", form.signature_line)]
    body += [words_in("FormNotice", part.strip()) for part in re.split(r"\n\s*\n", form.closing) if part.strip()]
    page = el(
        "sectPr",
        _reference("header", "rId3", "first"),
        _reference("header", "rId4", "default"),
        _reference("footer", "rId5", "first"),
        _reference("footer", "rId6", "default"),
        el("pgSz", w=11906, h=16838),
        el("pgMar", top=1304, right=1134, bottom=1134, left=1134, header=567, footer=510, gutter=0),
        el("titlePg"),
    )
    root = el("document", el("body", *body, page))
    return _ignoring_w14(root)


_KEPT_ROWS: Final = 12


def _keep_with_next(body: list[Element]) -> None:
    """Keep the last table on the page of the signature: nobody should sign a sheet that says nothing."""
    table, gap = body[-2:]
    rows = table.findall(f"{{{W}}}tr")
    for paragraph in [p for row in rows[-_KEPT_ROWS:] for p in row.iter(f"{{{W}}}p")] + [gap]:
        properties = paragraph.find(f"{{{W}}}pPr")
        if properties is not None:
            properties.insert(1, el("keepNext"))


def _ignoring_w14(root: Element) -> Element:
    root.set(f"{{{MC}}}Ignorable", "w14")
    return root


def _reference(part: str, relationship: str, kind: str) -> Element:
    element = el(f"{part}Reference", type=kind)
    element.set(f"{{{RELATIONSHIPS}}}id", relationship)
    return element


def _office_strip() -> Iterator[Element]:
    """Where the office notes the receipt on paper; no answer of the candidate stands here."""
    dots = "." * 24
    yield words_in("FormOffice", f"{OFFICE_NOTE}: {dots}   {OFFICE_NUMBER}: {dots}")


def _section(number: int, section: FormSection, controls: Controls) -> Iterator[Element]:
    yield words_in("Heading1", f"{_roman(number)}. {section.title}", keep=True)
    if section.intro:
        yield words_in("FormText", section.intro, keep=True)
    answers: list[Element] = []
    ticks: list[Element] = []
    for field in section.fields:
        if field.type in (FieldType.STATEMENT, FieldType.CONSENT):
            yield from _flush(answers, (_LABEL, WIDTH - _LABEL), section.title)
            ticks.append(_tick_row(field, controls))
        else:
            yield from _flush(ticks, (_BOX, WIDTH - _BOX), section.title)
            answers += _answer_rows(field, controls)
    yield from _flush(answers, (_LABEL, WIDTH - _LABEL), section.title)
    yield from _flush(ticks, (_BOX, WIDTH - _BOX), section.title)


def _flush(rows: list[Element], widths: tuple[int, ...], caption: str) -> Iterator[Element]:
    """The collected rows as a table, and a paragraph behind it, or two tables would melt into one."""
    if not rows:
        return
    yield el(
        "tbl",
        el(
            "tblPr",
            valued("tblStyle", "FormTable"),
            el("tblW", w=sum(widths), type="dxa"),
            el("tblLayout", type="fixed"),
            el("tblLook", val="0680", firstRow=0, lastRow=0, firstColumn=1, lastColumn=0, noHBand=1, noVBand=1),
            valued("tblCaption", caption),
        ),
        el("tblGrid", *(el("gridCol", w=width) for width in widths)),
        *rows,
    )
    yield paragraph_in("FormGap")
    rows.clear()


def _row(*cells: Element, height: int = 454) -> Element:
    return el("tr", el("trPr", el("cantSplit"), el("trHeight", val=height, hRule="atLeast")), *cells)


def _cell(width: int, *content: Element, shade: str = "", span: int = 1) -> Element:
    properties = [el("tcW", w=width, type="dxa")]
    if span > 1:
        properties.append(valued("gridSpan", span))
    if shade:
        properties.append(el("shd", val="clear", color="auto", fill=shade))
    properties.append(valued("vAlign", "center"))
    return el("tc", el("tcPr", *properties), *content)


def _answer_rows(field: FormField, controls: Controls) -> Iterator[Element]:
    leaves = field.leaves()
    composite = bool(leaves[0].group)
    if composite:
        heading = [_label(field.label, field.required), *_help(field.help)]
        yield _row(_cell(WIDTH, *heading, shade=_GROUP_SHADE, span=2))
    for leaf in leaves:
        label = _cell(_LABEL, _label(leaf.label, leaf.required), *_help(leaf.help), shade=_LABEL_SHADE)
        value = _cell(WIDTH - _LABEL, *_answer(leaf, controls))
        yield _row(label, value, height=1701 if leaf.type == LeafType.LONG_TEXT else 454)


_LABEL_SHADE: Final = "F2F4F7"
_GROUP_SHADE: Final = "DFE5EC"


def _label(text: str, required: bool) -> Element:
    # The mark hangs on the last word, so that it never stands alone on a line.
    return paragraph_in("FormLabel", text_run(tie(text) + ("\u00a0*" if required else "")))


def _help(text: str) -> list[Element]:
    return [words_in("FormHelp", text)] if text else []


def _answer(leaf: Leaf, controls: Controls) -> Iterator[Element]:
    if leaf.type == LeafType.CHOICES:
        for option in leaf.options:
            yield _box_line(controls.box(box_tag(leaf.key, option.code), option.label), option.label)
        return
    yield paragraph_in("FormAnswer", controls.answer(leaf))
    if leaf.type == LeafType.PESEL:
        yield _box_line(controls.box(box_tag(leaf.key, NO_PESEL), NO_PESEL_LABEL), NO_PESEL_LABEL)


def _box_line(box: Element, label: str) -> Element:
    return paragraph_in("FormBox", box, el("r", el("tab")), text_run(tie(label)))


def _tick_row(field: FormField, controls: Controls) -> Element:
    (leaf,) = field.leaves()
    text = tie(leaf.label) + ("\u00a0*" if leaf.required else "")
    return _row(
        _cell(_BOX, paragraph_in("FormTick", controls.box(leaf.key, leaf.label)), shade=_LABEL_SHADE),
        _cell(WIDTH - _BOX, paragraph_in("FormAnswer", text_run(text)), *_help(leaf.help)),
    )


def _roman(number: int) -> str:
    text = ""
    for value, sign in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += sign * (number // value)
        number %= value
    return text
