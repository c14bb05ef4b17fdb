"""Letters about a meeting to one person each, with the calendar file that goes along (RFC 5546).

An invitation keeps its UID for ever. Whoever was told of an earlier version gets an update that says what is
different from what *they* were told; whoever was not gets an invitation, as if nothing had changed.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.invitation_links import LinkAnswer, link_of, token_of
from flows.steps.meetings import days_of, facts_told, next_day_of, present_facts
from flows.steps.outbox import compose, office_block, sex_of
from flows.steps.people import full_name
from flows.steps.projects import definition_of
from models.actor import Actor
from models.attendance_rules import DeclineOffers
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.working_days import add_working_days, working_days_before
from models.tables import Application, Group, Invitation, Meeting, MeetingDay, Membership, Message, Person
from models.tables.meetings import ANSWERS, InvitationRole, InvitationState
from models.tables.outbox import MessageState
from models.transitions import note, reference
from templates.calendar import meeting_invitation
from templates.letters.frame import MeetingLetter
from templates.letters.meetings import (
    CounterDeclinedLetter,
    InvitationCancelLetter,
    InvitationLetter,
    InvitationSubstituteLetter,
    InvitationUpdateLetter,
    InvitationWithdrawnLetter,
)
from templates.meeting_changes import MeetingFacts, change_sentences

INVITING = ("invitation", "invitation_update", "invitation_substitute", "counter_declined")
"""Letters that carry a request: whoever got one knows of the meeting as it stood then."""
MAY_HAVE_LEFT = (MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN)
_SEQUENCE = re.compile(r":sequence-(\d+)(?:-\d+)?$")
_BACK = "Spotkanie odbędzie się jednak tak, jak podaliśmy wcześniej."
_PARTSTAT: dict[InvitationState, Literal["ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED"]] = {
    InvitationState.ACCEPTED: "ACCEPTED",
    InvitationState.TENTATIVE: "TENTATIVE",
    InvitationState.DECLINED: "DECLINED",
    InvitationState.DELEGATED: "DELEGATED",
}
Why = Literal["left_group", "member_comes", "meeting_moved", "application_withdrawn", "other_person", "change_off"]


def invited_application(session: Session, invitation: Invitation) -> Application:
    """Whose invitation it is: a member's by the seat, a substitute's or a successor's by the application."""
    if invitation.membership_id is None:
        return session.get_one(Application, invitation.application_id)
    membership = session.get_one(Membership, invitation.membership_id)
    return session.get_one(Application, membership.application_id)


def invited_person(session: Session, invitation: Invitation) -> Person:
    return session.get_one(Person, invited_application(session, invitation).person_id)


def make_members(
    session: Session, invitation: Invitation, meeting: Meeting, membership: Membership, *, actor: Actor, now: datetime
) -> None:
    """Makes the invitation of a substitute or a successor that of the member whom they have become."""
    invitation.membership_id, invitation.role = membership.id, InvitationRole.MEMBER
    session.add(invitation)
    note(
        session,
        reference(invitation),
        happened=Happened.INVITED,
        actor=actor,
        now=now,
        area=meeting.area,
        facts={"meeting": meeting.code},
    )


def invitation_topic(invitation: Invitation) -> str:
    """What letters of one invitation contradict each other under; reminders of the meeting are among them."""
    whom = invitation.membership_id if invitation.application_id is None else f"zgl-{invitation.application_id}"
    return f"meeting/{invitation.meeting_id}/{whom}"


def answer_by(days: Sequence[MeetingDay], now: datetime) -> date:
    """Until when an answer is asked for: three working days before the first day, and not before tomorrow.

    Never after the eve of the meeting, or today when that is the eve.
    """
    first, today = min(day.on for day in days), warsaw_date(now)
    asked = max(working_days_before(first, 3), add_working_days(today, 1))
    return max(min(asked, first - timedelta(days=1)), today)


def told_sequence(session: Session, invitation: Invitation) -> int | None:
    """The newest version of the meeting that the person may have been told of; ``None`` when nothing has left."""
    keys = session.exec(
        select(Message.key).where(
            Message.contradicts == invitation_topic(invitation),
            col(Message.event).in_(INVITING),
            col(Message.state).in_(MAY_HAVE_LEFT),
        )
    ).all()
    return max((int(found[1]) for key in keys if (found := _SEQUENCE.search(key))), default=None)


