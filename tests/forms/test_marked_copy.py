"""The returned copy: the asked places marked, the numbers hidden wherever they stand, everything else untouched."""

import io
import re
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from form_filling import BLANK, EVERY_TYPE, TYPED, W, edit, fill, kes_forms, paragraph, table
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from forms.marked_copy import APPLICATION_PROPERTY, FILL, LINE, MOST_XML, marked_copy
from forms.reader import read_form
from forms.reading import FormReading
from models.errors import FormUnreadable
from models.masking import masked
from models.rules.facts import FieldStatus

PESEL = "02611210085"
NUMBERS = frozenset({PESEL})
TOKEN = "ZG-7K3M-QX9D.0123456789abcdef01234567"
FILLED = fill(BLANK, TYPED)
SAMPLES = Path(__file__).parents[2] / "projects" / "kes" / "samples" / "inbox"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def read(data: bytes) -> FormReading:
    return read_form(data, [EVERY_TYPE])


def copy(original: bytes, *asked: str, numbers: frozenset[str] = NUMBERS) -> bytes:
    return marked_copy(original, asked=asked, numbers=numbers, token=TOKEN)


def path_of(key: str) -> str:
    return read(FILLED).field(key).path


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def document(data: bytes) -> etree._Element:
    return etree.fromstring(parts(data)["word/document.xml"])


def marked_texts(data: bytes) -> list[str]:
    """What stands in the marked cells and paragraphs."""
    found = []
    for shade in document(data).iter(f"{W}shd"):
        if shade.get(f"{W}fill") == FILL:
            place = shade.getparent().getparent()
            found.append("".join(place.itertext(f"{W}t")))
    return found


