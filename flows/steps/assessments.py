"""Merit assessment as it stands: who assesses what, the sheets that count, and the points they come to."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import call_of, find_application
from flows.steps.portions import AT_ONCE, portions
from flows.steps.projects import definition_for
from models.errors import NotYet
from models.project import ProjectDefinition
from models.rules.assessment import ALGORITHM, Assessment, AssessmentRules, Marks, reckon
from models.rules.points import PointsByAssessor
from models.tables import (
    Application,
    AssessmentSheet,
    AssessmentTask,
    Call,
    CommissionMember,
    Officer,
    Recusal,
)


@dataclass(frozen=True)
class Task:
    """An application in an assessor's hands, with the newest sheet if there is one."""

    row: AssessmentTask
    member: CommissionMember
    sheet: AssessmentSheet | None

    @property
    def points(self) -> dict[str, int]:
        return dict(self.sheet.points) if self.sheet is not None else {}

    @property
    def reasons(self) -> dict[str, str]:
        """The assessor's words by the code of the rule."""
        return dict(json.loads(self.sheet.reasons)) if self.sheet is not None else {}


def rules_of_assessors(definition: ProjectDefinition, call: Call) -> tuple[PointsByAssessor, ...]:
    """The rules of the call's group whose points the commission gives, in the order of the regulation."""
    kind = definition.group_kind(call.group_kind)
    rules = (definition.point_rule(code) for code in kind.merit)
    return tuple(rule for rule in rules if isinstance(rule, PointsByAssessor))


def way_of(definition: ProjectDefinition) -> AssessmentRules:
    """How the project assesses; a checked project with points by assessors says so."""
    return definition.assessment or AssessmentRules()


def tasks_of(
    session: Session, applications: Sequence[Application], *, at: datetime | None = None
) -> Mapping[int, tuple[Task, ...]]:
    """The tasks of each application whose assessor has not been recused from it, in whatever seat of the commission.

    ``at``: as it stood then. A sheet of one who was dismissed since counts: it was given by a member.
    """
    found: defaultdict[int, list[Task]] = defaultdict(list)
    ids = [one.id for one in applications if one.id is not None]
    for chunk in portions(ids, AT_ONCE):
        sheets = _newest_sheets(session, chunk, at)
        out = _recused(session, chunk, at)
        rows = session.exec(
            select(AssessmentTask, CommissionMember)
            .join(CommissionMember, col(CommissionMember.id) == AssessmentTask.member_id)
            .where(col(AssessmentTask.application_id).in_(chunk))
            .order_by(col(AssessmentTask.id))
        )
        for row, member in rows:
            if (at is None or row.assigned_at <= at) and (row.application_id, member.officer_id) not in out:
                assert row.id is not None
                found[row.application_id].append(Task(row, member, sheets.get(row.id)))
    return {application_id: tuple(tasks) for application_id, tasks in found.items()}


def _newest_sheets(session: Session, ids: Sequence[int], at: datetime | None) -> dict[int, AssessmentSheet]:
    rows = session.exec(
        select(AssessmentSheet)
        .join(AssessmentTask, col(AssessmentTask.id) == AssessmentSheet.task_id)
        .where(col(AssessmentTask.application_id).in_(ids))
        .order_by(col(AssessmentSheet.version))
    )
    return {row.task_id: row for row in rows if at is None or row.recorded_at <= at}


def _recused(session: Session, ids: Sequence[int], at: datetime | None) -> set[tuple[int, int]]:
    """Application and officer of each recusal: the conflict is the person's, not the seat's."""
    rows = session.exec(
        select(Recusal.application_id, CommissionMember.officer_id, Recusal.recorded_at)
        .join(CommissionMember, col(CommissionMember.id) == Recusal.member_id)
        .where(col(Recusal.application_id).in_(ids))
    )
    return {(application, officer) for application, officer, recorded in rows if at is None or recorded <= at}


def reckoned(tasks: Sequence[Task], codes: Sequence[str], rules: AssessmentRules) -> Assessment:
    """What the sheets of one application come to. A sheet of before a change of rules, without one of them, waits."""
    marks = [
        Marks(str(task.member.officer_id), task.points)
        for task in tasks
        if task.sheet is not None and set(codes) <= task.points.keys()
    ]
    return reckon(marks, codes, rules, algorithm=ALGORITHM)


