"""Promotion from the reserve: the sector that is missed first, then the composition, then the place on the list."""

from itertools import combinations_with_replacement

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from models.rules.composition import Constraint, Labels, kept_seats
from models.rules.promotion import Ground, InReserve, KeptFree, Promotion, Seat, in_the_way, measure, promote

CONSTRAINTS: TypeAdapter[tuple[Constraint, ...]] = TypeAdapter(tuple[Constraint, ...])
LABELS = Labels({"policja": "policja", "oswiata": "oświata", "sad": "sądownictwo"}, {}, {})


def rules(*given: dict[str, object]) -> tuple[Constraint, ...]:
    return CONSTRAINTS.validate_python(given)


def seat(number: str, sector: str, level: str = "powiat", institution: str = "") -> Seat:
    return Seat(number, sector, level, institution or f"I-{number}")


def waits(position: int, sector: str, level: str = "powiat", institution: str = "", *, owed: bool = False) -> InReserve:
    number = f"r{position}"
    return InReserve(number, sector, level, institution or f"I-{number}", position=position, owed=owed)


def promoted(left: Seat, seated: list[Seat], reserve: list[InReserve], *given: dict[str, object]) -> Promotion:
    choice = promote(left, seated, reserve, rules(*given), labels=LABELS)
    assert isinstance(choice, Promotion)
    return choice


def test_the_first_in_reserve_when_nothing_speaks_against() -> None:
    choice = promoted(seat("a", "oswiata"), [seat("b", "oswiata")], [waits(1, "sad"), waits(2, "oswiata")])
    assert (choice.number, choice.position, choice.ground) == ("r1", 1, Ground.ORDER)
    assert choice.sentence == "Miejsce otrzymuje pierwsza w kolejności osoba z listy rezerwowej: pozycja 1."


def test_the_last_of_a_sector_is_followed_by_one_of_it() -> None:
    choice = promoted(
        seat("a", "policja"), [seat("b", "oswiata")], [waits(1, "sad"), waits(2, "oswiata"), waits(3, "policja")]
    )
    assert (choice.number, choice.ground) == ("r3", Ground.SECTOR)
    assert choice.sentence == (
        "Miejsce zwolniła osoba z obszaru „policja”, którego nie ma już w grupie, więc w pierwszej kolejności "
        "otrzymuje je osoba z tego obszaru: pozycja 3 listy rezerwowej. Wcześniejsze pozycje z innych obszarów "
        "pominięto: 1, 2."
    )


def test_a_minimum_that_would_fall_is_kept_by_one_of_the_sector() -> None:
    minimum: dict[str, object] = {"kind": "sector", "sector": "policja", "minimum": 2}
    seated = [seat("b", "policja"), seat("c", "oswiata")]
    reserve = [waits(1, "sad"), waits(2, "policja")]
    choice = promoted(seat("a", "policja"), seated, reserve, minimum)
    assert (choice.number, choice.before, choice.without, choice.after) == ("r2", (0,), (1,), (0,))
    assert "mniej, niż potrzeba" in choice.sentence
    assert promoted(seat("a", "policja"), seated, reserve).number == "r1", "without a minimum one policeman is enough"


def test_without_anybody_of_the_sector_the_best_of_the_others() -> None:
    choice = promoted(seat("a", "policja"), [seat("b", "oswiata")], [waits(1, "oswiata"), waits(2, "sad")])
    assert (choice.number, choice.ground) == ("r1", Ground.ORDER)
    assert choice.sentence.startswith("Na liście rezerwowej nie ma nikogo z obszaru „policja”. Miejsce otrzymuje")


def test_who_would_spoil_the_composition_is_passed_over_and_told_why() -> None:
    choice = promoted(
        seat("a", "sad"),
        [seat("b", "oswiata"), seat("c", "oswiata"), seat("d", "sad")],
        [waits(1, "oswiata"), waits(2, "policja")],
        {"kind": "each_sector", "maximum": 2},
    )
    assert (choice.number, choice.ground, choice.after) == ("r2", Ground.COMPOSITION, (0,))
    assert choice.sentence == (
        "Miejsce otrzymuje osoba z listy rezerwowej: pozycja 2. Pozycję 1 pominięto ze względu na skład grupy: "
        "obszar „oświata”: wybrano 3, a może być najwyżej 2."
    )


