"""Daily seals over the log (law 8), and the check that nothing in it was changed, added or taken away since."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from models.actor import Actor, Right
from models.columns import canonical
from models.tables import Event, Seal

_BEFORE_THE_FIRST = "0" * 64


@dataclass(frozen=True)
class Audit:
    """What the check of the log found; ``broken`` holds a Polish sentence for each seal that does not fit."""

    seals: int
    events: int
    unsealed: int
    broken: tuple[str, ...]


def seal_days(session: Session, *, actor: Actor, now: datetime) -> int:
    """Seals every event up to the end of yesterday (Warsaw) that has no seal yet; one seal a day. Returns how many."""
    actor.require_everywhere(Right.SEAL)
    last = session.exec(select(Seal).order_by(col(Seal.id).desc()).with_for_update()).first()
    previous, after = (last.digest, last.last_event) if last else (_BEFORE_THE_FIRST, 0)
    today = warsaw_date(now)
    waiting = session.exec(select(Event).where(col(Event.id) > after).order_by(col(Event.id))).all()
    made = 0
    batch: list[Event] = []
    # Events are sealed in the order they were written; one with an earlier time that was written later
    # simply belongs to the later seal, so nothing ever slips into a day that is closed.
    for index, event in enumerate(waiting):
        if warsaw_date(event.at) >= today:
            break
        batch.append(event)
        following = waiting[index + 1] if index + 1 < len(waiting) else None
        if following is None or warsaw_date(following.at) > warsaw_date(event.at):
            day = max(warsaw_date(one.at) for one in batch)
            if last is not None and day <= last.day:
                day = last.day + timedelta(days=1)
            seal = _seal(batch, previous, now)
            seal.day = day
            session.add(seal)
            session.flush()
            last, previous, batch = seal, seal.digest, []
            made += 1
    return made


def audit_log(session: Session, *, actor: Actor) -> Audit:
    """Recomputes every seal from the events as they stand."""
    actor.require_everywhere(Right.READ)
    broken: list[str] = []
    previous, after, counted = _BEFORE_THE_FIRST, 0, 0
    seals = session.exec(select(Seal).order_by(col(Seal.id))).all()
    for seal in seals:
        events = session.exec(
            select(Event).where(col(Event.id) > after, col(Event.id) <= seal.last_event).order_by(col(Event.id))
        ).all()
        expected = _seal(events, previous, seal.sealed_at) if events else None
        if seal.previous != previous:
            broken.append(f"pieczęć z {seal.day}: nie łączy się z poprzednią")
        if expected is None or expected.digest != seal.digest or expected.events != seal.events:
            broken.append(
                f"pieczęć z {seal.day}: zdarzenia {after + 1}–{seal.last_event} różnią się od opieczętowanych"
            )
        counted += len(events)
        previous, after = seal.digest, seal.last_event
    unsealed = len(session.exec(select(Event.id).where(col(Event.id) > after)).all())
    return Audit(len(seals), counted, unsealed, tuple(broken))


def _seal(events: Iterable[Event], previous: str, now: datetime) -> Seal:
    digest = hashlib.sha256(previous.encode())
    ids: list[int] = []
    for event in events:
        assert event.id is not None
        ids.append(event.id)
        digest.update(
            canonical(
                [event.id, event.at.isoformat(), event.actor, event.kind, event.subject, event.area, event.facts]
            ).encode()
            + b"\n"
        )
    return Seal(
        day=warsaw_date(now),
        first_event=ids[0],
        last_event=ids[-1],
        events=len(ids),
        previous=previous,
        digest=digest.hexdigest(),
        sealed_at=now,
    )
