"""For which institution's seat a form was sent: by the office's symbol, by NIP and name, or by name and seat.

Nothing is guessed: what is not certain stays open, is on record, and an officer says it.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.applications import call_of, current_values, find_application
from flows.steps.awaited_changes import newest_change
from flows.steps.calls import group_of
from flows.steps.institution_seats import find_seat, nominating
from flows.steps.institutions import REFERENCE, code_of
from flows.steps.nominations import seats_of_group
from flows.steps.people import value_of
from flows.steps.projects import definition_for
from models.actor import Actor, Right
from models.errors import BadInput
from models.events import Happened
from models.group_kinds import SEAT_FIELD, Admission
from models.rules.area import within
from models.tables import Application, Event, FieldValue, Institution, InstitutionSeat
from models.tables.applications import ApplicationState
from models.tables.nominations import SeatChangeState
from models.territory import plain
from models.transitions import note, reference
from templates.polish import short_date

NAME, NIP, GMINA = "instytucja.nazwa", "instytucja.nip", "instytucja.gmina"


def learn_seat(session: Session, application: Application, *, actor: Actor, now: datetime) -> None:
    """Writes to an application of a call by nomination whose seat its answers on record name for certain.

    What an officer said of it stays, whatever the form says later.
    """
    call = call_of(session, application)
    kind = definition_for(session, call).group_kind(call.group_kind)
    if kind.admission is not Admission.NOMINATION or _said_by_officer(session, application):
        return
    found = _claimed(session, group_of(session, call).id or 0, current_values(session, application))
    told = found.id if found is not None else None
    news = told != application.seat_id or (told is None and not _noted(session, application))
    application.seat_id = told
    session.add(application)
    session.flush()
    if news:
        _note(session, application, found, by="form", actor=actor, now=now)


def assign_seat(session: Session, number: str, name: str, *, actor: Actor, now: datetime) -> InstitutionSeat:
    """An officer says for whose seat an application was sent. Raises ``BadInput`` once the person sits in one."""
    actor.require(Right.TAKE_IN)
    application = find_application(session, number)
    call, _ = nominating(session, call_of(session, application).code)
    session.refresh(application, with_for_update=True)
    if application.state in (ApplicationState.ADMITTED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN):
        raise BadInput(f"O zgłoszeniu {number} już rozstrzygnięto; nie zmienia się, w czyim imieniu je złożono.")
    seat = find_seat(session, call, name)
    change = newest_change(session, application)
    if change is not None and change.state is SeatChangeState.AWAITED and change.seat_id != seat.id:
        raise BadInput(
            f"Zgłoszenie {number} ma zająć miejsce innej instytucji od {short_date(change.on_day)}. Najpierw trzeba "
            f"odwołać tę zmianę: nabor nomination withdraw {number}."
        )
    application.seat_id = seat.id
    session.add(application)
    session.flush()
    _note(session, application, seat, by="officer", actor=actor, now=now)
    return seat


def _note(
    session: Session,
    application: Application,
    seat: InstitutionSeat | None,
    *,
    by: str,
    actor: Actor,
    now: datetime,
) -> None:
    note(
        session,
        reference(application),
        happened=Happened.NAMED_FOR_SEAT if seat is not None else Happened.SEAT_UNCLEAR,
        actor=actor,
        now=now,
        area=application.area,
        facts={"institution": f"{REFERENCE}{seat.institution_id}", "by": by} if seat is not None else {},
    )


def _noted(session: Session, application: Application) -> bool:
    kinds = (Happened.NAMED_FOR_SEAT, Happened.SEAT_UNCLEAR)
    last = session.exec(
        select(Event.kind)
        .where(Event.subject == reference(application), col(Event.kind).in_(kinds))
        .order_by(col(Event.id).desc())
    ).first()
    return last == Happened.SEAT_UNCLEAR


def _said_by_officer(session: Session, application: Application) -> bool:
    rows = session.exec(
        select(Event.facts).where(Event.subject == reference(application), Event.kind == Happened.NAMED_FOR_SEAT)
    ).all()
    return any(facts.get("by") == "officer" for facts in rows)


def _claimed(session: Session, group_id: int, values: dict[str, FieldValue]) -> InstitutionSeat | None:
    """The one seat that everything in the form agrees on; ``None`` when nothing names one, or two are named."""
    seats = seats_of_group(session, group_id)
    houses = {seat.institution_id: session.get_one(Institution, seat.institution_id) for seat in seats}
    symbol = value_of(values, SEAT_FIELD).strip().upper().replace(" ", "")
    name, nip, gmina = plain(value_of(values, NAME)), value_of(values, NIP), value_of(values, GMINA)

    def same_name(house: Institution) -> bool:
        return bool(name) and house.name_plain == name

    if symbol:
        named = next((one for one in seats if code_of(houses[one.institution_id]) == symbol), None)
        if named is None:
            return None
        house = houses[named.institution_id]
        # The symbol alone may be a slip of the pen: name or NIP must go with it, where both are known.
        agrees = same_name(house) or not name or (bool(nip) and house.nip == nip)
        return named if agrees else None
    by_nip = [one for one in seats if nip and houses[one.institution_id].nip == nip]
    both = [one for one in by_nip if same_name(houses[one.institution_id])]
    if both:
        return both[0] if len(both) == 1 else None
    placed = [
        one
        for one in seats
        if same_name(houses[one.institution_id])
        and gmina
        and within(gmina, houses[one.institution_id].area)
        # Another NIP than the register has is another institution, until somebody says otherwise.
        and (not nip or houses[one.institution_id].nip in (None, nip))
    ]
    return placed[0] if len(placed) == 1 else None
