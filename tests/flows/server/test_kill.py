"""Killed with server and worker, in the middle of intake and in the middle of a mail: the same end, no mail twice."""

import contextlib
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lives import OFFICER, OfficerAtHand
from people import moment
from sqlmodel import select
from step_hands import StepHands
from story_player import PROJECT, EndState, end_state, misplaced, opened, settings_for
from test_up import free_port, gone

from console.local_smtp import local_smtp
from console.run import RunResult, run_flow
from console.stories.persons import Story
from flows.adapters.settings import Settings
from flows.steps.delivery import line_of
from flows.steps.incidents import settle_incident
from models.tables import Incident, Message
from models.tables.outbox import MessageState

pytestmark = pytest.mark.slow

INTAKE_AT, DELIVERY_AT, NEXT_DELIVERY_AT = (moment(f"2018-06-25T{time}") for time in ("12:00", "12:30", "12:50"))
FIFTH = 5


class Trap(list[str]):
    """Message-IDs that arrive. With the fifth something happens, before the server has said that it has the mail."""

    def __init__(self, happens: Callable[[], None]) -> None:
        super().__init__()
        self.happens = happens

    def append(self, message_id: str) -> None:
        super().append(message_id)
        if len(self) == FIFTH:
            self.happens()


def office_at(folder: Path, smtp_port: int) -> Settings:
    """An office in ``folder`` as ``nabor up`` finds it, with the call of the story open."""
    folder.mkdir()
    settings = settings_for(folder, smtp_port).model_copy(update={"data": folder / "var"})
    with opened(settings, moment("2018-05-28T09:00")) as (office, clock), line_of(settings) as line:
        Story(office, clock, StepHands(office, line), PROJECT).acts()[0].play()
    return settings


def unharmed(folder: Path) -> tuple[EndState, list[str]]:
    """How intake and delivery end when nobody is killed, and what had arrived."""
    with local_smtp() as (port, received):
        settings = office_at(folder, port)
        with opened(settings, INTAKE_AT) as (office, clock), line_of(settings) as line:
            hands = StepHands(office, line)
            hands.intake(PROJECT / "samples" / "inbox")
            clock.move_to(DELIVERY_AT)
            hands.deliver()
            clock.move_to(NEXT_DELIVERY_AT)
            return end_state(office), received.message_ids


def variables(settings: Settings) -> dict[str, str]:
    """The settings as ``nabor up`` in a process of its own reads them."""
    given = settings.model_dump(include={"smtp_host", "smtp_port", "smtp_security", "smtp_allow_reserved"})
    return {f"NABOR_{name.upper()}": str(value) for name, value in given.items()}


def kill_all(running: Any) -> None:
    """As when the computer loses power: server, worker and run at once."""
    for pid in [running.process.pid, *running.helpers()]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_run(running: Any) -> None:
    """Kills the process that carries out a run, and leaves server and worker alone."""
    runs = {pid: parent_of(pid) for pid in running.helpers() if "PREFECT__FLOW_RUN_ID" in environment_of(pid)}
    [run] = [pid for pid, parent in runs.items() if parent not in runs]
    os.kill(run, signal.SIGKILL)


def environment_of(pid: int) -> Mapping[str, str]:
    with contextlib.suppress(OSError):  # gone meanwhile
        lines = Path(f"/proc/{pid}/environ").read_text(errors="replace").split("\0")
        return dict(line.split("=", 1) for line in lines if "=" in line)
    return {}


def parent_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("\nPPid:")[2].split()[0])


def filed(settings: Settings) -> int:
    with closing(sqlite3.connect(settings.data / "nabor.sqlite3", timeout=10)) as database:
        counted: int = database.execute("SELECT count(*) FROM submitted_file WHERE state = 'filed'").fetchone()[0]
        return counted


def in_background(work: Callable[[], RunResult]) -> tuple[threading.Thread, list[RunResult]]:
    """Starts the work; its result comes into the list, unless the server was gone before it was known."""
    results: list[RunResult] = []

    def do() -> None:
        with contextlib.suppress(Exception):
            results.append(work())

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    return thread, results


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_killed_in_intake_and_in_delivery_it_ends_as_if_nothing_had_happened(
    start_up: Callable[..., Any], tmp_path: Path
) -> None:
    inbox = str(PROJECT / "samples" / "inbox")
    with local_smtp() as (smtp_port, received):
        settings = office_at(tmp_path / "killed", smtp_port)
        folder, given = tmp_path / "killed", variables(settings)

        # The run dies while it files the forms; server and worker live on, and the next run does the rest.
        first = start_up(folder, free_port(), NABOR_CLOCK=INTAKE_AT.isoformat(), **given)
        thread, results = in_background(lambda: run_flow(settings, "intake", {"folder": inbox}, timeout=120))
        until(lambda: filed(settings) >= 3)
        kill_run(first)
        thread.join(150)
        assert [(one.ok, one.label) for one in results] == [(False, "przerwany")]
        assert 3 <= filed(settings) < 25
        assert run_flow(settings, "intake", {"folder": inbox}, timeout=120).ok
        assert filed(settings) == 25
        first.stop()

        # Everything dies when the fifth mail has arrived and nobody knows it yet.
        second = start_up(folder, free_port(), NABOR_CLOCK=DELIVERY_AT.isoformat(), **given)
        pids = second.helpers()
        received.message_ids = Trap(lambda: kill_all(second))
        in_background(lambda: run_flow(settings, "deliver", {}, timeout=60))
        until(lambda: len(received.message_ids) >= FIFTH and second.process.poll() is not None)
        until(lambda: gone(pids))

        third = start_up(folder, free_port(), NABOR_CLOCK=NEXT_DELIVERY_AT.isoformat(), **given)
        assert run_flow(settings, "deliver", {}, timeout=120).ok
        with opened(settings, NEXT_DELIVERY_AT) as (office, _):
            with office.reading(OFFICER) as session:
                unknown = session.exec(select(Message.message_id).where(Message.state == MessageState.UNKNOWN)).all()
                incidents = [(row.id, row.flow, row.code) for row in session.exec(select(Incident)).all()]
            assert received.message_ids[FIFTH - 1] in unknown
            assert len(unknown) <= settings.smtp_connections, "one for each connection, and no more"
            missing = set(unknown) - set(received.message_ids)
            with line_of(settings) as line:
                officer = OfficerAtHand(office, line, received.message_ids)
                assert officer.settle_unknown() == len(missing)
                officer.deliver()
            assert {(flow, code) for _, flow, code in incidents} >= {("intake", "Crashed"), ("deliver", "Crashed")}
            for number, _, _ in incidents:
                assert number is not None
                with office.writing(OFFICER) as session:
                    settle_incident(session, number, actor=OFFICER, now=office.now())
        assert run_flow(settings, "deliver", {}, timeout=120).ok
        third.stop()

        with opened(settings, NEXT_DELIVERY_AT) as (office, _):
            state, wrong = end_state(office), misplaced(office)
    expected, arrived = unharmed(tmp_path / "unharmed")
    # The seal of the days before is made at half past midnight by the computer's clock, should the test run then.
    assert {**state, "seals": []} == {**expected, "seals": []}
    assert wrong == []
    assert (received.twice, len(received.message_ids)) == (0, len(arrived))
