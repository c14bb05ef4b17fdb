"""Reminders and lapsed deadlines: what is due now by the project's rules, each occasion once.

The key of a reminder's message names its rule, its subject, which one of how many it is, and the date it is counted
from, so that a second run, or ten missed ones at once, write nothing twice, and a meeting that moves is reminded of
anew. A reminder of a date that has moved does not leave.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from flows.adapters.clock import warsaw, warsaw_date
from flows.steps.corrections import close_expired, expired_corrections
from flows.steps.memberships import expire_offer, expired_offers
from flows.steps.officers import actor_of
from flows.steps.presence import due_for_presence, warn
from flows.steps.projects import newest_definitions
from flows.steps.reminder_letters import (
    LETTERS,
    NOUNS,
    Occasion,
    letter_of,
    letter_to_officer,
    occasion_name,
)
from flows.steps.reminder_subjects import Subject, subjects_of
from flows.steps.striking_off import strike_off_by_rule
from models.actor import Actor, Right
from models.events import Happened
from models.project import ProjectDefinition
from models.reminder_rules import ReminderEvent, ReminderRule, ReminderTo
from models.rules.due import Due, FreeDay, Unit, due
from models.rules.working_days import is_working_day
from models.tables import Event, Message, Officer
from models.tables.outbox import UNSENT, MessageState
from models.transitions import Facts, move, note, queue

CLOSE_CORRECTION = "close_correction"
EXPIRE_OFFER = "expire_offer"
WATCH_ATTENDANCE = "watch_attendance"
"""Somebody's attendance asks for a letter, a striking off by the rule, or for a letter to stay here."""
WITHDRAW = "withdraw"
"""A reminder that was written of a date that has moved, and has not left."""
_LOST = (MessageState.WITHDRAWN, MessageState.EXPIRED, MessageState.REFUSED)
"""Who has a message in one of these states was not written to by it."""


@dataclass(frozen=True)
class _Line:
    """What officers are to be told of: the occasion, whose it is, and the date."""

    occasion: Occasion
    number: str
    area: str
    on: date


def due_occasions(session: Session, *, now: datetime) -> list[Occasion]:
    """Everything due now that was not done yet. On free days nothing but lapsed deadlines and rules that keep them."""
    lapsed = [Occasion(CLOSE_CORRECTION, "", row, 0) for row in expired_corrections(session, now=now)]
    lapsed += [Occasion(EXPIRE_OFFER, "", row, 0) for row in expired_offers(session, now=now)]
    lapsed += [Occasion(WATCH_ATTENDANCE, "", row, 0) for row in due_for_presence(session, now=now)]
    outdated = [Occasion(WITHDRAW, "", row, 0) for row in _outdated(session, now=now)]
    found: list[Occasion] = []
    for definition in newest_definitions(session):
        awake = [rule for rule in definition.reminders if _awake(rule, now)]
        matters = {
            event: list(subjects_of(session, event, project=definition.code, now=now))
            for event in dict.fromkeys(rule.event for rule in awake)
        }
        for rule in awake:
            for subject in matters[rule.event]:
                if (occasion := _occasion(session, rule, subject, now=now)) is not None:
                    found.append(occasion)
    return lapsed + outdated + found


def remind(session: Session, occasions: Sequence[Occasion], *, actor: Actor, now: datetime) -> int:
    """Does what is due; what was done meanwhile stays done. Returns how many reminders and lapses came of it."""
    actor.require(Right.REMIND)
    done = 0
    told: list[Occasion] = []
    for occasion in occasions:
        match occasion.kind:
            case "close_correction":
                done += close_expired(session, occasion.subject_id, actor=actor, now=now)
            case "expire_offer":
                done += expire_offer(session, occasion.subject_id, actor=actor, now=now)
            case "watch_attendance":
                struck = strike_off_by_rule(session, occasion.subject_id, actor=actor, now=now)
                done += struck or warn(session, occasion.subject_id, actor=actor, now=now)
            case "withdraw":
                _withdraw(session, occasion.subject_id, actor=actor, now=now)
            case _ if occasion.to is ReminderTo.OFFICERS:
                told.append(occasion)
            case _:
                written = _write(session, occasion, actor=actor, now=now)
                done += written
                if written and occasion.to is ReminderTo.BOTH:
                    told.append(occasion)
    return done + _tell_officers(session, told, actor=actor, now=now)


