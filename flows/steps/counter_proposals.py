"""Proposals of other hours (METHOD:COUNTER): an officer moves the meeting, for everybody, or says kindly no."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw
from flows.steps.meeting_changes import Changed, Wanted, move_meeting
from flows.steps.meeting_letters import counter_declined_letter, invited_application
from flows.steps.meetings import days_of, present_facts
from flows.steps.received_mails import find_mail, settle_mail
from models.actor import Actor, Right
from models.errors import BadInput, NotFound, NotYet
from models.events import Happened
from models.rules.invitation_answers import AnswerOutcome
from models.tables import Call, CounterVerdict, Group, Invitation, InvitationAnswer, Meeting
from models.tables.mail import MailState
from models.tables.meetings import InvitationState, MeetingState
from models.transitions import note, queue
from templates.letters.frame import MeetingDayLine


@dataclass(frozen=True)
class CounterLine:
    """A proposal that waits: from whom (by number), for which meeting and day of ours, and the hours proposed."""

    answer_id: int
    mail_id: int | None
    call: str
    meeting: str
    number: str
    instead_of: date | None
    starts: datetime
    ends: datetime
    comment: str
    since: datetime


def open_counters(session: Session) -> list[CounterLine]:
    """Proposals that nobody has answered and that are still about the meeting as it stands."""
    rows = session.exec(
        select(InvitationAnswer, Invitation, Meeting, Call.code)
        .join(Invitation, col(Invitation.id) == InvitationAnswer.invitation_id)
        .join(Meeting, col(Meeting.id) == Invitation.meeting_id)
        .join(Group, col(Group.id) == Meeting.group_id)
        .join(Call, col(Call.id) == Group.call_id)
        .where(
            InvitationAnswer.outcome == AnswerOutcome.PROPOSED,
            InvitationAnswer.sequence >= Invitation.asked_sequence,
            Invitation.state != InvitationState.CANCELLED,
            col(Meeting.state).in_((MeetingState.PLANNED, MeetingState.INVITED)),
            col(InvitationAnswer.id).not_in(select(CounterVerdict.answer_id)),
        )
        .order_by(col(InvitationAnswer.id))
    ).all()
    return [
        CounterLine(
            answer_id=answer.id or 0,
            mail_id=answer.mail_id,
            call=call,
            meeting=meeting.code,
            number=invited_application(session, invitation).number,
            instead_of=_day_of(answer),
            starts=datetime.fromisoformat(answer.proposed["starts"]),
            ends=datetime.fromisoformat(answer.proposed["ends"]),
            comment=answer.comment,
            since=answer.recorded_at,
        )
        for answer, invitation, meeting, call in rows
    ]


def accept_counter(
    session: Session,
    answer_id: int,
    *,
    days: tuple[MeetingDayLine, ...] = (),
    reason: str,
    answer_url: str = "",
    actor: Actor,
    now: datetime,
) -> Changed:
    """Moves the meeting to the proposed hours: everybody is asked anew, whoever proposed among them.

    ``days``: all days of the meeting, where the proposal does not say which of several it is about. Raises ``BadInput``
    then without them, and as :func:`flows.steps.meeting_changes.move_meeting` does.
    """
    actor.require(Right.MEETINGS)
    line = _open(session, answer_id)
    answer = session.get_one(InvitationAnswer, answer_id)
    invitation = session.get_one(Invitation, answer.invitation_id)
    meeting = session.get_one(Meeting, invitation.meeting_id)
    wanted = days or _with_proposed(present_facts(session, meeting).days, line)
    _give(session, answer, accepted=True, reason=reason, actor=actor, now=now)
    return move_meeting(
        session,
        line.call,
        line.meeting,
        Wanted(days=wanted),
        reason=reason,
        answer_url=answer_url,
        actor=actor,
        now=now,
    )


def decline_counter(
    session: Session, answer_id: int, *, reason: str, answer_url: str = "", actor: Actor, now: datetime
) -> None:
    """The meeting stays as it is; whoever proposed gets a kind letter with the reason and the request once more."""
    actor.require(Right.MEETINGS)
    _open(session, answer_id)
    answer = session.get_one(InvitationAnswer, answer_id)
    invitation = session.get_one(Invitation, answer.invitation_id, with_for_update=True)
    meeting = session.get_one(Meeting, invitation.meeting_id)
    if days_of(session, meeting)[0].starts_at <= now:
        raise NotYet("To spotkanie już się zaczęło; sprawę listu zamknij poleceniem nabor mailbox settle.")
    _give(session, answer, accepted=False, reason=reason, actor=actor, now=now)
    message = counter_declined_letter(
        session, invitation, reason=reason.strip(), answer_url=answer_url, actor=actor, now=now
    )
    queue(session, [message] if message else [], actor=actor, now=now)


def _open(session: Session, answer_id: int) -> CounterLine:
    for line in open_counters(session):
        if line.answer_id == answer_id:
            return line
    raise NotFound(
        f"Nie ma otwartej propozycji terminu {answer_id}. Lista: nabor meeting counters. Jeśli spotkanie zmieniono, "
        "propozycja jest nieaktualna; sprawę listu zamknij poleceniem nabor mailbox settle."
    )


def _with_proposed(present: tuple[MeetingDayLine, ...], line: CounterLine) -> tuple[MeetingDayLine, ...]:
    starts, ends = warsaw(line.starts), warsaw(line.ends)
    if line.instead_of is None or line.instead_of not in {day.date for day in present} or starts.date() != ends.date():
        raise BadInput(
            "Propozycja nie mówi, którego dnia spotkania dotyczy. Podaj wszystkie dni po zmianie: --day, na przykład "
            "--day 2018-09-29T09:00-15:00."
        )
    proposed = MeetingDayLine(
        date=starts.date(), starts=starts.time().replace(tzinfo=None), ends=ends.time().replace(tzinfo=None)
    )
    return tuple(proposed if day.date == line.instead_of else day for day in present)


def _give(
    session: Session, answer: InvitationAnswer, *, accepted: bool, reason: str, actor: Actor, now: datetime
) -> None:
    if not reason.strip():
        raise BadInput("Podaj powód (--reason); przeczytają go osoby, do których napiszemy.")
    assert answer.id is not None
    session.add(
        CounterVerdict(
            area=answer.area,
            answer_id=answer.id,
            accepted=accepted,
            reason=reason.strip(),
            given_at=now,
            given_by=actor.login,
        )
    )
    note(
        session,
        f"invitation/{answer.invitation_id}",
        happened=Happened.COUNTER_ACCEPTED if accepted else Happened.COUNTER_DECLINED,
        actor=actor,
        now=now,
        area=answer.area,
        facts={"answer": answer.id},
    )
    if answer.mail_id is not None and find_mail(session, answer.mail_id).state is MailState.WAITING:
        done = "Przyjęto propozycję terminu." if accepted else "Nie przyjęto propozycji terminu; odpisano."
        settle_mail(session, answer.mail_id, reason=done, actor=actor, now=now)


def _day_of(answer: InvitationAnswer) -> date | None:
    told = answer.proposed.get("instead_of")
    return date.fromisoformat(told) if told else None
