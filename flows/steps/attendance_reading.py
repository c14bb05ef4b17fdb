"""A filled attendance sheet that came back: first shown row by row, then entered, and the file is kept.

What cannot be read is asked for, never guessed: an officer answers such rows, or leaves them for later on purpose.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlmodel import Session

from flows.adapters.libreoffice import libreoffice_of
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.steps.attendance import OnTheList, day_of, enter, entries_of, on_the_list
from flows.steps.attendance_days import entry_of, hours_of
from flows.steps.attendance_files import keep
from flows.steps.meetings import find_meeting
from forms.attendance_sheet import SheetReading, SheetRow, said_in
from forms.attended_hours import Attended, DayHours, Doubt, Said, read_hours
from forms.kinds import CONVERTIBLE, IMAGES, Kind, kind_of
from forms.pool import ReadingPool
from forms.reading import Unreadable
from forms.safety import MAX_BYTES, preflight_foreign
from models.actor import Actor, Right
from models.errors import BadInput, FormUnreadable, NotYet
from models.rules.presence import AttendanceStatus
from models.tables import Person
from models.tables.meetings import AttendanceFileKind
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


@dataclass(frozen=True)
class SheetPreview:
    """A sheet as it would be entered. ``remarks`` are what the reader noticed about the file."""

    call: str
    meeting: str
    on: date
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


def taken_up(files: Sequence[Path]) -> dict[Path, bytes]:
    """The bytes of each file, taken once: what is kept as evidence is what was read. None of one that is too large."""
    return {path: path.read_bytes() if path.stat().st_size <= MAX_BYTES else b"" for path in files}


def read_sheets(files: Mapping[Path, bytes], settings: Settings) -> dict[Path, SheetReading | Unreadable]:
    """What each file says, read in isolated worker processes; a file that is no sheet says why. Raises nothing."""
    contents: dict[int, bytes] = {}
    found: dict[Path, SheetReading | Unreadable] = {}
    paths = list(files)
    for number, (path, data) in enumerate(files.items()):
        if kind_of(data) in {*IMAGES, Kind.PDF}:
            found[path] = Unreadable(code="scan", sentence=_SCAN)
        elif kind_of(data) in CONVERTIBLE:
            found[path] = _converted(number, data, settings, contents)
        else:
            contents[number] = data
    if contents:
        with ReadingPool((), workers=1) as pool:
            for number, reading in pool.read_sheets(contents.items()):
                found[paths[number]] = reading
    return {path: found[path] for path in files}


def _converted(number: int, data: bytes, settings: Settings, contents: dict[int, bytes]) -> Unreadable:
    """Puts among ``contents`` what LibreOffice makes of an .odt, .doc or .rtf; else tells why it cannot be read."""
    try:
        preflight_foreign(data)
        libreoffice = libreoffice_of(settings)
        if libreoffice is None:
            return Unreadable(code="no_libreoffice", sentence=_SAVE_AS_DOCX)
        made = libreoffice.convert([(number, data, kind_of(data))])[number]
    except FormUnreadable as refusal:
        return Unreadable(code=refusal.code, sentence=str(refusal))
    if isinstance(made, Unreadable):
        return made
    contents[number] = made
    return Unreadable(code="not_read", sentence=_SAVE_AS_DOCX)


_SCAN = (
    "To jest skan, zdjęcie albo PDF; program nie odczyta z niego podpisów ani godzin. Proszę przekazać go do "
    "przepisania: nabor attendance scan NABÓR SPOTKANIE DZIEŃ PLIK."
)
_SAVE_AS_DOCX = "Proszę otworzyć plik w Wordzie albo LibreOffice i zapisać go jako .docx."


def preview(
    session: Session, reading: SheetReading, answers: Mapping[str, str], *, reason: str = "", actor: Actor
) -> SheetPreview:
    """The sheet against who was to be there. ``answers``: what an officer says of a number, in place of its row.

    An excused absence without a reason is asked of, unless one ``reason`` is given for all, or is known from before.

    Raises ``NotFound`` for a meeting or a day that is not the actor's to see, ``BadInput`` for an answer about
    somebody who was not to be there, and for one that cannot be understood.
    """
    actor.require(Right.ATTENDANCE)
    _, _, meeting = find_meeting(session, reading.call, reading.meeting)
    day = day_of(session, meeting, reading.on)
    people = {one.number: one for one in on_the_list(session, meeting, day)}
    strangers = sorted(set(answers) - set(people))
    if strangers:
        raise BadInput(f"Te zgłoszenia nie miały w tym dniu miejsca w grupie: {', '.join(strangers)}.")
    hours = hours_of(day)
    known = {
        number
        for number, row in entries_of(session, day, tuple(people.values())).items()
        if row.status is AttendanceStatus.EXCUSED
    }
    explained = set(people) if reason.strip() else known
    lines: list[SheetLine] = []
    times = [row.number for row in reading.rows if row.number]
    for row in reading.rows:
        one = people.get(row.number)
        said: Said
        if times.count(row.number) > 1:
            said = Doubt("Ten kod stoi na liście w dwóch wierszach. Proszę powiedzieć, jak było z tą osobą.")
        elif not row.number:
            said = Doubt("Wiersz bez właściwego kodu, na przykład dopisany. Proszę wpisać tę osobę osobno.")
        elif one is None:
            said = Doubt("Ta osoba nie miała w tym dniu miejsca w grupie.")
        elif row.shape and not _same_name(session, one, row.name):
            said = Doubt("Nazwisko w wierszu nie jest nazwiskiem z tego zgłoszenia. Proszę sprawdzić, czyj to wiersz.")
        else:
            said = said_in(row, hours, reading.printed)
        if row.number in answers and row.number in times:
            # One answer settles all rows of the number.
            if any(line.number == row.number for line in lines):
                continue
            said = _answered(answers[row.number], hours)
        lines.append(_line(row, _with_reason(said, row.number, explained), answers))
    for number in people:
        if number not in times:
            asked = Doubt("Nie ma tej osoby na liście. Proszę powiedzieć, jak było.")
            told = _answered(answers[number], hours) if number in answers else asked
            lines.append(_line(_no_row(number), _with_reason(told, number, explained), answers))
    return SheetPreview(reading.call, reading.meeting, reading.on, tuple(lines), reading.remarks)


def _answered(text: str, hours: DayHours) -> Said:
    said = read_hours(text, hours)
    if isinstance(said, Doubt) or said is None:
        raise BadInput(f"Odpowiedzi „{text[:40]}” nie da się zrozumieć. {said.sentence if said else ''}".strip())
    return Attended(said.minutes, f"podał pracownik: {text}", said.arrived, said.left, said.excused, said.reason)


def _same_name(session: Session, one: OnTheList, shown: str) -> bool:
    person = session.get_one(Person, one.application.person_id)
    name = f"{person.first_name} {person.last_name}"
    return person_key(" ".join(shown.split()).removesuffix(" (w zastępstwie)"), "") == person_key(name, "")


def _no_row(number: str) -> SheetRow:
    return SheetRow(
        number=number, name="", ticked=False, beside="", hours="", crossed_hours=False, crossed=False, signed=False,
        shape=True, place="",
    )  # fmt: skip


def _with_reason(said: Said, number: str, explained: Set[str]) -> Said:
    if isinstance(said, Attended) and said.excused and not said.reason and number not in explained:
        return Doubt("Usprawiedliwienie wymaga powodu. Proszę go podać: „usp. choroba dziecka” albo --reason.")
    return said


def _line(row: SheetRow, said: Said, answers: Mapping[str, str]) -> SheetLine:
    if isinstance(said, Doubt):
        return SheetLine(row.number, row.name, row.raw, None, "", row.place, said.sentence)
    answered = row.number in answers
    place = "; ".join(part for part in (row.place, "podał pracownik" if answered else "") if part)
    raw = answers[row.number] if answered else row.raw
    return SheetLine(row.number, row.name, raw, said.minutes, said.how, place, "")


def enter_sheet(
    office: Office,
    reading: SheetReading,
    content: bytes,
    *,
    name: str,
    answers: Mapping[str, str],
    partial: bool = False,
    reason: str = "",
    actor: Actor,
) -> SheetEntered:
    """Enters a sheet: every row that was read or answered, in one transaction, with the file and the place of each.

    Rows that nobody has an answer for stop it, unless ``partial`` leaves them for later. Raises ``BadInput``.
    """
    actor.require(Right.ATTENDANCE)
    now = office.now()
    with office.writing(actor) as session:
        shown = preview(session, reading, answers, reason=reason, actor=actor)
        if shown.asked and not partial:
            raise BadInput(
                f"Niczego nie wpisano: na {len(shown.asked)} wierszy nie ma odpowiedzi. Podaj je (--set NUMER=…) "
                "albo wpisz resztę bez nich (--partial)."
            )
        _, _, meeting = find_meeting(session, reading.call, reading.meeting)
        day = day_of(session, meeting, reading.on)
        if day.starts_at > now:
            raise NotYet(f"Dzień {reading.on} jeszcze się nie zaczął; listę z niego wczytuje się po nim.")
        file = keep(
            office, session, content, meeting=meeting, day=day, kind=AttendanceFileKind.SHEET, name=name, actor=actor
        )
        changed = entered = 0
        for line in shown.lines:
            if line.asks:
                continue
            said = _said(reading, line, answers, hours_of(day))
            entry = replace(entry_of(said, raw=line.raw, file_id=file.id, place=line.place), shared_reason=reason)
            changed += enter(
                session, reading.call, reading.meeting, reading.on, line.number, entry, actor=actor, now=now
            )
            entered += 1
        assert file.id is not None
        return SheetEntered(entered, changed, len(shown.asked), file.id)


def _said(reading: SheetReading, line: SheetLine, answers: Mapping[str, str], hours: DayHours) -> Attended:
    """What a line that was shown means, with the times and the reason that the line leaves out."""
    row = next((row for row in reading.rows if row.number == line.number), None)
    said = (
        _answered(answers[line.number], hours)
        if line.number in answers or row is None
        else said_in(row, hours, reading.printed)
    )
    assert isinstance(said, Attended)
    return said
