"""A Prefect server of our own: a process on 127.0.0.1 with everything it keeps in the data folder.

Nothing here depends on the current folder or on a Prefect profile of the person who runs it: every setting is given
by environment, and inherited ``PREFECT_*`` variables are dropped. The server needs no network.
"""

import contextlib
import fcntl
import http.client
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from pydantic import SecretStr

from flows.adapters.settings import Settings
from models.errors import NaborError, NotYet

# Prefect's SDK asks once, at import, whether it may report its use from a terminal; so this stands before the import.
os.environ.setdefault("DO_NOT_TRACK", "1")

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.events.worker import EventsWorker
from prefect.logging.configuration import ensure_logging_setup
from prefect.logging.handlers import APILogWorker, PrefectConsoleHandler
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_HOME,
    PREFECT_RESULTS_PERSIST_BY_DEFAULT,
    temporary_settings,
)

HOST = "127.0.0.1"
START_SECONDS = 120
STOP_SECONDS = 15
_ENDING = (signal.SIGINT, signal.SIGTERM)
_LOG_LIMIT = 5_000_000
_MARK = "NABOR_SUPERVISED_HOME"
"""Every process started here carries its Prefect home under this name, so that none is left behind unnoticed."""

_QUIET: Mapping[str, str] = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_WORKER_QUERY_SECONDS": "2",
    "PREFECT_CLI_PROMPT": "false",
}
_SERVER: Mapping[str, str] = {
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "2592000",
    # Larger batches: on SQLite they cut the stall after a thousand task runs from 31 s to 8 s.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "200",
    # Smaller pauses between them, so that the page shows within a second or two what has just run.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "1",
    # A run that finds another of its deployment at work asks again after 5 s, not 30: after an outage many are late.
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "5",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
}


class PrefectServer:
    """Context manager: inside it a Prefect server answers at ``api_url``; after it no process of it is left.

    ``port``: 0 takes a free one; ``None`` takes the one of the settings. Raises ``NotYet`` when the port is taken or
    the server does not come up; its log then says why.
    """

    def __init__(self, settings: Settings, *, port: int | None = 0) -> None:
        self._settings = settings
        self.home = prefect_home(settings)
        self.port = port if port is not None else settings.prefect_port
        self._process: subprocess.Popen[bytes] | None = None
        self._exits = contextlib.ExitStack()

    @property
    def page_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.page_url}/api"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int:
        """The server's process, which leads a group of its own."""
        assert self._process is not None
        return self._process.pid

    def environment(self) -> dict[str, str]:
        """For processes that speak to this server (worker, command line): with the office's settings as absolute."""
        return {
            **office_environment(self._settings),
            **_QUIET,
            "PREFECT_HOME": str(self.home),
            "PREFECT_API_URL": self.api_url,
            _MARK: str(self.home),
        }

    def __enter__(self) -> Self:
        make_private(self.home)
        self._exits.enter_context(_alone(self.home))
        try:
            end_leftovers(self.home)
            self.port = self.port or _free_port()
            _require_free(self.port)
            self._exits.enter_context(interruptible())
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            with undisturbed():
                if self._process is not None:
                    end_process(self._process)
                end_leftovers(self.home)
                address_file(self._settings).unlink(missing_ok=True)
        finally:
            self._exits.close()

    def _start(self) -> None:
        page = self.home / "page"
        _without_second_page(page)
        environment = {
            **self.environment(),
            **_SERVER,
            "PREFECT_SERVER_API_HOST": HOST,
            "PREFECT_SERVER_API_PORT": str(self.port),
            "PREFECT_SERVER_UI_API_URL": self.api_url,
            # Its own copy of the page, which holds the port: two servers of one installation do not mix.
            "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(page),
        }
        if self._settings.prefect_database_url is not None:
            environment["PREFECT_API_DATABASE_CONNECTION_URL"] = _asyncpg(self._settings.prefect_database_url)
        command = ["-m", "prefect", "server", "start", "--host", HOST, "--port", str(self.port)]
        self._process = start_process(command, environment=environment, folder=self.home, log=self.log)
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self.port):
            if not self.alive:
                raise NotYet(f"Serwer Prefect nie wstał. Przyczyna stoi w pliku {self.log}.")
            if time.monotonic() > deadline:
                raise NotYet(f"Serwer Prefect nie odpowiada od {START_SECONDS} s. Zobacz {self.log}.")
            time.sleep(0.2)
        address = address_file(self._settings)
        address.touch(mode=0o600)
        address.write_text(json.dumps({"api_url": self.api_url}))


@contextlib.contextmanager
def flows_against(server: PrefectServer) -> Iterator[None]:
    """Flows called in this block run in this process and report to ``server``; the terminal shows only warnings.

    Without the heartbeat a sync flow costs about 0.15 s instead of 1.1 s. At the end all reports have arrived.
    """
    reported = {
        PREFECT_API_URL: server.api_url,
        PREFECT_HOME: server.home,
        PREFECT_RESULTS_PERSIST_BY_DEFAULT: False,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
    }
    with temporary_settings(reported), _console_at(logging.WARNING):
        try:
            yield
        finally:
            APILogWorker.drain_all(timeout=STOP_SECONDS)
            EventsWorker.drain_all(timeout=STOP_SECONDS)


