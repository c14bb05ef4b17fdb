"""A message as a line for officers: when, by which number, which letter, by which rule. Never a name or an address."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models.tables import (
    Appeal,
    Application,
    Correction,
    Invitation,
    Meeting,
    Membership,
    Message,
    Officer,
    Stipend,
)
from models.tables.applications import ApplicationState
from models.tables.memberships import SEATED, MembershipState

_REMINDER = "reminder_"
_CLOSED = frozenset({ApplicationState.WITHDRAWN, ApplicationState.CLOSED_INCOMPLETE})


@dataclass(frozen=True)
class LetterLine:
    """One letter: ``number`` is that of the application (else the file or the account), ``rule`` that of a reminder."""

    at: datetime
    number: str
    event: str
    rule: str
    person: str
    """Tells people apart who have several applications; an id."""
    out: bool
    """Whether it reminds somebody who is out."""


def line_of(session: Session, message: Message, *, at: datetime) -> LetterLine:
    """The line of a message that leaves at the instant; who is out is judged by what is so now."""
    application = application_of(session, message)
    return LetterLine(
        at=at,
        number=application.number if application else _other(session, message),
        event=message.event,
        rule=rule_of(message),
        person=f"person/{message.person_id}" if message.person_id is not None else message.subject_ref,
        out=message.event.startswith(_REMINDER) and application is not None and is_out(session, application),
    )


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


def application_of(session: Session, message: Message) -> Application | None:
    """The application that a message is about; ``None`` for files that are none yet, and for officers."""
    noun, _, row = message.subject_ref.partition("/")
    if not row.isdigit():
        return None
    row_id = int(row)
    match noun:
        case "application":
            return session.get(Application, row_id)
        case "correction":
            return _by_id(session, about.application_id if (about := session.get(Correction, row_id)) else None)
        case "appeal":
            return _by_id(session, filed.application_id if (filed := session.get(Appeal, row_id)) else None)
        case "membership":
            return _of_member(session, row_id)
        case "invitation":
            return _of_member(session, asked.membership_id if (asked := session.get(Invitation, row_id)) else None)
        case "stipend":
            return _of_member(session, paid.membership_id if (paid := session.get(Stipend, row_id)) else None)
        case "meeting":
            return _of_meeting(session, row_id, message.person_id)
        case _:
            return None


def _by_id(session: Session, application_id: int | None) -> Application | None:
    return None if application_id is None else session.get(Application, application_id)


def _of_member(session: Session, membership_id: int | None) -> Application | None:
    membership = None if membership_id is None else session.get(Membership, membership_id)
    return _by_id(session, membership.application_id if membership else None)


def _of_meeting(session: Session, meeting_id: int, person_id: int | None) -> Application | None:
    """That of the person's membership in the group that meets."""
    return session.exec(
        select(Application)
        .join(Membership, col(Membership.application_id) == Application.id)
        .join(Meeting, col(Meeting.group_id) == Membership.group_id)
        .where(Meeting.id == meeting_id, Membership.person_id == person_id)
        .order_by(col(Membership.id).desc())
    ).first()


def _other(session: Session, message: Message) -> str:
    noun, _, row = message.subject_ref.partition("/")
    if noun == "officer" and (officer := session.get(Officer, int(row))) is not None:
        return f"konto {officer.login}"
    if noun == "submittedfile":
        return f"plik {row}"
    return message.subject_ref
