"""Whose the seats of a group are on a day: as things stand, and by the changes that are written down ahead."""

from datetime import date

from sqlmodel import Session

from flows.steps.awaited_changes import awaited_in
from flows.steps.memberships import seated
from flows.steps.nominations import sitting_in
from models.tables import Application, InstitutionSeat


def expected_on(session: Session, group_id: int, day: date) -> list[Application]:
    """Whose seats in a group are theirs on a day, as things stand and by what is written down ahead, in the order of
    the seats."""
    follow: dict[int, int] = {}
    free: list[int] = []
    for change in awaited_in(session, group_id):
        if change.on_day <= day:
            sitting = sitting_in(session, session.get_one(InstitutionSeat, change.seat_id))
            if sitting is None:
                free.append(change.application_id)
            else:
                follow[sitting.application_id] = change.application_id
    found = [follow.get(one.application_id, one.application_id) for one in seated(session, group_id)]
    return [session.get_one(Application, one) for one in [*found, *free]]


def others_on(session: Session, group_id: int, day: date) -> frozenset[int]:
    """Applications of those who do not sit in a seat on a day because of a change that is written down ahead: somebody
    has followed them by then, or they have not followed yet."""
    found: set[int] = set()
    for change in awaited_in(session, group_id):
        if change.on_day > day:
            found.add(change.application_id)
            continue
        sitting = sitting_in(session, session.get_one(InstitutionSeat, change.seat_id))
        if sitting is not None:
            found.add(sitting.application_id)
    return frozenset(found)
