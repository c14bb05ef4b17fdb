"""A mail that answers an invitation: whose it is, whether it is theirs to give, and what became of it."""

from datetime import datetime

from sqlmodel import Session, col, select

from flows.adapters.calendar_reading import CalendarAnswer, FaultyAnswer
from flows.adapters.clock import warsaw
from flows.steps.invitation_answers import Said, take
from flows.steps.mail_words import DELEGATED, remark_of
from flows.steps.meeting_letters import INVITING, invitation_topic, invited_application, invited_person
from flows.steps.meetings import days_of
from models.actor import Actor
from models.rules.invitation_answers import QUIET, AnswerOutcome
from models.tables import Invitation, InvitationAnswer, Meeting, Message, ReceivedMail
from models.tables.meetings import AnswerMethod, AnswerRoad

_NOT_THEIRS = frozenset(
    {AnswerOutcome.UNKNOWN_UID, AnswerOutcome.WRONG_ATTENDEE, AnswerOutcome.WRONG_SENDER, AnswerOutcome.UNREADABLE}
)


def take_mail(
    session: Session,
    mail: ReceivedMail,
    read: CalendarAnswer | FaultyAnswer,
    *,
    answer_url: str,
    actor: Actor,
    now: datetime,
) -> tuple[str, ...]:
    """Takes the answer of a mail that has just been kept. Returns remarks on it for ``flows.steps.mail_words``.

    It counts only when the UID is one of ours (nobody can guess another's), the attendee is the person who was invited,
    and the mail comes from that person's address or from the one that the calendar names as writing for them (SENT-BY).
    """
    invitation = session.exec(select(Invitation).where(Invitation.uid == read.uid)).first() if read.uid else None
    refused = read.why if isinstance(read, FaultyAnswer) else None
    if invitation is None:
        outcome = refused or AnswerOutcome.UNKNOWN_UID
        session.add(_unmatched(mail, read, outcome, actor=actor, now=now))
        session.flush()
        return (remark_of(outcome),)
    if isinstance(read, CalendarAnswer):
        refused = _refusal(session, invitation, read, mail.sender)
    mail.area = invitation.area
    if refused not in _NOT_THEIRS:
        mail.application_id = invited_application(session, invitation).id
    session.add(mail)
    outcome = take(
        session,
        invitation,
        _said(session, invitation, read, mail, now=now),
        road=AnswerRoad.MAIL,
        mail_id=mail.id,
        refused=refused,
        answer_url=answer_url,
        actor=actor,
        now=now,
    )
    delegated = outcome is AnswerOutcome.TAKEN and isinstance(read, CalendarAnswer) and read.partstat == "DELEGATED"
    remarks = () if outcome in QUIET else (remark_of(outcome),)
    return (*remarks, DELEGATED) if delegated else remarks


def _refusal(
    session: Session, invitation: Invitation, read: CalendarAnswer, sender: str | None
) -> AnswerOutcome | None:
    if read.attendee not in _addresses(session, invitation):
        return AnswerOutcome.WRONG_ATTENDEE
    writer = (sender or "").casefold()
    if not writer or writer not in {read.attendee, read.sent_by}:
        return AnswerOutcome.WRONG_SENDER
    if read.method is AnswerMethod.COUNTER and (read.starts is None or read.ends is None or read.ends <= read.starts):
        return AnswerOutcome.UNREADABLE
    return None


def _addresses(session: Session, invitation: Invitation) -> set[str]:
    """Where invitations to this person went, and the address that stands in the register now."""
    recipients = session.exec(
        select(Message.recipient).where(
            Message.contradicts == invitation_topic(invitation), col(Message.event).in_(INVITING)
        )
    ).all()
    known = {*recipients, invited_person(session, invitation).email or ""}
    return {address.casefold() for address in known if address}


def _said(
    session: Session,
    invitation: Invitation,
    read: CalendarAnswer | FaultyAnswer,
    mail: ReceivedMail,
    *,
    now: datetime,
) -> Said:
    if isinstance(read, FaultyAnswer):
        return Said(read.method, "", invitation.sequence, mail.received_at)
    # A clock that runs ahead must not outvote every later answer: nobody answers after the mail has come.
    stamped_at = min(read.stamped_at or mail.received_at, mail.received_at)
    proposed = None
    if read.method is AnswerMethod.COUNTER and read.starts is not None and read.ends is not None:
        days = days_of(session, session.get_one(Meeting, invitation.meeting_id))
        about = read.instance or (days[0].starts_at if len(days) == 1 else None)
        proposed = {"starts": warsaw(read.starts).isoformat(), "ends": warsaw(read.ends).isoformat()}
        if about is not None:
            proposed["instead_of"] = warsaw(about).date().isoformat()
    return Said(
        method=read.method,
        partstat=read.partstat,
        sequence=read.sequence,
        stamped_at=stamped_at,
        comment=read.comment,
        delegate=read.delegate,
        proposed=proposed,
        one_day=read.instance is not None,
    )


def _unmatched(
    mail: ReceivedMail,
    read: CalendarAnswer | FaultyAnswer,
    outcome: AnswerOutcome,
    *,
    actor: Actor,
    now: datetime,
) -> InvitationAnswer:
    whole = read if isinstance(read, CalendarAnswer) else None
    return InvitationAnswer(
        area=mail.area,
        mail_id=mail.id,
        road=AnswerRoad.MAIL,
        method=read.method,
        partstat=whole.partstat if whole else "",
        sequence=whole.sequence if whole else 0,
        stamped_at=(whole.stamped_at if whole else None) or mail.received_at,
        outcome=outcome,
        comment=whole.comment if whole else "",
        delegate=whole.delegate if whole else "",
        recorded_at=now,
        recorded_by=actor.login,
    )
