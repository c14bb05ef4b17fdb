"""Killed at dozens of places and run again: the same end, no mail twice, no application lost (law 1, law 6)."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fault_points import Point
from lives import OFFICER, Fault, Life, lives
from sqlmodel import select
from story_player import BEGINNING, EndState, Told, end_state, misplaced, opened, settings_for, settled_server

from console.local_smtp import Received, local_smtp
from flows.adapters.settings import Settings
from flows.steps.delivery import LEASE
from flows.steps.sent_by_hand import confirm_sent
from models.actor import process
from models.errors import BadInput
from models.events import Happened
from models.tables import Event, Message

pytestmark = pytest.mark.xdist_group("told")

RESTART = LEASE + timedelta(minutes=1)
"""After so long whoever starts again may take over what the dead one had claimed."""

_COMMITS = (Point.BEFORE_COMMIT, Point.AFTER_COMMIT, Point.ACT_DONE)
_CERTAIN = (Point.BEFORE_MAIL, Point.RATE_WAITED, Point.ENVELOPE_OPEN)
_UNCERTAIN = (Point.MAIL_ACCEPTED, Point.MAIL_LEFT, Point.AFTER_MAIL)
_FILES = (Point.BEFORE_FILE, Point.HALF_FILE, Point.AFTER_FILE)


def planned(crossings: Sequence[Sequence[Point]]) -> tuple[Fault, ...]:
    """Faults in the order in which they strike, from what an unharmed run came to, act by act.

    The first opening dies at each of its commits: the tables are being made. Each act that writes dies before its
    first commit, after it, or when all is done, in turn. Each act that sends also dies at one moment of a mail at which
    nothing has left yet, and at one at which it may have; each act that keeps files at one of three, and the reading of
    forms in between. What is made of the forms after that (copies to send back) dies at all three: the next sending
    makes what the reading left.
    """
    sends = 0
    found = [Fault(0, point) for point in (Point.BEFORE_COMMIT, Point.AFTER_COMMIT)]
    copies_due = False
    for act, points in enumerate(crossings):
        counted = Counter(points)
        if copies_due and counted[Point.BEFORE_MAIL]:
            found += [Fault(act, Point.HALF_FILE), Fault(act, Point.AFTER_FILE)]
            copies_due = False
        if mails := counted[Point.BEFORE_MAIL]:
            # A mail that is over is not sent again, so the next life comes to its first one anew.
            found.append(Fault(act, _CERTAIN[sends % 3]))
            if mails > 2 or sends % 2:
                found.append(Fault(act, _UNCERTAIN[sends % 3]))
            sends += 1
        elif counted[Point.BEFORE_FILE]:
            found.append(Fault(act, _FILES[act % 3], min(2, counted[Point.BEFORE_FILE])))
        if counted[Point.FORM_READ]:
            found.append(Fault(act, Point.FORM_READ, 2))
            if Point.BEFORE_FILE in points[len(points) - points[::-1].index(Point.FORM_READ) :]:
                # The copies that are sent back for correction: made when all has been read, or before the mail leaves.
                found.append(Fault(act, Point.BEFORE_FILE))
                copies_due = True
        if counted[Point.BEFORE_COMMIT]:
            found.append(Fault(act, _COMMITS[act % 3]))
    return tuple(found)


@pytest.fixture
def smtp() -> Iterator[tuple[int, Received]]:
    with local_smtp() as server:
        yield server


@dataclass(frozen=True)
class Report:
    """What came of a chain of lives: the faults that struck, in order."""

    settings: Settings
    struck: list[Fault]
    seconds: float

    def __str__(self) -> str:
        points = ", ".join(f"{point}: {count}" for point, count in Counter(f.point for f in self.struck).items())
        acts = len({fault.act for fault in self.struck})
        return f"{len(self.struck)} kills in {acts} acts, {self.seconds:.0f} s ({points})"


def lived_through(
    folder: Path, faults: Sequence[Fault], smtp: tuple[int, Received], *, database_url: str | None = None
) -> Report:
    """Life after life until the story is over; each begins with the act in which the last one died."""
    port, received = smtp
    diary = folder / "diary"
    act, wakes_at, struck = 0, BEGINNING, list[int]()
    began = time.monotonic()
    with lives(folder) as giver:
        while not giver.give(
            Life(
                folder=str(folder),
                smtp_port=port,
                database_url=database_url,
                first_act=act,
                wakes_at=wakes_at.isoformat(),
                faults=faults,
                next_fault=struck[-1] + 1 if struck else 0,
                arrived=tuple(received.message_ids),
                diary=str(diary),
            )
        ):
            *_, (_, begun, at), (word, number) = (line.split() for line in diary.read_text().splitlines())
            assert word == "fault", "a life ended that no fault had struck"
            struck.append(int(number))
            act, wakes_at = int(begun), datetime.fromisoformat(at) + RESTART
            settled_server(port)
        deadline = time.monotonic() + 30
        while left := giver.left_behind():
            assert time.monotonic() < deadline, f"processes {left} of dead lives are still there"
            time.sleep(0.2)
    settings = settings_for(folder, port, database_url=database_url)
    return Report(settings, [faults[number] for number in struck], time.monotonic() - began)


def outcome(settings: Settings) -> tuple[EndState, list[str], list[str], int]:
    """How it ended, what is wrong with the files, the Message-IDs of what was sent, and how often nobody could tell."""
    with opened(settings, datetime.fromisoformat("2018-10-12T00:30+02:00")) as (office, _):
        with office.reading(process("test")) as session:
            sent = session.exec(select(Message.message_id).where(Message.state == "sent")).all()
            unknown = session.exec(select(Event.id).where(Event.kind == Happened.MESSAGE_UNKNOWN)).all()
        return end_state(office), misplaced(office), sorted(sent), len(unknown)


@pytest.mark.slow
@pytest.mark.parametrize(("database", "every"), [("sqlite", 1), ("postgresql", 4)])
def test_killed_in_every_act_and_run_again_it_ends_as_if_nothing_had_happened(
    told: Told,
    smtp: tuple[int, Received],
    tmp_path: Path,
    database: str,
    every: int,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    """On PostgreSQL only every fourth of the faults strikes, to save time."""
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    faults = planned(told.crossings)[::every]
    report = lived_through(tmp_path, faults, smtp, database_url=url)
    record_property("kills", str(report))
    state, wrong, sent, unknown = outcome(report.settings)
    assert report.struck == list(faults)
    assert state == told.state
    assert wrong == []
    doubts = sum(fault.point in _UNCERTAIN for fault in faults)
    # Mails leave side by side: whoever dies may have had one more over each of the other connections.
    assert doubts <= unknown <= doubts + len(faults) * (report.settings.smtp_connections - 1)
    assert sorted(smtp[1].message_ids) == sent
    assert len(sent) == len(set(sent)) == len(told.received.message_ids)


@pytest.mark.slow
def test_nobody_can_confirm_a_mail_that_is_not_unknown(told: Told) -> None:
    with opened(told.settings) as (office, _), office.writing(OFFICER) as session:
        sent = session.exec(select(Message.id).where(Message.state == "sent")).first()
        assert sent is not None
        with pytest.raises(BadInput, match="nie wiadomo"):
            confirm_sent(session, sent, actor=OFFICER, now=office.now())


def test_the_faults_lie_in_every_act_that_writes_and_at_every_point(told: Told) -> None:
    faults = planned(told.crossings)
    assert len(faults) >= 30
    assert {fault.point for fault in faults} == set(Point)
    assert {fault.act for fault in faults} == {act for act, points in enumerate(told.crossings) if points}
