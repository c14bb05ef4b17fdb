"""Refusals of meetings in a row, where a project has a rule for them: a person asks, nobody is struck off by it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from flows.steps.projects import definition_of
from models.attendance_rules import DeclineOffers
from models.tables import Application, Invitation, Meeting, MeetingDay, Membership
from models.tables.meetings import InvitationState
from models.tables.memberships import SEATED


@dataclass(frozen=True)
class DeclinesInARow:
    """How many meetings in a row a member has declined, and when the last of these was declined."""

    number: str
    count: int
    since: datetime


def declines_in_a_row(session: Session) -> list[DeclinesInARow]:
    """Members who have reached the number of their project's rule (``decline: {offers: membership, after: N}``).

    Counted back from the last meeting that was answered, by date; a meeting that was called off counts for nobody, and
    one that waits for an answer is not held against anybody. A refusal that is taken back ends the row.
    """
    first_day = (
        select(MeetingDay.meeting_id, func.min(MeetingDay.starts_at).label("starts"))
        .group_by(col(MeetingDay.meeting_id))
        .subquery()
    )
    rows = session.exec(
        select(Invitation, Meeting.project_version_id, Application.number)
        .join(Meeting, col(Meeting.id) == Invitation.meeting_id)
        .join(first_day, first_day.c.meeting_id == Meeting.id)
        .join(Membership, col(Membership.id) == Invitation.membership_id)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(
            col(Membership.state).in_(SEATED),
            col(Invitation.state).not_in((InvitationState.INVITED, InvitationState.CANCELLED)),
        )
        .order_by(Application.number, first_day.c.starts.desc())
    ).all()
    rules = {version: definition_of(session, version).decline for version in {version for _, version, _ in rows}}
    found: list[DeclinesInARow] = []
    answered: dict[str, list[Invitation]] = {}
    after: dict[str, int] = {}
    for invitation, version, number in rows:
        rule = rules[version]
        if rule is not None and rule.offers is DeclineOffers.MEMBERSHIP:
            answered.setdefault(number, []).append(invitation)
            after.setdefault(number, rule.after)
    for number, newest_first in answered.items():
        row: list[Invitation] = []
        for invitation in newest_first:
            if invitation.state is not InvitationState.DECLINED:
                break
            row.append(invitation)
        if len(row) >= after[number]:
            found.append(DeclinesInARow(number, len(row), row[0].answered_at or row[0].invited_at))
    return found
