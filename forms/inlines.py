"""The inlines of one paragraph of a Word document, while they are collected run by run."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from forms.boxes import BOXES, MAY_BE_BOX, symbol_box, typed_boxes
from forms.document import Inline, Text, Tick
from forms.wordml import Element, is_on, val, w


@dataclass(frozen=True)
class Look:
    """How a run looks, as far as it changes what it says."""

    font: str = ""
    struck: bool = False
    emphasised: bool = False


PLAIN_LOOK: Final = Look()


def emphasised_by(properties: Element) -> bool:
    """Whether the properties of a run make it bold, underlined or highlighted."""
    underline, marker = properties.find(w("u")), properties.find(w("highlight"))
    return (
        is_on(properties.find(w("b")))
        or (underline is not None and val(underline) not in ("none", ""))
        or (marker is not None and val(marker) not in ("none", ""))
    )


class Line:
    """The inlines of one paragraph while they are collected."""

    def __init__(self, around: tuple[int, ...]) -> None:
        # A control around an empty paragraph must still be found, so it leaves an empty text.
        self._items: list[Inline] = [Text("", controls=around)] if around else []
        self.boxes: list[Element] = []

    @property
    def extent(self) -> tuple[int, int]:
        """How much was collected: it grows with all that shows anything."""
        return len(self._items), len(self.boxes)

    def add(self, item: Inline) -> None:
        """One inline as it is."""
        self._items.append(item)

    def text(self, text: str, controls: tuple[int, ...], look: Look = PLAIN_LOOK) -> None:
        """Text as it is written, with the boxes among its signs."""
        if look.font and look.font.casefold().startswith("wingdings"):
            for char in text:
                self._symbol(look.font, ord(char), controls)
            return
        if not MAY_BE_BOX.search(text):
            self._words(text, controls, look)
            return
        plain: list[str] = []
        for char in text:
            state = symbol_box("", ord(char)) if "\uf000" <= char <= "\uf0ff" else BOXES.get(char)
            if state is None:
                plain.append(char)
                continue
            self._words("".join(plain), controls, look)
            plain.clear()
            self._items.append(Tick(state, "znak", controls))
        self._words("".join(plain), controls, look)

    def _words(self, text: str, controls: tuple[int, ...], look: Look) -> None:
        self._items.append(Text(text, look.struck, controls, text if look.emphasised else ""))

    def symbol(self, font: str, code: str, controls: tuple[int, ...]) -> None:
        """A sign that is named by its font and its hexadecimal code there."""
        if re.fullmatch(r"[0-9A-Fa-f]{1,5}", code):
            self._symbol(font, int(code, 16), controls)

    def _symbol(self, font: str, code: int, controls: tuple[int, ...]) -> None:
        state = symbol_box(font, code) if "wingdings" in font.casefold() else None
        state = BOXES.get(chr(code)) if state is None else state
        if state is not None:
            self._items.append(Tick(state, f"symbol {font}".strip(), controls))
        elif code < 0xF000 or code > 0xF0FF:
            self._items.append(Text(chr(code) if not 0xD800 <= code <= 0xDFFF else "", controls=controls))

    def inlines(self) -> tuple[Inline, ...]:
        """Neighbouring texts of one kind joined, boxes typed as ``[x]`` recognised."""
        if len(self._items) == 1 and isinstance(self._items[0], Text):
            return tuple(typed_boxes(self._items[0]))
        joined: list[Inline] = []
        for kind, items in groupby(self._items, _kind):
            if kind is None:
                joined += items
            else:
                joined += typed_boxes(_joined([item for item in items if isinstance(item, Text)]))
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
