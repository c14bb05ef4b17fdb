"""What must agree inside a project definition beyond the shape of each field.

Every check looks at the sections it names and at nothing else, so the ones whose sections are sound can run while
others are still broken, and an officer sees all mistakes at once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from stdnum.pl import nip

from models.form_definition import FieldType, FormDefinition, LeafType
from models.project import GroupKind, ProjectDefinition, Purpose
from models.rules.composition import impossible
from models.rules.criteria import (
    AgeBetween,
    AllOf,
    AnyOf,
    Condition,
    FlatPoints,
    LevelIn,
    NoneOf,
    PointsByCount,
    PointsByTable,
    SectorIn,
    StatementTicked,
    ValueIn,
    WithinArea,
    evidence,
    point_evidence,
)
from models.rules.order import OrderKey, rule_of

Location: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One disagreement: the path to the value that is to be mended, and a Polish sentence."""

    location: Location
    sentence: str


Faults: TypeAlias = Iterator[Fault]


@dataclass(frozen=True)
class Check:
    sections: frozenset[str]
    run: Callable[[ProjectDefinition], Faults]


def faults(definition: ProjectDefinition, *, broken: frozenset[str] = frozenset()) -> tuple[Fault, ...]:
    """All disagreements in the definition, each once. Checks that need a ``broken`` section are left out."""
    found = [fault for check in CHECKS if not check.sections & broken for fault in check.run(definition)]
    return tuple(dict.fromkeys(found))


def _codes_once(definition: ProjectDefinition, section: str, attribute: str) -> Faults:
    codes = [getattr(one, attribute) for one in getattr(definition, section)]
    yield from _once(codes, (section,), attribute)


def _once(codes: Sequence[str | int], path: Location, *attribute: str) -> Faults:
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield Fault((*path, index, *attribute), f"„{code}” powtarza się; każdy kod może wystąpić tylko raz.")


def _period(definition: ProjectDefinition) -> Faults:
    versions = definition.period.versions
    for index, version in enumerate(versions):
        if version.ends < version.starts:
            yield Fault(("period", "versions", index, "ends"), "Koniec projektu jest wcześniejszy niż jego początek.")
        if index and version.recorded_from <= versions[index - 1].recorded_from:
            yield Fault(
                ("period", "versions", index, "recorded_from"),
                "Wersje okresu muszą stać w kolejności zapisania, każda z późniejszą datą „recorded_from”.",
            )


def _milestones(definition: ProjectDefinition) -> Faults:
    for index, milestone in enumerate(definition.milestones):
        if milestone.starts and milestone.ends and milestone.ends < milestone.starts:
            yield Fault(("milestones", index, "ends"), "Koniec kamienia milowego jest wcześniejszy niż jego początek.")


def _buyer(definition: ProjectDefinition) -> Faults:
    if not nip.is_valid(definition.buyer.nip):
        yield Fault(
            ("buyer", "nip"), f"NIP nabywcy ({definition.buyer.nip}) jest błędny: nie zgadza się cyfra kontrolna."
        )


def _area(definition: ProjectDefinition) -> Faults:
    seen: Counter[str] = Counter()
    gminas = 0

    def known(code: str, location: Location) -> Faults:
        seen[code] += 1
        if seen[code] > 1:
            yield Fault(location, f"Kod TERYT {code} powtarza się.")

    for v, voivodship in enumerate(definition.area.voivodships):
        path: Location = ("area", "voivodships", v)
        yield from known(voivodship.teryt, (*path, "teryt"))
        if voivodship.unknown_powiats < 0:
            yield Fault(
                (*path, "planned_powiats"),
                f"Powiatów wpisano {len(voivodship.powiats)}, a zaplanowano {voivodship.planned_powiats}.",
            )
        for p, powiat in enumerate(voivodship.powiats):
            inner: Location = (*path, "powiats", p)
            yield from known(powiat.teryt, (*inner, "teryt"))
            if not powiat.teryt.startswith(voivodship.teryt):
                yield Fault(
                    (*inner, "teryt"),
                    f"Powiat {powiat.teryt} nie leży w województwie {voivodship.teryt}: "
                    "kod powiatu zaczyna się od kodu województwa.",
                )
            for g, gmina in enumerate(powiat.gminas):
                gminas += 1
                yield from known(gmina.teryt, (*inner, "gminas", g, "teryt"))
                if not gmina.teryt.startswith(powiat.teryt):
                    yield Fault(
                        (*inner, "gminas", g, "teryt"),
                        f"Gmina {gmina.teryt} nie leży w powiecie {powiat.teryt}: "
                        "kod gminy zaczyna się od kodu powiatu.",
                    )
    if gminas > definition.area.planned_gminas:
        yield Fault(
            ("area", "planned_gminas"), f"Gmin wpisano {gminas}, a zaplanowano {definition.area.planned_gminas}."
        )


