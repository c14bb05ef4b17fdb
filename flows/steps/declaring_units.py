"""Units that may sign a declaration for a project: those that its newest version names, and those of whom a call under
an earlier one still expects it."""

import sqlalchemy as sa
from sqlmodel import Session, col

from flows.steps.calls import area_name
from flows.steps.projects import definition_of, newest_version
from flows.steps.territory import names_of_units
from models.errors import BadInput
from models.project import ProjectDefinition
from models.tables import Application, Call, Membership, ProjectVersion
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.memberships import SEATED, MembershipState
from models.unit_kinds import in_full

_CHOSEN = frozenset({MembershipState.OFFERED, *SEATED})


def declaring_unit(session: Session, project: str, teryt: str) -> tuple[str, ProjectDefinition]:
    """A unit in words („gmina Brusy”), and the version of the project by which it may sign.

    A new version may name it no more, and calls go on under their own: its word counts as long as its application
    stands, or persons of its area have applied to a call that is not announced. Raises ``BadInput`` for another unit.
    """
    newest = definition_of(session, newest_version(session, project).id or 0)
    if teryt in newest.area.names():
        return area_name(newest, teryt), newest
    definition = dropped_units(session, project).get(teryt) or _of_open_call(session, project, teryt)
    if definition is None:
        raise BadInput(
            f"Obszar {teryt} nie należy do projektu: nie wymienia go obecna wersja, a żaden nabór prowadzony według "
            "wcześniejszej nie czeka na jego deklarację."
        )
    if teryt in definition.area.names():
        return area_name(definition, teryt), definition
    words = in_full(teryt, names_of_units(session, definition).get(teryt, f"({teryt})"))
    return words[0].lower() + words[1:], definition


def dropped_units(session: Session, project: str) -> dict[str, ProjectDefinition]:
    """Units that the newest version does not name and whose applications stand, each with the version of its call:
    those that this version names, and those that were chosen although it does not.

    Whoever asks: a call for the whole project is seen by few accounts, and the unit is theirs to declare.
    """
    newest = newest_version(session, project)
    named = definition_of(session, newest.id or 0).area.names()
    rows = session.connection().execute(
        sa.select(col(Application.unit), col(Call.project_version_id), col(Membership.state))
        .join(Call, col(Call.id) == col(Application.call_id))
        .join(ProjectVersion, col(ProjectVersion.id) == col(Call.project_version_id))
        .outerjoin(Membership, col(Membership.application_id) == col(Application.id))
        .where(
            col(ProjectVersion.code) == project,
            col(Application.unit).is_not(None),
            col(Application.unit).not_in({"", *named}),
            col(Application.state) != ApplicationState.WITHDRAWN,
        )
        .order_by(col(Application.id), col(Membership.id))
    )
    found = {}
    for unit, version_id, seat in rows:
        definition = definition_of(session, version_id)
        if seat in _CHOSEN or unit in definition.area.names():
            found[unit] = definition
    return found


def _of_open_call(session: Session, project: str, teryt: str) -> ProjectDefinition | None:
    """The version that names the unit, of a call around it or within it in which persons may still wait for it."""
    rows = session.connection().execute(
        sa.select(col(Call.area), col(Call.project_version_id))
        .join(ProjectVersion, col(ProjectVersion.id) == col(Call.project_version_id))
        .where(col(ProjectVersion.code) == project, col(Call.state) != CallState.ANNOUNCED, col(Call.area) != "")
        .order_by(col(Call.id).desc())
    )
    near = [version_id for area, version_id in rows if teryt.startswith(area) or area.startswith(teryt)]
    versions = (definition_of(session, version_id) for version_id in dict.fromkeys(near))
    return next((one for one in versions if teryt in one.area.names()), None)
