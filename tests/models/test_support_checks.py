"""The section ``support`` fits the project it stands in, or says where it does not."""

import json
from pathlib import Path

import pytest

from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes, from_canonical
from models.project_checks import faults
from models.project_diff import differences
from models.project_file import load_project
from models.support_rules import SupportKind


@pytest.fixture(scope="module")
def kes() -> ProjectDefinition:
    return load_project(Path(__file__).parents[2] / "projects" / "kes")


def changed(kes: ProjectDefinition, **settings: object) -> ProjectDefinition:
    """The first kind of support says otherwise in these."""
    first, *others = kes.support
    kind = SupportKind.model_validate_json(json.dumps({**first.model_dump(mode="json"), **settings}))
    return kes.model_copy(update={"support": (kind, *others)})


def condition(kes: ProjectDefinition, **settings: object) -> ProjectDefinition:
    [first] = kes.support[0].model_dump(mode="json")["conditions"]
    return changed(kes, conditions=[{**first, **settings}])


def said(definition: ProjectDefinition) -> list[str]:
    return [fault.sentence for fault in faults(definition)]


def test_the_shipped_section_is_sound(kes: ProjectDefinition) -> None:
    assert [(one.code, one.form.value) for one in kes.support] == [
        ("coaching_indywidualny", "individual"),
        ("coaching_grupowy", "group"),
    ]
    assert said(kes) == []
    assert from_canonical(canonical_bytes(kes)) == kes


def test_a_project_that_says_nothing_has_the_bytes_it_had(kes: ProjectDefinition) -> None:
    plain = kes.model_copy(update={"support": ()})
    assert "support" not in json.loads(canonical_bytes(plain))
    assert said(plain) == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"group_kinds": ["XYZ"]}, "wskazuje nieznany rodzaj grupy „XYZ”"),
        ({"group_kinds": ["PGR", "PGR"]}, "„PGR” powtarza się"),
        ({"period": {"starts": "2019-01-01", "ends": "2018-01-01"}}, "Koniec wsparcia jest wcześniejszy"),
        ({"form": "group"}, "Sesje wpisane wcześniej były indywidualne"),
        ({"code": "x" * 61}, "najwyżej 60 znaków"),
        ({"code": "coaching_grupowy"}, "„coaching_grupowy” powtarza się"),
    ],
)
def test_a_kind_that_does_not_fit(kes: ProjectDefinition, settings: dict[str, object], sentence: str) -> None:
    assert [one for one in said(changed(kes, **settings)) if sentence in one] != []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"code": "miejsce_w_grupie"}, "jest zastrzeżony"),
        ({"met": "To samo.", "not_met": "To samo."}, "mówi to samo w „met” i w „not_met”"),
        (
            {"test": {"kind": "value_in", "field": "rola_decyzyjna", "values": ["dyrektor"]}},
            "o które formularz „zalacznik_1_pgr” (PGR) nie pyta",
        ),
        (
            {"test": {"kind": "sector_in", "field": "instytucja.obszar", "sectors": ["kosmos"]}},
            "Nieznany obszar kooperacji „kosmos”",
        ),
        (
            {"test": {"kind": "statement_ticked", "field": "instytucja.obszar"}},
            "potrzebuje pola oświadczenia",
        ),
        ({"test": {"kind": "document_attached", "document": "zgoda"}}, "Nieznany dokument „zgoda”"),
    ],
)
def test_a_condition_that_does_not_fit(kes: ProjectDefinition, settings: dict[str, object], sentence: str) -> None:
    assert [one for one in said(condition(kes, **settings)) if sentence in one] != []


def test_two_kinds_cannot_both_take_what_was_before(kes: ProjectDefinition) -> None:
    first, _ = kes.support
    twice = (first, first.model_copy(update={"code": "mentoring", "name": "mentoring"}))
    assert said(kes.model_copy(update={"support": twice})) == [
        "Sesje wpisane wcześniej może przejąć tylko jeden rodzaj."
    ]


def test_what_changed_is_told_in_words(kes: ProjectDefinition) -> None:
    without = kes.model_copy(update={"support": ()})
    assert [one.sentence for one in differences(without, kes)] == [
        "Dodano wsparcie indywidualne „coaching indywidualny”, limit godzin: 10.",
        "Dodano wsparcie grupowe „coaching grupowy”, limit godzin: 20.",
    ]
    assert next(one.sentence for one in differences(kes, without)) == "Usunięto wsparcie „coaching indywidualny”."
    new = condition(changed(kes, limit_hours=None, group_kinds=["PGR"]), met="Pasuje.")
    told = [one.sentence for one in differences(changed(kes, group_kinds=["PGR"]), new)]
    assert "Wsparcie „coaching indywidualny” – limit godzin: było „10”, jest „brak”." in told
    assert any("Warunek „Praca w pomocy społecznej”" in one and "zdanie „spełnia”" in one for one in told)
