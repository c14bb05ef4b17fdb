"""Meetings: from the project's schedule to rows, and the invitations to them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from flows.adapters.clock import WARSAW, warsaw
from flows.steps.calls import find_call, group_of
from flows.steps.projects import definition_for, definition_of, newest_version
from models.actor import Actor
from models.errors import BadInput, NotFound
from models.events import Happened
from models.rules.meeting_kinds import MeetingKind
from models.tables import Call, Group, Meeting, MeetingChange, MeetingDay
from models.tables.meetings import MeetingOrigin
from models.transitions import enter
from templates.letters.frame import MeetingDayLine
from templates.meeting_changes import MeetingFacts, change_sentences


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
            kind=scheduled.kind,
        )
        days = [MeetingDayLine(date=day.date, starts=day.starts, ends=day.ends) for day in scheduled.days]
        enter_meeting(session, meeting, days, actor=actor, now=now)
        made += 1
    return made


def enter_meeting(
    session: Session, meeting: Meeting, days: Sequence[MeetingDayLine], *, actor: Actor, now: datetime
) -> None:
    """Makes the rows of a new meeting and its days."""
    facts = {"code": meeting.code}
    if meeting.origin is not MeetingOrigin.PROJECT:
        facts |= {"origin": meeting.origin.value, "source": meeting.source}
    enter(session, meeting, happened=Happened.MEETING_PLANNED, actor=actor, now=now, facts=facts)
    add_days(session, meeting, days)


def add_days(session: Session, meeting: Meeting, days: Sequence[MeetingDayLine]) -> None:
    """Rows of a meeting's days; their hours are Warsaw time."""
    assert meeting.id is not None
    for day in days:
        session.add(
            MeetingDay(
                area=meeting.area,
                meeting_id=meeting.id,
                on=day.date,
                starts_at=datetime.combine(day.date, day.starts, WARSAW),
                ends_at=datetime.combine(day.date, day.ends, WARSAW),
            )
        )
    session.flush()


@dataclass(frozen=True)
class ScheduleDiffers:
    """A meeting that the newest schedule has otherwise: what the schedule says, as sentences."""

    code: str
    sentences: tuple[str, ...]
    call: str = ""


def schedule_differences(session: Session, call: Call) -> list[ScheduleDiffers]:
    """Known meetings that stay as they are although the newest schedule says otherwise: a person moves them, with a
    reason, or the schedule is behind."""
    group = group_of(session, call)
    version = newest_version(session, definition_for(session, call).code)
    assert version.id is not None
    known = {row.code: row for row in session.exec(select(Meeting).where(Meeting.group_id == group.id)).all()}
    found = []
    for scheduled in definition_of(session, version.id).schedule:
        if (scheduled.group_kind, scheduled.powiat) != (call.group_kind, call.area) or scheduled.code not in known:
            continue
        there = MeetingFacts(
            days=tuple(
                MeetingDayLine(date=day.date, starts=day.starts, ends=day.ends)
                for day in sorted(scheduled.days, key=lambda day: day.date)
            ),
            place=scheduled.place,
            title=scheduled.title,
            agenda=tuple(scheduled.agenda),
            host=scheduled.host,
            kind=scheduled.kind,
        )
        sentences = change_sentences(present_facts(session, known[scheduled.code]), there)
        if sentences:
            found.append(ScheduleDiffers(scheduled.code, sentences, call.code))
    return found


def present_facts(session: Session, meeting: Meeting) -> MeetingFacts:
    """What people are told of a meeting, as it stands."""
    return MeetingFacts(
        days=day_lines(days_of(session, meeting)),
        place=meeting.place,
        title=meeting.title,
        agenda=tuple(meeting.agenda),
        host=meeting.host,
        kind=meeting.kind,
    )


def facts_told(session: Session, meeting: Meeting, sequence: int) -> MeetingFacts:
    """What people were told of a meeting in its version ``sequence``."""
    changes = session.exec(
        select(MeetingChange).where(MeetingChange.meeting_id == meeting.id).order_by(col(MeetingChange.sequence))
    ).all()
    if not changes:
        return present_facts(session, meeting)
    earlier = [change for change in changes if change.sequence <= sequence]
    return _facts_in(earlier[-1].after if earlier else changes[0].before)


def stored(facts: MeetingFacts) -> dict[str, object]:
    """How a meeting stood, as a change of it keeps it."""
    return {
        "days": [f"{day.date.isoformat()}T{day.starts:%H:%M}-{day.ends:%H:%M}" for day in facts.days],
        "place": facts.place,
        "title": facts.title,
        "agenda": list(facts.agenda),
        "host": facts.host,
        "kind": facts.kind,
    }


def _facts_in(body: dict[str, Any]) -> MeetingFacts:
    return MeetingFacts(
        days=tuple(day_in(text) for text in body["days"]),
        place=body["place"],
        title=body["title"],
        agenda=tuple(body["agenda"]),
        host=body.get("host"),
        kind=MeetingKind(body["kind"]) if body.get("kind") else None,
    )


def day_in(text: str) -> MeetingDayLine:
    """A day with its hours, written ``2018-09-29T09:00-15:00``. Raises ``BadInput``."""
    found = _DAY.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        return MeetingDayLine(
            date=date.fromisoformat(found[1]), starts=time.fromisoformat(found[2]), ends=time.fromisoformat(found[3])
        )
    except ValueError:
        raise BadInput(f"„{text}” nie jest dniem z godzinami. Wzór: 2018-09-29T09:00-15:00.") from None


_DAY = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)-(\d\d:\d\d)")


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
