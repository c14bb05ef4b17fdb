"""The regulation of recruitment as data: its paragraphs, and the marks where the rules of the project are put in.

What the engine enforces is never typed twice: criteria, points, order, composition, seats and periods stand in the
text as marks in braces and are written out from the definition, so that paper and rules cannot drift apart.

Marks within a sentence: ``{criterion:CODE}``, ``{points:CODE}``, ``{minimum:KIND}``, and any number or text of the
definition by its path (``{deadlines.answer_working_days}``, ``{unit.name}``, ``{PGR.seats}``). A point that is nothing
but one of ``{quoted}``, ``{criteria:KIND}``, ``{merit:KIND}``, ``{order:KIND}``, ``{composition:KIND}``,
``{tasks:KIND}`` becomes as many points as there are; ``{quoted}`` are the criteria and point rules that name this very
passage as their paragraph, by the number of their point.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import Field

from models.form_definition import Strict

Text: TypeAlias = Annotated[str, Field(pattern=r"\S")]
MARK = re.compile(r"\{([^{}]*)\}")
BLOCKS = ("criteria", "merit", "order", "composition", "tasks")
QUOTED = "quoted"


class Passage(Strict):
    """An *ustęp*: its text, and its points, if it has any."""

    text: Text
    points: tuple[Text, ...] = ()


class RegulationParagraph(Strict):
    """A paragraph (§); its number is its place."""

    title: Text
    passages: Annotated[tuple[Passage, ...], Field(min_length=1)]


class Regulation(Strict):
    """``assumption`` is printed under the title as long as the office has not made the text its own."""

    title: Text
    assumption: str = ""
    paragraphs: Annotated[tuple[RegulationParagraph, ...], Field(min_length=1)]


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: „§ 4 ust. 1 pkt 2”. ``passage`` and ``point`` are 0 where none is named."""

    paragraph: int
    passage: int = 0
    point: int = 0

    def __str__(self) -> str:
        return "".join(
            f"{word} {number}" if not index else f" {word} {number}"
            for index, (word, number) in enumerate((("§", self.paragraph), ("ust.", self.passage), ("pkt", self.point)))
            if number
        )


_PLACE = re.compile(r"§ ?([0-9]+)(?: ust\. ?([0-9]+))?(?: pkt ?([0-9]+))?")


def place_of(quoted: str) -> Place | None:
    """The place that a criterion quotes; ``None`` for words that name none."""
    found = _PLACE.fullmatch(quoted.replace("\u00a0", " ").strip())
    return Place(*(int(number or 0) for number in found.groups())) if found else None


def block_of(point: str) -> str | None:
    """The mark of a point that is nothing but one block, without its braces."""
    found = MARK.fullmatch(point.strip())
    if found is None:
        return None
    name = found[1].partition(":")[0]
    return found[1] if name == QUOTED or name in BLOCKS else None


def passages(regulation: Regulation) -> Iterator[tuple[Place, Passage]]:
    """Every passage with its place. In a paragraph of one passage the passage has no number of its own in print, but
    one may quote it as „ust. 1”."""
    for number, paragraph in enumerate(regulation.paragraphs, start=1):
        for index, passage in enumerate(paragraph.passages, start=1):
            yield Place(number, index), passage


def marks(passage: Passage) -> tuple[str, ...]:
    """Every mark of a passage, without braces."""
    return tuple(mark for text in (passage.text, *passage.points) for mark in MARK.findall(text))
