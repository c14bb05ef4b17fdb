"""A rehearsal of time: what every scheduled flow would do in the coming weeks, and who would be written to, when.

The very steps of the flows are run at the times of their schedule, on a copy of the store in memory, with a clock that
is moved on, files that are kept nowhere, and a transport that leads nowhere. So what it tells is what will be, if
nobody answers and no officer acts in the meantime; and there is nothing to take back.

A run that can change nothing is left out: since the last one of its flow nothing has changed that it looks at, and no
instant has passed that it waits for. A test proves that leaving it out makes no difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from heapq import merge

from sqlmodel import Session, col, func, select

from flows.adapters.clock import WARSAW, PlayedClock, warsaw_date
from flows.adapters.file_store import InMemory
from flows.adapters.office import Office
from flows.adapters.smtp import Transport, guard_recipient
from flows.steps.delivery import KeptInStore
from flows.steps.letter_lines import LetterLine, line_of
from flows.steps.portions import AT_ONCE, portions
from flows.steps.rehearsed_flows import CARES, LOST, PLAYS, WAITS, Change, Played, Stage, fates_of
from models.actor import Actor, Right, process
from models.errors import BadInput, NaborError
from models.rules.cron import parse_cron
from models.rules.mail_calendar import Concern, Sending, Warned, concerns
from models.store_copy import copied
from models.tables import Message, SubmittedFile
from models.tables.files import FileState
from models.tables.outbox import MessageState

LONGEST = 26
"""Weeks that a rehearsal goes at most."""
FLOOD = 100
"""As many portions as a run of the flow sends (``flows.delivery``; a test compares the two)."""
_GONE = (MessageState.SENT, MessageState.KEPT)


@dataclass(frozen=True)
class Rehearsed:
    """The calendar of the coming weeks, with what looks wrong in it."""

    begins: datetime
    ends: datetime
    letters: tuple[LetterLine, ...]
    """What would leave, in the order of time."""
    warnings: tuple[Warned, ...]
    remarks: tuple[str, ...]
    """What the rehearsal takes for granted, and what it cannot know."""
    runs: int
    """How many runs were played; all others could change nothing."""
    slots: int


class Nowhere:
    """A transport that takes every mail a mail server would be given, and gives it to nobody."""

    def __init__(self, *, redirect_to: str | None, allow_reserved: bool) -> None:
        self._redirect_to = redirect_to
        self._allow_reserved = allow_reserved

    @property
    def delivers(self) -> bool:
        return True

    def open_envelope(self, sender: str, recipient: str, *, envelope_id: str = "") -> None:
        guard_recipient(recipient, redirect_to=self._redirect_to, allow_reserved=self._allow_reserved)

    def hand_over(self, data: bytes) -> str:
        return "250 proba"

    def drop_envelope(self) -> None:
        """There is none."""

    def describe(self) -> str:
        return "próba: poczta nie wychodzi"


def rehearse_time(
    office: Office,
    schedule: Mapping[str, str],
    *,
    weeks: int,
    begins: datetime | None = None,
    flood: int = FLOOD,
    every_run: bool = False,
    actor: Actor,
) -> Rehearsed:
    """Plays the flows of ``schedule`` (cron lines by name of the flow) for so many weeks, without any effect.

    ``begins``: from when on it is shown, and counted, instead of now; until then it is played, too. ``every_run``:
    leave no run out. What is shown lies in the actor's area. Raises ``BadInput`` for a time that is past, or too long.
    """
    actor.require(Right.READ)
    now = office.now()
    begins = begins or now
    if begins < now:
        raise BadInput("Próba zaczyna się teraz albo później; przeszłości nie da się zaplanować.")
    if not 1 <= weeks <= LONGEST:
        raise BadInput(f"Próba obejmuje od 1 do {LONGEST} tygodni.")
    ends = datetime.combine(warsaw_date(begins) + timedelta(weeks=weeks), time(0), WARSAW)
    with _on_stage(office) as stage:
        with stage.office.reading(actor) as session:
            remarks = _remarks(session, stage)
            lost_before = _ids(session, tuple(LOST))
            gone = _ids(session, _GONE)
        stage.fates = fates_of(stage)
        letters: list[LetterLine] = []
        slots = runs = 0
        timetable = _Timetable(stage, every_run=every_run)
        for at, flow in _slots(schedule, now, ends):
            slots += 1
            if not timetable.is_due(flow, at):
                continue
            runs += 1
            stage.clock.move_to(at)
            timetable.run(flow, at)
            if flow == "deliver":
                letters += _left(stage, gone, actor)
        with stage.office.reading(actor) as session:
            lost = list(_lost(session, lost_before))
    shown = [one for one in letters if one.at >= begins]
    seen = [Sending(one.at, one.person, one.number, one.event, one.out) for one in shown]
    warnings = [*concerns(seen, flood=flood), *lost, *_failed(stage.failures, actor)]
    warnings = [one for one in warnings if one.day >= warsaw_date(begins)]
    return Rehearsed(
        begins=begins,
        ends=ends,
        letters=tuple(shown),
        warnings=tuple(sorted(warnings, key=lambda one: (one.day, one.concern, one.sentence))),
        remarks=tuple(remarks),
        runs=runs,
        slots=slots,
    )


@contextmanager
def _on_stage(office: Office) -> Iterator[Stage]:
    """The office as a copy in memory: its own rows, clock and files, and a way out that leads nowhere."""
    with copied(office.store) as store:
        clock = PlayedClock(office.now())
        copy = replace(office, clock=clock, store=store, files=InMemory(office.files.root), trial=False)
        settings = office.settings
        transport: Transport = (
            Nowhere(redirect_to=settings.mail_redirect or None, allow_reserved=settings.smtp_allow_reserved)
            if settings.smtp_host
            else KeptInStore()
        )
        yield Stage(copy, clock, transport)


def _slots(schedule: Mapping[str, str], begins: datetime, ends: datetime) -> Iterator[tuple[datetime, str]]:
    """Every run of every flow that is played, in the order of time; at one time in the order of the schedule."""
    names = [name for name in schedule if name in PLAYS]

    def runs(place: int, name: str) -> Iterator[tuple[datetime, int, str]]:
        for at in parse_cron(schedule[name]).between(begins, ends):
            yield at, place, name

    for at, _, name in merge(*(runs(place, name) for place, name in enumerate(names))):
        yield at, name


class _Timetable:
    """Which runs can change something, and which may be left out."""

    def __init__(self, stage: Stage, *, every_run: bool) -> None:
        self._stage = stage
        self._every_run = every_run
        self._changed: set[str] = set(PLAYS)
        """Flows for which something has changed since they last ran; all of them, before they have run at all."""
        self._next: dict[str, datetime | None] = {}
        """The next instant that a flow waits for; ``None``: none."""

    def is_due(self, flow: str, at: datetime) -> bool:
        if self._every_run or flow in self._changed:
            return True
        waits_for = self._next[flow]
        return waits_for is not None and waits_for <= at

    def run(self, flow: str, at: datetime) -> None:
        stage = self._stage
        try:
            played = PLAYS[flow](stage, self._every_run or flow in self._changed)
        except NaborError as error:
            # The flow would fail just so, leave an incident, and be tried again at its next time.
            stage.failures.append((at, flow, type(error).__name__))
            played = Played(frozenset(Change), more=True)
        # What a flow has changed itself it need not look at again: a second run repeats nothing (law 1).
        self._changed.discard(flow)
        self._changed |= {other for other, cares in CARES.items() if other != flow and cares & played.changes}
        if played.more:
            self._changed.add(flow)
        with stage.office.reading(process(flow)) as session:
            self._next[flow] = WAITS[flow](session, stage, at)


def _ids(session: Session, states: Sequence[MessageState]) -> set[int]:
    rows = session.exec(select(Message.id).where(col(Message.state).in_(states))).all()
    return {row for row in rows if row is not None}


def _left(stage: Stage, gone: set[int], actor: Actor) -> list[LetterLine]:
    """What has left since the last look, as far as the actor may see it."""
    with stage.office.reading(actor) as session:
        fresh = sorted(_ids(session, _GONE) - gone)
        gone.update(fresh)
        lines = []
        for some in portions(fresh, AT_ONCE):
            rows = session.exec(select(Message).where(col(Message.id).in_(some)).order_by(col(Message.id))).all()
            lines += [line_of(session, row, at=stage.office.now()) for row in rows]
        return lines


def _lost(session: Session, before: set[int]) -> Iterator[Warned]:
    """What was written, or was due, and reaches nobody: one warning a day and cause."""
    rows = session.exec(select(Message).where(col(Message.state).in_(tuple(LOST))).order_by(col(Message.id))).all()
    by_cause: dict[tuple[date, MessageState], list[str]] = {}
    for row in rows:
        if row.id not in before:
            line = line_of(session, row, at=row.created_at)
            by_cause.setdefault((warsaw_date(row.created_at), row.state), []).append(f"{line.number} ({row.event})")
    for (day, state), numbers in by_cause.items():
        concern, words = LOST[state]
        yield Warned(day, concern, f"{words}: {', '.join(numbers)}.")


def _failed(failures: Sequence[tuple[datetime, str, str]], actor: Actor) -> Iterator[Warned]:
    seen: set[tuple[date, str, str]] = set()
    for at, run, code in failures:
        # Which call it is about is for those to see who work for the whole office.
        flow = run.partition(" ")[0] if actor.scope else run
        if (warsaw_date(at), flow, code) not in seen:
            seen.add((warsaw_date(at), flow, code))
            yield Warned(warsaw_date(at), Concern.RUN_FAILS, f"Przebieg {flow} by się nie udał ({code}).")


def _remarks(session: Session, stage: Stage) -> list[str]:
    said = ["Założenie: nikt w tym czasie nie odpowiada, nic nie wpływa i żaden pracownik niczego nie robi."]
    if not stage.transport.delivers:
        said.append(
            "Biuro nie ma serwera poczty: wiadomości zostałyby zachowane, nie wysłane, i żaden termin by nie biegł."
        )
    unread = session.exec(
        select(func.count(col(SubmittedFile.id))).where(SubmittedFile.state == FileState.STORED)
    ).one()
    if unread:
        said.append(f"Pliki, które czekają na odczyt: {unread}. Listy o nich nie są tu uwzględnione.")
    stuck = session.exec(
        select(func.count(col(Message.id))).where(
            col(Message.state).in_((MessageState.HELD, MessageState.UNADDRESSED, MessageState.UNKNOWN))
        )
    ).one()
    if stuck:
        said.append(f"Wiadomości, które czekają na pracownika: {stuck}. W próbie czekają dalej.")
    return said
