"""Do the statement form and the clauses of the contract fit the project that they stand in?"""

from collections.abc import Iterator

from models.contract_rules import ACCOUNT as ACCOUNT_KEY
from models.contract_rules import BORN as BORN_KEY
from models.contract_rules import (
    NO,
    ONLY_WITH_AMOUNT,
    REQUIRED_QUESTIONS,
    YES,
    YES_NO_QUESTIONS,
    ContractRules,
    Paper,
    States,
    is_contract_mark,
)
from models.form_definition import FormDefinition, FormPurpose, LeafType
from models.project import ProjectDefinition
from models.project_faults import Check, Fault, Faults, Location, check
from models.regulation import MARK
from models.regulation_text import Marks, UnknownMark


def _statement_form(definition: ProjectDefinition) -> Faults:
    """The form that the section names is a statement form and asks what a payment cannot do without."""
    rules = definition.contracts
    if rules is None or rules.statement_form is None:
        return
    location: Location = ("contracts", "statement_form")
    form = next((one for one in definition.forms if one.key == rules.statement_form), None)
    if form is None:
        yield Fault(location, f"W folderze forms nie ma formularza „{rules.statement_form}”.")
        return
    if form.purpose is not FormPurpose.PAY_STATEMENT:
        yield Fault(location, f"Formularz „{form.key}” nie jest oświadczeniem do wypłaty (purpose: pay_statement).")
        return
    yield from (Fault(location, sentence) for sentence in _unfit(form))


def _unfit(form: FormDefinition) -> Iterator[str]:
    leaves = {leaf.key: leaf for leaf in form.leaves}
    for key in REQUIRED_QUESTIONS:
        if key not in leaves:
            yield f"Oświadczenie „{form.key}” nie pyta o „{key}”, a bez tego nie da się obliczyć wypłaty."
    for key, wanted in ((ACCOUNT_KEY, LeafType.ACCOUNT), (BORN_KEY, LeafType.DATE)):
        if key in leaves and leaves[key].type is not wanted:
            yield f"Pole „{key}” oświadczenia „{form.key}” musi być typu {wanted}."
    for key in YES_NO_QUESTIONS:
        leaf = leaves.get(key)
        if leaf is not None and (
            leaf.type is not LeafType.CHOICE or not {YES, NO} <= {option.code for option in leaf.options}
        ):
            yield f"Pole „{key}” oświadczenia „{form.key}” musi być wyborem z odpowiedziami „{YES}” i „{NO}”."


def _one_statement_form(definition: ProjectDefinition) -> Faults:
    """A statement form that the section does not name would be taken in by nobody."""
    named = definition.contracts.statement_form if definition.contracts else None
    for index, form in enumerate(definition.forms):
        if form.purpose is FormPurpose.PAY_STATEMENT and form.key != named:
            yield Fault(
                ("forms", index, "purpose"),
                f"Oświadczenia „{form.key}” nie wskazuje sekcja contracts (statement_form); nikt by go nie przyjął.",
            )


def _documents(definition: ProjectDefinition) -> Faults:
    rules = definition.contracts
    if rules is None:
        return
    known = {one.code for one in definition.documents}
    if rules.declaration is not None and rules.declaration not in known:
        yield Fault(("contracts", "declaration"), f"Projekt nie ma dokumentu „{rules.declaration}” (documents).")
    if Paper.DECLARATION in rules.needed and rules.declaration is None:
        yield Fault(
            ("contracts", "needed", rules.needed.index(Paper.DECLARATION)),
            "Aby pilnować deklaracji, wskaż dokument, którym ona jest (declaration).",
        )


def _marks(definition: ProjectDefinition) -> Faults:
    """Every mark in the clauses is known, and the price is named as the section says it is."""
    rules = definition.contracts
    if rules is None:
        return
    marks = Marks(definition)
    for location, text in _texts(rules):
        for mark in MARK.findall(text):
            if is_contract_mark(mark):
                if mark in ONLY_WITH_AMOUNT and rules.states is not States.AMOUNT:
                    yield Fault(
                        location, f"Znacznik {{{mark}}} wymaga ustawienia „states: amount”: umowa podaje wtedy kwotę."
                    )
                continue
            try:
                marks.inline(mark)
            except UnknownMark:
                yield Fault(location, f"Nieznany znacznik {{{mark}}} w treści umowy.")


def _texts(rules: ContractRules) -> Iterator[tuple[Location, str]]:
    yield ("contracts", "preamble"), rules.preamble
    for c, clause in enumerate(rules.clauses):
        for p, passage in enumerate(clause.passages):
            path: Location = ("contracts", "clauses", c, "passages", p)
            yield (*path, "text"), passage.text
            for index, point in enumerate(passage.points):
                yield (*path, "points", index), point


CONTRACT_CHECKS: tuple[Check, ...] = (
    check(_statement_form, "contracts", "forms"),
    check(_one_statement_form, "contracts", "forms"),
    check(_documents, "contracts", "documents"),
    check(_marks, "contracts", "group_kinds", "criteria", "merit", "regulation"),
)
