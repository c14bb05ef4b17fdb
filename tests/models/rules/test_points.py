"""Points of each kind, and minima: who falls short is told so, and what is not known yet is not held against anyone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from models.rules.criteria import ALGORITHM, TOTAL, Criterion, Minimum, Outcome, judge, score
from models.rules.facts import Fact, Facts, FactValue, FieldStatus
from models.rules.points import PointRule, point_evidence, point_questions, reachable
from models.rules.ternary import Result
from models.rules.verification import ToVerify, plan

YES, NO, OPEN = Result.MET, Result.NOT_MET, Result.CANNOT_TELL
RULE: TypeAdapter[PointRule] = TypeAdapter(PointRule)
NOTHING = Facts(
    fields={},
    received_at=datetime(2018, 8, 10, tzinfo=UTC),
    opens_at=datetime(2018, 8, 1, tzinfo=UTC),
    closes_at=datetime(2018, 8, 31, tzinfo=UTC),
    area="2205",
)


def facts(answers: Mapping[str, FactValue], **assessed: int) -> Facts:
    fields = {key: Fact(key, FieldStatus.READ, value) for key, value in answers.items()}
    return replace(NOTHING, fields=fields, assessed=assessed)


def rule(**data: object) -> PointRule:
    return RULE.validate_python(
        {"code": "regula", "title": "Reguła", "paragraph": "§ 5 ust. 1 pkt 1", **data}, strict=False
    )


CHOICES = rule(kind="points_by_choices", field="pole", table={"a": 3, "b": 2, "c": 2}, maximum=5)
NUMBER = rule(kind="points_by_number", field="pole", each=2, maximum=9)
BANDS = rule(kind="points_by_bands", field="pole", bands=({"at_least": 2, "points": 1}, {"at_least": 10, "points": 4}))
POPULATION = rule(
    kind="points_by_unit_data",
    table="ludnosc",
    field="pole",
    bands=({"at_least": 5_000, "points": 1}, {"at_least": 20_000, "points": 4}),
)
ASSESSED = rule(kind="points_by_assessor", maximum=10)


@pytest.mark.parametrize(
    ("one", "value", "points"),
    [
        (CHOICES, ("a",), 3),
        (CHOICES, ("b", "c"), 4),
        (CHOICES, ("a", "b", "c"), 5),
        (CHOICES, "b", 2),
        (CHOICES, ("inne",), 0),
        (NUMBER, "0", 0),
        (NUMBER, "4", 8),
        (NUMBER, "1 000", 9),
        (BANDS, "1", 0),
        (BANDS, "2", 1),
        (BANDS, "9", 1),
        (BANDS, "10", 4),
        (BANDS, "500", 4),
    ],
)
def test_points_of_an_answer(one: PointRule, value: FactValue, points: int) -> None:
    [line] = score([one], facts({"pole": value})).lines
    assert (line.points, line.known, line.maximum) == (points, True, reachable(one))


@pytest.mark.parametrize(
    ("one", "value"),
    [*product((CHOICES, NUMBER, BANDS), (None, "", True, ())), (NUMBER, "dużo"), (BANDS, "dużo"), (BANDS, ("a",))],
)
def test_what_is_no_answer_earns_nothing_and_is_not_known(one: PointRule, value: FactValue) -> None:
    [line] = score([one], facts({"pole": value})).lines
    assert (line.points, line.known, line.evidence) == (0, False, point_evidence(one))


@pytest.mark.parametrize(
    ("given_points", "points", "known"),
    [(None, 0, False), (0, 0, True), (10, 10, True), (11, 0, False), (-1, 0, False)],
)
def test_assessors_give_points_within_the_maximum(given_points: int | None, points: int, known: bool) -> None:
    assessed = {} if given_points is None else {"regula": given_points}
    [line] = score([ASSESSED], facts({}, **assessed)).lines
    assert (line.points, line.known, line.evidence) == (points, known, ())


def outcome(one: PointRule, known: Facts, minimum: Minimum | None = None) -> Outcome:
    return judge([], known, merit=[one], minimum=minimum)


def test_an_assessment_that_is_still_to_come_leaves_the_outcome_open() -> None:
    for minimum in (None, 0, 1):
        [verdict] = outcome(ASSESSED.model_copy(update={"minimum": minimum}), NOTHING).verdicts
        assert (verdict.code, verdict.result) == ("regula", OPEN)
        assert verdict.sentence == "Komisja nie oceniła jeszcze kryterium „Reguła”."
    [verdict] = outcome(ASSESSED.model_copy(update={"minimum": 0}), facts({}, regula=0)).verdicts
    assert verdict.result is YES
    assert outcome(ASSESSED, facts({}, regula=0)) == Outcome(YES, ())


@pytest.mark.parametrize(
    ("value", "result", "sentence"),
    [
        ("3", YES, "W kryterium „Reguła” uzyskano co najmniej wymaganą liczbę punktów (6)."),
        ("2", NO, "W kryterium „Reguła” punktów jest 4, a potrzeba co najmniej 6."),
        (None, OPEN, "Nie można ustalić, czy w kryterium „Reguła” uzyskano co najmniej 6 pkt."),
    ],
)
def test_who_falls_below_the_minimum_of_a_rule_is_not_eligible(
    value: str | None, result: Result, sentence: str
) -> None:
    one = NUMBER.model_copy(update={"minimum": 6})
    judged = outcome(one, facts({"pole": value}))
    [verdict] = judged.verdicts
    assert (judged.eligible, verdict.result, verdict.sentence) == (result, result, sentence)
    assert (verdict.paragraph, verdict.evidence) == ("§ 5 ust. 1 pkt 1", ("pole",))


ALTOGETHER = Minimum(points=12, paragraph="§ 5 ust. 3")


@pytest.mark.parametrize(
    ("number", "assessed", "result"),
    [("4", 4, YES), ("4", 3, NO), ("4", None, OPEN), ("0", None, NO), (None, 10, OPEN), (None, 2, NO)],
)
def test_the_minimum_altogether_is_open_only_while_it_can_be_reached(
    number: str | None, assessed: int | None, result: Result
) -> None:
    of_assessor = ASSESSED.model_copy(update={"code": "ocena"})
    known = facts({"pole": number}, **({} if assessed is None else {"ocena": assessed}))
    verdicts = {one.code: one for one in judge([], known, merit=[NUMBER, of_assessor], minimum=ALTOGETHER).verdicts}
    assert (verdicts[TOTAL].result, verdicts[TOTAL].paragraph) == (result, "§ 5 ust. 3")


def test_a_candidate_is_asked_only_for_points_that_something_hangs_on() -> None:
    free = rule(code="wolne", kind="points_by_number", field="inne_pole", each=1, maximum=3)
    needed = NUMBER.model_copy(update={"minimum": 6})
    [effect] = plan(
        [ToVerify(1, NOTHING)], criteria=[], merit=[free, needed, ASSESSED.model_copy(update={"code": "o"})]
    )
    assert (effect.outcome, effect.ask) == (OPEN, ("pole",))
    [effect] = plan([ToVerify(1, NOTHING)], criteria=[], merit=[free])
    assert (effect.outcome, effect.ask) == (YES, ())


@given(st.lists(st.none() | st.integers(0, 12).map(str), min_size=2, max_size=2), st.integers(0, 20))
def test_what_is_settled_stays_so_whatever_comes_to_be_known(values: list[str | None], least: int) -> None:
    rules = [NUMBER, NUMBER.model_copy(update={"code": "druga", "field": "drugie"})]
    minimum = Minimum(points=least, paragraph="§ 5")
    settled = judge(
        [], facts(dict(zip(("pole", "drugie"), values, strict=True))), merit=rules, minimum=minimum
    ).eligible
    for later in ("0", "3", "12"):
        whole = {key: value or later for key, value in zip(("pole", "drugie"), values, strict=True)}
        final = judge([], facts(whole), merit=rules, minimum=minimum).eligible
        assert final is not OPEN
        assert settled in (OPEN, final)


def test_rules_1_still_runs_and_knows_nothing_of_what_came_later() -> None:
    with pytest.raises(LookupError):
        score([CHOICES], NOTHING, algorithm="rules-1")
    with pytest.raises(LookupError):
        judge([], NOTHING, minimum=ALTOGETHER, algorithm="rules-1")
    table = rule(kind="points_by_table", field="pole", table={"a": 1})
    with pytest.raises(LookupError):
        score([table.model_copy(update={"minimum": 1})], NOTHING, algorithm="rules-1")
    new_kind = Criterion(
        code="k",
        title="K",
        paragraph="§ 4",
        test=TypeAdapter(Criterion.model_fields["test"].annotation).validate_python(
            {"kind": "none_of", "of": ({"kind": "document_attached", "document": "zgoda"},)}
        ),
        met="a",
        not_met="b",
        cannot_tell="c",
    )
    with pytest.raises(LookupError):
        judge([new_kind], NOTHING, algorithm="rules-1")
    assert judge([new_kind], NOTHING).eligible is OPEN
    assert ALGORITHM == "rules-2"


@pytest.mark.parametrize(
    "data",
    [
        {
            "kind": "points_by_bands",
            "field": "p",
            "bands": ({"at_least": 5, "points": 1}, {"at_least": 2, "points": 4}),
        },
        {"kind": "points_by_bands", "field": "p", "bands": ()},
        {"kind": "points_by_assessor", "maximum": 0},
        {"kind": "points_by_luck", "maximum": 3},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        rule(**data)


@pytest.mark.parametrize(
    ("unit", "points", "known"),
    [
        ("2205023", 4, True),
        ("2205025", 4, True),
        ("2205083", 1, True),
        ("2213093", 0, True),
        ("2216013", 0, False),
        ("obok", 0, False),
    ],
)
def test_points_by_the_number_that_a_table_gives_for_the_unit(unit: str, points: int, known: bool) -> None:
    table = {"ludnosc": {"220502": 20_000, "220508": 19_999, "221309": 4_999}}
    asked = replace(facts({"pole": unit}), unit_data=table)
    (line,) = score([POPULATION], asked).lines
    assert (line.points, line.known, line.maximum) == (points, known, 4)
    assert point_questions(POPULATION, asked) == (("pole",) if unit == "obok" else ())
    assert reachable(POPULATION) == 4


def test_bands_of_a_table_stand_in_rising_order() -> None:
    with pytest.raises(ValidationError, match="rosnącej"):
        rule(kind="points_by_unit_data", table="ludnosc", bands=[{"at_least": 2, "points": 1}] * 2)
