"""Files made to hurt: each is refused or read within two seconds and 300 MB, in a process set up as a worker is.

The list starts from the attacks that took python-docx 38 seconds and 5.5 GB, and goes on with what stays just within
the limits of the safety check, where only the reader itself can be slow. Whether a file with macros is refused or read
without them is a matter of policy; here it only has to do no harm.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from attack_ground import AttackGround
from form_filling import BLANK, TYPED, body_of, fill, paragraph

from forms import package, word
from forms.safety import MAX_BYTES

MOST_SECONDS: Final = 2.0
MOST_MB: Final = 300.0
NOT_AN_ANSWER: Final = frozenset({"killed", "reader_failed", "memory", "timeout", "worker_died"})
"""Codes that mean that the reader was overwhelmed or broke."""

MEGABYTE: Final = 1024 * 1024


# --- archives --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Packed:
    """One entry of an archive written by hand: the bytes as they lie there, and what the directory says of them."""

    stored: bytes
    size: int
    checksum: int
    method: int = zipfile.ZIP_DEFLATED


def deflated(content: bytes) -> Packed:
    """The content as an attacker packs it: so that no part is packed more than 150 times, however dull it is."""
    head = content[: len(content) // 150]
    loose, tight = zlib.compressobj(0, zlib.DEFLATED, -15), zlib.compressobj(1, zlib.DEFLATED, -15)
    stored = (
        loose.compress(head) + loose.flush(zlib.Z_FULL_FLUSH) + tight.compress(content[len(head) :]) + tight.flush()
    )
    return Packed(stored, len(content), zlib.crc32(content))


def zeros(size: int) -> Packed:
    """A part of nothing but spaces, packed as tightly as it goes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = b" " * MEGABYTE
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(size // MEGABYTE):
        checksum = zlib.crc32(block, checksum)
    return Packed(packed * (size // MEGABYTE) + packer.flush(), size, checksum)


def archive(entries: dict[str, Packed], *, shared: bool = False) -> bytes:
    """An archive with these entries. ``shared``: all entries point to the bytes of the first one."""
    body, directory, offset = bytearray(), bytearray(), 0
    for name, entry in entries.items():
        if not shared or not body:
            offset = len(body)
            body += _local(name, entry) + entry.stored
        directory += struct.pack("<4s4B", b"PK\x01\x02", 20, 3, 20, 0) + _facts(name, entry)
        directory += struct.pack("<HHHLL", 0, 0, 0, 0, offset) + name.encode()
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return bytes(body + directory + end)


def _local(name: str, entry: Packed) -> bytes:
    return struct.pack("<4s2B", b"PK\x03\x04", 20, 0) + _facts(name, entry) + name.encode()


def _facts(name: str, entry: Packed) -> bytes:
    return struct.pack(
        "<4H3L2H", 0, entry.method, 0, 33, entry.checksum, len(entry.stored), entry.size, len(name.encode()), 0
    )


with zipfile.ZipFile(io.BytesIO(fill(BLANK, TYPED))) as _filled:
    PARTS: Final = {name: _filled.read(name) for name in _filled.namelist()}
DOCUMENT: Final = PARTS["word/document.xml"]
BODY: Final = DOCUMENT.index(b"<w:body>") + len(b"<w:body>")
RELS: Final = "word/_rels/document.xml.rels"


def form(changed: dict[str, bytes | Packed]) -> bytes:
    """A filled-in form with some parts changed or added."""
    parts = {name: part if isinstance(part, Packed) else deflated(part) for name, part in (PARTS | changed).items()}
    return archive(parts)


def within(body: bytes) -> bytes:
    """The form with something before its first paragraph."""
    return form({"word/document.xml": DOCUMENT[:BODY] + body + DOCUMENT[BODY:]})


def alone(body: bytes) -> bytes:
    """A Word file of nothing but this, which every form of the project is then held against."""
    with zipfile.ZipFile(io.BytesIO(body_of(""))) as bare:
        parts = {name: bare.read(name) for name in bare.namelist()}
    opened, closed = parts["word/document.xml"].split(b"</w:body>")
    parts["word/document.xml"] = opened + body + b"</w:body>" + closed
    return archive({name: deflated(part) for name, part in parts.items()})


def related(*kinds_and_targets: tuple[str, str], external: bool = False) -> bytes:
    """The relationships of the document with further ones."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    more = "".join(
        f'<Relationship Id="x{number}" Type="{office}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if external else "/>")
        for number, (kind, target) in enumerate(kinds_and_targets)
    )
    return PARTS[RELS].replace(b"</Relationships>", more.encode() + b"</Relationships>")


# --- the attacks of a whole file -------------------------------------------------------------------------------------


def with_doctype(doctype: str, text: str) -> bytes:
    head, _, rest = DOCUMENT.partition(b"<w:document ")
    rest = rest[: BODY - len(head) - len(b"<w:document ")] + paragraph(text).encode() + DOCUMENT[BODY:]
    return form({"word/document.xml": head + doctype.encode() + b"<w:document " + rest})


LAUGHS: Final = "<!DOCTYPE d [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
)


def in_another_encoding(encoding: str, content: str) -> bytes:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' + content
    return form({"word/document.xml": declared.encode(encoding)})


def many_elements() -> str:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<w:document xmlns:w="{namespace}"><w:body>{"<w:p/>" * 1_500_000}</w:body></w:document>'


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(4_096)


def macro_enabled() -> bytes:
    types = PARTS["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    return form({"[Content_Types].xml": types, "word/vbaProject.bin": bytes(2_000)})


def lying(declared: int) -> bytes:
    """A document that is a hundred times what the directory says."""
    honest = deflated(DOCUMENT[:BODY] + b"<w:p/>" * 3_000_000 + DOCUMENT[BODY:])
    return form({"word/document.xml": Packed(honest.stored, declared, honest.checksum)})


WHOLE: Final[dict[str, Callable[[], bytes]]] = {
    "a part of 1 GB, reached by a relationship": lambda: form(
        {"word/big.xml": zeros(1024 * MEGABYTE), RELS: related(("header", "big.xml"))}
    ),
    "a part of 1 GB that nothing reaches": lambda: form({"word/media/big.bin": zeros(1024 * MEGABYTE)}),
    "a document of 1 GB": lambda: form({"word/document.xml": zeros(1024 * MEGABYTE)}),
    "8 million paragraphs": lambda: within(b"<w:p/>" * 8_000_000),
    "the most that may be unpacked, in pictures and XML": lambda: form(
        {f"word/media/{n}.bin": deflated(bytes(14 * MEGABYTE)) for n in range(3)}
        | {"word/big.xml": deflated(b"<a>" + b" " * (14 * MEGABYTE) + b"</a>")}
    ),
    "entity expansion": lambda: with_doctype(LAUGHS + "]>", "&a11;"),
    "entity expansion in UTF-16": lambda: form({"word/document.xml": (LAUGHS + "]><d>&a11;</d>").encode("utf-16")}),
    "entity expansion in UTF-7": lambda: in_another_encoding("utf-7", LAUGHS.replace("<", "+ADw-") + "]><d>&a11;</d>"),
    "an external entity": lambda: with_doctype("<!DOCTYPE d [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>", "&f;"),
    "a doctype in a header": lambda: form(
        {"word/evil.xml": LAUGHS.encode() + b"]><a>&a11;</a>", RELS: related(("header", "evil.xml"))}
    ),
    "1.5 million elements in EBCDIC": lambda: in_another_encoding("cp037", many_elements()),
    "1.5 million elements in UTF-16 without a mark": lambda: in_another_encoding("utf-16-le", many_elements()),
    "a document with macros": macro_enabled,
    "macros hidden in a plain document": lambda: form({"word/vbaProject.bin": bytes(2_000)}),
    "ActiveX": lambda: form({"word/activeX/activeX1.bin": bytes(2_000)}),
    "an embedded object": lambda: form({"word/embeddings/oleObject1.bin": ole("Workbook")}),
    "a template from the net": lambda: form(
        {"word/_rels/settings.xml.rels": related(("attachedTemplate", "https://example.net/t.dotm"), external=True)}
    ),
    "a picture from the net": lambda: form({RELS: related(("image", "https://example.net/t.png"), external=True)}),
    "protected with a password": lambda: ole("EncryptedPackage"),
    "an old Word file": lambda: ole("WordDocument"),
    "cut off in the middle": lambda: form({})[:9_000],
    "cut off in its directory": lambda: form({})[:-300],
    "entries that share their bytes": lambda: archive(
        {"[Content_Types].xml": deflated(b" " * 60_000)}
        | {f"word/{n}.xml": deflated(b" " * 60_000) for n in range(900)},
        shared=True,
    ),
    "a document larger than its directory says": lambda: lying(len(DOCUMENT)),
    "a document smaller than its directory says": lambda: form(
        {"word/document.xml": Packed(deflated(DOCUMENT).stored, 20 * MEGABYTE, zlib.crc32(DOCUMENT))}
    ),
    "10 MB of directory entries": lambda: b"PK\x03\x04" + b"PK\x01\x02" * (MAX_BYTES // 4 - 10),
    "10 MB of nothing": lambda: b"PK\x03\x04" + bytes(MAX_BYTES - 4),
    "100,000 relationships": lambda: form({RELS: related(*(("header", f"header{n}.xml") for n in range(100_000)))}),
    "20,000 relationships to one header": lambda: form(
        {RELS: related(*(("header", "header1.xml") for _ in range(20_000)))}
    ),
    "headers as long as they may be": lambda: form(
        {f"word/h{n}.xml": header(b"<w:p/>" * 60_000) for n in range(60)}
        | {RELS: related(*(("header", f"h{n}.xml") for n in range(60)))}
    ),
    "relationships without an end": lambda: form({RELS: b"<Relationship " * 350_000}),
    "relationships of slashes": lambda: form({RELS: related(("/" * 5_000_000, "x"), external=True)}),
    "relationships of one long name": lambda: form({RELS: b"<" + b"a" * 9_000_000 + b":Relationship"}),
    "a target of a million steps": lambda: form({RELS: related(("header", "../a/" * 1_000_000))}),
    "styles as many as they may be": lambda: form(
        {"word/styles.xml": PARTS["word/styles.xml"].replace(b"</w:styles>", b"<w:style/>" * 250_000 + b"</w:styles>")}
    ),
    "properties as many as they may be": lambda: form(
        {
            "docProps/custom.xml": PARTS["docProps/custom.xml"].replace(
                b"</Properties>", b"<p/>" * 250_000 + b"</Properties>"
            )
        }
    ),
}


def header(body: bytes) -> bytes:
    namespace = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return b'<w:hdr xmlns:w="%s">%s</w:hdr>' % (namespace, body)


# --- the attacks of a text -------------------------------------------------------------------------------------------


def most(piece: bytes, tags: int = 0) -> bytes:
    """The piece as often as the limits of the reader allow beside a filled-in form, less ``tags`` spent elsewhere."""
    letters = len(re.sub(rb"<[^>]*>", b"", piece).decode())
    spent = DOCUMENT.count(b"<") + 6_000 + tags
    times = [
        (package._MOST_TAGS - spent) // max(piece.count(b"<"), 1),
        (package._MOST_BYTES - len(DOCUMENT) - 100_000) // len(piece),
        (package._MOST_LETTERS - 20_000) // max(letters, 1),
        (word._MOST_PARAGRAPHS - 1_000) // max(piece.count(b"<w:p>") + piece.count(b"<w:p/>"), 1),
        (word._MOST_CONTROLS - 200) // max(piece.count(b"<w:sdt>") + piece.count(b"<w:ffData>"), 1),
    ]
    return piece * min(times)


def run(text: str) -> bytes:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'.encode()


def line(text: str) -> bytes:
    return paragraph(text).encode()


def most_in_line(text: str) -> bytes:
    """One paragraph with as much of this text as may be."""
    return line(most(text.encode()).decode())


def nested(opening: bytes, inside: bytes, closing: bytes, depth: int) -> bytes:
    return opening * depth + inside + closing * depth


def row(*cells: bytes) -> bytes:
    return b"<w:tr>" + b"".join(cells) + b"</w:tr>"


def cell(text: str = "") -> bytes:
    return b"<w:tc>" + (line(text) if text else b"<w:p/>") + b"</w:tc>"


def table(rows: bytes) -> bytes:
    return b"<w:tbl>" + rows + b"</w:tbl>"


def control(tag: str, inside: bytes) -> bytes:
    return SDT[0].replace(b"imie", tag.encode()) + inside + SDT[1]


def field_mark(kind: str, data: bytes = b"") -> bytes:
    return b'<w:r><w:fldChar w:fldCharType="%s">%s</w:fldChar></w:r>' % (kind.encode(), data)


TEXT_FIELD: Final = field_mark("begin", b'<w:ffData><w:name w:val="imie"/><w:textInput/></w:ffData>')
BOX: Final = (
    b'<w:sdt><w:sdtPr><w14:checkbox xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"/></w:sdtPr>'
    b"<w:sdtContent><w:r><w:t>\xe2\x98\x90</w:t></w:r></w:sdtContent></w:sdt>"
)
SDT: Final = (b'<w:sdt><w:sdtPr><w:tag w:val="imie"/></w:sdtPr><w:sdtContent>', b"</w:sdtContent></w:sdt>")
TABLE: Final = (b"<w:tbl><w:tr><w:tc>", b"</w:tc></w:tr></w:tbl>")
TEXT_BOX: Final = (b"<w:p><w:r><w:pict><w:txbxContent>", b"</w:txbxContent></w:pict></w:r></w:p>")
STRUCK: Final = b"<w:r><w:rPr><w:strike/></w:rPr><w:t>abc</w:t></w:r>"
ALTERNATIVES: Final = (
    b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    b"<mc:Choice><w:x/></mc:Choice><mc:Fallback><w:t>a</w:t></mc:Fallback></mc:AlternateContent>"
)
WIDEST: Final = word._MOST_CELLS_IN_ROW

TEXTS: Final[dict[str, Callable[[], bytes]]] = {
    "a text of 20 MB": lambda: line("a" * 20 * MEGABYTE),
    "a paragraph of 24 MB of dots": lambda: b"<w:p>" + run("." * 8_000_000) * 3 + b"</w:p>",
    "a paragraph of 24 MB of underscores": lambda: b"<w:p>" + run("_" * 8_000_000) * 3 + b"</w:p>",
    "8 MB of rare letters": lambda: line("𝔞" + "a" * 8_000_000),
    "2,000 nested tables": lambda: nested(TABLE[0], b"<w:p/>", TABLE[1], 2_000),
    "2,000 nested controls": lambda: nested(SDT[0], line("a"), SDT[1], 2_000),
    "390,000 paragraphs": lambda: b"<w:p/>" * 390_000,
    "a row of 48,000 labels": lambda: table(row(cell("Imię") * 48_000)),
    "fields opened and never closed": lambda: b"<w:p>" + field_mark("begin") * 95_000 + run("a") + b"</w:p>",
    "300,000 attributes": lambda: b"<w:p " + b" ".join(b'a%d="1"' % n for n in range(300_000)) + b"/>",
    "30,000 namespaces": lambda: (
        b"<w:p "
        + b" ".join(b'xmlns:a%d="u%d"' % (n, n) for n in range(30_000))
        + b">"
        + b"".join(b"<a%d:b/>" % n for n in range(30_000))
        + b"</w:p>"
    ),
    "an attribute of 4 MB": lambda: control("a" * 4_000_000, line("a")),
    "a title of 4 MB": lambda: control("x", line("a")).replace(
        b"<w:tag", b'<w:alias w:val="%s"/><w:tag' % (b"a " * 2_000_000)
    ),
    "20 MB of comments": lambda: b"<!--" + b"a" * 9_000_000 + b"-->" + b"<!-- -->" * 380_000,
    "a number of 4 MB": lambda: table(
        row(b'<w:tc><w:tcPr><w:gridSpan w:val="' + b"9" * 4_000_000 + b'"/></w:tcPr><w:p/></w:tc>')
    ),
    "a choice of 4 MB": lambda: (
        b"<w:p>"
        + field_mark(
            "begin", b'<w:ffData><w:ddList><w:result w:val="' + b"9" * 4_000_000 + b'"/></w:ddList></w:ffData>'
        )
        + b"</w:p>"
    ),
    # From here on as much as passes: only the reader itself can be slow.
    "dots": lambda: most_in_line("."),
    "underscores and spaces": lambda: most_in_line("_ "),
    "dots in short lines": lambda: most(line("……… " * 4)),
    "typed boxes": lambda: most_in_line("[ ]"),
    "opened boxes": lambda: most_in_line("[   "),
    "box signs": lambda: most_in_line("☐"),
    "letters that grow": lambda: most_in_line("ﷺ"),
    "accents": lambda: most_in_line("a\u0301\u0323"),
    "breaks": lambda: most_in_line("a\u2028"),
    "short lines of labels": lambda: most(line("Imię: Nazwisko: PESEL ")),
    "long lines of labels": lambda: most(line("Imię " * 999)),
    "long lines of labels and colons": lambda: most(line("Imię: a " * 600)),
    "long lines of half a label": lambda: most(line("Gmina siedziby lub działania " * 170)),
    "long lines of nearly a label": lambda: most(line("Adres zamieszkania Kod pocztowi " * 150)),
    "long lines of digits": lambda: most(line("1" * 4_900)),
    "answers of digits": lambda: table(most(row(cell("PESEL"), cell("1 " * 450)))),
    "answers of dates": lambda: table(most(row(cell("Data urodzenia"), cell("1 1 1999 " * 100)))),
    "answers of at signs": lambda: table(most(row(cell("Adres e-mail"), cell("a@" * 450)))),
    "answers of names of gminas": lambda: table(most(row(cell("Gmina"), cell("Żukowo, powiat " * 60)))),
    "a long address": lambda: table(row(cell("Adres e-mail"), cell(most(b"a@").decode()))),
    "a long motivation": lambda: table(row(cell("Motywacja"), cell(most("…_. ".encode()).decode()))),
    "paragraphs": lambda: most(b"<w:p/>"),
    "short paragraphs": lambda: most(line("ab")),
    "paragraphs of a label": lambda: most(line("Imię")),
    "paragraphs of a label, empty ones between": lambda: most(line("Imię") + b"<w:p/>" * 50),
    "runs": lambda: b"<w:p>" + most(b"<w:r><w:t>abc</w:t></w:r>") + b"</w:p>",
    "tabs": lambda: b"<w:p><w:r>" + most(b"<w:tab/>") + b"</w:r></w:p>",
    "runs struck and not struck": lambda: b"<w:p>" + most(run("abc") + STRUCK) + b"</w:p>",
    "symbols": lambda: b"<w:p><w:r>" + most(b'<w:sym w:font="Wingdings" w:char="F0A8"/>') + b"</w:r></w:p>",
    "boxes": lambda: b"<w:p>" + most(BOX) + b"</w:p>",
    "boxes with words": lambda: line("Płeć") + most(line("☐ kobieta") + line("☐ mężczyzna")),
    "boxes with words in one line": lambda: line("Płeć") + most_in_line("☐ kobieta "),
    "one question asked again and again": lambda: most(line("Imię: a Nazwisko: b")),
    "one question answered again and again": lambda: table(most(row(cell("Imię"), cell("a")))),
    "one control again and again": lambda: most(control("imie", line("a"))),
    "one control again and again in one paragraph": lambda: b"<w:p>" + most(control("imie", run("a"))) + b"</w:p>",
    "controls of other tags": lambda: most(control("x", line("a"))),
    "rows of labels": lambda: table(most(row(cell("Imię") * WIDEST))),
    "rows of labels over empty rows": lambda: table(most(row(cell("Imię") * WIDEST) + row(cell() * WIDEST))),
    "rows of labels and empty cells": lambda: table(most(row((cell("Imię") + cell()) * (WIDEST // 2)))),
    "rows of one letter": lambda: table(most(row(cell("PESEL"), cell("1") * (WIDEST - 1)))),
    "tables of one cell": lambda: most(table(row(cell("Imię")))),
    "nested tables": lambda: nested(TABLE[0], line("Imię"), TABLE[1], 82),
    "nested tables of labels": lambda: nested(
        b"<w:tbl>" + row(cell("Imię")) + b"<w:tr><w:tc>", line("a"), b"</w:tc></w:tr></w:tbl>", 82
    ),
    "paragraphs in nested controls": lambda: nested(SDT[0], most(line("a")), SDT[1], 122),
    "controls in nested controls": lambda: nested(SDT[0], most(control("imie", line("a"))), SDT[1], 118),
    "runs in nested controls": lambda: b"<w:p>" + nested(SDT[0], most(run("a")), SDT[1], 122) + b"</w:p>",
    "struck runs in nested controls": lambda: (
        b"<w:p>" + nested(SDT[0], most(run("a") + STRUCK), SDT[1], 121) + b"</w:p>"
    ),
    "tabs in nested controls": lambda: (
        b"<w:p>" + nested(SDT[0], b"<w:r>" + most(b"<w:tab/>") + b"</w:r>", SDT[1], 122) + b"</w:p>"
    ),
    "boxes in nested controls": lambda: (
        b"<w:p>" + nested(SDT[0], run(most("☐".encode()).decode()), SDT[1], 122) + b"</w:p>"
    ),
    "nested text boxes": lambda: nested(TEXT_BOX[0], line("a"), TEXT_BOX[1], 62),
    "text boxes": lambda: most(TEXT_BOX[0] + line("Imię: a") + TEXT_BOX[1]),
    "nested insertions": lambda: nested(b"<w:ins>", line("a"), b"</w:ins>", 250),
    "nested unknown elements": lambda: nested(b"<w:x>", line("a"), b"</w:x>", 250),
    "nested unknown elements in a line": lambda: b"<w:p>" + nested(b"<w:x>", run("a"), b"</w:x>", 248) + b"</w:p>",
    "elements in pictures": lambda: (
        b"<w:p><w:r><w:pict>" + most(nested(b"<w:x>", b"", b"</w:x>", 245)) + b"</w:pict></w:r></w:p>"
    ),
    "pictures": lambda: b"<w:p>" + most(b"<w:r><w:pict><w:x/></w:pict></w:r>") + b"</w:p>",
    "form fields opened and never closed": lambda: (
        b"<w:p>" + (TEXT_FIELD + field_mark("separate")) * (word._MOST_OPEN_FIELDS - 1) + most(run("a")) + b"</w:p>"
    ),
    "form fields": lambda: (
        b"<w:p>" + most(TEXT_FIELD + field_mark("separate") + run("a") + field_mark("end")) + b"</w:p>"
    ),
    "a list of options": lambda: (
        b"<w:p>"
        + field_mark("begin", b"<w:ffData><w:ddList>" + most(b'<w:listEntry w:val="a"/>') + b"</w:ddList></w:ffData>")
        + b"</w:p>"
    ),
    "alternatives": lambda: b"<w:p><w:r>" + most(ALTERNATIVES) + b"</w:r></w:p>",
}


IN_SHORT: Final = (
    "a text of 20 MB",
    "a paragraph of 24 MB of dots",
    "a paragraph of 24 MB of underscores",
    "2,000 nested tables",
    "2,000 nested controls",
    "390,000 paragraphs",
    "300,000 attributes",
    "a number of 4 MB",
    "dots",
    "tabs",
    "long lines of labels and colons",
    "nested text boxes",
    "form fields opened and never closed",
)
"""What every change is tried with; the rest belongs to ``make slow``."""


# --- the trials ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ground() -> Iterator[AttackGround]:
    with AttackGround() as running:
        yield running


def _harmless(ground: AttackGround, data: bytes) -> None:
    trial = ground.try_on(data)
    assert trial.code not in NOT_AN_ANSWER, trial
    if trial.seconds > MOST_SECONDS:
        # The processor's seconds grow, too, when another test takes half of a core: what is slow is so again.
        trial = ground.try_on(data)
    assert trial.seconds <= MOST_SECONDS, trial
    assert trial.peak_mb <= MOST_MB, trial


@pytest.mark.parametrize("attack", WHOLE)
def test_a_hostile_file_is_refused_or_read_in_time(attack: str, ground: AttackGround) -> None:
    _harmless(ground, WHOLE[attack]())


@pytest.mark.parametrize("attack", IN_SHORT)
def test_the_worst_texts_are_refused_or_read_in_time(attack: str, ground: AttackGround) -> None:
    _harmless(ground, within(TEXTS[attack]()))


@pytest.mark.slow
@pytest.mark.parametrize("attack", TEXTS)
def test_a_hostile_text_in_a_form_is_refused_or_read_in_time(attack: str, ground: AttackGround) -> None:
    _harmless(ground, within(TEXTS[attack]()))


@pytest.mark.slow
@pytest.mark.parametrize("attack", TEXTS)
def test_a_hostile_text_in_no_form_is_refused_or_read_in_time(attack: str, ground: AttackGround) -> None:
    _harmless(ground, alone(TEXTS[attack]()))


def test_the_ground_tells_a_form_from_a_refusal(ground: AttackGround) -> None:
    assert ground.try_on(form({})).code == ""
    assert ground.try_on(b"").code == "empty"
