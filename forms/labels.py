"""What the questions of a form are called, and which of them a piece of text names.

A name is known when it is one of the form's own words: a label or one of its aliases, in the project's files. A text
that is only like one (``Nazwsko``, ``Numer telfonu``) names it as a *suggestion*, with its likeness said; nothing that
rests on a suggestion counts as read.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from forms.blank_marks import FIXED_TEXTS, PLACEHOLDERS
from models.form_definition import FieldType, FormDefinition, Leaf, LeafType, Option
from models.territory import plain as plain_text
from models.territory import plain_letters

plain = lru_cache(maxsize=4_096)(plain_text)
"""Text for comparison. Kept while a document is read, because every piece of it is compared with every name."""


@dataclass(frozen=True)
class Named:
    """The questions a text names: one, or several that share a name; none when ``leaves`` is empty."""

    leaves: tuple[Leaf, ...]
    likeness: int = 100
    """Per cent; under 100 the name is spelt otherwise than in the form."""
    clear: bool = False
    """Spelt otherwise, but so near to this question's name, and so far from any other, that an answer which fits
    nothing else may confirm it."""

    def __bool__(self) -> bool:
        return bool(self.leaves)


NOTHING: Final = Named(())


@dataclass(frozen=True)
class Piece:
    """A label within a line: what it names, where it begins, and where its answer begins."""

    named: Named
    start: int
    answer: int


class Labels:
    """The names of one form. Made once for each form and document type, see :func:`labels_of`."""

    def __init__(self, form: FormDefinition) -> None:
        self.form = form
        self._leaves: dict[str, tuple[Leaf, ...]] = {}
        self._groups: dict[str, str] = {}
        self._joint: dict[str, tuple[Leaf, ...]] = {}
        self._notes: set[str] = set()
        self._kept = lru_cache(maxsize=2_048)(self._named)
        self._kept_groups = lru_cache(maxsize=2_048)(self._group)
        for section in form.sections:
            for question in section.fields:
                composite = question.type in (FieldType.ADDRESS, FieldType.INSTITUTION)
                names = [plain(name) for one in (question.label, *question.aliases) for name in spoken(one)]
                if composite:
                    self._groups.update(dict.fromkeys(names, question.key))
                self._notes.add(plain(question.help))
                for name, pair in _joint_names(question.leaves()):
                    self._joint[name] = (*self._joint.get(name, ()), *pair)
                for leaf in question.leaves():
                    for label in (plain(name) for one in (leaf.label, *leaf.aliases) for name in spoken(one)):
                        self._add(label, leaf)
                        for name in names if composite else ():
                            self._add(f"{name} {label}", leaf)
        self._notes.discard("")
        self._options = {option.words for leaf in form.leaves for option in leaf.options} | _YES_AND_NO
        self._known = self._known_texts()
        self._near_leaves = _Near(self._leaves)
        self._near_groups = _Near(self._groups)
        self._near_all = _Near({*self._leaves, *self._groups, *self._options})
        self._in_order = sorted(self._leaves)
        longest = sorted(self._leaves, key=len, reverse=True)
        self._inline = re.compile(
            rf"(?<!\S)(?:{'|'.join(re.escape(name).replace(chr(92) + ' ', ' +') for name in longest)})(?= |$)"
        )

    def _add(self, label: str, leaf: Leaf) -> None:
        if label and leaf not in self._leaves.get(label, ()):
            self._leaves[label] = (*self._leaves.get(label, ()), leaf)

    def _known_texts(self) -> frozenset[str]:
        form = self.form
        texts = [form.title, form.subtitle, form.intro, form.signature_line, *re.split(r"\n\s*\n", form.closing)]
        texts += [*FIXED_TEXTS, *PLACEHOLDERS.values()]
        for section in form.sections:
            texts += [section.title, section.intro]
            for question in section.fields:
                texts += [question.label, question.help, *question.aliases]
        return frozenset(map(plain, texts)) | frozenset(self._leaves) | frozenset(self._groups)

    # What a whole text is

    def named(self, text: str) -> Named:
        """The questions whose name this is, in the form's words or nearly so."""
        return self._kept(text)

    def _named(self, text: str) -> Named:
        name = plain(text)
        bare = _NUMBERING.sub("", name)
        for words in (name, bare):
            if words in self._leaves:
                return Named(self._leaves[words])
        if name in self._known or bare in self._known:
            return NOTHING
        for words in (name, _NUMBERING.sub("", name)):
            if words in self._joint:
                return Named(self._joint[words])
        if name in self._options:
            # The words of an answer, however like a question they are.
            return NOTHING
        best, likeness = self._near_leaves.nearest(name)
        found = tuple(dict.fromkeys(leaf for near in best for leaf in self._leaves[near]))
        if not found:
            return self._cut_short(name)
        return NOTHING if self._near_groups.nearest(name)[0] else Named(found, likeness, self._is_clear(name, found))

    def _is_clear(self, name: str, found: tuple[Leaf, ...]) -> bool:
        """One slip in a name of some length, two in a long one, and at least three more to any other question."""
        if len(found) != 1 or len(name) < (_SHORTEST_PROVED if found[0].type in SELF_PROVING else _SHORTEST_CLEAR):
            return False
        most = 1 if len(name) < _LONG else 2
        near = dict(self._near_all.within(name, most + _GAP - 1))
        own = [slips for one, slips in near.items() if self._leaves.get(one) == found]
        others = [slips for one, slips in near.items() if self._leaves.get(one) != found]
        return min(own, default=most + 1) <= most and min(others, default=most + _GAP) >= min(own) + _GAP

    def _cut_short(self, name: str) -> Named:
        """The question whose label begins with all of these words, and no other's. A statement or consent of fewer
        words is another one, and is never taken for the form's."""
        if len(name.split()) < _FEWEST_WORDS:
            return NOTHING
        begun = self._beginning_with(f"{name} ")
        leaves = tuple(dict.fromkeys(leaf for one in begun for leaf in self._leaves[one]))
        share = len(name) / min(map(len, begun), default=len(name))
        if len(leaves) != 1 or leaves[0].type in (LeafType.STATEMENT, LeafType.CONSENT) or share < _LEAST_OF_A_LABEL:
            return NOTHING
        return Named(leaves, round(100 * share), clear=True)

    def _beginning_with(self, words: str) -> Sequence[str]:
        """The names that begin so; they stand together in the alphabet."""
        first = bisect_left(self._in_order, words)
        last = first
        while last < len(self._in_order) and self._in_order[last].startswith(words):
            last += 1
        return self._in_order[first:last]

    def speaks_of(self, leaf: Leaf, text: str) -> bool:
        """Whether every word of a heading, whatever its ending, is one of a name of this question (``Osoba z …`` for
        ``Czy jest Pani / Pan osobą z …?``). By itself this says nothing: other questions may have the same words."""
        stems = _stems(plain(text))
        names = (one for one, leaves in self._leaves.items() if leaf in leaves)
        return any(len(stem) == _STEM for stem in stems) and any(stems <= _stems(name) for name in names)

    def only_offered_by(self, leaf: Leaf, text: str) -> bool:
        """Whether this is an answer that the form offers to one question alone; „tak” and „nie” fit any."""
        words = plain(text)
        owners = [one.key for one in self.form.leaves if any(plain(option.label) == words for option in one.options)]
        return owners == [leaf.key] and words not in _YES_AND_NO

    def group(self, text: str) -> tuple[str, int]:
        """Key of the composite question that is announced here with its likeness; ``""`` when none is."""
        return self._kept_groups(text)

    def _group(self, text: str) -> tuple[str, int]:
        name = plain(text)
        for words in (name, _NUMBERING.sub("", name)):
            if words in self._groups and words not in self._leaves:
                return self._groups[words], 100
        if self.named(text) or name in self._known:
            return "", 0
        near, likeness = self._near_groups.nearest(name)
        keys = {self._groups[one] for one in near}
        return (keys.pop(), likeness) if len(keys) == 1 else ("", 0)

    def forget(self) -> None:
        """Let go of what was kept of a document."""
        self._kept.cache_clear()
        self._kept_groups.cache_clear()

    def is_option(self, text: str) -> bool:
        """One of the answers that a question offers, or „tak” and „nie”."""
        return plain(text) in self._options

    def is_note(self, text: str) -> bool:
        """An explanation the form gives beside a question."""
        return plain(text) in self._notes

    def is_own_text(self, text: str) -> bool:
        """Words the blank form prints: titles, notes, declarations. None of them is anybody's answer."""
        name = plain(text)
        return not name or name in self._known or _NUMBERING.sub("", name) in self._known

    # Labels within a line

    def pieces(self, text: str) -> list[Piece]:
        """The labels of a line that an answer, a dotted line or a colon follows, in their order."""
        if len(text) < 3 or not _MAY_HOLD.search(text):
            return []
        exact: list[Piece] = []
        for match in self._inline.finditer(folded(text)):
            follows = _VALUE_FOLLOWS.match(text, match.end()) or _WORDS_FOLLOW.match(text, match.end())
            leaves = self._leaves.get(plain(match.group()), ())
            # "Drugie imię: …" asks for something else than "Imię: …"; behind another answer nobody can tell.
            if follows and leaves and (exact or _BEGINS.search(text[: match.start()])):
                exact.append(Piece(Named(leaves), match.start(), follows.end()))
        near = list(self._near_pieces(text, exact))
        # A misspelt name may end in a word that is a name itself: "Stanowsko / funkcja".
        apart = [one for one in exact if not any(n.start < one.start and one.answer == n.answer for n in near)]
        return sorted([*apart, *near], key=lambda piece: piece.start)

    def beginning(self, text: str) -> tuple[Named, int]:
        """The question whose name a line begins with, and where the words behind it begin."""
        match = self._inline.search(folded(text))
        if match is None or not text[match.end() :].strip() or not _BEGINS.search(text[: match.start()]):
            return NOTHING, 0
        return Named(self._leaves.get(plain(match.group()), ())), match.end()

    def _near_pieces(self, text: str, exact: Iterable[Piece]) -> Iterator[Piece]:
        for match in _SEGMENT.finditer(text):
            start, end = match.span("words")
            follows = _VALUE_FOLLOWS.match(text, end)
            if follows is None:
                continue
            within = [one for one in exact if one.start < follows.end() and start < one.answer]
            if any(one.start <= start or one.answer != follows.end() for one in within):
                continue
            named = self.named(match["words"])
            if named and named.likeness < 100:
                yield Piece(named, start, follows.end())


