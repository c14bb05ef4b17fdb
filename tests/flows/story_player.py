"""Plays the story of the demo without Prefect, and says how it ended in a form in which two runs can be compared."""

import json
import re
import smtplib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from fault_points import Point, watched
from pydantic import SecretStr
from sqlmodel import Session, col, select
from step_hands import StepHands

from console.local_smtp import Received, local_smtp
from console.stories.acts import Act
from console.stories.persons import CALL, Story
from flows.adapters.clock import WARSAW, PlayedClock, playing, warsaw_date
from flows.adapters.office import Office, open_office
from flows.adapters.settings import Settings
from flows.steps.applications import current_values
from flows.steps.delivery import line_of
from flows.steps.documents import content_of
from flows.steps.overview import funnel
from flows.steps.people import full_name, open_data_key
from flows.steps.sealing import audit_log
from flows.steps.standing import CallStanding, call_now
from flows.steps.todo import waiting_for_whom
from models.actor import process
from models.events import Happened
from models.keys import create_key_file
from models.tables import (
    Application,
    Attendance,
    Call,
    Correction,
    Decision,
    Event,
    Invitation,
    IssuedDocument,
    Meeting,
    MeetingDay,
    Membership,
    Message,
    MessageAttachment,
    PayBatch,
    PayBatchItem,
    PayEntry,
    PayStatement,
    Person,
    Ranking,
    Seal,
    Stipend,
    SubmittedFile,
    VerdictSheet,
)

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "projects" / "kes"
BEGINNING = datetime(2018, 5, 28, 8, 0, tzinfo=WARSAW)

EndState: TypeAlias = dict[str, object]
Lines: TypeAlias = list[tuple[object, ...]]

# How often a thing was tried is motion; what came of it is the end. A run that was killed may differ in the first.
_MOTION = frozenset(
    {
        Happened.TICKET_ISSUED,
        Happened.TICKET_USED,
        Happened.MESSAGE_CLAIMED,
        Happened.MESSAGE_SENDING,
        Happened.MESSAGE_DELAYED,
        Happened.MESSAGE_UNKNOWN,
        Happened.MESSAGE_RELEASED,
        Happened.DOCUMENT_ISSUED,
        Happened.BATCH_FILE_TAKEN,
        Happened.INCIDENT_RECORDED,
        Happened.INCIDENT_SETTLED,
    }
)
_READER = process("test")


@dataclass(frozen=True)
class Told:
    """A story that was played to its end: how it ended, what the mail server had received by then, and on the way
    the points at which it might have died, act by act."""

    settings: Settings
    state: EndState
    received: Received
    crossings: tuple[tuple[Point, ...], ...]
    stood: tuple[tuple[datetime, CallStanding, tuple[tuple[str, int], ...]], ...]
    """How the call stood a second before each act, as the rows said then, and its funnel."""


@dataclass(frozen=True, order=True)
class Mail:
    """A message by what it is about and to whom, with its words."""

    event: str
    recipient: str
    occasion: str
    state: str
    subject: str
    text: str
    calendar_method: str


def settings_for(folder: Path, smtp_port: int, *, database_url: str | None = None, grace_minutes: int = 15) -> Settings:
    """The office in ``folder``, which sends to a mail server on this computer."""
    if not (folder / "keys.json").exists():
        create_key_file(folder / "keys.json")
    return Settings(
        data=folder / "data",
        keys=folder / "keys.json",
        database_url=SecretStr(database_url) if database_url else None,
        smtp_host="127.0.0.1",
        smtp_port=smtp_port,
        smtp_security="none",
        smtp_allow_reserved=True,
        smtp_rate_per_minute=100_000,
        outbox_grace_minutes=grace_minutes,
    )


@contextmanager
def opened(settings: Settings, at: datetime = BEGINNING) -> Iterator[tuple[Office, PlayedClock]]:
    """The office at a moment of 2018."""
    clock = PlayedClock(at)
    with playing(clock), open_office(settings) as office:
        yield office, clock


