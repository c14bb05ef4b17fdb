"""Teams of an agreement (PZK): groups whose seats are those of the agreement's parties, kept up as these come and go.

A newcomer is given a seat, and one that leaves has its seat closed, in the very transaction that records it: so each
happens once, and a crash leaves neither the step nor the letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from flows.adapters.clock import WARSAW, warsaw_date
from flows.adapters.office import Office
from flows.steps.agreement_parties import find_agreement, parties_of
from flows.steps.attachments import CALL_FORM
from flows.steps.calls import find_call, group_of, open_call
from flows.steps.documents import newest
from flows.steps.institution_seats import give_seat
from flows.steps.institutions import REFERENCE, code_of
from flows.steps.member_institutions import coverage_of, placed
from flows.steps.nominations import seats_of_group, sitting_in, who_sat
from flows.steps.nominees import attended_last, end_nomination
from flows.steps.projects import definition_for, definition_of, newest_version
from flows.steps.unit_invitations import call_form
from models.actor import Actor, Right
from models.errors import BadInput, NotFound, NotYet
from models.events import Happened
from models.glossary import label
from models.group_kinds import Admission, GroupKind
from models.project import ProjectDefinition
from models.rules.sector_coverage import Coverage
from models.rules.working_days import deadline
from models.tables import Agreement, Call, Group, Institution, InstitutionSeat, Team
from models.tables.agreements import PartyStep
from models.tables.institutions import InstitutionState
from models.tables.nominations import InstitutionSeatState
from models.transitions import note, reference

_OVER = frozenset({InstitutionSeatState.DECLINED, InstitutionSeatState.CLOSED})


@dataclass(frozen=True)
class TeamOpened:
    """The call of the new team and its group, and the codes of the parties that were asked to name somebody."""

    call: str
    group: str
    invited: tuple[str, ...]
    unaddressed: tuple[str, ...]
    """Those among them whose address is not known."""
    answer_by: date


def open_team(
    office: Office, agreement_code: str, *, kind: str = "", answer_by: date | None = None, actor: Actor
) -> TeamOpened:
    """Opens the team of an agreement: a call and a group, a seat for every party, and a letter that asks each to name a
    decision maker.

    ``kind``: which kind of group, where the project has several into which institutions name people. The call stays
    open until the project ends, since parties join at any time. Raises ``NotYet`` while there is no party,
    ``BadInput``.
    """
    actor.require(Right.INSTITUTIONS)
    now = office.now()
    with office.writing(actor) as session:
        agreement = find_agreement(session, agreement_code, lock=True)
        actor.require(Right.INSTITUTIONS, area=agreement.area)
        parties = parties_of(session, agreement)
        if not parties:
            raise NotYet(f"Porozumienie {agreement_code} nie ma jeszcze żadnej strony, a zespół tworzą jego strony.")
        definition = _newest(session, agreement)
        group_kind = _kind(definition, kind)
        if any(one.kind == group_kind.code for _, one in _teams(session, agreement)):
            raise BadInput(f"Porozumienie {agreement_code} ma już zespół {group_kind.code} (nabor team list).")
        due = answer_by or warsaw_date(deadline(now, definition.nominations.answer_working_days))
        if due < warsaw_date(now):
            raise BadInput("Dzień odpowiedzi (--answer-by) nie może być wcześniejszy niż dziś.")
        ends = datetime.combine(definition.period.on(warsaw_date(now)).ends, time(23, 59), WARSAW)
        call = open_call(
            session,
            definition.code,
            group_kind.code,
            agreement.area,
            opens_at=now,
            closes_at=ends,
            actor=actor,
            now=now,
        )
        group = group_of(session, call)
        session.add(
            Team(
                area=agreement.area,
                agreement_id=agreement.id or 0,
                group_id=group.id or 0,
                opened_at=now,
                opened_by=actor.login,
            )
        )
        session.flush()
        note(
            session,
            reference(agreement),
            happened=Happened.TEAM_OPENED,
            actor=actor,
            now=now,
            area=agreement.area,
            facts={"call": call.code, "parties": len(parties)},
        )
        form = call_form(office, session, call, definition, group_kind, actor=actor, now=now)
        asked = []
        for party in parties:
            institution = session.get_one(Institution, party.institution_id)
            if institution.state is InstitutionState.ACTIVE and give_seat(
                session, call, group, institution, form, due=due, actor=actor, now=now
            ):
                asked.append(institution)
        return TeamOpened(
            call=call.code,
            group=group.name,
            invited=tuple(code_of(one) for one in asked),
            unaddressed=tuple(code_of(one) for one in asked if not one.recipient),
            answer_by=due,
        )


def follow_party(
    session: Session,
    agreement: Agreement,
    institution: Institution,
    step: PartyStep,
    on: date,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Keeps the seats of the agreement's teams up with a step of an institution, in the step's own transaction.

    Whoever joins gets a seat and is asked to name somebody; the seat of one that leaves is closed, and whoever sat in
    it leaves the team that day. Where somebody attended a meeting after the day of leaving, nothing is done here and
    an officer closes the seat (``seats_astray``).
    """
    for team, group in _teams(session, agreement):
        call = session.get_one(Call, group.call_id)
        seat = session.exec(
            select(InstitutionSeat).where(
                InstitutionSeat.group_id == team.group_id, InstitutionSeat.institution_id == institution.id
            )
        ).first()
        if step is PartyStep.LEFT:
            if seat is not None and seat.state not in _OVER:
                _close(session, call, agreement, institution, seat, on, actor=actor, now=now)
        elif call.closes_at > now:
            definition = definition_for(session, call)
            due = warsaw_date(deadline(now, definition.nominations.answer_working_days))
            form = newest(session, CALL_FORM, call.code)
            give_seat(session, call, group, institution, form, due=due, actor=actor, now=now)