def _references(definition: ProjectDefinition, section: str, noun: str) -> Faults:
    """Codes a group kind lists (``criteria``, ``merit``) exist in the section of that name, each listed once."""
    known = {one.code for one in getattr(definition, section)}
    for k, kind in enumerate(definition.group_kinds):
        listed: tuple[str, ...] = getattr(kind, section)
        for i, code in enumerate(listed):
            if code not in known:
                yield Fault(("group_kinds", k, section, i), f"Grupa {kind.code} wskazuje nieznane {noun} „{code}”.")
        yield from _once(listed, ("group_kinds", k, section))


def _order(definition: ProjectDefinition) -> Faults:
    for k, kind in enumerate(definition.group_kinds):
        yield from _once(kind.order, ("group_kinds", k, "order"))
        for i, key in enumerate(kind.order):
            location: Location = ("group_kinds", k, "order", i)
            if not isinstance(key, OrderKey):
                if rule_of(key) not in kind.merit:
                    yield Fault(location, f"Grupa {kind.code} nie przyznaje punktów „{rule_of(key)}” (merit).")
            elif key in (OrderKey.DRAW, OrderKey.NUMBER_ASC) and i + 1 < len(kind.order):
                yield Fault(location, f"Po „{key}” nie ma już równych zgłoszeń, więc musi stać na końcu kolejności.")


def _group_preference(definition: ProjectDefinition) -> Faults:
    kinds = {kind.code for kind in definition.group_kinds}
    for index, code in enumerate(definition.group_preference):
        if code not in kinds:
            yield Fault(("group_preference", index), f"Nieznany rodzaj grupy „{code}”.")
    yield from _once(definition.group_preference, ("group_preference",))


def _form_of(definition: ProjectDefinition, kind: GroupKind) -> FormDefinition | None:
    return next((form for form in definition.forms if form.key == kind.form), None)


def _forms_of_kinds(definition: ProjectDefinition) -> Faults:
    for k, kind in enumerate(definition.group_kinds):
        form = _form_of(definition, kind)
        if form is None:
            known = ", ".join(sorted(one.key for one in definition.forms)) or "brak"
            yield Fault(
                ("group_kinds", k, "form"),
                f"Grupa {kind.code} wskazuje nieznany formularz „{kind.form}”. Formularze w folderze forms: {known}.",
            )
        elif form.group_kind != kind.code:
            yield Fault(
                ("group_kinds", k, "form"),
                f"Grupa {kind.code} wskazuje formularz „{kind.form}”, który jest przeznaczony dla {form.group_kind}.",
            )
    kinds = {kind.code for kind in definition.group_kinds}
    for f, form in enumerate(definition.forms):
        if form.group_kind not in kinds:
            yield Fault(("forms", f, "group_kind"), f"Formularz wskazuje nieznany rodzaj grupy „{form.group_kind}”.")


def _form_keys(definition: ProjectDefinition) -> Faults:
    yield from _once([form.key for form in definition.forms], ("forms",), "key")


