"""Who is there often enough: everybody's share of the hours, warnings by letter, each occasion once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import call_of
from flows.steps.attendance import minutes_of
from flows.steps.calls import find_call, group_of
from flows.steps.notices import notice
from flows.steps.outbox import FOR_GOOD, withdraw_contrary
from flows.steps.projects import definition_for
from flows.steps.seat_times import held_during, seat_times
from models.actor import Actor, Right
from models.attendance_rules import AttendanceRules
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.presence import (
    AttendanceStatus,
    DayOfPresence,
    ExcusedDays,
    Presence,
    PresenceStanding,
    StrikeOff,
    Warn,
    occasion_of,
    standing_of,
    to_be_struck_off,
    to_be_warned,
)
from models.rules.working_days import deadline
from models.tables import Application, Attendance, Call, Event, Group, Meeting, MeetingDay, Membership, Message
from models.tables.calls import CallState
from models.tables.meetings import MeetingState
from models.tables.memberships import SEATED
from models.tables.outbox import UNSENT, MessageState
from models.transitions import note, queue, reference
from templates.letters.meetings import AttendanceWarningLetter
from templates.polish import hours

WARNING = "attendance_warning"


@dataclass(frozen=True)
class Watched:
    """A member, and where they stand under the rules that their call runs under."""

    membership: Membership
    application: Application
    standing: PresenceStanding
    required: int
    rules: AttendanceRules | None
    """``None``: the project has no rule; figures are shown all the same."""


@dataclass(frozen=True)
class StandingLine:
    """A member's figures, as an officer reads them. Minutes; percents rounded down."""

    number: str
    verdict: Presence
    attended: int
    counted: int
    percent: int | None
    best_percent: int | None
    required: int
    days_left: int
    missed: tuple[str, ...]
    excused: tuple[str, ...]
    not_entered: tuple[str, ...]


def standing_lines(session: Session, code: str, *, now: datetime) -> list[StandingLine]:
    """Everybody who holds a seat in a group, by number."""
    return [_line(one) for one in watched_in(session, find_call(session, code), now=now)]


def _line(one: Watched) -> StandingLine:
    standing = one.standing
    return StandingLine(
        number=one.application.number,
        verdict=standing.verdict,
        attended=standing.attended,
        counted=standing.counted,
        percent=standing.percent,
        best_percent=standing.best_percent,
        required=one.required,
        days_left=standing.days_left,
        missed=tuple(day.isoformat() for day in standing.missed),
        excused=tuple(day.isoformat() for day in standing.excused),
        not_entered=tuple(day.isoformat() for day in standing.not_entered),
    )


def watched_in(session: Session, call: Call, *, now: datetime) -> list[Watched]:
    """The members of a call's group with their standing."""
    definition = definition_for(session, call)
    group = group_of(session, call)
    days = _days(session, group)
    rows = session.exec(
        select(Membership, Application)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(Membership.group_id == group.id, col(Membership.state).in_(SEATED))
        .order_by(Application.number)
    ).all()
    members = [membership for membership, _ in rows]
    on_days = presence_on(session, members, days, now=now)
    return [
        _watched(membership, application, definition, on_days[membership.id or 0]) for membership, application in rows
    ]


def watched(session: Session, membership: Membership, *, now: datetime) -> Watched:
    """One member with their standing."""
    application = session.get_one(Application, membership.application_id)
    definition = definition_for(session, call_of(session, application))
    days = _days(session, session.get_one(Group, membership.group_id))
    on_days = presence_on(session, [membership], days, now=now)
    return _watched(membership, application, definition, on_days[membership.id or 0])


def _watched(
    membership: Membership, application: Application, definition: ProjectDefinition, days: Mapping[int, DayOfPresence]
) -> Watched:
    required = definition.deadlines.min_attendance_percent
    return Watched(membership, application, standing_by(definition, days.values()), required, definition.attendance)


