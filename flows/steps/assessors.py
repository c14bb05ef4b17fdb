"""Assessors: applications are shared out among the commission's members, and what each has given is recorded."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, select

from flows.steps.applications import find_application
from flows.steps.assessments import Task, login_of, reckoned, rules_of_assessors, tasks_of, way_of
from flows.steps.calls import find_call
from flows.steps.commission import member_named, members, recuse, recuse_own_institutions
from flows.steps.four_eyes import is_recused
from flows.steps.projects import definition_for
from flows.steps.verification import newest_sheets, verify
from models.actor import Actor, Right, process
from models.errors import BadInput, IllegalMove, NotAllowed, NotYet
from models.events import Happened
from models.glossary import label
from models.rules.assessment import AssessmentRules, Reckoning, most_of_one
from models.rules.criteria import TOTAL, Result
from models.rules.points import PointsByAssessor
from models.tables import Application, AssessmentSheet, AssessmentTask, Call, CommissionMember, VerdictSheet
from models.tables.applications import ApplicationState
from models.tables.commission import MemberFunction
from models.transitions import note, reference

UNDECIDED = (
    ApplicationState.COMPLETE,
    ApplicationState.ELIGIBLE,
    ApplicationState.NOT_ELIGIBLE,
    ApplicationState.RANKED,
)
"""While an application is in one of these states, a sheet can still be given or changed."""
CONFLICT = "Oświadczenie w karcie oceny: osoba oceniająca nie jest bezstronna w tej sprawie."


@dataclass(frozen=True)
class Shared:
    """What was shared out: number and symbol; and the numbers for which there are too few assessors."""

    assigned: tuple[tuple[str, str], ...]
    short: tuple[str, ...]


class Recorded(StrEnum):
    """What became of a sheet."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    RECUSED = "recused"


@dataclass(frozen=True)
class Filled:
    """A filled-in sheet: points and words by the code of the rule. ``impartial``: what the assessor declared."""

    number: str
    impartial: bool
    points: Mapping[str, int]
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class _Assessed:
    """A call whose commission assesses, and how."""

    call: Call
    rules: tuple[PointsByAssessor, ...]
    way: AssessmentRules

    @property
    def codes(self) -> list[str]:
        return [rule.code for rule in self.rules]


def waiting_for_assessors(session: Session, call: Call) -> list[Application]:
    """Applications of which nothing is open but the commission's points, by number: verified, and not judged yet."""
    codes = {rule.code for rule in rules_of_assessors(definition_for(session, call), call)}
    if not codes:
        return []
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, Application.state == ApplicationState.COMPLETE)
        .order_by(Application.number)
    ).all()
    sheets = newest_sheets(session, rows)
    return [row for row in rows if row.id in sheets and _only_points_are_open(sheets[row.id], codes)]


def _only_points_are_open(sheet: VerdictSheet, codes: set[str]) -> bool:
    still = {line["code"] for line in sheet.verdicts["verdicts"] if line["result"] == Result.CANNOT_TELL}
    # What must be reached altogether is open for as long as the commission's points are.
    return sheet.outcome == Result.CANNOT_TELL and bool(still & codes) and still <= codes | {TOTAL}


def share_out(session: Session, call_code: str, *, actor: Actor, now: datetime) -> Shared:
    """Gives every application that waits for assessors to as many members with a vote as it needs.

    Whoever has fewest gets the next one; nobody gets one of their own institution or one they are recused from. The
    same again gives out only what a recusal, a dismissal or a wide spread has made necessary since. Raises ``NotYet``
    for a call that waits for nobody.
    """
    actor.require(Right.CONVENE)
    assessed = _locked(session, call_code)
    call = assessed.call
    rows = waiting_for_assessors(session, call)
    if not rows:
        raise NotYet(
            f"W naborze {call.code} żadne zgłoszenie nie czeka na ocenę Komisji. Najpierw formalna: "
            f"nabor call verify {call.code}."
        )
    sitters = [one for one in members(session, call, at=now) if one.votes]
    if not sitters:
        raise NotYet(f"Nikogo z prawem głosu nie powołano do Komisji naboru {call.code}: nabor commission appoint.")
    recuse_own_institutions(session, call, sitters, actor=actor, now=now)
    session.flush()
    tasks = tasks_of(session, rows)
    load = Counter(task.member.officer_id for given in tasks.values() for task in given)
    assigned, short = [], []
    for row in rows:
        assert row.id is not None
        given = list(tasks.get(row.id, ()))
        needed = reckoned(given, assessed.codes, assessed.way).needed
        # A dismissed member's missing sheet will not come.
        coming = [task for task in given if task.sheet is not None or task.member.dismissed_at is None]
        free = _free(session, row, given, sitters)
        wanted = max(needed - len(coming), 0)
        for member in sorted(free, key=lambda one: (load[one.officer_id], one.symbol))[:wanted]:
            _give(session, row, member, actor=actor, now=now)
            load[member.officer_id] += 1
            assigned.append((row.number, member.symbol))
        if len(coming) + len(free) < needed:
            short.append(row.number)
    return Shared(tuple(assigned), tuple(short))


