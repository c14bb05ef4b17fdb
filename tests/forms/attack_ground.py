"""A program on which hostile files are tried: each in a process of its own, set up as a reading worker is.

Run as a script it takes files on standard input, each behind its length in eight bytes, and answers with a line of
JSON for each. The processes are forked from one that has everything imported, so that a file costs milliseconds and
its peak memory still counts interpreter and imports. Nothing is limited here: what is measured is the code itself.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

ROOT: Final = Path(__file__).parent.parent.parent
CUT_OFF: Final = 30
"""Seconds after which a file is given up; the limit that counts is the test's."""
_MEMORY_MB: Final = 3_000
"""Address space: ten times what is allowed, so that an attack that works is measured and does not take the machine."""


@dataclass(frozen=True)
class Trial:
    """What became of one file. ``code`` is the reason of the refusal, or empty when the file was read; ``seconds`` are
    those of the processor, so that other work on the machine does not count; ``before_mb`` is what the process took
    before it saw the file, and part of ``peak_mb``."""

    code: str
    seconds: float
    peak_mb: float
    before_mb: float


class AttackGround:
    """The running program; use it in a ``with`` statement."""

    def __init__(self) -> None:
        path = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
        self._program = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._program.communicate(timeout=CUT_OFF)

    def try_on(self, data: bytes) -> Trial:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(len(data).to_bytes(8, "big") + data)
        self._program.stdin.flush()
        return Trial(**json.loads(self._program.stdout.readline()))


def _serve(source: BinaryIO) -> None:
    from form_filling import EVERY_TYPE, kes_forms

    from forms import pool
    from models.territory import SHIPPED

    pool._start_worker((*kes_forms(), EVERY_TYPE), SHIPPED, _MEMORY_MB)
    while head := source.read(8):
        data = source.read(int.from_bytes(head, "big"))
        seen, told = os.pipe()
        child = os.fork()
        if child == 0:
            signal.alarm(CUT_OFF)
            before = _peak_mb(resource.getrusage(resource.RUSAGE_SELF))
            started = time.process_time()
            answer = pool._read(pool._read_as_form, data, CUT_OFF)
            said = {"code": getattr(answer, "code", ""), "seconds": time.process_time() - started, "before_mb": before}
            os.write(told, json.dumps(said).encode())
            os._exit(0)
        os.close(told)
        with os.fdopen(seen) as line:
            said = json.loads(line.read() or '{"code": "killed", "before_mb": 0}')
        _, _, used = os.wait4(child, 0)
        said.setdefault("seconds", used.ru_utime + used.ru_stime)
        sys.stdout.write(json.dumps({**said, "peak_mb": _peak_mb(used)}) + "\n")
        sys.stdout.flush()


def _peak_mb(used: resource.struct_rusage) -> float:
    return round(used.ru_maxrss / 1024, 1)


if __name__ == "__main__":
    _serve(sys.stdin.buffer)