def presence_on(
    session: Session, memberships: Sequence[Membership], days: Sequence[MeetingDay], *, now: datetime
) -> dict[int, dict[int, DayOfPresence]]:
    """What became of each member on those of the days on which they held the seat, by membership and day."""
    times, known = seat_times(session, memberships), _newest(session, memberships)
    return {
        member: {
            day.id: _presence(day, known.get((member, day.id)), now=now)
            for day in days
            if day.id is not None and held_during(held, day)
        }
        for member, held in times.items()
    }


def standing_by(definition: ProjectDefinition, days: Iterable[DayOfPresence]) -> PresenceStanding:
    """Where these days lead by the rules of the project, whoever asks: a warning and a certificate go by the same."""
    rules = definition.attendance
    return standing_of(
        list(days),
        required=definition.deadlines.min_attendance_percent,
        excused=rules.excused if rules else ExcusedDays.LEFT_OUT,
    )


def _days(session: Session, group: Group) -> list[MeetingDay]:
    """All days of the group's meetings, held or to come; of those that were called off, none."""
    return list(
        session.exec(
            select(MeetingDay)
            .join(Meeting, col(Meeting.id) == MeetingDay.meeting_id)
            .where(Meeting.group_id == group.id, Meeting.state != MeetingState.CANCELLED)
            .order_by(col(MeetingDay.starts_at))
        ).all()
    )


def _newest(session: Session, memberships: Sequence[Membership]) -> dict[tuple[int, int], Attendance]:
    """The entry that counts, by membership and day, in one query."""
    rows = session.exec(
        select(Attendance)
        .where(col(Attendance.membership_id).in_([one.id for one in memberships]))
        .order_by(col(Attendance.version))
    ).all()
    return {(row.membership_id, row.meeting_day_id): row for row in rows}


def _presence(day: MeetingDay, row: Attendance | None, *, now: datetime) -> DayOfPresence:
    return DayOfPresence(
        on=day.on,
        length=minutes_of(day),
        minutes=row.minutes if row else None,
        excused=row is not None and row.status is AttendanceStatus.EXCUSED,
        over=day.ends_at <= now,
    )


def ruled_calls(session: Session) -> list[Call]:
    """Calls whose projects have a rule for attendance: of those that select, the announced ones; any that seats people
    without a selection, which no announcement ends."""
    return [
        call
        for call in session.exec(select(Call).order_by(Call.code)).all()
        if (definition := definition_for(session, call)).attendance is not None
        and (call.state is CallState.ANNOUNCED or not definition.group_kind(call.group_kind).selects)
    ]


def due_for_presence(session: Session, *, now: datetime) -> list[int]:
    """Ids of memberships that a letter, the rule's striking off or a withdrawal is due of."""
    found = []
    for call in ruled_calls(session):
        for one in watched_in(session, call, now=now):
            assert one.membership.id is not None
            if struck_by_rule(session, one, now=now) or _unwarned(session, one) or _groundless(session, one):
                found.append(one.membership.id)
    return found


def struck_by_rule(session: Session, one: Watched, *, now: datetime) -> bool:
    """Whether the project's rule strikes this member off today without a person.

    Where the project writes warnings, nobody is struck off before the day until which their letter waits for an
    explanation is over, and nobody whose share went out of reach at once without such a letter.
    """
    if one.rules is None or one.rules.strike_off is not StrikeOff.AUTOMATIC or not to_be_struck_off(one.standing):
        return False
    if one.rules.warn is Warn.NEVER:
        return True
    until = explain_until(session, one)
    return until is not None and until < warsaw_date(now)


def explain_until(session: Session, one: Watched) -> date | None:
    """Until when the warning of a share out of reach, if one stands, waits for the member's explanation."""
    if one.rules is None or not to_be_struck_off(one.standing):
        return None
    if all(row.state is MessageState.WITHDRAWN for row in _warnings(session, one)):
        return None
    rows = session.exec(
        select(Event)
        .where(Event.subject == reference(one.membership), Event.kind == Happened.ATTENDANCE_WARNED)
        .order_by(col(Event.id).desc())
    ).all()
    newest = next((row for row in rows if row.facts.get("verdict") == Presence.LOST), None)
    if newest is None:
        return None
    said = newest.facts.get("explain_until")
    # Events before this fact was kept tell it by when the letter was written.
    return date.fromisoformat(said) if said else warsaw_date(deadline(newest.at, one.rules.explain_working_days))


