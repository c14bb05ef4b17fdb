"""Do the acts of appointment fit the project that they stand in?"""

from collections.abc import Iterator

from models.appointment_rules import NUMBER_MARKS, NUMBER_MARKS_NEEDED, ONLY_IN_RECALL, ActText, is_act_mark
from models.group_kinds import Applicant
from models.project import ProjectDefinition
from models.project_faults import Check, Fault, Faults, Location, check
from models.regulation import MARK
from models.regulation_text import Marks, UnknownMark

_TASKS = "{tasks}"


def _kinds(definition: ProjectDefinition) -> Faults:
    """Every kind exists, is of persons, and is appointed in one way."""
    kinds = {kind.code: kind for kind in definition.group_kinds}
    seen: set[str] = set()
    for index, rules in enumerate(definition.appointments):
        for place, code in enumerate(rules.group_kinds):
            location: Location = ("appointments", index, "group_kinds", place)
            if code not in kinds:
                yield Fault(location, f"Nieznany rodzaj grupy „{code}”.")
            elif kinds[code].applicant is Applicant.UNIT:
                yield Fault(location, f"Grupa {code} to nabór jednostek; aktem powołuje się osoby.")
            if code in seen:
                yield Fault(location, f"Rodzaj grupy „{code}” ma już akt powołania; może mieć jeden.")
            seen.add(code)


def _numbers(definition: ProjectDefinition) -> Faults:
    for location, act in _acts(definition):
        marks = MARK.findall(act.number)
        for mark in dict.fromkeys(marks):
            if mark not in NUMBER_MARKS:
                yield Fault((*location, "number"), f"Nieznany znacznik {{{mark}}} we wzorze numeru aktu.")
        if not set(marks) >= NUMBER_MARKS_NEEDED or marks.count("number") != 1:
            yield Fault(
                (*location, "number"),
                "Wzór numeru aktu musi zawierać {number} (raz) i {year}, na przykład POW/{kind}/{number}/{year}.",
            )


def _marks(definition: ProjectDefinition) -> Faults:
    marks = Marks(definition)
    for location, act in _acts(definition):
        recall = location[-1] == "recall"
        for place, text in _texts(location, act):
            for mark in MARK.findall(text):
                if is_act_mark(mark):
                    if mark in ONLY_IN_RECALL and not recall:
                        yield Fault(place, f"Znacznik {{{mark}}} ma sens tylko w akcie odwołania (recall).")
                    continue
                try:
                    marks.inline(mark)
                except UnknownMark:
                    yield Fault(place, f"Nieznany znacznik {{{mark}}} w treści aktu.")


def _acts(definition: ProjectDefinition) -> Iterator[tuple[Location, ActText]]:
    for index, rules in enumerate(definition.appointments):
        yield ("appointments", index, "appointment"), rules.appointment
        if rules.recall is not None:
            yield ("appointments", index, "recall"), rules.recall


def _texts(location: Location, act: ActText) -> Iterator[tuple[Location, str]]:
    yield (*location, "title"), act.title
    yield (*location, "basis"), act.basis
    for index, passage in enumerate(act.passages):
        yield (*location, "passages", index, "text"), passage.text
        for place, point in enumerate(passage.points):
            if point.strip() != _TASKS:
                yield (*location, "passages", index, "points", place), point


APPOINTMENT_CHECKS: tuple[Check, ...] = (
    check(_kinds, "appointments", "group_kinds"),
    check(_numbers, "appointments"),
    # A mark may lead anywhere in the definition: this waits until every section is sound.
    check(_marks, *ProjectDefinition.model_fields),
)
