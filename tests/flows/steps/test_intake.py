"""Intake: files are kept once, numbered in the order of receipt, and never stop the batch."""

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import people
import pytest
from conftest import Staged
from people import (
    CALL,
    RITA,
    WORKER,
    candidate,
    filled,
    go_to,
    moment,
    numbers,
    open_kes_call,
    reading,
    send_in,
    unread,
)
from sqlmodel import Session, col, select

from flows.adapters.office import Office
from flows.steps.applications import current_values, find_application
from flows.steps.calls import open_call
from flows.steps.corrections import correct_receipt, overrule, settle_change
from flows.steps.facts import facts_for
from flows.steps.filing import IntakeCounts, file_reading
from flows.steps.intake import read_and_file, unread_files
from flows.steps.kept_files import LARGEST_KEPT, store_folder
from flows.steps.manifest import survey
from flows.steps.overview import waiting_for_whom
from flows.steps.people import open_data_key, value_of
from flows.steps.unreadable_files import settle_file
from forms.reading import FieldReading, Unreadable
from models.actor import Actor, Role
from models.errors import BadInput, NotAllowed
from models.events import Happened
from models.tables import Application, Call, DataKey, Event, Message, Person, SubmittedFile
from models.tables.applications import ApplicationState
from models.tables.files import FileState

NOT_WORD = Unreadable(code="not_word", sentence="To nie jest plik Word.")


@pytest.fixture
def inbox(tmp_path: Path) -> Callable[[dict[str, bytes], str | bytes | None], Path]:
    """Makes a folder with these files and, if given, a manifest."""
    folder = tmp_path / "inbox"
    folder.mkdir()

    def fill_in(files: dict[str, bytes], manifest: str | bytes | None = None) -> Path:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        if manifest is not None:
            body = manifest if isinstance(manifest, bytes) else manifest.encode()
            (folder / "manifest.csv").write_bytes(body)
        return folder

    return fill_in


Inbox = Callable[..., Path]
HEADER = "file,received_at,channel"


def messages(session: Session, event: str) -> list[Message]:
    return list(session.exec(select(Message).where(Message.event == event).order_by(col(Message.id))).all())


# Files


def test_the_same_folder_twice_is_known_the_second_time(office: Office, inbox: Inbox) -> None:
    folder = inbox({"a.docx": b"a", "b.docx": b"b"})
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    first = store_folder(office, folder, actor=WORKER)
    second = store_folder(office, folder, actor=WORKER)
    assert (first.new, first.known, second.new, second.known) == (2, 0, 0, 2)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_same_content_under_another_name_is_known(office: Office, inbox: Inbox) -> None:
    counts = store_folder(office, inbox({"a.docx": b"same", "kopia.docx": b"same"}), actor=WORKER)
    assert (counts.new, counts.known) == (1, 1)


