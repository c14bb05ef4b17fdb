"""A filled attendance sheet that came back: first shown row by row, then entered, and the file is kept.

What cannot be read is asked for, never guessed: an officer answers such rows, or leaves them for later on purpose.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from flows.adapters.libreoffice import libreoffice_of
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.steps.attendance import OnTheList, all_entries, day_of, enter, entries_of, on_the_list, says_anew
from flows.steps.attendance_days import entry_of, hours_of
from flows.steps.attendance_files import keep, kept_already
from flows.steps.meetings import find_meeting
from flows.steps.sheet_lines import (
    MENDED,
    ListPreview,
    ListWords,
    RowSaid,
    SheetEntered,
    Source,
    mended_since,
    rows_said,
)
from forms.attendance_sheet import SheetReading
from forms.attended_hours import WHOLE_DAY, Doubt
from forms.kinds import CONVERTIBLE, IMAGES, Kind, kind_of
from forms.pool import ReadingPool
from forms.reading import Unreadable
from forms.safety import MAX_BYTES, preflight_foreign
from models.actor import Actor, Right
from models.errors import BadInput, FormUnreadable, NotYet
from models.rules.presence import AttendanceStatus
from models.tables import AttendanceFile, MeetingDay, Person
from models.tables.meetings import AttendanceFileKind

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class SheetPreview(ListPreview):
    """The sheet of one day of a meeting as it would be entered."""

    call: str
    meeting: str
    on: date


def taken_up(files: Sequence[Path]) -> dict[Path, bytes]:
    """The bytes of each file, taken once: what is kept as evidence is what was read. None of one that is too large."""
    return {path: path.read_bytes() if path.stat().st_size <= MAX_BYTES else b"" for path in files}


def read_sheets(files: Mapping[Path, bytes], settings: Settings) -> dict[Path, SheetReading | Unreadable]:
    """What each file says, read in isolated worker processes; a file that is no sheet says why. Raises nothing."""
    return read_in_isolation(files, settings, ReadingPool.read_sheets, scan=_SCAN)


def read_in_isolation(
    files: Mapping[Path, bytes],
    settings: Settings,
    read: Callable[[ReadingPool, Iterable[tuple[int, bytes]]], Iterator[tuple[int, R | Unreadable]]],
    *,
    scan: str,
) -> dict[Path, R | Unreadable]:
    """What ``read`` makes of each file in a worker process; of another format, LibreOffice makes a .docx of it first.

    ``scan``: what is said of a picture. Raises nothing because of a file.
    """
    contents: dict[int, bytes] = {}
    found: dict[Path, R | Unreadable] = {}
    paths = list(files)
    for number, (path, data) in enumerate(files.items()):
        if kind_of(data) in {*IMAGES, Kind.PDF}:
            found[path] = Unreadable(code="scan", sentence=scan)
        elif kind_of(data) in CONVERTIBLE:
            found[path] = _converted(number, data, settings, contents)
        else:
            contents[number] = data
    if contents:
        with ReadingPool((), workers=1) as pool:
            for number, reading in read(pool, contents.items()):
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
    session: Session,
    reading: SheetReading,
    content: bytes,
    answers: Mapping[str, str],
    *,
    reason: str = "",
    actor: Actor,
) -> SheetPreview:
    """The sheet against who was to be there. ``answers``: what an officer says of a number, in place of its row.

    An excused absence without a reason is asked of, unless one ``reason`` is given for all, or is known from before;
    so is a row whose entry was put right since this very file (``content``) was entered.

    Raises ``NotFound`` for a meeting or a day that is not the actor's to see, ``BadInput`` for an answer about
    somebody who was not to be there, and for one that cannot be understood.
    """
    actor.require(Right.ATTENDANCE)
    lines = tuple(one.line for one in _told(session, reading, content, answers, reason))
    return SheetPreview(call=reading.call, meeting=reading.meeting, on=reading.on, lines=lines, remarks=reading.remarks)


def _told(
    session: Session, reading: SheetReading, content: bytes, answers: Mapping[str, str], reason: str
) -> tuple[RowSaid, ...]:
    _, _, meeting = find_meeting(session, reading.call, reading.meeting)
    day = day_of(session, meeting, reading.on)
    people = {one.number: one for one in on_the_list(session, meeting, day)}
    known = {
        number
        for number, row in entries_of(session, day, tuple(people.values())).items()
        if row.status is AttendanceStatus.EXCUSED
    }
    told = rows_said(
        reading.rows,
        {number: _name_of(session, one) for number, one in people.items()},
        hours_of(day),
        printed=reading.printed,
        expected=people,
        explained=people if reason.strip() else known,
        answers=answers,
        words=_WORDS,
    )
    file = kept_already(session, content, of=meeting, day=day)
    if file is None:
        return told
    return tuple(_as_mended(session, day, people.get(one.row.number), one, file) for one in told)


def _as_mended(
    session: Session, day: MeetingDay, person: OnTheList | None, one: RowSaid, file: AttendanceFile
) -> RowSaid:
    """The row, asked of where its entry was put right since this file was entered."""
    if person is None or one.answer is not None or isinstance(one.said, Doubt):
        return one
    entries = all_entries(session, day, person.by)
    if not mended_since(file.id, [Source(entry.file_id, entry.place) for entry in entries]):
        return one
    return replace(one, said=MENDED) if says_anew(day, entries[-1], entry_of(one.said, raw=one.raw)) else one


_WORDS = ListWords(
    box=WHOLE_DAY,
    stranger="Ta osoba nie miała w tym dniu miejsca w grupie.",
    strangers="Te zgłoszenia nie miały w tym dniu miejsca w grupie:",
)


def _name_of(session: Session, one: OnTheList) -> str:
    person = session.get_one(Person, one.application.person_id)
    return f"{person.first_name} {person.last_name}"


def enter_sheet(
    office: Office,
    session: Session,
    reading: SheetReading,
    content: bytes,
    *,
    name: str,
    answers: Mapping[str, str],
    partial: bool = False,
    reason: str = "",
    actor: Actor,
) -> SheetEntered:
    """Enters a sheet in the caller's transaction: every row that was read or answered, with its file and place.

    Rows that nobody has an answer for stop it, unless ``partial`` leaves them for later. Raises ``BadInput``.
    """
    actor.require(Right.ATTENDANCE)
    now = office.now()
    told = _told(session, reading, content, answers, reason)
    asked = sum(isinstance(one.said, Doubt) for one in told)
    refuse_unanswered(told, partial=partial)
    _, _, meeting = find_meeting(session, reading.call, reading.meeting)
    day = day_of(session, meeting, reading.on)
    if day.starts_at > now:
        raise NotYet(f"Dzień {reading.on} jeszcze się nie zaczął; listę z niego wczytuje się po nim.")
    file = keep(office, session, content, of=meeting, day=day, kind=AttendanceFileKind.SHEET, name=name, actor=actor)
    changed = entered = 0
    for one in told:
        if isinstance(one.said, Doubt):
            continue
        entry = entry_of(one.said, raw=one.raw, file_id=file.id, place=one.place)
        changed += enter(
            session,
            reading.call,
            reading.meeting,
            reading.on,
            one.row.number,
            replace(entry, shared_reason=reason),
            actor=actor,
            now=now,
        )
        entered += 1
    assert file.id is not None
    return SheetEntered(entered, changed, asked, file.id)


def refuse_unanswered(told: Sequence[RowSaid], *, partial: bool) -> None:
    """Raises ``BadInput`` with each question where rows of a list are without an answer, and nobody said to leave them
    for later."""
    asked = [f"Zgłoszenie {one.row.number or '?'}: {one.said.sentence}" for one in told if isinstance(one.said, Doubt)]
    if asked and not partial:
        raise BadInput(
            f"Niczego nie wpisano. Wiersze bez odpowiedzi: {len(asked)}. Podaj odpowiedzi (--set NUMER=…) "
            "albo wpisz resztę bez nich (--partial).\n" + "\n".join(asked)
        )
