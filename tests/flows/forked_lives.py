"""Lives of an office that may kill themselves, each forked from a process that has imported everything already.

A script that calls ``serve`` reads a line with lives (JSON) and answers with their exit codes. It has no thread, so
that what it forks is whole, and a life costs what its work costs. Lives of one line run at the same time.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def serve(live: Callable[[Mapping[str, Any]], None]) -> None:
    """Gives lives until nobody asks for any more."""
    for line in sys.stdin:
        children = []
        for given in json.loads(line):
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    live(given)
                    code = 0
                except BaseException:  # noqa: BLE001 - whoever gave the life reads it in the errors
                    traceback.print_exc()
                finally:
                    sys.stderr.flush()
                    os._exit(code)
            children.append(child)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        sys.stdout.write(json.dumps(codes) + "\n")
        sys.stdout.flush()


@contextlib.contextmanager
def lives_of(script: str, folder: Path, marks: Mapping[str, str] | None = None) -> Iterator["Giver"]:
    """A process that gives the lives of a script; its errors go to a file in ``folder``. ``marks``: what stands in the
    environment of the process and of all that it leads to."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NABOR_")}
    roots = [ROOT, ROOT / "tests", ROOT / "tests" / "flows", ROOT / "tests" / "forms"]
    environment |= {**(marks or {}), "PYTHONPATH": os.pathsep.join(map(str, roots))}
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, script],
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

    def give(self, life: Any) -> bool:
        """Lets a life (a dataclass) run; whether it came to its end and was not killed."""
        return self.give_together([life])[0]

    def give_together(self, lives: Sequence[Any]) -> list[bool]:
        """Lets lives run at the same time; which of them came to their ends."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([asdict(life) for life in lives]) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        codes = json.loads(answer) if answer else [1]
        assert set(codes) <= {0, -signal.SIGKILL}, (self.folder / "errors").read_text()
        return [code == 0 for code in codes]
