"""What criteria, points, groups and forms must agree on: contradictions that an officer can write without noticing."""

from collections.abc import Iterable, Iterator
from itertools import chain

from models.form_definition import FormDefinition, Leaf, LeafType
from models.group_kinds import GroupKind
from models.project import ProjectDefinition
from models.project_faults import Check, Fault, Faults, Location, check
from models.rule_worlds import outcomes
from models.rules.assessment import Reckoning
from models.rules.conditions import (
    AgeBetween,
    AllOf,
    Answered,
    AnyOf,
    ChosenAtLeast,
    Condition,
    DateBetween,
    DeclarationSigned,
    DocumentAttached,
    ExperienceAtLeast,
    GminaTypeIn,
    IdentifierValid,
    InstitutionKindIn,
    LevelIn,
    NoneOf,
    NumberBetween,
    SectorIn,
    StatementTicked,
    UnitDataBetween,
    ValueIn,
    WithinArea,
    documents_of,
    tables_of,
)
from models.rules.criteria import TOTAL, Criterion, evidence
from models.rules.points import (
    FlatPoints,
    PointRule,
    PointsByAssessor,
    PointsByChoices,
    PointsByCount,
    PointsByTable,
    PointsByUnitData,
    point_evidence,
    reachable,
)
from models.rules.signed_declarations import DIGITS
from models.rules.ternary import Result


def form_of(definition: ProjectDefinition, kind: GroupKind) -> FormDefinition | None:
    return next((form for form in definition.forms if form.key == kind.form), None)


def _evidence_asked_for(definition: ProjectDefinition) -> Faults:
    criteria = {criterion.code: (c, criterion) for c, criterion in enumerate(definition.criteria)}
    rules = {rule.code: (r, rule) for r, rule in enumerate(definition.merit)}
    for kind in definition.group_kinds:
        form = form_of(definition, kind)
        if form is None:
            continue
        asked = {leaf.key for leaf in form.leaves}
        judged = [
            (("criteria", criteria[code][0], "test"), f"Kryterium „{code}”", evidence(criteria[code][1]))
            for code in kind.criteria
            if code in criteria
        ]
        scored = [
            (
                ("merit", rules[code][0], "test" if isinstance(rules[code][1], FlatPoints) else "field"),
                f"Reguła punktowa „{code}”",
                point_evidence(rules[code][1]),
            )
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
    ChosenAtLeast: (frozenset({LeafType.CHOICES}), "wyboru wielu odpowiedzi"),
    SectorIn: (frozenset({LeafType.CHOICE}), "wyboru"),
    LevelIn: (frozenset({LeafType.CHOICE}), "wyboru"),
    InstitutionKindIn: (frozenset({LeafType.CHOICE}), "wyboru"),
    WithinArea: (frozenset({LeafType.GMINA, LeafType.POWIAT}), "gminy lub powiatu"),
    GminaTypeIn: (frozenset({LeafType.GMINA}), "gminy"),
    UnitDataBetween: (frozenset({LeafType.GMINA, LeafType.POWIAT}), "gminy lub powiatu"),
    DeclarationSigned: (frozenset({LeafType.GMINA, LeafType.POWIAT}), "gminy lub powiatu"),
    AgeBetween: (frozenset({LeafType.DATE}), "daty"),
    DateBetween: (frozenset({LeafType.DATE}), "daty"),
    ExperienceAtLeast: (frozenset({LeafType.DATE, LeafType.TEXT}), "daty albo tekstu"),
    NumberBetween: (frozenset({LeafType.TEXT}), "tekstu"),
    IdentifierValid: (frozenset({LeafType.PESEL, LeafType.NIP, LeafType.TEXT}), "numeru"),
}
_POINTS_FITTING: dict[str, tuple[frozenset[LeafType], str]] = {
    "points_by_table": (frozenset({LeafType.CHOICE}), "wyboru jednej odpowiedzi"),
    "points_by_choices": (frozenset({LeafType.CHOICES}), "wyboru wielu odpowiedzi"),
    "points_by_count": (frozenset({LeafType.CHOICE, LeafType.CHOICES}), "wyboru"),
    "points_by_number": (frozenset({LeafType.TEXT}), "tekstu"),
    "points_by_bands": (frozenset({LeafType.TEXT}), "tekstu"),
    "points_by_unit_data": (frozenset({LeafType.GMINA, LeafType.POWIAT}), "gminy lub powiatu"),
}


def _answers_exist(definition: ProjectDefinition) -> Faults:
    """What a rule expects as an answer can be answered at all: the field is of the kind, the form offers the code."""
    for kind in definition.group_kinds:
        form = form_of(definition, kind)
        if form is None:
            continue
        for c, criterion in enumerate(definition.criteria):
            if criterion.code in kind.criteria:
                yield from answerable(criterion.test, form, ("criteria", c, "test"))
        for r, rule in enumerate(definition.merit):
            if rule.code in kind.merit:
                yield from _scorable(rule, form, ("merit", r))


