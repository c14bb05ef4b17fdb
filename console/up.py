"""``nabor up``: server, work pool, deployments with their schedules, and a worker, until Ctrl-C.

The order matters: a deployment needs its pool, a removed schedule stays alive unless it is cleared first, and the
worker must not start before what it may run is settled. Nothing of an earlier life is trusted: runs that died with
their server are marked as such and give back their place in the queue.
"""

import subprocess
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

# Before Prefect itself: it keeps Prefect's SDK from reporting its use.
from console.server import PrefectServer, client_of, end_process, start_process, undisturbed

# isort: split
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate, WorkPoolCreate
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Crashed
from prefect.workers.process import ProcessWorker
from rich.console import Console
from rich.table import Table

from flows.adapters.clock import warsaw
from flows.adapters.office import Office, open_office
from flows.adapters.settings import Settings
from flows.catalogue import CATALOGUE, POOL
from flows.steps.incidents import record_incident
from models.actor import process
from models.errors import NotYet

ROOT = Path(__file__).resolve().parent.parent
"""Where ``prefect.yaml`` and the flows are: the worker loads them from here."""

RUNS_AT_ONCE = 4
DEPLOY_SECONDS = 180
SCHEDULE_SECONDS = 60
_PAGE = 200


def up(
    settings: Settings, *, on_ready: Callable[[PrefectServer], None] | None = None, said: Console | None = None
) -> None:
    """Runs until Ctrl-C or SIGTERM and leaves no process behind. ``on_ready`` is called when the worker has started.

    Raises ``NotYet`` when the port is taken, the folder is in use, or the server or the deployments fail to start;
    ``KeysMissing`` and ``DatabaseNotReady`` before anything is started.
    """
    said = said or Console()
    try:
        with open_office(settings) as office:
            said.print("Uruchamiam serwer Prefect (pierwszy raz trwa to kilkanaście sekund)…")
            with PrefectServer(settings, port=settings.prefect_port) as server:
                settle(server, office)
                deploy(server)
                _serve(server, said, on_ready)
    except KeyboardInterrupt:
        said.print("Zatrzymano serwer i wykonawcę.")


def settle(server: PrefectServer, office: Office) -> None:
    """The pool as it should be, no schedule and no foreign deployment left, and no run of a dead process alive."""
    wanted = {one.full_name for one in CATALOGUE}
    with client_of(server.api_url) as client:
        client.create_work_pool(
            WorkPoolCreate(name=POOL, type="process", base_job_template=ProcessWorker.get_default_base_job_template()),
            overwrite=True,
        )
        flows = {flow.id: flow.name for flow in client.read_flows()}
        _end_dead_runs(client, office, flows)
        for deployment in client.read_deployments():
            for schedule in client.read_deployment_schedules(deployment.id):
                client.delete_deployment_schedule(deployment.id, schedule.id)
            if f"{flows[deployment.flow_id]}/{deployment.name}" not in wanted:
                client.delete_deployment(deployment.id)
            elif deployment.global_concurrency_limit is not None:
                client.update_global_concurrency_limit(
                    deployment.global_concurrency_limit.name, GlobalConcurrencyLimitUpdate(active_slots=0)
                )


def deploy(server: PrefectServer) -> None:
    """Everything in ``prefect.yaml``, by Prefect's own command."""
    command = ["-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(ROOT / "prefect.yaml")]
    log = server.home / "deploy.log"
    started = start_process(command, environment=server.environment(), folder=ROOT, log=log)
    try:
        failed = started.wait(DEPLOY_SECONDS) != 0
    except subprocess.TimeoutExpired:
        failed = True
    finally:
        end_process(started)
    with client_of(server.api_url) as client:
        missing = len(CATALOGUE) - len(client.read_deployments())
    if failed or missing:
        raise NotYet(f"Nie udało się wdrożyć przepływów. Przyczyna stoi w pliku {log}.")


def start_worker(server: PrefectServer) -> subprocess.Popen[bytes]:
    """The process that carries out runs, each in a process of its own."""
    command = ["-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process", "--name", "nabor"]
    command += ["--limit", str(RUNS_AT_ONCE), "--install-policy", "never"]
    return start_process(command, environment=server.environment(), folder=ROOT, log=server.home / "worker.log")


def next_runs(client: SyncPrefectClient) -> dict[str, datetime]:
    """The next run that the scheduler has really planned, by full name of the deployment."""
    flows = {flow.id: flow.name for flow in client.read_flows()}
    names = {one.id: f"{flows[one.flow_id]}/{one.name}" for one in client.read_deployments()}
    planned: dict[str, datetime] = {}
    for run in _runs(client, StateType.SCHEDULED):
        name = names.get(run.deployment_id) if run.deployment_id else None
        at = run.expected_start_time
        if run.auto_scheduled and name is not None and at is not None:
            planned[name] = min(at, planned.get(name, at))
    return planned


def _serve(server: PrefectServer, said: Console, on_ready: Callable[[PrefectServer], None] | None) -> None:
    worker = start_worker(server)
    try:
        said.print(_timetable(_planned(server)))
        said.print(f"Strona Prefect: {server.page_url}    Koniec: Ctrl-C")
        if on_ready is not None:
            on_ready(server)
        while server.alive:
            if worker.poll() is not None:
                said.print("Wykonawca przestał działać; uruchamiam go ponownie.")
                worker = start_worker(server)
            time.sleep(1)
        raise NotYet(f"Serwer Prefect przestał działać. Przyczyna stoi w pliku {server.log}.")
    finally:
        with undisturbed():
            end_process(worker)


def _end_dead_runs(client: SyncPrefectClient, office: Office, flows: Mapping[UUID, str]) -> None:
    """No worker lives now, so whatever looks alive died with the last one. Its incident is written here."""
    for kind in (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING):
        for run in _runs(client, kind):
            message = "Przerwany razem z serwerem. Następny przebieg dokończy pracę."
            client.set_flow_run_state(run.id, Crashed(message=message), force=True)
            flow = flows.get(run.flow_id, "?")
            with office.writing(process(flow)) as session:
                record_incident(session, flow=flow, run=str(run.id), code="Crashed", now=office.now())


def _runs(client: SyncPrefectClient, kind: StateType) -> list[FlowRun]:
    found: list[FlowRun] = []
    while True:
        page = client.read_flow_runs(
            flow_run_filter=FlowRunFilter.model_validate({"state": {"type": {"any_": [kind]}}}),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=_PAGE,
            offset=len(found),
        )
        found += page
        if len(page) < _PAGE:
            return found


def _planned(server: PrefectServer) -> dict[str, datetime]:
    """Waits for the scheduler to plan every schedule. One that plans nothing looks healthy otherwise."""
    scheduled = {one.full_name for one in CATALOGUE if one.cron}
    deadline = time.monotonic() + SCHEDULE_SECONDS
    with client_of(server.api_url) as client:
        while not scheduled <= (planned := next_runs(client)).keys():
            if time.monotonic() > deadline:
                raise NotYet(f"Planista Prefect nie planuje przebiegów. Przyczyna stoi w pliku {server.log}.")
            time.sleep(1)
    return planned


def _timetable(planned: dict[str, datetime]) -> Table:
    table = Table(title="Co i kiedy się dzieje (czas warszawski)")
    for column in ("Przepływ", "Nazwa", "Następny przebieg"):
        table.add_column(column)
    for one in CATALOGUE:
        at = planned.get(one.full_name)
        table.add_row(one.flow, one.name, f"{warsaw(at):%d.%m.%Y %H:%M}" if at else "na polecenie")
    return table
