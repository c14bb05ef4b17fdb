"""Verification: judging complete applications by the project's criteria, storing the sheets, asking where unclear."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import CANNOT_TELL, Gap, call_of, facts_of, form_of
from flows.steps.calls import find_call
from flows.steps.corrections import ask
from flows.steps.projects import definition_for
from models.actor import Actor, Right
from models.columns import canonical
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.criteria import Criterion, PointRule, Result
from models.rules.facts import Facts
from models.rules.verification import Effect, ToVerify, plan, sheet_lines
from models.storage import keyring_in
from models.tables import Application, Call, Correction, ProjectVersion, VerdictSheet
from models.tables.applications import ApplicationState
from models.transitions import move, note, reference


@dataclass(frozen=True)
class VerificationCounts:
    eligible: int = 0
    not_eligible: int = 0
    cannot_tell: int = 0

    def __add__(self, other: "VerificationCounts") -> "VerificationCounts":
        return VerificationCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def rules_of(definition: ProjectDefinition, call: Call) -> tuple[tuple[Criterion, ...], tuple[PointRule, ...]]:
    """The criteria and point rules of a call's group kind, in the order of the regulation."""
    kind = definition.group_kind(call.group_kind)
    rules = {rule.code: rule for rule in definition.merit}
    return tuple(definition.criterion(code) for code in kind.criteria), tuple(rules[code] for code in kind.merit)


def to_verify(session: Session, call_code: str) -> list[int]:
    """Applications of a call that wait for a verdict, by number: complete ones, and those judged on other facts."""
    call = find_call(session, call_code)
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, col(Application.state).in_((ApplicationState.COMPLETE, *_JUDGED)))
        .order_by(Application.number)
    ).all()
    return [
        row.id
        for row in rows
        if row.id is not None and (row.state is ApplicationState.COMPLETE or _outdated(session, row))
    ]


def outdated(session: Session, call: Call) -> list[str]:
    """Numbers of judged, undecided applications whose verdict would be another one today.

    A form of the same person may have come or been withdrawn since: what is true of one changes what is true of the
    other.
    """
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, col(Application.state).in_(_JUDGED))
        .order_by(Application.number)
    ).all()
    return [row.number for row in rows if _outdated(session, row)]


_JUDGED = (ApplicationState.ELIGIBLE, ApplicationState.NOT_ELIGIBLE, ApplicationState.RANKED)


def _outdated(session: Session, application: Application) -> bool:
    sheet = newest_sheet(session, application)
    assert application.id is not None
    [effect] = propose(session, [application.id])
    return sheet is None or (sheet.outcome, sheet.verdicts, sheet.merit, sheet.premium) != (
        effect.outcome.value,
        json.loads(canonical(sheet_lines(effect))),
        effect.points.merit,
        effect.points.premium,
    )


def propose(session: Session, application_ids: Sequence[int]) -> tuple[Effect, ...]:
    """What verification would say, without any effect."""
    effects: list[Effect] = []
    for application_id in application_ids:
        application = session.get_one(Application, application_id)
        call = call_of(session, application)
        criteria, merit = rules_of(definition_for(session, call), call)
        one = ToVerify(application_id, facts_of(session, application, call))
        effects.extend(plan([one], criteria=criteria, merit=merit))
    return tuple(effects)


def verify(session: Session, application_ids: Sequence[int], *, actor: Actor, now: datetime) -> VerificationCounts:
    """Applies the plan: stores each sheet and moves each application. One that is judged already stays as it is."""
    actor.require(Right.VERIFY)
    counts = VerificationCounts()
    for effect in propose(session, application_ids):
        application = session.get_one(Application, effect.application_id, with_for_update=True)
        if application.state in _JUDGED and _outdated(session, application):
            for state, happened in _ANEW:
                move(session, application, state, happened=happened, actor=actor, now=now)
        if application.state is ApplicationState.COMPLETE:
            _store_sheet(session, application, effect, actor=actor, now=now)
            counts += _apply(session, application, effect, actor=actor, now=now)
    return counts


