from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from models.rules.composition import Constraint, Labels, impossible, shortfalls
from models.rules.ranking import Candidate

CONSTRAINT: TypeAdapter[Constraint] = TypeAdapter(Constraint)
LABELS = Labels({"oswiata": "oświata"}, {"gmina": "gminny"}, {"2205083": "Żukowo"})
SECTORS = ("oswiata", "policja", "samorzad")
LEVELS = ("gmina", "powiat")


def constraint(**data: object) -> Constraint:
    return CONSTRAINT.validate_python(data)


def seat(sector: str = "oswiata", level: str = "gmina", institution: str = "I1") -> Candidate:
    return Candidate("1", 0, 0, datetime(2018, 8, 1, tzinfo=UTC), sector, level, institution)


GROUP = (seat(), seat("oswiata", "powiat", "I2"), seat("policja", "powiat", "I2"))


@pytest.mark.parametrize(
    "kept",
    [
        constraint(kind="sector", sector="oswiata", minimum=2, maximum=2),
        constraint(kind="sector", sector="samorzad", maximum=0),
        constraint(kind="each_sector", maximum=2),
        constraint(kind="level", level="gmina", minimum=1),
        constraint(kind="each_institution", maximum=2),
        constraint(kind="sectors_covered", minimum=2),
    ],
)
def test_a_constraint_that_is_kept_says_nothing(kept: Constraint) -> None:
    assert shortfalls(GROUP, [kept]) == ()


@pytest.mark.parametrize(
    ("broken", "subject", "have", "need", "sentence"),
    [
        (
            constraint(kind="sector", sector="oswiata", minimum=3),
            "oswiata",
            2,
            3,
            "Obszar „oświata”: wybrano 2, a potrzeba co najmniej 3.",
        ),
        (
            constraint(kind="sector", sector="oswiata", maximum=1),
            "oswiata",
            2,
            1,
            "Obszar „oświata”: wybrano 2, a może być najwyżej 1.",
        ),
        (
            constraint(kind="each_sector", maximum=1),
            "oswiata",
            2,
            1,
            "Obszar „oświata”: wybrano 2, a może być najwyżej 1.",
        ),
        (
            constraint(kind="level", level="gmina", minimum=2),
            "gmina",
            1,
            2,
            "Poziom „gminny”: wybrano 1, a potrzeba co najmniej 2.",
        ),
        (
            constraint(kind="each_institution", maximum=1),
            "I2",
            2,
            1,
            "Jedna instytucja: wybrano 2, a może być najwyżej 1.",
        ),
        (
            constraint(kind="sectors_covered", minimum=3),
            "",
            2,
            3,
            "Liczba obszarów kooperacji w grupie: 2, a potrzeba co najmniej 3.",
        ),
    ],
)
def test_a_broken_constraint_says_by_how_much(
    broken: Constraint, subject: str, have: int, need: int, sentence: str
) -> None:
    [shortfall] = shortfalls(GROUP, [broken], labels=LABELS)

    assert (shortfall.kind, shortfall.subject, shortfall.have, shortfall.need) == (broken.kind, subject, have, need)
    assert shortfall.sentence == sentence


def test_all_shortfalls_are_told_in_the_order_of_the_constraints() -> None:
    group = [seat("policja", "powiat", "I2"), seat("policja", "powiat", "I1"), seat(), seat()]
    constraints = [constraint(kind="level", level="gmina", minimum=3), constraint(kind="each_sector", maximum=1)]

    assert [(one.kind, one.subject) for one in shortfalls(group, constraints)] == [
        ("level", "gmina"),
        ("each_sector", "oswiata"),
        ("each_sector", "policja"),
    ]


def test_a_code_without_a_label_stands_for_itself() -> None:
    [shortfall] = shortfalls([], [constraint(kind="level", level="gmina", minimum=1)])

    assert shortfall.sentence == "Poziom „gmina”: wybrano 0, a potrzeba co najmniej 1."


