"""Ranking and composing a large call: how long the composer, its independent checker and a naive version take.

``python -m benchmarks.ranking`` ranks 10,000 invented candidates into 300 seats under 12 overlapping constraints. The
naive version is one loop over the ranks that takes whoever breaks no maximum and leaves the seats that minima miss; it
keeps the constraints only as far as it goes, so what it misses is printed beside its time.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from models.rules.composition import (
    Constraint,
    EachGmina,
    EachInstitution,
    EachSector,
    GminaSeats,
    LevelSeats,
    SectorsCovered,
    SectorSeats,
    amounts,
)
from models.rules.composition_proof import check
from models.rules.order import Candidate, OrderKey
from models.rules.ranking import ALGORITHM, ListKind, Rules, rank

Result = TypeVar("Result")

SECTORS = (
    *("pomoc_spoleczna", "oswiata", "ochrona_zdrowia", "rynek_pracy", "sadownictwo", "policja"),
    *("kultura_sport_turystyka", "organizacje_pozarzadowe", "samorzad", "inne"),
)
# Few of the sectors that are asked for, many of the others: the constraints have to bite.
WEIGHTS = (30, 30, 10, 8, 1, 2, 6, 8, 4, 1)
LEVELS, LEVEL_WEIGHTS = ("gmina", "powiat", "wojewodztwo"), (25, 60, 15)
ORDER = (OrderKey.POINTS_DESC, OrderKey.PREMIUM_DESC, OrderKey.RECEIVED_ASC, OrderKey.DRAW)


def call_of(size: int, institutions: int, *, seed: int = 4) -> list[Candidate]:
    """Invented candidates; one institution in fifty has people who state different gminas."""
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    gminas = [f"22{number:02}{part:02}3" for number in range(1, 16) for part in (2, 3)]
    houses = [
        (
            f"I{number}",
            chance.choices(SECTORS, WEIGHTS)[0],
            chance.choices(LEVELS, LEVEL_WEIGHTS)[0],
            chance.choice(gminas),
            chance.random() < 0.02,
        )
        for number in range(institutions)
    ]
    found = []
    for number in range(1, size + 1):
        house, sector, level, gmina, mixed = chance.choice(houses)
        found.append(
            Candidate(
                number=f"KES/PGR/2205/2018/{number:05}",
                # The scarce ones have fewer points, or nothing would have to be composed.
                points=chance.randint(0, 60) - (25 if sector in ("policja", "sadownictwo") else 0),
                premium=chance.randint(0, 4),
                received_at=datetime(2018, 6, 4, 8, tzinfo=UTC) + timedelta(minutes=chance.randint(0, 3000)),
                sector=sector,
                level=level,
                gmina=chance.choice(gminas) if mixed else gmina,
                institution=house,
            )
        )
    return found


CONSTRAINTS: tuple[Constraint, ...] = (
    SectorsCovered(kind="sectors_covered", minimum=10),
    SectorSeats(kind="sector", sector="policja", minimum=40, maximum=60),
    SectorSeats(kind="sector", sector="sadownictwo", minimum=25),
    SectorSeats(kind="sector", sector="inne", minimum=12, maximum=14),
    SectorSeats(kind="sector", sector="oswiata", maximum=55),
    LevelSeats(kind="level", level="gmina", minimum=140),
    LevelSeats(kind="level", level="wojewodztwo", minimum=45, maximum=60),
    GminaSeats(kind="gmina", gmina="2201023", minimum=30),
    GminaSeats(kind="gmina", gmina="2202023", minimum=16, maximum=18),
    EachGmina(kind="each_gmina", maximum=30, firm=True),
    EachInstitution(kind="each_institution", maximum=2, firm=True),
    EachSector(kind="each_sector", maximum=70),
)


def naive(ranked: Sequence[Candidate], seats: int, constraints: Sequence[Constraint]) -> list[Candidate]:
    """Down the ranks, leaving out whoever would raise what is broken while it could be left alone."""
    group: list[Candidate] = []
    for one in ranked:
        if len(group) == seats:
            break
        before, after = amounts(group, constraints), amounts([*group, one], constraints)
        left = seats - len(group) - 1
        short = max(after[index] for index, constraint in enumerate(constraints) if hasattr(constraint, "minimum"))
        if all(now <= then for now, then in zip(after, before, strict=True)) and short <= left:
            group.append(one)
    return group


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--candidates", type=int, default=10_000)
    asked.add_argument("--institutions", type=int, default=2_000)
    asked.add_argument("--seats", type=int, default=300)
    given = asked.parse_args()
    candidates = call_of(given.candidates, given.institutions)

    rules = Rules(given.seats, 50, ORDER, CONSTRAINTS, seed="losowanie z 3 lipca 2018 r.")
    ranked = rules.ordering(ALGORITHM).ranked(candidates)

    ranking, took = timed(lambda: rank(candidates, rules))
    proof, checked = timed(lambda: check(candidates, rules, ranking.places, algorithm=ALGORITHM))
    group, walked = timed(lambda: naive(ranked, given.seats, CONSTRAINTS))
    seated = {place.number for place in ranking.on(ListKind.MAIN)}
    composed = [one for one in ranked if one.number in seated]
    passed_over = sum("pominięte" in place.reason for place in ranking.places)

    say(f"{given.candidates} candidates, {given.seats} seats, {len(CONSTRAINTS)} constraints")
    say(f"rank and compose      {took}  seated {len(composed)}, passed over {passed_over}")
    say(f"  missed, by constraint: {amounts(composed, CONSTRAINTS)}")
    say(f"independent check     {checked}  agrees: {proof.agrees}, better groups refuted: {proof.refuted}")
    say(f"naive loop (inexact)  {walked}  seated {len(group)}")
    say(f"  missed, by constraint: {amounts(group, CONSTRAINTS)}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def timed(work: Callable[[], Result]) -> tuple[Result, str]:
    """The result, and the seconds it took by the clock and of the processor."""
    started, counted = time.perf_counter(), time.process_time()
    result = work()
    return result, f"{time.perf_counter() - started:7.2f} s (processor {time.process_time() - counted:6.2f} s)"


if __name__ == "__main__":
    main()
