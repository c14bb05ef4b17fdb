"""Answers by the labels of paragraphs: a label and a colon, a label with a dotted line, a label above its answer."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from forms.claims import Claims
from forms.cutting import after_break, cut, lines_of
from forms.document import BOX, Block, Paragraph
from forms.gathering import BOXED_TYPES, TICKED_TYPES, Gathered, without_crosses
from forms.labels import NOTHING, Named, Piece, option_begun, plain
from forms.places import AFTER_LABEL, FILLER, LETTER, NEXT_PARAGRAPH, SEVERAL_LINES, found_at, has_answer, has_tick
from models.form_definition import LeafType

_DOTTED_LABEL: Final = re.compile(r"\s*[^\W_][^.…_\n]{2,120}(?:[.…_]{3,}|…)[.…_\s]*[^\W_]")
"""Words, dots and words again: a label with its answer, though nobody knows the label."""
_LIKE_A_LABEL: Final = re.compile(r"\n[^\W_][^\n:?]{2,120}(?::|\?|[\u00a0 ][–—-])[\u00a0 ]+(?=[^\s.…_])")
_FEWEST_STATEMENTS: Final = 2
"""Lines that begin with a box, in one paragraph, before they may be statements."""
_LONGEST_LINE: Final = 5_000
"""Letters in a paragraph that may still be lines of labels and answers; longer ones are prose."""
_BETWEEN: Final = " \t\u00a0,;|/•–—-"
"""Signs between an answer and the next label on its line."""


class LabelledLines(Claims):
    """Labels in paragraphs: with the answer on their line, or on the lines under it."""

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
        if named and ticked and (has_tick(paragraph) or without_crosses(paragraph.text) != paragraph.text.strip()):
            self._report(named, (paragraph,), AFTER_LABEL)
            return
        if named and not has_tick(paragraph) and not FILLER.search(paragraph.text):
            self.named.add(paragraph.path)
            rest = after_break(paragraph)
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
        named = self._named(rest) if plain(first) == "nie" and not has_tick(paragraph) else NOTHING
        if len(named.leaves) != 1 or named.likeness < 100 or named.leaves[0].type not in TICKED_TYPES:
            return False
        self._note(named.leaves[0], found_at(Gathered("nie", (), ""), paragraph, AFTER_LABEL))
        self.taken.add(paragraph.path)
        return True

    def _lines_of_statements(self, paragraph: Paragraph) -> bool:
        """Statements in the lines of one paragraph, each behind its box; whether these are such lines."""
        if paragraph.flat.count(BOX) < _FEWEST_STATEMENTS:
            return False
        lines = lines_of(paragraph)
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
        group = self.labels.group(head)[0] if colon and LETTER.search(tail) else ""
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
            and (has_tick(block) or not self.labels.is_own_text(block.text))
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
            if not block.text.strip() and not has_tick(block):
                if lines:
                    break
                continue
            if self.labels.is_note(block.text) and not has_tick(block):
                continue
            if not self._is_answer_line(block):
                break
            option = boxed and (has_tick(block) or self._is_option_line(named, block))
            dotted = bool(FILLER.search(block.text))
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
            here = Paragraph(cut(paragraph.inlines, piece.answer, end), paragraph.place, paragraph.path)
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
        self.left.append(Paragraph(cut(paragraph.inlines, match.start(), end), paragraph.place, paragraph.path))
        return match.start()

    def _method(self, here: Paragraph, lines: Sequence[Paragraph]) -> str:
        dotted = all(FILLER.search(line.text) for line in lines[1:])
        return AFTER_LABEL if dotted or (not has_answer(here) and all(map(has_tick, lines[1:]))) else SEVERAL_LINES

    def _continued(self, named: Named, here: Paragraph, following: Sequence[Block]) -> Iterator[Paragraph]:
        """The next lines that belong to the answer: dotted ones, those of options, those of a long text."""
        options = any(leaf.options for leaf in named.leaves)
        long = any(leaf.type == LeafType.LONG_TEXT for leaf in named.leaves)
        dots = bool(FILLER.search(here.text))
        empty = not has_answer(here)
        for block in following:
            if not isinstance(block, Paragraph) or not (block.text.strip() or has_tick(block)):
                return
            dotted = bool(FILLER.search(block.text)) and (empty or dots) and not _DOTTED_LABEL.match(block.text)
            option = options and (has_tick(block) or self._is_option_line(named, block))
            prose = long and not empty and not dots
            # The line of the signature is dotted too, and nothing is written on it.
            if not (dotted or option or prose) or not self._is_answer_line_of(block, dotted=dotted):
                return
            yield block

    def _is_answer_line_of(self, block: Paragraph, *, dotted: bool) -> bool:
        return self._is_answer_line(block) or (dotted and not has_answer(block) and not self.labels.pieces(block.text))
