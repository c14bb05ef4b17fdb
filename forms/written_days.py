"""A day and an hour as officers write them, in a table or at the command line."""

import re
from datetime import date, time
from typing import Final

from forms.dates import MONTH_NUMBER
from models.territory import plain

YEARS: Final = range(1900, 2300)
"""Whoever works here was born after the first, and the people of tests and of the demo before the last; another year
is a slip of the pen, and far ones break the reckoning with days."""
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]0?0:00(?::00)?)?")
_DIGITS: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_POLISH: Final = re.compile(r"(\d{1,2})[.\-/](\d{1,2})[.\-/](\d{4})(?: ?r\.?)?")
_IN_WORDS: Final = re.compile(r"(\d{1,2}) ([^\W\d_]+) (\d{4})(?: ?r\.?)?")
_HOUR: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?::00)?")


def day_in(text: str, *, years: range = YEARS) -> date:
    """A day: ``2018-10-01``, ``1.10.2018`` or ``1 października 2018 r.``. Raises ``ValueError`` with a Polish
    sentence, also for a year outside ``years``."""
    text = " ".join(text.split())
    if iso := _ISO.fullmatch(text) or _DIGITS.fullmatch(text):
        year, month, day = (int(part) for part in iso.groups())
    elif polish := _POLISH.fullmatch(text):
        day, month, year = (int(part) for part in polish.groups())
    elif (words := _IN_WORDS.fullmatch(text)) and (named := MONTH_NUMBER.get(plain(words[2]))):
        day, month, year = int(words[1]), named, int(words[3])
    else:
        raise ValueError(f"„{text[:40]}” nie jest datą. Wzór: 2018-09-22 albo 22.09.2018.")
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError(f"„{text}”: nie ma takiego dnia.") from None
    if found.year not in years:
        raise ValueError(f"„{text}”: rok {found.year} wygląda na pomyłkę.")
    return found


def hour_in(text: str) -> time:
    """An hour of the day: ``9:00``, ``9.00`` or ``9``. Raises ``ValueError`` with a Polish sentence."""
    found = _HOUR.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"„{text[:40]}” nie jest godziną. Wzór: 9:00.")
    try:
        return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        raise ValueError(f"„{text}”: nie ma takiej godziny.") from None