@contextlib.contextmanager
def client_of(api_url: str) -> Iterator[SyncPrefectClient]:
    """A client of the server at that address, whatever the environment says."""
    with temporary_settings({PREFECT_API_URL: api_url}), get_client(sync_client=True) as client:
        yield client


def prefect_home(settings: Settings) -> Path:
    """Where the Prefect server keeps its database, logs and storage."""
    return settings.data.resolve() / "prefect"


def address_file(settings: Settings) -> Path:
    """Where a running server of this data folder says how to reach it."""
    return prefect_home(settings) / "server.json"


def office_environment(settings: Settings) -> dict[str, str]:
    """This process's environment with the settings as absolute ``NABOR_*``, without Prefect's and without a person.

    Scheduled processes act as themselves: the login and secret of the officer who started them stay behind.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NABOR_", "PREFECT_"))}
    # A proxy for the outside world is no way to 127.0.0.1.
    kept["NO_PROXY"] = kept["no_proxy"] = ",".join(filter(None, [kept.get("NO_PROXY", ""), HOST, "localhost"]))
    given = settings.model_dump(exclude={"officer", "officer_secret"}, exclude_none=True)
    given |= {"keys": settings.key_file}
    return kept | {f"NABOR_{name.upper()}": _as_text(value) for name, value in given.items()}


def make_private(folder: Path) -> None:
    """The folder, for its owner only. What is written into it by our processes is so too (umask)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)


def start_process(
    arguments: list[str], *, environment: Mapping[str, str], folder: Path, log: Path
) -> subprocess.Popen[bytes]:
    """Starts our Python in a process group of its own; what it says goes to ``log`` (the one before is kept once)."""
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))
    log.touch(mode=0o600)
    with log.open("ab") as said:
        return subprocess.Popen(  # noqa: S603
            [sys.executable, *arguments],
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=0o077,
        )


def end_process(process: subprocess.Popen[bytes]) -> None:
    """Asks the process to end, waits, and then kills what is left of its group."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_leftovers(home: Path) -> None:
    """Ends every process that serves ``home`` and is still there, and waits for it. Only where /proc tells (Linux).

    A run is a process with a session of its own, so it is not in the group of the worker that started it.
    """
    deadline = time.monotonic() + STOP_SECONDS
    ended: set[int] = set()
    # A dying process forgets its environment before it lets go of its port, so the known ones are watched to the end.
    while left := {*_serving(home), *filter(_holds_on, ended)}:
        for process_id in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
        ended |= left
        if time.monotonic() > deadline:
            raise NotYet(f"Nie udało się zakończyć procesów: {', '.join(map(str, sorted(left)))}.")
        time.sleep(0.05)


def _holds_on(process_id: int) -> bool:
    """Whether a process may still hold files and ports: one of its threads is not yet done, though the first may be."""
    states = []
    for thread in Path(f"/proc/{process_id}/task").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # done meanwhile
            states.append((thread / "stat").read_text().rpartition(")")[2].split()[0])
    return any(state not in "ZX" for state in states)


def _serving(home: Path) -> list[int]:
    mark = f"{_MARK}={home}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or of another user
            if int(entry.name) != os.getpid() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Within the block SIGTERM raises ``KeyboardInterrupt`` like Ctrl-C, so that everything is cleaned up.

    SIGINT is set too: a shell starts background jobs with it ignored, and our children would inherit that and not end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Within the block a second Ctrl-C or SIGTERM does not stop the cleaning up, which is bounded in time."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _console_at(level: int) -> Iterator[None]:
    """Prefect's terminal output at this level; what goes to the server stays complete."""
    ensure_logging_setup()
    loggers = [logging.root, *(logging.getLogger(name) for name in list(logging.root.manager.loggerDict))]
    handlers = {h for logger in loggers for h in logger.handlers if isinstance(h, PrefectConsoleHandler)}
    before = {handler: handler.level for handler in handlers}
    for handler in handlers:
        handler.setLevel(level)
    try:
        yield
    finally:
        for handler, old in before.items():
            handler.setLevel(old)


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Holds the folder while the server runs. Whatever still serves it without this lock is a leftover."""
    (home / "lock").touch(mode=0o600)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise NotYet("Na tym folderze danych działa już „nabor up”. Zatrzymaj je albo wskaż inny folder.") from None
        yield


def _without_second_page(page: Path) -> None:
    """Keeps Prefect's second web interface from being served: it calls an outside host from the officer's browser.

    There is no setting for that, only for which of the two comes first. A link to nowhere in the place of its files
    makes the server say so in its log and serve the first one alone, without invitations to switch.
    """
    make_private(page)
    second = page / "v2"
    if not second.is_symlink():
        second.symlink_to(page / "not-served")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise NotYet(
                f"Port {port} na {HOST} jest zajęty, może działa już inny serwer Prefect. "
                "Zatrzymaj go albo wskaż inny port w NABOR_PREFECT_PORT."
            ) from None


def _asyncpg(url: SecretStr) -> str:
    """The server speaks to PostgreSQL through asyncpg, whichever driver the address names."""
    scheme, separator, rest = url.get_secret_value().partition("://")
    if scheme.partition("+")[0] not in ("postgresql", "postgres") or not separator:
        raise NaborError("NABOR_PREFECT_DATABASE_URL musi zaczynać się od postgresql://")
    return f"postgresql+asyncpg://{rest}"


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value.resolve()) if isinstance(value, Path) else str(value)
