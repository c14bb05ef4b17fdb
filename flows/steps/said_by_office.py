"""What only the office can say, and criteria ask about: units' declarations, and documents among the files."""

from datetime import date, datetime

from sqlmodel import Session

from flows.steps.applications import call_of, find_application
from flows.steps.declaring_units import declaring_unit
from flows.steps.projects import definition_for
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.project import ProjectDefinition
from models.rules.conditions import signs_by_level
from models.rules.points import FlatPoints
from models.rules.signed_declarations import DIGITS
from models.rules.working_days import LOCAL
from models.tables import AttachedDocument, UnitDeclaration
from models.transitions import note, reference


def declare_unit(
    session: Session, project: str, teryt: str, *, signed_on: date | None, actor: Actor, now: datetime
) -> str:
    """Records that a unit signed its declaration of cooperation, or declined (``None``); returns the unit in words.

    Whoever was judged before is judged anew by the next verification. Raises ``BadInput`` for a unit of
    which the project expects none, or a day that has not come.
    """
    unit, definition = declaring_unit(session, project, teryt)
    if len(teryt) == DIGITS["wojewodztwo"] and not _asks_voivodships(definition):
        raise BadInput("Deklarację współpracy składa gmina albo powiat; proszę podać ich kod TERYT.")
    actor.require(Right.CORRECT, area=teryt)
    if signed_on is not None and signed_on > now.astimezone(LOCAL).date():
        raise BadInput("Dzień podpisania jeszcze nie nadszedł.")
    row = UnitDeclaration(
        area=teryt, project=project, teryt=teryt, signed_on=signed_on, recorded_at=now, recorded_by=actor.login
    )
    session.add(row)
    session.flush()
    note(
        session,
        f"unit/{teryt}",
        happened=Happened.UNIT_DECLARED,
        actor=actor,
        now=now,
        area=teryt,
        facts={"project": project, "unit": teryt, "signed_on": signed_on.isoformat() if signed_on else None},
    )
    return unit


def _asks_voivodships(definition: ProjectDefinition) -> bool:
    """Whether an institution of a voivodship needs the declaration of the voivodship."""
    tests = [one.test for one in definition.criteria]
    tests += [one.test for one in definition.merit if isinstance(one, FlatPoints)]
    return any(signs_by_level(test) for test in tests)


def note_document(session: Session, number: str, document: str, *, found: bool, actor: Actor, now: datetime) -> str:
    """Records whether a document that the regulation asks for is among an application's files; returns its label.

    Raises ``BadInput`` for a document that the project does not ask for.
    """
    application = find_application(session, number)
    actor.require(Right.CORRECT, area=application.area)
    labels = {one.code: one.label for one in definition_for(session, call_of(session, application)).documents}
    if document not in labels:
        raise BadInput(f"Projekt nie pyta o dokument „{document}”. Dokumenty: {', '.join(labels) or 'żadne'}.")
    assert application.id is not None
    session.add(
        AttachedDocument(
            area=application.area,
            application_id=application.id,
            document=document,
            found=found,
            recorded_at=now,
            recorded_by=actor.login,
        )
    )
    session.flush()
    note(
        session,
        reference(application),
        happened=Happened.DOCUMENT_NOTED,
        actor=actor,
        now=now,
        area=application.area,
        facts={"document": document, "found": found},
    )
    return labels[document]
