"""Verification as a plan: from the facts of applications to verdict sheets and to what must be asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.rules.criteria import (
    ALGORITHM,
    EVALUATORS,
    TOTAL,
    Criterion,
    Minimum,
    PointLine,
    PointRule,
    Points,
    Result,
    Verdict,
    open_questions,
)
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
    minimum: Minimum | None = None,
    algorithm: str = ALGORITHM,
) -> tuple[Effect, ...]:
    """Judges and scores each application by itself; the order of the input is the order of the output."""
    evaluator = EVALUATORS[algorithm]
    score, judged = evaluator.scoring(merit), evaluator.judging(criteria, merit, minimum)

    def effect(one: ToVerify) -> Effect:
        points = score(one.facts)
        outcome = judged(one.facts, points)
        open_codes = {verdict.code for verdict in outcome.verdicts if verdict.result is Result.CANNOT_TELL}
        return Effect(
            application_id=one.application_id,
            outcome=outcome.eligible,
            verdicts=outcome.verdicts,
            points=points,
            # Whoever fails a criterion for certain is not asked about another one that could not change the outcome.
            ask=_questions(criteria, merit, one.facts, open_codes) if outcome.eligible is Result.CANNOT_TELL else (),
            algorithm=algorithm,
        )

    return tuple(effect(one) for one in applications)


def _questions(
    criteria: Sequence[Criterion], merit: Sequence[PointRule], facts: Facts, open_codes: set[str]
) -> tuple[str, ...]:
    """Only what a verdict hangs on: unclear points that no minimum waits for hold nobody up."""
    hanging = merit if TOTAL in open_codes else [rule for rule in merit if rule.code in open_codes]
    return open_questions([one for one in criteria if one.code in open_codes], hanging, facts)


def sheet_lines(effect: Effect) -> dict[str, object]:
    """The verdict sheet as it is stored: codes, results, paragraphs, points. Holds no answer of the candidate."""
    return {
        "verdicts": [
            {
                "code": verdict.code,
                "result": verdict.result,
                "paragraph": verdict.paragraph,
                "sentence": verdict.sentence,
                "evidence": verdict.evidence,
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
        "evidence": line.evidence,
        # Only where there is something to say: sheets of before say nothing of it.
        **({} if line.known or line.evidence else {"known": False}),
    }
