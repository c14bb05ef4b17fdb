"""What a recruitment of persons came to, in figures that are the same every time."""

from dataclasses import dataclass

from rich.table import Table
from sqlmodel import col, func, select

from console.local_smtp import Received
from console.stories.persons import CALL
from flows.adapters.office import Office
from flows.steps.overview import funnel
from flows.steps.sealing import audit_log
from flows.steps.todo import waiting_for_whom
from models.actor import process
from models.tables import Decision, IssuedDocument, Message, PayBatch, PayBatchItem, PayEntry, Stipend, SubmittedFile
from models.tables.batches import ItemState
from models.tables.outbox import MessageState
from models.tables.stipends import COUNTED, StipendState
from templates.polish import amount_zl

OUTCOMES = ("accepted", "reserve", "rejected")


@dataclass(frozen=True)
class Summary:
    """The figures of a demo; they are the same every time."""

    files: int
    unreadable: int
    funnel: dict[str, int]
    decisions: dict[str, int]
    mails_sent: int
    mails_by_event: dict[str, int]
    mails_received: int
    mails_twice: int
    unaddressed: int
    stipends: int
    stipends_blocked: int
    gross: int
    net: int
    batches: int
    transfers: int
    paid: int
    documents: int
    waiting: int
    seals: int
    log_intact: bool
    flow_runs: int
    task_runs: int


def summary_of(office: Office, received: Received, flow_runs: int, task_runs: int) -> Summary:
    """Counts what the demo's office and its mail server hold."""
    with office.reading(process("demo")) as session:
        files = session.exec(select(SubmittedFile.state)).all()
        decisions = {
            row.application_id: row.outcome.value for row in session.exec(select(Decision).order_by(col(Decision.id)))
        }
        mails = session.exec(
            select(Message.event, func.count(col(Message.id)))
            .where(Message.state == MessageState.SENT)
            .group_by(col(Message.event))
            .order_by(Message.event)
        ).all()
        unaddressed = session.exec(select(Message.id).where(Message.state == MessageState.UNADDRESSED)).all()
        stipends = session.exec(select(Stipend)).all()
        standing = [one for one in stipends if one.state in COUNTED]
        audit = audit_log(session, actor=process("demo"))
        documents = session.exec(select(IssuedDocument.id).where(IssuedDocument.kind != "mail")).all()
        return Summary(
            files=len(files),
            unreadable=sum(state == "unreadable" for state in files),
            funnel=dict(funnel(session, CALL)),
            decisions={outcome: list(decisions.values()).count(outcome) for outcome in OUTCOMES},
            mails_sent=sum(count for _, count in mails),
            mails_by_event=dict(mails),
            mails_received=len(received.message_ids),
            mails_twice=received.twice,
            unaddressed=len(unaddressed),
            stipends=len(standing),
            stipends_blocked=sum(one.state is StipendState.BLOCKED for one in stipends),
            gross=sum(one.gross for one in standing),
            net=sum(one.net for one in standing),
            batches=len(session.exec(select(PayBatch.id)).all()),
            transfers=len(session.exec(select(PayBatchItem.id).where(PayBatchItem.state == ItemState.PAID)).all()),
            paid=sum(session.exec(select(PayEntry.amount)).all()),
            documents=len(documents),
            waiting=len(waiting_for_whom(session, now=office.now())),
            seals=audit.seals,
            log_intact=not audit.broken,
            flow_runs=flow_runs,
            task_runs=task_runs,
        )


def table_of(summary: Summary) -> Table:
    """The figures as people read them."""
    table = Table(title="Podsumowanie", box=None, show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    table.add_row("Pliki przyjęte / nieczytelne", f"{summary.files} / {summary.unreadable}")
    for label, count in summary.funnel.items():
        table.add_row(label.capitalize(), str(count))
    accepted, reserve, rejected = (summary.decisions[outcome] for outcome in OUTCOMES)
    table.add_row("Decyzje: przyjęte / rezerwa / odrzucone", f"{accepted} / {reserve} / {rejected}")
    table.add_row("Wiadomości wysłane / odebrane przez serwer", f"{summary.mails_sent} / {summary.mails_received}")
    table.add_row("Wiadomości wysłane dwa razy", str(summary.mails_twice))
    table.add_row("Wiadomości bez adresu e-mail", str(summary.unaddressed))
    table.add_row("Wynagrodzenia / wstrzymane", f"{summary.stipends} / {summary.stipends_blocked}")
    table.add_row("Brutto razem", amount_zl(summary.gross))
    table.add_row("Do wypłaty razem", amount_zl(summary.net))
    table.add_row("Przelewy potwierdzone przez bank", str(summary.transfers))
    table.add_row("Wypłacono razem", amount_zl(summary.paid))
    table.add_row("Dokumenty", str(summary.documents))
    table.add_row("Sprawy, które czekają (nabor todo)", str(summary.waiting))
    table.add_row("Pieczęcie / dziennik nienaruszony", f"{summary.seals} / {'tak' if summary.log_intact else 'NIE'}")
    table.add_row("Przebiegi Prefect / zadania", f"{summary.flow_runs} / {summary.task_runs}")
    return table