def tell(
    settings: Settings,
    project: Path = PROJECT,
    *,
    before_act: Callable[[Office, Act, int], None] = lambda _office, _act, _number: None,
) -> EndState:
    """Plays the whole story with the steps themselves, and returns how it ended."""
    with opened(settings) as (office, clock), line_of(settings) as line:
        for number, act in enumerate(Story(office, clock, StepHands(office, line), project).play()):
            before_act(office, act, number)
        return end_state(office)


def told_in(folder: Path, *, database_url: str | None = None) -> Told:
    """The story, played in a new office in ``folder`` with a mail server of its own."""
    crossings: list[list[Point]] = [[]]  # what comes before the first act belongs to it

    stood: list[tuple[datetime, CallStanding, tuple[tuple[str, int], ...]]] = []

    def begin(office: Office, _act: Act, number: int) -> None:
        if number:
            crossings.append([])
            with office.reading(_READER) as session:
                before = office.now() - timedelta(seconds=1)
                stood.append((before, call_now(session, CALL), tuple(funnel(session, CALL))))

    with local_smtp() as (port, received):
        settings = settings_for(folder, port, database_url=database_url)
        with watched(lambda point: crossings[-1].append(point)):
            state = tell(settings, before_act=begin)
    return Told(settings, state, received, tuple(map(tuple, crossings)), tuple(stood))


