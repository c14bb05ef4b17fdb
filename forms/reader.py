"""A filled-in form, read: exactly one reading for every question, each with where it came from.

``read_form`` is safe to call on anything that arrives, but a hostile file may still use up time and memory; files from
outside go through :mod:`forms.pool`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from forms.blank_marks import FORM_PROPERTY, VERSION_PROPERTY, footer_id
from forms.confirming import confirms
from forms.contradictions import cross_check
from forms.document import Document, Paragraph, paragraphs_of
from forms.gathering import SIMILAR, Found
from forms.kinds import Kind, kind_of
from forms.labels import forget_document, labels_of
from forms.marked_copy import APPLICATION_PROPERTY
from forms.matching import Answers, answers_in, share_of_labels
from forms.normalise import normalise
from forms.outcome import NOTHING_TO_SAY, Outcome, blank
from forms.reading import FieldReading, FormReading
from forms.safety import unpacked
from forms.word import document_in
from models.errors import FormUnreadable
from models.form_definition import FormDefinition, FormPurpose, Leaf
from models.rules.facts import FieldStatus
from models.territory import SHIPPED, Territory, plain


def read_form(data: bytes, definitions: Sequence[FormDefinition], *, territory: Territory = SHIPPED) -> FormReading:
    """What a filled-in form says, by whichever of the definitions it was made from.

    Raises :class:`FormUnreadable`, and nothing else, for a file that is refused by the safety check, that is broken,
    or that is none of these forms.
    """
    try:
        if kind_of(data) is Kind.PDF:
            return _read_pdf(data, definitions, territory)
        return _read_word(data, definitions, territory)
    finally:
        forget_document()


def _read_word(data: bytes, definitions: Sequence[FormDefinition], territory: Territory) -> FormReading:
    report, parts = unpacked(data)
    document = document_in(parts)
    form, recognised_by, doubts = _recognise(document, definitions)
    answers = answers_in(document, form)
    if not answers.found:
        raise FormUnreadable(
            "no_fields",
            "W dokumencie nie ma żadnego z pytań formularza. Potrzebny jest wypełniony formularz "
            "przygotowany przez biuro.",
        )
    readings = {leaf.key: _reading(leaf, form, answers, territory) for leaf in form.leaves}
    checked = cross_check(form, readings)
    return FormReading(
        form_key=form.key,
        form_version=form.version,
        purpose=form.purpose,
        recognised_by=recognised_by,
        fields=tuple(checked[leaf.key] for leaf in form.leaves),
        application_token=document.properties.get(APPLICATION_PROPERTY, "")[:80],
        remarks=(*doubts, *document.remarks, *_similar_remark(checked), *_stray_remark(answers), *report.remarks),
    )


def _read_pdf(data: bytes, definitions: Sequence[FormDefinition], territory: Territory) -> FormReading:
    # Imported where it is needed: most forms are Word files, and every worker would pay for it.
    from forms.pdf import find_pdf_answers, read_pdf, refuse_written_over

    pdf = read_pdf(data)
    form, recognised_by, doubts = _recognise(pdf.as_document(), definitions)
    answers = find_pdf_answers(pdf, form)
    readings = {leaf.key: _reading(leaf, form, answers, territory) for leaf in form.leaves}
    refuse_written_over(pdf, form, readings)
    checked = cross_check(form, readings)
    return FormReading(
        form_key=form.key,
        form_version=form.version,
        purpose=form.purpose,
        recognised_by=recognised_by,
        fields=tuple(checked[leaf.key] for leaf in form.leaves),
        remarks=(*doubts, *_similar_remark(checked), *_stray_remark(answers), *pdf.remarks),
    )


# --- one question ----------------------------------------------------------------------------------------------------


def _reading(leaf: Leaf, form: FormDefinition, answers: Answers, territory: Territory) -> FieldReading:
    """The answer to one question from all places that seem to give it."""
    places = answers.found.get(leaf.key, ())
    outcomes = [(place, normalise(leaf, place, territory=territory)) for place in places]
    answered = [(place, outcome) for place, outcome in outcomes if outcome.status != FieldStatus.BLANK]
    # A name in the form's own words before one that is only like it.
    answered.sort(key=lambda pair: -pair[0].likeness)
    if not answered:
        return _unanswered(leaf, outcomes, answers)
    first, outcome = answered[0]
    if first.unclear:
        return _as_reading(leaf, first, _UNCLEAR_LABEL)
    if any(other.status != outcome.status or other.value != outcome.value for _, other in answered[1:]):
        reading = _as_reading(leaf, first, _TWO_ANSWERS)
        return reading.model_copy(
            update={
                "raw": " | ".join(place.raw for place, _ in answered),
                "place": "; ".join(place.place for place, _ in answered),
            }
        )
    if all(place.likeness < 100 for place in places) and confirms(leaf, first, outcome, labels_of(form)):
        return _as_reading(leaf, first, outcome).model_copy(update={"times": len(answered)})
    if first.likeness < 100 and not (outcome.status == FieldStatus.READ and outcome.value is False):
        # Offered with its certainty, for somebody to confirm; never taken as read.
        suggestion = _as_reading(leaf, first, _SIMILAR_LABEL)
        return suggestion.model_copy(update={"certainty": min(first.certainty, outcome.certainty or first.certainty)})
    return _as_reading(leaf, first, outcome, times=len(answered))


def _unanswered(leaf: Leaf, outcomes: Sequence[tuple[Found, Outcome]], answers: Answers) -> FieldReading:
    """No answer: left blank, unless the document holds words that may be the answer and were not understood."""
    if leaf.group in answers.whole:
        reading = _as_reading(leaf, outcomes[0][0], _IN_ONE_PIECE) if outcomes else _nowhere(leaf, _IN_ONE_PIECE)
        return reading.model_copy(update={"place": answers.whole[leaf.group]})
    if outcomes:
        place, outcome = outcomes[0]
        unread = outcome.reason_code != NOTHING_TO_SAY and any(found.place in answers.stray for found, _ in outcomes)
        return _as_reading(leaf, place, _UNREAD_BESIDE if unread else outcome)
    return _nowhere(leaf, _NOT_FOUND if answers.stray else blank(leaf))


def _nowhere(leaf: Leaf, outcome: Outcome) -> FieldReading:
    return FieldReading(key=leaf.key, status=outcome.status, reason_code=outcome.reason_code, reason=outcome.reason)


_TWO_ANSWERS: Final = Outcome(
    FieldStatus.CONTRADICTORY,
    None,
    "two_answers",
    "Na to pytanie w formularzu są dwie różne odpowiedzi. Proszę napisać, która jest właściwa, "
    "na przykład wypełniając to pole jeszcze raz.",
    0,
)
_UNCLEAR_LABEL: Final = Outcome(
    FieldStatus.AMBIGUOUS,
    None,
    "label_ambiguous",
    "Nie wiadomo, którego pytania dotyczy ta odpowiedź, bo podpis pola pasuje do kilku. Proszę podać ją jeszcze raz "
    "w formularzu przygotowanym przez biuro, na przykład w wierszu z pełną nazwą pola.",
    0,
)

_SIMILAR_LABEL: Final = Outcome(
    FieldStatus.AMBIGUOUS,
    None,
    "label_similar",
    "Podpis tego pola zapisano inaczej niż w formularzu, więc nie ma pewności, czy odpowiedź dotyczy właśnie tego "
    "pytania. Proszę ją potwierdzić albo podać jeszcze raz, na przykład w formularzu przygotowanym przez biuro.",
    0,
)
_NOT_FOUND: Final = Outcome(
    FieldStatus.UNREADABLE,
    None,
    "question_missing",
    "Nie udało się odnaleźć tego pytania w dokumencie, a są w nim wpisy bez rozpoznanego podpisu. Proszę podać "
    "odpowiedź jeszcze raz, na przykład w formularzu przygotowanym przez biuro.",
    0,
)
_UNREAD_BESIDE: Final = Outcome(
    FieldStatus.UNREADABLE,
    None,
    "answer_beside",
    "W polu na odpowiedź nic nie wpisano, ale obok stoi tekst, którego nie udało się przypisać do żadnego pytania. "
    "Proszę wpisać odpowiedź jeszcze raz, w samym polu.",
    0,
)
_IN_ONE_PIECE: Final = Outcome(
    FieldStatus.UNREADABLE,
    None,
    "parts_together",
    "Kilka odpowiedzi wpisano razem, w jednym miejscu, i nie udało się ich rozdzielić. Proszę wpisać każdą osobno, "
    "na przykład kod pocztowy w wierszu „Kod pocztowy”.",
    0,
)


def _as_reading(leaf: Leaf, place: Found, outcome: Outcome, *, times: int = 1) -> FieldReading:
    return FieldReading(
        key=leaf.key,
        status=outcome.status,
        raw=place.raw if outcome.status != FieldStatus.BLANK or outcome.reason_code == NOTHING_TO_SAY else "",
        value=outcome.value,
        place=place.place,
        path=place.path,
        method=place.method,
        certainty=min(place.certainty, outcome.certainty) if outcome.status == FieldStatus.READ else 0,
        times=times,
        reason_code=outcome.reason_code,
        reason=outcome.reason,
    )


_MOST_PLACES: Final = 5


def _similar_remark(readings: Mapping[str, FieldReading]) -> tuple[str, ...]:
    """Where a value was read under a label that is only like the form's."""
    read = [one.place for one in readings.values() if one.status is FieldStatus.READ and one.method.startswith(SIMILAR)]
    if not read:
        return ()
    where = _listed(tuple(dict.fromkeys(read)))
    return (f"Podpisy pól zapisano inaczej niż w formularzu; pytania rozpoznano po treści odpowiedzi ({where}).",)


