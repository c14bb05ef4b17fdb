"""What every statement of a bank has in common, whatever its format: lines, amounts, days and our references in them.

A statement is written by a bank but handed in by a person: it is met as hostile, and whatever in it cannot be read is
said by its line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from models.errors import BadInput
from models.rules.bank_profiles import POLISH_LETTERS, Encoding
from models.rules.transfers import Confirmation

LARGEST_FILE: Final = 10 * 1024 * 1024
LONGEST_LINE: Final = 20_000
_LONGEST_REASON: Final = 140
_POLISH = frozenset(POLISH_LETTERS)
# What an officer hands in by mistake, by its first bytes.
_OTHER_FILES: Final = (
    (b"PK\x03\x04", "To plik Excela, Worda lub archiwum ZIP, a nie wyciąg."),
    (b"%PDF", "To plik PDF, a nie wyciąg do wczytania."),
    (b"\xd0\xcf\x11\xe0", "To plik starego Excela lub Worda, a nie wyciąg."),
    (b"<?xml", "To plik XML, a nie wyciąg MT940 ani CSV."),
    (b"<html", "To strona internetowa, a nie wyciąg."),
    (b"<!DOCTYPE", "To strona internetowa, a nie wyciąg."),
)
_ASK_THE_BANK: Final = " Proszę pobrać z banku wyciąg jako MT940 albo CSV."

Fault = tuple[int, str]
"""A line, counted from 1 (0: the whole file), and a Polish sentence that quotes nothing from it."""


class StatementUnreadable(BadInput):
    """The statement cannot be used; ``faults`` are all its faulty lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        shown = [f"Wiersz {line}: {sentence}" if line else sentence for line, sentence in self.faults[:10]]
        more = f" Takich przeszkód jest więcej: razem {len(self.faults)}." if len(self.faults) > 10 else ""
        super().__init__(f"Wyciągu z banku nie wczytano i niczego nie zmieniono. {' '.join(shown)}{more}")

    @property
    def on_page(self) -> str:
        return (
            "Wyciągu z banku nie wczytano i niczego nie zmieniono. "
            f"Wierszy do wyjaśnienia: {len(self.faults)} (nabor batch confirm)."
        )


@dataclass(frozen=True)
class Statement:
    """What a statement says about our transfers, and how many other movements it has."""

    confirmations: tuple[Confirmation, ...] = field(repr=False)
    others: int
    """Movements without a reference of ours: passed over."""
    pending: int = 0
    """Lines with our reference of which the bank says that it has not decided yet: passed over."""


def text_of(content: bytes, encoding: Encoding | None) -> str:
    """The letters of a file. Without an ``encoding``: UTF-8 if it is valid, else the one that shows Polish letters.

    Numbers and references are ASCII, so a wrong guess can spoil a bank's explanation but neither money nor a match.
    """
    if len(content) > LARGEST_FILE:
        raise StatementUnreadable(
            [(0, f"Plik ma ponad {LARGEST_FILE // 1024 // 1024} MB. Proszę pobrać wyciąg za krótszy okres.")]
        )
    if not content.strip():
        raise StatementUnreadable([(0, "Plik jest pusty." + _ASK_THE_BANK)])
    for start, sentence in _OTHER_FILES:
        if content.lstrip()[: len(start)].lower() == start.lower():
            raise StatementUnreadable([(0, sentence + _ASK_THE_BANK)])
    if b"\0" in content:
        raise StatementUnreadable([(0, "To nie jest plik tekstowy." + _ASK_THE_BANK)])
    text = _decoded(content, encoding)
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise StatementUnreadable([(number, f"ma ponad {LONGEST_LINE} znaków. To nie jest wyciąg z banku.")])
    return text


