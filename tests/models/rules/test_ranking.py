import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.composition import EachInstitution, EachSector, LevelSeats, SectorSeats
from models.rules.order import Key, SeedMissing
from models.rules.ranking import ALGORITHM, FIRST, Candidate, ListKind, OrderKey, Ranking, Rules
from models.rules.ranking import rank as ranked

OPENING = datetime(2018, 8, 1, 8, 0, tzinfo=UTC)
DEFAULT: tuple[Key, ...] = (OrderKey.POINTS_DESC, OrderKey.PREMIUM_DESC, OrderKey.RECEIVED_ASC, OrderKey.NUMBER_ASC)


def candidate(number: str, points: int = 10, premium: int = 0, hours: int = 0) -> Candidate:
    return Candidate(number, points, premium, OPENING + timedelta(hours=hours), "oswiata", "gmina", number)


def rank(
    candidates: list[Candidate],
    *,
    seats: int,
    reserve_seats: int,
    order: tuple[Key, ...] = DEFAULT,
    seed: str | None = None,
    algorithm: str = ALGORITHM,
) -> Ranking:
    return ranked(candidates, Rules(seats, reserve_seats, order, seed=seed), algorithm=algorithm)


def test_each_key_breaks_the_ties_of_the_ones_before_it() -> None:
    ranking = rank(
        [
            candidate("0005", 9, 2, 0),
            candidate("0004", 10, 0, 5),
            candidate("0003", 10, 2, 9),
            candidate("0002", 10, 0, 5),
            candidate("0001", 10, 0, 7),
            candidate("0006", 12, 0, 9),
        ],
        seats=3,
        reserve_seats=2,
        order=DEFAULT,
    )

    assert [(place.number, place.list, place.position) for place in ranking.places] == [
        ("0006", ListKind.MAIN, 1),
        ("0003", ListKind.MAIN, 2),
        ("0002", ListKind.MAIN, 3),
        ("0004", ListKind.RESERVE, 1),
        ("0001", ListKind.RESERVE, 2),
        ("0005", ListKind.BEYOND, 1),
    ]
    assert [place.tie_break for place in ranking.places] == [
        "",
        "Równa liczba punktów (10): o kolejności zdecydowała liczba punktów premiowych.",
        "Równa liczba punktów (10): o kolejności zdecydowała liczba punktów premiowych, a następnie numer zgłoszenia.",
        "Równa liczba punktów (10): o kolejności zdecydował czas wpływu zgłoszenia, a następnie numer zgłoszenia.",
        "Równa liczba punktów (10): o kolejności zdecydował czas wpływu zgłoszenia.",
        "",
    ]


def test_a_project_may_order_otherwise() -> None:
    candidates = [candidate("1", points=5, hours=2), candidate("2", points=9, hours=3), candidate("3", 1, 0, 2)]

    ranking = rank(candidates, seats=1, reserve_seats=0, order=(OrderKey.RECEIVED_ASC, OrderKey.POINTS_DESC))

    assert [place.number for place in ranking.places] == ["1", "3", "2"]
    assert ranking.places[0].tie_break == "Ten sam czas wpływu: o kolejności zdecydowała liczba punktów."


def test_numbers_are_compared_as_numbers() -> None:
    numbers = ["KES/PGR/2205/2018/10", "KES/PGR/2205/2018/9", "KES/PGR/2205/2018/09"]

    ranking = rank([candidate(number) for number in numbers], seats=9, reserve_seats=0, order=DEFAULT)

    assert [place.number[-2:] for place in ranking.places] == ["09", "/9", "10"]


def test_nobody_gives_an_empty_ranking() -> None:
    assert rank([], seats=7, reserve_seats=3, order=DEFAULT).places == ()


def test_one_number_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        rank([candidate("1"), candidate("1", 4)], seats=1, reserve_seats=1, order=DEFAULT)


@pytest.mark.parametrize(("seats", "reserve_seats"), [(-1, 0), (0, -1)])
def test_seats_cannot_be_negative(seats: int, reserve_seats: int) -> None:
    with pytest.raises(ValueError):
        rank([], seats=seats, reserve_seats=reserve_seats, order=DEFAULT)


def test_rankings_are_remade_by_the_algorithm_they_name() -> None:
    candidates = [candidate("1"), candidate("2")]

    first = rank(candidates, seats=1, reserve_seats=1, algorithm=FIRST)
    second = rank(candidates, seats=1, reserve_seats=1, algorithm=ALGORITHM)
    assert [(place.number, place.list) for place in first.places] == [
        (place.number, place.list) for place in second.places
    ]
    assert {(place.rank, place.reason) for place in first.places} == {(0, "")}
    assert [place.rank for place in second.places] == [1, 2]
    with pytest.raises(KeyError):
        rank(candidates, seats=1, reserve_seats=1, order=DEFAULT, algorithm="ranking-0")


# Few distinct values, so that ties are the rule rather than the exception.
CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(1, 999).map(lambda number: f"{number:04}"),
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    unique_by=lambda one: one.number,
    max_size=25,
)
ORDERS = st.permutations(DEFAULT).flatmap(lambda keys: st.integers(1, 4).map(lambda n: tuple(keys[:n])))


@given(CANDIDATES, st.integers(0, 8), st.integers(0, 5), ORDERS, st.data())
def test_the_order_of_input_does_not_matter(
    candidates: list[Candidate], seats: int, reserve: int, order: tuple[Key, ...], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(candidates))

    assert rank(shuffled, seats=seats, reserve_seats=reserve, order=order) == rank(
        candidates, seats=seats, reserve_seats=reserve, order=order
    )


