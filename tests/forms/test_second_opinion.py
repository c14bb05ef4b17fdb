"""Mammoth, which shares no code with us, reads the same files: what we read stands there, what stands there we read.

Mammoth turns a document into HTML. It knows nothing of questions, so the comparison is of words: every answer of ours
is found in its text, and every word of its text is either the form's own or part of an answer of ours. Where the two
differ for a known cause, the cause stands in a table here.
"""

import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

import mammoth
import pytest
from generated.variants import TYPOS
from lxml import html
from test_generated import FORMS, sample
from test_samples import READABLE, SAMPLES

from forms.blank_marks import FIXED_TEXTS, PLACEHOLDERS
from forms.reader import read_form
from forms.reading import FormReading
from models.form_definition import FormDefinition, LeafType
from models.rules.facts import FieldStatus

WORDS: Final = frozenset(LeafType) - {LeafType.STATEMENT, LeafType.CONSENT, LeafType.CHOICES}
"""Types whose answers are words; the others are boxes."""

NOT_IN_MAMMOTH: Final = {
    "old lists": "the chosen entry of a list of old Word is a number there, which mammoth drops",
}
"""Encodings of choices that mammoth does not show, with the cause."""

NOT_OURS: Final = {
    "niepotrzebneskreślić": "the note beside options to be struck out",
    "wybierzelement": "the prompt of an empty list",
    "x": "a cross beside its box, which we read as the tick",
    "v": "the same, typed as v",
    "wersja": "a footer mark",
}
"""What mammoth shows and no reading of ours quotes, with the cause. Nothing else may be left over."""


def bare(words: str) -> str:
    return "".join(char for char in words.casefold() if char.isalnum())


def lines_of(data: bytes) -> Iterator[str]:
    """The paragraphs mammoth makes, struck-out words left out."""
    page = html.fromstring(f"<div>{mammoth.convert_to_html(io.BytesIO(data)).value}</div>")
    for struck in page.iter("s"):
        struck.text = ""
    for line in page.iter("p", "h1", "h2", "li"):
        yield bare("".join(str(text) for text in line.itertext()))


def own_words(form: FormDefinition) -> list[str]:
    """Everything the form itself prints, the longest first."""
    texts = [form.title, form.subtitle, form.intro, form.signature_line, *form.closing.split("\n\n")]
    texts += [*FIXED_TEXTS, *PLACEHOLDERS.values()]
    for section in form.sections:
        texts += [section.title, section.intro]
        for question in section.fields:
            texts += [question.label, question.help]
            texts += [leaf.label for leaf in question.leaves()]
            texts += [option.label for leaf in question.leaves() for option in leaf.options]
    return sorted({bare(text) for text in texts} - {""}, key=len, reverse=True)


def unread(lines: list[str], form: FormDefinition, reading: FormReading) -> list[str]:
    """What mammoth shows and neither the form nor an answer of ours explains."""
    answers = sorted({bare(part) for field in reading.fields for part in _parts(field.raw)} - {""}, key=len)[::-1]
    own = own_words(form)
    numbers = {f"{sign}{bare(section.title)}" for section in form.sections for sign in ("i", "ii", "iii", "iv", "v")}
    labels = sorted((bare(leaf.label) for leaf in form.leaves), key=len, reverse=True)
    found = []
    for line in lines:
        if line in numbers or line in own:
            continue
        # A label first, lest an answer be found in the middle of it.
        label = next((words for words in labels if line.startswith(words) and line not in answers), "")
        rest = line[len(label) :]
        for words in [*NOT_OURS, *(answer for answer in answers if len(answer) > 3), *own]:
            rest = rest.replace(words, " ") if len(words) > 1 else rest
        left = [words for words in rest.split() if words not in answers and words not in NOT_OURS and len(words) > 1]
        found += left
    return found


def _parts(raw: str) -> list[str]:
    """An answer as a whole, by lines, and by words of its boxes."""
    return [raw, *raw.split("\n"), *raw.split(";")]


def unseen(lines: list[str], form: FormDefinition, reading: FormReading) -> list[str]:
    """Answers in words that we read and mammoth does not show."""
    text = "".join(lines)
    return [
        f"{field.key}: {field.raw}"
        for field in reading.fields
        if field.status is FieldStatus.READ and form.leaf(field.key).type in WORDS
        for words in field.raw.replace("[x]", ";").replace("[ ]", ";").split(";")
        if bare(words) not in text
    ]


def compared(name: str, data: bytes) -> dict[str, list[str]]:
    reading = read_form(data, FORMS)
    form = next(form for form in FORMS if form.key == reading.form_key)
    lines = list(lines_of(data))
    lost = [] if any(encoding in name for encoding in NOT_IN_MAMMOTH) else unseen(lines, form, reading)
    return {name: [*lost, *unread(lines, form, reading)]}


def generated(first: int, step: int) -> Iterator[tuple[str, bytes]]:
    """Documents of the sample; misspelt labels are nobody's own words, so those are left to the other tests."""
    for made in islice(sample(), first, None, step):
        if made.variant != TYPOS:
            yield made.name, made.data


def differences(documents: Iterator[tuple[str, bytes]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, data in documents:
        found |= {key: differing for key, differing in compared(name, data).items() if differing}
    return found


def test_mammoth_and_the_reader_agree_on_every_layout() -> None:
    assert differences(generated(0, 8)) == {}


@pytest.mark.slow
def test_mammoth_and_the_reader_agree_on_the_whole_sample() -> None:
    assert differences(generated(0, 1)) == {}


def test_mammoth_and_the_reader_agree_on_shipped_samples() -> None:
    assert differences((file, (SAMPLES / file).read_bytes()) for file in READABLE[::9]) == {}


@pytest.mark.slow
def test_mammoth_and_the_reader_agree_on_all_shipped_samples() -> None:
    assert differences((file, (SAMPLES / file).read_bytes()) for file in READABLE) == {}


def test_a_lost_answer_would_be_noticed() -> None:
    """The comparison itself: an answer that the reader missed is a difference."""
    (made,) = islice(sample(), 9, 10)
    form = made.form
    reading = read_form(made.data, FORMS)
    without = reading.model_copy(update={"fields": tuple(f for f in reading.fields if f.key != "imie")})
    assert unread(list(lines_of(made.data)), form, reading) == []
    assert unread(list(lines_of(made.data)), form, without) != []
