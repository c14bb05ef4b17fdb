"""Whether an answer by itself shows which question it answers, so that a slip in the label leaves no doubt.

A label that is only like a question's suggests (``docs/decisions/0010``). Under a *clear* one, near to this question
and far from all others, a value that cannot mean anything else settles it: check digits that come out, an address, a
whole date, a telephone number, a gmina, an answer that the form offers here and nowhere else. Words never do: any
surname fits any heading.
"""

import re
from typing import Final

from forms.filler import without_filler
from forms.gathering import Found
from forms.labels import Labels, plain
from forms.outcome import Outcome
from models.form_definition import Leaf, LeafType
from models.rules.facts import FieldStatus

_WHOLE: Final = {
    LeafType.PESEL: re.compile(r"(?:\d[ \u00a0-]?){11}"),
    LeafType.NIP: re.compile(r"(?:PL ?)?(?:\d[ \u00a0-]?){10}"),
    LeafType.ACCOUNT: re.compile(r"(?:PL ?)?(?:\d[ \u00a0-]?){26}"),
    LeafType.EMAIL: re.compile(r"\S+@\S+"),
    LeafType.PHONE: re.compile(r"\+?(?:\(?\d\)?[ \u00a0-]?){9,13}"),
    LeafType.POSTCODE: re.compile(r"\d{2}-?\d{3}"),
    LeafType.DATE: re.compile(r"\d{1,4}[\s.\-/]+\w{1,12}[\s.\-/]+\d{1,4}(?:\s*(?:r\.?|roku))?"),
    LeafType.GMINA: re.compile(r"[^\n]+"),
    LeafType.POWIAT: re.compile(r"[^\n]+"),
}
"""How the whole of an answer looks that holds the value and nothing else."""


def confirms(leaf: Leaf, place: Found, outcome: Outcome, labels: Labels) -> bool:
    """Whether the answer at this place, read as ``outcome``, can only belong to ``leaf``."""
    if not place.clear or outcome.status is not FieldStatus.READ:
        return False
    text = without_filler(place.text).strip()
    if leaf.type in (LeafType.CHOICE, LeafType.CHOICES):
        return _only_here(leaf, place, text, labels)
    whole = _WHOLE.get(leaf.type)
    return whole is not None and not place.marks and whole.fullmatch(text) is not None


def _only_here(leaf: Leaf, place: Found, text: str, labels: Labels) -> bool:
    """Whether every word chosen is an answer to this question alone, in the form's own words."""
    chosen = [mark.label for mark in place.marks]
    if chosen and text:
        return False
    lines = chosen or [line for line in re.split(r"[;\n]", text) if plain(line)]
    return bool(lines) and all(labels.only_offered_by(leaf, line) for line in lines)
