"""Delivery over several connections to a real server that misbehaves: nothing lost, nothing twice, each state right."""

import dataclasses
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from mail_servers import (
    HANG_UP,
    HANG_UP_HAVING_TAKEN,
    NONSENSE,
    SILENCE,
    STAGES,
    FaultyServer,
    running,
    self_signed,
)
from people import WORKER
from pydantic import SecretStr
from sqlmodel import Session, col, select

from benchmarks.mail import fill
from flows.adapters import clock as clocks
from flows.adapters.clock import PlayedClock
from flows.adapters.office import Office
from flows.steps import delivery, mail_accounts
from flows.steps.delivery import DeliveryCounts, deliver
from flows.steps.todo import waiting_for_whom
from models.errors import DeliveryFault
from models.tables import Event, MailSlot, Message
from models.tables.outbox import MessageState


@contextmanager
def sending_to(office: Office, server: FaultyServer, *, tls: object = None, **settings: object) -> Iterator[Office]:
    """The office with this server for its mails."""
    options = {} if tls is None else {"tls_context": tls}
    with running(server, **options) as port:
        yield pointed(office, port, **settings)


def pointed(office: Office, port: int, **settings: object) -> Office:
    given: dict[str, object] = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_allow_reserved": True,
        "smtp_rate_per_minute": 100_000,
        "smtp_connections": 3,
        **settings,
    }
    return dataclasses.replace(office, settings=office.settings.model_copy(update=given))


def until_done(office: Office, clock: PlayedClock) -> DeliveryCounts:
    """Runs as the schedule does, until nothing moves any more."""
    total = DeliveryCounts()
    for _ in range(40):
        counts = deliver(office, actor=WORKER)
        total += counts
        clock.move_to(clock.now() + timedelta(minutes=30))
        with office.reading(WORKER) as session:
            waiting = {MessageState.DUE, MessageState.DELAYED, MessageState.CLAIMED, MessageState.SENDING}
            if not session.exec(select(Message.id).where(col(Message.state).in_(waiting))).first():
                return total
    raise AssertionError("it never comes to an end")


def by_state(office: Office) -> dict[MessageState, set[str]]:
    with office.reading(WORKER) as session:
        rows = session.exec(select(Message.state, Message.message_id)).all()
    found: dict[MessageState, set[str]] = {}
    for state, message_id in rows:
        found.setdefault(state, set()).add(message_id)
    return found


def check(office: Office, server: FaultyServer, *, count: int) -> dict[MessageState, set[str]]:
    """Nobody got a mail twice; what is *sent* has arrived, and what was refused has not."""
    found = by_state(office)
    assert sum(map(len, found.values())) == count
    assert max(Counter(server.taken).values(), default=0) <= 1
    assert found.get(MessageState.SENT, set()) <= set(server.taken)
    assert not found.get(MessageState.REFUSED, set()) & set(server.taken)
    assert set(server.taken) <= found.get(MessageState.SENT, set()) | found.get(MessageState.UNKNOWN, set())
    return found


def test_mails_leave_over_a_few_connections_at_once(office: Office) -> None:
    fill(office, 40)
    server = FaultyServer(seconds=0.02)
    with sending_to(office, server) as sending:
        assert deliver(sending, actor=WORKER) == DeliveryCounts(sent=40)
    assert (server.connections, server.most_at_once) == (3, 3)
    assert set(check(office, server, count=40)) == {MessageState.SENT}
    drafts = list((office.settings.data / "files").rglob("*.new"))
    assert drafts == []


