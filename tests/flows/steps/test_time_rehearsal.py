"""A rehearsal of time: it equals what is really sent when the clock then advances, and it leaves no trace."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import people
from conftest import Staged
from people import ADAM, WORKER, add_officers
from sqlmodel import SQLModel, col, select

from console.local_smtp import Received, local_smtp
from flows.adapters.clock import WARSAW, PlayedClock, warsaw_date
from flows.adapters.office import Office
from flows.catalogue import CATALOGUE
from flows.steps.delivery import deliver, transport_of
from flows.steps.digest import digests_to_write, write_digests
from flows.steps.incidents import record_incident
from flows.steps.invitations import invite, meetings_to_invite
from flows.steps.letter_lines import application_of, rule_of
from flows.steps.memberships import expire_offer, expired_offers
from flows.steps.officers import set_address
from flows.steps.promotion import promote_call
from flows.steps.reminders import due_occasions, remind
from flows.steps.reserve import calls_to_promote
from flows.steps.time_rehearsal import Rehearsed, rehearse_time
from models.actor import process
from models.rules.cron import parse_cron
from models.tables import Message, Officer
from models.tables.outbox import MessageState

SCHEDULE = {one.flow: one.cron for one in CATALOGUE if one.cron}
SELDOM = {**SCHEDULE, "remind": "0 6-20/2 * * *", "deliver": "25 6-20/2 * * *"}
"""Fewer runs a day, so that six weeks are really played in seconds."""
Line = tuple[date, str, str, str]


@contextmanager
def posted(office: Office) -> Iterator[tuple[Office, Received]]:
    """The office with a real mail server on this computer."""
    with local_smtp() as (port, received):
        changes = {
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_security": "none",
            "smtp_allow_reserved": True,
            "smtp_rate_per_minute": 1_000_000,
        }
        yield replace(office, settings=office.settings.model_copy(update=changes)), received


def foretold(office: Office, weeks: int, schedule: Mapping[str, str] = SELDOM, *, every_run: bool = False) -> Rehearsed:
    return rehearse_time(office, schedule, weeks=weeks, every_run=every_run, actor=ADAM)


def lines(found: Rehearsed) -> list[Line]:
    return sorted((warsaw_date(one.at), one.number, one.event, one.rule) for one in found.letters)


def advance(office: Office, weeks: int, schedule: Mapping[str, str] = SELDOM) -> list[Line]:
    """Really plays the schedule: every run of every flow, at its time, over a real mail server. What was sent."""
    clock = office.clock
    assert isinstance(clock, PlayedClock)
    began = clock.now()
    ends = datetime.combine(warsaw_date(began) + timedelta(weeks=weeks), time(0), WARSAW)
    names = [name for name in schedule if name in RUNS]
    slots = sorted(
        (at, names.index(name), name) for name in names for at in parse_cron(schedule[name]).between(began, ends)
    )
    for at, _, name in slots:
        clock.move_to(at)
        RUNS[name](office)
    with office.reading(WORKER) as session:
        sent = session.exec(
            select(Message).where(Message.state == MessageState.SENT, col(Message.sent_at) > began)
        ).all()
        found = []
        for message in sent:
            about = application_of(session, message)
            if about is not None:
                number = about.number
            else:
                number = f"konto {session.get_one(Officer, int(message.subject_ref.partition('/')[2])).login}"
            assert message.sent_at is not None
            found.append((warsaw_date(message.sent_at), number, message.event, rule_of(message)))
        return sorted(found)


def run_invite(office: Office) -> None:
    with office.writing(process("invite")) as session:
        for meeting in meetings_to_invite(session, now=office.now()):
            invite(session, meeting, actor=process("invite"), now=office.now())


def run_remind(office: Office) -> None:
    with office.writing(process("remind")) as session:
        remind(session, due_occasions(session, now=office.now()), actor=process("remind"), now=office.now())


def run_promote(office: Office) -> None:
    actor = process("promote")
    with office.writing(actor) as session:
        for one in expired_offers(session, now=office.now()):
            expire_offer(session, one, actor=actor, now=office.now())
        calls = calls_to_promote(session, now=office.now())
    for call in calls:
        promote_call(office, call, actor=actor)


def run_digest(office: Office) -> None:
    actor = process("digest")
    with office.reading(actor) as session:
        officers = digests_to_write(session)
    write_digests(office, officers, actor=actor)


def run_deliver(office: Office) -> None:
    with transport_of(office.settings) as transport:
        deliver(office, actor=process("deliver"), limit=1000, transport=transport)


RUNS = {
    "invite": run_invite,
    "remind": run_remind,
    "promote": run_promote,
    "digest": run_digest,
    "deliver": run_deliver,
}


def rows_of(office: Office) -> str:
    """A digest of everything in every table."""
    found = hashlib.sha256()
    with office.store.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}" ORDER BY 1'):
                found.update(repr(tuple(bytes(one) if isinstance(one, memoryview) else one for one in row)).encode())
    return found.hexdigest()


def files_of(office: Office) -> dict[str, bytes]:
    """Every file of the data folder; the log and index that SQLite keeps beside its database may be made anew."""
    folder = office.settings.data
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def offered(office: Office) -> list[str]:
    """Three seats offered on Friday, 6 July, two more people in reserve, and an officer with an address."""
    add_officers(office)
    registered = people.announced_call(office, 5, seats=3, reserve_seats=2)
    with office.writing(ADAM) as session:
        set_address(session, "rita", "rita@example.org", actor=ADAM, now=office.now())
        record_incident(session, flow="rank", run="przebieg-1", code="NotFound", now=office.now())
    people.confirm(office, registered[0])
    return registered


def test_six_weeks_come_as_they_were_rehearsed(sqlite_staged: Staged) -> None:
    """Offers are reminded of and lapse, the reserve is offered their seats, and that lapses too; digests on Mondays."""
    office, _ = sqlite_staged(offered)
    with posted(office) as (office, received):
        before = lines(foretold(office, 6))
        really = advance(office, 6)
    assert before == really
    assert {"accepted", "promoted", "reminder_confirmation", "digest"} <= {event for _, _, event, _ in really}
    assert len(received.message_ids) == len(really)
    assert received.twice == 0


def test_a_rehearsal_that_leaves_runs_out_is_one_that_leaves_none_out(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(offered)
    with posted(office) as (office, _received):
        quick, whole = foretold(office, 3), foretold(office, 3, every_run=True)
    assert quick.letters == whole.letters
    assert quick.warnings == whole.warnings
    assert whole.runs == whole.slots
    assert quick.runs < whole.runs / 4


def test_nothing_of_a_rehearsal_is_left(staged: Staged) -> None:
    office, _ = staged(offered)
    with posted(office) as (office, received):
        rows, files, now = rows_of(office), files_of(office), office.now()
        assert foretold(office, 4).letters
        assert (rows_of(office), files_of(office), office.now()) == (rows, files, now)
        assert received.message_ids == []
