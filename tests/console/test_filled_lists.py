"""Several filled lists in one command: all of them are entered, or nothing of any, and what is wrong names its file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import TypeVar

import people
import pytest
from conftest import Staged
from people import CALL, MEETING, MEETING_DAYS, RITA, SECRET, WORKER, go_to, invited_group
from session_lists import printed
from sheet_filling import Hand, filled
from sqlmodel import select
from supporting import plan, read, social_workers
from test_commands import nabor

from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.steps.attendance_sheets import issue_sheets
from flows.steps.documents import content_of, newest
from flows.steps.support_lists import listed_in
from flows.steps.support_sessions import find_session
from forms.attendance_sheet import SheetReading, SupportListReading, read_sheet, read_support_list
from models.rules.sheet_codes import SupportListKey
from models.tables import Attendance, AttendanceFile

DAYS = (date(2018, 10, 4), date(2018, 10, 5))
FROM, TO = time(9), time(11)
T = TypeVar("T")


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process: what they say is the same, and no worker has to start."""

    def lists(files: Mapping[Path, bytes], _: Settings) -> dict[Path, SupportListReading]:
        return {path: read_support_list(data) for path, data in files.items()}

    def sheets(files: Mapping[Path, bytes], _: Settings) -> dict[Path, SheetReading]:
        return {path: read_sheet(data) for path, data in files.items()}

    monkeypatch.setattr("console.support.read_lists", lists)
    monkeypatch.setattr("console.attendance.read_sheets", sheets)


@dataclass(frozen=True)
class Lists:
    """Two sessions of three people, and the blank list of each."""

    office: Office
    sessions: tuple[int, int]
    blank: tuple[bytes, bytes]
    numbers: list[str]
    paths: tuple[str, str]

    def fill(self, *ticked: bool) -> None:
        """Writes both files; everybody was there the whole time, or the list stays blank."""
        for one, on, content, path, tick in zip(self.sessions, DAYS, self.blank, self.paths, ticked, strict=True):
            binding = SupportListKey(CALL, one, on, (FROM, TO)).binding
            hands = dict.fromkeys(self.numbers, Hand(tick=True)) if tick else {}
            Path(path).write_bytes(filled(content, hands, bound_to=binding))

    def minutes(self) -> list[list[int | None]]:
        return [
            read(self.office, lambda s, n=one: [p.minutes for p in listed_in(s, find_session(s, n))], WORKER)
            for one in self.sessions
        ]

    def kept(self) -> int:
        return len(read(self.office, lambda s: s.exec(select(AttendanceFile)).all(), WORKER))


@pytest.fixture
def at_desk(monkeypatch: pytest.MonkeyPatch, sqlite_staged: Staged) -> Staged:
    """Commands find the office that is staged."""

    def stage(play: Callable[..., T], *arguments: int) -> tuple[Office, T]:
        office, returned = sqlite_staged(play, *arguments)
        people.add_officers(office)
        monkeypatch.setenv("NABOR_DATA", str(office.settings.data))
        monkeypatch.setenv("NABOR_KEYS", str(office.settings.keys))
        monkeypatch.setenv("NABOR_OFFICER", "rita")
        monkeypatch.setenv("NABOR_OFFICER_SECRET", SECRET)
        return office, returned

    return stage


def two_lists(at_desk: Staged, folder: Path, hours: int | None = None) -> Lists:
    office, numbers = at_desk(social_workers)
    if hours is not None:
        kinds = people.definition().support
        people.redefined(office, support=(kinds[0], kinds[1].model_copy(update={"limit_hours": hours}), *kinds[2:]))
    one, other = (plan(office, numbers, FROM, TO, on=on) for on in DAYS)
    blank = (printed(office, one), printed(office, other))
    return Lists(office, (one, other), blank, numbers, (str(folder / "a.docx"), str(folder / "b.docx")))


@pytest.mark.slow
def test_a_blank_list_keeps_the_other_from_being_entered(at_desk: Staged, tmp_path: Path) -> None:
    lists = two_lists(at_desk, tmp_path)
    lists.fill(True, False)
    answer = nabor("support", "read", *lists.paths, "--partial", "--confirm")
    assert answer.code == 1
    assert "b.docx: Niczego nie wpisano: na liście nie ma ani jednego wiersza" in answer.err
    assert (lists.minutes(), lists.kept()) == ([[None] * 3] * 2, 0)
    lists.fill(True, True)
    answer = nabor("support", "read", *lists.paths, "--confirm")
    assert "Wpisano wierszy: 6, w tym bez zmian: 0; zostało do wpisania: 0." in answer.out
    assert (lists.minutes(), lists.kept()) == ([[120] * 3] * 2, 2)
    assert "Wpisano wierszy: 6, w tym bez zmian: 6" in nabor("support", "read", *lists.paths, "--confirm").out
    Path(lists.paths[1]).write_bytes(lists.blank[1])
    answer = nabor("support", "read", lists.paths[1], "--confirm")
    assert "Niczego nie wpisano. Wiersze bez odpowiedzi: 3." in answer.err