def _close(
    session: Session,
    call: Call,
    agreement: Agreement,
    institution: Institution,
    seat: InstitutionSeat,
    on: date,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    sitting = sitting_in(session, seat)
    day = on
    if sitting is not None:
        day = max(on, sitting.since)
        attended = attended_last(session, sitting.membership_id)
        if attended is not None and attended >= day:
            return
    end_nomination(
        session,
        call.code,
        code_of(institution),
        on=day,
        reason=f"Instytucja wystąpiła z porozumienia {agreement.code}.",
        close=True,
        actor=actor,
        now=now,
    )


@dataclass(frozen=True)
class TeamLine:
    """One team in a list."""

    call: str
    agreement: str
    name: str
    area: str
    seats: int
    """Seats that stand."""
    named: int
    missing: tuple[str, ...]
    """Labels of the sectors from which nobody sits in the team."""


def team_lines(session: Session, *, area: str = "", on: date) -> list[TeamLine]:
    """The teams of an area by code, as of a day."""
    rows = session.exec(
        select(Team, Group, Call, Agreement)
        .join(Group, col(Group.id) == Team.group_id)
        .join(Call, col(Call.id) == Group.call_id)
        .join(Agreement, col(Agreement.id) == Team.agreement_id)
        .where(col(Team.area).startswith(area, autoescape=True))
        .order_by(Call.code)
    ).all()
    lines = []
    for _, group, call, agreement in rows:
        shown = _seats(session, group, on)
        lines.append(
            TeamLine(
                call=call.code,
                agreement=agreement.code,
                name=group.name,
                area=call.area,
                seats=sum(one.state not in _OVER for one in shown),
                named=sum(bool(one.number) for one in shown),
                missing=tuple(one.label for one in _cover(session, call, shown).missing),
            )
        )
    return lines


@dataclass(frozen=True)
class TeamSeat:
    """A seat of a team: whose it is, of what sector, where it stands, and by which application somebody sits in it."""

    number_in_list: int
    institution: str
    name: str
    sector: str
    """Code; empty while nobody has said."""
    state: InstitutionSeatState
    state_label: str
    answer_by: date
    number: str
    since: date | None


@dataclass(frozen=True)
class TeamShown:
    """A team on a day: its seats in the order in which they were given, and the sectors of those that have somebody."""

    call: str
    name: str
    agreement: str
    seats: Sequence[TeamSeat]
    coverage: Coverage


def team_shown(session: Session, call_code: str, *, on: date) -> TeamShown:
    """One team. Raises ``NotFound`` for a call that is no team's."""
    call = find_call(session, call_code)
    group = group_of(session, call)
    found = session.exec(
        select(Agreement).join(Team, col(Team.agreement_id) == col(Agreement.id)).where(Team.group_id == group.id)
    ).first()
    if found is None:
        raise NotFound(f"Grupa naboru {call_code} nie jest zespołem porozumienia. Zespoły: nabor team list.")
    seats = _seats(session, group, on)
    return TeamShown(call.code, group.name, found.code, seats, _cover(session, call, seats))


def _seats(session: Session, group: Group, on: date) -> list[TeamSeat]:
    seated = who_sat(session, group.id or 0, on)
    known = placed(session, [one.seat.institution_id for one in seated])
    return [
        TeamSeat(
            number_in_list=number,
            institution=f"{REFERENCE}{one.seat.institution_id}",
            name=known[one.seat.institution_id].name,
            sector=known[one.seat.institution_id].sector,
            state=one.seat.state,
            state_label=label(one.seat.state),
            answer_by=one.seat.answer_due,
            number=one.sitting.number if one.sitting else "",
            since=one.sitting.since if one.sitting else None,
        )
        for number, one in enumerate(seated, start=1)
    ]


def _cover(session: Session, call: Call, seats: Sequence[TeamSeat]) -> Coverage:
    known = placed(session, [int(one.institution[len(REFERENCE) :]) for one in seats if one.number])
    return coverage_of(definition_for(session, call), known.values())


@dataclass(frozen=True)
class SeatAstray:
    """A seat that does not follow the parties of the agreement, and what an officer does about it."""

    what: str
    reference: str
    since: date


def seats_astray(session: Session, *, now: datetime) -> list[SeatAstray]:
    """Parties without a seat in their team, and seats of institutions that are no parties (any more)."""
    lines = []
    for team, agreement in session.exec(
        select(Team, Agreement).join(Agreement, col(Agreement.id) == Team.agreement_id).order_by(col(Team.id))
    ).all():
        call = session.get_one(Call, session.get_one(Group, team.group_id).call_id)
        if call.closes_at <= now:
            continue
        parties = {party.institution_id: party.recorded_at for party in parties_of(session, agreement)}
        seats = {seat.institution_id: seat for seat in seats_of_group(session, team.group_id)}
        for number in sorted(parties.keys() - seats.keys()):
            if session.get_one(Institution, number).state is InstitutionState.ACTIVE:
                what = "strona porozumienia bez miejsca w zespole (nabor nomination invite)"
                lines.append(SeatAstray(what, f"{call.code} {REFERENCE}{number}", warsaw_date(parties[number])))
        for number in sorted(seats.keys() - parties.keys()):
            if seats[number].state not in _OVER:
                what = "instytucja nie jest stroną porozumienia, a ma miejsce w zespole (nabor nomination end --close)"
                since = warsaw_date(seats[number].asked_at)
                lines.append(SeatAstray(what, f"{call.code} {REFERENCE}{number}", since))
    return lines


def _teams(session: Session, agreement: Agreement) -> list[tuple[Team, Group]]:
    rows = session.exec(
        select(Team, Group)
        .join(Group, col(Group.id) == Team.group_id)
        .where(Team.agreement_id == agreement.id)
        .order_by(col(Team.id))
    ).all()
    return list(rows)


def _newest(session: Session, agreement: Agreement) -> ProjectDefinition:
    version = newest_version(session, definition_of(session, agreement.project_version_id).code)
    assert version.id is not None
    return definition_of(session, version.id)


def _kind(definition: ProjectDefinition, code: str) -> GroupKind:
    nominating = [one for one in definition.group_kinds if one.admission is Admission.NOMINATION]
    named = [one for one in nominating if not code or one.code == code]
    if len(named) == 1:
        return named[0]
    known = ", ".join(one.code for one in nominating) or "brak"
    raise BadInput(f"Podaj rodzaj grupy, do której osoby wskazują instytucje (--kind). W projekcie są: {known}.")
