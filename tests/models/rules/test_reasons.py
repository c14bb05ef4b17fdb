"""Why a place is what it is, as candidates and auditors read it."""

from collections.abc import Sequence

import pytest
from composing import candidate, constraint

from models.rules.composition import Constraint, Labels
from models.rules.order import OrderKey
from models.rules.ranking import Rules, rank

LABELS = Labels(
    {"oswiata": "oświata", "policja": "policja"}, {"gmina": "gminny", "powiat": "powiatowy"}, {"2205083": "Żukowo"}
)
POLICE = constraint(kind="sector", sector="policja", minimum=1)
GMINA = constraint(kind="level", level="gmina", minimum=1)


def reasons(kinds: Sequence[tuple[str, str]], constraints: Sequence[Constraint], seats: int = 2) -> dict[int, str]:
    """The sentence of each candidate, by place in the order; all of Kartuzy and of institution I1."""
    pool = [
        candidate(number, 99 - number, sector, level, institution="I1")
        for number, (sector, level) in enumerate(kinds, start=1)
    ]
    rules = Rules(seats, 1, (OrderKey.POINTS_DESC,), tuple(constraints), labels=LABELS)
    return {place.rank: place.reason for place in rank(pool, rules).places}


def test_by_rank_alone() -> None:
    told = reasons([("oswiata", "powiat")] * 4, [])

    assert told[1] == "Miejsce 1 w kolejności mieści się w liczbie miejsc (2)."
    assert told[3] == (
        "Lista rezerwowa: miejsce 3 w kolejności; wszystkie miejsca (2) przypadły zgłoszeniom z wyższych miejsc."
    )
    assert told[4].startswith("Poza listami: miejsce 4 w kolejności;")


def test_seats_wanted_for_others() -> None:
    told = reasons([("oswiata", "powiat"), ("oswiata", "powiat"), ("policja", "powiat")], [POLICE])

    assert told[2] == (
        "Lista rezerwowa: miejsce 2 pominięte: pozostałe miejsca są potrzebne dla obszaru „policja” (co najmniej 1)."
    )
    assert told[3] == (
        "Miejsce 3 w kolejności: przyjęcie zapewnia wymagany skład grupy (obszar „policja”: co najmniej 1)."
    )


def test_seats_wanted_for_two_kinds_of_others() -> None:
    kinds = [("oswiata", "powiat"), ("policja", "powiat"), ("inne", "gmina")]

    assert reasons(kinds, [POLICE, GMINA])[1] == (
        "Lista rezerwowa: miejsce 1 pominięte: pozostałe miejsca są potrzebne dla obszaru „policja” (co najmniej 1) "
        "i poziomu „gminny” (co najmniej 1)."
    )


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (constraint(kind="sector", sector="oswiata", maximum=1), "dla obszaru „oświata” może być najwyżej 1"),
        (constraint(kind="level", level="powiat", maximum=1), "dla poziomu „powiatowy” może być najwyżej 1"),
        (constraint(kind="each_sector", maximum=1), "z jednego obszaru kooperacji może być najwyżej 1"),
    ],
)
def test_a_share_that_is_used_up(limit: Constraint, words: str) -> None:
    told = reasons([("oswiata", "powiat"), ("oswiata", "powiat"), ("policja", "gmina")], [limit])

    assert told[2] == f"Lista rezerwowa: miejsce 2 pominięte: {words} i ten limit już wyczerpano."
    assert told[3].startswith("Miejsce 3 w kolejności: wcześniejsze zgłoszenia pominięto ze względu na skład grupy (")


def test_a_firm_limit_that_leaves_seats_empty() -> None:
    firm = constraint(kind="each_institution", maximum=1, firm=True)

    assert reasons([("oswiata", "powiat"), ("oswiata", "powiat")], [firm])[2] == (
        "Lista rezerwowa: miejsce 2 pominięte: z jednej instytucji może być najwyżej 1 i ten limit już wyczerpano."
    )


def test_a_seat_kept_empty_for_others() -> None:
    firm = constraint(kind="sector", sector="policja", minimum=1, firm=True)

    assert reasons([("oswiata", "powiat"), ("oswiata", "powiat")], [firm])[2] == (
        "Lista rezerwowa: miejsce 2 pominięte: pozostałe miejsca pozostają wolne dla obszaru „policja” (co najmniej 1)."
    )


def test_requirements_that_bite_only_together_are_all_named() -> None:
    """With the second one, the police officer and the one seat of the gmina no longer fit beside the limit."""
    most = constraint(kind="level", level="powiat", maximum=1)
    kinds = [("oswiata", "powiat"), ("policja", "powiat"), ("inne", "gmina")]

    assert reasons(kinds, [POLICE, most])[1] == (
        "Lista rezerwowa: miejsce 1 pominięte: z tym zgłoszeniem nie da się zachować razem wymagań składu grupy: "
        "obszar „policja”: co najmniej 1; poziom „powiatowy”: najwyżej 1."
    )
