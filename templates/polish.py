"""How Polish office text is set: amounts, dates, plurals, forms of address, line breaks, the order of names.

Everything here takes plain values and returns text with non-breaking spaces already where an office expects them.
Sex is ``models.identifiers.Sex``, or the letter ``K`` or ``M`` that stands in letters; anything else gets the neutral
form.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from babel import Locale
from num2words import num2words

from models.glossary import label
from models.identifiers import Sex
from models.rules.meeting_kinds import MeetingKind

NBSP = "\u00a0"
_POLISH = Locale("pl")
_Item = TypeVar("_Item")


# Line breaks

_ONE_LETTER_WORD = re.compile(r"(?<!\w)([aiouwzAIOUWZ])[ \t]+(?=\S)")
_DIGIT = re.compile(r"\d")
_BEFORE_UNIT = re.compile(r"(?<=\d)[ \t]+(?=(?:zł|gr|r\.|godz\.|min|pkt|%|dni|dzień)(?!\w))")
_AFTER_NUMBERED = re.compile(r"(?<!\w)((?:nr|art\.|ust\.|pkt|lit\.|poz\.|str\.|tel\.|godz\.)|§)[ \t]+(?=\d)", re.I)
_BEFORE_NR = re.compile(r"(?<=\w)[ \t]+(?=nr[ \u00a0]\d)", re.I)


def nbsp(text: str) -> str:
    """Bind what must not part at the end of a line: one-letter words, units and years, numbers after „nr” or „art.”."""
    text = _ONE_LETTER_WORD.sub(rf"\1{NBSP}", text)
    if not _DIGIT.search(text):
        return text  # most lines have no number that anything could be bound to
    text = _BEFORE_UNIT.sub(NBSP, text)
    text = _BEFORE_NR.sub(NBSP, text)
    return _AFTER_NUMBERED.sub(rf"\1{NBSP}", text)


# Amounts


def amount(grosze: int) -> str:
    """``1 234,56``: thousands apart even in four-digit sums, so that columns of amounts line up."""
    zloty, rest = divmod(abs(grosze), 100)
    sign = "−" if grosze < 0 else ""
    return f"{sign}{zloty:,}".replace(",", NBSP) + f",{rest:02d}"


def amount_zl(grosze: int) -> str:
    """``1 234,56 zł``."""
    return f"{amount(grosze)}{NBSP}zł"


def amount_in_words(grosze: int) -> str:
    """``jeden tysiąc dwieście trzydzieści cztery złote 56/100``. Raises ``ValueError`` for a negative sum.

    „Jeden” stands before „tysiąc” and „milion”, so that nothing can be written in front of the sum.
    """
    if grosze < 0:
        raise ValueError("only sums that are paid are written in words")
    zloty, rest = divmod(grosze, 100)
    # A Decimal, because num2words takes whole numbers of a currency for grosze.
    words = str(num2words(Decimal(zloty), lang="pl")).split()
    spelled = " ".join(f"jeden {word}" if word in ("tysiąc", "milion", "miliard") else word for word in words)
    return f"{spelled} {plural(zloty, 'złoty', 'złote', 'złotych')} {rest:02d}/100"


def percent(basis_points: int) -> str:
    """``9,76%`` from 976, ``9%`` from 900."""
    whole, rest = divmod(basis_points, 100)
    decimals = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}%"


# Counting


def plural(number: int, one: str, few: str, many: str) -> str:
    """The form of a noun after a number: 1 dzień, 2 dni, 5 dni."""
    return {"one": one, "few": few}.get(_POLISH.plural_form(abs(number)), many)


def counted(number: int, one: str, few: str, many: str) -> str:
    """Number and noun: ``5 osób``."""
    return f"{number}{NBSP}{plural(number, one, few, many)}"


def hours(minutes: int) -> str:
    """``16 godz.``, ``7 godz. 30 min``."""
    whole, rest = divmod(minutes, 60)
    parts = ([f"{whole}{NBSP}godz."] if whole or not rest else []) + ([f"{rest}{NBSP}min"] if rest else [])
    return " ".join(parts)


# Dates

MONTHS_GENITIVE = (
    "stycznia",
    "lutego",
    "marca",
    "kwietnia",
    "maja",
    "czerwca",
    "lipca",
    "sierpnia",
    "września",
    "października",
    "listopada",
    "grudnia",
)
WEEKDAYS = ("poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela")


def short_date(day: date) -> str:
    """``05.12.2018 r.``"""
    return f"{day:%d.%m.%Y}{NBSP}r."


def long_date(day: date) -> str:
    """``5 grudnia 2018 r.``"""
    return f"{day.day}{NBSP}{MONTHS_GENITIVE[day.month - 1]} {day.year}{NBSP}r."


def weekday(day: date) -> str:
    return WEEKDAYS[day.weekday()]


def clock(hour: time) -> str:
    """``9:00``: an hour of the day without a leading zero."""
    return f"{hour.hour}:{hour.minute:02d}"


def date_span(days: Iterable[date]) -> str:
    """Days of one meeting: ``1–2 grudnia 2018 r.``, ``30 listopada i 1 grudnia 2018 r.``, ``1, 8 i 15 grudnia …``.

    Raises ``ValueError`` when there is no day at all.
    """
    sorted_days = sorted(set(days))
    if not sorted_days:
        raise ValueError("a span of dates needs a day")
    first, last = sorted_days[0], sorted_days[-1]
    if first == last:
        return long_date(first)
    if (first.year, first.month) != (last.year, last.month):
        same_year = all(day.year == last.year for day in sorted_days)
        shown = [long_date(day) if not same_year else _day_and_month(day) for day in sorted_days[:-1]]
        return f"{', '.join(shown)} i{NBSP}{long_date(last)}"
    month = f"{MONTHS_GENITIVE[last.month - 1]} {last.year}{NBSP}r."
    if (last - first).days == len(sorted_days) - 1:
        return f"{first.day}–{last.day}{NBSP}{month}"
    return f"{', '.join(str(day.day) for day in sorted_days[:-1])} i{NBSP}{last.day}{NBSP}{month}"


def _day_and_month(day: date) -> str:
    return f"{day.day}{NBSP}{MONTHS_GENITIVE[day.month - 1]}"


# Order of names

_ALPHABET = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
_PLACE = {letter: place for place, letter in enumerate(_ALPHABET, start=100)}
# Letters that do not decompose into a base letter and a mark.
_FOREIGN = str.maketrans({"ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})

CollationKey = tuple[tuple[int, ...], tuple[int, ...], str]


def collation_key(text: str) -> CollationKey:
    """Key for sorting as a Polish dictionary does: ł after l, ż after ź, foreign marks and capitals only break ties.

    Spaces, hyphens and apostrophes part words and come before any letter (``Nowak Zofia`` before ``Nowakowska Ada``);
    digits come before letters.
    """
    text = unicodedata.normalize("NFC", text).strip()
    places: list[int] = []
    for character in text.lower().translate(_FOREIGN):
        if character in _PLACE:
            places.append(_PLACE[character])
        elif character.isspace() or character in "-–'’":
            places.append(0)
        else:
            base = unicodedata.normalize("NFD", character)[0]
            places.append(_PLACE.get(base, 10 + int(base) if base.isdecimal() and base.isascii() else 1))
    cases = tuple(int(character.isupper()) for character in text)
    return tuple(places), cases, text


def person_key(last_name: str, first_name: str) -> tuple[CollationKey, CollationKey]:
    """Key for lists of people: by last name, then by first."""
    return collation_key(last_name), collation_key(first_name)


# Kinds of meetings

MEETING_ACCUSATIVE: Mapping[MeetingKind, str] = {
    MeetingKind.MEETING: "spotkanie",
    MeetingKind.TRAINING: "szkolenie",
    MeetingKind.FOCUS_STUDY: "badanie fokusowe",
    MeetingKind.EXCHANGE: "wymianę doświadczeń",
    MeetingKind.COACHING: "coaching",
}
"""What people are invited to: *zapraszamy na …*."""


def titled(title: str, kind: MeetingKind) -> str:
    """A meeting by its title, with its kind where it is no plain meeting: *Praca z rodziną (szkolenie)*."""
    return title if kind is MeetingKind.MEETING else f"{title} ({label(kind)})"


# Forms by sex


class Noun(StrEnum):
    """Nouns that follow a person's sex; the neutral form never splits a word with a slash."""

    ADDRESS = "address"
    PARTICIPANT = "participant"
    CANDIDATE = "candidate"
    CONTRACTOR = "contractor"
    MEMBER = "member"


