"""Delivery: claimed rows of the outbox become mails, each once.

``claimed`` is a lease that may be retaken: making the mail ready, the wait for the rate, the connection, MAIL and RCPT
belong to it, and a no that comes there is certain. ``sending`` is committed when nothing but DATA is left to say;
whoever dies after that leaves the row in ``sending``, and when the lease has run out it becomes ``unknown``: only a
person may say whether it had left. Without a mail server mails are ``kept``: nobody was told, and no period begins.

Messages are claimed a few at a time and carried by a few threads, so that a connection never waits for a mail to be
made or for its end to be written down; each message goes through ``flows.steps.departure`` by itself.
"""

import os
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from flows.adapters.clock import machine_now
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.adapters.smtp import NO_ANSWER, SmtpTransport, TlsMode, Transport
from flows.adapters.smtp_pool import Line, OneTransport, SmtpPool
from flows.steps import departure, mail_accounts
from flows.steps.correction_letters import make_ready
from flows.steps.departure import FIRST_PAUSE, LEASE, Claimed, Ending, LineDown, Ready, Written
from flows.steps.merging import merge_waiting
from models.actor import Actor, Right
from models.errors import DeliveryFailed, DeliveryFault
from models.events import Happened
from models.tables import Message, MessageAttachment
from models.tables.outbox import UNSENT, Channel, MessageState
from models.transitions import Standing, move, move_as_read

__all__ = ["BROKE_OFF", "LEASE", "PORTIONS_A_RUN", "DeliveryCounts", "deliver", "line_of", "transport_of"]

LONGEST_WAIT = timedelta(days=5)
"""How long a message waits for a line that is down before a person must look at it."""
PORTION = 500
"""How many messages one delivery takes at most."""
PORTIONS_A_RUN = 2
"""How many portions a run of the flow sends at most."""
_HELPERS = 2
"""How many more mails are worked on than there are connections: these are being made, or written down."""
_TIMEOUT = 60
"""Seconds for each answer of the server."""
_TEXT_TIMEOUT = 300
"""Seconds for the server's answer to a text; less would make doubts of slow servers, more would outlast the lease."""
_CLAIMED_AT_ONCE = 50


@dataclass(frozen=True)
class DeliveryCounts:
    """What became of the mails of one delivery. ``remaining`` are due and were not reached."""

    sent: int = 0
    delayed: int = 0
    refused: int = 0
    unknown: int = 0
    remaining: int = 0
    kept: int = 0
    """Laid by in the store, because the office has no mail server."""
    expired: int = 0
    """Worthless by now, such as invitations to what has begun."""
    stopped: int = 0
    """Due, but the office's settings stop all mail."""
    down: DeliveryFault | None = field(default=None, compare=False)
    """Why the delivery broke off, if it did: trying again at once makes no sense."""

    def __add__(self, other: "DeliveryCounts") -> "DeliveryCounts":
        tallies = [one.name for one in fields(self) if one.name != "down"]
        summed = {name: getattr(self, name) + getattr(other, name) for name in tallies}
        last = {"remaining": other.remaining, "stopped": other.stopped, "down": other.down or self.down}
        return DeliveryCounts(**{**summed, **last})

    @property
    def moved(self) -> int:
        """How many messages are no longer where they were."""
        return self.sent + self.delayed + self.refused + self.unknown + self.kept + self.expired


class KeptInStore:
    """The transport of an office without SMTP: mails stay in the encrypted store, and that is said."""

    @property
    def delivers(self) -> bool:
        return False

    def open_envelope(self, sender: str, recipient: str, *, envelope_id: str = "") -> None:
        """There is nobody to ask."""

    def hand_over(self, data: bytes) -> str:
        raise DeliveryFailed(NO_ANSWER, "Biuro nie ma ustawionego serwera poczty.", temporary=True)

    def drop_envelope(self) -> None:
        """There is none."""

    def describe(self) -> str:
        return "brak SMTP: wiadomości zapisano w zaszyfrowanym magazynie (nabor office export), nie wysłano"


@contextmanager
def transport_of(settings: Settings) -> Iterator[Transport]:
    """A single transport that the settings name, with a rate limit of its own."""
    if not settings.smtp_host:
        yield KeptInStore()
        return
    with _transport(settings, per_minute=settings.smtp_rate_per_minute) as transport:
        yield transport


