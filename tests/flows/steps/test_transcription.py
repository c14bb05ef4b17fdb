"""Scans and paper: applications that wait until an officer has typed them in, by a sheet that fits no other."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import people
import pytest
from conftest import Staged
from people import CALL, KES, KINGA, RITA, STRANGER, WORKER, go_to, moment, numbers, open_kes_call, reading, send_in
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.applications import current_values, find_application, newest_correction
from flows.steps.calls import open_call
from flows.steps.corrections import close_expired, expired_corrections
from flows.steps.decisions import decide_as_proposed
from flows.steps.delivery import deliver
from flows.steps.filing import IntakeCounts
from flows.steps.overview import values_of
from flows.steps.ranking import rank_call
from flows.steps.scans import open_scan
from flows.steps.todo import waiting_for_whom
from flows.steps.transcription import open_paper
from flows.steps.typing_in import TypedIn, type_in
from flows.steps.typing_sheets import sheet_for, sheet_of
from flows.steps.verification import to_verify, verify
from flows.steps.withdrawal import withdraw
from forms.reading import Unreadable
from forms.sheet import read_sheet
from models.actor import Actor, Role
from models.errors import BadInput, NotAllowed, NotFound, NotYet
from models.events import Happened
from models.rules.facts import FieldStatus
from models.tables import Application, Event, FieldValue, Message, Person, SubmittedFile
from models.tables.applications import ApplicationState, CorrectionState
from models.tables.files import FileState

IMAGE = Unreadable(code="image", sentence="To jest zdjęcie lub skan.")
PDF = Unreadable(code="pdf", sentence="To jest plik PDF.")
PICTURE = (KES / "samples" / "inbox" / "skan0001.jpg").read_bytes()
OLA = Actor("ola", frozenset({Role.RECRUITMENT}))
"""For the whole office: a file whose call is not known lies in no area."""
ANSWERS: Mapping[str, str] = {
    "imie": "ZMYŚLONA",
    "nazwisko": "próbna-skanowa",
    "pesel": people.pesel(9),
    "data_urodzenia": "12 stycznia 2202 r.",
    "plec": "kobieta",
    "adres.ulica": "ul. Wymyślona 5",
    "adres.kod": "83300",
    "adres.miejscowosc": "Kartuzy",
    "adres.gmina": "Kartuzy",
    "email": "skanowa@example.org",
    "telefon": "600 100 200",
    "instytucja.nazwa": "Instytucja Próbna",
    "instytucja.nip": "778-13-46-888",
    "instytucja.obszar": "kultura, sport i turystyka",
    "instytucja.poziom": "gminny",
    "instytucja.gmina": "Żukowo, powiat kartuski",
    "instytucja.stanowisko": "specjalistka",
    "staz_lat": "ponad 10 lat",
    "praca_bezposrednia": "tak",
    "zakres_wsparcia:rodziny": "tak",
    "zakres_wsparcia:mlodziez": "tak",
    "motywacja": "=Chcę współpracować.",
    "osw_regulamin": "tak",
    "osw_udzial": "tak",
    "osw_prawda": "tak",
    "osw_rodo": "tak",
}


def a_call(office: Office) -> None:
    open_kes_call(office)
    go_to(office, "2018-06-06T10:00")


def a_scan(office: Office) -> int:
    """A picture whose call can be told; the id of its file."""
    a_call(office)
    return send_in(office, IMAGE, sender="ktos@example.org", content=PICTURE).file_id


def filled_in(office: Office, number: str, answers: Mapping[str, object]) -> bytes:
    """The sheet of an application with these answers typed in, by row key."""
    with office.reading(RITA) as session:
        book = openpyxl.load_workbook(io.BytesIO(sheet_of(office, session, find_application(session, number))))
    page = book.worksheets[0]
    rows = {row[0].value: row for row in page.iter_rows() if row[0].value}
    for key, text in answers.items():
        rows[key][2].value = text
        if isinstance(text, str):
            rows[key][2].data_type = "s"  # as Excel does in a text cell: „=” begins no formula there
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def typed(office: Office, number: str, content: bytes, *, reason: str = "przepisano ze skanu") -> TypedIn:
    with office.writing(RITA) as session:
        return type_in(session, number, content, reason=reason, actor=RITA, now=office.now())


def state_of(office: Office, number: str) -> ApplicationState:
    with office.reading(WORKER) as session:
        return find_application(session, number).state


def events(session: Session, application: Application) -> list[str]:
    subject = f"application/{application.id}"
    return list(session.exec(select(Event.kind).where(Event.subject == subject).order_by(col(Event.id))).all())


def letters(session: Session) -> list[tuple[str, str]]:
    return [(one.event, one.recipient) for one in session.exec(select(Message).order_by(col(Message.id))).all()]


# What comes in


def test_a_scan_becomes_an_application_that_awaits_typing(staged: Staged) -> None:
    office, file_id = staged(a_scan)
    with office.reading(WORKER) as session:
        application = find_application(session, f"{CALL}/0001")
        assert application.state is ApplicationState.AWAITING_TYPING
        assert (application.received_at, application.channel) == (moment("2018-06-05T10:00"), "email")
        assert application.form_key == "zalacznik_1_pgr"
        person = session.get_one(Person, application.person_id)
        assert (person.first_name, person.last_name, person.pesel) == ("", "", None)
        row = session.get_one(SubmittedFile, file_id)
        assert (row.state, row.application_id, row.area) == (FileState.FILED, application.id, "2205")
        assert current_values(session, application) == {}
        assert events(session, application) == [Happened.APPLICATION_AWAITS_TYPING]
        assert letters(session) == [("scan_received", "ktos@example.org")]
        (letter,) = session.exec(select(Message)).all()
        assert application.public_number in letter.text
        assert "nie trzeba nic robić" in letter.text
        (line,) = waiting_for_whom(session, now=office.now())
        assert (line.what, line.reference) == ("zgłoszenie czeka na przepisanie", f"{CALL}/0001")
        assert line.since.isoformat() == "2018-06-05"


def test_a_flat_pdf_does_the_same_and_counts_as_one(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_call)
    assert send_in(office, PDF).counts == IntakeCounts(to_type=1)
    assert state_of(office, f"{CALL}/0001") is ApplicationState.AWAITING_TYPING


def test_another_unreadable_file_is_still_an_officers_row(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_call)
    broken = Unreadable(code="truncated", sentence="Plik jest uszkodzony.")
    assert send_in(office, broken).counts == IntakeCounts(unreadable=1)
    assert numbers(office) == []


@pytest.mark.parametrize("at", ["2018-06-03T10:00", "2018-06-23T10:00"])
def test_a_scan_from_outside_the_time_of_every_call_waits_for_an_officer(sqlite_staged: Staged, at: str) -> None:
    office, _ = sqlite_staged(a_call)
    go_to(office, "2018-06-25T10:00")
    sent = send_in(office, IMAGE, at=at, sender="ktos@example.org")
    assert sent.counts == IntakeCounts(unreadable=1)
    with office.writing(OLA) as session:
        application = open_scan(session, sent.file_id, call=CALL, actor=OLA, now=office.now())
        assert (application.number, application.received_at) == (f"{CALL}/0001", moment(at))
        assert session.get_one(SubmittedFile, sent.file_id).state is FileState.FILED
    with office.writing(OLA) as session, pytest.raises(BadInput, match="nie czeka"):
        open_scan(session, sent.file_id, call=CALL, actor=OLA, now=office.now())


def two_calls(office: Office) -> None:
    a_call(office)
    with office.writing(RITA) as session:
        open_call(
            session,
            "KES",
            "PGR",
            "2202",
            opens_at=moment("2018-06-04T08:00"),
            closes_at=moment("2018-06-22T15:30"),
            actor=RITA,
            now=office.now(),
        )


def test_between_two_open_calls_nothing_is_guessed_unless_the_manifest_says(staged: Staged, tmp_path: Path) -> None:
    office, _ = staged(two_calls)
    assert send_in(office, IMAGE).counts == IntakeCounts(unreadable=1)
    other = "KES/PGR/2202/2018"
    assert send_in(office, IMAGE, call=other).counts == IntakeCounts(to_type=1)
    assert send_in(office, IMAGE, call="KES/PGR/9999/2018").counts == IntakeCounts(unreadable=1)
    assert numbers(office) == [f"{other}/0001"]


def test_a_word_form_goes_to_the_call_that_the_manifest_names(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(two_calls)
    assert send_in(office, reading(1), call="KES/PGR/2202/2018").counts == IntakeCounts(complete=1)
    assert send_in(office, reading(2), call="KES/PGR/9999/2018").counts == IntakeCounts(unreadable=1)
    assert numbers(office) == ["KES/PGR/2202/2018/0001"]


def test_an_officer_elsewhere_opens_nothing(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_call)
    go_to(office, "2018-06-25T10:00")
    sent = send_in(office, IMAGE, at="2018-06-24T10:00")
    with office.writing(STRANGER) as session, pytest.raises(NotFound):
        open_scan(session, sent.file_id, call=CALL, actor=STRANGER, now=office.now())
    with office.writing(KINGA) as session, pytest.raises(NotAllowed):
        open_scan(session, sent.file_id, call=CALL, actor=KINGA, now=office.now())
    with office.writing(RITA) as session, pytest.raises(BadInput, match="jedno"):
        open_scan(session, sent.file_id, actor=RITA, now=office.now())


def test_paper_without_a_file_is_registered_by_its_time_of_receipt(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_call)
    with office.writing(RITA) as session:
        application = open_paper(
            session, CALL, received_at=moment("2018-06-05T12:00"), channel="post", actor=RITA, now=office.now()
        )
        assert application.state is ApplicationState.AWAITING_TYPING
        assert letters(session) == []
    with office.writing(RITA) as session, pytest.raises(BadInput, match="późniejszy"):
        open_paper(session, CALL, received_at=moment("2018-06-07T12:00"), channel="post", actor=RITA, now=office.now())
    assert typed(office, f"{CALL}/0001", filled_in(office, f"{CALL}/0001", ANSWERS)).state is ApplicationState.COMPLETE
    with office.reading(WORKER) as session:
        assert letters(session) == [("acknowledgement", "skanowa@example.org")]


def test_a_second_page_joins_what_waits_to_be_typed(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_scan)
    number = f"{CALL}/0001"
    assert send_in(office, IMAGE, number=number, sender="ktos@example.org").counts == IntakeCounts(to_type=1)
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        assert len(session.exec(select(SubmittedFile).where(SubmittedFile.application_id == application.id)).all()) == 2
        assert [event for event, _ in letters(session)] == ["scan_received"]
    assert numbers(office) == [number]


# Typing in


def test_the_sheet_round_trip_makes_it_complete(staged: Staged) -> None:
    office, _ = staged(a_scan)
    number = f"{CALL}/0001"
    result = typed(office, number, filled_in(office, number, ANSWERS))
    assert (result.changed, result.state) == (25, ApplicationState.COMPLETE)
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        values = current_values(session, application)
        name, born = values["nazwisko"], values["data_urodzenia"]
        assert (name.raw, name.value, name.origin, name.method) == (
            "próbna-skanowa", '"Próbna-Skanowa"', "officer", "officer",
        )  # fmt: skip
        assert name.place.startswith("arkusz, wiersz ")
        assert (born.raw, born.value, born.certainty) == ("12 stycznia 2202 r.", '"2202-01-12"', 100)
        assert values["zakres_wsparcia"].value == '["rodziny", "mlodziez"]'
        assert values["motywacja"].value == '"=Chcę współpracować."'
        assert values["imie"].reason == "przepisano ze skanu"
        person = session.get_one(Person, application.person_id)
        assert (person.first_name, person.last_name, person.pesel) == ("Zmyślona", "Próbna-Skanowa", people.pesel(9))
        assert application.received_at == moment("2018-06-05T10:00")
        assert events(session, application)[-2:] == [Happened.APPLICATION_TYPED, Happened.APPLICATION_COMPLETE]
        assert letters(session)[-1] == ("acknowledgement", "skanowa@example.org")
        facts = session.exec(select(Event.facts).where(Event.kind == Happened.APPLICATION_TYPED)).one()
        assert "Próbna" not in str(facts)


def test_what_is_left_blank_or_unclear_is_asked_for(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_scan)
    number = f"{CALL}/0001"
    answers = {**ANSWERS, "telefon": "?", "adres.kod": "", "zakres_wsparcia:rodziny": "?"}
    assert typed(office, number, filled_in(office, number, answers)).state is ApplicationState.INCOMPLETE
    with office.reading(WORKER) as session:
        correction = newest_correction(session, find_application(session, number))
        assert correction is not None
        assert {item["key"]: item["reason_code"] for item in correction.items} == {
            "adres.kod": "required_blank",
            "telefon": "typed_unclear",
            "zakres_wsparcia": "typed_unclear",
        }
        letter = session.exec(select(Message).where(Message.event == "correction_request")).one()
        assert "nieczytelna" in letter.text
        assert "przepisano ze skanu" not in letter.text
        assert [event for event, _ in letters(session)] == ["scan_received", "correction_request"]


def test_a_number_that_belies_the_birth_date_is_asked_for_on_both_sides(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_scan)
    number = f"{CALL}/0001"
    answers = {**ANSWERS, "data_urodzenia": "13.01.2202"}
    assert typed(office, number, filled_in(office, number, answers)).state is ApplicationState.INCOMPLETE
    with office.reading(WORKER) as session:
        values = current_values(session, find_application(session, number))
        assert values["pesel"].status is values["data_urodzenia"].status is FieldStatus.CONTRADICTORY


def test_one_wrong_row_and_nothing_is_stored(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_scan)
    number = f"{CALL}/0001"
    answers = {
        **ANSWERS,
        "pesel": "02611210086",
        "adres.kod": "8330",
        "plec": "inna",
        "zakres_wsparcia:mlodziez": "może",
    }
    with pytest.raises(BadInput) as refused:
        typed(office, number, filled_in(office, number, answers))
    said = str(refused.value)
    assert said.count("wiersz ") == 4
    assert "„PESEL”" in said
    assert "02611210086" not in said
    assert state_of(office, number) is ApplicationState.AWAITING_TYPING
    with office.reading(WORKER) as session:
        assert session.exec(select(FieldValue)).all() == []


@pytest.mark.parametrize(
    ("cell", "value"),
    [(600100200, "+48600100200"), (600100200.0, "+48600100200"), ("600 100 200", "+48600100200")],
)
def test_numbers_pasted_into_a_cell_are_read_as_typed(sqlite_staged: Staged, cell: object, value: str) -> None:
    office, _ = sqlite_staged(a_scan)
    number = f"{CALL}/0001"
    typed(office, number, filled_in(office, number, {**ANSWERS, "telefon": cell}))
    with office.reading(WORKER) as session:
        assert current_values(session, find_application(session, number))["telefon"].value == f'"{value}"'


def test_a_person_known_already_is_recognised_and_the_double_is_noted(staged: Staged) -> None:
    office, _ = staged(a_scan)
    send_in(office, reading(9), at="2018-06-04T09:00")
    number = f"{CALL}/0001"
    typed(office, number, filled_in(office, number, ANSWERS))
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        assert Happened.DUPLICATE_SEEN in events(session, application)
        assert application.person_id == find_application(session, f"{CALL}/0002").person_id
        assert len(session.exec(select(Person)).all()) == 1


def test_a_number_of_somebody_of_another_name_is_a_case_for_the_officer(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_scan)
    send_in(office, reading(9, {"imie": "Całkiem", "nazwisko": "Inna"}), at="2018-06-04T09:00")
    number = f"{CALL}/0001"
    with pytest.raises(BadInput, match="nazywa się inaczej"):
        typed(office, number, filled_in(office, number, ANSWERS))
    assert state_of(office, number) is ApplicationState.AWAITING_TYPING
    with office.reading(WORKER) as session:
        assert "Inna" in [person.last_name for person in session.exec(select(Person)).all()]


# Sheets that do not fit


def two_scans(office: Office) -> None:
    a_scan(office)
    send_in(office, IMAGE, at="2018-06-05T11:00")


def test_a_sheet_is_for_its_own_application_and_for_one_time(staged: Staged) -> None:
    office, _ = staged(two_scans)
    sheet = filled_in(office, f"{CALL}/0001", ANSWERS)
    with pytest.raises(BadInput, match="innego zgłoszenia"):
        typed(office, f"{CALL}/0002", sheet)
    typed(office, f"{CALL}/0001", sheet)
    with pytest.raises(BadInput, match="nowe wartości"):
        typed(office, f"{CALL}/0001", sheet)
    with pytest.raises(BadInput, match="uzasadnienia"):
        typed(office, f"{CALL}/0002", filled_in(office, f"{CALL}/0002", ANSWERS), reason=" ")


def without_row(content: bytes, key: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    (row,) = [cell.row for (cell, *_) in page.iter_rows(max_col=1) if cell.value == key]
    page.cell(row, 1).value = None
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_deleted_row_and_an_empty_sheet_are_refused(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_scan)
    number = f"{CALL}/0001"
    with pytest.raises(BadInput, match="brakuje wierszy: PESEL"):
        typed(office, number, without_row(filled_in(office, number, ANSWERS), "pesel"))
    with pytest.raises(BadInput, match="nie zmienia"):
        typed(office, number, filled_in(office, number, {}))
    with pytest.raises(BadInput, match="To nie jest arkusz"):
        typed(office, number, PICTURE)


def test_the_sheet_shows_the_picture_and_lies_outside_the_data(sqlite_staged: Staged, tmp_path: Path) -> None:
    office, _ = sqlite_staged(a_scan)
    number = f"{CALL}/0001"
    written = sheet_for(office, number, tmp_path / "arkusz.xlsx", actor=RITA)
    assert PICTURE in written.read_bytes() or _holds(written, PICTURE)
    with pytest.raises(BadInput, match="folderze danych"):
        sheet_for(office, number, office.settings.data / "arkusz.xlsx", actor=RITA)
    with pytest.raises(NotFound):
        sheet_for(office, number, tmp_path / "obcy.xlsx", actor=STRANGER)
    with office.reading(WORKER) as session:
        assert Happened.EXPORTED in events(session, find_application(session, number))


def notes_of(office: Office, number: str) -> str:
    """What the sheet of an application tells the officer to look at."""
    with office.reading(RITA) as session:
        book = openpyxl.load_workbook(io.BytesIO(sheet_of(office, session, find_application(session, number))))
    return str(book.worksheets[0]["B3"].value)


def test_the_sheet_says_what_to_look_at(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_scan)
    number = f"{CALL}/0001"
    assert notes_of(office, number) == "Nadesłany obraz stoi obok, na prawo od tabeli."
    send_in(office, PDF, number=number, content=b"%PDF-1.7 a second page")
    assert f"Pliki do otwarcia osobno: 1. Zapisuje je polecenie „nabor application export {number}" in notes_of(
        office, number
    )
    with office.writing(RITA) as session:
        open_paper(session, CALL, received_at=moment("2018-06-05T12:00"), channel="post", actor=RITA, now=office.now())
    assert "z papieru" in notes_of(office, f"{CALL}/0002")


def test_an_officer_may_put_a_scan_to_the_application_it_belongs_to(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked)
    number = f"{CALL}/0001"
    go_to(office, "2018-06-25T10:00")
    sent = send_in(office, IMAGE, at="2018-06-24T10:00")
    with office.writing(OLA) as session:
        joined = open_scan(session, sent.file_id, application=number, actor=OLA, now=office.now())
        assert (joined.number, joined.state) == (number, ApplicationState.AWAITING_TYPING)
    assert numbers(office) == [number]


def _holds(path: Path, content: bytes) -> bool:
    with zipfile.ZipFile(path) as archive:
        return any(archive.read(name) == content for name in archive.namelist() if "media" in name)


# Answers that come as scans


def asked(office: Office) -> None:
    """One application that was asked for a telephone number; the letter has left."""
    a_call(office)
    send_in(office, reading(1, {"telefon": None}))
    with office.reading(WORKER) as session:
        assert find_application(session, f"{CALL}/0001").state is ApplicationState.INCOMPLETE
    deliver_all(office)


def deliver_all(office: Office) -> None:
    go_to(office, "2018-06-06T12:00")
    deliver(office, transport=people.Postbox(), actor=WORKER)


def test_an_answer_as_a_scan_stops_the_clock_and_waits_for_an_officer(staged: Staged) -> None:
    office, _ = staged(asked)
    number = f"{CALL}/0001"
    sent = send_in(office, IMAGE, at="2018-06-08T10:00", number=number, sender="osoba1@example.org")
    assert sent.counts == IntakeCounts(to_type=1)
    go_to(office, "2018-06-20T08:00")
    with office.writing(WORKER) as session:
        application = find_application(session, number)
        assert application.state is ApplicationState.AWAITING_TYPING
        correction = newest_correction(session, application)
        assert correction is not None
        assert correction.state is CorrectionState.ANSWERED
        assert expired_corrections(session, now=office.now()) == []
        assert correction.id is not None
        assert not close_expired(session, correction.id, actor=WORKER, now=office.now())
        lines = {line.what: line.since.isoformat() for line in waiting_for_whom(session, now=office.now())}
        assert lines == {"uzupełnienie (skan) czeka na przepisanie": "2018-06-08"}
        letter = session.exec(select(Message).where(Message.event == "scan_received")).one()
        assert "dołączyliśmy je do zgłoszenia" in letter.text
    result = typed(office, number, filled_in(office, number, {"telefon": "600 100 201"}))
    assert (result.changed, result.state) == (1, ApplicationState.COMPLETE)
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        assert application.received_at == moment("2018-06-05T10:00")
        assert [event for event, _ in letters(session)].count("acknowledgement") == 1


def test_an_answer_that_says_nothing_new_is_judged_as_it_stands(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked)
    number = f"{CALL}/0001"
    send_in(office, IMAGE, at="2018-06-08T10:00", number=number)
    assert typed(office, number, filled_in(office, number, {})) == TypedIn(0, ApplicationState.INCOMPLETE)


def test_a_scan_in_time_revives_what_was_closed_meanwhile_and_a_late_one_does_not(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(asked)
    number = f"{CALL}/0001"
    go_to(office, "2018-06-20T08:00")
    with office.writing(WORKER) as session:
        (correction_id,) = expired_corrections(session, now=office.now())
        assert close_expired(session, correction_id, actor=WORKER, now=office.now())
    assert send_in(office, IMAGE, at="2018-06-19T10:00", number=number).counts == IntakeCounts(unreadable=1)
    assert state_of(office, number) is ApplicationState.CLOSED_INCOMPLETE
    assert send_in(office, PDF, at="2018-06-08T10:00", number=number).counts == IntakeCounts(to_type=1)
    assert state_of(office, number) is ApplicationState.AWAITING_TYPING


def test_a_scan_that_names_what_does_not_wait_is_left_to_an_officer(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(a_call)
    send_in(office, reading(1))
    sent = send_in(office, IMAGE, number=f"{CALL}/0001")
    assert sent.counts == IntakeCounts(unreadable=1)
    assert send_in(office, IMAGE, number=f"{CALL}/0099").counts == IntakeCounts(unreadable=1)
    with office.reading(WORKER) as session:
        assert session.get_one(SubmittedFile, sent.file_id).reason_code == "not_awaited"


# Overruling by sheet


def complete_one(office: Office) -> None:
    a_call(office)
    send_in(office, reading(1))


def test_the_sheet_of_a_read_form_shows_its_answers_and_changes_only_what_was_changed(staged: Staged) -> None:
    office, _ = staged(complete_one)
    number = f"{CALL}/0001"
    with pytest.raises(BadInput, match="nie zmienia"):
        typed(office, number, filled_in(office, number, {}))
    answers = {"telefon": "600 100 299", "potrzeby": "podjazd", "zgoda_wizerunek": "tak"}
    result = typed(office, number, filled_in(office, number, answers), reason="rozmowa telefoniczna")
    assert (result.changed, result.state) == (3, ApplicationState.COMPLETE)
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        overruled = session.exec(select(FieldValue).where(FieldValue.origin == "officer")).all()
        assert {(row.key, row.reason) for row in overruled} == {(key, "rozmowa telefoniczna") for key in answers}
        assert events(session, application).count(Happened.VALUE_OVERRULED) == 3
        shown = {line.key: line.value for line in values_of(session, number)}
        assert shown["telefon"] == '"+48600100299"'
        assert shown["pesel"] == f'"{people.pesel(1)}"'


def test_an_emptied_cell_makes_the_answer_blank_and_is_asked_for(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(complete_one)
    number = f"{CALL}/0001"
    assert typed(office, number, filled_in(office, number, {"telefon": None})).state is ApplicationState.INCOMPLETE


# Nobody is decided over while a form waits to be typed


def test_no_ranking_and_no_decision_over_what_awaits_typing(staged: Staged) -> None:
    office, _ = staged(complete_one)
    send_in(office, IMAGE, at="2018-06-06T09:00")
    go_to(office, "2018-07-03T09:00")
    with office.writing(WORKER) as session:
        verify(session, to_verify(session, CALL), actor=WORKER, now=office.now())
    with office.writing(RITA) as session, pytest.raises(NotYet, match=f"{CALL}/0002"):
        rank_call(session, CALL, actor=RITA, now=office.now())
    with office.writing(RITA) as session:
        withdraw(session, f"{CALL}/0002", actor=RITA, now=office.now())
        rank_call(session, CALL, actor=RITA, now=office.now())
    late = send_in(office, IMAGE, at="2018-06-07T09:00")
    assert late.counts == IntakeCounts(to_type=1)
    with office.writing(KINGA) as session, pytest.raises(NotYet):
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())


def test_what_is_decided_takes_no_sheet(sqlite_staged: Staged) -> None:
    office, numbers_ = sqlite_staged(people.ranked_call, 2)
    with office.reading(RITA) as session:
        sheet = sheet_of(office, session, find_application(session, numbers_[0]))
    assert read_sheet(sheet).head.number == numbers_[0]
    with office.writing(KINGA) as session:
        decide_as_proposed(session, CALL, actor=KINGA, now=office.now())
    with pytest.raises(BadInput, match="już zdecydowano"):
        typed(office, numbers_[0], sheet)
