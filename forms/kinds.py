"""What kind of file some bytes are, by what they begin with and hold. The name of a file is never asked."""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What may come back instead of a form. ``DOCX`` is any zip archive that is not known as something else; whether
    it holds a Word document is for :func:`forms.safety.preflight` to say."""

    DOCX = "docx"
    DOC = "doc"
    ODT = "odt"
    RTF = "rtf"
    PDF = "pdf"
    JPEG = "jpg"
    PNG = "png"
    TIFF = "tiff"
    GIF = "gif"
    BMP = "bmp"
    WEBP = "webp"
    HEIF = "heif"
    PAGES = "pages"
    OFFICE = "office"
    """An OLE container without a Word document, or with a Word document inside a password."""
    EMPTY = "empty"
    OTHER = "other"


IMAGES: Final = frozenset({Kind.JPEG, Kind.PNG, Kind.TIFF, Kind.GIF, Kind.BMP, Kind.WEBP, Kind.HEIF})
CONVERTIBLE: Final = frozenset({Kind.DOC, Kind.ODT, Kind.RTF})
"""Kinds that an office program turns into .docx before they are read."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG", Kind.PNG),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"GIF8", Kind.GIF),
    (b"BM", Kind.BMP),
)
_HEIF_BRANDS: Final = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypheif", b"ftypmif1", b"ftypmsf1", b"ftypavif")
_PDF_MARK_WITHIN: Final = 1024
"""Readers of PDF look for the mark this far into the file."""


def kind_of(data: bytes) -> Kind:
    """The kind of a received file. Looks at bytes only: nothing is unpacked or parsed."""
    if not data:
        return Kind.EMPTY
    if data.startswith(b"PK\x03\x04"):
        return _archive(data)
    if b"%PDF-" in data[:_PDF_MARK_WITHIN]:
        return Kind.PDF
    if data.startswith(_OLE):
        return Kind.DOC if has_stream(data, "WordDocument") and not is_encrypted_package(data) else Kind.OFFICE
    if data[:64].lstrip()[:5] == b"{\\rtf":
        return Kind.RTF
    if data[4:12] in _HEIF_BRANDS:
        return Kind.HEIF
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    return next((kind for start, kind in _BEGINNINGS if data.startswith(start)), Kind.OTHER)


def _archive(data: bytes) -> Kind:
    # The format wants "mimetype" first; archives packed anew by other programs have at least the manifest.
    if data[30:38] == b"mimetype" and b"opendocument" in data[:200]:
        return Kind.ODT
    if b"[Content_Types].xml" in data:
        return Kind.DOCX
    if b"META-INF/manifest.xml" in data:
        return Kind.ODT
    return Kind.PAGES if b"Index/Document.iwa" in data else Kind.DOCX


def has_stream(data: bytes, name: str) -> bool:
    """Whether an OLE container holds a stream of that name: names stand in its directory as UTF-16."""
    return name.encode("utf-16-le") in data


def is_encrypted_package(data: bytes) -> bool:
    """A .docx under a password lies in an OLE container, in a stream of this name."""
    return has_stream(data, "EncryptedPackage")
