"""What a place of a document names, and which question claims which place.

A label that fits several questions is settled by the heading of the composite question above it, if there is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from forms.beyond import in_two
from forms.cutting import joined
from forms.document import Document, Paragraph
from forms.gathering import TICKED_TYPES, Found, Gathered, gather, without_crosses
from forms.labels import NOTHING, Labels, Named
from forms.places import Container, found_at
from forms.safety import refuse
from models.form_definition import Leaf

_MOST_PLACES: Final = 200
"""Places that may seem to answer one question; no form asks anything so often."""
_LONGEST_LABEL: Final = 600


@dataclass
class Claims:
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
        self._names: dict[str, Named] = {}
        """What each container names, by its path: rows are looked at from their neighbours as well."""

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
        parts = in_two(pair, " ".join(paragraph.text for paragraph in joined(places))) if together else ()
        if parts:
            for leaf, words in zip(pair, parts, strict=True):
                self._note(leaf, found_at(Gathered(words, (), ""), places[0], method))
            self.taken.update(place.path for place in places)
            self._group, self._group_likeness = pair[0].group, 100
            return
        clear = named.clear and len(leaves) == 1
        for leaf in leaves if unclear else chosen:
            gathered = Gathered("", (), "")
            if not empty:
                gathered = gather(joined(places), leaf, self.document.controls, None)
            self._note(leaf, found_at(gathered, places[0], method, unclear=unclear, likeness=likeness, clear=clear))
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