def _free(
    session: Session, application: Application, given: Sequence[Task], sitters: Sequence[CommissionMember]
) -> list[CommissionMember]:
    have = {task.member.officer_id for task in given}
    return [
        one
        for one in sitters
        if one.officer_id not in have and not is_recused(session, application, login_of(session, one))
    ]


def give(session: Session, call_code: str, number: str, login: str, *, actor: Actor, now: datetime) -> str:
    """Gives one application to one member besides those who have it; the member's symbol.

    Raises ``NotAllowed`` for one who is recused or has no vote, ``BadInput`` where the sum of all sheets counts.
    """
    actor.require(Right.CONVENE)
    assessed = _locked(session, call_code)
    call, way = assessed.call, assessed.way
    application = _of_call(session, call, number)
    member = member_named(session, call, login, at=now)
    recuse_own_institutions(session, call, [member], actor=actor, now=now)
    session.flush()
    if not member.votes:
        raise NotAllowed(f"„{login}” nie ma w Komisji prawa głosu, więc nie ocenia.")
    if is_recused(session, application, login):
        raise NotAllowed(f"„{login}” jest wyłączona / wyłączony ze sprawy {application.number}.")
    _require_undecided(application)
    assert application.id is not None
    given = tasks_of(session, [application]).get(application.id, ())
    for task in given:
        if task.member.officer_id == member.officer_id:
            return task.member.symbol
    if way.reckoning is Reckoning.SUM and len(given) >= way.assessors:
        raise BadInput(
            f"Zgłoszenie {application.number} mają już wszyscy, których suma ocen się liczy ({way.assessors}); "
            "kolejna ocena zmieniłaby sumę."
        )
    _give(session, application, member, actor=actor, now=now)
    return member.symbol


def _give(session: Session, application: Application, member: CommissionMember, *, actor: Actor, now: datetime) -> None:
    assert application.id is not None
    assert member.id is not None
    session.add(
        AssessmentTask(
            area=application.area, application_id=application.id, member_id=member.id, assigned_at=now,
            assigned_by=actor.login,
        )
    )  # fmt: skip
    note(
        session, reference(application), happened=Happened.ASSESSOR_ASSIGNED, actor=actor, now=now,
        area=application.area, facts={"symbol": member.symbol},
    )  # fmt: skip


