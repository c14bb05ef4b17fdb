"""Lives that collect mail and kill themselves at a point of it (see ``forked_lives``)."""

import os
import signal
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from fault_points import watched
from forked_lives import Giver, lives_of, serve
from people import WORKER, file_all, moment, reading

from flows.adapters.clock import PlayedClock, playing
from flows.adapters.mailbox import ImapMailbox
from flows.adapters.office import open_office
from flows.adapters.settings import Settings
from flows.steps.mailbox import collect, mailbox_of
from forms.reading import FormReading, Unreadable

BEFORE_MOVE, AFTER_MOVE = "before move", "after move"
NOW = "2018-06-20T12:00"
MAILS = 5


@dataclass(frozen=True)
class MailLife:
    """What the office is, and where it dies: the ``nth`` time it comes to the point; ``""`` lives to the end."""

    settings: dict[str, str | int]
    point: str = ""
    nth: int = 1
    files: bool = False
    """Whether it also files what it collected."""
    now: str = NOW


def readings() -> dict[str, FormReading | Unreadable]:
    """What stands in the files of the mails."""
    scan = Unreadable(code="not_word", sentence="To nie jest plik Word.")
    return {f"formularz-{i}.docx": reading(i) for i in range(MAILS)} | {f"skan-{i}.pdf": scan for i in range(MAILS)}


def live(life: MailLife) -> None:
    signal.alarm(60)
    crossed = Counter[str]()

    def cross(point: str) -> None:
        crossed[point] += 1
        if point == life.point and crossed[point] == life.nth:
            os.kill(os.getpid(), signal.SIGKILL)

    put_away = ImapMailbox.put_away

    def moving(self: ImapMailbox, uid: int) -> None:
        cross(BEFORE_MOVE)
        put_away(self, uid)
        cross(AFTER_MOVE)

    with (
        playing(PlayedClock(moment(life.now))),
        open_office(Settings(**life.settings)) as office,  # type: ignore[arg-type]
        watched(cross),
        patch.object(ImapMailbox, "put_away", moving),
    ):
        mailbox = mailbox_of(office.settings)
        assert mailbox is not None
        with mailbox as opened:
            collect(office, opened, actor=WORKER)
        if life.files:
            file_all(office, readings())


def mail_lives(folder: Path) -> AbstractContextManager[Giver]:
    """Whoever gives these lives."""
    return lives_of(__file__, folder)


if __name__ == "__main__":
    readings()  # once, before the lives are forked
    serve(lambda given: live(MailLife(**given)))
