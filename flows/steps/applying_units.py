"""Units that apply: in a call for units the gmina or powiat is the applicant, and a person only answers for it."""

from sqlmodel import Session, col, select

from flows.steps.people import value_of
from flows.steps.projects import definition_for
from models.group_kinds import UNIT_FIELD, Applicant
from models.rules.unit_numbers import unit_key
from models.tables import Application, Call, FieldValue
from models.tables.applications import ApplicationState


def is_for_units(session: Session, call: Call) -> bool:
    """Whether units apply to a call, and not persons."""
    return definition_for(session, call).group_kind(call.group_kind).applicant is Applicant.UNIT


def learn_unit(session: Session, application: Application, values: dict[str, FieldValue]) -> None:
    """Writes to an application of a unit which one its form names for certain."""
    if application.unit is not None:
        application.unit = value_of(values, UNIT_FIELD)
        session.add(application)
        session.flush()


def has_other_of_unit(session: Session, call: Call, unit: str, *, beside: Application | None = None) -> bool:
    """Whether the unit has applied to this call, ``beside`` that application, and not withdrawn."""
    return any(
        one.state is not ApplicationState.WITHDRAWN and (beside is None or one.id != beside.id)
        for one in applications_of_unit(session, call, unit)
    )


def applications_of_unit(session: Session, call: Call, unit: str) -> list[Application]:
    """Everything that the unit has sent to a call, in the order of the register; none while no unit is known."""
    if not unit:
        return []
    rows = session.exec(
        select(Application)
        .where(Application.call_id == call.id, col(Application.unit).startswith(unit_key(unit), autoescape=True))
        .order_by(col(Application.id))
    ).all()
    return [one for one in rows if unit_key(one.unit or "") == unit_key(unit)]