@pytest.mark.parametrize(
    "stage", [pytest.param(one, marks=[pytest.mark.slow] if one in ("MAIL", "DATA") else []) for one in STAGES]
)
@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        ("450 4.2.0 try again later", {MessageState.SENT}),
        ("451 4.7.1 <osoba@example.org> greylisted, retry", {MessageState.SENT}),
        ("550 5.1.1 no such user", {MessageState.SENT, MessageState.REFUSED}),
        ("421 4.3.2 shutting down", {MessageState.SENT}),
        (HANG_UP, {MessageState.SENT}),
        (SILENCE, {MessageState.SENT}),
        (NONSENSE, {MessageState.SENT}),
    ],
)
def test_whatever_goes_wrong_at_a_stage(
    sqlite_office: Office,
    clock: PlayedClock,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    answer: str,
    ends: set[MessageState],
) -> None:
    monkeypatch.setattr(delivery, "_TIMEOUT", 0.4)
    monkeypatch.setattr(delivery, "_TEXT_TIMEOUT", 0.4)
    monkeypatch.setattr(mail_accounts, "_FIRST_REST", timedelta(0))
    fill(sqlite_office, 12)
    server = FaultyServer(lambda at, nth, _to: answer if (at, nth % 4) == (stage, 0) and nth <= 8 else None)
    with sending_to(sqlite_office, server) as office:
        until_done(office, clock)
    after_text = stage == "TEXT" and answer in (HANG_UP, SILENCE, NONSENSE)
    found = check(office, server, count=12)
    assert set(found) <= (ends | {MessageState.UNKNOWN} if after_text else ends)
    assert len(found.get(MessageState.REFUSED, ())) == (2 if answer.startswith("550") else 0)
    assert len(found.get(MessageState.UNKNOWN, ())) == (2 if after_text else 0)


def test_a_server_that_has_the_text_and_hangs_up_leaves_a_doubt(sqlite_office: Office, clock: PlayedClock) -> None:
    fill(sqlite_office, 6)
    server = FaultyServer(lambda at, nth, _to: HANG_UP_HAVING_TAKEN if (at, nth) == ("TEXT", 2) else None)
    with sending_to(sqlite_office, server) as office:
        until_done(office, clock)
    found = check(office, server, count=6)
    assert len(found[MessageState.UNKNOWN]) == 1
    assert found[MessageState.UNKNOWN] <= set(server.taken)


def test_greylisting_costs_each_recipient_one_try_and_five_minutes(sqlite_office: Office, clock: PlayedClock) -> None:
    fill(sqlite_office, 8)
    seen: set[str] = set()

    def greylist(stage: str, _nth: int, recipient: str) -> str | None:
        if stage != "RCPT" or recipient in seen:
            return None
        seen.add(recipient)
        return "451 4.7.1 Greylisted, please try again in 300 seconds"

    server = FaultyServer(greylist)
    with sending_to(sqlite_office, server) as office:
        assert deliver(office, actor=WORKER) == DeliveryCounts(delayed=8), "one recipient's no keeps no other back"
        clock.move_to(clock.now() + timedelta(minutes=4, seconds=59))
        assert deliver(office, actor=WORKER) == DeliveryCounts()
        clock.move_to(clock.now() + timedelta(seconds=1))
        assert deliver(office, actor=WORKER) == DeliveryCounts(sent=8)
    check(office, server, count=8)


# What the office has to mend


def lines(session: Session, office: Office) -> list[str]:
    return [one.what for one in waiting_for_whom(session, now=office.now()) if one.reference == "skrzynka"]


def test_a_wrong_password_is_tried_once_and_told(office: Office, clock: PlayedClock) -> None:
    fill(office, 10)
    tried = []

    def refuse(*_: object) -> AuthResult:
        tried.append(1)
        return AuthResult(success=False, handled=False)

    server = FaultyServer()
    with running(server, authenticator=refuse, auth_require_tls=False) as port:
        sending = pointed(office, port, smtp_user="biuro", smtp_password=SecretStr("nie-to"))
        counts = deliver(sending, actor=WORKER)
        assert (counts.sent, counts.refused, counts.down) == (0, 0, DeliveryFault.LOGIN)
        assert server.connections == 1
        assert len(tried) <= 2, "once for each way to log in that the server offers"
        with office.reading(WORKER) as session:
            (line,) = lines(session, office)
            assert "NABOR_SMTP_PASSWORD" in line
            assert "nie-to" not in line
            assert line.endswith("czeka wiadomości: 10")
            assert {one.attempts for one in session.exec(select(Message)).all()} == {0}
    clock.move_to(clock.now() + timedelta(minutes=5))
    with running(server) as port:
        assert deliver(pointed(office, port), actor=WORKER).sent == 10
    with office.reading(WORKER) as session:
        # Another account (no user, another port) works; the trouble of the first stands until it does.
        assert len(lines(session, office)) == 1


