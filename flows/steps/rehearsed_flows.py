"""The flows that a rehearsal of time plays: what one run does, whom it concerns, and what each waits for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TypeAlias

from sqlmodel import Session, col, func, select

from flows.adapters.clock import WARSAW, PlayedClock, warsaw, warsaw_date
from flows.adapters.office import Office
from flows.adapters.smtp import Transport
from flows.steps.admission import admit_call, calls_to_admit
from flows.steps.awaited_changes import change_due, next_change_after
from flows.steps.delivery import PORTIONS_A_RUN, deliver
from flows.steps.digest import digests_to_write, write_digests
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.memberships import OFFER_LETTERS, expire_offer, expired_offers
from flows.steps.portions import portions
from flows.steps.promotion import promote_call
from flows.steps.reminders import CLOSE_CORRECTION, EXPIRE_OFFER, due_occasions, hours_of_rules, remind, rules_in_hours
from flows.steps.reserve import calls_to_promote
from flows.steps.verification import VerificationCounts, to_verify, verify
from models.actor import process
from models.errors import NaborError
from models.rules.mail_calendar import Concern
from models.tables import Correction, Membership, Message
from models.tables.applications import CorrectionState
from models.tables.memberships import MembershipState
from models.tables.outbox import UNSENT, MessageState

SETS_A_PERIOD = frozenset({"correction_request", "reserve", "rejected", *OFFER_LETTERS})
"""Letters whose leaving lets a period run: after them, other flows may find something to do."""
LOST: Mapping[MessageState, tuple[Concern, str]] = {
    MessageState.UNADDRESSED: (Concern.NO_ADDRESS, "Brak adresu"),
    MessageState.DRAFT: (Concern.WAITS, "Czekałyby na zatwierdzenie"),
    MessageState.REFUSED: (Concern.REFUSED, "Serwer by odmówił"),
    MessageState.EXPIRED: (Concern.TOO_LATE, "Nie wyszłyby w porę"),
}
"""Messages that nobody gets: how that looks in the calendar."""


class Change(StrEnum):
    """What a run has changed, as far as another flow cares."""

    LETTERS = "letters"
    """Messages were written; only delivery looks at them."""
    INVITATIONS = "invitations"
    PERIODS = "periods"
    """A letter left that lets a period run, or one was lost."""
    MATTERS = "matters"
    """A seat was offered or lapsed, a request was closed."""


@dataclass
class Stage:
    """The copied office while it is played."""

    office: Office
    clock: PlayedClock
    transport: Transport
    fates: dict[str, int] = field(default_factory=dict)
    """How many messages nobody got, by state, when that was last looked up."""
    failures: list[tuple[datetime, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Played:
    """What became of one run: what it changed that others care about, and whether there may be more to do at once."""

    changes: frozenset[Change] = frozenset()
    more: bool = False


Play: TypeAlias = Callable[[Stage, bool], Played]
"""Runs a flow's steps once. The flag: whether anything has changed that the flow cares about, beside the time."""


def fates_of(stage: Stage) -> dict[str, int]:
    """How many messages nobody got, or perhaps nobody, by state."""
    with stage.office.reading(process("deliver")) as session:
        rows = session.exec(
            select(Message.state, func.count(col(Message.id)))
            .where(col(Message.state).in_((*LOST, MessageState.UNKNOWN)))
            .group_by(col(Message.state))
        ).all()
        return {str(state): count for state, count in rows}


def _play_invite(stage: Stage, _changed: bool) -> Played:
    actor, office = process("invite"), stage.office
    with office.reading(actor) as session:
        meetings = meetings_to_invite(session, now=office.now())
    for meeting in meetings:
        with office.writing(actor) as session:
            invite(session, meeting, actor=actor, now=office.now())
    return Played(frozenset({Change.LETTERS, Change.INVITATIONS}) if meetings else frozenset())


