"""Which place of a document answers which question.

A place is found by the tag of its content control, else by the words of its label: the label's cell beside or above,
a label and a colon on one line, a label with a dotted line. Never by the number of a table, because programs join
and split tables. Every place that could be the answer is reported; the reader decides when they differ.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, TypeAlias

from forms.blanks import NO_PESEL, box_tag
from forms.document import Block, Cell, Control, ControlKind, Document, Inline, Paragraph, Row, Table, Text, Tick
from forms.safety import refuse
from models.form_definition import FieldType, FormDefinition, Leaf, LeafType
from models.territory import plain, plain_letters


@dataclass(frozen=True)
class Mark:
    """A box and the words beside it. ``code`` is known when the box carries a tag of ours."""

    checked: bool | None
    label: str
    code: str = ""


@dataclass(frozen=True)
class Found:
    """One place that answers a question, as it stands there."""

    text: str
    marks: tuple[Mark, ...]
    place: str
    path: str
    method: str
    certainty: int
    date: str = ""
    """ISO date a date control keeps behind its text."""
    unclear: bool = False
    """The label here fits more than one question of the form."""

    @property
    def raw(self) -> str:
        """Text and boxes on one line, for people."""
        boxes = "; ".join(f"[{_SIGN[mark.checked]}] {mark.label}".strip() for mark in self.marks)
        return "; ".join(part for part in (self.text.strip(), boxes) if part)


_SIGN: Final[Mapping[bool | None, str]] = {True: "x", False: " ", None: "?"}

TICKED_TYPES: Final = frozenset({LeafType.STATEMENT, LeafType.CONSENT})
_BOXED_TYPES: Final = TICKED_TYPES | {LeafType.CHOICE, LeafType.CHOICES, LeafType.PESEL}

BY_CONTROL: Final = "pole formularza"
BESIDE_LABEL: Final = "komórka obok etykiety"
BELOW_LABEL: Final = "komórka pod etykietą"
AFTER_LABEL: Final = "tekst po etykiecie"
NEXT_PARAGRAPH: Final = "akapit pod etykietą"
_CERTAINTY: Final = {BY_CONTROL: 100, BESIDE_LABEL: 95, BELOW_LABEL: 85, AFTER_LABEL: 90, NEXT_PARAGRAPH: 70}

Container: TypeAlias = Cell | Paragraph
"""The smallest thing that holds an answer: a cell of a table, or a paragraph outside of tables."""


def find_answers(document: Document, form: FormDefinition) -> dict[str, tuple[Found, ...]]:
    """Every place that answers a leaf of the form, by the leaf's key; leaves without a place are left out."""
    by_tag = _by_tag(document, form)
    taken = {found.path for places in by_tag.values() for found in places}
    search = _LabelSearch(document.controls, form, taken)
    search.blocks(document.blocks)
    found = dict(by_tag)
    for key, places in search.found.items():
        known = {place.path for place in found.get(key, ())}
        found[key] = (*found.get(key, ()), *(place for place in places if place.path not in known))
    return found


def share_of_labels(document: Document, form: FormDefinition) -> float:
    """How much of the form's questions stand in the document, from 0 to 1: by tag or by label."""
    return len(find_answers(document, form)) / len(form.leaves) if form.leaves else 0.0


# --- by tag ----------------------------------------------------------------------------------------------------------


def _by_tag(document: Document, form: FormDefinition) -> dict[str, tuple[Found, ...]]:
    leaf_of_tag = {leaf.key: leaf for leaf in form.leaves}
    for leaf in form.leaves:
        codes = [NO_PESEL] if leaf.type == LeafType.PESEL else [option.code for option in leaf.options]
        leaf_of_tag.update({box_tag(leaf.key, code): leaf for code in codes})
    leaf_of_control = {
        control.number: leaf_of_tag[control.tag] for control in document.controls if control.tag in leaf_of_tag
    }
    found: dict[str, tuple[Found, ...]] = {}
    if not leaf_of_control:
        return found
    numbers_of = {
        leaf.key: frozenset(number for number, owner in leaf_of_control.items() if owner is leaf)
        for leaf in set(leaf_of_control.values())
    }
    for container in _containers(document.blocks):
        present: dict[str, Leaf] = {}
        for paragraph in _own_paragraphs(container):
            for item in paragraph.inlines:
                for number in item.controls:
                    if number in leaf_of_control:
                        present[leaf_of_control[number].key] = leaf_of_control[number]
        for leaf in present.values():
            numbers = numbers_of[leaf.key]
            whole = len(present) == 1 and isinstance(container, Cell) and not _names(container, leaf, numbers)
            place = _gather(_own_paragraphs(container), leaf, document.controls, None if whole else numbers)
            found[leaf.key] = (*found.get(leaf.key, ()), place.at(container, BY_CONTROL))
    return found