def _scorable(rule: PointRule, form: FormDefinition, location: Location) -> Faults:
    match rule:
        case FlatPoints():
            yield from answerable(rule.test, form, (*location, "test"))
            return
        case PointsByAssessor():
            return
        case PointsByTable() | PointsByChoices():
            yield from _offered(rule.table, rule.field, form, (*location, "table"))
        case PointsByCount():
            yield from _offered(rule.without, rule.field, form, (*location, "without"))
            leaf = _leaf(form, rule.field)
            if leaf and leaf.options:
                chosen = len({option.code for option in leaf.options} - set(rule.without))
                most = rule.each * (chosen if leaf.type == LeafType.CHOICES else min(chosen, 1))
                if rule.maximum > most:
                    yield Fault(
                        (*location, "maximum"),
                        f"Reguła „{rule.code}”: najwyższej liczby punktów ({rule.maximum}) nie można osiągnąć; "
                        f"odpowiedzi formularza „{form.key}” dają najwyżej {most}.",
                    )
    fitting, words = _POINTS_FITTING[rule.kind]
    leaf = _leaf(form, rule.field)
    if leaf and leaf.type not in fitting:
        yield Fault(
            (*location, "field"),
            f"Reguła „{rule.kind}” potrzebuje pola {words}, a takie nie jest pole „{rule.field}” "
            f"formularza „{form.key}”.",
        )


def answerable(condition: Condition, form: FormDefinition, location: Location) -> Faults:
    """What a condition expects as an answer can be answered in the form."""
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            for index, part in enumerate(condition.of):
                yield from answerable(part, form, (*location, "of", index))
            return
        case ValueIn():
            yield from _offered(condition.values, condition.field, form, (*location, "values"))
        case InstitutionKindIn():
            yield from _offered(condition.kinds, condition.field, form, (*location, "kinds"))
        case ChosenAtLeast():
            yield from _offered(condition.without, condition.field, form, (*location, "without"))
        case DeclarationSigned(level_field=str(level)):
            yield from _levels_known(level, form, (*location, "level_field"))
    fitting = _FITTING.get(type(condition))
    leaf = _leaf(form, getattr(condition, "field", ""))
    if fitting and leaf and leaf.type not in fitting[0]:
        yield Fault(
            (*location, "field"),
            f"Warunek „{condition.kind}” potrzebuje pola {fitting[1]}, "
            f"a takie nie jest pole „{getattr(condition, 'field', '')}” formularza „{form.key}”.",
        )


def _levels_known(key: str, form: FormDefinition, location: Location) -> Faults:
    leaf = _leaf(form, key)
    if leaf is None:
        return
    codes = [option.code for option in leaf.options or ()]
    if leaf.type != LeafType.CHOICE or not codes or not DIGITS.keys() >= set(codes):
        yield Fault(
            location,
            "Warunek „declaration_signed” potrzebuje w level_field pola wyboru poziomu instytucji o odpowiedziach "
            f"spośród: {', '.join(DIGITS)}; takie nie jest pole „{key}” formularza „{form.key}”.",
        )


def _leaf(form: FormDefinition, key: str) -> Leaf | None:
    return next((leaf for leaf in form.leaves if leaf.key == key), None)


def _offered(codes: Iterable[str], key: str, form: FormDefinition, location: Location) -> Faults:
    leaf = _leaf(form, key)
    if leaf is None or not leaf.options:
        return
    offered = {option.code for option in leaf.options}
    for code in codes:
        if code not in offered:
            yield Fault(location, f"Formularz „{form.key}” nie ma w polu „{key}” odpowiedzi „{code}”.")


def _conditions(definition: ProjectDefinition) -> Faults:
    for _code, location, condition in _tests(definition):
        yield from consistent(definition, condition, location)
    tables = {table.code for table in definition.unit_data}
    for r, rule in enumerate(definition.merit):
        if isinstance(rule, PointsByUnitData) and rule.table not in tables:
            yield Fault(("merit", r, "table"), _unknown_table(rule.table))


