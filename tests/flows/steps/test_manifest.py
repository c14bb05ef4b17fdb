"""The manifest says when a file came, how and from whom; what is wrong in it names its line."""

import unicodedata
from pathlib import Path

import pytest
from conftest import Inbox
from people import CALL, WORKER, moment
from sqlmodel import select

from flows.adapters.office import Office
from flows.steps.kept_files import store_folder
from flows.steps.manifest import survey
from models.errors import BadInput
from models.tables import SubmittedFile

HEADER = "file,received_at,channel"


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
        ("plik;gąska".encode("iso-8859-2"), "UTF-8"),
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
