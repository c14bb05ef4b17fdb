"""Who is a party to an agreement, and who was: the list that follows from the steps of the institutions."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.steps.institutions import Signatory
from flows.steps.outbox import institution_names
from models.errors import NotFound
from models.tables import Agreement, AgreementInvitation, AgreementParty, AgreementText
from models.tables.agreements import AgreementState, AskedState, PartyStep
from models.tables.projects import Manner

JOINS = frozenset({PartyStep.SIGNED, PartyStep.ACCEDED})


@dataclass(frozen=True)
class Party:
    """A party as the list shows it: its number, what it was called, when and how it became one."""

    number: int
    institution_id: int
    name: str
    step: PartyStep
    on_day: date
    manner: Manner | None
    signatories: tuple[Signatory, ...]
    file_id: int | None
    recorded_at: datetime


def find_agreement(session: Session, code: str, *, lock: bool = False) -> Agreement:
    """The agreement of that code within the actor's scope; ``lock``: nobody else changes its parties meanwhile."""
    query = select(Agreement).where(Agreement.code == code)
    row = session.exec(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound(f"Nie ma porozumienia „{code}” (albo leży poza obszarem tego konta).")
    return row


def parties_of(
    session: Session, agreement: Agreement, *, at: datetime | None = None, on: date | None = None
) -> list[Party]:
    """The parties, numbered in the order in which they became ones.

    ``at``: as it stood on record at that moment. ``on``: who was one on that day, by the days of the signatures.
    """
    query = select(AgreementParty).where(AgreementParty.agreement_id == agreement.id)
    if at is not None:
        query = query.where(col(AgreementParty.recorded_at) <= at)
    if on is not None:
        query = query.where(col(AgreementParty.on_day) <= on)
    # By their days only where a day is asked about: what is on record holds in the order in which it was recorded.
    order = (AgreementParty.on_day, AgreementParty.ordinal) if on is not None else (AgreementParty.ordinal,)
    found: dict[int, AgreementParty] = {}
    for row in session.exec(query.order_by(*map(col, order))).all():
        found.pop(row.institution_id, None)
        if row.step in JOINS:
            found[row.institution_id] = row
    return [
        Party(
            number=number,
            institution_id=row.institution_id,
            name=row.name,
            step=row.step,
            on_day=row.on_day,
            manner=row.manner,
            signatories=tuple(Signatory(**one) for one in json.loads(row.signatories)),
            file_id=row.file_id,
            recorded_at=row.recorded_at,
        )
        for number, row in enumerate(found.values(), start=1)
    ]


def steps_of(session: Session, agreement: Agreement) -> list[AgreementParty]:
    """Every step of every institution, in the order of recording."""
    rows = select(AgreementParty).where(AgreementParty.agreement_id == agreement.id)
    return list(session.exec(rows.order_by(col(AgreementParty.ordinal))).all())


@dataclass(frozen=True)
class Asked:
    """An institution that was asked, and how it stands with it."""

    institution_id: int
    name: str
    state: AskedState
    asked_at: datetime
    text: int | None
    """The number of the text that it was asked to sign last."""


def asked_of(session: Session, agreement: Agreement) -> list[Asked]:
    """Everybody who was asked to sign, in order."""
    rows = asked_rows(session, agreement)
    names = institution_names(session, {row.institution_id for row in rows})
    texts = select(AgreementText.id, AgreementText.number).where(AgreementText.agreement_id == agreement.id)
    numbers = dict(session.exec(texts).all())
    return [
        Asked(row.institution_id, names[row.institution_id], row.state, row.asked_at, numbers.get(row.text_id))
        for row in rows
    ]


@dataclass(frozen=True)
class AgreementLine:
    """One agreement in a list."""

    code: str
    title: str
    area: str
    state: AgreementState
    deadline: date
    parties: int
    unsigned: int


def agreement_lines(session: Session, *, area: str = "") -> list[AgreementLine]:
    """The agreements of an area by code."""
    rows = session.exec(
        select(Agreement)
        .where(col(Agreement.area).startswith(area, autoescape=True))
        .order_by(Agreement.area, Agreement.code)
    ).all()
    return [
        AgreementLine(
            code=row.code,
            title=row.title,
            area=row.area,
            state=row.state,
            deadline=row.deadline,
            parties=len(parties_of(session, row)),
            unsigned=sum(one.state is AskedState.ASKED for one in asked_rows(session, row)),
        )
        for row in rows
    ]


def asked_rows(session: Session, agreement: Agreement) -> list[AgreementInvitation]:
    """The rows of everybody who was ever asked, in order."""
    rows = session.exec(
        select(AgreementInvitation)
        .where(AgreementInvitation.agreement_id == agreement.id)
        .order_by(col(AgreementInvitation.id))
    ).all()
    return list(rows)