def _play_remind(stage: Stage, _changed: bool) -> Played:
    actor, office = process("remind"), stage.office
    with office.reading(actor) as session:
        occasions = due_occasions(session, now=office.now())
    for portion in portions(occasions):
        with office.writing(actor) as session:
            remind(session, portion, actor=actor, now=office.now())
    lapsed = any(one.kind in (CLOSE_CORRECTION, EXPIRE_OFFER) for one in occasions)
    changes = {Change.LETTERS} if occasions else set()
    return Played(frozenset(changes | {Change.MATTERS} if lapsed else changes))


def _play_promote(stage: Stage, changed: bool) -> Played:
    actor, office = process("promote"), stage.office
    with office.reading(actor) as session:
        overdue = expired_offers(session, now=office.now())
    for portion in portions(overdue):
        with office.writing(actor) as session:
            for one in portion:
                expire_offer(session, one, actor=actor, now=office.now())
    if not overdue and not changed:
        return Played()  # seats come free by what happens, never by time alone
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
    changes = frozenset({Change.LETTERS, Change.MATTERS}) if overdue or calls else frozenset[Change]()
    return Played(changes, again)


def _play_admit(stage: Stage, changed: bool) -> Played:
    actor, office = process("admit"), stage.office
    with office.reading(actor) as session:
        # Places come free by what happens; by time alone only what was written down for a day.
        if not changed and not change_due(session, warsaw_date(office.now())):
            return Played()
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
    return Played(frozenset({Change.LETTERS, Change.MATTERS}) if moved else frozenset(), again)


def _play_digest(stage: Stage, _changed: bool) -> Played:
    actor, office = process("digest"), stage.office
    with office.reading(actor) as session:
        officers = digests_to_write(session)
    written = [one for some in portions(officers) for one in write_digests(office, some, actor=actor).written]
    return Played(frozenset({Change.LETTERS}) if written else frozenset())


def _play_deliver(stage: Stage, _changed: bool) -> Played:
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
    before, stage.fates = stage.fates, fates_of(stage)
    changes = frozenset({Change.PERIODS}) if told or stage.fates != before else frozenset[Change]()
    return Played(changes, bool(counts.remaining))


PLAYS: Mapping[str, Play] = {
    "invite": _play_invite,
    "remind": _play_remind,
    "promote": _play_promote,
    "admit": _play_admit,
    "digest": _play_digest,
    "deliver": _play_deliver,
}
"""The scheduled flows that write or send letters. Taking in waits for what comes from outside; seals tell nobody."""


CARES: Mapping[str, frozenset[Change]] = {
    "invite": frozenset({Change.MATTERS}),
    "remind": frozenset({Change.MATTERS, Change.INVITATIONS, Change.PERIODS}),
    "promote": frozenset({Change.MATTERS}),
    "admit": frozenset({Change.MATTERS}),
    "digest": frozenset(Change),
    "deliver": frozenset(Change),
}
"""What makes a flow look again; delivery also makes ready what an address or a document was missing for."""


def _waits_of_invitations(_session: Session, _stage: Stage, _after: datetime) -> datetime | None:
    """Time only takes meetings away."""
    return None


def _waits_of_reminders(session: Session, _stage: Stage, after: datetime) -> datetime | None:
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


def _waits_of_offers(session: Session, _stage: Stage, after: datetime) -> datetime | None:
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


def _waits_of_admission(session: Session, _stage: Stage, after: datetime) -> datetime | None:
    """The next day that a change of the person in a seat is written down for; all else comes from outside."""
    day = next_change_after(session, warsaw_date(after))
    return datetime.combine(day, time(0), WARSAW) if day is not None else None


def _waits_of_digests(_session: Session, _stage: Stage, after: datetime) -> datetime | None:
    """Every run of another day may be the first of a week."""
    return datetime.combine(warsaw_date(after) + timedelta(days=1), time(0), WARSAW)


def _waits_of_delivery(session: Session, stage: Stage, after: datetime) -> datetime | None:
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


WAITS: Mapping[str, Callable[[Session, Stage, datetime], datetime | None]] = {
    "invite": _waits_of_invitations,
    "remind": _waits_of_reminders,
    "promote": _waits_of_offers,
    "admit": _waits_of_admission,
    "digest": _waits_of_digests,
    "deliver": _waits_of_delivery,
}
"""The next instant that a flow waits for after its run; ``None``: none."""
