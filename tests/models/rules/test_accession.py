"""Who is told of whom: everybody of everybody who comes after, but for those whom a party's own text named."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from models.rules.accession import Kind, Notice, Step, Text, notices

A, B, C, D = 1, 2, 3, 4


def signed(who: int, text: int | None = None) -> tuple[int, Kind, int | None]:
    return who, Kind.SIGNED, text


def acceded(who: int, text: int | None = None) -> tuple[int, Kind, int | None]:
    return who, Kind.ACCEDED, text


def left(who: int) -> tuple[int, Kind, int | None]:
    return who, Kind.LEFT, None


def told(steps: list[tuple[int, Kind, int | None]], *texts: Text) -> list[tuple[int, int]]:
    """Who is told of whom."""
    rows = [Step(number, *step) for number, step in enumerate(steps, start=1)]
    by_ordinal = {row.ordinal: row.institution for row in rows}
    return [(one.to, by_ordinal[one.of]) for one in notices(rows, texts)]


def text(number: int, *named: int, after: int = 0) -> Text:
    return Text(number, after, frozenset(named))


@given(st.permutations(range(1, 9)))
def test_of_any_order_of_accessions_each_is_told_of_all_who_came_after(order: list[int]) -> None:
    rows = [Step(number, who, Kind.ACCEDED) for number, who in enumerate(order, start=1)]
    assert Counter(notices(reversed(rows), [])) == Counter(
        Notice(earlier, later + 1, later + 1) for later in range(8) for earlier in order[:later]
    )


def test_who_signs_the_text_that_names_all_is_news_to_nobody() -> None:
    both = text(1, A, B)
    assert told([signed(A, 1), signed(B, 1)], both) == []


def test_who_signs_a_later_text_is_news_to_those_whose_own_did_not_name_it() -> None:
    first, second = text(1, A), text(2, A, B, after=1)
    assert told([signed(A, 1), signed(B, 2)], first, second) == [(A, B)]
    assert told([signed(B, 2), signed(A, 1)], first, second) == [], "the text that B signed names A"


def test_who_signs_without_any_text_on_record_is_told_of_all_and_all_are_told_of_it() -> None:
    assert told([signed(A), signed(B, 1), signed(C, 1)], text(1, B, C)) == [(A, B), (A, C)]


def test_a_sheet_is_news_also_to_those_whose_text_named_the_institution() -> None:
    assert told([signed(A, 1), acceded(B, 1), signed(C, 1)], text(1, A, B, C)) == [(A, B)]


def test_who_left_and_comes_back_is_news_to_all_but_those_who_were_given_a_text_since() -> None:
    old, new = text(1, A, B, C), text(2, A, B, C, after=3)
    steps = [signed(A, 1), signed(B, 1), left(B), signed(C, 2), signed(B, 2)]
    assert told(steps, old, new) == [(A, B)]


def test_who_left_is_told_of_nobody() -> None:
    assert told([acceded(A), acceded(B), left(A), acceded(C), acceded(A), acceded(D)]) == [
        *((A, B), (B, C)),
        *((B, A), (C, A)),
        *((B, D), (C, D), (A, D)),
    ]