def test_the_constraint_that_stands_first_weighs_more() -> None:
    covered: dict[str, object] = {"kind": "sectors_covered", "minimum": 3}
    gmina: dict[str, object] = {"kind": "level", "level": "gmina", "minimum": 1}
    left, seated = seat("a", "oswiata", "gmina"), [seat("b", "oswiata"), seat("c", "sad")]
    reserve = [waits(1, "oswiata", "gmina"), waits(2, "policja")]
    assert promoted(left, seated, reserve, covered, gmina).number == "r2"
    assert promoted(left, seated, reserve, gmina, covered).number == "r1"


def test_of_one_sector_the_better_fitting_goes_first() -> None:
    one_each: dict[str, object] = {"kind": "each_institution", "maximum": 1}
    reserve = [waits(1, "policja", institution="I-b"), waits(2, "policja")]
    choice = promoted(seat("a", "policja"), [seat("b", "oswiata", institution="I-b")], reserve, one_each)
    assert (choice.number, choice.ground) == ("r2", Ground.SECTOR)
    assert choice.sentence.endswith(
        "Pozycję 1 pominięto ze względu na skład grupy: jedna instytucja: wybrano 2, a może być najwyżej 1."
    )


def test_an_upheld_appeal_is_owed_the_seat_but_not_against_coverage() -> None:
    seated = [seat("b", "oswiata")]
    owed = [waits(1, "sad"), waits(2, "oswiata", owed=True)]
    assert promoted(seat("a", "oswiata"), seated, owed).ground is Ground.APPEAL
    assert promoted(seat("a", "oswiata"), seated, owed).number == "r2"
    assert promoted(seat("a", "policja"), seated, [waits(1, "sad", owed=True), waits(2, "policja")]).number == "r2"


def test_nobody_waits_and_nobody_is_promoted() -> None:
    assert promote(seat("a", "sad"), [], [], ()) is None


def test_an_algorithm_that_never_was() -> None:
    with pytest.raises(KeyError):
        promote(seat("a", "sad"), [], [waits(1, "sad")], (), algorithm="promotion-0")


SECTORS = st.sampled_from(["policja", "oswiata", "sad", "kultura"])
LEVELS = st.sampled_from(["gmina", "powiat"])
INSTITUTIONS = st.sampled_from(["I1", "I2", "I3", "I4"])
SEATED = st.lists(st.builds(Seat, st.just("s"), SECTORS, LEVELS, INSTITUTIONS), max_size=6)
RESERVE = st.lists(st.tuples(SECTORS, LEVELS, INSTITUTIONS, st.booleans()), min_size=1, max_size=6).map(
    lambda people: [
        InReserve(f"r{position}", sector, level, institution, position=position, owed=owed)
        for position, (sector, level, institution, owed) in enumerate(people, start=1)
    ]
)
LEFT = st.builds(Seat, st.just("a"), SECTORS, LEVELS, INSTITUTIONS)
RULES = st.lists(
    st.one_of(
        st.builds(dict, kind=st.just("sectors_covered"), minimum=st.integers(1, 4)),
        st.builds(dict, kind=st.just("each_sector"), maximum=st.integers(1, 3)),
        st.builds(dict, kind=st.just("each_institution"), maximum=st.integers(1, 3)),
        st.builds(dict, kind=st.just("level"), level=LEVELS, minimum=st.integers(0, 3)),
        st.builds(dict, kind=st.just("sector"), sector=SECTORS, minimum=st.integers(0, 3)),
    ),
    max_size=4,
).map(lambda given: rules(*given))


def coverage(seats: list[Seat]) -> int:
    return len({one.sector for one in seats})


@given(LEFT, SEATED, RESERVE, RULES)
def test_coverage_never_falls_when_somebody_of_the_sector_waits(
    left: Seat, seated: list[Seat], reserve: list[InReserve], constraints: tuple[Constraint, ...]
) -> None:
    choice = promote(left, seated, reserve, constraints)
    assert isinstance(choice, Promotion)
    chosen = next(one for one in reserve if one.number == choice.number)
    if left.sector in {one.sector for one in reserve}:
        assert coverage([*seated, chosen]) >= coverage([*seated, left])
    # Nor does a minimum of the sector that was kept.
    for at, rule in enumerate(constraints):
        own = getattr(rule, "sector", "") == left.sector and left.sector in {one.sector for one in reserve}
        assert not own or choice.after[at] <= choice.before[at]