def record(
    session: Session,
    call_code: str,
    login: str,
    sheet: Filled,
    *,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Recorded:
    """Records what an assessor has given, and judges the application when its assessment is complete.

    The same again changes nothing; other points need a ``reason`` and become the next version. One who declares not to
    be impartial is recused instead, and the sheet counts for nothing.

    Raises ``BadInput`` with every mistake of the sheet, ``NotAllowed`` for one who is recused or enters another's
    sheet without the right to, ``NotYet`` for an application not given to this assessor, ``IllegalMove`` once the
    commission has decided.
    """
    actor.require(Right.CONVENE)
    assessed = _locked(session, call_code)
    call, rules = assessed.call, assessed.rules
    application = _of_call(session, call, sheet.number)
    require_hand(session, call, login, actor, now=now)
    if is_recused(session, application, login):
        raise NotAllowed(f"„{login}” jest wyłączona / wyłączony ze sprawy {application.number}; karta się nie liczy.")
    task = _task_of(session, application, login)
    _require_undecided(application)
    if not sheet.impartial:
        recuse(session, call_code, login, application.number, reason=CONFLICT, actor=actor, now=now)
        session.flush()
        _judge(session, application, assessed, actor=actor, now=now)
        return Recorded.RECUSED
    faults = mistakes(sheet, rules, assessed.way)
    if faults:
        raise BadInput(f"Karta oceny zgłoszenia {application.number}: " + " ".join(faults))
    points = {rule.code: sheet.points[rule.code] for rule in rules}
    reasons = {rule.code: sheet.reasons.get(rule.code, "").strip() for rule in rules}
    if task.sheet is not None and (task.points, task.reasons) == (points, reasons):
        return Recorded.UNCHANGED
    if task.sheet is not None and not reason.strip():
        raise BadInput(
            f"Zgłoszenie {application.number} ma już kartę tej osoby, z inną treścią. Zmiana wymaga powodu (--reason)."
        )
    assert task.row.id is not None
    version = (task.sheet.version if task.sheet is not None else 0) + 1
    session.add(
        AssessmentSheet(
            area=application.area,
            task_id=task.row.id,
            version=version,
            points=points,
            reasons=json.dumps(reasons, ensure_ascii=False),
            change_reason=reason.strip() or None if version > 1 else None,
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    note(
        session, reference(application), happened=Happened.ASSESSED, actor=actor, now=now, area=application.area,
        facts={"symbol": task.member.symbol, "version": version},
    )  # fmt: skip
    _judge(session, application, assessed, actor=actor, now=now)
    return Recorded.NEW if version == 1 else Recorded.CHANGED


def mistakes(sheet: Filled, rules: Sequence[PointsByAssessor], way: AssessmentRules) -> list[str]:
    """Every mistake of a filled-in sheet, as Polish sentences; none for a good one."""
    known = {rule.code for rule in rules}
    found = [
        f"Nie ma kryterium „{code}” (są: {', '.join(sorted(known))})." for code in sorted(set(sheet.points) - known)
    ]
    for rule in rules:
        most = most_of_one(rule.maximum, way)
        points = sheet.points.get(rule.code)
        if points is None:
            found.append(f"Brakuje punktów w kryterium „{rule.title}” ({rule.code}).")
        elif not 0 <= points <= most:
            found.append(f"W kryterium „{rule.title}” ({rule.code}) można dać od 0 do {most} pkt, a wpisano {points}.")
        if way.justified and not sheet.reasons.get(rule.code, "").strip():
            found.append(f"Brakuje uzasadnienia w kryterium „{rule.title}” ({rule.code}).")
    return found


def _judge(session: Session, application: Application, assessed: _Assessed, *, actor: Actor, now: datetime) -> None:
    """Verification follows from the last sheet by itself, whoever enters it. An earlier verdict is judged anew."""
    session.flush()
    assert application.id is not None
    tasks = tasks_of(session, [application]).get(application.id, ())
    complete = reckoned(tasks, assessed.codes, assessed.way).complete
    if complete or application.state is not ApplicationState.COMPLETE:
        by = actor if actor.has(Right.VERIFY) else process("verification")
        verify(session, [application.id], actor=by, now=now)


def _locked(session: Session, call_code: str) -> _Assessed:
    """The call, locked, with what its assessors follow. Raises ``BadInput`` for a call without points by assessors."""
    call = find_call(session, call_code)
    session.refresh(call, with_for_update=True)
    definition = definition_for(session, call)
    rules = rules_of_assessors(definition, call)
    if not rules:
        raise BadInput(
            f"W naborze {call.code} Komisja nie ocenia merytorycznie: żadna reguła punktowa grupy {call.group_kind} "
            "nie jest oceną Komisji (points_by_assessor)."
        )
    return _Assessed(call, rules, way_of(definition))


def _of_call(session: Session, call: Call, number: str) -> Application:
    application = find_application(session, number)
    if application.call_id != call.id:
        raise BadInput(f"Zgłoszenie {application.number} nie należy do naboru {call.code}.")
    return application


def _task_of(session: Session, application: Application, login: str) -> Task:
    assert application.id is not None
    for task in tasks_of(session, [application]).get(application.id, ()):
        if login_of(session, task.member) == login:
            return task
    raise NotYet(
        f"Zgłoszenia {application.number} nie przydzielono do oceny osobie „{login}”: nabor assessment assign."
    )


def _require_undecided(application: Application) -> None:
    if application.state not in UNDECIDED:
        raise IllegalMove(
            f"Zgłoszenie {application.number} ma stan „{label(application.state)}”; kart oceny już się nie zmienia. "
            "Po ogłoszeniu wyników drogą do zmiany jest odwołanie."
        )


def require_hand(session: Session, call: Call, login: str, actor: Actor, *, now: datetime) -> None:
    """A member enters their own sheet; the office and the commission's secretary those that were signed on paper."""
    if login == actor.login or actor.has(Right.TAKE_IN):
        return
    own = next((one for one in members(session, call, at=now) if login_of(session, one) == actor.login), None)
    if own is None or own.function is not MemberFunction.SECRETARY:
        raise NotAllowed(
            f"Kartę innej osoby („{login}”) wpisuje pracownik albo sekretarz Komisji, a nie „{actor.login}”."
        )
