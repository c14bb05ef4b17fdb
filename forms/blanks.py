"""The blank Word form that a definition describes, as an office hands it out.

The bytes depend on the definition and the header alone, so the same blank has the same digest everywhere. Every answer
has a content control of its own: its tag is the key of the leaf (``adres.kod``), for a box of several ``key:code``.
Because LibreOffice drops tags, labels are written so that the reader finds each answer without them as well.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from models.form_definition import FieldType, FormDefinition, FormField, FormSection, Leaf, LeafType

Element = etree._Element

NO_PESEL: Final = "brak"
"""Value of a PESEL leaf whose candidate has none, and code of the box that says so."""
NO_PESEL_LABEL: Final = "nie mam numeru PESEL"
FORM_PROPERTY: Final = "nabor_formularz"
VERSION_PROPERTY: Final = "nabor_wersja"

PLACEHOLDERS: Final[dict[LeafType, str]] = {
    LeafType.TEXT: "proszę wpisać…",
    LeafType.LONG_TEXT: "proszę wpisać odpowiedź…",
    LeafType.PESEL: "proszę wpisać numer PESEL…",
    LeafType.DATE: "proszę wpisać datę (dd.mm.rrrr)…",
    LeafType.EMAIL: "proszę wpisać adres e-mail…",
    LeafType.PHONE: "proszę wpisać numer telefonu…",
    LeafType.POSTCODE: "proszę wpisać kod (NN-NNN)…",
    LeafType.GMINA: "proszę wpisać nazwę gminy i powiat…",
    LeafType.NIP: "proszę wpisać NIP…",
    LeafType.CHOICE: "proszę wybrać z listy…",
}
"""What an empty control shows. Words only: nothing that could pass for an answer when the
mark of a placeholder is lost."""

REQUIRED_NOTE: Final = " – odpowiedź obowiązkowa (przy oświadczeniach: zaznaczenie kratki)."
OFFICE_NOTE: Final = "Wypełnia biuro projektu – data wpływu"
OFFICE_NUMBER: Final = "numer zgłoszenia"
FIXED_TEXTS: Final = (REQUIRED_NOTE, f"{OFFICE_NOTE}: {OFFICE_NUMBER}:", NO_PESEL_LABEL)
"""What every blank prints beside the words of its definition."""

_MAX_TAG: Final = 64
"""Word refuses longer tags and titles of controls."""


@dataclass(frozen=True)
class BlankHeader:
    """What stands around the questions: the project and the office that hands the form out."""

    project_title: str
    project_number: str
    funding_line: str
    unit_name: str
    unit_address: str


def box_tag(leaf_key: str, code: str) -> str:
    """Tag of one box of several: ``zakres:rodziny``."""
    return f"{leaf_key}:{code}"


def footer_id(key: str, version: str) -> str:
    """How form and version are printed in the footer, and found there again."""
    return f"{key}, wersja {version}"


def write_blank(form: FormDefinition, header: BlankHeader) -> bytes:
    """The blank form as a .docx file: A4, Polish, with headings, title and language set."""
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(
            ("officeDocument", "word/document.xml"),
            ("metadata/core-properties", "docProps/core.xml"),
            ("extended-properties", "docProps/app.xml"),
            ("custom-properties", "docProps/custom.xml"),
        ),
        "docProps/core.xml": _core_properties(form, header),
        "docProps/app.xml": _app_properties(header),
        "docProps/custom.xml": _custom_properties(form),
        "word/document.xml": _document(form),
        "word/_rels/document.xml.rels": _relationships(
            ("styles", "styles.xml"),
            ("settings", "settings.xml"),
            ("header", "header1.xml"),
            ("header", "header2.xml"),
            ("footer", "footer1.xml"),
            ("footer", "footer2.xml"),
            ("glossaryDocument", "glossary/document.xml"),
        ),
        "word/styles.xml": _styles(),
        "word/settings.xml": _settings(),
        "word/header1.xml": _first_header(header),
        "word/header2.xml": _next_header(header),
        "word/footer1.xml": _footer(form, header),
        "word/footer2.xml": _footer(form, header),
        "word/glossary/document.xml": _glossary(),
        "word/glossary/_rels/document.xml.rels": _relationships(("styles", "styles.xml"), ("settings", "settings.xml")),
        "word/glossary/styles.xml": _styles(),
        "word/glossary/settings.xml": _settings(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, root in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
    return buffer.getvalue()


# --- small pieces of WordprocessingML --------------------------------------------------------------------------------

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W14: Final = "http://schemas.microsoft.com/office/word/2010/wordml"
_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MC: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_NAMESPACES: Final[dict[str | None, str]] = {"w": _W, "w14": _W14, "r": _R, "mc": _MC}
_XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


class _Maker:
    """Makes elements of one namespace; ``qualified`` tells whether their attributes belong to it too."""

    def __init__(self, namespace: str, nsmap: Mapping[str | None, str], *, qualified: bool = False) -> None:
        self._namespace = namespace
        # The stubs do not know that lxml takes None for the default namespace.
        self._nsmap = cast(Mapping[str, str], nsmap)
        self._qualified = qualified

    def __call__(self, tag: str, /, *children: Element, text: str = "", **attributes: str | int) -> Element:
        element = etree.Element(f"{{{self._namespace}}}{tag}", None, self._nsmap)
        for key, value in attributes.items():
            element.set(f"{{{self._namespace}}}{key}" if self._qualified else key, str(value))
        if text:
            element.text = text
        element.extend(children)
        return element


_el = _Maker(_W, _NAMESPACES, qualified=True)
_el14 = _Maker(_W14, _NAMESPACES, qualified=True)


def _val(name: str, value: str | int) -> Element:
    return _el(name, val=value)


_LONELY_LETTER: Final = re.compile(r"(?<![^\s\u00a0(„\"/–-])([aiouwzAIOUWZ]) (?=\S)")
_SHORT_FORM: Final = re.compile(r"\b(nr|art\.|ust\.|lit\.|pkt|ul\.|al\.|tel\.|np\.|§) (?=\S)")
_TRAILING: Final = re.compile(r"(?<=\d) (?=(?:r\.|zł|%)(?![^\W\d_]))")


def tie(text: str) -> str:
    """The text with non-breaking spaces where a Polish line must not end: after one-letter words and ``nr``."""
    return _TRAILING.sub("\u00a0", _SHORT_FORM.sub("\\1\u00a0", _LONELY_LETTER.sub("\\1\u00a0", text)))


def _run(text: str, *properties: Element) -> Element:
    content = _el("t", text=text)
    content.set(_XML_SPACE, "preserve")
    return _el("r", _el("rPr", *properties), content) if properties else _el("r", content)


def _paragraph(style: str, *content: Element, keep: bool = False) -> Element:
    properties = [_val("pStyle", style)]
    if keep:
        properties.append(_el("keepNext"))
    return _el("p", _el("pPr", *properties), *content)


def _words(style: str, text: str, *, keep: bool = False) -> Element:
    return _paragraph(style, _run(tie(text)), keep=keep)


def _field(instruction: str) -> Element:
    return _el("fldSimple", _run("1"), instr=f" {instruction} ")


# --- content controls ------------------------------------------------------------------------------------------------


class _Controls:
    """Makes the content controls of one document, each with an id of its own.

    The order of the elements in ``w:sdtPr`` is that of the schema (ISO/IEC 29500-4, CT_SdtPr); Word insists on it.
    """

    def __init__(self) -> None:
        self._count = 0

    def _properties(self, tag: str, title: str) -> list[Element]:
        self._count += 1
        found = [_val("alias", title if len(title) <= _MAX_TAG else title[: _MAX_TAG - 1] + "…")]
        if len(tag) <= _MAX_TAG:
            found.append(_val("tag", tag))
        return [*found, _val("id", 410_000_000 + self._count), _val("lock", "sdtLocked")]

    def answer(self, leaf: Leaf) -> Element:
        """A control to type into or to choose from, showing its placeholder."""
        kind: Element
        if leaf.type == LeafType.DATE:
            kind = _el(
                "date",
                _val("dateFormat", "dd.MM.yyyy"),
                _val("lid", "pl-PL"),
                _val("storeMappedDataAs", "dateTime"),
                _val("calendar", "gregorian"),
            )
        elif leaf.type == LeafType.CHOICE:
            items = [_el("listItem", displayText=option.label, value=option.code) for option in leaf.options]
            kind = _el("dropDownList", *items)
        else:
            # LibreOffice turns controls of plain text into input fields that show no placeholder.
            kind = _el("richText")
        properties = [
            *self._properties(leaf.key, leaf.label),
            _el("placeholder", _val("docPart", _part_name(leaf.type))),
            _el("showingPlcHdr"),
            kind,
        ]
        shown = _run(PLACEHOLDERS[leaf.type], _val("rStyle", "PlaceholderText"))
        return _el("sdt", _el("sdtPr", *properties), _el("sdtContent", shown))

    def box(self, tag: str, title: str) -> Element:
        """A check box, not ticked."""
        font = "MS Gothic"
        state = _el14(
            "checkbox",
            _el14("checked", val=0),
            _el14("checkedState", val="2612", font=font),
            _el14("uncheckedState", val="2610", font=font),
        )
        sign = _run("☐", _el("rFonts", ascii=font, hAnsi=font, eastAsia=font, hint="eastAsia"))
        return _el("sdt", _el("sdtPr", *self._properties(tag, title), state), _el("sdtContent", sign))


def _part_name(leaf_type: LeafType) -> str:
    return f"nabor_{leaf_type.value}"


# --- the document ----------------------------------------------------------------------------------------------------

_WIDTH: Final = 9638
"""Text width of the page in twentieths of a point: A4 less 2 cm on either side."""
_LABEL: Final = 3458
_BOX: Final = 567


def _document(form: FormDefinition) -> Element:
    controls = _Controls()
    body = [
        *_office_strip(),
        _words("Title", form.title, keep=True),
        *([_words("Subtitle", form.subtitle)] if form.subtitle else []),
        *([_words("FormText", form.intro)] if form.intro else []),
        _paragraph(
            "FormText",
            _run("*", _el("b")),
            _run(tie(REQUIRED_NOTE)),
        ),
    ]
    for number, section in enumerate(form.sections, start=1):
        body += _section(number, section, controls)
    _keep_with_next(body)
    body += [_words("FormSignature", form.signature_line)]
    body += [_words("FormNotice", part.strip()) for part in re.split(r"\n\s*\n", form.closing) if part.strip()]
    page = _el(
        "sectPr",
        _reference("header", "rId3", "first"),
        _reference("header", "rId4", "default"),
        _reference("footer", "rId5", "first"),
        _reference("footer", "rId6", "default"),
        _el("pgSz", w=11906, h=16838),
        _el("pgMar", top=1304, right=1134, bottom=1134, left=1134, header=567, footer=510, gutter=0),
        _el("titlePg"),
    )
    root = _el("document", _el("body", *body, page))
    return _ignoring_w14(root)


_KEPT_ROWS: Final = 12


def _keep_with_next(body: list[Element]) -> None:
    """Keep the last table on the page of the signature: nobody should sign a sheet that says nothing."""
    table, gap = body[-2:]
    rows = table.findall(f"{{{_W}}}tr")
    for paragraph in [p for row in rows[-_KEPT_ROWS:] for p in row.iter(f"{{{_W}}}p")] + [gap]:
        properties = paragraph.find(f"{{{_W}}}pPr")
        if properties is not None:
            properties.insert(1, _el("keepNext"))


def _ignoring_w14(root: Element) -> Element:
    root.set(f"{{{_MC}}}Ignorable", "w14")
    return root


def _reference(part: str, relationship: str, kind: str) -> Element:
    element = _el(f"{part}Reference", type=kind)
    element.set(f"{{{_R}}}id", relationship)
    return element


def _office_strip() -> Iterator[Element]:
    """Where the office notes the receipt on paper; no answer of the candidate stands here."""
    dots = "." * 24
    yield _words("FormOffice", f"{OFFICE_NOTE}: {dots}   {OFFICE_NUMBER}: {dots}")


def _section(number: int, section: FormSection, controls: _Controls) -> Iterator[Element]:
    yield _words("Heading1", f"{_roman(number)}. {section.title}", keep=True)
    if section.intro:
        yield _words("FormText", section.intro, keep=True)
    answers: list[Element] = []
    ticks: list[Element] = []
    for field in section.fields:
        if field.type in (FieldType.STATEMENT, FieldType.CONSENT):
            yield from _flush(answers, (_LABEL, _WIDTH - _LABEL), section.title)
            ticks.append(_tick_row(field, controls))
        else:
            yield from _flush(ticks, (_BOX, _WIDTH - _BOX), section.title)
            answers += _answer_rows(field, controls)
    yield from _flush(answers, (_LABEL, _WIDTH - _LABEL), section.title)
    yield from _flush(ticks, (_BOX, _WIDTH - _BOX), section.title)


def _flush(rows: list[Element], widths: tuple[int, ...], caption: str) -> Iterator[Element]:
    """The collected rows as a table, and a paragraph behind it, or two tables would melt into one."""
    if not rows:
        return
    yield _el(
        "tbl",
        _el(
            "tblPr",
            _val("tblStyle", "FormTable"),
            _el("tblW", w=sum(widths), type="dxa"),
            _el("tblLayout", type="fixed"),
            _el("tblLook", val="0680", firstRow=0, lastRow=0, firstColumn=1, lastColumn=0, noHBand=1, noVBand=1),
            _val("tblCaption", caption),
        ),
        _el("tblGrid", *(_el("gridCol", w=width) for width in widths)),
        *rows,
    )
    yield _paragraph("FormGap")
    rows.clear()


def _row(*cells: Element, height: int = 454) -> Element:
    return _el("tr", _el("trPr", _el("cantSplit"), _el("trHeight", val=height, hRule="atLeast")), *cells)


def _cell(width: int, *content: Element, shade: str = "", span: int = 1) -> Element:
    properties = [_el("tcW", w=width, type="dxa")]
    if span > 1:
        properties.append(_val("gridSpan", span))
    if shade:
        properties.append(_el("shd", val="clear", color="auto", fill=shade))
    properties.append(_val("vAlign", "center"))
    return _el("tc", _el("tcPr", *properties), *content)


def _answer_rows(field: FormField, controls: _Controls) -> Iterator[Element]:
    leaves = field.leaves()
    composite = bool(leaves[0].group)
    if composite:
        heading = [_label(field.label, field.required), *_help(field.help)]
        yield _row(_cell(_WIDTH, *heading, shade=_GROUP_SHADE, span=2))
    for leaf in leaves:
        label = _cell(_LABEL, _label(leaf.label, leaf.required), *_help(leaf.help), shade=_LABEL_SHADE)
        value = _cell(_WIDTH - _LABEL, *_answer(leaf, controls))
        yield _row(label, value, height=1701 if leaf.type == LeafType.LONG_TEXT else 454)


_LABEL_SHADE: Final = "F2F4F7"
_GROUP_SHADE: Final = "DFE5EC"


def _label(text: str, required: bool) -> Element:
    # The mark hangs on the last word, so that it never stands alone on a line.
    return _paragraph("FormLabel", _run(tie(text) + ("\u00a0*" if required else "")))


def _help(text: str) -> list[Element]:
    return [_words("FormHelp", text)] if text else []


def _answer(leaf: Leaf, controls: _Controls) -> Iterator[Element]:
    if leaf.type == LeafType.CHOICES:
        for option in leaf.options:
            yield _box_line(controls.box(box_tag(leaf.key, option.code), option.label), option.label)
        return
    yield _paragraph("FormAnswer", controls.answer(leaf))
    if leaf.type == LeafType.PESEL:
        yield _box_line(controls.box(box_tag(leaf.key, NO_PESEL), NO_PESEL_LABEL), NO_PESEL_LABEL)


def _box_line(box: Element, label: str) -> Element:
    return _paragraph("FormBox", box, _el("r", _el("tab")), _run(tie(label)))


def _tick_row(field: FormField, controls: _Controls) -> Element:
    (leaf,) = field.leaves()
    text = tie(leaf.label) + ("\u00a0*" if leaf.required else "")
    return _row(
        _cell(_BOX, _paragraph("FormTick", controls.box(leaf.key, leaf.label)), shade=_LABEL_SHADE),
        _cell(_WIDTH - _BOX, _paragraph("FormAnswer", _run(text)), *_help(leaf.help)),
    )


def _roman(number: int) -> str:
    text = ""
    for value, sign in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += sign * (number // value)
        number %= value
    return text


def _first_header(header: BlankHeader) -> Element:
    """The first page names the project, its funding and the office; logos are put here by whoever has the right to."""
    return _el(
        "hdr",
        _words("FormFunding", header.funding_line),
        _words("FormProject", f"Projekt „{header.project_title}”, nr {header.project_number}"),
        _words("FormUnit", f"{header.unit_name}, {header.unit_address}"),
    )


def _next_header(header: BlankHeader) -> Element:
    return _el("hdr", _words("FormUnit", f"Projekt „{header.project_title}”, nr {header.project_number}"))


def _footer(form: FormDefinition, header: BlankHeader) -> Element:
    return _el(
        "ftr",
        _paragraph(
            "Footer",
            _run(tie(f"{header.project_number} · {footer_id(form.key, form.version)}")),
            _el("r", _el("tab")),
            _run("Strona "),
            _field("PAGE"),
            _run(" z\u00a0"),
            _field("NUMPAGES"),
        ),
    )


# --- the other parts -------------------------------------------------------------------------------------------------

_PACKAGE_RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"


def _relationships(*targets: tuple[str, str]) -> Element:
    make = _Maker(_PACKAGE_RELATIONSHIPS, {None: _PACKAGE_RELATIONSHIPS})
    root = make("Relationships")
    for number, (kind, target) in enumerate(targets, start=1):
        prefix = _PACKAGE_RELATIONSHIPS if kind.startswith("metadata/") else _R
        root.append(make("Relationship", Id=f"rId{number}", Type=f"{prefix}/{kind}", Target=target))
    return root


def _content_types() -> Element:
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    make = _Maker(namespace, {None: namespace})
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    office = "application/vnd.openxmlformats-officedocument"
    overrides = {
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/docProps/app.xml": f"{office}.extended-properties+xml",
        "/docProps/custom.xml": f"{office}.custom-properties+xml",
        "/word/document.xml": f"{word}.document.main+xml",
        "/word/styles.xml": f"{word}.styles+xml",
        "/word/settings.xml": f"{word}.settings+xml",
        "/word/header1.xml": f"{word}.header+xml",
        "/word/header2.xml": f"{word}.header+xml",
        "/word/footer1.xml": f"{word}.footer+xml",
        "/word/footer2.xml": f"{word}.footer+xml",
        "/word/glossary/document.xml": f"{word}.document.glossary+xml",
        "/word/glossary/styles.xml": f"{word}.styles+xml",
        "/word/glossary/settings.xml": f"{word}.settings+xml",
    }
    return make(
        "Types",
        make("Default", Extension="rels", ContentType="application/vnd.openxmlformats-package.relationships+xml"),
        make("Default", Extension="xml", ContentType="application/xml"),
        *(make("Override", PartName=name, ContentType=kind) for name, kind in overrides.items()),
    )


def _core_properties(form: FormDefinition, header: BlankHeader) -> Element:
    cp = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    dc = "http://purl.org/dc/elements/1.1/"
    nsmap: dict[str | None, str] = {"cp": cp, "dc": dc}
    make, dublin = _Maker(cp, nsmap), _Maker(dc, nsmap)
    return make(
        "coreProperties",
        dublin("title", text=form.title),
        dublin("subject", text=footer_id(form.key, form.version)),
        dublin("creator", text=header.unit_name),
        dublin("language", text="pl-PL"),
    )


def _app_properties(header: BlankHeader) -> Element:
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    make = _Maker(namespace, {None: namespace})
    return make("Properties", make("Application", text="Nabór"), make("Company", text=header.unit_name))


def _custom_properties(form: FormDefinition) -> Element:
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
    types = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
    nsmap: dict[str | None, str] = {None: namespace, "vt": types}
    make, value = _Maker(namespace, nsmap), _Maker(types, nsmap)
    root = make("Properties")
    for number, (name, text) in enumerate(((FORM_PROPERTY, form.key), (VERSION_PROPERTY, form.version)), start=2):
        entry = make("property", fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}", pid=str(number), name=name)
        entry.append(value("lpwstr", text=text))
        root.append(entry)
    return root


def _settings() -> Element:
    uri = "http://schemas.microsoft.com/office/word"
    return _el(
        "settings",
        _val("defaultTabStop", 709),
        _val("characterSpacingControl", "doNotCompress"),
        # Without mode 15 Word opens the form in compatibility mode, where check boxes are dead.
        _el("compat", _el("compatSetting", name="compatibilityMode", uri=uri, val=15)),
        _val("themeFontLang", "pl-PL"),
        _val("decimalSymbol", ","),
        _val("listSeparator", ";"),
    )


def _glossary() -> Element:
    """The placeholder texts as Word keeps them, so that a field that is emptied again shows its own."""
    parts = [
        _el(
            "docPart",
            _el(
                "docPartPr",
                _val("name", _part_name(leaf_type)),
                _el("category", _val("name", "Ogólne"), _val("gallery", "placeholder")),
                _el("types", _val("type", "bbPlcHdr")),
                _el("behaviors", _val("behavior", "content")),
                _val("guid", f"{{{str(uuid5(NAMESPACE_URL, _part_name(leaf_type))).upper()}}}"),
            ),
            _el("docPartBody", _el("p", _run(text, _val("rStyle", "PlaceholderText")))),
        )
        for leaf_type, text in PLACEHOLDERS.items()
    ]
    return _el("glossaryDocument", _el("docParts", *parts))


# --- styles ----------------------------------------------------------------------------------------------------------

_INK: Final = "1F2A37"
_NAVY: Final = "1F3A5F"
_GREY: Final = "595959"


@dataclass(frozen=True)
class _Style:
    """A paragraph style. Sizes in half points, spacing and indents in twentieths of a point."""

    id: str
    name: str
    size: int = 20
    bold: bool = False
    italic: bool = False
    color: str = _INK
    before: int = 0
    after: int = 0
    align: str = "left"
    left: int = 0
    hanging: int = 0
    keep: bool = False
    outline: int | None = None
    border: str = ""
    border_color: str = "8A94A0"
    tabs: tuple[tuple[str, int], ...] = ()
    custom: bool = True


_STYLES: Final = (
    _Style("Title", "Title", 30, bold=True, color=_NAVY, before=200, after=60, align="center", keep=True, custom=False),
    _Style("Subtitle", "Subtitle", 20, color=_GREY, after=200, align="center", custom=False),
    _Style(
        "Heading1", "heading 1", 24, bold=True, color=_NAVY, before=240, after=80, keep=True, outline=0, custom=False
    ),
    _Style("Footer", "footer", 16, color=_GREY, border="top", tabs=(("right", _WIDTH),), custom=False),
    _Style("FormText", "Formularz – tekst", after=100),
    _Style("FormOffice", "Formularz – adnotacje biura", 16, color=_GREY, before=60, align="right"),
    _Style("FormLabel", "Formularz – pytanie", bold=True, before=50, after=30),
    _Style("FormHelp", "Formularz – objaśnienie", 17, color=_GREY, after=50),
    _Style("FormAnswer", "Formularz – odpowiedź", before=50, after=50),
    _Style("FormBox", "Formularz – kratka", before=20, after=20, left=397, hanging=397, tabs=(("left", 397),)),
    _Style("FormTick", "Formularz – oświadczenie", 24, align="center"),
    _Style("FormGap", "Formularz – odstęp", 8),
    _Style("FormSignature", "Formularz – podpis", 17, color=_GREY, before=1300, after=320, align="center", left=4820,
           border="top"),
    _Style("FormNotice", "Formularz – informacja", 16, color=_GREY, after=80, align="both"),
    _Style("FormFunding", "Formularz – finansowanie", 16, color=_GREY, after=40, align="center"),
    _Style("FormProject", "Formularz – projekt", 18, bold=True, color=_NAVY, after=40, align="center"),
    _Style("FormUnit", "Formularz – biuro", 16, color=_GREY, after=60, align="center", border="bottom"),
)  # fmt: skip


def _paragraph_style(style: _Style) -> Element:
    paragraph: list[Element] = []
    if style.keep:
        paragraph += [_el("keepNext"), _el("keepLines")]
    if style.border:
        paragraph.append(_el("pBdr", _el(style.border, val="single", sz=4, space=4, color=style.border_color)))
    if style.tabs:
        paragraph.append(_el("tabs", *(_el("tab", val=kind, pos=position) for kind, position in style.tabs)))
    paragraph.append(_el("spacing", before=style.before, after=style.after))
    if style.left or style.hanging:
        paragraph.append(_el("ind", left=style.left, hanging=style.hanging))
    paragraph.append(_val("jc", style.align))
    if style.outline is not None:
        paragraph.append(_val("outlineLvl", style.outline))
    run: list[Element] = []
    if style.bold:
        run.append(_el("b"))
    if style.italic:
        run.append(_el("i"))
    run += [_val("color", style.color), _val("sz", style.size), _val("szCs", style.size)]
    element = _el(
        "style",
        _val("name", style.name),
        _val("basedOn", "Normal"),
        *([_val("next", "Normal")] if style.keep else []),
        _el("qFormat"),
        _el("pPr", *paragraph),
        _el("rPr", *run),
        type="paragraph",
        styleId=style.id,
    )
    if style.custom:
        element.set(f"{{{_W}}}customStyle", "1")
    return element


def _styles() -> Element:
    font = "Arial"
    edges = ("top", "left", "bottom", "right", "insideH", "insideV")
    return _el(
        "styles",
        _el(
            "docDefaults",
            _el(
                "rPrDefault",
                _el(
                    "rPr",
                    _el("rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font),
                    _val("sz", 20),
                    _val("szCs", 20),
                    _el("lang", val="pl-PL", eastAsia="pl-PL", bidi="ar-SA"),
                ),
            ),
            _el("pPrDefault", _el("pPr", _el("spacing", after=0, line=252, lineRule="auto"))),
        ),
        _el("style", _val("name", "Normal"), _el("qFormat"), type="paragraph", default=1, styleId="Normal"),
        _el(
            "style",
            _val("name", "Default Paragraph Font"),
            _val("uiPriority", 1),
            _el("semiHidden"),
            type="character",
            default=1,
            styleId="DefaultParagraphFont",
        ),
        _el(
            "style",
            _val("name", "Placeholder Text"),
            _val("basedOn", "DefaultParagraphFont"),
            _el("rPr", _val("color", "6B7280")),
            type="character",
            styleId="PlaceholderText",
        ),
        _el(
            "style",
            _val("name", "Normal Table"),
            _val("uiPriority", 99),
            _el("semiHidden"),
            _el(
                "tblPr",
                _el("tblInd", w=0, type="dxa"),
                _el(
                    "tblCellMar",
                    _el("top", w=0, type="dxa"),
                    _el("left", w=108, type="dxa"),
                    _el("bottom", w=0, type="dxa"),
                    _el("right", w=108, type="dxa"),
                ),
            ),
            type="table",
            default=1,
            styleId="TableNormal",
        ),
        _el(
            "style",
            _val("name", "Formularz – tabela"),
            _val("basedOn", "TableNormal"),
            _el(
                "tblPr",
                _el("tblBorders", *(_el(edge, val="single", sz=4, space=0, color="A6AEB8") for edge in edges)),
                _el("tblCellMar", _el("top", w=45, type="dxa"), _el("bottom", w=45, type="dxa")),
            ),
            type="table",
            customStyle=1,
            styleId="FormTable",
        ),
        *(_paragraph_style(style) for style in _STYLES),
    )
