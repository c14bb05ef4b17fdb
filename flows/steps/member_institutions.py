"""From which institution a member comes, by the register where the seat is the institution's, else by the form."""

from sqlmodel import Session

from flows.steps.applications import current_values
from flows.steps.people import value_of
from models.project import ProjectDefinition
from models.rules.sector_coverage import Coverage, Expected, Placed, sector_coverage
from models.tables import Application


def institution_of(session: Session, application: Application, definition: ProjectDefinition) -> Placed:
    """The institution's name and the code of its sector; both empty where nobody has said."""
    values = current_values(session, application)
    return Placed(value_of(values, "instytucja.nazwa"), value_of(values, "instytucja.obszar"))


def expected_sectors(definition: ProjectDefinition) -> list[Expected]:
    """The project's sectors as coverage is measured against them."""
    return [Expected(one.code, one.label, one.catch_all) for one in definition.sectors]


def coverage_of(definition: ProjectDefinition, placed: list[Placed]) -> Coverage:
    """How a set of institutions covers the project's sectors."""
    return sector_coverage(expected_sectors(definition), placed)
