"""What the protocol and its annex tell of merit assessment: by numbers and symbols, so that anyone can reckon it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from flows.steps.assessments import Task, reckoned, rules_of_assessors, tasks_of, way_of
from flows.steps.projects import definition_for
from models.rules.assessment import ALGORITHM, AssessmentRules, Marks, reckon
from models.sealed_document import Flaw
from models.tables import Application, Call


def assessment_part(session: Session, call: Call, *, at: datetime) -> dict[str, object] | None:
    """The sheets that counted at a moment and what they came to; ``None`` for a call that nobody assesses."""
    definition = definition_for(session, call)
    codes = [rule.code for rule in rules_of_assessors(definition, call)]
    if not codes:
        return None
    way = way_of(definition)
    rows = session.exec(
        select(Application).where(Application.call_id == call.id).order_by(col(Application.number))
    ).all()
    tasks = tasks_of(session, rows, at=at)
    return {
        "algorithm": ALGORITHM,
        "rules": way.model_dump(mode="json"),
        "codes": codes,
        "applications": [
            {
                "number": row.number,
                "sheets": [
                    {"symbol": symbol, "version": task.sheet.version, "points": task.points}
                    for symbol, task in _named(given)
                    if task.sheet is not None
                ],
                "points": dict(reckoned(given, codes, way).points),
            }
            for row in rows
            if (given := tasks.get(row.id or 0))
        ],
    }


def _named(tasks: Sequence[Task]) -> list[tuple[str, Task]]:
    """Each task by its assessor's symbol, with the commission where two of them give the same."""
    times = Counter(task.member.symbol for task in tasks)
    return [
        (one.member.symbol if times[one.member.symbol] == 1 else f"{one.member.body} {one.member.symbol}", one)
        for one in tasks
    ]


NOT_ASSESSED: Mapping[str, Any] = {"rules": {}, "applications": []}
"""The part of an annex of a call that nobody assesses."""


def assessed_again(part: Mapping[str, Any]) -> Iterator[Flaw]:
    """Every assessment of an annex, reckoned again from its sheets."""
    rules = AssessmentRules.model_validate(part["rules"])
    for index, one in enumerate(part["applications"]):
        marks = [Marks(sheet["symbol"], sheet["points"]) for sheet in one["sheets"]]
        whole = [mark for mark in marks if set(part["codes"]) <= mark.points.keys()]
        found = dict(reckon(whole, part["codes"], rules, algorithm=part["algorithm"]).points)
        if found != one["points"]:
            yield Flaw(
                f"$.assessment.applications[{index}].points",
                one["number"],
                f"z kart oceny wynika {sum(found.values())} pkt, a zapisano {sum(one['points'].values())}.",
            )
