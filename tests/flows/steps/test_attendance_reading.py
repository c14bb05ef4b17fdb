"""Sheets and tables that come back: shown first, entered whole, with the file and the place of every row."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from conftest import Staged
from people import CALL, KINGA, MEETING, MEETING_DAYS, RITA, STRANGER, WORKER, go_to, invited_group
from sheet_filling import Hand, filled, with_row_again, without_row
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.attendance_days import day_lines, enter_words
from flows.steps.attendance_reading import SheetPreview, enter_sheet, preview
from flows.steps.attendance_sheets import issue_sheets
from flows.steps.attendance_tables import TableTaken, take_table, write_table
from flows.steps.documents import content_of, newest
from flows.steps.meeting_changes import Wanted, move_meeting
from flows.steps.meetings import day_in
from flows.steps.people import open_data_key
from flows.steps.sheet_lines import SheetEntered
from forms.attendance_sheet import read_sheet
from models.actor import Actor
from models.errors import BadInput, NotAllowed, NotFound
from models.rules.presence import AttendanceStatus
from models.tables import Application, Attendance, AttendanceFile, Membership
from models.tables.meetings import AttendanceFileKind

DAY = MEETING_DAYS[0]


def held(office: Office) -> list[str]:
    registered = invited_group(office, 3)
    issue_sheets(office, CALL, MEETING, actor=RITA)
    go_to(office, "2018-09-24T09:00")
    return registered


def printed(office: Office, on: date = DAY) -> bytes:
    with office.reading(WORKER) as session:
        row = newest(session, "attendance_sheet", f"{CALL}:{MEETING}:{on}")
        assert row is not None
        return content_of(office, session, row)


def shown(office: Office, content: bytes, **answers: str) -> SheetPreview:
    with office.reading(RITA) as session:
        return preview(session, read_sheet(content), content, _numbered(answers), actor=RITA)


def enter(
    office: Office, content: bytes, answers: Mapping[str, str] | None = None, *, actor: Actor = RITA, **given: object
) -> SheetEntered:
    with office.writing(actor) as session:
        return enter_sheet(
            office, session, read_sheet(content), content, name="lista.docx", answers=answers or {}, actor=actor,
            **given,  # type: ignore[arg-type]
        )  # fmt: skip


def _numbered(answers: dict[str, str]) -> dict[str, str]:
    return {f"{CALL}/{number.removeprefix('n')}": words for number, words in answers.items()}


def rows(office: Office) -> list[Attendance]:
    with office.reading(WORKER) as session:
        return list(
            session.exec(
                select(Attendance)
                .join(Membership, col(Membership.id) == Attendance.membership_id)
                .join(Application, col(Application.id) == Membership.application_id)
                .order_by(Application.number)
            ).all()
        )


def test_a_sheet_is_shown_then_entered_with_file_and_place(staged: Staged) -> None:
    office, (first, second, third) = staged(held)
    content = filled(
        printed(office),
        {
            first: Hand(tick=True, signature="podpis"),
            second: Hand(hours="10:00–15:00"),
            third: Hand(hours="usp. pogrzeb"),
        },
    )
    told = shown(office, content)
    assert {(line.number, line.minutes, line.raw) for line in told.lines} == {
        (first, 360, "☒"),
        (second, 300, "10:00–15:00"),
        (third, 0, "usp. pogrzeb"),
    }
    assert rows(office) == [], "a preview stores nothing"
    done = enter(office, content)
    assert (done.entered, done.changed, done.left) == (3, 3, 0)
    assert [(row.minutes, row.status, row.raw) for row in rows(office)] == [
        (360, AttendanceStatus.PRESENT, "☒"),
        (300, AttendanceStatus.LATE, "10:00–15:00"),
        (0, AttendanceStatus.EXCUSED, "usp. pogrzeb"),
    ]
    assert all(row.file_id == done.file_id and row.place.startswith("tabela 2, wiersz") for row in rows(office))
    with office.reading(WORKER) as session:
        file = session.exec(select(AttendanceFile)).one()
        assert file.kind is AttendanceFileKind.SHEET
        assert office.files.read(file.stored_as, open_data_key(session, file.data_key_id)) == content
    again = enter(office, content)
    assert (again.entered, again.changed, again.file_id) == (3, 0, done.file_id)


def test_nothing_is_entered_until_everything_is_answered(staged: Staged) -> None:
    office, (first, second, third) = staged(held)
    content = filled(printed(office), {first: Hand(tick=True), second: Hand(hours="5:30")})
    assert {line.number for line in shown(office, content).asked} == {second, third}
    with pytest.raises(BadInput, match="Wiersze bez odpowiedzi: 2"):
        enter(office, content)
    assert rows(office) == []
    answers = {second: "5 h 30 min", third: "nieob."}
    enter(office, content, answers)
    assert [row.minutes for row in rows(office)] == [360, 330, 0]
    entered = [(row.raw, row.place.rpartition("; ")[2]) for row in rows(office)[1:]]
    assert entered == [("5 h 30 min", "podał pracownik"), ("nieob.", "podał pracownik")], "not what the sheet says"
    assert rows(office)[1].place.startswith("tabela 2, wiersz")
    assert rows(office)[0].raw == "☒"


def test_a_sheet_printed_with_other_hours_is_asked_of_whole_days(sqlite_staged: Staged) -> None:
    office, (first, second, third) = sqlite_staged(invited_group, 3)
    issue_sheets(office, CALL, MEETING, actor=RITA)
    hands = {first: Hand(tick=True), second: Hand(hours="10:00–14:00"), third: Hand(hours="od 10:00")}
    content = filled(printed(office), hands)
    days = (day_in("2018-09-22T09:00-14:00"), day_in("2018-09-23T09:00-15:00"))
    with office.writing(RITA) as session:
        move_meeting(session, CALL, MEETING, Wanted(days=days), reason="Sala.", actor=RITA, now=office.now())
    go_to(office, "2018-09-24T09:00")
    asked = {line.number: line.asks for line in shown(office, content).asked}
    assert set(asked) == {first, third}
    assert "wydrukowano na godziny 09:00–15:00, a ten dzień trwa 09:00–14:00" in asked[first]
    answers = {first: "cały dzień", third: "10:00-14:00"}
    enter(office, content, answers)
    assert [row.minutes for row in rows(office)] == [300, 240, 240]


def test_an_excuse_without_a_reason_is_asked_of(sqlite_staged: Staged) -> None:
    office, (first, second, third) = sqlite_staged(held)
    hands = {first: Hand(tick=True), second: Hand(hours="usp."), third: Hand(hours="usp. pogrzeb")}
    content = filled(printed(office), hands)
    (asked,) = shown(office, content).asked
    assert (asked.number, "wymaga powodu" in asked.asks) == (second, True)
    with pytest.raises(BadInput, match="Wiersze bez odpowiedzi: 1"):
        enter(office, content)
    assert rows(office) == []
    enter(office, content, reason="Wspólny.")
    assert [row.reason for row in rows(office)] == [None, "Wspólny.", "pogrzeb"]
    assert shown(office, content).asked == (), "what is known from before is not asked again"
    assert shown(office, content, n0002="usp. sąd").asked == ()


def test_what_was_read_may_be_entered_alone_on_purpose(sqlite_staged: Staged) -> None:
    office, (first, second, _) = sqlite_staged(held)
    content = filled(printed(office), {first: Hand(tick=True), second: Hand(hours="?")})
    done = enter(office, content, partial=True)
    assert (done.entered, done.left, [row.minutes for row in rows(office)]) == (1, 2, [360])


def test_rows_that_are_not_whose_they_say_are_asked(sqlite_staged: Staged) -> None:
    office, (first, second, third) = sqlite_staged(held)
    everybody = {number: Hand(tick=True) for number in (first, second, third)}
    content = filled(printed(office), everybody)
    swapped = with_row_again(without_row(content, second), first, name="Zmyślona Próbna-Z")
    asked = {line.number: line.asks for line in shown(office, swapped).asked}
    assert set(asked) == {first, second}
    assert "dwóch wierszach" in asked[first]
    assert "Nie ma tej osoby na liście" in asked[second]
    assert shown(office, content).asked == ()
    with pytest.raises(BadInput, match="nie miały w tym dniu"):
        shown(office, content, n0099="nieob.")
    with pytest.raises(BadInput, match="nie da się zrozumieć"):
        shown(office, content, n0001="kiedyś")


def test_a_name_in_another_row_is_asked(sqlite_staged: Staged) -> None:
    office, (first, *_) = sqlite_staged(held)
    once = with_row_again(filled(printed(office), {first: Hand(tick=True)}), first, name="Ktoś Inny")
    (line,) = {line.asks for line in shown(office, once).lines if line.number == first}
    assert "dwóch" in line
    (other,) = [line for line in shown(office, without_row(once, first)).lines if line.number == first]
    assert "Nazwisko w wierszu" in other.asks


def test_only_who_may_enters_a_sheet_and_only_in_the_own_area(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(held)
    content = printed(office)
    for actor, error in ((KINGA, NotAllowed), (STRANGER, NotFound)):
        with pytest.raises(error):
            enter(office, content, partial=True, actor=actor)


def test_a_trial_keeps_neither_rows_nor_the_file(sqlite_staged: Staged) -> None:
    office, (first, *_) = sqlite_staged(held)
    content = filled(printed(office), {first: Hand(tick=True)})
    enter(office.on_trial(), content, partial=True)
    with office.reading(WORKER) as session:
        assert session.exec(select(AttendanceFile)).all() == []
    assert rows(office) == []


# Tables


def table_of(office: Office, suffix: str = ".xlsx") -> Path:
    path = office.settings.data.parent / f"obecnosc{suffix}"
    write_table(office, CALL, MEETING, path, actor=RITA)
    return path


def typed(path: Path, texts: dict[tuple[str, str], tuple[str, str]]) -> bytes:
    """The workbook with presence and reason typed in by number and day."""
    book = openpyxl.load_workbook(path)
    page = book["Obecnosc"]
    for line in page.iter_rows(min_row=5):
        key = (line[4].value, line[2].value)
        if key in texts:
            line[6].value, line[7].value = texts[key]
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_a_table_is_filled_in_and_brought_back(staged: Staged) -> None:
    office, (first, second, third) = staged(held)
    day = DAY.isoformat()
    content = typed(
        table_of(office),
        {(first, day): ("cały dzień", ""), (second, day): ("5,5", ""), (third, day): ("usp.", "Sąd.")},
    )
    assert take_table(office, content, name="t.xlsx", actor=RITA) == TableTaken(3, 3)
    assert [(row.minutes, row.place) for row in rows(office)] == [(360, "wiersz 5"), (330, "wiersz 6"), (0, "wiersz 7")]
    assert take_table(office, content, name="t.xlsx", actor=RITA) == TableTaken(3, 0)
    out = table_of(office, ".csv").read_bytes()
    lines = list(csv.DictReader(io.StringIO(out.decode("utf-8-sig")), delimiter=";"))
    assert [line["obecnosc"] for line in lines] == ["cały dzień", "330 min", "usp.", "", "", ""]
    assert take_table(office, out, name="t.csv", actor=RITA) == TableTaken(3, 0), "what goes out comes back the same"


def test_a_table_with_one_mistake_changes_nothing_and_names_every_row(staged: Staged) -> None:
    office, (first, second, third) = staged(held)
    day = DAY.isoformat()
    text = (
        "nabor;spotkanie;dzien;numer;obecnosc\r\n"
        f"{CALL};{MEETING};{day};{first};6 h\r\n"
        f"{CALL};{MEETING};22.09.2018;0002;5:30\r\n"
        f"{CALL};{MEETING};{day};{third};usp.\r\n"
        f"{CALL};{MEETING};{day};{CALL}/0099;6 h\r\n"
        f"{CALL};nie_ma;{day};{first};6 h\r\n"
        f"{CALL};{MEETING};wczoraj;{first};6 h\r\n"
        f"{CALL};{MEETING};{day};{first};5 h\r\n"
        f"{CALL};{MEETING};{day};{second};\r\n"
    )
    with pytest.raises(BadInput) as refused:
        take_table(office, text.encode("utf-8-sig"), name="t.csv", actor=RITA)
    said = str(refused.value).splitlines()
    assert [line.partition(":")[0] for line in said[1:]] == [f"Wiersz {row}" for row in (3, 4, 5, 6, 7, 8)]
    assert rows(office) == []
    assert "wierszu 2" in said[-1]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"a;b\r\n1;2\r\n", "ż;ó".encode("cp1250"), b'"x\r\n'])
def test_what_is_no_table_says_so(sqlite_staged: Staged, content: bytes) -> None:
    office, _ = sqlite_staged(held)
    with pytest.raises(BadInput, match=r"abel"):
        take_table(office, content, name="t", actor=RITA)


def test_a_formula_is_refused(sqlite_staged: Staged) -> None:
    office, (first, *_) = sqlite_staged(held)
    content = typed(table_of(office), {(first, DAY.isoformat()): ("=1+1", "")})
    with pytest.raises(BadInput, match="formuła"):
        take_table(office, content, name="t.xlsx", actor=RITA)


@pytest.mark.slow
def test_the_same_sheet_does_not_undo_what_was_put_right_since(sqlite_staged: Staged) -> None:
    office, (first, second, third) = sqlite_staged(held)
    content = filled(printed(office), {one: Hand(tick=True) for one in (first, second, third)})
    enter(office, content, {third: "10:00-15:00"})
    with office.writing(RITA) as session:
        enter_words(session, CALL, MEETING, DAY, first, "9:00-12:00", actor=RITA, now=office.now())
    asked = {line.number: line.asks for line in shown(office, content).asked}
    assert set(asked) == {first, third}
    assert all("Wpis poprawiono po wczytaniu tej listy" in one for one in asked.values())
    with pytest.raises(BadInput, match="Wiersze bez odpowiedzi: 2"):
        enter(office, content)
    assert enter(office, content, partial=True).changed == 0
    enter(office, content, {first: "cały dzień", third: "10:00-15:00"})
    with office.reading(WORKER) as session:
        minutes = {line.number: line.minutes for line in day_lines(session, CALL, MEETING) if line.day == DAY}
    assert minutes == {first: 360, second: 360, third: 300}
