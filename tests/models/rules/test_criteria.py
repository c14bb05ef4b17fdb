"""Criteria and points on single answers, and the rule above all: what cannot be told is never a no."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from models.rules.criteria import (
    ALGORITHM,
    Condition,
    Criterion,
    PointRule,
    Result,
    evaluate,
    evidence,
    judge,
    point_evidence,
    score,
)
from models.rules.facts import Fact, Facts, FactValue, FieldStatus

YES, NO, OPEN = Result.MET, Result.NOT_MET, Result.CANNOT_TELL
CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
POINT_RULE: TypeAdapter[PointRule] = TypeAdapter(PointRule)


def facts(
    answers: Mapping[str, FactValue] | None = None,
    *,
    status: FieldStatus = FieldStatus.READ,
    received_at: datetime = datetime(2018, 8, 10, 10, 0, tzinfo=UTC),
    area: str = "2205",
    duplicates: tuple[str, ...] = (),
) -> Facts:
    return Facts(
        fields={key: Fact(key, status, value) for key, value in (answers or {}).items()},
        received_at=received_at,
        opens_at=datetime(2018, 8, 1, 6, 0, tzinfo=UTC),
        closes_at=datetime(2018, 8, 31, 13, 30, tzinfo=UTC),
        area=area,
        duplicates=duplicates,
    )


def criterion(**test: object) -> Criterion:
    return Criterion(
        code="kryterium",
        title="Kryterium",
        paragraph="§ 4 ust. 1 pkt 2",
        test=CONDITION.validate_python(test, strict=False),
        met="Spełnia.",
        not_met="Nie spełnia.",
        cannot_tell="Nie można ustalić.",
    )


def result(given_facts: Facts, **test: object) -> Result:
    return evaluate(criterion(**test), given_facts).result


ON_ONE_FIELD: tuple[tuple[dict[str, object], FactValue, FactValue], ...] = (
    ({"kind": "statement_ticked", "field": "pole"}, True, False),
    ({"kind": "value_in", "field": "pole", "values": ("tak",)}, "tak", "nie"),
    ({"kind": "value_in", "field": "pole", "values": ("a", "b")}, ("b", "c"), ("c",)),
    ({"kind": "sector_in", "field": "pole", "sectors": ("oswiata",)}, "oswiata", "policja"),
    ({"kind": "level_in", "field": "pole", "levels": ("gmina",)}, "gmina", "powiat"),
    ({"kind": "within_area", "field": "pole"}, "2205024", "2202023"),
    ({"kind": "within_area", "field": "pole", "area": "30"}, "3021163", "2205023"),
    ({"kind": "age_between", "field": "pole", "minimum": 18}, "1985-03-15", "2001-09-06"),
    ({"kind": "identifier_valid", "field": "pole", "identifier": "pesel"}, "85031500127", "85031500128"),
    ({"kind": "identifier_valid", "field": "pole", "identifier": "pesel"}, "05611500121", "brak"),
    ({"kind": "identifier_valid", "field": "pole", "identifier": "nip"}, "7781346888", "7781346889"),
)


@pytest.mark.parametrize(("test", "good", "bad"), ON_ONE_FIELD)
def test_an_answer_that_was_read_decides(test: dict[str, object], good: FactValue, bad: FactValue) -> None:
    assert result(facts({"pole": good}), **test) is YES
    assert result(facts({"pole": bad}), **test) is NO


@pytest.mark.parametrize("status", [status for status in FieldStatus if status is not FieldStatus.READ])
@pytest.mark.parametrize(("test", "good", "bad"), ON_ONE_FIELD)
def test_an_answer_that_was_not_read_never_decides(
    test: dict[str, object], good: FactValue, bad: FactValue, status: FieldStatus
) -> None:
    for value in (good, bad, None):
        assert result(facts({"pole": value}, status=status), **test) is OPEN


@pytest.mark.parametrize(("test", "good", "bad"), ON_ONE_FIELD)
def test_no_answer_never_decides(test: dict[str, object], good: FactValue, bad: FactValue) -> None:
    assert result(facts(), **test) is OPEN
    for empty in (None, "", ()):
        assert result(facts({"pole": empty}), **test) is OPEN


ANSWERS = st.none() | st.booleans() | st.text(max_size=12) | st.lists(st.text(max_size=4)).map(tuple)


@given(value=ANSWERS, status=st.sampled_from(FieldStatus), index=st.integers(0, len(ON_ONE_FIELD) - 1))
def test_no_answer_breaks_a_rule(value: FactValue, status: FieldStatus, index: int) -> None:
    given_result = result(facts({"pole": value}, status=status), **ON_ONE_FIELD[index][0])

    assert given_result in Result
    assert status is FieldStatus.READ or given_result is OPEN


@given(value=ANSWERS, status=st.sampled_from(FieldStatus))
def test_whether_something_is_answered_is_never_a_no(value: FactValue, status: FieldStatus) -> None:
    assert result(facts({"pole": value}, status=status), kind="answered", field="pole") is not NO


def test_any_readable_answer_is_an_answer() -> None:
    for value in ("x", False, ("a",)):
        assert result(facts({"pole": value}), kind="answered", field="pole") is YES


@pytest.mark.parametrize(
    ("received_at", "in_time"),
    [
        (datetime(2018, 8, 1, 5, 59, 59, tzinfo=UTC), NO),
        (datetime(2018, 8, 1, 6, 0, tzinfo=UTC), YES),
        (datetime(2018, 8, 31, 13, 30, tzinfo=UTC), YES),
        (datetime(2018, 8, 31, 13, 30, 1, tzinfo=UTC), NO),
    ],
)
def test_the_closing_instant_is_in_time(received_at: datetime, in_time: Result) -> None:
    assert result(facts(received_at=received_at), kind="received_in_time") is in_time


def test_age_is_completed_on_the_birthday_in_warsaw() -> None:
    adult = {"kind": "age_between", "field": "data_urodzenia", "minimum": 18, "maximum": 18}
    born = {"data_urodzenia": "2000-08-11"}
    late_on_the_tenth = datetime(2018, 8, 10, 21, 59, tzinfo=UTC)
    midnight_in_warsaw = datetime(2018, 8, 10, 22, 0, tzinfo=UTC)

    assert result(facts(born, received_at=late_on_the_tenth), **adult) is NO
    assert result(facts(born, received_at=midnight_in_warsaw), **adult) is YES
    assert result(facts(born, received_at=late_on_the_tenth), **adult, on="closing") is YES
    assert result(facts({"data_urodzenia": "11.08.2000"}), **adult) is OPEN


@pytest.mark.parametrize(
    ("born", "by_the_first", "now"),
    [
        ("1888-08-10", YES, YES),
        ("1887-08-10", NO, OPEN),
        ("2018-08-10", NO, NO),
        ("2018-08-11", NO, OPEN),
        ("2085-03-15", NO, OPEN),
        ("1085-03-15", NO, OPEN),
    ],
)
def test_an_age_that_nobody_has_is_a_slip_to_be_asked_about(born: str, by_the_first: Result, now: Result) -> None:
    """Sheets of ``rules-1`` keep what they said."""
    age = {"kind": "age_between", "field": "data_urodzenia", "minimum": 18}
    known = facts({"data_urodzenia": born}, received_at=datetime(2018, 8, 10, 10, 0, tzinfo=UTC))
    bonus = RURAL.model_copy(update={"test": criterion(**age).test})

    for algorithm, expected in (("rules-1", by_the_first), (ALGORITHM, now)):
        assert judge([criterion(**age)], known, algorithm=algorithm).eligible is expected
        # Nobody but who is of age gets the points, but only a slip leaves them unknown.
        [line] = score([bonus], known, algorithm=algorithm).lines
        assert (line.points > 0, line.known) == (expected is YES, expected is not OPEN)


def test_a_gmina_that_is_no_code_or_too_large_a_unit_cannot_be_placed() -> None:
    assert result(facts({"pole": "Kartuzy"}), kind="within_area", field="pole") is OPEN
    assert result(facts({"pole": "22"}), kind="within_area", field="pole") is OPEN
    assert result(facts({"pole": "30"}), kind="within_area", field="pole") is NO


def test_a_person_without_pesel_is_let_through_where_the_rule_says_so() -> None:
    pesel = {"kind": "identifier_valid", "field": "pesel", "identifier": "pesel"}

    assert result(facts({"pesel": "brak"}), **pesel, allow_none=True) is YES
    assert result(facts({"pesel": "brak"}), **pesel) is NO


def test_an_earlier_application_of_the_same_person_is_a_duplicate() -> None:
    assert result(facts(), kind="not_duplicate") is YES
    assert result(facts(duplicates=("KES/PGR/2205/2018/0001",)), kind="not_duplicate") is NO


@pytest.mark.parametrize(
    ("kind", "ticks", "expected"),
    [
        ("all_of", (True, True), YES),
        ("all_of", (True, None), OPEN),
        ("all_of", (False, None), NO),
        ("any_of", (False, False), NO),
        ("any_of", (False, None), OPEN),
        ("any_of", (True, None), YES),
        ("none_of", (False, False), YES),
        ("none_of", (False, None), OPEN),
        ("none_of", (True, None), NO),
    ],
)
def test_nested_conditions_follow_three_valued_logic(
    kind: str, ticks: tuple[bool | None, ...], expected: Result
) -> None:
    keys = ("pierwsze", "drugie")
    parts = tuple({"kind": "statement_ticked", "field": key} for key in keys)

    assert result(facts(dict(zip(keys, ticks, strict=True))), kind=kind, of=parts) is expected


def test_a_verdict_names_paragraph_sentence_and_evidence() -> None:
    statements = tuple({"kind": "statement_ticked", "field": key} for key in ("a", "b", "a"))
    asked = criterion(kind="all_of", of=({"kind": "not_duplicate"}, {"kind": "any_of", "of": statements}))

    verdict = evaluate(asked, facts({"a": True}))

    assert evidence(asked) == ("a", "b")
    assert (verdict.code, verdict.result, verdict.paragraph) == ("kryterium", YES, "§ 4 ust. 1 pkt 2")
    assert (verdict.sentence, verdict.evidence) == ("Spełnia.", ("a", "b"))


def test_each_result_has_its_sentence() -> None:
    asked = criterion(kind="statement_ticked", field="a")

    assert [evaluate(asked, facts({"a": tick})).sentence for tick in (True, False, None)] == [
        "Spełnia.",
        "Nie spełnia.",
        "Nie można ustalić.",
    ]


@pytest.mark.parametrize(
    ("ticks", "eligible"), [((True, True), YES), ((True, None), OPEN), ((False, None), NO), ((None, True), OPEN)]
)
def test_eligible_is_who_meets_every_criterion(ticks: tuple[bool | None, ...], eligible: Result) -> None:
    criteria = [criterion(kind="statement_ticked", field=key) for key in ("a", "b")]

    outcome = judge(criteria, facts(dict(zip(("a", "b"), ticks, strict=True))))

    assert outcome.eligible is eligible
    assert [verdict.evidence for verdict in outcome.verdicts] == [("a",), ("b",)]


@pytest.mark.parametrize(
    "test",
    [
        {"kind": "guess", "field": "pole"},
        {"kind": "value_in", "field": "pole", "values": ()},
        {"kind": "statement_ticked", "field": "pole", "or": "else"},
        {"kind": "statement_ticked", "field": "Pole"},
        {"kind": "within_area", "field": "pole", "area": "pomorskie"},
        {"kind": "all_of", "of": ()},
    ],
)
def test_the_kinds_are_a_closed_set(test: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CONDITION.validate_python(test)


def rule(**data: object) -> PointRule:
    return POINT_RULE.validate_python({"code": "regula", "title": "Reguła", "paragraph": "§ 5", **data})


YEARS = rule(kind="points_by_table", field="staz_lat", table={"do_2": 1, "ponad_10": 7})
SUPPORT = rule(kind="points_by_count", field="zakres", each=2, maximum=5, without=("zadna",))
RURAL = rule(kind="flat", points=2, test={"kind": "level_in", "field": "instytucja.poziom", "levels": ("gmina",)})


@pytest.mark.parametrize(
    ("one", "answers", "points"),
    [
        (YEARS, {"staz_lat": "ponad_10"}, 7),
        (YEARS, {"staz_lat": "do_2"}, 1),
        (YEARS, {"staz_lat": "inne"}, 0),
        (YEARS, {}, 0),
        (SUPPORT, {"zakres": ("a",)}, 2),
        (SUPPORT, {"zakres": ("a", "b")}, 4),
        (SUPPORT, {"zakres": ("a", "b", "c")}, 5),
        (SUPPORT, {"zakres": ("a", "a")}, 2),
        (SUPPORT, {"zakres": ("zadna",)}, 0),
        (SUPPORT, {"zakres": "a"}, 2),
        (SUPPORT, {}, 0),
        (RURAL, {"instytucja.poziom": "gmina"}, 2),
        (RURAL, {"instytucja.poziom": "powiat"}, 0),
        (RURAL, {}, 0),
    ],
)
def test_points_of_one_rule(one: PointRule, answers: dict[str, FactValue], points: int) -> None:
    assert score([one], facts(answers)).total == points


def test_the_score_adds_up_by_group_and_tells_its_lines() -> None:
    answers: dict[str, FactValue] = {"staz_lat": "ponad_10", "zakres": ("a", "b"), "instytucja.poziom": "gmina"}

    points = score([YEARS, SUPPORT, RURAL], facts(answers))

    assert (points.merit, points.premium, points.total) == (11, 2, 13)
    assert [(line.group, line.points, line.maximum) for line in points.lines] == [
        ("merit", 7, 7),
        ("merit", 4, 5),
        ("premium", 2, 2),
    ]
    assert [line.evidence for line in points.lines] == [("staz_lat",), ("zakres",), ("instytucja.poziom",)]
    assert points.lines[1].sentence == "Zaznaczone odpowiedzi: 2, punkty za każdą: 2, najwięcej można otrzymać 5."


@pytest.mark.parametrize("one", [YEARS, SUPPORT, RURAL])
def test_what_cannot_be_told_earns_no_points_and_says_so(one: PointRule) -> None:
    answers: dict[str, FactValue] = {"staz_lat": "ponad_10", "zakres": ("a",), "instytucja.poziom": "gmina"}

    [line] = score([one], facts(answers, status=FieldStatus.AMBIGUOUS)).lines

    assert (line.points, line.sentence) == (0, "Brak jednoznacznej odpowiedzi, więc punktów nie przyznano.")
    assert line.evidence == point_evidence(one)


def test_sheets_are_judged_by_the_algorithm_they_name() -> None:
    asked = [criterion(kind="not_duplicate")]

    assert judge(asked, facts(), algorithm="rules-1") == judge(asked, facts(), algorithm=ALGORITHM)
    assert score([YEARS], facts(), algorithm="rules-1") == score([YEARS], facts())
    with pytest.raises(KeyError):
        judge(asked, facts(), algorithm="rules-0")
    with pytest.raises(KeyError):
        score([YEARS], facts(), algorithm="rules-0")
