"""From what stands in a document to a value that rules can use.

Nothing is guessed: what cannot be read without doubt gets a status, a code and a Polish sentence that tells the
candidate what is wrong and gives an example. The sentences never quote the answer.
"""

from typing import Final

from forms.choices import one_choice, several_choices
from forms.consents import DASHES, SIGNS_OF_YES, yes_or_no
from forms.dates import BIRTH_DATE, date_in, plausible_birth
from forms.filler import one_line, without_filler
from forms.gathering import Found
from forms.identifiers import CHECKS, pesel_in
from forms.names import spelt_name
from forms.outcome import SAYS_NOTHING, Outcome, blank, example, is_nothing
from forms.places import BY_CONTROL, BY_TITLE
from forms.territory import gmina_in, powiat_in
from models.form_definition import Leaf, LeafType
from models.rules.facts import FieldStatus
from models.territory import SHIPPED, Territory

_LONGEST_SHORT_ANSWER: Final = 1_000
"""Letters in an answer that is not free text; searching a longer one for a number would only cost time."""


def normalise(leaf: Leaf, found: Found, *, territory: Territory = SHIPPED) -> Outcome:
    """The value of one place of a document as an answer to ``leaf``."""
    text = without_filler(found.text)
    # The form prints no options in words inside its own fields: what stands there was typed.
    in_control = found.method in (BY_CONTROL, BY_TITLE)
    if len(text) > _LONGEST_SHORT_ANSWER and leaf.type not in (LeafType.TEXT, LeafType.LONG_TEXT):
        return Outcome(
            FieldStatus.UNREADABLE,
            None,
            "too_long",
            f"W tym polu jest znacznie więcej tekstu, niż potrzeba. {example(leaf)}",
            0,
        )
    if leaf.type in (LeafType.STATEMENT, LeafType.CONSENT):
        sign = found.text.strip()
        return yes_or_no(leaf, found.marks, sign if sign in SIGNS_OF_YES or sign in DASHES else text)
    if leaf.type == LeafType.CHOICE:
        return one_choice(leaf, found.marks, text, printed=not in_control)
    if leaf.type == LeafType.CHOICES:
        return several_choices(leaf, found.marks, text, printed=not in_control)
    if leaf.type == LeafType.PESEL:
        return pesel_in(leaf, found.marks, text)
    if not text:
        return blank(leaf)
    if is_nothing(leaf, text):
        return SAYS_NOTHING
    if leaf.type == LeafType.DATE:
        outcome = date_in(text, found.date)
        return plausible_birth(outcome) if leaf.key == BIRTH_DATE else outcome
    if leaf.type == LeafType.GMINA:
        return gmina_in(text, territory)
    if leaf.type == LeafType.POWIAT:
        return powiat_in(text, territory)
    if leaf.type == LeafType.NAME:
        return _name(text)
    if leaf.type == LeafType.LONG_TEXT:
        return Outcome(FieldStatus.READ, "\n".join(one_line(line) for line in text.splitlines()).strip())
    return CHECKS.get(leaf.type, _text)(text)


def _text(text: str) -> Outcome:
    return Outcome(FieldStatus.READ, one_line(text))


def _name(text: str) -> Outcome:
    """A first name or a surname, spelt with capital letters where they belong; what was typed stays beside it."""
    spelt = spelt_name(text)
    if spelt is not None:
        return Outcome(FieldStatus.READ, spelt)
    return Outcome(
        FieldStatus.UNREADABLE,
        None,
        "name",
        "W tym polu stoi coś innego niż imię lub nazwisko (na przykład cyfry). Proszę wpisać je literami, "
        "na przykład Kowalska-Nowak.",
        0,
    )
