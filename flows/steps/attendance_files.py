"""Files that attendance is taken from, kept encrypted: sheets that were read, tables, pictures of signed sheets."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.attendance import day_of, entries_of, on_the_list, refuse_called_off
from flows.steps.documents import outside_data
from flows.steps.meetings import find_meeting
from flows.steps.people import new_data_key, open_data_key
from forms.kinds import IMAGES, Kind, kind_of
from forms.safety import MAX_BYTES
from models.actor import Actor, Right
from models.errors import BadInput, NotFound
from models.events import Happened
from models.storage import keyring_in
from models.tables import AttendanceFile, Call, DayConfirmation, Group, Meeting, MeetingDay, SupportSession
from models.tables.meetings import AttendanceFileKind, attendance_content
from models.transitions import Facts, note


def keep(
    office: Office,
    session: Session,
    content: bytes,
    *,
    of: Meeting | SupportSession,
    day: MeetingDay | None = None,
    kind: AttendanceFileKind,
    name: str,
    actor: Actor,
) -> AttendanceFile:
    """Keeps the bytes once a day or session, in the caller's transaction; the row that they have already is as good."""
    known = kept_already(session, content, of=of, day=day)
    if known is not None:
        return known
    keyring, now = keyring_in(session), office.now()
    digest = hashlib.sha256(content).hexdigest()
    meeting_id, session_id = (of.id, None) if isinstance(of, Meeting) else (None, of.id)
    day_id = day.id if day else None
    known_as = attendance_content(digest, day_id, session_id)
    key_id, data_key = new_data_key(session, None, now=now)
    row = AttendanceFile(
        area=of.area,
        meeting_id=meeting_id,
        support_session_id=session_id,
        meeting_day_id=day_id,
        kind=kind,
        content_lookup=keyring.lookup("attendance", known_as),
        content_digest=digest,
        name=name,
        size=len(content),
        stored_as=keyring.lookup("attendance_file", f"{meeting_id or 'sesja'}:{known_as}"),
        data_key_id=key_id,
        received_at=now,
        received_by=actor.login,
    )
    session.add(row)
    session.flush()
    facts: Facts = {"meeting": of.code} if isinstance(of, Meeting) else {"session": session_id}
    note(
        session,
        f"attendancefile/{row.id}",
        happened=Happened.ATTENDANCE_FILE_KEPT,
        actor=actor,
        now=now,
        area=of.area,
        facts={**facts, "kind": kind},
    )
    office.files.write(row.stored_as, data_key, content)
    return row


def kept_already(
    session: Session, content: bytes, *, of: Meeting | SupportSession, day: MeetingDay | None = None
) -> AttendanceFile | None:
    """The row of a file with these bytes that was kept of this day or session before."""
    keyring = keyring_in(session)
    digest = hashlib.sha256(content).hexdigest()
    meeting_id, session_id = (of.id, None) if isinstance(of, Meeting) else (None, of.id)
    day_id = day.id if day else None
    # Files kept by earlier releases are known by their bytes alone until the keys change.
    known_by = {
        keyring.lookup("attendance", known_as) for known_as in (attendance_content(digest, day_id, session_id), digest)
    }
    return session.exec(
        select(AttendanceFile).where(
            AttendanceFile.meeting_id == meeting_id,
            AttendanceFile.support_session_id == session_id,
            AttendanceFile.meeting_day_id == day_id,
            col(AttendanceFile.content_lookup).in_(known_by),
        )
    ).first()


def keep_scans(
    office: Office,
    call_code: str,
    meeting_code: str,
    on: date,
    scans: Sequence[tuple[str, bytes]],
    *,
    actor: Actor,
) -> list[AttendanceFile]:
    """Keeps pictures or PDFs of a signed sheet, each with its name, for a person to type in: all of them, or none.
    Nothing opens them.

    Raises ``BadInput`` for another kind of file, or one over 10 MB.
    """
    actor.require(Right.ATTENDANCE)
    for name, content in scans:
        refuse_no_picture(content, name, reads="nabor attendance read")
    with office.writing(actor) as session:
        _, _, meeting = find_meeting(session, call_code, meeting_code)
        refuse_called_off(meeting, "listy obecności z niego się nie wczytuje")
        day = day_of(session, meeting, on)
        if day.starts_at > office.now():
            raise BadInput(f"Dzień {on} jeszcze się nie zaczął; listę z niego wczytuje się po nim.")
        return [
            keep(office, session, content, of=meeting, day=day, kind=AttendanceFileKind.SCAN, name=name, actor=actor)
            for name, content in scans
        ]


