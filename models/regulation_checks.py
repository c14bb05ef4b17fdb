"""Does the regulation say what the engine enforces? What a project's paper and its rules may not disagree on."""

import re
from collections.abc import Iterator

from pydantic import BaseModel

from models.project import ProjectDefinition
from models.project_faults import Check, Fault, Faults, Location, check
from models.regulation import MARK, QUOTED, Passage, Place, Regulation, block_of, marks, passages, place_of
from models.regulation_text import Marks, UnknownMark, quoting
from models.rules.points import reachable

_SECTIONS = ("regulation", "criteria", "merit", "group_kinds")


def _paragraphs_exist(definition: ProjectDefinition) -> Faults:
    """Every paragraph that a criterion quotes is there, and prints the criterion from its own definition."""
    regulation = definition.regulation
    if regulation is None:
        return
    known = dict(passages(regulation))
    for section, noun, mark in (("criteria", "Kryterium", "criterion"), ("merit", "Reguła punktowa", "points")):
        for index, one in enumerate(getattr(definition, section)):
            location: Location = (section, index, "paragraph")
            yield from _quoted_there(f"{noun} „{one.code}”", one.paragraph, f"{mark}:{one.code}", known, location)
    for k, kind in enumerate(definition.group_kinds):
        if kind.minimum is not None:
            location = ("group_kinds", k, "minimum", "paragraph")
            subject, mark = f"Minimum punktów grupy {kind.code}", f"minimum:{kind.code}"
            yield from _quoted_there(subject, kind.minimum.paragraph, mark, known, location)


def _quoted_there(subject: str, quoted: str, mark: str, known: dict[Place, Passage], location: Location) -> Faults:
    place = place_of(quoted)
    if place is None:
        yield Fault(location, f"{subject}: „{quoted}” nie wskazuje przepisu; wzór: „§ 4 ust. 1 pkt 2”.")
        return
    passage = known.get(Place(place.paragraph, place.passage or 1))
    if passage is None:
        yield Fault(location, f"{subject} powołuje się na {quoted}, którego nie ma w regulaminie.")
    elif mark not in marks(passage) and not (
        place.point and not mark.startswith("minimum") and QUOTED in marks(passage)
    ):
        example = "{quoted}" if place.point and not mark.startswith("minimum") else f"{{{mark}}}"
        yield Fault(
            location,
            f"{subject} powołuje się na {quoted}, ale ten przepis go nie przytacza; trzeba w nim wpisać {example}.",
        )


def _points_in_order(definition: ProjectDefinition) -> Faults:
    """Generated points are numbered as they are quoted: none is missing and none is there twice."""
    if definition.regulation is None:
        return
    for place, passage in passages(definition.regulation):
        blocks = [block_of(point) for point in passage.points]
        if QUOTED not in blocks:
            continue
        location = _location(place)
        before = blocks.index(QUOTED)
        if any(blocks[:before]):
            yield Fault(location, f"{place}: przed {{quoted}} mogą stać tylko zwykłe punkty.")
            continue
        numbers = [quoted.point for quoted, _ in quoting(definition, place)]
        if not numbers:
            yield Fault(location, f"{place}: żadne kryterium nie powołuje się na punkty tego przepisu ({{quoted}}).")
        elif numbers != list(range(before + 1, before + 1 + len(numbers))):
            told = ", ".join(map(str, numbers))
            yield Fault(
                location, f"{place}: kryteria powołują się na punkty {told}; numery muszą iść po kolei od {before + 1}."
            )


def _marks_known(definition: ProjectDefinition) -> Faults:
    if definition.regulation is None:
        return
    written = Marks(definition)
    for place, passage in passages(definition.regulation):
        for location, text in _texts(place, passage):
            for mark in MARK.findall(text):
                try:
                    if block_of(text) is not None:
                        written.block(place, mark)
                    else:
                        written.inline(mark)
                except UnknownMark:
                    yield Fault(location, f"{place}: nieznany znacznik {{{mark}}}.")
                except KeyError:
                    continue  # a code that a group lists and that does not exist: told where it is listed


