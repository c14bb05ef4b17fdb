"""Which place of a document answers which question.

A place is found by the tag of its content control, else by the words of its label: the label's cell beside or above,
a label and a colon on one line, a label with a dotted line. Never by the number of a table, because programs join
and split tables. Every place that could be the answer is reported; the reader decides when they differ. What somebody
wrote and no label claims is reported as well, so that nothing passes for an unanswered question unseen.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from forms.beyond import continued_below, in_two, without_letterhead
from forms.blanks import NO_PESEL, box_tag
from forms.document import BOX, Block, Cell, Document, Inline, Paragraph, Row, Table, Text, Tick, paragraphs_of
from forms.gathering import (
    BOXED_TYPES,
    SIMILAR,
    TICKED_TYPES,
    Found,
    Gathered,
    Mark,
    gather,
    is_answered,
    without_crosses,
)
from forms.labels import NOTHING, Labels, Named, Piece, labels_of, option_begun, plain
from forms.leftovers import by_offered_answers, notes_behind_the_end
from forms.safety import refuse
from models.form_definition import FormDefinition, Leaf, LeafType

__all__ = ["Answers", "Found", "Mark", "answers_in", "find_answers", "share_of_labels"]

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
_IN_ITS_PLACE: Final = frozenset({BY_CONTROL, BY_TITLE, BESIDE_LABEL, BELOW_LABEL})
_MOST_PLACES: Final = 200
"""Places that may seem to answer one question; no form asks anything so often."""
_SUGGESTED: Final = 75
"""A label that is spelt otherwise than in the form makes no answer surer than this."""

Container: TypeAlias = Cell | Paragraph
"""The smallest thing that holds an answer: a cell of a table, or a paragraph outside of tables."""


@dataclass(frozen=True)
class Answers:
    """``found``: every place that answers a leaf, by the leaf's key; leaves without a place are left out. ``stray``:
    places of text that is neither an answer nor part of the form. ``whole``: places where a composite question seems
    to be answered in one piece, by its key."""

    found: dict[str, tuple[Found, ...]]
    stray: tuple[str, ...]
    whole: dict[str, str]
    notes: tuple[str, ...] = ()
    """Those of ``stray`` that repeat labels of the form in notes behind its end."""


def find_answers(document: Document, form: FormDefinition) -> dict[str, tuple[Found, ...]]:
    """Every place that answers a leaf of the form, by the leaf's key."""
    return answers_in(document, form).found


def answers_in(document: Document, form: FormDefinition) -> Answers:
    """What a document answers, and what it says besides."""
    by_tag = _by_control(document, _leaves_by_tag(document, form), BY_CONTROL)
    taken = {found.path for places in by_tag.values() for found in places}
    search = _LabelSearch(document, labels_of(form), taken)
    search.blocks(document.blocks)
    found = dict(by_tag)
    for key, places in search.found.items():
        known = {place.path for place in found.get(key, ())}
        found[key] = (*found.get(key, ()), *(place for place in places if place.path not in known))
    titled = _by_control(document, _leaves_by_title(document, form), BY_TITLE)
    for key, places in titled.items():
        # A title is what Word shows on the control; labels beside it count more, since controls get copied.
        fresh = tuple(place for place in places if place.path not in search.taken)
        if key not in found and fresh:
            found[key] = fresh
            search.taken.update(place.path for place in fresh)
    found, letterhead = without_letterhead(document, search.labels, found)
    stray = [*_stray(document.blocks, search), *search.left]
    found, continued = continued_below(document, search.labels, found, stray)
    stray = [one for one in stray if one not in continued]
    rest = [one for one in stray if not _without_colon(one, document, search.labels, found)]
    for key, place, settled in by_offered_answers(document, search.labels, found, rest):
        found[key] = (place,)
        rest = [one for one in rest if one not in settled]
    rest += letterhead
    found, notes = notes_behind_the_end(document, search.labels, found, rest, _IN_ITS_PLACE)
    stray_places, noted = (tuple(dict.fromkeys(one.place for one in several)) for several in (rest, notes))
    return Answers(found, (*stray_places, *noted), search.whole, noted)


def share_of_labels(document: Document, form: FormDefinition) -> float:
    """How much of the form's questions stand in the document in its own words, from 0 to 1: by tag or by label."""
    places = find_answers(document, form).values()
    known = sum(any(place.likeness == 100 for place in several) for several in places)
    return known / len(form.leaves) if form.leaves else 0.0


# --- by tag or title -------------------------------------------------------------------------------------------------


