"""``nabor demo``: the recruitment of 2018 from shipped Word forms, as Prefect flows, with a mail server of its own.

Everything lies in one fresh folder: ``data`` (encrypted), ``keys`` beside it, and ``export`` with what people open.
"""

import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlmodel import col, func, select

from console.local_smtp import Received, local_smtp
from console.server import PrefectServer, client_of, flows_against, make_private
from console.story import CALL, Story, Ticket
from flows.adapters.clock import WARSAW, PlayedClock, playing, warsaw
from flows.adapters.office import Office, open_office
from flows.adapters.settings import load_settings
from flows.announcement import announce
from flows.decision import decide
from flows.delivery import deliver
from flows.export_batch import export_batch
from flows.intake import intake
from flows.invitations import invite
from flows.orders import (
    AnnouncementForm,
    BankReportKind,
    BatchExportForm,
    CallOrder,
    DecisionChoice,
    DecisionForm,
    ReconciliationForm,
    SettlementForm,
)
from flows.ranking import rank
from flows.reconcile import reconcile
from flows.reminders import remind
from flows.sealing import seal
from flows.steps.documents import export
from flows.steps.overview import funnel
from flows.steps.sealing import audit_log
from flows.steps.todo import waiting_for_whom
from flows.stipends import settle
from flows.verification import verify
from models.actor import Actor, Role, process
from models.errors import BadInput
from models.keys import create_key_file
from models.tables import Decision, IssuedDocument, Message, PayBatch, PayBatchItem, PayEntry, Stipend, SubmittedFile
from models.tables.batches import ItemState
from models.tables.outbox import MessageState
from models.tables.stipends import COUNTED, StipendState
from templates.polish import amount_zl, counted

MARKER = ".nabor-demo"
EMPTY = f".prefect-{metadata.version('prefect')}.db"
"""Prefect's database before any run, kept for the next demo: migrating a new one is most of a server's first start."""
PREFECT_DATABASE = "prefect.db"
_PATIENCE, _PAUSE = 10, 1.5
"""How often, and how many seconds apart, the server is asked until its counts stand still."""
BEGINNING = datetime(2018, 5, 28, 8, 0, tzinfo=WARSAW)
PROJECT = Path(__file__).resolve().parent.parent / "projects" / "kes"
VISITOR = Actor("demo", frozenset({Role.RECRUITMENT, Role.FINANCE}))
"""Who looks at the demo: everything that its officers may open between them, of every area."""
CHOICES = {"accepted": DecisionChoice.ACCEPT, "reserve": DecisionChoice.RESERVE, "rejected": DecisionChoice.REJECT}


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


class FlowHands:
    """Runs the processes as Prefect flows, called in this process against the demo's server."""

    def intake(self, folder: Path) -> None:
        intake(str(folder))

    def verify(self, call: str) -> None:
        verify(CallOrder(call=call))

    def rank(self, call: str) -> None:
        rank(CallOrder(call=call))

    def decide(
        self, call: str, lines: list[tuple[str, str, str]], *, rest_as_proposed: bool, officer: str, ticket: Ticket
    ) -> None:
        decisions = [
            {"number": number, "decision": CHOICES[outcome], "reason_code": reason} for number, outcome, reason in lines
        ]
        decide(
            DecisionForm.model_validate(
                _signed(officer, ticket, call=call, decisions=decisions, others_as_proposed=rest_as_proposed)
            )
        )

    def announce(self, call: str, *, officer: str, ticket: Ticket) -> None:
        announce(AnnouncementForm.model_validate(_signed(officer, ticket, call=call)))

    def invite(self) -> None:
        invite()

    def settle(self, call: str, meeting: str, paid_on: date, *, officer: str, ticket: Ticket) -> None:
        settle(SettlementForm.model_validate(_signed(officer, ticket, call=call, meeting=meeting, paid_on=paid_on)))

    def export_batch(self, batch: str, *, officer: str, ticket: Ticket) -> None:
        export_batch(BatchExportForm.model_validate(_signed(officer, ticket, batch=batch)))

    def reconcile(self, file: str, *, officer: str, ticket: Ticket) -> None:
        reconcile(ReconciliationForm.model_validate(_signed(officer, ticket, file=file, kind=BankReportKind.CSV)))

    def remind(self) -> None:
        remind()

    def deliver(self) -> None:
        deliver()

    def seal(self) -> None:
        seal()


def _signed(officer: str, ticket: Ticket, **fields: object) -> dict[str, object]:
    return {"officer": officer, "ticket": ticket(), **fields}