def withdraw_outdated(session: Session, *, actor: Actor, now: datetime) -> int:
    """Withdraws every unsent reminder of a date that is no longer the date: for whoever has just moved one."""
    rows = _outdated(session, now=now)
    for row in rows:
        _withdraw(session, row, actor=actor, now=now)
    return len(rows)


def rules_in_hours(session: Session) -> bool:
    """Whether any rule reminds by the hour; all others are asked about once a day."""
    return any(rule.unit is Unit.HOURS for one in newest_definitions(session) for rule in one.reminders)


def hours_of_rules(session: Session) -> set[tuple[int, int]]:
    """At which hours and minutes of a day (Warsaw) rules that are counted in days begin to be due."""
    rules = [rule for one in newest_definitions(session) for rule in one.reminders if rule.unit is not Unit.HOURS]
    return {(rule.at.hour, rule.at.minute) for rule in rules}


def _awake(rule: ReminderRule, now: datetime) -> bool:
    """Whether the rule can ask for anything at this hour of this day: a look at the clock before one at the rows."""
    timing = rule.timing
    if timing.free_day is not FreeDay.KEEP and not is_working_day(warsaw_date(now)):
        return False
    return timing.unit is Unit.HOURS or warsaw(now).time() >= timing.at


def _occasion(session: Session, rule: ReminderRule, subject: Subject, *, now: datetime) -> Occasion | None:
    counted_from = subject.dates[rule.date]
    fallen = due(counted_from, rule.timing, now=now)
    if fallen is None or rule.unless_states & subject.states:
        return None
    occasion = Occasion(rule.event, rule.code, subject.id, fallen.nth, warsaw_date(counted_from), rule.to)
    if _done(session, occasion, fallen) or _written_lately(session, rule, subject, now=now):
        return None
    return occasion


def _done(session: Session, occasion: Occasion, fallen: Due) -> bool:
    """Whether this very reminder was written, of this very date.

    Keys of earlier releases do not tell the date: one that was written when the reminder had fallen due, or later, is
    this one; an earlier one was of a date that has moved since.
    """
    event = ReminderEvent(occasion.kind)
    subject = f"{NOUNS[event]}/{occasion.subject_id}"
    if occasion.to is ReminderTo.OFFICERS:
        noted = session.exec(select(Event.facts).where(Event.subject == subject, Event.kind == Happened.REMINDED)).all()
        return any(facts.get("occasion") == occasion.name and facts.get("to") == occasion.to for facts in noted)
    undated = occasion_name(occasion.rule, occasion.nth, None)
    rows = session.exec(
        select(Message.key, Message.created_at).where(Message.subject_ref == subject, Message.event == LETTERS[event])
    ).all()
    for key, created_at in rows:
        name = key.rpartition(":")[2]
        if name == occasion.name or (name == undated and warsaw_date(created_at) >= fallen.on):
            return True
    return False


def _written_lately(session: Session, rule: ReminderRule, subject: Subject, *, now: datetime) -> bool:
    if not rule.written_within:
        return False
    last = session.exec(
        select(func.max(Message.created_at)).where(
            Message.person_id == subject.person_id,
            Message.institution_id == subject.institution_id,
            col(Message.state).not_in(_LOST),
        )
    ).one()
    return last is not None and (warsaw_date(now) - warsaw_date(last)).days < rule.written_within


def _outdated(session: Session, *, now: datetime) -> list[int]:
    """Unsent reminders whose date is another one by now."""
    unsent = session.exec(
        select(Message.id, Message.event, Message.subject_ref, Message.key)
        .where(col(Message.event).in_(LETTERS.values()), col(Message.state).in_(UNSENT))
        .order_by(col(Message.id))
    ).all()
    if not any("@" in key.rpartition(":")[2] for _, _, _, key in unsent):
        return []
    dates = dict(_dates_now(session, now=now))
    found = []
    for row, event, subject, key in unsent:
        name, _, of = key.rpartition(":")[2].partition("@")
        current = dates.get((event, subject, name.rpartition("-")[0]))
        if row is not None and of and current is not None and f"{current:%Y-%m-%d}" != of:
            found.append(row)
    return found


