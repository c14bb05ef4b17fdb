"""The section ``contracts`` fits the project it stands in, or says where it does not."""

import json
from pathlib import Path

import pytest

from models.contract_rules import ContractRules, Paper
from models.form_definition import FormDefinition
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes
from models.project_checks import faults
from models.project_file import load_project

FORM = "zlecenie_oswiadczenie"


@pytest.fixture(scope="module")
def kes() -> ProjectDefinition:
    return load_project(Path(__file__).parents[2] / "projects" / "kes")


def said(definition: ProjectDefinition) -> list[str]:
    return [fault.sentence for fault in faults(definition)]


def changed(kes: ProjectDefinition, **settings: object) -> ProjectDefinition:
    assert kes.contracts is not None
    rules = ContractRules.model_validate_json(json.dumps({**kes.contracts.model_dump(mode="json"), **settings}))
    return kes.model_copy(update={"contracts": rules})


def with_form(kes: ProjectDefinition, **settings: object) -> ProjectDefinition:
    form = FormDefinition.model_validate_json(json.dumps({**kes.form(FORM).model_dump(mode="json"), **settings}))
    return kes.model_copy(update={"forms": tuple(form if one.key == FORM else one for one in kes.forms)})


def without_field(kes: ProjectDefinition, key: str) -> ProjectDefinition:
    sections = kes.form(FORM).model_dump(mode="json")["sections"]
    for section in sections:
        section["fields"] = [field for field in section["fields"] if field["key"] != key]
    return with_form(kes, sections=sections)


def test_the_shipped_section_is_sound(kes: ProjectDefinition) -> None:
    assert said(kes) == []


def test_a_project_that_says_nothing_has_the_bytes_it_had(kes: ProjectDefinition) -> None:
    applications = tuple(form for form in kes.forms if form.key != FORM)
    plain = kes.model_copy(update={"contracts": None, "forms": applications})
    body = json.loads(canonical_bytes(plain))
    assert "contracts" not in body
    assert all("purpose" not in form for form in body["forms"])
    assert said(plain) == []


@pytest.mark.parametrize("key", ["konto", "data_urodzenia", "zatrudnienie", "student", "chorobowe"])
def test_a_statement_asks_what_a_payment_cannot_do_without(kes: ProjectDefinition, key: str) -> None:
    (sentence,) = said(without_field(kes, key))
    assert f"nie pyta o „{key}”" in sentence


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"statement_form": "nie_ma"}, "nie ma formularza „nie_ma”"),
        ({"statement_form": "zalacznik_1_pgr"}, "nie jest oświadczeniem do wypłaty"),
        ({"declaration": "deklaracja"}, "nie ma dokumentu „deklaracja”"),
        ({"needed": ["declaration"]}, "wskaż dokument, którym ona jest"),
        ({"preamble": "zawarta z {kims}"}, "Nieznany znacznik {kims}"),
        ({"preamble": "{sex:zwaną|zwanym}"}, "Nieznany znacznik {sex:zwaną|zwanym}"),
        ({"preamble": "na kwotę {amount}"}, "wymaga ustawienia „states: amount”"),
    ],
)
def test_what_does_not_fit_is_told(kes: ProjectDefinition, settings: dict[str, object], words: str) -> None:
    told = said(changed(kes, **settings))
    assert any(words in sentence for sentence in told), told


def test_a_stated_amount_may_be_named_where_it_is_stated(kes: ProjectDefinition) -> None:
    assert said(changed(kes, preamble="na kwotę {amount} ({amount.words})", states="amount")) == []


def test_a_statement_that_nobody_would_take_in_is_told(kes: ProjectDefinition) -> None:
    told = said(kes.model_copy(update={"contracts": None}))
    assert any("nikt by go nie przyjął" in sentence for sentence in told)


def test_a_group_cannot_be_applied_to_by_a_statement(kes: ProjectDefinition) -> None:
    pgr = kes.group_kind("PGR").model_copy(update={"form": FORM, "merit": (), "criteria": ("w_terminie",)})
    kinds = tuple(pgr if kind.code == "PGR" else kind for kind in kes.group_kinds)
    assert any(
        "nie jest formularzem zgłoszeniowym" in one for one in said(kes.model_copy(update={"group_kinds": kinds}))
    )


def test_the_shipped_project_watches_no_paper_by_itself(kes: ProjectDefinition) -> None:
    assert kes.contracts is not None
    assert not kes.contracts.watched
    assert Paper.CONTRACT_SIGNED in kes.contracts.needed