def _stray_remark(answers: Answers) -> tuple[str, ...]:
    """Where something is written that is no answer: a person should look. The words themselves stay out of it."""
    places = [*(place for place in answers.stray if place not in answers.notes), *answers.whole.values()]
    remarks: list[str] = []
    if places:
        remarks.append(
            f"Dokument zawiera tekst, którego nie przypisano do żadnego pytania ({_listed(places)}); "
            "proszę go obejrzeć."
        )
    if answers.notes:
        remarks.append(
            f"Pod podpisem stoją zapiski, które powtarzają nazwy pól z inną treścią ({_listed(answers.notes)}). "
            "Przyjęto odpowiedzi z samego formularza; proszę sprawdzić, czy zapiski ich nie poprawiają."
        )
    return tuple(remarks)


def _listed(places: Sequence[str]) -> str:
    rest = len(places) - _MOST_PLACES
    more = " i w jeszcze jednym miejscu" if rest == 1 else f" i w {rest} dalszych miejscach" if rest > 1 else ""
    return "; ".join(places[:_MOST_PLACES]) + more


# --- which form it is ------------------------------------------------------------------------------------------------

_MIN_SHARE: Final = 0.6
"""At least this much of a form's questions must be there to know it by its questions alone …"""
_MIN_MARGIN: Final = 0.1
"""… and that much more than of any other form."""