def _evidence_asked_for(definition: ProjectDefinition) -> Faults:
    criteria = {criterion.code: (c, criterion) for c, criterion in enumerate(definition.criteria)}
    rules = {rule.code: (r, rule) for r, rule in enumerate(definition.merit)}
    for kind in definition.group_kinds:
        form = _form_of(definition, kind)
        if form is None:
            continue
        asked = {leaf.key for leaf in form.leaves}
        judged = [
            (("criteria", criteria[code][0], "test"), f"Kryterium „{code}”", evidence(criteria[code][1]))
            for code in kind.criteria
            if code in criteria
        ]
        scored = [
            (("merit", rules[code][0], "field"), f"Reguła punktowa „{code}”", point_evidence(rules[code][1]))
            for code in kind.merit
            if code in rules
        ]
        for location, subject, keys in (*judged, *scored):
            for key in keys:
                if key not in asked:
                    yield Fault(
                        location,
                        f"{subject} korzysta z pola „{key}”, o które formularz „{form.key}” ({kind.code}) nie pyta.",
                    )


# A consent is no statement: it is free to be refused, so nothing may hang on it (art. 7 ust. 4 RODO).
_FITTING: dict[type, tuple[frozenset[LeafType], str]] = {
    StatementTicked: (frozenset({LeafType.STATEMENT}), "oświadczenia"),
    ValueIn: (frozenset({LeafType.CHOICE, LeafType.CHOICES}), "wyboru"),
    SectorIn: (frozenset({LeafType.CHOICE}), "wyboru"),
    LevelIn: (frozenset({LeafType.CHOICE}), "wyboru"),
    WithinArea: (frozenset({LeafType.GMINA, LeafType.POWIAT}), "gminy lub powiatu"),
    AgeBetween: (frozenset({LeafType.DATE}), "daty"),
}


def _answers_exist(definition: ProjectDefinition) -> Faults:
    """What a rule expects as an answer can be answered at all: the field is of the kind, the form offers the code."""
    for kind in definition.group_kinds:
        form = _form_of(definition, kind)
        if form is None:
            continue
        for c, criterion in enumerate(definition.criteria):
            if criterion.code in kind.criteria:
                yield from _answerable(criterion.test, form, ("criteria", c, "test"))
        for r, rule in enumerate(definition.merit):
            if rule.code not in kind.merit:
                continue
            match rule:
                case FlatPoints():
                    yield from _answerable(rule.test, form, ("merit", r, "test"))
                case PointsByTable():
                    yield from _offered(rule.table, rule.field, form, ("merit", r, "table"))
                case PointsByCount():
                    yield from _offered(rule.without, rule.field, form, ("merit", r, "without"))


def _answerable(condition: Condition, form: FormDefinition, location: Location) -> Faults:
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            for index, part in enumerate(condition.of):
                yield from _answerable(part, form, (*location, "of", index))
            return
        case ValueIn():
            yield from _offered(condition.values, condition.field, form, (*location, "values"))
    fitting = _FITTING.get(type(condition))
    leaf_type = _leaf_type(form, getattr(condition, "field", ""))
    if fitting and leaf_type and leaf_type not in fitting[0]:
        yield Fault(
            (*location, "field"),
            f"Warunek „{condition.kind}” potrzebuje pola {fitting[1]}, "
            f"a takie nie jest pole „{getattr(condition, 'field', '')}” formularza „{form.key}”.",
        )


def _leaf_type(form: FormDefinition, key: str) -> LeafType | None:
    return next((leaf.type for leaf in form.leaves if leaf.key == key), None)


def _offered(codes: Iterable[str], key: str, form: FormDefinition, location: Location) -> Faults:
    leaf = next((leaf for leaf in form.leaves if leaf.key == key), None)
    if leaf is None or not leaf.options:
        return
    offered = {option.code for option in leaf.options}
    for code in codes:
        if code not in offered:
            yield Fault(location, f"Formularz „{form.key}” nie ma w polu „{key}” odpowiedzi „{code}”.")


def _evidence_for(definition: ProjectDefinition) -> Faults:
    known = {criterion.code for criterion in definition.criteria}
    for f, form in enumerate(definition.forms):
        for s, section in enumerate(form.sections):
            for i, field in enumerate(section.fields):
                for e, code in enumerate(field.evidence_for):
                    if code not in known:
                        yield Fault(
                            ("forms", f, "sections", s, "fields", i, "evidence_for", e),
                            f"Pole „{field.key}” wskazuje nieznane kryterium „{code}”.",
                        )