def test_the_original_bytes_come_back_and_lie_encrypted(office: Office, inbox: Inbox) -> None:
    content = b"PK\x03\x04 Pr\xc3\xb3bna 02611200001"
    store_folder(office, inbox({"Kowalska-Zmyslona.docx": content}), actor=WORKER)
    with office.reading(WORKER) as session:
        row = session.exec(select(SubmittedFile)).one()
        assert office.files.read(row.stored_as, open_data_key(session, row.data_key_id)) == content
        assert (row.name, row.size, row.channel) == ("Kowalska-Zmyslona.docx", len(content), "folder")
    kept = [path for path in office.files.root.rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert b"02611200001" not in kept[0].read_bytes()
    assert "Zmyslona" not in str(kept[0])


def test_a_trial_keeps_neither_row_nor_file(office: Office, inbox: Inbox) -> None:
    assert store_folder(office.on_trial(), inbox({"a.docx": b"a"}), actor=WORKER).new == 1
    with office.reading(WORKER) as session:
        assert session.exec(select(SubmittedFile)).all() == []
    assert not office.files.root.exists()


def test_what_lies_in_a_folder_by_itself_is_no_form(office: Office, inbox: Inbox) -> None:
    folder = inbox({"a.docx": b"a", "~$a.docx": b"lock", ".ukryty": b"x"}, HEADER)
    (folder / "podfolder").mkdir()
    (folder / "dowiazanie.docx").symlink_to(folder / "a.docx")
    incoming, _ = survey(folder, now=office.now())
    assert [one.path.name for one in incoming] == ["a.docx"]


def test_a_file_too_large_to_be_kept_stays_and_is_told_of(sqlite_office: Office, inbox: Inbox) -> None:
    folder = inbox({"a.docx": b"a", "film.mp4": b""})
    os.truncate(folder / "film.mp4", LARGEST_KEPT + 1)
    counts = store_folder(sqlite_office, folder, actor=WORKER)
    assert counts.new == 1
    assert counts.skipped == ("film.mp4: plik jest większy niż 30 MB; został w folderze.",)


def test_whoever_may_not_take_in_stores_nothing(sqlite_office: Office, inbox: Inbox) -> None:
    with pytest.raises(NotAllowed):
        store_folder(sqlite_office, inbox({"a.docx": b"a"}), actor=people.KINGA)


# The manifest


def test_the_manifest_says_when_how_and_from_whom(office: Office, inbox: Inbox) -> None:
    manifest = f"{HEADER},sender,application\na.docx,2018-06-04T10:15,email,a@example.org,{CALL}/0001\n"
    store_folder(office, inbox({"a.docx": b"a"}, manifest), actor=WORKER)
    with office.reading(WORKER) as session:
        row = session.exec(select(SubmittedFile)).one()
        assert (row.received_at, row.channel, row.sender, row.answers_number) == (
            moment("2018-06-04T10:15"),
            "email",
            "a@example.org",
            f"{CALL}/0001",
        )
        assert row.taken_in_at == office.now()


def test_a_file_without_a_line_came_now_by_the_folder(office: Office, inbox: Inbox) -> None:
    store_folder(office, inbox({"a.docx": b"a"}, HEADER), actor=WORKER)
    with office.reading(WORKER) as session:
        row = session.exec(select(SubmittedFile)).one()
        assert (row.received_at, row.channel) == (office.now(), "folder")


def test_with_a_manifest_what_it_does_not_list_stays_in_the_folder(office: Office, inbox: Inbox) -> None:
    """A slip in a name would otherwise make somebody's form a late one, for good."""
    files = {"a.docx": b"a", "b.docx": b"b"}
    counts = store_folder(office, inbox(files, f"{HEADER}\na.docx,2018-06-04T10:15,email\n"), actor=WORKER)
    assert (counts.new, counts.skipped) == (1, ("b.docx: nie ma go w manifeście; został w folderze.",))


def test_the_same_file_from_somebody_else_is_shown_to_an_officer_once(office: Office, inbox: Inbox) -> None:
    folder = inbox({"a.docx": b"a", "b.docx": b"a"})
    for sender in ("ona@example.org", "on@example.org", "on@example.org"):
        (folder / "manifest.csv").write_text(f"{HEADER},sender\na.docx,2018-06-04T10:15,email,{sender}\n")
        store_folder(office, folder, actor=WORKER)
    with office.reading(WORKER) as session:
        seen = session.exec(select(Event).where(Event.kind == Happened.FILE_SEEN_AGAIN)).one()
        assert seen.subject == "file/1"
        assert "example" not in str(seen.facts)
        shown = [line for line in waiting_for_whom(session, now=office.now()) if "innego nadawcy" in line.what]
        assert [line.reference for line in shown] == ["plik 1"]


def test_a_form_from_before_the_call_is_asked_for_again_and_stands_in_nobodys_way(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1), at="2018-06-03T12:00")
    send_in(office, reading(1), at="2018-06-05T12:00")
    with office.reading(WORKER) as session:
        early, timely = messages(session, "acknowledgement")
        assert "przed rozpoczęciem naboru" in early.text
        assert "4 czerwca 2018" in early.text.replace("\u00a0", " ")
        assert "nie trzeba nic robić" in timely.text
        second = find_application(session, f"{CALL}/0002")
        [(_, facts)] = facts_for(session, session.get_one(Call, second.call_id), [second], keys=())
        assert facts.duplicates == ()