def test_a_certificate_nobody_vouches_for_stops_all_and_is_told(
    sqlite_office: Office, clock: PlayedClock, tmp_path: Path
) -> None:
    fill(sqlite_office, 5)
    server = FaultyServer()
    with sending_to(sqlite_office, server, tls=self_signed(tmp_path), smtp_security="starttls") as office:
        counts = deliver(office, actor=WORKER)
        assert (counts.delayed, counts.down) == (5, DeliveryFault.ENCRYPTION)
        assert server.taken == []
        with office.reading(WORKER) as session:
            (line,) = lines(session, office)
            assert "certyfikat" in line
        clock.move_to(clock.now() + timedelta(minutes=5))
        mended = dataclasses.replace(office, settings=office.settings.model_copy(update={"smtp_security": "none"}))
        assert deliver(mended, actor=WORKER) == DeliveryCounts(sent=5)
        with office.reading(WORKER) as session:
            assert lines(session, office) == []


def test_a_server_that_allows_fewer_connections_gets_fewer(sqlite_office: Office) -> None:
    fill(sqlite_office, 20)
    server = FaultyServer(seconds=0.02)
    open_now = 0

    class Narrow(FaultyServer):
        async def handle_EHLO(  # noqa: N802
            self, _server: object, session: object, _envelope: object, hostname: str, responses: list[str]
        ) -> list[str]:
            nonlocal open_now
            open_now += 1
            session.host_name = hostname  # type: ignore[attr-defined]
            return responses if open_now <= 2 else ["421 4.7.0 too many connections from your address"]

    server = Narrow(seconds=0.02)
    with sending_to(sqlite_office, server) as office:
        counts = deliver(office, actor=WORKER)
    assert (counts.sent, counts.down) == (20, None)
    assert server.most_at_once == 2
    check(office, server, count=20)


# Rates


