"""Answers that choose among the options of the form, by boxes and in words."""

import re
from typing import Final

from forms.consents import NO, YES, undecided_box
from forms.gathering import Mark
from forms.options import begun_beside, marked_between, option_of, options_in, said_beside, says_more, shortened
from forms.outcome import SAYS_NOTHING, Outcome, blank, is_nothing
from models.form_definition import Leaf, Option
from models.rules.facts import FieldStatus
from models.territory import plain


def _unknown_choice() -> Outcome:
    return Outcome(
        FieldStatus.UNREADABLE,
        None,
        "choice_unknown",
        "Odpowiedź nie jest żadną z podanych w formularzu. Proszę wybrać jedną z nich i wpisać ją dosłownie "
        "albo zaznaczyć znakiem X.",
        0,
    )


def _chosen(leaf: Leaf, marks: tuple[Mark, ...], text: str, *, printed: bool) -> tuple[Option, ...] | Outcome:
    """What was chosen, in the order of the form; none is an empty tuple. ``printed`` says that all options in words
    may be somebody's printed list."""
    if any(mark.checked is None for mark in marks):
        return undecided_box()
    ticked = [option_of(leaf, mark) for mark in marks if mark.checked]
    beside = [said_beside(leaf, mark) for mark in marks if not mark.checked]
    ticked += [option for option, word in beside if option is not None and word in YES]
    if not ticked and any(word and word not in NO for _, word in beside):
        return undecided_box()
    if None in ticked:
        return _unknown_choice()
    named = options_in(leaf, text) if text else []
    if not ticked and not named and is_nothing(leaf, text):
        return SAYS_NOTHING
    if text and not ticked and (not named or says_more(leaf, text)):
        named = list(shortened(leaf, text)) or [*named, *begun_beside(leaf, named, text)]
    if text and not named and not ticked:
        return _unknown_choice()
    if not ticked and len(named) == len(leaf.options) > 1:
        # The printed list with nothing struck out; any other sign between the options may be somebody's mark.
        return undecided_box() if marked_between(leaf, text) else () if printed else tuple(named)
    return tuple(option for option in leaf.options if option in ticked or option in named)


def one_choice(leaf: Leaf, marks: tuple[Mark, ...], text: str, *, printed: bool) -> Outcome:
    """The code of the one option that was chosen."""
    chosen = _chosen(leaf, marks, text, printed=printed)
    if isinstance(chosen, Outcome):
        return chosen
    if not chosen:
        return blank(leaf)
    if len(chosen) > 1:
        return Outcome(
            FieldStatus.AMBIGUOUS,
            None,
            "choice_several",
            "Wybrano więcej niż jedną odpowiedź. Proszę zostawić tylko jedną, na przykład zaznaczoną znakiem X.",
            0,
        )
    exact = not text or plain(text) in chosen[0].names
    return Outcome(FieldStatus.READ, chosen[0].code, certainty=100 if exact else 75)


def several_choices(leaf: Leaf, marks: tuple[Mark, ...], text: str, *, printed: bool) -> Outcome:
    """The codes of all options that were chosen, in the order of the form."""
    chosen = _chosen(leaf, marks, text, printed=printed)
    if isinstance(chosen, Outcome):
        return chosen
    if not chosen:
        return blank(leaf)
    whole = not says_more(leaf, text)
    if not marks and not whole and not shortened(leaf, text):
        return Outcome(
            FieldStatus.AMBIGUOUS,
            None,
            "choice_partly",
            "Część wpisu nie jest żadną z podanych odpowiedzi, więc nie wiadomo, co jeszcze zaznaczyć. Proszę wybrać "
            "odpowiedzi z formularza i wpisać je dosłownie albo zaznaczyć znakiem X.",
            0,
        )
    if len(chosen) > 1 and any(_NONE_OF_THEM.match(option.words) for option in chosen):
        return Outcome(
            FieldStatus.AMBIGUOUS,
            None,
            "none_and_others",
            "Zaznaczono odpowiedź, która wyklucza pozostałe (na przykład „żadne z wymienionych”), a obok niej inne. "
            "Proszę zostawić albo ją, albo pozostałe.",
            0,
        )
    return Outcome(FieldStatus.READ, tuple(option.code for option in chosen), certainty=100 if whole or marks else 75)


_NONE_OF_THEM: Final = re.compile(r"(?:(?:w|z|do) )?zad(?:en|n\w*)\b|nie dotyczy\b")
"""How the label of an answer begins that rules all others out."""
