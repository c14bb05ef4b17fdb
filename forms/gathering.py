"""What stands in one place of a document: the words of the answer, and boxes with the words that belong to each.

A cross typed before, behind or in place of a box ticks it. Words that are struck out are no answer. Where it cannot be
told which box a cross belongs to, the boxes are undecided, never empty.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from forms.blank_marks import PLACEHOLDERS
from forms.document import Control, ControlKind, Inline, Paragraph, Text, Tick
from forms.labels import folded, plain
from models.form_definition import Leaf, LeafType

SIMILAR: Final = "etykieta podobna"
"""How the method begins by which an answer was found beside a label that is only like the form's."""


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
    likeness: int = 100
    """Per cent; under 100 the label is spelt otherwise than in the form, and the answer is a suggestion."""
    clear: bool = False
    """A suggestion whose label is near to no other question, see :class:`forms.labels.Named`."""

    @property
    def raw(self) -> str:
        """Text and boxes on one line, for people."""
        boxes = "; ".join(f"[{_SIGN[mark.checked]}] {mark.label}".strip() for mark in self.marks)
        return "; ".join(part for part in (self.text.strip(), boxes) if part)


_SIGN: Final[Mapping[bool | None, str]] = {True: "x", False: " ", None: "?"}

TICKED_TYPES: Final = frozenset({LeafType.STATEMENT, LeafType.CONSENT})
BOXED_TYPES: Final = TICKED_TYPES | {LeafType.CHOICE, LeafType.CHOICES, LeafType.PESEL}


@dataclass
class Gathered:
    text: str
    marks: tuple[Mark, ...]
    date: str


def gather(
    paragraphs: Iterable[Paragraph], leaf: Leaf, controls: Sequence[Control], within: frozenset[int] | None
) -> Gathered:
    """Text and boxes of some paragraphs; ``within`` limits the text to what stands inside these controls."""
    lines: list[str] = []
    marks: list[Mark] = []
    date = ""
    boxed, drawn = leaf.type in BOXED_TYPES, False
    for paragraph in paragraphs:
        if boxed:
            line = _Boxes(leaf, controls, within)
            for item in paragraph.inlines:
                line.take(item)
                drawn = drawn or isinstance(item, Tick)
            lead, found = line.read()
            lines.append(lead)
            marks += found
        else:
            lines.append(_shown(paragraph.inlines, controls, within))
        around = (controls[number] for item in paragraph.inlines for number in item.controls)
        dates = [control.date for control in around if control.kind == ControlKind.DATE]
        date = date or next(iter(dates), "")
    if marks and not drawn and leaf.options:
        # Crosses beside some of the printed options: those without one are not chosen.
        names = {option.words for option in leaf.options}
        marks += [Mark(False, line.strip(_EDGES)) for line in lines if plain(line) in names]
        lines = [line for line in lines if plain(line) not in names]
    text = "\n".join(lines).strip()
    if drawn and leaf.options:
        # An option in bare words among others with boxes has lost its box: nobody can tell what it said.
        boxes = {plain(mark.label) for mark in marks}
        lost = [label for label, _, _ in _printed(text, (o.label for o in leaf.options)) if plain(label) not in boxes]
        marks += [Mark(None, label) for label in lost]
    return Gathered(_NOTE.sub(" ", text).strip() if boxed else text, tuple(marks), date)


_PROMPT: Final = re.compile(
    r"\s*(kliknij|naciśnij|dotknij|wybierz|wpisz|wprowadź|podaj|click|tap|choose|enter|select)\b", re.IGNORECASE
)
_NOTE: Final = re.compile(
    r"[(*\s]*\b(?:niepotrzebn[ea]|niewłaściw[ea])\s+(?:skreślić|wykreślić)[)*.\s]*"
    r"|[(*\s]*\b(?:właściw[ea]|odpowiedni[ea])\s+(?:zaznaczyć|zakreślić|podkreślić|wybrać)[)*.\s]*",
    re.IGNORECASE,
)


def _shown(items: Iterable[Inline], controls: Sequence[Control], within: frozenset[int] | None) -> str:
    return "".join(_shown_text(item, controls, within) for item in items if isinstance(item, Text) and not item.struck)


def _shown_text(item: Text, controls: Sequence[Control], within: frozenset[int] | None) -> str:
    """The text of an inline. What Word itself marks as a prompt is left out only if it reads like one: LibreOffice
    leaves the mark standing when somebody has typed over it. The first entry of an old list is often its prompt."""
    if within is not None and not within & set(item.controls):
        return ""
    for number in item.controls:
        control = controls[number]
        prompting = control.placeholder or (
            control.kind == ControlKind.LEGACY_DROPDOWN and control.options[:1] == (item.text,)
        )
        if prompting and _PROMPT.match(item.text):
            return ""
    return item.text


