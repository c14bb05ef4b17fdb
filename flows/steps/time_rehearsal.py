"""A rehearsal of time: what every scheduled flow would do in the coming weeks, and who would be written to, when.

The very steps of the flows are run at the times of their schedule, on a copy of the store in memory, with a clock that
is moved on, files that are kept nowhere, and a transport that leads nowhere. So what it tells is what will be, if
nobody answers and no officer acts in the meantime; and there is nothing to take back.

A run that can change nothing is left out: since the last one of its flow nothing has changed that it looks at, and no
instant has passed that it waits for. A test proves that leaving it out makes no difference.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from heapq import merge
from typing import TypeAlias

from sqlmodel import Session, col, func, select

from flows.adapters.clock import WARSAW, PlayedClock, warsaw, warsaw_date
from flows.adapters.file_store import InMemory
from flows.adapters.office import Office
from flows.adapters.smtp import Transport, guard_recipient
from flows.steps.admission import admit_call, calls_to_admit
from flows.steps.awaited_changes import change_due, next_change_after
from flows.steps.delivery import PORTIONS_A_RUN, KeptInStore, deliver
from flows.steps.digest import digests_to_write, write_digests
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.letter_lines import LetterLine, line_of
from flows.steps.memberships import OFFER_LETTERS, expire_offer, expired_offers
from flows.steps.portions import AT_ONCE, portions
from flows.steps.promotion import promote_call
from flows.steps.reminders import (
    CLOSE_CORRECTION,
    EXPIRE_OFFER,
    due_occasions,
    hours_of_rules,
    remind,
    rules_in_hours,
)
from flows.steps.reserve import calls_to_promote
from flows.steps.verification import VerificationCounts, to_verify, verify
from models.actor import Actor, Right, process
from models.errors import BadInput, NaborError
from models.rules.cron import parse_cron
from models.rules.mail_calendar import Concern, Sending, Warned, concerns
from models.store_copy import copied
from models.tables import Correction, Membership, Message, SubmittedFile
from models.tables.applications import CorrectionState
from models.tables.files import FileState
from models.tables.memberships import MembershipState
from models.tables.outbox import UNSENT, MessageState

LONGEST = 26
"""Weeks that a rehearsal goes at most."""
FLOOD = 100
"""As many portions as a run of the flow sends (``flows.delivery``; a test compares the two)."""
SETS_A_PERIOD = frozenset({"correction_request", "reserve", "rejected", *OFFER_LETTERS})
"""Letters whose leaving lets a period run: after them, other flows may find something to do."""
_GONE = (MessageState.SENT, MessageState.KEPT)
_LOST: Mapping[MessageState, tuple[Concern, str]] = {
    MessageState.UNADDRESSED: (Concern.NO_ADDRESS, "Brak adresu"),
    MessageState.DRAFT: (Concern.WAITS, "Czekałyby na zatwierdzenie"),
    MessageState.REFUSED: (Concern.REFUSED, "Serwer by odmówił"),
    MessageState.EXPIRED: (Concern.TOO_LATE, "Nie wyszłyby w porę"),
}


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


class _Change(StrEnum):
    """What a run has changed, as far as another flow cares."""

    LETTERS = "letters"
    """Messages were written; only delivery looks at them."""
    INVITATIONS = "invitations"
    PERIODS = "periods"
    """A letter left that lets a period run, or one was lost."""
    MATTERS = "matters"
    """A seat was offered or lapsed, a request was closed."""


@dataclass
class _Stage:
    """The copied office while it is played."""

    office: Office
    clock: PlayedClock
    transport: Transport
    fates: dict[str, int] = field(default_factory=dict)
    """How many messages nobody got, by state, when that was last looked up."""
    failures: list[tuple[datetime, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Played:
    """What became of one run: what it changed that others care about, and whether there may be more to do at once."""

    changes: frozenset[_Change] = frozenset()
    more: bool = False


Play: TypeAlias = Callable[[_Stage, bool], _Played]
"""Runs a flow's steps once. The flag: whether anything has changed that the flow cares about, beside the time."""


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
            lost_before = _ids(session, tuple(_LOST))
            gone = _ids(session, _GONE)
        stage.fates = _fates(stage)
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
def _on_stage(office: Office) -> Iterator[_Stage]:
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
        yield _Stage(copy, clock, transport)


