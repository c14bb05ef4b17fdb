"""A filled sheet comes back: what was filled in is read to the same minutes, or asked for; nothing is guessed."""

import subprocess
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheet_filling import CALL, KEY, NAMES, Hand, changed, filled, number, sheet, with_row_again, without_row

from flows.adapters.settings import Settings
from flows.steps.attendance_reading import read_sheets, taken_up
from forms.attendance_sheet import SheetReading, read_sheet, said_in
from forms.attended_hours import Attended, DayHours, Doubt, Said
from forms.reading import Unreadable
from models.errors import FormUnreadable
from models.rules.sheet_codes import SheetKey, sheet_code

DAY = DayHours(time(9), time(15))
BLANK = sheet()
SAVED = Path(__file__).resolve().parents[1] / "corpus" / "attendance_libreoffice_7_4.docx"
"""The sheet with ``BY_HAND`` in it, opened and saved by LibreOffice 7.4 (see ``tests/corpus/README.md``)."""
BY_HAND = {
    number(0): Hand(tick=True, signature="C. Cyprysowa"),
    number(1): Hand(hours="9:30–14:00"),
    number(2): Hand(hours="usp. choroba"),
    number(3): Hand(crossed_hours="9–15", hours="5,5"),
    number(4): Hand(crossed_name=True),
}
MEANT = {number(0): 360, number(1): 270, number(2): 0, number(3): 330, number(4): 0}


def said(content: bytes) -> dict[str, Said]:
    return {row.number: said_in(row, DAY) for row in read_sheet(content).rows}


def minutes(content: bytes) -> dict[str, int | None]:
    return {one: what.minutes if isinstance(what, Attended) else None for one, what in said(content).items()}


def test_a_sheet_knows_its_day_and_its_people() -> None:
    reading = read_sheet(BLANK)
    assert (reading.call, reading.meeting, reading.on) == (KEY.call, KEY.meeting, KEY.on)
    assert {row.number: row.name for row in reading.rows} == {number(i): name for i, name in enumerate(NAMES)}
    assert all(isinstance(one, Doubt) for one in said(BLANK).values()), "nobody has said anything yet"


def test_what_hands_filled_in_is_read() -> None:
    assert minutes(filled(BLANK, BY_HAND)) == MEANT


def test_a_sheet_that_libreoffice_saved_says_the_same() -> None:
    content = SAVED.read_bytes()
    assert minutes(content) == MEANT
    assert next(row.place for row in read_sheet(content).rows).startswith("tabela")


SPELLINGS: dict[str, int | None] = {
    **{"9:00-12:30": 210, "9–15": 360, "9.30–14.00": 270, "10³⁰–15⁰⁰": 270, "6 h": 360, "5,5": 330, "4,5 h": 270},
    **{"330 min": 330, "nieob.": 0, "usp.": 0, "usp. pogrzeb": 0, "—": 0, "od 10:00": 300, "do 12:00": 180},
    **{"spóźn. 20 min": 340, "cały dzień": 360, "5:30": None, "1": None, "9:00–16:00": None, "był": None, "?": None},
}
hands = st.builds(
    lambda tick, over, hours, crossed, name, signature: Hand(
        tick=tick and not over, over_the_box=over, hours=hours, crossed_hours=crossed, crossed_name=name,
        signature=signature,
    ),
    st.booleans(),
    st.sampled_from(["", "", "x", "X", "✓", "☐", "☒", "5 h"]),
    st.sampled_from(["", *SPELLINGS]),
    st.sampled_from(["", "", "9–15"]),
    st.booleans(),
    st.sampled_from(["", "podpis"]),
)  # fmt: skip


def meant(hand: Hand) -> int | None:
    """What a person would say that the row means; ``None`` when they would have to ask."""
    ticked = hand.tick or hand.over_the_box in ("x", "X", "✓", "☒")
    beside = hand.over_the_box == "5 h"
    if hand.hours and beside:
        return None
    told = SPELLINGS[hand.hours] if hand.hours else 300 if beside else None
    if (hand.hours and told is None) or (hand.crossed_hours and not hand.hours):
        return None
    if hand.crossed_name:
        return None if ticked or told else 0
    if told is None:
        return 360 if ticked else None
    return None if ticked and told != 360 else told


