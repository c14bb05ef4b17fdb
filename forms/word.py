"""A Word document read into the tree of what a person sees in it.

No library reads a filled-in form whole: content controls, tracked insertions, text boxes and form fields are lost
without a word. This walker goes over the XML itself. It takes tracked insertions and leaves tracked deletions out,
leaves hidden text out, reads text boxes once, and says in ``remarks`` that it did.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from forms.boxes import checkbox_state
from forms.document import Block, Cell, Control, ControlKind, Document, Paragraph, Row, Table, Tick, paragraphs_of
from forms.inlines import PLAIN_LOOK, Line, Look, emphasised_by
from forms.package import Package, has_comments, heading_styles
from forms.safety import Parts, parts_of, refuse
from forms.wordml import MATH, MC, W14, W16SE, Element, child_of, is_on, texts_in, val, w
from models.errors import FormUnreadable

# What a form of many pages stays far below, as in :mod:`forms.package`. A filled-in form has 60 controls, and Word
# itself stops at 63 cells in a row.
_MOST_PARAGRAPHS: Final = 10_000
_MOST_CONTROLS: Final = 2_000
_MOST_CELLS_IN_ROW: Final = 100
_MOST_OPEN_FIELDS: Final = 30

_TRACKED: Final = "Dokument zawiera śledzone zmiany: odczytano tekst po zmianach, usunięty pominięto."
_HIDDEN: Final = "Dokument zawiera ukryty tekst; pominięto go."
_STRUCK: Final = "Dokument zawiera przekreślony tekst; nie uznano go za odpowiedź."
_EMBEDDED: Final = "Dokument zawiera wstawiony w całości inny dokument, którego treści nie odczytano."
_ACTIVEX: Final = "Dokument zawiera formanty ActiveX, których stanu nie odczytano."
_COMMENTS: Final = "Dokument zawiera komentarze; nie uznano ich za odpowiedzi."


def read_document(data: bytes) -> Document:
    """The tree of a document. Raises what :func:`document_in` raises."""
    return document_in(parts_of(data))


def document_in(parts: Parts) -> Document:
    """The tree of a document whose parts have passed :func:`forms.safety.unpacked`.

    Raises :class:`FormUnreadable` when the archive holds no Word document, its XML is broken, or there is so much of it
    that it cannot be a form.
    """
    package = Package(parts)
    main = package.main_part()
    root = package.xml(main)
    body = root.find(w("body"))
    if root.tag != w("document") or body is None:
        raise FormUnreadable("not_word", "Plik nie zawiera dokumentu Worda.")
    related = package.related(main)
    walker = _Walker(heading_styles(package, related))
    blocks = walker.part(body, _Place("", "body"))
    margins: list[Block] = []
    for kind, name, label in (("header", "hdr", "nagłówek strony"), ("footer", "ftr", "stopka strony")):
        for target in related.get(kind, ()):
            margins += walker.part(package.xml(target), _Place(label, name))
    if has_comments(package, related):
        walker.remarks[_COMMENTS] = None
    return Document(
        blocks=tuple(blocks),
        margins=tuple(paragraphs_of(margins)),
        controls=tuple(walker.controls),
        title=package.title(),
        properties=package.properties(),
        remarks=tuple(walker.remarks),
    )


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
_P, _R, _T, _TBL, _TR, _TC, _SDT, _FIELD_MARK = map(w, ("p", "r", "t", "tbl", "tr", "tc", "sdt", "fldChar"))
_PPR, _RPR, _SDT_PR, _SDT_CONTENT, _PSTYLE, _FONTS = map(w, ("pPr", "rPr", "sdtPr", "sdtContent", "pStyle", "rFonts"))
_SYMBOL, _ALT_CHUNK = map(w, ("sym", "altChunk"))
_PICTURES: Final = frozenset(map(w, ("drawing", "pict", "object")))
_CHOICE, _FALLBACK = f"{{{MC}}}Choice", f"{{{MC}}}Fallback"
_CHECKBOX: Final = f"{{{W14}}}checkbox"
_TEXT_BOX: Final = w("txbxContent")
_ROW_PR, _ROW_DELETED, _CELL_PR, _GRID_SPAN = map(w, ("trPr", "del", "tcPr", "gridSpan"))
_ASCII_FONT, _ANSI_FONT = w("ascii"), w("hAnsi")
_TELLING_LOOKS: Final = tuple(map(w, ("vanish", "strike", "dstrike", "b", "u", "highlight", "rFonts")))
"""Properties of a run that change what is read: hidden, struck out, emphasised, or in a font of symbols."""
_DELETED: Final = frozenset({w("del"), w("moveFrom")})
_INSERTED: Final = frozenset({w("ins"), w("moveTo")})
_NO_CONTENT: Final = frozenset(
    w(name)
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
_SPACING: Final = {
    w("tab"): "\t", w("ptab"): "\t", w("br"): "\n", w("cr"): "\n", w("noBreakHyphen"): "-",
}  # fmt: skip


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
            content = child_of(element, _SDT_CONTENT)
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
            if any(child_of(properties, _ROW_DELETED) is not None for properties in child.iterchildren(_ROW_PR)):
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
            properties = child_of(child, _CELL_PR)
            span = "" if properties is None else val(child_of(properties, _GRID_SPAN))
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
        line = Line(around)
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

    def _inline(self, parent: Element, line: Line, around: tuple[int, ...]) -> None:
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

    def _inline_control(self, sdt: Element, line: Line, around: tuple[int, ...]) -> None:
        control = self._content_control(sdt)
        inner = (*around, control.number)
        line.text("", inner)
        content = child_of(sdt, _SDT_CONTENT)
        if control.kind != ControlKind.CHECKBOX:
            if content is not None:
                self._inline(content, line, inner)
            return
        shown = Line(())
        if content is not None:
            self._inline(content, shown, ())
        checkbox = sdt.find(f"{_SDT_PR}/{_CHECKBOX}")
        if checkbox is not None:
            state, rest = checkbox_state(checkbox, shown.inlines())
            line.add(Tick(state, "w14:checkbox", inner))
            line.text(rest, inner)

    def _run(self, run: Element, line: Line, around: tuple[int, ...]) -> None:
        properties = child_of(run, _RPR) if run in self._special else None
        if properties is None:
            self._run_content(run, line, around, PLAIN_LOOK)
            return
        if is_on(properties.find(w("vanish"))):
            if any(text.strip() for text in texts_in(run)):
                self.remarks[_HIDDEN] = None
            # Marks of fields may be hidden with the rest and must still be counted.
            for mark in run.iterfind(_FIELD_MARK):
                self._field_mark(mark, Line(()), around)
            return
        struck = is_on(properties.find(w("strike"))) or is_on(properties.find(w("dstrike")))
        fonts = properties.find(_FONTS)
        font = "" if fonts is None else fonts.get(_ASCII_FONT) or fonts.get(_ANSI_FONT) or ""
        self._run_content(run, line, around, Look(font, struck, emphasised_by(properties)))

    def _run_content(self, run: Element, line: Line, around: tuple[int, ...], look: Look) -> None:
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
                line.symbol(child.get(w("font")) or "", child.get(w("char")) or "", inside)
            elif tag == _SYMBOL_EX:
                line.symbol(child.get(f"{{{W16SE}}}font") or "", child.get(f"{{{W16SE}}}char") or "", inside)
            elif tag == _ALTERNATIVES:
                self._alternatives(child, line, around, look)
            elif tag in _PICTURES:
                if child.find(f".//{w('control')}") is not None:
                    self.remarks[_ACTIVEX] = None
                line.boxes += _text_boxes(child)

    def _alternatives(self, element: Element, line: Line, around: tuple[int, ...], look: Look) -> None:
        """The first way of showing something that shows anything: the others repeat it."""
        for way in element:
            before = line.extent
            self._run_content(way, line, around, look)
            if line.extent != before:
                return

    def _field_mark(self, mark: Element, line: Line, around: tuple[int, ...]) -> None:
        kind = mark.get(w("fldCharType"))
        if kind == "begin":
            if len(self._fields) == _MOST_OPEN_FIELDS:
                refuse("too_complex")
            self._fields.append(self._form_field(mark.find(w("ffData")), line, around))
        elif kind == "separate" and self._fields:
            self._fields[-1].shows = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _form_field(self, data: Element | None, line: Line, around: tuple[int, ...]) -> _FieldState:
        if data is None:
            return _FieldState(None)
        name = val(data.find(w("name")))
        box, choices = data.find(w("checkBox")), data.find(w("ddList"))
        if box is not None:
            control = self._add(ControlKind.LEGACY_CHECKBOX, tag=name)
            state = box.find(w("checked"))
            line.add(
                Tick(is_on(box.find(w("default")) if state is None else state), "FORMCHECKBOX", (*around, control))
            )
            return _FieldState(control)
        if choices is not None:
            options = tuple(val(entry) for entry in choices.iterfind(w("listEntry")))
            control = self._add(ControlKind.LEGACY_DROPDOWN, tag=name, options=options)
            chosen = val(choices.find(w("result"))) or val(choices.find(w("default"))) or "0"
            number = _small_number(chosen)
            if number is not None and number < len(options):
                line.text(options[number], (*around, control))
            return _FieldState(control)
        control = self._add(ControlKind.LEGACY_TEXT, tag=name)
        line.text("", (*around, control))
        return _FieldState(control)

    def _content_control(self, sdt: Element) -> Control:
        properties = child_of(sdt, _SDT_PR)
        if properties is None:
            return self.controls[self._add(ControlKind.OTHER)]
        own: dict[object, Element] = {}
        for child in properties:
            own.setdefault(child.tag, child)
        date = own.get(w("date"))
        choices = own.get(w("dropDownList"), own.get(w("comboBox")))
        options: tuple[str, ...] = ()
        if _CHECKBOX in own:
            kind = ControlKind.CHECKBOX
        elif date is not None:
            kind = ControlKind.DATE
        elif choices is not None:
            kind = ControlKind.DROPDOWN
            options = tuple(
                item.get(w("displayText")) or item.get(w("value")) or "" for item in choices.iterfind(w("listItem"))
            )
        else:
            kind = ControlKind.TEXT
        number = self._add(
            kind,
            tag=val(own.get(w("tag"))),
            alias=val(own.get(w("alias"))),
            placeholder=is_on(own.get(w("showingPlcHdr"))),
            date="" if date is None else (date.get(w("fullDate")) or "")[:10],
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
        if val(style) in headings:
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
