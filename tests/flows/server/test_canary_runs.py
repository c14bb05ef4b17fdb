"""Nothing personal lies open when the recruitment ran as flows, nor when they fail with a person's data in hand."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from canaries import (
    ACCOUNTS,
    E_MAIL,
    EVERYTHING,
    PESELS,
    SENSITIVE,
    STREET,
    SURNAME,
    canary_project,
    finds,
    names_of_files,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from story_player import BEGINNING, opened, settings_for

from console.flow_hands import FlowHands
from console.local_smtp import local_smtp
from console.run import run_flow
from console.server import PrefectServer, client_of, flows_against
from console.stories.persons import CALL, Story
from console.up import deploy, settle
from flows import delivery, intake, ranking, reminders, verification
from flows.adapters.settings import Settings
from flows.orders import CallOrder
from models.actor import process
from models.errors import BadInput
from models.tables import Incident

pytestmark = pytest.mark.slow

IN_HAND = f"{SURNAME} {PESELS[0]} {E_MAIL}0@example.org {ACCOUNTS[0]} {SENSITIVE} {STREET}"


class ForeignError(Exception):
    """Not one of ours: its text may hold anything, and so may its attributes."""

    def __init__(self, value: str) -> None:
        super().__init__(f"cannot use {value}")
        self.value = value


def plainly(*_arguments: object, **_named: object) -> None:
    raise ValueError(f"bad row: {IN_HAND}")


def with_a_cause(*_arguments: object, **_named: object) -> None:
    try:
        dict[str, str]()[IN_HAND]
    except KeyError as error:
        raise ForeignError(IN_HAND) from error


def in_a_context(*_arguments: object, **_named: object) -> None:
    try:
        int(IN_HAND)
    finally:
        raise ForeignError(PESELS[1])


def as_a_database(*_arguments: object, **_named: object) -> None:
    raise IntegrityError("INSERT INTO person VALUES (?)", {"pesel": PESELS[0], "name": SURNAME}, Exception(IN_HAND))


def as_a_file_system(*_arguments: object, **_named: object) -> None:
    raise FileNotFoundError(2, "No such file", f"/skrzynka/{SURNAME} {PESELS[0]}.docx")


@dataclass(frozen=True)
class Ran:
    """What a server left behind after the story and the failures."""

    settings: Settings
    failed: list[str]
    refused: int
    states: list[str]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("canary-runs")
    project = canary_project(folder)
    with local_smtp() as (port, _), pytest.MonkeyPatch.context() as patch:
        settings = settings_for(folder, port)
        for name, value in settings.model_dump(exclude_none=True).items():
            patch.setenv(f"NABOR_{name.upper()}", str(value))
        with opened(settings) as (office, clock), PrefectServer(settings) as server:
            with flows_against(server):
                for _ in Story(office, clock, FlowHands(), project).play():
                    pass
                failed = fail_in_every_way(project)
            settle(server, office)
            deploy(server)
            refused = refused_orders(settings)
            with client_of(server.api_url) as client:
                states = [str(run.state and run.state.message) for run in client.read_flow_runs()]
    return Ran(settings, failed, refused, states)


def refused_orders(settings: Settings) -> int:
    """Orders with personal data where codes belong, as somebody may type them on the page; how many are refused."""
    orders: list[tuple[str, dict[str, str]]] = [
        ("verify", {"call": IN_HAND}),
        ("rank", {"call": SURNAME}),
        ("decide", {"officer": SURNAME, "ticket": PESELS[2], "call": PESELS[2], "decisions": f'["{IN_HAND}"]'}),
        ("announce", {"officer": f"{E_MAIL}@example.org", "ticket": ACCOUNTS[1], "call": CALL}),
        ("settle", {"officer": "filip", "ticket": "x", "call": CALL, "meeting": STREET, "paid_on": PESELS[3]}),
    ]
    refused = 0
    for flow, fields in orders:
        with pytest.raises(BadInput) as refusal:
            run_flow(settings, flow, fields)
        assert SURNAME not in str(refusal.value)
        refused += 1
    return refused


def fail_in_every_way(project: Path) -> list[str]:
    """Flows whose steps raise with personal data in hand; how their runs ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.steps.kept_files.store_folder", as_a_file_system)
        patch.setattr("flows.steps.verification.to_verify", plainly)
        patch.setattr("flows.steps.ranking.rank_call", with_a_cause)
        patch.setattr("flows.steps.reminders.due_occasions", in_a_context)
        patch.setattr("flows.steps.delivery.deliver", as_a_database)
        ended = [
            intake.intake(str(project / "samples" / "inbox"), return_state=True),
            verification.verify(CallOrder(call=CALL), return_state=True),
            ranking.rank(CallOrder(call=CALL), return_state=True),
            reminders.remind(return_state=True),
            delivery.deliver(return_state=True),
        ]
    return [state.type.value for state in ended]


def test_every_failure_is_a_failed_run_and_an_incident_for_an_officer(ran: Ran) -> None:
    assert (ran.failed, ran.refused) == (["FAILED"] * 5, 5)
    with opened(ran.settings, BEGINNING) as (office, _), office.reading(process("test")) as session:
        incidents = sorted((row.flow, row.code) for row in session.exec(select(Incident)).all())
    assert incidents == [
        ("deliver", "IntegrityError"),
        ("intake", "FileNotFoundError"),
        ("rank", "ForeignError"),
        ("remind", "ForeignError"),
        ("verify", "ValueError"),
    ]


def test_nothing_personal_lies_open_in_the_data_folder_of_prefect_and_of_ours(ran: Ran) -> None:
    assert (ran.settings.data / "prefect" / "prefect.db").stat().st_size > 100_000
    assert finds(ran.settings.data, EVERYTHING) == []
    assert names_of_files(ran.settings.data, EVERYTHING) == []


def test_the_failures_are_told_in_the_database_of_prefect(ran: Ran) -> None:
    """They did reach the server: what is not there cannot leak."""
    assert any("IntegrityError" in state for state in ran.states)
    log = b"".join(path.read_bytes() for path in (ran.settings.data / "prefect").glob("prefect.db*"))
    assert b"IntegrityError: b" in log
