"""Pictures of signed lists of group support, kept for a person to type in."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.attendance_files import keep, refuse_no_picture
from flows.steps.support_sessions import find_session
from models.actor import Actor, Right
from models.errors import BadInput, NotFound, NotYet
from models.tables import AttendanceFile, SupportSession
from models.tables.meetings import AttendanceFileKind
from models.tables.support import COUNTING


def keep_list_scans(
    office: Office, session_id: int, scans: Sequence[tuple[str, bytes]], *, actor: Actor
) -> list[AttendanceFile]:
    """Keeps pictures or PDFs of the signed list of a session, each with its name: all of them, or none. Nothing opens
    them.

    Raises ``BadInput`` for another kind of file or one over 10 MB, ``NotYet`` for a session that is to come or no
    longer counts.
    """
    actor.require(Right.ATTENDANCE)
    for name, content in scans:
        refuse_no_picture(content, name, reads="nabor support read")
    with office.writing(actor) as session:
        row = find_session(session, session_id)
        if row.state not in COUNTING:
            raise NotYet(f"Sesję {session_id} odwołano albo zastąpiono; listy z niej się nie wczytuje.")
        if row.starts_at > office.now():
            raise NotYet("Sesja jeszcze się nie zaczęła; listę z niej wczytuje się po niej.")
        return [
            keep(office, session, content, of=row, kind=AttendanceFileKind.SCAN, name=name, actor=actor)
            for name, content in scans
        ]


def list_scan_of(session: Session, file_id: int, row: SupportSession) -> AttendanceFile:
    """The kept file that presence at a session is typed from. Raises ``NotFound`` and ``BadInput``."""
    file = session.get(AttendanceFile, file_id)
    if file is None:
        raise NotFound(f"Nie ma pliku z obecnością o numerze {file_id}.")
    if file.support_session_id != row.id:
        raise BadInput(f"Plik {file_id} nie dotyczy sesji {row.id}.")
    return file


def scans_by_session(session: Session) -> Mapping[int, tuple[int, ...]]:
    """The pictures that were kept, by the session that they are of."""
    found: dict[int, tuple[int, ...]] = {}
    rows = session.exec(
        select(AttendanceFile.support_session_id, AttendanceFile.id)
        .where(AttendanceFile.kind == AttendanceFileKind.SCAN, col(AttendanceFile.support_session_id).is_not(None))
        .order_by(col(AttendanceFile.id))
    ).all()
    for session_id, file_id in rows:
        if session_id is not None and file_id is not None:
            found[session_id] = (*found.get(session_id, ()), file_id)
    return found
