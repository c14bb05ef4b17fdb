"""The worker was off over ten due reminders and is on again: one reminder a person (prefect.yaml promises no less)."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from people import moment
from prefect.client.orchestration import SyncPrefectClient
from prefect.states import Scheduled
from sqlmodel import col, select
from step_hands import StepHands
from story_player import PROJECT, opened, settings_for

from console.local_smtp import local_smtp
from console.server import PrefectServer, client_of, end_process
from console.stories.persons import Story
from console.up import deploy, settle, start_worker
from flows.adapters.settings import Settings
from flows.catalogue import deployment_of
from flows.states import End
from flows.steps.delivery import line_of
from models.actor import process
from models.tables import Message

pytestmark = pytest.mark.slow

MISSED = 10
DUE_AT = moment("2018-06-28T08:00")


def waiting_for_corrections(folder: Path, smtp_port: int) -> Settings:
    """An office that has taken in the sample forms and asked by mail for what is missing; its clock stands two days
    before the end of the time for it."""
    settings = settings_for(folder, smtp_port)
    with opened(settings) as (office, clock), line_of(settings) as line:
        for act in Story(office, clock, StepHands(office, line), PROJECT).acts()[:5]:
            clock.move_to(act.at)
            act.play()
    return settings.model_copy(update={"clock": DUE_AT})


def missed_runs(client: SyncPrefectClient) -> list[Any]:
    """Runs of the reminders that the schedule had planned and nobody carried out."""
    reminders = deployment_of("remind")
    assert reminders is not None
    deployment = client.read_deployment_by_name(reminders.full_name)
    now = datetime.now(UTC)
    return [
        client.create_flow_run_from_deployment(
            deployment.id, state=Scheduled(scheduled_time=now - timedelta(minutes=MISSED - number))
        ).id
        for number in range(MISSED)
    ]


def reminded(settings: Settings) -> list[tuple[str, str]]:
    with opened(settings, DUE_AT) as (office, _), office.reading(process("test")) as session:
        rows = session.exec(select(Message).where(col(Message.event).like("reminder%"))).all()
        return sorted((row.event, row.recipient) for row in rows)


def test_ten_late_runs_write_one_reminder_a_person(tmp_path: Path) -> None:
    with local_smtp() as (smtp_port, received):
        settings = waiting_for_corrections(tmp_path, smtp_port)
        before = len(received.message_ids)
        with opened(settings) as (office, _), PrefectServer(settings) as server:
            settle(server, office)
            deploy(server)
            with client_of(server.api_url) as client:
                late = missed_runs(client)
                assert reminded(settings) == []
                worker = start_worker(server)
                try:
                    deadline = time.monotonic() + 420
                    while True:
                        states = [client.read_flow_run(run).state for run in late]
                        if all(state is not None and state.is_final() for state in states):
                            break
                        assert time.monotonic() < deadline, Counter(state and state.name for state in states)
                        time.sleep(1)
                finally:
                    end_process(worker)
        assert Counter(state and state.name for state in states) == {End.DONE: 1, End.NOTHING_TO_DO: MISSED - 1}
        people = [recipient for _, recipient in reminded(settings) if recipient]
        assert len(people) >= 4
        assert len(people) == len(set(people))
        with opened(settings, DUE_AT + timedelta(minutes=30)) as (office, _), line_of(settings) as line:
            StepHands(office, line).deliver()
        assert (received.twice, len(received.message_ids) - before) == (0, len(people))
