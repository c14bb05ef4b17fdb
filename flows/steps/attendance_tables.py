"""The table of a meeting's attendance: written out to be filled in, and brought back whole or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from sqlmodel import Session

from flows.adapters.clock import warsaw
from flows.adapters.office import Office
from flows.steps.attendance import Row, day_of, enter, entries_of, minutes_of, on_the_list
from flows.steps.attendance_days import entry_of, full_number, hours_of, understood
from flows.steps.attendance_files import keep
from flows.steps.documents import outside_data
from flows.steps.meetings import days_of, find_meeting
from forms.attendance_table import TableRow, TypedRow, read_table, write_csv, write_workbook
from forms.attended_hours import Attended, written
from forms.workbook import MAX_BYTES
from models.actor import Actor, Right
from models.errors import BadInput, NaborError, NotYet
from models.events import Happened
from models.rules.presence import AttendanceStatus
from models.tables import AttendanceFile, Meeting, MeetingDay, Person
from models.tables.meetings import AttendanceFileKind
from models.transitions import note, reference


def write_table(office: Office, call: str, meeting_code: str, path: Path, *, actor: Actor) -> int:
    """Writes the table of a meeting, by the suffix as .xlsx or .csv, with what is entered already; how many rows.

    Names leave the store by this; it is on record. Raises ``BadInput`` for another suffix or a place in the data.
    """
    actor.require(Right.EXPORT_ATTENDANCE)
    outside_data(office, path.parent)
    if path.suffix.lower() not in _WRITERS:
        raise BadInput("Tabelę zapisuje się jako .xlsx albo .csv.")
    with office.writing(actor) as session:
        _, _, meeting = find_meeting(session, call, meeting_code)
        rows = [row for day in days_of(session, meeting) for row in _rows(session, call, meeting, day)]
        if not rows:
            raise NotYet("Nikt nie ma jeszcze miejsca w tej grupie; nie ma kogo wpisać do tabeli.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_WRITERS[path.suffix.lower()](rows))
        note(
            session,
            reference(meeting),
            happened=Happened.EXPORTED,
            actor=actor,
            now=office.now(),
            area=meeting.area,
            facts={"attendance_rows": len(rows)},
        )
    return len(rows)


_WRITERS = {".xlsx": write_workbook, ".csv": write_csv}


def _rows(session: Session, call: str, meeting: Meeting, day: MeetingDay) -> Iterator[TableRow]:
    people = on_the_list(session, meeting, day)
    entered = entries_of(session, day, people)
    hours = hours_of(day)
    for one in people:
        person = session.get_one(Person, one.application.person_id)
        row = entered.get(one.number)
        yield TableRow(
            call=call,
            meeting=meeting.code,
            on=day.on.isoformat(),
            span=f"{hours.starts:%H:%M}–{hours.ends:%H:%M}",
            number=one.number,
            name=f"{person.last_name} {person.first_name}{' (zastępstwo)' if one.substitute else ''}",
            hours=written(_known(row, day), hours) if row else "",
        )


def _known(row: Row, day: MeetingDay) -> Attended:
    """An entry as words can say it; the reason stays in the store."""

    def clock(at: datetime | None) -> time | None:
        return warsaw(at).time().replace(tzinfo=None) if at else None

    excused = row.status is AttendanceStatus.EXCUSED
    whole = row.minutes == minutes_of(day)
    arrived, left = (None, None) if whole else (clock(row.arrived_at), clock(row.left_at))
    return Attended(row.minutes, "", arrived, left, excused)


@dataclass(frozen=True)
class TableTaken:
    """What a table brought: rows entered, of these changed."""

    entered: int
    changed: int


def take_table(office: Office, data: bytes, *, name: str, actor: Actor) -> TableTaken:
    """Enters a table that was filled in: all of it, or nothing and every mistake by row. The file is kept.

    Raises ``BadInput``.
    """
    actor.require(Right.ATTENDANCE)
    if len(data) > MAX_BYTES:
        raise BadInput("Tabela ma ponad 40 MB; tak duża nie powstaje w tym programie.")
    rows = read_table(data)
    if not rows:
        raise BadInput("W tabeli nie ma żadnego wpisu w kolumnie „obecnosc”; nie ma czego wczytać.")
    faults: list[str] = []
    seen: dict[tuple[str, str, str, str], int] = {}
    changed, now = 0, office.now()
    kept: dict[int, AttendanceFile] = {}
    with office.writing(actor) as session:
        for row in rows:
            key = (row.call, row.meeting, row.on, full_number(row.call, row.number))
            if key in seen:
                faults.append(f"Wiersz {row.row}: ta osoba i ten dzień stoją już w wierszu {seen[key]}.")
                continue
            seen[key] = row.row
            try:
                with session.begin_nested():
                    file, new = _take(office, session, row, data, name, kept, actor=actor, now=now)
                # Only now: a row that is taken back takes back what it kept.
                kept[file.meeting_id or 0] = file
                changed += new
            except NaborError as error:
                faults.append(f"Wiersz {row.row}: {error}")
        if faults:
            raise BadInput("Tabeli nie przyjęto, niczego nie zapisano.\n" + "\n".join(faults))
    return TableTaken(len(rows), changed)


def _take(
    office: Office,
    session: Session,
    row: TypedRow,
    data: bytes,
    name: str,
    kept: Mapping[int, AttendanceFile],
    *,
    actor: Actor,
    now: datetime,
) -> tuple[AttendanceFile, bool]:
    """The file as the row's meeting keeps it, and whether the row said something new."""
    _, _, meeting = find_meeting(session, row.call, row.meeting)
    day = day_of(session, meeting, _day(row.on))
    number = full_number(row.call, row.number)
    said = understood(number, row.hours, day)
    file = kept.get(meeting.id or 0) or keep(
        office, session, data, of=meeting, kind=AttendanceFileKind.TABLE, name=name, actor=actor
    )
    entry = entry_of(said, raw=row.hours, reason=row.reason, file_id=file.id, place=f"wiersz {row.row}")
    if said.excused and not entry.reason and not _excused_already(session, meeting, day, number):
        raise BadInput("usprawiedliwienie wymaga powodu (kolumna „powod” albo „usp. powód”).")
    return file, enter(session, row.call, row.meeting, day.on, number, entry, actor=actor, now=now)


def _excused_already(session: Session, meeting: Meeting, day: MeetingDay, number: str) -> bool:
    row = entries_of(session, day, on_the_list(session, meeting, day)).get(number)
    return row is not None and row.status is AttendanceStatus.EXCUSED


def _day(text: str) -> date:
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise BadInput(f"„{text[:20]}” nie jest dniem. Wzór: 2018-09-22.")