@given(LEFT, SEATED, RESERVE, RULES, st.randoms(use_true_random=False))
def test_the_order_of_input_decides_nothing(
    left: Seat, seated: list[Seat], reserve: list[InReserve], constraints: tuple[Constraint, ...], chance: object
) -> None:
    before = promote(left, seated, reserve, constraints)
    shuffled, others = list(reserve), list(seated)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    chance.shuffle(others)  # type: ignore[attr-defined]
    assert promote(left, others, shuffled, constraints) == before


@given(LEFT, SEATED, RESERVE, RULES)
def test_nobody_better_placed_is_passed_over_without_a_reason(
    left: Seat, seated: list[Seat], reserve: list[InReserve], constraints: tuple[Constraint, ...]
) -> None:
    choice = promote(left, seated, reserve, constraints)
    assert isinstance(choice, Promotion)
    chosen = next(one for one in reserve if one.number == choice.number)
    for one in reserve:
        if one.position < choice.position:
            worse = measure([*seated, one], constraints) > choice.after
            other_sector = choice.ground is Ground.SECTOR and one.sector != chosen.sector
            assert worse or other_sector or (chosen.owed and not one.owed)


# Firm constraints

FIRM_POLICE: dict[str, object] = {"kind": "sector", "sector": "policja", "minimum": 1, "firm": True}


def outcome(
    seated: list[Seat], reserve: list[InReserve], *given: dict[str, object], free: int = 1
) -> Promotion | KeptFree | None:
    """Of a seat that somebody of no sector left."""
    return promote(seat("a", ""), seated, reserve, rules(*given), free=free, labels=LABELS)


def test_a_seat_that_a_firm_minimum_needs_stays_free() -> None:
    seated, reserve = [seat("b", "oswiata")], [waits(1, "sad"), waits(2, "oswiata")]
    assert outcome(seated, reserve, FIRM_POLICE) == KeptFree(
        "Miejsce pozostaje wolne. Pozycje 1, 2 listy rezerwowej: nie do pogodzenia z wymaganiem bezwzględnym "
        "(obszar „policja”: co najmniej 1)."
    )
    # One that may give way gives way.
    choice = outcome(seated, reserve, FIRM_POLICE | {"firm": False})
    assert isinstance(choice, Promotion)
    assert choice.number == "r1"


def test_who_is_needed_takes_it_before_those_who_wait_longer() -> None:
    choice = outcome([seat("b", "oswiata")], [waits(1, "sad"), waits(2, "policja"), waits(3, "policja")], FIRM_POLICE)
    assert isinstance(choice, Promotion)
    assert (choice.number, choice.ground) == ("r2", Ground.ORDER)
    assert choice.sentence == (
        "Miejsce otrzymuje osoba z listy rezerwowej: pozycja 2. Pozycja 1 listy rezerwowej: nie do pogodzenia z "
        "wymaganiem bezwzględnym (obszar „policja”: co najmniej 1)."
    )


def test_with_a_second_free_seat_only_the_last_one_is_kept() -> None:
    seated, reserve = [seat("b", "oswiata")], [waits(1, "sad"), waits(2, "oswiata")]
    first = outcome(seated, reserve, FIRM_POLICE, free=2)
    assert isinstance(first, Promotion)
    assert first.number == "r1"
    assert isinstance(outcome([*seated, reserve[0]], reserve[1:], FIRM_POLICE), KeptFree)


def test_a_firm_maximum_is_not_exceeded_not_even_by_the_sector_that_is_missed_or_owed() -> None:
    one_each: dict[str, object] = {"kind": "each_institution", "maximum": 1, "firm": True}
    seated = [seat("b", "oswiata", institution="I-b")]
    reserve = [waits(1, "policja", institution="I-b", owed=True), waits(2, "sad")]
    choice = promoted(seat("a", "policja"), seated, reserve, one_each)
    assert (choice.number, choice.ground) == ("r2", Ground.ORDER)
    assert choice.sentence == (
        "Nikt z listy rezerwowej z obszaru „policja” nie może zająć tego miejsca. Miejsce otrzymuje osoba z listy "
        "rezerwowej: pozycja 2. Pozycja 1 listy rezerwowej: nie do pogodzenia z wymaganiem bezwzględnym "
        "(z jednej instytucji najwyżej 1)."
    )


