"""Invented people and what each of them answers: as typed, and as it has to be read.

Nobody here exists: all are born in the 2200s, their institutions have tax numbers of no office. The same number gives
the same person everywhere.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias

from models.form_definition import FormDefinition, Leaf, LeafType

Gold: TypeAlias = str | bool | tuple[str, ...] | None
"""What has to be read; ``None`` for a question left open."""


@dataclass(frozen=True)
class Answer:
    """One person's answer to one question. ``chosen`` are the codes of the options, for questions with options."""

    typed: str = ""
    gold: Gold = None
    chosen: tuple[str, ...] = ()
    ticked: bool | None = None


OPEN: Final = Answer()

_FIRST: Final = (
    "Żegota", "Wierzbina", "Zmyślimir", "Łucjanna Zośka", "Ścibora", "Ćwiertka-Anna", "Mścigniew", "Próbomiła",
)  # fmt: skip
_LAST: Final = (
    "Próbna-Łącka", "Zmyślony", "Nieistniejąca", "Wzorcowy", "Przykładna", "Żółć-Testowa", "de Atrapa", "Gżegżółka",
)  # fmt: skip
_STREETS: Final = (
    "ul. Zmyślona 5 m. 7", "al. Wymyślona 12/3", "Nieistniejąca 100A", "os. Próbne 4", "pl. Testowy 1 lok. 2",
)  # fmt: skip
_TOWNS: Final = ("Żukowo", "Kartuzy", "Przykładowo Górne", "Zmyślin", "Nibylandia")
_GMINAS: Final = (
    ("Żukowo, powiat kartuski", "2205083"), ("Kartuzy", "2205023"), ("gmina Brusy", "2202023"),
    ("2213093", "2213093"), ("Dzierzgoń (powiat sztumski)", "2216013"),
)  # fmt: skip
_POSTCODES: Final = (("83-300", "83-300"), ("83 330", "83-330"), ("89632", "89-632"), ("00-950", "00-950"))
_INSTITUTIONS: Final = (
    "Ośrodek „Próba” & Syn <b>", "Gminny Ośrodek Pomocy Społecznej w Zmyślinie", "Szkoła Podstawowa nr 0",
    "Fundacja „Kooperacja: razem”", "Poradnia Psychologiczno-Pedagogiczna (filia)",
)  # fmt: skip
_JOBS: Final = ("pedagożka", "kierownik działu", "starszy pracownik socjalny", "radca", "asystentka rodziny")
_NEEDS: Final = ("dieta bezglutenowa", "pętla indukcyjna; miejsce z przodu", "dojazd bez schodów")
_REASONS: Final = (
    ("Chcę pomagać rodzinom w kryzysie,", "bo znam je z codziennej pracy."),
    ("Pracuję z młodzieżą od lat.", "Liczę na wymianę doświadczeń i dobre praktyki."),
    ("Widzę, że instytucje działają osobno.", "Grupa może to zmienić – warto spróbować!"),
)
_MONTHS: Final = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października",
    "listopada", "grudnia",
)  # fmt: skip


def answers_of(form: FormDefinition, number: int) -> dict[str, Answer]:
    """What person ``number`` answers, by leaf; about one in nine questions is left open."""
    dice = random.Random(f"{form.key} {number}")
    woman, born = bool(dice.randrange(2)), date(2200, 1, 1) + timedelta(dice.randrange(36_000))
    return {leaf.key: _answer(leaf, dice, born, woman) for leaf in form.leaves}


def complete_answers_of(form: FormDefinition, number: int) -> dict[str, Answer]:
    """The same person, nothing left open and everything ticked."""
    answers = answers_of(form, number)
    for attempt in range(1, 200):
        others = answers_of(form, number + 1000 * attempt)
        for key, answer in others.items():
            if answers[key] == OPEN or answers[key].gold is False:
                answers[key] = answer
    # A PESEL has to stand beside the birth date and the sex it was made from.
    woman, born = True, date(2202, 1, 12)
    for leaf in form.leaves:
        if leaf.key in ("pesel", "data_urodzenia", "plec"):
            answers[leaf.key] = _own(leaf, random.Random(number), born, woman)
    return answers


def _answer(leaf: Leaf, dice: random.Random, born: date, woman: bool) -> Answer:
    left_open = dice.randrange(9) == 0
    given = _own(leaf, dice, born, woman)
    return (Answer(ticked=None, gold=None) if left_open else given) if leaf.key != "imie" else given