class Case(StrEnum):
    """Grammatical cases by what they answer: *kto?*, *kogo?* (brak), *komu?*, *kogo?* (widzę), *z kim?*."""

    NOMINATIVE = "mianownik"
    GENITIVE = "dopełniacz"
    DATIVE = "celownik"
    ACCUSATIVE = "biernik"
    INSTRUMENTAL = "narzędnik"


# Feminine, masculine, neutral; in the order of the cases above.
_FORMS: dict[Noun, tuple[tuple[str, str, str], ...]] = {
    Noun.ADDRESS: (
        ("Pani", "Pan", "Państwo"),
        ("Pani", "Pana", "Państwa"),
        ("Pani", "Panu", "Państwu"),
        ("Panią", "Pana", "Państwa"),
        ("Panią", "Panem", "Państwem"),
    ),
    Noun.PARTICIPANT: (
        ("uczestniczka", "uczestnik", "osoba uczestnicząca"),
        ("uczestniczki", "uczestnika", "osoby uczestniczącej"),
        ("uczestniczce", "uczestnikowi", "osobie uczestniczącej"),
        ("uczestniczkę", "uczestnika", "osobę uczestniczącą"),
        ("uczestniczką", "uczestnikiem", "osobą uczestniczącą"),
    ),
    Noun.CANDIDATE: (
        ("kandydatka", "kandydat", "osoba kandydująca"),
        ("kandydatki", "kandydata", "osoby kandydującej"),
        ("kandydatce", "kandydatowi", "osobie kandydującej"),
        ("kandydatkę", "kandydata", "osobę kandydującą"),
        ("kandydatką", "kandydatem", "osobą kandydującą"),
    ),
    Noun.CONTRACTOR: (
        ("zleceniobiorczyni", "zleceniobiorca", "osoba wykonująca zlecenie"),
        ("zleceniobiorczyni", "zleceniobiorcy", "osoby wykonującej zlecenie"),
        ("zleceniobiorczyni", "zleceniobiorcy", "osobie wykonującej zlecenie"),
        ("zleceniobiorczynię", "zleceniobiorcę", "osobę wykonującą zlecenie"),
        ("zleceniobiorczynią", "zleceniobiorcą", "osobą wykonującą zlecenie"),
    ),
    Noun.MEMBER: (
        ("członkini", "członek", "osoba w składzie grupy"),
        ("członkini", "członka", "osoby w składzie grupy"),
        ("członkini", "członkowi", "osobie w składzie grupy"),
        ("członkinię", "członka", "osobę w składzie grupy"),
        ("członkinią", "członkiem", "osobą w składzie grupy"),
    ),
}


def by_sex(sex: str | None, feminine: str, masculine: str, neutral: str) -> str:
    """One of three wordings."""
    if sex in (Sex.WOMAN, "K"):
        return feminine
    return masculine if sex in (Sex.MAN, "M") else neutral


def noun(which: Noun, case: Case, sex: str | None) -> str:
    """A noun in its case: ``noun(Noun.PARTICIPANT, Case.INSTRUMENTAL, Sex.WOMAN)`` is *uczestniczką*."""
    return by_sex(sex, *_FORMS[which][list(Case).index(case)])


def participant(sex: str | None) -> str:
    return noun(Noun.PARTICIPANT, Case.NOMINATIVE, sex)


def salutation(sex: str | None) -> str:
    """Opening of a letter, without the name, so that nothing needs declining: *Szanowna Pani*."""
    return by_sex(sex, "Szanowna Pani", "Szanowny Panie", "Szanowni Państwo")