_Recognised = tuple[FormDefinition, str, tuple[str, ...]]


def _recognise(document: Document, definitions: Sequence[FormDefinition]) -> _Recognised:
    for key, version, how in _identities(document, definitions):
        same_key = [form for form in definitions if form.key == key]
        exact = next((form for form in same_key if form.version == version), None)
        if exact is not None:
            return exact, f"{how}: {key}, wersja {version}", _title_doubt(document, exact)
        if same_key:
            newest = same_key[-1]
            doubt = f"Formularz podaje wersję, której projekt nie zna; odczytano go według wersji {newest.version}."
            return newest, f"{how}: {key}", (doubt, *_title_doubt(document, newest))
    titles = {plain(document.title), *(plain(p.text) for p in paragraphs_of(document.blocks) if p.text.strip())}
    titled = [form for form in definitions if plain(form.title) in titles]
    if titled and len({form.key for form in titled}) == 1:
        return _version_by_questions(document, titled)
    named = _by_group(document, definitions) if not titled else None
    return named or _by_questions(document, titled or definitions)


def _identities(document: Document, definitions: Sequence[FormDefinition]) -> list[tuple[str, str, str]]:
    """Form and version as the document states them, the hidden property first."""
    found: list[tuple[str, str, str]] = []
    key = document.properties.get(FORM_PROPERTY, "")
    if key:
        found.append((key, document.properties.get(VERSION_PROPERTY, ""), "ukryty identyfikator formularza"))
    printed = "\n".join(paragraph.text for paragraph in document.margins)
    for form in definitions:
        # A longer version must not pass for a shorter one: 1.0 is not 1.01.
        if re.search(re.escape(footer_id(form.key, form.version)) + r"(?![\w.]*\w)", printed):
            found.append((form.key, form.version, "stopka formularza"))
    return found


def _title_doubt(document: Document, form: FormDefinition) -> tuple[str, ...]:
    title = plain(document.title)
    if not title or title == plain(form.title):
        return ()
    return ("Tytuł dokumentu różni się od tytułu formularza; proszę sprawdzić, czy to właściwy załącznik.",)


def _version_doubt(forms: Sequence[FormDefinition]) -> tuple[str, ...]:
    if len(forms) == 1:
        return ()
    return (f"Dokument nie podaje wersji formularza; odczytano go według wersji {forms[-1].version}.",)


