"""Numbers are read by their rules, and having none is an answer where the form allows it."""

import pytest
from typed_answers import AMBIGUOUS, CONTRADICTORY, READ, UNREADABLE, box, outcome, typed_into

from forms.outcome import Outcome
from models.form_definition import LeafType
from models.rules.facts import FieldStatus


@pytest.mark.parametrize("typed", ["brak PESEL", "Brak", "nie posiadam", "nie mam numeru PESEL", "brak numeru PESEL"])
def test_no_pesel_is_an_answer(typed: str) -> None:
    assert outcome("pesel", typed) == Outcome(READ, "brak")
    assert outcome("pesel", "", box("nie mam numeru PESEL", True, "brak")) == Outcome(READ, "brak")


def test_a_pesel_and_the_box_that_denies_it_contradict() -> None:
    result = outcome("pesel", "02611210085", box("nie mam numeru PESEL", True, "brak"))
    assert (result.status, result.reason_code) == (CONTRADICTORY, "pesel_and_none")


@pytest.mark.parametrize(
    ("typed", "status", "value", "code"),
    [
        ("PL30 1140 2004 0000 3000 0000 0017", READ, "30114020040000300000000017", ""),
        ("30 1140 2004 0000 3000 0000 0018", UNREADABLE, None, "nrb_checksum"),
        ("30114020040000300000000017 albo 66102055610000300000000025", AMBIGUOUS, None, "nrb_several"),
    ],
)
def test_an_account_is_twenty_six_digits(typed: str, status: FieldStatus, value: str | None, code: str) -> None:
    result = typed_into(LeafType.ACCOUNT, typed)
    assert (result.status, result.value, result.reason_code) == (status, value, code)
    assert typed not in result.reason
