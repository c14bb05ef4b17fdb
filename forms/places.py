"""A place of a document that may hold an answer, how it was found, and how sure that makes the answer."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from forms.document import Block, Cell, Paragraph
from forms.gathering import SIMILAR, Found, Gathered

BY_CONTROL: Final = "pole formularza"
BY_TITLE: Final = "pole formularza o tym tytule"
BESIDE_LABEL: Final = "komórka obok etykiety"
BELOW_LABEL: Final = "komórka pod etykietą"
AFTER_LABEL: Final = "tekst po etykiecie"
UNDER_LABEL: Final = "tekst pod etykietą, w jej komórce"
NEXT_PARAGRAPH: Final = "akapit pod etykietą"
SEVERAL_LINES: Final = "kilka akapitów pod etykietą"

_CERTAINTY: Final = {
    BY_CONTROL: 100,
    BY_TITLE: 90,
    BESIDE_LABEL: 95,
    BELOW_LABEL: 85,
    AFTER_LABEL: 90,
    UNDER_LABEL: 75,
    NEXT_PARAGRAPH: 70,
    SEVERAL_LINES: 70,
}
IN_ITS_PLACE: Final = frozenset({BY_CONTROL, BY_TITLE, BESIDE_LABEL, BELOW_LABEL})

SUGGESTED: Final = 75
"""A label that is spelt otherwise than in the form makes no answer surer than this."""

Container: TypeAlias = Cell | Paragraph
"""The smallest thing that holds an answer: a cell of a table, or a paragraph outside of tables."""

LETTER: Final = re.compile(r"[^\W_]")
WRITTEN: Final = re.compile(r"[^\s.…_]")
"""Anything but the dots and lines of a blank form."""
FILLER: Final = re.compile(r"[.…_]{3,}|…")


def found_at(
    gathered: Gathered,
    container: Container,
    method: str,
    *,
    unclear: bool = False,
    likeness: int = 100,
    clear: bool = False,
) -> Found:
    """What was gathered, as an answer found in this place by this method. ``likeness`` is that of its label, in %."""
    certainty = _CERTAINTY[method]
    if likeness < 100:
        method = f"{SIMILAR} ({likeness} %)"
        certainty = min(certainty, likeness, SUGGESTED)
    return Found(
        gathered.text,
        gathered.marks,
        container.place,
        container.path,
        method,
        certainty,
        gathered.date,
        unclear,
        likeness,
        clear,
    )


def containers(blocks: Iterable[Block]) -> Iterator[Container]:
    """Every place of these blocks that may hold an answer, in reading order."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
            continue
        for row in block.rows:
            for cell in row.cells:
                yield cell
                if len(cell.own_paragraphs) == len(cell.blocks):
                    continue
                yield from (inner for inner in containers(cell.blocks) if not isinstance(inner, Paragraph))


def has_words(cell: Cell) -> bool:
    """Whether anything is written in a cell, printed words of the form too."""
    return any(paragraph.text.strip() for paragraph in cell.paragraphs)


def has_tick(container: Container) -> bool:
    """Whether a box stands in a place, ticked or not."""
    return any(paragraph.boxed for paragraph in container.own_paragraphs)


def has_answer(paragraph: Paragraph) -> bool:
    """Whether more stands in a paragraph than the dots and lines of a blank form."""
    return bool(WRITTEN.search(paragraph.text)) or has_tick(paragraph)