@pytest.mark.slow
def test_two_lists_that_pass_the_limit_together_are_entered_with_consent(at_desk: Staged, tmp_path: Path) -> None:
    lists = two_lists(at_desk, tmp_path, hours=3)
    lists.fill(True, True)
    answer = nabor("support", "read", *lists.paths, "--confirm", "--reason", "Choroba.")
    assert answer.code == 1
    assert "b.docx: Niczego nie wpisano" in answer.err.replace("\n", " ")
    assert answer.err.count("--over-limit") == 3
    answer = nabor("support", "read", *lists.paths, "--confirm", "--partial")
    assert (answer.code, "nie ma ani jednego wiersza" in answer.err) == (1, True)
    assert nabor("support", "attend", str(lists.sessions[0]), f"{lists.numbers[0]}=nieob.").code == 0
    lists.fill(True, True)
    Path(lists.paths[0]).write_bytes(
        filled(
            lists.blank[0],
            {lists.numbers[0]: Hand(hours="nieob."), **dict.fromkeys(lists.numbers[1:], Hand(tick=True))},
            bound_to=SupportListKey(CALL, lists.sessions[0], DAYS[0], (FROM, TO)).binding,
        )
    )
    answer = nabor("support", "read", *lists.paths, "--confirm", "--partial")
    assert (answer.code, "b.docx: Niczego nie wpisano. Po wpisaniu wcześniejszych" in answer.err) == (1, True)
    assert (lists.minutes(), lists.kept()) == ([[0, None, None], [None] * 3], 0)
    lists.fill(True, True)
    assert nabor("support", "read", *lists.paths, "--confirm", "--over-limit", "Zgoda.").code == 0
    assert lists.minutes() == [[120] * 3] * 2


@pytest.mark.slow
def test_one_file_that_is_no_scan_keeps_the_others_from_being_kept(at_desk: Staged, tmp_path: Path) -> None:
    lists = two_lists(at_desk, tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff podpisy")
    (tmp_path / "b.jpg").write_bytes(b"nic")
    answer = nabor("support", "scan", str(lists.sessions[0]), str(tmp_path / "a.jpg"), str(tmp_path / "b.jpg"))
    assert (answer.code, "„b.jpg” nie jest zdjęciem" in answer.err, lists.kept()) == (1, True, 0)
    lists.fill(True, False)
    assert "Do wyjaśnienia wierszy: 3" in nabor("support", "read", *lists.paths).out
    assert nabor("support", "cancel", str(lists.sessions[1]), "--reason", "Choroba.").code == 0
    answer = nabor("support", "read", *lists.paths)
    assert (answer.code, f"b.docx: Sesję {lists.sessions[1]} odwołano" in answer.err) == (1, True)


@pytest.mark.slow
def test_sheets_of_two_days_are_entered_together(at_desk: Staged, tmp_path: Path) -> None:
    office, numbers = at_desk(invited_group, 3)
    issue_sheets(office, CALL, MEETING, actor=RITA)
    paths = []
    for name, on in zip("ab", MEETING_DAYS, strict=True):
        with office.reading(WORKER) as session:
            row = newest(session, "attendance_sheet", f"{CALL}:{MEETING}:{on}")
            assert row is not None
            content = content_of(office, session, row)
        paths.append(tmp_path / f"{name}.docx")
        paths[-1].write_bytes(filled(content, dict.fromkeys(numbers, Hand(tick=True))))
    go_to(office, "2018-09-22T20:00")
    answer = nabor("attendance", "read", *map(str, paths), "--confirm")
    assert answer.code == 1
    assert "b.docx: Dzień 2018-09-23 jeszcze się nie zaczął" in answer.err
    assert read(office, lambda s: s.exec(select(Attendance)).all(), WORKER) == []
    go_to(office, "2018-09-24T09:00")
    assert nabor("attendance", "read", *map(str, paths), "--confirm").code == 0
    assert len(read(office, lambda s: s.exec(select(Attendance)).all(), WORKER)) == 6
