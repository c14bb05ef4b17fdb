"""Whatever arrives, the reader answers: a reading or a refusal, in time. Mutated real forms, and plain noise.

2,000 of them in ``.ci/run``, some in every ``make test``, 100,000 and more in ``make soak``. Memory is measured where
files are large on purpose (test_attacks); a mutant is as large as the form it came from.
"""

import time
from pathlib import Path
from typing import Final

import pytest
from form_filling import BLANK, EVERY_TYPE, TYPED, fill, kes_forms, without_tags
from hypothesis import given, settings
from hypothesis import strategies as st
from mutation import mutant

from forms.reader import read_form
from forms.reading import FormReading
from forms.safety import preflight
from models.errors import FormUnreadable

FORMS: Final = (*kes_forms(), EVERY_TYPE)
ROOT: Final = Path(__file__).parent.parent.parent
SAMPLES: Final = [
    fill(BLANK, TYPED),
    without_tags(fill(BLANK, TYPED)),
    *(path.read_bytes() for path in sorted((ROOT / "projects/kes/samples").glob("*/*.docx"))),
]
MOST_SECONDS: Final = 2.0


def answer(data: bytes) -> FormReading | FormUnreadable:
    """What comes of a file; anything else than these two, or too late, is an error of ours."""
    started = time.process_time()
    result: FormReading | FormUnreadable
    try:
        result = read_form(data, FORMS)
    except FormUnreadable as refusal:
        result = refusal
    assert time.process_time() - started < MOST_SECONDS
    return result


def _sound(said: FormReading | FormUnreadable) -> None:
    if isinstance(said, FormUnreadable):
        assert said.code
        assert str(said).endswith(".")
        return
    form = next(form for form in FORMS if form.key == said.form_key)
    assert [field.key for field in said.fields] == [leaf.key for leaf in form.leaves]


@pytest.mark.parametrize("first", range(0, 100, 50))
def test_a_mutant_is_read_or_refused(first: int) -> None:
    for number in range(first, first + 50):
        _sound(answer(mutant(SAMPLES, number)))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1_000, 3_000, 250))
def test_two_thousand_mutants_are_read_or_refused(first: int) -> None:
    for number in range(first, first + 250):
        _sound(answer(mutant(SAMPLES, number)))


def test_mutants_are_not_all_alike() -> None:
    """A fuzz that only ever meets the door guard would show nothing about the rooms behind it."""
    said = [answer(mutant(SAMPLES, number)) for number in range(60)]
    assert sum(isinstance(one, FormReading) for one in said) > 15
    assert len({one.code for one in said if isinstance(one, FormUnreadable)}) > 2


@given(st.binary(max_size=3_000))
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(FormUnreadable):
        preflight(data)


@given(st.binary(max_size=3_000))
def test_noise_that_begins_like_a_zip_is_refused(data: bytes) -> None:
    with pytest.raises(FormUnreadable):
        preflight(b"PK\x03\x04" + data)


# How long one may take is asserted in ``answer``, by the processor's seconds; the clock on the wall is the computer's.
@settings(deadline=None)
@given(st.sampled_from(SAMPLES), st.integers(min_value=0), st.binary(min_size=1, max_size=40))
def test_bytes_written_over_a_form_do_no_harm(sample: bytes, where: int, over: bytes) -> None:
    start = where % len(sample)
    _sound(answer(sample[:start] + over + sample[start + len(over) :]))
