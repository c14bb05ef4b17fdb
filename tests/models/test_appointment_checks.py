"""The section ``appointments`` fits the project it stands in, or says where it does not."""

import json
from pathlib import Path

import pytest

from models.appointment_rules import AppointmentRules
from models.group_kinds import Applicant
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes
from models.project_checks import faults
from models.project_diff import differences
from models.project_file import load_project


@pytest.fixture(scope="module")
def kes() -> ProjectDefinition:
    return load_project(Path(__file__).parents[2] / "projects" / "kes")


def said(definition: ProjectDefinition) -> list[str]:
    return [fault.sentence for fault in faults(definition)]


def changed(kes: ProjectDefinition, act: str = "appointment", **settings: object) -> ProjectDefinition:
    (rules,) = kes.appointments
    body = rules.model_dump(mode="json")
    whole = settings.pop("whole", {})
    assert isinstance(whole, dict)
    body |= whole
    body[act] = {**body[act], **settings}
    return kes.model_copy(update={"appointments": (AppointmentRules.model_validate_json(json.dumps(body)),)})


def test_the_shipped_section_is_sound_and_marked_as_an_assumption(kes: ProjectDefinition) -> None:
    assert said(kes) == []
    rules = kes.appointment("RGR")
    assert rules is not None
    assert rules.assumption.startswith("Założenie – do zmiany przez biuro")
    assert kes.appointment("PGR") is None


def test_a_project_that_appoints_nobody_has_the_bytes_it_had(kes: ProjectDefinition) -> None:
    sectors = tuple(one.model_copy(update={"catch_all": False}) for one in kes.sectors)
    body = json.loads(canonical_bytes(kes.model_copy(update={"appointments": (), "sectors": sectors})))
    assert "appointments" not in body
    assert all(set(one) == {"code", "label"} for one in body["sectors"])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"whole": {"group_kinds": ["RGX"]}}, "Nieznany rodzaj grupy „RGX”"),
        ({"whole": {"group_kinds": ["RGR", "RGR"]}}, "ma już akt powołania"),
        ({"number": "POW/{number}"}, "musi zawierać {number} (raz) i {year}"),
        ({"number": "POW/{number}/{number}/{year}"}, "musi zawierać {number} (raz) i {year}"),
        ({"number": "POW/{number}/{year}/{month}"}, "Nieznany znacznik {month} we wzorze numeru"),
        ({"basis": "Na podstawie {paragrafu}"}, "Nieznany znacznik {paragrafu}"),
        ({"title": "Akt {sex:a|b}"}, "Nieznany znacznik {sex:a|b}"),
        ({"passages": [{"text": "Traci moc {appointed.act}"}]}, "ma sens tylko w akcie odwołania"),
        ({"passages": [{"text": "Zadania:", "points": ["{task}"]}]}, "Nieznany znacznik {task}"),
    ],
)
def test_what_does_not_fit_is_told(kes: ProjectDefinition, settings: dict[str, object], words: str) -> None:
    told = said(changed(kes, **settings))
    assert any(words in sentence for sentence in told), told


def test_the_recall_may_name_the_act_that_it_ends(kes: ProjectDefinition) -> None:
    passages = [{"text": "Traci moc {appointed.act} z dnia {appointed.since}"}]
    assert said(changed(kes, "recall", passages=passages)) == []


def test_units_are_not_appointed(kes: ProjectDefinition) -> None:
    kinds = tuple(
        kind.model_copy(update={"applicant": Applicant.UNIT}) if kind.code == "RGR" else kind
        for kind in kes.group_kinds
    )
    assert any("aktem powołuje się osoby" in one for one in said(kes.model_copy(update={"group_kinds": kinds})))


def test_another_wording_is_told_by_its_place(kes: ProjectDefinition) -> None:
    (difference,) = differences(kes, changed(kes, title="Powołanie"))
    assert difference.section == "appointments"
    assert "było „Akt powołania”, jest „Powołanie”" in difference.sentence
