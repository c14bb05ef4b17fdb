"""Answers as they are found in a form, and what they are read as."""

from typing import Final

from form_filling import EVERY_TYPE, kes_forms

from forms.gathering import Found, Mark
from forms.normalise import normalise
from forms.outcome import Outcome
from models.form_definition import Leaf, LeafType, Option
from models.rules.facts import FieldStatus
from models.territory import SHIPPED, Territory

READ, BLANK = FieldStatus.READ, FieldStatus.BLANK
UNREADABLE, AMBIGUOUS, CONTRADICTORY = FieldStatus.UNREADABLE, FieldStatus.AMBIGUOUS, FieldStatus.CONTRADICTORY


def outcome(key: str, text: str = "", *marks: Mark, hidden: str = "") -> Outcome:
    """What an answer under this key of the form of every type is read as."""
    place = Found(text, marks, "tabela 1, wiersz 1", "body/tbl[1]", "pole formularza", 100, hidden)
    return normalise(EVERY_TYPE.leaf(key), place)


def of_type(leaf_type: LeafType) -> Leaf:
    """A question of this type."""
    options = (Option(code="tak", label="tak"), Option(code="nie", label="nie"))
    return Leaf(key="pole", label="Pole", type=leaf_type, required=True, options=options)


def typed_into(leaf_type: LeafType, text: str, territory: Territory = SHIPPED) -> Outcome:
    """What a text under a question of this type is read as."""
    return normalise(of_type(leaf_type), Found(text, (), "", "", "", 100), territory=territory)


def box(label: str, checked: bool | None, code: str = "") -> Mark:
    """A box with its words."""
    return Mark(checked, label, code)


RGR: Final = next(form for form in kes_forms() if form.key == "zalacznik_3_rgr")


def of_rgr(key: str, text: str = "", *marks: Mark) -> Outcome:
    """What an answer under this key of the form of an RGR is read as."""
    return normalise(RGR.leaf(key), Found(text, marks, "", "", "", 100))
