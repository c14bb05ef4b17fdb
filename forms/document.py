"""A Word document as a small tree of what a person sees in it, with the place of everything.

No library reads a filled-in form whole: content controls, tracked insertions, text boxes and form fields are lost
without a word. This walker goes over the XML itself. It takes tracked insertions and leaves tracked deletions out,
leaves hidden text out, reads text boxes once, and says in ``remarks`` that it did.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from itertools import groupby
from typing import Final, TypeAlias

from lxml import etree

from forms.safety import Parts, parts_of, refuse
from models.errors import FormUnreadable

Element: TypeAlias = etree._Element

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14: Final = "http://schemas.microsoft.com/office/word/2010/wordml"
W16SE: Final = "http://schemas.microsoft.com/office/word/2015/wordml/symex"
MC: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
MATH: Final = "http://schemas.openxmlformats.org/officeDocument/2006/math"

# Word's "Strict Open XML" differs, for reading, in its namespaces only.
_STRICT: Final = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W.encode()),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", MATH.encode()),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/customProperties",
        b"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes",
        b"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes",
    ),
)


# What a form of many pages stays far below, and what keeps every later step within a second or two. A filled-in form
# has 80 kB of XML, 4,000 tags, 10,000 letters, 60 controls, and Word itself stops at 63 cells in a row.
_MOST_BYTES: Final = 5 * 1024 * 1024
_MOST_TAGS: Final = 200_000
_MOST_LETTERS: Final = 300_000
_MOST_PARAGRAPHS: Final = 10_000
_MOST_CONTROLS: Final = 2_000
_MOST_CELLS_IN_ROW: Final = 100
_MOST_OPEN_FIELDS: Final = 30


class ControlKind(StrEnum):
    TEXT = "text"
    DATE = "date"
    DROPDOWN = "dropdown"
    CHECKBOX = "checkbox"
    OTHER = "other"
    LEGACY_TEXT = "legacy_text"
    LEGACY_DROPDOWN = "legacy_dropdown"
    LEGACY_CHECKBOX = "legacy_checkbox"


@dataclass(frozen=True)
class Control:
    """A content control or an old form field. Its text is that of the inlines that name it."""

    number: int
    kind: ControlKind
    tag: str = ""
    alias: str = ""
    placeholder: bool = False
    """Word says that nothing was filled in; LibreOffice drops this mark."""
    date: str = ""
    """ISO date behind the shown text, when the control keeps one."""
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """Text as shown. ``controls`` are the numbers of the controls around it, outermost first."""

    text: str
    struck: bool = False
    controls: tuple[int, ...] = ()
    emphasised: str = ""
    """Those words of it that are underlined, bold or highlighted: how some people choose from printed options."""


@dataclass(frozen=True)
class Tick:
    """A box: ticked, not ticked, or ``None`` when its mark and its state disagree."""

    checked: bool | None
    encoding: str
    controls: tuple[int, ...] = ()


Inline: TypeAlias = Text | Tick


BOX: Final = "\ufffc"
"""What stands for a box in a line of text: a character that no text holds."""


@dataclass(frozen=True)
class Paragraph:
    """What follows from the inlines is worked out once, because every later step asks for it again and again."""

    inlines: tuple[Inline, ...]
    place: str
    path: str
    heading: bool = False
    text: str = field(init=False, repr=False, compare=False)
    """What stands here, boxes and struck-out words left out."""
    flat: str = field(init=False, repr=False, compare=False)
    """The text as a line, struck-out words with it; each box is one character."""
    boxed: bool = field(init=False, repr=False, compare=False)
    """Whether a box stands here."""

    def __post_init__(self) -> None:
        shown: list[str] = []
        line: list[str] = []
        boxed = False
        for item in self.inlines:
            if isinstance(item, Text):
                line.append(item.text)
                if not item.struck:
                    shown.append(item.text)
            else:
                line.append(BOX)
                boxed = True
        object.__setattr__(self, "text", "".join(shown))
        object.__setattr__(self, "flat", "".join(line))
        object.__setattr__(self, "boxed", boxed)

    @property
    def own_paragraphs(self) -> tuple["Paragraph", ...]:
        """Itself, as a cell has its own paragraphs."""
        return (self,)


@dataclass(frozen=True)
class Cell:
    blocks: tuple["Block", ...]
    place: str
    path: str
    column: int
    """First grid column, from 0."""
    span: int = 1
    paragraphs: tuple[Paragraph, ...] = field(init=False, repr=False, compare=False)
    """All of its paragraphs, those of tables within it among them."""
    own_paragraphs: tuple[Paragraph, ...] = field(init=False, repr=False, compare=False)
    """Those of tables within it left out."""

    def __post_init__(self) -> None:
        own = tuple(block for block in self.blocks if isinstance(block, Paragraph))
        whole = own if len(own) == len(self.blocks) else tuple(paragraphs_of(self.blocks))
        object.__setattr__(self, "own_paragraphs", own)
        object.__setattr__(self, "paragraphs", whole)


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    rows: tuple[Row, ...]
    place: str
    path: str


Block: TypeAlias = Paragraph | Table


@dataclass(frozen=True)
class Document:
    blocks: tuple[Block, ...]
    margins: tuple[Paragraph, ...]
    """Paragraphs of headers and footers: they tell which form it is, never an answer."""
    controls: tuple[Control, ...]
    title: str
    properties: Mapping[str, str]
    """Custom document properties, by name."""
    remarks: tuple[str, ...] = field(default=())


def paragraphs_of(blocks: Iterable[Block]) -> Iterator[Paragraph]:
    """All paragraphs in reading order, those of tables within."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from paragraphs_of(cell.blocks)