def packaged(body: str, more: Mapping[str, str | bytes] | None = None, *, main: str = MAIN, rels: str = "") -> bytes:
    """A whole small .docx."""
    namespaces = (
        f'xmlns:w="{WORD}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    contents: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/>{rels}</Relationships>',
        "word/document.xml": f"<w:document {namespaces}><w:body>{body}</w:body></w:document>",
        **(more or {}),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return target.getvalue()


# What changes and what does not


def test_the_copy_reads_as_the_original_but_for_the_hidden_number() -> None:
    before, after = read(FILLED), read(copy(FILLED, path_of("telefon"), path_of("adres.kod")))
    changed = {old.key for old, new in zip(before.fields, after.fields, strict=True) if old != new}
    assert changed == {"pesel"}
    assert after.field("pesel").status is FieldStatus.UNREADABLE
    assert after.field("pesel").raw == masked(before.field("pesel").raw, NUMBERS)
    assert after.application_token == TOKEN
    assert (after.form_key, after.form_version) == (before.form_key, before.form_version)


def test_every_other_part_is_the_same_byte_for_byte() -> None:
    before, after = parts(FILLED), parts(copy(FILLED, path_of("telefon")))
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {"word/document.xml", "docProps/custom.xml"}


def test_the_document_differs_in_the_marks_and_the_digits_only() -> None:
    marked = document(copy(FILLED, path_of("telefon"), path_of("imie")))
    for shade in [one for one in marked.iter(f"{W}shd") if one.get(f"{W}fill") == FILL]:
        properties = shade.getparent()
        assert properties is not None
        properties.remove(shade)
        for frame in properties.findall(f"{W}tcBorders"):
            properties.remove(frame)
    original = document(FILLED)
    for text in original.iter(f"{W}t"):
        text.text = masked(text.text or "", NUMBERS)
    assert etree.tostring(marked, method="c14n") == etree.tostring(original, method="c14n")


def test_exactly_the_asked_places_are_marked() -> None:
    assert marked_texts(copy(FILLED, path_of("telefon"), path_of("adres.miejscowosc"))) == ["Żukowo", "600 100 200"]
    assert marked_texts(copy(FILLED)) == []
    assert marked_texts(copy(BLANK, path_of("telefon"))) != [], "a blank place is marked, too"


@pytest.mark.parametrize(
    "path", ["", "body", "body/tbl[99]", "body/tbl[1]/tr[1]", "hdr/p[1]", "body/x[1]", "body/p[0]"]
)
def test_a_path_that_leads_nowhere_marks_nothing(path: str) -> None:
    assert marked_texts(copy(FILLED, path)) == []


def test_a_second_request_takes_the_first_marks_away() -> None:
    first = copy(FILLED, path_of("telefon"), path_of("imie"))
    second = copy(first, path_of("email"))
    assert [text.casefold() for text in marked_texts(second)] == ["wierzbina@example.pl"]
    assert LINE.encode() not in parts(copy(first))["word/document.xml"]
    assert read(second).field("telefon") == read(FILLED).field("telefon")


def test_marks_stand_in_the_order_that_the_format_demands() -> None:
    body = (
        '<w:p><w:pPr><w:pStyle w:val="a"/><w:keepNext/><w:jc w:val="left"/></w:pPr><w:r><w:t>Imię: A</w:t></w:r></w:p>'
        '<w:tbl><w:tr><w:tc><w:tcPr><w:tcW w:w="1"/><w:gridSpan w:val="2"/><w:shd w:fill="DDDDDD"/>'
        '<w:vAlign w:val="top"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'
    )
    root = document(copy(packaged(body), "body/p[1]", "body/tbl[1]/tr[1]/tc[1]"))
    names = [[etree.QName(child).localname for child in one] for one in (*root.iter(f"{W}pPr"), *root.iter(f"{W}tcPr"))]
    assert names == [
        ["pStyle", "keepNext", "pBdr", "shd", "jc"],
        ["tcW", "gridSpan", "tcBorders", "shd", "vAlign"],
    ]


LAYOUTS = {
    "a paragraph": (paragraph("Uwaga") + paragraph("CEL"), "body/p[2]"),
    "a cell": (table(("a", "CEL")), "body/tbl[1]/tr[1]/tc[2]"),
    "the only paragraph of a cell": (table(("a", "CEL")), "body/tbl[1]/tr[1]/tc[2]/p[1]"),
    "one of two paragraphs of a cell": (
        table((f"<w:p/>{paragraph('CEL')}", "b")),
        "body/tbl[1]/tr[1]/tc[1]/p[2]",
    ),
    "a table in a cell": (table((f"{table(('x', 'CEL'))}<w:p/>",)), "body/tbl[1]/tr[1]/tc[1]/tbl[1]/tr[1]/tc[2]"),
    "behind a deleted row": (
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p/></w:tc></w:tr>"
        f"<w:tr><w:tc>{paragraph('CEL')}</w:tc></w:tr></w:tbl>",
        "body/tbl[1]/tr[1]/tc[1]",
    ),
    "in a control around a row": (
        f"<w:tbl><w:sdt><w:sdtContent><w:tr><w:tc>{paragraph('CEL')}</w:tc></w:tr></w:sdtContent></w:sdt></w:tbl>",
        "body/tbl[1]/tr[1]/tc[1]",
    ),
    "in a text box, which is drawn in two ways": (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>"
        f"{paragraph('CEL')}</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>"
        f"{paragraph('CEL')}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
        "body/p[1]/txbx[1]/p[1]",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_place_is_found_as_the_reader_counts(layout: str) -> None:
    body, path = LAYOUTS[layout]
    assert marked_texts(copy(packaged(body), path)) == ["CEL"]


@pytest.mark.parametrize(
    "name",
    ["SZABLONOWA.docx", "Kopiuj P. formularz.docx", "Śledzona_formularz_v3_ostateczny.docx", "Zgloszenie_Zmyslny.docx"],
)
def test_the_marks_lie_where_the_reader_read(name: str) -> None:
    original = (SAMPLES / name).read_bytes()
    forms = kes_forms()
    asked = [read_form(original, forms).field(key) for key in ("nazwisko", "telefon", "instytucja.nazwa", "motywacja")]
    texts = marked_texts(copy(original, *(field.path for field in asked)))
    assert len(texts) == len(asked)
    assert all(_bare(field.raw) in _bare(text) for field, text in zip(asked, texts, strict=True))
    after = read_form(copy(original, *(field.path for field in asked)), forms)
    assert [after.field(field.key) for field in asked] == asked


def _bare(text: str) -> str:
    return "".join(text.split())


# Numbers


def runs(*pieces: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{piece}</w:t></w:r>" for piece in pieces) + "</w:p>"


OTHER_PARTS: dict[str, tuple[str, str | bytes]] = {
    "a header": ("word/header1.xml", f'<w:hdr xmlns:w="{WORD}">{runs("0261", "1210085")}</w:hdr>'),
    "a comment": (
        "word/comments.xml",
        f'<w:comments xmlns:w="{WORD}"><w:comment>{runs(PESEL)}</w:comment></w:comments>',
    ),
    "a footnote": ("word/footnotes.xml", f'<w:footnotes xmlns:w="{WORD}">{runs("02611210", "085")}</w:footnotes>'),
    "the glossary": ("word/glossary/document.xml", f'<w:d xmlns:w="{WORD}">{runs(PESEL)}</w:d>'),
    "custom XML": ("customXml/item1.xml", f"<dane><pesel>{PESEL}</pesel></dane>"),
    "an attribute of custom XML": ("customXml/item2.xml", f'<dane pesel="{PESEL[:6]} {PESEL[6:]}"/>'),
    "the title": (
        "docProps/core.xml",
        f'<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{PESEL}</dc:title></c>',
    ),
    "a link": (
        "word/_rels/document.xml.rels",
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r9" Type="{OFFICE}/hyperlink" '
        f'Target="https://example.org/{PESEL}" TargetMode="External"/></Relationships>',
    ),
}
BODIES = {
    "plain": runs(PESEL),
    "cut into runs": runs("PESEL: 02", "6", "1121", "0085 koniec"),
    "with blanks": runs("026112 10 085"),
    "one digit a cell": table(tuple(PESEL)),
    "deleted": f"<w:p><w:del><w:r><w:delText>{PESEL}</w:delText></w:r></w:del></w:p>",
    "half deleted": "<w:p><w:r><w:t>026112</w:t></w:r><w:del><w:r><w:delText>10085</w:delText></w:r></w:del></w:p>",
    "hidden": f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{PESEL}</w:t></w:r></w:p>",
    "a default of a field": f'<w:p><w:r><w:fldChar><w:ffData><w:textInput><w:default w:val="{PESEL}"/></w:textInput>'
    "</w:ffData></w:fldChar></w:r></w:p>",
    "a title of a control": f'<w:sdt><w:sdtPr><w:alias w:val="{PESEL}"/></w:sdtPr><w:sdtContent><w:p/>'
    "</w:sdtContent></w:sdt>",
    "a text box": f"<w:p><w:r><w:pict><v:textbox><w:txbxContent>{runs(PESEL)}</w:txbxContent></v:textbox></w:pict>"
    "</w:r></w:p>",
    "twice": runs(PESEL) + runs(f"to jest {PESEL}"),
}


def digits_of(data: bytes) -> str:
    """All digits of the texts and attributes of all parts, run together."""
    found = []
    for name, content in parts(data).items():
        if name.endswith((".xml", ".rels")):
            root = etree.fromstring(content)
            found.append("".join(map(str, root.itertext())))
            found += [str(value) for element in root.iter() for value in element.attrib.values()]
    return "|".join(re.sub(r"\D", "", text) for text in found)


@pytest.mark.parametrize("place", [*BODIES, *OTHER_PARTS])
def test_the_number_is_hidden_wherever_it_stands(place: str) -> None:
    more = dict([OTHER_PARTS[place]]) if place in OTHER_PARTS else {}
    original = packaged(BODIES.get(place, "<w:p/>"), more)
    assert PESEL in digits_of(original)
    assert PESEL not in digits_of(copy(original))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 10), max_size=6), st.sampled_from(["", " ", "-", "\u00a0"]))
def test_however_it_is_cut_nothing_is_left(cuts: list[int], gap: str) -> None:
    spots = sorted(set(cuts))
    pieces = [PESEL[start:end] for start, end in zip([0, *spots], [*spots, 11], strict=True)]
    after = copy(packaged(runs("Nr ", *(piece + gap for piece in pieces), " koniec")))
    assert re.findall(r"\d", "".join(document(after).itertext())) == []
    assert "koniec" in "".join(document(after).itertext())


def test_an_account_and_another_persons_number_are_hidden_without_being_known() -> None:
    body = runs("Konto PL20 9999 0000 0000 ", "0000 0000 0001") + runs(f"PESEL żony {PESEL}")
    assert digits_of(copy(packaged(body), numbers=frozenset())).startswith("|")
    assert "9999" not in digits_of(copy(packaged(body), numbers=frozenset()))


def test_the_little_picture_of_the_first_page_stays_out() -> None:
    rels = f'<Relationship Id="r2" Type="{PACKAGE}/relationships/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/>'
    after = parts(copy(packaged("<w:p/>", {"docProps/thumbnail.jpeg": b"\xff\xd8"}, rels=rels)))
    assert "docProps/thumbnail.jpeg" not in after
    assert b"thumbnail" not in after["_rels/.rels"]


# What is not copied


@pytest.mark.parametrize(
    "original",
    [
        pytest.param(b"nic", id="no archive"),
        pytest.param(packaged("<w:p/>", main=MAIN.replace("document.main", "template.main")), id="a template"),
        pytest.param(
            packaged("<w:p/>", main="application/vnd.ms-word.document.macroEnabled.main+xml"), id="with macros"
        ),
        pytest.param(packaged("<w:p/>", {"word/chunk.html": "<p>x</p>"}), id="a part nobody looks into"),
        pytest.param(
            packaged("<w:p/>", {"word/media/a.png": b"\x89PNG" + PESEL.encode()}), id="the number in a picture"
        ),
        pytest.param(packaged("<w:p/>", {f"word/{PESEL}.xml": "<a/>"}), id="the number as a name"),
        pytest.param(packaged(runs("0(26)11/21+00*85")), id="the number in a disguise"),
        pytest.param(packaged("<w:p/>", {"word/broken.xml": "<a>"}), id="a broken part"),
        pytest.param(
            packaged("<w:p/>", {"docProps/custom.xml": "<a/>", "docProps/custom_nabor.xml": "<a/>"}),
            id="no name left for the properties",
        ),
    ],
)
def test_what_cannot_be_copied_safely_is_not_copied(original: bytes) -> None:
    with pytest.raises(FormUnreadable) as refusal:
        copy(original)
    assert PESEL not in str(refusal.value)


def test_megabytes_of_text_are_not_copied() -> None:
    """Pre-flight lets them pass; a copy would hold every sign by itself."""
    text = Random(1).randbytes(MOST_XML // 2).hex()
    with pytest.raises(FormUnreadable) as refusal:
        copy(packaged("<w:p/>", {"word/long.xml": f"<a>{text}</a>"}))
    assert refusal.value.code == "no_copy"


# The token


def test_the_token_is_a_custom_property_beside_the_others() -> None:
    twice = copy(copy(FILLED))
    root = etree.fromstring(parts(twice)["docProps/custom.xml"])
    names = [one.get("name") for one in root]
    assert names.count(APPLICATION_PROPERTY) == 1
    assert len(names) > 1, "the form's own id is there as well"
    assert len({one.get("pid") for one in root}) == len(names)
    assert read(twice).application_token == TOKEN


def test_a_document_without_properties_gets_the_part_for_them() -> None:
    after = parts(copy(packaged("<w:p/>")))
    types, rels = etree.fromstring(after["[Content_Types].xml"]), etree.fromstring(after["_rels/.rels"])
    assert "/docProps/custom.xml" in {one.get("PartName") for one in types}
    assert "docProps/custom.xml" in {one.get("Target") for one in rels}
    assert TOKEN.encode() in after["docProps/custom.xml"]


def test_no_other_document_has_a_token() -> None:
    assert read(FILLED).application_token == ""


STRICT = (
    (WORD, "http://purl.oclc.org/ooxml/wordprocessingml/main"),
    (OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"),
)


def test_a_strict_document_stays_strict() -> None:
    contents = parts(packaged(table(("Telefon", PESEL))))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in contents.items():
            for plain, strict in STRICT:
                content = content.replace(plain.encode(), strict.encode())
            archive.writestr(name, content)
    after = parts(copy(target.getvalue(), "body/tbl[1]/tr[1]/tc[2]"))["word/document.xml"]
    assert WORD.encode() not in after
    assert FILL.encode() in after
    assert PESEL.encode() not in after


@pytest.mark.libreoffice
def test_libreoffice_opens_the_copy_and_keeps_the_hidden_id(tmp_path: Path) -> None:
    (tmp_path / "kopia.docx").write_bytes(copy(FILLED, path_of("telefon")))
    (tmp_path / "out").mkdir()
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "docx",
            "--outdir",
            str(tmp_path / "out"),
            str(tmp_path / "kopia.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    saved = (tmp_path / "out" / "kopia.docx").read_bytes()
    assert read(saved).application_token == TOKEN
    assert read(saved).field("telefon").value == "+48600100200"
    assert any("600 100 200" in text for text in marked_texts(saved))
    assert marked_texts(copy(saved)) == [], "our marks are known again after another program has saved them"


def test_tracked_changes_stay_as_they_are() -> None:
    def track(root: etree._Element) -> None:
        run = next(one for one in root.iter(f"{W}t") if one.text == "Kartuzy").getparent()
        assert run is not None
        parent = run.getparent()
        assert parent is not None
        inserted = etree.Element(f"{W}ins", {f"{W}id": "7", f"{W}author": "kandydatka"})
        parent.replace(run, inserted)
        inserted.append(run)

    tracked = edit(FILLED, track)
    after = document(copy(tracked, path_of("telefon")))
    assert len(list(after.iter(f"{W}ins"))) == len(list(document(tracked).iter(f"{W}ins"))) == 1
