"""A JSON document with a seal of its own: anybody can check it, and a changed byte is named by its place.

The file is ``{"body":…,"seal":…}`` and a line feed, in canonical JSON (:func:`models.columns.canonical`). The digest is
over the bytes of the body exactly as they stand in the file. A seal proves that a file is whole, not who made it: for
that, the digest of the file stands on the signed paper and in the log.
"""

import hashlib
import json
import re
from dataclasses import dataclass

from models.columns import canonical
from models.rules.change_location import BLOCK, Change, locate, mended, sums
from models.rules.json_place import number_of, path_at, spelled

UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""All that taking apart a file written by anybody may raise: a hand-made one is told to be faulty, never believed."""

_OPENING, _BETWEEN, _CLOSING = b'{"body":', b',"seal":', b"}\n"


@dataclass(frozen=True)
class Flaw:
    """Something that is not as it should be: where (a JSON path), about which application, and what, in Polish."""

    place: str
    number: str
    sentence: str

    def __str__(self) -> str:
        about = f" (zgłoszenie {self.number})" if self.number else ""
        return f"{self.place}{about}: {self.sentence}"


def sealed(body: object) -> bytes:
    """The bytes of a sealed document."""
    plain = canonical(body).encode()
    return _OPENING + plain + _BETWEEN + canonical(_seal(plain)).encode() + _CLOSING


def _seal(plain: bytes) -> dict[str, object]:
    return {
        "algorithm": "sha-256",
        "block": BLOCK,
        "digest": hashlib.sha256(plain).hexdigest(),
        "sums": sums(plain),
    }


def opened(content: bytes) -> tuple[object | None, tuple[Flaw, ...]]:
    """The body of a sealed document, and every flaw of the seal; no body when its bytes are not the sealed ones."""
    start, end = len(_OPENING), content.rfind(_BETWEEN)
    if not content.startswith(_OPENING) or end < start:
        return None, _broken_frame(content)
    plain, rest = content[start:end], content[end + len(_BETWEEN) :]
    try:
        seal = json.loads(rest.removesuffix(_CLOSING))
        digest, stored = seal["digest"], [[int(one), int(other)] for one, other in seal["sums"]]
    except UNREADABLE:
        if hashlib.sha256(plain).hexdigest().encode() in rest:
            return _body(plain), (Flaw("$.seal", "", f"pieczęci nie da się odczytać ({_first(plain, rest)})."),)
        return None, (Flaw("$.seal", "", "pieczęci nie da się odczytać, a treść do niej nie pasuje."),)
    if content == sealed_bytes(plain):
        return _body(plain), ()
    if hashlib.sha256(plain).hexdigest() == digest:
        return _body(plain), (Flaw("$.seal", "", f"zmieniono samą pieczęć ({_first(plain, rest)})."),)
    if sums(plain) == stored:
        return _body(plain), (Flaw("$.seal.digest", "", "zmieniono skrót w pieczęci; treść zgadza się z sumami."),)
    changes = locate(plain, str(digest), stored)
    if changes.bytes:
        before = mended(plain, changes.bytes)
        try:
            return None, tuple(_flaw(before, one, start) for one in changes.bytes)
        except UNREADABLE:
            return None, (Flaw("$.body", "", "treść zmieniono, a i przed zmianą nie była załącznikiem do protokołu."),)
    return None, tuple(
        Flaw("$.body", "", f"zmieniono bajty między {first + start} a {last + start} pliku.")
        for first, last in changes.blocks
    )


def sealed_bytes(plain: bytes) -> bytes:
    """The whole file around the bytes of a body."""
    return _OPENING + plain + _BETWEEN + canonical(_seal(plain)).encode() + _CLOSING


def _broken_frame(content: bytes) -> tuple[Flaw, ...]:
    """The few bytes around body and seal; one of them changed is named, anything else is no annex."""
    opening = content[: len(_OPENING)]
    if sum(a != b for a, b in zip(opening, _OPENING, strict=False)) == 1 and content.rfind(_BETWEEN) > 0:
        at = next(i for i, (a, b) in enumerate(zip(opening, _OPENING, strict=True)) if a != b)
        return (Flaw("$", "", f"zmieniono bajt {at} pliku, przed treścią."),)
    for shift in range(len(_BETWEEN)):
        almost = re.escape(_BETWEEN[:shift]) + b"." + re.escape(_BETWEEN[shift + 1 :]) + rb"(?=.\"algorithm\")"
        for found in re.finditer(almost, content, re.DOTALL):
            at = found.start() + shift
            return (Flaw("$.seal", "", f"zmieniono bajt {at} pliku, między treścią a pieczęcią."),)
    return (Flaw("$", "", "to nie jest załącznik do protokołu."),)


def _first(plain: bytes, rest: bytes) -> str:
    """Where the seal differs from the right one, counted from the beginning of the file."""
    right = canonical(_seal(plain)).encode() + _CLOSING
    at = next((i for i, (a, b) in enumerate(zip(right, rest, strict=False)) if a != b), min(len(right), len(rest)))
    return f"bajt {len(_OPENING) + len(plain) + len(_BETWEEN) + at} pliku"


def _body(plain: bytes) -> object | None:
    try:
        body: object = json.loads(plain)
    except UNREADABLE:
        return None
    return body


def _flaw(before: bytes, change: Change, start: int) -> Flaw:
    text = before.decode()
    index = len(before[: change.offset].decode(errors="ignore"))
    path = path_at(text, index)
    was, now = (_shown(byte) for byte in (change.before, change.now))
    return Flaw(
        spelled(path), number_of(json.loads(text), path), f"bajt {change.offset + start} pliku: jest {now}, było {was}."
    )


def _shown(byte: int) -> str:
    return f"„{chr(byte)}”" if 0x20 < byte < 0x7F else f"0x{byte:02x}"