def _joint_names(leaves: Iterable[Leaf]) -> Iterator[tuple[str, tuple[Leaf, ...]]]:
    """What people call postcode and town asked for in one place: „Kod pocztowy i miejscowość”."""
    parts = {leaf.key.rpartition(".")[2]: leaf for leaf in leaves if leaf.group}
    code, town = parts.get("kod"), parts.get("miejscowosc")
    if code is None or town is None:
        return
    for one in map(plain, (code.label, *code.aliases)):
        for other in map(plain, (town.label, *town.aliases)):
            for between in (" ", " i ", " oraz "):
                yield f"{one}{between}{other}", (code, town)
                yield f"{other}{between}{one}", (code, town)


_KEPT: Final = 32
_made: dict[int, Labels] = {}


def labels_of(form: FormDefinition) -> Labels:
    """The names of a form, made at its first document."""
    found = _made.get(id(form))
    # The entry keeps its form alive, so that the number cannot come to mean another one.
    if found is None:
        if len(_made) >= _KEPT:
            _made.clear()
        found = _made[id(form)] = Labels(form)
    return found


def forget_document() -> None:
    """Let go of all that was kept of the document just read: nobody's answers wait in memory for the next file."""
    plain.cache_clear()
    _letters_in.cache_clear()
    for labels in _made.values():
        labels.forget()


