"""A hundred thousand damaged and disarranged forms, each read or refused, in time and within memory.

    python -m benchmarks.fuzz [N [FIRST]]        (100 000 by default, numbered from FIRST)

Prints how many a second, how each ended, the slowest, and the peak memory of the process. A file that ends in anything
but a reading or a refusal, or takes more than two seconds of the processor, is named by its number and fails the run.
"""

import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Final

from forms.reader import read_form
from models.errors import FormUnreadable
from models.form_definition import FormDefinition
from models.project_file import load_project
from tests.forms.mutation import mutant

PROJECT: Final = Path("projects/kes")
MOST_SECONDS: Final = 2.0
MOST_MB: Final = 300


def main(number: int, first: int) -> int:
    """Reads the mutants ``first`` to ``first + number``; how many of them went wrong."""
    forms = load_project(PROJECT).forms
    samples = [path.read_bytes() for path in sorted((PROJECT / "samples").glob("*/*.docx"))]
    ends: Counter[str] = Counter()
    slowest, slowest_number, wrong = 0.0, first, 0
    started = time.monotonic()
    for one in range(first, first + number):
        data = mutant(samples, one)
        before = time.process_time()
        end = _end_of(data, forms)
        seconds = time.process_time() - before
        ends[end] += 1
        if seconds > slowest:
            slowest, slowest_number = seconds, one
        if end.startswith("crash") or seconds > MOST_SECONDS:
            wrong += 1
            sys.stdout.write(f"file {one}: {end}, {seconds:.1f} s\n")
    took = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for end, times in ends.most_common():
        sys.stdout.write(f"{times:8} {end}\n")
    sys.stdout.write(
        f"{number} files in {took:.0f} s, {number / took:.0f} a second; "
        f"slowest {slowest:.2f} s (file {slowest_number}); peak memory {peak:.0f} MB; wrong: {wrong}\n"
    )
    return wrong + int(peak > MOST_MB)


def _end_of(data: bytes, forms: tuple[FormDefinition, ...]) -> str:
    try:
        read_form(data, forms)
    except FormUnreadable as refusal:
        return f"refused: {refusal.code}"
    except Exception as error:  # noqa: BLE001 - what must not happen is counted and named, and the run goes on
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return f"crash: {type(error).__name__} in {frame.name}, line {frame.lineno}"
    return "read"


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(1 if main(*(given + [100_000, 0][len(given) :])) else 0)
