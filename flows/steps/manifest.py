"""What a folder of incoming files holds, and what its ``manifest.csv`` says of each: when it came, how, from whom."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

from flows.adapters.clock import WARSAW
from forms.csv_text import text_in
from models.errors import BadInput

MANIFEST = "manifest.csv"
CHANNELS = frozenset({"folder", "email", "post", "in_person", "epuap"})
_COLUMNS = frozenset({"file", "received_at", "channel", "sender", "application", "call"})
_LONGEST_NUMBER = 60


@dataclass(frozen=True)
class Incoming:
    """One line of the manifest, or what stands for it."""

    path: Path
    received_at: datetime
    channel: str
    sender: str = ""
    application: str = ""
    call: str = ""


def survey(folder: Path, *, now: datetime) -> tuple[list[Incoming], list[str]]:
    """The files of a folder with what the manifest says of each, and remarks. Raises ``BadInput``."""
    if not folder.is_dir():
        raise BadInput(f"Nie ma folderu „{folder.name}”.")
    listed = _manifest(folder / MANIFEST) if (folder / MANIFEST).is_file() else {}
    # A Mac writes „ó” in names as two characters; the manifest and the folder must still mean the same file.
    present = {
        normalize("NFC", path.name): path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.is_symlink() and not path.name.startswith((".", "~$")) and path.name != MANIFEST
    }
    remarks = [f"{name}: jest w manifeście, nie ma go w folderze." for name in listed if name not in present]
    if not listed:
        return [Incoming(path, now, "folder") for path in present.values()], remarks
    # Whoever keeps a manifest means it: a slip in a name must not make somebody's form a late one.
    remarks += [f"{name}: nie ma go w manifeście; został w folderze." for name in present if name not in listed]
    return [Incoming(path, *listed[name]) for name, path in present.items() if name in listed], remarks


def _manifest(path: Path) -> dict[str, tuple[datetime, str, str, str, str]]:
    try:
        text = text_in(path.read_bytes())
    except BadInput as fault:
        raise BadInput(f"{MANIFEST}: {fault}") from None
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    header = set(reader.fieldnames or ())
    if not {"file", "received_at", "channel"} <= header or not header <= _COLUMNS:
        raise BadInput(
            f"{MANIFEST}: nagłówek musi mieć kolumny file, received_at, channel; wolno dodać sender, application, call."
        )
    lines: dict[str, tuple[datetime, str, str, str, str]] = {}
    for number, row in enumerate(_rows(reader), start=2):
        name = normalize("NFC", (row["file"] or "").strip())
        if not name:
            raise BadInput(f"{MANIFEST}, wiersz {number}: brak nazwy pliku.")
        if name in lines:
            raise BadInput(f"{MANIFEST}, wiersz {number}: ten sam plik podano już wyżej.")
        channel = (row["channel"] or "").strip()
        if channel not in CHANNELS:
            raise BadInput(f"{MANIFEST}, wiersz {number}: kanał (channel) to jedno z: {', '.join(sorted(CHANNELS))}.")
        try:
            received = datetime.fromisoformat(_with_an_hour((row["received_at"] or "").strip()))
        except ValueError:
            raise BadInput(
                f"{MANIFEST}, wiersz {number}: czas wpływu (received_at) wygląda tak: 2018-06-04T10:15."
            ) from None
        if received.tzinfo is None:
            received = received.replace(tzinfo=WARSAW)
        application = (row.get("application") or "").strip()
        if len(application) > _LONGEST_NUMBER:
            raise BadInput(f"{MANIFEST}, wiersz {number}: to nie jest numer zgłoszenia.")
        call = (row.get("call") or "").strip()
        if len(call) > _LONGEST_NUMBER:
            raise BadInput(f"{MANIFEST}, wiersz {number}: to nie jest kod naboru.")
        lines[name] = (received, channel, (row.get("sender") or "").strip(), application, call)
    return lines


def _with_an_hour(text: str) -> str:
    """The text of a moment. Raises ``ValueError`` for a mere day: midnight would win every tie."""
    if ":" not in text:
        raise ValueError("a day without an hour")
    return text


def _rows(reader: "csv.DictReader[str]") -> Iterator[dict[str, str | None]]:
    try:
        for row in reader:
            if None in row:
                raise BadInput(f"{MANIFEST}, wiersz {reader.line_num}: jest więcej pól niż kolumn w nagłówku.")
            yield row
    except csv.Error:
        raise BadInput(f"{MANIFEST}, wiersz {reader.line_num}: nie da się odczytać tego wiersza.") from None