_NUMBERING: Final = re.compile(r"^(?:\d{1,2}|[a-z]|[ivx]{1,4})\s+(?=\S)")
_VALUE_FOLLOWS: Final = re.compile(r"[\s*)\]”\"?.]*?(?::|(?=[.…_]{2,}|\t|…|\ufffc))|[\s*]+(?=\ufffc)")
_WORDS_FOLLOW: Final = re.compile(
    r"[*\u00a0 ]*(?:[\u00a0 ][–—-]|\?)[\u00a0 ]+(?=[^\s–—-])|[)?]?[\u00a0 ]\*[\u00a0 ]+(?=[^\s*–—-])"
)
"""A dash between spaces, the question mark of a question, or the form's own star of an obligatory one, with the answer
behind it on the same line."""
_MAY_HOLD: Final = re.compile(r"[:…\t\ufffc]|[._]{2}|[\u00a0 ][–—*-][\u00a0 ]|\?[\u00a0 ]")
_BEGINS: Final = re.compile(
    r"(?:^|[:.…_;,|\t\n\ufffc–—-]|\s\s)\s*(?:\(?(?:\d{1,2}|[a-z]|[ivxIVX]{1,4})[.)]\s*)?[\s*•–—-]*$"
)
"""What stands before the first label of a line: nothing, a number, a dash, the end of something else."""
_SEGMENT: Final = re.compile(
    r"(?:^|(?<=[….:_\t\n\ufffc])|(?<=\s\s))[\s\-–—•*]*"
    r"(?P<words>[^\W_][^…_\t\n:\ufffc]{2,160}?)(?=[ *]*(?:[:…\t\ufffc]|[._]{2,}))"
)
"""Words between two separators, with something after them that an answer could follow."""


def spoken(label: str) -> tuple[str, ...]:
    """A label as people retype it: of two forms of one word (``Pani / Pan``, ``Zapoznałam / zapoznałem``) only theirs,
    and the address left out."""
    pairs = [pair for pair in _PAIR.finditer(label) if pair[1][:3].casefold() == pair[2][:3].casefold()]
    if not pairs:
        return (label,)
    without = re.sub(r"\bPani / Pana?\b", " ", label)
    return tuple(dict.fromkeys((label, _PAIR.sub(r"\1", label), _PAIR.sub(r"\2", label), without)))


