"""Where a letter with personal data may go: only to an address that somebody stands behind. Pure.

One misread or mistyped letter sends a stranger somebody's form. So an address counts as confirmed when an officer
vouches for it, when a file of the application came from it, or when it was read with certainty and stands a second
time: in the same document, or in another one of the same person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CERTAIN: Final = 90
"""Certainty from which on a reading may confirm by repetition."""
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Basis(StrEnum):
    """What confirms an address."""

    OFFICER = "officer"
    SENDER = "sender"
    REPEATED = "repeated"


@dataclass(frozen=True)
class StatedAddress:
    """An address as one document states it, in so many places of it."""

    address: str
    certainty: int
    document: int
    times: int = 1


@dataclass(frozen=True)
class ConfirmedTo:
    address: str
    basis: Basis


def confirmed_to(*, vouched: str | None, stated: Sequence[StatedAddress], senders: Sequence[str]) -> ConfirmedTo | None:
    """The confirmed address, or ``None``. ``stated`` and ``senders`` come oldest first.

    What the candidate wrote last is preferred, if it is confirmed; else the letter goes back where the form came from.
    """
    if vouched:
        return ConfirmedTo(vouched, Basis.OFFICER)
    sent_from = {_folded(sender) for sender in senders if _ADDRESS.fullmatch(sender.strip())}
    if stated:
        newest = stated[-1]
        if _folded(newest.address) in sent_from:
            return ConfirmedTo(newest.address, Basis.SENDER)
        if newest.certainty >= CERTAIN and _seen(newest.address, stated) > 1:
            return ConfirmedTo(newest.address, Basis.REPEATED)
    for sender in reversed(senders):
        if _folded(sender) in sent_from:
            return ConfirmedTo(sender.strip(), Basis.SENDER)
    return None


def _seen(address: str, stated: Sequence[StatedAddress]) -> int:
    """In how many places the address was read with certainty, over all documents; one document read twice is one."""
    places: dict[int, int] = {}
    for one in stated:
        if _folded(one.address) == _folded(address) and one.certainty >= CERTAIN:
            places[one.document] = max(places.get(one.document, 0), one.times)
    return sum(places.values())


def _folded(address: str) -> str:
    return address.strip().casefold()
