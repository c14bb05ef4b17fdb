"""What these tests share: one form with every type of question, and a hand that fills it in as Word would."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from lxml import etree
from ruamel.yaml import YAML

from forms.blank_package import BlankHeader
from forms.blanks import write_blank
from forms.document import Document
from forms.word import read_document
from models.form_definition import FormDefinition

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"

CORPUS = Path(__file__).parent.parent / "corpus"
KES_FORMS = Path(__file__).parent.parent.parent / "projects" / "kes" / "forms"

HEADER = BlankHeader(
    project_title="Kooperacja – efektywna i skuteczna",
    project_number="POWR.02.05.00-00-0207/17-00",
    funding_line="Projekt współfinansowany ze środków Unii Europejskiej w ramach Europejskiego Funduszu Społecznego",
    unit_name="Regionalny Ośrodek Polityki Społecznej",
    unit_address="ul. Przykładowa 1, 00-001 Przykładowo",
)

YES_NO = [{"code": "tak", "label": "tak"}, {"code": "nie", "label": "nie"}]

EVERY_TYPE = FormDefinition.model_validate_json(
    json.dumps(
        {
            "schema_version": 1,
            "key": "zalacznik_probny",
            "version": "1.0",
            "group_kind": "PGR",
            "title": "Formularz próbny",
            "sections": [
                {
                    "title": "Osoba",
                    "fields": [
                        {"key": "imie", "label": "Imię (imiona)", "type": "text", "aliases": ["Imię"]},
                        {"key": "nazwisko", "label": "Nazwisko", "type": "text"},
                        {"key": "pesel", "label": "PESEL", "type": "pesel", "help": "11 cyfr", "aliases": ["Nr PESEL"]},
                        {"key": "data_urodzenia", "label": "Data urodzenia", "type": "date"},
                        {
                            "key": "plec",
                            "label": "Płeć",
                            "type": "choice",
                            "options": [
                                {"code": "kobieta", "label": "kobieta"},
                                {"code": "mezczyzna", "label": "mężczyzna"},
                            ],
                        },
                        {"key": "adres", "label": "Adres zamieszkania", "type": "address"},
                        {"key": "korespondencja", "label": "Adres do korespondencji", "type": "address"},
                        {"key": "email", "label": "Adres e-mail", "type": "email", "aliases": ["E-mail"]},
                        {"key": "telefon", "label": "Telefon", "type": "phone", "required": False},
                    ],
                },
                {
                    "title": "Praca",
                    "fields": [
                        {
                            "key": "instytucja",
                            "label": "Instytucja",
                            "type": "institution",
                            "part_options": {
                                "obszar": [
                                    {"code": "pomoc_spoleczna", "label": "pomoc i integracja społeczna"},
                                    {"code": "oswiata", "label": "oświata"},
                                ],
                                "poziom": [
                                    {"code": "gmina", "label": "gminny"},
                                    {"code": "powiat", "label": "powiatowy"},
                                ],
                            },
                        },
                        {
                            "key": "zakres",
                            "label": "Z kim Pani / Pan pracuje?",
                            "type": "choices",
                            "help": "można zaznaczyć kilka",
                            "options": [
                                {"code": "rodziny", "label": "rodziny z dziećmi"},
                                {"code": "seniorzy", "label": "osoby starsze"},
                                {"code": "mlodziez", "label": "młodzież"},
                            ],
                        },
                        {"key": "motywacja", "label": "Motywacja", "type": "long_text", "required": False},
                    ],
                },
                {
                    "title": "Oświadczenia",
                    "fields": [
                        {"key": "osw_prawda", "label": "Podane informacje są zgodne z prawdą.", "type": "statement"},
                        {
                            "key": "zgoda_wizerunek",
                            "label": "Zgadzam się na publikowanie mojego wizerunku.",
                            "type": "consent",
                            "required": False,
                        },
                    ],
                },
            ],
            "closing": "Informacja o danych osobowych.\n\nDrugi akapit.",
        }
    )
)

BLANK = write_blank(EVERY_TYPE, HEADER)

Answers = Mapping[str, str | bool]

TYPED: dict[str, str | bool] = {
    "imie": "Wierzbina",
    "nazwisko": "Próbna-Łącka",
    "pesel": "02611210085",
    "data_urodzenia": "12.01.2202",
    "plec": "kobieta",
    "adres.ulica": "ul. Zmyślona 5 m. 7",
    "adres.kod": "83-330",
    "adres.miejscowosc": "Żukowo",
    "adres.gmina": "Żukowo, powiat kartuski",
    "korespondencja.ulica": "al. Wymyślona 1",
    "korespondencja.kod": "83300",
    "korespondencja.miejscowosc": "Kartuzy",
    "korespondencja.gmina": "2205023",
    "email": "Wierzbina@Example.PL",
    "telefon": "600 100 200",
    "instytucja.nazwa": "Ośrodek „Próba” & Syn <b>",
    "instytucja.nip": "778-13-46-888",
    "instytucja.obszar": "oświata",
    "instytucja.poziom": "gminny",
    "instytucja.gmina": "Kartuzy",
    "instytucja.stanowisko": "pedagożka",
    "zakres:rodziny": True,
    "zakres:mlodziez": True,
    "motywacja": "Chcę pomagać.\nTelefon: najlepiej po 15.",
    "osw_prawda": True,
    "zgoda_wizerunek": True,
}
"""What somebody types into the form: an answer by tag, a tick as ``True``."""

VALUES: dict[str, str | bool | tuple[str, ...]] = {
    "imie": "Wierzbina",
    "nazwisko": "Próbna-Łącka",
    "pesel": "02611210085",
    "data_urodzenia": "2202-01-12",
    "plec": "kobieta",
    "adres.ulica": "ul. Zmyślona 5 m. 7",
    "adres.kod": "83-330",
    "adres.miejscowosc": "Żukowo",
    "adres.gmina": "2205083",
    "korespondencja.ulica": "al. Wymyślona 1",
    "korespondencja.kod": "83-300",
    "korespondencja.miejscowosc": "Kartuzy",
    "korespondencja.gmina": "2205023",
    "email": "Wierzbina@example.pl",
    "telefon": "+48600100200",
    "instytucja.nazwa": "Ośrodek „Próba” & Syn <b>",
    "instytucja.nip": "7781346888",
    "instytucja.obszar": "oswiata",
    "instytucja.poziom": "gmina",
    "instytucja.gmina": "2205023",
    "instytucja.stanowisko": "pedagożka",
    "zakres": ("rodziny", "mlodziez"),
    "motywacja": "Chcę pomagać.\nTelefon: najlepiej po 15.",
    "osw_prawda": True,
    "zgoda_wizerunek": True,
}
"""What has to be read from ``TYPED``."""


def kes_forms() -> tuple[FormDefinition, ...]:
    """The forms of the shipped project that persons fill in; those of gminas and powiats have tests of their own."""
    return tuple(
        FormDefinition.model_validate_json(json.dumps(YAML(typ="safe").load(path)))
        for path in sorted(KES_FORMS.glob("z*.yaml"))
        if path.stem != "zgloszenie_gminy"
    )


def edit(docx: bytes, change: Callable[[etree._Element], None], part: str = "word/document.xml") -> bytes:
    """The file with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                root = etree.fromstring(content)
                change(root)
                content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            target.writestr(name, content)
    return buffer.getvalue()


