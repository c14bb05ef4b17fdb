"""Files are kept before they are read: each content once, encrypted, and only for who may take in."""

import os

import people
import pytest
from conftest import Inbox
from people import (
    WORKER,
)
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.kept_files import LARGEST_KEPT, store_folder
from flows.steps.manifest import survey
from flows.steps.people import open_data_key
from flows.steps.todo import waiting_for_whom
from models.errors import NotAllowed
from models.events import Happened
from models.tables import Event, SubmittedFile

HEADER = "file,received_at,channel"


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


def test_a_name_from_a_disk_that_writes_no_utf_8_keeps_nobodys_form_out(office: Office, inbox: Inbox) -> None:
    folder = inbox({"a.docx": b"a"})
    (folder / "a.docx").rename(folder / os.fsdecode(b"zg\xb3oszenie.docx"))
    assert store_folder(office, folder, actor=WORKER).new == 1
    with office.reading(WORKER) as session:
        assert session.exec(select(SubmittedFile.name)).one() == "zg?oszenie.docx"


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
