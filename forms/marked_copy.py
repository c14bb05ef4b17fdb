"""The applicant's own document, to be sent back for correction: the places asked about marked, the numbers hidden.

Only what has to change is changed. A marked cell gets a yellow ground and, where it had no lines of its own, a frame
(for those who print it in grey); no word is added, so the copy reads back as the original did. PESEL and account
numbers are hidden wherever they stand, also split over runs, in tracked deletions, comments and properties. A custom
property carries the token by which the answer is recognised. Every other part stays as it was, byte for byte.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from lxml import etree

from forms.safety import preflight, read_part
from models.errors import FormUnreadable
from models.masking import masked, places, still_open

Element: TypeAlias = etree._Element

MOST_XML: Final = 3 * 1024 * 1024
"""Bytes of XML in a document that is copied: ten times a long form. Every sign of it is held in memory by itself."""
_PARSED: Final = (".xml", ".rels", ".vml", ".svg")

APPLICATION_PROPERTY: Final = "nabor_application"
"""Name of the custom property that holds the token of the application the copy belongs to."""

FILL: Final = "FFF3A3"
LINE: Final = "BF5B04"
"""The colours of our marks: also how a mark of an earlier request is known, and taken away."""

_MAIN: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_CONTENT_TYPES: Final = "[Content_Types].xml"
_CT: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_CUSTOM: Final = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VT: Final = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_CUSTOM_TYPE: Final = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_CUSTOM_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_PROPERTY_PARTS: Final = ("docProps/custom.xml", "docProps/custom_nabor.xml")
_FORMAT_ID: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""The set of properties that belongs to the user of a document (MS-OLEPS 2.21)."""
_WITHOUT_TEXT: Final = frozenset(
    ("jpeg", "jpg", "jpe", "png", "gif", "bmp", "tif", "tiff", "emf", "wmf", "wdp", "ttf", "odttf", "otf", "bin")
)
"""Endings of parts that hold pictures, fonts or the settings of a printer."""
_TEXT: Final = frozenset({"t", "delText", "instrText", "delInstrText"})
_BREAKS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "p": "\n"}


def marked_copy(original: bytes, *, asked: Iterable[str], numbers: Collection[str], token: str) -> bytes:
    """A copy of a .docx with the places ``asked`` (paths of the reader) marked and ``numbers`` hidden.

    A path that leads nowhere marks nothing. Raises :class:`FormUnreadable` for whatever cannot be copied without
    doubt: no plain .docx, macros, a part in which a number could hide unseen.
    """
    preflight(original)
    try:
        with zipfile.ZipFile(io.BytesIO(original)) as archive:
            parts = [(info, read_part(archive, info.filename)) for info in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise FormUnreadable("no_copy", _NO_COPY) from error
    contents = {info.filename: content for info, content in parts}
    if sum(len(content) for name, content in contents.items() if name.casefold().endswith(_PARSED)) > MOST_XML:
        raise FormUnreadable("no_copy", _NO_COPY)
    main = _main_part(contents)
    changed = {
        name: body
        for name, content in contents.items()
        if (body := _without_numbers(name, content, numbers)) is not None
    }
    changed |= _marked(main, contents | changed, tuple(asked))
    changed |= _tokened(contents | changed, token)
    gone = _previews(contents | changed, changed)
    return _written(parts, changed, gone)


_NO_COPY: Final = "Z tego pliku nie da się zrobić bezpiecznej kopii; kandydat dostaje czysty formularz."


def _parsed(content: bytes) -> Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FormUnreadable("no_copy", _NO_COPY) from error


def _bytes(root: Element) -> bytes:
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)


