"""What an answer to a request changes, field by field: only what was asked for counts without an officer. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from models.rules.facts import FactValue, FieldStatus


class Bearing(StrEnum):
    """What becomes of one field of an answer."""

    COUNTS = "counts"
    UNCHANGED = "unchanged"
    UNASKED = "unasked"


@dataclass(frozen=True)
class Said:
    """One field as it stands somewhere."""

    status: FieldStatus
    value: FactValue = None
    raw: str = ""

    def says_what(self, other: "Said") -> bool:
        """Whether the two say the same: the same value, or the same words where there is no value."""
        if self.status is not other.status:
            return False
        if self.status is FieldStatus.READ:
            return _compared(self.value) == _compared(other.value)
        return "".join(self.raw.split()) == "".join(other.raw.split())


def _compared(value: FactValue) -> FactValue:
    """Words without regard to capitals: a name registered as „Kowalska-b” and read as „Kowalska-B” has not changed."""
    return value.casefold() if isinstance(value, str) else value


_NOTHING = Said(FieldStatus.BLANK)


def bearing(answer: Said, *, current: Said | None, sent: Said | None, asked: bool, masked: bool) -> Bearing:
    """``current``: what counts now; ``sent``: what stood in the document that went out to be corrected.

    Who leaves a place as it went out has said nothing about it, asked or not: an officer may have typed the right
    value beside it since. ``masked``: the answer is a number that we hid ourselves.
    """
    current, sent = current or _NOTHING, sent or _NOTHING
    if masked or answer.says_what(sent):
        return Bearing.UNCHANGED
    if asked:
        return Bearing.COUNTS
    return Bearing.UNCHANGED if answer.says_what(current) else Bearing.UNASKED