def test_what_was_broken_before_stands_in_nobodys_way_unless_it_gets_worse() -> None:
    """The commission may have seated people beyond a firm maximum; that is no reason to leave seats empty for ever."""
    two: dict[str, object] = {"kind": "each_sector", "maximum": 2, "firm": True}
    seated = [seat(name, "sad") for name in "bcd"]
    choice = outcome(seated, [waits(1, "sad"), waits(2, "oswiata")], two)
    assert isinstance(choice, Promotion)
    assert choice.number == "r2"
    # Two are missed and one seat is free: one of the two is better than none, anybody else would make it worse.
    both = (FIRM_POLICE, {"kind": "sector", "sector": "sad", "minimum": 1, "firm": True})
    choice = outcome([seat("b", "oswiata")], [waits(1, "oswiata"), waits(2, "sad")], *both)
    assert isinstance(choice, Promotion)
    assert choice.number == "r2"


def test_the_algorithm_before_offers_what_it_offered() -> None:
    choice = promote(
        seat("a", "sad"), [seat("b", "oswiata")], [waits(1, "kultura")], rules(FIRM_POLICE), algorithm="promotion-1"
    )
    assert isinstance(choice, Promotion)
    assert choice.number == "r1"


FIRM_MINIMA = st.lists(
    st.one_of(
        st.builds(dict, kind=st.just("sectors_covered"), minimum=st.integers(1, 4)),
        st.builds(dict, kind=st.just("level"), level=LEVELS, minimum=st.integers(1, 3)),
        st.builds(dict, kind=st.just("sector"), sector=SECTORS, minimum=st.integers(1, 2)),
    ).map(lambda rule: rule | {"firm": True}),
    min_size=1,
    max_size=3,
    unique_by=lambda rule: (rule["kind"], rule.get("sector"), rule.get("level")),
).map(lambda given: rules(*given))
EVERY_KIND = [
    Seat("x", sector, level, "") for sector in ("policja", "oswiata", "sad", "kultura") for level in ("gmina", "powiat")
]


def can_be_kept(seats: list[Seat], constraints: tuple[Constraint, ...], free: int) -> bool:
    """Whether some people in the free seats would keep every constraint; tried out one after the other."""
    return any(
        not any(measure([*seats, *more], constraints))
        for count in range(free + 1)
        for more in combinations_with_replacement(EVERY_KIND, count)
    )


@settings(max_examples=60)
@given(LEFT, SEATED, RESERVE, FIRM_MINIMA, st.integers(1, 3))
def test_a_seat_is_kept_free_exactly_where_nobody_leaves_the_firm_minima_a_way(
    left: Seat, seated: list[Seat], reserve: list[InReserve], constraints: tuple[Constraint, ...], free: int
) -> None:
    assume(can_be_kept(seated, constraints, free))
    fitting = {one.number for one in reserve if can_be_kept([*seated, one], constraints, free - 1)}
    choice = promote(left, seated, reserve, constraints, free=free)
    assert choice is not None
    if isinstance(choice, Promotion):
        assert choice.number in fitting
    else:
        assert fitting == set()


@given(LEFT, SEATED, RESERVE, RULES, st.integers(1, 3), st.booleans())
def test_a_firm_constraint_is_never_missed_by_more_than_before(
    left: Seat, seated: list[Seat], reserve: list[InReserve], given: tuple[Constraint, ...], free: int, firm: bool
) -> None:
    constraints = tuple(rule.model_copy(update={"firm": firm}) for rule in given)
    choice = promote(left, seated, reserve, constraints, free=free)
    before = promote(left, seated, reserve, constraints, free=free, algorithm="promotion-1")
    if not firm:
        assert choice == before, "without firm constraints nothing has changed"
    elif isinstance(choice, Promotion):
        chosen = next(one for one in reserve if one.number == choice.number)
        assert in_the_way(chosen, seated, constraints, free=free) == ()
        for at, rule in enumerate(constraints):
            assert choice.after[at] <= max(choice.without[at], 0), rule
        kept = kept_seats(seated, constraints)
        if kept is not None and kept <= free:
            then = kept_seats([*seated, chosen], constraints)
            assert then is not None
            assert then <= free - 1
