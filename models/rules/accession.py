"""Who is told of whom in an open agreement: what follows from its steps and from the texts that were handed out.

Whoever joins is told of to every other party of that moment. One thing is not said twice: who signs the text itself is
not told of to a party whose own text named them already.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a step does."""

    SIGNED = "signed"
    """Joins by signing the text itself."""
    ACCEDED = "acceded"
    """Joins by the accession sheet."""
    LEFT = "left"


@dataclass(frozen=True)
class Text:
    """A version of the agreement's text, and the institutions that it names.

    ``after`` is the ordinal of the last step before it was made, 0 when there was none.
    """

    id: int
    after: int
    named: frozenset[int]


@dataclass(frozen=True)
class Step:
    """A step of an institution. ``text``: what it signed, or was asked to sign when it joined by the sheet instead;
    ``None`` when nobody knows of any."""

    ordinal: int
    institution: int
    kind: Kind
    text: int | None = None


@dataclass(frozen=True)
class Notice:
    """That the institution ``to`` is told of the step ``of``; ``parties``: how many there were after it."""

    to: int
    of: int
    parties: int


def notices(steps: Iterable[Step], texts: Iterable[Text]) -> list[Notice]:
    """All notices that the steps of one agreement call for, in the order of the steps and of the list of parties.

    A sheet is told of to everybody. A signature is not told of to a party whose own text named the newcomer, unless
    that one has left since: coming back is news to all.
    """
    known = {one.id: one for one in texts}
    current: dict[int, Step] = {}
    left: dict[int, int] = {}
    found: list[Notice] = []
    for step in sorted(steps, key=lambda one: one.ordinal):
        who = step.institution
        current.pop(who, None)
        if step.kind is Kind.LEFT:
            left[who] = step.ordinal
            continue
        for party in current.values():
            text = known.get(party.text) if party.text is not None else None
            foreseen = text is not None and who in text.named and left.get(who, 0) <= text.after
            if step.kind is Kind.ACCEDED or not foreseen:
                found.append(Notice(party.institution, step.ordinal, len(current) + 1))
        current[who] = step
    return found
