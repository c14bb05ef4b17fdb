"""What arrives and is refused before it is opened: each attack and each wrong kind of file with a code of its own."""

import io
import struct
import zipfile

import pytest
from form_filling import BLANK

from forms import safety
from forms.safety import preflight
from models.errors import FormUnreadable

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


def odt() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return buffer.getvalue()


def plain_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("zdjęcia/1.txt", "nic")
    return buffer.getvalue()


def twice() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate"):
        return with_parts({"word/document.xml": b"<a/>"})


REFUSED = {
    "empty": lambda: b"",
    "too_large": lambda: BLANK + b"\x00" * safety.MAX_BYTES,
    "pdf": lambda: b"%PDF-1.7\n%\xe2\xe3",
    "image": lambda: b"\xff\xd8\xff\xe0" + b"JFIF" * 20,
    "rtf": lambda: b"{\\rtf1\\ansi Wniosek}",
    "legacy_doc": lambda: OLE + "WordDocument".encode("utf-16-le"),
    "password_protected": lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
    "ole_container": lambda: OLE + "Workbook".encode("utf-16-le"),
    "not_zip": lambda: "Dzień dobry, przesyłam wniosek.".encode(),
    "truncated": lambda: BLANK[: len(BLANK) // 2],
    "odt": odt,
    "not_word": plain_zip,
    "too_many_parts": lambda: with_parts({f"word/media/{n}.bin": b"" for n in range(1_001)}),
    "part_too_large": lambda: lying_about_size("word/bomb.xml", 1024**3),
    "unpacks_too_large": lambda: with_parts({f"word/media/{n}.bin": bytes(21 * 1024 * 1024) for n in range(3)}),
    "ratio": lambda: with_parts({"word/media/bomb.bin": bytes(8 * 1024 * 1024)}),
    "unsafe_names": lambda: with_parts({"../../etc/cron.d/x": b"x"}),
    "duplicate_parts": twice,
    "compression": lambda: with_parts({"word/media/1.bin": b"abc"}, method=zipfile.ZIP_LZMA),
    "doctype": lambda: with_parts({"word/extra.xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
    "macros": lambda: with_parts({"word/vbaProject.bin": b"\x00"}),
    "activex": lambda: with_parts({"word/activeX/activeX1.bin": b"\x00"}),
    "embedded_object": lambda: with_parts({"word/embeddings/oleObject1.bin": b"\x00"}),
    "external_template": lambda: linking("attachedTemplate", "https://example.net/evil.dotm"),
    "too_complex": lambda: with_parts(
        {"word/extra.xml": b"<a>" + b"<b/>" * 400_000 + b"</a>"}, method=zipfile.ZIP_STORED
    ),
    "damaged": lambda: lying_about_size("word/extra.xml", 3),
}


@pytest.mark.parametrize("code", REFUSED)
def test_refused_with_its_own_code_and_a_polish_sentence(code: str) -> None:
    with pytest.raises(FormUnreadable) as refusal:
        preflight(REFUSED[code]())
    assert refusal.value.code == code
    assert str(refusal.value).endswith(".")


def test_every_sentence_has_a_test_that_reaches_it() -> None:
    assert set(REFUSED) == set(safety._SENTENCES)
    assert len(set(safety._SENTENCES.values())) == len(safety._SENTENCES)


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
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", content)
    with pytest.raises(FormUnreadable) as refusal:
        preflight(buffer.getvalue())
    assert refusal.value.code == "macros"


def test_the_blank_passes_without_remark() -> None:
    report = preflight(BLANK)
    assert (report.size, report.external_links, report.remarks) == (len(BLANK), 0, ())
    assert report.unpacked > report.size


def test_hyperlinks_pass_and_other_links_are_remarked() -> None:
    assert preflight(linking("hyperlink", "https://example.pl")).external_links == 0
    for kind, target in (
        ("image", "https://example.net/track.png"),
        ("attachedTemplate", "file:///C:/Users/x/Normal.dotm"),
        ("attachedTemplate", "\\\\serwer\\szablony\\pismo.dotx"),
    ):
        report = preflight(linking(kind, target))
        assert report.external_links == 1
        assert report.remarks
