"""Who sits in an institution's seat from which day to which: the steps in and out, and what may be read from them.

The seat is the institution's: it stays when the person goes, and asks for another one.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.attachments import CALL_FORM
from flows.steps.awaited_changes import awaited_change, ending_topic
from flows.steps.documents import newest
from flows.steps.institution_seat_letters import ask_to_name, call_of_seat, nobody_on_the_way, taken_topic
from flows.steps.outbox import withdraw_contrary
from flows.steps.portions import AT_ONCE, portions
from flows.steps.projects import definition_for
from models.actor import Actor
from models.events import Happened
from models.glossary import label
from models.rules.working_days import deadline
from models.tables import Application, Group, Institution, InstitutionSeat, Membership, Nomination
from models.tables.memberships import MembershipState
from models.tables.nominations import ASKED_TO_NAME, InstitutionSeatState, NominationCause, NominationStep
from models.transitions import move
from templates.polish import short_date


@dataclass(frozen=True)
class Sitting:
    """One person in an institution's seat, by ids and number: from ``since`` to the day before ``until``."""

    seat_id: int
    application_id: int
    membership_id: int
    number: str
    since: date
    until: date | None
    """``None`` while it goes on."""
    ended: NominationCause | None
    reason: str = ""

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Seated:
    """A seat of a group on a day: whose it is, and by which application and membership somebody sits in it."""

    seat: InstitutionSeat
    institution: Institution
    sitting: Sitting | None
    """``None``: nobody sits in it."""


def sittings_of(session: Session, seats: Sequence[InstitutionSeat]) -> dict[int, list[Sitting]]:
    """Everybody who ever sat in these seats, by the seat's id, the first one first."""
    ids = [seat.id for seat in seats if seat.id is not None]
    rows = session.exec(
        select(Nomination, Application.number)
        .join(Application, col(Application.id) == Nomination.application_id)
        .where(col(Nomination.seat_id).in_(ids))
        .order_by(col(Nomination.seat_id), col(Nomination.ordinal))
    ).all()
    found: dict[int, list[Sitting]] = defaultdict(list)
    for row, number in rows:
        line = found[row.seat_id]
        if row.step is NominationStep.SEATED:
            line.append(Sitting(row.seat_id, row.application_id, row.membership_id, number, row.on_day, None, None))
            continue
        last = line.pop()
        line.append(
            Sitting(
                last.seat_id,
                last.application_id,
                last.membership_id,
                last.number,
                last.since,
                row.on_day,
                row.cause,
                row.reason or "",
            )
        )
    return dict(found)


def sitting_in(session: Session, seat: InstitutionSeat) -> Sitting | None:
    """Who sits in the seat now."""
    line = sittings_of(session, [seat]).get(seat.id or 0, [])
    return line[-1] if line and line[-1].until is None else None


def seats_of_group(session: Session, group_id: int) -> list[InstitutionSeat]:
    """All seats of a group, in the order in which the institutions were invited."""
    return list(
        session.exec(
            select(InstitutionSeat).where(InstitutionSeat.group_id == group_id).order_by(col(InstitutionSeat.id))
        ).all()
    )


def who_sat(session: Session, group_id: int, on: date) -> list[Seated]:
    """Every seat of a group, and who sat in it on a day, by what is recorded now."""
    seats = seats_of_group(session, group_id)
    lines = sittings_of(session, seats)
    return [
        Seated(
            seat,
            session.get_one(Institution, seat.institution_id),
            next((one for one in reversed(lines.get(seat.id or 0, [])) if one.on(on)), None),
        )
        for seat in seats
    ]


def strayed_seats(session: Session) -> tuple[str, ...]:
    """A sentence for each seat whose state is not what the steps into it and out of it say, and for each in which one
    person sat before the last one had left."""
    flaws: list[str] = []
    seats = session.exec(select(InstitutionSeat).order_by(col(InstitutionSeat.id))).all()
    for some in portions(seats, AT_ONCE):
        lines = sittings_of(session, some)
        for seat in some:
            line = lines.get(seat.id or 0, [])
            sits = [one for one in line if one.until is None]
            named = seat.state is InstitutionSeatState.NAMED
            found = [
                f"{after.number} jest w nim od {short_date(after.since)}, a wolne było dopiero od "
                f"{short_date(before.until)} (przedtem {before.number})"
                for before, after in pairwise(line)
                if before.until is not None and after.since < before.until
            ]
            if named != bool(sits) or len(sits) > 1:
                found.append(f"stan „{label(seat.state)}”, a według historii osób w nim: {len(sits)}")
            if found:
                house = f"I{seat.institution_id}, {session.get_one(Group, seat.group_id).name}"
                flaws.extend(f"miejsce instytucji {house}: {one}" for one in found)
    return tuple(flaws)


