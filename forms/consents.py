"""Statements and consents: given, refused or left open, by a box, a pair of boxes or a typed word."""

from typing import Final

from forms.gathering import Mark
from forms.outcome import Outcome, blank
from models.form_definition import Leaf
from models.rules.facts import FieldStatus
from models.territory import plain

YES: Final = frozenset({"tak", "x", "v", "t", "zgadzam sie", "wyrazam zgode", "oswiadczam", "yes"})
SIGNS_OF_YES: Final = frozenset({"✓", "✔", "√", "+"})
DASHES: Final = frozenset({"-", "–", "—"})
NO: Final = frozenset({"nie", "n", "nie zgadzam sie", "nie wyrazam zgody", "no"})


def undecided_box() -> Outcome:
    """A box of which nobody can tell whether it is ticked."""
    return Outcome(
        FieldStatus.AMBIGUOUS,
        None,
        "box_unclear",
        "Znak w kratce nie zgadza się z jej stanem, więc nie wiadomo, czy jest zaznaczona. "
        "Proszę zaznaczyć ją jeszcze raz kliknięciem albo napisać „tak” lub „nie”.",
        0,
    )


def yes_or_no(leaf: Leaf, marks: tuple[Mark, ...], text: str) -> Outcome:
    """A statement or consent: one box, a pair of boxes „tak” and „nie”, or a typed word."""
    if any(mark.checked is None for mark in marks):
        return undecided_box()
    pair = [(plain(mark.label) in NO, mark.checked) for mark in marks]
    if any(negative for negative, _ in pair):
        chosen = {not negative for negative, checked in pair if checked}
        if len(chosen) == 1:
            return Outcome(FieldStatus.READ, chosen.pop())
        if chosen:
            return Outcome(
                FieldStatus.AMBIGUOUS,
                None,
                "yes_and_no",
                "Zaznaczono jednocześnie „tak” i „nie”. Proszę zaznaczyć jedną kratkę, na przykład „tak”.",
                0,
            )
        return blank(leaf)
    if any(mark.checked for mark in marks):
        return Outcome(FieldStatus.READ, True)
    if text in DASHES:
        # A dash in place of the box: a tick to one person, a refusal to another.
        return undecided_box()
    word = plain(text) or text.strip().casefold()
    if word == "tak nie":
        # Both printed, neither struck out.
        return blank(leaf)
    if word in YES or text.strip() in SIGNS_OF_YES:
        return Outcome(FieldStatus.READ, True, certainty=90)
    if word in NO:
        return Outcome(FieldStatus.READ, False, certainty=90)
    if marks and not word:
        return Outcome(FieldStatus.READ, False)
    if not word:
        return blank(leaf)
    return Outcome(
        FieldStatus.UNREADABLE,
        None,
        "box_text",
        "Nie wiadomo, czy kratka jest zaznaczona. Proszę wstawić w niej znak X albo napisać „tak” lub „nie”.",
        0,
    )
