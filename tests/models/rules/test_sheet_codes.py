"""The codes of a sheet lead back to its day and its people, and to nothing when they were changed."""

from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from models.rules.sheet_codes import SheetKey, looks_like_row, number_in, row_code, sheet_code, sheets_in

CALL = "KES/PGR/2205/2018"
KEY = SheetKey(CALL, "pgr_kartuski_1", date(2018, 9, 22))


@given(st.integers(0, 9999))
def test_a_row_is_known_by_its_code_in_its_own_call_alone(ordinal: int) -> None:
    number = f"{CALL}/{ordinal:04d}"
    code = row_code(CALL, number)
    assert looks_like_row(code)
    assert number_in(CALL, code) == number
    assert number_in("KES/PGD/2205/2018", code) != number


def test_a_row_of_another_digit_is_no_row() -> None:
    code = row_code(CALL, f"{CALL}/0003")
    assert number_in(CALL, code.replace("0003", "0004")) is None
    assert number_in(CALL, "5,5") is None
    assert not looks_like_row("8.30")


def test_sheets_are_found_in_text_and_changed_codes_are_not() -> None:
    code = sheet_code(KEY)
    assert sheets_in([f"Kod listy {code}", code]) == {KEY}
    assert sheets_in([code.replace("22", "23"), code[:-1], ""]) == frozenset()


def test_the_hours_of_a_sheet_stand_in_its_code_and_are_checked() -> None:
    timed = SheetKey(CALL, "pgr_kartuski_1", KEY.on, (time(9), time(15, 30)))
    code = sheet_code(timed)
    assert code.startswith(f"LO2:{CALL}:pgr_kartuski_1:2018-09-22:0900-1530:")
    assert sheets_in([code]) == {timed}
    assert sheet_code(KEY).startswith("LO1:")
    assert sheets_in([sheet_code(KEY)]) == {KEY}, "sheets printed before are still known"
    assert sheets_in([code.replace("0900", "0800"), code.replace("LO2", "LO3")]) == frozenset()
    assert sheets_in([sheet_code(KEY).replace("LO1", "LO2")]) == frozenset()
