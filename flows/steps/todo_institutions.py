"""What waits about institutions: declarations, agreements, teams, acts of appointment and seats."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, func, select

from flows.adapters.clock import warsaw_date
from flows.steps.appointments import acts_awaited
from flows.steps.cooperation import waiting_for_units
from flows.steps.institution_seat_letters import closed_institutions
from flows.steps.institution_seats import silent_seats
from flows.steps.institutions import REFERENCE
from flows.steps.nominees import hindrance
from flows.steps.seat_changes import house_of
from flows.steps.teams import seats_astray
from flows.steps.todo_line import INSTITUTION, OFFICER, PROGRAM, TodoLine
from models.actor import Right
from models.tables import Agreement, AgreementInvitation, Application, Call, Group, InstitutionSeat, SeatChange
from models.tables.agreements import AgreementState, AskedState
from models.tables.nominations import ASKED_TO_NAME, InstitutionSeatState, SeatChangeState


def institutions_waiting(session: Session, now: datetime) -> list[TodoLine]:
    """What institutions owe, and what their seats and papers wait for."""
    return [
        *_declarations(session),
        *_agreements(session, now),
        *_teams(session, now),
        *_acts(session),
        *_changes(session, now),
        *_seats(session, now),
    ]


def _declarations(session: Session) -> list[TodoLine]:
    """Units whose declaration of cooperation applications wait for."""
    lines = []
    for unit, numbers in sorted(waiting_for_units(session).items()):
        received = session.exec(
            select(func.min(col(Application.received_at))).where(col(Application.number).in_(numbers))
        ).one()
        what = f"na deklarację współpracy tej jednostki czekają zgłoszenia: {len(numbers)} (nabor unit waiting)"
        lines.append(TodoLine(what, f"jednostka {unit}", OFFICER, warsaw_date(received), None, needs=Right.CORRECT))
    return lines


def _agreements(session: Session, now: datetime) -> Iterator[TodoLine]:
    """Who was asked to sign an agreement and has not: theirs to do until the day, and after it ours to ask."""
    for asked, agreement in session.exec(
        select(AgreementInvitation, Agreement)
        .join(Agreement, col(Agreement.id) == AgreementInvitation.agreement_id)
        .where(AgreementInvitation.state == AskedState.ASKED, Agreement.state == AgreementState.OPEN)
        .order_by(col(AgreementInvitation.id))
    ).all():
        number, since = f"{agreement.code} {REFERENCE}{asked.institution_id}", warsaw_date(asked.asked_at)
        if warsaw_date(now) <= agreement.deadline:
            yield TodoLine("podpis pod porozumieniem", number, INSTITUTION, since, agreement.deadline)
        else:
            what = "porozumienie niepodpisane w terminie; trzeba zapytać (nabor agreement remind)"
            yield TodoLine(what, number, OFFICER, since, agreement.deadline, Right.INSTITUTIONS)


def _teams(session: Session, now: datetime) -> list[TodoLine]:
    """Seats of teams that do not follow the parties of their agreement."""
    return [
        TodoLine(one.what, one.reference, OFFICER, one.since, None, Right.INSTITUTIONS)
        for one in seats_astray(session, now=now)
    ]


def _acts(session: Session) -> list[TodoLine]:
    """Acts of appointment and recall to be made out, and those that have not come back signed."""
    return [
        TodoLine(one.what, one.reference, OFFICER, one.since, None, Right.MEMBERSHIP) for one in acts_awaited(session)
    ]


def _changes(session: Session, now: datetime) -> Iterator[TodoLine]:
    """Changes of the person in a seat that are written down ahead. One that cannot be done is the officer's:
    from its day on with what waits of its call."""
    for change, application in session.exec(
        select(SeatChange, Application)
        .join(Application, col(Application.id) == SeatChange.application_id)
        .where(SeatChange.state == SeatChangeState.AWAITED)
        .order_by(col(SeatChange.on_day), col(SeatChange.id))
    ).all():
        why, since = hindrance(session, change), warsaw_date(change.recorded_at)
        if why is not None:
            if change.on_day > warsaw_date(now):
                what = f"zapisana zmiana nie będzie mogła nastąpić: {why}"
                yield TodoLine(what, application.number, OFFICER, since, change.on_day, Right.MEMBERSHIP)
            continue
        what = (
            f"osoba z tego zgłoszenia zajmie miejsce {house_of(session, change)} w grupie; nastąpi to samo (odwołuje "
            "to: nabor nomination withdraw)"
        )
        yield TodoLine(what, application.number, PROGRAM, since, change.on_day)


def _seats(session: Session, now: datetime) -> Iterator[TodoLine]:
    """Institutions that were asked to name a person: theirs to do until the day, and after it ours to ask. The
    seat of one that works no more is ours to close."""
    for seat, call in session.exec(
        select(InstitutionSeat, Call)
        .join(Group, col(Group.id) == InstitutionSeat.group_id)
        .join(Call, col(Call.id) == Group.call_id)
        .where(
            col(InstitutionSeat.state).in_(ASKED_TO_NAME | {InstitutionSeatState.NAMED}),
            col(InstitutionSeat.institution_id).in_(closed_institutions(session)),
        )
        .order_by(col(InstitutionSeat.id))
    ).all():
        what = "instytucja nie działa, a ma miejsce w grupie (nabor nomination end --close)"
        number = f"{call.code} {REFERENCE}{seat.institution_id}"
        yield TodoLine(what, number, OFFICER, warsaw_date(seat.asked_at), None, Right.MEMBERSHIP)
    for seat, call in silent_seats(session):
        number, since = f"{call.code} {REFERENCE}{seat.institution_id}", warsaw_date(seat.asked_at)
        if warsaw_date(now) <= seat.answer_due:
            yield TodoLine("wskazanie osoby do grupy", number, INSTITUTION, since, seat.answer_due)
        else:
            what = "instytucja nie wskazała osoby w terminie; trzeba zapytać albo odnotować odmowę (nabor nomination)"
            yield TodoLine(what, number, OFFICER, since, seat.answer_due, Right.INSTITUTIONS)
