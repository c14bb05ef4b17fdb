"""Institutions that work no more, or work again, and what that means for their agreements and seats in groups.

While it does not work nobody writes to it; a party that works again is told what it missed.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, func, select

from flows.steps.agreement_notices import tell_missed
from flows.steps.agreement_parties import asked_rows, find_agreement
from flows.steps.agreements import settle
from flows.steps.institution_seat_letters import tell_closed, topic_of
from flows.steps.institutions import find_institution
from flows.steps.nominations import ask_once_more
from flows.steps.outbox import withdraw_contrary
from flows.steps.seat_changes import tell_missed_off
from models.actor import Actor
from models.errors import NotAllowed
from models.events import Happened
from models.tables import (
    Agreement,
    AgreementInvitation,
    AgreementParty,
    Event,
    Institution,
    InstitutionSeat,
    SeatChange,
)
from models.tables.agreements import AskedState
from models.tables.institutions import InstitutionState
from models.tables.nominations import ASKED_TO_NAME, InstitutionSeatState
from models.transitions import move, queue, reference


def close_institution(session: Session, name: str, *, actor: Actor, now: datetime) -> Institution:
    """Records that an institution works no more; its past stays, and it is asked no longer to sign or to name a person.

    A party stays on the list until it leaves, and its seat until it is closed. Raises ``NotAllowed`` when an agreement
    of it is not seen, or a seat for which it is asked.
    """
    row = find_institution(session, name)
    for seat in _seats_asked_for(session, row):
        withdraw_contrary(session, topic_of(seat), actor=actor, now=now)
    for agreement in _agreements_of(session, row):
        for asked in asked_rows(session, agreement):
            if asked.institution_id == row.id and asked.state is AskedState.ASKED:
                settle(session, asked, AskedState.WITHDRAWN, Happened.AGREEMENT_ASKING_ENDED, actor=actor, now=now)
    move(session, row, InstitutionState.CLOSED, happened=Happened.INSTITUTION_CLOSED, actor=actor, now=now)
    return row


def reopen_institution(session: Session, name: str, *, actor: Actor, now: datetime) -> Institution:
    """Records that a closed institution works again, and writes to it what it missed.

    Who joined its agreements meanwhile, which of its seats were closed, and that a change of the person in one does not
    take place; seats that wait for its person ask for one anew, with the blank form and a period of their own. It is
    asked to sign anew only by another invitation. Raises ``NotAllowed`` when an agreement of it is not seen, or a seat
    about which it is written to.
    """
    row = find_institution(session, name)
    agreements = _agreements_of(session, row)
    since = _closed_at(session, row)
    asked, closed = _seats_asked_for(session, row), _seats_closed_since(session, row, since)
    kept = _seats_kept_since(session, row, since)
    move(session, row, InstitutionState.ACTIVE, happened=Happened.INSTITUTION_REOPENED, actor=actor, now=now)
    for agreement in agreements:
        tell_missed(session, agreement, row.id or 0, actor=actor, now=now)
    for seat in kept:
        tell_missed_off(session, seat, since=since, actor=actor, now=now)
    for seat in asked:
        ask_once_more(session, seat, actor=actor, now=now)
    for seat in closed:
        message = tell_closed(session, seat, reason=_WAS_AWAY, sat=False, actor=actor, now=now)
        queue(session, [message] if message else [], actor=actor, now=now)
    return row


_WAS_AWAY = "Gdy miejsce zamykano, instytucja była u nas odnotowana jako taka, która już nie działa."


def _agreements_of(session: Session, institution: Institution) -> list[Agreement]:
    """The agreements that it is or was in or asked to, locked, so that nobody joins one meanwhile."""
    ids: set[int] = set()
    for table in (AgreementInvitation, AgreementParty):
        # Past the scope: one that is not seen must not be left out in silence.
        columns = SQLModel.metadata.tables[str(table.__tablename__)].c
        found = session.connection().execute(
            sa.select(columns.agreement_id).where(columns.institution_id == institution.id)
        )
        ids.update(found.scalars())
    codes = session.exec(select(Agreement.code).where(col(Agreement.id).in_(ids)).order_by(col(Agreement.id))).all()
    if len(codes) != len(ids):
        raise NotAllowed(
            "Ta instytucja jest w porozumieniu spoza obszaru tego konta. Proszę to zrobić z konta, które obejmuje "
            "cały powiat albo województwo."
        )
    return [find_agreement(session, code, lock=True) for code in codes]


def _seats_asked_for(session: Session, institution: Institution) -> list[InstitutionSeat]:
    """Its seats for which it is asked to name a person."""
    return _seen(session, _seats_in(session, institution, ASKED_TO_NAME))


def _closed_at(session: Session, institution: Institution) -> int:
    """The event since which it works no more."""
    found = session.exec(
        select(func.max(col(Event.id))).where(
            Event.subject == reference(institution), Event.kind == Happened.INSTITUTION_CLOSED
        )
    ).one()
    return found or 0


def _seats_closed_since(session: Session, institution: Institution, since: int) -> list[InstitutionSeat]:
    """Its seats that were closed since an event: it was not told."""
    ids = _seats_in(session, institution, {InstitutionSeatState.CLOSED})
    happened = _subjects_since(session, Happened.INSTITUTION_SEAT_CLOSED, since)
    return _seen(session, [one for one in ids if _named(InstitutionSeat, one) in happened])


def _seats_kept_since(session: Session, institution: Institution, since: int) -> list[InstitutionSeat]:
    """Its seats in which a change that was to come was called off since an event: it was not told."""
    ids = _seats_in(session, institution, ASKED_TO_NAME | {InstitutionSeatState.NAMED})
    columns = SQLModel.metadata.tables[str(SeatChange.__tablename__)].c
    happened = _subjects_since(session, Happened.SEAT_CHANGE_CALLED_OFF, since)
    rows = session.connection().execute(sa.select(columns.id, columns.seat_id).where(columns.seat_id.in_(ids)))
    kept = {seat for change, seat in rows if _named(SeatChange, change) in happened}
    return _seen(session, sorted(kept))


def _named(table: type[InstitutionSeat] | type[SeatChange], row_id: int) -> str:
    """As ``reference`` names a row, of which only the id may be seen."""
    return f"{table.__name__.lower()}/{row_id}"


def _subjects_since(session: Session, kind: Happened, since: int) -> set[str]:
    # Past the scope, as above.
    columns = SQLModel.metadata.tables[str(Event.__tablename__)].c
    rows = session.connection().execute(
        sa.select(columns.subject).where(columns.kind == kind.value, columns.id > since)
    )
    return set(rows.scalars())


def _seats_in(session: Session, institution: Institution, states: Collection[InstitutionSeatState]) -> Sequence[int]:
    # Past the scope, as above.
    columns = SQLModel.metadata.tables[str(InstitutionSeat.__tablename__)].c
    return (
        session.connection()
        .execute(sa.select(columns.id).where(columns.institution_id == institution.id, columns.state.in_(states)))
        .scalars()
        .all()
    )


def _seen(session: Session, ids: Collection[int]) -> list[InstitutionSeat]:
    """These seats, locked. Raises ``NotAllowed`` when one is not seen."""
    rows = session.exec(
        select(InstitutionSeat)
        .where(col(InstitutionSeat.id).in_(ids))
        .order_by(col(InstitutionSeat.id))
        .with_for_update()
    ).all()
    if len(rows) != len(ids):
        raise NotAllowed(
            "Ta instytucja ma miejsce w grupie spoza obszaru tego konta. Proszę to zrobić z konta, które obejmuje "
            "cały powiat albo województwo."
        )
    return list(rows)