_PAIR: Final = re.compile(r"(\w{3,}) / (\w{3,})")


def option_begun(options: Iterable[Option], text: str) -> Option | None:
    """The one option that begins with these words („rodziny z dziećmi”); ``None`` when none does, or several."""
    words = plain(text)
    begun = [option for option in options if f"{option.words} ".startswith(f"{words} ")]
    return begun[0] if len(begun) == 1 and len(words) >= _SHORTEST_BEGINNING else None


_SHORTEST_BEGINNING: Final = 8
"""Letters of the shortest beginning that stands for the whole of an option."""


def folded(text: str) -> str:
    """The text for comparison, letter for letter: positions stay those of the original."""
    return plain_letters(text)


_YES_AND_NO: Final = frozenset({"tak", "nie"})
SELF_PROVING: Final = frozenset({LeafType.PESEL, LeafType.NIP, LeafType.ACCOUNT, LeafType.EMAIL})
"""A value of these types shows by itself what it is: check digits, or a sign that nothing else holds."""
_SHORTEST_PROVED: Final = 5
_SHORTEST_CLEAR: Final = 8
_LONG: Final = 16
_GAP: Final = 3
_FEWEST_WORDS: Final = 3
_LEAST_OF_A_LABEL: Final = 0.5
_STEM: Final = 6
"""Letters that stay the same in the forms of a Polish word, in most of them."""


def _stems(words: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in words.split() if len(word) > 3)


# --- nearly the same words -------------------------------------------------------------------------------------------

_SHORTEST: Final = 4
"""Letters of the shortest name that may be misspelt and still be recognised."""


def _slips(length: int) -> int:
    """How many slips of the keyboard a name of this length may hold."""
    return 1 if length < 9 else 2 if length < 24 else 4


class _Near:
    """Names, searched by how few slips lead to them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_length: dict[int, list[tuple[str, int]]] = {}
        for name in names:
            if len(name) >= _SHORTEST:
                self._by_length.setdefault(len(name), []).append((name, _letters_in(name)))

    def nearest(self, text: str) -> tuple[tuple[str, ...], int]:
        """The names with the fewest slips, and the likeness in per cent; none when all are too far."""
        most = _slips(len(text))
        best: tuple[str, ...] = ()
        for name in self._candidates(text, most) if len(text) >= _SHORTEST else ():
            slips = _distance(text, name, most)
            if slips > 1 and text.count(" ") != name.count(" "):
                # A word more is no slip: it may be the answer.
                continue
            if slips < most or (slips == most and not best):
                best = (name,)
                most = slips
            elif slips == most:
                best = (*best, name)
        return best, round(100 * (1 - most / max(len(text), 1))) if best else 0

    def within(self, text: str, most: int) -> Iterator[tuple[str, int]]:
        """The names that so many slips lead to, with their number."""
        for name in self._candidates(text, most):
            slips = _distance(text, name, most)
            if slips <= most:
                yield name, slips

    def _candidates(self, text: str, most: int) -> Iterator[str]:
        """The names of such a length and of such letters that so many slips may lead to them: nearly none."""
        lengths = [n for n in range(len(text) - most, len(text) + most + 1) if n in self._by_length]
        letters = _letters_in(text) if lengths else 0
        for length in lengths:
            for name, own in self._by_length[length]:
                # Every slip changes at most one letter on either side.
                if (letters & ~own).bit_count() <= most and (own & ~letters).bit_count() <= most:
                    yield name


_COUNTED: Final = 32


@lru_cache(maxsize=1_024)
def _letters_in(text: str) -> int:
    """How often each sign stands in a plain text: as many bits, up to 32, in a place of its own. What one text has
    more than another is then told in one step, where counters would be subtracted letter by letter."""
    bits = 0
    for letter, times in Counter(text).items():
        bits |= ((1 << min(times, _COUNTED)) - 1) << (ord(letter) - ord(" ")) * _COUNTED
    return bits


def _distance(one: str, other: str, limit: int) -> int:
    """Letters left out, put in, exchanged or swapped with a neighbour; ``limit + 1`` when there are more."""
    far = limit + 1
    if abs(len(one) - len(other)) > limit:
        return far
    before: list[int] = []
    last = [min(j, far) for j in range(len(other) + 1)]
    for i, a in enumerate(one, start=1):
        # Letters further apart than the limit cannot belong together: a statement has hundreds, the limit is four.
        low, high = max(i - limit, 1), min(i + limit, len(other))
        line = [far] * (len(other) + 1)
        line[0] = min(i, far)
        for j in range(low, high + 1):
            b = other[j - 1]
            cost = min(last[j] + 1, line[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            line[j] = cost
        if min(line[low - 1 : high + 1]) > limit:
            return far
        before, last = last, line
    return min(last[-1], far)
