"""Eight workers, each a process of its own, on one PostgreSQL: no mail twice and none lost."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from mail_servers import FaultyServer, running
from pydantic import SecretStr
from sqlmodel import col, func, select

from benchmarks.mail import fill
from flows.adapters.office import open_office
from flows.adapters.settings import Settings
from models.actor import process
from models.events import Happened
from models.keys import create_key_file
from models.tables import Event, IssuedDocument, Message
from models.tables.outbox import MessageState

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 8
MAILS = int(os.environ.get("MANY_MAILS", "1000"))
"""In the slower tier; 5,000 on demand, which says the same five times longer."""
WORK = """
import sys
from flows.adapters.office import open_office
from flows.steps.delivery import DeliveryCounts, deliver
from models.actor import process

print("ready", flush=True)
sys.stdin.readline()
with open_office() as office:
    total = DeliveryCounts()
    while True:
        counts = deliver(office, actor=process("deliver"), limit=200)
        total += counts
        if not counts.remaining:
            break
print(total.sent, total.moved, flush=True)
"""


@pytest.mark.slow
def test_eight_workers_at_once_send_each_mail_once(
    postgres_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    create_key_file(tmp_path / "keys.json")
    server = FaultyServer()
    with running(server) as port:
        settings = Settings(
            data=tmp_path / "data",
            keys=tmp_path / "keys.json",
            database_url=SecretStr(postgres_url),
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_security="none",
            smtp_allow_reserved=True,
            smtp_rate_per_minute=1_000_000,
        )
        with open_office(settings) as office:
            fill(office, MAILS)
            environment = {name: value for name, value in os.environ.items() if not name.startswith("NABOR_")}
            environment |= {
                "PYTHONPATH": str(ROOT),
                "NABOR_DATA": str(settings.data),
                "NABOR_KEYS": str(settings.keys),
                "NABOR_DATABASE_URL": postgres_url,
                "NABOR_SMTP_HOST": "127.0.0.1",
                "NABOR_SMTP_PORT": str(port),
                "NABOR_SMTP_SECURITY": "none",
                "NABOR_SMTP_ALLOW_RESERVED": "true",
                "NABOR_SMTP_RATE_PER_MINUTE": "1000000",
            }
            workers = [
                subprocess.Popen(
                    [sys.executable, "-c", WORK],
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                for _ in range(WORKERS)
            ]
            for worker in workers:
                assert worker.stdout is not None
                assert worker.stdout.readline() == "ready\n"
            began = time.monotonic()
            for worker in workers:
                assert worker.stdin is not None
                worker.stdin.write("go\n")
                worker.stdin.flush()
            told = [worker.communicate(timeout=600)[0].split() for worker in workers]
            took = time.monotonic() - began
            assert [worker.returncode for worker in workers] == [0] * WORKERS
            sent = [int(one[0]) for one in told]
            record_property("mails", f"{MAILS} mails, {WORKERS} workers, {took:.0f} s, {sent}")
            with office.reading(process("test")) as session:
                states = dict(
                    session.exec(select(Message.state, func.count(col(Message.id))).group_by(Message.state)).all()
                )
                begun = session.exec(select(Event.subject).where(Event.kind == Happened.MESSAGE_SENDING)).all()
                kept = session.exec(select(IssuedDocument.subject).where(IssuedDocument.kind == "mail")).all()
    assert states == {MessageState.SENT: MAILS}
    assert sum(sent) == MAILS
    assert min(sent) > 0, "all of them worked"
    assert Counter(server.taken).most_common(1)[0][1] == 1
    assert len(server.taken) == len(set(server.recipients)) == MAILS
    assert len(begun) == len(set(begun)) == MAILS
    assert len(kept) == len(set(kept)) == MAILS