def refuse_no_picture(content: bytes, name: str, *, reads: str) -> None:
    """Raises ``BadInput`` for what is no picture or PDF, or over 10 MB. ``reads``: the command for Word files."""
    if not content or len(content) > MAX_BYTES:
        raise BadInput(
            f"„{name}”: plik jest pusty albo ma ponad 10 MB. Proszę zapisać skan w mniejszej rozdzielczości."
        )
    if kind_of(content) not in {*IMAGES, Kind.PDF}:
        raise BadInput(f"„{name}” nie jest zdjęciem, skanem ani plikiem PDF. Wypełnioną listę .docx czyta: {reads}.")


@dataclass(frozen=True)
class WaitingScan:
    """A picture of a sheet with hours that nobody has typed in yet: since when, and of whom hours are missing."""

    id: int
    call: str
    meeting: str
    on: date
    since: date
    missing: tuple[str, ...]


def waiting_scans(session: Session) -> list[WaitingScan]:
    """Scans of days on which somebody has no entry yet. A day that is entered, or was confirmed, settles its scans."""
    rows = session.exec(
        select(AttendanceFile, MeetingDay, Meeting, Call.code)
        .join(MeetingDay, col(MeetingDay.id) == AttendanceFile.meeting_day_id)
        .join(Meeting, col(Meeting.id) == AttendanceFile.meeting_id)
        .join(Group, col(Group.id) == Meeting.group_id)
        .join(Call, col(Call.id) == Group.call_id)
        .where(
            AttendanceFile.kind == AttendanceFileKind.SCAN,
            ~select(DayConfirmation.id).where(DayConfirmation.meeting_day_id == MeetingDay.id).exists(),
        )
        .order_by(col(AttendanceFile.id))
    ).all()
    found = []
    for file, day, meeting, call in rows:
        people = on_the_list(session, meeting, day)
        entered = entries_of(session, day, people)
        missing = tuple(one.number for one in people if one.number not in entered)
        if missing:
            assert file.id is not None
            found.append(WaitingScan(file.id, call, meeting.code, day.on, warsaw_date(file.received_at), missing))
    return found


def scan_of(session: Session, file_id: int, day: MeetingDay) -> AttendanceFile:
    """The kept file that hours of a day are typed from. Raises ``NotFound`` and ``BadInput``."""
    row = session.get(AttendanceFile, file_id)
    if row is None:
        raise NotFound(f"Nie ma pliku z obecnością o numerze {file_id}.")
    if row.meeting_day_id not in (None, day.id) or row.meeting_id != day.meeting_id:
        raise BadInput(f"Plik {file_id} dotyczy innego dnia albo innego spotkania.")
    return row


def export_file(office: Office, file_id: int, folder: Path, *, actor: Actor) -> Path:
    """Writes a kept file as it came, under a name that says nothing. The export is on record."""
    actor.require(Right.EXPORT_ATTENDANCE)
    outside_data(office, folder)
    with office.writing(actor) as session:
        row = session.get(AttendanceFile, file_id)
        if row is None:
            raise NotFound(f"Nie ma pliku z obecnością o numerze {file_id}.")
        content = office.files.read(row.stored_as, open_data_key(session, row.data_key_id))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"obecnosc-{file_id}{Path(row.name).suffix.lower()}"
        path.write_bytes(content)
        note(
            session,
            f"attendancefile/{row.id}",
            happened=Happened.EXPORTED,
            actor=actor,
            now=office.now(),
            area=row.area,
            facts={"files": 1},
        )
    return path
