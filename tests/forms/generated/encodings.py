"""The ways in which people and programs put down a tick or a choice."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from generated import wordml as w


class Manner(StrEnum):
    """What stands in the place of the answer."""

    BOXES = "boxes"
    """A box before every option."""
    WORDS = "words"
    """The chosen words alone."""
    STRUCK = "struck"
    """All options printed, the unwanted ones struck out."""
    LIST = "list"
    """A list to choose from: a content control."""
    OLD_LIST = "old list"
    """A list to choose from: a form field of old Word, whose first entry is the prompt."""


@dataclass(frozen=True)
class Encoding:
    name: str
    manner: Manner
    box: Callable[[bool, w.Numbers], str]
    """One box as runs. The manners without boxes still need one where several answers are allowed."""


def _signs(empty: str, ticked: str) -> Callable[[bool, w.Numbers], str]:
    return lambda checked, _: w.run(ticked if checked else empty)


def _symbols(empty: str, ticked: str, font: str = "Wingdings") -> Callable[[bool, w.Numbers], str]:
    return lambda checked, _: w.symbol(ticked if checked else empty, font)


def _characters(empty: str, ticked: str) -> Callable[[bool, w.Numbers], str]:
    return lambda checked, _: w.in_font(ticked if checked else empty, "Wingdings")


def _control(checked: bool, numbers: w.Numbers) -> str:
    return w.check_box(numbers.next(), checked=checked)


def _field(checked: bool, numbers: w.Numbers) -> str:
    return w.form_box(f"Wybor{numbers.next()}", checked=checked)


def _crossed(before: str, after: str) -> Callable[[bool, w.Numbers], str]:
    def box(checked: bool, _: w.Numbers) -> str:
        return (w.run(before) if before and checked else "") + w.run("☐") + (w.run(after) if after and checked else "")

    return box


ENCODINGS: Final = (
    Encoding("signs", Manner.BOXES, _signs("☐", "☒")),
    Encoding("check marks", Manner.BOXES, _signs("☐", "☑")),
    Encoding("Wingdings F0", Manner.BOXES, _symbols("F0A8", "F0FE")),
    Encoding("Wingdings 00", Manner.BOXES, _symbols("006F", "00FE")),
    Encoding("Wingdings 2", Manner.BOXES, _symbols("F0A3", "F052", "Wingdings 2")),
    Encoding("private characters", Manner.BOXES, _characters("\uf0a8", "\uf0fe")),
    Encoding("check box controls", Manner.BOXES, _control),
    Encoding("form fields", Manner.BOXES, _field),
    Encoding("X before the box", Manner.BOXES, _crossed("X ", "")),
    Encoding("v behind the box", Manner.BOXES, _crossed("", " v")),
    Encoding("X in place of the box", Manner.BOXES, _signs("☐", "X")),
    Encoding("brackets", Manner.BOXES, _signs("[ ]", "[x]")),
    Encoding("words", Manner.WORDS, _signs("☐", "☒")),
    Encoding("struck out", Manner.STRUCK, _signs("☐", "☒")),
    Encoding("lists", Manner.LIST, _control),
    Encoding("old lists", Manner.OLD_LIST, _field),
)
