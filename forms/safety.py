"""What a received file must pass before anything parses it.

A Word file is a zip archive of XML parts that a stranger made. The limits below are far above any filled-in form and
far below what hurts: nothing is unpacked whose declared size is beyond them, and CPython's ``zipfile`` never yields
more than the declared size, so the sums are a sound bound. Whatever is refused gets a code and a Polish sentence that
tells the officer what to do.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final, Never
from urllib.parse import unquote

from models.errors import FormUnreadable

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PARTS: Final = 1_000
MAX_UNPACKED: Final = 60 * 1024 * 1024
MAX_PART: Final = 25 * 1024 * 1024
MAX_RATIO: Final = 200
RATIO_FROM: Final = 1024 * 1024
"""Small parts of repeated markup compress well without harm; the ratio counts from this unpacked size on."""
MAX_TAGS: Final = 400_000
"""Angle brackets in one XML part. A form has a few thousand; a tree of millions of elements would take gigabytes."""

_SENTENCES: Final = {
    "empty": "Plik jest pusty (0 bajtów). Proszę poprosić nadawcę o ponowne przesłanie formularza.",
    "too_large": "Plik ma ponad 10 MB; wypełniony formularz jest wiele razy mniejszy. "
    "Proszę poprosić nadawcę o sam formularz, bez wstawionych zdjęć i skanów.",
    "pdf": "To jest plik PDF (często skan), a nie formularz Worda. Pracownik biura musi przepisać odpowiedzi ręcznie "
    "albo poprosić o plik .docx.",
    "image": "To jest zdjęcie lub skan, a nie formularz Worda. Pracownik biura musi przepisać odpowiedzi ręcznie "
    "albo poprosić o plik .docx.",
    "legacy_doc": "To jest plik Worda w starym formacie .doc. Proszę otworzyć go w Wordzie lub LibreOffice "
    "i zapisać jako .docx.",
    "password_protected": "Plik jest zabezpieczony hasłem, więc nie można go odczytać. "
    "Proszę poprosić nadawcę o formularz bez hasła.",
    "ole_container": "To nie jest dokument .docx, lecz plik starszego programu pakietu Office. "
    "Proszę poprosić nadawcę o formularz w formacie .docx.",
    "rtf": "To jest plik .rtf. Proszę otworzyć go w Wordzie lub LibreOffice i zapisać jako .docx.",
    "odt": "To jest dokument OpenDocument (.odt). Proszę otworzyć go w LibreOffice i zapisać jako .docx.",
    "not_zip": "To nie jest dokument Worda (.docx), choć może mieć taką nazwę. "
    "Proszę poprosić nadawcę o ponowne przesłanie formularza.",
    "truncated": "Plik .docx jest uszkodzony lub niepełny (na przykład przerwane wysyłanie). "
    "Proszę poprosić nadawcę o ponowne przesłanie.",
    "damaged": "Plik .docx jest uszkodzony: jego części nie dają się rozpakować. "
    "Proszę poprosić nadawcę o ponowne przesłanie.",
    "not_word": "Plik nie zawiera dokumentu Worda (może to arkusz, prezentacja albo zwykłe archiwum). "
    "Proszę poprosić nadawcę o formularz w formacie .docx.",
    "too_many_parts": "Plik składa się z ponad 1000 części; tak nie wygląda formularz. "
    "Nie został otwarty ze względów bezpieczeństwa.",
    "part_too_large": "Jedna z części pliku ma po rozpakowaniu ponad 25 MB; tak nie wygląda formularz. "
    "Nie został otwarty ze względów bezpieczeństwa.",
    "unpacks_too_large": "Plik ma po rozpakowaniu ponad 60 MB; tak nie wygląda formularz. "
    "Nie został otwarty ze względów bezpieczeństwa.",
    "ratio": "Plik jest spakowany podejrzanie mocno, jak tak zwana bomba zip. "
    "Nie został otwarty ze względów bezpieczeństwa.",
    "unsafe_names": "Nazwy części w pliku wskazują poza dokument; tak nie wygląda formularz. "
    "Nie został otwarty ze względów bezpieczeństwa.",
    "duplicate_parts": "Plik zawiera dwie części o tej samej nazwie, więc różne programy pokazałyby co innego. "
    "Nie został otwarty; proszę poprosić nadawcę o ponowne zapisanie formularza w Wordzie.",
    "compression": "Plik jest spakowany metodą, której Word nie używa. Nie został otwarty ze względów bezpieczeństwa.",
    "doctype": "Plik zawiera deklarację DOCTYPE, której Word nie zapisuje i która bywa narzędziem ataku. "
    "Nie został otwarty ze względów bezpieczeństwa.",
    "macros": "Plik zawiera makra. Nie został otwarty; proszę poprosić nadawcę o formularz zapisany "
    "jako zwykły .docx, bez makr.",
    "activex": "Plik zawiera formanty ActiveX, których nie można bezpiecznie odczytać. "
    "Proszę poprosić nadawcę o wypełnienie formularza przygotowanego przez biuro.",
    "embedded_object": "Plik zawiera osadzony obiekt innego programu. Nie został otwarty; proszę poprosić nadawcę "
    "o formularz bez wstawionych obiektów.",
    "external_template": "Plik odwołuje się do szablonu lub treści w internecie, co bywa narzędziem ataku. "
    "Nie został otwarty; proszę poprosić nadawcę o wypełnienie formularza przygotowanego przez biuro.",
    "too_complex": "Dokument jest wiele razy większy niż wypełniony formularz. Nie został odczytany ze względów "
    "bezpieczeństwa; proszę poprosić nadawcę o sam formularz.",
}


@dataclass(frozen=True)
class SafetyReport:
    """What the check saw in a file that passed. Sizes in bytes; ``external_links`` counts targets outside the file
    other than plain hyperlinks (linked pictures, a template on the sender's disk)."""

    size: int
    parts: int
    unpacked: int
    external_links: int
    remarks: tuple[str, ...] = ()


def refuse(code: str) -> Never:
    """Raise the refusal with its sentence."""
    raise FormUnreadable(code, _SENTENCES[code])


def preflight(data: bytes) -> SafetyReport:
    """Check a received file without parsing it.

    Raises :class:`FormUnreadable` with a code of its own for every kind of refusal.
    """
    _size_and_kind(data)
    # Counted before the directory is read: each entry costs memory, whatever the directory says of itself.
    if data.count(b"PK\x01\x02") > MAX_PARTS:
        refuse("too_many_parts")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, OverflowError):
        refuse("truncated")
    with archive:
        parts = archive.infolist()
        unpacked = _declared_sizes(parts)
        _names(parts)
        if "[Content_Types].xml" not in archive.NameToInfo:
            refuse("odt" if "META-INF/manifest.xml" in archive.NameToInfo else "not_word")
        links = _contents(archive, parts)
    remarks = (
        ("Dokument zawiera odwołania do plików poza nim (na przykład obrazów lub szablonu); nie zostały otwarte.",)
        if links
        else ()
    )
    return SafetyReport(len(data), len(parts), unpacked, links, remarks)