def _slots(schedule: Mapping[str, str], begins: datetime, ends: datetime) -> Iterator[tuple[datetime, str]]:
    """Every run of every flow that is played, in the order of time; at one time in the order of the schedule."""
    names = [name for name in schedule if name in _PLAYS]

    def runs(place: int, name: str) -> Iterator[tuple[datetime, int, str]]:
        for at in parse_cron(schedule[name]).between(begins, ends):
            yield at, place, name

    for at, _, name in merge(*(runs(place, name) for place, name in enumerate(names))):
        yield at, name


class _Timetable:
    """Which runs can change something, and which may be left out."""

    def __init__(self, stage: _Stage, *, every_run: bool) -> None:
        self._stage = stage
        self._every_run = every_run
        self._changed: set[str] = set(_PLAYS)
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
            played = _PLAYS[flow](stage, self._every_run or flow in self._changed)
        except NaborError as error:
            # The flow would fail just so, leave an incident, and be tried again at its next time.
            stage.failures.append((at, flow, type(error).__name__))
            played = _Played(frozenset(_Change), more=True)
        # What a flow has changed itself it need not look at again: a second run repeats nothing (law 1).
        self._changed.discard(flow)
        self._changed |= {other for other, cares in _CARES.items() if other != flow and cares & played.changes}
        if played.more:
            self._changed.add(flow)
        with stage.office.reading(process(flow)) as session:
            self._next[flow] = _WAITS[flow](session, stage, at)


def _fates(stage: _Stage) -> dict[str, int]:
    with stage.office.reading(process("deliver")) as session:
        rows = session.exec(
            select(Message.state, func.count(col(Message.id)))
            .where(col(Message.state).in_((*_LOST, MessageState.UNKNOWN)))
            .group_by(col(Message.state))
        ).all()
        return {str(state): count for state, count in rows}


def _play_invite(stage: _Stage, _changed: bool) -> _Played:
    actor, office = process("invite"), stage.office
    with office.reading(actor) as session:
        meetings = meetings_to_invite(session, now=office.now())
    for meeting in meetings:
        with office.writing(actor) as session:
            invite(session, meeting, actor=actor, now=office.now())
    return _Played(frozenset({_Change.LETTERS, _Change.INVITATIONS}) if meetings else frozenset())


def _play_remind(stage: _Stage, _changed: bool) -> _Played:
    actor, office = process("remind"), stage.office
    with office.reading(actor) as session:
        occasions = due_occasions(session, now=office.now())
    for portion in portions(occasions):
        with office.writing(actor) as session:
            remind(session, portion, actor=actor, now=office.now())
    lapsed = any(one.kind in (CLOSE_CORRECTION, EXPIRE_OFFER) for one in occasions)
    changes = {_Change.LETTERS} if occasions else set()
    return _Played(frozenset(changes | {_Change.MATTERS} if lapsed else changes))


def _play_promote(stage: _Stage, changed: bool) -> _Played:
    actor, office = process("promote"), stage.office
    with office.reading(actor) as session:
        overdue = expired_offers(session, now=office.now())
    for portion in portions(overdue):
        with office.writing(actor) as session:
            for one in portion:
                expire_offer(session, one, actor=actor, now=office.now())
    if not overdue and not changed:
        return _Played()  # seats come free by what happens, never by time alone
    with office.reading(actor) as session:
        calls = calls_to_promote(session, now=office.now())
    again = False
    for call in calls:
        # As in the flow, a call that fails stops none of the others.
        try:
            promote_call(office, call, actor=actor)
        except NaborError as error:
            stage.failures.append((office.now(), f"promote {call}", type(error).__name__))
            again = True
    changes = frozenset({_Change.LETTERS, _Change.MATTERS}) if overdue or calls else frozenset[_Change]()
    return _Played(changes, again)


