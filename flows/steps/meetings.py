"""Meetings: from the project's schedule to rows, and the invitations to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from flows.adapters.clock import WARSAW, warsaw
from flows.steps.calls import find_call, group_of
from flows.steps.projects import definition_for, definition_of, newest_version
from models.actor import Actor
from models.errors import NotFound
from models.events import Happened
from models.tables import Call, Group, Meeting, MeetingDay
from models.transitions import enter
from templates.letters import MeetingDayLine


def plan_meetings(session: Session, call: Call, *, actor: Actor, now: datetime) -> int:
    """Makes a row of every meeting that the newest schedule has for the group. Known ones stay. Returns how many."""
    group = group_of(session, call)
    version = newest_version(session, definition_for(session, call).code)
    assert version.id is not None
    assert group.id is not None
    made = 0
    for scheduled in definition_of(session, version.id).schedule:
        if (scheduled.group_kind, scheduled.powiat) != (call.group_kind, call.area):
            continue
        if session.exec(select(Meeting.id).where(Meeting.group_id == group.id, Meeting.code == scheduled.code)).first():
            continue
        meeting = Meeting(
            area=call.area,
            group_id=group.id,
            project_version_id=version.id,
            code=scheduled.code,
            title=scheduled.title,
            place=scheduled.place,
            host=scheduled.host,
            agenda=list(scheduled.agenda),
        )
        enter(
            session,
            meeting,
            happened=Happened.MEETING_PLANNED,
            actor=actor,
            now=now,
            facts={"code": scheduled.code},
        )
        assert meeting.id is not None
        for day in scheduled.days:
            session.add(
                MeetingDay(
                    area=call.area,
                    meeting_id=meeting.id,
                    on=day.date,
                    starts_at=datetime.combine(day.date, day.starts, WARSAW),
                    ends_at=datetime.combine(day.date, day.ends, WARSAW),
                )
            )
        session.flush()
        made += 1
    return made


def find_meeting(session: Session, call_code: str, meeting_code: str) -> tuple[Call, Group, Meeting]:
    """A meeting by the codes of its call and its own. Raises ``NotFound``."""
    call = find_call(session, call_code)
    group = group_of(session, call)
    meeting = session.exec(select(Meeting).where(Meeting.group_id == group.id, Meeting.code == meeting_code)).first()
    if meeting is None:
        raise NotFound(f"Grupa naboru {call_code} nie ma spotkania „{meeting_code}”.")
    return call, group, meeting


def days_of(session: Session, meeting: Meeting) -> Sequence[MeetingDay]:
    """The days of a meeting in order."""
    return session.exec(
        select(MeetingDay).where(MeetingDay.meeting_id == meeting.id).order_by(col(MeetingDay.on))
    ).all()


def next_day_of(days: Sequence[MeetingDay], now: datetime) -> datetime:
    """When the meeting begins, or its next day when it is under way: what invites to it is worthless from then on."""
    starts = sorted(day.starts_at for day in days)
    return next((start for start in starts if start > now), starts[-1])


def day_lines(days: Sequence[MeetingDay]) -> tuple[MeetingDayLine, ...]:
    """The days as letters and calendars show them, in Warsaw time."""
    return tuple(
        MeetingDayLine(
            date=day.on,
            starts=warsaw(day.starts_at).time().replace(tzinfo=None),
            ends=warsaw(day.ends_at).time().replace(tzinfo=None),
        )
        for day in days
    )


def length(day: MeetingDay) -> timedelta:
    """How long the day lasts."""
    return day.ends_at - day.starts_at