def _institution_options(definition: ProjectDefinition) -> Faults:
    known = {
        "obszar": ("obszar kooperacji", "sectors", {sector.code for sector in definition.sectors}),
        "poziom": ("poziom instytucji", "levels", {level.code for level in definition.levels}),
    }
    for f, form in enumerate(definition.forms):
        for s, section in enumerate(form.sections):
            for i, field in enumerate(section.fields):
                if field.type != FieldType.INSTITUTION:
                    continue
                for part, (noun, section_name, codes) in known.items():
                    for o, option in enumerate(field.part_options.get(part, ())):
                        if option.code not in codes:
                            yield Fault(
                                ("forms", f, "sections", s, "fields", i, "part_options", part, o, "code"),
                                f"Nieznany {noun} „{option.code}”: nie ma go w project.yaml ({section_name}).",
                            )


def _conditions(definition: ProjectDefinition) -> Faults:
    sectors = {sector.code for sector in definition.sectors}
    levels = {level.code for level in definition.levels}

    def inspect(condition: Condition, location: Location) -> Faults:
        match condition:
            case AllOf() | AnyOf() | NoneOf():
                for index, part in enumerate(condition.of):
                    yield from inspect(part, (*location, "of", index))
            case SectorIn():
                for index, code in enumerate(condition.sectors):
                    if code not in sectors:
                        yield Fault((*location, "sectors", index), f"Nieznany obszar kooperacji „{code}”.")
            case LevelIn():
                for index, code in enumerate(condition.levels):
                    if code not in levels:
                        yield Fault((*location, "levels", index), f"Nieznany poziom instytucji „{code}”.")
            case AgeBetween() if condition.maximum < condition.minimum:
                yield Fault(
                    (*location, "maximum"),
                    f"Najwyższy wiek ({condition.maximum}) jest niższy niż najniższy ({condition.minimum}).",
                )

    for c, criterion in enumerate(definition.criteria):
        yield from inspect(criterion.test, ("criteria", c, "test"))
    for r, rule in enumerate(definition.merit):
        if isinstance(rule, FlatPoints):
            yield from inspect(rule.test, ("merit", r, "test"))


def _composition(definition: ProjectDefinition) -> Faults:
    sectors = {sector.code for sector in definition.sectors}
    levels = {level.code for level in definition.levels}
    for k, kind in enumerate(definition.group_kinds):
        for index, sentence in impossible(kind.composition, seats=kind.seats, sectors=sectors, levels=levels):
            location: Location = ("group_kinds", k, "composition")
            yield Fault(location if index is None else (*location, index), f"Skład grupy {kind.code}: {sentence}")


def _schedule(definition: ProjectDefinition) -> Faults:
    kinds = {kind.code: kind for kind in definition.group_kinds}
    known = {code for code in definition.area.names() if len(code) < 7}
    for m, meeting in enumerate(definition.schedule):
        path: Location = ("schedule", m)
        kind = kinds.get(meeting.group_kind)
        if kind is None:
            yield Fault((*path, "group_kind"), f"Spotkanie wskazuje nieznany rodzaj grupy „{meeting.group_kind}”.")
        elif len(meeting.days) != kind.meeting.days:
            yield Fault(
                (*path, "days"),
                f"Liczba dni spotkania: {len(meeting.days)}, a spotkania {kind.code} mają ich {kind.meeting.days}.",
            )
        if meeting.powiat not in known:
            yield Fault((*path, "powiat"), f"Obszar {meeting.powiat} nie należy do projektu (area).")


