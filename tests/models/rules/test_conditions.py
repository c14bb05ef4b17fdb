"""Every kind of condition: met, not met, and cannot tell; and what a candidate is asked when it cannot be told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from models.rules.area import gmina_type
from models.rules.condition_results import holds, questions
from models.rules.conditions import Condition, documents_of, fields_of
from models.rules.facts import Fact, Facts, FactValue, FieldStatus
from models.rules.signed_declarations import declarations_heard
from models.rules.ternary import Result, every, negation, some

YES, NO, OPEN = Result.MET, Result.NOT_MET, Result.CANNOT_TELL
CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
CLOSES = datetime(2018, 8, 31, 13, 30, tzinfo=UTC)
RECEIVED = datetime(2018, 8, 10, 10, 0, tzinfo=UTC)


def facts(
    answers: Mapping[str, FactValue] | None = None,
    *,
    status: FieldStatus = FieldStatus.READ,
    received_at: datetime = RECEIVED,
    duplicates: tuple[str, ...] = (),
    declarations: Mapping[str, date | None] | None = None,
    documents: Mapping[str, bool] | None = None,
) -> Facts:
    return Facts(
        fields={key: Fact(key, status, value) for key, value in (answers or {}).items()},
        received_at=received_at,
        opens_at=datetime(2018, 8, 1, 6, 0, tzinfo=UTC),
        closes_at=CLOSES,
        area="2205",
        duplicates=duplicates,
        declarations=declarations or {},
        documents=documents or {},
    )


def condition(**test: object) -> Condition:
    return CONDITION.validate_python(test, strict=False)


def answer(value: FactValue, **test: object) -> Result:
    return holds(condition(**{"field": "pole", **test}), facts({"pole": value}))


ON_ONE_FIELD: tuple[tuple[dict[str, object], FactValue, FactValue], ...] = (
    ({"kind": "statement_ticked"}, True, False),
    ({"kind": "value_in", "values": ("tak",)}, "tak", "nie"),
    ({"kind": "chosen_at_least", "minimum": 2}, ("a", "b"), ("a",)),
    ({"kind": "chosen_at_least", "minimum": 1, "without": ("zadna",)}, ("a",), ("zadna",)),
    ({"kind": "sector_in", "sectors": ("oswiata",)}, "oswiata", "policja"),
    ({"kind": "level_in", "levels": ("gmina",)}, "gmina", "powiat"),
    ({"kind": "institution_kind_in", "kinds": ("ops", "pcpr")}, "pcpr", "szkola"),
    ({"kind": "within_area"}, "2205023", "2202023"),
    ({"kind": "gmina_type_in", "types": ("wiejska",)}, "1419122", "2205023"),
    ({"kind": "gmina_type_in", "types": ("miejsko_wiejska",)}, "2205024", "2261011"),
    ({"kind": "age_between", "minimum": 18}, "1985-03-15", "2001-09-06"),
    ({"kind": "experience_at_least", "years": 3}, "3", "2"),
    ({"kind": "experience_at_least", "years": 3}, "2015-08-10", "2015-08-11"),
    ({"kind": "experience_at_least", "years": 3, "on": "closing"}, "2015-08-31", "2015-09-01"),
    ({"kind": "date_between", "not_before": "2018-01-01"}, "2018-01-01", "2017-12-31"),
    ({"kind": "date_between", "not_after": "2018-01-01"}, "2018-01-01", "2018-01-02"),
    ({"kind": "number_between", "minimum": 10, "maximum": 1200}, "1 200", "1201"),
    ({"kind": "number_between", "minimum": 10}, "10", "9"),
    ({"kind": "identifier_valid", "identifier": "nip"}, "7781346888", "7781346889"),
)


@pytest.mark.parametrize(("test", "good", "bad"), ON_ONE_FIELD)
def test_an_answer_that_was_read_decides_and_no_other_does(
    test: dict[str, object], good: FactValue, bad: FactValue
) -> None:
    assert (answer(good, **test), answer(bad, **test)) == (YES, NO)
    asked = condition(**{"field": "pole", **test})
    for status, value in product(FieldStatus, (good, bad)):
        if status is not FieldStatus.READ:
            assert holds(asked, facts({"pole": value}, status=status)) is OPEN
    assert [holds(asked, facts({"pole": value})) for value in (None, "", ())] == [OPEN] * 3
    assert questions(asked, facts()) == fields_of(asked) == ("pole",)


@pytest.mark.parametrize(
    ("test", "value"),
    [
        ({"kind": "number_between", "minimum": 1}, "około 5"),
        ({"kind": "number_between", "minimum": 1}, "1 20"),
        ({"kind": "number_between", "minimum": 1}, "-5"),
        ({"kind": "number_between", "minimum": 1}, "99999999999"),
        ({"kind": "experience_at_least", "years": 3}, "pięć lat"),
        ({"kind": "experience_at_least", "years": 3}, "2019-01-01"),
        ({"kind": "experience_at_least", "years": 3}, "120"),
        ({"kind": "date_between", "not_after": "2018-01-01"}, "kiedyś"),
        ({"kind": "gmina_type_in", "types": ("wiejska",)}, "2205"),
        ({"kind": "gmina_type_in", "types": ("wiejska",)}, "Żukowo"),
        ({"kind": "within_area"}, "22"),
    ],
)
def test_what_may_be_a_slip_of_the_pen_is_asked_about(test: dict[str, object], value: str) -> None:
    assert answer(value, **test) is OPEN


TABLE = {"ludnosc": {"220502": 33_000, "2205": 130_000}}


@pytest.mark.parametrize(
    ("unit", "minimum", "maximum", "result"),
    [
        ("2205023", 33_000, 40_000, YES),
        ("2205023", 0, 33_000, YES),
        ("2205023", 33_001, 40_000, NO),
        ("2205023", 0, 32_999, NO),
        ("2205024", 33_000, 40_000, YES),  # the town of that gmina
        ("2205", 100_000, 200_000, YES),
        ("2205083", 0, 40_000, OPEN),  # not in the table
        ("22", 0, 40_000, OPEN),
        ("Kartuzy", 0, 40_000, OPEN),
    ],
)
def test_the_number_of_a_unit_is_looked_up_in_the_table(unit: str, minimum: int, maximum: int, result: Result) -> None:
    asked = condition(kind="unit_data_between", table="ludnosc", field="jednostka", minimum=minimum, maximum=maximum)
    known = replace(facts({"jednostka": unit}), unit_data=TABLE)
    assert holds(asked, known) is result
    # Whoever named a unit is not asked for what the office's table lacks.
    assert questions(asked, known) == (() if unit.isdecimal() and len(unit) > 2 else ("jednostka",))
    assert holds(asked, replace(known, unit_data={})) is OPEN
    assert fields_of(asked) == ("jednostka",)


@pytest.mark.parametrize(
    ("unit", "result"),
    [("2205023", YES), ("2205024", YES), ("2205", YES), ("2205083", NO), ("3021163", NO), ("3021", NO), ("22", NO)],
)
def test_the_area_of_a_call_of_the_whole_project_is_the_units_that_it_names(unit: str, result: Result) -> None:
    asked = condition(kind="within_area", field="jednostka")
    everywhere = replace(facts({"jednostka": unit}), area="")
    assert holds(asked, replace(everywhere, named_units=frozenset({"2205", "220502"}))) is result
    assert holds(asked, everywhere) is OPEN  # nobody has said which units those are


def test_the_types_of_gminas_are_those_of_the_seventh_digit() -> None:
    types = {code: gmina_type(code) for code in ("2205011", "1419122", "2205023", "2205024", "2205025", "1465028")}
    assert list(types.values()) == ["miejska", "wiejska", "miejsko_wiejska", "miejsko_wiejska", "miejsko_wiejska", None]
    assert gmina_type("220502") is gmina_type("Kartuzy") is None


SIGNED = date(2018, 8, 31)


@pytest.mark.parametrize(
    ("declarations", "unit", "result"),
    [
        ({}, "2205023", OPEN),
        ({"2205083": SIGNED}, "2205023", OPEN),
        ({"2205023": SIGNED}, "2205023", YES),
        ({"2205023": SIGNED}, "2205024", YES),
        ({"2205023": SIGNED}, "2205", OPEN),
        ({"2205": SIGNED}, "2205023", YES),
        ({"2205023": date(2018, 9, 1)}, "2205023", NO),
        ({"2205023": None}, "2205023", NO),
        # A gmina has its own word, whatever its powiat said.
        ({"2205": SIGNED, "2205023": None}, "2205023", NO),
        ({"2205": None, "2205023": SIGNED}, "2205023", YES),
    ],
)
def test_the_declaration_of_the_nearest_unit_counts(
    declarations: dict[str, date | None], unit: str, result: Result
) -> None:
    asked = condition(kind="declaration_signed")
    known = facts({"instytucja.gmina": unit}, declarations=declarations)
    assert holds(asked, known) is result
    # Only the office can say whether a unit signed: the candidate is not asked about it.
    assert questions(asked, known) == ()
    assert questions(asked, facts()) == ("instytucja.gmina",)


GMINA, POWIAT, VOIVODSHIP = "gmina", "powiat", "wojewodztwo"
EVERYBODY = {"22": SIGNED, "2205": SIGNED, "2205023": SIGNED}


@pytest.mark.parametrize(
    ("declarations", "unit", "level", "result"),
    [
        (EVERYBODY, "2205023", GMINA, YES),
        (EVERYBODY, "2205023", POWIAT, YES),
        (EVERYBODY, "2205023", VOIVODSHIP, YES),
        # Nobody signs for a unit of another level.
        ({"22": SIGNED, "2205": SIGNED}, "2205023", GMINA, OPEN),
        ({"22": SIGNED, "2205023": SIGNED}, "2205023", POWIAT, OPEN),
        ({"2205": SIGNED, "2205023": SIGNED}, "2205023", VOIVODSHIP, OPEN),
        ({**EVERYBODY, "2205023": None}, "2205023", POWIAT, YES),
        ({**EVERYBODY, "2205": None}, "2205023", POWIAT, NO),
        ({**EVERYBODY, "2205": date(2018, 9, 1)}, "2205023", POWIAT, NO),
        ({**EVERYBODY, "22": None}, "2205023", VOIVODSHIP, NO),
        ({"2205": None}, "2205023", GMINA, OPEN),
        # A town and the six digits are of their gmina; another gmina or powiat says nothing.
        ({"2205023": SIGNED}, "2205024", GMINA, YES),
        ({"220502": SIGNED}, "2205023", GMINA, YES),
        ({"2205083": SIGNED, "2206": SIGNED, "30": SIGNED}, "2205023", GMINA, OPEN),
        ({"2206": SIGNED}, "2205023", POWIAT, OPEN),
        (EVERYBODY, "2205", POWIAT, YES),
        # Which gmina of the powiat is not known, nor what a level of another name is.
        (EVERYBODY, "2205", GMINA, OPEN),
        (EVERYBODY, "2205023", "kraj", OPEN),
        (EVERYBODY, "2205023", None, OPEN),
        (EVERYBODY, None, GMINA, OPEN),
    ],
)
def test_the_unit_of_the_institutions_own_level_signs(
    declarations: dict[str, date | None], unit: str | None, level: str | None, result: Result
) -> None:
    asked = condition(kind="declaration_signed", level_field="instytucja.poziom")
    known = facts({"instytucja.gmina": unit, "instytucja.poziom": level}, declarations=declarations)
    assert holds(asked, known) is result


@pytest.mark.parametrize(
    ("unit", "level", "asked"),
    [
        ("2205023", POWIAT, ()),
        ("2205", POWIAT, ()),
        ("2205", GMINA, ("instytucja.gmina",)),
        ("2205023", None, ("instytucja.poziom",)),
        (None, POWIAT, ("instytucja.gmina",)),
        (None, None, ("instytucja.gmina", "instytucja.poziom")),
    ],
)
def test_the_candidate_is_asked_for_the_level_too(unit: str | None, level: str | None, asked: tuple[str, ...]) -> None:
    test = condition(kind="declaration_signed", level_field="instytucja.poziom")
    assert questions(test, facts({"instytucja.gmina": unit, "instytucja.poziom": level})) == asked
    assert fields_of(test) == ("instytucja.gmina", "instytucja.poziom")


def test_without_a_level_larger_units_say_no_more_than_before() -> None:
    """A voivodship could not be recorded then, nor was a unit seen that is larger than the call's area."""
    asked = condition(kind="declaration_signed")
    assert holds(asked, facts({"instytucja.gmina": "2205023"}, declarations={"22": SIGNED})) is OPEN
    of_a_gmina = replace(facts({"instytucja.gmina": "2205023"}, declarations={"2205": SIGNED}), area="2205023")
    assert holds(asked, of_a_gmina) is OPEN
    assert holds(asked, replace(of_a_gmina, area="2205")) is YES


