"""A Harmonogram in a file: the same meetings whichever way it is written, and every mistake by row and column."""

import io
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.schedule_columns import HEADINGS, KINDS
from forms.schedule_file import read_schedule
from forms.schedule_rows import PlannedMeeting
from forms.schedule_table import empty_table
from forms.written_days import day_in, hour_in
from models.errors import BadInput, ScheduleFaulty
from models.rules.collisions import Hours
from models.rules.meeting_kinds import MeetingKind

CALL = "KES/PGR/2205/2018"
TITLES = [heading.title for heading in HEADINGS.values()]
FIRST = [CALL, "pgr_2", "szkolenie", "Szkolenie – współpraca", "22.09.2018", "9:00", "15:00", "Kartuzy", "UMK", "a; b"]
SECOND = [CALL, "pgr_2", "", "", "2018-09-23", "9", "15.00", "", "", ""]
TWO_DAYS = PlannedMeeting(
    call=CALL,
    code="pgr_2",
    kind=MeetingKind.TRAINING,
    title="Szkolenie – współpraca",
    place="Kartuzy",
    host="UMK",
    agenda=("a", "b"),
    days=(Hours(date(2018, 9, 22), time(9), time(15)), Hours(date(2018, 9, 23), time(9), time(15))),
    line=2,
)


def excel(folder: Path, *rows: list[object]) -> Path:
    """The shipped file with these rows typed in."""
    book = openpyxl.load_workbook(io.BytesIO(empty_table()))
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            book["Harmonogram"].cell(number, column).value = value  # type: ignore[assignment]
    path = folder / "harmonogram.xlsx"
    book.save(path)
    return path


def csv(folder: Path, *rows: list[str], sign: str = ";", encoding: str = "utf-8") -> Path:
    lines = [sign.join(f'"{cell}"' if sign in cell else cell for cell in row) for row in (TITLES, *rows)]
    path = folder / "harmonogram.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(ScheduleFaulty) as caught:
        read_schedule(path)
    return [f"{problem.line}: {problem.sentence}" for problem in caught.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_csv_as_any_office_saves_it(tmp_path: Path, sign: str, encoding: str) -> None:
    assert read_schedule(csv(tmp_path, FIRST, SECOND, sign=sign, encoding=encoding)) == (TWO_DAYS,)


def test_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    path = csv(tmp_path, FIRST, encoding="utf-16-le")
    assert faults(path) == ["1: Nie wiadomo, w jakim kodowaniu zapisano plik. Proszę zapisać go w Excelu jako „CSV "
                            "UTF-8” albo .xlsx."]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "starts", "ends"),
    [
        (datetime(2018, 9, 22), time(9), time(15)),  # noqa: DTZ001  (Excel knows no zones)
        ("22.09.2018", "9:00", "15:00"),
        ("2018-09-22", "09.00", 15),
        (43365, 0.375, 0.625),
        (date(2018, 9, 22), timedelta(hours=9), datetime(1899, 12, 31, 15, 0)),  # noqa: DTZ001  (nor here)
    ],
)
def test_excel_takes_dates_and_hours_as_such_or_as_text(
    tmp_path: Path, on: object, starts: object, ends: object
) -> None:
    row = [*FIRST[:4], on, starts, ends, *FIRST[7:]]
    (meeting,) = read_schedule(excel(tmp_path, row))
    assert meeting.days == (Hours(date(2018, 9, 22), time(9), time(15)),)


def test_excel_says_the_same_as_csv_and_yaml(tmp_path: Path) -> None:
    assert read_schedule(excel(tmp_path, FIRST, SECOND)) == (TWO_DAYS,)  # type: ignore[arg-type]
    path = tmp_path / "harmonogram.yaml"
    path.write_text(
        f"""spotkania:
  - nabor: {CALL}
    kod: pgr_2
    rodzaj: szkolenie
    tytul: Szkolenie – współpraca
    miejsce: Kartuzy
    prowadzacy: UMK
    program: [a, b]
    dni:
      - {{data: 2018-09-22, od: 9:00, do: "15:00"}}
      - {{data: 2018-09-23, od: 09:00, do: 15:00}}
""",
        encoding="utf-8",
    )
    assert read_schedule(path) == (TWO_DAYS,)


def test_a_series_is_unfolded_with_both_its_days(tmp_path: Path) -> None:
    row = [*FIRST, "co 2 tygodnie", "31.10.2018", "06.10.2018"]
    found = read_schedule(csv(tmp_path, row, SECOND))
    assert [(one.code, [day.on.isoformat() for day in one.days]) for one in found] == [
        ("pgr_2_1", ["2018-09-22", "2018-09-23"]),
        ("pgr_2_2", ["2018-10-20", "2018-10-21"]),
    ]
    assert {one.series for one in found} == {"co 2 tygodnie"}


