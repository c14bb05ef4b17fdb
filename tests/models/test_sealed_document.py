"""A sealed document: whole it opens, and whatever byte is changed, it says where."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.columns import canonical
from models.rules.change_location import BLOCK, Change, locate, sums
from models.rules.json_place import differences, number_of, path_at, spelled
from models.sealed_document import opened, sealed

SNAPSHOT = canonical(
    {"call": "A/1", "candidates": [{"number": "A/1/7", "points": 5}, {"number": "A/1/8", "points": 3}]}
)
BODY = {"call": "A/1", "words": "Zażółć „gęślą” jaźń", "list": [1, True, None], "rankings": [{"snapshot": SNAPSHOT}]}
CONTENT = sealed(BODY)


def test_a_whole_document_opens() -> None:
    assert opened(CONTENT) == (BODY, ())
    assert json.loads(CONTENT)["body"] == BODY


@pytest.mark.parametrize("by", [1, 0xFF])
def test_every_changed_byte_is_seen_and_named(by: int) -> None:
    """At every position: in the body by its very byte, in the seal or around it as such."""
    start, end = len(b'{"body":'), CONTENT.rfind(b',"seal":')
    for at in range(len(CONTENT)):
        changed = bytearray(CONTENT)
        changed[at] ^= by
        body, flaws = opened(bytes(changed))
        assert flaws, at
        if start <= at < end:
            assert body is None
            (flaw,) = flaws
            assert flaw.sentence.startswith(f"bajt {at} pliku: jest "), (at, flaw)
            assert flaw.place != "$" or chr(CONTENT[at]) in "{},", (at, flaw)
        else:
            assert flaws[0].place.startswith("$.seal" if at >= end else "$"), (at, flaws)


def test_the_place_leads_into_the_snapshot_and_to_the_application() -> None:
    at = CONTENT.index(rb"\"points\":3") + len(rb"\"points\":")
    _, (flaw,) = opened(CONTENT[:at] + b"9" + CONTENT[at + 1 :])
    assert str(flaw) == (
        f"$.rankings[0].snapshot.candidates[1].points (zgłoszenie A/1/8): bajt {at} pliku: jest „9”, było „3”."
    )


@given(st.integers(0, len(CONTENT)), st.binary(max_size=3), st.integers(0, 3))
def test_anything_put_in_or_taken_out_is_seen(at: int, put_in: bytes, taken: int) -> None:
    changed = CONTENT[:at] + put_in + CONTENT[at + taken :]
    if changed != CONTENT:
        assert opened(changed)[1]


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"body":{},"seal":{}}\n', b'{"body":1'])
def test_what_is_no_such_document_is_refused(content: bytes) -> None:
    assert opened(content)[1]


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=3 * BLOCK), st.data())
def test_one_changed_byte_a_block_is_found_for_certain(body: bytes, data: st.DataObject) -> None:
    changed, expected = bytearray(body), []
    for start in range(0, len(body), BLOCK):
        at = data.draw(st.integers(start, min(start + BLOCK, len(body)) - 1))
        byte = data.draw(st.integers(0, 255).filter(lambda one, at=at: one != body[at]))
        changed[at] = byte
        expected.append(Change(at, byte, body[at]))
    found = locate(bytes(changed), hashlib.sha256(body).hexdigest(), sums(body))
    assert found.bytes == tuple(expected)


def test_what_cannot_be_proved_is_told_as_a_block() -> None:
    body = bytes(range(200)) * 50
    changed = bytearray(body)
    changed[5000], changed[5001] = 1, 2
    found = locate(bytes(changed), hashlib.sha256(body).hexdigest(), sums(body))
    assert (found.bytes, found.blocks) == ((), ((BLOCK, 2 * BLOCK - 1),))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.data())
def test_every_place_of_a_text_has_a_path_that_leads_somewhere(value: object, data: st.DataObject) -> None:
    text = canonical(value)
    here = value
    for step in path_at(text, data.draw(st.integers(0, len(text) - 1))):
        if isinstance(here, str):
            here = json.loads(here)
        here = here[step]  # type: ignore[index]


@given(JSON, JSON)
def test_two_documents_differ_where_they_say(one: object, other: object) -> None:
    found = list(differences(one, other))
    assert (found == []) == (canonical(one) == canonical(other))


def test_paths_read_like_paths() -> None:
    assert spelled(("places", 3, "list")) == "$.places[3].list"
    assert number_of({"places": [{"number": "A/7", "list": "main"}]}, ("places", 0, "list")) == "A/7"
    assert number_of({"a": 1}, ("a", "b")) == ""
