"""Answers that are not one place each, and lines that stand before the form and only look like its answers.

Postcode and town may be asked for together. A long answer may go on in a row that somebody added under it. A
letterhead may hold an e-mail address and a telephone number; both are the institution's, not the candidate's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from forms.document import Block, Cell, Document, Paragraph, Row, Table
from forms.gathering import Found, is_answered
from forms.labels import Labels, plain
from forms.leftovers import SHOWN_TO_PEOPLE
from models.form_definition import Leaf, LeafType

__all__ = ["continued_below", "in_two", "without_letterhead"]

_GOES_ON: Final = re.compile(r"(?:c d|cd|ciag dalszy|ciag dalszy odpowiedzi|dokonczenie)?")
"""How a row is headed, in plain words, that goes on with the answer above it; often not at all."""
_IN_WORDS: Final = frozenset({LeafType.TEXT, LeafType.LONG_TEXT})


def continued_below(
    document: Document, labels: Labels, found: Mapping[str, tuple[Found, ...]], left: Sequence[Paragraph]
) -> tuple[dict[str, tuple[Found, ...]], tuple[Paragraph, ...]]:
    """The places with answers joined that go on in the next row, and the paragraphs which that settles.

    Only words go on, and only where the row above answers one question. The answer is then less certain, so that
    somebody looks; a number or a choice with something under it is left alone."""
    joined = dict(found)
    settled: list[Paragraph] = []
    unread = {paragraph.path: paragraph for paragraph in left}
    first: dict[str, frozenset[str]] = {}
    for above, row in _neighbours(document.blocks):
        more = _goes_on(row, unread)
        if not more:
            continue
        paths = first.get(above.cells[0].path, frozenset(cell.path for cell in above.cells))
        keys = {key for key, places in joined.items() for place in places if place.path in paths}
        if len(keys) != 1 or labels.form.leaf(key := next(iter(keys))).type not in _IN_WORDS:
            continue
        text = "\n".join(paragraph.text for paragraph in more)
        joined[key] = tuple(
            replace(place, text=f"{place.text}\n{text}".strip(), certainty=min(place.certainty, SHOWN_TO_PEOPLE))
            if place.path in paths
            else place
            for place in joined[key]
        )
        first[row.cells[0].path] = paths
        settled += more
    return joined, tuple(settled)


def _neighbours(blocks: Iterable[Block]) -> Iterator[tuple[Row, Row]]:
    """Every row of a table with the one above it."""
    for block in blocks:
        if isinstance(block, Table):
            yield from zip(block.rows, block.rows[1:], strict=False)
            for row in block.rows:
                for cell in row.cells:
                    yield from _neighbours(cell.blocks)


def _goes_on(row: Row, unread: Mapping[str, Paragraph]) -> tuple[Paragraph, ...]:
    """The unread words of a row that has no label of its own."""
    if len(row.cells) != 2 or not _GOES_ON.fullmatch(_words(row.cells[0])):
        return ()
    written = tuple(paragraph for paragraph in row.cells[1].paragraphs if plain(paragraph.text))
    return written if written and all(paragraph.path in unread for paragraph in written) else ()


def _words(cell: Cell) -> str:
    return plain(" ".join(paragraph.text for paragraph in cell.paragraphs))


# --- two answers in one place ----------------------------------------------------------------------------------------


def in_two(leaves: Sequence[Leaf], text: str) -> tuple[str, ...]:
    """The words that answer each of two questions asked for together; empty where they cannot be told apart. Only a
    postcode and its town can: „63-840 Krobia”."""
    if [leaf.type for leaf in leaves] != [LeafType.POSTCODE, LeafType.TEXT]:
        return ()
    match = _CODE_AND_TOWN.fullmatch(text) or _TOWN_AND_CODE.fullmatch(text)
    return (match["code"], match["town"].strip()) if match else ()


_CODE_AND_TOWN: Final = re.compile(r"\s*(?P<code>\d\d ?-? ?\d{3})[\s,;/]+(?P<town>[^\W\d][^\d\n]*)")
_TOWN_AND_CODE: Final = re.compile(r"\s*(?P<town>[^\W\d][^\d\n]*?)[\s,;/]+(?P<code>\d\d ?-? ?\d{3})\s*")

# --- before the form -------------------------------------------------------------------------------------------------


def without_letterhead(
    document: Document, labels: Labels, found: Mapping[str, tuple[Found, ...]]
) -> tuple[dict[str, tuple[Found, ...]], tuple[Paragraph, ...]]:
    """The places without those above the title of the form, and the paragraphs of these.

    Where a question has no other answer, the one above the title stays as one that nobody can be sure of."""
    above = {paragraph.path: paragraph for paragraph in _above_the_title(document, labels)}
    kept = dict(found)
    dropped: dict[str, Paragraph] = {}
    for key, places in found.items():
        outside = [place for place in places if place.path in above]
        if not outside:
            continue
        inside = tuple(place for place in places if place.path not in above)
        answered = any(map(is_answered, inside))
        kept[key] = inside if answered else (*inside, *(replace(place, unclear=True) for place in outside))
        dropped.update((place.path, above[place.path]) for place in outside if answered)
    return kept, tuple(dropped.values())


def _above_the_title(document: Document, labels: Labels) -> Iterator[Paragraph]:
    """Running text before the form's own title; nothing where the title is missing, or a table stands before it."""
    title = plain(labels.form.title)
    before: list[Paragraph] = []
    for block in document.blocks:
        if not isinstance(block, Paragraph):
            return
        if plain(block.text) == title:
            yield from before
            return
        before.append(block)
