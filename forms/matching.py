"""Which place of a document answers which question.

A place is found by the tag of its content control, else by the words of its label: the label's cell beside or above,
a label and a colon on one line, a label with a dotted line. Every place that could be the answer is reported; the
reader decides when they differ. What somebody wrote and no label claims is reported as well.
"""

from dataclasses import dataclass

from forms.beyond import continued_below, without_letterhead
from forms.controls import by_control, leaves_by_tag, leaves_by_title
from forms.document import Document
from forms.gathering import Found
from forms.labelled_cells import LabelSearch
from forms.labels import labels_of
from forms.leftovers import by_offered_answers, notes_behind_the_end
from forms.places import BY_CONTROL, BY_TITLE, IN_ITS_PLACE
from forms.strays import strays, without_colon
from models.form_definition import FormDefinition


@dataclass(frozen=True)
class Answers:
    """``found``: every place that answers a leaf, by the leaf's key; leaves without a place are left out. ``stray``:
    places of text that is neither an answer nor part of the form. ``whole``: places where a composite question seems
    to be answered in one piece, by its key."""

    found: dict[str, tuple[Found, ...]]
    stray: tuple[str, ...]
    whole: dict[str, str]
    notes: tuple[str, ...] = ()
    """Those of ``stray`` that repeat labels of the form in notes behind its end."""


def find_answers(document: Document, form: FormDefinition) -> dict[str, tuple[Found, ...]]:
    """Every place that answers a leaf of the form, by the leaf's key."""
    return answers_in(document, form).found


def answers_in(document: Document, form: FormDefinition) -> Answers:
    """What a document answers, and what it says besides."""
    by_tag = by_control(document, leaves_by_tag(document, form), BY_CONTROL)
    taken = {found.path for places in by_tag.values() for found in places}
    search = LabelSearch(document, labels_of(form), taken)
    search.blocks(document.blocks)
    found = dict(by_tag)
    for key, places in search.found.items():
        known = {place.path for place in found.get(key, ())}
        found[key] = (*found.get(key, ()), *(place for place in places if place.path not in known))
    titled = by_control(document, leaves_by_title(document, form), BY_TITLE)
    for key, places in titled.items():
        # A title is what Word shows on the control; labels beside it count more, since controls get copied.
        fresh = tuple(place for place in places if place.path not in search.taken)
        if key not in found and fresh:
            found[key] = fresh
            search.taken.update(place.path for place in fresh)
    found, letterhead = without_letterhead(document, search.labels, found)
    stray = [*strays(document.blocks, search), *search.left]
    found, continued = continued_below(document, search.labels, found, stray)
    stray = [one for one in stray if one not in continued]
    rest = [one for one in stray if not without_colon(one, document, search.labels, found)]
    for key, place, settled in by_offered_answers(document, search.labels, found, rest):
        found[key] = (place,)
        rest = [one for one in rest if one not in settled]
    rest += letterhead
    found, notes = notes_behind_the_end(document, search.labels, found, rest, IN_ITS_PLACE)
    stray_places, noted = (tuple(dict.fromkeys(one.place for one in several)) for several in (rest, notes))
    return Answers(found, (*stray_places, *noted), search.whole, noted)


def share_of_labels(document: Document, form: FormDefinition) -> float:
    """How much of the form's questions stand in the document in its own words, from 0 to 1: by tag or by label."""
    places = find_answers(document, form).values()
    known = sum(any(place.likeness == 100 for place in several) for several in places)
    return known / len(form.leaves) if form.leaves else 0.0