def consistent(definition: ProjectDefinition, condition: Condition, location: Location) -> Faults:
    """What a condition names is in the project, and its bounds are the right way round."""
    sectors = {sector.code for sector in definition.sectors}
    levels = {level.code for level in definition.levels}
    documents = {document.code for document in definition.documents}
    tables = {table.code for table in definition.unit_data}
    match condition:
        case AllOf() | AnyOf() | NoneOf():
            for index, part in enumerate(condition.of):
                yield from consistent(definition, part, (*location, "of", index))
        case SectorIn():
            for index, code in enumerate(condition.sectors):
                if code not in sectors:
                    yield Fault((*location, "sectors", index), f"Nieznany obszar kooperacji „{code}”.")
        case LevelIn():
            for index, code in enumerate(condition.levels):
                if code not in levels:
                    yield Fault((*location, "levels", index), f"Nieznany poziom instytucji „{code}”.")
        case DocumentAttached() if condition.document not in documents:
            yield Fault(
                (*location, "document"),
                f"Nieznany dokument „{condition.document}”: nie ma go w spisie (documents).",
            )
        case AgeBetween() if condition.maximum < condition.minimum:
            yield Fault(
                (*location, "maximum"),
                f"Najwyższy wiek ({condition.maximum}) jest niższy niż najniższy ({condition.minimum}).",
            )
        case UnitDataBetween() if condition.table not in tables:
            yield Fault((*location, "table"), _unknown_table(condition.table))
        case NumberBetween() | UnitDataBetween() if condition.maximum < condition.minimum:
            yield Fault(
                (*location, "maximum"),
                f"Największa liczba ({condition.maximum}) jest mniejsza niż najmniejsza ({condition.minimum}).",
            )
        case DateBetween(not_before=first, not_after=last) if first and last and last < first:
            yield Fault((*location, "not_after"), "Ostatnia dopuszczalna data jest wcześniejsza niż pierwsza.")


def _unknown_table(code: str) -> str:
    return f"Nieznana tabela „{code}”: nie ma jej w spisie (unit_data)."


def _tests(definition: ProjectDefinition) -> Iterator[tuple[str, Location, Condition]]:
    for c, criterion in enumerate(definition.criteria):
        yield criterion.code, ("criteria", c, "test"), criterion.test
    for r, rule in enumerate(definition.merit):
        if isinstance(rule, FlatPoints):
            yield rule.code, ("merit", r, "test"), rule.test


def _can_go_both_ways(definition: ProjectDefinition) -> Faults:
    """A condition that nothing can meet, or a compound one that everything meets, is not what anybody meant."""
    for kind in definition.group_kinds:
        form = form_of(definition, kind)
        if form is None:
            continue
        used = {*kind.criteria, *kind.merit}
        for code, location, condition in _tests(definition):
            if code in used:
                yield from decides(code, condition, form, location)


def decides(code: str, condition: Condition, form: FormDefinition, location: Location) -> Faults:
    """Some answer of the form meets a condition, and some answer does not where it is a compound one."""
    seen = outcomes(condition, form)
    if seen is None or len(seen) > 1:
        return
    if Result.NOT_MET in seen:
        yield Fault(
            location,
            f"Warunku „{code}” nie spełni żadna odpowiedź formularza „{form.key}”: jego części się wykluczają.",
        )
    elif Result.MET in seen and isinstance(condition, AllOf | AnyOf | NoneOf) and not _only_answered(condition):
        yield Fault(
            location, f"Warunek „{code}” spełnia każda odpowiedź formularza „{form.key}”: o niczym nie rozstrzyga."
        )


def _only_answered(condition: Condition) -> bool:
    """What asks for nothing but answers decides by the blank ones, and those are not tried out."""
    match condition:
        case AllOf() | AnyOf():
            return all(map(_only_answered, condition.of))
        case _:
            return isinstance(condition, Answered)


def _points_can_be_given(definition: ProjectDefinition) -> Faults:
    rules = definition.assessment
    for r, rule in enumerate(definition.merit):
        if not isinstance(rule, PointsByAssessor):
            continue
        if rules is None:
            yield Fault(
                ("merit", r, "kind"),
                f"Reguła „{rule.code}” to ocena Komisji, a projekt nie mówi, jak się ocenia (assessment).",
            )
        elif rules.reckoning is Reckoning.SUM and rule.maximum % rules.assessors:
            yield Fault(
                ("merit", r, "maximum"),
                f"Reguła „{rule.code}”: {rule.maximum} pkt nie dzieli się na {rules.assessors} osoby oceniające, "
                "a punkty są sumą ich ocen (assessment.reckoning: sum).",
            )
    if rules is not None and not any(isinstance(rule, PointsByAssessor) for rule in definition.merit):
        yield Fault(
            ("assessment",), "Część assessment mówi o ocenie Komisji, a żadna reguła punktowa jej nie przewiduje."
        )


