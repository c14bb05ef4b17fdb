"""What would become of an application under other rules, and through what. Pure: two plans are laid side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.rules.criteria import Result
from models.rules.pay import RatePer
from models.rules.ranking import ListKind, Place
from models.rules.settlement import gross_for


class Stand(StrEnum):
    """Where an application stands, or would stand."""

    ACCEPTED = "accepted"
    RESERVE = "reserve"
    REJECTED = "rejected"
    RELEASED = "released"
    """Accepted once, and the seat was given up or lost."""
    ELIGIBLE = "eligible"
    """Meets the criteria; there is no list yet."""
    OPEN = "open"
    """Waits for a form, an answer or a verdict."""


STAND_OF_LIST: Mapping[ListKind, Stand] = {
    ListKind.MAIN: Stand.ACCEPTED,
    ListKind.RESERVE: Stand.RESERVE,
    ListKind.BEYOND: Stand.REJECTED,
}


@dataclass(frozen=True)
class Sheet:
    """A verdict sheet, stored or only thought of. ``lines`` are those of ``sheet_lines``."""

    outcome: Result
    lines: Mapping[str, Any]
    merit: int
    premium: int

    @property
    def points(self) -> dict[str, int]:
        """Points by rule."""
        return {line["code"]: line["points"] for line in self.lines["points"]}


@dataclass(frozen=True)
class Cause:
    """What moves an application: the code of a criterion or a point rule (or ``ranking``), and a Polish sentence."""

    code: str
    sentence: str


RANKING = "ranking"
"""The code of a cause that lies in seats, order and composition: what is asked of the group, not of the person."""


def causes(before: Sheet | None, after: Sheet | None, place: Place | None) -> tuple[Cause, ...]:
    """Through what an application moves: first the criteria, then the points, then its place on the list.

    Where no criterion tells the two sheets apart, those that decide the second are told.
    """
    found = [*_criteria(before, after), *_points(before, after)] if after is not None else []
    if place is not None and place.reason:
        found.append(Cause(RANKING, " ".join(part for part in (place.reason, place.tie_break) if part)))
    return tuple(found)


def _criteria(before: Sheet | None, after: Sheet) -> Sequence[Cause]:
    was = {line["code"]: line["result"] for line in before.lines["verdicts"]} if before is not None else {}
    lines = after.lines["verdicts"]
    changed = [line for line in lines if line["result"] != was.get(line["code"], Result.MET)]
    deciding = [line for line in lines if line["result"] != Result.MET]
    found = [Cause(line["code"], f"{line['paragraph']}: {line['sentence']}") for line in changed or deciding]
    if before is not None:
        still = {line["code"] for line in lines}
        found += [
            Cause(line["code"], f"{line['paragraph']}: tego kryterium już by nie było.")
            for line in before.lines["verdicts"]
            if line["code"] not in still and line["result"] != Result.MET
        ]
    return found


def _points(before: Sheet | None, after: Sheet) -> Sequence[Cause]:
    if before is None or after.outcome is not Result.MET:
        return []
    titles = {line["code"]: line["title"] for sheet in (before, after) for line in sheet.lines["points"]}
    was, now = before.points, after.points
    return [
        Cause(code, f"Punkty „{title}”: {was.get(code, 0)} → {now.get(code, 0)}.")
        for code, title in titles.items()
        if was.get(code, 0) != now.get(code, 0)
    ]


def forecast(rate: int, per: RatePer, *, people: int, meetings: int, days: int, hours_per_day: int) -> int:
    """Gross cost in grosze when everybody attends all of it: seats × hours (or days, or meetings) × rate."""
    return people * meetings * gross_for(days * hours_per_day * 60, rate, per, days=days)
