"""How a project pays is checked when it is loaded; a project that says nothing of it is as it was before."""

import pytest
from people import definition

from models.pay_rules import PaymentRules
from models.project import ProjectDefinition
from models.project_bytes import canonical_bytes, from_canonical
from models.project_checks import faults
from models.rules.area import common_area


def paying(**changes: object) -> ProjectDefinition:
    rules = definition().payments
    assert rules is not None
    return definition().model_copy(update={"payments": rules.model_copy(update=changes)})


def test_the_shipped_project_pays_without_a_fault() -> None:
    assert faults(definition()) == ()


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"account": "57999900000000201800000002"}, "account", "Konto płatnika jest błędne"),
        ({"profile": "bank-ktorego-nie-ma"}, "profile", "Nie ma profilu banku"),
        ({"title": "Wypłata"}, "title", "musi podawać numer rachunku"),
        ({"title": "Rachunek {bill} dla {osoba}"}, "title", "zna tylko {bill} i {project}; jest w nim: osoba"),
        ({"title": "Rachunek {bill.numer}"}, "title", "jest w nim: bill.numer"),
        ({"title": "Rachunek {bill"}, "title", "jest w nim"),
        ({"title": "Rachunek, {bill}"}, "title", "nie dopuszcza w tytule znaków: ,"),
        ({"title": "{bill} " + "a" * 36}, "title", "za długi"),
        ({"payer_address": "al. Niepodległości 34, Poznań"}, "payer_address", "znaków: ,"),
        ({"payer_name": "Bardzo długa nazwa urzędu " * 7}, "", "nie mieszczą się"),
    ],
)
def test_a_mistake_is_found_before_anybody_is_paid(changes: dict[str, object], place: str, said: str) -> None:
    (found,) = faults(paying(**changes))
    assert found.location == (("payments", place) if place else ("payments",))
    assert said in found.sentence


def test_a_project_without_payments_has_the_bytes_it_had_before() -> None:
    silent = definition().model_copy(update={"payments": None})
    assert b"payments" not in canonical_bytes(silent)
    assert b"budget_grosze" not in canonical_bytes(silent)
    assert from_canonical(canonical_bytes(silent)).payments is None
    assert faults(silent) == ()
    assert isinstance(from_canonical(canonical_bytes(definition())).payments, PaymentRules)


@pytest.mark.parametrize(
    ("areas", "common"),
    [
        (("2205", "2205"), "2205"),
        (("2205", "2205083"), "2205"),
        (("2205", "2206"), "22"),
        (("22", "2205"), "22"),
        (("2205", "3001"), ""),
        (("", "2205"), ""),
        ((), ""),
    ],
)
def test_areas_have_the_smallest_unit_in_common_that_holds_them(areas: tuple[str, ...], common: str) -> None:
    assert common_area(areas) == common