def read_document(data: bytes) -> Document:
    """The tree of a document. Raises what :func:`document_in` raises."""
    return document_in(parts_of(data))


def document_in(parts: Parts) -> Document:
    """The tree of a document whose parts have passed :func:`forms.safety.unpacked`.

    Raises :class:`FormUnreadable` when the archive holds no Word document, its XML is broken, or there is so much of it
    that it cannot be a form.
    """
    package = _Package(parts)
    main = package.main_part()
    root = package.xml(main)
    body = root.find(_w("body"))
    if root.tag != _w("document") or body is None:
        raise FormUnreadable("not_word", "Plik nie zawiera dokumentu Worda.")
    related = package.related(main)
    walker = _Walker(_heading_styles(package, related))
    blocks = walker.part(body, _Place("", "body"))
    margins: list[Block] = []
    for kind, name, label in (("header", "hdr", "nagłówek strony"), ("footer", "ftr", "stopka strony")):
        for target in related.get(kind, ()):
            margins += walker.part(package.xml(target), _Place(label, name))
    if _has_comments(package, related):
        walker.remarks[_COMMENTS] = None
    return Document(
        blocks=tuple(blocks),
        margins=tuple(paragraphs_of(margins)),
        controls=tuple(walker.controls),
        title=package.title(),
        properties=package.properties(),
        remarks=tuple(walker.remarks),
    )


# --- the package ---------------------------------------------------------------------------------------------------


@cache
def _w(name: str) -> str:
    return f"{{{W}}}{name}"


_VAL: Final = _w("val")
_OUTLINE: Final = f"{_w('pPr')}/{_w('outlineLvl')}"
_STRICT_MARK: Final = b"http://purl.oclc.org/ooxml/"
_PARSER: Final = etree.XMLParser(
    encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
)
_LETTERS: Final = etree.XPath("string-length(.)")


