"""One person in several calls: who sits where, by the order in which each person wants the groups.

Candidates ask, calls choose (deferred acceptance, Gale and Shapley 1962): everybody asks the group they want most, a
call keeps the best group that its own rules make of all who ever asked it, and who is kept by nobody asks the next one.
No call therefore seats somebody for whom a person that wants it more, and whom its rules would seat, was left out.

A composition can make people complement each other, and then such a seating need not exist. So the result is checked,
mended for a few rounds, and called unsettled rather than believed when it does not hold.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Person: TypeAlias = int
Choose: TypeAlias = Callable[[str, frozenset[int]], frozenset[int]]
"""Whom a call would seat out of the people who ask it."""

ROUNDS = 50


@dataclass(frozen=True)
class Seating:
    """The call that seats each person who gets a seat. Not ``settled``: no seating that holds was found."""

    call_of: Mapping[Person, str]
    settled: bool


def seat_by_preference(wishes: Mapping[Person, Sequence[str]], choose: Choose) -> Seating:
    """Seats people who want the calls of ``wishes`` in that order; ``choose`` answers for every call."""
    asked = {person: 1 for person, calls in wishes.items() if calls}
    while True:
        kept = {
            call: choose(call, frozenset(one for one, count in asked.items() if call in wishes[one][:count]))
            for call in _calls(wishes)
        }
        going_on = [
            one
            for one, count in asked.items()
            if count < len(wishes[one]) and not any(one in kept[call] for call in wishes[one][:count])
        ]
        if not going_on:
            return _mended(wishes, choose, _best(wishes, kept))
        for one in going_on:
            asked[one] += 1


def _calls(wishes: Mapping[Person, Sequence[str]]) -> list[str]:
    return sorted({call for calls in wishes.values() for call in calls})


def _best(wishes: Mapping[Person, Sequence[str]], kept: Mapping[str, frozenset[Person]]) -> dict[Person, str]:
    found = {one: next((call for call in calls if one in kept[call]), None) for one, calls in wishes.items()}
    return {one: call for one, call in found.items() if call is not None}


def _mended(wishes: Mapping[Person, Sequence[str]], choose: Choose, seated: dict[Person, str]) -> Seating:
    """The seating that every call agrees to, out of all who do not have a seat they want more."""
    for _ in range(ROUNDS):
        kept = {call: choose(call, willing(wishes, seated, call)) for call in _calls(wishes)}
        better = _best(wishes, kept)
        if better == seated:
            return Seating(seated, settled=True)
        seated = better
    return Seating(seated, settled=False)


def willing(wishes: Mapping[Person, Sequence[str]], seated: Mapping[Person, str], call: str) -> frozenset[Person]:
    """Who would take a seat of the call: those without one that they want more."""
    return frozenset(
        one
        for one, calls in wishes.items()
        if call in calls and (one not in seated or calls.index(call) <= calls.index(seated[one]))
    )
