"""Readers of Word files side by side, on the same files, in one run: documents a second, and answers found.

    python -m benchmarks.forms [ROUNDS]        (3 by default; the fastest counts)

The files are the shipped samples that are forms, and those of the generator of the tests.

What counts as found. Nabór must give the right normalised value for the right question. The others give text, not
answers, so for them it is enough that the answer stands anywhere in it: words of an answer in their order, letters
compared without case and diacritics; numbers by their digits; a date in any usual spelling; a gmina by its name. A
chosen option counts when a ticked sign stands beside its words, or when not all options of the question are printed. A
question left open counts for nobody.
"""

import io
import re
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import docx
import mammoth
from docx2python import docx2python
from lxml import etree, html

from benchmarks.inputs import FORMS, Sample, samples
from forms.pool import ReadingPool
from forms.reader import read_form
from forms.reading import FormReading
from models.errors import FormUnreadable
from models.form_definition import Leaf, LeafType
from models.rules.facts import FieldStatus
from models.territory import SHIPPED, plain

Reader: TypeAlias = Callable[[bytes], object]


@dataclass(frozen=True)
class Line:
    """One row of the table. ``recall`` is ``None`` for what only takes a file apart."""

    name: str
    speed: float
    recall: float | None


# --- the readers -----------------------------------------------------------------------------------------------------


def main_part_alone(data: bytes) -> object:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def every_part(data: bytes) -> object:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [etree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith((".xml", ".rels"))]


def nabor(data: bytes) -> FormReading | None:
    try:
        return read_form(data, FORMS)
    except FormUnreadable:
        return None


def by_python_docx(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    lines = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        for row in table.rows:
            lines.append("\t".join(cell.text for cell in row.cells))
    return "\n".join(lines)


def by_docx2python(data: bytes) -> str:
    with docx2python(io.BytesIO(data)) as document:
        return str(document.text)


def by_mammoth(data: bytes) -> str:
    shown = html.fromstring(f"<div>{mammoth.convert_to_html(io.BytesIO(data)).value}</div>")
    for box in shown.iter("input"):
        box.tail = ("☒" if box.get("checked") is not None else "☐") + (box.tail or "")
    for block in shown.iter("p", "tr", "br", "li", "h1", "h2", "h3"):
        block.tail = "\n" + (block.tail or "")
    return "".join(map(str, shown.itertext()))


# --- what was found --------------------------------------------------------------------------------------------------

_TICKED: Final = "☒☑✓✔✗✘🗹⊠■"
_NUMBERS: Final = frozenset({LeafType.PESEL, LeafType.PHONE, LeafType.NIP, LeafType.POSTCODE})
_MONTHS: Final = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "wrzesnia", "pazdziernika",
    "listopada", "grudnia",
)  # fmt: skip
_ROMAN: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


def recall_of_nabor(sample: Sample) -> Iterator[bool]:
    reading = nabor(sample.data)
    read: Mapping[str, object] = {}
    if reading is not None:
        read = {field.key: field.value for field in reading.fields if field.status is FieldStatus.READ}
    for leaf, gold in sample.answered():
        value = read.get(leaf.key)
        yield value == gold or (isinstance(value, str) and isinstance(gold, str) and value.split() == gold.split())


def recall_of_text(read: Callable[[bytes], str]) -> Callable[[Sample], Iterator[bool]]:
    def found(sample: Sample) -> Iterator[bool]:
        try:
            text = read(sample.data)
        except Exception:  # noqa: BLE001 - a reader that fails on a file has found nothing in it
            text = ""
        for leaf, gold in sample.answered():
            yield _stands_in(text, leaf, gold)

    return found


