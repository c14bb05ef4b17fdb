"""The weekly digest: one mail a week and officer about what waits for this very officer, by number, never by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.adapters.office import Office
from flows.steps.officers import actor_of
from flows.steps.outbox import compose, office_block, withdraw_contrary
from flows.steps.projects import definition_of
from flows.steps.todo import waiting_for_whom
from flows.steps.todo_line import COMMISSION, OFFICER, TodoLine
from models.actor import Actor, Right
from models.project import ProjectDefinition
from models.tables import Officer, ProjectVersion
from models.transitions import queue
from templates.letters.officers import DigestLetter, WaitingGroup, WaitingLine

DIGEST = "digest"
_SHOWN = 20
"""So many numbers of one kind stand in the mail; the rest are counted."""


@dataclass(frozen=True)
class Digests:
    """What became of the digests of a week, by logins."""

    written: tuple[str, ...] = ()
    unaddressed: tuple[str, ...] = ()
    """Officers whose address nobody has entered."""


def digests_to_write(session: Session) -> list[int]:
    """Officers who may get a digest: all accounts in use."""
    rows = session.exec(select(Officer.id).where(Officer.active).order_by(col(Officer.id))).all()
    return [row for row in rows if row is not None]


def write_digests(office: Office, officers: Sequence[int], *, actor: Actor) -> Digests:
    """Writes this week's digest to each of these officers for whom something waits, once a week."""
    actor.require(Right.REMIND)
    written: list[str] = []
    unaddressed: list[str] = []
    seen: dict[str, list[TodoLine]] = {}
    """What waits in an area: officers of one area read the same lines, each those of their rights."""
    for officer_id in officers:
        with office.reading(actor) as session:
            officer = session.get_one(Officer, officer_id)
            reader, address = actor_of(officer), officer.email or ""
        if not address:
            unaddressed.append(reader.login)
            continue
        if reader.scope not in seen:
            # Read as the officer reads it: the area narrows it as it narrows „todo”.
            with office.reading(reader) as session:
                seen[reader.scope] = waiting_for_whom(session, now=office.now())
        lines = [line for line in seen[reader.scope] if concerns(line, reader)]
        if not lines:
            continue
        with office.writing(actor) as session:
            if _write(session, officer_id, address, reader, lines, actor=actor, now=office.now()):
                written.append(reader.login)
    return Digests(tuple(written), tuple(unaddressed))


def concerns(line: TodoLine, reader: Actor) -> bool:
    """Whether it is for the officer to act on; what waits for candidates waits for no officer."""
    needs = line.needs or _USUAL.get(line.who)
    return needs is not None and reader.has(needs)


_USUAL = {OFFICER: Right.CORRECT, COMMISSION: Right.DECIDE}


def _write(
    session: Session,
    officer_id: int,
    address: str,
    reader: Actor,
    lines: Sequence[TodoLine],
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    definition = _newest_definition(session)
    if definition is None:
        return False
    today = warsaw_date(now)
    year, week, _ = today.isocalendar()
    topic = f"{DIGEST}/{officer_id}"
    message = compose(
        session,
        DIGEST,
        DigestLetter(
            office=office_block(definition),
            monday=today - timedelta(days=today.weekday()),
            total=len(lines),
            overdue=sum(line.due is not None and line.due < today for line in lines),
            groups=_groups(lines),
        ),
        subject_ref=f"officer/{officer_id}",
        area=reader.scope,
        occasion=f"{year}-W{week:02d}",
        actor=actor,
        now=now,
        recipient=address,
        contradicts=topic,
        definition=definition,
    )
    if message is None:
        return False
    # One that is still here from an earlier week tells what is no longer so.
    withdraw_contrary(session, topic, actor=actor, now=now)
    queue(session, [message], actor=actor, now=now)
    return True


def _newest_definition(session: Session) -> ProjectDefinition | None:
    """In whose name the office writes: the project that was loaded last."""
    row = session.exec(select(ProjectVersion.id).order_by(col(ProjectVersion.id).desc())).first()
    return None if row is None else definition_of(session, row)


def _groups(lines: Sequence[TodoLine]) -> tuple[WaitingGroup, ...]:
    """The lines by kind; kinds and lines begin with what waits longest."""
    by_kind: dict[str, list[TodoLine]] = {}
    for line in sorted(lines, key=lambda one: (one.since, one.due or date.max, one.reference)):
        by_kind.setdefault(line.what, []).append(line)
    return tuple(
        WaitingGroup(
            what=what,
            count=len(some),
            lines=tuple(WaitingLine(number=one.reference, since=one.since, due=one.due) for one in some[:_SHOWN]),
            more=max(0, len(some) - _SHOWN),
        )
        for what, some in by_kind.items()
    )
