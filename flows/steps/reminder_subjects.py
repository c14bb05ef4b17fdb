"""What somebody may be reminded of now: each open matter with its dates, its state, and whose it is.

Who was not told has nothing to be reminded of; what is over, or was answered, is not among these.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from flows.steps.agreement_texts import was_asked
from flows.steps.bills import bill_due
from flows.steps.corrections import period_ends
from flows.steps.institution_seat_letters import was_asked_to_name
from flows.steps.institution_seats import silent_seats
from flows.steps.institutions import REFERENCE
from flows.steps.meetings import days_of
from flows.steps.memberships import offer_ends
from flows.steps.projects import definition_of
from models.reminder_rules import ReminderDate, ReminderEvent, UnlessKind
from models.rules.working_days import end_of_day
from models.tables import (
    Agreement,
    AgreementInvitation,
    Application,
    Correction,
    Invitation,
    Meeting,
    Membership,
    Message,
    ProjectVersion,
    Stipend,
)
from models.tables.agreements import AgreementState, AskedState
from models.tables.applications import CorrectionState
from models.tables.meetings import EXPECTED, InvitationState, MeetingState
from models.tables.memberships import SEATED, MembershipState
from models.tables.outbox import MessageState
from models.tables.stipends import StipendState


@dataclass(frozen=True)
class Subject:
    """One matter: the row, the dates that a rule may count from, what is known of the answer, who and where."""

    id: int
    dates: Mapping[ReminderDate, datetime]
    states: frozenset[UnlessKind]
    person_id: int | None
    number: str
    area: str
    institution_id: int | None = None
    """Whose it is where that is no person."""


Subjects = Iterator[Subject]
_NOTHING: frozenset[UnlessKind] = frozenset()
_UPDATE = "invitation_update"


def subjects_of(session: Session, event: ReminderEvent, *, project: str, now: datetime) -> Subjects:
    """Every matter of the kind in the project, in the order of the rows."""
    return _SUBJECTS[event](session, project, now)


def _open_corrections(session: Session, project: str, now: datetime) -> Subjects:
    for row, application in session.exec(
        select(Correction, Application)
        .join(Application, col(Application.id) == Correction.application_id)
        .where(Correction.state == CorrectionState.OPEN)
        .order_by(col(Correction.id))
    ).all():
        if not application.number.startswith(f"{project}/"):
            continue
        ends = period_ends(session, row)
        # Nobody is reminded of a letter that has not left.
        if row.id is not None and ends is not None and ends >= now:
            dates = {ReminderDate.DEADLINE: ends, ReminderDate.ASKED: row.asked_at}
            yield Subject(row.id, dates, _NOTHING, application.person_id, application.number, row.area)


def _open_offers(session: Session, project: str, now: datetime) -> Subjects:
    for row, application in session.exec(
        select(Membership, Application)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(Membership.state == MembershipState.OFFERED)
        .order_by(col(Membership.id))
    ).all():
        if not application.number.startswith(f"{project}/"):
            continue
        ends = offer_ends(session, row)
        # Who was not told has nothing to be reminded of, and no period that runs.
        if row.id is not None and ends is not None and ends >= now:
            dates = {ReminderDate.DEADLINE: ends, ReminderDate.ASKED: row.offered_at}
            yield Subject(row.id, dates, _NOTHING, row.person_id, application.number, row.area)


def _unanswered_invitations(session: Session, project: str, now: datetime) -> Subjects:
    return _invitations(session, project, now, (InvitationState.INVITED,))


def _coming_meetings(session: Session, project: str, now: datetime) -> Subjects:
    return _invitations(session, project, now, EXPECTED)


def _invitations(session: Session, project: str, now: datetime, states: Collection[InvitationState]) -> Subjects:
    """Invitations of those who hold a seat, or take one's place, to meetings that have not begun."""
    updated = _last_updates(session)
    begins: dict[int, datetime | None] = {}
    for row, application in session.exec(
        select(Invitation, Application)
        .outerjoin(Membership, col(Membership.id) == Invitation.membership_id)
        .join(Application, col(Application.id) == func.coalesce(Membership.application_id, Invitation.application_id))
        .where(
            col(Invitation.state).in_(states),
            # A substitute comes without a seat.
            or_(col(Membership.state).in_(SEATED), col(Invitation.membership_id).is_(None)),
        )
        .order_by(col(Invitation.id))
    ).all():
        if row.meeting_id not in begins:
            begins[row.meeting_id] = _begins(session, row.meeting_id, project, now)
        starts = begins[row.meeting_id]
        if row.id is None or starts is None:
            continue
        changed = updated.get((f"meeting/{row.meeting_id}", application.person_id), row.invited_at)
        dates = {ReminderDate.ASKED: max(row.invited_at, changed), ReminderDate.MEETING: starts}
        accepted = row.state is InvitationState.ACCEPTED
        known = frozenset({UnlessKind.ANSWERED, UnlessKind.CONFIRMED}) if accepted else _NOTHING
        yield Subject(row.id, dates, known, application.person_id, application.number, row.area)


