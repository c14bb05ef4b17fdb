"""What somebody wrote of a person's presence on a day: „8:30–14:00”, „6 h”, „5,5”, „nieob.”, „usp.”, „od 10:00”.

Every spelling has one meaning or none: what may mean two things („5:30”, „1”, „x”) is a doubt with a Polish sentence
that asks, never a guess. Times are local clock times, lengths are whole minutes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from typing import Final, TypeAlias


@dataclass(frozen=True)
class DayHours:
    """When the day of a meeting, or a session, began and ended."""

    starts: time
    ends: time
    session: bool = field(default=False, compare=False)
    """What is asked about speaks of a session, not of a day."""

    @property
    def length(self) -> int:
        return _minute(self.ends) - _minute(self.starts)


@dataclass(frozen=True)
class Attended:
    """What was understood. ``arrived`` and ``left`` are known only where somebody wrote them."""

    minutes: int
    how: str
    """How it was read, in Polish."""
    arrived: time | None = None
    left: time | None = None
    excused: bool = False
    reason: str = ""
    """Why the person was not there, as far as that was written."""


@dataclass(frozen=True)
class Doubt:
    """What could not be understood, and what is asked for."""

    sentence: str


Said: TypeAlias = Attended | Doubt
WHOLE_DAY: Final = "cały dzień"
WHOLE_SESSION: Final = "cała sesja"
ABSENT: Final = "nieob."
EXCUSED: Final = "usp."


def read_hours(text: str, day: DayHours) -> Said | None:
    """What a text says of the day; ``None`` for one that says nothing."""
    words = _plain(text)
    if not words.strip("._… "):
        return None
    if len(words) > _LONGEST:
        return Doubt("Wpis jest za długi, żeby był godzinami obecności.")
    for pattern, reader in _READERS:
        found = pattern.fullmatch(words)
        if found is not None:
            return reader(found, day)
    return Doubt(f"Nie wiadomo, co znaczy ten wpis. {_ASK}")


def whole_day(day: DayHours, how: str) -> Attended:
    """Presence from the beginning to the end."""
    return Attended(day.length, how)


def written(attended: Attended, day: DayHours) -> str:
    """The spelling that is read back to the same."""
    if attended.excused:
        return f"{EXCUSED} {attended.reason}".strip()
    if attended.minutes == 0:
        return ABSENT
    if attended.arrived is not None and attended.left is not None:
        span = _minute(attended.left) - _minute(attended.arrived)
        if span == attended.minutes:
            return f"{attended.arrived:%H:%M}–{attended.left:%H:%M}"
    if attended.minutes == day.length:
        return WHOLE_DAY
    return f"{attended.minutes} min"


_LONGEST: Final = 200
_ASK: Final = "Proszę podać godziny (8:30–14:00), liczbę godzin (6 h), „nieob.” albo „usp.”."
_DASHES: Final = re.compile("[‐‑‒–—−]")
_RAISED: Final = re.compile("(?<=\\d)([⁰¹²³⁴⁵]\\s?[⁰¹²³⁴⁵⁶⁷⁸⁹])")
_FLAT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def _plain(text: str) -> str:
    """One line, one kind of dash; minutes that were raised (8³⁰) come after a colon."""
    raised = _RAISED.sub(lambda found: f":{found[1].translate(_FLAT).replace(' ', '')}", text)
    return " ".join(_DASHES.sub("-", raised).split())


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(text: str) -> time | None:
    """A time of the day: „8”, „8:30”, „8.30”, „8 30”, „0830”."""
    digits = re.fullmatch(r"(\d{1,2})(?:\s?[:.]\s?|\s)?(\d{2})?", text.strip())
    if digits is None:
        return None
    hour, minute = int(digits[1]), int(digits[2] or 0)
    return time(hour, minute) if hour <= 23 and minute <= 59 else None


_TIME: Final = r"\d{1,2}(?:\s?[:.]\s?\d{2}|\s\d{2}|\d{2})?"
_AT: Final = r"(?:godz?\.?\s*|g\.\s*)?"
_RANGE: Final = rf"(?:od\s*)?{_AT}({_TIME})\s*(?:-|do)\s*{_AT}({_TIME})"


def _span(start: str, end: str, day: DayHours) -> tuple[time, time] | Doubt:
    arrived, left = _time(start), _time(end)
    if arrived is None or left is None:
        return Doubt(f"Nie ma takiej godziny. {_ASK}")
    if arrived >= left:
        return Doubt("Godzina wyjścia nie jest późniejsza niż godzina przyjścia. Proszę podać obie.")
    if arrived < day.starts or left > day.ends:
        return Doubt(
            f"Godziny wykraczają poza {'tę sesję' if day.session else 'ten dzień'} "
            f"({day.starts:%H:%M}–{day.ends:%H:%M}). Proszę podać godziny w {'jej' if day.session else 'jego'} "
            "granicach."
        )
    return arrived, left


def _ranges(found: re.Match[str], day: DayHours) -> Said:
    spans: list[tuple[time, time]] = []
    for one in re.split(r"\s*(?:[,;]|\bi\b|\boraz\b)\s*", found[0].casefold()):
        part = re.fullmatch(_RANGE, one.removesuffix("h").strip())
        span = _span(part[1], part[2], day) if part else Doubt(f"Nie wiadomo, co znaczy ten wpis. {_ASK}")
        if isinstance(span, Doubt):
            return span
        if spans and span[0] < spans[-1][1]:
            return Doubt("Podane godziny nachodzą na siebie. Proszę podać je po kolei.")
        spans.append(span)
    minutes = sum(_minute(end) - _minute(start) for start, end in spans)
    how = "godziny od–do" if len(spans) == 1 else "kilka przedziałów godzin, zsumowane"
    return Attended(minutes, how, spans[0][0], spans[-1][1])


def _duration(minutes: int, how: str, day: DayHours) -> Said:
    if minutes > day.length:
        lasted = "trwała ta sesja" if day.session else "trwał ten dzień"
        return Doubt(f"To więcej, niż {lasted} ({day.length} min). Proszę podać liczbę jeszcze raz.")
    if minutes == 0:
        return Attended(0, "zero: nieobecność")
    return Attended(minutes, how)


def _hours_and_minutes(found: re.Match[str], day: DayHours) -> Said:
    return _duration(int(found[1]) * 60 + int(found[2] or 0), "liczba godzin i minut", day)


def _only_minutes(found: re.Match[str], day: DayHours) -> Said:
    return _duration(int(found[1]), "liczba minut", day)


def _decimal(found: re.Match[str], day: DayHours) -> Said:
    """„5,5” and „5,25” are parts of an hour; „5,30” and „5,50” might be minutes as well, unless an „h” stands there."""
    part = found[2] or ""
    if len(part) == 2 and part not in _QUARTERS and not found[3]:
        return Doubt(f"Nie wiadomo, czy to część godziny, czy minuty. {_ASK}")
    hundredths = int(found[1]) * 100 + int(part.ljust(2, "0") or 0)
    if hundredths * 60 % 100:
        return Doubt(f"Tej części godziny nie da się zapisać w pełnych minutach. {_ASK}")
    return _duration(hundredths * 60 // 100, "liczba godzin", day)


_QUARTERS: Final = frozenset({"25", "75", "00"})


def _bare_number(found: re.Match[str], day: DayHours) -> Said:
    if int(found[0]) == 1:
        return Doubt(
            "Nie wiadomo, czy „1” to jedna godzina, czy obecność. Proszę napisać „1 h” albo "
            f"„{WHOLE_SESSION if day.session else WHOLE_DAY}”."
        )
    if int(found[0]) > 24:
        return Doubt("Nie wiadomo, czy to minuty. Proszę dopisać jednostkę: „min” albo „h”.")
    return _duration(int(found[0]) * 60, "liczba godzin", day)


def _nothing(_: re.Match[str], day: DayHours) -> Said:
    return Attended(0, "nieobecność")


def _excused(found: re.Match[str], day: DayHours) -> Said:
    why = (found["why"] or "").strip()
    if any(char.isdigit() for char in why):
        return Doubt("Przy usprawiedliwieniu stoi liczba. Proszę podać godziny obecności albo samo „usp.” z powodem.")
    return Attended(0, "nieobecność usprawiedliwiona", excused=True, reason=why)


def _all_day(_: re.Match[str], day: DayHours) -> Said:
    return whole_day(day, "cały dzień")


def _came_late(found: re.Match[str], day: DayHours) -> Said:
    span = _span(found[1], f"{day.ends:%H:%M}", day)
    if isinstance(span, Doubt):
        return span
    return Attended(_minute(span[1]) - _minute(span[0]), "późniejsze przyjście", span[0], span[1])


def _left_early(found: re.Match[str], day: DayHours) -> Said:
    span = _span(f"{day.starts:%H:%M}", found[1], day)
    if isinstance(span, Doubt):
        return span
    return Attended(_minute(span[1]) - _minute(span[0]), "wcześniejsze wyjście", span[0], span[1])


def _late_by(found: re.Match[str], day: DayHours) -> Said:
    minutes = int(found[1])
    if not 0 < minutes < day.length:
        what = "ta sesja" if day.session else "ten dzień"
        return Doubt(f"Spóźnienie jest dłuższe niż {what} ({day.length} min). Proszę podać godziny.")
    came = _minute(day.starts) + minutes
    return Attended(day.length - minutes, "spóźnienie", time(came // 60, came % 60), day.ends)


def _clock_alone(_: re.Match[str], day: DayHours) -> Said:
    return Doubt(f"Nie wiadomo, czy to godzina, czy liczba godzin i minut. {_ASK}")


_NOT_THERE: Final = r"nie ?ob(?:\.|ecn(?:y|a|ość|i))?|nb\.?|nie|nie był[ao]?|brak|-+|0"
_HOUR: Final = r"(?:h|godz?\.?|godzin[ay]?)"
_MINUTE: Final = r"(?:min\.?|minut[ay]?|')"
_READERS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], DayHours], Said]], ...]] = (
    (
        re.compile(
            rf"(?:(?:{_NOT_THERE})\s*,?\s*)?(?:usp(?:r(?:awiedl(?:iwion[aeoy]?)?)?)?\.?)(?:\s+nieobecn\w*)?"
            r"(?:\s*[:,;(-]\s*|\s+|$)(?P<why>.*?)\)?",
            re.I,
        ),
        _excused,
    ),
    (re.compile(_NOT_THERE, re.I), _nothing),
    (re.compile(r"tak|ob\.|obecn(?:y|a|ość)|cały dzień|całość|całe spotkanie|cała sesja|[✓✔☑]", re.I), _all_day),
    (re.compile(rf"{_RANGE}(?:\s*h)?(?:\s*(?:[,;]|\bi\b|\boraz\b)\s*{_RANGE})*", re.I), _ranges),
    (re.compile(rf"(\d{{1,2}})\s?{_HOUR}\s*(?:i\s*)?(?:(\d{{1,2}})\s?(?:{_MINUTE}|m)?)?", re.I), _hours_and_minutes),
    (re.compile(rf"(\d{{1,4}})\s?{_MINUTE}", re.I), _only_minutes),
    (re.compile(r"(\d{1,2})[,.](\d{1,2})\s?(h|godz?\.?|godzin[ay]?)?", re.I), _decimal),
    (re.compile(r"\d{1,4}", re.I), _bare_number),
    (re.compile(rf"(?:od|przysz(?:edł|ła)(?: o)?|przyjście(?: o)?)\s*{_AT}({_TIME})", re.I), _came_late),
    (re.compile(rf"(?:do|wysz(?:edł|ła)(?: o)?|wyjście(?: o)?)\s*{_AT}({_TIME})", re.I), _left_early),
    (re.compile(rf"(?:spóźn(?:\.|ienie|iony|iona)?|sp\.)\s*(?:o\s*)?(\d{{1,3}})\s?{_MINUTE}", re.I), _late_by),
    (re.compile(rf"{_TIME}", re.I), _clock_alone),
)  # fmt: skip
