from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.ranking import ALGORITHM, Candidate, ListKind, OrderKey, rank

OPENING = datetime(2018, 8, 1, 8, 0, tzinfo=UTC)
DEFAULT = (OrderKey.POINTS_DESC, OrderKey.PREMIUM_DESC, OrderKey.RECEIVED_ASC, OrderKey.NUMBER_ASC)


def candidate(number: str, points: int = 10, premium: int = 0, hours: int = 0) -> Candidate:
    return Candidate(number, points, premium, OPENING + timedelta(hours=hours), "oswiata", "gmina", number)


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

    assert rank(candidates, seats=1, reserve_seats=1, order=DEFAULT, algorithm="ranking-1") == rank(
        candidates, seats=1, reserve_seats=1, order=DEFAULT, algorithm=ALGORITHM
    )
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
ORDERS = st.permutations(DEFAULT).flatmap(lambda keys: st.integers(0, 4).map(lambda n: tuple(keys[:n])))


@given(CANDIDATES, st.integers(0, 8), st.integers(0, 5), ORDERS, st.data())
def test_the_order_of_input_does_not_matter(
    candidates: list[Candidate], seats: int, reserve: int, order: tuple[OrderKey, ...], data: st.DataObject
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