def _dates_now(session: Session, *, now: datetime) -> Iterator[tuple[tuple[str, str, str], date]]:
    """The date that each rule counts from in each matter, by letter, subject and rule."""
    for definition in newest_definitions(session):
        for event in dict.fromkeys(rule.event for rule in definition.reminders):
            rules = [rule for rule in definition.reminders if rule.event is event]
            for subject in subjects_of(session, event, project=definition.code, now=now):
                for rule in rules:
                    about = f"{NOUNS[event]}/{subject.id}"
                    yield (LETTERS[event], about, rule.code), warsaw_date(subject.dates[rule.date])


def _withdraw(session: Session, message_id: int, *, actor: Actor, now: datetime) -> None:
    message = session.get_one(Message, message_id, with_for_update=True)
    if message.state in UNSENT:
        move(session, message, MessageState.WITHDRAWN, happened=Happened.MESSAGE_WITHDRAWN, actor=actor, now=now)


def _write(session: Session, occasion: Occasion, *, actor: Actor, now: datetime) -> bool:
    message = letter_of(session, occasion, actor=actor, now=now)
    if message is None:
        return False
    queue(session, [message], actor=actor, now=now)
    _note(session, occasion, message.subject_ref, message.area, actor=actor, now=now)
    return True


def _note(session: Session, occasion: Occasion, subject: str, area: str, *, actor: Actor, now: datetime) -> None:
    facts: Facts = {"rule": occasion.rule, "nth": occasion.nth}
    told = {"occasion": occasion.name, "to": occasion.to} if occasion.to is ReminderTo.OFFICERS else {}
    note(
        session,
        subject,
        happened=Happened.REMINDED,
        actor=actor,
        now=now,
        area=area,
        facts={**facts, **told},
    )


def _tell_officers(session: Session, occasions: Sequence[Occasion], *, actor: Actor, now: datetime) -> int:
    """One letter a rule and officer about all these occasions. Returns how many letters were written.

    Where no officer of the area has an address, nobody is told, and the occasion stays due.
    """
    if not occasions:
        return 0
    reached = [
        officer
        for officer in session.exec(select(Officer).where(Officer.active).order_by(col(Officer.id))).all()
        if officer.email and actor_of(officer).has(Right.OUTBOX)
    ]
    written = 0
    for definition in newest_definitions(session):
        for rule in definition.reminders:
            mine = [one for one in occasions if (one.kind, one.rule) == (rule.event, rule.code)]
            lines = _lines(session, definition, rule, mine, now=now) if mine else []
            told: set[Occasion] = set()
            for officer in reached:
                covered = [line for line in lines if actor_of(officer).covers(line.area)]
                if not covered:
                    continue
                about = [(line.occasion, line.number, line.on) for line in covered]
                message = letter_to_officer(
                    session,
                    officer,
                    rule.event,
                    about,
                    definition,
                    # All of it lies in both areas: who acts, and who is told.
                    area=max(actor.scope, officer.scope, key=len),
                    actor=actor,
                    now=now,
                )
                queue(session, [message] if message else [], actor=actor, now=now)
                told |= {line.occasion for line in covered}
                written += message is not None
            for line in lines:
                if line.occasion in told and rule.to is ReminderTo.OFFICERS:
                    subject = f"{NOUNS[rule.event]}/{line.occasion.subject_id}"
                    _note(session, line.occasion, subject, line.area, actor=actor, now=now)
    return written


def _lines(
    session: Session,
    definition: ProjectDefinition,
    rule: ReminderRule,
    occasions: Sequence[Occasion],
    *,
    now: datetime,
) -> list[_Line]:
    """The occasions whose matter is still open."""
    subjects: Mapping[int, Subject] = {
        one.id: one for one in subjects_of(session, rule.event, project=definition.code, now=now)
    }
    return [
        _Line(one, subject.number, subject.area, warsaw_date(subject.dates[rule.date]))
        for one in occasions
        if (subject := subjects.get(one.subject_id)) is not None
    ]
