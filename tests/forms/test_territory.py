"""A gmina and a powiat are read as their codes, and names that several bear are asked for."""

from form_filling import EVERY_TYPE
from terc_files import territory
from typed_answers import AMBIGUOUS, READ, typed_into

from forms.gathering import Found
from forms.normalise import normalise
from forms.outcome import Outcome
from models.form_definition import LeafType


def test_a_gmina_name_that_two_bear_is_asked_for() -> None:
    register = territory(t2205="kartuski", t2205023="Kartuzy", t2299012="Kartuzy")
    place = Found("Kartuzy", (), "", "", "", 100)
    several = normalise(EVERY_TYPE.leaf("adres.gmina"), place, territory=register)
    assert (several.status, several.reason_code) == (AMBIGUOUS, "gmina_several")
    assert "Kartuzy (powiat kartuski, 2205023); Kartuzy (2299012)" in several.reason
    place = Found("Kartuzy, powiat kartuski", (), "", "", "", 100)
    assert normalise(EVERY_TYPE.leaf("adres.gmina"), place, territory=register).value == "2205023"


def test_a_powiat_is_its_code_and_several_are_named() -> None:
    assert typed_into(LeafType.POWIAT, "powiat kartuski") == Outcome(READ, "2205")
    assert typed_into(LeafType.POWIAT, "nigdziebądź").reason_code == "powiat_unknown"
    register = territory(t22="pomorskie", t2205="kartuski", t3005="kartuski")
    several = typed_into(LeafType.POWIAT, "kartuski", register)
    assert (several.status, several.reason_code) == (AMBIGUOUS, "powiat_several")
    assert "kartuski (województwo pomorskie, 2205); kartuski (3005)" in several.reason
    assert typed_into(LeafType.POWIAT, "kartuski, woj. pomorskie", register).value == "2205"
