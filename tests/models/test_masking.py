"""Hidden numbers: nothing of them is left, nothing else is touched, and the mask is known again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.masking import came_back_masked, masked, numbers_in, places, still_open

PESEL = "02611210085"
ACCOUNT = "20999900000000000000000001"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("02611210085", "xxxxxxxxxxx"),
        ("026112 10085", "xxxxxx xxxxx"),
        ("0261-1210-085; [ ] nie mam numeru PESEL", "xxxx-xxxx-xxx; [ ] nie mam numeru PESEL"),
        ("0\t2\t6\t1\t1\t2\t1\t0\t0\t8\t5", "x\tx\tx\tx\tx\tx\tx\tx\tx\tx\tx"),
        ("nr ０２６１１２１００８５.", "nr xxxxxxxxxxx."),
        ("PL20 9999 0000 0000 0000 0000 0001", "PLxx xxxx xxxx xxxx xxxx xxxx xxxx"),
        ("mój brat: 02611200000", "mój brat: 02611200000"),  # no valid number, and not this candidate's
        ("tel. +48 600 100 200, NIP 778-13-46-888, 83-300", "tel. +48 600 100 200, NIP 778-13-46-888, 83-300"),
        ("", ""),
    ],
)
def test_digits_are_hidden_sign_by_sign(text: str, shown: str) -> None:
    assert masked(text, numbers_in([PESEL])) == shown


def test_a_number_with_a_mistake_is_hidden_where_it_is_known_to_be_one() -> None:
    wrong = numbers_in(["0261 1210 08"])
    assert wrong == {"0261121008"}
    assert masked("PESEL 0261121008, rok 2018", wrong) == "PESEL xxxxxxxxxx, rok 2018"


def test_somebody_elses_valid_number_is_hidden_as_well() -> None:
    assert masked(f"PESEL męża {PESEL}, konto {ACCOUNT}", ()) == f"PESEL męża {'x' * 11}, konto {'x' * 26}"


@given(st.text(max_size=60), st.sampled_from(["", " ", "-", "\u00a0", ". "]), st.text(max_size=60))
def test_nothing_is_left_and_nothing_else_changes(before: str, gap: str, after: str) -> None:
    text = f"{before}|{gap.join(PESEL)}|{after}"
    shown = masked(text, {PESEL})
    assert not still_open(shown.partition("|")[2].partition("|")[0], {PESEL})
    assert len(shown) == len(text)
    hidden = set(places(text, {PESEL}))
    assert all(shown[i] == ("x" if i in hidden else text[i]) for i in range(len(text)))
    assert masked(shown, {PESEL}) == shown


@pytest.mark.parametrize(
    ("before", "after", "known"),
    [
        (PESEL, "xxxxxxxxxxx", True),
        ("026112 10085; [ ] nie mam", "Xxxxxx  xxxxx; [ ] nie mam", True),  # a program set a capital and a blank
        (f"Mój PESEL to {PESEL}.", "Mój PESEL to xxxxxxxxxxx.", True),
        (PESEL, "xxxxxxxxxx", False),
        (PESEL, "", False),
        (PESEL, PESEL, False),
        ("600 100 200", "600 100 200", False),  # nothing was hidden
    ],
)
def test_a_mask_is_known_again(before: str, after: str, known: bool) -> None:
    assert came_back_masked(before, after, {PESEL}) is known


def test_a_number_in_disguise_is_still_seen() -> None:
    assert still_open("0(26)11/21+00*85", {PESEL})
    assert not still_open("026112 oraz 10084", {PESEL})
