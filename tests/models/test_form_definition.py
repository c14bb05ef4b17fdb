"""Form definitions: which field may hold what, and who may see it."""

import pytest
from pydantic import ValidationError

from models.form_definition import FormField, LeafType, Sensitivity


@pytest.mark.parametrize("kind", ["pesel", "account"])
def test_a_number_of_one_person_is_never_open_to_the_commission(kind: str) -> None:
    with pytest.raises(ValidationError, match="sensitivity"):
        FormField(key="numer", label="Numer", type=kind, sensitivity="open")  # type: ignore[arg-type]
    (leaf,) = FormField(key="numer", label="Numer", type=kind).leaves()  # type: ignore[arg-type]
    assert leaf.sensitivity is Sensitivity.PERSONAL


@pytest.mark.parametrize("kind", ["name", "account", "powiat"])
def test_the_simple_kinds_are_leaves_of_their_own(kind: str) -> None:
    (leaf,) = FormField(key="pole", label="Pole", type=kind).leaves()  # type: ignore[arg-type]
    assert leaf.type is LeafType(kind)
