"""Calls (nabory): opening one, and finding it by its code."""

from datetime import datetime

from sqlmodel import Session, select

from flows.adapters.clock import warsaw
from flows.steps.projects import definition_for, definition_of, newest_version
from models.actor import Actor
from models.errors import BadInput, NotFound
from models.events import Happened
from models.group_kinds import Admission, Applicant
from models.identifiers import WHOLE_PROJECT, call_code
from models.project import ProjectDefinition
from models.tables import Call, Group
from models.transitions import enter


def open_call(
    session: Session,
    project: str,
    kind: str,
    area: str,
    *,
    opens_at: datetime,
    closes_at: datetime,
    actor: Actor,
    now: datetime,
) -> Call:
    """Opens a call for one group of a project in an area, under the newest loaded version. Raises ``BadInput``."""
    version = newest_version(session, project)
    assert version.id is not None
    definition = definition_of(session, version.id)
    try:
        group_kind = definition.group_kind(kind)
    except KeyError:
        known = ", ".join(one.code for one in definition.group_kinds)
        raise BadInput(f"Projekt „{project}” nie ma rodzaju grupy „{kind}”. Są: {known}.") from None
    if closes_at <= opens_at:
        raise BadInput("Nabór musi się kończyć później, niż się zaczyna.")
    area = "" if area == WHOLE_PROJECT else area
    if not area and group_kind.applicant is not Applicant.UNIT:
        raise BadInput("Nabór do grupy osób otwiera się dla powiatu albo województwa; podaj kod TERYT.")
    place = call_area(definition, area)
    code = call_code(project, kind, area, warsaw(opens_at).year)
    if session.exec(select(Call).where(Call.code == code)).first() is not None:
        raise BadInput(f"Nabór {code} już istnieje.")
    call = Call(
        area=area,
        code=code,
        project_version_id=version.id,
        group_kind=kind,
        year=warsaw(opens_at).year,
        opens_at=opens_at,
        closes_at=closes_at,
    )
    enter(session, call, happened=Happened.CALL_OPENED, actor=actor, now=now, facts={"code": code})
    assert call.id is not None
    session.add(Group(area=area, call_id=call.id, kind=kind, name=f"{group_kind.name} – {place}"))
    session.flush()
    return call


def find_call(session: Session, code: str) -> Call:
    """The call of that code within the actor's scope. Raises ``NotFound``."""
    call = session.exec(select(Call).where(Call.code == code)).first()
    if call is None:
        raise NotFound(f"Nie ma naboru „{code}” (albo leży poza obszarem tego konta).")
    return call


def require_selection(session: Session, call: Call) -> None:
    """Raises ``BadInput`` for a call into whose group one comes without ranking and decision."""
    admission = definition_for(session, call).group_kind(call.group_kind).admission
    if admission is not Admission.SELECTION:
        how = "osoby wskazują instytucje" if admission is Admission.NOMINATION else "przyjmuje się w kolejności wpływu"
        raise BadInput(
            f"Do grupy naboru {call.code} {how}: nie ma tu listy rankingowej, decyzji Komisji ani ogłoszenia wyników. "
            f"Przyjmuje: nabor admission run {call.code}."
        )


def group_of(session: Session, call: Call) -> Group:
    """The group a call fills."""
    return session.exec(select(Group).where(Group.call_id == call.id)).one()


def call_area(definition: ProjectDefinition, area: str) -> str:
    """The area of a call in words; a call for units may be for the whole project. Raises ``BadInput``."""
    return area_name(definition, area) if area else "cały obszar projektu"


def area_name(definition: ProjectDefinition, area: str) -> str:
    """The area in words („powiat kartuski”). Raises ``BadInput`` for one outside the project."""
    for voivodship in definition.area.voivodships:
        if voivodship.teryt == area:
            return f"województwo {voivodship.name}"
        for powiat in voivodship.powiats:
            if powiat.teryt == area:
                return f"powiat {powiat.name}"
            for gmina in powiat.gminas:
                if gmina.teryt == area:
                    return f"gmina {gmina.name}"
    raise BadInput(f"Obszar {area} nie należy do projektu.")
