"""How a person is written to: by e-mail, by e-Doręczenia or on paper, as an officer has noted it."""

import re
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.addresses import confirmed_address
from flows.steps.applications import find_application
from flows.steps.outbox import CONFIRMED_ONLY
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.tables import Application, Message, Person
from models.tables.outbox import UNSENT, Channel, MessageState
from models.transitions import move, note, reference

_EDORECZENIA = re.compile(r"AE:PL-\d{5}-\d{5}-[A-Z]{5}-\d{2}")
"""How addresses for electronic delivery look (act on electronic delivery of 2020, art. 25)."""
WAITING = tuple(UNSENT - {MessageState.CLAIMED})
"""States of what may still go another way."""
_LONGEST = 300


def choose_channel(
    session: Session, number: str, channel: Channel, *, address: str, reason: str, actor: Actor, now: datetime
) -> int:
    """Notes how the person of an application wants to be written to; what still waits goes that way, too.

    Returns how many waiting messages were turned. Raises ``BadInput`` for an address that the channel cannot use, or
    without a reason.
    """
    actor.require(Right.OUTBOX)
    application = find_application(session, number)
    actor.require(Right.OUTBOX, area=application.area)
    if not reason.strip():
        raise BadInput("Zmiana sposobu doręczania wymaga uzasadnienia (--reason), na przykład „prośba na piśmie”.")
    wanted = checked_address(channel, address)
    person = session.get_one(Person, application.person_id, with_for_update=True)
    person.channel, person.channel_address = channel, wanted
    session.add(person)
    note(
        session,
        reference(application),
        happened=Happened.CHANNEL_CHOSEN,
        actor=actor,
        now=now,
        area=application.area,
        facts={"channel": channel},
    )
    return _turn(session, application, person, actor=actor, now=now)


def checked_address(channel: Channel, address: str) -> str | None:
    """The address as the channel writes it; ``None`` for e-mail, where the candidate's own address counts."""
    lines = [" ".join(line.split()) for line in address.splitlines()]
    told = "\n".join(line for line in lines if line)
    if len(told) > _LONGEST or not all(letter == "\n" or letter.isprintable() for letter in told):
        raise BadInput("Adres jest za długi albo zawiera znaki, których nie da się wydrukować.")
    match channel:
        case Channel.EMAIL:
            if told:
                raise BadInput("Adres e-mail zmienia się w zgłoszeniu (nabor application set), nie tutaj.")
            return None
        case Channel.EDORECZENIA:
            if not _EDORECZENIA.fullmatch(told):
                raise BadInput("Adres do doręczeń elektronicznych ma postać AE:PL-12345-67890-ABCDE-12.")
        case Channel.PAPER:
            if len(told) < 5:
                raise BadInput("Proszę podać adres do korespondencji (--address): ulicę z numerem, kod i miejscowość.")
    return told


def _turn(session: Session, application: Application, person: Person, *, actor: Actor, now: datetime) -> int:
    """Messages that wait go by the channel of the person. Returns how many were turned."""
    rows = session.exec(
        select(Message).where(Message.person_id == person.id, col(Message.state).in_(WAITING)).order_by(col(Message.id))
    ).all()
    turned = 0
    for row in rows:
        recipient = person.channel_address or ""
        if person.channel is Channel.EMAIL:
            confirmed = confirmed_address(session, application)
            recipient = (confirmed.address if confirmed else "") if row.event in CONFIRMED_ONLY else person.email or ""
        same_way = row.channel is person.channel and (person.channel is Channel.EMAIL or row.recipient == recipient)
        if not recipient or same_way:
            continue  # it goes on waiting as it is: nothing changes for it, or no other way is open to it
        turn(session, row, person.channel, recipient, actor=actor, now=now)
        turned += 1
    return turned


def turn(session: Session, message: Message, channel: Channel, recipient: str, *, actor: Actor, now: datetime) -> None:
    """Has a waiting message go another way, to another address; without one (``""``) its state stays as it is."""
    message.channel, message.recipient = channel, recipient
    session.add(message)
    note(
        session,
        reference(message),
        happened=Happened.MESSAGE_EDITED,
        actor=actor,
        now=now,
        area=message.area,
        facts={"changed": ["channel", "recipient"]},
    )
    # What was printed for another address is printed anew.
    if recipient and message.state in (MessageState.UNADDRESSED, MessageState.PRINTED):
        move(session, message, MessageState.DUE, happened=Happened.MESSAGE_RELEASED, actor=actor, now=now)