def _local(element: Element) -> str:
    """The name without its namespace (Word's *strict* documents use others); empty for comments and the like."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _main_part(contents: Mapping[str, bytes]) -> str:
    """The main part of a plain .docx. A template or a document with macros would not open under that name."""
    for target in _targets(contents, "officeDocument"):
        types = _parsed(contents[_CONTENT_TYPES])
        for override in types.iterfind(f"{{{_CT}}}Override"):
            same = (override.get("PartName") or "").lstrip("/").casefold() == target.casefold()
            if same and override.get("ContentType") == _MAIN and target in contents:
                return target
    raise FormUnreadable("no_copy", _NO_COPY)


def _targets(contents: Mapping[str, bytes], kind: str) -> list[str]:
    found = []
    for relationship in _parsed(contents.get("_rels/.rels", b"<none/>")):
        if isinstance(relationship.tag, str) and (relationship.get("Type") or "").rpartition("/")[2] == kind:
            found.append(posixpath.normpath(posixpath.join("/", relationship.get("Target") or "")).lstrip("/"))
    return found


def _written(parts: list[tuple[zipfile.ZipInfo, bytes]], changed: Mapping[str, bytes], gone: Collection[str]) -> bytes:
    target = io.BytesIO()
    known = {info.filename for info, _ in parts}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in parts:
            if info.filename not in gone:
                kept = zipfile.ZipInfo(info.filename, info.date_time)
                kept.compress_type, kept.external_attr = info.compress_type, info.external_attr
                archive.writestr(kept, changed.get(info.filename, content))
        for name in sorted(changed.keys() - known):
            added = zipfile.ZipInfo(name, parts[0][0].date_time)
            added.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(added, changed[name])
    return target.getvalue()


# --- hiding numbers --------------------------------------------------------------------------------------------------


def _without_numbers(name: str, content: bytes, numbers: Collection[str]) -> bytes | None:
    """The part with its numbers hidden; ``None`` when there is none. Refuses a part in which one might be unseen."""
    suffix = name.rpartition(".")[2].casefold()
    if still_open(name, numbers):
        raise FormUnreadable("no_copy", _NO_COPY)
    if f".{suffix}" not in _PARSED:
        if name.endswith("/"):
            return None
        seen = any(number.encode(code) in content for number in numbers for code in ("ascii", "utf-16-le"))
        if suffix not in _WITHOUT_TEXT or seen:
            raise FormUnreadable("no_copy", _NO_COPY)
        return None
    root = _parsed(content)
    touched = _hide_in_text(root, numbers)
    for element in root.iter():
        touched |= _hide_in_rest(element, numbers, relationships=suffix == "rels")
    left = "".join(str(text) for text in root.itertext())
    if still_open(left, numbers):
        raise FormUnreadable("no_copy", _NO_COPY)
    return _bytes(root) if touched else None


def _hide_in_text(root: Element, numbers: Collection[str]) -> bool:
    """Hides numbers in the running text, which is cut into runs at any place."""
    signs: list[str] = []
    owners: list[Element | None] = []
    for element in root.iter():
        name = _local(element)
        if name in _BREAKS:
            signs.append(_BREAKS[name])
            owners.append(None)
        elif name in _TEXT and element.text:
            signs += element.text
            owners += [element] * len(element.text)
    hidden = places("".join(signs), numbers)
    if not hidden:
        return False
    for position in hidden:
        signs[position] = "x"
    texts: dict[Element, list[str]] = {}
    for sign, owner in zip(signs, owners, strict=True):
        if owner is not None:
            texts.setdefault(owner, []).append(sign)
    for owner, letters in texts.items():
        owner.text = "".join(letters)
    return True


def _hide_in_rest(element: Element, numbers: Collection[str], *, relationships: bool) -> bool:
    """Hides numbers in every other text and in attributes: titles, defaults of fields, values behind controls."""
    touched = False
    if _local(element) not in _TEXT and element.text and (hidden := masked(element.text, numbers)) != element.text:
        element.text, touched = hidden, True
    if element.tail and (hidden := masked(element.tail, numbers)) != element.tail:
        element.tail, touched = hidden, True
    if not isinstance(element.tag, str) or (relationships and element.get("TargetMode") != "External"):
        return touched
    for name, value in element.attrib.items():
        if still_open(str(value), numbers):
            hidden = masked(str(value), numbers)
            if still_open(hidden, numbers):
                raise FormUnreadable("no_copy", _NO_COPY)
            element.set(name, hidden)
            touched = True
    return touched


def _previews(contents: Mapping[str, bytes], changed: dict[str, bytes]) -> frozenset[str]:
    """The little picture of the first page that Word keeps shows the numbers, too: it stays out."""
    pictures = frozenset(_targets(contents, "thumbnail")) & contents.keys()
    if pictures:
        root = _parsed(contents["_rels/.rels"])
        for relationship in list(root):
            if isinstance(relationship.tag, str) and (relationship.get("Type") or "").endswith("/thumbnail"):
                root.remove(relationship)
        changed["_rels/.rels"] = _bytes(root)
    return pictures


# --- marking places --------------------------------------------------------------------------------------------------

_STEP: Final = re.compile(r"(p|tbl|tr|tc|txbx)\[([1-9][0-9]{0,6})\]")
_SKIPPED: Final = frozenset(
    (
        *("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr"),
        *("instrText", "delText", "del", "moveFrom", "altChunk"),
    )
)


def _marked(main: str, contents: Mapping[str, bytes], asked: tuple[str, ...]) -> dict[str, bytes]:
    root = _parsed(contents[main])
    body = next((child for child in root if _local(child) == "body"), None)
    if body is None:
        raise FormUnreadable("no_copy", _NO_COPY)
    touched = _unmark(root)
    for path in asked:
        place = _find(body, path)
        if place is not None:
            _mark(place)
            touched = True
    return {main: _bytes(root)} if touched else {}


def _find(body: Element, path: str) -> Element | None:
    """The element at a path of the reader (``body/tbl[2]/tr[5]/tc[2]``), counted as the reader counts."""
    first, *steps = path.split("/")
    if first != "body" or not steps:
        return None
    here = body
    for step in steps:
        parsed = _STEP.fullmatch(step)
        if parsed is None:
            return None
        kind, number = parsed[1], int(parsed[2])
        siblings = _text_boxes(here) if kind == "txbx" else [one for one in _inner(here) if _local(one) == kind]
        if number > len(siblings):
            return None
        here = siblings[number - 1]
    return here if _local(here) in ("p", "tc") else None


def _inner(parent: Element) -> Iterator[Element]:
    """Paragraphs, tables, rows and cells of a parent, through whatever is wrapped around them."""
    for child in parent:
        name = _local(child)
        if name in ("p", "tbl", "tr", "tc"):
            if not (name == "tr" and child.find("{*}trPr/{*}del") is not None):
                yield child
        elif name == "sdt":
            content = child.find("{*}sdtContent")
            if content is not None:
                yield from _inner(content)
        elif name == "AlternateContent":
            chosen = child.find("{*}Choice")
            chosen = child.find("{*}Fallback") if chosen is None else chosen
            if chosen is not None:
                yield from _inner(chosen)
        elif name and name not in _SKIPPED:
            yield from _inner(child)


def _text_boxes(element: Element) -> list[Element]:
    """Text boxes anchored in a paragraph, each once although it is drawn in two ways."""
    found: list[Element] = []
    for child in element:
        name = _local(child)
        if name == "txbxContent":
            found.append(child)
        elif name == "AlternateContent":
            found += next((boxes for way in child if (boxes := _text_boxes(way))), [])
        elif name not in ("del", "moveFrom"):
            found += _text_boxes(child)
    return found


def _mark(place: Element) -> None:
    """A ground and a frame: on the whole cell when the paragraph is all there is in it."""
    parent = place.getparent()
    if _local(place) == "p" and parent is not None and _alone_in_cell(place):
        place = next(one for one in place.iterancestors() if _local(one) == "tc")
    cell = _local(place) == "tc"
    properties = _first(place, "tcPr" if cell else "pPr")
    order = _CELL_ORDER if cell else _PARAGRAPH_ORDER
    frame = "tcBorders" if cell else "pBdr"
    name = _namer(place)
    old = properties.find("{*}shd")
    if old is not None:
        properties.remove(old)
    _put(properties, _with(name, "shd", val="clear", color="auto", fill=FILL), order)
    if properties.find(f"{{*}}{frame}") is None:
        lines = etree.Element(name(frame))
        for side in ("top", "left", "bottom", "right"):
            space = {} if cell else {"space": "1"}
            lines.append(_with(name, side, val="single", sz="12", color=LINE, **space))
        _put(properties, lines, order)


def _alone_in_cell(paragraph: Element) -> bool:
    cell = next((one for one in paragraph.iterancestors() if _local(one) in ("tc", "txbxContent")), None)
    if cell is None or _local(cell) != "tc":
        return False
    return [one for one in _inner(cell) if _local(one) in ("p", "tbl")] == [paragraph]


def _unmark(root: Element) -> bool:
    """Takes away the marks of an earlier request, which the answer came back with."""
    ours = [one for one in root.iter("{*}shd") if _attribute(one, "fill") == FILL]
    for shade in ours:
        properties = shade.getparent()
        assert properties is not None
        properties.remove(shade)
        for frame in [*properties.iterfind("{*}tcBorders"), *properties.iterfind("{*}pBdr")]:
            if len(frame) and all(_attribute(line, "color") == LINE for line in frame):
                properties.remove(frame)
    return bool(ours)


def _attribute(element: Element, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if etree.QName(key).localname == name), "")


def _namer(element: Element) -> Callable[[str], str]:
    namespace = etree.QName(element).namespace
    return lambda name: f"{{{namespace}}}{name}"


def _with(name: Callable[[str], str], tag: str, **attributes: str) -> Element:
    element = etree.Element(name(tag))
    for key, value in attributes.items():
        element.set(name(key), value)
    return element


def _first(parent: Element, tag: str) -> Element:
    """The properties of an element, which stand first in it."""
    known = parent.find(f"{{*}}{tag}")
    if known is None:
        known = etree.Element(_namer(parent)(tag))
        parent.insert(0, known)
    return known


# The order that the schema demands (ECMA-376 part 1, CT_TcPrBase and CT_PPrBase), as far as something may stand before.
_CELL_ORDER: Final = (
    "cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd",
)  # fmt: skip
_PARAGRAPH_ORDER: Final = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "suppressLineNumbers",
    "pBdr", "shd",
)  # fmt: skip


def _put(properties: Element, element: Element, order: tuple[str, ...]) -> None:
    before = order[: order.index(_local(element))]
    position = max((index + 1 for index, one in enumerate(properties) if _local(one) in before), default=0)
    properties.insert(position, element)


# --- the token -------------------------------------------------------------------------------------------------------


def _tokened(contents: Mapping[str, bytes], token: str) -> dict[str, bytes]:
    """The parts that change when the custom property is set; Word and LibreOffice keep it when they save."""
    known = [part for part in _targets(contents, "custom-properties") if part in contents]
    if known:
        return {known[0]: _with_property(contents[known[0]], token)}
    free_names = [name for name in _PROPERTY_PARTS if name.casefold() not in _cased(contents)]
    if not free_names:
        raise FormUnreadable("no_copy", _NO_COPY)
    part = free_names[0]
    empty = f'<Properties xmlns="{_CUSTOM}" xmlns:vt="{_VT}"/>'.encode()
    relations = _parsed(contents["_rels/.rels"])
    used = {relation.get("Id") for relation in relations if isinstance(relation.tag, str)}
    free = next(f"rIdNabor{number}" for number in range(1, len(used) + 2) if f"rIdNabor{number}" not in used)
    etree.SubElement(relations, f"{{{_RELS}}}Relationship", {"Id": free, "Type": _CUSTOM_REL, "Target": part})
    types = _parsed(contents[_CONTENT_TYPES])
    etree.SubElement(types, f"{{{_CT}}}Override", {"PartName": f"/{part}", "ContentType": _CUSTOM_TYPE})
    return {part: _with_property(empty, token), "_rels/.rels": _bytes(relations), _CONTENT_TYPES: _bytes(types)}


def _cased(contents: Mapping[str, bytes]) -> frozenset[str]:
    return frozenset(name.casefold() for name in contents)


def _with_property(content: bytes, token: str) -> bytes:
    root = _parsed(content)
    namespace = etree.QName(root).namespace
    values = next((uri for uri in root.nsmap.values() if uri and uri.endswith("docPropsVTypes")), _VT)
    for known in [one for one in root if isinstance(one.tag, str) and one.get("name") == APPLICATION_PROPERTY]:
        root.remove(known)
    numbers = [
        int(one.get("pid") or "1") for one in root if isinstance(one.tag, str) and (one.get("pid") or "").isdigit()
    ]
    entry = etree.SubElement(
        root,
        f"{{{namespace}}}property",
        {"fmtid": _FORMAT_ID, "pid": str(max(numbers, default=1) + 1), "name": APPLICATION_PROPERTY},
    )
    etree.SubElement(entry, f"{{{values}}}lpwstr").text = token
    return _bytes(root)
