"""A hand that writes one person's answers: everything a layout needs, whatever the encoding."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from generated import wordml as w
from generated.encodings import Encoding, Manner
from generated.people import OPEN, Answer
from models.form_definition import FormDefinition, FormField, Leaf, LeafType

DIGITS: Final = frozenset({LeafType.PESEL, LeafType.NIP, LeafType.POSTCODE, LeafType.DATE})
TICKED: Final = frozenset({LeafType.STATEMENT, LeafType.CONSENT})
PROMPT: Final = "Wybierz element."
OLD_PROMPT: Final = "wybierz"


@dataclass
class Pen:
    """``misspelt`` are labels written wrongly, by leaf; ``tracked`` records every answer as a change."""

    form: FormDefinition
    answers: Mapping[str, Answer]
    encoding: Encoding
    dice: random.Random
    tracked: bool = False
    misspelt: Mapping[str, str] = field(default_factory=dict)
    numbers: w.Numbers = field(default_factory=w.Numbers)
    one_digit_a_cell: bool = False
    """Numbers and dates are written with one character in each cell."""
    legacy: bool = False
    """Answers go into the form fields of old Word."""

    def label(self, leaf: Leaf) -> str:
        return self.misspelt.get(leaf.key, leaf.label)

    def answer(self, leaf: Leaf) -> Answer:
        return self.answers.get(leaf.key, OPEN)

    def wrote(self, words: str) -> str:
        """What the person typed, as runs."""
        if not words:
            return ""
        if not self.tracked:
            return w.run(words)
        half = max(1, len(words) // 2) if "\n" not in words else len(words)
        return w.deleted("dawna odpowiedź") + w.inserted(w.run(words[:half])) + (w.run(words[half:]) or "")

    # Answers

    def lines(self, leaf: Leaf) -> list[str]:
        """The answer as lines of runs, one for each option where there are boxes."""
        if leaf.options and self._boxed(leaf):
            return [self._option(leaf, option.code, option.label) for option in leaf.options]
        return [self.inline(leaf)]

    def inline(self, leaf: Leaf) -> str:
        """The answer on one line, as runs; nothing when it was left open."""
        answer = self.answer(leaf)
        if leaf.options:
            if self._boxed(leaf):
                return w.run("   ").join(self._option(leaf, option.code, option.label) for option in leaf.options)
            return self._options(leaf, answer)
        if self.legacy:
            return w.form_text(f"Tekst{self.numbers.next()}", answer.typed)
        return self.wrote(answer.typed)

    def _boxed(self, leaf: Leaf) -> bool:
        several = leaf.type == LeafType.CHOICES and self.encoding.manner in (Manner.LIST, Manner.OLD_LIST)
        return self.encoding.manner == Manner.BOXES or several

    def _option(self, leaf: Leaf, code: str, label: str) -> str:
        return self.box(code in self.answer(leaf).chosen) + w.run(f" {label}")

    def box(self, checked: bool) -> str:
        box = self.encoding.box(checked, self.numbers)
        if self.tracked and checked and "<w:sdt>" not in box and "fldChar" not in box:
            return w.deleted("☐") + w.inserted(box)
        return box

    def _options(self, leaf: Leaf, answer: Answer) -> str:
        labels = tuple(option.label for option in leaf.options)
        return self._chosen(labels, tuple(o.label for o in leaf.options if o.code in answer.chosen), answer.typed)

    def _chosen(self, labels: tuple[str, ...], chosen: tuple[str, ...], typed: str) -> str:
        # One option alone cannot be chosen by striking out others.
        if self.encoding.manner == Manner.STRUCK and len(labels) > 1:
            pieces = [w.run(label) if label in chosen or not chosen else w.struck(label) for label in labels]
            return w.run(" / ").join(pieces) + w.run(" (niepotrzebne skreślić)")
        if self.encoding.manner == Manner.LIST:
            return w.drop_down(self.numbers.next(), typed or PROMPT, labels, prompt=not typed)
        if self.encoding.manner == Manner.OLD_LIST:
            position = 1 + labels.index(chosen[0]) if chosen else 0
            return w.form_list(f"Lista{self.numbers.next()}", (OLD_PROMPT, *labels), position)
        return self.wrote(typed)

    # Statements and consents

    @property
    def ticks_stand_before(self) -> bool:
        """Whether a statement has a box before it, or a word behind it."""
        return self.encoding.manner == Manner.BOXES

    def tick(self, leaf: Leaf) -> str:
        """The mark of a statement, as runs."""
        answer = self.answer(leaf)
        if self.ticks_stand_before:
            return self.box(answer.ticked is True)
        chosen = () if answer.ticked is None else ("tak",) if answer.ticked else ("nie",)
        return self._chosen(("tak", "nie"), chosen, answer.typed)

    # What has to be read

    def shown(self, leaf: Leaf) -> tuple[str, ...]:
        """The words of the answer that stand in the document, in their order."""
        answer = self.answer(leaf)
        if leaf.options:
            return tuple(option.label for option in leaf.options if option.code in answer.chosen)
        if leaf.type in TICKED:
            return () if self.ticks_stand_before else (answer.typed,)
        if self.one_digit_a_cell and leaf.type in DIGITS:
            return (
                tuple(part for part in reversed(str(answer.gold or "").split("-")))
                if leaf.type == LeafType.DATE
                else (str(answer.gold or ""),)
            )
        return tuple(answer.typed.split("\n"))

    def gold(self, leaf: Leaf) -> object:
        """The value to be read, ``None`` for blank. A box that is not ticked says no."""
        answer = self.answer(leaf)
        if leaf.type in TICKED and self.ticks_stand_before:
            return answer.ticked is True
        return answer.gold


def groups(form_field: FormField) -> tuple[str, tuple[Leaf, ...]]:
    """Heading of a composite question (else nothing) and its leaves."""
    leaves = form_field.leaves()
    return (form_field.label if leaves[0].group else ""), leaves
