"""Verification as a plan: a sheet for each application, and questions only where an answer could matter."""

import json
from datetime import UTC, datetime

from pydantic import TypeAdapter

from models.columns import canonical
from models.rules.criteria import ALGORITHM, Criterion, PointRule, Result
from models.rules.facts import Fact, Facts, FactValue, FieldStatus
from models.rules.verification import Effect, ToVerify, plan, sheet_lines


def criterion(code: str, field: str) -> Criterion:
    return Criterion.model_validate_json(
        f'{{"code": "{code}", "title": "{code}", "paragraph": "§ 1", "met": "Tak.", "not_met": "Nie.",'
        f' "cannot_tell": "Nie wiadomo.", "test": {{"kind": "value_in", "field": "{field}", "values": ["tak"]}}}}'
    )


CRITERIA = (criterion("pierwsze", "a"), criterion("drugie", "b"))
MERIT: tuple[PointRule, ...] = (
    TypeAdapter(PointRule).validate_json(
        '{"code": "staz", "kind": "points_by_table", "title": "Staż", "paragraph": "§ 2", "field": "lata",'
        ' "table": {"malo": 1, "duzo": 7}}'
    ),
)


def to_verify(number: int, **answers: FactValue) -> ToVerify:
    """An application by its certain answers; a missing one was left blank."""
    moment = datetime(2018, 6, 10, tzinfo=UTC)
    facts = {key: Fact(key, FieldStatus.READ, value) for key, value in answers.items()}
    return ToVerify(number, Facts(facts, moment, moment, moment, "2205"))


def planned(*applications: ToVerify) -> tuple[Effect, ...]:
    return plan(applications, criteria=CRITERIA, merit=MERIT)


def test_whoever_meets_everything_is_eligible_and_gets_points() -> None:
    (effect,) = planned(to_verify(1, a="tak", b="tak", lata="duzo"))
    assert (effect.outcome, effect.ask, effect.points.merit, effect.algorithm) == (Result.MET, (), 7, ALGORITHM)


def test_one_criterion_not_met_is_enough() -> None:
    (effect,) = planned(to_verify(1, a="tak", b="nie"))
    assert effect.outcome is Result.NOT_MET


def test_a_gap_is_asked_about_and_never_counts_against_anyone() -> None:
    (effect,) = planned(to_verify(1, a="tak"))
    assert (effect.outcome, effect.ask) == (Result.CANNOT_TELL, ("b",))


def test_whoever_fails_for_certain_is_asked_nothing_more() -> None:
    (effect,) = planned(to_verify(1, a="nie"))
    assert (effect.outcome, effect.ask) == (Result.NOT_MET, ())


def test_an_answer_that_two_criteria_rest_on_is_asked_for_once() -> None:
    (effect,) = plan([to_verify(1)], criteria=[criterion("x", "a"), criterion("y", "a")], merit=())
    assert effect.ask == ("a",)


def test_each_is_judged_by_itself_in_the_order_given() -> None:
    together = planned(to_verify(2, a="nie"), to_verify(1, a="tak", b="tak"))
    assert [effect.application_id for effect in together] == [2, 1]
    assert together[1:] == planned(to_verify(1, a="tak", b="tak"))


def test_the_stored_sheet_has_every_verdict_and_no_answer() -> None:
    (effect,) = planned(to_verify(1, a="tak", b="tak", lata="duzo"))
    lines = json.loads(canonical(sheet_lines(effect)))
    assert lines["verdicts"] == [
        {"code": code, "result": "met", "paragraph": "§ 1", "sentence": "Tak.", "evidence": [field]}
        for code, field in (("pierwsze", "a"), ("drugie", "b"))
    ]
    assert "duzo" not in str(lines)
    assert lines["points"] == [
        {
            "code": "staz",
            "title": "Staż",
            "paragraph": "§ 2",
            "group": "merit",
            "points": 7,
            "maximum": 7,
            "evidence": ["lata"],
        }
    ]
