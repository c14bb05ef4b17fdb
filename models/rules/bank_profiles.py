"""What a bank wants of a payment file, as data: format, encoding, alphabet, limits, and where the reference stands.

A profile carries the name of its traits, never of a bank: which bank wants what is known to the office from the bank's
own description of its import (see docs/decisions/0037-bank-files.md).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class BankFormat(StrEnum):
    ELIXIR_O = "elixir-o"
    PAIN_001 = "pain.001.001.09"


class Encoding(StrEnum):
    """By the name that Python's codecs know."""

    ISO_8859_2 = "iso8859_2"
    CP852 = "cp852"
    CP1250 = "cp1250"
    UTF_8 = "utf_8"


class Quoting(StrEnum):
    NONE = "none"
    TEXT = "text"
    """Account numbers, names, titles and references in quotation marks; numbers bare."""


class ReferenceStyle(StrEnum):
    """How our reference stands in field 16 of Elixir-O. In pain.001 it is always the EndToEndId."""

    NONE = "none"
    PLAIN = "plain"
    DOLLARS = "dollars"
    """``$$$reference$$$``."""


class ForeignLetters(StrEnum):
    """What becomes of a letter that the profile's alphabet lacks."""

    REFUSED = "refused"
    REPLACED = "replaced"
    """By its declared likeness (:func:`likeness`); one without a likeness is refused all the same."""


POLISH_LETTERS: Final = "ĄĆĘŁŃÓŚŹŻąćęłńóśźż"
_LATIN_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS: Final = "0123456789"

# The signs of the SWIFT character set "x", which the EPC takes over for credit transfers (EPC217-08).
EPC_ALPHABET: Final = frozenset(_LATIN_LETTERS + _DIGITS + "/-?:().,'+ ")
# What ISO 8859-2 calls letters: also the German, Czech, Slovak, Hungarian and Croatian ones.
_CENTRAL_EUROPEAN: Final = "".join(
    letter for letter in bytes(range(0xA1, 0x100)).decode("iso8859_2") if letter.isalpha()
)
_PRINTABLE_ASCII: Final = "".join(map(chr, range(0x20, 0x7F)))
# The separators of Elixir-O: inside a text they would make another field or another line of it.
_SEPARATORS: Final = ',|"'

# Signs that word processors put in, and letters that are no base letter with a mark.
_LIKENESSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "„": "'", "”": "'", "“": "'", "«": "'", "»": "'", "’": "'", "‘": "'", "‚": "'", "`": "'", "´": "'",
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "…": "...", "№": "nr",
        "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE",
        "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ð": "d", "ı": "i",
    }
)  # fmt: skip


def likeness(letter: str) -> str | None:
    """What stands for a letter or sign where the bank's alphabet lacks it, ``None`` if nothing does.

    Latin letters lose their marks (``ñ`` → ``n``); letters of other scripts have no likeness: how a name is written in
    Latin letters is for the document of its bearer to say.
    """
    if letter in _LIKENESSES:
        return _LIKENESSES[letter]
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if base in _LATIN_LETTERS else None


@dataclass(frozen=True, kw_only=True)
class BankProfile:
    """One way of writing payment files. Lengths are counted in characters, amounts in grosze."""

    code: str
    title: str
    """How an officer reads it, in Polish."""
    format: BankFormat
    encoding: Encoding
    alphabet: frozenset[str]
    """Every sign that may stand in a text of the file."""
    foreign: ForeignLetters
    quoting: Quoting = Quoting.NONE
    reference: ReferenceStyle = ReferenceStyle.PLAIN
    reference_in_title: bool = True
    """Whether the title ends with the reference, so that a statement that repeats only titles can still be read."""
    every_line: bool = False
    """Whether texts of Elixir-O have their four lines even where some are empty (``A|B||``)."""
    most_transfers: int = 5000
    largest_amount: int = 99_999_999
    """Elixir carries less than 1 000 000 zł; more goes by SORBNET, by hand."""

    def __post_init__(self) -> None:
        for sign in self.alphabet:
            sign.encode(self.encoding)

    def spelled(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The text as the file would have it, and the signs in it that the file cannot have, each once.

        Spaces of any kind and ends of lines become single spaces. Signs that cannot be had are left in.
        """
        written: list[str] = []
        refused: dict[str, None] = {}
        for sign in unicodedata.normalize("NFC", _single_spaced(text)):
            if sign in self.alphabet:
                written.append(sign)
                continue
            like = likeness(sign) if self.foreign is ForeignLetters.REPLACED else None
            if like is None or any(part not in self.alphabet for part in like):
                refused[sign] = None
                written.append(sign)
            else:
                written.append(like)
        return "".join(written), tuple(refused)


_SPACES: Final = str.maketrans(dict.fromkeys("\t\r\n\u00a0\u2007\u2009\u202f", " "))


def _single_spaced(text: str) -> str:
    return " ".join(part for part in text.translate(_SPACES).split(" ") if part)


def _elixir(without: str = "") -> frozenset[str]:
    return frozenset(_PRINTABLE_ASCII + _CENTRAL_EUROPEAN) - frozenset(_SEPARATORS + without)


PROFILES: Final[Mapping[str, BankProfile]] = MappingProxyType(
    {
        profile.code: profile
        for profile in (
            BankProfile(
                code="elixir-iso",
                title="Elixir-O, ISO-8859-2, bez cudzysłowów",
                format=BankFormat.ELIXIR_O,
                encoding=Encoding.ISO_8859_2,
                alphabet=_elixir(),
                foreign=ForeignLetters.REPLACED,
            ),
            BankProfile(
                code="elixir-cp852-quoted",
                title="Elixir-O, CP852, teksty w cudzysłowach, referencja $$$…$$$",
                format=BankFormat.ELIXIR_O,
                encoding=Encoding.CP852,
                alphabet=_elixir(without="$"),
                foreign=ForeignLetters.REPLACED,
                quoting=Quoting.TEXT,
                reference=ReferenceStyle.DOLLARS,
                every_line=True,
            ),
            BankProfile(
                code="elixir-cp1250-quoted",
                title="Elixir-O, CP1250, teksty w cudzysłowach, bez znaków : ; & @ $",
                format=BankFormat.ELIXIR_O,
                encoding=Encoding.CP1250,
                alphabet=_elixir(without=":;&@$"),
                foreign=ForeignLetters.REFUSED,
                quoting=Quoting.TEXT,
            ),
            BankProfile(
                code="elixir-utf8",
                title="Elixir-O, UTF-8, bez cudzysłowów, referencja tylko w tytule",
                format=BankFormat.ELIXIR_O,
                encoding=Encoding.UTF_8,
                alphabet=_elixir(),
                foreign=ForeignLetters.REPLACED,
                reference=ReferenceStyle.NONE,
            ),
            BankProfile(
                code="pain-001",
                title="ISO 20022 pain.001.001.09 (XML) z polskimi literami",
                format=BankFormat.PAIN_001,
                encoding=Encoding.UTF_8,
                alphabet=EPC_ALPHABET | frozenset(POLISH_LETTERS),
                foreign=ForeignLetters.REPLACED,
            ),
            BankProfile(
                code="pain-001-latin",
                title="ISO 20022 pain.001.001.09 (XML) bez polskich liter",
                format=BankFormat.PAIN_001,
                encoding=Encoding.UTF_8,
                alphabet=EPC_ALPHABET,
                foreign=ForeignLetters.REPLACED,
            ),
        )
    }
)
"""By their code."""
