"""An answer without what is no part of it: the prompt of its field, dotted lines around it, doubled spaces."""

import re
import unicodedata
from typing import Final

from forms.blank_marks import PLACEHOLDERS
from models.territory import plain

_ONLY_SIGNS: Final = re.compile(r"[\W_]*")
_PROMPTS: Final = tuple(sorted(PLACEHOLDERS.values(), key=len, reverse=True))
_PROMPT_WORDS: Final = frozenset(plain(prompt) for prompt in _PROMPTS) | frozenset(
    map(
        plain,
        (
            "Kliknij lub naciśnij tutaj, aby wprowadzić tekst.",
            "Kliknij tutaj, aby wprowadzić tekst.",
            "Kliknij lub naciśnij, aby wprowadzić datę.",
            "Kliknij tutaj, aby wprowadzić datę.",
            "Wybierz element.",
            "Click or tap here to enter text.",
            "Click here to enter text.",
            "Click or tap to enter a date.",
            "Choose an item.",
            "Wpisz tekst",
            "Wpisz tekst tutaj",
            "Wprowadź tekst",
            "Wpisz odpowiedź",
            "Wybierz",
            "Wybierz z listy",
            "Wybierz datę",
        ),
    )
)


def without_filler(text: str) -> str:
    """The answer without the prompt of its field and without dotted or underscored lines around it."""
    for prompt in _PROMPTS:
        text = text.replace(prompt, " ")
    lines = [_without_dots(line) for line in text.splitlines()]
    answer = "\n".join(line for line in lines if line.strip())
    if _ONLY_SIGNS.fullmatch(answer) or plain(answer) in _PROMPT_WORDS:
        return ""
    return answer


_FILLER_CHARS: Final = " \t\u00a0\u2002.…_-–—"


def _without_dots(line: str) -> str:
    """The line without the dotted or underscored line it was written on; a full stop of its own stays."""
    line = line.strip()
    rest = line.lstrip(_FILLER_CHARS)
    head = line[: len(line) - len(rest)]
    if "…" in head or len(head.strip()) > 1:
        line = rest
    rest = line.rstrip(_FILLER_CHARS)
    tail = line[len(rest) :]
    signs = len("".join(tail.split()))
    if "…" in tail or "__" in tail or signs > 2 or (signs == 2 and tail[0].isspace()):
        # A full stop right behind a word, before dots of another kind, is the sentence's own.
        line = rest + "." if rest and re.match(r"\.[^.]", tail) else rest
    return line


def one_line(text: str) -> str:
    """The text on one line, its letters composed."""
    return " ".join(unicodedata.normalize("NFC", text).split())
