"""Filled-in forms with what they say: what the benchmarks read.

A further set of files is one more generator of :class:`Sample` in :func:`samples`.
"""

import importlib.util
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from models.form_definition import FormDefinition, Leaf
from models.project_file import load_project

ROOT: Final = Path(__file__).parent.parent
PROJECT: Final = ROOT / "projects" / "kes"
FORMS: Final = load_project(PROJECT).forms
_MADE: Final = 300
"""Documents of the generator that are read: every layout and encoding several times."""


@dataclass(frozen=True)
class Sample:
    """A document and the normalised answers it gives, by key; what is left open is ``None`` or missing."""

    data: bytes
    form: FormDefinition
    gold: Mapping[str, object]

    def answered(self) -> Iterator[tuple[Leaf, object]]:
        for leaf in self.form.leaves:
            value = self.gold.get(leaf.key)
            if value is not None:
                yield leaf, tuple(value) if isinstance(value, list) else value


def samples() -> Iterator[tuple[str, list[Sample]]]:
    """The sets of documents, each with its title."""
    yield "Shipped samples", list(shipped())
    made = list(islice(generated(), _MADE))
    if made:
        yield "Generated forms", made


def shipped() -> Iterator[Sample]:
    """The sample forms of the project; their gold was written before they were."""
    gold = json.loads((ROOT / "tests" / "corpus" / "gold.json").read_text(encoding="utf-8"))
    form = next(form for form in FORMS if form.key == "zalacznik_1_pgr")
    for file, said in gold.items():
        if "unreadable" not in said:
            yield Sample((PROJECT / "samples" / file).read_bytes(), form, said["values"])


def generated() -> Iterator[Sample]:
    """The documents of the tests' generator, labels spelt right, spread over all its kinds."""
    sys.path[:0] = [str(ROOT / "tests" / "forms"), str(ROOT / "tests")]
    if importlib.util.find_spec("generated") is None:
        return
    variants = importlib.import_module("generated.variants")
    layouts = list(importlib.import_module("generated.layouts").LAYOUTS)
    encodings = importlib.import_module("generated.encodings").ENCODINGS
    kinds = (variants.AS_MADE, variants.STRICT, variants.TRACKED)
    for number in range(10_000):
        made = variants.make(
            FORMS[number % len(FORMS)],
            layouts[number % len(layouts)],
            encodings[number * 7 % len(encodings)],
            kinds[number % len(kinds)],
            number,
        )
        yield Sample(made.data, made.form, made.gold)
