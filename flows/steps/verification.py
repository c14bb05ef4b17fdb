"""Verification: judging complete applications by the project's criteria, storing the sheets, asking where unclear."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import insert
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from flows.steps.applications import CANNOT_TELL, Gap, form_of
from flows.steps.calls import find_call
from flows.steps.corrections import ask
from flows.steps.facts import Word, declared_in, facts_for, known_of_units
from flows.steps.portions import AT_ONCE, portions
from flows.steps.projects import definition_for
from models.actor import Actor, Right
from models.columns import canonical
from models.errors import NotFound
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.conditions import Condition, fields_of, goes_by_declarations
from models.rules.criteria import ALGORITHM, Criterion, Minimum, PointRule, Result, evidence, point_evidence
from models.rules.facts import Facts
from models.rules.points import FlatPoints
from models.rules.signed_declarations import declarations_awaited, declarations_heard
from models.rules.unit_numbers import UnitNumbers, unit_key
from models.rules.verification import Effect, ToVerify, plan, sheet_lines
from models.storage import keyring_in
from models.tables import Application, Call, Correction, ProjectVersion, VerdictSheet
from models.tables.applications import ApplicationState
from models.transitions import Move, move_all, note, reference
from models.unit_data import numbers_of


@dataclass(frozen=True)
class VerificationCounts:
    eligible: int = 0
    not_eligible: int = 0
    cannot_tell: int = 0

    def __add__(self, other: "VerificationCounts") -> "VerificationCounts":
        return VerificationCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True)
class Rules:
    """What a call judges by: criteria and point rules of its group kind, in the order of the regulation."""

    criteria: tuple[Criterion, ...]
    merit: tuple[PointRule, ...]
    minimum: Minimum | None
    unit_data: UnitNumbers = field(default_factory=dict)
    """The project's tables about units."""
    named_units: frozenset[str] = frozenset()
    """The units that the project names, by the digits that name each."""

    @property
    def keys(self) -> frozenset[str]:
        """Keys of all answers that anything depends on."""
        asked = [*map(evidence, self.criteria), *map(point_evidence, self.merit)]
        return frozenset(key for keys in asked for key in keys)

    @cached_property
    def _by_declaration(self) -> tuple[Condition, ...]:
        tests = [one.test for one in self.criteria]
        tests += [one.test for one in self.merit if isinstance(one, FlatPoints)]
        return tuple(test for test in tests if goes_by_declarations(test))

    @cached_property
    def keys_of_declarations(self) -> frozenset[str]:
        """Keys of the answers that say whose declaration is waited for."""
        return frozenset(key for test in self._by_declaration for key in fields_of(test))

    def awaited(self, facts: Facts) -> tuple[str, ...]:
        """TERYT of the units whose declaration the verdicts on these facts wait for."""
        return tuple(dict.fromkeys(unit for test in self._by_declaration for unit in declarations_awaited(test, facts)))

    @property
    def goes_by_declarations(self) -> bool:
        return bool(self._by_declaration)

    def heard(self, facts: Facts) -> dict[str, date | None]:
        """Of the declarations known, those that the verdicts on these facts go by."""
        return {unit: day for test in self._by_declaration for unit, day in declarations_heard(test, facts).items()}


def rules_of(definition: ProjectDefinition, call: Call) -> Rules:
    """The rules of a call under its definition."""
    kind = definition.group_kind(call.group_kind)
    return Rules(
        tuple(definition.criterion(code) for code in kind.criteria),
        tuple(definition.point_rule(code) for code in kind.merit),
        kind.minimum,
        numbers_of(definition.unit_data),
        frozenset(map(unit_key, definition.area.names())),
    )