_ANEW = (
    (ApplicationState.CORRECTED, Happened.APPLICATION_CORRECTED),
    (ApplicationState.COMPLETE, Happened.APPLICATION_COMPLETE),
)


def newest_sheet(session: Session, application: Application) -> VerdictSheet | None:
    """The sheet that counts."""
    return session.exec(
        select(VerdictSheet)
        .where(VerdictSheet.application_id == application.id)
        .order_by(col(VerdictSheet.version).desc())
    ).first()


def _store_sheet(session: Session, application: Application, effect: Effect, *, actor: Actor, now: datetime) -> None:
    call = call_of(session, application)
    version = session.get_one(ProjectVersion, call.project_version_id)
    assert application.id is not None
    assert version.id is not None
    lookup = _facts_lookup(session, facts_of(session, application, call))
    last = newest_sheet(session, application)
    if last is not None and (last.facts_lookup, last.rules_digest, last.algorithm) == (
        lookup,
        version.digest,
        effect.algorithm,
    ):
        return
    session.add(
        VerdictSheet(
            area=application.area,
            application_id=application.id,
            version=(last.version if last else 0) + 1,
            project_version_id=version.id,
            rules_digest=version.digest,
            algorithm=effect.algorithm,
            facts_lookup=lookup,
            outcome=effect.outcome,
            verdicts=sheet_lines(effect),
            merit=effect.points.merit,
            premium=effect.points.premium,
            judged_at=now,
            judged_by=actor.login,
        )
    )
    session.flush()


def _facts_lookup(session: Session, facts: Facts) -> str:
    body = asdict(facts)
    body["fields"] = {key: [fact.status.value, fact.value] for key, fact in facts.fields.items()}
    return keyring_in(session).lookup("facts", canonical({key: _plain(value) for key, value in body.items()}))


def _plain(value: object) -> object:
    return value if isinstance(value, dict | list | tuple | str | int) else str(value)


def _apply(
    session: Session, application: Application, effect: Effect, *, actor: Actor, now: datetime
) -> VerificationCounts:
    facts = {"results": [f"{verdict.code}:{verdict.result}" for verdict in effect.verdicts]}
    match effect.outcome:
        case Result.MET:
            move(
                session,
                application,
                ApplicationState.ELIGIBLE,
                happened=Happened.VERIFIED_ELIGIBLE,
                actor=actor,
                now=now,
                facts={**facts, "merit": effect.points.merit, "premium": effect.points.premium},
            )
            return VerificationCounts(eligible=1)
        case Result.NOT_MET:
            move(
                session,
                application,
                ApplicationState.NOT_ELIGIBLE,
                happened=Happened.VERIFIED_NOT_ELIGIBLE,
                actor=actor,
                now=now,
                facts=facts,
            )
            return VerificationCounts(not_eligible=1)
        case Result.CANNOT_TELL:
            note(
                session,
                reference(application),
                happened=Happened.VERIFICATION_OPEN,
                actor=actor,
                now=now,
                area=application.area,
                facts=facts,
            )
            _ask_for_evidence(session, application, effect, actor=actor, now=now)
            return VerificationCounts(cannot_tell=1)


def _ask_for_evidence(
    session: Session, application: Application, effect: Effect, *, actor: Actor, now: datetime
) -> None:
    """Asks for the answers a criterion hangs on, once; whoever was asked already is an officer's case."""
    asked_before = session.exec(select(Correction.items).where(Correction.application_id == application.id)).all()
    known = {item["key"] for items in asked_before for item in items}
    definition = definition_for(session, call_of(session, application))
    if len(asked_before) >= definition.deadlines.correction_rounds:
        return
    form = form_of(definition, application)
    labels = {leaf.key: leaf.label for leaf in form.leaves}
    missing = [
        Gap(key, labels[key], "cannot_tell", CANNOT_TELL) for key in effect.ask if key in labels and key not in known
    ]
    if missing:
        ask(session, application, missing, actor=actor, now=now)