def last_letter(session: Session, invitation: Invitation) -> MessageState | None:
    """What became of the letter that last asked the person to come."""
    found = session.exec(
        select(Message.state)
        .where(Message.contradicts == invitation_topic(invitation), col(Message.event).in_(INVITING))
        .order_by(col(Message.id).desc())
    ).first()
    return MessageState(found) if found is not None else None


def invite_letter(
    session: Session,
    invitation: Invitation,
    *,
    asks_anew: bool = True,
    reason: str = "",
    answer_url: str = "",
    actor: Actor,
    now: datetime,
) -> Message | None:
    """The request as the meeting stands now: an update for whoever was told of an earlier one, else an invitation."""
    meeting = session.get_one(Meeting, invitation.meeting_id)
    definition = definition_of(session, meeting.project_version_id)
    told = told_sequence(session, invitation)
    common = _common(session, invitation, meeting, definition, answer_url=answer_url, now=now)
    event: str
    letter: InvitationLetter
    if told is not None and told < invitation.sequence:
        changes = change_sentences(facts_told(session, meeting, told), present_facts(session, meeting)) or (_BACK,)
        letter = InvitationUpdateLetter(**common, changes=changes, asks_anew=asks_anew, reason=reason)  # type: ignore[arg-type]
        event = "invitation_update"
    elif invitation.role is InvitationRole.SUBSTITUTE:
        event, letter = "invitation_substitute", InvitationSubstituteLetter(**common)  # type: ignore[arg-type]
    else:
        event, letter = "invitation", InvitationLetter(**common, **_rule_of(definition))  # type: ignore[arg-type]
    return _request(session, invitation, meeting, definition, event, letter, actor=actor, now=now)


def counter_declined_letter(
    session: Session, invitation: Invitation, *, reason: str, answer_url: str, actor: Actor, now: datetime
) -> Message | None:
    """The kind answer to a proposal of other hours that cannot be met, with the request once more."""
    meeting = session.get_one(Meeting, invitation.meeting_id)
    definition = definition_of(session, meeting.project_version_id)
    common = _common(session, invitation, meeting, definition, answer_url=answer_url, now=now)
    letter = CounterDeclinedLetter(**common, reason=reason)  # type: ignore[arg-type]
    return _request(session, invitation, meeting, definition, "counter_declined", letter, actor=actor, now=now)


def cancel_letter(
    session: Session, invitation: Invitation, *, reason: str, new_date_follows: bool, actor: Actor, now: datetime
) -> Message | None:
    """The meeting does not take place: for whoever was told of it."""
    meeting = session.get_one(Meeting, invitation.meeting_id)
    letter = InvitationCancelLetter(
        **_meeting_values(session, invitation, meeting, _known(session, invitation, meeting)),  # type: ignore[arg-type]
        reason=reason,
        new_date_follows=new_date_follows,
    )
    return _cancel(session, invitation, meeting, "invitation_cancel", letter, actor=actor, now=now)


def call_off_letter(
    session: Session, invitation: Invitation, *, why: Why, actor: Actor, now: datetime
) -> Message | None:
    """The meeting takes place without this person: for whoever was told to come."""
    meeting = session.get_one(Meeting, invitation.meeting_id)
    values = _meeting_values(session, invitation, meeting, _known(session, invitation, meeting))
    letter = InvitationWithdrawnLetter(**values, why=why)  # type: ignore[arg-type]
    return _cancel(session, invitation, meeting, "invitation_withdrawn", letter, actor=actor, now=now)


def _known(session: Session, invitation: Invitation, meeting: Meeting) -> MeetingFacts:
    """The meeting as the person was last told of it: what is taken back is that, not what never reached them."""
    told = told_sequence(session, invitation)
    return present_facts(session, meeting) if told is None else facts_told(session, meeting, told)


def _rule_of(definition: ProjectDefinition) -> dict[str, object]:
    rule = definition.decline
    if rule is None or rule.offers is DeclineOffers.NOTHING:
        return {}
    return {"decline_offers": rule.offers.value, "decline_after": rule.after}


