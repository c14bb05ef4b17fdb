"""Whether what a synthetic project came to is right: counted in the database, against what the plan says must be there.

Nothing here trusts the steps that wrote it. Every application has one decision and its letters, no group more members
than seats and no person two of them, the log tells of every step of each, and every seal fits when computed again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, func, select

from benchmarks.synthetic_project import KIND, Plan, definition_of
from flows.adapters.office import Office
from flows.steps.protocol_checks import check_call
from flows.steps.sealing import audit_log, seal_days
from models.actor import Actor
from models.events import Happened
from models.rules.ranking import ListKind
from models.tables import (
    Application,
    Call,
    Decision,
    Event,
    FieldValue,
    IssuedDocument,
    Membership,
    Message,
    Person,
    Ranking,
    SubmittedFile,
    VerdictSheet,
)
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import MembershipState

_VERIFIED: int = 20
"""Calls whose lists and protocol are made again from their snapshots, spread over all of them."""
_COUNTED = (
    Application,
    FieldValue,
    Person,
    SubmittedFile,
    VerdictSheet,
    Decision,
    Membership,
    Message,
    IssuedDocument,
    Event,
)


@dataclass(frozen=True)
class Check:
    """A sentence for everything that is not as it must be, and what was counted on the way."""

    flaws: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    database: int = 0
    """Bytes; 0 on SQLite."""

    def __add__(self, other: "Check") -> "Check":
        return Check(self.flaws + other.flaws, {**self.rows, **other.rows}, max(self.database, other.database))


def flaws_of(office: Office, plan: Plan, *, actor: Actor) -> Check:
    """Counts everything, and makes the lists of some calls again."""
    with office.reading(actor) as session:
        rows = {str(table.__tablename__): _count(session, table) for table in _COUNTED}
        size = 0
        if session.get_bind().dialect.name == "postgresql":
            size = session.connection().execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()
        flaws = (*_counts(session, plan), *_seats(session, plan), *_lists(session), *_told(session, plan))
        every = max(1, plan.groups // _VERIFIED)
        flaws += tuple(
            f"{code}: {flaw}"
            for code in plan.calls[::every]
            for flaw in check_call(office, session, code, actor=actor).flaws
        )
    return Check(flaws, rows, size)


def seal_and_audit(office: Office, *, actor: Actor) -> Check:
    """Seals the days that are over and computes every seal again; nothing of the log may be left out."""
    with office.writing(actor) as session:
        seal_days(session, actor=actor, now=office.now())
    with office.reading(actor) as session:
        events = _count(session, Event)
        found = audit_log(session, actor=actor)
    flaws = list(found.broken)
    if (found.events, found.unsealed) != (events, 0):
        flaws.append(f"of {events} events {found.events} are sealed and {found.unsealed} are not")
    return Check(tuple(flaws), {"seal": found.seals})


def _count(session: Session, table: type[SQLModel]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def _differs(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what}: {found}, and not {expected}"


def _counts(session: Session, plan: Plan) -> Iterator[str]:
    """Everybody was taken in, judged, decided on and told, exactly once."""
    total = plan.total
    definition = definition_of(plan)
    leaves = len(definition.form(definition.group_kind(KIND).form).leaves)
    states = dict(session.exec(select(Application.state, func.count()).group_by(Application.state)).all())
    yield from _differs("applications by state", states, {ApplicationState.ANNOUNCED: total})
    calls = dict(session.exec(select(Call.state, func.count()).group_by(Call.state)).all())
    yield from _differs("calls by state", calls, {CallState.ANNOUNCED: plan.groups})
    for what, table, key, each in (
        ("decisions", Decision, Decision.application_id, 1),
        ("verdict sheets", VerdictSheet, VerdictSheet.application_id, 1),
        ("values", FieldValue, FieldValue.application_id, leaves),
    ):
        of_one = select(func.count().label("number")).select_from(table).group_by(key).subquery()
        numbers = dict(session.exec(select(of_one.c.number, func.count()).group_by(of_one.c.number)).all())
        yield from _differs(f"{what} of an application", numbers, {each: total})
    untold = session.exec(select(func.count()).where(col(Decision.announced_at).is_(None))).one()
    yield from _differs("decisions nobody was told", untold, 0)
    gaps = session.exec(
        select(Call.code, Call.last_sequence).where(Call.last_sequence != plan.applications).order_by(Call.code)
    ).all()
    yield from _differs("calls whose numbers do not end where they should", list(gaps), [])


def _seats(session: Session, plan: Plan) -> Iterator[str]:
    """No group has more members than seats, nobody sits twice, and whoever was accepted sits."""
    seats = definition_of(plan).group_kind(KIND).seats
    held = session.exec(
        select(Membership.group_id, func.count())
        .where(Membership.state == MembershipState.OFFERED)
        .group_by(col(Membership.group_id))
        .having(func.count() != seats)
    ).all()
    # Fewer are right only where fewer could be seated.
    over = [group for group, number in held if number > seats]
    yield from _differs("groups with more members than seats", over, [])
    twice = session.exec(
        select(Membership.person_id).group_by(col(Membership.person_id)).having(func.count() > 1)
    ).all()
    yield from _differs("people with two seats", list(twice), [])
    accepted = set(
        session.exec(select(Decision.application_id).where(Decision.outcome == DecisionOutcome.ACCEPTED)).all()
    )
    yield from _differs("accepted who sit", set(session.exec(select(Membership.application_id)).all()), accepted)
    ineligible = session.exec(
        select(func.count())
        .select_from(Decision)
        .join(VerdictSheet, col(VerdictSheet.application_id) == Decision.application_id)
        .where(VerdictSheet.outcome != "met", Decision.outcome != DecisionOutcome.REJECTED)
    ).one()
    yield from _differs("accepted or in reserve without meeting the criteria", ineligible, 0)


_MEANS = {
    ListKind.MAIN: DecisionOutcome.ACCEPTED,
    ListKind.RESERVE: DecisionOutcome.RESERVE,
    ListKind.BEYOND: DecisionOutcome.REJECTED,
}


def _lists(session: Session) -> Iterator[str]:
    """Each decision is what the one list of its call proposed."""
    differing = 0
    decided: dict[int, dict[str, str]] = {}
    for call, number, outcome in session.exec(
        select(Application.call_id, Application.number, Decision.outcome).join(
            Decision, col(Decision.application_id) == Application.id
        )
    ):
        decided.setdefault(call, {})[number] = outcome
    versions = 0
    for call, places in session.exec(select(Ranking.call_id, Ranking.places).execution_options(yield_per=100)):
        versions += 1
        differing += sum(decided[call][place["number"]] != _MEANS[ListKind(place["list"])] for place in places)
    yield from _differs("decisions that differ from their list", differing, 0)
    yield from _differs("lists", versions, len(decided))


def _told(session: Session, plan: Plan) -> Iterator[str]:
    """The letters and the log tell of each application what became of it, and nothing else."""
    total = plan.total
    outcomes = {
        outcome.value: number
        for outcome, number in session.exec(select(Decision.outcome, func.count()).group_by(Decision.outcome)).all()
    }
    letters = dict(session.exec(select(Message.event, func.count()).group_by(Message.event)).all())
    yield from _differs("letters", letters, {"acknowledgement": total, **outcomes})
    subjects = session.exec(select(func.count(func.distinct(Message.subject_ref)))).one()
    yield from _differs("applications written to", subjects, total)
    kinds = dict(session.exec(select(Event.kind, func.count()).group_by(Event.kind)).all())
    accepted = outcomes.get(DecisionOutcome.ACCEPTED.value, 0)
    met = session.exec(select(func.count()).where(VerdictSheet.outcome == "met")).one()
    papers = _count(session, IssuedDocument)
    yield from _differs("documents", papers, 5 * plan.groups + accepted)
    expected = {
        Happened.UNIT_DECLARED: plan.groups,
        Happened.CALL_OPENED: plan.groups,
        Happened.FILE_STORED: total,
        Happened.FILE_FILED: total,
        Happened.APPLICATION_RECEIVED: total,
        Happened.APPLICATION_COMPLETE: total,
        Happened.VERIFIED_ELIGIBLE: met,
        Happened.VERIFIED_NOT_ELIGIBLE: total - met,
        Happened.CALL_RANKED: plan.groups,
        Happened.APPLICATION_RANKED: met,
        Happened.DECIDED: total,
        Happened.CALL_DECIDED: plan.groups,
        Happened.ANNOUNCED: total,
        Happened.CALL_ANNOUNCED: plan.groups,
        Happened.SEAT_OFFERED: accepted,
        Happened.PROTOCOL_ISSUED: plan.groups,
        Happened.DOCUMENT_ISSUED: papers,
        Happened.MESSAGE_QUEUED: 2 * total,
    }
    for kind, number in expected.items():
        yield from _differs(f"events „{kind}”", kinds.pop(kind, 0), number)
    kinds.pop(Happened.DUPLICATE_SEEN, None)
    yield from _differs("further events", kinds, {})
