"""The whole demo with both databases on PostgreSQL: ours, and the Prefect server's (which needs contrib).

Needs a system PostgreSQL; ``.ci/run`` installs it. Run as root, the cluster belongs to the user ``postgres``.
"""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from console.demo import run_demo

pytestmark = pytest.mark.postgres_server


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "no system PostgreSQL: apt-get install postgresql"
    return found[-1].parent


def _as_owner(*command: str) -> None:
    """Runs a program of the cluster; initdb and the server refuse to work as root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A fresh cluster on a free port of 127.0.0.1: the address without a database name."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Under /tmp itself: a Unix socket's path may have 107 characters, and the owner must reach the folder.
    folder = Path(subprocess.run(["mktemp", "-d"], check=True, capture_output=True, text=True).stdout.strip())
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    programs = _programs()
    data = str(folder / "data")
    _as_owner(
        str(programs / "initdb"), "-D", data, "-U", "nabor", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    _as_owner(str(programs / "pg_ctl"), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://nabor@127.0.0.1:{port}"
    finally:
        _as_owner(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


def test_demo_on_postgresql_equals_demo_on_sqlite(cluster: str, tmp_path: Path) -> None:
    with psycopg.connect(f"{cluster}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE nabor_data")
        connection.execute("CREATE DATABASE nabor_prefect")

    on_postgres = run_demo(
        tmp_path / "on-postgres",
        databases={
            "NABOR_DATABASE_URL": f"{cluster}/nabor_data",
            "NABOR_PREFECT_DATABASE_URL": f"{cluster}/nabor_prefect",
        },
    )
    on_sqlite = run_demo(tmp_path / "on-sqlite")

    assert on_postgres == on_sqlite
    assert not list((tmp_path / "on-postgres").rglob("*.sqlite3"))
    assert not list((tmp_path / "on-postgres").rglob("prefect.db"))
    with psycopg.connect(f"{cluster}/nabor_prefect") as connection:
        [runs] = connection.execute("SELECT count(*) FROM flow_run").fetchone() or (0,)
    assert runs == on_postgres.flow_runs
