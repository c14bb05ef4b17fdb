"""What arrives and is refused before it is opened, each with a code of its own, and what is read with a remark."""

import io
import struct
import zipfile

import pytest
from form_filling import BLANK, CORPUS, EVERY_TYPE, TYPED, VALUES, fill

from forms import safety
from forms.kinds import Kind, kind_of
from forms.reader import read_form
from forms.safety import preflight, preflight_foreign
from models.errors import FormUnreadable

DOC_ENTRY = "WordDocument".encode("utf-16-le").ljust(116, b"\x00") + struct.pack("<I", 0)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
RELATIONSHIP = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}" TargetMode="External"/></Relationships>'
)


def with_parts(parts: dict[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The blank with further parts."""
    buffer = io.BytesIO(BLANK)
    with zipfile.ZipFile(buffer, "a", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def linking(kind: str, target: str) -> bytes:
    return with_parts({"word/_rels/settings.xml.rels": RELATIONSHIP.format(kind=kind, target=target)})


def lying_about_size(name: str, declared: int) -> bytes:
    """A part whose directory entry declares another size than it has."""
    data = bytearray(with_parts({name: b"<a/>"}))
    entry = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, declared)
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(BLANK)
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    return bytes(data)


def packed(parts: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def odt(parts: dict[str, bytes | str] | None = None, *, of: str = "text") -> bytes:
    head: dict[str, bytes | str] = {"mimetype": f"application/vnd.oasis.opendocument.{of}"}
    return packed(head | {"META-INF/manifest.xml": "<manifest/>", "content.xml": "<a/>"} | (parts or {}))


def doc(*, flags: int = 0, streams: str = "") -> bytes:
    """As much of an old Word file as the check looks at: the container's head, its directory, the main stream's."""
    head = bytearray(OLE)
    head[30:32] = (9).to_bytes(2, "little")
    main = b"\xec\xa5" + bytes(8) + flags.to_bytes(2, "little") + bytes(500)
    return bytes(head) + main + DOC_ENTRY + streams.encode("utf-16-le")


def twice() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate"):
        return with_parts({"word/document.xml": b"<a/>"})


REFUSED = {
    "empty": lambda: b"",
    "too_large": lambda: BLANK + b"\x00" * safety.MAX_BYTES,
    "pdf": lambda: b"%PDF-1.7\n%\xe2\xe3",
    "image": lambda: b"\xff\xd8\xff\xe0" + b"JFIF" * 20,
    "rtf": lambda: b"{\\rtf1\\ansi Wniosek}",
    "legacy_doc": doc,
    "password_protected": lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
    "ole_container": lambda: OLE + "Workbook".encode("utf-16-le"),
    "not_zip": lambda: "Dzień dobry, przesyłam wniosek.".encode(),
    "truncated": lambda: BLANK[: len(BLANK) // 2],
    "odt": odt,
    "not_word": lambda: packed({"zdjęcia/1.txt": "nic"}),
    "pages": lambda: packed({"Index/Document.iwa": b"\x00", "preview.jpg": b"\xff\xd8\xff"}),
    "too_many_parts": lambda: with_parts({f"word/media/{n}.bin": b"" for n in range(1_001)}),
    "part_too_large": lambda: lying_about_size("word/bomb.xml", 1024**3),
    "unpacks_too_large": lambda: with_parts({f"word/media/{n}.bin": bytes(21 * 1024 * 1024) for n in range(3)}),
    "ratio": lambda: with_parts({"word/media/bomb.bin": bytes(8 * 1024 * 1024)}),
    "unsafe_names": lambda: with_parts({"../../etc/cron.d/x": b"x"}),
    "duplicate_parts": twice,
    "compression": lambda: with_parts({"word/media/1.bin": b"abc"}, method=zipfile.ZIP_LZMA),
    "doctype": lambda: with_parts({"word/extra.xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
    "too_complex": lambda: with_parts(
        {"word/extra.xml": b"<a>" + b"<b/>" * 400_000 + b"</a>"}, method=zipfile.ZIP_STORED
    ),
    "damaged": lambda: lying_about_size("word/extra.xml", 3),
}


REFUSED_BEFORE_CONVERSION = {
    "macros": lambda: doc(streams="_VBA_PROJECT"),
    "not_odt": lambda: odt(of="spreadsheet"),
}
READ_WITH_REMARK = {
    "macros": lambda: with_parts({"word/vbaProject.bin": b"\x00"}),
    "activex": lambda: with_parts({"word/activeX/activeX1.bin": b"\x00"}),
    "embedded_object": lambda: with_parts({"word/embeddings/oleObject1.bin": b"\x00"}),
    "external_template": lambda: linking("attachedTemplate", "https://example.net/evil.dotm"),
    "links": lambda: linking("image", "https://example.net/track.png"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_refused_with_its_own_code_and_a_polish_sentence(code: str) -> None:
    with pytest.raises(FormUnreadable) as refusal:
        preflight(REFUSED[code]())
    assert refusal.value.code == code
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("code", REFUSED_BEFORE_CONVERSION)
def test_refused_before_another_program_opens_it(code: str) -> None:
    with pytest.raises(FormUnreadable) as refusal:
        preflight_foreign(REFUSED_BEFORE_CONVERSION[code]())
    assert refusal.value.code == code


@pytest.mark.parametrize("code", READ_WITH_REMARK)
def test_what_our_reader_never_runs_passes_with_a_remark(code: str) -> None:
    report = preflight(READ_WITH_REMARK[code]())
    assert code in report.findings
    assert safety._REMARKS[code] in report.remarks
    assert report.active is (code != "links")


def test_every_sentence_has_a_test_that_reaches_it() -> None:
    assert set(REFUSED) | set(REFUSED_BEFORE_CONVERSION) == set(safety._SENTENCES)
    assert len(set(safety._SENTENCES.values())) == len(safety._SENTENCES)
    assert set(READ_WITH_REMARK) == set(safety._REMARKS)


def test_a_form_with_macros_an_object_and_a_foreign_template_is_read() -> None:
    """None of these may cost a candidate the application."""
    filled = fill(BLANK, TYPED)
    buffer = io.BytesIO(filled)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"\x00")
        archive.writestr("word/embeddings/Microsoft_Excel_Worksheet.xlsx", b"PK\x03\x04")
        archive.writestr(
            "word/_rels/settings.xml.rels",
            RELATIONSHIP.format(kind="attachedTemplate", target="https://example.net/szablon.dotm"),
        )
    reading = read_form(buffer.getvalue(), (EVERY_TYPE,))
    assert {field.key: field.value for field in reading.fields} == VALUES
    assert set(reading.remarks) == {
        safety._REMARKS[code] for code in ("links", "macros", "embedded_object", "external_template")
    }


MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


@pytest.mark.parametrize(
    ("suffix", "content_type"),
    [
        ("docm", b"application/vnd.ms-word.document.macroEnabled.main+xml"),
        ("dotx", b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"),
        ("dotm", b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml"),
    ],
)
def test_templates_and_macro_documents_are_read_like_documents(suffix: str, content_type: bytes) -> None:
    filled = rewritten(fill(BLANK, TYPED), {MAIN: content_type})
    reading = read_form(filled, (EVERY_TYPE,))
    assert {field.key: field.value for field in reading.fields} == VALUES
    assert (safety._REMARKS["macros"] in reading.remarks) is suffix.endswith("m")


def test_a_strict_document_is_read_like_any_other() -> None:
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/"
    strict = rewritten(
        fill(BLANK, TYPED),
        {
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main": b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            office + b"relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            office + b"custom-properties": b"http://purl.oclc.org/ooxml/officeDocument/customProperties",
            office + b"docPropsVTypes": b"http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes",
        },
    )
    reading = read_form(strict, (EVERY_TYPE,))
    assert reading.recognised_by.startswith("ukryty identyfikator")
    assert {field.key: field.value for field in reading.fields} == VALUES


def rewritten(docx: bytes, words: dict[bytes, bytes]) -> bytes:
    """The file with words of its XML exchanged, as Word writes them in another of its formats."""
    parts: dict[str, bytes | str] = {}
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            for ours, theirs in words.items():
                content = content.replace(ours, theirs)
            parts[name] = content
    assert any(theirs in content for content in parts.values() for theirs in words.values())
    return packed(parts)


@pytest.mark.parametrize("name", ["/etc/passwd", "word\\..\\..\\x.xml", "C:/x.xml", "word/%2e%2e/%2e%2e/x.xml"])
def test_names_that_leave_the_document_are_refused(name: str) -> None:
    with pytest.raises(FormUnreadable) as refusal:
        preflight(with_parts({name: b"x"}))
    assert refusal.value.code == "unsafe_names"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_doctype_does_not_hide_in_another_encoding(encoding: str) -> None:
    content = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode(encoding)
    with pytest.raises(FormUnreadable) as refusal:
        preflight(with_parts({"word/extra.xml": content}))
    assert refusal.value.code == "doctype"


def test_an_encrypted_part_counts_as_a_password() -> None:
    with pytest.raises(FormUnreadable) as refusal:
        preflight(encrypted())
    assert refusal.value.code == "password_protected"


def test_a_macro_document_without_its_project_is_still_one() -> None:
    content = b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    assert preflight(packed({"[Content_Types].xml": content})).findings == ("macros",)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("password_protected", doc(flags=0x0100)),
        ("password_protected", odt({"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"})),
        ("password_protected", OLE + "EncryptedPackage".encode("utf-16-le")),
        ("ole_container", OLE + "Workbook".encode("utf-16-le")),
        ("macros", odt({"Basic/Standard/Module1.xml": "<a/>"})),
        ("macros", odt({"Scripts/python/a.py": "pass"})),
        ("ratio", odt({"Pictures/1.png": bytes(8 * 1024 * 1024)})),
        ("doctype", odt({"content.xml": "<!DOCTYPE a><a/>"})),
        ("unsafe_names", odt({"../x": b"x"})),
        ("truncated", odt()[:-40]),
        ("truncated", (CORPUS / "formats" / "formularz.doc").read_bytes()[:9_000]),
        ("password_protected", (CORPUS / "formats" / "haslo.doc").read_bytes()),
        ("password_protected", (CORPUS / "formats" / "haslo.odt").read_bytes()),
        ("too_large", b"{\\rtf1" + bytes(safety.MAX_BYTES)),
        ("pdf", b"%PDF-1.7"),
    ],
)
def test_the_same_limits_hold_before_a_conversion(code: str, data: bytes) -> None:
    with pytest.raises(FormUnreadable) as refusal:
        preflight_foreign(data)
    assert refusal.value.code == code


@pytest.mark.parametrize("suffix", ["doc", "odt", "rtf"])
def test_what_libreoffice_saved_passes_as_what_it_is(suffix: str) -> None:
    data = (CORPUS / "formats" / f"formularz.{suffix}").read_bytes()
    assert kind_of(data) == suffix
    assert preflight_foreign(data).findings == ()


def test_what_may_be_converted_passes() -> None:
    for data in (doc(), odt(), b"{\\rtf1 Wniosek}"):
        assert preflight_foreign(data).findings == ()
    linked = '<draw:image xlink:type="simple" xlink:href="https://example.net/a.png"/>'
    assert preflight_foreign(odt({"content.xml": f"<a>{linked}</a>"})).findings == ("links",)
    inner = '<draw:image xlink:href="Pictures/1.png"/><text:a xlink:href="https://example.net/"/>'
    assert preflight_foreign(odt({"content.xml": f"<a>{inner}</a>"})).findings == ()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Kind.EMPTY, b""),
        (Kind.DOCX, BLANK),
        (Kind.DOCX, BLANK[:5_000]),
        (Kind.ODT, odt()),
        (Kind.ODT, packed({"content.xml": "<a/>", "META-INF/manifest.xml": "<a/>"})),
        (Kind.DOC, doc()),
        (Kind.OFFICE, OLE),
        (Kind.RTF, b"\r\n{\\rtf1 a}"),
        (Kind.PDF, b"\n\n%PDF-1.4"),
        (Kind.JPEG, b"\xff\xd8\xff\xe0"),
        (Kind.TIFF, b"MM\x00*"),
        (Kind.HEIF, b"\x00\x00\x00\x18ftypheic"),
        (Kind.WEBP, b"RIFF\x00\x00\x00\x00WEBP"),
        (Kind.OTHER, b"RIFF\x00\x00\x00\x00WAVE"),
        (Kind.OTHER, "Dzień dobry".encode()),
    ],
)
def test_the_kind_is_in_the_bytes(kind: Kind, data: bytes) -> None:
    assert kind_of(data) is kind


def test_the_blank_passes_without_remark() -> None:
    report = preflight(BLANK)
    assert (report.size, report.external_links, report.remarks) == (len(BLANK), 0, ())
    assert report.unpacked > report.size


def test_hyperlinks_pass_and_other_links_are_remarked() -> None:
    assert preflight(linking("hyperlink", "https://example.pl")).findings == ()
    for kind, target in (
        ("image", "https://example.net/track.png"),
        ("attachedTemplate", "file:///C:/Users/x/Normal.dotm"),
        ("attachedTemplate", "\\\\serwer\\szablony\\pismo.dotx"),
    ):
        report = preflight(linking(kind, target))
        assert (report.external_links, report.findings, report.active) == (1, ("links",), False)
