"""Units of the territorial division of Poland by their TERYT codes.

Codes are text (leading zeros): voivodship two digits, powiat four, gmina seven. The seventh digit is the kind:
1 town, 2 rural, 3 town and rural, 4 the town and 5 the rural part of a gmina of kind 3, 8 and 9 city districts.
Codes are as of a date. The built-in table holds all voivodships and the units of the shipped projects; an office
loads the register of the Central Statistical Office, which :mod:`models.terc` reads.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

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

    @cached_property
    def _powiats(self) -> dict[str, frozenset[str]]:
        return self._codes_by_name(4)

    @cached_property
    def _voivodships(self) -> dict[str, frozenset[str]]:
        return self._codes_by_name(2)

    def _codes_by_name(self, length: int) -> dict[str, frozenset[str]]:
        by_name: dict[str, set[str]] = {}
        for unit in self.units.values():
            if len(unit.code) == length:
                by_name.setdefault(plain(unit.name), set()).add(unit.code)
        return {name: frozenset(codes) for name, codes in by_name.items()}

    def described(self, unit: Unit) -> str:
        """The unit with what tells it from others of its name: ``Żukowo (powiat kartuski, 2205083)``."""
        larger = self.name(unit.code[:4] if len(unit.code) > 4 else unit.code[:2]) or ""
        within = ("powiat " if len(unit.code) > 4 else "województwo ") + larger.lower() if larger else ""
        return f"{unit.name} ({', '.join(part for part in (within, unit.code) if part)})".strip()

    def gmina_by_name(self, name: str, powiat: str | None = None) -> tuple[Unit, ...]:
        """All gminas of that name, most people's spellings included; ``powiat`` (name or code) narrows them.

        No unit: unknown. More than one: the powiat or the code has to be asked for.
        """
        found = self._gminas.get(plain(name), ())
        if powiat is None:
            return found
        codes = frozenset({powiat}) if re.fullmatch(r"\d{4}", powiat) else self._powiats.get(plain(powiat), frozenset())
        return tuple(unit for unit in found if unit.code[:4] in codes)

    def find_gmina(self, text: str) -> tuple[Unit, ...]:
        """The gminas a typed answer may mean: ``Żukowo``, ``gm. Żukowo, pow. kartuski``, ``Żukowo (kartuski)``, or a
        code of seven or six digits. The town and the rural part of a gmina stand for the gmina.

        A code of a known voivodship is believed even when the table does not list the gmina. Where code and name
        say different things, both are answered: somebody has to say which is meant.
        """
        words = _words(text)
        typed = [(match[0], re.sub(r"\D", "", match[0])) for match in _GMINA_CODE.finditer(words)]
        for as_typed, _ in typed:
            words = words.replace(as_typed, " ", 1)
        named = self._named_gminas(words)
        if not typed:
            return named
        coded = {unit.code: unit for _, code in typed for unit in self._by_code(code)}
        others = {unit.code: unit for unit in named} if coded and not set(coded) & {unit.code for unit in named} else {}
        return tuple((coded | others).values())

    def _by_code(self, code: str) -> tuple[Unit, ...]:
        if len(code) == 6:
            return tuple(self.units[code + kind] for kind in sorted(WHOLE_GMINA) if code + kind in self.units)
        if code[6] in PART_OF_GMINA:
            code = code[:6] + "3"
        known = self.units.get(code)
        if known is not None:
            return (known,)
        if code[:2] not in self.units or code[6] not in WHOLE_GMINA | DISTRICT:
            return ()
        return (Unit(code, ""),)

    def _named_gminas(self, words: str) -> tuple[Unit, ...]:
        words, voivodships = self._take_off(_VOIVODSHIP, words, self._voivodships)
        words, powiats = self._take_off(_POWIAT, words, self._powiats)
        town = _OF_TOWN.search(words)
        name, kinds = _without_qualifiers(words)
        found = self._gminas.get(name, ()) or (self._in_genitive(town["name"]) if town else ())
        if not found and powiats is None:
            # „żukowo kartuski”, „żukowo kartuski pomorskie”: larger units without the words for them.
            if voivodships is None:
                name, voivodships = _last_words(name, self._voivodships)
            name, powiats = _last_words(name, self._powiats)
            found = self._gminas.get(name, ())
        found = tuple(
            unit
            for unit in found
            if (powiats is None or unit.code[:4] in powiats) and (voivodships is None or unit.code[:2] in voivodships)
        )
        return tuple(unit for unit in found if unit.code[6] in kinds) or found

    def _in_genitive(self, name: str) -> tuple[Unit, ...]:
        """The towns whose name in the genitive this is: „Gdańska”, „Gdyni”, „Torunia”."""
        stem = name[:-1]
        names = {stem, f"{stem}a", name[:-2] if name.endswith("ia") else stem, f"{name}a"}
        return tuple(unit for one in sorted(names) for unit in self._gminas.get(one, ()) if unit.code[6] in "13")

    def find_powiat(self, text: str) -> tuple[Unit, ...]:
        """The powiats a typed answer may mean: ``kartuski``, ``powiat kartuski``, ``pow. kartuski, woj. pomorskie`` or
        a code of four digits, which is believed when its voivodship is known."""
        words = _words(text)
        typed = re.findall(r"(?<!\d)\d{4}(?!\d)", words)
        if typed:
            known = [code for code in dict.fromkeys(typed) if code[:2] in self.units]
            return tuple(self.units.get(code) or Unit(code, "") for code in known)
        words, voivodships = self._take_off(_VOIVODSHIP, words, self._voivodships)
        _, marked = self._take_off(_POWIAT, words, self._powiats)
        name = _POWIAT_WORD.sub(" ", words).strip()
        codes = marked or self._powiats.get(name)
        if codes is None and voivodships is None:
            name, voivodships = _last_words(name, self._voivodships)
            codes = self._powiats.get(name)
        fitting = sorted(code for code in codes or () if voivodships is None or code[:2] in voivodships)
        return tuple(self.units[code] for code in fitting)

    @staticmethod
    def _take_off(
        marked: re.Pattern[str], words: str, names: Mapping[str, frozenset[str]]
    ) -> tuple[str, frozenset[str] | None]:
        """The words without „powiat kartuski” and what that names; ``None`` when nothing is said of it.

        A name of two words (``czarnkowsko-trzcianecki``) counts as a whole when the register knows it.
        """
        match = marked.search(words)
        if match is None:
            return words, None
        after = match["name"].split()
        taken = next((n for n in (3, 2, 1) if " ".join(after[:n]) in names), 1)
        rest = f"{words[: match.start()]} {' '.join(after[taken:])}"
        return " ".join(rest.split()), names.get(" ".join(after[:taken]), frozenset())


_GMINA_CODE = re.compile(r"(?<!\d)\d{2} ?\d{2} ?\d{2} ?\d?(?!\d)")
_POSTCODE = re.compile(r"(?<!\d)\d{2}\s?[-–]\s?\d{3}(?!\d)")
_POWIAT = re.compile(r"\b(?:powiat(?:u|em|owi)?|powiecie|pow) (?P<name>[a-z].*)$")
_OF_TOWN = re.compile(r"\bmiasta (?P<name>[a-z]{3,})$")
_POWIAT_WORD = re.compile(r"\b(?:powiat(?:u)?|pow|grodzki|miasto na prawach powiatu)\b")
_VOIVODSHIP = re.compile(r"\b(?:wojewodztw[oa]|wojewodztwie|woj) (?P<name>[a-z].*)$")
_KINDS: Final = (
    (re.compile(r"\b(?:miast[oa] )?na prawach powiatu\b"), "1"),
    (re.compile(r"\b(?:miasto i gmin[ay]|gmina i miasto|miejsko wiejsk(?:a|iej)|m i g|m w)\b"), "3"),
    (re.compile(r"\b(?:obszar wiejski|wiejsk(?:a|iej))\b"), "23"),
    (re.compile(r"\b(?:miejsk(?:a|iej)|miasto|m)\b"), "13"),
    (re.compile(r"\b(?:gmin(?:a|y|ie)|gm|g|ug|umig|urzad|kod|teryt)\b"), ""),
)
"""Words for the kind of a gmina and the digits they allow: whoever writes „miasto” of a town-and-rural gmina means its
town."""


def _words(text: str) -> str:
    """The answer in plain words, without a postcode, „n/Notecią” written out."""
    return re.sub(r"\bn (?=[a-z])", "nad ", plain(_POSTCODE.sub(" ", text)))


def _without_qualifiers(words: str) -> tuple[str, str]:
    """The bare name, and the kinds of gmina (seventh digit) that the words around it allow."""
    kinds = "123"
    for pattern, digits in _KINDS:
        shorter = " ".join(pattern.sub(" ", words).split())
        if shorter and shorter != words:
            words = shorter
            kinds = "".join(kind for kind in kinds if kind in digits) if digits else kinds
    return words, kinds


def _last_words(name: str, known: Mapping[str, frozenset[str]]) -> tuple[str, frozenset[str] | None]:
    """The name without the larger unit that it ends with, and the codes of that unit."""
    words = name.split()
    for count in (2, 1):
        if len(words) > count and (codes := known.get(" ".join(words[-count:]))) is not None:
            return " ".join(words[:-count]), codes
    return name, None


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
        # Cities that are powiats of their own: seats of the institutions of a whole voivodship. Those with a rural
        # gmina of the same name beside them are left out, so that one is never taken for the other.
        *((code + kind, name) for code, name in (
            ("0461", "Bydgoszcz"), ("0463", "Toruń"), ("0861", "Gorzów Wielkopolski"), ("0862", "Zielona Góra"),
            ("2261", "Gdańsk"), ("2262", "Gdynia"), ("2264", "Sopot"), ("2862", "Olsztyn"), ("3061", "Kalisz"),
            ("3062", "Konin"), ("3064", "Poznań"), ("3261", "Koszalin"), ("3262", "Szczecin"), ("3263", "Świnoujście"),
        ) for kind in ("", "011")),
    )
)  # fmt: skip
"""Voivodships, the units of the shipped projects and the cities of their voivodships, as the register names them."""


def gmina_by_name(name: str, powiat: str | None = None, *, territory: Territory = SHIPPED) -> tuple[Unit, ...]:
    """All gminas of that name in the register; see :meth:`Territory.gmina_by_name`."""
    return territory.gmina_by_name(name, powiat)
