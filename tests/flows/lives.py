"""Lives of an office, each in a process of its own that kills itself at the first of its faults that it comes to.

What a life got to stands in its diary: a line for each act that it began, and for the fault that struck.
"""

import contextlib
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fault_points import Point, watched
from forked_lives import Giver, lives_of, serve
from sqlmodel import select
from step_hands import StepHands
from story_player import PROJECT, opened, settings_for

from console.stories.persons import Story
from flows.adapters.clock import warsaw
from flows.adapters.office import Office
from flows.adapters.smtp_pool import Line
from flows.steps.delivery import line_of
from flows.steps.outbox import release
from flows.steps.sent_by_hand import confirm_sent
from models.actor import Actor, Role
from models.tables import Message
from models.tables.outbox import MessageState

MARK = "LIVES_OF"
LONGEST_LIFE = 300
"""Seconds after which a life that hangs is ended, so that a test fails and does not wait for ever."""
OFFICER = Actor("rekrutacja", frozenset({Role.RECRUITMENT}))


@dataclass(frozen=True)
class Fault:
    """Death at the ``nth`` time that the life comes to the point within the act."""

    act: int
    point: Point
    nth: int = 1


@dataclass(frozen=True)
class Life:
    """From which act, at what time, and where it dies. ``arrived``: Message-IDs that the officer finds delivered."""

    folder: str
    smtp_port: int
    database_url: str | None
    first_act: int
    wakes_at: str
    faults: Sequence[Fault]
    """In the order in which they may strike: one is waited for at a time, and given up when its act is over."""
    next_fault: int
    arrived: Sequence[str]
    diary: str


class OfficerAtHand(StepHands):
    """Runs the steps; after each delivery somebody looks up what became of the mails nobody is sure of."""

    def __init__(self, office: Office, line: Line, arrived: Sequence[str]) -> None:
        super().__init__(office, line)
        self.arrived = frozenset(arrived)

    def deliver(self) -> None:
        super().deliver()
        if self.settle_unknown():
            super().deliver()

    def settle_unknown(self) -> int:
        """Who finds a mail in the mailbox confirms it; who does not, lets it go again. Returns how many go again."""
        with self.office.reading(OFFICER) as session:
            unknown = session.exec(
                select(Message.id, Message.message_id).where(Message.state == MessageState.UNKNOWN)
            ).all()
        again = 0
        for row, message_id in unknown:
            assert row is not None
            with self.office.writing(OFFICER) as session:
                if message_id in self.arrived:
                    confirm_sent(session, row, actor=OFFICER, now=self.office.now())
                else:
                    release(session, row, actor=OFFICER, now=self.office.now())
                    again += 1
        return again


def live(life: Life) -> None:
    """One life: the acts from ``first_act`` on, until the end or a fault."""
    signal.alarm(LONGEST_LIFE)
    counting = threading.Lock()
    waiting, current, crossed = life.next_fault, life.first_act, Counter[Point]()

    def cross(point: Point) -> None:
        nonlocal waiting
        with counting:  # mails leave side by side
            crossed[point] += 1
            while waiting < len(life.faults) and life.faults[waiting].act < current:
                waiting += 1
            if waiting < len(life.faults) and life.faults[waiting] == Fault(current, point, crossed[point]):
                _note(life, f"fault {waiting}")
                os.kill(os.getpid(), signal.SIGKILL)

    settings = settings_for(Path(life.folder), life.smtp_port, database_url=life.database_url, grace_minutes=0)
    _note(life, f"act {current} {life.wakes_at}")
    with (
        watched(cross),
        opened(settings, datetime.fromisoformat(life.wakes_at)) as (office, clock),
        line_of(settings) as line,
    ):
        hands = OfficerAtHand(office, line, life.arrived)
        acts = Story(office, clock, hands, PROJECT).acts()
        for index, act in enumerate(acts[life.first_act :], life.first_act):
            if act.at > clock.now():
                clock.move_to(act.at)
            if index != current:
                current, crossed = index, Counter()
                _note(life, f"act {current} {warsaw(clock.now()).isoformat()}")
            act.play()
            cross(Point.ACT_DONE)
    _note(life, "end")


@contextlib.contextmanager
def lives(folder: Path) -> Iterator["LifeGiver"]:
    """A process that gives lives; its errors go to a file in ``folder``."""
    with lives_of(__file__, folder, {MARK: str(folder)}) as giver:
        yield LifeGiver(giver.process, giver.folder)


class LifeGiver(Giver):
    """Who also knows what the dead left running."""

    def left_behind(self) -> list[int]:
        """Processes of dead lives that still run, such as readers of forms."""
        mark = f"{MARK}={self.folder}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # gone meanwhile
                if int(entry.name) != self.process.pid and mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return found


def _note(life: Life, line: str) -> None:
    with Path(life.diary).open("a") as diary:
        diary.write(line + "\n")
        diary.flush()
        os.fsync(diary.fileno())


def _read(given: Mapping[str, Any]) -> Life:
    faults = tuple(Fault(one["act"], Point(one["point"]), one["nth"]) for one in given["faults"])
    return Life(**{**given, "faults": faults})


if __name__ == "__main__":
    serve(lambda given: live(_read(given)))
