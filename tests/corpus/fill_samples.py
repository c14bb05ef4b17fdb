"""Fills the sample forms of ``projects/kes/samples`` anew. Run by hand, where LibreOffice is installed; not a test.

    python tests/corpus/fill_samples.py

``gold.json`` says what each file is to say, ``cast.py`` how it was put down. The files come out equal in content, not
in bytes: LibreOffice writes times and random numbers into what it saves. Run ``tests/forms/test_samples.py`` after it.
"""

import argparse
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from cast import CORRECTIONS, INBOX, NO_PESEL_BOX, UNREADABLE_ANSWERS, Hand, Sample
from lxml import etree

from flows.steps.forms import blank_form
from forms.blank_marks import NO_PESEL, box_tag
from models.form_definition import FormDefinition, Leaf, LeafType
from models.project_file import load_project

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent / "projects" / "kes"
SAMPLES = PROJECT / "samples"
FORM = "zalacznik_1_pgr"

Answer = str | bool | list[str]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"

GMINAS = {"2205023": "Kartuzy", "2205083": "Żukowo", "2213093": "Skarszewy"}


@dataclass
class Job:
    """One form to fill in LibreOffice: ``answers`` by tag of the control, in the order of filling."""

    source: str
    target: str
    hand: str
    author: str
    tags: list[str]
    answers: list[tuple[str, str]]
    picked: list[str] = field(default_factory=list)


# --- what is typed ---------------------------------------------------------------------------------------------------