def test_whoever_gives_no_address_is_written_to_where_the_form_came_from(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1, {"email": None}), sender="znana@example.org")
    with office.reading(WORKER) as session:
        assert {one.recipient for one in session.exec(select(Message)).all()} == {"znana@example.org"}


def test_an_officer_puts_the_time_of_receipt_right_with_a_reason(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1), at="2018-06-23T10:00")
    go_to(office, "2018-06-25T09:00")
    number, stamp = f"{CALL}/0001", moment("2018-06-21T14:00")
    for at, reason, said in ((stamp, " ", "uzasadnienia"), (moment("2018-06-26T10:00"), "stempel", "późniejszy")):
        with office.writing(RITA) as session, pytest.raises(BadInput, match=said):
            correct_receipt(session, number, at, reason=reason, actor=RITA, now=office.now())
    with office.writing(RITA) as session:
        correct_receipt(session, number, stamp, reason="data stempla", actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        application = find_application(session, number)
        assert (application.received_at, application.state) == (stamp, ApplicationState.COMPLETE)
        event = session.exec(select(Event).where(Event.kind == Happened.RECEIPT_CORRECTED)).one()
        assert (event.actor, "stempla" in str(event.facts)) == ("rita", False)
        assert current_values(session, application)["received_at"].reason == "data stempla"


@pytest.mark.parametrize("code", ["not_in_store", "program_error_KeyError", "person_contradicts", "unknown_number"])
def test_what_only_the_office_can_mend_is_not_written_to_the_sender(office: Office, code: str) -> None:
    open_kes_call(office)
    send_in(office, Unreadable(code=code, sentence="Pliku nie ma w magazynie."), sender="ktos@example.org")
    with office.reading(WORKER) as session:
        assert session.exec(select(Message)).all() == []
        assert [row.state for row in session.exec(select(SubmittedFile)).all()] == [FileState.UNREADABLE]


@pytest.mark.parametrize(
    "manifest",
    [
        f"\ufeff{HEADER}\na.docx,2018-06-04T10:15,email\n",
        f"{HEADER.replace(',', ';')}\na.docx;2018-06-04T10:15;email\n",
        f"{HEADER}\r\n a.docx , 2018-06-04T10:15 , email \r\n",
        f"{HEADER}\na.docx,2018-06-04T10:15+02:00,email\n",
        f"{HEADER}\na.docx,2018-06-04T08:15Z,email\n",
    ],
)
def test_manifests_as_offices_save_them(sqlite_office: Office, inbox: Inbox, manifest: str) -> None:
    incoming, remarks = survey(inbox({"a.docx": b"a"}, manifest), now=sqlite_office.now())
    assert [(one.received_at, one.channel) for one in incoming] == [(moment("2018-06-04T10:15"), "email")]
    assert remarks == []


def test_a_name_with_polish_letters_is_found_however_they_are_composed(sqlite_office: Office, inbox: Inbox) -> None:
    """A folder packed on a Mac has „ó” as two characters; taken for another file, it would get the wrong time."""
    name = "zgłoszenie próba żółć.docx"
    folder = inbox({unicodedata.normalize("NFD", name): b"a"}, f"{HEADER}\n{name},2018-06-04T10:15,email\n")
    incoming, remarks = survey(folder, now=sqlite_office.now())
    assert [one.received_at for one in incoming] == [moment("2018-06-04T10:15")]
    assert remarks == []


def test_a_line_without_its_file_is_told_of(sqlite_office: Office, inbox: Inbox) -> None:
    folder = inbox({"a.docx": b"a"}, f"{HEADER}\nb.docx,2018-06-04T10:15,email\n")
    assert store_folder(sqlite_office, folder, actor=WORKER).skipped == (
        "b.docx: jest w manifeście, nie ma go w folderze.",
        "a.docx: nie ma go w manifeście; został w folderze.",
    )


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("", "nagłówek"),
        ("file,channel\na.docx,email\n", "nagłówek"),
        (f"{HEADER},uwagi\na.docx,2018-06-04T10:15,email,x\n", "nagłówek"),
        (f"{HEADER}\n,2018-06-04T10:15,email\n", "wiersz 2: brak nazwy"),
        (f"{HEADER}\na.docx,2018-06-04T10:15,email\na.docx,2018-06-05T10:15,email\n", "wiersz 3: ten sam plik"),
        (f"{HEADER}\na.docx,2018-06-04T10:15,gołąb\n", "wiersz 2: kanał"),
        (f"{HEADER}\na.docx,04.06.2018,email\n", "wiersz 2: czas wpływu"),
        (f"{HEADER}\na.docx,2018-06-04,email\n", "wiersz 2: czas wpływu"),
        (f"{HEADER}\na.docx\n", "wiersz 2: kanał"),
        (f"{HEADER}\na.docx,2018-06-04T10:15,email,zbędne\n", "wiersz 2"),
        (f'{HEADER}\n"a.docx,{"x" * 200_000}\n', "wiersz"),
        ("plik;żółć".encode("cp1250"), "UTF-8"),
    ],
)
def test_a_faulty_manifest_names_the_line_and_takes_nothing_in(
    sqlite_office: Office, inbox: Inbox, manifest: str | bytes, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        store_folder(sqlite_office, inbox({"a.docx": b"a"}, manifest), actor=WORKER)
    with sqlite_office.reading(WORKER) as session:
        assert session.exec(select(SubmittedFile)).all() == []


def test_a_folder_that_is_not_there_is_named(sqlite_office: Office, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Nie ma folderu „brak”"):
        store_folder(sqlite_office, tmp_path / "brak", actor=WORKER)


# From a form to an application


def test_a_complete_form_becomes_a_numbered_application_with_a_letter(office: Office) -> None:
    open_kes_call(office)
    sent = send_in(office, reading(1))
    assert sent.counts == IntakeCounts(complete=1)
    with office.reading(WORKER) as session:
        application = find_application(session, f"{CALL}/0001")
        assert (application.state, application.received_at, application.channel, application.area) == (
            ApplicationState.COMPLETE,
            moment("2018-06-05T10:00"),
            "email",
            "2205",
        )
        assert application.public_number not in application.number
        assert find_application(session, application.public_number).id == application.id
        person = session.get_one(Person, application.person_id)
        assert (person.last_name, person.pesel, person.email) == ("Próbna-b", people.pesel(1), "osoba1@example.org")
        (letter,) = messages(session, "acknowledgement")
        assert letter.recipient == "osoba1@example.org"
        assert application.public_number in letter.text
        row = session.get_one(SubmittedFile, sent.file_id)
        assert (row.state, row.application_id, row.area) == (FileState.FILED, application.id, "2205")
        assert session.get_one(DataKey, row.data_key_id).person_id == person.id


def test_every_value_is_kept_with_where_it_came_from(office: Office) -> None:
    open_kes_call(office)
    form = reading(1)
    sent = send_in(office, form)
    with office.reading(WORKER) as session:
        values = current_values(session, find_application(session, f"{CALL}/0001"))
        assert set(values) == {field.key for field in form.fields}
        field, row = form.field("instytucja.gmina"), values["instytucja.gmina"]
        assert (row.raw, row.place, row.path, row.method, row.certainty, row.file_id, row.value, row.origin) == (
            field.raw,
            field.place,
            field.path,
            field.method,
            field.certainty,
            sent.file_id,
            f'"{field.value}"',
            "form",
        )


def test_numbers_follow_the_order_of_receipt_not_of_names(office: Office, inbox: Inbox) -> None:
    open_kes_call(office)
    lines = ["a.docx,2018-06-07T10:00,email", "b.docx,2018-06-05T10:00,email", "c.docx,2018-06-06T10:00,email"]
    folder = inbox({"a.docx": b"1", "b.docx": b"2", "c.docx": b"3"}, "\n".join([HEADER, *lines]))
    store_folder(office, folder, actor=WORKER)
    with office.writing(WORKER) as session:
        for i, file_id in enumerate(unread_files(session)):
            file_reading(session, file_id, reading(i), actor=WORKER, now=office.now())
    with office.reading(WORKER) as session:
        received = session.exec(select(Application.received_at).order_by(Application.number)).all()
    assert list(received) == [moment(f"2018-06-0{day}T10:00") for day in (5, 6, 7)]


def test_a_file_that_is_filed_is_not_filed_again(office: Office) -> None:
    open_kes_call(office)
    sent = send_in(office, reading(1))
    with office.writing(WORKER) as session:
        again = file_reading(session, sent.file_id, reading(1), actor=WORKER, now=office.now())
        assert again == IntakeCounts()
        assert unread_files(session) == []
    assert numbers(office) == [f"{CALL}/0001"]


def test_the_same_person_twice_is_two_applications_and_is_shown(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1))
    counts = send_in(office, reading(1, {"email": "inny@example.org"})).counts
    assert counts == IntakeCounts(complete=1, duplicates=1)
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Person)).all()) == 1
        seen = session.exec(select(Event).where(Event.kind == Happened.DUPLICATE_SEEN)).one()
        assert seen.subject == "application/2"


