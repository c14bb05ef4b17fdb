"""The parts of a .docx archive, found by their relationships as the format demands.

A part is parsed here and nowhere else, and refused when it is broken or there is more of it than any form has.
"""

import posixpath
from collections.abc import Mapping
from typing import Final

from lxml import etree

from forms.safety import Parts, refuse
from forms.wordml import MATH, Element, W, texts_in, val, w
from models.errors import FormUnreadable

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
_STRICT_MARK: Final = b"http://purl.oclc.org/ooxml/"

# What a form of many pages stays far below, and what keeps every later step within a second or two. A filled-in form
# has 80 kB of XML, 4,000 tags and 10,000 letters.
_MOST_BYTES: Final = 5 * 1024 * 1024
_MOST_TAGS: Final = 200_000
_MOST_LETTERS: Final = 300_000

_PARSER: Final = etree.XMLParser(
    encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
)
_LETTERS: Final = etree.XPath("string-length(.)")
_OUTLINE: Final = f"{w('pPr')}/{w('outlineLvl')}"


class Package:
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
        """The name of the document's own part. Raises ``FormUnreadable`` when there is none."""
        targets = self._relationships("_rels/.rels", "").get("officeDocument", ())
        if not targets:
            raise FormUnreadable("not_word", "Plik nie zawiera dokumentu Worda.")
        return targets[0]

    def related(self, part: str) -> dict[str, tuple[str, ...]]:
        """The parts that a part points to, by kind of relationship."""
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
        """The title among the properties of the document."""
        for part in self._relationships("_rels/.rels", "").get("core-properties", ()):
            if part.casefold() in self._names:
                return (self.xml(part).findtext("{http://purl.org/dc/elements/1.1/}title") or "").strip()
        return ""

    def properties(self) -> dict[str, str]:
        """The custom properties of the document, by name."""
        for part in self._relationships("_rels/.rels", "").get("custom-properties", ()):
            if part.casefold() in self._names:
                return {item.get("name") or "": "".join(texts_in(item)).strip() for item in self.xml(part)}
        return {}

    def has(self, part: str) -> bool:
        """Whether the archive holds this part."""
        return part.casefold() in self._names


def heading_styles(package: Package, related: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Ids of the paragraph styles that make a heading or a title, whatever language Word named them in."""
    found: set[str] = set()
    for part in related.get("styles", ())[:1]:
        if not package.has(part):
            continue
        for style in package.xml(part).iterfind(w("style")):
            name = val(style.find(w("name"))).casefold()
            if name.startswith(("heading", "title", "subtitle")) or style.find(_OUTLINE) is not None:
                found.add(style.get(w("styleId")) or "")
    return frozenset(found)


def has_comments(package: Package, related: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether somebody wrote comments beside the text."""
    return any(
        package.has(part) and package.xml(part).find(w("comment")) is not None for part in related.get("comments", ())
    )
