"""The encrypted file store: whole files under names that say nothing."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.adapters.file_store import FileStore, NoKeeping
from models.errors import KeysMissing, NotFound

KEY, OTHER = bytes(32), bytes([1]) * 32
NAME = "ab" + "0" * 62


@given(st.binary(max_size=2000))
def test_what_is_written_comes_back_and_lies_unreadable(tmp_path_factory: pytest.TempPathFactory, plain: bytes) -> None:
    store = FileStore(tmp_path_factory.mktemp("store"))
    store.write(NAME, KEY, plain)
    assert store.read(NAME, KEY) == plain
    (stored,) = (path for path in store.root.rglob("*") if path.is_file())
    assert len(plain) < 8 or plain not in stored.read_bytes()


def test_files_lie_apart_for_their_owner_alone(tmp_path: Path) -> None:
    FileStore(tmp_path).write(NAME, KEY, b"x")
    path = tmp_path / "ab" / NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [NAME]


def test_a_file_written_again_is_the_new_one(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.write(NAME, KEY, b"a much longer first version")
    store.write(NAME, OTHER, b"second")
    assert store.read(NAME, OTHER) == b"second"


def test_another_key_does_not_open_it(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.write(NAME, KEY, b"x")
    with pytest.raises(KeysMissing):
        store.read(NAME, OTHER)


def test_a_file_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="z kopii"):
        FileStore(tmp_path).read(NAME, KEY)


def test_a_trial_reads_what_is_there_and_writes_nothing(tmp_path: Path) -> None:
    FileStore(tmp_path).write(NAME, KEY, b"x")
    trial = NoKeeping(tmp_path)
    trial.write("cd" + "0" * 62, KEY, b"y")
    assert trial.read(NAME, KEY) == b"x"
    assert [path.name for path in tmp_path.iterdir()] == ["ab"]
