"""The parts of a blank form around its document: headers, footer, properties, settings and placeholders."""

from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from forms.blank_elements import (
    RELATIONSHIPS,
    Maker,
    el,
    page_field,
    paragraph_in,
    part_name,
    text_run,
    tie,
    valued,
    words_in,
)
from forms.blank_marks import FORM_PROPERTY, PLACEHOLDERS, VERSION_PROPERTY, footer_id
from forms.wordml import Element
from models.form_definition import FormDefinition


@dataclass(frozen=True)
class BlankHeader:
    """What stands around the questions: the project and the office that hands the form out."""

    project_title: str
    project_number: str
    funding_line: str
    unit_name: str
    unit_address: str


def first_header(header: BlankHeader) -> Element:
    """The first page names the project, its funding and the office; logos are put here by whoever has the right to."""
    return el(
        "hdr",
        words_in("FormFunding", header.funding_line),
        words_in("FormProject", f"Projekt „{header.project_title}”, nr {header.project_number}"),
        words_in("FormUnit", f"{header.unit_name}, {header.unit_address}"),
    )


def next_header(header: BlankHeader) -> Element:
    """The other pages name the project alone."""
    return el("hdr", words_in("FormUnit", f"Projekt „{header.project_title}”, nr {header.project_number}"))


def footer(form: FormDefinition, header: BlankHeader) -> Element:
    """Which form it is, in which version, and the number of the page."""
    return el(
        "ftr",
        paragraph_in(
            "Footer",
            text_run(tie(f"{header.project_number} · {footer_id(form.key, form.version)}")),
            el("r", el("tab")),
            text_run("Strona "),
            page_field("PAGE"),
            text_run(" z\u00a0"),
            page_field("NUMPAGES"),
        ),
    )


_PACKAGE_RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"


def relationships(*targets: tuple[str, str]) -> Element:
    """Where a part finds the others, by kind."""
    make = Maker(_PACKAGE_RELATIONSHIPS, {None: _PACKAGE_RELATIONSHIPS})
    root = make("Relationships")
    for number, (kind, target) in enumerate(targets, start=1):
        prefix = _PACKAGE_RELATIONSHIPS if kind.startswith("metadata/") else RELATIONSHIPS
        root.append(make("Relationship", Id=f"rId{number}", Type=f"{prefix}/{kind}", Target=target))
    return root


def content_types() -> Element:
    """What each part of the package is."""
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    make = Maker(namespace, {None: namespace})
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    office = "application/vnd.openxmlformats-officedocument"
    overrides = {
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/docProps/app.xml": f"{office}.extended-properties+xml",
        "/docProps/custom.xml": f"{office}.custom-properties+xml",
        "/word/document.xml": f"{word}.document.main+xml",
        "/word/styles.xml": f"{word}.styles+xml",
        "/word/settings.xml": f"{word}.settings+xml",
        "/word/header1.xml": f"{word}.header+xml",
        "/word/header2.xml": f"{word}.header+xml",
        "/word/footer1.xml": f"{word}.footer+xml",
        "/word/footer2.xml": f"{word}.footer+xml",
        "/word/glossary/document.xml": f"{word}.document.glossary+xml",
        "/word/glossary/styles.xml": f"{word}.styles+xml",
        "/word/glossary/settings.xml": f"{word}.settings+xml",
    }
    return make(
        "Types",
        make("Default", Extension="rels", ContentType="application/vnd.openxmlformats-package.relationships+xml"),
        make("Default", Extension="xml", ContentType="application/xml"),
        *(make("Override", PartName=name, ContentType=kind) for name, kind in overrides.items()),
    )


def core_properties(form: FormDefinition, header: BlankHeader) -> Element:
    """Title, author and language of the document."""
    cp = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    dc = "http://purl.org/dc/elements/1.1/"
    nsmap: dict[str | None, str] = {"cp": cp, "dc": dc}
    make, dublin = Maker(cp, nsmap), Maker(dc, nsmap)
    return make(
        "coreProperties",
        dublin("title", text=form.title),
        dublin("subject", text=footer_id(form.key, form.version)),
        dublin("creator", text=header.unit_name),
        dublin("language", text="pl-PL"),
    )


def app_properties(header: BlankHeader) -> Element:
    """What made the document, and for whom."""
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    make = Maker(namespace, {None: namespace})
    return make("Properties", make("Application", text="Nabór"), make("Company", text=header.unit_name))


def custom_properties(form: FormDefinition) -> Element:
    """Which form it is and in which version, for the reader."""
    namespace = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
    types = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
    nsmap: dict[str | None, str] = {None: namespace, "vt": types}
    make, value = Maker(namespace, nsmap), Maker(types, nsmap)
    root = make("Properties")
    for number, (name, text) in enumerate(((FORM_PROPERTY, form.key), (VERSION_PROPERTY, form.version)), start=2):
        entry = make("property", fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}", pid=str(number), name=name)
        entry.append(value("lpwstr", text=text))
        root.append(entry)
    return root


def settings() -> Element:
    """The settings of the document."""
    uri = "http://schemas.microsoft.com/office/word"
    return el(
        "settings",
        valued("defaultTabStop", 709),
        valued("characterSpacingControl", "doNotCompress"),
        # Without mode 15 Word opens the form in compatibility mode, where check boxes are dead.
        el("compat", el("compatSetting", name="compatibilityMode", uri=uri, val=15)),
        valued("themeFontLang", "pl-PL"),
        valued("decimalSymbol", ","),
        valued("listSeparator", ";"),
    )


def glossary() -> Element:
    """The placeholder texts as Word keeps them, so that a field that is emptied again shows its own."""
    parts = [
        el(
            "docPart",
            el(
                "docPartPr",
                valued("name", part_name(leaf_type)),
                el("category", valued("name", "Ogólne"), valued("gallery", "placeholder")),
                el("types", valued("type", "bbPlcHdr")),
                el("behaviors", valued("behavior", "content")),
                valued("guid", f"{{{str(uuid5(NAMESPACE_URL, part_name(leaf_type))).upper()}}}"),
            ),
            el("docPartBody", el("p", text_run(text, valued("rStyle", "PlaceholderText")))),
        )
        for leaf_type, text in PLACEHOLDERS.items()
    ]
    return el("glossaryDocument", el("docParts", *parts))
