"""Letters to institutions: the same outbox, the same key and states as for people, to the official address."""

from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.channels import WAITING, turn
from flows.steps.outbox import carried_by, compose
from models.actor import Actor
from models.events import Happened
from models.project import ProjectDefinition
from models.tables import Institution, Message
from models.tables.outbox import Channel, MessageState
from models.transitions import move
from templates.letters.frame import Letter

_LEAVES = frozenset({MessageState.DUE, MessageState.DELAYED, MessageState.PRINTED})
"""Would go to its address without anybody looking at it again."""


def letter_to(
    session: Session,
    institution: Institution,
    event: str,
    letter: Letter,
    *,
    subject_ref: str,
    area: str,
    occasion: str,
    actor: Actor,
    now: datetime,
    draft: bool = False,
    contradicts: str = "",
    not_after: datetime | None = None,
    definition: ProjectDefinition,
) -> Message | None:
    """A letter to an institution, not yet added; ``None`` when one with the same key exists already.

    It begins with „Szanowni Państwo”: give the letter no sex. Without an address it waits until somebody enters one
    (``nabor unit set``). ``area`` is that of the matter, so whoever looks after the matter sees the letter.
    """
    return compose(
        session,
        event,
        letter,
        subject_ref=subject_ref,
        area=area,
        occasion=occasion,
        actor=actor,
        now=now,
        institution=institution,
        draft=draft,
        contradicts=contradicts,
        not_after=not_after,
        definition=definition,
    )


def turn_waiting(
    session: Session, institution: Institution, *, before: tuple[Channel, str], actor: Actor, now: datetime
) -> int:
    """What waits for the institution goes to the address that is known now. Returns how many letters were turned.

    Without one it waits until somebody enters one. What an officer has sent elsewhere than ``before`` (the channel and
    the address as they were) stays as it is. What was merged turns with the message that carries it.
    """
    recipient = institution.recipient
    if (institution.channel, recipient) == before:
        return 0
    rows = session.exec(
        select(Message)
        .where(Message.institution_id == institution.id, col(Message.state).in_(WAITING))
        .order_by(col(Message.id))
    ).all()
    turned = 0
    for row in rows:
        addressed_by_hand = row.edited_by and row.recipient and (row.channel, row.recipient) != before
        if (row.channel, row.recipient) == (institution.channel, recipient) or addressed_by_hand:
            continue
        for one in carried_by(session, row):
            one.channel, one.recipient = institution.channel, recipient
            session.add(one)
        turn(session, row, institution.channel, recipient, actor=actor, now=now)
        if not recipient and row.state in _LEAVES:
            move(session, row, MessageState.UNADDRESSED, happened=Happened.MESSAGE_UNADDRESSED, actor=actor, now=now)
        turned += 1
    return turned
