"""What the rules may look at, gathered for many applications of one call at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from flows.steps.applications import parsed_value
from flows.steps.assessments import assessed_points
from flows.steps.portions import AT_ONCE, portions
from models.rules.facts import Fact, Facts, FieldStatus
from models.rules.unit_numbers import UnitNumbers, unit_key
from models.tables import Application, AttachedDocument, Call, FieldValue, ProjectVersion, UnitDeclaration
from models.tables.applications import ApplicationState


def facts_for(
    session: Session,
    call: Call,
    applications: Sequence[Application],
    *,
    keys: Collection[str],
    unit_data: UnitNumbers | None = None,
    named_units: frozenset[str] = frozenset(),
) -> Iterator[tuple[Application, Facts]]:
    """The facts of each application in its turn: the answers under ``keys``, and the circumstances of its receipt.

    ``unit_data``, ``named_units``: the tables and the units of the project that the rules are of. A
    handful of queries serves hundreds of applications. Nothing that no rule asks for is opened: an answer of
    another key stays encrypted where it is.
    """
    declarations = known_of_units(declared_in(session, call))
    for chunk in portions(applications, AT_ONCE):
        earlier = _Earlier(session, call, chunk)
        answers = _answers(session, chunk, keys)
        documents = _documents(session, chunk)
        assessed = assessed_points(session, call, chunk)
        for one in chunk:
            assert one.id is not None
            yield (
                one,
                Facts(
                    fields=answers[one.id],
                    received_at=one.received_at,
                    opens_at=call.opens_at,
                    closes_at=call.closes_at,
                    area=call.area,
                    duplicates=earlier.than(one),
                    declarations=declarations,
                    documents=documents[one.id],
                    assessed=assessed.get(one.id, {}),
                    unit_data=unit_data or {},
                    named_units=named_units,
                ),
            )


def _ids(applications: Iterable[Application]) -> list[int]:
    return [one.id for one in applications if one.id is not None]


def _answers(
    session: Session, applications: Sequence[Application], keys: Collection[str]
) -> Mapping[int, dict[str, Fact]]:
    """The value that counts for each key: the newest row that was not set aside."""
    found: dict[int, dict[str, Fact]] = defaultdict(dict)
    rows = session.exec(
        select(FieldValue.application_id, FieldValue.key, FieldValue.status, FieldValue.value)
        .where(
            col(FieldValue.application_id).in_(_ids(applications)),
            col(FieldValue.key).in_(sorted(keys)),
            col(FieldValue.aside).is_(None),
        )
        .order_by(col(FieldValue.id))
    )
    for application_id, key, status, value in rows:
        found[application_id][key] = Fact(key, cast(FieldStatus, status), parsed_value(value))
    return found


def _documents(session: Session, applications: Sequence[Application]) -> Mapping[int, dict[str, bool]]:
    """What an officer said last of each document."""
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    rows = session.exec(
        select(AttachedDocument.application_id, AttachedDocument.document, AttachedDocument.found)
        .where(col(AttachedDocument.application_id).in_(_ids(applications)))
        .order_by(col(AttachedDocument.id))
    )
    for application_id, document, is_found in rows:
        found[application_id][document] = is_found
    return found


class Word(NamedTuple):
    """What was recorded once of a unit's declaration."""

    teryt: str
    signed_on: date | None
    recorded_at: datetime


def declared_in(session: Session, call: Call) -> list[Word]:
    """Every word that was ever recorded of the units of the call's area, and of those it lies in, from the first on.

    Whoever asks: a verdict must not depend on how wide the account's area is, so this query leaves it out.
    """
    project = session.get_one(ProjectVersion, call.project_version_id).code
    around = [call.area[:digits] for digits in (2, 4) if digits < len(call.area)]
    rows = session.connection().execute(
        sa.select(col(UnitDeclaration.teryt), col(UnitDeclaration.signed_on), col(UnitDeclaration.recorded_at))
        .where(
            col(UnitDeclaration.project) == project,
            or_(
                col(UnitDeclaration.teryt).startswith(call.area, autoescape=True),
                col(UnitDeclaration.teryt).in_(around),
            ),
        )
        .order_by(col(UnitDeclaration.id))
    )
    return [Word(*row) for row in rows]


def known_of_units(words: Iterable[Word], *, at: datetime | None = None) -> dict[str, date | None]:
    """The newest word on each unit, or what it was at an instant."""
    return {one.teryt: one.signed_on for one in words if at is None or one.recorded_at <= at}


class _Rival(NamedTuple):
    received_at: datetime
    id: int
    number: str


def _applicant(person_id: int, unit: str | None) -> int | str:
    """Who applied: the unit in a call for units, as far as it is known, else the person."""
    return unit_key(unit) if unit else person_id


class _Earlier:
    """Of the people, or units, behind some applications, everything they sent to the call: what came before what."""

    def __init__(self, session: Session, call: Call, applications: Sequence[Application]) -> None:
        self._of_applicant: dict[int | str, list[_Rival]] = defaultdict(list)
        units = {one.unit for one in applications if one.unit is not None}
        same: ColumnElement[bool] = (
            col(Application.unit).is_not(None)
            if units
            else col(Application.person_id).in_(sorted({one.person_id for one in applications}))
        )
        rows = session.execute(
            sa.select(
                col(Application.person_id),
                col(Application.unit),
                col(Application.received_at),
                col(Application.id),
                col(Application.number),
            ).where(
                col(Application.call_id) == call.id,
                same,
                # One from before the call began could not be accepted.
                col(Application.received_at) >= call.opens_at,
                # An application closed for want of an answer does not stand in the way of a complete one.
                col(Application.state).not_in((ApplicationState.WITHDRAWN, ApplicationState.CLOSED_INCOMPLETE)),
            )
        )
        for person_id, unit, received_at, application_id, number in rows:
            if application_id is not None:
                self._of_applicant[_applicant(person_id, unit)].append(_Rival(received_at, application_id, number))

    def than(self, application: Application) -> tuple[str, ...]:
        assert application.id is not None
        own = (application.received_at, application.id)
        return tuple(
            sorted(
                one.number
                for one in self._of_applicant[_applicant(application.person_id, application.unit)]
                if (one.received_at, one.id) < own
            )
        )
