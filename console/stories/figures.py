"""What a story of the projects came to, in figures that are the same every time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table
from sqlmodel import Session, col, select

from console.local_smtp import Received
from flows.adapters.office import Office
from flows.steps.agreement_parties import parties_of
from flows.steps.overview import funnel
from flows.steps.sealing import audit_log
from flows.steps.todo import waiting_for_whom
from models.actor import process
from models.glossary import label
from models.tables import (
    Agreement,
    Application,
    Attendance,
    Call,
    Group,
    InstitutionSeat,
    IssuedDocument,
    Meeting,
    Membership,
    Message,
    SubmittedFile,
    UnitDeclaration,
)
from models.tables.memberships import MembershipState
from models.tables.nominations import InstitutionSeatState
from models.tables.outbox import MessageState


@dataclass(frozen=True)
class Figures:
    """Counts by call, by agreement, and altogether."""

    files: int
    unreadable: int
    calls: dict[str, dict[str, int]]
    declarations: int
    refusals: int
    agreements: dict[str, int]
    seats: dict[str, dict[str, int]]
    members: dict[str, dict[str, int]]
    meetings: int
    attended: int
    mails_sent: int
    mails_by_event: dict[str, int]
    mails_received: int
    mails_twice: int
    unaddressed: int
    documents: dict[str, int]
    waiting: int
    seals: int
    log_intact: bool
    flow_runs: int
    task_runs: int


def figures_of(office: Office, received: Received, flow_runs: int, task_runs: int) -> Figures:
    """Counts what the story's office and its mail server hold."""
    with office.reading(process("demo")) as session:
        files = session.exec(select(SubmittedFile.state)).all()
        messages = session.exec(select(Message)).all()
        sent = [one.event for one in messages if one.state is MessageState.SENT]
        declared = session.exec(select(UnitDeclaration).order_by(col(UnitDeclaration.id))).all()
        words = {row.teryt: row.signed_on for row in declared}
        agreements = session.exec(select(Agreement).order_by(Agreement.code)).all()
        audit = audit_log(session, actor=process("demo"))
        return Figures(
            files=len(files),
            unreadable=sum(state == "unreadable" for state in files),
            calls={code: dict(funnel(session, code)) for code in session.exec(select(Call.code).order_by(Call.code))},
            declarations=sum(day is not None for day in words.values()),
            refusals=sum(day is None for day in words.values()),
            agreements={row.code: len(parties_of(session, row)) for row in agreements},
            seats=_seats(session),
            members=_members(session),
            meetings=len(session.exec(select(Meeting.id)).all()),
            attended=_attended(session),
            mails_sent=len(sent),
            mails_by_event=_counted(sent),
            mails_received=len(received.message_ids),
            mails_twice=received.twice,
            unaddressed=sum(one.state is MessageState.UNADDRESSED for one in messages),
            documents=_counted(kind for kind in session.exec(select(IssuedDocument.kind)).all() if kind != "mail"),
            waiting=len(waiting_for_whom(session, now=office.now())),
            seals=audit.seals,
            log_intact=not audit.broken,
            flow_runs=flow_runs,
            task_runs=task_runs,
        )


def _seats(session: Session) -> dict[str, dict[str, int]]:
    """Seats of institutions by call and state."""
    rows = session.exec(
        select(Call.code, InstitutionSeat.state)
        .join(Group, col(Group.call_id) == Call.id)
        .join(InstitutionSeat, col(InstitutionSeat.group_id) == Group.id)
    ).all()
    found: dict[str, dict[str, int]] = {}
    for code in sorted({code for code, _ in rows}):
        found[code] = _counted(InstitutionSeatState(state).value for of, state in rows if of == code)
    return found


def _members(session: Session) -> dict[str, dict[str, int]]:
    """Memberships by call and state."""
    rows = session.exec(
        select(Call.code, Membership.state)
        .join(Application, col(Application.call_id) == Call.id)
        .join(Membership, col(Membership.application_id) == Application.id)
    ).all()
    found: dict[str, dict[str, int]] = {}
    for code in sorted({code for code, _ in rows}):
        found[code] = _counted(MembershipState(state).value for of, state in rows if of == code)
    return found


def _attended(session: Session) -> int:
    """How many persons were there on how many days, by the newest entry of each."""
    newest = {
        (row.meeting_day_id, row.membership_id): row.minutes
        for row in session.exec(select(Attendance).order_by(col(Attendance.version)))
    }
    return sum(minutes > 0 for minutes in newest.values())


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def table_of(figures: Figures) -> Table:
    """The figures as people read them; what a story knows nothing of is left out."""
    table = Table(title="Podsumowanie", box=None, show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    table.add_row("Pliki przyjęte / nieczytelne", f"{figures.files} / {figures.unreadable}")
    for call, lines in figures.calls.items():
        for line, count in lines.items():
            table.add_row(f"{call}: {line}", str(count))
        for state, count in figures.members.get(call, {}).items():
            table.add_row(f"{call}: członkostwo – {label(MembershipState(state))}", str(count))
    if figures.declarations or figures.refusals:
        table.add_row("Deklaracje podpisane / odmowy", f"{figures.declarations} / {figures.refusals}")
    for agreement, count in figures.agreements.items():
        table.add_row(f"{agreement}: strony porozumienia", str(count))
    if figures.meetings:
        table.add_row("Spotkania / obecności w dniach", f"{figures.meetings} / {figures.attended}")
    table.add_row("Wiadomości wysłane / odebrane przez serwer", f"{figures.mails_sent} / {figures.mails_received}")
    table.add_row("Wiadomości wysłane dwa razy", str(figures.mails_twice))
    table.add_row("Wiadomości bez adresu e-mail", str(figures.unaddressed))
    table.add_row("Dokumenty", str(sum(figures.documents.values())))
    table.add_row("Sprawy, które czekają (nabor todo)", str(figures.waiting))
    table.add_row("Pieczęcie / dziennik nienaruszony", f"{figures.seals} / {'tak' if figures.log_intact else 'NIE'}")
    table.add_row("Przebiegi Prefect / zadania", f"{figures.flow_runs} / {figures.task_runs}")
    return table
