"""One person in several calls: the order of each person decides, within what each call's rules would seat."""

import random
from collections.abc import Callable

from composing import candidate, constraint

from models.rules.composition import Constraint
from models.rules.order import OrderKey
from models.rules.preferences import Seating, seat_by_preference, willing
from models.rules.ranking import ListKind, Rules, rank

Choose = Callable[[str, frozenset[int]], frozenset[int]]


def calls(scores: dict[str, dict[int, int]], seats: dict[str, int], constraints: tuple[Constraint, ...] = ()) -> Choose:
    """Calls that seat people by their points, one police officer first where a constraint says so."""

    def choose(call: str, people: frozenset[int]) -> frozenset[int]:
        sectors = ("oswiata", "policja")
        pool = [candidate(one, scores[call][one], sectors[one % 2]) for one in people]
        rules = Rules(seats[call], 0, (OrderKey.POINTS_DESC,), constraints)
        return frozenset(int(place.number[2:]) for place in rank(pool, rules).on(ListKind.MAIN))

    return choose


def test_who_is_seated_in_the_wanted_group_leaves_the_other_to_the_next() -> None:
    choose = calls({"A": {1: 9, 2: 5}, "B": {1: 9, 2: 5}}, {"A": 1, "B": 1})

    assert seat_by_preference({1: ["A", "B"], 2: ["A", "B"]}, choose) == Seating({1: "A", 2: "B"}, settled=True)
    assert seat_by_preference({1: ["B", "A"], 2: ["B", "A"]}, choose).call_of == {1: "B", 2: "A"}


def test_each_gets_what_they_want_where_the_calls_would_rather_have_the_others() -> None:
    """Candidates ask first: both calls would also be content the other way round."""
    choose = calls({"A": {1: 1, 2: 9}, "B": {1: 9, 2: 1}}, {"A": 1, "B": 1})

    assert seat_by_preference({1: ["A", "B"], 2: ["B", "A"]}, choose).call_of == {1: "A", 2: "B"}


def test_who_is_seated_nowhere_has_no_call() -> None:
    choose = calls({"A": {1: 9, 2: 5}}, {"A": 1})

    assert seat_by_preference({1: ["A"], 2: ["A"], 3: []}, choose).call_of == {1: "A"}


def test_a_composition_that_cannot_be_reconciled_is_called_unsettled() -> None:
    """A wants 2 only together with 1, B wants 1 only without 2: whoever sits, somebody would rather move."""
    answers = {
        ("A", frozenset({1, 2})): frozenset({1, 2}),
        ("B", frozenset({1, 2})): frozenset({2}),
        ("B", frozenset({1})): frozenset({1}),
        ("B", frozenset({2})): frozenset({2}),
    }

    def choose(call: str, people: frozenset[int]) -> frozenset[int]:
        return answers.get((call, people), frozenset())

    assert not seat_by_preference({1: ["B", "A"], 2: ["A", "B"]}, choose).settled


def test_a_settled_seating_is_one_that_every_call_agrees_to() -> None:
    """For random orders and points: nobody could have a seat they want more by the rules of its call."""
    chance = random.Random(7)
    for _ in range(60):
        people, names = range(1, chance.randint(3, 8)), ["A", "B", "C"]
        scores = {name: {one: chance.randint(0, 99) for one in people} for name in names}
        wishes = {one: chance.sample(names, chance.randint(1, 3)) for one in people}
        constraints = (constraint(kind="sector", sector="policja", minimum=1),) if chance.random() < 0.5 else ()
        choose = calls(scores, {name: chance.randint(1, 3) for name in names}, constraints)
        seating = seat_by_preference(wishes, choose)
        assert seating.settled
        for call in names:
            seated = {one for one, where in seating.call_of.items() if where == call}
            assert choose(call, willing(wishes, seating.call_of, call)) == seated
