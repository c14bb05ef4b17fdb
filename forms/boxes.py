"""What is a box in a Word document, and whether it is ticked: signs, symbols of a font, check boxes, typed ``[x]``."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from forms.document import Inline, Text, Tick
from forms.wordml import W14, Element

BOXES: Final[dict[str, bool]] = {
    **dict.fromkeys("☐□◻❏❐❑❒⬜▢", False),
    **dict.fromkeys("☑☒■◼⬛✓✔✗✘🗹🗷✅❎", True),
}
MAY_BE_BOX: Final = re.compile(f"[{''.join(BOXES)}\uf000-\uf0ff]")
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


def symbol_box(font: str, code: int) -> bool | None:
    """Whether a character of a symbol font is a ticked or an empty box; ``None`` for any other sign."""
    low = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    if font.strip().casefold().startswith("wingdings 2"):
        return _WINGDINGS_2.get(low)
    return _WINGDINGS.get(low)


def checkbox_state(checkbox: Element, shown: tuple[Inline, ...]) -> tuple[bool | None, str]:
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


def typed_boxes(item: Text) -> Iterator[Inline]:
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
