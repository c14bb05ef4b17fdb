"""Attendance: confirmed minutes within the day, each change a version, the first presence makes a member."""

import io
from datetime import date

import people
import pytest
from conftest import Staged
from docx import Document
from people import CALL, FILIP, KINGA, MEETING, MEETING_DAYS, RITA, WORKER, attend, go_to, invited_group
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.attendance import minutes_by_day, record
from flows.steps.attendance_sheets import issue_sheets
from flows.steps.documents import content_of, newest
from flows.steps.meetings import find_meeting
from flows.steps.memberships import membership_of
from models.actor import Actor
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.tables import Attendance, IssuedDocument
from models.tables.meetings import MeetingState
from models.tables.memberships import MembershipState


def after_the_meeting(office: Office) -> list[str]:
    registered = invited_group(office, 2)
    go_to(office, "2018-09-24T09:00")
    return registered


def enter(office: Office, number: str, on: date, minutes: int, actor: Actor = RITA, meeting: str = MEETING) -> None:
    with office.writing(actor) as session:
        record(session, CALL, meeting, on, number, minutes, actor=actor, now=office.now())


def versions(office: Office, number: str) -> list[tuple[int, int, int]]:
    with office.reading(WORKER) as session:
        rows = session.exec(
            select(Attendance)
            .where(Attendance.membership_id == membership_of(session, number).id)
            .order_by(col(Attendance.id))
        ).all()
        return [(row.meeting_day_id, row.version, row.minutes) for row in rows]


def test_the_first_presence_makes_a_member(staged: Staged) -> None:
    office, (number, other) = staged(after_the_meeting)
    attend(office, number, 0, 360)
    attend(office, other, 0, 0)
    with office.reading(WORKER) as session:
        member = membership_of(session, number)
        assert (member.state, member.joined_on) == (MembershipState.MEMBER, "2018-09-23")
        assert membership_of(session, other).state is MembershipState.CONFIRMED
        _, _, meeting = find_meeting(session, CALL, MEETING)
        assert meeting.state is MeetingState.HELD
        assert [minutes for _, minutes in minutes_by_day(session, meeting, member)] == [0, 360]


def test_the_same_again_is_no_version_and_a_change_is_one(staged: Staged) -> None:
    office, (number, _) = staged(after_the_meeting)
    for minutes in (360, 360, 240, 360):
        enter(office, number, MEETING_DAYS[0], minutes)
    assert versions(office, number) == [(1, 1, 360), (1, 2, 240), (1, 3, 360)]


@pytest.mark.parametrize("minutes", [-1, 361, 100_000])
def test_nobody_was_there_for_longer_than_the_day(sqlite_staged: Staged, minutes: int) -> None:
    office, (number, _) = sqlite_staged(after_the_meeting)
    with pytest.raises(BadInput, match="od 0 do 360"):
        enter(office, number, MEETING_DAYS[0], minutes)
    assert versions(office, number) == []


def test_a_whole_day_and_an_absence_are_within_bounds(sqlite_staged: Staged) -> None:
    office, (number, other) = sqlite_staged(after_the_meeting)
    enter(office, number, MEETING_DAYS[0], 360)
    enter(office, other, MEETING_DAYS[0], 0)
    assert versions(office, number) + versions(office, other) == [(1, 1, 360), (1, 1, 0)]


def test_presence_is_not_entered_in_advance(sqlite_staged: Staged) -> None:
    office, (number, _) = sqlite_staged(invited_group, 2)
    go_to(office, "2018-09-22T10:00")
    enter(office, number, MEETING_DAYS[0], 60)
    with pytest.raises(NotYet, match="jeszcze się nie zaczął"):
        enter(office, number, MEETING_DAYS[1], 60)


def test_only_days_and_members_of_the_meeting(sqlite_staged: Staged) -> None:
    office, (number, _) = sqlite_staged(after_the_meeting)
    with pytest.raises(NotFound, match="nie ma dnia"):
        enter(office, number, date(2018, 9, 24), 60)
    with pytest.raises(NotFound, match="nie ma spotkania"):
        enter(office, number, MEETING_DAYS[0], 60, meeting="inne")
    with pytest.raises(NotFound, match="Nie ma zgłoszenia"):
        enter(office, f"{CALL}/0099", MEETING_DAYS[0], 60)


def test_who_holds_no_seat_has_no_attendance(sqlite_staged: Staged) -> None:
    office, (number, _) = sqlite_staged(people.announced_call, 2)
    go_to(office, "2018-09-24T09:00")
    with pytest.raises(BadInput, match="nie miało w tym dniu miejsca"):
        enter(office, number, MEETING_DAYS[0], 60)


def test_recruitment_and_finance_enter_attendance_and_others_do_not(sqlite_staged: Staged) -> None:
    office, (number, other) = sqlite_staged(after_the_meeting)
    enter(office, number, MEETING_DAYS[0], 60, RITA)
    enter(office, other, MEETING_DAYS[0], 60, FILIP)
    for actor in (KINGA, WORKER):
        with pytest.raises(NotAllowed):
            enter(office, number, MEETING_DAYS[0], 30, actor)


def test_a_sheet_for_each_day_with_everybody_who_holds_a_seat(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 2)
    assert issue_sheets(office, CALL, MEETING, actor=RITA) == 2
    for on in MEETING_DAYS:
        with office.reading(WORKER) as session:
            row = newest(session, "attendance_sheet", f"{CALL}:{MEETING}:{on}")
            assert row is not None
            document = Document(io.BytesIO(content_of(office, session, row)))
        told = "\n".join(cell.text for table in document.tables for line in table.rows for cell in line.cells)
        assert "Próbna-a" in told
        assert "Próbna-b" in told
        assert people.pesel(0) not in told


def test_sheets_made_again_are_a_new_version(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(invited_group, 2)
    for _ in range(2):
        issue_sheets(office, CALL, MEETING, actor=RITA)
    with office.reading(WORKER) as session:
        made = session.exec(select(IssuedDocument.version).where(IssuedDocument.kind == "attendance_sheet")).all()
    assert sorted(made) == [1, 1, 2, 2]


def test_a_meeting_that_nobody_was_invited_to_is_held_all_the_same(sqlite_staged: Staged) -> None:
    office, (number, _) = sqlite_staged(people.group, 2)
    go_to(office, "2018-09-24T09:00")
    for on in MEETING_DAYS:
        enter(office, number, on, 360)
    with office.reading(WORKER) as session:
        _, _, meeting = find_meeting(session, CALL, MEETING)
        assert meeting.state is MeetingState.HELD


def test_participation_begins_on_the_earliest_day_whatever_is_entered_first(staged: Staged) -> None:
    office, (number, _) = staged(after_the_meeting)

    def joined() -> str | None:
        with office.reading(WORKER) as session:
            return membership_of(session, number).joined_on

    enter(office, number, MEETING_DAYS[1], 360)
    assert joined() == "2018-09-23"
    enter(office, number, MEETING_DAYS[0], 60)
    assert joined() == "2018-09-22"
    enter(office, number, MEETING_DAYS[0], 0)
    assert joined() == "2018-09-23", "a presence that was corrected away began nothing"