def test_whoever_knows_a_pesel_gets_nobodys_letters(office: Office) -> None:
    """A second form with somebody's PESEL renames nobody and redirects nothing; an officer is shown the difference."""
    open_kes_call(office)
    send_in(office, reading(1))
    send_in(office, reading(1, {"nazwisko": "Obca", "email": "obca@example.org"}))
    with office.reading(WORKER) as session:
        person = session.exec(select(Person)).one()
        first, second = session.exec(select(Application).order_by(col(Application.id))).all()
        was = current_values(session, first)
        assert (person.last_name, person.email) == (value_of(was, "nazwisko"), value_of(was, "email"))
        assert {one.recipient for one in messages(session, "acknowledgement")} == {person.email}
        seen = session.exec(select(Event).where(Event.kind == Happened.PERSON_DIFFERS)).one()
        assert (seen.subject, seen.facts) == ("application/2", {"fields": ["nazwisko", "email"]})
        waiting = [line for line in waiting_for_whom(session, now=office.now()) if line.what.startswith("dane inne")]
        assert [line.reference for line in waiting] == [second.number]
    for key, said in (("telefon", "600100201"), ("nazwisko", value_of(was, "nazwisko"))):
        with office.writing(RITA) as session:
            overrule(session, second.number, key, said, reason="rozmowa", actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        assert session.exec(select(Person)).one().email == value_of(was, "email")
    with office.writing(RITA) as session:
        overrule(session, second.number, "email", "nowy@example.org", reason="rozmowa", actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        assert session.exec(select(Person)).one().email == "nowy@example.org"
        assert not any(line.what.startswith("dane inne") for line in waiting_for_whom(session, now=office.now()))


def test_people_without_a_pesel_are_told_apart_by_name_birth_and_institution(office: Office) -> None:
    open_kes_call(office)
    for changes in (
        {"pesel": "brak"},
        {"pesel": "brak"},
        {"pesel": "brak", "data_urodzenia": "2203-01-01"},
        {"pesel": "brak", "nazwisko": "PRÓBNA-B"},
        {"pesel": "brak", "instytucja.nip": "5260250274"},
    ):
        send_in(office, reading(1, dict(changes)))
    with office.reading(WORKER) as session:
        owners = session.exec(select(Application.person_id).order_by(Application.number)).all()
    first, again, younger, shouted, elsewhere = owners
    assert first == again == shouted
    assert len({first, younger, elsewhere}) == 3


def test_two_numbers_are_two_people_however_alike_the_names(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1))
    assert send_in(office, reading(1, {"pesel": people.pesel(2)})).counts.duplicates == 0


# Answers to correction requests


def incomplete_call(office: Office) -> str:
    """An application without a telephone number, and one with an unreadable PESEL."""
    open_kes_call(office)
    send_in(office, reading(1, {"telefon": None}))
    send_in(office, reading(2, {"pesel": unread("pesel")}))
    return CALL


@pytest.mark.parametrize(
    ("candidate_number", "named"),
    [(1, ""), (1, f"{CALL}/0001"), (2, ""), (2, f"{CALL}/0002")],
    ids=["by PESEL", "by number", "by identity", "by number, number new"],
)
def test_an_answer_completes_the_application_it_belongs_to(staged: Staged, candidate_number: int, named: str) -> None:
    office, _ = staged(incomplete_call)
    sent = send_in(office, reading(candidate_number), at="2018-06-12T10:00", number=named)
    assert sent.counts == IntakeCounts(answers=1)
    with office.reading(WORKER) as session:
        application = find_application(session, f"{CALL}/{candidate_number:04d}")
        assert application.state is ApplicationState.COMPLETE
        assert application.received_at == moment("2018-06-05T10:00"), "a correction keeps the first receipt"
        assert session.get_one(Person, application.person_id).pesel == people.pesel(candidate_number)
        assert len(session.exec(select(Person)).all()) == 2
        assert session.get_one(SubmittedFile, sent.file_id).application_id == application.id
    assert len(numbers(office)) == 2


def test_an_answer_by_number_may_correct_the_name_itself_if_an_officer_agrees(staged: Staged) -> None:
    office, _ = staged(incomplete_call)
    changes = {"nazwisko": "Poprawiona", "pesel": people.pesel(77), "data_urodzenia": "2202-01-12"}
    send_in(office, reading(2, dict(changes)), number=f"{CALL}/0002")
    with office.reading(WORKER) as session:
        assert sorted(one.last_name for one in session.exec(select(Person))) == ["Próbna-b", "Próbna-c"]
    with office.writing(RITA) as session:
        settle_change(session, f"{CALL}/0002", "nazwisko", accepts=True, reason="dowód", actor=RITA, now=office.now())
    with office.reading(WORKER) as session:
        assert sorted(one.last_name for one in session.exec(select(Person))) == ["Poprawiona", "Próbna-b"]


def test_what_nobody_asked_for_is_left_to_the_officer_or_is_a_new_application(staged: Staged) -> None:
    office, _ = staged(incomplete_call)
    send_in(office, reading(1), number=f"{CALL}/0001")
    assert send_in(office, reading(1), number=f"{CALL}/0001").counts == IntakeCounts(unreadable=1)
    assert reasons(office)[-1] == "not_awaited"
    assert send_in(office, reading(1)).counts == IntakeCounts(complete=1, duplicates=1)


def test_an_answer_on_another_form_or_of_another_person_is_left_to_the_officer(staged: Staged) -> None:
    office, _ = staged(incomplete_call)
    other_form = reading(1).model_copy(update={"form_key": "zalacznik_2_pgd"})
    send_in(office, other_form, number=f"{CALL}/0001")
    send_in(office, reading(3, {"imie": "Inna"}), number=f"{CALL}/0001")
    assert reasons(office)[-2:] == ["wrong_form", "person_contradicts"]
    with office.reading(WORKER) as session:
        person = session.exec(select(Person).order_by(col(Person.id))).first()
        assert person is not None
        assert (person.last_name, person.pesel) == ("Próbna-b", people.pesel(1))


# Files that give no application


def test_an_unreadable_file_is_left_to_the_officer_and_its_sender_is_told(office: Office) -> None:
    open_kes_call(office)
    sent = send_in(office, NOT_WORD, sender="nadawca@example.org")
    assert sent.counts == IntakeCounts(unreadable=1)
    with office.reading(WORKER) as session:
        row = session.get_one(SubmittedFile, sent.file_id)
        assert (row.state, row.reason_code, row.reason) == (FileState.UNREADABLE, "not_word", NOT_WORD.sentence)
        (letter,) = messages(session, "unreadable_form")
        assert letter.recipient == "nadawca@example.org"
        assert NOT_WORD.sentence in letter.text


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2018-06-05T10:00", "Nabór trwa do 22 czerwca 2018 r., do godz. 15:30"),
        ("2018-06-22T16:00", "nie trwa żaden nabór"),
    ],
)
def test_the_sender_is_told_whether_there_is_still_time(staged: Staged, at: str, told: str) -> None:
    office, _ = staged(open_kes_call)
    go_to(office, at)
    send_in(office, NOT_WORD, at=at, sender="nadawca@example.org")
    with office.reading(WORKER) as session:
        (letter,) = messages(session, "unreadable_form")
        assert told in letter.text.replace("\u00a0", " ")