_IMAGES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")


def _size_and_kind(data: bytes) -> None:
    if not data:
        refuse("empty")
    if len(data) > MAX_BYTES:
        refuse("too_large")
    if data.startswith(b"PK\x03\x04"):
        return
    if b"%PDF-" in data[:1024]:
        refuse("pdf")
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # Names of streams stand in the container's directory as UTF-16; searching for them needs no parser.
        if "EncryptedPackage".encode("utf-16-le") in data:
            refuse("password_protected")
        refuse("legacy_doc" if "WordDocument".encode("utf-16-le") in data else "ole_container")
    if data.lstrip()[:5] == b"{\\rtf":
        refuse("rtf")
    is_riff_or_heif = data[8:12] == b"WEBP" or data[4:12] in (b"ftypheic", b"ftypheif", b"ftypmif1", b"ftypavif")
    if data.startswith(_IMAGES) or is_riff_or_heif:
        refuse("image")
    refuse("not_zip")


def _declared_sizes(parts: list[zipfile.ZipInfo]) -> int:
    if len(parts) > MAX_PARTS:
        refuse("too_many_parts")
    unpacked = sum(part.file_size for part in parts)
    if any(part.file_size > MAX_PART for part in parts):
        refuse("part_too_large")
    if unpacked > MAX_UNPACKED:
        refuse("unpacks_too_large")
    if any(part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1) for part in parts):
        refuse("ratio")
    if any(part.flag_bits & 0x1 for part in parts):
        refuse("password_protected")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        refuse("compression")
    return unpacked


