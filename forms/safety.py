"""What a received file must pass before anything parses it.

A Word file is a zip archive of XML parts that a stranger made. The limits below are far above any filled-in form and
far below what hurts: nothing is unpacked whose declared size is beyond them, and CPython's ``zipfile`` never yields
more than the declared size, so the sums are a sound bound. Whatever is refused gets a code and a Polish sentence that
says what is wrong and what is needed, for officer and sender alike: letters quote it.

Our reader takes text out of XML and runs nothing, so a file with macros, objects or a template from the network is
read all the same, with a remark; but it is *active*, and no other program may open it (decision 0012).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Never
from urllib.parse import unquote

from forms.kinds import IMAGES, Kind, has_stream, is_encrypted_package, kind_of
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
    "empty": "Plik jest pusty (0 bajtów). Formularz trzeba przesłać jeszcze raz.",
    "too_large": "Plik ma ponad 10 MB; wypełniony formularz jest wiele razy mniejszy. "
    "Potrzebny jest sam formularz, bez wstawionych zdjęć i skanów.",
    "pdf": "To jest plik PDF bez wypełnionych pól formularza: skan, wydruk albo czysty formularz. "
    "Program nie odczyta z niego odpowiedzi; przepisze je pracownik biura, chyba że przyjdzie plik .docx.",
    "image": "To jest zdjęcie lub skan, a nie formularz Worda. "
    "Program nie odczyta z niego odpowiedzi; przepisze je pracownik biura, chyba że przyjdzie plik .docx.",
    "legacy_doc": "To jest plik Worda w starym formacie .doc. Proszę otworzyć go w Wordzie lub LibreOffice "
    "i zapisać jako .docx.",
    "password_protected": "Plik jest zabezpieczony hasłem, więc nie można go odczytać. "
    "Potrzebny jest formularz bez hasła.",
    "ole_container": "To nie jest dokument .docx, lecz plik starszego programu pakietu Office. "
    "Potrzebny jest formularz w formacie .docx.",
    "rtf": "To jest plik .rtf. Proszę otworzyć go w Wordzie lub LibreOffice i zapisać jako .docx.",
    "odt": "To jest dokument OpenDocument (.odt). Proszę otworzyć go w LibreOffice i zapisać jako .docx.",
    "not_odt": "To jest arkusz, prezentacja albo inny dokument OpenDocument, a nie dokument tekstowy. "
    "Potrzebny jest formularz w formacie .docx.",
    "pages": "To jest dokument programu Pages. Proszę otworzyć go w Pages, wybrać „Plik”, „Eksportuj do”, „Word” "
    "i przesłać tak zapisany plik .docx.",
    "not_zip": "To nie jest dokument Worda (.docx), choć może mieć taką nazwę. "
    "Potrzebny jest formularz w formacie .docx.",
    "truncated": "Plik jest uszkodzony lub niepełny (na przykład przerwane wysyłanie). Trzeba przesłać go jeszcze raz.",
    "damaged": "Plik jest uszkodzony: jego części nie dają się rozpakować. Trzeba przesłać go jeszcze raz.",
    "not_word": "Plik nie zawiera dokumentu Worda (może to arkusz, prezentacja albo zwykłe archiwum). "
    "Potrzebny jest formularz w formacie .docx.",
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
    "Nie został otwarty; formularz trzeba zapisać w Wordzie jeszcze raz i przesłać ponownie.",
    "compression": "Plik jest spakowany metodą, której Word nie używa. Nie został otwarty ze względów bezpieczeństwa.",
    "doctype": "Plik zawiera deklarację DOCTYPE, której Word nie zapisuje i która bywa narzędziem ataku. "
    "Nie został otwarty ze względów bezpieczeństwa.",
    "macros": "Plik zawiera makra, a jest w formacie, którego nie da się odczytać bez otwierania go w programie "
    "biurowym. Nie został otwarty; potrzebny jest formularz zapisany jako zwykły .docx, bez makr.",
    "too_complex": "Dokument jest wiele razy większy niż wypełniony formularz. Nie został odczytany ze względów "
    "bezpieczeństwa; potrzebny jest sam formularz.",
}


REFUSALS: Final = frozenset(_SENTENCES)
"""Codes of what is refused unread, whatever is in it."""
_REMARKS: Final = {
    "links": "Dokument zawiera odwołania do plików poza nim (na przykład obrazów lub szablonu); nie zostały otwarte.",
    "macros": "Plik zawiera makra; nie uruchomiono ich, odczytano sam tekst. "
    "Nie należy włączać makr, gdy program o to zapyta.",
    "activex": "Plik zawiera formanty ActiveX; ich stanu nie odczytano. "
    "Nie należy ich włączać, gdy program o to zapyta.",
    "embedded_object": "W pliku jest osadzony obiekt innego programu (na przykład arkusz lub skan); "
    "pominięto go i nie otwarto. Proszę go obejrzeć, jeżeli brakuje odpowiedzi.",
    "external_template": "Dokument odwołuje się do szablonu lub treści w internecie, co bywa narzędziem ataku; "
    "niczego stamtąd nie pobrano. Lepiej nie otwierać go na komputerze z dostępem do internetu.",
}
_ACTIVE: Final = frozenset({"macros", "activex", "embedded_object", "external_template"})


@dataclass(frozen=True)
class SafetyReport:
    """What the check saw in a file that passed. Sizes in bytes; ``external_links`` counts targets outside the file
    other than plain hyperlinks (linked pictures, a template on the sender's disk)."""

    size: int
    parts: int
    unpacked: int
    external_links: int
    findings: tuple[str, ...] = ()
    """What the officer should know, by code."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """The findings as Polish sentences."""
        return tuple(_REMARKS[finding] for finding in self.findings)

    @property
    def active(self) -> bool:
        """Whether the file holds what another program might run or fetch: only our reader may open it."""
        return bool(_ACTIVE.intersection(self.findings))


def refuse(code: str) -> Never:
    """Raise the refusal with its sentence."""
    raise FormUnreadable(code, _SENTENCES[code])


class Parts:
    """The parts of an archive. An XML part is unpacked once, when it is first asked for, so that what was checked is
    what is parsed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._xml: dict[str, bytes] = {}

    @property
    def infos(self) -> list[zipfile.ZipInfo]:
        """The directory of the archive."""
        return self._archive.infolist()

    @property
    def names(self) -> list[str]:
        return self._archive.namelist()

    def read(self, name: str) -> bytes:
        """A part as it is. Raises :class:`FormUnreadable` when it cannot be unpacked."""
        return read_part(self._archive, name)

    def xml(self, name: str) -> bytes:
        """A part as UTF-8. Raises :class:`FormUnreadable` when it cannot be unpacked."""
        if name not in self._xml:
            self._xml[name] = as_utf8(read_part(self._archive, name))
        return self._xml[name]


def preflight(data: bytes) -> SafetyReport:
    """Check a received Word file without parsing it.

    Raises :class:`FormUnreadable` with a code of its own for every kind of refusal.
    """
    return unpacked(data)[0]


def unpacked(data: bytes) -> tuple[SafetyReport, Parts]:
    """Check a received Word file as :func:`preflight` does, and hand on what was unpacked for it."""
    _size(data)
    kind = kind_of(data)
    if kind is not Kind.DOCX:
        refuse(_code_of(kind, data))
    return _archive(data, _word_parts)


def parts_of(data: bytes) -> Parts:
    """The parts of a file as they are, nothing of it checked but that it is an archive."""
    try:
        return Parts(zipfile.ZipFile(io.BytesIO(data)))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, OverflowError):
        refuse("truncated")


