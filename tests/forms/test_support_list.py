"""A filled list of a session of support comes back: read as sheets of meetings are, and told apart from them."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from sheet_filling import (
    CALL,
    NAMES,
    SESSION,
    Hand,
    changed,
    filled,
    list_of_session,
    number,
    sheet,
    with_row_again,
)

from flows.adapters.settings import Settings
from flows.steps.attendance_reading import taken_up
from flows.steps.support_reading import read_lists
from forms.attendance_sheet import SupportListReading, read_sheet, read_support_list, said_in
from forms.attended_hours import Attended, DayHours
from forms.reading import Unreadable
from models.errors import FormUnreadable
from models.rules.sheet_codes import SupportListKey, list_code, lists_in, number_in, row_code, sheets_in

HOURS = DayHours(*SESSION.hours)
BLANK = list_of_session()
SAVED = Path(__file__).resolve().parents[1] / "corpus" / "support_list_libreoffice_7_4.docx"
"""The list as it was filled in within LibreOffice 7.4, as ``BY_HAND`` says (see ``tests/corpus/README.md``)."""
BY_HAND = {
    number(0): Hand(tick=True, signature="C. Cyprysowa"),
    number(1): Hand(hours="16:30–18:00"),
    number(2): Hand(hours="usp. choroba"),
    number(3): Hand(crossed_hours="16–18", hours="1,5"),
    number(4): Hand(signature="L. Mak"),
}
MEANT = {number(0): 120, number(1): 90, number(2): 0, number(3): 90, number(4): None}


def minutes(content: bytes) -> dict[str, int | None]:
    said = {row.number: said_in(row, HOURS, HOURS, box="cała sesja") for row in read_support_list(content).rows}
    return {one: what.minutes if isinstance(what, Attended) else None for one, what in said.items()}


def test_what_hands_filled_in_is_read() -> None:
    reading = read_support_list(filled(BLANK, BY_HAND, bound_to=SESSION.binding))
    assert (reading.call, reading.session_id, reading.on) == (CALL, 12, date(2018, 10, 12))
    assert {row.number: row.name for row in reading.rows} == {number(i): name for i, name in enumerate(NAMES)}
    assert minutes(filled(BLANK, BY_HAND, bound_to=SESSION.binding)) == MEANT
    assert set(minutes(BLANK).values()) == {None}, "nobody has said anything yet"


def test_a_list_that_libreoffice_saved_says_the_same() -> None:
    assert minutes(SAVED.read_bytes()) == MEANT


def test_people_of_several_calls_stand_under_their_whole_numbers() -> None:
    several = replace(SESSION, call="")
    numbers = (number(0), "KES/G-PZK/2205011/2018/0001", "KES/PGD/2205/2018/0001", number(3), number(4))
    hands = {one: Hand(tick=True) for one in numbers}
    content = filled(list_of_session(numbers, several), hands, call="", bound_to=several.binding)
    assert minutes(content) == dict.fromkeys(numbers, 120)
    assert read_support_list(content).call == ""


def test_who_led_the_session_is_read_where_it_was_filled_in() -> None:
    reading = read_support_list(BLANK)
    assert (reading.coach, reading.place) == ("Jan Wymyślony", "Kartuzy")
    open_ = changed(BLANK, "Kartuzy", "……………………")
    assert read_support_list(open_).place == ""
    assert (
        read_support_list(changed(BLANK, "Kartuzy", "……Żukowo, ul. Wymyślona 3……")).place == "Żukowo, ul. Wymyślona 3"
    )


def test_a_row_of_another_session_is_no_row_of_this_one() -> None:
    other = replace(SESSION, session_id=13)
    code = row_code(CALL, number(0), bound_to=other.binding)
    assert number_in(CALL, code, bound_to=other.binding) == number(0)
    assert number_in(CALL, code, bound_to=SESSION.binding) is None
    assert number_in(CALL, code) is None, "nor of a meeting"
    pasted = with_row_again(BLANK, number(0), bound_to=SESSION.binding, code=code)
    assert [row.number for row in read_support_list(pasted).rows].count("") == 1


def test_a_code_that_was_changed_is_no_code() -> None:
    code = list_code(SESSION)
    assert lists_in([f"Kod listy {code}"]) == {SESSION}
    assert sheets_in([code]) == frozenset()
    for wrong in (code.replace(":12:", ":13:"), code.replace("1800", "1900"), code.replace("10-12", "10-13"), "LW1"):
        with pytest.raises(FormUnreadable, match="Kodu listy"):
            read_support_list(changed(BLANK, code, wrong))
    late = SupportListKey("", 1, date(2018, 10, 12), (time(0), time(23, 59)))
    assert lists_in([list_code(late)]) == {late}


def test_lists_and_sheets_are_told_apart() -> None:
    with pytest.raises(FormUnreadable, match="nabor support read"):
        read_sheet(BLANK)
    with pytest.raises(FormUnreadable, match="nabor attendance read"):
        read_support_list(sheet())
    with pytest.raises(FormUnreadable, match="z kilku dni albo sesji"):
        read_support_list(changed(BLANK, "Superwizja", list_code(replace(SESSION, session_id=13))))


@pytest.mark.slow
def test_files_are_read_in_isolation_each_with_its_own_answer(tmp_path: Path) -> None:
    contents = {
        "lista.docx": filled(BLANK, BY_HAND, bound_to=SESSION.binding),
        "skan.jpg": b"\xff\xd8\xff scan",
        "spotkanie.docx": sheet(),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    paths = [tmp_path / name for name in contents]
    read, scan, other = read_lists(taken_up(paths), Settings(data=tmp_path / "data")).values()
    assert isinstance(read, SupportListReading)
    assert len(read.rows) == len(NAMES)
    assert isinstance(scan, Unreadable)
    assert "nabor support scan" in scan.sentence
    assert isinstance(other, Unreadable)
    assert "nabor attendance read" in other.sentence
