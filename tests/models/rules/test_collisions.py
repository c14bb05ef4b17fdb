"""Two meetings at once that share a person, a place or a host are found, all of them and nothing else."""

from datetime import date, time
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from models.rules.collisions import Cause, Gathering, Hours, collisions

DAY = date(2018, 9, 22)


def gathering(key: str, starts: int, ends: int, **told: object) -> Gathering:
    return Gathering(key, (Hours(DAY, time(starts), time(ends)),), **told)  # type: ignore[arg-type]


def test_each_cause_is_told_by_itself() -> None:
    one = gathering("a", 9, 15, place="Kartuzy,  sala 1", host="UMK", people=frozenset({1, 2}))
    other = gathering("b", 14, 16, place="kartuzy, sala 1.", host="UMK", people=frozenset({2, 3}))
    found = collisions([other, one])
    assert [(row.cause, row.one, row.other) for row in found] == [
        (Cause.PERSON, "a", "b"),
        (Cause.PLACE, "a", "b"),
        (Cause.HOST, "a", "b"),
    ]
    assert found[0].people == {2}


def test_one_after_the_other_is_no_collision() -> None:
    shared = {"place": "Sala", "people": frozenset({1})}
    assert collisions([gathering("a", 9, 12, **shared), gathering("b", 12, 15, **shared)]) == ()


def test_unknown_places_and_hosts_are_nobodys() -> None:
    assert collisions([gathering("a", 9, 12), gathering("b", 9, 12)]) == ()


HOURS = st.builds(
    lambda day, start, length: Hours(date(2018, 9, day), time(start), time(start + length)),
    st.integers(1, 3),
    st.integers(7, 16),
    st.integers(1, 6),
)
GATHERINGS = st.lists(
    st.builds(
        Gathering,
        st.sampled_from([f"m{n}" for n in range(12)]),
        st.lists(HOURS, min_size=1, max_size=2, unique_by=lambda hours: hours.on).map(tuple),
        st.sampled_from(["", "Sala A", "sala a", "Sala B"]),
        st.sampled_from(["", "UMK", "ROPS"]),
        st.frozensets(st.integers(1, 4), max_size=3),
    ),
    max_size=7,
    unique_by=lambda one: one.key,
)


@given(GATHERINGS, st.randoms(use_true_random=False))
def test_they_are_those_that_a_look_at_every_pair_finds(gatherings: list[Gathering], random: object) -> None:
    found = collisions(gatherings)
    expected = set()
    for one, other in combinations(sorted(gatherings, key=lambda row: row.key), 2):
        for hours in one.days:
            for theirs in other.days:
                if hours.on != theirs.on or hours.ends <= theirs.starts or theirs.ends <= hours.starts:
                    continue
                if one.people & other.people:
                    expected.add((Cause.PERSON, one.key, other.key, hours.on, one.people & other.people))
                if one.place and one.place.casefold() == other.place.casefold():
                    expected.add((Cause.PLACE, one.key, other.key, hours.on, frozenset()))
                if one.host and one.host == other.host:
                    expected.add((Cause.HOST, one.key, other.key, hours.on, frozenset()))
    assert {(row.cause, row.one, row.other, row.hours.on, row.people) for row in found} == expected
    assert len(found) == len(expected)
    shuffled = list(gatherings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert collisions(shuffled) == found
