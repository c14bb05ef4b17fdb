"""Units of the territorial division of Poland by their TERYT codes.

Codes are text (leading zeros): voivodship two digits, powiat four, gmina seven. The seventh digit is the kind:
1 town, 2 rural, 3 town and rural, 4 the town and 5 the rural part of a gmina of kind 3, 8 and 9 city districts.
Codes are as of a date. The built-in table holds all voivodships and the units of the shipped projects; an office
loads the register of the Central Statistical Office (TERC.csv) with :func:`read_terc`.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

from models.errors import BadInput

WHOLE_GMINA: Final = frozenset("123")
PART_OF_GMINA: Final = frozenset("45")
DISTRICT: Final = frozenset("89")


def plain(text: str) -> str:
    """Polish text for comparison: lower case, no diacritics, only letters, digits, single spaces."""
    return " ".join(text.translate(_PLAIN).split())


def plain_letters(text: str) -> str:
    """The same letter for letter, so that positions stay those of the text: a sign is a space, ``ß`` an ``s``."""
    return text.translate(_FIRST_PLAIN)


class _PlainLetters(dict[int, str]):
    """What becomes of each character, worked out when it is first met: every text of a form passes here many times."""

    def __missing__(self, code: int) -> str:
        lowered = chr(code).casefold().replace("ł", "l")
        bare = "".join(char for char in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(char))
        self[code] = re.sub(r"[^0-9a-z]", " ", bare)
        return self[code]


_PLAIN: Final = _PlainLetters()


class _FirstPlainLetters(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = (plain(chr(code)) or " ")[0]
        return self[code]


_FIRST_PLAIN: Final = _FirstPlainLetters()


@dataclass(frozen=True)
class Unit:
    """A voivodship, powiat or gmina."""

    code: str
    name: str


@dataclass(frozen=True)
class Territory:
    """A register of units as of one day. ``as_of`` is an ISO date, empty when the source names none."""

    units: Mapping[str, Unit]
    as_of: str = ""

    @cached_property
    def _gminas(self) -> dict[str, tuple[Unit, ...]]:
        by_name: dict[str, list[Unit]] = {}
        for unit in self.units.values():
            if len(unit.code) == 7 and unit.code[6] in WHOLE_GMINA:
                by_name.setdefault(plain(unit.name), []).append(unit)
        return {name: tuple(sorted(found, key=lambda unit: unit.code)) for name, found in by_name.items()}

    def __reduce__(self) -> tuple[type["Territory"], tuple[dict[str, Unit], str]]:
        """Workers get a copy of the register; a mapping proxy alone does not travel."""
        return Territory, (dict(self.units), self.as_of)

    def name(self, code: str) -> str | None:
        """The unit's name; for the town or rural part of a gmina that is not listed, the gmina's own."""
        unit = self.units.get(code)
        if unit is None and len(code) == 7 and code[6] in PART_OF_GMINA:
            unit = self.units.get(code[:6] + "3")
        return unit.name if unit else None

    def gmina_by_name(self, name: str, powiat: str | None = None) -> tuple[Unit, ...]:
        """All gminas of that name, most people's spellings included; ``powiat`` (name or code) narrows them.

        No unit: unknown. More than one: the powiat or the code has to be asked for.
        """
        found = self._gminas.get(plain(name), ())
        if powiat is None:
            return found
        codes = self._powiats(powiat)
        return tuple(unit for unit in found if unit.code[:4] in codes)

    def _powiats(self, powiat: str) -> frozenset[str]:
        if re.fullmatch(r"\d{4}", powiat):
            return frozenset({powiat})
        wanted = plain(powiat)
        return frozenset(
            unit.code for unit in self.units.values() if len(unit.code) == 4 and plain(unit.name) == wanted
        )

    def find_gmina(self, text: str) -> tuple[Unit, ...]:
        """The gminas a typed answer may mean: ``Żukowo``, ``gm. Żukowo, pow. kartuski``, ``Żukowo (kartuski)`` or a
        seven-digit code. A code of a known voivodship is believed even when the table does not list the gmina."""
        typed = re.findall(r"(?<!\d)\d{7}(?!\d)", text)
        if typed:
            return tuple(unit for code in dict.fromkeys(typed) if (unit := self._by_code(code)))
        match = _POWIAT.search(text)
        powiat = match.group("name") if match else None
        rest = text[: match.start()] + text[match.end() :] if match else text
        name = _QUALIFIER.sub(" ", plain(rest)).strip()
        found = self.gmina_by_name(name, powiat)
        if found or powiat is not None:
            return found
        return self._name_and_powiat(name)

    def _by_code(self, code: str) -> Unit | None:
        known = self.units.get(code)
        if known is not None:
            return known
        if code[:2] not in self.units or code[6] not in WHOLE_GMINA | PART_OF_GMINA | DISTRICT:
            return None
        return Unit(code, self.name(code) or "")

    def _name_and_powiat(self, words: str) -> tuple[Unit, ...]:
        """``zukowo kartuski``: the powiat's adjective without the word powiat."""
        name, _, last = words.rpartition(" ")
        return self.gmina_by_name(name, last) if name else ()


