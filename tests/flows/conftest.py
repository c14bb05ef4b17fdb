"""Prefect for tests: a server of its own once a session, and never one that a developer's environment points to."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Before anything imports Prefect: an address in the environment or in .env would send test runs to a live server.
os.environ["PREFECT_API_URL"] = ""
os.environ["DO_NOT_TRACK"] = "1"

import pytest
from story_player import Told, told_in

from flows.adapters.settings import Settings
from models.keys import create_key_file

ROOT = Path(__file__).resolve().parents[2]
UP = """
from console.up import up
from flows.adapters.settings import load_settings
up(load_settings(), on_ready=lambda server: print("READY", server.api_url, flush=True))
"""


@pytest.fixture(scope="session")
def prefect() -> Iterator[None]:
    """Flows called in a test run against Prefect's test server. Without the heartbeat a flow takes 0.1 s, not 1.1 s."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(120), temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The recruitment of the demo, played once to its end without Prefect and without harm."""
    return told_in(tmp_path_factory.mktemp("told"))


@pytest.fixture
def office_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty office in a folder of its own; what opens an office by the environment opens this one."""
    return _new_office(tmp_path, monkeypatch.setenv)


def _new_office(folder: Path, set_variable: Callable[[str, str], None]) -> Settings:
    settings = Settings(data=folder / "var", keys=folder / "keys.json")
    create_key_file(settings.key_file)
    set_variable("NABOR_DATA", str(settings.data))
    set_variable("NABOR_KEYS", str(settings.key_file))
    return settings


@dataclass
class RunningOffice:
    """A ``nabor up`` in a process of its own."""

    settings: Settings
    process: subprocess.Popen[str]
    api_url: str
    seconds_to_ready: float

    def helpers(self) -> list[int]:
        """Process ids of everything that ``up`` started: server, worker, runs."""
        mark = f"NABOR_SUPERVISED_HOME={self.settings.data.resolve() / 'prefect'}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return found

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Sends the signal to ``up`` alone, as a service manager does, and waits; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def start_up() -> Iterator[Callable[..., RunningOffice]]:
    """Starts ``nabor up`` for a folder and a port, from a foreign current folder; ends what still runs afterwards.

    Further settings come as ``NABOR_*`` variables.
    """
    running: list[RunningOffice] = []

    def start(folder: Path, port: int, **variables: str) -> RunningOffice:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "NABOR_"))}
        settings = Settings(data=folder / "var", keys=folder / "keys.json", prefect_port=port)
        if not settings.key_file.exists():
            create_key_file(settings.key_file)
        environment |= {"NABOR_DATA": str(settings.data), "NABOR_KEYS": str(settings.key_file)}
        environment |= {"NABOR_PREFECT_PORT": str(port), "PYTHONPATH": str(ROOT), **variables}
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-c", UP], env=environment, cwd=folder, stdout=subprocess.PIPE, text=True
        )
        said = process.stdout
        assert said is not None
        seen = []
        for line in said:
            seen.append(line)
            if line.startswith("READY "):
                one = RunningOffice(settings, process, line.split()[1], time.monotonic() - began)
                running.append(one)
                return one
        raise AssertionError(f"up ended with {process.wait()}: {''.join(seen)}")

    yield start
    for one in running:
        if one.process.poll() is None:
            one.stop(signal.SIGTERM)
