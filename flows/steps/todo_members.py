"""What waits about members of groups: offers, invitations, attendance and support."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.adapters.clock import warsaw_date
from flows.steps.attendance_files import waiting_scans
from flows.steps.declines import declines_in_a_row
from flows.steps.meeting_letters import invited_application
from flows.steps.memberships import offer_ends
from flows.steps.striking_off import proposals
from flows.steps.support_files import scans_by_session
from flows.steps.support_hours import grant_lines
from flows.steps.support_lists import session_lines
from flows.steps.todo_line import CANDIDATE, OFFICER, TodoLine
from models.actor import Right
from models.rules.ternary import Result
from models.tables import Application, Invitation, MeetingDay, Membership
from models.tables.meetings import AWAITED, InvitationState
from models.tables.memberships import MembershipState
from models.tables.support import COUNTING, SupportState
from templates.polish import counted


def members_waiting(session: Session, now: datetime) -> list[TodoLine]:
    """Members and those to whom a seat was offered."""
    return [
        *_offers(session),
        *_invitations(session, now),
        *_declines(session),
        *_attendance(session, now),
        *_support(session, now),
    ]


def _offers(session: Session) -> list[TodoLine]:
    """Seats that were offered: theirs to confirm until the day, and ours where the letter has not left."""
    rows = session.exec(
        select(Membership, Application.number)
        .join(Application, col(Application.id) == Membership.application_id)
        .where(Membership.state == MembershipState.OFFERED)
    ).all()
    lines = []
    for row, number in rows:
        ends, since = offer_ends(session, row), warsaw_date(row.offered_at)
        if ends is None:
            lines.append(TodoLine("propozycja miejsca nie wyszła, termin nie biegnie", number, OFFICER, since, None))
        else:
            lines.append(TodoLine("potwierdzenie udziału", number, CANDIDATE, since, warsaw_date(ends)))
    return lines


def _invitations(session: Session, now: datetime) -> list[TodoLine]:
    rows = session.exec(
        select(Invitation).where(
            col(Invitation.state).in_(AWAITED),
            col(Invitation.meeting_id).in_(select(MeetingDay.meeting_id).where(col(MeetingDay.starts_at) > now)),
        )
    ).all()
    asked: defaultdict[tuple[str, str], list[date]] = defaultdict(list)
    for row in rows:
        final = row.state is not InvitationState.INVITED
        what = "ostateczna odpowiedź na zaproszenie" if final else "odpowiedź na zaproszenie"
        asked[what, invited_application(session, row).number].append(warsaw_date(row.invited_at))
    return [
        # Who is invited to many meetings is one line: what, and to how many.
        TodoLine(
            what if len(days) == 1 else f"{what} ({counted(len(days), 'spotkanie', 'spotkania', 'spotkań')})",
            number,
            CANDIDATE,
            min(days),
            None,
        )
        for (what, number), days in asked.items()
    ]


def _declines(session: Session) -> list[TodoLine]:
    """Who has declined so many meetings in a row that, by the project's rule, a person asks about the seat."""
    return [
        TodoLine(
            f"odmowy z rzędu: {line.count}; według zasady projektu trzeba zapytać o dalszy udział w grupie",
            line.number,
            OFFICER,
            warsaw_date(line.since),
            None,
        )
        for line in declines_in_a_row(session)
    ]


def _attendance(session: Session, now: datetime) -> list[TodoLine]:
    """Signed sheets that came as pictures, and members whose share of hours can no longer be met."""
    scans = [
        TodoLine(
            f"obecność do przepisania ze skanu (plik {one.id}): {one.meeting}, {one.on:%d.%m.%Y}; "
            f"brakuje wpisów: {len(one.missing)}",
            one.call,
            OFFICER,
            one.since,
            None,
        )
        for one in waiting_scans(session)
    ]
    struck = [
        TodoLine(
            f"propozycja skreślenia: {one.sentence}; rozstrzyga pracownik (nabor attendance strike-off)",
            one.number,
            OFFICER,
            one.since,
            None,
        )
        for one in proposals(session, now=now)
    ]
    return [*scans, *struck]


def _support(session: Session, now: datetime) -> list[TodoLine]:
    """Support that only a person can decide on, and sessions of groups of which nobody has said who was there."""
    lines = [
        TodoLine(
            f"wsparcie „{one.name}” czeka na decyzję: {_UNSETTLED[one.outcome]} (nabor support grant albo refuse)",
            one.number,
            OFFICER,
            one.asked_on,
            None,
            needs=Right.MEMBERSHIP,
        )
        for one in grant_lines(session, state=SupportState.WAITING)
    ]
    scans = scans_by_session(session)
    return lines + [
        TodoLine(
            f"brakuje obecności na sesji wsparcia grupowego, osób: {one.not_entered}{_scanned(scans.get(one.id, ()))} "
            f"(nabor support attend {one.id})",
            f"sesja {one.id}",
            OFFICER,
            one.on,
            None,
            needs=Right.ATTENDANCE,
        )
        for one in session_lines(session)
        if one.state in COUNTING and one.not_entered and one.on < warsaw_date(now)
    ]


def _scanned(scans: Sequence[int]) -> str:
    return f"; jest skan do przepisania: {', '.join(map(str, scans))}" if scans else ""


_UNSETTLED = {
    Result.MET: "warunki są spełnione",
    Result.NOT_MET: "nie każdy warunek jest spełniony",
    Result.CANNOT_TELL: "nie można ustalić, czy warunki są spełnione",
}