@contextmanager
def line_of(settings: Settings) -> Iterator[Line]:
    """The way out that the settings name: so many connections as they allow. Its rate is kept by slots."""
    if not settings.smtp_host:
        yield OneTransport(KeptInStore())
        return
    with SmtpPool(lambda: _transport(settings, own_thread=False), settings.smtp_connections) as pool:
        yield pool


def _transport(settings: Settings, *, per_minute: int | None = None, own_thread: bool = True) -> SmtpTransport:
    return SmtpTransport(
        settings.smtp_host,
        settings.smtp_port,
        tls=TlsMode(settings.smtp_security),
        username=settings.smtp_user or None,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        timeout=_TIMEOUT,
        text_timeout=_TEXT_TIMEOUT,
        per_minute=per_minute,
        redirect_to=settings.mail_redirect or None,
        allow_reserved=settings.smtp_allow_reserved,
        own_thread=own_thread,
    )


def deliver(
    office: Office,
    *,
    actor: Actor,
    limit: int = PORTION,
    transport: Transport | None = None,
    line: Line | None = None,
) -> DeliveryCounts:
    """Sends up to ``limit`` due messages, each with the documents that belong to it.

    Over the ``line`` (by default the one of the settings) with the account's rate kept together with whoever else
    sends; over a single ``transport``, if one is given, one by one.
    """
    actor.require(Right.DELIVER)
    make_ready(office, actor=actor)
    settings = office.settings
    with office.writing(actor) as session:
        unknown = _give_up_on_lost(session, actor=actor, now=office.now())
        expired = _expire(session, actor=actor, now=office.now())
        mail_accounts.note_stop(session, stopped=settings.mail_stopped, now=office.now())
        if not settings.mail_stopped:
            merge_waiting(session, grace=_grace(office), actor=actor, now=office.now())
        due = _count_due(session, office)
    counts = DeliveryCounts(unknown=unknown, expired=expired)
    if settings.mail_stopped:
        return counts + DeliveryCounts(stopped=due)
    if not due:
        return counts
    if transport is not None:
        counts += _Journey(office, actor, OneTransport(transport), None).one_by_one(limit)
    else:
        with nullcontext(line) if line is not None else line_of(settings) as way:
            account = mail_accounts.account_of(settings) if way.delivers else None
            journey = _Journey(office, actor, way, account)
            counts += journey.side_by_side(limit) if way.connections > 1 else journey.one_by_one(limit)
    with office.reading(actor) as session:
        return counts + DeliveryCounts(remaining=_count_due(session, office))


