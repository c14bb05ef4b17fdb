"""Reading in worker processes: a bad file costs itself only."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from form_filling import BLANK, EVERY_TYPE, TYPED, VALUES, fill

from forms.pool import ReadingPool
from forms.reading import FormReading, Unreadable
from models.rules.facts import FieldStatus
from models.territory import SHIPPED, Territory, Unit

FILLED = fill(BLANK, TYPED)
ROOT = Path(__file__).parent.parent.parent


class TrapTerritory(Territory):
    """A register with two gminas that no reader survives. Files that hang or swell are not to be had: the limits of the
    reader refuse them first (test_attacks). So what is bad here lies behind the reader, where a fault of ours would."""

    def find_gmina(self, text: str) -> tuple[Unit, ...]:
        if text == "Pętla":
            while True:
                pass
        if text == "Otchłań":
            return tuple(Unit("", "x" * 10_000_000 + str(number)) for number in range(1_000))
        return super().find_gmina(text)

    def __reduce__(self) -> tuple[type[Territory], tuple[dict[str, Unit], str]]:
        return TrapTerritory, (dict(self.units), self.as_of)


TRAPS = TrapTerritory(SHIPPED.units, SHIPPED.as_of)
HANGS = fill(BLANK, TYPED | {"adres.gmina": "Pętla"})
SWELLS = fill(BLANK, TYPED | {"adres.gmina": "Otchłań"})


def codes(answers: dict[int, FormReading | Unreadable]) -> dict[int, str]:
    return {number: answer.code for number, answer in answers.items() if isinstance(answer, Unreadable)}


def test_good_and_bad_files_each_get_their_answer() -> None:
    items = {1: FILLED, 2: b"", 3: b"\xff\xd8\xff", 4: BLANK, 5: FILLED[:3_000], 6: FILLED}
    with ReadingPool((EVERY_TYPE,)) as pool:
        answers = dict(pool.read_all(items.items()))
        again = dict(pool.read_all([(7, FILLED)]))
    assert codes(answers) == {2: "empty", 3: "image", 5: "truncated"}
    for answer in (answers[1], answers[6], again[7]):
        assert isinstance(answer, FormReading)
        assert {field.key: field.value for field in answer.fields} == VALUES
    blank = answers[4]
    assert isinstance(blank, FormReading)
    assert blank.field("imie").status == FieldStatus.BLANK


def test_a_file_that_hangs_is_cut_off_and_stops_nobody() -> None:
    items = [(0, HANGS), *((number, FILLED) for number in range(1, 12))]
    with ReadingPool((EVERY_TYPE,), seconds=1, territory=TRAPS) as pool:
        answers = dict(pool.read_all(items))
    assert codes(answers) == {0: "timeout"}
    assert len(answers) == 12


def test_a_file_that_eats_memory_is_cut_off_and_stops_nobody() -> None:
    with ReadingPool((EVERY_TYPE,), memory_mb=300, territory=TRAPS) as pool:
        answers = dict(pool.read_all([(0, SWELLS), *((number, FILLED) for number in range(1, 12))]))
    assert codes(answers) in ({0: "memory"}, {0: "worker_died"})
    assert len(answers) == 12


@pytest.mark.slow
def test_two_bad_files_amid_two_hundred_stop_nobody() -> None:
    items: dict[int, bytes] = dict.fromkeys(range(200), FILLED) | {40: HANGS, 120: SWELLS}
    with ReadingPool((EVERY_TYPE,), seconds=8, memory_mb=300, territory=TRAPS) as pool:
        answers = dict(pool.read_all(items.items()))
    assert codes(answers) in ({40: "timeout", 120: "memory"}, {40: "timeout", 120: "worker_died"})
    good = [answer for answer in answers.values() if isinstance(answer, FormReading)]
    assert len(good) == 198
    assert all(answer.field("pesel").value == VALUES["pesel"] for answer in good)


def test_a_worker_that_dies_is_replaced() -> None:
    before = set(multiprocessing.active_children())
    with ReadingPool((EVERY_TYPE,), workers=1, territory=TRAPS) as pool:
        assert len(dict(pool.read_all([(1, FILLED)]))) == 1
        (worker,) = set(multiprocessing.active_children()) - before
        assert worker.pid is not None
        threading.Timer(0.3, os.kill, (worker.pid, signal.SIGKILL)).start()
        answers = dict(pool.read_all([(1, HANGS), (2, FILLED)]))
    assert codes(answers) == {1: "worker_died"}


def test_files_are_fetched_a_few_at_a_time() -> None:
    fetched: list[int] = []

    def source() -> Iterator[tuple[int, bytes]]:
        for number in range(30):
            fetched.append(number)
            yield number, FILLED

    with ReadingPool((EVERY_TYPE,), workers=1) as pool:
        answers = pool.read_all(source())
        next(answers)
        assert len(fetched) < 10
        assert len(list(answers)) == 29


def test_it_works_in_a_program_whose_main_has_no_guard(tmp_path: Path) -> None:
    (tmp_path / "form.docx").write_bytes(FILLED)
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, json\n"
        f"sys.path[:0] = [{str(ROOT)!r}, {str(Path(__file__).parent)!r}]\n"
        "sys.stdout.write('started\\n')\n"
        "from form_filling import EVERY_TYPE\n"
        "from forms.pool import ReadingPool\n"
        "data = open(sys.argv[1], 'rb').read()\n"
        "with ReadingPool((EVERY_TYPE,)) as pool:\n"
        "    for number, answer in pool.read_all([(1, data), (2, b'')]):\n"
        "        sys.stdout.write(f'{number} {type(answer).__name__}\\n')\n"
    )
    ended = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "form.docx")], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    assert sorted(ended.stdout.split("\n")) == ["", "1 FormReading", "2 Unreadable", "started"]


def test_leaving_early_does_not_wait_for_the_rest() -> None:
    with ReadingPool((EVERY_TYPE,), territory=TRAPS) as pool:
        next(pool.read_all([(1, FILLED), *((number, HANGS) for number in range(2, 6))]))
        left = time.monotonic()
    assert time.monotonic() - left < 5


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + b"\x00" * 100])
def test_refusals_are_polish_sentences(data: bytes) -> None:
    with ReadingPool((EVERY_TYPE,), workers=1) as pool:
        ((_, answer),) = pool.read_all([(1, data)])
    assert isinstance(answer, Unreadable)
    assert answer.sentence.endswith(".")
