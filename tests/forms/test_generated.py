"""Invented people's forms in every layout, encoding and variant: all is read, and nothing wrongly without saying so.

A silent error is a wrong value that passes as certain, or an answer that passes as a blank. Not one is allowed.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from form_filling import CORPUS, kes_forms
from generated.encodings import ENCODINGS
from generated.judging import Fault, judge
from generated.layouts import LAYOUTS
from generated.office import through_office
from generated.pen import TICKED
from generated.people import OPEN, complete_answers_of
from generated.saved import saved_documents
from generated.variants import AS_MADE, OFFICE_VARIANTS, OWN_VARIANTS, STRICT, TRACKED, TYPOS, Made, documents, make

from forms.reader import read_form
from forms.reading import FormReading
from models.form_definition import FormPurpose, Leaf
from models.rules.facts import FieldStatus

FORMS: Final = tuple(form for form in kes_forms() if form.purpose is FormPurpose.APPLICATION)
"""What candidates send; the statement of members is read in tests/flows/steps/test_statements.py."""
ACCURACY: Final = 0.995
SHOWN: Final = 20


def sample() -> Iterator[Made]:
    """Every layout in every variant and every encoding in several, each document another person's."""
    turn = count()
    for layout in LAYOUTS:
        for variant in OWN_VARIANTS:
            for _ in range(2):
                number = next(turn)
                yield make(FORMS[number % 3], layout, ENCODINGS[number * 7 % len(ENCODINGS)], variant, number)


def judged(documents: Iterable[Made]) -> tuple[Counter[str], list[Fault]]:
    """Counts by variant (documents, fields, faults) and all faults."""
    counts: Counter[str] = Counter()
    faults: list[Fault] = []
    for made in documents:
        judgement = judge(made, FORMS)
        counts.update({f"{made.variant} documents": 1, f"{made.variant} fields": judgement.fields})
        counts[f"{made.variant} faults"] += len(judgement.faults)
        counts.update({"documents": 1, "fields": judgement.fields, "faults": len(judgement.faults)})
        faults += judgement.faults
    return counts, faults


def check(counts: Counter[str], faults: list[Fault]) -> None:
    silent = [str(fault) for fault in faults if fault.silent]
    assert not silent, f"{len(silent)} silent errors:\n" + "\n".join(silent[:SHOWN])
    accuracy = 1 - counts["faults"] / counts["fields"]
    listed = "\n".join(str(fault) for fault in faults[:SHOWN])
    assert accuracy >= ACCURACY, f"{accuracy:.2%} of {counts['fields']} fields:\n{listed}"


def test_a_sample_of_every_layout_encoding_and_variant_is_read() -> None:
    counts, faults = judged(sample())
    assert counts["documents"] == 2 * len(LAYOUTS) * len(OWN_VARIANTS)
    check(counts, faults)


def test_what_libreoffice_saved_is_read() -> None:
    """Documents of the generator that LibreOffice saved as .docx, .doc and .odt; kept in the corpus."""
    counts, faults = judged(saved_documents(CORPUS / "generated", FORMS))
    assert counts["documents"] >= 12
    check(counts, faults)


# --- an answer taken away ---------------------------------------------------------------------------------------------


def values(reading: FormReading) -> dict[str, object]:
    return {field.key: (field.status, field.value) for field in reading.fields}


def taken_away(layout: str, every: int) -> Iterator[tuple[str, list[str]]]:
    """For one answer after another: the leaf, and the leaves that are not what they should be without it."""
    number = list(LAYOUTS).index(layout)
    form, encoding = FORMS[number % 3], ENCODINGS[number % len(ENCODINGS)]
    answers = complete_answers_of(form, number)
    whole = values(read_form(make(form, layout, encoding, AS_MADE, number, answers).data, FORMS))
    assert {status for status, _ in whole.values()} == {FieldStatus.READ}
    for leaf in form.leaves[number % every :: every]:
        rest = make(form, layout, encoding, AS_MADE, number, {**answers, leaf.key: OPEN})
        now = values(read_form(rest.data, FORMS))
        now_open = _left_open(leaf, rest)
        yield leaf.key, [key for key in whole if now[key] != (now_open if key == leaf.key else whole[key])]


def _left_open(leaf: Leaf, made: Made) -> tuple[FieldStatus, object]:
    """A box that is not ticked says no; everything else is blank."""
    unticked = leaf.type in TICKED and made.gold[leaf.key] is False
    return (FieldStatus.READ, False) if unticked else (FieldStatus.BLANK, None)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_answer_taken_away_leaves_exactly_that_field_blank(layout: str) -> None:
    assert {key: wrong for key, wrong in taken_away(layout, every=12) if wrong} == {}


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_answer_taken_away_leaves_exactly_that_field_blank(layout: str) -> None:
    assert {key: wrong for key, wrong in taken_away(layout, every=1) if wrong} == {}


# --- all of them, LibreOffice included --------------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_all_documents_are_read(tmp_path: Path) -> None:
    """Every layout in every encoding and variant, through LibreOffice as well: more than 2,000 documents."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    counts, faults = judged(documents(FORMS, (AS_MADE, TRACKED, TYPOS), range(1, 3)))
    _add(counts, faults, judged(documents(FORMS, (STRICT,), range(1, 2))))
    for saved_as in OFFICE_VARIANTS:
        made = [
            replace(one, variant=saved_as, name=f"{one.name} / {saved_as}")
            for one in documents(FORMS, (AS_MADE,), range(3, 4))
        ]
        _add(counts, faults, judged(through_office(office, made, saved_as, tmp_path)))
    print(*(f"{what}: {number}" for what, number in sorted(counts.items())), sep="\n")  # noqa: T201
    assert counts["documents"] >= 2_000
    check(counts, faults)


def _add(counts: Counter[str], faults: list[Fault], more: tuple[Counter[str], list[Fault]]) -> None:
    counts.update(more[0])
    faults += more[1]