@dataclass
class _Journey:
    """One delivery under way."""

    office: Office
    actor: Actor
    line: Line
    account: str | None
    """Whose rate is kept; ``None``: the transport keeps its own, or there is none."""
    ended: Counter[MessageState] = field(default_factory=Counter)
    back: list[Written] = field(default_factory=list)
    down: DeliveryFault | None = None
    """Why nobody sends any more."""
    _halt: threading.Event = field(default_factory=threading.Event)
    _troubled: bool = False

    def one_by_one(self, limit: int) -> DeliveryCounts:
        """In this thread, in the order of the outbox."""
        self._begin()
        while limit > 0 and not self.down:
            claimed, next_at = self._claim(min(limit, _CLAIMED_AT_ONCE))
            if not claimed and not self._waited(next_at):
                break
            limit -= len(claimed)
            for written in claimed:
                self._carry(written)
        return self._end()

    def side_by_side(self, limit: int) -> DeliveryCounts:
        """In a few threads. What one of them trips over ends the journey and is raised here."""
        self._begin()
        at_once = self.line.connections + _HELPERS
        running: set[Future[None]] = set()
        with ThreadPoolExecutor(at_once, thread_name_prefix="nabor-deliver") as threads:
            try:
                while limit > 0 and not self.down:
                    claimed, next_at = self._claim(min(limit, 2 * at_once))
                    if not claimed and not self._waited(next_at):
                        break
                    limit -= len(claimed)
                    running |= {threads.submit(self._carry, one) for one in claimed}
                    while len(running) > at_once:
                        running = self._some_done(running)
                while running:
                    running = self._some_done(running)
            finally:
                self._halt.set()
        return self._end()

    def _some_done(self, running: set[Future[None]]) -> set[Future[None]]:
        done, going_on = wait(running, return_when=FIRST_COMPLETED)
        for one in done:
            one.result()
        return going_on

    def _begin(self) -> None:
        if self.account is not None:
            with self.office.reading(self.actor) as session:
                self._troubled = mail_accounts.was_troubled(session, self.account)

    def _end(self) -> DeliveryCounts:
        if self.back:
            self._put_back()
        ended = self.ended
        return DeliveryCounts(
            sent=ended[MessageState.SENT],
            delayed=ended[MessageState.DELAYED] + len(self.back),
            refused=ended[MessageState.REFUSED],
            unknown=ended[MessageState.UNKNOWN],
            kept=ended[MessageState.KEPT],
            expired=ended[MessageState.EXPIRED],
            down=self.down,
        )

    def _claim(self, wanted: int) -> tuple[list[Written], datetime | None]:
        """Takes a lease on due messages, as many as there are slots; rows that another worker is just taking are left
        to it. Also says when there will be a slot if there is none now."""
        office, token = self.office, f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"
        with office.writing(self.actor) as session:
            now = office.now()
            due = select(Message.id, Message.area, Message.state).where(*_due(office)).order_by(col(Message.id))
            found = session.exec(due.limit(wanted).with_for_update(skip_locked=True)).all()
            rows = [Standing(number, area, MessageState(state)) for number, area, state in found if number is not None]
            if not rows:
                return [], None
            slots: Sequence[datetime | None] = [None] * len(rows)
            next_at = None
            if self.account is not None:
                pace = mail_accounts.take_slots(
                    session, self.account, len(rows), per_minute=office.settings.smtp_rate_per_minute
                )
                slots, next_at = pace.slots, pace.next_at
                rows = rows[: len(slots)]
            if rows:
                taken = move_as_read(
                    session,
                    Message,
                    rows,
                    MessageState.CLAIMED,
                    happened=Happened.MESSAGE_CLAIMED,
                    actor=self.actor,
                    now=now,
                    setting={"claimed_by": token, "claimed_until": now + LEASE},
                )
                assert taken, "they were locked"
        claims = [Claimed(row.id, token, slot) for row, slot in zip(rows, slots, strict=True)]
        return departure.read(office, claims, actor=self.actor), next_at

    def _waited(self, until: datetime | None) -> bool:
        """Waits until there are slots again. Returns whether there is anything to wait for."""
        if until is None:
            return False
        self._pause((until - machine_now()).total_seconds())
        return not self._halt.is_set()

    def _carry(self, written: Written) -> None:
        """One message from its claim to its end. Touches nothing of the others but the tallies of the journey."""
        if self.down is not None:
            self.back.append(written)
            return
        ready = departure.make_ready(self.office, written, actor=self.actor)
        ended = ready if not isinstance(ready, Ready) else self._on_its_way(ready)
        if ended is not None:
            self.ended[ended] += 1

    def _on_its_way(self, ready: Ready) -> MessageState | None:
        try:
            self._wait_for(ready.claim.slot)
            ending = self._left(ready)
        except LineDown as line:
            self._give_way(line.fault)
            self.back.append(ready.written)
            return None
        finally:
            # Gone already when the mail was kept.
            self.office.files.drop_draft(ready.written.draft.stored_as)
        if not isinstance(ending, Ending):
            return ending
        state = departure.settle(self.office, ready.written, ending, actor=self.actor)
        if state is MessageState.SENT and self._troubled and self.account is not None:
            self._troubled = False
            mail_accounts.all_well(self.office, self.account, actor=self.actor)
        return state

    def _left(self, ready: Ready) -> Ending | MessageState | None:
        with self.line.lend() as transport:
            if self.down is not None:
                raise LineDown(self.down)
            if self.account is not None and mail_accounts.too_late(ready.claim.slot):
                self._wait_anew(self.account)
            return departure.leave(self.office, ready, transport, actor=self.actor)

    def _wait_anew(self, account: str) -> None:
        """The slot went by while the server was busy with others: another one, so that no minute sees too many."""
        while True:
            with self.office.writing(self.actor) as session:
                pace = mail_accounts.take_slots(
                    session, account, 1, per_minute=self.office.settings.smtp_rate_per_minute
                )
            self._wait_for(pace.slots[0] if pace.slots else pace.next_at)
            if pace.slots:
                return

    def _wait_for(self, slot: datetime | None) -> None:
        """Raises ``LineDown`` when the journey is over before the slot comes."""
        left = (slot - machine_now()).total_seconds() if slot is not None else 0.0
        if left > 0:
            self._pause(left)
        if self.down is not None or self._halt.is_set():
            raise LineDown(self.down or DeliveryFault.LINE)

    def _pause(self, seconds: float) -> None:
        """Waits, unless the journey is over before."""
        self._halt.wait(max(0.0, seconds))

    def _give_way(self, fault: DeliveryFault) -> None:
        """Nobody begins another mail; the first to say why is heard."""
        if self.down is None:
            self.down = fault
            self._halt.set()
            if self.account is not None and fault is DeliveryFault.RATE:
                mail_accounts.slow_down(self.office, self.account, actor=self.actor)
            elif self.account is not None and fault in _FOR_THE_OFFICE:
                mail_accounts.note_trouble(self.office, self.account, fault, actor=self.actor)

    def _put_back(self) -> None:
        """It was not these messages' fault: all wait for the line, and no try is counted."""
        office, now = self.office, self.office.now()
        with office.writing(self.actor) as session:
            for written in sorted(self.back, key=lambda one: one.claim.id):
                message = session.get_one(Message, written.claim.id, with_for_update=True)
                on_the_way = message.state in (MessageState.CLAIMED, MessageState.SENDING)
                if not on_the_way or message.claimed_by != written.claim.token:
                    continue
                too_old = now - message.created_at > LONGEST_WAIT
                message.attempts, message.not_before = written.attempts, now + FIRST_PAUSE
                session.add(message)
                state = MessageState.REFUSED if too_old else MessageState.DELAYED
                move(
                    session,
                    message,
                    state,
                    happened=departure.HAPPENED[state],
                    actor=self.actor,
                    now=now,
                    facts={"code": _SAID.get(self.down, "line_down")},
                )