_POWIAT = re.compile(
    r"[,;(/–-]?\s*\b(?:powiat(?:u|em)?|pow\.?)\s+(?P<name>[^\W\d_]+(?:[-–][^\W\d_]+)?)\)?", re.IGNORECASE
)
_QUALIFIER = re.compile(
    r"^(?:miasto i gmina|gmina i miasto|gmina miejsko wiejska|gmina miejska|gmina wiejska|gmina|gm|m i g"
    r"|miasto)\b|\b(?:gmina miejsko wiejska|miejsko wiejska|gmina|m w|miasto|obszar wiejski)$"
)


def read_terc(text: str) -> Territory:
    """The register as the statistical office publishes it (``WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA``; older
    files say ``NAZDOD``), with or without a byte order mark.

    Raises :class:`BadInput` when columns are missing or a code is not made of digits.
    """
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";")
    columns = set(rows.fieldnames or ())
    if not {"WOJ", "POW", "GMI", "RODZ", "NAZWA", "STAN_NA"} <= columns or not columns & {"NAZWA_DOD", "NAZDOD"}:
        raise BadInput(
            "To nie jest plik TERC z rejestru TERYT: oczekiwano kolumn WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA."
        )
    units: list[Unit] = []
    as_of = ""
    for row in rows:
        code = "".join((row[column] or "").strip() for column in ("WOJ", "POW", "GMI", "RODZ"))
        if not re.fullmatch(r"\d{2}|\d{4}|\d{7}", code):
            raise BadInput(f"Plik TERC, wiersz {rows.line_num}: kod jednostki nie ma 2, 4 lub 7 cyfr.")
        units.append(Unit(code, (row["NAZWA"] or "").strip()))
        as_of = max(as_of, (row["STAN_NA"] or "").strip())
    if not units:
        raise BadInput("Plik TERC nie zawiera żadnej jednostki.")
    return _territory(units, as_of)


def _territory(units: Iterable[Unit], as_of: str = "") -> Territory:
    return Territory(MappingProxyType({unit.code: unit for unit in units}), as_of)


SHIPPED: Final = _territory(
    Unit(code, name)
    for code, name in (
        ("02", "dolnośląskie"), ("04", "kujawsko-pomorskie"), ("06", "lubelskie"), ("08", "lubuskie"),
        ("10", "łódzkie"), ("12", "małopolskie"), ("14", "mazowieckie"), ("16", "opolskie"),
        ("18", "podkarpackie"), ("20", "podlaskie"), ("22", "pomorskie"), ("24", "śląskie"),
        ("26", "świętokrzyskie"), ("28", "warmińsko-mazurskie"), ("30", "wielkopolskie"),
        ("32", "zachodniopomorskie"),
        ("0407", "inowrocławski"), ("0410", "nakielski"), ("0416", "tucholski"), ("1419", "płocki"),
        ("2202", "chojnicki"), ("2205", "kartuski"), ("2213", "starogardzki"), ("2216", "sztumski"),
        ("2808", "kętrzyński"), ("2815", "ostródzki"), ("2816", "piski"), ("3003", "gnieźnieński"),
        ("3004", "gostyński"), ("3021", "poznański"), ("3026", "śremski"),
        ("0407033", "Gniewkowo"), ("0407063", "Kruszwica"), ("0410013", "Kcynia"),
        ("0410033", "Nakło nad Notecią"), ("0416063", "Tuchola"), ("1419122", "Słupno"),
        ("2202023", "Brusy"), ("2205023", "Kartuzy"), ("2205083", "Żukowo"), ("2213093", "Skarszewy"),
        ("2216013", "Dzierzgoń"), ("3003023", "Czerniejewo"), ("3003093", "Trzemeszno"),
        ("3003103", "Witkowo"), ("3004033", "Krobia"), ("3021163", "Swarzędz"), ("3026043", "Śrem"),
    )
)  # fmt: skip
"""Voivodships and the units of the shipped projects; names as the register writes them."""


def gmina_by_name(name: str, powiat: str | None = None, *, territory: Territory = SHIPPED) -> tuple[Unit, ...]:
    """All gminas of that name in the register; see :meth:`Territory.gmina_by_name`."""
    return territory.gmina_by_name(name, powiat)
