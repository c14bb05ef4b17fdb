"""Rotation of keys: everything moves to the new key, or nothing does."""

import json
from pathlib import Path

import people
import pytest
import sqlalchemy as sa
from conftest import Staged
from people import ADAM, CALL, RITA, WORKER, everything, reading, send_in
from sqlmodel import SQLModel, select

from flows.adapters.office import Office, open_office
from flows.steps import rotation
from flows.steps.documents import content_of
from flows.steps.kept_files import store_folder
from flows.steps.people import open_data_key
from flows.steps.rotation import rotate
from flows.steps.sealing import audit_log
from models.actor import Actor, Role
from models.columns import Encrypted
from models.errors import KeysMissing, NotAllowed
from models.events import Happened
from models.tables import DataKey, Event, IssuedDocument, Person, SubmittedFile

ENCRYPTED = [
    (table, column.name)
    for table in SQLModel.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Encrypted)
]
Cells = dict[tuple[str, str], list[object]]


def opened(office: Office) -> Cells:
    """Every encrypted cell, opened; every kept file opens as well."""
    with office.reading(WORKER) as session:
        cells: Cells = {
            (table.name, column): list(session.execute(select(table.c[column]).order_by(sa.text("id"))).scalars())
            for table, column in ENCRYPTED
        }
        cells["files", ""] = [
            office.files.read(row.stored_as, open_data_key(session, row.data_key_id))
            for row in session.exec(select(SubmittedFile).order_by(SubmittedFile.stored_as))
        ]
        cells["documents", ""] = [
            content_of(office, session, row)
            for row in session.exec(select(IssuedDocument).order_by(IssuedDocument.stored_as))
        ]
    return cells


def key_ids(office: Office) -> set[bytes]:
    """Under which keys the stored bytes lie."""
    with office.store.engine.connect() as connection:
        sealed = [
            bytes(cell)
            for table, column in [*((table.name, column) for table, column in ENCRYPTED), ("data_key", "wrapped")]
            for (cell,) in connection.execute(sa.text(f'SELECT {column} FROM "{table}" WHERE {column} IS NOT NULL'))
        ]
    assert sealed
    return {cell.partition(b"\x00")[0] for cell in sealed}


def take_away(key_file: Path, key_id: str) -> None:
    document = json.loads(key_file.read_text())
    del document["keys"][key_id]
    key_file.write_text(json.dumps(document))


def turn(office: Office, actor: Actor = ADAM) -> str:
    return rotate(office.store, actor=actor, now=office.now())


def test_everything_opens_as_before_and_lies_under_the_new_key(staged: Staged) -> None:
    office, _ = staged(everything)
    before = opened(office)
    assert key_ids(office) == {b"k1"}
    assert turn(office) == "k2"
    assert key_ids(office) == {b"k2"}
    assert opened(office) == before
    assert len(before["person", "pesel"]) == 4


def test_the_old_key_is_needed_no_more(staged: Staged) -> None:
    office, _ = staged(everything)
    before = opened(office)
    turn(office)
    take_away(office.settings.key_file, "k1")
    with open_office(office.settings) as again:
        assert opened(again) == before
        assert again.store.keyring.current == "k2"


def test_without_the_new_key_nothing_opens(staged: Staged) -> None:
    office, _ = staged(everything)
    turn(office)
    take_away(office.settings.key_file, "k2")
    with pytest.raises(KeysMissing, match="Wskaż właściwy plik"), open_office(office.settings):
        pass


def test_people_files_and_accounts_are_still_found(staged: Staged, tmp_path: Path) -> None:
    office, example = staged(everything)
    turn(office)
    sent = send_in(office, reading(0), at="2018-10-01T08:50")
    with office.reading(WORKER) as session:
        assert len(session.exec(select(Person)).all()) == 4, "recognised by PESEL"
    assert sent.counts.duplicates == 1
    folder = tmp_path / "inbox"
    folder.mkdir()
    with office.reading(WORKER) as session:
        row = session.exec(select(SubmittedFile)).first()
        assert row is not None
        (folder / "kopia.docx").write_bytes(office.files.read(row.stored_as, open_data_key(session, row.data_key_id)))
    assert store_folder(office, folder, actor=WORKER).known == 1
    assert example.members[0].startswith(CALL)


def test_keys_turn_again_and_again(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(everything)
    before = opened(office)
    assert [turn(office) for _ in range(3)] == ["k2", "k3", "k4"]
    assert key_ids(office) == {b"k4"}
    assert opened(office) == before


class Crash(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("where", ["_load_everything", "_rewrite", "note"])
def test_a_crash_on_the_way_leaves_everything_readable(
    staged: Staged, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _ = staged(everything)
    before = opened(office)

    def die(*_: object, **__: object) -> None:
        raise Crash

    with monkeypatch.context() as patched, pytest.raises(Crash):
        patched.setattr(rotation, where, die)
        turn(office)
    assert key_ids(office) == {b"k1"}
    assert opened(office) == before
    with open_office(office.settings) as again:
        assert opened(again) == before
        # The key that was made in vain stays in the file; the next one is a new one.
        assert rotate(again.store, actor=ADAM, now=office.now()) == "k3"
        assert opened(again) == before


def test_a_dropped_data_key_stays_dropped(staged: Staged) -> None:
    office, _ = staged(everything)
    with office.writing(WORKER) as session:
        row = session.exec(select(SubmittedFile)).first()
        assert row is not None
        key = session.get_one(DataKey, row.data_key_id)
        key.wrapped, key.dropped_at = None, office.now()
        session.add(key)
    turn(office)
    with office.reading(WORKER) as session, pytest.raises(KeysMissing, match="usunięto"):
        open_data_key(session, row.data_key_id)


def test_the_log_and_its_seals_are_as_they_were(staged: Staged) -> None:
    office, _ = staged(everything)
    turn(office)
    with office.reading(ADAM) as session:
        audit = audit_log(session, actor=ADAM)
        assert (audit.broken, audit.seals > 0) == ((), True)
        told = session.exec(select(Event).where(Event.kind == Happened.KEYS_ROTATED)).one()
        assert told.subject == "key/k2"


def test_only_an_administrator_of_the_whole_office_turns_keys(sqlite_staged: Staged) -> None:
    """One of a single area would see its rows only, and leave the others behind."""
    office, _ = sqlite_staged(everything)
    of_one_area = Actor("ala", frozenset({Role.ADMINISTRATOR}), "22")
    for actor in (RITA, people.FILIP, WORKER, of_one_area):
        with pytest.raises(NotAllowed):
            turn(office, actor)
    assert key_ids(office) == {b"k1"}
    assert "k2" not in office.settings.key_file.read_text()
