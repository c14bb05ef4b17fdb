"""Institutions that work no more, or work again, and what that means for their agreements and seats in groups.

While it does not work nobody writes to it; a party that works again is told what it missed.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from flows.steps.agreement_notices import tell_missed
from flows.steps.agreement_parties import asked_rows, find_agreement
from flows.steps.agreements import settle
from flows.steps.institution_seat_letters import topic_of
from flows.steps.institutions import find_institution
from flows.steps.outbox import withdraw_contrary
from models.actor import Actor
from models.errors import NotAllowed
from models.events import Happened
from models.tables import Agreement, AgreementInvitation, AgreementParty, Institution, InstitutionSeat
from models.tables.agreements import AskedState
from models.tables.institutions import InstitutionState
from models.tables.nominations import ASKED_TO_NAME
from models.transitions import move


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
    """Records that a closed institution works again, and writes to it who joined its agreements meanwhile.

    It is asked to sign anew only by another invitation. Raises ``NotAllowed`` when an agreement of it is not seen.
    """
    row = find_institution(session, name)
    agreements = _agreements_of(session, row)
    move(session, row, InstitutionState.ACTIVE, happened=Happened.INSTITUTION_REOPENED, actor=actor, now=now)
    for agreement in agreements:
        tell_missed(session, agreement, row.id or 0, actor=actor, now=now)
    return row


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
    columns = SQLModel.metadata.tables[str(InstitutionSeat.__tablename__)].c
    # Past the scope, as above.
    ids = (
        session.connection()
        .execute(
            sa.select(columns.id).where(columns.institution_id == institution.id, columns.state.in_(ASKED_TO_NAME))
        )
        .scalars()
        .all()
    )
    rows = session.exec(select(InstitutionSeat).where(col(InstitutionSeat.id).in_(ids))).all()
    if len(rows) != len(ids):
        raise NotAllowed(
            "Ta instytucja ma wskazać osobę do grupy spoza obszaru tego konta. Proszę to zrobić z konta, które "
            "obejmuje cały powiat albo województwo."
        )
    return list(rows)