def preflight_foreign(data: bytes) -> SafetyReport:
    """Check a .doc, .odt or .rtf before an office program opens it to make a .docx of it.

    Raises :class:`FormUnreadable`: also for macros, because here another program would hold them.
    """
    _size(data)
    kind = kind_of(data)
    match kind:
        case Kind.ODT:
            return _archive(data, _open_document_parts)[0]
        case Kind.DOC:
            _old_word(data)
        case Kind.RTF:
            pass
        case _:
            refuse(_code_of(kind, data))
    return SafetyReport(len(data), 1, len(data), 0)


def _size(data: bytes) -> None:
    if not data:
        refuse("empty")
    if len(data) > MAX_BYTES:
        refuse("too_large")


def _code_of(kind: Kind, data: bytes) -> str:
    """The refusal of a file that is no .docx."""
    if kind in IMAGES:
        return "image"
    if kind is Kind.OFFICE and is_encrypted_package(data):
        return "password_protected"
    if kind is Kind.OFFICE:
        return "truncated" if _lost_directory(data) else "ole_container"
    if kind is Kind.DOC:
        return "password_protected" if _has_password(data) else "legacy_doc"
    return {Kind.PDF: "pdf", Kind.RTF: "rtf", Kind.ODT: "odt", Kind.PAGES: "pages"}.get(kind, "not_zip")


# --- the old Word format ---------------------------------------------------------------------------------------------


def _old_word(data: bytes) -> None:
    if _has_password(data):
        refuse("password_protected")
    if has_stream(data, "_VBA_PROJECT"):
        refuse("macros")