def _meeting_values(
    session: Session, invitation: Invitation, meeting: Meeting, facts: MeetingFacts
) -> dict[str, object]:
    return {
        "office": office_block(definition_of(session, meeting.project_version_id)),
        "sex": sex_of(invited_person(session, invitation)),
        "meeting_name": facts.title,
        "days": facts.days,
        "place": facts.place,
    }


def _common(
    session: Session,
    invitation: Invitation,
    meeting: Meeting,
    definition: ProjectDefinition,
    *,
    answer_url: str,
    now: datetime,
) -> dict[str, object]:
    days = days_of(session, meeting)
    until = next_day_of(days, now)
    links = {
        name: link_of(answer_url, token_of(session, invitation, answer, expires_at=until))
        for name, answer in (("accept_link", LinkAnswer.ACCEPTS), ("decline_link", LinkAnswer.DECLINES))
    }
    return {
        **_meeting_values(session, invitation, meeting, present_facts(session, meeting)),
        "group_name": session.get_one(Group, meeting.group_id).name,
        "agenda": tuple(meeting.agenda),
        "kind": meeting.kind,
        "answer_until": answer_by(days, now),
        **links,
    }


def _request(
    session: Session,
    invitation: Invitation,
    meeting: Meeting,
    definition: ProjectDefinition,
    event: str,
    letter: InvitationLetter,
    *,
    actor: Actor,
    now: datetime,
) -> Message | None:
    # Asked for once more after an answer, or with hours that stand: what was answered stays on show.
    answered = _PARTSTAT[invitation.state] if invitation.state in ANSWERS and event == "invitation_update" else None
    return _message(
        session,
        invitation,
        meeting,
        definition,
        event,
        letter,
        method="REQUEST",
        answered=answered,
        actor=actor,
        now=now,
    )


def _cancel(
    session: Session,
    invitation: Invitation,
    meeting: Meeting,
    event: str,
    letter: MeetingLetter,
    *,
    actor: Actor,
    now: datetime,
) -> Message | None:
    definition = definition_of(session, meeting.project_version_id)
    return _message(
        session, invitation, meeting, definition, event, letter, method="CANCEL", answered=None, actor=actor, now=now
    )


def _message(
    session: Session,
    invitation: Invitation,
    meeting: Meeting,
    definition: ProjectDefinition,
    event: str,
    letter: MeetingLetter,
    *,
    method: Literal["REQUEST", "CANCEL"],
    answered: Literal["ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED"] | None,
    actor: Actor,
    now: datetime,
) -> Message | None:
    person = invited_person(session, invitation)
    days = days_of(session, meeting)
    calendar = None
    if person.email:
        calendar = meeting_invitation(
            method,
            letter.days,
            uid=invitation.uid,
            sequence=invitation.sequence,
            now=now,
            summary=letter.meeting_name,
            place=letter.place,
            description="\n".join(meeting.agenda),
            organizer_name=definition.mail.from_name,
            organizer_address=definition.mail.from_address,
            attendee_address=person.email,
            attendee_name=full_name(person),
            answered=answered,
        )
    occasion = f"sequence-{invitation.sequence}"
    nth = 1 + _written(session, event, meeting, person, occasion)
    return compose(
        session,
        event,
        letter,
        subject_ref=reference(meeting),
        area=meeting.area,
        occasion=occasion + (f"-{nth}" if nth > 1 else ""),
        actor=actor,
        now=now,
        person=person,
        calendar=calendar,
        calendar_method=method if calendar else "",
        contradicts=invitation_topic(invitation),
        not_after=next_day_of(days, now),
        definition=definition,
    )


def _written(session: Session, event: str, meeting: Meeting, person: Person, occasion: str) -> int:
    """How often this person was written to in this way about this version of the meeting."""
    begins = f"{event}:{reference(meeting)}:person/{person.id}:{occasion}"
    keys = session.exec(
        select(Message.key).where(
            Message.subject_ref == reference(meeting), Message.event == event, Message.person_id == person.id
        )
    ).all()
    return sum(key == begins or key.startswith(f"{begins}-") for key in keys)