def _leaves_by_tag(document: Document, form: FormDefinition) -> dict[int, Leaf]:
    leaf_of_tag = {leaf.key: leaf for leaf in form.leaves}
    for leaf in form.leaves:
        codes = [NO_PESEL] if leaf.type == LeafType.PESEL else [option.code for option in leaf.options]
        leaf_of_tag.update({box_tag(leaf.key, code): leaf for code in codes})
    return {control.number: leaf_of_tag[control.tag] for control in document.controls if control.tag in leaf_of_tag}


def _leaves_by_title(document: Document, form: FormDefinition) -> dict[int, Leaf]:
    """Controls whose title is the name of one question alone."""
    labels = labels_of(form)
    found: dict[int, Leaf] = {}
    for control in document.controls:
        named = labels.named(control.alias) if control.alias and not control.tag else NOTHING
        if len(named.leaves) == 1 and named.likeness == 100:
            found[control.number] = named.leaves[0]
    return found


def _by_control(document: Document, leaf_of_control: dict[int, Leaf], method: str) -> dict[str, tuple[Found, ...]]:
    found: dict[str, tuple[Found, ...]] = {}
    if not leaf_of_control:
        return found
    numbers_of = {
        leaf.key: frozenset(number for number, owner in leaf_of_control.items() if owner is leaf)
        for leaf in set(leaf_of_control.values())
    }
    for container in _containers(document.blocks):
        present: dict[str, Leaf] = {}
        for paragraph in container.own_paragraphs:
            for item in paragraph.inlines:
                for number in item.controls:
                    if number in leaf_of_control:
                        present[leaf_of_control[number].key] = leaf_of_control[number]
        for leaf in present.values():
            numbers = numbers_of[leaf.key]
            whole = len(present) == 1 and isinstance(container, Cell) and not _names(container, leaf, numbers)
            place = gather(container.own_paragraphs, leaf, document.controls, None if whole else numbers)
            found[leaf.key] = (*found.get(leaf.key, ()), _at(place, container, method))
    return found


def _at(
    gathered: Gathered,
    container: Container,
    method: str,
    *,
    unclear: bool = False,
    likeness: int = 100,
    clear: bool = False,
) -> Found:
    certainty = _CERTAINTY[method]
    if likeness < 100:
        method = f"{SIMILAR} ({likeness} %)"
        certainty = min(certainty, likeness, _SUGGESTED)
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


def _containers(blocks: Iterable[Block]) -> Iterator[Container]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
            continue
        for row in block.rows:
            for cell in row.cells:
                yield cell
                if len(cell.own_paragraphs) == len(cell.blocks):
                    continue
                yield from (inner for inner in _containers(cell.blocks) if not isinstance(inner, Paragraph))


def _names(container: Container, leaf: Leaf, numbers: frozenset[int]) -> bool:
    """Whether the question itself stands beside its controls, so that not all of the text is the answer."""
    names = [name for name in map(plain, (leaf.label, *leaf.aliases)) if name]
    for paragraph in container.own_paragraphs:
        outside = (
            item.text for item in paragraph.inlines if isinstance(item, Text) and not numbers & set(item.controls)
        )
        words = plain("".join(outside))
        if any(words == name or words.startswith(name + " ") for name in names):
            return True
    return False


# --- by label --------------------------------------------------------------------------------------------------------