@settings(max_examples=20, deadline=None)
@given(st.lists(hands, min_size=len(NAMES), max_size=len(NAMES)))
def test_any_filled_sheet_is_read_to_what_was_meant_or_asked(given_: list[Hand]) -> None:
    content = filled(BLANK, {number(i): hand for i, hand in enumerate(given_)})
    assert minutes(content) == {number(i): meant(hand) for i, hand in enumerate(given_)}


@pytest.mark.slow
@settings(max_examples=1_000, deadline=None)
@given(st.lists(hands, min_size=len(NAMES), max_size=len(NAMES)))
def test_a_thousand_filled_sheets(given_: list[Hand]) -> None:
    content = filled(BLANK, {number(i): hand for i, hand in enumerate(given_)})
    assert minutes(content) == {number(i): meant(hand) for i, hand in enumerate(given_)}


def test_rows_that_were_tampered_with_are_asked() -> None:
    added = with_row_again(BLANK, number(0), code="", name="Ktoś Dopisany")
    assert [row.number for row in read_sheet(added).rows].count("") == 1
    foreign = with_row_again(BLANK, number(0), code="0001.000")
    assert [row.number for row in read_sheet(foreign).rows].count("") == 1
    assert isinstance(said_in(read_sheet(foreign).rows[-1], DAY), Doubt)
    assert len(read_sheet(without_row(BLANK, number(0))).rows) == len(NAMES) - 1


def test_a_code_that_was_changed_is_no_code() -> None:
    code = sheet_code(KEY)
    for wrong in (code.replace("2018-09-22", "2018-09-23"), code.replace("kartuski", "gdanski"), "LO1"):
        with pytest.raises(FormUnreadable, match="Kodu listy"):
            read_sheet(changed(BLANK, code, wrong))


def test_two_days_in_one_file_are_refused() -> None:
    other = sheet_code(SheetKey(CALL, "pgr_kartuski_1", KEY.on.replace(day=23)))
    with pytest.raises(FormUnreadable, match="z kilku dni"):
        read_sheet(changed(BLANK, "Spotkanie próbne", other))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\xff\xd8\xff", b"%PDF-1.4", b"word"])
def test_what_is_no_sheet_says_so(content: bytes) -> None:
    with pytest.raises(FormUnreadable):
        read_sheet(content)


def test_files_are_read_in_isolation_each_with_its_own_answer(tmp_path: Path) -> None:
    contents = {
        "lista.docx": filled(BLANK, BY_HAND),
        "skan.jpg": b"\xff\xd8\xff scan",
        "zle.docx": b"PK\x03\x04 broken",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    found = read_sheets(taken_up([tmp_path / name for name in contents]), Settings(data=tmp_path / "data"))
    read, scan, wrong = found.values()
    assert isinstance(read, SheetReading)
    assert len(read.rows) == len(NAMES)
    assert isinstance(scan, Unreadable)
    assert "attendance scan" in scan.sentence
    assert isinstance(wrong, Unreadable)


@pytest.mark.slow
@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", ["odt", "doc", "rtf"])
def test_a_sheet_in_another_format_says_the_same_or_asks(tmp_path: Path, suffix: str) -> None:
    """Ticks do not survive every format: what is lost is asked for, and no minutes are invented."""
    (tmp_path / "lista.docx").write_bytes(filled(BLANK, BY_HAND))
    program = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", suffix]
    subprocess.run([*program, "--outdir", str(tmp_path), str(tmp_path / "lista.docx")], check=True, capture_output=True)
    path = tmp_path / f"lista.{suffix}"
    reading = read_sheets(taken_up([path]), Settings(data=tmp_path / "data"))[path]
    assert isinstance(reading, SheetReading), reading
    found = {row.number: said_in(row, DAY) for row in reading.rows}
    assert set(found) == set(MEANT)
    for number_, what in found.items():
        assert isinstance(what, Doubt) or what.minutes == MEANT[number_]
    assert sum(isinstance(what, Attended) for what in found.values()) >= 3