def assessed_points(
    session: Session, call: Call, applications: Sequence[Application]
) -> Mapping[int, Mapping[str, int]]:
    """The points of each application that is assessed completely, by code of the rule; nothing is looked up for a
    call whose rules need no assessors."""
    definition = definition_for(session, call)
    codes = [rule.code for rule in rules_of_assessors(definition, call)]
    if not codes:
        return {}
    return {
        application_id: reckoned(tasks, codes, way_of(definition)).points
        for application_id, tasks in tasks_of(session, applications).items()
    }


@dataclass(frozen=True)
class AssessmentLine:
    """The assessment of one application, by number and symbols."""

    number: str
    assessors: tuple[str, ...]
    """Symbols of all who have it; those whose sheet is missing are among ``missing`` too."""
    missing: tuple[str, ...]
    given: int
    needed: int
    points: int | None
    """Altogether; ``None`` while it is not complete, or while the viewer's own sheet is missing."""
    spread: int
    wide: bool


def assessment_lines(
    session: Session, call: Call, *, viewer: str = "", at: datetime | None = None
) -> list[AssessmentLine]:
    """The assessments of a call by number; applications that nobody has to assess are not among them.

    ``viewer``: an account that learns nothing of the others' points where its own sheet is missing.
    """
    definition = definition_for(session, call)
    codes = [rule.code for rule in rules_of_assessors(definition, call)]
    rows = session.exec(select(Application).where(Application.call_id == call.id).order_by(Application.number)).all()
    tasks = tasks_of(session, rows, at=at)
    lines = []
    for row in rows:
        assert row.id is not None
        if row.id not in tasks:
            continue
        found = reckoned(tasks[row.id], codes, way_of(definition))
        if _owes_a_sheet(session, tasks[row.id], viewer):
            found = replace(found, points={}, spread=0, wide=False)
        lines.append(
            AssessmentLine(
                number=row.number,
                assessors=tuple(task.member.symbol for task in tasks[row.id]),
                missing=tuple(task.member.symbol for task in tasks[row.id] if task.sheet is None),
                given=found.given,
                needed=found.needed,
                points=sum(found.points.values()) if found.points else None,
                spread=found.spread,
                wide=found.wide,
            )
        )
    return lines


@dataclass(frozen=True)
class SheetLine:
    """What one version of a sheet gives in one rule. ``counts``: whether it is among those that are reckoned."""

    symbol: str
    version: int
    code: str
    title: str
    points: int
    reason: str
    counts: bool
    recorded_at: datetime
    recorded_by: str


def _owes_a_sheet(session: Session, tasks: Sequence[Task], login: str) -> bool:
    return any(task.sheet is None and login_of(session, task.member) == login for task in tasks)


def sheet_lines_of(session: Session, number: str, *, viewer: str = "") -> list[SheetLine]:
    """Every sheet that was ever given about an application, by assessor and version.

    Everybody assesses by themselves: a ``viewer`` whose own sheet is missing sees nobody's. Raises ``NotYet`` then.
    """
    application = find_application(session, number)
    assert application.id is not None
    if _owes_a_sheet(session, tasks_of(session, [application]).get(application.id, ()), viewer):
        raise NotYet(f"Cudze oceny zgłoszenia {application.number} zobaczy Pani / Pan po oddaniu własnej karty.")
    definition = definition_for(session, call_of(session, application))
    titles = {rule.code: rule.title for rule in definition.merit}
    counting = {
        task.sheet.id for task in tasks_of(session, [application]).get(application.id, ()) if task.sheet is not None
    }
    rows = session.exec(
        select(AssessmentSheet, CommissionMember)
        .join(AssessmentTask, col(AssessmentTask.id) == AssessmentSheet.task_id)
        .join(CommissionMember, col(CommissionMember.id) == AssessmentTask.member_id)
        .where(AssessmentTask.application_id == application.id)
        .order_by(col(AssessmentTask.id), col(AssessmentSheet.version))
    ).all()
    return [
        SheetLine(
            symbol=member.symbol,
            version=sheet.version,
            code=code,
            title=titles.get(code, code),
            points=points,
            reason=json.loads(sheet.reasons).get(code, ""),
            counts=sheet.id in counting,
            recorded_at=sheet.recorded_at,
            recorded_by=sheet.recorded_by,
        )
        for sheet, member in rows
        for code, points in sheet.points.items()
    ]


def login_of(session: Session, member: CommissionMember) -> str:
    """The account behind a seat."""
    return session.get_one(Officer, member.officer_id).login