_WORDS = {
    word: number
    for number, words in {
        1: "jeden jednego jedno jedna",
        2: "dwa dwóch dwie",
        3: "trzy trzech",
        4: "cztery czterech",
        5: "pięć pięciu",
        6: "sześć sześciu",
        7: "siedem siedmiu",
        8: "osiem ośmiu",
        9: "dziewięć dziewięciu",
        10: "dziesięć dziesięciu",
        14: "czternaście czternastu",
        15: "piętnaście piętnastu",
        20: "dwadzieścia dwudziestu",
        21: "dwadzieścia_jeden",
        30: "trzydzieści trzydziestu",
    }.items()
    for word in words.split()
}
_NUMBER = rf"(?<![\w.§])([0-9]+|{'|'.join(_WORDS)})"
_TYPED = {
    "dni roboczych": re.compile(rf"{_NUMBER}\s+(?:dni|dnia|dzień)\s+robocz\w+", re.IGNORECASE),
    "miejsc": re.compile(rf"{_NUMBER}\s+miejsc\w*", re.IGNORECASE),
    "punktów": re.compile(rf"{_NUMBER}\s+(?:pkt\b(?!\s*[0-9])|punkt\w*)", re.IGNORECASE),
    "procent": re.compile(rf"{_NUMBER}\s*(?:%|procent\w*)", re.IGNORECASE),
}


def _typed_numbers(definition: ProjectDefinition) -> Faults:
    """A number typed by hand is one that the engine goes by; a mark instead of it could not go wrong at all."""
    if definition.regulation is None:
        return
    enforced = _enforced(definition)
    for place, passage in passages(definition.regulation):
        for location, text in _texts(place, passage):
            for noun, pattern in _TYPED.items():
                for found in pattern.findall(MARK.sub("", text)):
                    number = _WORDS.get(found.lower()) or int(found)
                    if number not in enforced[noun]:
                        told = ", ".join(map(str, sorted(enforced[noun]))) or "brak"
                        yield Fault(
                            location,
                            f"{place}: wpisano liczbę {number} ({noun}), a w regułach projektu są: {told}. "
                            "Zamiast liczby można wpisać znacznik, na przykład {deadlines.answer_working_days}.",
                        )


def _enforced(definition: ProjectDefinition) -> dict[str, set[int]]:
    kinds = definition.group_kinds
    points = {reachable(rule) for rule in definition.merit}
    points |= {rule.minimum for rule in definition.merit if rule.minimum is not None}
    points |= {kind.minimum.points for kind in kinds if kind.minimum}
    points |= {sum(reachable(rule) for rule in definition.merit if rule.code in kind.merit) for kind in kinds}
    return {
        "dni roboczych": set(_numbers_named(definition, "_working_days")),
        "miejsc": {kind.seats for kind in kinds} | {kind.reserve_seats for kind in kinds},
        "punktów": points,
        "procent": set(_numbers_named(definition, "_percent")),
    }


def _numbers_named(model: BaseModel, ending: str) -> Iterator[int]:
    """Numbers of the definition whose name ends so, however deep; forms and the regulation itself apart."""
    for name in type(model).model_fields:
        value = getattr(model, name, None)
        if isinstance(value, int) and name.endswith(ending):
            yield value
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, BaseModel) and name != "forms" and not isinstance(inner, Regulation):
                yield from _numbers_named(inner, ending)


def _texts(place: Place, passage: Passage) -> Iterator[tuple[Location, str]]:
    location = _location(place)
    yield (*location, "text"), passage.text
    for index, point in enumerate(passage.points):
        yield (*location, "points", index), point


def _location(place: Place) -> Location:
    return ("regulation", "paragraphs", place.paragraph - 1, "passages", place.passage - 1)


REGULATION_CHECKS: tuple[Check, ...] = (
    check(_paragraphs_exist, *_SECTIONS),
    check(_points_in_order, *_SECTIONS),
    # A mark may lead anywhere, and a number be enforced anywhere: these wait until every section is sound.
    check(_marks_known, *ProjectDefinition.model_fields),
    check(_typed_numbers, *ProjectDefinition.model_fields),
)