def to_verify(session: Session, call_code: str) -> list[int]:
    """Applications of a call that wait for a verdict, by number: complete ones, and those judged on other facts."""
    call = find_call(session, call_code)
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, col(Application.state).in_((ApplicationState.COMPLETE, *_JUDGED)))
        .order_by(Application.number)
    ).all()
    stale = _outdated(session, call, [row for row in rows if row.state in _JUDGED])
    return [
        row.id for row in rows if row.id is not None and (row.state is ApplicationState.COMPLETE or row.id in stale)
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
    stale = _outdated(session, call, rows)
    return [row.number for row in rows if row.id in stale]


_JUDGED = (ApplicationState.ELIGIBLE, ApplicationState.NOT_ELIGIBLE, ApplicationState.RANKED)


def _outdated(session: Session, call: Call, applications: Sequence[Application]) -> set[int]:
    """Ids of judged applications whose own algorithm says something else of them today, or that have no sheet."""
    rules = rules_of(definition_for(session, call), call)
    found: set[int] = set()
    for chunk in portions(applications, AT_ONCE):
        sheets = newest_sheets(session, chunk)
        found.update(one.id for one in chunk if one.id is not None and one.id not in sheets)
        for algorithm in sorted({sheet.algorithm for sheet in sheets.values()}):
            judged = [one for one in chunk if one.id in sheets and sheets[one.id].algorithm == algorithm]
            found |= _overtaken(
                sheets,
                facts_for(
                    session, call, judged, keys=rules.keys, unit_data=rules.unit_data, named_units=rules.named_units
                ),
                rules,
                algorithm,
            )
    return found


def overtaken(sheet: VerdictSheet | None, application: Application, facts: Facts, rules: Rules) -> bool:
    """Whether an application has to be judged anew: no sheet, or one whose own algorithm says something else today."""
    if sheet is None:
        return True
    return bool(_overtaken({sheet.application_id: sheet}, [(application, facts)], rules, sheet.algorithm))


def _says_otherwise(sheet: VerdictSheet, effect: Effect) -> bool:
    """Whether something else is judged. A sentence put in other words since is no other verdict."""
    return (sheet.outcome, _judged_in(sheet.verdicts), sheet.merit, sheet.premium) != (
        effect.outcome.value,
        _judged_in(json.loads(canonical(sheet_lines(effect)))),
        effect.points.merit,
        effect.points.premium,
    )


def _judged_in(lines: Mapping[str, Sequence[Mapping[str, object]]]) -> tuple[list[object], list[object]]:
    """What stored lines judge, without their wording."""
    return (
        [(line["code"], line["result"]) for line in lines["verdicts"]],
        [(line["code"], line["points"], line.get("known", True)) for line in lines["points"]],
    )


def _overtaken(
    sheets: Mapping[int, VerdictSheet],
    gathered: Iterable[tuple[Application, Facts]],
    rules: Rules,
    algorithm: str,
) -> set[int]:
    """Ids of those of whom this algorithm, which their sheets bear, says something else today."""
    pairs = list(gathered)
    try:
        judged = _effects(pairs, rules, algorithm)
    except KeyError:
        raise  # no algorithm of ours, which is another matter
    except LookupError:
        return {one.id for one, _ in pairs if one.id is not None}  # it is older than a kind that the rules have now
    return {effect.application_id for _, _, effect in judged if _says_otherwise(sheets[effect.application_id], effect)}


def effect_of(application: Application, facts: Facts, rules: Rules) -> Effect:
    """What the rules say of one application. Nothing is stored."""
    [(_, _, effect)] = _effects([(application, facts)], rules)
    return effect


def _effects(
    gathered: Iterable[tuple[Application, Facts]], rules: Rules, algorithm: str = ALGORITHM
) -> list[tuple[Application, Facts, Effect]]:
    """Each application with its facts and what follows from them."""
    pairs = list(gathered)
    effects = plan(
        [ToVerify(application.id, facts) for application, facts in pairs if application.id is not None],
        criteria=rules.criteria,
        merit=rules.merit,
        minimum=rules.minimum,
        algorithm=algorithm,
    )
    return [(*pair, effect) for pair, effect in zip(pairs, effects, strict=True)]


def propose(session: Session, application_ids: Sequence[int]) -> tuple[Effect, ...]:
    """What verification would say, without any effect."""
    effects: dict[int, Effect] = {}
    for call, applications in _by_call(session, application_ids, select(Application)):
        rules = rules_of(definition_for(session, call), call)
        for _, _, effect in _effects(
            facts_for(
                session, call, applications, keys=rules.keys, unit_data=rules.unit_data, named_units=rules.named_units
            ),
            rules,
        ):
            effects[effect.application_id] = effect
    return tuple(effects[application_id] for application_id in application_ids)


_LOCKED = select(Application).with_for_update().execution_options(populate_existing=True)
"""Read anew and locked until the transaction ends."""


def _by_call(
    session: Session, application_ids: Sequence[int], statement: SelectOfScalar[Application]
) -> Iterator[tuple[Call, list[Application]]]:
    """The applications in their order, call by call. Raises ``NotFound`` for one out of the actor's area."""
    rows: dict[int, Application] = {}
    for ids in portions(sorted(set(application_ids)), AT_ONCE):
        # In one order, whoever locks: two runs then wait for each other instead of both failing.
        for row in session.exec(statement.where(col(Application.id).in_(ids)).order_by(col(Application.id))):
            assert row.id is not None
            rows[row.id] = row
    calls: dict[int, list[Application]] = {}
    for application_id in dict.fromkeys(application_ids):
        if application_id not in rows:
            raise NotFound("Nie ma takiego zgłoszenia (albo leży poza obszarem tego konta).")
        calls.setdefault(rows[application_id].call_id, []).append(rows[application_id])
    for call_id, applications in calls.items():
        yield session.get_one(Call, call_id), applications


def verify(session: Session, application_ids: Sequence[int], *, actor: Actor, now: datetime) -> VerificationCounts:
    """Applies the plan: stores each sheet and moves each application. One that is judged already stays as it is.

    Hundreds of applications share their queries and their statements; each still has its own sheet, its own legal
    move and its own event, all in the caller's transaction.
    """
    actor.require(Right.VERIFY)
    session.flush()
    counts = VerificationCounts()
    for call, applications in _by_call(session, application_ids, _LOCKED):
        for chunk in portions(applications, AT_ONCE):
            counts += _verify_some(session, call, chunk, actor=actor, now=now)
    return counts


def _verify_some(
    session: Session, call: Call, applications: Sequence[Application], *, actor: Actor, now: datetime
) -> VerificationCounts:
    stale = _outdated(session, call, [one for one in applications if one.state in _JUDGED])
    anew = [one for one in applications if one.id in stale]
    for state, happened in _ANEW:
        move_all(session, [Move(one, state, happened) for one in anew], actor=actor, now=now)
    definition = definition_for(session, call)
    rules = rules_of(definition, call)
    waiting = [one for one in applications if one.state is ApplicationState.COMPLETE]
    judged = _effects(
        facts_for(session, call, waiting, keys=rules.keys, unit_data=rules.unit_data, named_units=rules.named_units),
        rules,
    )
    stored = _store_sheets(session, call, judged, rules, actor=actor, now=now)
    move_all(
        session,
        [_verdict_of(application, effect) for application, _, effect in judged if effect.outcome in _STATES],
        actor=actor,
        now=now,
    )
    for application, _, effect in judged:
        if effect.outcome is Result.CANNOT_TELL:
            if effect.application_id in stored:
                _note_open(session, application, effect, actor=actor, now=now)
            _ask_for_evidence(session, application, effect, definition, actor=actor, now=now)
    outcomes = [effect.outcome for _, _, effect in judged]
    return VerificationCounts(*(outcomes.count(result) for result in (Result.MET, Result.NOT_MET, Result.CANNOT_TELL)))


_ANEW = (
    (ApplicationState.CORRECTED, Happened.APPLICATION_CORRECTED),
    (ApplicationState.COMPLETE, Happened.APPLICATION_COMPLETE),
)
_STATES = {
    Result.MET: (ApplicationState.ELIGIBLE, Happened.VERIFIED_ELIGIBLE),
    Result.NOT_MET: (ApplicationState.NOT_ELIGIBLE, Happened.VERIFIED_NOT_ELIGIBLE),
}


def newest_sheet(session: Session, application: Application) -> VerdictSheet | None:
    """The sheet that counts."""
    return session.exec(
        select(VerdictSheet)
        .where(VerdictSheet.application_id == application.id)
        .order_by(col(VerdictSheet.version).desc())
    ).first()


def newest_sheets(session: Session, applications: Sequence[Application]) -> dict[int, VerdictSheet]:
    """The sheet that counts of each application that has one, by the application's id."""
    rows = session.exec(
        select(VerdictSheet)
        .where(col(VerdictSheet.application_id).in_([one.id for one in applications]))
        .order_by(col(VerdictSheet.version))
    )
    return {row.application_id: row for row in rows}


def _store_sheets(
    session: Session,
    call: Call,
    judged: Sequence[tuple[Application, Facts, Effect]],
    rules: Rules,
    *,
    actor: Actor,
    now: datetime,
) -> set[int]:
    """A sheet for each that has none of these facts, rules and verdicts yet; returns whose was stored."""
    version = session.get_one(ProjectVersion, call.project_version_id)
    assert version.id is not None
    last_sheets = newest_sheets(session, [application for application, _, _ in judged])
    words = declared_in(session, call)
    rows: list[dict[str, object]] = []
    stored: set[int] = set()
    for application, facts, effect in judged:
        assert application.id is not None
        last = last_sheets.get(application.id)
        if (
            last is not None
            and (last.rules_digest, last.algorithm) == (version.digest, effect.algorithm)
            and not _says_otherwise(last, effect)
            and _on_these_facts(session, last, facts, rules, words)
        ):
            continue
        stored.add(application.id)
        rows.append(
            {
                "area": application.area,
                "application_id": application.id,
                "version": (last.version if last else 0) + 1,
                "project_version_id": version.id,
                "rules_digest": version.digest,
                "algorithm": effect.algorithm,
                "facts_lookup": facts_lookup(session, facts, rules.heard(facts)),
                "outcome": effect.outcome.value,
                "verdicts": sheet_lines(effect),
                "merit": effect.points.merit,
                "premium": effect.points.premium,
                "judged_at": now,
                "judged_by": actor.login,
            }
        )
    if rows:
        session.execute(insert(VerdictSheet), rows)
    return stored


def _on_these_facts(session: Session, sheet: VerdictSheet, facts: Facts, rules: Rules, words: Sequence[Word]) -> bool:
    """Whether a sheet was made of these facts."""
    heard = rules.heard(facts)
    if sheet.facts_lookup == facts_lookup(session, facts, heard):
        return True
    # Sheets of earlier releases took in every declaration of the area that was known at the time.
    then = known_of_units([one for one in words if one.teryt.startswith(facts.area)], at=sheet.judged_at)
    same = rules.heard(replace(facts, declarations=then)) == heard
    return same and sheet.facts_lookup == facts_lookup(session, facts, then)


def facts_lookup(session: Session, facts: Facts, declarations: Mapping[str, date | None]) -> str:
    """The keyed digest of facts, with those of the declarations known that the rules go by."""
    body = {one.name: _plain(getattr(facts, one.name)) for one in fields(facts) if one.name not in _APART}
    body["declarations"] = _plain(declarations)
    body["fields"] = {key: [fact.status, fact.value] for key, fact in facts.fields.items()}
    return keyring_in(session).lookup("facts", canonical(body))


_APART = frozenset({"fields", "named_units", "unit_data"})
"""What is written differently, and what the version of the project tells already."""


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return value if isinstance(value, list | tuple | str | int) else str(value)


def _verdict_of(application: Application, effect: Effect) -> Move:
    state, happened = _STATES[effect.outcome]
    told = {"results": _results(effect)}
    if effect.outcome is Result.MET:
        return Move(
            application, state, happened, {**told, "merit": effect.points.merit, "premium": effect.points.premium}
        )
    return Move(application, state, happened, told)


def _results(effect: Effect) -> list[str]:
    return [f"{verdict.code}:{verdict.result}" for verdict in effect.verdicts]


def _note_open(session: Session, application: Application, effect: Effect, *, actor: Actor, now: datetime) -> None:
    """Once a sheet: the same facts judged again every night are no news."""
    note(
        session,
        reference(application),
        happened=Happened.VERIFICATION_OPEN,
        actor=actor,
        now=now,
        area=application.area,
        facts={"results": _results(effect)},
    )


def _ask_for_evidence(
    session: Session,
    application: Application,
    effect: Effect,
    definition: ProjectDefinition,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    missing = evidence_to_ask(session, application, effect, definition)
    if missing:
        ask(session, application, missing, actor=actor, now=now)


def evidence_to_ask(
    session: Session, application: Application, effect: Effect, definition: ProjectDefinition
) -> list[Gap]:
    """The answers a criterion hangs on, to be asked for once; whoever was asked already is an officer's case."""
    asked_before = session.exec(select(Correction.items).where(Correction.application_id == application.id)).all()
    known = {item["key"] for items in asked_before for item in items}
    if len(asked_before) >= definition.deadlines.correction_rounds:
        return []
    form = form_of(definition, application)
    labels = {leaf.key: leaf.label for leaf in form.leaves}
    return [
        Gap(key, labels[key], "cannot_tell", CANNOT_TELL) for key in effect.ask if key in labels and key not in known
    ]