@pytest.mark.parametrize(
    ("constraints", "index", "words"),
    [
        ([constraint(kind="sector", sector="nauka", minimum=1)], 0, "Nieznany obszar kooperacji „nauka”."),
        ([constraint(kind="level", level="kraj", minimum=1)], 0, "Nieznany poziom instytucji „kraj”."),
        ([constraint(kind="sector", sector="policja", minimum=2, maximum=1)], 0, "Maksimum (1) jest mniejsze"),
        ([constraint(kind="each_sector", maximum=2)], 0, "nie wypełni 7 miejsc"),
        ([constraint(kind="sectors_covered", minimum=4)], 0, "nie może objąć 4 obszarów"),
        (
            [constraint(kind="sector", sector=sector, minimum=4) for sector in ("policja", "oswiata")],
            None,
            "Minima obszarów kooperacji wymagają razem 8 miejsc, a grupa ma ich 7.",
        ),
        (
            [constraint(kind="level", level=level, minimum=4) for level in LEVELS],
            None,
            "Minima poziomów wymagają razem 8 miejsc, a grupa ma ich 7.",
        ),
        (
            [
                constraint(kind="sector", sector="policja", minimum=4, firm=True),
                constraint(kind="each_sector", maximum=3),
            ],
            None,
            "Obszar „policja”: wymagane jest co najmniej 4, a inne wymaganie dopuszcza najwyżej 3.",
        ),
        (
            [
                constraint(kind="level", level="gmina", minimum=3),
                constraint(kind="level", level="gmina", maximum=2, firm=True),
            ],
            None,
            "Poziom „gmina”: wymagane jest co najmniej 3, a inne wymaganie dopuszcza najwyżej 2.",
        ),
        (
            [
                constraint(kind="gmina", gmina="2205083", minimum=3),
                constraint(kind="each_gmina", maximum=2),
            ],
            None,
            "Gmina „2205083”: wymagane jest co najmniej 3, a inne wymaganie dopuszcza najwyżej 2.",
        ),
        (
            [
                constraint(kind="sector", sector="policja", maximum=0, firm=True),
                constraint(kind="each_sector", maximum=3),
            ],
            None,
            "Maksima obszarów kooperacji dopuszczają razem 6 miejsc, a grupa ma ich 7.",
        ),
        (
            [constraint(kind="level", level=level, maximum=3, firm=level == "gmina") for level in LEVELS],
            None,
            "Maksima poziomów dopuszczają razem 6 miejsc, a grupa ma ich 7.",
        ),
    ],
)
def test_what_no_selection_can_keep_is_told(constraints: list[Constraint], index: int | None, words: str) -> None:
    [(found, sentence)] = impossible(constraints, seats=7, sectors=SECTORS, levels=LEVELS)

    assert found == index
    assert words in sentence


def test_what_can_be_kept_is_let_be() -> None:
    constraints = [
        constraint(kind="sector", sector="policja", minimum=1, maximum=3),
        constraint(kind="level", level="gmina", minimum=3),
        constraint(kind="level", level="powiat", minimum=4),
        constraint(kind="each_sector", maximum=3),
        constraint(kind="sectors_covered", minimum=3),
    ]

    assert impossible(constraints, seats=7, sectors=SECTORS, levels=LEVELS) == ()


def test_maxima_that_leave_room_are_let_be() -> None:
    constraints = [
        constraint(kind="sector", sector="policja", minimum=3, maximum=3),
        constraint(kind="sector", sector="policja", maximum=4, firm=True),
        constraint(kind="each_sector", maximum=3),
        constraint(kind="level", level="gmina", maximum=0),
        constraint(kind="gmina", gmina="2205083", minimum=2, maximum=2),
        constraint(kind="each_gmina", maximum=2),
    ]

    assert impossible(constraints, seats=7, sectors=SECTORS, levels=LEVELS) == ()


def test_the_kinds_are_a_closed_set() -> None:
    for data in ({"kind": "gender", "minimum": 3}, {"kind": "each_sector", "maximum": 0}, {"kind": "each_sector"}):
        with pytest.raises(ValidationError):
            CONSTRAINT.validate_python(data)