def _stands_in(text: str, leaf: Leaf, gold: object) -> bool:
    if isinstance(gold, bool):
        return not gold or _ticked(text, leaf.label)
    if leaf.options:
        codes = gold if isinstance(gold, tuple) else (gold,)
        return all(_chosen(text, leaf, option.label) for option in leaf.options if option.code in codes)
    answer = str(gold)
    if answer == "brak":
        return "brak pesel" in plain(text)
    if leaf.type in _NUMBERS:
        return re.sub(r"\D", "", answer)[-9:] in re.sub(r"\D", "", text)
    if leaf.type == LeafType.DATE:
        return any(spelling in f" {plain(text)} " for spelling in _spellings(date.fromisoformat(answer)))
    if leaf.type == LeafType.GMINA:
        return answer in text or plain(SHIPPED.name(answer) or answer) in plain(text)
    return f" {plain(answer)} " in f" {plain(text)} "


def _ticked(text: str, label: str) -> bool:
    words = r"\W{1,4}".join(map(re.escape, label.split()))
    return bool(
        re.search(rf"(?:[{_TICKED}]|\[[xX]\]|\b[xX]\b)\s*{words}|{words}\s*(?:[{_TICKED}]|\[[xX]\]|[xX]\b)", text)
    )


def _chosen(text: str, leaf: Leaf, label: str) -> bool:
    if _ticked(text, label):
        return True
    shown = f" {plain(text)} "
    printed = [f" {plain(option.label)} " in shown for option in leaf.options]
    return not all(printed) and f" {plain(label)} " in shown


def _spellings(day: date) -> Iterator[str]:
    months = (f"{day.month:02d}", str(day.month), _MONTHS[day.month - 1], _ROMAN[day.month - 1])
    for number in (f"{day.day:02d}", str(day.day)):
        for month in months:
            yield f" {number} {month} {day.year} "
            yield f" {day.year} {month} {number} "
    yield f" {day:%d%m%Y} "
    yield " " + " ".join(f"{day:%d%m%Y}") + " "


# --- the table -------------------------------------------------------------------------------------------------------


def measure(documents: list[Sample], rounds: int) -> Iterator[Line]:
    yield Line("unzip + lxml, main part alone", _speed(main_part_alone, documents, rounds), None)
    yield Line("unzip + lxml, every XML part", _speed(every_part, documents, rounds), None)
    yield Line("**Nabór**, one process", _speed(nabor, documents, rounds), _share(recall_of_nabor, documents))
    yield Line("**Nabór**, isolated pool of two workers", _speed_of_pool(documents, rounds), None)
    for name, read in (
        ("python-docx, paragraphs and tables", by_python_docx),
        ("docx2python", by_docx2python),
        ("mammoth, HTML", by_mammoth),
    ):
        yield Line(name, _speed(read, documents, rounds), _share(recall_of_text(read), documents))


def _speed(read: Reader, documents: list[Sample], rounds: int) -> float:
    """Documents a second of the processor, so that other work on the machine does not count."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for one in documents:
            try:
                read(one.data)
            except Exception:  # noqa: BLE001, S112 - other readers fail on some files; the time counts all the same
                continue
        best = min(best, time.process_time() - started)
    return len(documents) / best


def _speed_of_pool(documents: list[Sample], rounds: int) -> float:
    """By the clock on the wall, since the work is done elsewhere; the workers are started before."""
    best = float("inf")
    with ReadingPool(FORMS) as pool:
        _count(pool.read_all((number, documents[0].data) for number in range(8)))
        for _ in range(rounds):
            started = time.monotonic()
            _count(pool.read_all((number, one.data) for number, one in enumerate(documents)))
            best = min(best, time.monotonic() - started)
    return len(documents) / best


def _count(things: Iterable[object]) -> int:
    return sum(1 for _ in things)


def _share(found: Callable[[Sample], Iterator[bool]], documents: list[Sample]) -> float:
    answers = [one for document in documents for one in found(document)]
    return sum(answers) / len(answers)


def main(rounds: int) -> None:
    """Prints a table for each set of files."""
    for title, documents in samples():
        fields = sum(_count(one.answered()) for one in documents)
        sys.stdout.write(f"\n{title}: {len(documents)} documents, {fields} answers\n\n")
        sys.stdout.write("| reader | documents a second | answers found |\n|---|---:|---:|\n")
        for line in measure(documents, rounds):
            recall = "" if line.recall is None else f"{line.recall:.1%}"
            sys.stdout.write(f"| {line.name} | {line.speed:.1f} | {recall} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