def test_nobody_is_written_to_when_the_sender_is_unknown(office: Office) -> None:
    open_kes_call(office)
    send_in(office, NOT_WORD)
    with office.reading(WORKER) as session:
        assert session.exec(select(Message)).all() == []


def test_an_unreadable_file_in_an_office_without_a_project_is_kept_too(office: Office) -> None:
    assert send_in(office, NOT_WORD, sender="nadawca@example.org").counts.unreadable == 1


def test_an_unreadable_file_can_be_read_again_or_laid_aside(office: Office) -> None:
    open_kes_call(office)
    sent = send_in(office, NOT_WORD)
    whole = Actor("rita", RITA.roles)
    with office.writing(whole) as session:
        settle_file(session, sent.file_id, again=True, actor=whole, now=office.now())
        assert unread_files(session) == [sent.file_id]
        assert file_reading(session, sent.file_id, reading(1), actor=WORKER, now=office.now()).complete == 1
    laid_aside = send_in(office, NOT_WORD)
    with office.writing(whole) as session:
        settle_file(session, laid_aside.file_id, actor=whole, now=office.now())
        assert unread_files(session) == []
        assert session.get_one(SubmittedFile, laid_aside.file_id).state is FileState.SETTLED


def reasons(office: Office) -> list[str]:
    with office.reading(WORKER) as session:
        return list(session.exec(select(SubmittedFile.reason_code).order_by(col(SubmittedFile.id))).all())