def typed_answers(
    form: FormDefinition, answers: Mapping[str, Answer], wording: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What goes into which control: text by tag, ``""`` for a box to click."""
    for leaf in form.leaves:
        text = wording.get(leaf.key)
        value = answers.get(leaf.key)
        if text == NO_PESEL_BOX:
            yield box_tag(leaf.key, NO_PESEL), ""
        elif text is not None:
            yield from [(leaf.key, text)] if text else []
        elif isinstance(value, list):
            yield from ((box_tag(leaf.key, code), "") for code in value)
        elif isinstance(value, bool):
            yield from [(leaf.key, "")] if value else []
        elif value is not None:
            yield leaf.key, plain_wording(leaf, value)


def plain_wording(leaf: Leaf, value: str) -> str:
    """An answer worded as most people do."""
    match leaf.type:
        case LeafType.DATE:
            return f"{date.fromisoformat(value):%d.%m.%Y}"
        case LeafType.PHONE:
            return f"{value[3:6]} {value[6:9]} {value[9:]}"
        case LeafType.GMINA:
            return GMINAS[value]
        case LeafType.CHOICE:
            return next(option.label for option in leaf.options if option.code == value)
        case _:
            return value


# --- as Word does it -------------------------------------------------------------------------------------------------


def filled_by_word(blank: bytes, answers: Sequence[tuple[str, str]], born: str) -> bytes:
    """The form as Word saves it: every control kept, the mark of the prompt and its style gone where one answered."""
    source = zipfile.ZipFile(io.BytesIO(blank))
    root = etree.fromstring(source.read("word/document.xml"))
    controls = {tag: sdt for sdt in root.iter(f"{W}sdt") if (tag := _tag(sdt))}
    for tag, text in answers:
        properties, content = controls[tag].find(f"{W}sdtPr"), controls[tag].find(f"{W}sdtContent")
        assert properties is not None
        assert content is not None
        checkbox = properties.find(f"{W14}checkbox")
        if checkbox is not None:
            _tick(checkbox, content)
        else:
            _write(properties, content, text, born)
    target = io.BytesIO()
    with source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            content_of = source.read(entry)
            if entry.filename == "word/document.xml":
                content_of = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            if entry.filename == "docProps/app.xml":
                content_of = content_of.replace("Nabór".encode(), b"Microsoft Office Word")
            archive.writestr(entry, content_of)
    return target.getvalue()


def _tag(sdt: etree._Element) -> str:
    found = sdt.find(f"{W}sdtPr/{W}tag")
    return "" if found is None else found.get(f"{W}val") or ""


def _tick(checkbox: etree._Element, content: etree._Element) -> None:
    state, sign = checkbox.find(f"{W14}checked"), content.find(f".//{W}t")
    assert state is not None
    assert sign is not None
    state.set(f"{W14}val", "1")
    sign.text = "☒"


def _write(properties: etree._Element, content: etree._Element, text: str, iso_date: str) -> None:
    prompt = properties.find(f"{W}showingPlcHdr")
    if prompt is not None:
        properties.remove(prompt)
    chosen, day = properties.find(f"{W}dropDownList"), properties.find(f"{W}date")
    if chosen is not None:
        value = next(item.get(f"{W}value") for item in chosen if item.get(f"{W}displayText") == text)
        chosen.set(f"{W}lastValue", value or "")
    if day is not None and iso_date:
        day.set(f"{W}fullDate", f"{iso_date}T00:00:00Z")
    for child in list(content):
        content.remove(child)
    # Word checks the spelling while one types and marks the words it does not know.
    words = text.split(" ") if chosen is None and day is None else [text]
    for number, word in enumerate(words):
        unknown = bool(word) and number == len(words) - 1 and word[0].isupper()
        if unknown:
            etree.SubElement(content, f"{W}proofErr").set(f"{W}type", "spellStart")
        run = etree.SubElement(etree.SubElement(content, f"{W}r"), f"{W}t")
        run.text = word if number == len(words) - 1 else f"{word} "
        run.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        if unknown:
            etree.SubElement(content, f"{W}proofErr").set(f"{W}type", "spellEnd")


# --- the whole cast --------------------------------------------------------------------------------------------------


def fill(soffice: str, python: str) -> None:
    definition = load_project(PROJECT)
    form = definition.form(FORM)
    blank = blank_form(definition, FORM)
    gold = json.loads((HERE / "gold.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        blank_file = Path(scratch, "blank.docx")
        blank_file.write_bytes(blank)
        jobs: list[Job] = []
        for folder, samples in (("inbox", INBOX), ("corrections", CORRECTIONS)):
            target = SAMPLES / folder
            target.mkdir(parents=True, exist_ok=True)
            for sample in samples:
                answers = gold[f"{folder}/{sample.file}"].get("values") or UNREADABLE_ANSWERS[sample.file]
                typed = list(typed_answers(form, answers, sample.typed))
                if sample.hand is Hand.WORD:
                    born = str(answers.get("data_urodzenia", ""))
                    (target / sample.file).write_bytes(filled_by_word(blank, typed, born))
                else:
                    jobs.append(_job(sample, typed, target, blank_file, tags_of(blank)))
            write_manifest(target / "manifest.csv", samples)
        listed = Path(scratch, "jobs.json")
        listed.write_text(json.dumps([asdict(job) for job in jobs], ensure_ascii=False), encoding="utf-8")
        subprocess.run([python, HERE / "office_hand.py", soffice, listed], check=True)
    for sample in INBOX:
        path = SAMPLES / "inbox" / sample.file
        if sample.hand is Hand.PHOTO:
            photograph(path.with_suffix(".pdf"), path)
        if sample.hand is Hand.DAMAGED:
            whole = path.read_bytes()
            path.write_bytes(whole[: len(whole) * 3 // 5])


def photograph(printed: Path, target: Path) -> None:
    """The first page as a small grey picture, as a telephone or a scanner sends it."""
    pdftoppm = shutil.which("pdftoppm")
    if pdftoppm is None:
        sys.exit("pdftoppm (poppler-utils) is missing.")
    look = ("-gray", "-jpeg", "-jpegopt", "quality=40", "-scale-to", "960")
    subprocess.run([pdftoppm, "-f", "1", "-singlefile", *look, printed, target.with_suffix("")], check=True)
    target.with_suffix(".jpg").rename(target)
    printed.unlink()


def _job(sample: Sample, typed: list[tuple[str, str]], folder: Path, blank: Path, tags: list[str]) -> Job:
    job = Job(
        source=str(blank),
        target=str((folder / sample.file).with_suffix(".pdf") if sample.hand is Hand.PHOTO else folder / sample.file),
        hand=sample.hand.value,
        author=sample.author,
        tags=tags,
        answers=typed,
        picked=["data_urodzenia"] if sample.picked_date else [],
    )
    if sample.edited_from:
        # Only what differs from the first form is typed.
        before = dict(typed_answers_of(sample.edited_from))
        job.source = str(folder / sample.edited_from)
        job.answers = [(tag, text) for tag, text in typed if before.get(tag) != text]
    return job


def typed_answers_of(file: str) -> Iterator[tuple[str, str]]:
    """What was typed into another form of the inbox."""
    gold = json.loads((HERE / "gold.json").read_text(encoding="utf-8"))
    sample = next(sample for sample in INBOX if sample.file == file)
    return typed_answers(load_project(PROJECT).form(FORM), gold[f"inbox/{file}"]["values"], sample.typed)


def tags_of(blank: bytes) -> list[str]:
    """The tags of all controls in the order of the document."""
    with zipfile.ZipFile(io.BytesIO(blank)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return [_tag(sdt) for sdt in root.iter(f"{W}sdt")]


def write_manifest(path: Path, samples: Sequence[Sample]) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        lines = csv.writer(target, lineterminator="\n")
        lines.writerow(("file", "received_at", "channel", "sender", "application"))
        for sample in samples:
            lines.writerow((sample.file, sample.received_at, sample.channel, sample.sender, sample.application))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--soffice", default=shutil.which("soffice"), help="LibreOffice")
    parser.add_argument(
        "--uno-python",
        default=shutil.which("python3", path=os.defpath),
        help="a Python that has LibreOffice's UNO bridge (on Debian the system's, with the package python3-uno)",
    )
    chosen = parser.parse_args()
    if not chosen.soffice or not chosen.uno_python:
        sys.exit("LibreOffice or a Python with its UNO bridge is missing; name them with --soffice and --uno-python.")
    fill(chosen.soffice, chosen.uno_python)


if __name__ == "__main__":
    main()