def _decoded(content: bytes, encoding: Encoding | None) -> str:
    if encoding is not None:
        try:
            return content.decode("utf-8-sig" if encoding is Encoding.UTF_8 else encoding)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise StatementUnreadable(
                [(line, f"zawiera znak, którego nie ma w kodowaniu {encoding.name}. Proszę wskazać inne kodowanie.")]
            ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    guesses = (content.decode(one, errors="replace") for one in (Encoding.CP1250, Encoding.ISO_8859_2, Encoding.CP852))
    return max(guesses, key=lambda text: sum(text.count(letter) for letter in _POLISH))


def ours_in(texts: Sequence[str], references: re.Pattern[str]) -> list[str]:
    """The references of ours that stand in the texts as words of their own, each once, in capitals.

    A bank breaks long titles anywhere, so a reference cut by the end of a text is looked for too, but only where none
    stands whole.
    """
    word = re.compile(rf"(?<![0-9A-Za-z])(?:{references.pattern})(?![0-9A-Za-z]|-[0-9A-Za-z])", re.IGNORECASE)
    for joined in (" ".join(texts), "".join(texts)):
        if found := list(dict.fromkeys(match[0].upper() for match in word.finditer(joined) if match[0])):
            return found
    return []


_PLAIN_AMOUNT = re.compile(r"(\d+)(?:[.,](\d{1,2}))?")
_SPACED_AMOUNT = re.compile(r"(\d{1,3}(?: \d{3})+)(?:[.,](\d{1,2}))?")
_DOTTED_AMOUNT = re.compile(r"(\d{1,3}(?:\.\d{3})+),(\d{1,2})")
_COMMAED_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+)\.(\d{1,2})")
_CURRENCY = re.compile(r"\s*(?:zł|PLN)\s*\.?$", re.IGNORECASE)
_ANY_SPACE = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_MOST_DIGITS: Final = 15
# Of an amount or a day: what is longer is neither, and could be made to be slow.
_LONGEST_VALUE: Final = 60


def grosze_in(text: str) -> int | None:
    """An amount as people and banks write it, in grosze with its sign: ``-1 234,56``, ``1.234,56 PLN``, ``1234.5``.

    ``None`` for what is no amount, and for what could be two: ``1.234`` is neither read as 1234 nor as 1,23.
    """
    if len(text) > _LONGEST_VALUE:
        return None
    plain = _ANY_SPACE.sub(" ", _CURRENCY.sub("", text)).strip().replace("\u2212", "-")
    sign = -1 if plain.startswith("-") else 1
    plain = plain.removeprefix("-").removeprefix("+").lstrip()
    for shape in (_PLAIN_AMOUNT, _SPACED_AMOUNT, _DOTTED_AMOUNT, _COMMAED_AMOUNT):
        if plain.isascii() and (match := shape.fullmatch(plain)):
            whole = re.sub(r"[ .,]", "", match[1])
            if len(whole) > _MOST_DIGITS:
                return None
            return sign * (int(whole) * 100 + int((match[2] or "").ljust(2, "0")))
    return None


def day_in(text: str) -> date | None:
    """A day written ``RRRR-MM-DD``, ``RRRRMMDD``, ``DD.MM.RRRR``, ``DD-MM-RRRR``, ``DD/MM/RRRR``; no hours are kept."""
    if len(text) > _LONGEST_VALUE:
        return None
    plain = re.sub(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?$", "", text.strip())
    for shape, order in (
        (r"(\d{4})-(\d{2})-(\d{2})", (1, 2, 3)),
        (r"(\d{4})(\d{2})(\d{2})", (1, 2, 3)),
        (r"(\d{1,2})[.](\d{1,2})[.](\d{4})", (3, 2, 1)),
        (r"(\d{2})[-/](\d{2})[-/](\d{4})", (3, 2, 1)),
    ):
        if plain.isascii() and (match := re.fullmatch(shape, plain)):
            year, month, day = (int(match[place]) for place in order)
            try:
                return date(year, month, day)
            except ValueError:
                return None
    return None


def account_in(text: str) -> str:
    """The 26 digits of an NRB or Polish IBAN, empty if the text is none."""
    digits = re.sub(r"[\s\u00a0'/-]", "", text)
    if digits[:2].upper() == "PL":
        digits = digits[2:]
    return digits if len(digits) == 26 and digits.isascii() and digits.isdigit() else ""


def reason_from(*texts: str) -> str:
    """A bank's explanation in one line of sensible length. It may name people: a caller keeps it encrypted."""
    spaced = " ".join(" ".join(texts).split())
    return "".join(sign for sign in spaced if sign.isprintable())[:_LONGEST_REASON].strip()


def told_twice(confirmations: Sequence[Confirmation]) -> list[Fault]:
    """A transfer cannot be carried out, or come back, twice: the later line of each such pair."""
    first: dict[tuple[str, bool], int] = {}
    faults: list[Fault] = []
    for one in confirmations:
        earlier = first.setdefault((one.reference, one.returned), one.line)
        if earlier != one.line:
            what = "zwrot" if one.returned else "wypłata"
            faults.append(
                (
                    one.line,
                    f"{what} o referencji {one.reference} jest już w wierszu {earlier}. Proszę wyjaśnić z bankiem, "
                    "czy przelew poszedł dwa razy.",
                )
            )
    return faults
