"""A message as a line for officers: when, by which number, which letter, by which rule. Never a name or an address."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from flows.steps.message_frames import application_behind
from models.tables import (
    Agreement,
    AgreementInvitation,
    Application,
    Call,
    Group,
    InstitutionSeat,
    Membership,
    Message,
    Officer,
)
from models.tables.applications import ApplicationState
from models.tables.memberships import SEATED, MembershipState

_REMINDER = "reminder_"
_CLOSED = frozenset({ApplicationState.WITHDRAWN, ApplicationState.CLOSED_INCOMPLETE, ApplicationState.REFUSED})


@dataclass(frozen=True)
class LetterLine:
    """One letter: ``number`` is that of the application (else the file or the account), ``rule`` that of a reminder."""

    at: datetime
    number: str
    event: str
    rule: str
    person: str
    """Tells apart people who have several applications, and institutions; an id."""
    out: bool
    """Whether it reminds somebody who is out."""


def line_of(session: Session, message: Message, *, at: datetime) -> LetterLine:
    """The line of a message that leaves at the instant; who is out is judged by what is so now."""
    application = application_behind(session, message)
    return LetterLine(
        at=at,
        number=application.number if application else _other(session, message),
        event=message.event,
        rule=rule_of(message),
        person=_whom(message),
        out=message.event.startswith(_REMINDER) and application is not None and is_out(session, application),
    )


def _whom(message: Message) -> str:
    if message.institution_id is not None:
        return f"institution/{message.institution_id}"
    return f"person/{message.person_id}" if message.person_id is not None else message.subject_ref


def rule_of(message: Message) -> str:
    """The rule that wrote a reminder; empty for all other letters."""
    if not message.event.startswith(_REMINDER):
        return ""
    name = message.key.rpartition(":")[2].partition("@")[0]
    return name.rpartition("-")[0]


def is_out(session: Session, application: Application) -> bool:
    """Whether nothing is expected of the person any more: withdrawn, closed, or no seat where there was one."""
    if application.state in _CLOSED:
        return True
    membership = session.exec(
        select(Membership).where(Membership.application_id == application.id).order_by(col(Membership.id).desc())
    ).first()
    return membership is not None and membership.state not in {MembershipState.OFFERED, *SEATED}


def _other(session: Session, message: Message) -> str:
    noun, _, row = message.subject_ref.partition("/")
    if noun == "officer" and (officer := session.get(Officer, int(row))) is not None:
        return f"konto {officer.login}"
    if noun == "agreementinvitation" and (asked := session.get(AgreementInvitation, int(row))) is not None:
        noun, row = "agreement", str(asked.agreement_id)
    if noun == "institutionseat" and (seat := session.get(InstitutionSeat, int(row))) is not None:
        return session.get_one(Call, session.get_one(Group, seat.group_id).call_id).code
    if noun == "agreement" and (agreement := session.get(Agreement, int(row))) is not None:
        return agreement.code
    if noun == "submittedfile":
        return f"plik {row}"
    return message.subject_ref
