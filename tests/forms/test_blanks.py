"""The blank form as an office hands it out."""

import io
import zipfile
from collections import Counter
from itertools import pairwise

import docx
import pytest
from form_filling import BLANK, EVERY_TYPE, HEADER, W14, W, kes_forms
from lxml import etree

from forms.blank_elements import tie
from forms.blank_marks import FORM_PROPERTY, VERSION_PROPERTY
from forms.blanks import write_blank
from forms.safety import preflight
from forms.word import read_document
from models.form_definition import FormDefinition, LeafType

FORMS = (EVERY_TYPE, *kes_forms())

# ISO/IEC 29500-4, CT_SdtPr: Word refuses a document whose properties stand in another order.
SDT_ORDER = ("alias", "tag", "id", "lock", "placeholder", "showingPlcHdr")


def part(docx: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return etree.fromstring(archive.read(name))


def values(root: etree._Element, path: str) -> list[str]:
    return [element.get(f"{W}val") or "" for element in root.iterfind(path)]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_the_same_definition_gives_the_same_bytes(form: FormDefinition) -> None:
    assert write_blank(form, HEADER) == write_blank(form, HEADER)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_every_leaf_has_its_control(form: FormDefinition) -> None:
    expected: list[str] = []
    for leaf in form.leaves:
        if leaf.type == LeafType.CHOICES:
            expected += [f"{leaf.key}:{option.code}" for option in leaf.options]
        else:
            expected.append(leaf.key)
        if leaf.type == LeafType.PESEL:
            expected.append(f"{leaf.key}:brak")
    root = part(write_blank(form, HEADER), "word/document.xml")
    assert values(root, f".//{W}sdtPr/{W}tag") == expected


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)
def test_controls_are_well_formed_for_word(form: FormDefinition) -> None:
    root = part(write_blank(form, HEADER), "word/document.xml")
    ids = values(root, f".//{W}sdtPr/{W}id")
    assert len(set(ids)) == len(ids)
    assert all(0 < int(number) < 2**31 for number in ids)
    for properties in root.iter(f"{W}sdtPr"):
        names = [etree.QName(child).localname for child in properties]
        known = [name for name in names if name in SDT_ORDER]
        assert known == sorted(known, key=SDT_ORDER.index)
        assert names[: len(known)] == known, "the kind of control stands last"
        assert len(names) == len(known) + 1
    assert all(len(title) <= 64 for title in values(root, f".//{W}alias") + values(root, f".//{W}tag"))


def test_the_kinds_of_controls() -> None:
    root = part(BLANK, "word/document.xml")
    kinds = Counter(etree.QName(properties[-1]).localname for properties in root.iter(f"{W}sdtPr"))
    assert kinds["date"] == 1
    assert kinds["dropDownList"] == 3
    assert kinds["checkbox"] == 1 + 3 + 2
    assert values(root, f".//{W}date/{W}dateFormat") == ["dd.MM.yyyy"]
    assert [e.get(f"{W14}val") for e in root.iter(f"{W14}checked")] == ["0"] * 6


def test_tables_never_touch() -> None:
    body = part(BLANK, "word/document.xml")[0]
    tags = [etree.QName(child).localname for child in body]
    assert "tbl" in tags
    assert all(pair != ("tbl", "tbl") for pair in pairwise(tags))
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in body.iter(f"{W}tr"))


def test_page_language_title_and_author() -> None:
    size = part(BLANK, "word/document.xml").find(f".//{W}pgSz")
    assert size is not None
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
    language = part(BLANK, "word/styles.xml").find(f".//{W}lang")
    assert language is not None
    assert language.get(f"{W}val") == "pl-PL"
    core = {etree.QName(child).localname: child.text for child in part(BLANK, "docProps/core.xml")}
    assert core == {
        "title": EVERY_TYPE.title,
        "subject": "zalacznik_probny, wersja 1.0",
        "creator": HEADER.unit_name,
        "language": "pl-PL",
    }
    assert read_document(BLANK).properties == {FORM_PROPERTY: "zalacznik_probny", VERSION_PROPERTY: "1.0"}


def test_headings_are_real_and_every_style_exists() -> None:
    root, styles = part(BLANK, "word/document.xml"), part(BLANK, "word/styles.xml")
    known = {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")}
    used = {e.get(f"{W}val") for tag in ("pStyle", "rStyle", "tblStyle") for e in root.iter(f"{W}{tag}")}
    assert used <= known
    headings = [paragraph.text for paragraph in read_document(BLANK).blocks if getattr(paragraph, "heading", False)]
    assert headings == ["Formularz próbny", "I. Osoba", "II. Praca", "III. Oświadczenia"]


def test_every_relationship_leads_to_a_part() -> None:
    with zipfile.ZipFile(io.BytesIO(BLANK)) as archive:
        names = set(archive.namelist())
        for name in [name for name in names if name.endswith(".rels")]:
            folder = name.replace("_rels/", "").rpartition("/")[0]
            for relationship in etree.fromstring(archive.read(name)):
                assert f"{folder}/{relationship.get('Target')}".lstrip("/") in names
        types = etree.fromstring(archive.read("[Content_Types].xml"))
        declared = {(e.get("PartName") or "").lstrip("/") for e in types} - {""}
        assert declared == {name for name in names if name.endswith(".xml")} - {"[Content_Types].xml"}


def test_the_footer_names_project_form_version_and_page() -> None:
    footer = part(BLANK, "word/footer1.xml")
    text = "".join(e.text or "" for e in footer.iter(f"{W}t"))
    assert text.startswith("POWR.02.05.00-00-0207/17-00 · zalacznik_probny, wersja 1.0")
    assert [e.get(f"{W}instr") for e in footer.iter(f"{W}fldSimple")] == [" PAGE ", " NUMPAGES "]


def test_a_blank_passes_our_own_safety_check() -> None:
    assert preflight(BLANK).remarks == ()


def test_another_program_opens_it() -> None:
    opened = docx.Document(io.BytesIO(BLANK))
    assert opened.paragraphs[1].text == "Formularz próbny"
    assert [len(opened_table.columns) for opened_table in opened.tables] == [2, 2, 2]


@pytest.mark.parametrize(
    ("plain", "tied"),
    [
        ("praca w domu i w biurze", "praca w\u00a0domu i\u00a0w\u00a0biurze"),
        ("Znak z listy, nr 3", "Znak z\u00a0listy, nr\u00a03"),
        ("10 zł, 2018 r. w Toruniu", "10\u00a0zł, 2018\u00a0r. w\u00a0Toruniu"),
        ("oraz inne", "oraz inne"),
    ],
)
def test_one_letter_words_do_not_end_a_line(plain: str, tied: str) -> None:
    assert tie(plain) == tied
