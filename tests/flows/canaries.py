"""People whose every field is a marker, and the search for markers in whatever a run left behind."""

import base64
import gzip
import html
import io
import json
import quopri
import sqlite3
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import people
from story_player import PROJECT

from console.stories.persons import STATEMENTS

SURNAME = "Żółtodziób"
FIRST_NAME = "Kanarzyna"
E_MAIL = "kanarek.znaczny"
STREET = "Ptasia Grzęda"
INSTITUTION = "Woliera Próbna"
POST = "karmiąca śpiewaki"
MOTIVATION = "Marzę o głośnym świergocie"
SENSITIVE = "ziarno bez łuski i ciepła żerdź"
PHONES = tuple(f"69912340{i}" for i in range(9))
PESELS = tuple(people.pesel(700 + i) for i in range(9))
WRONG_PESEL = PESELS[8][:10] + str((int(PESELS[8][10]) + 1) % 10)
ACCOUNTS = tuple(given[1] for given in STATEMENTS if given)

NEVER_OPEN = {
    "PESEL": (*PESELS, WRONG_PESEL),
    "account": ACCOUNTS,
    "sensitive answer": (SENSITIVE,),
}
"""Must not be found anywhere in the data folder."""
NEVER_WITH_PREFECT = {"surname": (SURNAME,), "e-mail": (E_MAIL,)}
"""Must not be found with Prefect, nor in any file name."""
PERSONAL = {
    "first name": (FIRST_NAME,),
    "street": (STREET,),
    "institution": (INSTITUTION,),
    "post": (POST,),
    "motivation": (MOTIVATION,),
    "telephone": PHONES,
}
EVERYTHING = NEVER_OPEN | NEVER_WITH_PREFECT | PERSONAL

Markers = Mapping[str, tuple[str, ...]]


def answers_of(i: int) -> dict[str, str | bool]:
    """What candidate ``i`` types: enough points for a seat, each in a sector of her own."""
    return people.candidate(
        i,
        imie=f"{FIRST_NAME}",
        nazwisko=f"{SURNAME}{'abcdefghi'[i]}",
        pesel=PESELS[i],
        email=f"{E_MAIL}{i}@example.org",
        telefon=PHONES[i],
        motywacja=f"{MOTIVATION} {i}.",
        potrzeby=f"{SENSITIVE} {i}",
        niepelnosprawnosc="odmawiam podania informacji",
        **{
            "adres.ulica": f"ul. {STREET} {i}",
            "instytucja.nazwa": f"{INSTITUTION} {i}",
            "instytucja.stanowisko": f"{POST} {i}",
        },
    )


def canary_project(folder: Path) -> Path:
    """The shipped project with other samples: nine marked people, a picture, and the last one's corrected form."""
    project = folder / "kes"
    copytree(PROJECT, project, ignore=lambda _folder, names: [name for name in names if name == "samples"])
    inbox, corrections = project / "samples" / "inbox", project / "samples" / "corrections"
    inbox.mkdir(parents=True)
    corrections.mkdir()
    lines = ["file,received_at,channel,sender"]
    for i in range(9):
        name = f"formularz {SURNAME}{i}.docx"
        answers = answers_of(i)
        (inbox / name).write_bytes(people.filled(answers if i < 8 else answers | {"pesel": WRONG_PESEL}))
        lines.append(f"{name},2018-06-{5 + i:02d}T10:00,email,{E_MAIL}{i}@example.org")
    picture = f"skan {SURNAME} {PESELS[0]}.jpg"
    (inbox / picture).write_bytes(b"\xff\xd8\xff\xe0" + f"{SURNAME} {PESELS[0]} {SENSITIVE}".encode())
    lines.append(f"{picture},2018-06-20T10:00,email,{E_MAIL}9@example.org")
    (inbox / "manifest.csv").write_text("\n".join(lines), encoding="utf-8")
    mended = f"poprawka {SURNAME}.docx"
    (corrections / mended).write_bytes(people.filled(answers_of(8)))
    (corrections / "manifest.csv").write_text(
        f"file,received_at,channel\n{mended},2018-06-28T10:00,email", encoding="utf-8"
    )
    return project


@dataclass(frozen=True)
class Find:
    """A marker that lies open. ``disguise`` is how it is written there."""

    place: str
    kind: str
    disguise: str


def finds(folder: Path, markers: Markers) -> list[Find]:
    """Every file of the folder that holds a marker, in any disguise, also inside archives and split over pages.

    Left out is ``prefect/page``: the web page as Prefect ships it, whose program holds every short word somewhere.
    """
    wanted = _disguised(markers)
    found = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(parent.parts[-2:] == ("prefect", "page") for parent in path.parents):
            for blob in _contents(path):
                found |= {Find(str(path.relative_to(folder)), *what) for what in _in_blob(blob, wanted)}
    return sorted(found, key=lambda one: (one.place, one.kind, one.disguise))


