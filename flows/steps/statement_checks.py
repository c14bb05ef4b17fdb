"""Whether the statement that a payment follows still holds in the month of payment, by the project's own rule."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flows.steps.pay_cases import Case
from models.project import ProjectDefinition
from models.rules.statement_validity import lapsed


def with_statement_checks(definition: ProjectDefinition, cases: Sequence[Case], paid_on: date) -> list[Case]:
    """Blocks a payee whose statement is too old for the month of payment; other cases stay as they are."""
    if definition.contracts is None:
        return list(cases)
    checked = []
    for case in cases:
        valid_from = case.statement.valid_from if case.statement is not None else None
        remark = lapsed(valid_from, paid_on, definition.contracts.validity) if valid_from is not None else None
        checked.append(case if remark is None or case.settled else replace(case, remarks=(*case.remarks, remark)))
    return checked
