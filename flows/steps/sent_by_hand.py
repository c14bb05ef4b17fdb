"""What left the house by hand, or turned out to have left, and what came back: as whoever saw it says."""

from datetime import date, datetime, time

from sqlmodel import Session

from flows.adapters.clock import WARSAW, warsaw_date
from flows.steps.outbox import find_message
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.tables.outbox import Channel, MessageState
from models.transitions import move

_HANDED_FROM = (
    MessageState.UNADDRESSED,
    MessageState.PRINTED,
    MessageState.KEPT,
    MessageState.UNKNOWN,
    MessageState.BOUNCED,
)
_LONGEST_RECEIPT = 120


def record_handed(
    session: Session, message_id: int, *, on: date | None = None, receipt: str = "", actor: Actor, now: datetime
) -> None:
    """A message was handed over, posted or given to e-Doręczenia; or an *unknown* one turned out to have left.

    Its period runs from the day ``on`` (today by default); ``receipt`` is the number that the post gave for it.
    """
    actor.require(Right.OUTBOX)
    message = find_message(session, message_id)
    if message.state not in _HANDED_FROM:
        raise BadInput(
            "Ręcznie przekazuje się tylko wiadomość bez adresu, wydrukowaną, zachowaną z braku serwera poczty, taką, "
            "która wróciła, albo taką, o której nie wiadomo, czy wyszła."
        )
    message.sent_at = now if on is None or on == warsaw_date(now) else _noon(on)
    if message.sent_at > now or warsaw_date(message.sent_at) < warsaw_date(message.created_at):
        raise BadInput("Dzień doręczenia nie może być późniejszy niż dziś ani wcześniejszy niż dzień napisania.")
    if len(receipt.strip()) > _LONGEST_RECEIPT or not receipt.isprintable():
        raise BadInput(f"Numer nadania to jeden wiersz, najwyżej {_LONGEST_RECEIPT} znaków.")
    message.receipt = receipt.strip()
    session.add(message)
    move(
        session,
        message,
        MessageState.SENT,
        happened=Happened.MESSAGE_SENT,
        actor=actor,
        now=now,
        facts={"by_hand": True, "channel": message.channel, "on": warsaw_date(message.sent_at).isoformat()},
    )


def record_returned(session: Session, message_id: int, *, actor: Actor, now: datetime) -> None:
    """A letter on paper, or by e-Doręczenia, came back: it told nobody, and its period does not run.

    Raises ``BadInput`` for what went by e-mail: the server's own report says that, and is read from the mailbox.
    """
    actor.require(Right.OUTBOX)
    message = find_message(session, message_id)
    if message.state is not MessageState.SENT or message.channel is Channel.EMAIL:
        raise BadInput("Zwrot odnotowuje się tylko dla pisma, które wysłano poza pocztą elektroniczną.")
    message.bounce_status = ""
    session.add(message)
    move(
        session,
        message,
        MessageState.BOUNCED,
        happened=Happened.MESSAGE_BOUNCED,
        actor=actor,
        now=now,
        facts={"by_hand": True, "channel": message.channel},
    )


def confirm_sent(session: Session, message_id: int, *, actor: Actor, now: datetime) -> None:
    """An officer saw an *unknown* message in the mailbox of the office: it had left, and is not sent again."""
    actor.require(Right.OUTBOX)
    message = find_message(session, message_id)
    if message.state is not MessageState.UNKNOWN:
        raise BadInput("Potwierdzić można tylko wiadomość, o której nie wiadomo, czy wyszła.")
    message.sent_at = now
    session.add(message)
    move(
        session,
        message,
        MessageState.SENT,
        happened=Happened.MESSAGE_SENT,
        actor=actor,
        now=now,
        facts={"confirmed_by": actor.login},
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), WARSAW)