def _names(parts: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for part in parts:
        # orig_filename still holds what zipfile cuts off at a NUL byte.
        name = unquote(part.orig_filename)
        if name.startswith(("/", "\\")) or ":" in name or "\x00" in name or ".." in re.split(r"[/\\]", name):
            refuse("unsafe_names")
        # Part names are compared without case (ECMA-376 part 2, 6.2.2.3).
        folded = name.replace("\\", "/").casefold()
        if folded in seen:
            refuse("duplicate_parts")
        seen.add(folded)


def _contents(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> int:
    links = 0
    for part in parts:
        name = part.filename.casefold()
        if "vbaproject" in name or "vbadata" in name:
            refuse("macros")
        if "/activex/" in name:
            refuse("activex")
        if "/embeddings/" in name or "oleobject" in name:
            refuse("embedded_object")
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        content = as_utf8(read_part(archive, part))
        if b"<!DOCTYPE" in content:
            refuse("doctype")
        if content.count(b"<") > MAX_TAGS:
            refuse("too_complex")
        if name == "[content_types].xml" and b"macroenabled" in content.lower():
            refuse("macros")
        if name.endswith(".rels"):
            links += _external_links(content)
    return links


def as_utf8(content: bytes) -> bytes:
    """XML may be UTF-16, with or without a mark; what is searched for below must not hide in it."""
    for start, encoding in (
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"<\x00", "utf-16-le"),
        (b"\x00<", "utf-16-be"),
    ):
        if content.startswith(start):
            return content.decode(encoding, "replace").encode()
    return content


def read_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo | str) -> bytes:
    """One part, unpacked. Raises :class:`FormUnreadable` when its bytes do not fit its checksum or its packing."""
    try:
        return archive.read(part)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        refuse("damaged")


_RELATIONSHIP: Final = re.compile(rb"<(?:[\w.-]+:)?Relationship\s[^<>]*>")
_ACTIVE_KINDS: Final = (b"attachedTemplate", b"oleObject", b"aFChunk", b"subDocument", b"frame", b"package", b"control")
_FROM_NETWORK: Final = re.compile(rb"Target\s*=\s*[\"']\s*(?:https?|ftp|mhtml|ms-\w+|javascript|data):", re.IGNORECASE)


def _external_links(rels: bytes) -> int:
    """How many targets lie outside the file, hyperlinks aside; refuses those that would load code or text from the net.

    A template on a disk or a share of the sender's office is an everyday trace of Word and passes with a remark.
    """
    links = 0
    for relationship in _RELATIONSHIP.findall(rels):
        if not re.search(rb"TargetMode\s*=\s*[\"']External", relationship, re.IGNORECASE):
            continue
        kind = re.search(rb"Type\s*=\s*[\"'][^\"']*/([^/\"']*)[\"']", relationship)
        if kind and kind.group(1) == b"hyperlink":
            continue
        links += 1
        if kind and kind.group(1) in _ACTIVE_KINDS and _FROM_NETWORK.search(relationship):
            refuse("external_template")
    return links