def _play_admit(stage: _Stage, changed: bool) -> _Played:
    actor, office = process("admit"), stage.office
    with office.reading(actor) as session:
        # Places come free by what happens; by time alone only what was written down for a day.
        if not changed and not change_due(session, warsaw_date(office.now())):
            return _Played()
        calls = calls_to_admit(session)
    moved = again = False
    for call in calls:
        try:
            with office.writing(actor) as session:
                judged = verify(session, to_verify(session, call), actor=actor, now=office.now())
                done = admit_call(session, call, actor=actor, now=office.now())
        except NaborError as error:
            stage.failures.append((office.now(), f"admit {call}", type(error).__name__))
            again = True
            continue
        moved = moved or bool(judged != VerificationCounts() or done.admitted or done.waiting or done.freed)
    return _Played(frozenset({_Change.LETTERS, _Change.MATTERS}) if moved else frozenset(), again)


def _play_digest(stage: _Stage, _changed: bool) -> _Played:
    actor, office = process("digest"), stage.office
    with office.reading(actor) as session:
        officers = digests_to_write(session)
    written = [one for some in portions(officers) for one in write_digests(office, some, actor=actor).written]
    return _Played(frozenset({_Change.LETTERS}) if written else frozenset())


def _play_deliver(stage: _Stage, _changed: bool) -> _Played:
    actor = process("deliver")
    for _ in range(PORTIONS_A_RUN):
        counts = deliver(stage.office, actor=actor, transport=stage.transport)
        if not counts.remaining or not counts.moved:
            break
    with stage.office.reading(actor) as session:
        told = session.exec(
            select(func.count(col(Message.id))).where(
                Message.sent_at == stage.office.now(), col(Message.event).in_(SETS_A_PERIOD)
            )
        ).one()
    before, stage.fates = stage.fates, _fates(stage)
    changes = frozenset({_Change.PERIODS}) if told or stage.fates != before else frozenset[_Change]()
    return _Played(changes, bool(counts.remaining))


_PLAYS: Mapping[str, Play] = {
    "invite": _play_invite,
    "remind": _play_remind,
    "promote": _play_promote,
    "admit": _play_admit,
    "digest": _play_digest,
    "deliver": _play_deliver,
}
"""The scheduled flows that write or send letters. Taking in waits for what comes from outside; seals tell nobody."""


_CARES: Mapping[str, frozenset[_Change]] = {
    "invite": frozenset({_Change.MATTERS}),
    "remind": frozenset({_Change.MATTERS, _Change.INVITATIONS, _Change.PERIODS}),
    "promote": frozenset({_Change.MATTERS}),
    "admit": frozenset({_Change.MATTERS}),
    "digest": frozenset(_Change),
    "deliver": frozenset(_Change),
}
"""What makes a flow look again; delivery also makes ready what an address or a document was missing for."""


def _waits_of_invitations(_session: Session, _stage: _Stage, _after: datetime) -> datetime | None:
    """Time only takes meetings away."""
    return None


def _waits_of_reminders(session: Session, _stage: _Stage, after: datetime) -> datetime | None:
    """Midnight, when deadlines have passed and rules find a new day; the hours of the rules; every hour for those."""
    if rules_in_hours(session):
        return after
    local = warsaw(after)
    later = [
        datetime.combine(local.date(), time(hour, minute), WARSAW)
        for hour, minute in hours_of_rules(session)
        if time(hour, minute) > local.time()
    ]
    midnight = datetime.combine(local.date() + timedelta(days=1), time(0), WARSAW)
    return min([*later, midnight, *_deadlines(session, after)])