def test_only_the_declaration_that_counts_is_heard() -> None:
    both = {"kind": "all_of", "of": [{"kind": "declaration_signed"}, {"kind": "received_in_time"}]}
    known = facts({"instytucja.gmina": "2205023"}, declarations={"2205": SIGNED, "2205083": SIGNED})
    assert declarations_heard(condition(**both), known) == {"2205": SIGNED}
    nearer = replace(known, declarations={**known.declarations, "2205023": None})
    assert declarations_heard(condition(**both), nearer) == {"2205023": None}
    assert declarations_heard(condition(kind="received_in_time"), known) == {}
    assert declarations_heard(condition(kind="declaration_signed"), facts(declarations={"2205": SIGNED})) == {}


def test_a_document_is_there_missing_or_not_looked_for() -> None:
    asked = condition(kind="document_attached", document="zgoda")
    assert [holds(asked, facts(documents=known)) for known in ({"zgoda": True}, {"zgoda": False}, {"inny": True})] == [
        YES,
        NO,
        OPEN,
    ]
    assert (fields_of(asked), questions(asked, facts()), documents_of(asked)) == ((), (), ("zgoda",))


def test_only_the_parts_that_cannot_be_told_are_asked_about() -> None:
    asked = condition(
        kind="all_of",
        of=(
            {"kind": "statement_ticked", "field": "a"},
            {"kind": "any_of", "of": ({"kind": "statement_ticked", "field": "b"}, {"kind": "not_duplicate"})},
            {"kind": "document_attached", "document": "zgoda"},
            {"kind": "statement_ticked", "field": "c"},
        ),
    )
    assert questions(asked, facts({"a": True})) == ("c",)
    assert fields_of(asked) == ("a", "b", "c")


