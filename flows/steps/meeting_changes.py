"""Meetings that move or are called off: every invitation follows, and nobody hears of what they were never told.

A changed day or hour asks everybody anew (RFC 5546 §3.2.2.1). A changed place, title or agenda keeps the answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import WARSAW
from flows.steps.expected_seats import others_on
from flows.steps.meeting_letters import (
    Why,
    call_off_letter,
    cancel_letter,
    invitation_topic,
    invite_letter,
    invited_application,
    told_sequence,
)
from flows.steps.meetings import add_days, days_of, find_meeting, next_day_of, present_facts, stored
from flows.steps.outbox import withdraw_contrary
from models.actor import Actor, Right
from models.errors import BadInput, NotYet
from models.events import Happened
from models.rules.meeting_kinds import MeetingKind
from models.tables import Attendance, Invitation, Meeting, MeetingChange, Message, SubstituteAttendance
from models.tables.meetings import InvitationRole, InvitationState, MeetingState
from models.transitions import move, note, queue, reference
from templates.letters.frame import MeetingDayLine
from templates.meeting_changes import MeetingFacts

_LONGEST_TITLE = 200


@dataclass(frozen=True)
class Wanted:
    """What is to be different; ``None`` is left as it is."""

    days: tuple[MeetingDayLine, ...] | None = None
    place: str | None = None
    title: str | None = None
    agenda: tuple[str, ...] | None = None
    host: str | None = None
    kind: MeetingKind | None = None


@dataclass(frozen=True)
class Changed:
    """What a change came to, in numbers: people to be told, and unsent letters that no longer leave."""

    sequence: int
    asks_anew: bool
    told: int
    withdrawn: int


def move_meeting(
    session: Session,
    call_code: str,
    meeting_code: str,
    wanted: Wanted,
    *,
    reason: str,
    answer_url: str = "",
    actor: Actor,
    now: datetime,
) -> Changed:
    """Changes what was said of a meeting, and writes to everybody who is invited.

    Whose seat is somebody else's on the new days, by a change that is written down ahead, is invited no more.

    Raises ``NotYet`` for a meeting that has begun, was held or was called off, ``BadInput`` for a change that changes
    nothing, for a day that is over or stands twice, and without a reason.
    """
    actor.require(Right.MEETINGS)
    meeting = _changeable(session, call_code, meeting_code, reason, now=now)
    before = present_facts(session, meeting)
    after = _wanted_facts(before, wanted, now=now)
    asks_anew = after.days != before.days
    meeting.sequence += 1
    meeting.place, meeting.title, meeting.agenda = after.place, after.title, list(after.agenda)
    meeting.host, meeting.kind = after.host or "", after.kind or MeetingKind.MEETING
    session.add(meeting)
    if asks_anew:
        _replace_days(session, meeting, after.days)
    _keep(session, meeting, stored(before), stored(after), asks_anew=asks_anew, reason=reason, actor=actor, now=now)
    first = min(day.date for day in after.days)
    others = others_on(session, meeting.group_id, first) if asks_anew else frozenset()
    told = withdrawn = 0
    for invitation in _standing(session, meeting):
        if others and invited_application(session, invitation).id in others:
            # On the new day somebody else has the seat, whom the next run invites.
            withdrawn += call_off(session, invitation, why="other_person", actor=actor, now=now)
            continue
        if asks_anew and invitation.role is InvitationRole.SUBSTITUTE:
            # Whether the member can come on the new days is asked anew: nobody has to be stood in for yet.
            withdrawn += call_off(session, invitation, why="meeting_moved", actor=actor, now=now)
            continue
        withdrawn += _withdraw_unsent(session, invitation, actor=actor, now=now)
        invitation.sequence = meeting.sequence
        session.add(invitation)
        if asks_anew:
            invitation.asked_sequence, invitation.invited_at, invitation.answered_at = meeting.sequence, now, None
            move(
                session,
                invitation,
                InvitationState.INVITED,
                happened=Happened.INVITATION_RENEWED,
                actor=actor,
                now=now,
                facts={"sequence": meeting.sequence},
            )
        else:
            note(
                session,
                reference(invitation),
                happened=Happened.INVITATION_UPDATED,
                actor=actor,
                now=now,
                area=meeting.area,
                facts={"sequence": meeting.sequence},
            )
        message = invite_letter(
            session, invitation, asks_anew=asks_anew, reason=reason.strip(), answer_url=answer_url, actor=actor, now=now
        )
        queue(session, [message] if message else [], actor=actor, now=now)
        told += message is not None
    return Changed(meeting.sequence, asks_anew, told, withdrawn)


def cancel_meeting(
    session: Session,
    call_code: str,
    meeting_code: str,
    *,
    reason: str,
    new_date_follows: bool = False,
    actor: Actor,
    now: datetime,
) -> Changed:
    """Calls a meeting off. Who was told of it gets a cancellation; who was not gets neither that nor the invitation."""
    actor.require(Right.MEETINGS)
    meeting = _changeable(session, call_code, meeting_code, reason, now=now)
    before = present_facts(session, meeting)
    meeting.sequence += 1
    session.add(meeting)
    _keep(session, meeting, stored(before), {}, asks_anew=False, reason=reason, actor=actor, now=now)
    told = withdrawn = 0
    for invitation in _standing(session, meeting):
        withdrawn += _withdraw_unsent(session, invitation, actor=actor, now=now)
        knows = told_sequence(session, invitation) is not None
        invitation.sequence = meeting.sequence
        session.add(invitation)
        message = None
        if knows:
            message = cancel_letter(
                session, invitation, reason=reason.strip(), new_date_follows=new_date_follows, actor=actor, now=now
            )
        _cancelled(session, invitation, messages=[message] if message else [], actor=actor, now=now)
        told += message is not None
    move(
        session,
        meeting,
        MeetingState.CANCELLED,
        happened=Happened.MEETING_CANCELLED,
        actor=actor,
        now=now,
        facts={"sequence": meeting.sequence, "days": [str(day) for day in stored(before)["days"]]},  # type: ignore[attr-defined]
    )
    return Changed(meeting.sequence, False, told, withdrawn)


def call_off(session: Session, invitation: Invitation, *, why: Why, actor: Actor, now: datetime) -> int:
    """Takes one invitation back while the meeting takes place. Returns how many unsent letters were withdrawn.

    A cancellation goes only to whoever was told and has not declined, and only before the last day has begun.
    """
    withdrawn = _withdraw_unsent(session, invitation, actor=actor, now=now)
    meeting = session.get_one(Meeting, invitation.meeting_id)
    comes = invitation.state is not InvitationState.DECLINED and next_day_of(days_of(session, meeting), now) > now
    message = None
    if comes and told_sequence(session, invitation) is not None:
        invitation.sequence += 1
        session.add(invitation)
        message = call_off_letter(session, invitation, why=why, actor=actor, now=now)
    _cancelled(session, invitation, messages=[message] if message else [], actor=actor, now=now)
    return withdrawn


def invite_again(
    session: Session, invitation: Invitation, *, reason: str, answer_url: str, actor: Actor, now: datetime
) -> bool:
    """Gives back an invitation that was called off while the meeting stands, and asks for an answer anew.

    Returns whether a letter was written.
    """
    meeting = session.get_one(Meeting, invitation.meeting_id, with_for_update=True)
    _withdraw_unsent(session, invitation, actor=actor, now=now)
    # Above the number under which a calendar has deleted it; whoever else is invited keeps the number that they have.
    meeting.sequence = max(meeting.sequence, invitation.sequence) + 1
    invitation.sequence = invitation.asked_sequence = meeting.sequence
    invitation.invited_at, invitation.answered_at = now, None
    session.add(meeting)
    session.add(invitation)
    message = invite_letter(session, invitation, reason=reason, answer_url=answer_url, actor=actor, now=now)
    move(
        session,
        invitation,
        InvitationState.INVITED,
        happened=Happened.INVITATION_RENEWED,
        actor=actor,
        now=now,
        facts={"sequence": invitation.sequence},
        messages=[message] if message else [],
    )
    return message is not None


def _cancelled(
    session: Session, invitation: Invitation, *, messages: Sequence[Message], actor: Actor, now: datetime
) -> None:
    move(
        session,
        invitation,
        InvitationState.CANCELLED,
        happened=Happened.INVITATION_CANCELLED,
        actor=actor,
        now=now,
        messages=messages,
    )


def _changeable(session: Session, call_code: str, meeting_code: str, reason: str, *, now: datetime) -> Meeting:
    if not reason.strip():
        raise BadInput("Podaj powód zmiany (--reason); przeczytają go osoby zaproszone.")
    _, _, meeting = find_meeting(session, call_code, meeting_code)
    session.refresh(meeting, with_for_update=True)
    if meeting.state is MeetingState.CANCELLED:
        raise NotYet(f"Spotkanie „{meeting_code}” jest już odwołane.")
    days = days_of(session, meeting)
    attended = any(
        session.exec(select(table.id).where(col(table.meeting_day_id).in_([day.id for day in days])).limit(1)).first()
        for table in (Attendance, SubstituteAttendance)
    )
    if meeting.state is MeetingState.HELD or attended:
        raise NotYet(f"Spotkanie „{meeting_code}” już się odbyło i ma wpisaną obecność; nie można go zmienić.")
    if days[0].starts_at <= now:
        raise NotYet(f"Spotkanie „{meeting_code}” już się zaczęło; nie można go zmienić.")
    return meeting


def _wanted_facts(before: MeetingFacts, wanted: Wanted, *, now: datetime) -> MeetingFacts:
    after = before
    if wanted.days is not None:
        days = tuple(sorted(wanted.days, key=lambda day: day.date))
        if not days or len({day.date for day in days}) < len(days):
            raise BadInput("Spotkanie musi mieć co najmniej jeden dzień, a każdy dzień tylko raz.")
        if any(day.ends <= day.starts for day in days):
            raise BadInput("Godzina zakończenia dnia spotkania musi być późniejsza niż godzina rozpoczęcia.")
        if datetime.combine(days[0].date, days[0].starts, WARSAW) <= now:
            raise BadInput("Nowy termin spotkania musi być w przyszłości.")
        after = replace(after, days=days)
    for name in ("place", "title", "host"):
        text = getattr(wanted, name)
        if text is None:
            continue
        if not text.strip() or len(text.strip()) > _LONGEST_TITLE or not text.strip().isprintable():
            raise BadInput(f"Miejsce, tytuł i prowadzący to jeden wiersz, od 1 do {_LONGEST_TITLE} znaków.")
        after = replace(after, **{name: text.strip()})
    if wanted.agenda is not None:
        after = replace(after, agenda=tuple(point.strip() for point in wanted.agenda if point.strip()))
    if wanted.kind is not None:
        after = replace(after, kind=wanted.kind)
    if after == before:
        raise BadInput("Ta zmiana niczego nie zmienia: spotkanie już tak wygląda.")
    return after


def _replace_days(session: Session, meeting: Meeting, days: Sequence[MeetingDayLine]) -> None:
    """The old days stay in the record of the change; no attendance hangs on them."""
    for row in days_of(session, meeting):
        session.delete(row)
    session.flush()
    add_days(session, meeting, days)


def _keep(
    session: Session,
    meeting: Meeting,
    before: dict[str, object],
    after: dict[str, object],
    *,
    asks_anew: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    assert meeting.id is not None
    session.add(
        MeetingChange(
            area=meeting.area,
            meeting_id=meeting.id,
            sequence=meeting.sequence,
            before=before,
            after=after,
            asks_anew=asks_anew,
            reason=reason.strip(),
            changed_at=now,
            changed_by=actor.login,
        )
    )
    session.flush()
    if not after:
        return
    note(
        session,
        reference(meeting),
        happened=Happened.MEETING_CHANGED,
        actor=actor,
        now=now,
        area=meeting.area,
        facts={
            "sequence": meeting.sequence,
            "changed": [name for name in after if after[name] != before[name]],
            "days_before": before["days"],  # type: ignore[dict-item]
            "days": after["days"],  # type: ignore[dict-item]
            "asks_anew": asks_anew,
        },
    )


def _standing(session: Session, meeting: Meeting) -> Sequence[Invitation]:
    return session.exec(
        select(Invitation)
        .where(Invitation.meeting_id == meeting.id, Invitation.state != InvitationState.CANCELLED)
        .order_by(col(Invitation.id))
        .with_for_update()
    ).all()


def _withdraw_unsent(session: Session, invitation: Invitation, *, actor: Actor, now: datetime) -> int:
    """Invitations, updates and reminders that say what is no longer so."""
    return sum(
        withdraw_contrary(session, topic, actor=actor, now=now)
        for topic in (invitation_topic(invitation), f"invitation/{invitation.id}")
    )
