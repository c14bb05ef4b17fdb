"""Daily seals over the log (law 8), and the check that nothing in it was changed, added or taken away since."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, pairwise
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

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
    made: list[Seal] = []
    before = last.day if last else date.min
    batch = _Batch(previous)
    # Events are sealed in the order they were written; one with an earlier time that was written later
    # simply belongs to the later seal, so nothing ever slips into a day that is closed.
    for event, following in pairwise(chain(_events(session, after), [None])):
        if event is None or warsaw_date(event.at) >= today:
            break
        batch.take(event)
        if following is None or warsaw_date(following.at) > warsaw_date(event.at):
            before = batch.day if batch.day > before else before + timedelta(days=1)
            seal = batch.sealed(before, now)
            made.append(seal)
            batch = _Batch(seal.digest)
    session.add_all(made)
    session.flush()
    return len(made)


def audit_log(session: Session, *, actor: Actor) -> Audit:
    """Recomputes every seal from the events as they stand."""
    actor.require_everywhere(Right.READ)
    broken: list[str] = []
    previous, after, counted = _BEFORE_THE_FIRST, 0, 0
    seals = session.exec(select(Seal).order_by(col(Seal.id))).all()
    for seal in seals:
        batch = _Batch(previous)
        for event in _events(session, after, seal.last_event):
            batch.take(event)
        if seal.previous != previous:
            broken.append(f"pieczęć z {seal.day}: nie łączy się z poprzednią")
        if not batch.events or batch.digest != seal.digest or batch.events != seal.events:
            broken.append(
                f"pieczęć z {seal.day}: zdarzenia {after + 1}–{seal.last_event} różnią się od opieczętowanych"
            )
        counted += batch.events
        previous, after = seal.digest, seal.last_event
    unsealed = session.exec(select(func.count()).select_from(Event).where(col(Event.id) > after)).one()
    return Audit(len(seals), counted, unsealed, tuple(broken))


class _Told(NamedTuple):
    """What of an event is sealed."""

    id: int
    at: datetime
    actor: str
    kind: str
    subject: str
    area: str
    facts: Any


def _events(session: Session, after: int, last: int | None = None) -> Iterator[_Told]:
    """The events behind one, in the order they were written. A day may have a million: a few are held at a time."""
    rows = (
        select(*(getattr(Event, name) for name in _Told._fields))
        .where(col(Event.id) > after, *([] if last is None else [col(Event.id) <= last]))
        .order_by(col(Event.id))
        .execution_options(yield_per=_AT_A_TIME)
    )
    for row in session.exec(rows):
        yield _Told(*row)


_AT_A_TIME = 1_000


class _Batch:
    """The events of one seal, as far as they were taken."""

    def __init__(self, previous: str) -> None:
        self._previous = previous
        self._digest = hashlib.sha256(previous.encode())
        self._first = self._last = 0
        self.events = 0
        self.day = date.min
        """The newest day that an event of it is of."""

    def take(self, event: _Told) -> None:
        body = [event.id, event.at.isoformat(), event.actor, event.kind, event.subject, event.area, event.facts]
        self._digest.update(canonical(body).encode() + b"\n")
        self._first, self._last = self._first or event.id, event.id
        self.events += 1
        self.day = max(self.day, warsaw_date(event.at))

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def sealed(self, day: date, now: datetime) -> Seal:
        return Seal(
            day=day,
            first_event=self._first,
            last_event=self._last,
            events=self.events,
            previous=self._previous,
            digest=self.digest,
            sealed_at=now,
        )
