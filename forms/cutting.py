"""Paragraphs cut into lines and pieces, and put together again, with their boxes and controls."""

import re
from collections.abc import Iterable, Sequence

from forms.document import Inline, Paragraph, Text
from forms.places import Container


def lines_of(paragraph: Paragraph) -> list[Paragraph]:
    """The lines of a paragraph, as paragraphs."""
    text = paragraph.flat
    ends = [match.start() for match in re.finditer("\n", text)]
    starts = [0, *(end + 1 for end in ends)]
    spans = zip(starts, [*ends, len(text)], strict=True)
    return [Paragraph(cut(paragraph.inlines, *span), paragraph.place, paragraph.path) for span in spans]


def after_break(paragraph: Paragraph) -> tuple[Paragraph, ...]:
    """What stands in the lines of a paragraph under its first."""
    text = paragraph.flat
    first = len(text) - len(text.lstrip())
    end = text.find("\n", first)
    if end < 0:
        return ()
    return (Paragraph(cut(paragraph.inlines, end + 1, len(text)), paragraph.place, paragraph.path),)


def cut(inlines: Iterable[Inline], start: int, end: int) -> tuple[Inline, ...]:
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


def joined(places: Sequence[Container]) -> tuple[Paragraph, ...]:
    """The paragraphs of several places; one character a cell makes one word (PESEL, account number, date)."""
    paragraphs = tuple(paragraph for place in places for paragraph in place.own_paragraphs)
    texts = [text for paragraph in paragraphs if (text := paragraph.text.strip())]
    if len(places) > 2 and sum(len(text) == 1 for text in texts) * 2 > len(texts):
        return (Paragraph((Text("".join(texts)),), places[0].place, places[0].path),)
    return paragraphs
