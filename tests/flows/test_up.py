"""``nabor up`` for real: server, worker, schedules, runs, and an end that leaves nothing behind."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from console.run import run_flow
from console.server import PrefectServer, prefect_home
from flows.adapters.office import open_office
from flows.adapters.settings import Settings
from flows.catalogue import CATALOGUE
from flows.states import End
from models.actor import process
from models.errors import BadInput, NotFound, NotYet
from models.tables import Incident

pytestmark = pytest.mark.slow


def free_port() -> int:
    """A free port that stays free between two lives of an office: below those that outgoing connections are given."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")


def asked(api_url: str, kind: str, **body: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.post(f"{api_url}/{kind}/filter", json=body).raise_for_status().json()
    return found


def told(url: str, body: object) -> Any:
    """What Prefect answers. Its server says 503 while another of its writers is at work; its own client asks again."""
    for _ in range(20):
        answer = httpx.post(url, json=body)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
        time.sleep(0.5)
    return answer.raise_for_status().json()


def incidents(settings: Settings) -> list[tuple[str, str]]:
    with open_office(settings) as office, office.reading(process("test")) as session:
        return [(one.flow, one.code) for one in session.exec(select(Incident)).all()]


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def running(start_up: Callable[[Path, int], Any], folder: Path) -> Any:
    """The first life of an office in a fresh folder."""
    return start_up(folder, free_port())


def test_a_scheduled_run_appears_within_90_seconds(running: Any) -> None:
    planned = [run for run in asked(running.api_url, "flow_runs") if run["auto_scheduled"]]
    assert planned
    assert running.seconds_to_ready < 90
    scheduled = {one.name for one in CATALOGUE if one.cron}
    names = {one["id"]: one["name"] for one in asked(running.api_url, "deployments")}
    assert {names[run["deployment_id"]] for run in planned} == scheduled


def test_everything_is_deployed_for_one_run_at_a_time_in_warsaw(running: Any) -> None:
    deployments = asked(running.api_url, "deployments")
    assert {one["name"] for one in deployments} == {one.name for one in CATALOGUE}
    assert all(one["global_concurrency_limit"]["limit"] == 1 for one in deployments)
    assert all(one["concurrency_options"]["collision_strategy"] == "ENQUEUE" for one in deployments)
    assert {s["schedule"]["timezone"] for one in deployments for s in one["schedules"]} == {"Europe/Warsaw"}


def test_a_run_that_is_ordered_says_how_it_ended(running: Any) -> None:
    result = run_flow(running.settings, "seal", {}, timeout=90)
    assert (result.ok, result.state, result.label) == (True, End.NOTHING_TO_DO, "nic do zrobienia")


def test_a_failed_run_says_why_and_becomes_an_incident(running: Any) -> None:
    result = run_flow(running.settings, "rank", {"call": "KES/PGR/2205/2018"}, timeout=90)
    assert not result.ok
    assert "NotFound" in result.message
    assert incidents(running.settings) == [("rank", "NotFound")]


def test_a_worker_that_dies_is_started_again(running: Any) -> None:
    [worker] = [pid for pid in running.helpers() if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(worker, signal.SIGKILL)
    assert run_flow(running.settings, "seal", {}, timeout=90).ok
    assert gone([worker])


def test_refused_parameters_make_no_run(running: Any) -> None:
    before = len(asked(running.api_url, "flow_runs"))
    with pytest.raises(BadInput, match="call") as caught:
        run_flow(running.settings, "verify", {"call": "Zofia Nowak 05271312349"})
    assert "Nowak" not in str(caught.value)
    with pytest.raises(BadInput, match="ticket"):
        run_flow(running.settings, "announce", {"call": "KES/PGR/2205/2018", "officer": "anna"})
    with pytest.raises(BadInput, match="folder"):
        run_flow(running.settings, "seal", {"folder": "x"})
    with pytest.raises(NotFound):
        run_flow(running.settings, "nothing", {})
    assert len(asked(running.api_url, "flow_runs")) == before
    assert "Nowak" not in (prefect_home(running.settings) / "server.log").read_text()


def test_the_page_is_served_from_here_and_calls_nobody(running: Any) -> None:
    page = httpx.get(running.api_url.removesuffix("/api"), follow_redirects=True)
    assert page.status_code == 200
    assert "https://" not in page.text
    settings = httpx.get(f"{running.api_url.removesuffix('/api')}/ui-settings").json()
    assert settings["api_url"] == running.api_url
    # The second interface would call an outside host from the officer's browser.
    assert settings["available_uis"] == ["v1"]
    assert "amplitude" not in httpx.get(f"{running.api_url.removesuffix('/api')}/v2/", follow_redirects=True).text
    assert httpx.get(f"{running.api_url}/admin/settings").json()["server"]["analytics_enabled"] is False


def test_the_folder_is_for_its_owner_only(running: Any) -> None:
    home = prefect_home(running.settings)
    assert home.stat().st_mode & 0o777 == 0o700
    assert [path for path in home.rglob("*") if path.is_file() and path.stat().st_mode & 0o077] == []


def test_a_second_one_is_refused(running: Any) -> None:
    with pytest.raises(NotYet, match="działa już"), PrefectServer(running.settings):
        pass
    elsewhere = running.settings.model_copy(update={"data": running.settings.data.parent / "other"})
    with pytest.raises(NotYet, match=r"Port \d+ .* zajęty"), PrefectServer(elsewhere, port=None):
        pass


def test_ctrl_c_ends_everything(running: Any) -> None:
    pids = running.helpers()
    assert len(pids) >= 2
    assert running.stop(signal.SIGINT) == 0
    assert gone(pids)
    with pytest.raises(NotYet, match="nabor up"):
        run_flow(running.settings, "seal", {})


def test_the_next_life_forgets_what_was_removed_and_settles_what_died(
    start_up: Callable[[Path, int], Any], folder: Path
) -> None:
    port = free_port()
    old = start_up(folder, port)
    deployments = {one["name"]: one for one in asked(old.api_url, "deployments")}
    seal = deployments["Pieczętowanie dziennika"]
    every_minute = {"schedule": {"cron": "* * * * *", "timezone": "Europe/Warsaw"}, "active": True, "slug": "old"}
    told(f"{old.api_url}/deployments/{seal['id']}/schedules", [every_minute])
    foreign = {"name": "Dawna nazwa", "flow_id": seal["flow_id"], "schedules": [every_minute]}
    told(f"{old.api_url}/deployments/", foreign)
    remind = deployments["Przypomnienia"]["id"]
    later = {"state": {"type": "SCHEDULED", "state_details": {"scheduled_time": "2099-01-01T00:00:00Z"}}}
    run = told(f"{old.api_url}/deployments/{remind}/create_flow_run", later)
    as_if_at_work = {"state": {"type": "RUNNING"}, "force": True}
    told(f"{old.api_url}/flow_runs/{run['id']}/set_state", as_if_at_work)
    taken = {"active_slots": 1}
    httpx.patch(f"{old.api_url}/v2/concurrency_limits/deployment:{remind}", json=taken).raise_for_status()
    pids = old.helpers()
    old.process.send_signal(signal.SIGKILL)
    old.process.wait(10)
    assert not gone(pids)  # nobody could clean up

    new = start_up(folder, port)
    try:
        assert gone(pids)
        after = {one["name"]: one for one in asked(new.api_url, "deployments")}
        assert after.keys() == {one.name for one in CATALOGUE}
        [left] = after["Pieczętowanie dziennika"]["schedules"]
        assert left["schedule"]["cron"] == "30 0 * * *"
        planned = [one for one in asked(new.api_url, "flow_runs") if one["deployment_id"] == seal["id"]]
        assert all(one["expected_start_time"][14:16] == "30" for one in planned if one["auto_scheduled"])
        assert httpx.get(f"{new.api_url}/flow_runs/{run['id']}").json()["state"]["type"] == "CRASHED"
        assert ("remind", "Crashed") in incidents(new.settings)
        assert run_flow(new.settings, "remind", {}, timeout=90).ok  # the dead run's place is free
    finally:
        pids = new.helpers()
        assert new.stop(signal.SIGTERM) == 0
    assert gone(pids)


def test_a_server_alone_ends_with_its_block_also_on_an_error(office_settings: Settings) -> None:
    seen = []

    def fail(server: PrefectServer) -> None:
        with server:
            assert server.alive
            seen.append(server.process_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail(PrefectServer(office_settings))
    assert gone(seen)