def _points_reachable(definition: ProjectDefinition) -> Faults:
    for r, rule in enumerate(definition.merit):
        most = reachable(rule)
        if most == 0:
            yield Fault(("merit", r), f"Reguła „{rule.code}” nie może dać żadnego punktu.")
        if rule.minimum is not None and rule.minimum > most:
            yield Fault(
                ("merit", r, "minimum"),
                f"Reguła „{rule.code}” wymaga co najmniej {rule.minimum} pkt, a można w niej otrzymać najwyżej {most}.",
            )
        if isinstance(rule, PointsByChoices) and rule.maximum > sum(rule.table.values()):
            yield Fault(
                ("merit", r, "maximum"),
                f"Reguła „{rule.code}”: najwyższej liczby punktów ({rule.maximum}) nie można osiągnąć; "
                f"wszystkie odpowiedzi dają razem {sum(rule.table.values())}.",
            )
    for k, kind in enumerate(definition.group_kinds):
        together = sum(reachable(rule) for rule in definition.merit if rule.code in kind.merit)
        if kind.minimum is not None and kind.minimum.points > together:
            yield Fault(
                ("group_kinds", k, "minimum", "points"),
                f"Grupa {kind.code} wymaga co najmniej {kind.minimum.points} pkt, a jej reguły dają razem "
                f"najwyżej {together}.",
            )


def _all_used(definition: ProjectDefinition) -> Faults:
    kinds = definition.group_kinds
    for section, noun in (("criteria", "Kryterium"), ("merit", "Reguły punktowej")):
        used = set(chain.from_iterable(getattr(kind, section) for kind in kinds))
        verb = "nie stosuje żadna grupa; trzeba je usunąć albo dopisać do grupy"
        for index, one in enumerate(getattr(definition, section)):
            if one.code not in used:
                yield Fault((section, index, "code"), f"{noun} „{one.code}” {verb} ({section}).")
    beside = [condition.test for support in definition.support for condition in support.conditions]
    tests = [*(condition for _, _, condition in _tests(definition)), *beside]
    asked = {code for condition in tests for code in documents_of(condition)}
    for d, document in enumerate(definition.documents):
        if document.code not in asked:
            yield Fault(("documents", d, "code"), f"O dokument „{document.code}” nie pyta żadne kryterium.")
    looked_at = {code for condition in tests for code in tables_of(condition)}
    looked_at |= {rule.table for rule in definition.merit if isinstance(rule, PointsByUnitData)}
    for t, table in enumerate(definition.unit_data):
        if table.code not in looked_at:
            yield Fault(("unit_data", t, "code"), f"Z tabeli „{table.code}” nie korzysta żadne kryterium.")


def _said_apart(definition: ProjectDefinition) -> Faults:
    """Two rules never share a place in the regulation or a code, and three results have three sentences."""
    places: dict[str, str] = {}
    rules: tuple[tuple[str, int, Criterion | PointRule], ...] = (
        *(("criteria", c, one) for c, one in enumerate(definition.criteria)),
        *(("merit", r, rule) for r, rule in enumerate(definition.merit)),
    )
    for section, index, one in rules:
        paragraph = " ".join(one.paragraph.split())
        if paragraph in places:
            yield Fault(
                (section, index, "paragraph"),
                f"„{one.code}” i „{places[paragraph]}” powołują się na ten sam przepis ({paragraph}).",
            )
        places.setdefault(paragraph, one.code)
    codes = {criterion.code for criterion in definition.criteria}
    for r, rule in enumerate(definition.merit):
        if rule.code in codes:
            yield Fault(("merit", r, "code"), f"Kod „{rule.code}” ma już kryterium formalne; reguła potrzebuje innego.")
        if rule.code == TOTAL:
            yield Fault(("merit", r, "code"), f"Kod „{TOTAL}” jest zastrzeżony dla wymaganej sumy punktów.")
    for c, criterion in enumerate(definition.criteria):
        said = {name: getattr(criterion, name).strip() for name in ("met", "not_met", "cannot_tell")}
        for name, sentence in said.items():
            if not sentence:
                yield Fault(("criteria", c, name), f"Kryterium „{criterion.code}” nie ma zdania „{name}”.")
        for name, other in (("not_met", "met"), ("cannot_tell", "met"), ("cannot_tell", "not_met")):
            if said[name] and said[name] == said[other]:
                yield Fault(
                    ("criteria", c, name), f"Kryterium „{criterion.code}” mówi to samo w „{other}” i w „{name}”."
                )


RULE_CHECKS: tuple[Check, ...] = (
    check(_evidence_asked_for, "group_kinds", "forms", "criteria", "merit"),
    check(_answers_exist, "group_kinds", "forms", "criteria", "merit"),
    check(_conditions, "criteria", "merit", "sectors", "levels", "documents", "unit_data"),
    check(_can_go_both_ways, "group_kinds", "forms", "criteria", "merit"),
    check(_points_can_be_given, "merit"),
    check(_points_reachable, "group_kinds", "merit"),
    check(_all_used, "group_kinds", "criteria", "merit", "documents", "unit_data", "support"),
    check(_said_apart, "criteria", "merit"),
)