class _Package:
    """The parts of the archive, found by their relationships as the format demands."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._names = {name.casefold(): name for name in parts.names}
        self._related: dict[str, dict[str, tuple[str, ...]]] = {}
        self._tags = self._bytes = self._letters = 0
        self._uncounted: list[Element] = []

    def xml(self, part: str) -> Element:
        """The root of a part. What was searched by the safety check is what is parsed: the same bytes as UTF-8, the
        only encoding besides UTF-16 that the format knows (ECMA-376 part 2, 6.1.4)."""
        name = self._names.get(part.casefold())
        if name is None:
            raise FormUnreadable("missing_part", "Plik .docx jest niekompletny: brakuje jednej z jego części.")
        content = self._parts.xml(name)
        self._tags += content.count(b"<")
        if len(content) > _MOST_BYTES or self._tags > _MOST_TAGS:
            refuse("too_complex")
        if _STRICT_MARK in content:
            for strict, transitional in _STRICT:
                content = content.replace(strict, transitional)
        try:
            root = etree.fromstring(content, _PARSER)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise FormUnreadable(
                "broken_xml", "Plik .docx jest uszkodzony: jego treści nie da się odczytać."
            ) from error
        # No letter takes less than a byte: they are only counted where there are bytes enough for too many.
        self._bytes += len(content)
        self._uncounted.append(root)
        if self._bytes > _MOST_LETTERS:
            self._count_letters()
        return root

    def _count_letters(self) -> None:
        for root in self._uncounted:
            letters = _LETTERS(root)
            assert isinstance(letters, float)
            self._letters += int(letters)
        self._uncounted.clear()
        if self._letters > _MOST_LETTERS:
            refuse("too_complex")

    def main_part(self) -> str:
        targets = self._relationships("_rels/.rels", "").get("officeDocument", ())
        if not targets:
            raise FormUnreadable("not_word", "Plik nie zawiera dokumentu Worda.")
        return targets[0]

    def related(self, part: str) -> dict[str, tuple[str, ...]]:
        folder, name = posixpath.split(part)
        return self._relationships(posixpath.join(folder, "_rels", f"{name}.rels"), folder)

    def _relationships(self, rels: str, folder: str) -> dict[str, tuple[str, ...]]:
        """Names of parts by the last word of the relationship's type, each once, in the order of the file."""
        if rels.casefold() not in self._names:
            return {}
        if rels not in self._related:
            found: dict[str, dict[str, None]] = {}
            for relationship in self.xml(rels):
                if (relationship.get("TargetMode") or "").casefold() == "external":
                    continue
                kind = (relationship.get("Type") or "").rpartition("/")[2]
                target = posixpath.normpath(posixpath.join("/", folder, relationship.get("Target") or "")).lstrip("/")
                found.setdefault(kind, {})[target] = None
            self._related[rels] = {kind: tuple(targets) for kind, targets in found.items()}
        return self._related[rels]

    def title(self) -> str:
        for part in self._relationships("_rels/.rels", "").get("core-properties", ()):
            if part.casefold() in self._names:
                return (self.xml(part).findtext("{http://purl.org/dc/elements/1.1/}title") or "").strip()
        return ""

    def properties(self) -> dict[str, str]:
        for part in self._relationships("_rels/.rels", "").get("custom-properties", ()):
            if part.casefold() in self._names:
                return {item.get("name") or "": "".join(_texts(item)).strip() for item in self.xml(part)}
        return {}

    def has(self, part: str) -> bool:
        return part.casefold() in self._names


def _texts(element: Element) -> Iterator[str]:
    for text in element.itertext():
        yield str(text)