@pytest.mark.parametrize("results", list(product(Result, repeat=2)), ids=lambda pair: "-".join(pair))
def test_compound_conditions_follow_the_truth_tables(results: tuple[Result, Result]) -> None:
    ticks = {YES: True, NO: False, OPEN: None}
    known = facts(dict(zip("ab", (ticks[one] for one in results), strict=True)))
    parts = tuple({"kind": "statement_ticked", "field": key} for key in "ab")
    assert holds(condition(kind="all_of", of=parts), known) is every(results)
    assert holds(condition(kind="any_of", of=parts), known) is some(results)
    assert holds(condition(kind="none_of", of=parts), known) is negation(some(results))


def test_every_kind_is_tried_here() -> None:
    kinds = {member.model_fields["kind"].annotation for member in get_args(get_args(Condition)[0])}
    known = {get_args(kind)[0] for kind in kinds}
    tried = {str(test["kind"]) for test, _, _ in ON_ONE_FIELD}
    elsewhere = {"declaration_signed", "unit_data_between", "document_attached", "all_of", "any_of", "none_of"}
    # In test_criteria: the time of receipt, duplicates, and whether something was answered at all.
    assert known == tried | elsewhere | {"received_in_time", "not_duplicate", "answered"}


@pytest.mark.parametrize(
    "test",
    [
        {"kind": "date_between", "field": "pole"},
        {"kind": "number_between", "field": "pole", "minimum": -1},
        {"kind": "gmina_type_in", "field": "pole", "types": ("dzielnica",)},
        {"kind": "experience_at_least", "field": "pole", "years": 0},
        {"kind": "document_attached", "document": "Zgoda Szefa"},
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(test: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        condition(**test)