def settled_server(port: int) -> None:
    """Returns when the mail server has dealt with whatever had reached it: it serves everybody in one loop."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        for _ in range(5):
            client.noop()


def end_state(office: Office) -> EndState:
    """Everything the recruitment came to, without ids, random numbers, and times of day that depend on when it ran."""
    with office.reading(_READER) as session:
        numbers = {row.id: row.number for row in session.exec(select(Application)).all()}
        calls = session.exec(select(Call).order_by(Call.code)).all()
        audit = audit_log(session, actor=_READER)
        return {
            "calls": [(call.code, call.state, call.last_sequence) for call in calls],
            "funnel": {call.code: dict(funnel(session, call.code)) for call in calls},
            "files": _files(session, numbers),
            "applications": _applications(session),
            "corrections": _corrections(session, numbers),
            "sheets": _sheets(session, numbers),
            "rankings": [
                (row.version, row.algorithm, row.places, row.shortfalls)
                for row in session.exec(select(Ranking).order_by(col(Ranking.call_id), col(Ranking.version))).all()
            ],
            "decisions": _decisions(session, numbers),
            "memberships": _memberships(session, numbers),
            "meetings": _meetings(session, numbers),
            "stipends": _stipends(session, numbers),
            "batches": _batches(office, session, numbers),
            "mails": mails(session),
            "mails_by_event": dict(sorted(Counter(row.event for row in session.exec(select(Message)).all()).items())),
            "documents": _documents(session, numbers),
            "attachments": _attachments(session),
            "events": _events(session),
            "waiting": sorted(
                (line.what, line.who, line.since.isoformat(), line.due.isoformat() if line.due else "")
                for line in waiting_for_whom(session, now=office.now())
            ),
            "seals": [row.day.isoformat() for row in session.exec(select(Seal).order_by(col(Seal.day))).all()],
            "log": list(audit.broken),
        }


def misplaced(office: Office) -> list[str]:
    """What is wrong between rows and files: a row without its file, a file that does not open, a file of no row."""
    wrong: list[str] = []
    expected: set[Path] = set()
    root = office.files.root
    with office.reading(_READER) as session:
        rows: list[SubmittedFile | IssuedDocument] = [*session.exec(select(SubmittedFile)).all()]
        rows += session.exec(select(IssuedDocument)).all()
        for row in rows:
            path = root / row.stored_as[:2] / row.stored_as
            expected.add(path)
            if not path.is_file():
                wrong.append(f"{type(row).__name__} {row.id}: no file")
                continue
            plain = office.files.read(row.stored_as, open_data_key(session, row.data_key_id))
            if isinstance(row, SubmittedFile) and len(plain) != row.size:
                wrong.append(f"file {row.id}: {len(plain)} bytes instead of {row.size}")
    found = {path for path in root.rglob("*") if path.is_file()}
    return wrong + [f"{path.name}: belongs to no row" for path in sorted(found - expected)]


def mails(session: Session) -> list[Mail]:
    """Every message. Public numbers are random, so the numbers of the register stand for them; the id of a file says
    nothing, because on PostgreSQL a transaction that was killed leaves a gap.
    """
    public = {row.public_number: row.number for row in session.exec(select(Application)).all()}

    def words(text: str) -> str:
        for random, number in public.items():
            text = text.replace(random, number)
        return text

    return sorted(
        Mail(
            event=row.event,
            recipient=row.recipient,
            occasion=re.sub(r"^file-\d+$", "file", row.key.rpartition(":")[2]),
            state=row.state,
            subject=words(row.subject),
            text=words(row.text),
            calendar_method=row.calendar_method,
        )
        for row in session.exec(select(Message)).all()
    )


def _files(session: Session, numbers: dict[int | None, str]) -> Lines:
    return sorted(
        (
            row.name or "",
            row.state,
            row.channel,
            row.received_at.isoformat(),
            row.reason_code,
            numbers.get(row.application_id, ""),
        )
        for row in session.exec(select(SubmittedFile)).all()
    )


def _applications(session: Session) -> EndState:
    found: EndState = {}
    for row in session.exec(select(Application).order_by(Application.number)).all():
        person = session.get_one(Person, row.person_id)
        found[row.number] = {
            "state": row.state,
            "received_at": row.received_at.isoformat(),
            "channel": row.channel,
            "form": f"{row.form_key} {row.form_version}",
            "person": [full_name(person), person.pesel, person.email, person.sex],
            "values": {key: [one.status, one.value] for key, one in sorted(current_values(session, row).items())},
        }
    return found


def _corrections(session: Session, numbers: dict[int | None, str]) -> Lines:
    return sorted(
        (numbers[row.application_id], row.round, row.state, warsaw_date(row.due_at).isoformat(), str(row.items))
        for row in session.exec(select(Correction)).all()
    )


def _sheets(session: Session, numbers: dict[int | None, str]) -> Lines:
    return sorted(
        (numbers[row.application_id], row.version, row.outcome, row.merit, row.premium, json.dumps(row.verdicts))
        for row in session.exec(select(VerdictSheet)).all()
    )


def _decisions(session: Session, numbers: dict[int | None, str]) -> Lines:
    return sorted(
        (
            numbers[row.application_id],
            row.version,
            row.outcome,
            row.reason_code,
            row.as_proposed,
            row.decided_by,
            warsaw_date(row.announced_at).isoformat() if row.announced_at else "",
        )
        for row in session.exec(select(Decision)).all()
    )


def _memberships(session: Session, numbers: dict[int | None, str]) -> Lines:
    statements = Counter(session.exec(select(PayStatement.membership_id)).all())
    return sorted(
        (
            numbers[row.application_id],
            row.state,
            warsaw_date(row.offered_at).isoformat(),
            warsaw_date(row.answer_due_at).isoformat(),
            row.joined_on or "",
            statements[row.id or 0],
        )
        for row in session.exec(select(Membership)).all()
    )


def _meetings(session: Session, numbers: dict[int | None, str]) -> Lines:
    members = {row.id: numbers[row.application_id] for row in session.exec(select(Membership)).all()}
    days = {row.id: row for row in session.exec(select(MeetingDay)).all()}
    attendance = session.exec(select(Attendance)).all()
    found: Lines = []
    for meeting in session.exec(select(Meeting).order_by(Meeting.code)).all():
        invited = session.exec(select(Invitation).where(Invitation.meeting_id == meeting.id)).all()
        attended = [row for row in attendance if days[row.meeting_day_id].meeting_id == meeting.id]
        found.append(
            (
                meeting.code,
                meeting.state,
                meeting.sequence,
                sorted((members[row.membership_id], row.state, row.sequence) for row in invited),
                sorted(
                    (members[row.membership_id], days[row.meeting_day_id].on.isoformat(), row.version, row.minutes)
                    for row in attended
                ),
            )
        )
    return found


def _stipends(session: Session, numbers: dict[int | None, str]) -> Lines:
    members = {row.id: numbers[row.application_id] for row in session.exec(select(Membership)).all()}
    return sorted(
        (
            members[row.membership_id],
            row.number,
            row.version,
            row.state,
            row.paid_on.isoformat(),
            row.minutes,
            (row.gross, row.social, row.health, row.tax, row.net),
            str(row.blocks),
        )
        for row in session.exec(select(Stipend)).all()
    )


def _batches(office: Office, session: Session, numbers: dict[int | None, str]) -> Lines:
    """Batches with what the bank was told, byte by byte, what became of each transfer, and what the ledger says."""
    members = {row.id: numbers[row.application_id] for row in session.exec(select(Membership)).all()}
    bills = {row.id: row for row in session.exec(select(Stipend)).all()}
    entries = session.exec(select(PayEntry).order_by(col(PayEntry.id))).all()
    found: Lines = []
    for batch in session.exec(select(PayBatch).order_by(PayBatch.number)).all():
        items = session.exec(
            select(PayBatchItem).where(PayBatchItem.batch_id == batch.id).order_by(col(PayBatchItem.position))
        ).all()
        files = session.exec(
            select(IssuedDocument).where(IssuedDocument.kind == "bank_file", IssuedDocument.subject == batch.number)
        ).all()
        found.append(
            (
                (batch.number, batch.state, batch.paid_on.isoformat(), batch.payments, batch.total),
                (batch.made_by, batch.approved_by, batch.exported_by),
                [
                    (members[bills[one.stipend_id].membership_id], one.reference, one.state, one.amount, one.account)
                    for one in items
                ],
                [content_of(office, session, row) for row in files],
                [
                    (one.kind, one.amount, one.booked_on.isoformat(), one.line)
                    for one in entries
                    if one.item_id in {item.id for item in items}
                ],
            )
        )
    return found


def _documents(session: Session, numbers: dict[int | None, str]) -> Lines:
    """Documents with their versions. Of kept mails only how many messages have one: a retaken mail is kept again."""
    rows = session.exec(select(IssuedDocument)).all()
    requests = {f"correction/{row.id}": row for row in session.exec(select(Correction)).all()}
    public = {row.number: row.public_number for row in session.exec(select(Application)).all()}
    kept = {row.subject for row in rows if row.kind == "mail"}
    issued = []
    for row in rows:
        subject, name = row.subject, row.file_name
        if subject in requests:  # by number: ids and public numbers differ from run to run
            number = numbers[requests[subject].application_id]
            subject, name = f"{number} {requests[subject].round}", name.replace(public[number], number)
        if row.kind != "mail":
            issued.append((row.kind, subject, row.version, name, row.personal))
    return [("mail", len(kept)), *sorted(issued)]


def _attachments(session: Session) -> Lines:
    """What went with which kind of message, and whether it was made."""
    return sorted(
        (message.event, message.state, row.kind, row.issued_document_id is not None)
        for row, message in session.exec(
            select(MessageAttachment, Message).join(Message, col(Message.id) == MessageAttachment.message_id)
        ).all()
    )


def _events(session: Session) -> dict[str, int]:
    counted = Counter(kind for kind in session.exec(select(Event.kind)).all() if kind not in _MOTION)
    return dict(sorted(counted.items()))
