"""Lives that record who joins an agreement, or deliver letters, and kill themselves at a point of it."""

import os
import signal
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from agreeing import CODE, POLA
from fault_points import Point, watched
from forked_lives import Giver, lives_of, serve
from people import WORKER, moment

from flows.adapters.clock import PlayedClock, playing
from flows.adapters.office import open_office
from flows.adapters.settings import Settings
from flows.steps.agreements import accede, sign
from flows.steps.delivery import deliver
from flows.steps.signed_papers import SignedFile
from models.actor import Actor, Role
from models.tables.projects import Manner


@dataclass(frozen=True)
class AgreementLife:
    """What the office is, what is done, and at which of the points that it comes to it dies; 0 lives to the end.

    ``who`` joins (by signing the text where ``signs``), entered by the officer of the voivodship, or by a
    ``coordinator`` of the powiat; nobody: letters are delivered. ``starts``: the second of the
    machine's clock at which lives that run together begin. The points go into the ``diary``, a line each.
    """

    settings: dict[str, str | int | bool]
    now: str
    diary: str
    who: str = ""
    signs: bool = False
    coordinator: str = ""
    nth: int = 0
    starts: float = 0.0


def live(life: AgreementLife) -> None:
    """One life, to its end or to its fault."""
    signal.alarm(120)
    crossed = 0

    def cross(point: Point) -> None:
        nonlocal crossed
        crossed += 1
        with Path(life.diary).open("a") as diary:
            diary.write(f"{point.name}\n")
        if crossed == life.nth:
            os.kill(os.getpid(), signal.SIGKILL)

    with playing(PlayedClock(moment(life.now))), open_office(Settings(**life.settings)) as office:  # type: ignore[arg-type]
        time.sleep(max(0.0, life.starts - time.time()))
        with watched(cross):
            if not life.who:
                deliver(office, actor=WORKER)
                return
            actor = Actor(life.coordinator, frozenset({Role.RECRUITMENT}), "3021") if life.coordinator else POLA
            how = {"on": office.now().date(), "manner": Manner.PAPER, "actor": actor}
            paper = SignedFile("podpis.pdf", f"%PDF {life.who}".encode())
            if life.signs:
                sign(office, CODE, [life.who], file=paper, **how)  # type: ignore[arg-type]
            else:
                accede(office, CODE, life.who, file=paper, **how)  # type: ignore[arg-type]


def agreement_lives(folder: Path) -> AbstractContextManager[Giver]:
    """Whoever gives these lives."""
    return lives_of(__file__, folder)


if __name__ == "__main__":
    serve(lambda given: live(AgreementLife(**given)))