def _containers(blocks: Iterable[Block]) -> Iterator[Container]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
            continue
        for row in block.rows:
            for cell in row.cells:
                yield cell
                yield from (inner for inner in _containers(cell.blocks) if not isinstance(inner, Paragraph))


def _own_paragraphs(container: Container) -> tuple[Paragraph, ...]:
    """The container's paragraphs, those of tables within it left out."""
    if isinstance(container, Paragraph):
        return (container,)
    return tuple(block for block in container.blocks if isinstance(block, Paragraph))


def _names(container: Container, leaf: Leaf, numbers: frozenset[int]) -> bool:
    """Whether the question itself stands beside its controls, so that not all of the text is the answer."""
    names = [name for name in map(plain, (leaf.label, *leaf.aliases)) if name]
    for paragraph in _own_paragraphs(container):
        outside = (
            item.text for item in paragraph.inlines if isinstance(item, Text) and not numbers & set(item.controls)
        )
        words = plain("".join(outside))
        if any(words == name or words.startswith(name + " ") for name in names):
            return True
    return False


# --- what stands in a place ------------------------------------------------------------------------------------------

_PROMPT: Final = re.compile(
    r"\s*(kliknij|naciśnij|dotknij|wybierz|wpisz|wprowadź|podaj|click|tap|choose|enter|select)\b", re.IGNORECASE
)
_CROSS: Final = re.compile(r"(?<![^\s\u00a0])[xXv✓](?![^\s\u00a0])")


@dataclass
class _Gathered:
    text: str
    marks: tuple[Mark, ...]
    date: str

    def at(self, container: Container, method: str, *, unclear: bool = False) -> Found:
        return Found(
            self.text, self.marks, container.place, container.path, method, _CERTAINTY[method], self.date, unclear
        )


def _gather(
    paragraphs: Iterable[Paragraph], leaf: Leaf, controls: Sequence[Control], within: frozenset[int] | None
) -> _Gathered:
    """Text and boxes of some paragraphs; ``within`` limits the text to what stands inside these controls.

    Words beside a box belong to the box where the question has boxes; a typed cross beside an empty box ticks it.
    """
    lines: list[str] = []
    marks: list[Mark] = []
    date = ""
    for paragraph in paragraphs:
        items = [item for item in paragraph.inlines if not (isinstance(item, Text) and item.struck)]
        boxes = [n for n, item in enumerate(items) if isinstance(item, Tick)] if leaf.type in _BOXED_TYPES else []
        edges = [-1, *boxes, len(items)]
        # Only the text before the first box may be an answer; what follows a box is its label, never an answer.
        pieces = [_shown(items[low + 1 : high], controls, within if low < 0 else None) for low, high in pairwise(edges)]
        crossed_first = bool(boxes) and bool(_CROSS.fullmatch(pieces[0].strip()))
        lead, *labels = ["", *pieces[1:]] if crossed_first else pieces
        if boxes and lead.strip() and not labels[-1].strip():
            # "tak [ ] nie [ ]": the words stand before their boxes.
            lead, labels = "", [lead, *labels[:-1]]
        lines.append(lead)
        for position, number in enumerate(boxes):
            item = items[number]
            if not isinstance(item, Tick) or not (within is None or within & set(item.controls)):
                continue
            label = labels[position].strip()
            crossed = (crossed_first and position == 0) or bool(_CROSS.match(label))
            label = _CROSS.sub("", label, count=1) if _CROSS.match(label) else label
            state = True if crossed else item.checked
            marks.append(Mark(state, label.strip(" \t\n\u00a0:;,/"), _code_of(item, leaf, controls)))
        dates = [controls[n].date for item in items for n in item.controls if controls[n].kind == ControlKind.DATE]
        date = date or next(iter(dates), "")
    return _Gathered("\n".join(lines).strip(), tuple(marks), date)