def test_every_mistake_is_told_at_once_by_row_and_column(tmp_path: Path) -> None:
    wrong = [
        [CALL, "Zły kod", "narada", "", "31.02.2018", "25:00", "15:00", "Kartuzy", "UMK", "a"],
        [*FIRST[:5], "15:00", "9:00", *FIRST[7:]],
        [*FIRST[:4], "24.09.2018", "9:00", "15:00", "Inne miejsce", "UMK", "a; b", "co tydzień", "", ""],
        [*FIRST[:1], "inny", "", "Tytuł", "24.09.2018", "9:00", "15:00", "Kartuzy", "UMK", "a", "", "", "1.10.2018"],
        FIRST[:9],
    ]
    assert faults(csv(tmp_path, *wrong)) == [
        "2: kolumna „Data”: „31.02.2018”: nie ma takiego dnia.",
        "2: kolumna „Kod”: „Zły kod” nie jest kodem: małe litery bez polskich znaków, cyfry i podkreślenia, od litery, "
        "do 56 znaków.",
        "2: kolumna „Od”: „25:00”: nie ma takiej godziny.",
        "2: kolumna „Rodzaj”: nie ma rodzaju „narada”. Można wpisać: spotkanie, szkolenie, badanie fokusowe, wymiana "
        "doświadczeń, coaching.",
        "2: kolumna „Tytuł”: brakuje wartości.",
        "3: kolumna „Do”: spotkanie musi się kończyć później, niż się zaczyna.",
        "3: kolumna „Powtarzaj do”: seria potrzebuje obu kolumn: „Powtarzaj” i „Powtarzaj do”.",
        "4: kolumna „Miejsce”: inna wartość niż w wierszu 3 tego samego spotkania.",
        "5: kolumna „Bez dni”: dni opuszcza się tylko w serii.",
    ]


def test_a_code_that_a_series_makes_must_be_free(tmp_path: Path) -> None:
    series = [*FIRST, "co tydzień", "30.09.2018", ""]
    other = [CALL, "pgr_2_2", *FIRST[2:]]
    assert faults(csv(tmp_path, series, other)) == [
        "3: kolumna „Kod”: spotkanie „pgr_2_2” tego naboru stoi już w wierszu 2."
    ]


def test_a_day_stands_once_in_a_meeting(tmp_path: Path) -> None:
    assert faults(csv(tmp_path, FIRST, [*SECOND[:4], "22.09.2018", *SECOND[5:]])) == [
        "3: kolumna „Data”: ten dzień spotkania stoi już w wierszu 2."
    ]


def test_headings_are_known_by_their_words_and_missing_ones_are_named(tmp_path: Path) -> None:
    path = tmp_path / "inny.csv"
    path.write_text("NABÓR;kod;Tytul;Termin\nx;y;z;t\n", encoding="utf-8")
    said = faults(path)
    assert "1: Nieznana kolumna „Termin”." in said
    assert "1: Brakuje kolumny „Data”." in said
    assert not any("„Nabór”." in one or "„Tytuł”." in one for one in said if "Brakuje" in one)


def test_formulas_are_told_with_all_other_mistakes(tmp_path: Path) -> None:
    row = [*FIRST[:4], "=TODAY()", "9:00", "", *FIRST[7:]]
    assert faults(excel(tmp_path, row)) == [  # type: ignore[arg-type]
        "2: kolumna „Data”: stoi tu formuła; proszę wpisać samą wartość.",
        "2: kolumna „Do”: brakuje wartości.",
    ]


def test_yaml_mistakes_stand_by_line(tmp_path: Path) -> None:
    path = tmp_path / "harmonogram.yaml"
    path.write_text("spotkania:\n  - nabor: X\n    kodd: pgr_2\n    dni: [{data: 2018-09-22, od: 9:00}]\n  - raz\n")
    said = faults(path)
    assert any(one.startswith("3: Nieznane pole „kodd”") for one in said)
    assert "2: kolumna „Kod”: brakuje wartości." in said
    assert any(one.startswith("5: Spotkanie to pola") for one in said)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF", "wczytuje się z pliku .xlsx"),
        ("a.xlsx", b"PK\x03\x04", "nie da się otworzyć"),
        ("a.xlsx", b"", "nie da się otworzyć"),
        ("a.csv", b"", "błędy"),
        ("a.yaml", b"", "błędy"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=said):
        read_schedule(tmp_path / name)


def test_the_empty_file_has_all_headings_and_allowed_kinds_and_is_the_same_each_time() -> None:
    assert empty_table() == empty_table()
    book = openpyxl.load_workbook(io.BytesIO(empty_table()))
    assert [cell.value for cell in book["Harmonogram"][1]] == TITLES
    (rule,) = book["Harmonogram"].data_validations.dataValidation
    assert rule.formula1 == f'"{",".join(KINDS)}"'
    assert len(list(book["Objaśnienia"].iter_rows(min_row=2))) >= len(TITLES)
    assert all(sheet.page_setup.fitToHeight == 0 for sheet in book), "printed, each is as wide as a page"


def test_the_empty_file_says_that_nothing_stands_in_it(tmp_path: Path) -> None:
    assert faults(excel(tmp_path)) == ["1: Pod nagłówkiem nie ma żadnego spotkania."]


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.times())
def test_dates_and_hours_come_back_however_they_are_written(day: date, hour: time) -> None:
    for text in (f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day.year} r.", day.isoformat(), f"{day} 00:00:00"):
        assert day_in(text) == day
    minute = hour.replace(second=0, microsecond=0)
    assert hour_in(f"{minute:%H:%M}") == hour_in(f"{minute.hour}.{minute.minute:02d}") == minute


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([".csv", ".yaml", ".xlsx"]))
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path: Path, content: bytes, ending: str) -> None:
    path = tmp_path / f"plik{ending}"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        read_schedule(path)