def _unwarned(session: Session, one: Watched) -> bool:
    if one.rules is None or not to_be_warned(one.standing, one.rules.warn):
        return False
    return all(_taken_back(session, row) for row in _warnings(session, one))


def _warnings(session: Session, one: Watched) -> list[Message]:
    """The letters about what a warning would be about now; those that were withdrawn with them."""
    rows = session.exec(
        select(Message)
        .where(Message.event == WARNING, Message.subject_ref == reference(one.membership))
        .order_by(col(Message.id))
    ).all()
    occasion = occasion_of(one.standing)
    return [row for row in rows if row.key.rpartition(":")[2].partition(_AGAIN)[0] == occasion]


_AGAIN = "."
"""Stands between an occasion and the number of its letter, from the second one."""


def _taken_back(session: Session, message: Message) -> bool:
    """Whether a letter was withdrawn as untrue. One that an officer withdrew is withdrawn for good."""
    if message.state is not MessageState.WITHDRAWN:
        return False
    rows = session.exec(
        select(Event).where(Event.subject == reference(message), Event.kind == Happened.MESSAGE_WITHDRAWN)
    ).all()
    return not any(row.facts.get(FOR_GOOD) for row in rows)


def _groundless(session: Session, one: Watched) -> bool:
    """Whether a warning waits to leave that is no longer true."""
    if one.rules is not None and to_be_warned(one.standing, one.rules.warn):
        return False
    waiting = select(Message.id).where(Message.contradicts == topic_of(one.membership), col(Message.state).in_(UNSENT))
    return session.exec(waiting).first() is not None


def topic_of(membership: Membership) -> str:
    """What unsent letters about somebody's attendance are known by."""
    return f"attendance/{membership.id}"


def warn(session: Session, membership_id: int, *, actor: Actor, now: datetime) -> bool:
    """Writes to a member whose attendance is too low, once an occasion; withdraws what is no longer true.

    Returns whether a letter was written.
    """
    actor.require(Right.REMIND)
    membership = session.get_one(Membership, membership_id, with_for_update=True)
    if membership.state not in SEATED:
        return False
    one = watched(session, membership, now=now)
    rules, standing = one.rules, one.standing
    if _groundless(session, one):
        withdraw_contrary(session, topic_of(membership), actor=actor, now=now)
    if rules is None or not _unwarned(session, one):
        return False
    # What was written of an earlier standing and has not left is not true any more.
    withdraw_contrary(session, topic_of(membership), actor=actor, now=now)
    number = len(_warnings(session, one)) + 1
    until = warsaw_date(deadline(now, rules.explain_working_days))
    messages = notice(
        session,
        one.application,
        WARNING,
        AttendanceWarningLetter,
        occasion=occasion_of(standing) + (f"{_AGAIN}{number}" if number > 1 else ""),
        topic=topic_of(membership),
        subject_ref=reference(membership),
        actor=actor,
        now=now,
        attended=hours(standing.attended),
        counted=hours(standing.counted),
        percent=standing.percent or 0,
        required_percent=one.required,
        paragraph=rules.paragraph,
        missed_on=standing.missed,
        days_left=standing.days_left,
        below=standing.verdict is not Presence.AT_RISK,
        can_be_met=standing.verdict in (Presence.AT_RISK, Presence.BELOW),
        may_be_struck_off=rules.strike_off is not StrikeOff.NEVER,
        by_rule=rules.strike_off is StrikeOff.AUTOMATIC,
        explain_until=until,
    )
    queue(session, messages, actor=actor, now=now)
    if messages:
        note(
            session,
            reference(membership),
            happened=Happened.ATTENDANCE_WARNED,
            actor=actor,
            now=now,
            area=membership.area,
            facts={
                "percent": standing.percent,
                "required": one.required,
                "verdict": standing.verdict,
                "explain_until": until.isoformat(),
            },
        )
    return bool(messages)
