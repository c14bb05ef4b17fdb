"""What a call for units needs: a form that names the unit, a criterion of the area, nothing that only persons have."""

from collections.abc import Iterator

from models.form_definition import FormDefinition, LeafType
from models.group_kinds import UNIT_FIELD, Applicant, GroupKind, InvitedAfter
from models.project import ProjectDefinition
from models.project_faults import Check, Fault, Faults, Location, check
from models.rule_checks import form_of
from models.rules.conditions import AllOf, Condition, WithinArea


def _units_asked_for(definition: ProjectDefinition) -> Faults:
    """A call for units is of no use with a form that does not ask for the unit."""
    for location, kind, form in _unit_kinds(definition):
        leaf = next((leaf for leaf in form.leaves if leaf.key == UNIT_FIELD), None)
        if leaf is None or leaf.type not in (LeafType.GMINA, LeafType.POWIAT) or not leaf.required:
            yield Fault(
                (*location, "applicant"),
                f"Grupa {kind.code} to nabór jednostek, więc formularz „{form.key}” musi mieć wymagane pole "
                f"„{UNIT_FIELD}” typu gmina albo powiat.",
            )
        if any(leaf.type is LeafType.PESEL for leaf in form.leaves):
            yield Fault(
                (*location, "form"),
                f"Grupa {kind.code} to nabór jednostek: formularz „{form.key}” nie może pytać o numer PESEL, bo "
                "zgłasza się jednostka, a nie osoba do kontaktu.",
            )
        if kind.pay is not None:
            yield Fault((*location, "pay"), f"Grupa {kind.code} to nabór jednostek; jednostkom się nie płaci.")


def _area_judged(definition: ProjectDefinition) -> Faults:
    """A call for units may be for the whole project, and its form reaches units outside it, too."""
    tests = {one.code: one.test for one in definition.criteria}
    for location, kind, _ in _unit_kinds(definition):
        if not any(_of_area(tests[code]) for code in kind.criteria if code in tests):
            yield Fault(
                (*location, "criteria"),
                f"Grupa {kind.code} to nabór jednostek, więc potrzebuje kryterium obszaru: "
                f"test: {{kind: within_area, field: {UNIT_FIELD}, area: call}}. Bez niego przeszłaby jednostka spoza "
                "projektu.",
            )


def _of_area(condition: Condition) -> bool:
    match condition:
        case AllOf():
            return any(map(_of_area, condition.of))
        case _:
            return isinstance(condition, WithinArea) and condition.field == UNIT_FIELD


def _invited_after(definition: ProjectDefinition) -> Faults:
    """Only a powiat can be asked once its gminas have declared."""
    for k, kind in enumerate(definition.group_kinds):
        if kind.invited_after is InvitedAfter.NOTHING:
            continue
        form = form_of(definition, kind)
        types = {leaf.type for leaf in form.leaves if leaf.key == UNIT_FIELD} if form is not None else set()
        if kind.applicant is not Applicant.UNIT or types != {LeafType.POWIAT}:
            yield Fault(
                ("group_kinds", k, "invited_after"),
                f"Grupa {kind.code}: „{kind.invited_after}” dotyczy naboru powiatów (applicant: unit i pole "
                f"„{UNIT_FIELD}” typu powiat w formularzu); inne jednostki czekałyby bez końca.",
            )


def _unit_kinds(definition: ProjectDefinition) -> Iterator[tuple[Location, GroupKind, FormDefinition]]:
    for k, kind in enumerate(definition.group_kinds):
        form = form_of(definition, kind)
        if kind.applicant is Applicant.UNIT and form is not None:
            yield ("group_kinds", k), kind, form


UNIT_CHECKS: tuple[Check, ...] = (
    check(_units_asked_for, "group_kinds", "forms"),
    check(_area_judged, "group_kinds", "forms", "criteria"),
    check(_invited_after, "group_kinds", "forms"),
)