_FOR_THE_OFFICE = frozenset({DeliveryFault.LOGIN, DeliveryFault.ENCRYPTION})
BROKE_OFF: Mapping[DeliveryFault, str] = {
    DeliveryFault.LINE: "Serwer poczty nie odpowiada; wiadomości poczekają na następną próbę.",
    DeliveryFault.LOGIN: "Serwer nie przyjął loginu lub hasła (NABOR_SMTP_USER, NABOR_SMTP_PASSWORD).",
    DeliveryFault.ENCRYPTION: "Nie udało się szyfrowane połączenie: sprawdź certyfikat serwera i NABOR_SMTP_SECURITY.",
    DeliveryFault.RATE: "Serwer każe zwolnić; reszta wyjdzie później.",
}
"""Why a delivery broke off, for the officer."""
_SAID: Mapping[DeliveryFault | None, str] = {
    DeliveryFault.LOGIN: "login",
    DeliveryFault.ENCRYPTION: "encryption",
    DeliveryFault.RATE: "rate",
}
"""What an event says of a message that went back to wait; else that the line is down."""


def _grace(office: Office) -> timedelta:
    return timedelta(minutes=office.settings.outbox_grace_minutes)


def _due(office: Office) -> tuple[ColumnElement[bool], ...]:
    """Whose time has come: what waited long enough, and what a lease that ran out left behind."""
    now = office.now()
    grace = _grace(office)
    unmade = select(MessageAttachment.message_id).where(col(MessageAttachment.issued_document_id).is_(None))
    return (
        col(Message.id).not_in(unmade),
        col(Message.channel) == Channel.EMAIL,
        or_(
            and_(
                col(Message.state).in_((MessageState.DUE, MessageState.DELAYED)),
                col(Message.not_before) <= now,
                col(Message.created_at) <= now - grace,
            ),
            and_(col(Message.state) == MessageState.CLAIMED, col(Message.claimed_until) < now),
        ),
    )


def _count_due(session: Session, office: Office) -> int:
    return session.exec(select(func.count(col(Message.id))).where(*_due(office))).one()


def _give_up_on_lost(session: Session, *, actor: Actor, now: datetime) -> int:
    rows = session.exec(
        select(Message)
        .where(Message.state == MessageState.SENDING, col(Message.claimed_until) < now)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        move(session, row, MessageState.UNKNOWN, happened=Happened.MESSAGE_UNKNOWN, actor=actor, now=now)
    return len(rows)


def _expire(session: Session, *, actor: Actor, now: datetime) -> int:
    """What is worthless by now will not leave any more, wherever it waits."""
    rows = session.exec(
        select(Message)
        .where(col(Message.state).in_(UNSENT), col(Message.not_after) <= now)
        .order_by(col(Message.id))
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        move(session, row, MessageState.EXPIRED, happened=Happened.MESSAGE_EXPIRED, actor=actor, now=now)
    return len(rows)
