"""What a group that is filled without a selection cannot have is said in Polish, and where it stands."""

import json
from pathlib import Path

import pytest

from models.form_definition import FormDefinition, FormField
from models.group_kinds import Admission, Applicant, GroupKind
from models.nomination_rules import NominationRules
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes
from models.project_checks import faults
from models.project_diff import differences
from models.project_file import load_project
from models.reminder_rules import ReminderEvent, ReminderRule

KES = load_project(Path(__file__).parents[2] / "projects" / "kes")
PLAIN = {"merit": (), "minimum": None, "composition": (), "reserve_seats": 0, "order": ("received_asc", "number_asc")}


def admitting(admission: Admission, **changes: object) -> ProjectDefinition:
    """KES with a PGR that is filled so."""
    (pgr,) = (kind for kind in KES.group_kinds if kind.code == "PGR")
    late = {"w_terminie"} if admission is Admission.NOMINATION else set()
    told = {
        **PLAIN,
        "criteria": tuple(one for one in pgr.criteria if one not in late),
        "admission": admission,
        **changes,
    }
    body = pgr.model_dump(mode="json") | {
        key: list(value) if isinstance(value, tuple) else value for key, value in told.items()
    }
    changed = GroupKind.model_validate_json(json.dumps(body))
    kinds = tuple(changed if kind.code == "PGR" else kind for kind in KES.group_kinds)
    return KES.model_copy(update={"group_kinds": kinds})


def said(definition: ProjectDefinition) -> list[tuple[object, ...]]:
    return [fault.location for fault in faults(definition)]


@pytest.mark.parametrize("admission", [Admission.NOMINATION, Admission.REGISTRATION])
def test_a_group_without_points_order_and_reserve_is_sound(admission: Admission) -> None:
    assert faults(admitting(admission)) == ()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"merit": ("staz",)}, ("merit",)),
        ({"reserve_seats": 2}, ("reserve_seats",)),
        ({"applicant": Applicant.UNIT}, ("admission",)),
    ],
)
def test_what_belongs_to_a_selection_is_told(changes: dict[str, object], where: tuple[str, ...]) -> None:
    assert ("group_kinds", 0, *where) in said(admitting(Admission.REGISTRATION, **changes))


def test_points_are_asked_for_nothing() -> None:
    found = admitting(Admission.NOMINATION).model_copy(
        update={"group_kinds": tuple(_with_composition(one) for one in admitting(Admission.NOMINATION).group_kinds)}
    )
    assert ("group_kinds", 0, "composition") in said(found)


def _with_composition(kind: GroupKind) -> GroupKind:
    (whole,) = (one for one in KES.group_kinds if one.code == kind.code)
    return kind.model_copy(update={"composition": whole.composition})


def test_a_deadline_would_stop_every_replacement() -> None:
    kept = admitting(Admission.NOMINATION, criteria=KES.group_kinds[0].criteria)
    (fault,) = faults(kept)
    assert fault.location == ("group_kinds", 0, "criteria", 0)
    assert "w każdej chwili wskazać do grupy PGR inną osobę" in fault.sentence
    assert faults(admitting(Admission.REGISTRATION, criteria=KES.group_kinds[0].criteria)) == ()


def test_a_form_has_to_ask_for_the_institution() -> None:
    whole = admitting(Admission.NOMINATION)
    form = whole.form("zalacznik_1_pgr")
    sections = tuple(
        section.model_copy(update={"fields": tuple(_renamed(field) for field in section.fields)})
        for section in form.sections
    )
    copied = form.model_copy(update={"sections": sections})
    # Read anew: a copy keeps the leaves of the form it was made of.
    changed = FormDefinition.model_validate_json(copied.model_dump_json())
    forms = tuple(changed if one.key == form.key else one for one in whole.forms)
    assert ("group_kinds", 0, "form") in said(whole.model_copy(update={"forms": forms}))


def _renamed(field: FormField) -> FormField:
    return field.model_copy(update={"key": "pracodawca"}) if field.key == "instytucja" else field


def _registering(kind: GroupKind) -> GroupKind:
    return kind.model_copy(update={"admission": Admission.REGISTRATION})


def test_a_reminder_of_a_nomination_needs_a_group_of_that_kind() -> None:
    rule = ReminderRule(code="wskazanie", event=ReminderEvent.NOMINATION_DUE, offset_working_days=3, times=1)
    assert [one.code for one in KES.group_kinds if one.admission is Admission.NOMINATION] == ["PZK"]
    assert said(KES.model_copy(update={"reminders": (rule,)})) == []
    registering = tuple(_registering(one) if one.code == "PZK" else one for one in KES.group_kinds)
    nobody_names = KES.model_copy(update={"group_kinds": registering, "reminders": (rule,)})
    assert said(nobody_names) == [("reminders", 0, "event")]
    assert said(admitting(Admission.NOMINATION).model_copy(update={"reminders": (rule,)})) == []


def test_what_changed_is_told_by_the_diff() -> None:
    new = admitting(Admission.NOMINATION).model_copy(update={"nominations": NominationRules(answer_working_days=5)})
    told = [one.sentence for one in differences(KES, new)]
    how = "było „lista rankingowa i decyzje”, jest „wskazanie przez instytucję”"
    assert f"Grupa PGR: jak się do niej wchodzi: {how}." in told
    assert "Termin, w którym instytucja wskazuje osobę (dni robocze): było „10”, jest „5”." in told


def test_a_declaration_is_asked_for_where_nobody_is_selected() -> None:
    assert faults(admitting(Admission.NOMINATION, declaration=True)) == ()
    assert ("group_kinds", 0, "declaration") in said(admitting(Admission.SELECTION, declaration=True))


def test_a_declaration_that_is_not_asked_for_leaves_no_trace() -> None:
    for asks, traces in ((False, 0), (True, 1)):
        kinds = json.loads(canonical_bytes(admitting(Admission.NOMINATION, declaration=asks)))["group_kinds"]
        assert sum("declaration" in kind for kind in kinds) == traces
    new = admitting(Admission.NOMINATION, declaration=True)
    told = [one.sentence for one in differences(admitting(Admission.NOMINATION), new)]
    assert told == ["Grupa PGR: deklaracja uczestnictwa: przygotowuje się ją."]
