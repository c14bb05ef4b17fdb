"""The columns of a Harmonogram, as an officer heads them in a table and names them in YAML."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from models.rules.meeting_kinds import MeetingKind
from models.rules.series import EXAMPLES
from models.territory import plain


class Column(StrEnum):
    """What a cell says. The value is the name in YAML."""

    CALL = "nabor"
    CODE = "kod"
    KIND = "rodzaj"
    TITLE = "tytul"
    DATE = "data"
    STARTS = "od"
    ENDS = "do"
    PLACE = "miejsce"
    HOST = "prowadzacy"
    AGENDA = "program"
    REPEAT = "powtarzaj"
    UNTIL = "powtarzaj_do"
    WITHOUT = "bez_dni"


@dataclass(frozen=True)
class Heading:
    """How a column is headed and what may stand in it; ``once`` when the first row of a meeting suffices."""

    title: str
    explained: str
    needed: bool
    once: bool
    width: int


KINDS: Final = {
    "spotkanie": MeetingKind.MEETING,
    "szkolenie": MeetingKind.TRAINING,
    "badanie fokusowe": MeetingKind.FOCUS_STUDY,
    "wymiana doświadczeń": MeetingKind.EXCHANGE,
    "coaching": MeetingKind.COACHING,
}
"""Kinds as they are written in a cell."""

HEADINGS: Final = {
    Column.CALL: Heading("Nabór", "kod naboru grupy, np. KES/PGR/2205/2018", True, False, 20),
    Column.CODE: Heading(
        "Kod", "kod spotkania: małe litery, cyfry i podkreślenia; ten sam w każdym dniu spotkania", True, False, 20
    ),
    Column.KIND: Heading("Rodzaj", f"{', '.join(KINDS)}; puste: spotkanie", False, True, 16),
    Column.TITLE: Heading("Tytuł", "jeden wiersz, do 200 znaków", True, True, 36),
    Column.DATE: Heading("Data", "data w Excelu albo tekst: 22.09.2018, 2018-09-22", True, False, 12),
    Column.STARTS: Heading("Od", "godzina rozpoczęcia, np. 9:00", True, False, 8),
    Column.ENDS: Heading("Do", "godzina zakończenia, np. 15:00", True, False, 8),
    Column.PLACE: Heading("Miejsce", "jeden wiersz, do 200 znaków", True, True, 30),
    Column.HOST: Heading("Prowadzący", "kto prowadzi spotkanie", True, True, 28),
    Column.AGENDA: Heading("Program", "punkty w osobnych wierszach komórki albo po średniku", True, True, 44),
    Column.REPEAT: Heading("Powtarzaj", f"puste albo np. {', '.join(EXAMPLES)}", False, True, 22),
    Column.UNTIL: Heading("Powtarzaj do", "ostatni dzień, w którym seria może mieć spotkanie", False, True, 14),
    Column.WITHOUT: Heading("Bez dni", "dni serii, które się opuszcza, po przecinku", False, True, 22),
}


def key_of(title: str) -> str:
    """A heading as it is compared: without capitals, Polish signs and punctuation."""
    return " ".join(plain(title).split())


BY_TITLE: Final = {key_of(heading.title): column for column, heading in HEADINGS.items()}
