"""A whole project at a glance: every planned group with its call and its seats, every unit with its declaration and
its agreement, and what of all that is missing.

What is planned follows from the definition alone: an area that nobody has published counts as *nieustalone* and has no
code and no name. Only counts of people, never a number of an application. An account of one area sees the others as
names without anything of what happens there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, func, select

from flows.adapters.clock import warsaw_date
from flows.steps.agreement_parties import parties_of
from flows.steps.projects import definition_of, newest_version
from models.actor import Actor, Right
from models.group_kinds import GroupKind, PlannedIn
from models.identifiers import WHOLE_PROJECT
from models.project import ProjectDefinition
from models.tables import (
    Agreement,
    AgreementInvitation,
    Application,
    Call,
    Decision,
    Group,
    InstitutionSeat,
    Membership,
    ProjectVersion,
    Team,
    UnitDeclaration,
)
from models.tables.agreements import AgreementState, AskedState
from models.tables.applications import ApplicationState
from models.tables.calls import CallState
from models.tables.decisions import DecisionOutcome
from models.tables.memberships import SEATED, MembershipState
from models.tables.nominations import InstitutionSeatState
from templates.project_map import AGREEMENT_WORDS, DECLARATION_WORDS, GROUP_WORDS, AgreementMark, GroupMark, UnitMark

_LEVEL_WORDS = {2: "województwo", 4: "powiat", 7: "gmina"}
_DIGITS = {PlannedIn.GMINA: 7, PlannedIn.POWIAT: 4, PlannedIn.VOIVODSHIP: 2, PlannedIn.PROJECT: 0}


@dataclass(frozen=True)
class GroupLine:
    """A group that is planned or that a call was opened for. ``call`` is empty before its call."""

    kind: str
    area: str
    """TERYT; empty for the whole project and for an area that is not known."""
    area_name: str
    mark: GroupMark
    mark_label: str
    call: str = ""
    closes_on: date | None = None
    applications: int = 0
    seats: int = 0
    seated: int = 0
    offered: int = 0
    """Seats that were offered and wait for an answer."""
    reserve: int = 0
    missing: int = 0
    """Seats that nobody holds or was offered: of an announced group, and of one without a selection once it is open."""


@dataclass(frozen=True)
class UnitLine:
    """A gmina or a powiat that the project names."""

    teryt: str
    name: str
    level: str
    declaration: UnitMark
    declaration_label: str
    declared_on: date | None
    agreement: AgreementMark
    agreement_label: str
    agreement_code: str
    parties: int
    unsigned: int


@dataclass(frozen=True)
class PlannedKind:
    """How many groups of a kind are planned, of how many the area is known, and of how many a call was opened."""

    kind: str
    name: str
    planned: int | None
    """``None``: the definition does not say."""
    known: int
    opened: int


@dataclass(frozen=True)
class Summary:
    """Counts of the whole project by the definition, and of what the account sees by what has happened."""

    voivodships: int
    powiats: int
    powiats_unknown: int
    gminas: int
    gminas_unknown: int
    groups: int
    groups_unknown: int
    calls_open: int
    groups_short: int
    groups_full: int
    seats_missing: int
    declarations_missing: int
    declarations_declined: int
    agreements_missing: int
    agreements_unsigned: int


@dataclass(frozen=True)
class ProjectView:
    """The whole project as an account sees it."""

    project: str
    title: str
    version: int
    at: datetime
    scope: str
    """The area of the account; empty: everything."""
    summary: Summary
    kinds: tuple[PlannedKind, ...]
    groups: tuple[GroupLine, ...]
    units: tuple[UnitLine, ...]


def project_view(session: Session, project: str, *, actor: Actor, now: datetime) -> ProjectView:
    """How the project stands now, by its newest version. Raises ``NotFound`` for one that was not loaded."""
    actor.require(Right.READ)
    version = newest_version(session, project)
    assert version.id is not None
    definition = definition_of(session, version.id)
    opened = list(_opened(session, definition, now=now))
    groups = [*opened, *_not_opened(definition, opened, actor)]
    order = {kind.code: place for place, kind in enumerate(definition.group_kinds)}
    groups.sort(
        key=lambda line: (line.mark is GroupMark.UNKNOWN, line.area, order.get(line.kind, len(order)), line.call)
    )
    units = tuple(_units(session, definition, actor))
    return ProjectView(
        project=definition.code,
        title=definition.title,
        version=version.version,
        at=now,
        scope=actor.scope,
        summary=_summary(definition, groups, units),
        kinds=tuple(_planned(definition, kind, opened) for kind in definition.group_kinds),
        groups=tuple(groups),
        units=units,
    )


def _opened(session: Session, definition: ProjectDefinition, *, now: datetime) -> Iterator[GroupLine]:
    """A line for each call, in seven queries however many they are."""
    calls = session.exec(
        select(Call, Group)
        .join(Group, col(Group.call_id) == Call.id)
        .join(ProjectVersion, col(ProjectVersion.id) == Call.project_version_id)
        .where(ProjectVersion.code == definition.code)
        .order_by(Call.code)
    ).all()
    applied = _counted(session, definition.code)
    held = _held(session, definition.code)
    waiting = _in_reserve(session, definition.code)
    names = definition.area.names()
    kinds = _kinds(session, {call.project_version_id for call, _ in calls})
    of_parties = _seats_of_teams(session)
    for call, group in calls:
        assert call.id is not None
        held_here = held[group.id or 0]
        seated = sum(held_here[state] for state in SEATED)
        offered, kind = held_here[MembershipState.OFFERED], kinds.get((call.project_version_id, call.group_kind))
        places = of_parties.get(group.id or 0, kind.seats if kind is not None else 0)
        # Where there is no selection nothing is announced: people sit there from the first day on.
        selects = kind is None or kind.selects
        filling = call.state is CallState.ANNOUNCED if selects else now >= call.opens_at
        missing = max(0, places - seated - offered) if filling else 0
        mark = _mark(call, selects, now, missing)
        yield GroupLine(
            kind=call.group_kind,
            area=call.area,
            area_name=_area_words(names, call.area),
            mark=mark,
            mark_label=GROUP_WORDS[mark],
            call=call.code,
            closes_on=warsaw_date(call.closes_at),
            applications=applied[call.id],
            seats=places,
            seated=seated,
            offered=offered,
            reserve=waiting[call.id],
            missing=missing,
        )


def _mark(call: Call, selects: bool, now: datetime, missing: int) -> GroupMark:
    if call.state is CallState.ANNOUNCED:
        return GroupMark.SHORT if missing else GroupMark.FULL
    if call.state is CallState.OPEN and now < call.opens_at:
        return GroupMark.TO_OPEN
    if call.state is CallState.OPEN and now <= call.closes_at:
        return GroupMark.OPEN
    if not selects:
        return GroupMark.SHORT if missing else GroupMark.FULL
    return GroupMark.DECIDING


def _kinds(session: Session, versions: set[int]) -> dict[tuple[int, str], GroupKind]:
    """Kinds by version and code: a group is of the kind that stands in the version that its call runs under."""
    return {(version, kind.code): kind for version in versions for kind in definition_of(session, version).group_kinds}


def _seats_of_teams(session: Session) -> dict[int, int]:
    """How many seats a team has, by group: those of the parties of its agreement that stand."""
    gone = (InstitutionSeatState.DECLINED, InstitutionSeatState.CLOSED)
    standing = and_(col(InstitutionSeat.group_id) == col(Team.group_id), col(InstitutionSeat.state).not_in(gone))
    rows = session.exec(
        select(Team.group_id, func.count(col(InstitutionSeat.id)))
        .join(InstitutionSeat, standing, isouter=True)
        .group_by(col(Team.group_id))
    ).all()
    return dict(rows)


def _counted(session: Session, project: str) -> Counter[int]:
    """How many applied, by call; who withdrew is not counted."""
    rows = session.exec(
        select(Application.call_id, func.count(col(Application.id)))
        .where(
            col(Application.number).startswith(f"{project}/", autoescape=True),
            Application.state != ApplicationState.WITHDRAWN,
        )
        .group_by(col(Application.call_id))
    ).all()
    return Counter(dict(rows))


def _held(session: Session, project: str) -> defaultdict[int, Counter[MembershipState]]:
    """Memberships that hold a seat or were offered one, by group and state."""
    found: defaultdict[int, Counter[MembershipState]] = defaultdict(Counter)
    for group, state, number in session.exec(
        select(Membership.group_id, Membership.state, func.count(col(Membership.id)))
        .join(Application, col(Application.id) == Membership.application_id)
        .where(
            col(Application.number).startswith(f"{project}/", autoescape=True),
            col(Membership.state).in_((MembershipState.OFFERED, *SEATED)),
        )
        .group_by(col(Membership.group_id), col(Membership.state))
    ).all():
        found[group][MembershipState(state)] = number
    return found


def _in_reserve(session: Session, project: str) -> Counter[int]:
    """How many wait in the announced reserve, by call: those whose newest decision says so."""
    newer = aliased(Decision)
    rows = session.exec(
        select(Application.call_id, func.count(col(Application.id)))
        .join(Decision, col(Decision.application_id) == Application.id)
        .where(
            col(Application.number).startswith(f"{project}/", autoescape=True),
            Application.state == ApplicationState.ANNOUNCED,
            Decision.outcome == DecisionOutcome.RESERVE,
            col(Decision.announced_at).is_not(None),
            ~select(newer.id)
            .where(newer.application_id == Application.id, newer.version > Decision.version)
            .correlate(Application, Decision)
            .exists(),
        )
        .group_by(col(Application.call_id))
    ).all()
    return Counter(dict(rows))


def _not_opened(definition: ProjectDefinition, opened: list[GroupLine], actor: Actor) -> Iterator[GroupLine]:
    """What is planned and has no call yet, what lies outside the account's area, and what is planned nobody knows
    where."""
    known = {(line.kind, line.area) for line in opened}
    for kind in definition.group_kinds:
        if kind.planned_in is None:
            continue
        for teryt, name in _areas(definition, kind.planned_in):
            if (kind.code, teryt) in known:
                continue
            mark = GroupMark.NO_CALL if actor.covers(teryt) else GroupMark.OUTSIDE
            seats = kind.seats if mark is GroupMark.NO_CALL else 0
            yield GroupLine(kind.code, teryt, name, mark, GROUP_WORDS[mark], seats=seats)
        for _ in range(_planned_unknown(definition, kind.planned_in)):
            yield GroupLine(kind.code, "", "", GroupMark.UNKNOWN, GROUP_WORDS[GroupMark.UNKNOWN])


def _areas(definition: ProjectDefinition, level: PlannedIn) -> Iterator[tuple[str, str]]:
    names = definition.area.names()
    for teryt in ["", *names]:
        if len(teryt) == _DIGITS[level]:
            yield teryt, _area_words(names, teryt)


def _area_words(names: Mapping[str, str], teryt: str) -> str:
    """„powiat kartuski”. A call may be of a unit that a newer version does not name any more; then only its code."""
    if not teryt:
        return "cały obszar projektu"
    return f"{_LEVEL_WORDS[len(teryt)]} {names.get(teryt, teryt)}"


def _planned_unknown(definition: ProjectDefinition, level: PlannedIn) -> int:
    area = definition.area
    match level:
        case PlannedIn.GMINA:
            return area.planned_gminas - sum(len(teryt) == 7 for teryt in area.names())
        case PlannedIn.POWIAT:
            return sum(one.unknown_powiats for one in area.voivodships)
        case PlannedIn.VOIVODSHIP | PlannedIn.PROJECT:
            return 0


def _planned(definition: ProjectDefinition, kind: GroupKind, opened: list[GroupLine]) -> PlannedKind:
    found = len({line.area for line in opened if line.kind == kind.code})
    if kind.planned_in is None:
        return PlannedKind(kind.code, kind.name, None, found, found)
    known = len(list(_areas(definition, kind.planned_in)))
    unknown = _planned_unknown(definition, kind.planned_in)
    return PlannedKind(kind.code, kind.name, known + unknown, known, found)


def _units(session: Session, definition: ProjectDefinition, actor: Actor) -> Iterator[UnitLine]:
    """Powiats and gminas in the order of their codes."""
    declared = {
        row.teryt: row
        for row in session.exec(
            select(UnitDeclaration).where(UnitDeclaration.project == definition.code).order_by(col(UnitDeclaration.id))
        ).all()
    }
    agreed = _agreements(session, definition)
    for teryt, name in sorted(definition.area.names().items()):
        if len(teryt) == 2:
            continue
        row, found = declared.get(teryt), agreed.get(teryt)
        if not actor.covers(teryt):
            declaration, agreement = UnitMark.OUTSIDE, AgreementMark.OUTSIDE
        else:
            declaration = UnitMark.MISSING if row is None else UnitMark.SIGNED if row.signed_on else UnitMark.DECLINED
            if row is None and len(teryt) == 4:
                declaration = UnitMark.NOT_ASKED
            agreement = found.mark if found is not None else _no_agreement(definition, teryt, set(agreed))
        yield UnitLine(
            teryt=teryt,
            name=name,
            level="gmina" if len(teryt) == 7 else "powiat",
            declaration=declaration,
            declaration_label=DECLARATION_WORDS[declaration],
            declared_on=row.signed_on if row is not None else None,
            agreement=agreement,
            agreement_label=AGREEMENT_WORDS[agreement],
            agreement_code=found.code if found is not None else "",
            parties=found.parties if found is not None else 0,
            unsigned=found.unsigned if found is not None else 0,
        )


def _no_agreement(definition: ProjectDefinition, teryt: str, agreed: set[str]) -> AgreementMark:
    """One agreement a powiat is enough, that of the powiat or of a gmina in it; so only a powiat can lack one."""
    if definition.agreements is None or len(teryt) == 7:
        return AgreementMark.NOT_PLANNED
    return AgreementMark.IN_GMINA if any(one.startswith(teryt) for one in agreed) else AgreementMark.MISSING


@dataclass(frozen=True)
class _Agreed:
    code: str
    mark: AgreementMark
    parties: int
    unsigned: int


def _agreements(session: Session, definition: ProjectDefinition) -> dict[str, _Agreed]:
    """The newest agreement of each area."""
    rows = session.exec(
        select(Agreement)
        .join(ProjectVersion, col(ProjectVersion.id) == Agreement.project_version_id)
        .where(ProjectVersion.code == definition.code)
        .order_by(col(Agreement.id))
    ).all()
    unsigned = Counter(
        dict(
            session.exec(
                select(AgreementInvitation.agreement_id, func.count(col(AgreementInvitation.id)))
                .where(AgreementInvitation.state == AskedState.ASKED)
                .group_by(col(AgreementInvitation.agreement_id))
            ).all()
        )
    )
    found = {}
    for row in rows:
        waited_for = unsigned[row.id or 0]
        parties = len(parties_of(session, row))
        mark = AgreementMark.UNSIGNED if waited_for or not parties else AgreementMark.SIGNED
        if row.state is AgreementState.CLOSED:
            mark = AgreementMark.CLOSED
        found[row.area] = _Agreed(row.code, mark, parties, waited_for)
    return found


def _summary(definition: ProjectDefinition, groups: list[GroupLine], units: tuple[UnitLine, ...]) -> Summary:
    area = definition.area
    marks = Counter(line.mark for line in groups)
    gminas = [unit for unit in units if unit.level == "gmina"]
    kinds = [kind.planned_in for kind in definition.group_kinds if kind.planned_in is not None]
    unknown = sum(_planned_unknown(definition, level) for level in kinds)
    return Summary(
        voivodships=len(area.voivodships),
        powiats=sum(one.planned_powiats for one in area.voivodships),
        powiats_unknown=_planned_unknown(definition, PlannedIn.POWIAT),
        gminas=area.planned_gminas,
        gminas_unknown=_planned_unknown(definition, PlannedIn.GMINA),
        groups=unknown + sum(len(list(_areas(definition, level))) for level in kinds),
        groups_unknown=unknown,
        calls_open=marks[GroupMark.OPEN],
        groups_short=marks[GroupMark.SHORT],
        groups_full=marks[GroupMark.FULL],
        seats_missing=sum(line.missing for line in groups if line.mark is GroupMark.SHORT),
        declarations_missing=sum(unit.declaration is UnitMark.MISSING for unit in gminas),
        declarations_declined=sum(unit.declaration is UnitMark.DECLINED for unit in gminas),
        agreements_missing=sum(unit.agreement is AgreementMark.MISSING for unit in units),
        agreements_unsigned=sum(unit.agreement is AgreementMark.UNSIGNED for unit in units),
    )


@dataclass(frozen=True)
class TableRow:
    """A row of the table for people."""

    kind: str
    place: str
    line: GroupLine
    many: int = 1


def table_rows(groups: Sequence[GroupLine]) -> list[TableRow]:
    """The groups as people read them: those of the account's area, and what is not known as one row a kind."""
    shown = [
        TableRow(line.kind, f"{line.area_name} ({line.area or WHOLE_PROJECT})", line)
        for line in groups
        if line.mark not in (GroupMark.OUTSIDE, GroupMark.UNKNOWN)
    ]
    unknown = Counter(line.kind for line in groups if line.mark is GroupMark.UNKNOWN)
    first = {line.kind: line for line in groups if line.mark is GroupMark.UNKNOWN}
    return shown + [TableRow(kind, first[kind].mark_label, first[kind], many) for kind, many in unknown.items()]
