"""Institutions that work no more, or work again, and what that means for the agreements that they are in or asked to.

While it does not work nobody writes to it; a party that works again is told what it missed.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from flows.steps.agreement_notices import tell_missed
from flows.steps.agreement_parties import asked_rows, find_agreement
from flows.steps.agreements import settle
from flows.steps.institutions import find_institution
from models.actor import Actor
from models.errors import NotAllowed
from models.events import Happened
from models.tables import Agreement, AgreementInvitation, AgreementParty, Institution
from models.tables.agreements import AskedState
from models.tables.institutions import InstitutionState
from models.transitions import move


def close_institution(session: Session, name: str, *, actor: Actor, now: datetime) -> Institution:
    """Records that an institution works no more; its past stays, and it is asked to sign no longer.

    A party stays on the list until it leaves. Raises ``NotAllowed`` when an agreement of it is not seen.
    """
    row = find_institution(session, name)
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
