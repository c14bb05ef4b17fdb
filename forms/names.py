"""First names and surnames as they are spelt in letters, from how people type them.

Capital letters are the only thing that is changed, and only where the typing carries none: „ŻÓŁĆ” and „kowalska-nowak”
become „Żółć” and „Kowalska-Nowak”, „McTest” and „von Testowy” stay as they are.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
_HYPHEN: Final = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_SEPARATOR: Final = re.compile(r"([ ,/(])")
_SMALL: Final = frozenset(
    {
        *("al", "bin", "da", "das", "de", "dei", "del", "della", "den", "der", "des", "di", "do", "dos", "du", "el"),
        *("la", "le", "lo", "van", "vel", "vom", "von", "zu", "zur", "d.", "domu", "primo", "voto"),
    }
)
"""Words inside names that are written small: particles of foreign surnames, and „z domu”, „z d.”."""
_ROMAN: Final = re.compile(r"(?=[IVX]{2,4}$)I{0,3}V?I{0,3}|IX|XI{0,3}")
_NOT_IN_A_NAME: Final = re.compile(r"[^\w '\-.,/()]|[\d_]")


def spelt_name(text: str) -> str | None:
    """The name in the usual spelling; ``None`` when it holds digits or signs that no name has, or no letter."""
    plain = unicodedata.normalize("NFC", " ".join(text.split())).translate(_APOSTROPHES)
    plain = _HYPHEN.sub("-", plain).strip(" ,-")
    if _NOT_IN_A_NAME.search(plain) or not any(char.isalpha() for char in plain):
        return None
    words = _SEPARATOR.split(plain)
    last = max(index for index, word in enumerate(words) if word and not _SEPARATOR.fullmatch(word))
    shouted = plain.isupper()
    small = _SMALL | {"z"} if shouted else _SMALL
    # A particle leads to another word; at the end of a name it is the name itself.
    return "".join(
        _low(word) if index != last and word.casefold() in small and (shouted or not word.istitle()) else _word(word)
        for index, word in enumerate(words)
    )


def _word(word: str) -> str:
    if word == "z" or _ROMAN.fullmatch(word):
        return word
    return "-".join(_part(part) for part in word.split("-"))


def _part(part: str) -> str:
    """One part between hyphens. A single letter is an initial: an apostrophe behind it begins the name anew."""
    if not (part.islower() or part.isupper()):
        return part
    if len(part) > 1 and part[1] == "'":
        return _as_one(part[0], str.title) + "'" + _first_up(part[2:])
    return _first_up(part)


def _first_up(part: str) -> str:
    start = next((index for index, char in enumerate(part) if char.isalpha()), len(part))
    return part[:start] + _as_one(part[start : start + 1], str.title) + _low(part[start + 1 :])


def _low(text: str) -> str:
    return "".join(_as_one(char, str.lower) for char in text)


def _as_one(char: str, change: Callable[[str], str]) -> str:
    """The letter in its other case, unless that takes more than one sign (ß, İ)."""
    changed = change(char)
    return changed if len(changed) == 1 else char
