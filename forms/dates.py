"""The date in an answer, in any usual Polish spelling, and whether somebody can be born then."""

import re
from datetime import date
from typing import Final

from forms.outcome import Outcome
from models.rules.facts import FieldStatus
from models.territory import plain

BIRTH_DATE: Final = "data_urodzenia"
_MONTHS: Final = (
    "stycznia styczen sty", "lutego luty lut", "marca marzec mar", "kwietnia kwiecien kwi", "maja maj",
    "czerwca czerwiec cze", "lipca lipiec lip", "sierpnia sierpien sie", "wrzesnia wrzesien wrz",
    "pazdziernika pazdziernik paz", "listopada listopad lis", "grudnia grudzien gru",
)  # fmt: skip
_ROMAN: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
MONTH_NUMBER: Final = {
    **{word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()},
    **{roman: number for number, roman in enumerate(_ROMAN, start=1)},
}
# In plain text (no diacritics, signs turned to spaces) every spelling of a date is three words.
_DAY_FIRST: Final = re.compile(r"(?<!\d)(\d{1,2}) (\d{1,2}|[a-z]+) (\d{4})(?!\d)")
_YEAR_FIRST: Final = re.compile(r"(?<!\d)(\d{4}) (\d{1,2}|[a-z]+) (\d{1,2})(?!\d)")
_EIGHT_DIGITS: Final = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")
_SHORT_YEAR: Final = re.compile(r"(?<!\d)\d{1,2} (?:\d{1,2}|[a-z]+) \d{2}(?!\d)")


def date_in(text: str, behind: str) -> Outcome:
    """The one date within the text. ``behind`` is what the date control keeps for programs; it counts only where the
    text says nothing, because programs forget to update it."""
    words = plain(text)
    whole_months = (*_DAY_FIRST.findall(words),)
    found = {parsed for day, month, year in whole_months if (parsed := _day(year, month, day))}
    found |= {parsed for year, month, day in _YEAR_FIRST.findall(words) if (parsed := _day(year, month, day))}
    if not found:
        found = {parsed for day, month, year in _EIGHT_DIGITS.findall(words) if (parsed := _day(year, month, day))}
    if not found and not re.search(r"\d{1,2} \S+ \d", words) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", behind):
        found = {behind}
    if len(found) == 1:
        return Outcome(FieldStatus.READ, found.pop())
    example = "Proszę podać dzień, miesiąc i rok czterema cyframi, na przykład 12.03.1985 albo 12 marca 1985 r."
    if found:
        return Outcome(FieldStatus.AMBIGUOUS, None, "date_several", f"Podano więcej niż jedną datę. {example}", 0)
    if _SHORT_YEAR.search(words):
        return Outcome(FieldStatus.AMBIGUOUS, None, "date_short_year", f"Rok zapisano dwiema cyframi. {example}", 0)
    return Outcome(
        FieldStatus.UNREADABLE, None, "date", f"Nie udało się odczytać daty albo takiego dnia nie ma. {example}", 0
    )


_FIRST_BIRTH_YEAR: Final = 1900
INVENTED_FROM, _INVENTED_TO = 2200, 2299
"""No candidate is born then, and PESEL has a month for it: the people of tests and of the demo are."""


def plausible_birth(outcome: Outcome) -> Outcome:
    """A day of birth that nobody who writes today can have is asked for. What day it is today is not known here."""
    if outcome.status is not FieldStatus.READ:
        return outcome
    year = date.fromisoformat(str(outcome.value)).year
    if _FIRST_BIRTH_YEAR <= year < 2100 or INVENTED_FROM <= year <= _INVENTED_TO:
        return outcome
    return Outcome(
        FieldStatus.AMBIGUOUS,
        None,
        "birth_date_implausible",
        "Rok urodzenia wygląda na pomyłkę. Proszę podać dzień, miesiąc i rok czterema cyframi, na przykład 12.03.1985.",
        0,
    )


def _day(year: str, month: str, day: str) -> str | None:
    number = int(month) if month.isdigit() else MONTH_NUMBER.get(month)
    if number is None:
        return None
    try:
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        return None
