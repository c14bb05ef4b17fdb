"""Letters about money on its way: that it was paid, and that it came back."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.steps.meetings import day_lines, days_of
from flows.steps.outbox import compose, office_block, sex_of, withdraw_contrary
from flows.steps.projects import definition_of
from models.actor import Actor
from models.project import ProjectDefinition
from models.tables import Meeting, Message, PayBatch, PayBatchItem, Person, Stipend
from templates.letters.frame import MeetingLetter
from templates.letters.pay import StipendPaidLetter, StipendReturnedLetter

SHOWN_DIGITS = 4
"""So many last digits of an account are shown to people."""


def paid_letter(
    session: Session, item: PayBatchItem, stipend: Stipend, *, booked_on: date, actor: Actor, now: datetime
) -> Message | None:
    """The letter that the money was sent, as a row not yet added; ``None`` where the project writes none."""
    withdraw_earlier(session, item, actor=actor, now=now)
    definition = _writing(session, item)
    if definition is None:
        return None
    meeting, person = _about(session, item, stipend)
    letter = StipendPaidLetter(
        office=office_block(definition),
        sex=sex_of(person),
        meeting_name=meeting.title,
        days=day_lines(days_of(session, meeting)),
        place=meeting.place,
        bill_number=stipend.number,
        net=item.amount,
        paid_on=booked_on,
        account_end=item.account[-SHOWN_DIGITS:],
    )
    return _composed(session, "stipend_paid", letter, item, person, definition, actor=actor, now=now)


def returned_letter(
    session: Session, item: PayBatchItem, stipend: Stipend, *, reason: str, actor: Actor, now: datetime
) -> Message | None:
    """The letter that asks for a correct account; one that the money was sent, if it has not left, will not."""
    withdraw_contrary(session, _topic(item), actor=actor, now=now)
    definition = _writing(session, item)
    if definition is None:
        return None
    meeting, person = _about(session, item, stipend)
    letter = StipendReturnedLetter(
        office=office_block(definition),
        sex=sex_of(person),
        meeting_name=meeting.title,
        days=day_lines(days_of(session, meeting)),
        place=meeting.place,
        bill_number=stipend.number,
        account_end=item.account[-SHOWN_DIGITS:],
        reason=reason,
    )
    return _composed(session, "stipend_returned", letter, item, person, definition, actor=actor, now=now)


def withdraw_earlier(session: Session, item: PayBatchItem, *, actor: Actor, now: datetime) -> None:
    """Withdraws what has not left yet about earlier transfers of the same record: it is under way or paid now, so
    nobody is asked for an account any more."""
    earlier = session.exec(
        select(PayBatchItem)
        .where(PayBatchItem.stipend_id == item.stipend_id, col(PayBatchItem.id) < item.id)
        .order_by(col(PayBatchItem.id))
    ).all()
    for one in earlier:
        withdraw_contrary(session, _topic(one), actor=actor, now=now)


def _writing(session: Session, item: PayBatchItem) -> ProjectDefinition | None:
    """The definition that the batch was frozen under, where it asks for letters."""
    definition = definition_of(session, session.get_one(PayBatch, item.batch_id).project_version_id)
    return definition if definition.payments is not None and definition.payments.letters else None


def _about(session: Session, item: PayBatchItem, stipend: Stipend) -> tuple[Meeting, Person]:
    return session.get_one(Meeting, stipend.meeting_id), session.get_one(Person, item.person_id)


def _topic(item: PayBatchItem) -> str:
    return f"transfer/{item.id}"


def _composed(
    session: Session,
    event: str,
    letter: MeetingLetter,
    item: PayBatchItem,
    person: Person,
    definition: ProjectDefinition,
    *,
    actor: Actor,
    now: datetime,
) -> Message | None:
    return compose(
        session,
        event,
        letter,
        subject_ref=f"stipend/{item.stipend_id}",
        area=item.area,
        occasion=f"transfer-{item.id}",
        actor=actor,
        now=now,
        person=person,
        contradicts=_topic(item),
        definition=definition,
    )
