"""The picture of a project (``templates.project_map``) from how it stands."""

from collections.abc import Iterator

from sqlmodel import Session

from flows.adapters.clock import warsaw
from flows.steps.project_view import GroupLine, ProjectView, UnitLine
from flows.steps.projects import definition_of, newest_version
from models.project import UNKNOWN, ProjectDefinition
from models.project_area import Powiat, Voivodship
from templates.polish import counted, short_date
from templates.project_map import (
    DECLARATION_WORDS,
    GROUP_WORDS,
    LOOK_OF,
    LOOK_OF_AGREEMENT,
    LOOK_OF_UNIT,
    AgreementMark,
    GroupMark,
    Look,
    MapLine,
    MapTile,
    ProjectMap,
    UnitMark,
    project_map,
)

_NBSP = "\xa0"


def picture(session: Session, view: ProjectView) -> bytes:
    """The SVG of a view: the areas of the definition, each with what the view says of it."""
    definition = definition_of(session, newest_version(session, view.project).id or 0)
    return project_map(map_of(definition, view))


def map_of(definition: ProjectDefinition, view: ProjectView) -> ProjectMap:
    """What the picture shows."""
    return ProjectMap(
        title=f"{definition.title} ({definition.code}) – stan na {warsaw(view.at):%d.%m.%Y, godz. %H:%M}",
        summary=tuple(sentences(view)),
        blocks=(*(_block(one, view) for one in definition.area.voivodships), *_beyond_areas(view)),
    )


def sentences(view: ProjectView) -> Iterator[str]:
    """The summary in words: what is planned, what is open, and what is missing."""
    one = view.summary
    yield (
        f"Obszar: {counted(one.voivodships, 'województwo', 'województwa', 'województw')}, "
        f"{counted(one.powiats, 'powiat', 'powiaty', 'powiatów')}{_of_them(one.powiats_unknown)}, "
        f"{counted(one.gminas, 'gmina', 'gminy', 'gmin')}{_of_them(one.gminas_unknown)}."
    )
    kinds = ", ".join(f"{kind.kind} {kind.planned}" for kind in view.kinds if kind.planned is not None)
    if one.groups:
        groups = counted(one.groups, "grupa", "grupy", "grup")
        yield f"Zaplanowano: {groups} ({kinds}){_of_them(one.groups_unknown)}."
    if view.scope:
        yield f"Pokazano tylko obszar konta ({view.scope}); reszta jest poza zakresem konta."
    yield (
        f"Otwarte nabory: {one.calls_open}. Grupy z pełnym składem: {one.groups_full}, z niepełnym: {one.groups_short} "
        f"(brakuje miejsc obsadzonych: {one.seats_missing})."
    )
    yield (
        f"Gminy bez deklaracji: {one.declarations_missing}, z odmową: {one.declarations_declined}. "
        f"Powiaty bez porozumienia: {one.agreements_missing}, porozumienia bez kompletu podpisów: "
        f"{one.agreements_unsigned}."
    )


def _of_them(unknown: int) -> str:
    return f", w tym nieustalone: {unknown}" if unknown else ""


def _block(voivodship: Voivodship, view: ProjectView) -> MapTile:
    unknown = MapTile("powiat", (MapLine(UNKNOWN, Look.UNKNOWN),), unknown=True)
    return MapTile(
        name=f"województwo {voivodship.name} ({voivodship.teryt})",
        lines=tuple(_groups(view, voivodship.teryt)),
        tiles=(*(_powiat(one, view) for one in voivodship.powiats), *(unknown,) * voivodship.unknown_powiats),
    )


def _powiat(powiat: Powiat, view: ProjectView) -> MapTile:
    units = {unit.teryt: unit for unit in view.units}
    own = units[powiat.teryt]
    return MapTile(
        name=f"powiat {powiat.name} ({powiat.teryt})",
        lines=tuple(_short_when_outside([*_groups(view, powiat.teryt), *_unit_lines(own)])),
        tiles=tuple(
            MapTile(
                name=f"gmina {gmina.name}",
                lines=tuple(_short_when_outside([*_groups(view, gmina.teryt), *_unit_lines(units[gmina.teryt])])),
            )
            for gmina in powiat.gminas
        ),
    )