def _last_updates(session: Session) -> dict[tuple[str, int | None], datetime]:
    """When whom a changed invitation to which meeting was written: from then on an answer is asked for anew."""
    rows = session.exec(
        select(Message.subject_ref, Message.person_id, func.max(Message.created_at))
        .where(Message.event == _UPDATE, Message.state != MessageState.WITHDRAWN)
        .group_by(Message.subject_ref, col(Message.person_id))
    ).all()
    return {(subject, person): at for subject, person, at in rows}


def _begins(session: Session, meeting_id: int, project: str, now: datetime) -> datetime | None:
    """When a meeting of the project begins that people are invited to; ``None`` when it has, or is off."""
    meeting = session.get_one(Meeting, meeting_id)
    starts = days_of(session, meeting)[0].starts_at
    coming = starts > now and meeting.state is MeetingState.INVITED
    return starts if coming and _of_project(session, meeting, project) else None


def _unsigned_bills(session: Session, project: str, now: datetime) -> Subjects:
    for row, membership, application in session.exec(
        select(Stipend, Membership, Application)
        .join(Membership, col(Membership.id) == Stipend.membership_id)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(Stipend.state == StipendState.CALCULATED)
        .order_by(col(Stipend.id))
    ).all():
        meeting = session.get_one(Meeting, row.meeting_id)
        if row.id is None or not _of_project(session, meeting, project):
            continue
        back = end_of_day(bill_due(row, definition_of(session, meeting.project_version_id)))
        dates = {ReminderDate.ASKED: row.made_at, ReminderDate.DEADLINE: back}
        out = _NOTHING if membership.state in SEATED else frozenset({UnlessKind.OUT_OF_GROUP})
        yield Subject(row.id, dates, out, membership.person_id, application.number, row.area)


def _unsigned_agreements(session: Session, project: str, now: datetime) -> Subjects:
    """Who was asked to sign and has not, of agreements that stand open, once the letter that asked has left."""
    for row, agreement in session.exec(
        select(AgreementInvitation, Agreement)
        .join(Agreement, col(Agreement.id) == AgreementInvitation.agreement_id)
        .where(AgreementInvitation.state == AskedState.ASKED, Agreement.state == AgreementState.OPEN)
        .order_by(col(AgreementInvitation.id))
    ).all():
        if row.id is None or not agreement.code.startswith(f"{project}/") or not was_asked(session, row):
            continue
        dates = {ReminderDate.DEADLINE: end_of_day(agreement.deadline), ReminderDate.ASKED: row.asked_at}
        number = f"{agreement.code} {REFERENCE}{row.institution_id}"
        yield Subject(row.id, dates, _NOTHING, None, number, row.area, row.institution_id)


def _unnamed_seats(session: Session, project: str, now: datetime) -> Subjects:
    """Institutions that were asked to name a person and have not, once the letter that asked has left."""
    for row, call in silent_seats(session):
        if row.id is None or not call.code.startswith(f"{project}/") or not was_asked_to_name(session, row):
            continue
        dates = {ReminderDate.DEADLINE: end_of_day(row.answer_due), ReminderDate.ASKED: row.asked_at}
        number = f"{call.code} {REFERENCE}{row.institution_id}"
        yield Subject(row.id, dates, _NOTHING, None, number, row.area, row.institution_id)


def _of_project(session: Session, meeting: Meeting, project: str) -> bool:
    return session.get_one(ProjectVersion, meeting.project_version_id).code == project


_SUBJECTS: dict[ReminderEvent, Callable[[Session, str, datetime], Subjects]] = {
    ReminderEvent.CORRECTION_DUE: _open_corrections,
    ReminderEvent.CONFIRMATION_DUE: _open_offers,
    ReminderEvent.INVITATION_UNANSWERED: _unanswered_invitations,
    ReminderEvent.MEETING_TOMORROW: _coming_meetings,
    ReminderEvent.BILL_MISSING: _unsigned_bills,
    ReminderEvent.AGREEMENT_UNSIGNED: _unsigned_agreements,
    ReminderEvent.NOMINATION_DUE: _unnamed_seats,
}
