"""An answer that is not there, or says that there is none, has its reason and an example."""

import pytest
from form_filling import kes_forms
from typed_answers import BLANK, READ, of_type

from forms.gathering import Found
from forms.normalise import normalise
from models.form_definition import LeafType


@pytest.mark.parametrize("typed", ["nie dotyczy", "Nie dotyczy.", "BRAK", "n/d", "nie mam"])
def test_nothing_to_say_under_an_optional_question_is_blank_and_keeps_its_reason(typed: str) -> None:
    form = kes_forms()[0]
    result = normalise(form.leaf("potrzeby"), Found(typed, (), "", "", "", 100))
    required = normalise(form.leaf("motywacja"), Found(typed, (), "", "", "", 100))

    assert (result.status, result.reason_code) == (BLANK, "nothing_to_say")
    assert required.status is READ


def test_every_type_has_its_example() -> None:
    for leaf_type in LeafType:
        assert normalise(of_type(leaf_type), Found("", (), "", "", "", 100)).reason_code == "required_blank"
