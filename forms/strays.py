"""What somebody wrote and no question claims, so that nothing passes for an unanswered question unseen."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from forms.cutting import cut
from forms.document import Block, Document, Paragraph, paragraphs_of
from forms.gathering import Found, gather, is_answered
from forms.labelled_cells import LabelSearch
from forms.labels import Labels, plain
from forms.places import AFTER_LABEL, containers, found_at

_TWO_LETTERS: Final = re.compile(r"[^\W_][\W_]*[^\W_]")


def strays(blocks: Sequence[Block], search: LabelSearch) -> Iterator[Paragraph]:
    """Paragraphs that are neither answers nor labels nor the form's own words, nor a date and a signature."""
    labels = search.labels
    signed = _signature_lines(blocks, labels)
    for container in containers(blocks):
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


def without_colon(
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
    rest = Paragraph(cut(paragraph.inlines, start, len(paragraph.flat)), paragraph.place, paragraph.path)
    place = found_at(gather((rest,), leaf, document.controls, None), rest, AFTER_LABEL, likeness=_NO_COLON)
    found[leaf.key] = (*found.get(leaf.key, ()), place)
    return True


_SENTENCE_GOES_ON: Final = frozenset(
    ("i", "oraz", "lub", "albo", "a", "jest", "są", "to", "z", "w", "na", "do", "należy", "proszę", "prosimy")
)
_NO_COLON: Final = 90
"""Likeness, in per cent, of a label that nothing separates from the words behind it."""
