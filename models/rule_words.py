"""Rules in Polish words: what the regulation prints, and what a comparison of two versions says."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from models.group_kinds import Applicant, GroupKind
from models.project import ProjectDefinition
from models.rules.assessment import AssessmentRules, Reckoning
from models.rules.composition import (
    Constraint,
    EachGmina,
    EachInstitution,
    EachSector,
    GminaSeats,
    LevelSeats,
    SectorsCovered,
    SectorSeats,
)
from models.rules.conditions import (
    MOST,
    AgeBetween,
    AllOf,
    Answered,
    AnyOf,
    ChosenAtLeast,
    Condition,
    DateBetween,
    Day,
    DeclarationSigned,
    DocumentAttached,
    ExperienceAtLeast,
    GminaTypeIn,
    IdentifierValid,
    InstitutionKindIn,
    LevelIn,
    NoneOf,
    NotDuplicate,
    NumberBetween,
    ReceivedInTime,
    SectorIn,
    StatementTicked,
    UnitDataBetween,
    ValueIn,
    WithinArea,
)
from models.rules.order import Key, key_in_words
from models.rules.points import (
    FlatPoints,
    PointRule,
    PointsByAssessor,
    PointsByBands,
    PointsByChoices,
    PointsByCount,
    PointsByNumber,
    PointsByTable,
    PointsByUnitData,
    reachable,
)

_WHO = {Applicant.PERSON: "ta sama osoba", Applicant.UNIT: "ta sama jednostka"}
_NUMBERS = {"pesel": "PESEL", "nip": "NIP", "regon": "REGON"}
_TYPES = {"miejska": "miejską", "wiejska": "wiejską", "miejsko_wiejska": "miejsko-wiejską"}
_DAYS: dict[Day, str] = {"receipt": "w dniu wpływu zgłoszenia", "closing": "w ostatnim dniu naboru"}


def short_date(day: date) -> str:
    """``05.12.2018 r.``"""
    return f"{day:%d.%m.%Y}\u00a0r."


_TOGETHER = {Reckoning.MEAN: "średnia ocen, zaokrąglona do całych punktów", Reckoning.SUM: "suma ocen"}


def assessment_in_words(rules: AssessmentRules) -> str:
    """How the commission assesses and how the points of several become one, as sentences."""
    if rules.assessors == 1:
        said = "Zgłoszenie ocenia jedna osoba; jej punkty są punktami zgłoszenia."
    else:
        said = (
            f"Każda osoba oceniająca ocenia samodzielnie; liczba osób: {rules.assessors}. Punkty zgłoszenia w każdym "
            f"kryterium to {_TOGETHER[rules.reckoning]}."
        )
    if rules.further_assessor:
        said += f" Gdy oceny różnią się łącznie o {rules.spread} pkt lub więcej, ocenia jeszcze jedna osoba."
    return said + (" Każdą ocenę trzeba uzasadnić." if rules.justified else "")


class Words:
    """Wordings of one project: codes are said by the labels of its dictionaries and forms."""

    def __init__(self, definition: ProjectDefinition, kind: GroupKind | None = None) -> None:
        """Of one group, or of all: then a question that the forms word differently is given in each wording."""
        self._definition = definition
        self._kinds = definition.group_kinds if kind is None else (kind,)
        forms = [form for form in definition.forms if kind is None or form.key == kind.form]
        self._wordings: dict[str, dict[str, list[str]]] = {}
        self._options: dict[tuple[str, str], str] = {}
        for form in forms:
            for leaf in form.leaves:
                said = _quoted(leaf.label)
                self._wordings.setdefault(leaf.key, {}).setdefault(said, []).append(form.group_kind)
                for option in leaf.options:
                    self._options.setdefault((leaf.key, option.code), option.label)

    def question(self, key: str) -> str:
        wordings = self._wordings.get(key, {})
        if len(wordings) > 1:
            return _or([f"{said} ({', '.join(kinds)})" for said, kinds in wordings.items()])
        return next(iter(wordings), f"„{key}”")

    def answer(self, key: str, code: str) -> str:
        return self._options.get((key, code), code)

    def condition(self, condition: Condition) -> str:
        """What must hold, as a clause without a capital and a full stop."""
        match condition:
            case AllOf():
                return self._several("spełnione są łącznie warunki", condition.of)
            case AnyOf():
                return self._several("spełniony jest co najmniej jeden z warunków", condition.of)
            case NoneOf():
                return self._several("nie jest spełniony żaden z warunków", condition.of)
            case StatementTicked():
                return f"złożono oświadczenie {self.question(condition.field)}"
            case ValueIn():
                answers = self._one_of(condition.field, condition.values)
                return f"odpowiedź w polu {self.question(condition.field)} to {answers}"
            case ChosenAtLeast():
                apart = f" (poza: {self._one_of(condition.field, condition.without)})" if condition.without else ""
                return (
                    f"w polu {self.question(condition.field)} zaznaczono odpowiedzi w liczbie co najmniej "
                    f"{condition.minimum}{apart}"
                )
            case SectorIn():
                labels = {one.code: one.label for one in self._definition.sectors}
                return f"obszar kooperacji instytucji to: {_listed(condition.sectors, labels)}"
            case LevelIn():
                labels = {one.code: one.label for one in self._definition.levels}
                return f"poziom instytucji to: {_listed(condition.levels, labels)}"
            case InstitutionKindIn():
                return f"rodzaj instytucji to {self._one_of(condition.field, condition.kinds)}"
            case WithinArea():
                where = "na obszarze naboru" if condition.area == "call" else f"na obszarze {self.area(condition.area)}"
                return f"jednostka podana w polu {self.question(condition.field)} leży {where}"
            case GminaTypeIn():
                kinds = _or([_TYPES[kind] for kind in condition.types])
                return f"gmina podana w polu {self.question(condition.field)} jest gminą {kinds}"
            case AgeBetween():
                years = _between(condition.minimum, condition.maximum, top=130)
                return f"wiek {_DAYS[condition.on]} (ukończone lata): {years}"
            case ExperienceAtLeast():
                return (
                    f"staż podany w polu {self.question(condition.field)} wynosi co najmniej "
                    f"{condition.years} (pełne lata) {_DAYS[condition.on]}"
                )
            case DateBetween():
                return f"data w polu {self.question(condition.field)} jest {_dates(condition)}"
            case NumberBetween():
                bounds = _between(condition.minimum, condition.maximum, top=MOST)
                return f"liczba w polu {self.question(condition.field)} wynosi {bounds}"
            case UnitDataBetween():
                bounds = _between(condition.minimum, condition.maximum, top=MOST)
                unit = f"w jednostce podanej w polu {self.question(condition.field)}"
                return f"{self.table(condition.table)} {unit} wynosi {bounds}"
            case ReceivedInTime():
                return "zgłoszenie wpłynęło od otwarcia do zamknięcia naboru"
            case IdentifierValid():
                none = " albo podano jego brak" if condition.allow_none else ""
                return f"numer {_NUMBERS[condition.identifier]} jest poprawny{none}"
            case NotDuplicate():
                who = {_WHO[one.applicant] for one in self._kinds}
                return f"{' albo '.join(sorted(who))} nie złożyła do tej grupy wcześniejszego zgłoszenia"
            case Answered():
                return f"udzielono odpowiedzi w polu {self.question(condition.field)}"
            case DeclarationSigned(level_field=str()):
                return (
                    "jednostka samorządu na poziomie instytucji (gmina, powiat albo województwo) ma podpisaną "
                    f"deklarację współpracy {_DAYS[condition.on]}"
                )
            case DeclarationSigned():
                return (
                    f"jednostka (gmina albo powiat) instytucji ma podpisaną deklarację współpracy {_DAYS[condition.on]}"
                )
            case DocumentAttached():
                return f"do zgłoszenia dołączono dokument: {self.document(condition.document)}"

    def points(self, rule: PointRule) -> str:
        """How points are given, as a clause without a capital and a full stop."""
        least = "" if rule.minimum is None else f"; wymagane minimum: {rule.minimum} pkt"
        return self._points(rule) + least

    def _points(self, rule: PointRule) -> str:
        match rule:
            case PointsByTable():
                return self._table(rule.field, rule.table)
            case PointsByChoices():
                return f"{self._table(rule.field, rule.table)} – łącznie najwyżej {rule.maximum} pkt"
            case PointsByCount():
                apart = f" (poza: {self._one_of(rule.field, rule.without)})" if rule.without else ""
                return f"{rule.each} pkt za każdą zaznaczoną odpowiedź{apart}, najwyżej {rule.maximum} pkt"
            case PointsByNumber():
                unit = f"za każdą jednostkę liczby podanej w polu {self.question(rule.field)}"
                return f"{rule.each} pkt {unit}, najwyżej {rule.maximum} pkt"
            case PointsByBands():
                bands = ", ".join(f"od {band.at_least} – {band.points} pkt" for band in rule.bands)
                return f"według liczby podanej w polu {self.question(rule.field)}: {bands}"
            case PointsByUnitData():
                bands = ", ".join(f"od {band.at_least} – {band.points} pkt" for band in rule.bands)
                return f"według tabeli: {self.table(rule.table)}; jednostka z pola {self.question(rule.field)}: {bands}"
            case PointsByAssessor():
                return f"od 0 do {rule.maximum} pkt w ocenie Komisji{self._assessed()}"
            case FlatPoints():
                return f"{rule.points} pkt, jeżeli {self.condition(rule.test)}"

    def _assessed(self) -> str:
        rules = self._definition.assessment
        if rules is None:
            return ""
        return f" ({_TOGETHER[rules.reckoning]}; liczba osób oceniających: {rules.assessors}, każda ocenia osobno)"

    def order(self, keys: Sequence[Key]) -> list[str]:
        """What decides the order of a list, one after the other."""
        titles = {rule.code: rule.title for rule in self._definition.merit}
        return [key_in_words(key, titles) for key in keys]

    def constraint(self, constraint: Constraint) -> str:
        """One requirement on the make-up of a group."""
        firm = (
            " (wymaganie bezwzględne: gdy nie da się go dotrzymać, miejsce pozostaje wolne)" if constraint.firm else ""
        )
        return f"{self._asked(constraint)}{firm}"

    def _asked(self, constraint: Constraint) -> str:
        match constraint:
            case GminaSeats():
                name = self._definition.area.names().get(constraint.gmina, constraint.gmina)
                return f"liczba osób z gminy „{name}”: {_seats(constraint.minimum, constraint.maximum)}"
            case EachGmina():
                return f"liczba osób z jednej gminy: najwyżej {constraint.maximum}"
            case SectorSeats():
                who = f"z obszaru „{self.sector(constraint.sector)}”"
                return f"liczba osób {who}: {_seats(constraint.minimum, constraint.maximum)}"
            case LevelSeats():
                who = f"z poziomu „{self.level(constraint.level)}”"
                return f"liczba osób {who}: {_seats(constraint.minimum, constraint.maximum)}"
            case EachSector():
                return f"liczba osób z jednego obszaru kooperacji: najwyżej {constraint.maximum}"
            case EachInstitution():
                return f"liczba osób z jednej instytucji: najwyżej {constraint.maximum}"
            case SectorsCovered():
                return f"liczba różnych obszarów kooperacji w grupie: co najmniej {constraint.minimum}"

    def total(self, kind: GroupKind) -> int:
        """The most points an application to a group can get."""
        return sum(reachable(rule) for rule in self._definition.merit if rule.code in kind.merit)

    def sector(self, code: str) -> str:
        return next((one.label for one in self._definition.sectors if one.code == code), code)

    def level(self, code: str) -> str:
        return next((one.label for one in self._definition.levels if one.code == code), code)

    def document(self, code: str) -> str:
        return next((one.label for one in self._definition.documents if one.code == code), code)

    def table(self, code: str) -> str:
        """A table about units with where its numbers are from: „liczba mieszkańców (GUS, stan na 31.12.2017 r.)”."""
        tables = (one for one in self._definition.unit_data if one.code == code)
        return next((f"{one.title} ({one.source}, stan na {short_date(one.as_of)})" for one in tables), code)

    def area(self, teryt: str) -> str:
        return f"{self._definition.area.names().get(teryt, 'jednostki')} ({teryt})"

    def kinds_with(self, section: Callable[[GroupKind], Iterable[str]], code: str) -> str:
        """The groups that use a criterion or a point rule, as „PGR, PGD”."""
        return ", ".join(kind.code for kind in self._definition.group_kinds if code in section(kind))

    def _several(self, said: str, parts: Iterable[Condition]) -> str:
        return f"{said}: {'; '.join(self.condition(part) for part in parts)}"

    def _one_of(self, key: str, codes: Iterable[str]) -> str:
        return _or([f"„{self.answer(key, code)}”" for code in codes])

    def _table(self, key: str, table: dict[str, int]) -> str:
        return ", ".join(f"„{self.answer(key, code)}” – {points} pkt" for code, points in table.items())


def _quoted(label: str) -> str:
    """A label in quotation marks; those within it become the inner ones."""
    return f"„{label.rstrip(' .?').replace('„', '«').replace('”', '»')}”"


def _listed(codes: Iterable[str], labels: dict[str, str]) -> str:
    return _or([labels.get(code, code) for code in codes])


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} albo {words[-1]}"


def _between(minimum: int, maximum: int, *, top: int) -> str:
    if maximum >= top:
        return f"co najmniej {minimum}"
    return f"najwyżej {maximum}" if minimum == 0 else f"od {minimum} do {maximum}"


def _dates(bounds: DateBetween) -> str:
    said = []
    if bounds.not_before is not None:
        said.append(f"nie wcześniejsza niż {short_date(bounds.not_before)}")
    if bounds.not_after is not None:
        said.append(f"nie późniejsza niż {short_date(bounds.not_after)}")
    return " i ".join(said)


def _seats(minimum: int, maximum: int | None) -> str:
    if maximum is None:
        return f"co najmniej {minimum}"
    return f"najwyżej {maximum}" if minimum == 0 else f"od {minimum} do {maximum}"