def _version_by_questions(document: Document, versions: Sequence[FormDefinition]) -> _Recognised:
    """Of several versions under one title, the one whose questions stand in the document."""
    how = "tytuł dokumentu"
    if len(versions) == 1:
        return versions[0], how, ()
    shares = [share_of_labels(document, form) for form in versions]
    best = [form for form, share in zip(versions, shares, strict=True) if share == max(shares)]
    if len(best) == 1:
        return best[0], f"{how} i pytania wersji {best[0].version}", ()
    return best[-1], how, _version_doubt(best)


_MIN_SHARE_NAMED: Final = 0.3
"""How much of a form's questions must be there where the document says in its own words which group it is for."""
_RETYPED: Final = (
    "Dokument nie jest formularzem biura, tylko napisano go od nowa; rozpoznano go po nazwie grupy. "
    "Proszę sprawdzić, czy to właściwy załącznik."
)


def _by_group(document: Document, definitions: Sequence[FormDefinition]) -> _Recognised | None:
    """The form whose group is named above the first question, and of no other form; its questions must be there."""
    above = list(_above_questions(document, definitions))
    # A statement is of no group: its title must not blur by what those of the applications differ.
    applications = [form for form in definitions if form.purpose is FormPurpose.APPLICATION]
    named = [form for form in applications if any(_names_group(line, form, applications) for line in above)]
    if len({form.key for form in named}) != 1:
        return None
    form, how, doubts = _version_by_questions(document, named)
    shares = {other.key: share_of_labels(document, other) for other in definitions if other.key != form.key}
    share = share_of_labels(document, form)
    if share < _MIN_SHARE_NAMED or any(other - share >= _MIN_MARGIN for other in shares.values()):
        return None
    how = f"nazwa grupy na początku dokumentu i pytania formularza ({round(share * 100)}% z nich jest w dokumencie)"
    return form, how, (_RETYPED, *doubts)


def _above_questions(document: Document, definitions: Sequence[FormDefinition]) -> Iterator[str]:
    """The lines above the first table and the first question."""
    for block in document.blocks:
        if not isinstance(block, Paragraph):
            return
        if any(labels_of(form).named(block.text) or labels_of(form).pieces(block.text) for form in definitions):
            return
        if block.text.strip():
            yield plain(block.text)


def _names_group(line: str, form: FormDefinition, definitions: Sequence[FormDefinition]) -> bool:
    """Whether a line holds the short name of the group, or all words by which its title differs from those that begin
    alike, whatever their endings."""
    if plain(form.group_kind) in line.split():
        return True
    titles = {other.key: [word[:_STEM] for word in plain(other.title).split()] for other in definitions}
    alike = [set(words) for words in titles.values() if words[:1] == titles[form.key][:1]]
    own = set(titles[form.key]) - alike[0].intersection(*alike[1:]) - {plain(form.group_kind)}
    return bool(own) and len(alike) > 1 and own <= {word[:_STEM] for word in line.split()}


_STEM: Final = 6


def _by_questions(document: Document, definitions: Sequence[FormDefinition]) -> _Recognised:
    best_of_key: dict[str, tuple[float, FormDefinition]] = {}
    for form in definitions:
        share = share_of_labels(document, form)
        if form.key not in best_of_key or share >= best_of_key[form.key][0]:
            best_of_key[form.key] = (share, form)
    ranked = sorted(best_of_key.values(), key=lambda item: item[0], reverse=True)
    if not ranked or ranked[0][0] < _MIN_SHARE:
        raise FormUnreadable(
            "form_unknown",
            "Dokument nie jest żadnym z formularzy tego naboru. Potrzebny jest wypełniony formularz "
            "przygotowany przez biuro.",
        )
    share, form = ranked[0]
    same_key = [other for other in definitions if other.key == form.key]
    if len(ranked) > 1 and share - ranked[1][0] < _MIN_MARGIN:
        raise FormUnreadable(
            "form_ambiguous",
            "Dokument pasuje do kilku formularzy tego naboru (usunięto jego tytuł i stopkę) i nie wiadomo, "
            "który to załącznik. Potrzebny jest wypełniony formularz przygotowany przez biuro albo nazwa grupy.",
        )
    how = f"pytania formularza ({round(share * 100)}% z nich jest w dokumencie)"
    form, _, doubts = _version_by_questions(document, same_key)
    return form, how, doubts
