"""Settling person-days: from confirmed minutes and statements to stored records, meeting by meeting.

    python -m benchmarks.pay [PERSON_DAYS [WITH_PAPERS]]        (10 000 and 200 by default)

Groups of 50 meet for two days. Prints the seconds of settling all of them as ``nabor stipend settle`` does it: every
record and event committed in SQLite, without the papers, which follow in transactions of their own; and beside it the
seconds of ``WITH_PAPERS`` person-days with their papers: a bill in Word and a letter for each, and the payment lists.
Everybody in it is invented; making them does not count. That the sums are those of the rules is checked at the end.
"""

import cProfile
import gc
import os
import pstats
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlmodel import col, func, select

from benchmarks.pay_groups import LEAD, Crowd, MetGroup, fill_groups
from flows.adapters.clock import WARSAW, PlayedClock
from flows.adapters.file_store import FileStore
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.steps.stipends import settle_meeting, settle_records
from models.keys import create_key_file
from models.storage import open_store
from models.tables import Event, Stipend
from models.tables.stipends import StipendState

SEATS: Final = 50
DAYS: Final = 2
NOW: Final = datetime(2018, 10, 1, 9, 0, tzinfo=WARSAW)
PAID_ON: Final = date(2018, 10, 10)
GROSS: Final = 720_00
"""Two days of six hours at 60,00 zł."""


@dataclass(frozen=True)
class Seconds:
    """By the clock on the wall, and of the processor: a busy computer makes the first longer."""

    wall: float
    processor: float


def main(person_days: int, with_papers: int) -> None:
    """Prints the figures; raises if what is stored is not what the rules say."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        create_key_file(folder / "keys.json")
        _measure(folder, "records", person_days, _records)
        _measure(folder, "with papers", with_papers, _with_papers)


def _measure(folder: Path, what: str, person_days: int, settle: Callable[[Office, MetGroup], None]) -> None:
    groups = max(1, person_days // (SEATS * DAYS))
    data = folder / what.replace(" ", "-")
    settings = Settings(data=data, keys=folder / "keys.json")
    store = open_store(data, folder / "keys.json")
    met = fill_groups(store, Crowd(groups, SEATS, DAYS), random.Random(2018))  # noqa: S311 - made up
    office = Office(settings, PlayedClock(NOW), store, FileStore(data / "files"))
    gc.collect()
    gc.freeze()  # as the command line does when it begins
    profiler = cProfile.Profile() if os.environ.get("PROFILE") else None

    def work() -> None:
        with profiler or nullcontext():
            for one in met:
                settle(office, one)

    seconds = _timed(work)
    if profiler:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)
    with store.reading(LEAD) as session:
        records, gross, parts = session.exec(
            select(  # type: ignore[call-overload]
                func.count(col(Stipend.id)),
                func.sum(Stipend.gross),
                func.sum(Stipend.social + Stipend.health + Stipend.tax + Stipend.net),
            ).where(Stipend.state == StipendState.CALCULATED)
        ).one()
        events = session.exec(select(func.count(col(Event.id))).where(col(Event.subject).startswith("stipend/"))).one()
    store.close()
    if (records, gross, parts, events) != (groups * SEATS, groups * SEATS * GROSS, groups * SEATS * GROSS, records):
        raise AssertionError(f"{records} records of {gross} grosze, {events} events")
    sys.stdout.write(
        f"{what:>12}: {groups * SEATS * DAYS} person-days in {groups} meetings in {seconds.wall:.2f} s "
        f"(processor {seconds.processor:.2f} s), {records} records\n"
    )


def _records(office: Office, met: MetGroup) -> None:
    with office.writing(LEAD) as session:
        settle_records(office, session, met.call, met.meeting, paid_on=PAID_ON, actor=LEAD, now=office.now())


def _with_papers(office: Office, met: MetGroup) -> None:
    settle_meeting(office, met.call, met.meeting, paid_on=PAID_ON, actor=LEAD)


def _timed(work: Callable[[], object]) -> Seconds:
    wall, processor = time.monotonic(), time.process_time()
    work()
    return Seconds(time.monotonic() - wall, time.process_time() - processor)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [10_000, 200][len(given) :]))