def _meeting_days(definition: ProjectDefinition) -> Faults:
    for m, meeting in enumerate(definition.schedule):
        for d, day in enumerate(meeting.days):
            path: Location = ("schedule", m, "days", d)
            if day.starts.tzinfo or day.ends.tzinfo:
                yield Fault(path, 'Godziny podaje się czasem polskim, bez oznaczenia strefy, na przykład "09:00".')
            elif day.ends <= day.starts:
                yield Fault((*path, "ends"), "Spotkanie musi się kończyć później, niż się zaczyna.")
            if d and day.date <= meeting.days[d - 1].date:
                yield Fault((*path, "date"), "Dni spotkania muszą stać w kolejności dat, każdy raz.")


_OUTCOMES = {
    Purpose.PROPOSED_MAIN: "accepted",
    Purpose.PROPOSED_RESERVE: "reserve",
    Purpose.PROPOSED_BEYOND: "rejected",
    Purpose.MAIN_FOR_COMPOSITION: "accepted",
    Purpose.RESERVE_FOR_COMPOSITION: "reserve",
    Purpose.BEYOND_FOR_COMPOSITION: "rejected",
    Purpose.OTHER_GROUP: "rejected",
    Purpose.NOT_ELIGIBLE: "rejected",
    Purpose.INCOMPLETE: "rejected",
    Purpose.PROMOTED: "accepted",
}


def _reasons(definition: ProjectDefinition) -> Faults:
    used: set[Purpose] = set()
    for r, reason in enumerate(definition.reasons):
        for u, purpose in enumerate(reason.used_for):
            location: Location = ("reasons", r, "used_for", u)
            if purpose in used:
                yield Fault(location, f"Przypadek „{purpose}” ma już inny powód.")
            elif reason.outcome != _OUTCOMES[purpose]:
                yield Fault(location, f"Przypadek „{purpose}” wymaga powodu o wyniku (outcome) „{_OUTCOMES[purpose]}”.")
            used.add(purpose)
    for purpose in Purpose:
        if purpose not in used and needed(definition, purpose):
            yield Fault(("reasons",), f"Brakuje powodu dla przypadku „{purpose}” (used_for).")


def needed(definition: ProjectDefinition, purpose: Purpose) -> bool:
    """Whether a project's rules can lead to the case at all."""
    match purpose:
        case Purpose.OTHER_GROUP:
            return not definition.allow_two_groups and len(definition.group_kinds) > 1
        case Purpose.MAIN_FOR_COMPOSITION | Purpose.RESERVE_FOR_COMPOSITION | Purpose.BEYOND_FOR_COMPOSITION:
            return any(kind.composition for kind in definition.group_kinds)
        case _:
            return True


def _check(run: Callable[[ProjectDefinition], Faults], *sections: str) -> Check:
    return Check(frozenset(sections), run)


def _unique(section: str, attribute: str = "code") -> Check:
    return _check(lambda definition: _codes_once(definition, section, attribute), section)


CHECKS: tuple[Check, ...] = (
    _unique("milestones", "number"),
    *(_unique(section) for section in ("sectors", "levels", "group_kinds", "criteria", "merit")),
    *(_unique(section) for section in ("reasons", "reminders", "schedule")),
    _check(_form_keys, "forms"),
    _check(_period, "period"),
    _check(_milestones, "milestones"),
    _check(_buyer, "buyer"),
    _check(_area, "area"),
    _check(lambda definition: _references(definition, "criteria", "kryterium"), "group_kinds", "criteria"),
    _check(lambda definition: _references(definition, "merit", "kryterium punktowe"), "group_kinds", "merit"),
    _check(_order, "group_kinds"),
    _check(_group_preference, "group_preference", "group_kinds"),
    _check(_forms_of_kinds, "group_kinds", "forms"),
    _check(_evidence_asked_for, "group_kinds", "forms", "criteria", "merit"),
    _check(_answers_exist, "group_kinds", "forms", "criteria", "merit"),
    _check(_evidence_for, "forms", "criteria"),
    _check(_institution_options, "forms", "sectors", "levels"),
    _check(_conditions, "criteria", "merit", "sectors", "levels"),
    _check(_composition, "group_kinds", "sectors", "levels"),
    _check(_schedule, "schedule", "group_kinds", "area"),
    _check(_meeting_days, "schedule"),
    _check(_reasons, "reasons", "group_kinds", "allow_two_groups"),
)
