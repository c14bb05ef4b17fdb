"""What the kinds of support must agree on with the groups, forms and words of their project."""

from collections import Counter
from itertools import combinations

from models.group_kinds import Applicant
from models.project import ProjectDefinition
from models.project_faults import Check, Fault, Faults, Location, check
from models.rule_checks import answerable, consistent, decides, form_of
from models.rules.criteria import evidence
from models.rules.support import RESERVED
from models.support_rules import SupportForm

LONGEST_CODE = 60


def _groups(definition: ProjectDefinition) -> Faults:
    kinds = {kind.code: kind for kind in definition.group_kinds}
    for s, support in enumerate(definition.support):
        if len(support.code) > LONGEST_CODE:
            yield Fault(("support", s, "code"), f"Kod wsparcia może mieć najwyżej {LONGEST_CODE} znaków.")
        for g, code in enumerate(support.group_kinds):
            location: Location = ("support", s, "group_kinds", g)
            if code not in kinds:
                yield Fault(location, f"Wsparcie „{support.code}” wskazuje nieznany rodzaj grupy „{code}”.")
            elif kinds[code].applicant is Applicant.UNIT:
                yield Fault(location, f"{code} to nabór jednostek, a wsparcie „{support.code}” dostają osoby.")
            if code in support.group_kinds[:g]:
                yield Fault(location, f"„{code}” powtarza się; każdy rodzaj grupy może wystąpić tylko raz.")


def _periods(definition: ProjectDefinition) -> Faults:
    for s, support in enumerate(definition.support):
        if support.period is not None and support.period.ends < support.period.starts:
            yield Fault(("support", s, "period", "ends"), "Koniec wsparcia jest wcześniejszy niż jego początek.")


def _earlier(definition: ProjectDefinition) -> Faults:
    taking = [(s, one) for s, one in enumerate(definition.support) if one.takes_earlier]
    for s, support in taking:
        if support.form is not SupportForm.INDIVIDUAL:
            yield Fault(
                ("support", s, "takes_earlier"),
                "Sesje wpisane wcześniej były indywidualne, więc może je przejąć tylko wsparcie o formie „individual”.",
            )
    for s, _ in taking[1:]:
        yield Fault(("support", s, "takes_earlier"), "Sesje wpisane wcześniej może przejąć tylko jeden rodzaj.")


def _conditions(definition: ProjectDefinition) -> Faults:
    kinds = {kind.code: kind for kind in definition.group_kinds}
    for s, support in enumerate(definition.support):
        codes = Counter(one.code for one in support.conditions)
        for c, condition in enumerate(support.conditions):
            path: Location = ("support", s, "conditions", c)
            if codes[condition.code] > 1:
                yield Fault((*path, "code"), f"„{condition.code}” powtarza się; każdy kod może wystąpić tylko raz.")
            if condition.code in RESERVED:
                yield Fault((*path, "code"), f"Kod „{condition.code}” jest zastrzeżony dla programu.")
            said = {name: getattr(condition, name).strip() for name in ("met", "not_met", "cannot_tell")}
            for name, other in combinations(said, 2):
                if said[name] == said[other]:
                    yield Fault((*path, other), f"Warunek „{condition.code}” mówi to samo w „{name}” i w „{other}”.")
            yield from consistent(definition, condition.test, (*path, "test"))
            for code in support.group_kinds:
                form = form_of(definition, kinds[code]) if code in kinds else None
                if form is None:
                    continue
                asked = {leaf.key for leaf in form.leaves}
                for key in evidence(condition):
                    if key not in asked:
                        yield Fault(
                            (*path, "test"),
                            f"Warunek „{condition.code}” wsparcia „{support.code}” korzysta z pola „{key}”, "
                            f"o które formularz „{form.key}” ({code}) nie pyta.",
                        )
                yield from answerable(condition.test, form, (*path, "test"))
                yield from decides(condition.code, condition.test, form, (*path, "test"))


SUPPORT_CHECKS: tuple[Check, ...] = (
    check(_groups, "support", "group_kinds"),
    check(_periods, "support"),
    check(_earlier, "support"),
    check(_conditions, "support", "group_kinds", "forms", "sectors", "levels", "documents", "unit_data"),
)
