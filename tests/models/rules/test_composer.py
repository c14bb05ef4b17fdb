"""The composer: the best group by rank among all that keep what can be kept, and why somebody was passed over."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from composing import best_by_trying, candidate, case, constraint, misses

from models.rules.composer import CompositionFaulty, compose
from models.rules.composition import Constraint
from models.rules.order import Candidate
from models.rules.ranking import ALGORITHM

POLICE = constraint(kind="sector", sector="policja", minimum=1)
FIRM_POLICE = constraint(kind="sector", sector="policja", minimum=1, firm=True)
TWO_OF_GMINA = constraint(kind="level", level="gmina", minimum=2)
ONE_EACH = constraint(kind="each_institution", maximum=1)


def people(*kinds: str | tuple[str, str]) -> list[Candidate]:
    """Candidates in the order of rank, by sector or by sector and level."""
    pairs = [(kind, "powiat") if isinstance(kind, str) else kind for kind in kinds]
    return [candidate(number, 99 - number, sector, level) for number, (sector, level) in enumerate(pairs, start=1)]


def test_without_constraints_the_first_are_seated() -> None:
    composed = compose(people("oswiata", "inne", "oswiata"), seats=2, constraints=[])

    assert (composed.chosen, composed.amounts, composed.passed_over) == ((0, 1), (), {})


def test_nobody_can_fill_nothing_and_more_seats_than_people_stay_empty() -> None:
    assert compose([], seats=3, constraints=[POLICE]).amounts == (1,)
    assert compose(people("policja"), seats=3, constraints=[POLICE]).chosen == (0,)
    assert compose(people("policja"), seats=0, constraints=[]).chosen == ()


def test_a_minimum_seats_the_best_of_those_it_asks_for_and_names_itself() -> None:
    ranked = people("oswiata", "oswiata", "oswiata", "policja", "policja")

    composed = compose(ranked, seats=3, constraints=[POLICE])

    assert composed.chosen == (0, 1, 3)
    assert composed.passed_over == {2: (0,)}


def test_a_maximum_passes_over_those_above_it() -> None:
    most = constraint(kind="each_sector", maximum=2)

    composed = compose(people("oswiata", "oswiata", "oswiata", "policja"), seats=3, constraints=[most])

    assert composed.chosen == (0, 1, 3)
    assert composed.passed_over == {2: (0,)}


def test_two_constraints_that_bite_only_together_are_named_together() -> None:
    """Two seats are left for one police officer and one person of a gmina; the third is both, but is out already."""
    ranked = people(("oswiata", "powiat"), ("oswiata", "powiat"), ("policja", "powiat"), ("inne", "gmina"))
    gmina = constraint(kind="level", level="gmina", minimum=1)

    composed = compose(ranked, seats=3, constraints=[POLICE, gmina])

    assert composed.chosen == (0, 2, 3)
    assert composed.passed_over == {1: (0, 1)}


def test_constraints_give_way_from_the_end_of_the_list() -> None:
    """One seat: a police officer or somebody of a gmina."""
    ranked = people(("oswiata", "powiat"), ("inne", "gmina"), ("policja", "powiat"))
    gmina = constraint(kind="level", level="gmina", minimum=1)

    assert compose(ranked, seats=1, constraints=[POLICE, gmina]).chosen == (2,)
    composed = compose(ranked, seats=1, constraints=[gmina, POLICE])
    assert (composed.chosen, composed.amounts) == ((1,), (0, 1))


def test_a_constraint_that_may_give_way_leaves_no_seat_empty() -> None:
    composed = compose(people("oswiata", "oswiata"), seats=2, constraints=[constraint(kind="each_sector", maximum=1)])

    assert (composed.chosen, composed.amounts) == ((0, 1), (1,))


def test_a_firm_constraint_rather_leaves_a_seat_empty() -> None:
    firm = constraint(kind="each_sector", maximum=1, firm=True)

    composed = compose(people("oswiata", "oswiata", "inne"), seats=3, constraints=[firm])

    assert (composed.chosen, composed.passed_over) == ((0, 2), {1: (0,)})


def test_a_firm_minimum_keeps_its_seats_empty_when_nobody_can_take_them() -> None:
    composed = compose(people("oswiata", "inne", "oswiata"), seats=3, constraints=[FIRM_POLICE])

    assert (composed.chosen, composed.amounts) == ((0, 1), (1,))
    assert composed.passed_over == {2: (0,)}


def test_firm_minima_of_two_sectors_keep_a_seat_each_and_those_of_a_sector_and_a_level_share_one() -> None:
    courts = constraint(kind="sector", sector="sadownictwo", minimum=1, firm=True)
    gmina = constraint(kind="level", level="gmina", minimum=1, firm=True)
    ranked = people("oswiata", "inne", "oswiata")

    assert compose(ranked, seats=3, constraints=[FIRM_POLICE, courts]).chosen == (0,)
    assert compose(ranked, seats=3, constraints=[FIRM_POLICE, gmina]).chosen == (0, 1)


def test_gminas_are_told_by_six_digits() -> None:
    """The town and the rural part of Kartuzy are Kartuzy."""
    ranked = [candidate(1, 9, gmina="2205024"), candidate(2, 8, gmina="2205025"), candidate(3, 7, gmina="2205083")]

    assert compose(ranked, seats=2, constraints=[constraint(kind="each_gmina", maximum=1)]).chosen == (0, 2)
    kartuzy = constraint(kind="gmina", gmina="2205023", maximum=1)
    assert compose(ranked, seats=2, constraints=[kartuzy]).chosen == (0, 2)


def test_people_of_one_institution_who_state_different_sectors_still_share_its_limit() -> None:
    ranked = [
        candidate(1, 9, "oswiata", institution="I1"),
        candidate(2, 8, "policja", institution="I1"),
        candidate(3, 7, "policja", institution="I2"),
    ]

    assert compose(ranked, seats=2, constraints=[ONE_EACH]).chosen == (0, 2)


@pytest.mark.parametrize(
    ("constraints", "seats", "words"),
    [
        ([constraint(kind="level", level="gmina", minimum=3, maximum=2)], 5, "Maksimum"),
        ([constraint(kind="each_sector", maximum=2), constraint(kind="each_sector", maximum=3)], 5, "powtarza"),
        ([constraint(kind="sector", sector="policja", minimum=4, firm=True)], 3, "bezwzględne"),
        ([], -1, "ujemna"),
    ],
)
def test_what_contradicts_itself_is_refused(constraints: list[Constraint], seats: int, words: str) -> None:
    with pytest.raises(CompositionFaulty, match=words):
        compose(people("policja"), seats=seats, constraints=constraints)


def agrees_with_trying(seeds: Sequence[int], **size: int) -> int:
    """How many of the cases could be composed at all; each is compared with every group there is."""
    composed = 0
    for seed in seeds:
        one = case(seed, **size)
        ranked = one.rules.ordering(ALGORITHM).ranked(one.candidates)
        best = best_by_trying(ranked, one.rules)
        if best is None:
            with pytest.raises(CompositionFaulty):
                compose(ranked, seats=one.rules.seats, constraints=one.rules.composition)
            continue
        found = compose(ranked, seats=one.rules.seats, constraints=one.rules.composition)
        assert (found.chosen, found.amounts) == best, f"case {seed}"
        assert all(found.passed_over.values()), f"case {seed}"
        composed += 1
    return composed


def test_small_random_cases_agree_with_trying_every_group() -> None:
    assert agrees_with_trying(range(300), candidates=8, seats=5) > 250


def test_random_cases_of_twelve_agree_with_trying_every_group() -> None:
    assert agrees_with_trying(range(1000, 1200)) > 150


@pytest.mark.slow
def test_thousands_of_random_cases_agree_with_trying_every_group() -> None:
    assert agrees_with_trying(range(10_000, 13_000)) > 2500


def test_what_stands_in_the_way_really_does_and_none_of_it_can_be_spared() -> None:
    """With only the named constraints the candidate is out; without any one of them the others would let them in."""
    looked_at = 0
    for seed in range(400):
        one = case(seed, candidates=9, seats=5)
        ranked = one.rules.ordering(ALGORITHM).ranked(one.candidates)
        if best_by_trying(ranked[:0], one.rules) is None:
            continue
        found = compose(ranked, seats=one.rules.seats, constraints=one.rules.composition)
        for index, numbers in found.passed_over.items():
            before = [chosen for chosen in found.chosen if chosen < index]
            if len(found.chosen) < one.rules.seats or any(one.rules.composition[n].firm for n in numbers):
                continue  # then empty seats count as well, which the trying below does not know
            assert not could_join(
                ranked, before, index, found.amounts, numbers, one.rules.composition, len(found.chosen)
            )
            for spared in numbers if index == min(found.passed_over) else ():
                rest = tuple(number for number in numbers if number != spared)
                assert could_join(ranked, before, index, found.amounts, rest, one.rules.composition, len(found.chosen))
            looked_at += 1
    assert looked_at > 50


def could_join(
    ranked: Sequence[Candidate],
    before: Sequence[int],
    index: int,
    missed: Sequence[int],
    numbers: Sequence[int],
    constraints: Sequence[Constraint],
    filled: int,
) -> bool:
    others = [one for one in range(len(ranked)) if one not in (*before, index)]
    return any(
        all(
            misses(constraints[number], [ranked[one] for one in (*before, index, *more)]) <= missed[number]
            for number in numbers
        )
        for more in combinations(others, filled - len(before) - 1)
    )