def test_a_form_that_belongs_to_no_call_says_so(office: Office) -> None:
    open_kes_call(office)
    send_in(office, reading(1).model_copy(update={"form_key": "zalacznik_2_pgd"}))
    send_in(office, reading(1), number=f"{CALL}/0099")
    assert reasons(office) == ["no_call", "unknown_number"]


def test_between_two_calls_the_institutions_gmina_tells(office: Office) -> None:
    open_kes_call(office)
    with office.writing(RITA) as session:
        opens, closes = moment("2018-06-04T08:00"), moment("2018-06-22T15:30")
        open_call(session, "KES", "PGR", "2213", opens_at=opens, closes_at=closes, actor=RITA, now=office.now())
    send_in(office, reading(1, {"instytucja.gmina": "2213093"}))
    send_in(office, reading(2))
    send_in(office, reading(3, {"instytucja.gmina": None}))
    send_in(office, reading(4, {"instytucja.gmina": "3021163"}))
    assert numbers(office) == [f"{CALL}/0001", "KES/PGR/2213/2018/0001"]
    assert reasons(office) == ["", "", "call_unclear", "call_unclear"]


def test_an_officer_of_one_powiat_corrects_whoever_also_applied_in_another(office: Office) -> None:
    open_kes_call(office)
    with office.writing(RITA) as session:
        opens, closes = moment("2018-06-04T08:00"), moment("2018-06-22T15:30")
        open_call(session, "KES", "PGR", "2213", opens_at=opens, closes_at=closes, actor=RITA, now=office.now())
    nobody = {"pesel": "brak"}
    send_in(office, reading(1, nobody))
    send_in(office, reading(1, {**nobody, "instytucja.gmina": "2213093"}))
    send_in(office, reading(2))
    local = Actor("lokalna", frozenset({Role.RECRUITMENT}), scope="2205")
    with office.writing(local) as session:
        overrule(session, f"{CALL}/0001", "pesel", people.pesel(2), reason="dowód", actor=local, now=office.now())
    with office.reading(WORKER) as session:
        of_person = [one.person_id for one in session.exec(select(Application).order_by(col(Application.id))).all()]
        assert of_person == [2, 1, 2]