def run_demo(
    folder: Path, *, keep: bool = False, as_json: bool = False, databases: Mapping[str, str] | None = None
) -> Summary:
    """Plays the demo in ``folder`` and prints the summary. Raises ``BadInput`` for a folder that is not the demo's.

    ``databases`` names PostgreSQL servers by setting (``NABOR_DATABASE_URL``); SQLite in the folder otherwise.
    """
    said = Console(highlight=False, stderr=as_json, soft_wrap=True)
    _clear(folder)
    create_key_file(folder / "keys" / "nabor-keys.json")
    started = time.monotonic()
    clock = PlayedClock(BEGINNING)
    with local_smtp() as (port, received), _environment(folder, port, databases or {}), playing(clock):
        settings = load_settings()
        said.print("Uruchamiam serwer Prefect i pocztę dema…")
        server = PrefectServer(settings)
        _begin_with(folder / EMPTY, server.home)
        with server, open_office(settings) as office:
            _keep_empty(folder / EMPTY, server.home)
            with flows_against(server):
                for act in Story(office, clock, FlowHands(), PROJECT).play():
                    said.print(f"  {warsaw(act.at):%d.%m.%Y %H:%M}  {act.title}", markup=False)
            written = export(office, folder / "export", actor=VISITOR)
            runs = _runs(server)
            summary = _summary(office, received, *runs)
            _print(said, summary, folder, len(written), time.monotonic() - started)
            if as_json:
                sys.stdout.write(json.dumps(asdict(summary), ensure_ascii=False, indent=1) + "\n")
            if keep:
                said.print(f"Strona Prefect: {server.page_url}  (Ctrl-C kończy)", markup=False)
                _until_interrupted()
    return summary


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise BadInput(f"Folder „{folder}” istnieje i nie jest folderem dema. Podaj inny: --folder.")
        for left in folder.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
            elif left.name != EMPTY:
                left.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("Folder dema Nabór; kolejne demo go zastąpi.\n", encoding="utf-8")


def _begin_with(empty: Path, home: Path) -> None:
    """Gives the server the empty database that an earlier demo left, if one did."""
    if empty.exists():
        make_private(home)
        shutil.copyfile(empty, home / PREFECT_DATABASE)


def _keep_empty(empty: Path, home: Path) -> None:
    """Keeps the server's database as it is before the first run, unless it is kept or lies elsewhere."""
    database = home / PREFECT_DATABASE
    if empty.exists() or not database.exists():
        return
    made = empty.with_suffix(".part")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(made)) as target:
        source.backup(target)
    made.replace(empty)


@contextmanager
def _environment(folder: Path, smtp_port: int, databases: Mapping[str, str]) -> Iterator[None]:
    """The settings of the demo's office, as the flows read them; the officer's own environment does not matter."""
    settings: Mapping[str, str] = {
        "NABOR_DATA": str((folder / "data").resolve()),
        "NABOR_KEYS": str((folder / "keys" / "nabor-keys.json").resolve()),
        "NABOR_SMTP_HOST": "127.0.0.1",
        "NABOR_SMTP_PORT": str(smtp_port),
        "NABOR_SMTP_SECURITY": "none",
        "NABOR_SMTP_ALLOW_RESERVED": "true",
        "NABOR_SMTP_RATE_PER_MINUTE": "6000",
        **databases,
    }
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("NABOR_")}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in settings:
            os.environ.pop(name, None)
        os.environ.update(before)


def _runs(server: PrefectServer) -> tuple[int, int]:
    """How many flow and task runs the server knows of, once it has written down what it was told."""
    with client_of(server.api_url) as client:
        counted: tuple[int, int] | None = None
        for _ in range(_PATIENCE):
            again = (
                client.request("POST", "/flow_runs/count", json={}).json(),
                client.request("POST", "/task_runs/count", json={}).json(),
            )
            if again == counted:
                break
            counted = again
            time.sleep(_PAUSE)
    return again


def _summary(office: Office, received: Received, flow_runs: int, task_runs: int) -> Summary:
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
            decisions={outcome: list(decisions.values()).count(outcome) for outcome in CHOICES},
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


def _print(said: Console, summary: Summary, folder: Path, exported: int, seconds: float) -> None:
    table = Table(title="Podsumowanie", box=None, show_header=False, title_justify="left")
    table.add_column()
    table.add_column(justify="right")
    table.add_row("Pliki przyjęte / nieczytelne", f"{summary.files} / {summary.unreadable}")
    for label, count in summary.funnel.items():
        table.add_row(label.capitalize(), str(count))
    accepted, reserve, rejected = (summary.decisions[outcome] for outcome in ("accepted", "reserve", "rejected"))
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
    said.print(table)
    said.print(
        f"\nDokumenty i poczta do otwarcia: {folder / 'export'} ({counted(exported, 'plik', 'pliki', 'plików')})\n"
        f"Dane (zaszyfrowane): {folder / 'data'}   Klucze: {folder / 'keys'}\n"
        f"Czas: {seconds:.0f} s",
        markup=False,
    )


def _until_interrupted() -> None:
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        return
