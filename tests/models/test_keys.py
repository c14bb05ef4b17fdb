"""The keyring and its file: what opens with what, and what is said when it does not."""

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import KeysMissing
from models.keys import Keyring, KeySet, add_key, create_key_file, decrypt_file, encrypt_file, read_key_file

RING = Keyring({"k1": KeySet.fresh()}, "k1")


@given(st.binary(), st.text())
def test_what_was_sealed_opens_with_the_same_key_for_the_same_place(plain: bytes, place: str) -> None:
    assert RING.open(RING.seal(plain, bound_to=place), bound_to=place) == plain
    assert RING.unwrap(RING.wrap(plain, bound_to=place), bound_to=place) == plain


@given(st.text(), st.text())
def test_what_was_sealed_for_one_place_does_not_open_in_another(place: str, other: str) -> None:
    sealed = RING.seal(b"tajne", bound_to=place)
    if place != other:
        with pytest.raises(KeysMissing):
            RING.open(sealed, bound_to=other)


def test_a_sealed_value_tells_nothing_not_even_that_it_equals_another() -> None:
    first, second = RING.seal(b"02611200001", bound_to="p"), RING.seal(b"02611200001", bound_to="p")
    assert first != second
    assert b"02611200001" not in first


def test_another_key_of_the_same_name_does_not_open() -> None:
    stranger = Keyring({"k1": KeySet.fresh()}, "k1")
    with pytest.raises(KeysMissing, match="nie pasuje"):
        stranger.open(RING.seal(b"x", bound_to="p"), bound_to="p")
    with pytest.raises(KeysMissing):
        stranger.unwrap(RING.wrap(b"x", bound_to="p"), bound_to="p")


def test_the_three_keys_of_a_set_are_not_one() -> None:
    wrapped = RING.wrap(b"x", bound_to="p")
    with pytest.raises(KeysMissing):
        RING.open(wrapped, bound_to="p")


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"k1", b"k1\x00", b"k1\x00short", b"k9\x00" + bytes(40)])
def test_damaged_data_are_said_to_be_so(damage: bytes) -> None:
    with pytest.raises(KeysMissing):
        RING.open(damage, bound_to="p")


@given(st.binary(min_size=1), st.integers(min_value=0))
def test_one_changed_byte_of_a_file_is_noticed(plain: bytes, where: int) -> None:
    key = bytes(32)
    sealed = bytearray(encrypt_file(key, plain))
    sealed[where % len(sealed)] ^= 1
    with pytest.raises(KeysMissing):
        decrypt_file(key, bytes(sealed))


def test_equal_values_are_found_by_digest_and_kinds_are_kept_apart() -> None:
    assert RING.lookup("pesel", "1") == RING.lookup("pesel", b"1")
    assert len({RING.lookup("pesel", "1"), RING.lookup("account", "1"), RING.lookup("pesel", "2")}) == 3
    assert Keyring({"k1": KeySet.fresh()}, "k1").lookup("pesel", "1") != RING.lookup("pesel", "1")


def test_a_digest_that_was_handed_out_is_known_after_a_rotation_and_by_no_other_ring() -> None:
    old, new = KeySet.fresh(), KeySet.fresh()
    handed_out = Keyring({"k1": old}, "k1").lookup("application", "ZG-7K3M-QX9D")[:24]
    rotated = Keyring({"k1": old, "k2": new}, "k2")
    assert rotated.knows_lookup("application", "ZG-7K3M-QX9D", handed_out)
    assert not rotated.knows_lookup("application", "ZG-7K3M-QX9E", handed_out)
    assert not rotated.knows_lookup("content", "ZG-7K3M-QX9D", handed_out)
    assert not rotated.knows_lookup("application", "ZG-7K3M-QX9D", handed_out[:23])
    assert not Keyring({"k2": new}, "k2").knows_lookup("application", "ZG-7K3M-QX9D", handed_out)


def test_keys_are_never_shown() -> None:
    keys = RING.sets["k1"]
    for shown in (repr(RING), repr(keys), str(RING)):
        assert keys.columns.hex() not in shown
        assert repr(keys.columns) not in shown


def test_a_keyring_whose_current_key_is_not_in_the_file_is_refused() -> None:
    with pytest.raises(KeysMissing, match="Wskaż właściwy plik"):
        Keyring({"k1": KeySet.fresh()}, "k2")


def test_a_key_file_is_the_owners_alone_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"
    create_key_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    before = path.read_bytes()
    with pytest.raises(KeysMissing, match="już istnieje"):
        create_key_file(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


def test_a_key_is_added_beside_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_key_file(path)
    first = read_key_file(path)
    assert add_key(path) == "k2"
    assert add_key(path) == "k3"
    now = read_key_file(path)
    assert now["k1"] == first["k1"]
    assert len({keys.columns for keys in now.values()}) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_missing_key_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing, match="nabor office create-keys"):
        read_key_file(tmp_path / "keys.json")


_GOOD = {"columns": "A" * 43 + "=", "wrapping": "A" * 43 + "=", "lookup": "A" * 43 + "="}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not json",
        "[]",
        '{"format": 1}',
        '{"format": 1, "keys": {"k1": {}}}',
        json.dumps({"keys": {"k1": _GOOD | {"lookup": "%%%"}}}),
        json.dumps({"keys": {"k1": _GOOD | {"columns": "AAAA"}}}),
        json.dumps({"keys": {"first": _GOOD}}),
        json.dumps({"keys": {}}),
    ],
)
def test_a_damaged_key_file_is_said_to_be_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys.json").write_text(content)
    with pytest.raises(KeysMissing, match="z kopii"):
        read_key_file(tmp_path / "keys.json")