def test_a_form_belongs_to_the_call_that_had_begun_when_it_came(office: Office) -> None:
    open_kes_call(office)
    with office.writing(RITA) as session:
        opens, closes = moment("2019-06-03T08:00"), moment("2019-06-22T15:30")
        open_call(session, "KES", "PGR", "2205", opens_at=opens, closes_at=closes, actor=RITA, now=office.now())
    send_in(office, reading(1), at="2018-06-05T10:00")
    send_in(office, reading(2), at="2019-06-05T10:00")
    assert numbers(office) == [f"{CALL}/0001", "KES/PGR/2205/2019/0001"]


def test_a_hostile_form_fits_into_its_columns(office: Office) -> None:
    """PostgreSQL refuses what is too long; one such file must not stop the batch."""
    open_kes_call(office)
    field = reading(1).field("imie")
    deep = FieldReading(**field.model_dump() | {"path": "/tbl" * 500, "place": "tabela " * 200, "raw": "x" * 20_000})
    assert send_in(office, reading(1, {"imie": deep})).counts.complete == 1


def test_the_counter_of_the_register_is_the_calls_own(office: Office) -> None:
    open_kes_call(office)
    people.take_in(office, range(3))
    with office.reading(WORKER) as session:
        assert session.exec(select(Call.last_sequence)).one() == 3