@dataclass
class _LabelSearch:
    """One walk over a document, from top to bottom, remembering which group of questions it is in."""

    document: Document
    labels: Labels
    taken: set[str]
    """Paths of containers that are somebody's answer already."""
    found: dict[str, tuple[Found, ...]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    """Paths of containers that hold a label or a heading, in full."""
    whole: dict[str, str] = field(default_factory=dict)
    left: list[Paragraph] = field(default_factory=list)
    """Lines that no question claims, in paragraphs of which others are answers."""

    def __post_init__(self) -> None:
        self._group = ""
        self._group_likeness = 100
        self._columns: dict[int, str] = {}
        self._titles: tuple[bool, bool] = (False, False)
        self._names: dict[str, Named] = {}
        """What each container names, by its path: rows are looked at from their neighbours as well."""

    # What a place names

    def names_of(self, container: Container) -> Named:
        """The questions a cell or paragraph names, as a whole or in its first line (notes may follow)."""
        if container.path in self.taken:
            return NOTHING
        named = self._names.get(container.path)
        if named is None:
            named = self._names[container.path] = self._name_in(container)
        return named

    def _name_in(self, container: Container) -> Named:
        paragraphs = [paragraph for paragraph in container.own_paragraphs if paragraph.text.strip()]
        if not paragraphs or not any(len(p.text) < _LONGEST_LABEL for p in paragraphs):
            return NOTHING
        whole = " ".join([p.text for p in paragraphs])
        of_whole = self._named(whole)
        if of_whole and of_whole.likeness == 100:
            return of_whole
        of_first = self._named(paragraphs[0].text.strip().split("\n")[0])
        return of_first if of_first and of_first.likeness == 100 else of_whole or of_first

    def _named(self, text: str) -> Named:
        """A statement may carry its cross: the name is what remains."""
        found = self.labels.named(text)
        bare = without_crosses(text) if not found else text
        if bare != text:
            crossed = self.labels.named(bare)
            return crossed if any(leaf.type in TICKED_TYPES for leaf in crossed.leaves) else NOTHING
        return found

    def _is_name_only(self, container: Container) -> bool:
        """Whether the place holds the name and nothing else, so that the answer is elsewhere."""
        return not isinstance(container, Cell) or not self._rest_of(container)

    def _group_named(self, container: Container) -> tuple[str, int]:
        """Key of the composite question that is announced here with its likeness, if one is."""
        for paragraph in container.own_paragraphs:
            group, likeness = self.labels.group(paragraph.text)
            if group:
                return group, likeness
        return "", 0

    def _enter(self, container: Container) -> bool:
        """Take note of the heading of a composite question; whether it is one."""
        group, likeness = self._group_named(container)
        if group:
            self._group, self._group_likeness = group, likeness
            self.named.add(container.path)
        return bool(group)

    def _report(self, named: Named, places: Sequence[Container], method: str, *, empty: bool = False) -> None:
        """The places that answer a label; when the label fits several questions, the current group decides.
        ``empty`` says that the place is the label itself, and no answer was found."""
        leaves, likeness = named.leaves, named.likeness
        chosen = leaves if len(leaves) == 1 else tuple(leaf for leaf in leaves if leaf.group == self._group)
        if len(leaves) > 1 and len(chosen) == 1:
            likeness = min(likeness, self._group_likeness)
        unclear = len(chosen) != 1
        pair = leaves if len(leaves) == 2 else chosen
        together = len(pair) == 2 and likeness == 100 and not empty
        parts = in_two(pair, " ".join(paragraph.text for paragraph in _joined(places))) if together else ()
        if parts:
            for leaf, words in zip(pair, parts, strict=True):
                self._note(leaf, _at(Gathered(words, (), ""), places[0], method))
            self.taken.update(place.path for place in places)
            self._group, self._group_likeness = pair[0].group, 100
            return
        clear = named.clear and len(leaves) == 1
        for leaf in leaves if unclear else chosen:
            gathered = Gathered("", (), "")
            if not empty:
                gathered = gather(_joined(places), leaf, self.document.controls, None)
            self._note(leaf, _at(gathered, places[0], method, unclear=unclear, likeness=likeness, clear=clear))
        if not empty:
            self.taken.update(place.path for place in places)
        if not unclear:
            if chosen[0].group != self._group:
                self._group_likeness = 100
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

    # Tables

    def _table(self, table: Table) -> None:
        outside, self._columns = self._columns, {}
        around, self._titles = self._titles, (False, False)
        for number in range(len(table.rows)):
            self._row(table.rows[number:])
        self._columns = outside
        self._titles = around

    def _row(self, rows: Sequence[Row]) -> None:
        row, below = rows[0], rows[1] if len(rows) > 1 else None
        filled = [cell for cell in row.cells if _has_words(cell)]
        if len(filled) == 1 and filled[0].path not in self.taken and not self._enter(filled[0]):
            self._leave_unknown(filled[0])
        elif len(filled) > 1 and row.cells[0] is filled[0] and not self.names_of(filled[0]):
            self._whole_answer(filled)
        if self._is_row_of_options(row):
            return
        titles = self._is_title_row(row, below)
        # Where labels and answers have taken turns so far, the words beside a label may be one that nobody knows.
        doubtful = self._titles == (True, False) and not titles and below is not None and len(filled) == len(row.cells)
        doubtful = doubtful and below is not None and not any(map(self.names_of, below.cells))
        self._titles = (self._titles[1], titles or doubtful)
        position = 0
        while position < len(row.cells):
            cell = row.cells[position]
            named = self.names_of(cell)
            step = 1
            if named:
                self.named.add(cell.path)
                if doubtful:
                    named = Named(named.leaves, min(named.likeness, _SUGGESTED))
                step = self._answer_of(named, rows, position, titles=titles or doubtful)
            elif cell.path not in self.taken and cell.path not in self.named:
                self.blocks(cell.blocks)
            position += step

    def _is_row_of_options(self, row: Row) -> bool:
        """A row that heads columns with „tak” and „nie” or with the options of a question; crosses stand below."""
        words = {cell.column: " ".join(p.text for p in cell.own_paragraphs).strip() for cell in row.cells}
        heads = {column: text for column, text in words.items() if self.labels.is_option(text)}
        if len(heads) < 2 or self.names_of(row.cells[0]) or 0 in heads or any(map(_has_tick, row.cells)):
            return False
        self._columns = heads
        self.named.update(cell.path for cell in row.cells)
        return True

    def _under_columns(self, cells: Sequence[Cell]) -> tuple[Paragraph, ...]:
        """The row of an answer under such heads: a box for each, with its words; nothing where a head is missing."""
        heads = [self._columns.get(cell.column, "") for cell in cells]
        if not cells or not all(heads):
            return ()
        boxes: list[Inline] = []
        for cell, head in zip(cells, heads, strict=True):
            ticks = [item for p in cell.own_paragraphs for item in p.inlines if isinstance(item, Tick)]
            written = any(_LETTER.search(p.text) for p in cell.own_paragraphs)
            state = True if written or not ticks else ticks[0].checked
            boxes += [Tick(state if ticks or written else False, "kolumna"), Text(f" {head} ")]
        return (Paragraph(tuple(boxes), cells[0].place, cells[0].path),)

    def _leave_unknown(self, cell: Cell) -> None:
        """A heading nobody knows ends the group before it: whose parts follow cannot be told any more."""
        alone = [paragraph for paragraph in cell.own_paragraphs if paragraph.text.strip()]
        own = len(alone) == 1 and self.labels.is_own_text(alone[0].text)
        if len(alone) == 1 and not own and not self.names_of(cell) and not self.labels.pieces(alone[0].text):
            self._group = ""

    def _whole_answer(self, filled: Sequence[Cell]) -> None:
        """Text beside the heading of a composite question: an answer to all of its parts at once."""
        group, _ = self._group_named(filled[0])
        if group and filled[1].path not in self.taken:
            self._enter(filled[0])
            if not any(isinstance(block, Table) for block in filled[1].blocks):
                self.whole[group] = filled[1].place
                self.named.add(filled[1].path)

    def _is_title_row(self, row: Row, below: Row | None) -> bool:
        """A row of labels only, with the answers in the row below it."""
        if below is None or len(row.cells) < 2:
            return False
        all_labels = all(_has_words(cell) and self.names_of(cell) for cell in row.cells)
        return all_labels and not any(self.names_of(cell) or self._group_named(cell)[0] for cell in below.cells)

    def _answer_of(self, named: Named, rows: Sequence[Row], position: int, *, titles: bool) -> int:
        """Report the answer to the label in this cell; how many cells of the row are dealt with."""
        row, below = rows[0], rows[1] if len(rows) > 1 else None
        cell = row.cells[position]
        if any(leaf.type in TICKED_TYPES for leaf in named.leaves):
            before = row.cells[position - 1] if position else None
            if before is not None and _ORDINAL.fullmatch(" ".join(p.text for p in before.paragraphs)):
                before = None
            if _has_tick(cell) or self._carries_cross(cell):
                self._report(named, (cell,), BESIDE_LABEL)
                return 1
            if before is not None and before.path not in self.taken and not self.names_of(before):
                self._report(named, (before,), BESIDE_LABEL)
                for leaf in named.leaves:
                    if self._denies(cell, leaf):
                        self._note(leaf, _at(Gathered("nie", (), ""), cell, AFTER_LABEL, likeness=named.likeness))
                return 1
        beside = row.cells[position + 1] if position + 1 < len(row.cells) else None
        rest = self._rest_of(cell)
        if beside is not None and beside.path in self.taken:
            # Its own control has answered already, unless it stands there empty and the answer under the label.
            if rest and not self._says_something(beside):
                self._report(named, rest, UNDER_LABEL)
            return 2
        after = [] if titles else self._beside(named, row, position)
        if after and not (rest and not any(map(self._says_something, after))):
            return self._report_beside(named, rows, position, after)
        if rest:
            prompted = any(_has_answer(paragraph) for other in after for paragraph in other.paragraphs)
            self._report(named, rest, UNDER_LABEL if prompted else AFTER_LABEL)
            self.taken.add(cell.path)
            return 1
        under = self._below(cell, below)
        if under is not None:
            self._report(named, (under,), BELOW_LABEL)
        else:
            self._report(named, (cell,), BESIDE_LABEL, empty=True)
        return 1

    def _report_beside(self, named: Named, rows: Sequence[Row], position: int, after: list[Cell]) -> int:
        under = self._under_columns(after) if any(leaf.type in BOXED_TYPES for leaf in named.leaves) else ()
        if under:
            self._report(named, under, BESIDE_LABEL)
            self.taken.update(cell.path for cell in after)
            return 1 + len(after)
        places: list[Container] = list(after)
        inner = [block for other in after for block in other.blocks if isinstance(block, Table)]
        for table in inner:
            cells = [cell for row in table.rows for cell in row.cells]
            if not any(self.names_of(cell) or self._group_named(cell)[0] for cell in cells):
                # A table of boxes for single characters, or of options: all of it is the answer.
                places += cells
            else:
                self.blocks([table])
        if any(leaf.options for leaf in named.leaves):
            places += self._rows_of_options(rows, position, len(after))
        self._report(named, places, BESIDE_LABEL)
        return 1 + len(after)

    def _rows_of_options(self, rows: Sequence[Row], position: int, width: int) -> Iterator[Cell]:
        """Boxes in the rows below whose label's cell is empty, as where it is merged down beside them."""
        column = rows[0].cells[position].column
        for row in rows[1:]:
            here = next((n for n, cell in enumerate(row.cells) if cell.column == column), None)
            if here is None or any(p.text.strip() or _has_tick(p) for p in row.cells[here].paragraphs):
                return
            beside = row.cells[here + 1 : here + 1 + width]
            if not any(_has_tick(p) or without_crosses(p.text) != p.text.strip() for c in beside for p in c.paragraphs):
                return
            yield from beside

    def _beside(self, named: Named, row: Row, position: int) -> list[Cell]:
        after: list[Cell] = []
        for other in row.cells[position + 1 :]:
            if other.path in self.taken:
                break
            other_name = self.names_of(other)
            # A word that is itself a label is the answer where the question offers it: "Poziom" | "gmina".
            if other_name and (after or not self._is_option(named, other)):
                break
            if not after or other_name is NOTHING:
                after.append(other)
        return after

    def _is_option(self, named: Named, cell: Cell) -> bool:
        words = plain(" ".join(p.text for p in cell.own_paragraphs))
        return any(words in option.names for leaf in named.leaves for option in leaf.options)

    def _carries_cross(self, cell: Cell) -> bool:
        text = " ".join(p.text for p in cell.own_paragraphs)
        return without_crosses(text) != text.strip()

    def _rest_of(self, cell: Cell) -> tuple[Paragraph, ...]:
        """The lines under the label in its own cell, explanations left out."""
        paragraphs = [paragraph for paragraph in cell.own_paragraphs if paragraph.inlines]
        while paragraphs and not paragraphs[0].text.strip() and not _has_tick(paragraphs[0]):
            paragraphs.pop(0)
        if not paragraphs:
            return ()
        lines = [*_after_break(paragraphs[0]), *paragraphs[1:]]
        rest = tuple(p for p in lines if _has_tick(p) or not self.labels.is_own_text(p.text))
        whole = self.labels.named(" ".join(p.text for p in paragraphs))
        return rest if any(p.text.strip() or _has_tick(p) for p in rest) and not whole else ()

    def _says_something(self, cell: Cell) -> bool:
        """Whether more stands there than what the blank form prints: its prompts and its empty boxes."""
        return any(
            (bool(_WRITTEN.search(paragraph.text)) and not self._is_printed(paragraph))
            or any(isinstance(item, Tick) and item.checked is not False for item in paragraph.inlines)
            for paragraph in cell.paragraphs
        )

    def _is_printed(self, paragraph: Paragraph) -> bool:
        """Without its box an option is somebody's answer."""
        text = paragraph.text
        return self.labels.is_own_text(text) or (_has_tick(paragraph) and self.labels.is_option(text))

    def _denies(self, cell: Cell, leaf: Leaf) -> bool:
        """Whether somebody wrote a refusal beside a statement or consent, in words that the form does not print."""
        written = plain(" ".join(paragraph.text for paragraph in cell.own_paragraphs))
        printed = " ".join(map(plain, (leaf.label, leaf.help, *leaf.aliases)))
        return bool(_DENIAL.search(written)) and not _DENIAL.search(printed)

    def _below(self, cell: Cell, below: Row | None) -> Cell | None:
        for other in below.cells if below is not None else ():
            if other.column == cell.column and other.path not in self.taken:
                return None if self.names_of(other) or self._group_named(other)[0] else other
        return None

    # Paragraphs

    def _paragraph(self, paragraph: Paragraph, following: Sequence[Block]) -> None:
        if self._enter(paragraph) or self._whole_line(paragraph) or self._lines_of_statements(paragraph):
            return
        if paragraph.heading and not self.names_of(paragraph):
            self._group = ""
            return
        named = self.names_of(paragraph)
        if not named and self._refused(paragraph):
            return
        ticked = any(leaf.type in TICKED_TYPES for leaf in named.leaves)
        if named and ticked and (_has_tick(paragraph) or without_crosses(paragraph.text) != paragraph.text.strip()):
            self._report(named, (paragraph,), AFTER_LABEL)
            return
        if named and not _has_tick(paragraph) and not _FILLER.search(paragraph.text):
            self.named.add(paragraph.path)
            rest = _after_break(paragraph)
            answer, method = self._next_lines(named, following)
            if any(p.text.strip() for p in rest):
                self._report(named, rest, AFTER_LABEL)
            elif answer:
                self._report(named, answer, method)
            else:
                self._report(named, (paragraph,), AFTER_LABEL, empty=True)
            return
        self._labelled_pieces(paragraph, following)

    def _refused(self, paragraph: Paragraph) -> bool:
        """A statement or consent turned into its contrary by the word before it („Nie zgadzam się na …”)."""
        first, _, rest = paragraph.text.strip().partition(" ")
        named = self._named(rest) if plain(first) == "nie" and not _has_tick(paragraph) else NOTHING
        if len(named.leaves) != 1 or named.likeness < 100 or named.leaves[0].type not in TICKED_TYPES:
            return False
        self._note(named.leaves[0], _at(Gathered("nie", (), ""), paragraph, AFTER_LABEL))
        self.taken.add(paragraph.path)
        return True

    def _lines_of_statements(self, paragraph: Paragraph) -> bool:
        """Statements in the lines of one paragraph, each behind its box; whether these are such lines."""
        if paragraph.flat.count(BOX) < _FEWEST_STATEMENTS:
            return False
        lines = _lines(paragraph)
        boxed = [line for line in lines if line.flat.lstrip().startswith(BOX)]
        leaves = [leaf for line in boxed for leaf in self._named(line.text).leaves]
        if len(boxed) < _FEWEST_STATEMENTS or not any(leaf.type in TICKED_TYPES for leaf in leaves):
            return False
        for line in lines:
            one = self._named(line.text)
            if line in boxed and one and all(leaf.type in TICKED_TYPES for leaf in one.leaves):
                self._report(one, (line,), AFTER_LABEL)
            elif line.text.strip() and not self.labels.is_own_text(line.text):
                self.left.append(line)
        return True

    def _whole_line(self, paragraph: Paragraph) -> bool:
        """The heading of a composite question with an answer to all of its parts behind it."""
        head, colon, tail = paragraph.text.partition(":")
        group = self.labels.group(head)[0] if colon and _LETTER.search(tail) else ""
        if not group or self.labels.pieces(paragraph.flat):
            return False
        self._group, self._group_likeness = group, 100
        self.whole[group] = paragraph.place
        self.named.add(paragraph.path)
        return True

    def _is_answer_line(self, block: Block) -> bool:
        """A paragraph that could be an answer: neither heading nor label nor words of the form."""
        return (
            isinstance(block, Paragraph)
            and not block.heading
            and block.path not in self.taken
            and not self.names_of(block)
            and not self._group_named(block)[0]
            and (_has_tick(block) or not self.labels.is_own_text(block.text))
            and not self.labels.pieces(block.flat)
        )

    def _next_lines(self, named: Named, following: Sequence[Block]) -> tuple[tuple[Paragraph, ...], str]:
        """The line under a label; with options all lines of options, with a long answer all lines of it."""
        lines: list[Paragraph] = []
        boxed = any(leaf.type in BOXED_TYPES for leaf in named.leaves)
        long = any(leaf.type == LeafType.LONG_TEXT for leaf in named.leaves)
        for block in following:
            if not isinstance(block, Paragraph):
                break
            if not block.text.strip() and not _has_tick(block):
                if lines:
                    break
                continue
            if self.labels.is_note(block.text) and not _has_tick(block):
                continue
            if not self._is_answer_line(block):
                break
            option = boxed and (_has_tick(block) or self._is_option_line(named, block))
            dotted = bool(_FILLER.search(block.text))
            if lines and not (option or long or dotted):
                break
            lines.append(block)
            if not (option or long or dotted):
                break
        return tuple(lines), NEXT_PARAGRAPH if len(lines) < 2 or boxed else SEVERAL_LINES

    def _is_option_line(self, named: Named, paragraph: Paragraph) -> bool:
        words = {plain(paragraph.text), plain(without_crosses(paragraph.text))}
        exact = any(option.words in words for leaf in named.leaves for option in leaf.options)
        return exact or any(option_begun(leaf.options, paragraph.text) for leaf in named.leaves)

    def _labelled_pieces(self, paragraph: Paragraph, following: Sequence[Block]) -> None:
        """``Imię: Anna  Nazwisko: ……`` on one line; an answer may go on where the next line is dotted."""
        if len(paragraph.text) > _LONGEST_LINE:
            return
        text = paragraph.flat
        pieces = self.labels.pieces(text)
        for number, piece in enumerate(pieces):
            end = pieces[number + 1].start if number + 1 < len(pieces) else len(text)
            end = piece.answer + len(text[piece.answer : end].rstrip(_BETWEEN)) if end < len(text) else end
            end = self._before_unknown_label(paragraph, piece, text, end)
            here = Paragraph(_cut(paragraph.inlines, piece.answer, end), paragraph.place, paragraph.path)
            last = number == len(pieces) - 1
            lines = [here, *(self._continued(piece.named, here, following) if last else ())]
            method = AFTER_LABEL if len(lines) == 1 else self._method(here, lines)
            # In a long answer a line like a label may be prose, or a question nobody knows.
            self._report(piece.named, lines, SEVERAL_LINES if _LIKE_A_LABEL.search(here.flat) else method)
        if pieces:
            self.named.add(paragraph.path)

    def _before_unknown_label(self, paragraph: Paragraph, piece: Piece, text: str, end: int) -> int:
        """Where the answer ends when a further line of its paragraph looks like a label of its own."""
        if any(leaf.type == LeafType.LONG_TEXT for leaf in piece.named.leaves):
            return end
        match = _LIKE_A_LABEL.search(text, piece.answer, end)
        if match is None:
            return end
        self.left.append(Paragraph(_cut(paragraph.inlines, match.start(), end), paragraph.place, paragraph.path))
        return match.start()

    def _method(self, here: Paragraph, lines: Sequence[Paragraph]) -> str:
        dotted = all(_FILLER.search(line.text) for line in lines[1:])
        return AFTER_LABEL if dotted or (not _has_answer(here) and all(map(_has_tick, lines[1:]))) else SEVERAL_LINES

    def _continued(self, named: Named, here: Paragraph, following: Sequence[Block]) -> Iterator[Paragraph]:
        """The next lines that belong to the answer: dotted ones, those of options, those of a long text."""
        options = any(leaf.options for leaf in named.leaves)
        long = any(leaf.type == LeafType.LONG_TEXT for leaf in named.leaves)
        dots = bool(_FILLER.search(here.text))
        empty = not _has_answer(here)
        for block in following:
            if not isinstance(block, Paragraph) or not (block.text.strip() or _has_tick(block)):
                return
            dotted = bool(_FILLER.search(block.text)) and (empty or dots) and not _DOTTED_LABEL.match(block.text)
            option = options and (_has_tick(block) or self._is_option_line(named, block))
            prose = long and not empty and not dots
            # The line of the signature is dotted too, and nothing is written on it.
            if not (dotted or option or prose) or not self._is_answer_line_of(block, dotted=dotted):
                return
            yield block

    def _is_answer_line_of(self, block: Paragraph, *, dotted: bool) -> bool:
        return self._is_answer_line(block) or (dotted and not _has_answer(block) and not self.labels.pieces(block.text))


_ORDINAL: Final = re.compile(r"\s*\d{1,2}[.)]?\s*")
"""All that stands in a cell that numbers its row."""
_DENIAL: Final = re.compile(r"\bnie (?:zgadzam sie|wyrazam|akceptuje|potwierdzam|oswiadczam)\b")
_DOTTED_LABEL: Final = re.compile(r"\s*[^\W_][^.…_\n]{2,120}(?:[.…_]{3,}|…)[.…_\s]*[^\W_]")
"""Words, dots and words again: a label with its answer, though nobody knows the label."""
_LIKE_A_LABEL: Final = re.compile(r"\n[^\W_][^\n:?]{2,120}(?::|\?|[\u00a0 ][–—-])[\u00a0 ]+(?=[^\s.…_])")
_FEWEST_STATEMENTS: Final = 2
"""Lines that begin with a box, in one paragraph, before they may be statements."""
_LONGEST_LABEL: Final = 600
_LONGEST_LINE: Final = 5_000
"""Letters in a paragraph that may still be lines of labels and answers; longer ones are prose."""
_LINES_AHEAD: Final = 60
"""How far below a label its answer may reach: a question with many boxes, a line each."""
_BETWEEN: Final = " \t\u00a0,;|/•–—-"
"""Signs between an answer and the next label on its line."""
_LETTER: Final = re.compile(r"[^\W_]")
_TWO_LETTERS: Final = re.compile(r"[^\W_][\W_]*[^\W_]")
_WRITTEN: Final = re.compile(r"[^\s.…_]")
"""Anything but the dots and lines of a blank form."""
_FILLER: Final = re.compile(r"[.…_]{3,}|…")


def _has_words(cell: Cell) -> bool:
    return any(paragraph.text.strip() for paragraph in cell.paragraphs)


def _has_tick(container: Container) -> bool:
    return any(paragraph.boxed for paragraph in container.own_paragraphs)


def _has_answer(paragraph: Paragraph) -> bool:
    return bool(_WRITTEN.search(paragraph.text)) or _has_tick(paragraph)


def _lines(paragraph: Paragraph) -> list[Paragraph]:
    """The lines of a paragraph, as paragraphs."""
    text = paragraph.flat
    ends = [match.start() for match in re.finditer("\n", text)]
    starts = [0, *(end + 1 for end in ends)]
    spans = zip(starts, [*ends, len(text)], strict=True)
    return [Paragraph(_cut(paragraph.inlines, *span), paragraph.place, paragraph.path) for span in spans]


def _after_break(paragraph: Paragraph) -> tuple[Paragraph, ...]:
    """What stands in the lines of a paragraph under its first."""
    text = paragraph.flat
    first = len(text) - len(text.lstrip())
    end = text.find("\n", first)
    if end < 0:
        return ()
    return (Paragraph(_cut(paragraph.inlines, end + 1, len(text)), paragraph.place, paragraph.path),)


def _cut(inlines: Iterable[Inline], start: int, end: int) -> tuple[Inline, ...]:
    """The inlines between two positions of the text; a box counts as one character."""
    kept: list[Inline] = []
    position = 0
    for item in inlines:
        length = len(item.text) if isinstance(item, Text) else 1
        low, high = max(start - position, 0), min(end - position, length)
        if isinstance(item, Text):
            if low < high:
                words = item.text[low:high]
                emphasised = "\n".join(part for part in item.emphasised.split("\n") if part and part.strip() in words)
                kept.append(Text(words, item.struck, item.controls, emphasised))
        elif low < high:
            kept.append(item)
        position += length
    return tuple(kept)


def _joined(places: Sequence[Container]) -> tuple[Paragraph, ...]:
    """The paragraphs of several places; one character a cell makes one word (PESEL, account number, date)."""
    paragraphs = tuple(paragraph for place in places for paragraph in place.own_paragraphs)
    texts = [text for paragraph in paragraphs if (text := paragraph.text.strip())]
    if len(places) > 2 and sum(len(text) == 1 for text in texts) * 2 > len(texts):
        return (Paragraph((Text("".join(texts)),), places[0].place, places[0].path),)
    return paragraphs


# --- what no question claims -----------------------------------------------------------------------------------------


def _stray(blocks: Sequence[Block], search: _LabelSearch) -> Iterator[Paragraph]:
    """Paragraphs that are neither answers nor labels nor the form's own words, nor a date and a signature."""
    labels = search.labels
    signed = _signature_lines(blocks, labels)
    for container in _containers(blocks):
        if container.path in search.taken or container.path in search.named:
            continue
        for paragraph in container.own_paragraphs:
            answered = paragraph.path in search.named or paragraph.path in search.taken
            if answered or paragraph.path in signed or labels.is_own_text(paragraph.text):
                continue
            if not _TWO_LETTERS.search(paragraph.text):
                continue
            yield paragraph


def _signature_lines(blocks: Sequence[Block], labels: Labels) -> set[str]:
    """The line of the signature and the one above it, where people put date and name."""
    line = plain(labels.form.signature_line)
    found: set[str] = set()
    before = ""
    for paragraph in paragraphs_of(blocks):
        if line and line in plain(paragraph.text):
            found |= {before, paragraph.path}
        before = paragraph.path if paragraph.text.strip() else before
    return found


def _without_colon(
    paragraph: Paragraph, document: Document, labels: Labels, found: dict[str, tuple[Found, ...]]
) -> bool:
    """A label with words behind it and no sign between them (``Imię Anna``): offered where nothing else answers.

    Nobody can tell such a line from a sentence that begins with the same word, so it stays a suggestion.
    """
    named, start = labels.beginning(paragraph.flat)
    leaves = [leaf for leaf in named.leaves if not any(map(is_answered, found.get(leaf.key, ())))]
    if len(named.leaves) != 1 or not leaves:
        return False
    (leaf,) = leaves
    if not leaf.options and paragraph.flat[start:].split()[0].casefold() in _SENTENCE_GOES_ON:
        return False
    rest = Paragraph(_cut(paragraph.inlines, start, len(paragraph.flat)), paragraph.place, paragraph.path)
    place = _at(gather((rest,), leaf, document.controls, None), rest, AFTER_LABEL, likeness=_NO_COLON)
    found[leaf.key] = (*found.get(leaf.key, ()), place)
    return True


_SENTENCE_GOES_ON: Final = frozenset(
    ("i", "oraz", "lub", "albo", "a", "jest", "są", "to", "z", "w", "na", "do", "należy", "proszę", "prosimy")
)
_NO_COLON: Final = 90
"""Likeness, in per cent, of a label that nothing separates from the words behind it."""
