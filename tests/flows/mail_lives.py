"""Lives that collect mail and kill themselves at a point of it, each forked from a process that imported everything.

``python mail_lives.py`` reads a life a line (JSON) and answers with its exit code.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

from fault_points import watched
from people import WORKER, file_all, moment, reading

from flows.adapters.clock import PlayedClock, playing
from flows.adapters.mailbox import ImapMailbox
from flows.adapters.office import open_office
from flows.adapters.settings import Settings
from flows.steps.mailbox import collect, mailbox_of
from forms.reading import FormReading, Unreadable

BEFORE_MOVE, AFTER_MOVE = "before move", "after move"
NOW = "2018-06-20T12:00"
ROOT = Path(__file__).resolve().parents[2]
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


@contextlib.contextmanager
def mail_lives(folder: Path) -> Iterator["Giver"]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NABOR_")}
    roots = [ROOT, ROOT / "tests", ROOT / "tests" / "flows", ROOT / "tests" / "forms"]
    environment["PYTHONPATH"] = os.pathsep.join(map(str, roots))
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, __file__],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        yield Giver(process, folder)
    finally:
        process.communicate(timeout=20)


@dataclass(frozen=True)
class Giver:
    process: "subprocess.Popen[str]"
    folder: Path

    def give(self, life: MailLife) -> bool:
        """Lets the life run; whether it came to its end and was not killed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asdict(life)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        code = int(answer) if answer else 1
        assert code in (0, -signal.SIGKILL), (self.folder / "errors").read_text()
        return code == 0


def _serve() -> None:
    readings()  # once, before the lives are forked
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                live(MailLife(**json.loads(line)))
                code = 0
            except BaseException:  # noqa: BLE001 - whoever gave the life reads it in the errors
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
