"""The account at the mail server: how many mails a minute it allows, when it wants to be left alone, what is wrong.

The server counts by its own clock, so everything here goes by the computer's, whatever time the office lives at. A slot
is leave to send one mail, written down when the message is claimed: several workers, and an officer who sends by hand,
queue at the row of their account and together stay within the limit.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from flows.adapters.clock import machine_now
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from models.actor import Actor
from models.errors import DeliveryFault
from models.tables import MailAccount, MailSlot, StoreNote

MINUTE = timedelta(seconds=60)
TOLERANCE = timedelta(seconds=1)
"""How much later than its slot a mail may begin. Whoever is later needs another slot, or two minutes would overlap."""
HORIZON = timedelta(seconds=20)
"""How far ahead a slot may lie for a message to be claimed for it: far within the lease."""
_KEPT = timedelta(hours=1)
_FIRST_REST = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=1)
STOPPED = "mail_stopped_since"


@dataclass(frozen=True)
class Pace:
    """Slots to send at, and when the next one comes within reach if there were fewer than asked for."""

    slots: Sequence[datetime]
    next_at: datetime | None = None


def account_of(settings: Settings) -> str:
    """The account's name in the database: a digest of server and user."""
    whose = f"{settings.smtp_host}:{settings.smtp_port}\n{settings.smtp_user}".lower()
    return hashlib.sha256(whose.encode()).hexdigest()[:32]


def take_slots(session: Session, account: str, wanted: int, *, per_minute: int) -> Pace:
    """Writes down up to ``wanted`` slots, none further ahead than ``HORIZON``. The account is locked until the end of
    the transaction, so nobody else takes the same ones."""
    row = _locked(session, account)
    now = machine_now()
    window = MINUTE + TOLERANCE
    recent = select(func.count(col(MailSlot.id)), func.max(col(MailSlot.at))).where(
        MailSlot.account == account, col(MailSlot.at) > now - window
    )
    taken, last = session.exec(recent).one()
    earliest = max(one for one in (now, last, row.not_before) if one is not None)
    before: list[datetime] = []
    if taken + wanted > per_minute or earliest > now:
        before = list(
            session.exec(
                select(MailSlot.at)
                .where(MailSlot.account == account)
                .order_by(col(MailSlot.at).desc())
                .limit(per_minute)
            ).all()
        )[::-1]
    slots: list[datetime] = []
    next_at = None
    for _ in range(wanted):
        one_minute_ago = before[-per_minute] + window if len(before) >= per_minute else earliest
        at = max(earliest, one_minute_ago)
        if at > now + HORIZON:
            next_at = at - HORIZON
            break
        slots.append(at)
        before.append(at)
    session.add_all([MailSlot(account=account, at=at) for at in slots])
    if slots:
        session.execute(delete(MailSlot).where(col(MailSlot.account) == account, col(MailSlot.at) < now - _KEPT))
    session.flush()
    return Pace(slots, next_at)


def too_late(slot: datetime | None) -> bool:
    """Whether so much time went by since the slot that another one is needed."""
    return slot is not None and machine_now() > slot + TOLERANCE


def slow_down(office: Office, account: str, *, actor: Actor) -> timedelta:
    """The server said that we send too much: nobody sends over the account for a while, longer each time in a row."""
    with office.writing(actor) as session:
        row = _locked(session, account)
        now = machine_now()
        rest = min(_FIRST_REST * 2**row.slowdowns, _LONGEST_REST)
        if row.not_before is None or row.not_before < now:
            row.slowdowns = min(row.slowdowns + 1, 10)
            row.not_before = now + rest
        session.add(row)
        return row.not_before - now


def note_trouble(office: Office, account: str, fault: DeliveryFault, *, actor: Actor) -> None:
    """Remembers what the office has to mend, since when it first showed."""
    with office.writing(actor) as session:
        row = _locked(session, account)
        if row.trouble != fault.value:
            row.trouble, row.trouble_since = fault.value, office.now()
            session.add(row)


def all_well(office: Office, account: str, *, actor: Actor) -> None:
    """A mail was taken: whatever was wrong is over."""
    with office.writing(actor) as session:
        row = _locked(session, account)
        row.trouble, row.trouble_since, row.slowdowns = "", None, 0
        session.add(row)


def was_troubled(session: Session, account: str) -> bool:
    """Whether something was wrong with the account when last heard of."""
    row = session.get(MailAccount, account)
    return row is not None and bool(row.trouble or row.slowdowns)


def note_stop(session: Session, *, stopped: bool, now: datetime) -> None:
    """Remembers since when the office's settings stop all mail, or that they no longer do."""
    known = session.get(StoreNote, STOPPED)
    if stopped and known is None:
        session.add(StoreNote(name=STOPPED, value=now.isoformat()))
    elif not stopped and known is not None:
        session.delete(known)
    session.flush()


def stopped_since(session: Session) -> datetime | None:
    """Since when all mail is stopped, if it is."""
    known = session.get(StoreNote, STOPPED)
    return datetime.fromisoformat(known.value) if known is not None else None


def troubles(session: Session) -> list[tuple[DeliveryFault, datetime]]:
    """What the office has to mend about its mail accounts, and since when."""
    rows = session.exec(select(MailAccount).where(MailAccount.trouble != "").order_by(MailAccount.account)).all()
    return [(DeliveryFault(row.trouble), row.trouble_since) for row in rows if row.trouble_since is not None]


def _locked(session: Session, account: str) -> MailAccount:
    """The account's row, locked; on SQLite the whole writing transaction is."""
    found = session.get(MailAccount, account, with_for_update=True, populate_existing=True)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.add(MailAccount(account=account))
    except IntegrityError:
        pass  # another worker was first
    return session.get_one(MailAccount, account, with_for_update=True, populate_existing=True)
