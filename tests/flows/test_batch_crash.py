"""A batch on its way to the bank dies at every point there is, and is taken up again: one file, nothing paid twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Offices
from fault_points import Point, watched
from paying import BATCH, REASON, booked, history, signed_group
from people import CALL, FILIP, FRANKA, PAID_ON, WORKER, go_to
from sqlmodel import col, select

from flows.adapters.bank_statements import StatementKind
from flows.adapters.clock import PlayedClock, playing
from flows.adapters.office import Office
from flows.steps.bank_inbox import inbox, take_in
from flows.steps.batch_approval import approve
from flows.steps.batch_files import export_batch
from flows.steps.batch_freezing import freeze
from flows.steps.documents import content_of
from models.tables import (
    BankReport,
    Event,
    IssuedDocument,
    Message,
    PayAcknowledgement,
    PayBatch,
    PayBatchItem,
    PayEntry,
    Stipend,
)
from models.tables.batches import BatchState

FILE = "historia.csv"
LISTS = ("payment_list", "payment_list_word")
Step = Callable[[Office], None]


class Killed(BaseException):
    """The process is gone: nothing of ours catches it, and no transaction ends well."""


def batch(office: Office) -> PayBatch | None:
    with office.reading(WORKER) as session:
        return session.exec(select(PayBatch).order_by(col(PayBatch.id))).first()


def freezes(office: Office) -> None:
    if batch(office) is None:
        freeze(office, call=CALL, paid_on=PAID_ON, actor=FILIP)


def approves(office: Office) -> None:
    found = batch(office)
    assert found is not None
    if found.state is BatchState.FROZEN:
        approve(office, BATCH, acknowledged=REASON, actor=FRANKA)


def exports(office: Office) -> None:
    export_batch(office, BATCH, actor=FILIP)


def confirms(office: Office) -> None:
    """The officer puts the bank's file into the folder while the batch waits; a run finds what still lies there."""
    found = batch(office)
    assert found is not None
    file = inbox(office) / FILE
    if found.state is not BatchState.CONFIRMED:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(history(booked(office)))
    if file.exists():
        take_in(office, FILE, kind=StatementKind.CSV, actor=FILIP)


STEPS: tuple[tuple[str, Step], ...] = (
    ("2018-10-09T09:00", freezes),
    ("2018-10-09T10:00", approves),
    ("2018-10-09T11:00", exports),
    ("2018-10-11T09:00", confirms),
)


def end_of(office: Office) -> dict[str, list[Any]]:
    """Everything that the payments came to. A file that was only given out again is motion, not an end."""
    with office.reading(WORKER) as session:
        documents = session.exec(
            select(IssuedDocument)
            .where(col(IssuedDocument.kind).in_(("bank_file", *LISTS, "bank_report")))
            .order_by(col(IssuedDocument.id))
        ).all()
        return {
            "batches": [
                (one.number, one.state, one.total, one.approved_by)
                for one in session.exec(select(PayBatch).order_by(col(PayBatch.id)))
            ],
            "items": [
                (one.reference, one.state, one.amount, one.account)
                for one in session.exec(select(PayBatchItem).order_by(col(PayBatchItem.id)))
            ],
            "records": [
                (one.number, one.state, one.net) for one in session.exec(select(Stipend).order_by(col(Stipend.id)))
            ],
            "ledger": [
                (one.kind, one.amount, one.line) for one in session.exec(select(PayEntry).order_by(col(PayEntry.id)))
            ],
            "reports": [
                (one.number, one.paid, one.returned)
                for one in session.exec(select(BankReport).order_by(col(BankReport.id)))
            ],
            "reasons": [
                (one.code, one.reason)
                for one in session.exec(select(PayAcknowledgement).order_by(col(PayAcknowledgement.id)))
            ],
            "files": [
                (one.kind, one.subject, one.version)
                + ((content_of(office, session, one),) if one.kind == "bank_file" else ())
                for one in documents
            ],
            # Not by their ids: PostgreSQL counts on where a transaction was lost.
            "letters": sorted((one.event, one.recipient, one.state) for one in session.exec(select(Message))),
            "events": sorted(one.kind for one in session.exec(select(Event)) if one.kind != "BatchFileTaken"),
            "left": sorted(path.name for path in inbox(office).glob("*")),
            "drafts": [path.name for path in office.files.root.rglob("*.new")],
        }


def killed_at(office: Office, step: Step, nth: int) -> bool:
    """Runs a step until it comes to its ``nth`` point, and kills it there. Whether it came to it."""
    seen = 0

    def cross(_: Point) -> None:
        nonlocal seen
        seen += 1
        if seen == nth:
            raise Killed

    try:
        with watched(cross):
            step(office)
    except Killed:
        return True
    return False


def calmly(office: Office, step: Step) -> int:
    step(office)
    return 0


def killed_everywhere(office: Office, step: Step) -> int:
    """Kills the step at its first point, the next life at its second, and so on until one comes to its end."""
    kills = 0
    while killed_at(office, step, kills + 1):
        kills += 1
        assert kills < 40, "a step that never ends"
    return kills


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_killed_at_every_point_and_run_again_it_ends_as_if_nothing_had_happened(
    database: str, offices: Offices, tmp_path: Path
) -> None:
    source = offices.at_stage(database, signed_group, (2,))
    ends, kills = [], []
    for number, live in enumerate((calmly, killed_everywhere)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with playing(PlayedClock(source.at)), offices.copy(source, folder) as office:
            for at, step in STEPS:
                go_to(office, at)
                kills.append(live(office, step))
            ends.append(end_of(office))
    calm, killed = ends
    assert killed == calm
    # The list of the meeting, which was there before, and of the batch.
    assert [row[0] for row in calm["files"]] == ["payment_list", *LISTS, "bank_file", "bank_report"]
    assert calm["left"] == calm["drafts"] == []
    # Before and after its commit; where a file is written, also before, half way and after it.
    assert kills == [0, 0, 0, 0, 2, 8, 5, 5]