# --- boxes and crosses -----------------------------------------------------------------------------------------------

_CROSS_SIGNS: Final = frozenset("xXvV✓✗✔✘+")
_CROSS: Final = re.compile(rf"(?<![^\s\u00a0(])[{''.join(sorted(_CROSS_SIGNS))}](?![^\s\u00a0).,;])")


@dataclass
class _Slot:
    """A box, or a cross where no box is. ``item`` is the box; without one it is a typed cross."""

    before: str = ""
    """Words between the box before it and this one."""
    item: Tick | None = None
    crossed: bool = False
    unclear: bool = False
    struck: bool = False
    """Words that are struck out stand behind it."""


@dataclass
class _Boxes:
    """One line of boxes and words, taken in reading order."""

    leaf: Leaf
    controls: Sequence[Control]
    within: frozenset[int] | None
    _slots: list[_Slot] = field(default_factory=list)
    _words: str = ""
    _emphasised: str = ""
    _struck: str = ""

    def take(self, item: Inline) -> None:
        if isinstance(item, Tick):
            self._slots.append(_Slot(self._words, item))
            self._words = ""
            return
        if item.struck:
            self._struck += f" {item.text} "
            if item.text.strip() and self._slots:
                self._slots[-1].struck = True
            return
        # Only the text before the first box may be an answer; what follows a box is its label, never an answer.
        within = self.within if not self._slots else None
        words = _shown_text(item, self.controls, within)
        if not words and self.within is not None and not self._slots and _CROSS.fullmatch(item.text.strip()):
            # A cross typed outside of the control of its box is still a cross.
            words = item.text
        self._words += words
        self._emphasised += f"\n{item.emphasised}" if item.emphasised else ""

    def read(self) -> tuple[str, list[Mark]]:
        """The words that are no label of a box, and the boxes."""
        picked = [] if self._slots else self._picked()
        if picked:
            return "", picked
        slots, tail = self._with_crosses()
        if not slots:
            return tail, []
        lead, labels = slots[0].before, [*(slot.before for slot in slots[1:]), tail]
        if lead.strip(_EDGES) and not labels[-1].strip(_EDGES):
            # "tak [ ] nie [ ]": the words stand before their boxes.
            lead, labels = "", [lead, *labels[:-1]]
        marks = [
            Mark(self._state(slot), label.strip(_EDGES), _code_of(slot.item, self.leaf, self.controls))
            for slot, label in zip(slots, labels, strict=True)
            if slot.item is None or self.within is None or self.within & set(slot.item.controls)
        ]
        if any(slot.struck for slot in slots) and not any(mark.checked for mark in marks):
            # Somebody struck words out beside boxes that nobody ticked: what is left may be meant, or not.
            marks = [Mark(None, mark.label, mark.code) for mark in marks]
        return lead, marks

    def _picked(self) -> list[Mark]:
        """Printed options without boxes of which some are underlined, bold, highlighted or have a cross beside them."""
        printed = _printed(self._words, self._option_words())
        struck = _printed(self._struck, self._option_words())
        if len(struck) > 1 and not plain(_NOTE.sub(" ", self._words)):
            # All of them struck out: nobody can tell what was meant.
            return [Mark(None, label) for label, _, _ in struck]
        if len(printed) < 2:
            return []
        chosen = {label for label, _, _ in _printed(self._emphasised, self._option_words())}
        if chosen and len(chosen) < len(printed):
            return [Mark(label in chosen, label) for label, _, _ in printed]
        crosses = list(_CROSS.finditer(self._words))
        for cross in crosses:
            beside = {
                label
                for label, start, end in printed
                if (not self._words[end : cross.start()].strip(" \u00a0()") and end <= cross.start())
                or (not self._words[cross.end() : start].strip(" \u00a0()") and start >= cross.end())
            }
            if len(beside) != 1:
                return [Mark(None, label) for label, _, _ in printed]
            chosen |= beside
        return [Mark(label in chosen, label) for label, _, _ in printed] if crosses else []

    def _option_words(self) -> tuple[str, ...]:
        if self.leaf.type in TICKED_TYPES:
            return ("tak", "nie")
        return tuple(option.label for option in self.leaf.options)

    def _state(self, slot: _Slot) -> bool | None:
        if slot.unclear:
            return None
        return True if slot.crossed or slot.item is None else slot.item.checked

    def _with_crosses(self) -> tuple[list[_Slot], str]:
        """The boxes with the crosses given to them; a cross among words, far from any box, is a box of its own."""
        if not self._slots and not self._stands_for_a_box(self._words):
            return [], self._words
        slots: list[_Slot] = []
        for slot in self._slots:
            words = self._given(slots, slot.before, slot)
            slots.append(slot)
            slot.before = words
        return slots, self._given(slots, self._words, None)

    def _stands_for_a_box(self, words: str) -> bool:
        """Without any box: whether a cross stands before or behind the words of an option."""
        if self.leaf.type == LeafType.PESEL:
            return False
        crosses = list(_CROSS.finditer(words))
        rest = plain(_CROSS.sub(" ", words))
        return (
            len(crosses) == 1 and bool(rest) and (words.strip(" (")[:1] == crosses[0].group() or rest in self._names())
        )

    def _names(self) -> frozenset[str]:
        own = (self.leaf.label, *self.leaf.aliases) if self.leaf.type in TICKED_TYPES else ()
        options = (name for option in self.leaf.options for name in (option.label, option.code))
        return frozenset(map(plain, (*own, *options)))

    def _given(self, slots: list[_Slot], words: str, following: _Slot | None) -> str:
        """Words between two boxes, their crosses given away; adds a slot for each cross that is a box of its own.
        What is returned stands before the following box."""
        position = 0
        for match in list(_CROSS.finditer(words)):
            before, after = words[position : match.start()], words[match.end() :]
            if plain(match.group()) and plain(f"{before} {match.group()} {after}") in self._names():
                continue
            gap = len(before) - len(before.rstrip(" \u00a0\t"))
            ahead = len(after) - len(after.lstrip(" \u00a0\t"))
            if slots and not before.strip(_EDGES) and slots[-1].item is not None:
                slots[-1].crossed = True
            elif following is not None and not after.strip(_EDGES):
                if not before.strip(_EDGES) or not slots or gap > max(ahead, 1):
                    following.crossed = True
                elif gap < ahead:
                    slots[-1].crossed = True
                else:
                    slots[-1].unclear = following.unclear = True
            elif slots and not after.strip(_EDGES) and slots[-1].item is not None:
                slots[-1].crossed = True
            else:
                slots.append(_Slot(before))
                position = match.end()
                continue
            words = words[: match.start()] + " " * len(match.group()) + words[match.end() :]
        return words[position:]