# The whole road, with real files in real worker processes


def test_real_files_are_read_in_the_pool_and_a_bad_one_stops_nothing(sqlite_office: Office, inbox: Inbox) -> None:
    open_kes_call(sqlite_office)
    go_to(sqlite_office, "2018-06-25T12:00")
    files = {
        "a.docx": filled(candidate(1)),
        "b.docx": filled(candidate(2, pesel="02611200000")),
        "c.jpg": b"\xff\xd8\xff\xe0 not word",
        "d.docx": b"PK\x03\x04 broken",
    }
    times = "\n".join(f"{name},2018-06-{5 + day:02d}T10:00,email" for day, name in enumerate(files))
    store_folder(sqlite_office, inbox(files, f"{HEADER}\n{times}\n"), actor=WORKER)
    with sqlite_office.reading(WORKER) as session:
        waiting = unread_files(session)
    counts = read_and_file(sqlite_office, waiting, actor=WORKER)
    assert counts == IntakeCounts(complete=1, incomplete=1, to_type=1, unreadable=1)
    with sqlite_office.reading(WORKER) as session:
        (request,) = messages(session, "correction_request")
        assert "PESEL" in request.text
        assert "02611200000" not in request.text


def test_portions_are_read_ahead_and_numbers_still_follow_the_order(
    sqlite_office: Office, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A portion that reads slowly is not overtaken by the next one, and each file is told of once."""
    monkeypatch.setattr("flows.steps.intake._PORTION", 2)
    open_kes_call(sqlite_office)
    go_to(sqlite_office, "2018-06-25T12:00")
    files = {f"{letter}.docx": filled(candidate(number)) for number, letter in enumerate("edcba")}
    times = "\n".join(f"{name},2018-06-{5 + day:02d}T10:00,email" for day, name in enumerate(files))
    store_folder(sqlite_office, inbox(files, f"{HEADER}\n{times}\n"), actor=WORKER)
    with sqlite_office.reading(WORKER) as session:
        waiting = unread_files(session)
    told: list[int] = []
    assert read_and_file(sqlite_office, waiting, actor=WORKER, told=told.append).complete == 5
    assert told == [2, 2, 1]
    with sqlite_office.reading(WORKER) as session:
        rows = session.exec(select(Application).order_by(col(Application.number))).all()
        assert [row.received_at.day for row in rows] == [5, 6, 7, 8, 9]
    assert read_and_file(sqlite_office, [], actor=WORKER) == IntakeCounts()
