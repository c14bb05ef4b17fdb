"""A document as a small tree of what a person sees in it, with the place of everything.

:mod:`forms.word` makes it of a Word file, :mod:`forms.pdf` of a PDF; all that follows asks the tree alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias


class ControlKind(StrEnum):
    TEXT = "text"
    DATE = "date"
    DROPDOWN = "dropdown"
    CHECKBOX = "checkbox"
    OTHER = "other"
    LEGACY_TEXT = "legacy_text"
    LEGACY_DROPDOWN = "legacy_dropdown"
    LEGACY_CHECKBOX = "legacy_checkbox"


@dataclass(frozen=True)
class Control:
    """A content control or an old form field. Its text is that of the inlines that name it."""

    number: int
    kind: ControlKind
    tag: str = ""
    alias: str = ""
    placeholder: bool = False
    """Word says that nothing was filled in; LibreOffice drops this mark."""
    date: str = ""
    """ISO date behind the shown text, when the control keeps one."""
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """Text as shown. ``controls`` are the numbers of the controls around it, outermost first."""

    text: str
    struck: bool = False
    controls: tuple[int, ...] = ()
    emphasised: str = ""
    """Those words of it that are underlined, bold or highlighted: how some people choose from printed options."""


@dataclass(frozen=True)
class Tick:
    """A box: ticked, not ticked, or ``None`` when its mark and its state disagree."""

    checked: bool | None
    encoding: str
    controls: tuple[int, ...] = ()


Inline: TypeAlias = Text | Tick
BOX: Final = "\ufffc"
"""What stands for a box in a line of text: a character that no text holds."""


@dataclass(frozen=True)
class Paragraph:
    """What follows from the inlines is worked out once, because every later step asks for it again and again."""

    inlines: tuple[Inline, ...]
    place: str
    path: str
    heading: bool = False
    text: str = field(init=False, repr=False, compare=False)
    """What stands here, boxes and struck-out words left out."""
    flat: str = field(init=False, repr=False, compare=False)
    """The text as a line, struck-out words with it; each box is one character."""
    boxed: bool = field(init=False, repr=False, compare=False)
    """Whether a box stands here."""

    def __post_init__(self) -> None:
        shown: list[str] = []
        line: list[str] = []
        boxed = False
        for item in self.inlines:
            if isinstance(item, Text):
                line.append(item.text)
                if not item.struck:
                    shown.append(item.text)
            else:
                line.append(BOX)
                boxed = True
        object.__setattr__(self, "text", "".join(shown))
        object.__setattr__(self, "flat", "".join(line))
        object.__setattr__(self, "boxed", boxed)

    @property
    def own_paragraphs(self) -> tuple["Paragraph", ...]:
        """Itself, as a cell has its own paragraphs."""
        return (self,)


@dataclass(frozen=True)
class Cell:
    blocks: tuple["Block", ...]
    place: str
    path: str
    column: int
    """First grid column, from 0."""
    span: int = 1
    paragraphs: tuple[Paragraph, ...] = field(init=False, repr=False, compare=False)
    """All of its paragraphs, those of tables within it among them."""
    own_paragraphs: tuple[Paragraph, ...] = field(init=False, repr=False, compare=False)
    """Those of tables within it left out."""

    def __post_init__(self) -> None:
        own = tuple(block for block in self.blocks if isinstance(block, Paragraph))
        whole = own if len(own) == len(self.blocks) else tuple(paragraphs_of(self.blocks))
        object.__setattr__(self, "own_paragraphs", own)
        object.__setattr__(self, "paragraphs", whole)


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    rows: tuple[Row, ...]
    place: str
    path: str


Block: TypeAlias = Paragraph | Table


@dataclass(frozen=True)
class Document:
    blocks: tuple[Block, ...]
    margins: tuple[Paragraph, ...]
    """Paragraphs of headers and footers: they tell which form it is, never an answer."""
    controls: tuple[Control, ...]
    title: str
    properties: Mapping[str, str]
    """Custom document properties, by name."""
    remarks: tuple[str, ...] = field(default=())


def paragraphs_of(blocks: Iterable[Block]) -> Iterator[Paragraph]:
    """All paragraphs in reading order, those of tables within."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from paragraphs_of(cell.blocks)