def _lost_directory(data: bytes) -> bool:
    """Whether the directory of a container lies beyond its end ([MS-CFB] 2.2): then nobody can say what it was."""
    shift, sector = int.from_bytes(data[30:32], "little"), int.from_bytes(data[48:52], "little")
    return shift <= 12 and (sector + 1) << shift >= len(data)


def _has_password(data: bytes) -> bool:
    """The flag in the head of the main stream ([MS-DOC] 2.5.2), found by the container's directory ([MS-CFB] 2.6)."""
    entry = data.find("WordDocument".encode("utf-16-le"))
    shift = int.from_bytes(data[30:32], "little")
    if entry < 0 or shift > 12:
        return False
    start = (int.from_bytes(data[entry + 116 : entry + 120], "little") + 1) << shift
    head = data[start : start + 12]
    return head[:1] == b"\xec" and bool(int.from_bytes(head[10:12], "little") & 0x0100)


# --- archives --------------------------------------------------------------------------------------------------------


def _archive(data: bytes, look: Callable[[Parts], tuple[int, tuple[str, ...]]]) -> tuple[SafetyReport, Parts]:
    # Counted before the directory is read: each entry costs memory, whatever the directory says of itself.
    if data.count(b"PK\x01\x02") > MAX_PARTS:
        refuse("too_many_parts")
    parts = parts_of(data)
    unpacked_size = _declared_sizes(parts.infos)
    _names(parts.infos)
    links, findings = look(parts)
    return SafetyReport(len(data), len(parts.infos), unpacked_size, links, findings), parts


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


def _word_parts(parts: Parts) -> tuple[int, tuple[str, ...]]:
    if "[Content_Types].xml" not in parts.names:
        refuse("not_word")
    links = 0
    found: set[str] = set()
    for part in parts.names:
        name = part.casefold()
        if "vbaproject" in name or "vbadata" in name:
            found.add("macros")
        if "/activex/" in name:
            found.add("activex")
        if "/embeddings/" in name or "oleobject" in name:
            found.add("embedded_object")
        content = _checked_xml(parts, part)
        if name == "[content_types].xml" and b"macroenabled" in content.lower():
            found.add("macros")
        if name.endswith(".rels"):
            outside, from_network = _external_links(content)
            links += outside
            found.update(["links"] if outside else [], ["external_template"] if from_network else [])
    return links, tuple(finding for finding in _REMARKS if finding in found)


_ODT: Final = b"application/vnd.oasis.opendocument.text"


def _open_document_parts(parts: Parts) -> tuple[int, tuple[str, ...]]:
    names = parts.names
    if "META-INF/manifest.xml" not in names:
        refuse("truncated")
    if "mimetype" in names and not parts.read("mimetype").startswith(_ODT):
        refuse("not_odt")
    links = 0
    for part in names:
        content = _checked_xml(parts, part)
        if part.casefold().startswith(("basic/", "scripts/")):
            refuse("macros")
        if part == "META-INF/manifest.xml" and b"encryption-data" in content:
            refuse("password_protected")
        links += len(_ODT_LINK.findall(content))
    return links, ("links",) if links else ()


_ODT_LINK: Final = re.compile(
    rb"<(?:draw:(?:image|object|object-ole|plugin|floating-frame)|text:section-source|style:background-image)\s[^<>]*?"
    rb"xlink:href\s*=\s*[\"'](?:[a-z]{2,12}:|\.\./|/)",
    re.IGNORECASE,
)


def _checked_xml(parts: Parts, name: str) -> bytes:
    """The text of an XML part that may be parsed; nothing of any other part."""
    if not name.casefold().endswith((".xml", ".rels", ".vml")):
        return b""
    content = parts.xml(name)
    if b"<!DOCTYPE" in content:
        refuse("doctype")
    if content.count(b"<") > MAX_TAGS:
        refuse("too_complex")
    return content


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


def _external_links(rels: bytes) -> tuple[int, bool]:
    """How many targets lie outside the file, hyperlinks aside, and whether one would load code or text from the net.

    A template on a disk or a share of the sender's office is an everyday trace of Word.
    """
    links = 0
    from_network = False
    for relationship in _RELATIONSHIP.findall(rels):
        if not re.search(rb"TargetMode\s*=\s*[\"']External", relationship, re.IGNORECASE):
            continue
        kind = re.search(rb"Type\s*=\s*[\"'][^\"']*/([^/\"']*)[\"']", relationship)
        if kind and kind.group(1) == b"hyperlink":
            continue
        links += 1
        if kind and kind.group(1) in _ACTIVE_KINDS and _FROM_NETWORK.search(relationship):
            from_network = True
    return links, from_network
