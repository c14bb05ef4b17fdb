"""Numbers that must not travel: PESEL and account numbers, made unreadable sign by sign.

Every digit becomes ``x`` and nothing else changes, so that a reader sees at once that something was hidden, the layout
stays (one digit a cell, too), and an answer that comes back untouched can be told from one that was changed. No digit
is left: with the date of birth and the sex in the same form, the last two would narrow a PESEL down to a hundred.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Final

from models.identifiers import Fault, check_nrb, check_pesel

SIGN: Final = "x"
_GAP: Final = r"[\s._/\-\u00ad\u200b\u2010-\u2015\u2212]"
_SHORTEST: Final = 6
"""Digits in a row that are hidden although they are no whole number: a PESEL that was typed in part."""
_GROUPS: Final = re.compile(rf"\d(?:{_GAP}{{0,3}}\d)*")
# Alone, within one paragraph, and not the rest of a longer number or of a telephone with its country.
_ELEVEN: Final = re.compile(r"(?<![\d+])(?<!\+\d)(?<!\+\d\d)\d(?:[ \u00a0-]?\d){10}(?!\d)")
_TWENTY_SIX: Final = re.compile(r"(?<!\d)\d(?:[ \u00a0-]?\d){25}(?!\d)")


def numbers_in(texts: Iterable[str]) -> frozenset[str]:
    """The runs of digits in answers that are to be hidden, without what stands between the digits."""
    found = (_digits_of(match.group()) for text in texts for match in _GROUPS.finditer(_plain_digits(text)))
    return frozenset(number for number in found if len(number) >= _SHORTEST)


def places(text: str, numbers: Collection[str]) -> list[int]:
    """Positions of the digits to hide: of ``numbers`` in any spelling, and of any valid PESEL or account number."""
    plain = _plain_digits(text)
    hidden: set[int] = set()
    for number in numbers:
        for match in re.finditer(rf"(?<!\d){f'{_GAP}{{0,3}}'.join(number)}(?!\d)", plain):
            hidden.update(range(*match.span()))
    for pattern, is_one in ((_ELEVEN, _is_pesel), (_TWENTY_SIX, _is_account)):
        for match in pattern.finditer(plain):
            if is_one(match.group()):
                hidden.update(range(*match.span()))
    return sorted(position for position in hidden if plain[position].isdigit())


def masked(text: str, numbers: Collection[str]) -> str:
    """The text with those digits hidden. The same text gives the same mask."""
    signs = list(text)
    for position in places(text, numbers):
        signs[position] = SIGN
    return "".join(signs)


def came_back_masked(before: str, after: str, numbers: Collection[str]) -> bool:
    """Whether ``after`` is what a masked copy showed for ``before``: untouched, whatever a program did to blanks."""
    shown = _folded(masked(before, numbers))
    return shown != _folded(before) and shown == _folded(after)


def still_open(text: str, numbers: Collection[str]) -> bool:
    """Whether one of the (whole) numbers can still be read somewhere in a text, however it is written."""
    digits = _digits_of(_plain_digits(text))
    return any(number in digits for number in numbers if len(number) > 8)


def _is_pesel(text: str) -> bool:
    return not isinstance(check_pesel(text), Fault)


def _is_account(text: str) -> bool:
    return not isinstance(check_nrb(text), Fault)


def _plain_digits(text: str) -> str:
    """Digits of every script as ASCII ones, sign for sign."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _digits_of(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _folded(text: str) -> str:
    return "".join(text.casefold().split())
