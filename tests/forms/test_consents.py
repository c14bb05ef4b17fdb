"""A statement is ticked, denied or left open."""

import pytest
from typed_answers import AMBIGUOUS, BLANK, READ, box, outcome

from forms.gathering import Mark
from models.rules.facts import FactValue, FieldStatus


def test_a_dash_in_place_of_a_box_says_neither() -> None:
    assert outcome("zgoda_wizerunek", "–").status is AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "marks", "status", "value"),
    [
        ("", (box("", True),), READ, True),
        ("", (box("", False),), READ, False),
        ("X", (), READ, True),
        ("tak", (), READ, True),
        ("nie", (), READ, False),
        ("", (box("tak", True), box("nie", False)), READ, True),
        ("", (box("tak", False), box("nie", True)), READ, False),
        ("", (box("tak", False), box("nie", False)), BLANK, None),
        ("", (box("tak", True), box("nie", True)), AMBIGUOUS, None),
        ("", (box("", None),), AMBIGUOUS, None),
        ("", (), BLANK, None),
    ],
)
def test_a_statement_is_ticked_or_not(
    text: str, marks: tuple[Mark, ...], status: FieldStatus, value: FactValue
) -> None:
    for key in ("osw_prawda", "zgoda_wizerunek"):
        result = outcome(key, text, *marks)
        assert (result.status, result.value) == (status, value)