def _shown(items: Iterable[Inline], controls: Sequence[Control], within: frozenset[int] | None) -> str:
    """The text of some inlines. What Word itself marks as a prompt is left out only if it reads like one: LibreOffice
    leaves the mark standing when somebody has typed over it."""
    return "".join(
        item.text
        for item in items
        if isinstance(item, Text)
        and (within is None or within & set(item.controls))
        and not (any(controls[n].placeholder for n in item.controls) and _PROMPT.match(item.text))
    )


def _code_of(item: Inline, leaf: Leaf, controls: Sequence[Control]) -> str:
    for number in reversed(item.controls):
        tag = controls[number].tag
        if tag.startswith(f"{leaf.key}:"):
            return tag[len(leaf.key) + 1 :]
    return ""


# --- by label --------------------------------------------------------------------------------------------------------

_NUMBERING: Final = re.compile(r"^(?:\d{1,2}|[a-z])\s+(?=\S)")
_VALUE_FOLLOWS: Final = re.compile(r"[\s*]*(?::|(?=[.…_]{2,}|\t|…))")


@dataclass
class _LabelSearch:
    """One walk over a document, from top to bottom, remembering which group of questions it is in."""

    controls: Sequence[Control]
    form: FormDefinition
    taken: set[str]
    found: dict[str, tuple[Found, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._leaves: dict[str, tuple[Leaf, ...]] = {}
        self._known: dict[str, tuple[Leaf, ...]] = {}
        self._groups: dict[str, str] = {}
        self._group = ""
        self._notes: set[str] = set()
        for section in self.form.sections:
            for question in section.fields:
                composite = question.type in (FieldType.ADDRESS, FieldType.INSTITUTION)
                names = [plain(name) for name in (question.label, *question.aliases)]
                if composite:
                    self._groups.update(dict.fromkeys(names, question.key))
                self._notes.add(plain(question.help))
                for leaf in question.leaves():
                    for label in map(plain, (leaf.label, *leaf.aliases)):
                        self._add(label, leaf)
                        for name in names if composite else ():
                            self._add(f"{name} {label}", leaf)
        longest = sorted(self._leaves, key=len, reverse=True)
        self._inline = re.compile(
            rf"(?<!\S)(?:{'|'.join(re.escape(name).replace(chr(92) + ' ', ' +') for name in longest)})(?= |$)"
        )

    def _add(self, label: str, leaf: Leaf) -> None:
        if label and leaf not in self._leaves.get(label, ()):
            self._leaves[label] = (*self._leaves.get(label, ()), leaf)

    # What a piece of text names

    def _labels(self, text: str) -> tuple[Leaf, ...]:
        if text not in self._known:
            name = plain(text)
            self._known[text] = self._leaves.get(name) or self._leaves.get(_NUMBERING.sub("", name)) or ()
        return self._known[text]

    def _labels_of(self, container: Container) -> tuple[Leaf, ...]:
        """The questions a cell or paragraph names, as a whole or in its first line (notes may follow)."""
        if container.path in self.taken:
            return ()
        paragraphs = [paragraph for paragraph in _own_paragraphs(container) if paragraph.text.strip()]
        if not paragraphs:
            return ()
        return self._labels(" ".join(p.text for p in paragraphs)) or self._labels(paragraphs[0].text.split("\n")[0])

    def _group_named(self, container: Container) -> str:
        """Key of the composite question that is announced here, if one is."""
        for paragraph in _own_paragraphs(container):
            name = plain(paragraph.text)
            group = self._groups.get(name) or self._groups.get(_NUMBERING.sub("", name))
            if group and not self._labels(paragraph.text):
                return group
        return ""

    def _report(self, leaves: tuple[Leaf, ...], places: Sequence[Container], method: str) -> None:
        """The places that answer a label; when the label fits several questions, the current group decides."""
        chosen = leaves if len(leaves) == 1 else tuple(leaf for leaf in leaves if leaf.group == self._group)
        unclear = len(chosen) != 1
        for leaf in leaves if unclear else chosen:
            gathered = _gather(_joined(places), leaf, self.controls, None)
            self._note(leaf, gathered.at(places[0], method, unclear=unclear))
        self.taken.update(place.path for place in places)
        if not unclear:
            self._group = chosen[0].group

    def _note(self, leaf: Leaf, place: Found) -> None:
        known = self.found.get(leaf.key, ())
        if len(known) == _MOST_PLACES:
            refuse("too_complex")
        self.found[leaf.key] = (*known, place)

    # The walk

    def blocks(self, blocks: Sequence[Block]) -> None:
        for number, block in enumerate(blocks):
            if isinstance(block, Table):
                self._table(block)
            elif block.path not in self.taken:
                self._paragraph(block, blocks[number + 1 : number + 1 + _LINES_AHEAD])

    def _table(self, table: Table) -> None:
        for number, row in enumerate(table.rows):
            below = table.rows[number + 1] if number + 1 < len(table.rows) else None
            self._row(row, below)

    def _row(self, row: Row, below: Row | None) -> None:
        if len([cell for cell in row.cells if any(p.text.strip() for p in cell.paragraphs)]) == 1:
            self._group = next(filter(None, map(self._group_named, row.cells)), self._group)
        titles = self._is_title_row(row, below)
        position = 0
        while position < len(row.cells):
            cell = row.cells[position]
            leaves = self._labels_of(cell)
            step = 1
            if leaves:
                step = self._answer_of(leaves, row, position, below, titles=titles)
            elif cell.path not in self.taken:
                self._inside(cell)
            position += step

    def _is_title_row(self, row: Row, below: Row | None) -> bool:
        """A row of labels only, with the answers in the row below it."""
        if below is None or len(row.cells) < 2:
            return False
        filled = [cell for cell in row.cells if any(p.text.strip() for p in cell.paragraphs)]
        all_labels = len(filled) == len(row.cells) and all(self._labels_of(cell) for cell in filled)
        return all_labels and not any(self._labels_of(cell) for cell in below.cells)

    def _answer_of(self, leaves: tuple[Leaf, ...], row: Row, position: int, below: Row | None, *, titles: bool) -> int:
        """Report the answer to the label in this cell; how many cells of the row are dealt with."""
        cell = row.cells[position]
        if any(leaf.type in TICKED_TYPES for leaf in leaves):
            before = row.cells[position - 1] if position else None
            if _has_tick(cell):
                self._report(leaves, (cell,), BESIDE_LABEL)
                return 1
            if before is not None and before.path not in self.taken:
                self._report(leaves, (before,), BESIDE_LABEL)
                return 1
        beside = row.cells[position + 1] if position + 1 < len(row.cells) else None
        if beside is not None and beside.path in self.taken:
            # Its own control has answered already.
            return 2
        if not titles:
            after: list[Cell] = []
            for other in row.cells[position + 1 :]:
                # Beside a lone label even a word that is itself a label is the answer: "Poziom" | "gmina".
                if other.path in self.taken or (self._labels_of(other) and (after or len(row.cells) != 2)):
                    break
                after.append(other)
            if after:
                nested = [block for other in after for block in other.blocks if isinstance(block, Table)]
                self._report(leaves, after, BESIDE_LABEL)
                self.blocks(nested)
                return 1 + len(after)
        rest = self._rest_of(cell)
        if rest:
            self._report(leaves, rest, AFTER_LABEL)
            self.taken.add(cell.path)
            return 1
        under = self._below(cell, below)
        if under is not None:
            self._report(leaves, (under,), BELOW_LABEL)
        return 1

    def _rest_of(self, cell: Cell) -> tuple[Paragraph, ...]:
        """The lines under the label in its own cell, explanations left out."""
        paragraphs = [paragraph for paragraph in _own_paragraphs(cell) if paragraph.inlines]
        rest = tuple(p for p in paragraphs[1:] if plain(p.text) not in self._notes or _has_tick(p))
        return rest if any(p.text.strip() or _has_tick(p) for p in rest) else ()

    def _below(self, cell: Cell, below: Row | None) -> Cell | None:
        for other in below.cells if below is not None else ():
            if other.column == cell.column and other.path not in self.taken:
                return None if self._labels_of(other) or self._group_named(other) else other
        return None

    def _inside(self, cell: Cell) -> None:
        """A cell that is neither label nor answer: lines with a label of their own, tables within."""
        self.blocks(cell.blocks)

    def _paragraph(self, paragraph: Paragraph, following: Sequence[Block]) -> None:
        group = self._group_named(paragraph)
        if group:
            self._group = group
            return
        leaves = self._labels_of(paragraph)
        if leaves and _has_tick(paragraph):
            if any(leaf.type in TICKED_TYPES for leaf in leaves):
                self._report(leaves, (paragraph,), AFTER_LABEL)
            return
        if leaves and not _FILLER.search(paragraph.text):
            answer = self._next_lines(leaves, following)
            if answer:
                self._report(leaves, answer, NEXT_PARAGRAPH)
            return
        self._labelled_pieces(paragraph, following)

    def _next_lines(self, leaves: tuple[Leaf, ...], following: Sequence[Block]) -> tuple[Paragraph, ...]:
        """The line under a label; with boxes, all lines of boxes."""
        lines: list[Paragraph] = []
        for block in following:
            if not isinstance(block, Paragraph) or block.heading or self._labels_of(block):
                break
            if not block.text.strip() and not _has_tick(block):
                if lines:
                    break
                continue
            if plain(block.text) in self._notes and not _has_tick(block):
                continue
            boxed = _has_tick(block) and any(leaf.type in _BOXED_TYPES for leaf in leaves)
            if lines and not boxed:
                break
            lines.append(block)
            if not boxed:
                break
        return tuple(lines)

    def _labelled_pieces(self, paragraph: Paragraph, following: Sequence[Block]) -> None:
        """``Imię: Anna  Nazwisko: ……`` on one line; an answer that is missing may stand on the next dotted line."""
        pieces = list(self._pieces(paragraph))
        for number, (leaves, piece) in enumerate(pieces):
            lines = [piece]
            if number == len(pieces) - 1 and not _has_answer(piece) and following:
                after = following[0]
                if isinstance(after, Paragraph) and _FILLER.search(after.text) and not any(self._pieces(after)):
                    lines.append(after)
            self._report(leaves, lines, AFTER_LABEL)

    def _pieces(self, paragraph: Paragraph) -> Iterator[tuple[tuple[Leaf, ...], Paragraph]]:
        text = "".join(item.text if isinstance(item, Text) else "\ufffc" for item in paragraph.inlines)
        if len(text) > _LONGEST_LINE:
            return
        starts: list[tuple[tuple[Leaf, ...], int, int]] = []
        for match in self._inline.finditer(plain_letters(text)):
            follows = _VALUE_FOLLOWS.match(text, match.end())
            leaves = self._leaves.get(plain(match.group()), ())
            if follows and leaves:
                starts.append((leaves, match.start(), follows.end()))
        for number, (leaves, _, start) in enumerate(starts):
            end = starts[number + 1][1] if number + 1 < len(starts) else len(text)
            yield leaves, Paragraph(_cut(paragraph.inlines, start, end), paragraph.place, paragraph.path)


_MOST_PLACES: Final = 200
"""Places that may seem to answer one question; no form asks anything so often."""
_LONGEST_LINE: Final = 5_000
"""Letters in a paragraph that may still be lines of labels and answers; longer ones are prose."""
_LINES_AHEAD: Final = 60
"""How far below a label its answer may reach: a question with many boxes, a line each."""
_FILLER: Final = re.compile(r"[.…_]{3,}|…")


def _has_tick(container: Container) -> bool:
    return any(isinstance(item, Tick) for paragraph in _own_paragraphs(container) for item in paragraph.inlines)


def _has_answer(paragraph: Paragraph) -> bool:
    return bool(re.sub(r"[\s.…_]+", "", paragraph.text)) or _has_tick(paragraph)


def _cut(inlines: Iterable[Inline], start: int, end: int) -> tuple[Inline, ...]:
    """The inlines between two positions of the text; a box counts as one character."""
    kept: list[Inline] = []
    position = 0
    for item in inlines:
        length = len(item.text) if isinstance(item, Text) else 1
        low, high = max(start - position, 0), min(end - position, length)
        if isinstance(item, Text):
            if low < high:
                kept.append(Text(item.text[low:high], item.struck, item.controls))
        elif low < high:
            kept.append(item)
        position += length
    return tuple(kept)


def _joined(places: Sequence[Container]) -> tuple[Paragraph, ...]:
    """The paragraphs of several places; one character a cell makes one word (PESEL, account number, date)."""
    paragraphs = tuple(paragraph for place in places for paragraph in _own_paragraphs(place))
    texts = [paragraph.text.strip() for paragraph in paragraphs]
    if len(places) > 2 and sum(len(text) == 1 for text in texts) * 2 > len(texts):
        word = "".join(texts)
        return (Paragraph((Text(word),), places[0].place, places[0].path),)
    return paragraphs
