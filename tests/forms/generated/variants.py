"""What happens to a document on its way, and how one is compared with what it must say."""

import io
import random
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from generated import wordml as w
from generated.encodings import ENCODINGS, Encoding
from generated.layouts import LAYOUTS
from generated.pen import Pen
from generated.people import Answer, answers_of
from models.form_definition import FormDefinition

AS_MADE, STRICT, TRACKED, TYPOS = "as made", "strict", "tracked", "typos"
OWN_VARIANTS: Final = (AS_MADE, STRICT, TRACKED, TYPOS)
OFFICE_VARIANTS: Final = ("docx", "doc", "odt")
"""Through LibreOffice: saved as this, then as .docx."""


@dataclass(frozen=True)
class Made:
    """A document and what must be read from it."""

    name: str
    variant: str
    form: FormDefinition
    data: bytes
    gold: Mapping[str, object]
    shown: Mapping[str, tuple[str, ...]]
    """What of each answer can be seen in the document."""
    misspelt: frozenset[str] = frozenset()


def make(
    form: FormDefinition,
    layout: str,
    encoding: Encoding,
    variant: str,
    number: int,
    answers: Mapping[str, Answer] | None = None,
) -> Made:
    """One document of person ``number``; the same arguments give the same document."""
    name = f"{layout} / {encoding.name} / {variant} / {form.key} {number}"
    dice = random.Random(f"{layout} {encoding.name} {number}")
    answers = answers or answers_of(form, number)
    misspelt = _misspelt(form, random.Random(name)) if variant == TYPOS else {}
    pen = Pen(form, answers, encoding, dice, tracked=variant == TRACKED, misspelt=misspelt)
    data = LAYOUTS[layout](pen)
    if variant == STRICT:
        data = strict(data)
    gold = {leaf.key: pen.gold(leaf) for leaf in form.leaves}
    shown = {leaf.key: pen.shown(leaf) for leaf in form.leaves}
    return Made(name, variant, form, data, gold, shown, frozenset(misspelt))


def documents(forms: tuple[FormDefinition, ...], variants: tuple[str, ...], people: range) -> Iterator[Made]:
    """Every layout in every encoding and variant, once for each person; the forms take turns."""
    turn = 0
    for layout in LAYOUTS:
        for encoding in ENCODINGS:
            for variant in variants:
                for number in people:
                    turn += 1
                    yield make(forms[turn % len(forms)], layout, encoding, variant, number * 100 + turn % 89)


def _misspelt(form: FormDefinition, dice: random.Random) -> dict[str, str]:
    """Three labels of different words, a letter wrong in each."""
    names = [leaf for leaf in form.leaves if len(leaf.label) > 4]
    return {leaf.key: misspell(leaf.label, dice) for leaf in dice.sample(names, 3)}


def misspell(label: str, dice: random.Random) -> str:
    """The label with a letter left out, doubled, or changed places with its neighbour."""
    inside = [n for n in range(1, len(label) - 1) if label[n - 1 : n + 2].isalpha() and label[n] != label[n + 1]]
    place = dice.choice(inside)
    manner = dice.randrange(3)
    if manner == 0:
        return label[:place] + label[place + 1 :]
    if manner == 1:
        return label[:place] + label[place] + label[place:]
    return label[:place] + label[place + 1] + label[place] + label[place + 2 :]


_STRICT: Final = (
    (w.W, "http://purl.oclc.org/ooxml/wordprocessingml/main"),
    (w.OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"),
    (
        "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
        "http://purl.oclc.org/ooxml/officeDocument/customProperties",
    ),
    (
        "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes",
        "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes",
    ),
)


def strict(docx: bytes) -> bytes:
    """The same document as Word's „Strict Open XML” writes it: other namespaces and types of relationships."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, content in parts.items():
        for transitional, other in _STRICT:
            content = content.replace(transitional.encode(), other.encode())
        parts[name] = content
    return w.zipped(parts)
