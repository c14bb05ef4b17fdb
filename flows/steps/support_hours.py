"""What support there is: who was granted what, what waits, and how many hours each person had. For reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import call_of, find_application
from flows.steps.calls import find_call
from flows.steps.memberships import membership_of
from flows.steps.projects import newest_for, newest_version
from flows.steps.support import claim_of, judged, newest_verdict
from flows.steps.support_ends import grants_of
from flows.steps.support_time import PersonTime, counted_minutes, kind_of, time_of
from models.actor import Actor, Right
from models.errors import BadInput
from models.project import ProjectDefinition
from models.rules.criteria import Result
from models.support_rules import SupportForm
from models.tables import Application, Call, CoachingSession, Membership, SupportGrant
from models.tables.support import SupportState


@dataclass(frozen=True)
class GrantLine:
    """A support of a person. Days are ISO dates where they are known."""

    number: str
    kind: str
    name: str
    state: SupportState
    outcome: Result
    """What the rule said last."""
    asked_on: date
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True)
class ConditionLine:
    kind: str
    name: str
    form: SupportForm
    granted: bool
    result: Result
    sentence: str
    paragraph: str
    limit_hours: int | None
    counted_minutes: int


@dataclass(frozen=True)
class KindHours:
    """Of one person and one kind. ``limit_minutes`` and ``left_minutes``: ``None`` where there is no limit.

    What is left is counted over every seat of the person.
    """

    kind: str
    name: str
    form: SupportForm
    sessions: int
    minutes: int
    limit_minutes: int | None
    left_minutes: int | None


@dataclass(frozen=True)
class PersonHours:
    """The hours of support that one person had with one seat: sessions held, alone and in groups, whole minutes."""

    number: str
    call: str
    individual_sessions: int
    individual_minutes: int
    group_sessions: int
    group_minutes: int
    minutes: int
    kinds: tuple[KindHours, ...]


def grant_lines(session: Session, *, call: str = "", state: SupportState | None = None) -> list[GrantLine]:
    """Every support that was asked for, by number; of one call, or in one state. Raises ``NotFound`` for no call."""
    query = (
        select(SupportGrant, Application, Call)
        .join(Membership, col(Membership.id) == SupportGrant.membership_id)
        .join(Application, col(Application.id) == Membership.application_id)
        .join(Call, col(Call.id) == Application.call_id)
        .order_by(Application.number, col(SupportGrant.id))
    )
    if call:
        query = query.where(Call.id == find_call(session, call).id)
    if state is not None:
        query = query.where(SupportGrant.state == state)
    return [
        GrantLine(
            number=application.number,
            kind=grant.kind,
            name=_name(newest_for(session, of_call), grant.kind),
            state=grant.state,
            outcome=Result(newest_verdict(session, grant).outcome),
            asked_on=warsaw_date(grant.asked_at),
            first_day=grant.first_day,
            last_day=grant.last_day,
        )
        for grant, application, of_call in session.exec(query).all()
    ]


def condition_lines(session: Session, number: str, *, actor: Actor, now: datetime) -> list[ConditionLine]:
    """What the rule says today of every kind of support to one person, condition by condition. Nothing is stored."""
    actor.require(Right.MEMBERSHIP)
    application = find_application(session, number)
    membership = membership_of(session, application.number)
    definition = newest_for(session, call_of(session, application))
    granted = {one.kind for one in grants_of(session, membership) if one.state is SupportState.GRANTED}
    times = time_of(session, [membership.person_id])[membership.person_id]
    return [
        ConditionLine(
            kind=kind.code,
            name=kind.name,
            form=kind.form,
            granted=kind.code in granted,
            result=verdict.result,
            sentence=verdict.sentence,
            paragraph=verdict.paragraph,
            limit_hours=kind.limit_hours,
            counted_minutes=counted_minutes(definition, kind, times),
        )
        for kind in definition.support
        for verdict in judged(session, claim_of(session, number, kind.code), now=now).outcome.verdicts
    ]


def hours_lines(
    session: Session,
    *,
    project: str = "",
    call: str = "",
    since: date | None = None,
    until: date | None = None,
    actor: Actor,
) -> list[PersonHours]:
    """The hours of everybody who was granted support or had a session, by number.

    ``since`` and ``until``, both included, narrow the sessions that are counted; limits are of the whole time.
    Raises ``NotFound`` for a call or a project that is none, and ``BadInput`` for days the wrong way round.
    """
    actor.require(Right.READ)
    if since is not None and until is not None and until < since:
        raise BadInput("Ostatni dzień (--until) jest wcześniejszy niż pierwszy (--from).")
    if call:
        find_call(session, call)
    if project:
        newest_version(session, project)
    supported = set(session.exec(select(SupportGrant.membership_id).where(col(SupportGrant.first_day).is_not(None))))
    supported |= set(session.exec(select(CoachingSession.membership_id)))
    query = (
        select(Membership, Application, Call)
        .join(Application, col(Application.id) == Membership.application_id)
        .join(Call, col(Call.id) == Application.call_id)
        .order_by(Application.number, col(Membership.id))
    )
    if call:
        query = query.where(Call.code == call)
    rows = [row for row in session.exec(query).all() if row[0].id in supported]
    times = time_of(session, {membership.person_id for membership, _, _ in rows})
    lines = []
    for membership, application, of_call in rows:
        definition = newest_for(session, of_call)
        if project and definition.code != project:
            continue
        everything = times.get(membership.person_id, [])
        held = [
            one
            for one in everything
            if one.membership_id == membership.id and one.spent.minutes and _within(one, since, until)
        ]
        lines.append(_hours_of(application.number, of_call.code, definition, held, everything))
    return lines


def _within(one: PersonTime, since: date | None, until: date | None) -> bool:
    day = warsaw_date(one.spent.starts)
    return (since is None or since <= day) and (until is None or day <= until)


def _hours_of(
    number: str, call: str, definition: ProjectDefinition, held: Sequence[PersonTime], everything: Sequence[PersonTime]
) -> PersonHours:
    alone, together = ([one.spent for one in held if one.spent.grouped is grouped] for grouped in (False, True))
    kinds = []
    for kind in definition.support:
        own = [one.spent for one in held if kind_of(definition, one.spent) == kind.code]
        if not own:
            continue
        limit = None if kind.limit_hours is None else kind.limit_hours * 60
        left = None if limit is None else max(0, limit - counted_minutes(definition, kind, everything))
        kinds.append(
            KindHours(kind.code, kind.name, kind.form, len(own), sum(one.minutes or 0 for one in own), limit, left)
        )
    minutes = [sum(one.minutes or 0 for one in sessions) for sessions in (alone, together)]
    return PersonHours(
        number=number,
        call=call,
        individual_sessions=len(alone),
        individual_minutes=minutes[0],
        group_sessions=len(together),
        group_minutes=minutes[1],
        minutes=sum(minutes),
        kinds=tuple(kinds),
    )


def _name(definition: ProjectDefinition, code: str) -> str:
    """What a kind is called; its code where the project no longer has it."""
    return next((one.name for one in definition.support if one.code == code), code)
