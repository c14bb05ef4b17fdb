"""Support beside a seat: its conditions looked at, granted, refused and ended.

The rule grants where every condition is met; it never refuses (RODO art. 22). Whatever is not met, or cannot be told,
waits for an officer, who refuses or grants with a reason.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.applications import call_of, find_application
from flows.steps.facts import facts_for
from flows.steps.memberships import membership_of
from flows.steps.notices import notice
from flows.steps.outbox import withdraw_contrary
from flows.steps.projects import newest_for, newest_version
from flows.steps.seat_times import held_between, seat_times
from flows.steps.support_ends import end_grant, grants_of, topic_of
from flows.steps.support_time import time_of
from flows.steps.verification import facts_lookup
from models.actor import Actor, Right
from models.columns import canonical
from models.errors import BadInput, NotFound, NotYet
from models.events import Happened
from models.project import UNKNOWN, ProjectDefinition
from models.rules.criteria import Outcome, Result, evidence
from models.rules.facts import Facts
from models.rules.signed_declarations import declarations_heard
from models.rules.support import ALGORITHM, Claimant, Entitlement, entitled
from models.storage import keyring_in
from models.support_rules import SupportForm, SupportKind
from models.tables import Application, Call, Membership, Message, SupportGrant, SupportVerdict
from models.tables.memberships import SEATED
from models.tables.support import STANDING, SupportState
from models.transitions import enter, move, note, queue, reference
from models.unit_data import numbers_of
from templates.letters.frame import VerdictLine
from templates.letters.support import SupportEndedLetter, SupportGrantedLetter, SupportRefusedLetter
from templates.polish import short_date


@dataclass(frozen=True)
class Claim:
    """A kind of support and the seat it is asked for with."""

    application: Application
    call: Call
    membership: Membership
    definition: ProjectDefinition
    """The newest version of the project."""
    kind: SupportKind


@dataclass(frozen=True)
class Judged:
    """What the rule says of a claim today, and the facts it says it of."""

    outcome: Outcome
    facts: Facts
    lookup: str


@dataclass(frozen=True)
class Settled:
    """What became of a claim: the row, and what the rule said."""

    grant: SupportGrant
    outcome: Result
    verdicts: tuple[VerdictLine, ...]
    new: bool
    """Whether anything changed."""


def kind_in(definition: ProjectDefinition, code: str) -> SupportKind:
    """A kind of support of a project. Raises ``NotFound`` with those that there are."""
    try:
        return definition.support_kind(code)
    except KeyError:
        known = ", ".join(one.code for one in definition.support) or "brak"
        raise NotFound(
            f"Projekt {definition.code} nie ma rodzaju wsparcia „{code}”. Rodzaje: {known} (sekcja support)."
        ) from None


def claim_of(session: Session, number: str, code: str) -> Claim:
    """A kind of support with the seat of an application. Raises ``NotFound``, and ``NotYet`` where no seat is."""
    application = find_application(session, number)
    call = call_of(session, application)
    definition = newest_for(session, call)
    kind = kind_in(definition, code)
    return Claim(application, call, membership_of(session, application.number), definition, kind)


def judged(session: Session, claim: Claim, *, now: datetime) -> Judged:
    """Looks at the conditions of a claim. Nothing is stored."""
    kind, membership = claim.kind, claim.membership
    keys = {key for condition in kind.conditions for key in evidence(condition)}
    [(_, facts)] = facts_for(
        session, claim.call, [claim.application], keys=keys, unit_data=numbers_of(claim.definition.unit_data)
    )
    claimant = Claimant(
        group_kind=claim.call.group_kind,
        seated=membership.state in SEATED,
        on=warsaw_date(now),
        facts=facts,
    )
    asked = Entitlement(
        group_kinds=kind.group_kinds,
        conditions=kind.conditions,
        paragraph=kind.paragraph,
        starts=kind.period.starts if kind.period else None,
        ends=kind.period.ends if kind.period else None,
    )
    heard = {unit: day for one in kind.conditions for unit, day in declarations_heard(one.test, facts).items()}
    body = {
        "facts": facts_lookup(session, facts, heard),
        "group_kind": claimant.group_kind,
        "seated": claimant.seated,
        # Without a period the day decides nothing.
        "on": claimant.on.isoformat() if kind.period else "",
    }
    return Judged(entitled(asked, claimant), facts, keyring_in(session).lookup("support", canonical(body)))


def grant_support(
    session: Session,
    number: str,
    code: str,
    *,
    reason: str = "",
    first_day: date | None = None,
    last_day: date | None = None,
    actor: Actor,
    now: datetime,
) -> Settled:
    """Grants a support where every condition is met, or where an officer has a ``reason`` to; else it waits for one.

    The days, both included, are those on which sessions count: from today and as long as the seat unless they are
    given. What is granted already stays as it is, unless its days are over and later ones are asked for: then it is
    granted anew. Raises ``NotYet`` for one who holds no seat.
    """
    actor.require(Right.MEMBERSHIP)
    claim = claim_of(session, number, code)
    _require_seat(session, claim)
    first, last = _days(claim.kind, first_day or warsaw_date(now), last_day)
    grant = standing_grant(session, claim.membership, code)
    over = _over_since(grant, now) if grant is not None else None
    if grant is not None and over is not None and (last is None or last > over):
        end_grant(session, grant, on=over, why="days", actor=actor, now=now)
        grant = None
    if grant is not None and grant.state is SupportState.GRANTED:
        said = newest_verdict(session, grant)
        return Settled(grant, Result(said.outcome), _lines(said), new=False)
    grant, verdict, changed = _looked_at(session, claim, grant, actor=actor, now=now)
    lines = _lines(verdict)
    if verdict.outcome != Result.MET and not reason.strip():
        return Settled(grant, Result(verdict.outcome), lines, new=changed)
    grant.decided_at, grant.decided_by = now, actor.login
    grant.reason = reason.strip() or None
    grant.first_day, grant.last_day = first, last
    session.add(grant)
    withdraw_contrary(session, topic_of(claim.membership, code), actor=actor, now=now)
    move(
        session,
        grant,
        SupportState.GRANTED,
        happened=Happened.SUPPORT_GRANTED,
        actor=actor,
        now=now,
        facts={
            "kind": code,
            "outcome": verdict.outcome,
            "from": first.isoformat(),
            "until": last.isoformat() if last else None,
        },
        messages=_granted_letter(session, claim, grant, actor=actor, now=now),
    )
    return Settled(grant, Result(verdict.outcome), lines, new=True)


def refuse_support(session: Session, number: str, code: str, *, reason: str, actor: Actor, now: datetime) -> Settled:
    """An officer refuses a support, with the reason that the person reads beside what is not met.

    Raises ``BadInput`` without a reason, ``NotYet`` for one who holds no seat, and for what was settled already.
    """
    actor.require(Right.MEMBERSHIP)
    if not reason.strip():
        raise BadInput("Odmowa wsparcia wymaga uzasadnienia (--reason); przeczyta je osoba, której dotyczy.")
    claim = claim_of(session, number, code)
    _require_seat(session, claim)
    before = grants_of(session, claim.membership)
    grant = standing_grant(session, claim.membership, code)
    if grant is not None and grant.state is SupportState.GRANTED:
        raise NotYet(f"To wsparcie jest już przyznane. Kończy się je poleceniem: nabor support end {number} {code}.")
    last = next((one for one in reversed(before) if one.kind == code), None)
    if grant is None and last is not None and last.state is SupportState.REFUSED:
        raise NotYet(
            f"Zgłoszenie {number}: tego wsparcia już odmówiono. Gdy dane się zmieniły, użyj: nabor support grant."
        )
    grant, verdict, _ = _looked_at(session, claim, grant, actor=actor, now=now)
    lines = _lines(verdict)
    grant.decided_at, grant.decided_by, grant.reason = now, actor.login, reason.strip()
    session.add(grant)
    withdraw_contrary(session, topic_of(claim.membership, code), actor=actor, now=now)
    move(
        session,
        grant,
        SupportState.REFUSED,
        happened=Happened.SUPPORT_REFUSED,
        actor=actor,
        now=now,
        facts={"kind": code, "outcome": verdict.outcome},
        messages=notice(
            session,
            claim.application,
            "support_refused",
            SupportRefusedLetter,
            occasion=f"support/{grant.id}",
            topic=topic_of(claim.membership, code),
            subject_ref=reference(claim.membership),
            actor=actor,
            now=now,
            support_name=claim.kind.name,
            reason=reason.strip(),
            verdicts=tuple(line for line in lines if line.result != "met"),
        ),
    )
    return Settled(grant, Result(verdict.outcome), lines, new=True)


def end_support(
    session: Session, number: str, code: str, *, on: date, reason: str, actor: Actor, now: datetime
) -> SupportGrant:
    """Ends a support on a day, the last one on which sessions count. A day to come is kept until then.

    What only waits for a decision is dropped, and nobody is written to. Raises ``BadInput`` without a reason, for a day
    before a session that is on record and for one after the last day of the support, ``NotYet`` where nothing stands.
    """
    actor.require(Right.MEMBERSHIP)
    if not reason.strip():
        raise BadInput("Zakończenie wsparcia wymaga powodu (--reason); przeczyta go osoba, której dotyczy.")
    claim = claim_of(session, number, code)
    session.refresh(claim.membership, with_for_update=True)
    grant = standing_grant(session, claim.membership, code)
    if grant is None:
        raise NotYet(f"Zgłoszenie {number} nie ma wsparcia „{claim.kind.name}”, które można zakończyć.")
    today = warsaw_date(now)
    if grant.last_day == on > today:
        return grant
    grant.end_reason = reason.strip()
    session.add(grant)
    if grant.state is SupportState.WAITING:
        end_grant(session, grant, on=today, why="given_up", actor=actor, now=now)
        return grant
    assert grant.first_day is not None
    if on < grant.first_day:
        raise BadInput(f"Wsparcie trwa od {short_date(grant.first_day)}; nie może się skończyć wcześniej (--on).")
    if grant.last_day is not None and on > grant.last_day:
        raise BadInput(
            f"Ostatni dzień tego wsparcia to {short_date(grant.last_day)}; nie można go zakończyć później (--on). "
            f"Gdy minie, na dalsze dni przyznaje się je od nowa: nabor support grant {number} {code} --from."
        )
    held = [
        warsaw_date(one.spent.starts)
        for one in time_of(session, [claim.membership.person_id])[claim.membership.person_id]
        if one.membership_id == claim.membership.id and one.spent.kind == code and one.spent.takes_time
    ]
    if held and max(held) > on:
        raise BadInput(f"Sesje są wpisane do {short_date(max(held))}; wsparcie nie może się skończyć wcześniej (--on).")
    if on > today:
        grant.last_day = on
        session.add(grant)
        facts = {"kind": code, "on": on.isoformat()}
        note(
            session,
            reference(grant),
            happened=Happened.SUPPORT_REDATED,
            actor=actor,
            now=now,
            area=grant.area,
            facts=facts,
        )
    else:
        end_grant(session, grant, on=on, why="officer", actor=actor, now=now)
    from_now = notice(
        session,
        claim.application,
        "support_ended",
        SupportEndedLetter,
        occasion=f"support/{grant.id}/{on.isoformat()}",
        topic=topic_of(claim.membership, code),
        subject_ref=reference(claim.membership),
        actor=actor,
        now=now,
        support_name=claim.kind.name,
        last_day=on,
        reason=reason.strip(),
    )
    withdraw_contrary(session, topic_of(claim.membership, code), actor=actor, now=now)
    queue(session, from_now, actor=actor, now=now)
    return grant


def standing_grant(session: Session, membership: Membership, code: str) -> SupportGrant | None:
    """The support of a kind that is granted or waits for a decision."""
    return next((one for one in grants_of(session, membership) if one.kind == code and one.state in STANDING), None)


def _over_since(grant: SupportGrant, now: datetime) -> date | None:
    """The last day of a granted support whose days have passed, which by itself changes no state."""
    over = grant.state is SupportState.GRANTED and grant.last_day is not None and grant.last_day < warsaw_date(now)
    return grant.last_day if over else None


def covering_grant(session: Session, claim: Claim, on: date) -> SupportGrant:
    """The grant under which a session on a day counts. Raises ``NotYet`` with what to do."""
    code, number = claim.kind.code, claim.application.number
    rows = [one for one in grants_of(session, claim.membership) if one.kind == code]
    granted = [one for one in rows if one.first_day is not None]
    for row in reversed(granted):
        assert row.first_day is not None
        if row.first_day <= on and (row.last_day is None or on <= row.last_day):
            return row
    if not granted:
        raise NotYet(
            f"Zgłoszeniu {number} nie przyznano wsparcia „{claim.kind.name}”. "
            f"Najpierw: nabor support grant {number} {code}."
        )
    spans = "; ".join(
        f"od {short_date(row.first_day)}" + (f" do {short_date(row.last_day)}" if row.last_day else "")
        for row in granted
        if row.first_day is not None
    )
    raise NotYet(f"Zgłoszenie {number}: w tym dniu nie było wsparcia „{claim.kind.name}” (przyznano {spans}).")


def require_seat_then(session: Session, claim: Claim, starts: datetime, ends: datetime) -> None:
    """Raises ``NotYet`` for one who did not hold the seat at the time of a session."""
    assert claim.membership.id is not None
    if not held_between(seat_times(session, [claim.membership])[claim.membership.id], starts, ends):
        raise NotYet(f"Zgłoszenie {claim.application.number}: w tym czasie nie miało miejsca w grupie.")


def newest_verdict(session: Session, grant: SupportGrant) -> SupportVerdict:
    """What the rule said last of a support."""
    return session.exec(
        select(SupportVerdict)
        .where(SupportVerdict.grant_id == grant.id)
        .order_by(col(SupportVerdict.version).desc())
        .limit(1)
    ).one()


def _require_seat(session: Session, claim: Claim) -> None:
    session.refresh(claim.membership, with_for_update=True)
    if claim.membership.state not in SEATED:
        raise NotYet(
            f"Zgłoszenie {claim.application.number} nie ma potwierdzonego miejsca w grupie; "
            "wsparcie przyznaje się jej członkom."
        )


def _days(kind: SupportKind, first: date, last: date | None) -> tuple[date, date | None]:
    """The days of a grant, within those of the kind. Raises ``BadInput``."""
    if kind.period is not None:
        span = f"od {short_date(kind.period.starts)} do {short_date(kind.period.ends)}"
        first, last = max(first, kind.period.starts), last or kind.period.ends
        if first > kind.period.ends or last > kind.period.ends:
            raise BadInput(f"Wsparcie „{kind.name}” trwa {span}; podaj dni z tego okresu (--from, --until).")
    if last is not None and last < first:
        raise BadInput("Ostatni dzień wsparcia (--until) jest wcześniejszy niż pierwszy (--from).")
    return first, last


def _looked_at(
    session: Session, claim: Claim, grant: SupportGrant | None, *, actor: Actor, now: datetime
) -> tuple[SupportGrant, SupportVerdict, bool]:
    """The row of a claim with a verdict on today's facts, and whether either is new."""
    membership = claim.membership
    assert membership.id is not None
    if grant is None:
        grant = SupportGrant(
            area=membership.area,
            membership_id=membership.id,
            project=claim.definition.code,
            kind=claim.kind.code,
            asked_at=now,
            asked_by=actor.login,
        )
        facts = {"kind": claim.kind.code, "application": claim.application.number}
        enter(session, grant, happened=Happened.SUPPORT_ASKED, actor=actor, now=now, facts=facts)
        last = None
    else:
        last = newest_verdict(session, grant)
    said = judged(session, claim, now=now)
    version = newest_version(session, claim.definition.code)
    assert grant.id is not None
    assert version.id is not None
    made = SupportVerdict(
        area=grant.area,
        grant_id=grant.id,
        version=1 if last is None else last.version + 1,
        project_version_id=version.id,
        rules_digest=version.digest,
        algorithm=ALGORITHM,
        facts_lookup=said.lookup,
        outcome=said.outcome.eligible.value,
        verdicts=[
            {
                "code": one.code,
                "result": one.result.value,
                "paragraph": one.paragraph,
                "sentence": one.sentence,
                "evidence": list(one.evidence),
            }
            for one in said.outcome.verdicts
        ],
        judged_at=now,
        judged_by=actor.login,
    )
    same = ("rules_digest", "algorithm", "facts_lookup", "outcome")
    if last is not None and all(getattr(last, name) == getattr(made, name) for name in same):
        return grant, last, False
    session.add(made)
    session.flush()
    note(
        session,
        reference(grant),
        happened=Happened.SUPPORT_JUDGED,
        actor=actor,
        now=now,
        area=grant.area,
        facts={"kind": grant.kind, "outcome": made.outcome, "version": made.version, "algorithm": made.algorithm},
    )
    return grant, made, True


def _lines(verdict: SupportVerdict) -> tuple[VerdictLine, ...]:
    return tuple(
        VerdictLine(sentence=one["sentence"], paragraph=one["paragraph"], result=one["result"])
        for one in verdict.verdicts
    )


def _granted_letter(
    session: Session, claim: Claim, grant: SupportGrant, *, actor: Actor, now: datetime
) -> list[Message]:
    kind = claim.kind
    assert grant.first_day is not None
    return notice(
        session,
        claim.application,
        "support_granted",
        SupportGrantedLetter,
        occasion=f"support/{grant.id}",
        topic=topic_of(claim.membership, kind.code),
        subject_ref=reference(claim.membership),
        actor=actor,
        now=now,
        support_name=kind.name,
        together=kind.form is SupportForm.GROUP,
        limit_hours=kind.limit_hours or 0,
        led_by="" if kind.led_by == UNKNOWN else kind.led_by,
        first_day=grant.first_day,
        last_day=grant.last_day,
    )