def _printed(words: str, labels: Iterable[str]) -> list[tuple[str, int, int]]:
    """The options that stand in a text with their places, longer ones first: „niepubliczna” is not „publiczna”."""
    text = folded(words)
    found: list[tuple[str, int, int]] = []
    for label in sorted(labels, key=len, reverse=True):
        printed = _label_printed(label)
        match = printed.search(text) if printed is not None else None
        if match is not None:
            found.append((label, *match.span()))
            text = text[: match.start()] + "." * len(match.group()) + text[match.end() :]
    return sorted(found, key=lambda item: item[1])


@lru_cache(maxsize=1_024)
def _label_printed(label: str) -> re.Pattern[str] | None:
    """What finds the words of an option in folded text. Options are the form's words, so these may be kept."""
    words = r"[^0-9a-z]+".join(map(re.escape, plain(label).split()))
    return re.compile(rf"(?<![0-9a-z]){words}(?![0-9a-z])") if words else None


_EDGES: Final = " \t\n\u00a0:;,/.()"


def _code_of(item: Tick | None, leaf: Leaf, controls: Sequence[Control]) -> str:
    for number in reversed(item.controls if item is not None else ()):
        tag = controls[number].tag
        if tag.startswith(f"{leaf.key}:"):
            return tag[len(leaf.key) + 1 :]
    return ""


def is_answered(found: Found) -> bool:
    """Whether anything but dots, prompts of Word or of the form and empty boxes stands there."""
    text = found.text
    for prompt in _OWN_PROMPTS:
        text = text.replace(prompt, " ")
    return any(mark.checked is not False for mark in found.marks) or bool(_LETTER.search(text))


_LETTER: Final = re.compile(r"[^\W_]")
_OWN_PROMPTS: Final = tuple(sorted(PLACEHOLDERS.values(), key=len, reverse=True))


def without_crosses(text: str) -> str:
    """The words of a line without a cross that stands alone at its beginning or end."""
    words = text.strip()
    # Most texts have no cross, and a search for one at the end of a long text looks at all of it.
    if _CROSS_SIGNS.isdisjoint(words[:2] + words[-2:]):
        return words
    match = _CROSS_AT_EDGE.search(words)
    return (words[: match.start()] + words[match.end() :]).strip() if match is not None else words


_CROSS_AT_EDGE: Final = re.compile(rf"^\(?{_CROSS.pattern}\)?|\(?{_CROSS.pattern}\)?$")
