"""What leaves: which messages go out by a moment if nobody does anything, and which wait for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models.tables import Message
from models.tables.outbox import Channel, MessageState

_GOES_BY_ITSELF = (MessageState.DUE, MessageState.DELAYED, MessageState.CLAIMED)


@dataclass(frozen=True)
class Leaving:
    """One message that leaves by itself, and when it may at the earliest."""

    message: Message
    at: datetime


@dataclass(frozen=True)
class Outgoing:
    """The outbox as it stands before a day: what leaves, and what stays until somebody acts."""

    leaving: tuple[Leaving, ...]
    drafts: tuple[Message, ...]
    """Wait for consent."""
    to_print: tuple[Message, ...]
    """Go on paper or by e-Doręczenia and were not produced yet."""
    printed: tuple[Message, ...]
    """Were produced, and nobody has confirmed that they went."""
    stuck: tuple[Message, ...]
    """Need a person: no address, held, refused, nobody knows."""


def outgoing(session: Session, *, until: datetime, grace: timedelta) -> Outgoing:
    """What leaves until then (``grace``: how long a message waits to be looked at), in the order of leaving."""
    rows = session.exec(
        select(Message)
        .where(col(Message.state).in_((*_GOES_BY_ITSELF, *_WAITS_FOR_SOMEBODY)))
        .order_by(col(Message.id))
    ).all()
    by_itself = [row for row in rows if row.state in _GOES_BY_ITSELF and row.channel is Channel.EMAIL]
    leaving = [Leaving(row, max(row.not_before, row.created_at + grace)) for row in by_itself]
    return Outgoing(
        leaving=tuple(sorted((one for one in leaving if one.at <= until), key=lambda one: (one.at, one.message.id))),
        drafts=_in(rows, MessageState.DRAFT),
        to_print=tuple(row for row in _in(rows, MessageState.DUE) if row.channel is not Channel.EMAIL),
        printed=_in(rows, MessageState.PRINTED),
        stuck=_in(rows, *_STUCK),
    )


_STUCK = (
    MessageState.UNADDRESSED,
    MessageState.HELD,
    MessageState.REFUSED,
    MessageState.UNKNOWN,
    MessageState.KEPT,
    MessageState.EXPIRED,
)
_WAITS_FOR_SOMEBODY = (MessageState.DRAFT, MessageState.PRINTED, *_STUCK)


def _in(rows: Sequence[Message], *states: MessageState) -> tuple[Message, ...]:
    return tuple(row for row in rows if row.state in states)
