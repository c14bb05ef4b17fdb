"""Answers by the labels of cells, and the walk over a whole document by its labels.

An answer stands in the cell beside its label, below it, or in the cell of the label. The number of a table tells
nothing, because programs join and split tables.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from forms.cutting import after_break
from forms.document import Block, Cell, Inline, Paragraph, Row, Table, Text, Tick
from forms.gathering import BOXED_TYPES, TICKED_TYPES, Gathered, without_crosses
from forms.labelled_lines import LabelledLines
from forms.labels import NOTHING, Named, plain
from forms.places import (
    AFTER_LABEL,
    BELOW_LABEL,
    BESIDE_LABEL,
    LETTER,
    SUGGESTED,
    UNDER_LABEL,
    WRITTEN,
    Container,
    found_at,
    has_answer,
    has_tick,
    has_words,
)
from models.form_definition import Leaf

_ORDINAL: Final = re.compile(r"\s*\d{1,2}[.)]?\s*")
"""All that stands in a cell that numbers its row."""
_DENIAL: Final = re.compile(r"\bnie (?:zgadzam sie|wyrazam|akceptuje|potwierdzam|oswiadczam)\b")
_LINES_AHEAD: Final = 60
"""How far below a label its answer may reach: a question with many boxes, a line each."""


class LabelSearch(LabelledLines):
    """The whole walk by labels, through tables too: with the answer in a cell beside, below, or in the label's own."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._columns: dict[int, str] = {}
        self._titles: tuple[bool, bool] = (False, False)

    def blocks(self, blocks: Sequence[Block]) -> None:
        """Walk over these blocks: the whole document, or what a cell holds."""
        for number, block in enumerate(blocks):
            if isinstance(block, Table):
                self._table(block)
            elif block.path not in self.taken:
                self._paragraph(block, blocks[number + 1 : number + 1 + _LINES_AHEAD])

    def _table(self, table: Table) -> None:
        outside, self._columns = self._columns, {}
        around, self._titles = self._titles, (False, False)
        for number in range(len(table.rows)):
            self._row(table.rows[number:])
        self._columns = outside
        self._titles = around

    def _row(self, rows: Sequence[Row]) -> None:
        row, below = rows[0], rows[1] if len(rows) > 1 else None
        filled = [cell for cell in row.cells if has_words(cell)]
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
                    named = Named(named.leaves, min(named.likeness, SUGGESTED))
                step = self._answer_of(named, rows, position, titles=titles or doubtful)
            elif cell.path not in self.taken and cell.path not in self.named:
                self.blocks(cell.blocks)
            position += step

    def _is_row_of_options(self, row: Row) -> bool:
        """A row that heads columns with „tak” and „nie” or with the options of a question; crosses stand below."""
        words = {cell.column: " ".join(p.text for p in cell.own_paragraphs).strip() for cell in row.cells}
        heads = {column: text for column, text in words.items() if self.labels.is_option(text)}
        if len(heads) < 2 or self.names_of(row.cells[0]) or 0 in heads or any(map(has_tick, row.cells)):
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
            written = any(LETTER.search(p.text) for p in cell.own_paragraphs)
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
        all_labels = all(has_words(cell) and self.names_of(cell) for cell in row.cells)
        return all_labels and not any(self.names_of(cell) or self._group_named(cell)[0] for cell in below.cells)

    def _answer_of(self, named: Named, rows: Sequence[Row], position: int, *, titles: bool) -> int:
        """Report the answer to the label in this cell; how many cells of the row are dealt with."""
        row, below = rows[0], rows[1] if len(rows) > 1 else None
        cell = row.cells[position]
        if any(leaf.type in TICKED_TYPES for leaf in named.leaves):
            before = row.cells[position - 1] if position else None
            if before is not None and _ORDINAL.fullmatch(" ".join(p.text for p in before.paragraphs)):
                before = None
            if has_tick(cell) or self._carries_cross(cell):
                self._report(named, (cell,), BESIDE_LABEL)
                return 1
            if before is not None and before.path not in self.taken and not self.names_of(before):
                self._report(named, (before,), BESIDE_LABEL)
                for leaf in named.leaves:
                    if self._denies(cell, leaf):
                        self._note(leaf, found_at(Gathered("nie", (), ""), cell, AFTER_LABEL, likeness=named.likeness))
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
            prompted = any(has_answer(paragraph) for other in after for paragraph in other.paragraphs)
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
            if here is None or any(p.text.strip() or has_tick(p) for p in row.cells[here].paragraphs):
                return
            beside = row.cells[here + 1 : here + 1 + width]
            if not any(has_tick(p) or without_crosses(p.text) != p.text.strip() for c in beside for p in c.paragraphs):
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
        while paragraphs and not paragraphs[0].text.strip() and not has_tick(paragraphs[0]):
            paragraphs.pop(0)
        if not paragraphs:
            return ()
        lines = [*after_break(paragraphs[0]), *paragraphs[1:]]
        rest = tuple(p for p in lines if has_tick(p) or not self.labels.is_own_text(p.text))
        whole = self.labels.named(" ".join(p.text for p in paragraphs))
        return rest if any(p.text.strip() or has_tick(p) for p in rest) and not whole else ()

    def _says_something(self, cell: Cell) -> bool:
        """Whether more stands there than what the blank form prints: its prompts and its empty boxes."""
        return any(
            (bool(WRITTEN.search(paragraph.text)) and not self._is_printed(paragraph))
            or any(isinstance(item, Tick) and item.checked is not False for item in paragraph.inlines)
            for paragraph in cell.paragraphs
        )

    def _is_printed(self, paragraph: Paragraph) -> bool:
        """Without its box an option is somebody's answer."""
        text = paragraph.text
        return self.labels.is_own_text(text) or (has_tick(paragraph) and self.labels.is_option(text))

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
