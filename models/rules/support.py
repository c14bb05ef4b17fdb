"""Support beside a seat: who may get it, and how its hours are counted. Pure.

Verdicts outlive the code that gave them, so each keeps the algorithm it was given by (``ALGORITHM``); old ids stay in
``ALGORITHMS`` and can be run again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from models.rules.criteria import Criterion, Outcome, Result, Verdict, judge
from models.rules.facts import Facts
from models.rules.ternary import every, met_if

ALGORITHM = "support-1"
SEAT, DAYS = "miejsce_w_grupie", "okres_wsparcia"
"""Codes of the two verdicts that no project writes itself."""
RESERVED = frozenset({SEAT, DAYS})


@dataclass(frozen=True)
class Entitlement:
    """What a kind of support asks for. ``starts`` and ``ends``: its days, both included; ``None`` where it has none."""

    group_kinds: tuple[str, ...]
    conditions: tuple[Criterion, ...]
    paragraph: str = ""
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True)
class Claimant:
    """Who asks on a day: whether they hold a seat, in a group of which kind, and what their application says."""

    group_kind: str
    seated: bool
    on: date
    facts: Facts


def entitled(asked: Entitlement, claimant: Claimant, *, algorithm: str = ALGORITHM) -> Outcome:
    """Whether somebody may get the support: every verdict with its sentence. ``eligible`` is met when each is.

    Raises ``KeyError`` for an algorithm id that never was.
    """
    return ALGORITHMS[algorithm](asked, claimant)


def _entitled_1(asked: Entitlement, claimant: Claimant) -> Outcome:
    verdicts = (
        _seat(asked, claimant),
        *([] if asked.starts is None or asked.ends is None else [_days(asked, claimant, asked.starts, asked.ends)]),
        *judge(asked.conditions, claimant.facts, algorithm="rules-2").verdicts,
    )
    return Outcome(every(verdict.result for verdict in verdicts), verdicts)


def _seat(asked: Entitlement, claimant: Claimant) -> Verdict:
    kinds = ", ".join(asked.group_kinds)
    result = met_if(claimant.seated and claimant.group_kind in asked.group_kinds)
    sentence = {
        Result.MET: f"Wsparcie przysługuje osobom z miejscem w grupie {claimant.group_kind}.",
        Result.NOT_MET: f"Wsparcie przysługuje osobom, które mają potwierdzone miejsce w grupie ({kinds}).",
    }[result]
    return Verdict(SEAT, result, asked.paragraph, sentence, ())


def _days(asked: Entitlement, claimant: Claimant, starts: date, ends: date) -> Verdict:
    result = met_if(claimant.on <= ends)
    span = f"od {starts:%d.%m.%Y} r. do {ends:%d.%m.%Y} r."
    said = "Wsparcie trwa" if result is Result.MET else "Wsparcie już się zakończyło; trwało"
    return Verdict(DAYS, result, asked.paragraph, f"{said} {span}", ())


ALGORITHMS: Mapping[str, Callable[[Entitlement, Claimant], Outcome]] = MappingProxyType({ALGORITHM: _entitled_1})


@dataclass(frozen=True)
class Spent:
    """One session of one person, held or to come. Times are aware.

    ``minutes``: what counts of it, ``None`` while nobody has said whether the person was there.
    """

    kind: str
    """Code of the kind of support; empty for a session on record without one."""
    grouped: bool
    session_id: int
    starts: datetime
    ends: datetime
    minutes: int | None

    @property
    def takes_time(self) -> bool:
        """Whether the person was there, or is expected: who was absent may have been elsewhere."""
        return self.minutes != 0


def clashing(sessions: Sequence[Spent], starts: datetime, ends: datetime) -> tuple[Spent, ...]:
    """The sessions that a person cannot be at if they are somewhere else from ``starts`` to ``ends``."""
    return tuple(one for one in sessions if one.takes_time and one.starts < ends and starts < one.ends)


def minutes_beyond(limit: int | None, counted: int, more: int) -> int:
    """By how many minutes a limit would be passed; 0 where it would not, or where there is none."""
    return 0 if limit is None else max(0, counted + more - limit)