def step_in(
    session: Session,
    seat: InstitutionSeat,
    membership: Membership,
    *,
    on: date,
    cause: NominationCause = NominationCause.NAMED,
    actor: Actor,
    now: datetime,
) -> Nomination:
    """Records that a person sits in the seat from a day on."""
    return _step(session, seat, membership, NominationStep.SEATED, cause, on, "", actor=actor, now=now)


def step_out(
    session: Session,
    seat: InstitutionSeat,
    membership: Membership,
    *,
    on: date,
    cause: NominationCause,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Nomination:
    """Records that a person does not sit in the seat from a day on; that they do is not told any more."""
    withdraw_contrary(session, taken_topic(seat), actor=actor, now=now)
    change = awaited_change(session, seat)
    if change is not None:
        withdraw_contrary(session, ending_topic(change), actor=actor, now=now)
    return _step(session, seat, membership, NominationStep.ENDED, cause, on, reason, actor=actor, now=now)


def _step(
    session: Session,
    seat: InstitutionSeat,
    membership: Membership,
    step: NominationStep,
    cause: NominationCause,
    on: date,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Nomination:
    assert seat.id is not None
    assert membership.id is not None
    ordinals = session.exec(select(Nomination.ordinal).where(Nomination.seat_id == seat.id)).all()
    row = Nomination(
        area=seat.area,
        seat_id=seat.id,
        ordinal=max(ordinals, default=0) + 1,
        step=step,
        cause=cause,
        on_day=on,
        application_id=membership.application_id,
        membership_id=membership.id,
        reason=reason or None,
        recorded_at=now,
        recorded_by=actor.login,
    )
    session.add(row)
    session.flush()
    return row


_CAUSES = {
    MembershipState.STRUCK_OFF: NominationCause.STRUCK_OFF,
    MembershipState.LEFT: NominationCause.LEFT,
}


def free_seat(session: Session, membership: Membership, *, actor: Actor, now: datetime) -> bool:
    """Frees the institution's seat that a membership held, once that has ended, and asks for another person.

    Returns whether it did: not for a membership of another kind, or one whose seat was freed before.
    """
    seat_id = session.exec(select(Nomination.seat_id).where(Nomination.membership_id == membership.id)).first()
    if seat_id is None:
        return False
    seat = session.get_one(InstitutionSeat, seat_id, with_for_update=True)
    sitting = sitting_in(session, seat)
    if sitting is None or sitting.membership_id != membership.id:
        return False
    today = warsaw_date(now)
    cause = _CAUSES.get(membership.state, NominationCause.WITHDRAWN)
    # Who is written in for a day to come does not leave before it.
    step_out(session, seat, membership, on=max(today, sitting.since), cause=cause, actor=actor, now=now)
    vacate(session, seat, free_since=today, cause=cause, actor=actor, now=now)
    return True


def vacate(
    session: Session, seat: InstitutionSeat, *, free_since: date, cause: NominationCause, actor: Actor, now: datetime
) -> None:
    """The seat waits for another person of its institution, which is asked for one unless it has named one ahead."""
    call = call_of_seat(session, seat)
    ask_again(session, seat, now=now)
    move(
        session,
        seat,
        InstitutionSeatState.VACANT,
        happened=Happened.INSTITUTION_SEAT_FREED,
        actor=actor,
        now=now,
        facts={"cause": cause, "on": free_since.isoformat(), "answer_due": seat.answer_due.isoformat()},
    )
    if awaited_change(session, seat) is None:
        ask_to_name(session, seat, newest(session, CALL_FORM, call.code), free_since=free_since, actor=actor, now=now)


def ask_again(session: Session, seat: InstitutionSeat, *, due: date | None = None, now: datetime) -> None:
    """One asking more, with a period of its own."""
    definition = definition_for(session, call_of_seat(session, seat))
    seat.asked_at = now
    seat.rounds += 1
    seat.answer_due = due or warsaw_date(deadline(now, definition.nominations.answer_working_days))
    session.add(seat)
    session.flush()


def ask_once_more(session: Session, seat: InstitutionSeat, *, actor: Actor, now: datetime) -> bool:
    """Asks the institution for a person as when the seat came to be, or came free, with the blank form and a new
    period. Returns whether it did: not while somebody is named or a form is on the way."""
    silent = session.exec(select(InstitutionSeat.id).where(InstitutionSeat.id == seat.id, nobody_on_the_way())).first()
    if seat.state not in ASKED_TO_NAME or silent is None or awaited_change(session, seat) is not None:
        return False
    ask_for_person(session, seat, actor=actor, now=now)
    return True


def ask_for_person(session: Session, seat: InstitutionSeat, *, actor: Actor, now: datetime) -> None:
    """Asks an institution in whose seat nobody sits for a person, with the blank form and a new period."""
    line = sittings_of(session, [seat]).get(seat.id or 0, [])
    ask_again(session, seat, now=now)
    form = newest(session, CALL_FORM, call_of_seat(session, seat).code)
    free_since = line[-1].until if line and seat.state is InstitutionSeatState.VACANT else None
    ask_to_name(session, seat, form, free_since=free_since, actor=actor, now=now)
