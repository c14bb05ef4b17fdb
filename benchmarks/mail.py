"""How many mails a minute leave: Nabór's delivery beside a bare client, on a server that takes its time and on one that
does not.

``python -m benchmarks.mail [--messages 600] [--connections 3] [--database URL]`` runs everything once and prints one
table. Each sender sends the same encoded mails to a server of its own process on this computer:

- *Nabór*: ``deliver`` with its outbox: rows claimed, mails made and kept, ``sending`` committed before each DATA, and
  each end written down;
- *pool*: aiosmtplib over as many connections, nothing else;
- *each anew*: aiosmtplib with a connection for each message, as many at once.

The server answers the text after 50 ms in the first round and at once in the second. The target is 90 in a hundred of
the pool's mails a second in the first; the second is only told.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosmtplib
from pydantic import SecretStr
from sqlmodel import Session, col, func, select

from flows.adapters.mail_encoding import Mail, encode_mail
from flows.adapters.office import Office, open_office
from flows.adapters.settings import Settings
from flows.steps.delivery import PORTION, deliver
from flows.steps.people import data_key_of
from models.actor import process
from models.events import Happened
from models.keys import create_key_file
from models.tables import Message, Person
from models.tables.outbox import MessageState
from models.transitions import enter

SLOW, AT_ONCE = 0.05, 0.0
OFFICE = "rekrutacja@rops.example.org"
WORDS = "Uprzejmie informujemy, że zgłoszenie zostało przyjęte i zarejestrowane. Prosimy zachować numer. " * 12
ACTOR = process("benchmark")

SERVER = """
import asyncio, sys
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

class Slow:
    count = 0
    async def handle_DATA(self, server, session, envelope):
        Slow.count += 1
        await asyncio.sleep(float(sys.argv[1]))
        return "250 OK"

async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Slow(), loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(Slow.count, flush=True)

asyncio.run(main())
"""


@contextmanager
def server(seconds: float) -> Iterator[tuple[int, Callable[[], int]]]:
    """A mail server in a process of its own: its port, and what ends it and tells how many mails it took."""
    running = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SERVER, str(seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    port = int(running.stdout.readline())

    def end() -> int:
        said, _ = running.communicate()
        return int(said)

    try:
        yield port, end
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()


def mails(count: int) -> list[bytes]:
    """What Nabór would send, encoded beforehand."""
    return [
        encode_mail(
            Mail(
                from_name="Ośrodek Polityki Społecznej",
                from_address=OFFICE,
                to_address=f"osoba{number}@example.org",
                to_name="Zażółć Gęślą-Jaźń",
                reply_to=OFFICE,
                subject=f"Potwierdzenie wpływu zgłoszenia nr {number} – gmina Żukowo",
                text=WORDS,
                html=f"<p>{WORDS}</p>",
                message_id=f"<{number:032x}@rops.example.org>",
                date=datetime.now(UTC),
            )
        )
        for number in range(count)
    ]


async def _over_pool(port: int, wire: list[bytes], connections: int) -> None:
    waiting = iter(enumerate(wire))

    async def carry() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for number, data in waiting:
                await client.sendmail(OFFICE, [f"osoba{number}@example.org"], data)

    await asyncio.gather(*(carry() for _ in range(connections)))


async def _each_anew(port: int, wire: list[bytes], connections: int) -> None:
    waiting = iter(enumerate(wire))

    async def carry() -> None:
        for number, data in waiting:
            async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
                await client.sendmail(OFFICE, [f"osoba{number}@example.org"], data)

    await asyncio.gather(*(carry() for _ in range(connections)))


def bare(seconds: float, wire: list[bytes], connections: int, *, anew: bool) -> float:
    """Mails a second of aiosmtplib alone."""
    with server(seconds) as (port, end):
        began = time.perf_counter()
        asyncio.run((_each_anew if anew else _over_pool)(port, wire, connections))
        took = time.perf_counter() - began
        assert end() == len(wire)
    return len(wire) / took


def nabor(seconds: float, count: int, connections: int, database_url: str | None) -> float:
    """Mails a second of ``deliver``, portion after portion as the flow does it."""
    with tempfile.TemporaryDirectory() as folder, server(seconds) as (port, end):
        keys = Path(folder) / "keys.json"
        create_key_file(keys)
        settings = Settings(
            data=Path(folder) / "data",
            keys=keys,
            database_url=SecretStr(database_url) if database_url else None,
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_security="none",
            smtp_allow_reserved=True,
            smtp_rate_per_minute=1_000_000,
            smtp_connections=connections,
        )
        with open_office(settings) as office:
            fill(office, count)
            began = time.perf_counter()
            sent = 0
            while (counts := deliver(office, actor=ACTOR, limit=PORTION)).moved:
                sent += counts.sent
            took = time.perf_counter() - began
            with office.reading(ACTOR) as session:
                stands = _sent(session)
        assert end() == sent == stands == count
    return count / took


def _sent(session: Session) -> int:
    return session.exec(
        select(func.count(col(Message.id))).where(Message.state == MessageState.SENT, col(Message.attempts) == 1)
    ).one()


def fill(office: Office, count: int) -> None:
    """Due messages to as many invented people."""
    now = office.now() - timedelta(hours=1)
    for start in range(0, count, 500):
        with office.writing(ACTOR) as session:
            for number in range(start, min(start + 500, count)):
                person = Person(first_name="Zażółć", last_name="Gęślą-Jaźń", created_at=now)
                session.add(person)
                session.flush()
                assert person.id is not None
                data_key_of(session, person.id, now=now)
                message = Message(
                    area="22",
                    key=f"benchmark:{number}",
                    event="acknowledgement",
                    subject_ref=f"application/{number}",
                    person_id=person.id,
                    recipient=f"osoba{number}@example.org",
                    sender_name="Ośrodek Polityki Społecznej",
                    sender_address=OFFICE,
                    reply_to=OFFICE,
                    subject=f"Potwierdzenie wpływu zgłoszenia nr {number} – gmina Żukowo",
                    text=WORDS,
                    html=f"<p>{WORDS}</p>",
                    message_id=f"<{number:032x}@rops.example.org>",
                    not_before=now,
                    created_at=now,
                    created_by="benchmark",
                )
                enter(session, message, happened=Happened.MESSAGE_QUEUED, actor=ACTOR, now=now)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=600)
    parser.add_argument("--connections", type=int, default=3)
    parser.add_argument("--database", default=None, help="PostgreSQL to use instead of SQLite; it must be empty")
    given = parser.parse_args()
    wire = mails(given.messages)
    lines = []
    for name, seconds in (("50 ms", SLOW), ("loopback", AT_ONCE)):
        pool = bare(seconds, wire, given.connections, anew=False)
        own = nabor(seconds, given.messages, given.connections, given.database if seconds == SLOW else None)
        again = bare(seconds, wire, given.connections, anew=False)
        anew = bare(seconds, wire, given.connections, anew=True)
        best = max(pool, again)
        lines.append(f"{name:<10}{own:>10.1f}{best:>10.1f}{anew:>12.1f}{100 * own / best:>12.1f} %")
    kind = "PostgreSQL" if given.database else "SQLite"
    print(f"messages a second; {given.messages} messages, {given.connections} connections, {kind}")  # noqa: T201
    print(f"{'server':<10}{'Nabór':>10}{'pool':>10}{'each anew':>12}{'of pool':>12}")  # noqa: T201
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main()
