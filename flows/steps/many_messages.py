"""What an officer does to several messages at once: each is judged by itself, and told why it was left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session, col, select

from models.actor import Actor, Right
from models.errors import BadInput, IllegalMove, NotFound
from models.tables import Message
from models.tables.outbox import MessageState

RELEASED_TOGETHER = (MessageState.DRAFT, MessageState.HELD)
"""What „all” releases: whatever else waits needs to be looked at one by one."""
HELD_TOGETHER = (MessageState.DUE, MessageState.DELAYED)


class Act(Protocol):
    def __call__(self, session: Session, message_id: int, *, actor: Actor, now: datetime) -> None: ...


@dataclass(frozen=True)
class Left:
    """A message that nothing was done to, and why, as a Polish sentence."""

    message_id: int
    why: str


@dataclass(frozen=True)
class Acted:
    done: tuple[int, ...]
    left: tuple[Left, ...]


def chosen(
    session: Session,
    ids: Sequence[int],
    *,
    all_in: Sequence[MessageState] = (),
    event: str = "",
    about: str = "",
    actor: Actor,
) -> list[int]:
    """The messages that were named, or those in the given states, of an event or about something.

    Raises ``BadInput`` when nothing, or both, was said.
    """
    actor.require(Right.OUTBOX)
    if ids and (all_in or event or about):
        raise BadInput("Podaj numery wiadomości albo wybór (--all, --event, --about), nie jedno i drugie.")
    if ids:
        return list(dict.fromkeys(ids))
    if not (all_in or event or about):
        raise BadInput("Podaj numery wiadomości albo wybór: --all, --event ZDARZENIE lub --about SPRAWA.")
    query = select(Message.id).order_by(col(Message.id))
    if all_in:
        query = query.where(col(Message.state).in_(all_in))
    if event:
        query = query.where(Message.event == event)
    if about:
        query = query.where(Message.subject_ref == about)
    return [row for row in session.exec(query).all() if row is not None]


def act_on(session: Session, ids: Sequence[int], act: Act, *, actor: Actor, now: datetime) -> Acted:
    """Does one thing to each message. What it is not allowed for is left, and the others go on."""
    done, left = [], []
    for message_id in ids:
        try:
            with session.begin_nested():
                act(session, message_id, actor=actor, now=now)
        except (BadInput, IllegalMove, NotFound) as refused:
            left.append(Left(message_id, str(refused)))
        else:
            done.append(message_id)
    return Acted(tuple(done), tuple(left))
