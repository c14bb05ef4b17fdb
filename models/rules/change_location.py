"""Which byte was changed: two sums over each block tell where, and the digest over all proves it.

Nothing here seals anything, a digest does that. A digest only says *that* bytes differ; the sums beside it say where.
For one changed byte of a block, the first sum tells by how much it changed, and the second, in which the bytes are
weighted by their place, tells at which place: a Reed-Solomon check over the prime field of 65,521.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

BLOCK = 4096
"""Bytes in a block; must be below the prime, so that every place has a weight of its own."""
_PRIME = 65_521


@dataclass(frozen=True)
class Change:
    """A byte that is not what it was: ``offset`` from the beginning, and its value ``now`` and ``before``."""

    offset: int
    now: int
    before: int


@dataclass(frozen=True)
class Changes:
    """``bytes`` that were found and proved; else ``blocks`` (first and last offset) in which something differs."""

    bytes: tuple[Change, ...]
    blocks: tuple[tuple[int, int], ...]


def sums(body: bytes) -> list[list[int]]:
    """The two sums of each block."""
    found = []
    for start in range(0, len(body), BLOCK):
        block = body[start : start + BLOCK]
        weighted = sum(map(mul, range(1, len(block) + 1), block))
        found.append([sum(block) % _PRIME, weighted % _PRIME])
    return found


def locate(body: bytes, digest: str, expected: Sequence[Sequence[int]]) -> Changes:
    """Where ``body`` differs from the bytes of that SHA-256 and those sums, up to one byte a block for certain.

    What cannot be proved by putting it right is told as blocks, never as a byte.
    """
    found = sums(body)
    faulty = [i for i in range(max(len(found), len(expected))) if _at(found, i) != _at(expected, i)]
    changes = [_change(body, i, expected[i], found[i]) for i in faulty if i < len(found) and i < len(expected)]
    known = [one for one in changes if one is not None]
    if known and len(known) == len(faulty) and hashlib.sha256(mended(body, known)).hexdigest() == digest:
        return Changes(tuple(known), ())
    last = max(len(body) - 1, 0)
    return Changes((), tuple((i * BLOCK, min((i + 1) * BLOCK - 1, last)) for i in faulty))


def mended(body: bytes, changes: Sequence[Change]) -> bytes:
    """The bytes as they were before."""
    whole = bytearray(body)
    for one in changes:
        whole[one.offset] = one.before
    return bytes(whole)


def _at(pairs: Sequence[Sequence[int]], index: int) -> tuple[int, ...] | None:
    return tuple(pairs[index]) if index < len(pairs) else None


def _change(body: bytes, index: int, expected: Sequence[int], found: Sequence[int]) -> Change | None:
    difference = (found[0] - expected[0]) % _PRIME
    by = difference if difference < _PRIME // 2 else difference - _PRIME
    if not 0 < abs(by) < 256:
        return None
    place = (found[1] - expected[1]) * pow(by, -1, _PRIME) % _PRIME - 1
    offset = index * BLOCK + place
    if not 0 <= place < BLOCK or offset >= len(body) or not 0 <= body[offset] - by < 256:
        return None
    return Change(offset, body[offset], body[offset] - by)