def _heading_styles(package: _Package, related: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Ids of the paragraph styles that make a heading or a title, whatever language Word named them in."""
    found: set[str] = set()
    for part in related.get("styles", ())[:1]:
        if not package.has(part):
            continue
        for style in package.xml(part).iterfind(_w("style")):
            name = _value(style.find(_w("name"))).casefold()
            if name.startswith(("heading", "title", "subtitle")) or style.find(_OUTLINE) is not None:
                found.add(style.get(_w("styleId")) or "")
    return frozenset(found)


def _has_comments(package: _Package, related: Mapping[str, tuple[str, ...]]) -> bool:
    return any(
        package.has(part) and package.xml(part).find(_w("comment")) is not None for part in related.get("comments", ())
    )


# --- the walker ----------------------------------------------------------------------------------------------------

_TRACKED: Final = "Dokument zawiera śledzone zmiany: odczytano tekst po zmianach, usunięty pominięto."
_HIDDEN: Final = "Dokument zawiera ukryty tekst; pominięto go."
_STRUCK: Final = "Dokument zawiera przekreślony tekst; nie uznano go za odpowiedź."
_EMBEDDED: Final = "Dokument zawiera wstawiony w całości inny dokument, którego treści nie odczytano."
_ACTIVEX: Final = "Dokument zawiera formanty ActiveX, których stanu nie odczytano."
_COMMENTS: Final = "Dokument zawiera komentarze; nie uznano ich za odpowiedzi."


def _value(element: Element | None) -> str:
    return "" if element is None else element.get(_VAL) or ""


def _child(parent: Element, tag: str) -> Element | None:
    """The first child of this name: ``find`` takes several times as long, for it could follow a path."""
    return next(parent.iterchildren(tag), None)


def _on(element: Element | None) -> bool:
    """A toggle: there without a value means on (ECMA-376 part 1, 17.17.4)."""
    return element is not None and (element.get(_VAL) or "true").casefold() in ("true", "1", "on")


def _small_number(text: str) -> int | None:
    """A number of up to three digits, as columns and choices have them."""
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else None


@dataclass(frozen=True)
class _Place:
    """Where the walker stands: in words for people, as a path for programs."""

    words: str
    path: str
    cell: bool = False
    """People are told the cell a paragraph stands in, not which of its paragraphs it is."""

    def told(self, words: str) -> str:
        """What lies within, in words."""
        return f"{self.words}, {words}" if self.words else words

    def inside(self, words: str, step: str) -> "_Place":
        return _Place(self.told(words), f"{self.path}/{step}")


@dataclass
class _FieldState:
    """A field between its begin and end marks. Only after ``separate`` does its text show."""

    control: int | None
    shows: bool = False


_ALTERNATIVES: Final = f"{{{MC}}}AlternateContent"
_MATH_TEXT: Final = f"{{{MATH}}}t"
_SYMBOL_EX: Final = f"{{{W16SE}}}symEx"
# Element names are compared at every element of a document, so each is spelt out once.
_P, _R, _T, _TBL, _TR, _TC, _SDT, _FIELD_MARK = map(_w, ("p", "r", "t", "tbl", "tr", "tc", "sdt", "fldChar"))
_PPR, _RPR, _SDT_PR, _SDT_CONTENT, _PSTYLE, _FONTS = map(_w, ("pPr", "rPr", "sdtPr", "sdtContent", "pStyle", "rFonts"))
_SYMBOL, _ALT_CHUNK = map(_w, ("sym", "altChunk"))
_PICTURES: Final = frozenset(map(_w, ("drawing", "pict", "object")))
_CHOICE, _FALLBACK = f"{{{MC}}}Choice", f"{{{MC}}}Fallback"
_CHECKBOX: Final = f"{{{W14}}}checkbox"
_TEXT_BOX: Final = _w("txbxContent")
_ROW_PR, _ROW_DELETED, _CELL_PR, _GRID_SPAN = map(_w, ("trPr", "del", "tcPr", "gridSpan"))
_ASCII_FONT, _ANSI_FONT = _w("ascii"), _w("hAnsi")
_TELLING_LOOKS: Final = tuple(map(_w, ("vanish", "strike", "dstrike", "b", "u", "highlight", "rFonts")))
"""Properties of a run that change what is read: hidden, struck out, emphasised, or in a font of symbols."""
_DELETED: Final = frozenset({_w("del"), _w("moveFrom")})
_INSERTED: Final = frozenset({_w("ins"), _w("moveTo")})
_NO_CONTENT: Final = frozenset(
    _w(name)
    for name in (
        "pPr",
        "rPr",
        "sdtPr",
        "sdtEndPr",
        "tblPr",
        "tblGrid",
        "trPr",
        "tcPr",
        "sectPr",
        "instrText",
        "delText",
    )
)


class _Walker:
    def __init__(self, headings: frozenset[str]) -> None:
        self.controls: list[Control] = []
        self.remarks: dict[str, None] = {}
        self._headings = headings
        self._fields: list[_FieldState] = []
        self._special: frozenset[Element] = frozenset()
        self._headed: frozenset[Element] = frozenset()
        self._paragraphs = 0

    # Blocks

    def part(self, root: Element, place: _Place) -> list[Block]:
        """The blocks of a whole part: of the body, a header or a footer."""
        # One look at the whole part is many times faster than one at each run and paragraph.
        self._special = frozenset(_telling_runs(root))
        self._headed = frozenset(_headed_paragraphs(root, self._headings))
        return self.blocks(root, place)

    def blocks(self, parent: Element, place: _Place, around: tuple[int, ...] = ()) -> list[Block]:
        found: list[Block] = []
        self._blocks(parent, place, around, found, {"p": 0, "tbl": 0})
        return found

    def _blocks(
        self, parent: Element, place: _Place, around: tuple[int, ...], found: list[Block], count: dict[str, int]
    ) -> None:
        for child in parent:
            tag = child.tag
            if tag == _P:
                number = count["p"] = count["p"] + 1
                self._paragraph(child, place, number, around, found)
            elif tag == _TBL:
                number = count["tbl"] = count["tbl"] + 1
                found.append(self._table(child, place.inside(f"tabela {number}", f"tbl[{number}]"), around))
            elif tag not in _NO_CONTENT:
                for content, inner in self._unwrapped(child, around):
                    self._blocks(content, place, inner, found, count)

    def _unwrapped(self, element: Element, around: tuple[int, ...]) -> Iterator[tuple[Element, tuple[int, ...]]]:
        """What lies in a wrapper that may stand around paragraphs, tables, rows or cells alike."""
        tag = element.tag
        if tag == _SDT:
            control = self._content_control(element)
            content = _child(element, _SDT_CONTENT)
            if content is not None:
                yield content, (*around, control.number)
        elif tag in _DELETED:
            self.remarks[_TRACKED] = None
        elif tag in _INSERTED:
            self.remarks[_TRACKED] = None
            yield element, around
        elif tag == _ALTERNATIVES:
            chosen = element.find(_CHOICE)
            chosen = element.find(_FALLBACK) if chosen is None else chosen
            if chosen is not None:
                yield chosen, around
        elif tag == _ALT_CHUNK:
            self.remarks[_EMBEDDED] = None
        elif tag not in _NO_CONTENT:
            yield element, around

    def _table(self, table: Element, place: _Place, around: tuple[int, ...]) -> Table:
        rows: list[Row] = []
        self._rows(table, place, around, rows)
        return Table(tuple(rows), place.words, place.path)

    def _rows(self, parent: Element, place: _Place, around: tuple[int, ...], rows: list[Row]) -> None:
        for child in parent:
            tag = child.tag
            if tag in _NO_CONTENT:
                continue
            if tag != _TR:
                for content, inner in self._unwrapped(child, around):
                    self._rows(content, place, inner, rows)
                continue
            if any(_child(properties, _ROW_DELETED) is not None for properties in child.iterchildren(_ROW_PR)):
                self.remarks[_TRACKED] = None
                continue
            number = len(rows) + 1
            cells: list[Cell] = []
            self._cells(child, place.inside(f"wiersz {number}", f"tr[{number}]"), around, cells)
            rows.append(Row(tuple(cells)))

    def _cells(self, parent: Element, place: _Place, around: tuple[int, ...], cells: list[Cell]) -> None:
        for child in parent:
            tag = child.tag
            if tag in _NO_CONTENT:
                continue
            if tag != _TC:
                for content, inner in self._unwrapped(child, around):
                    self._cells(content, place, inner, cells)
                continue
            number = len(cells) + 1
            if number > _MOST_CELLS_IN_ROW:
                refuse("too_complex")
            column = cells[-1].column + cells[-1].span if cells else 0
            properties = _child(child, _CELL_PR)
            span = "" if properties is None else _value(_child(properties, _GRID_SPAN))
            inside = _Place(place.words, f"{place.path}/tc[{number}]", cell=True)
            blocks = tuple(self.blocks(child, inside, around))
            cells.append(Cell(blocks, place.words, inside.path, column, _small_number(span) or 1))

    # Paragraphs and runs

    def _paragraph(
        self, paragraph: Element, outer: _Place, number: int, around: tuple[int, ...], found: list[Block]
    ) -> None:
        """Adds the paragraph, and behind it the text boxes that are anchored in it."""
        self._paragraphs += 1
        if self._paragraphs > _MOST_PARAGRAPHS:
            refuse("too_complex")
        line = _Line(around)
        self._inline(paragraph, line, around)
        path = f"{outer.path}/p[{number}]"
        shown = outer.words if outer.cell else outer.told(f"akapit {number}")
        found.append(Paragraph(line.inlines(), shown, path, paragraph in self._headed))
        for box_number, box in enumerate(line.boxes, start=1):
            words = outer.told(f"akapit {number}")
            inside = _Place(f"pole tekstowe przy: {words}", f"{path}/txbx[{box_number}]")
            blocks = self.blocks(box, inside, around)
            if outer.cell:
                blocks = [replace(one, place=shown) if isinstance(one, Paragraph) else one for one in blocks]
            found += blocks

    def _inline(self, parent: Element, line: "_Line", around: tuple[int, ...]) -> None:
        for child in parent:
            tag = child.tag
            if tag == _R:
                self._run(child, line, around)
            elif tag == _MATH_TEXT:
                line.text(child.text or "", around)
            elif tag == _SDT:
                self._inline_control(child, line, around)
            elif tag not in _NO_CONTENT:
                for content, inner in self._unwrapped(child, around):
                    self._inline(content, line, inner)

    def _inline_control(self, sdt: Element, line: "_Line", around: tuple[int, ...]) -> None:
        control = self._content_control(sdt)
        inner = (*around, control.number)
        line.text("", inner)
        content = _child(sdt, _SDT_CONTENT)
        if control.kind != ControlKind.CHECKBOX:
            if content is not None:
                self._inline(content, line, inner)
            return
        shown = _Line(())
        if content is not None:
            self._inline(content, shown, ())
        checkbox = sdt.find(f"{_SDT_PR}/{_CHECKBOX}")
        if checkbox is not None:
            state, rest = _checkbox_state(checkbox, shown.inlines())
            line.add(Tick(state, "w14:checkbox", inner))
            line.text(rest, inner)

    def _run(self, run: Element, line: "_Line", around: tuple[int, ...]) -> None:
        properties = _child(run, _RPR) if run in self._special else None
        if properties is None:
            self._run_content(run, line, around, _PLAIN_LOOK)
            return
        if _on(properties.find(_w("vanish"))):
            if any(text.strip() for text in _texts(run)):
                self.remarks[_HIDDEN] = None
            # Marks of fields may be hidden with the rest and must still be counted.
            for mark in run.iterfind(_FIELD_MARK):
                self._field_mark(mark, _Line(()), around)
            return
        struck = _on(properties.find(_w("strike"))) or _on(properties.find(_w("dstrike")))
        fonts = properties.find(_FONTS)
        font = "" if fonts is None else fonts.get(_ASCII_FONT) or fonts.get(_ANSI_FONT) or ""
        self._run_content(run, line, around, _Look(font, struck, _emphasised(properties)))

    def _run_content(self, run: Element, line: "_Line", around: tuple[int, ...], look: "_Look") -> None:
        for child in run:
            tag = child.tag
            if tag == _RPR:
                continue
            if tag == _FIELD_MARK:
                self._field_mark(child, line, around)
                continue
            inside = around
            if self._fields:
                if any(not state.shows for state in self._fields):
                    continue
                inside = (*around, *(state.control for state in self._fields if state.control is not None))
            if tag == _T:
                text = child.text or ""
                if look.struck and text.strip():
                    self.remarks[_STRUCK] = None
                line.text(text, inside, look)
            elif tag in _SPACING:
                line.text(_SPACING[str(tag)], inside)
            elif tag == _SYMBOL:
                line.symbol(child.get(_w("font")) or "", child.get(_w("char")) or "", inside)
            elif tag == _SYMBOL_EX:
                line.symbol(child.get(f"{{{W16SE}}}font") or "", child.get(f"{{{W16SE}}}char") or "", inside)
            elif tag == _ALTERNATIVES:
                self._alternatives(child, line, around, look)
            elif tag in _PICTURES:
                if child.find(f".//{_w('control')}") is not None:
                    self.remarks[_ACTIVEX] = None
                line.boxes += _text_boxes(child)

    def _alternatives(self, element: Element, line: "_Line", around: tuple[int, ...], look: "_Look") -> None:
        """The first way of showing something that shows anything: the others repeat it."""
        for way in element:
            before = line.extent
            self._run_content(way, line, around, look)
            if line.extent != before:
                return

    def _field_mark(self, mark: Element, line: "_Line", around: tuple[int, ...]) -> None:
        kind = mark.get(_w("fldCharType"))
        if kind == "begin":
            if len(self._fields) == _MOST_OPEN_FIELDS:
                refuse("too_complex")
            self._fields.append(self._form_field(mark.find(_w("ffData")), line, around))
        elif kind == "separate" and self._fields:
            self._fields[-1].shows = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _form_field(self, data: Element | None, line: "_Line", around: tuple[int, ...]) -> _FieldState:
        if data is None:
            return _FieldState(None)
        name = _value(data.find(_w("name")))
        box, choices = data.find(_w("checkBox")), data.find(_w("ddList"))
        if box is not None:
            control = self._add(ControlKind.LEGACY_CHECKBOX, tag=name)
            state = box.find(_w("checked"))
            line.add(Tick(_on(box.find(_w("default")) if state is None else state), "FORMCHECKBOX", (*around, control)))
            return _FieldState(control)
        if choices is not None:
            options = tuple(_value(entry) for entry in choices.iterfind(_w("listEntry")))
            control = self._add(ControlKind.LEGACY_DROPDOWN, tag=name, options=options)
            chosen = _value(choices.find(_w("result"))) or _value(choices.find(_w("default"))) or "0"
            number = _small_number(chosen)
            if number is not None and number < len(options):
                line.text(options[number], (*around, control))
            return _FieldState(control)
        control = self._add(ControlKind.LEGACY_TEXT, tag=name)
        line.text("", (*around, control))
        return _FieldState(control)

    def _content_control(self, sdt: Element) -> Control:
        properties = _child(sdt, _SDT_PR)
        if properties is None:
            return self.controls[self._add(ControlKind.OTHER)]
        own: dict[object, Element] = {}
        for child in properties:
            own.setdefault(child.tag, child)
        date = own.get(_w("date"))
        choices = own.get(_w("dropDownList"), own.get(_w("comboBox")))
        options: tuple[str, ...] = ()
        if _CHECKBOX in own:
            kind = ControlKind.CHECKBOX
        elif date is not None:
            kind = ControlKind.DATE
        elif choices is not None:
            kind = ControlKind.DROPDOWN
            options = tuple(
                item.get(_w("displayText")) or item.get(_w("value")) or "" for item in choices.iterfind(_w("listItem"))
            )
        else:
            kind = ControlKind.TEXT
        number = self._add(
            kind,
            tag=_value(own.get(_w("tag"))),
            alias=_value(own.get(_w("alias"))),
            placeholder=_on(own.get(_w("showingPlcHdr"))),
            date="" if date is None else (date.get(_w("fullDate")) or "")[:10],
            options=options,
        )
        return self.controls[number]

    def _add(
        self,
        kind: ControlKind,
        *,
        tag: str = "",
        alias: str = "",
        placeholder: bool = False,
        date: str = "",
        options: tuple[str, ...] = (),
    ) -> int:
        number = len(self.controls)
        if number == _MOST_CONTROLS:
            refuse("too_complex")
        self.controls.append(Control(number, kind, tag, alias, placeholder, date, options))
        return number


def _telling_runs(root: Element) -> Iterator[Element]:
    """The runs whose properties change what is read: all others are plain text."""
    for look in root.iter(_TELLING_LOOKS):
        if look.tag == _FONTS:
            fonts = f"{look.get(_ASCII_FONT) or ''} {look.get(_ANSI_FONT) or ''}"
            if "wingdings" not in fonts.casefold():
                continue
        properties = look.getparent()
        if properties is not None and properties.tag == _RPR:
            run = properties.getparent()
            if run is not None and run.tag == _R:
                yield run


def _headed_paragraphs(root: Element, headings: frozenset[str]) -> Iterator[Element]:
    """The paragraphs in the style of a heading or title. Of several styles the first counts."""
    seen: set[Element] = set()
    for style in root.iter(_PSTYLE):
        properties = style.getparent()
        paragraph = properties.getparent() if properties is not None and properties.tag == _PPR else None
        if paragraph is None or paragraph in seen:
            continue
        seen.add(paragraph)
        if _value(style) in headings:
            yield paragraph


def _text_boxes(element: Element) -> list[Element]:
    found: list[Element] = []
    for child in element:
        if child.tag == _TEXT_BOX:
            found.append(child)
        elif child.tag == _ALTERNATIVES:
            for way in child:
                boxes = _text_boxes(way)
                if boxes:
                    found += boxes
                    break
        else:
            found += _text_boxes(child)
    return found


_SPACING: Final = {
    _w("tab"): "\t", _w("ptab"): "\t", _w("br"): "\n", _w("cr"): "\n", _w("noBreakHyphen"): "-",
}  # fmt: skip

# --- boxes ---------------------------------------------------------------------------------------------------------

_BOXES: Final[dict[str, bool]] = {
    **dict.fromkeys("☐□◻❏❐❑❒⬜▢", False),
    **dict.fromkeys("☑☒■◼⬛✓✔✗✘🗹🗷✅❎", True),
}
_MAY_BE_BOX: Final = re.compile(f"[{''.join(_BOXES)}\uf000-\uf0ff]")
# Symbol fonts by code within the font. Word writes them as F0xx in the private area, other programs without F0.
_WINGDINGS: Final[dict[int, bool]] = {
    **dict.fromkeys((0xA8, 0x6F, 0x70, 0x71, 0x72), False),
    **dict.fromkeys((0xFE, 0xFD, 0xFC, 0xFB, 0x78), True),
}
_WINGDINGS_2: Final[dict[int, bool]] = {
    **dict.fromkeys((0xA3, 0x2A, 0x30), False),
    **dict.fromkeys((0x51, 0x52, 0x53, 0x54, 0x4F, 0x50, 0x56), True),
}
_TYPED_BOX: Final = re.compile(r"\[(?P<mark>[ \u00a0_]{0,3}|[ \u00a0]?[xXvV✓][ \u00a0]?)\]")


def _symbol_box(font: str, code: int) -> bool | None:
    """Whether a character of a symbol font is a ticked or an empty box; ``None`` for any other sign."""
    low = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    if font.strip().casefold().startswith("wingdings 2"):
        return _WINGDINGS_2.get(low)
    return _WINGDINGS.get(low)


def _checkbox_state(checkbox: Element, shown: tuple[Inline, ...]) -> tuple[bool | None, str]:
    """State of a modern check box and the text typed into it. A mark typed over an unticked box counts as ticked;
    a box whose sign says the opposite of its state is undecided."""
    state_element = checkbox.find(f"{{{W14}}}checked")
    value = "0" if state_element is None else state_element.get(f"{{{W14}}}val") or "1"
    state = value.casefold() in ("1", "true", "on")
    ticks = {item.checked for item in shown if isinstance(item, Tick)}
    text = "".join(item.text for item in shown if isinstance(item, Text) and not item.struck).strip()
    own_signs = {
        chr(int(sign, 16))
        for name in ("checkedState", "uncheckedState")
        if (found := checkbox.find(f"{{{W14}}}{name}")) is not None
        and re.fullmatch(r"[0-9A-Fa-f]{4,5}", sign := found.get(f"{{{W14}}}val") or "")
    }
    if text in own_signs:
        text = ""
    if text.casefold() in ("x", "v"):
        return True, ""
    return (None if ticks == {not state} else state), text


@dataclass(frozen=True)
class _Look:
    """How a run looks, as far as it changes what it says."""

    font: str = ""
    struck: bool = False
    emphasised: bool = False


_PLAIN_LOOK: Final = _Look()


def _emphasised(properties: Element) -> bool:
    underline, marker = properties.find(_w("u")), properties.find(_w("highlight"))
    return (
        _on(properties.find(_w("b")))
        or (underline is not None and _value(underline) not in ("none", ""))
        or (marker is not None and _value(marker) not in ("none", ""))
    )


class _Line:
    """The inlines of one paragraph while they are collected."""

    def __init__(self, around: tuple[int, ...]) -> None:
        # A control around an empty paragraph must still be found, so it leaves an empty text.
        self._items: list[Inline] = [Text("", controls=around)] if around else []
        self.boxes: list[Element] = []

    @property
    def extent(self) -> tuple[int, int]:
        return len(self._items), len(self.boxes)

    def add(self, item: Inline) -> None:
        self._items.append(item)

    def text(self, text: str, controls: tuple[int, ...], look: _Look = _PLAIN_LOOK) -> None:
        if look.font and look.font.casefold().startswith("wingdings"):
            for char in text:
                self._symbol(look.font, ord(char), controls)
            return
        if not _MAY_BE_BOX.search(text):
            self._words(text, controls, look)
            return
        plain: list[str] = []
        for char in text:
            state = _symbol_box("", ord(char)) if "\uf000" <= char <= "\uf0ff" else _BOXES.get(char)
            if state is None:
                plain.append(char)
                continue
            self._words("".join(plain), controls, look)
            plain.clear()
            self._items.append(Tick(state, "znak", controls))
        self._words("".join(plain), controls, look)

    def _words(self, text: str, controls: tuple[int, ...], look: _Look) -> None:
        self._items.append(Text(text, look.struck, controls, text if look.emphasised else ""))

    def symbol(self, font: str, code: str, controls: tuple[int, ...]) -> None:
        if re.fullmatch(r"[0-9A-Fa-f]{1,5}", code):
            self._symbol(font, int(code, 16), controls)

    def _symbol(self, font: str, code: int, controls: tuple[int, ...]) -> None:
        state = _symbol_box(font, code) if "wingdings" in font.casefold() else None
        state = _BOXES.get(chr(code)) if state is None else state
        if state is not None:
            self._items.append(Tick(state, f"symbol {font}".strip(), controls))
        elif code < 0xF000 or code > 0xF0FF:
            self._items.append(Text(chr(code) if not 0xD800 <= code <= 0xDFFF else "", controls=controls))

    def inlines(self) -> tuple[Inline, ...]:
        """Neighbouring texts of one kind joined, boxes typed as ``[x]`` recognised."""
        if len(self._items) == 1 and isinstance(self._items[0], Text):
            return tuple(_typed_boxes(self._items[0]))
        joined: list[Inline] = []
        for kind, items in groupby(self._items, _kind):
            if kind is None:
                joined += items
            else:
                joined += _typed_boxes(_joined([item for item in items if isinstance(item, Text)]))
        return tuple(joined)


def _kind(item: Inline) -> tuple[bool, tuple[int, ...]] | None:
    return (item.struck, item.controls) if isinstance(item, Text) else None


def _joined(texts: Sequence[Text]) -> Text:
    """Texts of one kind as one; two emphasised pieces with plain ones between them stay two."""
    first = texts[0]
    if not any(one.emphasised for one in texts):
        return Text("".join([one.text for one in texts]), first.struck, first.controls) if len(texts) > 1 else first
    emphasised: list[str] = []
    touching = False
    for one in texts:
        if one.emphasised:
            emphasised += [one.emphasised] if touching or not emphasised else ["\n", one.emphasised]
        touching = bool(one.emphasised) if one.text else touching
    return replace(first, text="".join(one.text for one in texts), emphasised="".join(emphasised).strip("\n"))


def _typed_boxes(item: Text) -> Iterator[Inline]:
    if "[" not in item.text:
        yield item
        return
    position = 0
    for match in _TYPED_BOX.finditer(item.text):
        if match.start() > position:
            yield replace(item, text=item.text[position : match.start()])
        yield Tick(bool(match["mark"].strip(" \u00a0_")), "nawias", item.controls)
        position = match.end()
    if position < len(item.text) or position == 0:
        yield replace(item, text=item.text[position:])
