"""Which answer to an invitation counts (RFC 5546 §2.1.5): by the meeting's version it answers, then by its time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AnswerOutcome(StrEnum):
    """What became of an answer: taken, or why not."""

    TAKEN = "taken"
    REPEATED = "repeated"
    OLDER = "older"
    OUTDATED = "outdated"
    PROPOSED = "proposed"
    PARTIAL = "partial"
    CONFLICTING = "conflicting"
    UNKNOWN_UID = "unknown_uid"
    WRONG_ATTENDEE = "wrong_attendee"
    WRONG_SENDER = "wrong_sender"
    SEVERAL_EVENTS = "several_events"
    METHOD_DIFFERS = "method_differs"
    UNREADABLE = "unreadable"
    AHEAD = "ahead"
    CANCELLED = "cancelled"
    TOO_LATE = "too_late"
    NO_ANSWER = "no_answer"


QUIET = frozenset({AnswerOutcome.TAKEN, AnswerOutcome.REPEATED, AnswerOutcome.OLDER, AnswerOutcome.OUTDATED})
"""What needs nobody: everything else is shown to an officer."""


@dataclass(frozen=True)
class Given:
    """An answer: to which SEQUENCE of the meeting, given when (DTSTAMP, aware), and what it says (PARTSTAT)."""

    sequence: int
    stamped_at: datetime
    partstat: str


@dataclass(frozen=True)
class Asked:
    """An invitation as it stands. ``asked_sequence``: since which SEQUENCE the days and hours are what they are."""

    sequence: int
    asked_sequence: int
    cancelled: bool = False
    over: bool = False
    """Whether the meeting has ended."""


def judge(given: Given, asked: Asked, counts: Given | None) -> AnswerOutcome:
    """What becomes of an answer, when ``counts`` is the one that counts so far.

    An answer to hours that have changed since does not count, whoever comes first. One to an earlier wording with the
    same hours does, unless a later one is known. The same answer once more changes nothing, and two different ones of
    the same second decide nothing: the first stays, and an officer is shown the second.
    """
    if given.sequence > asked.sequence:
        return AnswerOutcome.AHEAD
    if asked.cancelled:
        return AnswerOutcome.CANCELLED
    if given.sequence < asked.asked_sequence:
        return AnswerOutcome.OUTDATED
    if counts is not None:
        new, known = (given.sequence, given.stamped_at), (counts.sequence, counts.stamped_at)
        if new < known:
            return AnswerOutcome.OLDER
        if new == known:
            same = given.partstat == counts.partstat
            return AnswerOutcome.REPEATED if same else AnswerOutcome.CONFLICTING
    return AnswerOutcome.TOO_LATE if asked.over else AnswerOutcome.TAKEN
