"""Two meetings settled at once: payments of one person add up over both, whoever comes first."""

import json
import threading
from datetime import date, datetime, timedelta

from conftest import Staged
from people import ACCOUNTS, CALL, FILIP, MEETING, PAID_ON, RITA, WORKER, met_group, state_pay
from sqlmodel import col, select

from flows.adapters.clock import WARSAW
from flows.adapters.office import Office
from flows.steps.attendance import record
from flows.steps.stipends import settle_meeting, settle_records
from models.events import Happened
from models.tables import Meeting, MeetingDay, Stipend
from models.transitions import enter

SECOND = "pgr_kartuski_2"
ITS_DAY = date(2018, 9, 29)


def two_meetings(office: Office) -> str:
    """One member who was at two meetings, neither of them settled."""
    (number,) = met_group(office, 1)
    state_pay(office, number, ACCOUNTS[0])
    starts = datetime(ITS_DAY.year, ITS_DAY.month, ITS_DAY.day, 9, tzinfo=WARSAW)
    with office.writing(WORKER) as session:
        first = session.exec(select(Meeting)).one()
        same = {"area", "group_id", "project_version_id", "title", "place", "host"}
        meeting = Meeting(**first.model_dump(include=same), code=SECOND, agenda=[])
        enter(session, meeting, happened=Happened.MEETING_PLANNED, actor=WORKER, now=office.now())
        ends = starts + timedelta(hours=6)
        session.add(
            MeetingDay(area=meeting.area, meeting_id=meeting.id or 0, on=ITS_DAY, starts_at=starts, ends_at=ends)
        )
    with office.writing(RITA) as session:
        record(session, CALL, SECOND, ITS_DAY, number, 360, actor=RITA, now=office.now())
    return number


def test_who_settles_second_sees_what_the_first_made(postgres_staged: Staged) -> None:
    office, _ = postgres_staged(two_meetings)
    second = threading.Thread(target=lambda: settle_meeting(office, CALL, SECOND, paid_on=PAID_ON, actor=FILIP))
    with office.writing(FILIP) as session:
        settle_records(office, session, CALL, MEETING, paid_on=PAID_ON, actor=FILIP, now=office.now())
        second.start()
        second.join(timeout=1)
        assert second.is_alive(), "it waits for the first to end"
    second.join(timeout=30)
    assert not second.is_alive()
    with office.reading(WORKER) as session:
        rows = session.exec(select(Stipend).order_by(col(Stipend.id))).all()
    told = [[one["gross"] for one in json.loads(row.snapshot)["inputs"]["earlier"]] for row in rows]
    assert told == [[], [rows[0].gross]]
