"""Changes of the person in an institution's seat whose day has not come: what is on record."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, func, select

from models.tables import Application, InstitutionSeat, SeatChange
from models.tables.nominations import SeatChangeState
from models.transitions import reference


def awaited_change(session: Session, seat: InstitutionSeat) -> SeatChange | None:
    """The change that a seat awaits: one at most."""
    return session.exec(
        select(SeatChange).where(SeatChange.seat_id == seat.id, SeatChange.state == SeatChangeState.AWAITED)
    ).first()


def newest_change(session: Session, application: Application) -> SeatChange | None:
    """The last change by which the person of an application was to take a seat, whatever became of it."""
    return session.exec(
        select(SeatChange).where(SeatChange.application_id == application.id).order_by(col(SeatChange.id).desc())
    ).first()


def changes_of_group(session: Session, group_id: int) -> Sequence[SeatChange]:
    """All changes that were written down ahead for the seats of a group, done and called off ones too."""
    return session.exec(
        select(SeatChange)
        .join(InstitutionSeat, col(InstitutionSeat.id) == SeatChange.seat_id)
        .where(InstitutionSeat.group_id == group_id)
        .order_by(col(SeatChange.on_day), col(SeatChange.id))
    ).all()


def awaited_in(session: Session, group_id: int) -> list[SeatChange]:
    """The changes that the seats of a group await, the next one first."""
    return [one for one in changes_of_group(session, group_id) if one.state is SeatChangeState.AWAITED]


def due_in(session: Session, group_id: int, today: date) -> list[SeatChange]:
    """Those of them whose day has come."""
    return [one for one in awaited_in(session, group_id) if one.on_day <= today]


def change_due(session: Session, today: date) -> bool:
    """Whether the day of an awaited change has come, in any group."""
    due = select(SeatChange.id).where(SeatChange.state == SeatChangeState.AWAITED, col(SeatChange.on_day) <= today)
    return session.exec(due).first() is not None


def next_change_after(session: Session, day: date) -> date | None:
    """The first day after this one that a change is written down for, in any group."""
    return session.exec(
        select(func.min(col(SeatChange.on_day))).where(
            SeatChange.state == SeatChangeState.AWAITED, col(SeatChange.on_day) > day
        )
    ).one()


def ending_topic(change: SeatChange) -> str:
    """What the letter to who sits in the seat until the day is about: untrue once they leave before it."""
    return f"{reference(change)}/until"