def fill(docx: bytes, answers: Answers) -> bytes:
    """The blank with answers typed into its content controls."""

    def change(root: etree._Element) -> None:
        for sdt in root.iter(f"{W}sdt"):
            tag = sdt.find(f"{W}sdtPr/{W}tag")
            answer = answers.get(tag.get(f"{W}val") or "") if tag is not None else None
            if answer is not None:
                _fill_control(sdt, answer)

    return edit(docx, change)


def _fill_control(sdt: etree._Element, answer: str | bool) -> None:
    properties, content = sdt.find(f"{W}sdtPr"), sdt.find(f"{W}sdtContent")
    assert properties is not None
    assert content is not None
    state = properties.find(f"{W14}checkbox/{W14}checked")
    if state is not None:
        state.set(f"{W14}val", "1" if answer else "0")
        text = content.find(f".//{W}t")
        assert text is not None
        text.text = "☒" if answer else "☐"
        return
    flag = properties.find(f"{W}showingPlcHdr")
    if flag is not None:
        properties.remove(flag)
    for child in list(content):
        content.remove(child)
    run = etree.SubElement(content, f"{W}r")
    for number, line in enumerate(str(answer).split("\n")):
        if number:
            etree.SubElement(run, f"{W}br")
        etree.SubElement(run, f"{W}t").text = line


def without_tags(docx: bytes) -> bytes:
    """As LibreOffice 7.4 saves it: no tags, no titles, no mark of placeholders."""

    def change(root: etree._Element) -> None:
        for properties in root.iter(f"{W}sdtPr"):
            for name in ("tag", "alias", "showingPlcHdr"):
                for element in properties.findall(f"{W}{name}"):
                    properties.remove(element)

    return edit(docx, change)


def body_of(xml: str) -> bytes:
    """A Word file with this body and nothing else, for layouts that are not ours."""
    namespaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {namespaces}><w:body>{xml}</w:body></w:document>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def table(*rows: tuple[str, ...]) -> str:
    """A table of cells; a cell is text or ready-made XML."""
    cells = (
        "".join(f"<w:tc>{cell if cell.startswith('<w:') else paragraph(cell)}</w:tc>" for cell in row) for row in rows
    )
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def run(inside: str, properties: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p><w:r><w:rPr>{properties}</w:rPr>{inside}</w:r></w:p>"


def sdt(properties: str, content: str) -> str:
    """A content control."""
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def form_field(data: str, result: str = "") -> str:
    """A paragraph with an old form field."""

    def mark(kind: str, inside: str = "") -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}">{inside}</w:fldChar></w:r>'

    code = "<w:r><w:instrText> FORM </w:instrText></w:r>"
    shown = f"<w:r><w:t>{result}</w:t></w:r>" if result else ""
    begin = mark("begin", f'<w:ffData><w:name w:val="Pole1"/>{data}</w:ffData>')
    return f"<w:p>{begin}{code}{mark('separate')}{shown}{mark('end')}</w:p>"


def document_of(xml: str) -> Document:
    """The tree of a document with this body."""
    return read_document(body_of(xml))
