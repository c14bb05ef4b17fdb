"""How WordprocessingML spells things: its namespaces, the names of its elements, a value, a toggle."""

from collections.abc import Iterator
from functools import cache
from typing import Final, TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element

W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14: Final = "http://schemas.microsoft.com/office/word/2010/wordml"
W16SE: Final = "http://schemas.microsoft.com/office/word/2015/wordml/symex"
MC: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
MATH: Final = "http://schemas.openxmlformats.org/officeDocument/2006/math"


@cache
def w(name: str) -> str:
    """The full name of an element or attribute."""
    return f"{{{W}}}{name}"


_VAL: Final = w("val")


def val(element: Element | None) -> str:
    """Its ``w:val``, in which the format keeps most values; empty when there is none."""
    return "" if element is None else element.get(_VAL) or ""


def child_of(parent: Element, tag: str) -> Element | None:
    """The first child of this name: ``find`` takes several times as long, for it could follow a path."""
    return next(parent.iterchildren(tag), None)


def is_on(element: Element | None) -> bool:
    """A toggle: there without a value means on (ECMA-376 part 1, 17.17.4)."""
    return element is not None and (element.get(_VAL) or "true").casefold() in ("true", "1", "on")


def texts_in(element: Element) -> Iterator[str]:
    """All text within, whatever it is."""
    for text in element.itertext():
        yield str(text)
