"""The rows of a filled list against who was to be there: what each means, and what is asked of whom.

The same for a meeting and for a session of group support. What cannot be read is asked for, never guessed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from forms.attendance_sheet import SheetRow, said_in
from forms.attended_hours import Attended, DayHours, Doubt, Said, read_hours
from models.errors import BadInput
from templates.polish import person_key


@dataclass(frozen=True)
class SheetLine:
    """One person of a sheet: what stands there, or an officer says, how that was read, or what is asked (``asks``)."""

    number: str
    name: str
    raw: str
    minutes: int | None
    how: str
    place: str
    asks: str


@dataclass(frozen=True, kw_only=True)
class ListPreview:
    """A list as it would be entered. ``remarks``: what was noticed about the file, and what else is to be known."""

    lines: tuple[SheetLine, ...]
    remarks: tuple[str, ...]

    @property
    def asked(self) -> tuple[SheetLine, ...]:
        """The lines that nobody has an answer for yet."""
        return tuple(line for line in self.lines if line.asks)


@dataclass(frozen=True)
class SheetEntered:
    """What became of a sheet: rows entered, of these changed, rows left for later, and the number of the kept file."""

    entered: int
    changed: int
    left: int
    file_id: int


@dataclass(frozen=True, kw_only=True)
class ListWords:
    """What a kind of list calls its things, in Polish."""

    box: str
    stranger: str
    """Said of a row of somebody who does not belong on the list."""
    strangers: str
    """Said before the numbers of answers about people who do not belong there."""


ANSWERED: Final = "podał pracownik"


@dataclass(frozen=True)
class Source:
    """Where an entry on record comes from: a kept file, if any, and the place in it."""

    file_id: int | None
    place: str


def mended_since(file_id: int | None, sources: Sequence[Source]) -> bool:
    """Whether what a kept file said of somebody was put right after it was entered, or instead of it.

    ``sources``: those of all entries of the person, the newest last.
    """
    if file_id is None or all(one.file_id != file_id for one in sources):
        return False
    return sources[-1].file_id != file_id or sources[-1].place.endswith(ANSWERED)


MENDED: Final = Doubt("Wpis poprawiono po wczytaniu tej listy; proszę podać, co jest właściwe.")


@dataclass(frozen=True)
class RowSaid:
    """What a row says, or an officer in its place (``answer``)."""

    row: SheetRow
    said: Said
    answer: str | None = None

    @property
    def raw(self) -> str:
        """What stands there, as it was written."""
        return self.row.raw if self.answer is None else self.answer

    @property
    def place(self) -> str:
        """Where in the file it stands, and whether an officer said it."""
        answered = "" if self.answer is None else ANSWERED
        return "; ".join(part for part in (self.row.place, answered) if part)

    @property
    def line(self) -> SheetLine:
        """The row as it is shown."""
        row = self.row
        if isinstance(self.said, Doubt):
            return SheetLine(row.number, row.name, row.raw, None, "", row.place, self.said.sentence)
        return SheetLine(row.number, row.name, self.raw, self.said.minutes, self.said.how, self.place, "")


def rows_said(
    rows: Sequence[SheetRow],
    names: Mapping[str, str],
    hours: DayHours,
    *,
    printed: DayHours | None,
    expected: Collection[str],
    explained: Collection[str],
    answers: Mapping[str, str],
    words: ListWords,
) -> tuple[RowSaid, ...]:
    """What the rows of a list say of the people in ``names`` (by number), and a row for each ``expected`` who has none.

    ``answers``: what an officer says of a number, in place of its rows. An excuse without a reason is asked of, unless
    the number is among the ``explained``. Raises ``BadInput`` for an answer about somebody else, and for one that
    cannot be understood.
    """
    strangers = sorted(set(answers) - set(names))
    if strangers:
        raise BadInput(f"{words.strangers} {', '.join(strangers)}.")
    told: list[RowSaid] = []
    times = [row.number for row in rows if row.number]
    for row in rows:
        number = row.number
        if number in answers:
            # One answer settles all rows of the number.
            if not any(one.row.number == number for one in told):
                told.append(_answered(row, answers[number], hours, explained))
            continue
        said: Said
        if times.count(number) > 1:
            said = Doubt("Ten kod stoi na liście w dwóch wierszach. Proszę powiedzieć, jak było z tą osobą.")
        elif not number:
            said = Doubt("Wiersz bez właściwego kodu, na przykład dopisany. Proszę wpisać tę osobę osobno.")
        elif number not in names:
            said = Doubt(words.stranger)
        elif row.shape and not _same_name(names[number], row.name):
            said = Doubt("Nazwisko w wierszu nie jest nazwiskiem z tego zgłoszenia. Proszę sprawdzić, czyj to wiersz.")
        else:
            said = _with_reason(said_in(row, hours, printed, box=words.box), number, explained)
        told.append(RowSaid(row, said))
    for number in names:
        if number in times:
            continue
        if number in answers:
            told.append(_answered(_no_row(number), answers[number], hours, explained))
        elif number in expected:
            told.append(RowSaid(_no_row(number), Doubt("Nie ma tej osoby na liście. Proszę powiedzieć, jak było.")))
    return tuple(told)


def _answered(row: SheetRow, text: str, hours: DayHours, explained: Collection[str]) -> RowSaid:
    said = read_hours(text, hours)
    if isinstance(said, Doubt) or said is None:
        raise BadInput(f"Odpowiedzi „{text[:40]}” nie da się zrozumieć. {said.sentence if said else ''}".strip())
    meant = Attended(said.minutes, f"podał pracownik: {text}", said.arrived, said.left, said.excused, said.reason)
    return RowSaid(row, _with_reason(meant, row.number, explained), text)


def _same_name(name: str, shown: str) -> bool:
    return person_key(" ".join(shown.split()).removesuffix(" (w zastępstwie)"), "") == person_key(name, "")


def _no_row(number: str) -> SheetRow:
    return SheetRow(
        number=number, name="", ticked=False, beside="", hours="", crossed_hours=False, crossed=False, signed=False,
        shape=True, place="",
    )  # fmt: skip


def _with_reason(said: Said, number: str, explained: Collection[str]) -> Said:
    if isinstance(said, Attended) and said.excused and not said.reason and number not in explained:
        return Doubt("Usprawiedliwienie wymaga powodu. Proszę go podać: „usp. choroba dziecka” albo --reason.")
    return said
