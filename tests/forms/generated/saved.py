"""Documents of the generator that LibreOffice saved, kept in the corpus with what they must say.

``python -m generated.saved`` (from the checkout, ``tests/forms`` and ``tests`` on the path) makes them anew.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from form_filling import CORPUS, kes_forms

from generated.encodings import ENCODINGS
from generated.layouts import LAYOUTS
from generated.office import through_office
from generated.variants import AS_MADE, OFFICE_VARIANTS, Made, make
from models.form_definition import FormDefinition

FOLDER: Final = CORPUS / "generated"
_GOLD: Final = "gold.json"


def saved_documents(folder: Path, forms: Sequence[FormDefinition]) -> Iterator[Made]:
    """The kept documents with their gold."""
    by_key = {form.key: form for form in forms}
    for file, said in json.loads((folder / _GOLD).read_text(encoding="utf-8")).items():
        gold = {key: tuple(value) if isinstance(value, list) else value for key, value in said["gold"].items()}
        yield Made(file, said["saved_as"], by_key[said["form"]], (folder / file).read_bytes(), gold, {})


def _make_anew() -> None:
    office = shutil.which("soffice")
    if office is None:
        raise SystemExit("LibreOffice is not installed")
    forms, gold = kes_forms(), {}
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for turn, layout in enumerate(LAYOUTS):
        saved_as = OFFICE_VARIANTS[turn % len(OFFICE_VARIANTS)]
        encoding = ENCODINGS[turn * 5 % len(ENCODINGS)]
        made = make(forms[turn % 3], layout, encoding, AS_MADE, 500 + turn)
        with tempfile.TemporaryDirectory() as work:
            (done,) = through_office(office, [replace(made, variant=saved_as)], saved_as, Path(work))
        file = f"{layout} {encoding.name} {saved_as}.docx".replace(" ", "_")
        (FOLDER / file).write_bytes(done.data)
        gold[file] = {"form": made.form.key, "saved_as": saved_as, "gold": dict(made.gold)}
    (FOLDER / _GOLD).write_text(json.dumps(gold, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _make_anew()