def names_of_files(folder: Path, markers: Markers) -> list[Find]:
    """Every file and folder whose name holds a marker."""
    wanted = _disguised(markers)
    names = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    return [Find(name, *what) for name in names for what in _in_blob(name.encode(), wanted)]


def disguises(marker: str) -> dict[str, set[bytes]]:
    """How a text may be written down, by name of the way."""
    spellings = {marker, marker.lower(), marker.upper(), _plain_letters(marker)}
    if marker.isdigit():
        spellings |= {_grouped(marker, (2, 4)), _grouped(marker, (3, 3)), _grouped(marker, (2, 4)).replace(" ", "-")}
    ways: dict[str, set[bytes]] = {}
    for text in spellings:
        for way, written in _ways(text):
            ways.setdefault(way, set()).add(written)
    return ways


def _ways(text: str) -> Iterator[tuple[str, bytes]]:
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "iso-8859-2", "cp1250", "cp852"):
        raw = text.encode(encoding)
        yield encoding, raw
        if encoding in ("utf-8", "utf-16-le", "iso-8859-2"):
            yield f"hex of {encoding}", raw.hex().encode()
            yield f"HEX of {encoding}", raw.hex().upper().encode()
            yield f"quoted-printable of {encoding}", quopri.encodestring(raw).rstrip(b"=\n")
            yield f"Q of {encoding}", quopri.encodestring(raw, header=True).rstrip(b"=\n")
            for way, codec in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
                for shift in range(3):
                    yield f"{way} of {encoding}", _inner(codec(b"\0" * shift + raw), shift, len(raw))
    yield "JSON", json.dumps(text).strip('"').encode()
    yield "JSON in JSON", json.dumps(json.dumps(text).strip('"')).strip('"').encode()
    yield "percent", urllib.parse.quote(text).encode()
    yield "HTML", html.escape(text).encode("ascii", "xmlcharrefreplace")
    yield "Python escapes", text.encode("unicode_escape")


def _inner(coded: bytes, shift: int, length: int) -> bytes:
    """The part of base64 that does not depend on the bytes before (``shift`` of them) and after."""
    return coded[(0, 2, 3)[shift] : len(coded) - (0, 3, 2)[(shift + length) % 3]]


def _disguised(markers: Markers) -> list[tuple[str, str, bytes]]:
    """Every disguise once: many encodings write the same bytes."""
    known: dict[bytes, tuple[str, str]] = {}
    for kind, texts in markers.items():
        for text in texts:
            for way, many in disguises(text).items():
                for written in many:
                    known.setdefault(written, (kind, way))
    return [(kind, way, written) for written, (kind, way) in known.items()]


def _in_blob(blob: bytes, wanted: Iterable[tuple[str, str, bytes]]) -> Iterator[tuple[str, str]]:
    for kind, way, written in wanted:
        if written in blob:
            yield kind, way


def _contents(path: Path) -> Iterator[bytes]:
    raw = path.read_bytes()
    yield from _unpacked(raw)
    if raw.startswith(b"SQLite format 3\0"):
        yield from _rows(path)


def _unpacked(raw: bytes, depth: int = 3) -> Iterator[bytes]:
    """The bytes, the same without line ends (base64 is wrapped), and the members of archives."""
    yield raw
    if b"\n" in raw:
        yield raw.replace(b"=\r\n", b"").replace(b"=\n", b"").replace(b"\r", b"").replace(b"\n", b"")
    if depth and zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield from _unpacked(archive.read(name), depth - 1)
    if depth and raw.startswith(b"\x1f\x8b"):
        # Encrypted bytes begin like a packed file once in a while; they are none, and were looked at above.
        with suppress(gzip.BadGzipFile, EOFError, zlib.error):
            yield from _unpacked(gzip.decompress(raw), depth - 1)


def _rows(path: Path) -> Iterator[bytes]:
    """All values of a database as they are stored: a long one is split over pages of the file."""
    with closing(sqlite3.connect(path)) as database:
        database.text_factory = bytes
        tables = [row[0].decode() for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            values = io.BytesIO()
            for row in database.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    values.write(value if isinstance(value, bytes) else str(value).encode())
                    values.write(b"\0")
            yield values.getvalue()


def _plain_letters(text: str) -> str:
    """Without the Polish marks, as in file names and addresses."""
    marked = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    return "".join(letter for letter in marked if not unicodedata.combining(letter))


def _grouped(digits: str, sizes: tuple[int, int]) -> str:
    first, rest = digits[: sizes[0]], digits[sizes[0] :]
    return " ".join([first, *(rest[i : i + sizes[1]] for i in range(0, len(rest), sizes[1]))])
