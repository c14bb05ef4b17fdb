"""The parts of an archive are found and parsed, or refused with their reason."""

import io
import zipfile

import pytest
from form_filling import body_of, document_of, edit, paragraph
from lxml import etree

from forms.document import paragraphs_of
from forms.word import read_document
from models.errors import FormUnreadable


def test_strict_documents_are_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body_of(paragraph("ścisły")))) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            content = content.replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            assert b"purl.oclc.org" in content or name == "[Content_Types].xml"
            target.writestr(name, content)
    document = read_document(buffer.getvalue())
    assert [item.text for item in paragraphs_of(document.blocks)] == ["ścisły"]


def test_broken_parts_are_refused_with_their_reason() -> None:
    with pytest.raises(FormUnreadable) as broken:
        document_of("<w:p>")
    assert broken.value.code == "broken_xml"

    def rename(root: etree._Element) -> None:
        root[0].set("Target", "word/nie-ma.xml")

    with pytest.raises(FormUnreadable) as missing:
        read_document(edit(body_of(""), rename, "_rels/.rels"))
    assert missing.value.code == "missing_part"
