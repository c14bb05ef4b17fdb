"""Verification as a plan: from the facts of applications to verdict sheets and to what must be asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.rules.criteria import ALGORITHM, Criterion, PointLine, PointRule, Points, Result, Verdict, judge, score
from models.rules.facts import Facts


@dataclass(frozen=True)
class ToVerify:
    """One application as verification sees it."""

    application_id: int
    facts: Facts


@dataclass(frozen=True)
class Effect:
    """What follows for one application: its sheet, and the answers to ask for when something cannot be told."""

    application_id: int
    outcome: Result
    verdicts: tuple[Verdict, ...]
    points: Points
    ask: tuple[str, ...]
    algorithm: str


def plan(
    applications: Sequence[ToVerify],
    *,
    criteria: Sequence[Criterion],
    merit: Sequence[PointRule],
    algorithm: str = ALGORITHM,
) -> tuple[Effect, ...]:
    """Judges and scores each application by itself; the order of the input is the order of the output."""
    return tuple(_effect(one, criteria, merit, algorithm) for one in applications)


def _effect(one: ToVerify, criteria: Sequence[Criterion], merit: Sequence[PointRule], algorithm: str) -> Effect:
    outcome = judge(criteria, one.facts, algorithm=algorithm)
    unclear = [verdict for verdict in outcome.verdicts if verdict.result is Result.CANNOT_TELL]
    return Effect(
        application_id=one.application_id,
        outcome=outcome.eligible,
        verdicts=outcome.verdicts,
        points=score(merit, one.facts, algorithm=algorithm),
        # Whoever fails a criterion for certain is not asked about another one that could not change the outcome.
        ask=tuple(dict.fromkeys(key for verdict in unclear for key in verdict.evidence))
        if outcome.eligible is Result.CANNOT_TELL
        else (),
        algorithm=algorithm,
    )


def sheet_lines(effect: Effect) -> dict[str, object]:
    """The verdict sheet as it is stored: codes, results, paragraphs, points. Holds no answer of the candidate."""
    return {
        "verdicts": [
            {
                "code": verdict.code,
                "result": verdict.result.value,
                "paragraph": verdict.paragraph,
                "sentence": verdict.sentence,
                "evidence": list(verdict.evidence),
            }
            for verdict in effect.verdicts
        ],
        "points": [_point_line(line) for line in effect.points.lines],
    }


def _point_line(line: PointLine) -> dict[str, object]:
    return {
        "code": line.code,
        "title": line.title,
        "paragraph": line.paragraph,
        "group": line.group,
        "points": line.points,
        "maximum": line.maximum,
        "evidence": list(line.evidence),
    }