def _short_when_outside(lines: list[MapLine]) -> list[MapLine]:
    """What lies outside is said once a tile."""
    if lines and all(line.look is Look.OUTSIDE for line in lines):
        return [MapLine(GROUP_WORDS[GroupMark.OUTSIDE], Look.OUTSIDE)]
    return lines


def _groups(view: ProjectView, teryt: str) -> Iterator[MapLine]:
    for line in view.groups:
        if line.area == teryt and line.mark is not GroupMark.UNKNOWN:
            yield MapLine(f"{line.kind}: {group_words(line)}", LOOK_OF[line.mark])


def group_words(line: GroupLine, many: int = 1) -> str:
    """How a group stands, with the figures that matter then; of ``many`` that are not known, how many."""
    match line.mark:
        case GroupMark.UNKNOWN:
            return f"{line.mark_label}:{_NBSP}{many}"
        case GroupMark.FULL | GroupMark.SHORT:
            said = f"{line.mark_label}, {line.seated}{_NBSP}z{_NBSP}{line.seats}"
            said += f", bez odpowiedzi:{_NBSP}{line.offered}" if line.offered else ""
            return f"{said}, rezerwa:{_NBSP}{line.reserve}"
        case GroupMark.OPEN if line.closes_on is not None:
            said = f"{line.mark_label} do {short_date(line.closes_on)}, zgłoszenia:{_NBSP}{line.applications}"
            # Without a selection people sit in the group while its call is open.
            sit = line.seated or line.missing
            return f"{said}, obsadzone:{_NBSP}{line.seated}{_NBSP}z{_NBSP}{line.seats}" if sit else said
        case GroupMark.DECIDING:
            return f"{line.mark_label}, zgłoszenia:{_NBSP}{line.applications}"
        case _:
            return line.mark_label


def _unit_lines(unit: UnitLine) -> Iterator[MapLine]:
    if unit.declaration is not UnitMark.NOT_ASKED:
        yield MapLine(DECLARATION_WORDS[unit.declaration], LOOK_OF_UNIT[unit.declaration])
    if unit.agreement in (AgreementMark.NOT_PLANNED, AgreementMark.OUTSIDE):
        return
    said = agreement_words(unit)
    yield MapLine(said, LOOK_OF_AGREEMENT[unit.agreement])


def agreement_words(unit: UnitLine) -> str:
    """How an agreement stands, with its parties and whose signature is missing."""
    if not unit.agreement_code:
        return unit.agreement_label
    return f"{unit.agreement_label}, strony:{_NBSP}{unit.parties}" + (
        f", bez podpisu:{_NBSP}{unit.unsigned}" if unit.unsigned else ""
    )


def _beyond_areas(view: ProjectView) -> Iterator[MapTile]:
    """Groups of the whole project, and what is planned nobody knows where."""
    whole = tuple(
        MapLine(f"{line.kind}: {group_words(line)}", LOOK_OF[line.mark])
        for line in view.groups
        if not line.area and line.mark is not GroupMark.UNKNOWN
    )
    if whole:
        yield MapTile("cały obszar projektu", whole)
    unknown = [line.kind for line in view.groups if line.mark is GroupMark.UNKNOWN]
    said = [f"{kind}: {unknown.count(kind)}" for kind in dict.fromkeys(unknown)]
    gminas = view.summary.gminas_unknown
    if said or gminas:
        parts = [*(f"grupy {one}" for one in said), *([f"gminy: {gminas}"] if gminas else [])]
        yield MapTile(
            "obszar nieustalony", tuple(MapLine(f"{part}, {UNKNOWN}", Look.UNKNOWN) for part in parts), unknown=True
        )
