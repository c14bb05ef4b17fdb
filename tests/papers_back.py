"""Filled papers of the powiat kartuski as they come back: what the office at home takes, whoever else holds them."""

from datetime import time

from people import CALL, MEETING, MEETING_DAYS, RITA, WORKER
from sheet_filling import Hand, filled

from flows.adapters.office import Office
from flows.steps.attendance_sheets import issue_sheets
from flows.steps.attendance_tables import write_table
from flows.steps.documents import content_of, newest
from flows.steps.support_sessions import issue_support_list
from models.rules.sheet_codes import SupportListKey

SESSION = 1
"""The session of support of ``people.everything``, at which the first member was."""


def papers_back(office: Office) -> dict[str, bytes]:
    """A picture, the sheet of a day, the list of a session and the table of a meeting, by file name; of
    ``people.everything``."""
    day, first = MEETING_DAYS[0], f"{CALL}/0001"
    issue_sheets(office, CALL, MEETING, actor=RITA)
    issue_support_list(office, SESSION, actor=RITA)
    table = office.settings.data.parent / "tabela" / "obecnosc.csv"
    write_table(office, CALL, MEETING, table, actor=RITA)
    key = SupportListKey(CALL, SESSION, day, (time(18), time(19)))
    sheet = _printed(office, "attendance_sheet", f"{CALL}:{MEETING}:{day}")
    return {
        "lista.jpg": b"\xff\xd8\xff podpisy",
        "lista.docx": filled(sheet, {number: Hand(tick=True) for number in (first, f"{CALL}/0002")}),
        "lista-sesji.docx": filled(
            _printed(office, "support_list", f"support_session/{SESSION}"),
            {first: Hand(tick=True)},
            bound_to=key.binding,
        ),
        "obecnosc.csv": table.read_bytes(),
    }


def _printed(office: Office, kind: str, subject: str) -> bytes:
    with office.reading(WORKER) as session:
        row = newest(session, kind, subject)
        assert row is not None
        return content_of(office, session, row)
