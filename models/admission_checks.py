"""What a group that is filled without a selection cannot have, and what it needs."""

from models.group_kinds import SEAT_FIELD, Admission, Applicant, GroupKind
from models.project import ProjectDefinition
from models.project_faults import Check, Fault, Faults, Location, check
from models.rule_checks import form_of


def _admitted_without_selection(definition: ProjectDefinition) -> Faults:
    """What a group that is filled without ranking and decision cannot have, and what it needs."""
    for k, kind in enumerate(definition.group_kinds):
        path: Location = ("group_kinds", k)
        if kind.selects:
            if kind.declaration:
                yield Fault(
                    (*path, "declaration"),
                    f"Do grupy {kind.code} wybiera się według listy, więc deklarację uczestnictwa dostaje każda "
                    "przyjęta osoba. Ustawienie declaration jest dla grup bez listy (admission: nomination albo "
                    "registration).",
                )
            continue
        what = f"Do grupy {kind.code} przyjmuje się bez listy rankingowej (admission: {kind.admission})"
        if kind.applicant is Applicant.UNIT:
            yield Fault((*path, "admission"), f"{what}, a jednostki wybiera się tylko według listy.")
        if kind.merit or kind.minimum is not None:
            section = "merit" if kind.merit else "minimum"
            yield Fault((*path, section), f"{what}, więc punktów się nie przyznaje ({section}).")
        if kind.composition:
            yield Fault((*path, "composition"), f"{what}, więc nikt nie układa jej składu (composition).")
        if kind.reserve_seats:
            yield Fault((*path, "reserve_seats"), f"{what}; listy rezerwowej nie ma: podaj reserve_seats: 0.")
        if kind.admission is Admission.NOMINATION:
            yield from _nominated(definition, kind, path)


def _nominated(definition: ProjectDefinition, kind: GroupKind, path: Location) -> Faults:
    known = {criterion.code: criterion for criterion in definition.criteria}
    for i, code in enumerate(kind.criteria):
        if code in known and known[code].test.kind == "received_in_time":
            yield Fault(
                (*path, "criteria", i),
                f"Instytucja może w każdej chwili wskazać do grupy {kind.code} inną osobę; kryterium terminu "
                f"(„{code}”) nie pozwoliłoby na to po zamknięciu naboru.",
            )
    form = form_of(definition, kind)
    keys = {leaf.key for leaf in form.leaves} if form is not None else set()
    if form is not None and SEAT_FIELD not in keys and "instytucja.nazwa" not in keys:
        yield Fault(
            (*path, "form"),
            f"Formularz „{form.key}” nie pyta o instytucję (pole „instytucja” albo „{SEAT_FIELD}”), więc nie wiadomo, "
            "kto wskazuje osobę.",
        )


ADMISSION_CHECKS: tuple[Check, ...] = (check(_admitted_without_selection, "group_kinds", "criteria", "forms"),)