def _waits_of_offers(session: Session, _stage: _Stage, after: datetime) -> datetime | None:
    """Deadlines: as they stand in the rows, or counted from a letter; all of the latter end with their day."""
    midnight = datetime.combine(warsaw_date(after) + timedelta(days=1), time(0), WARSAW)
    return min([midnight, *_deadlines(session, after)])


def _deadlines(session: Session, after: datetime) -> Iterable[datetime]:
    for due_at, open_ in (
        (col(Correction.due_at), col(Correction.state) == CorrectionState.OPEN),
        (col(Membership.answer_due_at), col(Membership.state) == MembershipState.OFFERED),
    ):
        first = session.exec(select(func.min(due_at)).where(open_, due_at >= after)).one()
        if first is not None:
            yield first


def _waits_of_admission(session: Session, _stage: _Stage, after: datetime) -> datetime | None:
    """The next day that a change of the person in a seat is written down for; all else comes from outside."""
    day = next_change_after(session, warsaw_date(after))
    return datetime.combine(day, time(0), WARSAW) if day is not None else None


def _waits_of_digests(_session: Session, _stage: _Stage, after: datetime) -> datetime | None:
    """Every run of another day may be the first of a week."""
    return datetime.combine(warsaw_date(after) + timedelta(days=1), time(0), WARSAW)


def _waits_of_delivery(session: Session, stage: _Stage, after: datetime) -> datetime | None:
    """The next message whose time begins or ends."""
    grace = timedelta(minutes=stage.office.settings.outbox_grace_minutes)
    waiting = (MessageState.DUE, MessageState.DELAYED)
    leased = (MessageState.CLAIMED, MessageState.SENDING)
    just_after = timedelta(microseconds=1)
    found = []
    for moment, states, added in (
        (col(Message.not_before), waiting, timedelta(0)),
        (col(Message.created_at), waiting, grace),
        (col(Message.claimed_until), leased, just_after),
        (col(Message.not_after), tuple(UNSENT), timedelta(0)),
    ):
        first = session.exec(
            select(func.min(moment)).where(col(Message.state).in_(states), moment > after - added)
        ).one()
        if first is not None:
            found.append(first + added)
    return min(found, default=None)


_WAITS: Mapping[str, Callable[[Session, _Stage, datetime], datetime | None]] = {
    "invite": _waits_of_invitations,
    "remind": _waits_of_reminders,
    "promote": _waits_of_offers,
    "admit": _waits_of_admission,
    "digest": _waits_of_digests,
    "deliver": _waits_of_delivery,
}


def _ids(session: Session, states: Sequence[MessageState]) -> set[int]:
    rows = session.exec(select(Message.id).where(col(Message.state).in_(states))).all()
    return {row for row in rows if row is not None}


def _left(stage: _Stage, gone: set[int], actor: Actor) -> list[LetterLine]:
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
    rows = session.exec(select(Message).where(col(Message.state).in_(tuple(_LOST))).order_by(col(Message.id))).all()
    by_cause: dict[tuple[date, MessageState], list[str]] = {}
    for row in rows:
        if row.id not in before:
            line = line_of(session, row, at=row.created_at)
            by_cause.setdefault((warsaw_date(row.created_at), row.state), []).append(f"{line.number} ({row.event})")
    for (day, state), numbers in by_cause.items():
        concern, words = _LOST[state]
        yield Warned(day, concern, f"{words}: {', '.join(numbers)}.")


def _failed(failures: Sequence[tuple[datetime, str, str]], actor: Actor) -> Iterator[Warned]:
    seen: set[tuple[date, str, str]] = set()
    for at, run, code in failures:
        # Which call it is about is for those to see who work for the whole office.
        flow = run.partition(" ")[0] if actor.scope else run
        if (warsaw_date(at), flow, code) not in seen:
            seen.add((warsaw_date(at), flow, code))
            yield Warned(warsaw_date(at), Concern.RUN_FAILS, f"Przebieg {flow} by się nie udał ({code}).")


def _remarks(session: Session, stage: _Stage) -> list[str]:
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