class FastClock:
    """The computer's clock, running faster, for what waits by it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        self.times = times
        self._began = clocks.machine_now()
        real = clocks.machine_now
        self.now: Callable[[], datetime] = lambda: self._began + (real() - self._began) * times
        for module in (delivery, mail_accounts):
            monkeypatch.setattr(module, "machine_now", self.now)
        pause = delivery._Journey._pause
        monkeypatch.setattr(delivery._Journey, "_pause", lambda journey, seconds: pause(journey, seconds / times))


def most_in_a_minute(moments: list[datetime]) -> int:
    return max(sum(start <= one < start + timedelta(seconds=60) for one in moments) for start in moments)


@pytest.mark.slow
def test_workers_side_by_side_share_the_rate_of_the_account(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = FastClock(monkeypatch, 40)
    fill(office, 45)
    began: list[datetime] = []

    def note(stage: str, _nth: int, _recipient: str) -> None:
        if stage == "MAIL":
            began.append(fast.now())

    server = FaultyServer(note)
    with sending_to(office, server, smtp_rate_per_minute=20) as sending:
        workers = [threading.Thread(target=deliver, args=[sending], kwargs={"actor": WORKER}) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert set(check(office, server, count=45)) == {MessageState.SENT}
    assert most_in_a_minute(began) <= 20
    assert began[-1] - began[0] < timedelta(minutes=10), "nor is it much slower than it may be"


def test_slots_lie_within_reach_and_the_rest_stays_due(sqlite_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(mail_accounts, "machine_now", lambda: now)
    with sqlite_office.writing(WORKER) as session:
        first = mail_accounts.take_slots(session, "a", 15, per_minute=10)
        assert (list(first.slots), first.next_at) == ([now] * 10, now + timedelta(seconds=41))
        assert mail_accounts.take_slots(session, "b", 3, per_minute=10).slots == [now] * 3
    now += timedelta(seconds=41)
    with sqlite_office.writing(WORKER) as session:
        more = mail_accounts.take_slots(session, "a", 15, per_minute=10)
        assert list(more.slots) == [now + timedelta(seconds=20)] * 10
    now += timedelta(hours=2)
    with sqlite_office.writing(WORKER) as session:
        mail_accounts.take_slots(session, "a", 1, per_minute=10)
        assert len(session.exec(select(MailSlot).where(MailSlot.account == "a")).all()) == 1, "old ones are not kept"


def test_a_server_that_limits_ten_a_minute_is_given_time(
    sqlite_office: Office, clock: PlayedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own limit is set too high: the server says no, we wait longer each time, and nothing is lost."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for module in (delivery, mail_accounts):
        monkeypatch.setattr(module, "machine_now", lambda: now)
    fill(sqlite_office, 35)
    accepted: list[datetime] = []
    refused = 0

    def limit(stage: str, _nth: int, _recipient: str) -> str | None:
        nonlocal refused
        if stage != "MAIL":
            return None
        if sum(one > now - timedelta(seconds=60) for one in accepted) >= 10:
            refused += 1
            return "450 4.7.1 Error: too much mail from your address, slow down"
        accepted.append(now)
        return None

    server = FaultyServer(limit)
    rounds = 0
    with sending_to(sqlite_office, server) as office:
        while len(server.taken) < 35:
            counts = deliver(office, actor=WORKER)
            assert counts.refused == counts.unknown == 0
            rounds += 1
            assert rounds < 10
            clock.move_to(clock.now() + timedelta(minutes=5))
            now += timedelta(minutes=5)
    assert rounds == 4
    assert refused <= rounds * 3, "no more than one no over each connection"
    assert set(check(office, server, count=35)) == {MessageState.SENT}
    with office.reading(WORKER) as session:
        assert {one.attempts for one in session.exec(select(Message)).all()} == {1}, "a pace costs no tries"


# The switches of a test office


def test_a_stopped_office_sends_nothing_and_loses_nothing(office: Office, clock: PlayedClock) -> None:
    fill(office, 7)
    server = FaultyServer()
    since = clock.now()
    with sending_to(office, server, mail_stopped=True) as stopped:
        assert deliver(stopped, actor=WORKER) == DeliveryCounts(stopped=7)
        clock.move_to(since + timedelta(days=2))
        assert deliver(stopped, actor=WORKER) == DeliveryCounts(stopped=7)
        assert (server.connections, set(by_state(office))) == (0, {MessageState.DUE})
        with office.reading(WORKER) as session:
            (line,) = [one for one in waiting_for_whom(session, now=office.now()) if one.reference == "skrzynka"]
            assert "poczta wychodząca jest zatrzymana (NABOR_MAIL_STOPPED); czeka wiadomości: 7" in line.what
            assert line.since == since.date()
        let_go = dataclasses.replace(stopped, settings=stopped.settings.model_copy(update={"mail_stopped": False}))
        assert deliver(let_go, actor=WORKER) == DeliveryCounts(sent=7)
        with office.reading(WORKER) as session:
            assert lines(session, office) == []


def test_a_redirected_mail_tells_its_message_and_leads_to_nobody(sqlite_office: Office) -> None:
    fill(sqlite_office, 2)
    server = FaultyServer()
    with sending_to(sqlite_office, server, mail_redirect="proba@rops.example.org") as office:
        assert deliver(office, actor=WORKER).sent == 2
    assert server.recipients == ["proba@rops.example.org"] * 2
    for content in server.contents:
        head = content.partition(b"\r\n\r\n")[0]
        assert b"osoba" not in head
        assert b"X-Nabor-Redirected: message/" in head
        assert b"\r\nTo: proba@rops.example.org" in head


@pytest.mark.parametrize("redirect", ["", "proba@example.com"])
def test_example_domains_get_no_mail_through_a_redirect_either(sqlite_office: Office, redirect: str) -> None:
    fill(sqlite_office, 2)
    server = FaultyServer()
    with sending_to(sqlite_office, server, smtp_allow_reserved=False, mail_redirect=redirect) as office:
        assert deliver(office, actor=WORKER) == DeliveryCounts(refused=2)
    assert server.taken == []


def test_no_event_of_a_delivery_names_an_address(sqlite_office: Office) -> None:
    fill(sqlite_office, 3)
    server = FaultyServer(lambda at, nth, to: f"550 5.1.1 <{to}> unknown" if (at, nth) == ("RCPT", 1) else None)
    with sending_to(sqlite_office, server) as office:
        deliver(office, actor=WORKER)
    with office.reading(WORKER) as session:
        assert not [one for one in session.exec(select(Event.facts)).all() if "@" in str(one)]