def _own(leaf: Leaf, dice: random.Random, born: date, woman: bool) -> Answer:
    if leaf.type in (LeafType.STATEMENT, LeafType.CONSENT):
        ticked = bool(dice.randrange(6))
        return Answer("tak" if ticked else "nie", ticked, ticked=ticked)
    if leaf.key == "plec":
        code = "kobieta" if woman else "mezczyzna"
        return Answer(_label(leaf, code), code, (code,))
    if leaf.type == LeafType.CHOICE:
        code = dice.choice(leaf.options).code
        return Answer(_label(leaf, code), code, (code,))
    if leaf.type == LeafType.CHOICES:
        picked = set(dice.sample([option.code for option in leaf.options], dice.randrange(1, 4)))
        if len(picked) > 1:
            picked -= _NONE_OF_THEM
        codes = tuple(option.code for option in leaf.options if option.code in picked)
        return Answer("; ".join(_label(leaf, code) for code in codes), codes, codes)
    typed, gold = _words(leaf, dice, born, woman)
    return Answer(typed, gold)


_NONE_OF_THEM: Final = frozenset({"zadne", "zadna"})
"""Answers that nobody gives beside others."""


def _label(leaf: Leaf, code: str) -> str:
    return next(option.label for option in leaf.options if option.code == code)


def _words(leaf: Leaf, dice: random.Random, born: date, woman: bool) -> tuple[str, str]:
    if leaf.type == LeafType.PESEL:
        number = pesel(born, woman, dice.randrange(1000))
        return number, number
    if leaf.type == LeafType.DATE:
        return dice.choice(_spellings(born)), born.isoformat()
    if leaf.type == LeafType.EMAIL:
        address = f"{dice.choice(('z.probna', 'wzorcowy', 'biuro+grupa'))}{dice.randrange(100)}@example.org"
        return address, address
    if leaf.type == LeafType.PHONE:
        tail = f"{dice.randrange(1000):03d}"
        return dice.choice((f"600 100 {tail}", f"+48 600 100 {tail}", f"600-100-{tail}")), f"+48600100{tail}"
    if leaf.type == LeafType.POSTCODE:
        return dice.choice(_POSTCODES)
    if leaf.type == LeafType.GMINA:
        return dice.choice(_GMINAS)
    if leaf.type == LeafType.NIP:
        number = nip(dice.randrange(10**6))
        return dice.choice((number, f"{number[:3]}-{number[3:6]}-{number[6:8]}-{number[8:]}")), number
    if leaf.type == LeafType.LONG_TEXT:
        lines = dice.choice(_REASONS)
        return "\n".join(lines), "\n".join(lines)
    choices = next((found for name, found in _BY_NAME.items() if leaf.key.endswith(name)), _NEEDS)
    typed = dice.choice(choices)
    return typed, typed


_BY_NAME: Final[Mapping[str, tuple[str, ...]]] = {
    "imie": _FIRST, "nazwisko": _LAST, "ulica": _STREETS, "miejscowosc": _TOWNS, "nazwa": _INSTITUTIONS,
    "stanowisko": _JOBS, "potrzeby": _NEEDS,
}  # fmt: skip


def _spellings(day: date) -> tuple[str, ...]:
    return (
        f"{day:%d.%m.%Y}",
        f"{day:%d-%m-%Y} r.",
        f"{day:%Y-%m-%d}",
        f"{day.day} {_MONTHS[day.month - 1]} {day.year} r.",
        f"{day.day}/{day.month:02d}/{day.year}",
    )


def pesel(born: date, woman: bool, serial: int) -> str:
    """A number that adds up, of somebody born in the 2200s (months 61 to 72)."""
    digits = f"{born.year % 100:02d}{born.month + 60:02d}{born.day:02d}{serial:03d}{4 if woman else 7}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, (1, 3, 7, 9) * 3, strict=False))
    return f"{digits}{-total % 10}"


def nip(serial: int) -> str:
    """A tax number that adds up; no office has the number 000."""
    for number in range(serial, serial + 100):
        digits = f"000{number:06d}"
        control = sum(int(d) * w for d, w in zip(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7), strict=True)) % 11
        if control < 10 and number:
            return f"{digits}{control}"
    raise AssertionError("one in eleven numbers has no control digit, never a hundred in a row")