@given(CANDIDATES, st.integers(0, 8), st.integers(0, 5))
def test_everyone_has_one_place_and_no_list_is_overfilled(
    candidates: list[Candidate], seats: int, reserve: int
) -> None:
    ranking = rank(candidates, seats=seats, reserve_seats=reserve, order=DEFAULT)
    main, spare, beyond = (ranking.on(kind) for kind in ListKind)

    assert sorted(place.number for place in ranking.places) == sorted(one.number for one in candidates)
    assert len(main) == min(seats, len(candidates))
    assert len(spare) == min(reserve, len(candidates) - len(main))
    assert main + spare + beyond == ranking.places
    for listed in (main, spare, beyond):
        assert [place.position for place in listed] == list(range(1, len(listed) + 1))


@given(CANDIDATES)
def test_nobody_stands_above_more_points_and_ties_are_explained(candidates: list[Candidate]) -> None:
    places = rank(candidates, seats=7, reserve_seats=3, order=DEFAULT).places
    points = [place.points for place in places]

    assert points == sorted(points, reverse=True)
    assert all(bool(place.tie_break) is (points.count(place.points) > 1) for place in places)


def test_points_of_one_rule_break_a_tie_and_are_named() -> None:
    two = [
        Candidate("1", 10, 0, OPENING, "oswiata", "gmina", "I1", points_by={"staz": 3}),
        Candidate("2", 10, 0, OPENING, "oswiata", "gmina", "I2", points_by={"staz": 7}),
    ]
    rules = Rules(1, 1, (OrderKey.POINTS_DESC, "points:staz"), rule_titles={"staz": "Staż pracy"})

    places = ranked(two, rules).places

    assert [place.number for place in places] == ["2", "1"]
    assert places[0].tie_break == (
        "Równa liczba punktów (10): o kolejności zdecydowała liczba punktów za „Staż pracy”."
    )


DRAWN: tuple[Key, ...] = (OrderKey.POINTS_DESC, OrderKey.DRAW)


def test_the_draw_is_a_digest_that_anybody_can_repeat() -> None:
    places = rank(
        [candidate("1"), candidate("2"), candidate("3")], seats=1, reserve_seats=1, order=DRAWN, seed="17 42 8"
    ).places

    draws = {number: hashlib.sha256(f"17 42 8|ranking-2|{number}".encode()).hexdigest() for number in "123"}
    assert {place.number: place.draw for place in places} == draws
    assert [place.number for place in places] == sorted(draws, key=lambda number: draws[number])
    assert places[0].tie_break == "Równa liczba punktów (10): o kolejności zdecydowało publiczne losowanie."


def test_another_seed_draws_otherwise() -> None:
    many = [candidate(f"{number:03}") for number in range(50)]

    first, second = (rank(many, seats=9, reserve_seats=1, order=DRAWN, seed=seed).places for seed in ("a", "b"))

    assert [place.number for place in first] != [place.number for place in second]


def test_a_seed_is_asked_for_only_where_a_tie_needs_it() -> None:
    apart = [candidate("1", 5), candidate("2", 6)]

    assert len(rank(apart, seats=1, reserve_seats=1, order=DRAWN).places) == 2
    with pytest.raises(SeedMissing, match="ziarna") as missing:
        rank([*apart, candidate("3", 6)], seats=1, reserve_seats=1, order=DRAWN)
    assert missing.value.numbers == ("2", "3")


def test_a_thousand_shuffles_change_nothing() -> None:
    """The order of input, which is whatever a database gives, must not decide about anybody."""
    chance = random.Random(1)
    sectors = ("oswiata", "policja", "samorzad", "inne")
    pool = [
        Candidate(
            f"{number:02}",
            chance.randint(0, 3),
            chance.randint(0, 1),
            OPENING,
            sectors[number % 4],
            ("gmina", "powiat")[number % 2],
            f"I{number % 9}",
        )
        for number in range(14)
    ]
    rules = Rules(
        5,
        3,
        DRAWN,
        (
            SectorSeats(kind="sector", sector="policja", minimum=2),
            LevelSeats(kind="level", level="gmina", minimum=3),
            EachSector(kind="each_sector", maximum=2),
        ),
        seed="losowanie",
    )
    expected = ranked(pool, rules)
    for _ in range(1000):
        chance.shuffle(pool)
        assert ranked(pool, rules) == expected


@given(CANDIDATES, st.data())
def test_more_points_never_hurt(candidates: list[Candidate], data: st.DataObject) -> None:
    if not candidates:
        return
    raised = data.draw(st.sampled_from(candidates))
    constraints = (
        SectorSeats(kind="sector", sector="policja", minimum=1),
        EachInstitution(kind="each_institution", maximum=1),
    )
    pool = [
        replace(one, sector=data.draw(st.sampled_from(["policja", "oswiata"])), institution=one.number[-1])
        for one in candidates
    ]
    better = [replace(one, points=one.points + 2) if one.number == raised.number else one for one in pool]
    rules = Rules(4, 2, DEFAULT, constraints)

    before, after = (
        next(
            (list(ListKind).index(place.list), place.position)
            for place in ranked(given_, rules).places
            if place.number == raised.number
        )
        for given_ in (pool, better)
    )

    assert after[0] < before[0] or (after[0] == before[0] and after[1] <= before[1])
