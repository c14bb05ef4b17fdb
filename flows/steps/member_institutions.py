"""From which institution a member comes, and how a set of institutions covers the project's sectors."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from flows.steps.agreement_parties import find_agreement, parties_of
from flows.steps.applications import current_values
from flows.steps.people import value_of
from flows.steps.projects import definition_of
from models.project import ProjectDefinition
from models.rules.sector_coverage import Coverage, Expected, Placed, sector_coverage
from models.tables import Application, Institution, InstitutionSeat


def institution_of(session: Session, application: Application) -> Placed:
    """The name of the institution and the code of its sector: of the seat, where the seat is an institution's, else as
    the form says. Both are empty where nobody has said."""
    if application.seat_id is not None:
        seat = session.get_one(InstitutionSeat, application.seat_id)
        return placed(session, [seat.institution_id])[seat.institution_id]
    values = current_values(session, application)
    return Placed(value_of(values, "instytucja.nazwa"), value_of(values, "instytucja.obszar"))


def placed(session: Session, ids: Collection[int]) -> dict[int, Placed]:
    """Institutions of the register with their sectors, by id.

    Whoever sees a list of parties or of seats may know of what sector each is, wherever that one has its seat.
    """
    if not ids:
        return {}
    rows = SQLModel.metadata.tables[str(Institution.__tablename__)]
    found = session.connection().execute(sa.select(rows.c.id, rows.c.name, rows.c.sector).where(rows.c.id.in_(ids)))
    return {number: Placed(name, sector) for number, name, sector in found.tuples().all()}


def agreement_coverage(session: Session, code: str, *, at: datetime | None = None, on: date | None = None) -> Coverage:
    """How the parties of an agreement cover the sectors: now, as recorded ``at`` a moment, or as of the day ``on``.

    Parties have the names that they signed under; their sectors are those of the register today.
    """
    agreement = find_agreement(session, code)
    parties = parties_of(session, agreement, at=at, on=on)
    known = placed(session, [party.institution_id for party in parties])
    definition = definition_of(session, agreement.project_version_id)
    return coverage_of(definition, (Placed(one.name, known[one.institution_id].sector) for one in parties))


def coverage_of(definition: ProjectDefinition, institutions: Iterable[Placed]) -> Coverage:
    """How a set of institutions covers the project's sectors."""
    expected = [Expected(one.code, one.label, one.catch_all) for one in definition.sectors]
    return sector_coverage(expected, institutions)
