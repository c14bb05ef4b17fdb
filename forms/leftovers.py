"""What is left of a document when every label has taken its answer: headings in other words, and notes behind the end.

Both are narrow on purpose. A heading counts only beside an answer that the form offers to one question alone; notes are
set apart only where the form above them is answered in its own places, and never pass unseen.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from forms.document import Block, Cell, Document, Paragraph, Table, Text, Tick
from forms.gathering import SIMILAR, Found, gather, is_answered
from forms.labels import Labels, plain
from models.form_definition import LeafType

__all__ = ["SHOWN_TO_PEOPLE", "by_offered_answers", "notes_behind_the_end"]

SHOWN_TO_PEOPLE: Final = 75
"""A certainty at which a value is read, and a person is asked to look at it."""
_LIKENESS: Final = 70

# --- headings in other words -----------------------------------------------------------------------------------------


def by_offered_answers(
    document: Document, labels: Labels, known: Iterable[str], left: Sequence[Paragraph]
) -> Iterator[tuple[str, Found, tuple[Paragraph, ...]]]:
    """Pairs of a heading and an answer among what is left: the leaf's key, the place, and the paragraphs it settles.

    The heading holds only words of the question (``Osoba z niepełnosprawnością``), the answer is one that no other
    question offers, and the question has no place of its own in the document (``known`` are those that have)."""
    taken = set(known)
    for heading, answer, settled in _pairs(document.blocks, {paragraph.path for paragraph in left}):
        for leaf in labels.form.leaves:
            items = [item for item in re.split(r"[;\n]", answer.text) if plain(item)]
            if leaf.key in taken or not items or not all(labels.only_offered_by(leaf, item) for item in items):
                continue
            if len(items) > 1 and leaf.type != LeafType.CHOICES:
                continue
            if not labels.speaks_of(leaf, heading):
                continue
            gathered = gather((answer,), leaf, document.controls, None)
            method = f"{SIMILAR} ({_LIKENESS} %)"
            place = Found(
                gathered.text,
                gathered.marks,
                answer.place,
                answer.path,
                method,
                min(_LIKENESS, SHOWN_TO_PEOPLE),
                likeness=_LIKENESS,
                clear=True,
            )
            taken.add(leaf.key)
            yield leaf.key, place, settled


def _pairs(blocks: Iterable[Block], left: set[str]) -> Iterator[tuple[str, Paragraph, tuple[Paragraph, ...]]]:
    """A heading, what stands beside it, and the paragraphs that hold the two: cells side by side, or a line with a
    colon or a dash."""
    for block in blocks:
        if isinstance(block, Paragraph):
            line = _LINE.fullmatch(block.text) if block.path in left and not _has_box(block) else None
            if line is not None:
                yield line["heading"], Paragraph((Text(line["answer"]),), block.place, block.path), (block,)
            continue
        for row in block.rows:
            for heading, answer in zip(row.cells, row.cells[1:], strict=False):
                first, second = _only_paragraph(heading), _only_paragraph(answer)
                if first is not None and second is not None and {first.path, second.path} <= left:
                    yield first.text, second, (first, second)
            for cell in row.cells:
                yield from _pairs(cell.blocks, left)


_LINE: Final = re.compile(r"\s*(?P<heading>[^:\n]+?)\s*(?::|[ \u00a0][–—-][ \u00a0])\s*(?P<answer>[^\s:][^:\n]*)")


def _has_box(paragraph: Paragraph) -> bool:
    return any(isinstance(item, Tick) for item in paragraph.inlines)


def _only_paragraph(cell: Cell) -> Paragraph | None:
    """The one paragraph of a cell that holds anything; ``None`` where there are several, or a box."""
    if any(map(_has_box, cell.paragraphs)):
        return None
    written = [paragraph for paragraph in cell.paragraphs if paragraph.text.strip()]
    return written[0] if len(written) == 1 else None


# --- notes behind the end --------------------------------------------------------------------------------------------

_MOST_NOTED: Final = 5
"""Questions that notes may repeat by chance; with more of them the form has been filled in a second time."""
_WHO: Final = frozenset({LeafType.PESEL, LeafType.NAME, LeafType.DATE})
"""Where these differ, the document may be about two people."""
_LONGEST_HEADING: Final = 80
_FOR_THE_OFFICE: Final = re.compile(
    r"\b(?:popraw|korekt|zmian|zmien|now[yaei]|aktual|nieaktual|zamiast|sprost|errat|pomyl|blad|bled|powinn|winno"
    r"|wlasciw|prawidl|uzupeln|dopis|uwag|prosz|prosi|ps\b|postscriptum)"
)
"""Words, in plain letters, by which people correct what they wrote above, or ask for something."""


def notes_behind_the_end(
    document: Document,
    labels: Labels,
    found: Mapping[str, tuple[Found, ...]],
    left: Sequence[Paragraph],
    in_its_place: frozenset[str],
) -> tuple[dict[str, tuple[Found, ...]], list[Paragraph]]:
    """The places without those in notes, and the paragraphs of the notes that repeat a label; nobody's second answer.

    Notes are running text under a heading of its own, below the line of the signature. They must answer nothing that
    the form does not answer itself, in a place made for it (``in_its_place``: the methods that find those), nor speak
    of corrections. What the form says is then less certain, so that somebody looks."""
    lines = _behind_the_end(document, labels)
    paths = {line.path for line in lines}
    if not lines or not _begin_a_part_of_their_own(lines, left):
        return dict(found), []
    kept = dict(found)
    noted: set[str] = set()
    keys = 0
    for key, places in found.items():
        notes = [place for place in places if place.path in paths and is_answered(place)]
        own = [place for place in places if place.path not in paths and is_answered(place)]
        if not notes:
            continue
        if not own or any(place.method not in in_its_place or place.unclear for place in own):
            return dict(found), []
        if all(plain(note.raw) == plain(own[0].raw) for note in notes):
            continue
        if labels.form.leaf(key).type in _WHO:
            return dict(found), []
        keys += 1
        noted |= {note.path for note in notes}
        kept[key] = tuple(
            replace(place, certainty=min(place.certainty, SHOWN_TO_PEOPLE))
            for place in places
            if place.path not in paths
        )
    if keys > _MOST_NOTED:
        return dict(found), []
    return kept, [line for line in lines if line.path in noted]


def _behind_the_end(document: Document, labels: Labels) -> list[Paragraph]:
    """The lines below the last line of the signature that are not the form's own; none where a table follows it."""
    signature = plain(labels.form.signature_line)
    ends = [
        number
        for number, block in enumerate(document.blocks)
        if signature and isinstance(block, Paragraph) and signature in plain(block.text)
    ]
    behind = document.blocks[ends[-1] + 1 :] if ends else ()
    if any(isinstance(block, Table) for block in behind):
        return []
    lines = [block for block in behind if isinstance(block, Paragraph)]
    if any(map(_has_box, lines)):
        return []
    return [line for line in lines if line.text.strip() and not labels.is_own_text(line.text)]


def _begin_a_part_of_their_own(lines: Sequence[Paragraph], left: Sequence[Paragraph]) -> bool:
    """Whether the first line is a heading that no question claims, and none of them speaks to the office."""
    heading = lines[0]
    is_heading = heading.path in {paragraph.path for paragraph in left} and len(heading.text) < _LONGEST_HEADING
    is_heading = is_heading and not re.search(r"[:\d]", heading.text)
    return is_heading and not any(_FOR_THE_OFFICE.search(plain(line.text)) for line in lines)
