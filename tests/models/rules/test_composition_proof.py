"""The independent checker: it agrees with what the composer makes, and with nothing else."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import highspy
import pytest
from composing import Case, best_by_trying, candidate, case, constraint

from models.rules.composer import CompositionFaulty
from models.rules.composition_proof import _Refuter, _Statements, _Undecided, check
from models.rules.order import OrderKey
from models.rules.ranking import ALGORITHM, FIRST, ListKind, Place, Ranking, Rules, rank
from models.rules.solver import Solver

POLICE = constraint(kind="sector", sector="policja", minimum=1)


def ranked(one: Case) -> Ranking | None:
    """The ranking of a case, if its constraints allow one."""
    try:
        return rank(one.candidates, one.rules)
    except CompositionFaulty:
        return None


def agrees(one: Case, places: Sequence[Place]) -> bool:
    return check(one.candidates, one.rules, places, algorithm=ALGORITHM).agrees


def seating(one: Case, ranking: Ranking, numbers: set[str]) -> list[Place]:
    """The places as they would be if these numbers had the seats, with everything else in order."""
    by_rank = sorted(ranking.places, key=lambda place: place.rank)
    others = [place for place in by_rank if place.number not in numbers]
    lists = (
        (ListKind.MAIN, [place for place in by_rank if place.number in numbers]),
        (ListKind.RESERVE, others[: one.rules.reserve_seats]),
        (ListKind.BEYOND, others[one.rules.reserve_seats :]),
    )
    return [
        replace(place, list=kind, position=position)
        for kind, listed in lists
        for position, place in enumerate(listed, start=1)
    ]


def mutations(one: Case, ranking: Ranking) -> list[list[Place]]:
    """Every other group that one exchange, one removal or one addition makes, and every two neighbours exchanged."""
    main = {place.number for place in ranking.on(ListKind.MAIN)}
    rest = {place.number for place in ranking.places} - main
    groups = [main - {out} | {into} for out in main for into in rest] + [main - {out} for out in main]
    if len(main) < one.rules.seats:
        groups += [main | {into} for into in rest]
    by_rank = sorted(ranking.places, key=lambda place: place.rank)
    swapped = [
        [
            replace(place, rank={first.rank: second.rank, second.rank: first.rank}.get(place.rank, place.rank))
            for place in ranking.places
        ]
        for first, second in pairwise(by_rank)
    ]
    return [seating(one, ranking, numbers) for numbers in groups] + swapped


def agrees_and_catches(seeds: Sequence[int], **size: int) -> tuple[int, int]:
    cases = caught = 0
    for seed in seeds:
        one = case(seed, **size)
        ranking = ranked(one)
        if ranking is None:
            continue
        proof = check(one.candidates, one.rules, ranking.places, algorithm=ALGORITHM)
        assert proof.disputes == (), f"case {seed}"
        cases += 1
        for places in mutations(one, ranking):
            assert not agrees(one, places), f"case {seed}: {[(p.number, p.list) for p in places]}"
            caught += 1
    return cases, caught


def test_it_agrees_with_the_composer_and_catches_every_other_group() -> None:
    cases, caught = agrees_and_catches(range(60), candidates=8, seats=4)

    assert cases > 45
    assert caught > 300


@pytest.mark.slow
def test_it_agrees_and_catches_in_a_thousand_cases() -> None:
    cases, caught = agrees_and_catches(range(20_000, 21_000))

    assert cases > 800
    assert caught > 10_000


def test_what_it_accepts_is_the_best_of_all_groups() -> None:
    """Asked about every group there is, it agrees with exactly one."""
    for seed in range(40, 52):
        one = case(seed, candidates=6, seats=3)
        ranking = ranked(one)
        if ranking is None:
            continue
        order = one.rules.ordering(ALGORITHM).ranked(one.candidates)
        best = best_by_trying(order, one.rules)
        assert best is not None
        numbers = [candidate_.number for candidate_ in order]
        for bits in range(1 << len(numbers)):
            chosen = tuple(index for index in range(len(numbers)) if bits >> index & 1)
            if len(chosen) <= one.rules.seats:
                places = seating(one, ranking, {numbers[index] for index in chosen})
                assert agrees(one, places) is (chosen == best[0]), f"case {seed}, {chosen}"


FOUR = Case(
    tuple(candidate(number, 9 - number, "policja" if number == 4 else "oswiata") for number in range(1, 5)),
    Rules(2, 1, (OrderKey.POINTS_DESC,), (POLICE,)),
)


def told(places: Sequence[Place]) -> str:
    return " ".join(check(FOUR.candidates, FOUR.rules, places, algorithm=ALGORITHM).disputes)


def test_it_says_what_is_wrong() -> None:
    ranking = rank(FOUR.candidates, FOUR.rules)
    places = list(ranking.places)
    by_rank = sorted(places, key=lambda place: place.rank)

    assert told(places) == ""
    assert "nr 1 można zachować" in told(seating(FOUR, ranking, {"K/1", "K/2"}))
    assert "K/1 można było umieścić" in told(seating(FOUR, ranking, {"K/2", "K/4"}))
    assert "więcej miejsc" in told(seating(FOUR, ranking, {"K/4"}))
    assert "więcej zgłoszeń niż miejsc" in told(seating(FOUR, ranking, {"K/1", "K/2", "K/4"}))
    assert "dokładnie te zgłoszenia" in told(places[1:])
    assert "dokładnie te zgłoszenia" in told([*places, places[0]])
    assert "ponumerowane" in told([replace(places[0], rank=7), *places[1:]])
    assert "inne punkty" in told([replace(places[0], points=99), *places[1:]])
    assert "Pozycje" in told([replace(places[0], position=2), *places[1:]])
    assert "rezerwowa" in told([replace(place, list=ListKind.BEYOND) if place.rank == 2 else place for place in places])
    exchanged = [replace(place, rank={1: 2, 2: 1}.get(place.rank, place.rank)) for place in by_rank]
    assert "K/1 powinno stać przed zgłoszeniem K/2" in told(seating(FOUR, Ranking(tuple(exchanged)), {"K/1", "K/4"}))


def test_a_broken_firm_requirement_is_disputed() -> None:
    firm = (constraint(kind="sector", sector="policja", minimum=1, firm=True),)
    one = Case(FOUR.candidates[:3], replace(FOUR.rules, composition=firm))
    ranking = rank(one.candidates, one.rules)

    assert agrees(one, ranking.places)
    assert [place.number for place in ranking.on(ListKind.MAIN)] == ["K/1"]
    proof = check(one.candidates, one.rules, seating(one, ranking, {"K/1", "K/2"}), algorithm=ALGORITHM)
    assert "bezwzględne" in proof.disputes[0]


def test_a_question_halved_more_often_than_python_calls_is_said_to_be_open() -> None:
    """2x = 2y + 1 fits no whole numbers, and every half of it fits the linear program again."""
    about = _Statements()
    one, other = about.unknown(0, 5000), about.unknown(0, 5000)
    about.at_most({one: 2, other: -2}, 1)
    about.at_least({one: 2, other: -2}, 1)

    with pytest.raises(_Undecided):
        _Refuter(about).refuted()


class Stuck(Solver):
    """A solver that comes to no answer."""

    def run(self) -> highspy.HighsStatus:
        return highspy.HighsStatus.kError

    def getSolution(self) -> highspy.HighsSolution:  # noqa: N802 (HiGHS names it so)
        return highspy.HighsSolution()


def test_a_solver_that_comes_to_no_answer_leaves_the_list_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    places = rank(FOUR.candidates, FOUR.rules).places
    monkeypatch.setattr("models.rules.composition_proof.quiet", Stuck)

    assert told(places) == "Sprawdzenie nie rozstrzygnęło, czy lista jest najlepsza z możliwych."


def test_the_same_question_is_asked_whatever_the_order_of_sets() -> None:
    """Sectors are put into statements in one order, so that a check takes the same way in every run."""
    program = (
        "from composing import candidate, constraint\n"
        "from models.rules.composition_proof import _Group\n"
        "from models.rules.ranking import Rules\n"
        "rules = Rules(3, 0, (), (constraint(kind='sectors_covered', minimum=2),))\n"
        "pool = [candidate(number, 9, f'obszar_{number % 6}') for number in range(1, 13)]\n"
        "print(_Group(pool, [False] * 12, rules)._statements(3, (0,)).sums)"
    )
    here = Path(__file__).parents[3]
    told_by_seed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(map(str, (here, here / "tests")))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(told_by_seed) == 1


def test_rankings_of_the_first_kind_are_checked_as_the_plain_cut_they_are() -> None:
    rules = replace(FOUR.rules, composition=())
    places = [
        replace(place, rank=number)
        for number, place in enumerate(rank(FOUR.candidates, rules, algorithm=FIRST).places, start=1)
    ]

    assert check(FOUR.candidates, rules, places, algorithm=FIRST).agrees
    assert not check(FOUR.candidates, FOUR.rules, places, algorithm=ALGORITHM).agrees


def test_a_draw_with_another_seed_is_caught() -> None:
    tied = tuple(candidate(number, 5) for number in range(1, 9))
    rules = Rules(3, 2, (OrderKey.POINTS_DESC, OrderKey.DRAW), seed="losowanie")
    places = rank(tied, rules).places

    assert check(tied, rules, places, algorithm=ALGORITHM).agrees
    assert not check(tied, replace(rules, seed="inne"), places, algorithm=ALGORITHM).agrees
