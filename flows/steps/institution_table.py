"""A table of institutions from CSV or Excel: all of its rows are taken in, or none, with what is wrong by row."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import openpyxl
from sqlmodel import Session

from flows.adapters.clock import warsaw_date
from flows.steps.institutions import Added, Signatory, Stated, add_institution, code_of, name_representative
from forms.csv_text import rows_in, text_in
from forms.workbook import MAX_BYTES, check, text_of
from forms.written_days import day_in
from models.actor import Actor, Right
from models.errors import BadInput, NotAllowed
from models.tables.institutions import InstitutionKind
from models.tables.outbox import Channel
from models.territory import plain

COLUMNS = (
    *("nazwa", "rodzaj", "siedziba", "nip", "obszar", "poziom", "email", "adres", "e_doreczenia", "kanal"),
    *("reprezentant", "funkcja", "od"),
)
"""What the first row may say; ``siedziba`` (TERYT) is needed, and ``nazwa`` unless the row is a unit of the project."""
_KINDS = {
    "": InstitutionKind.OTHER,
    "instytucja": InstitutionKind.OTHER,
    "gmina": InstitutionKind.GMINA,
    "powiat": InstitutionKind.POWIAT,
    "wojewodztwo": InstitutionKind.VOIVODSHIP,
}
_CHANNELS = {
    "email": Channel.EMAIL,
    "e mail": Channel.EMAIL,
    "e doreczenia": Channel.EDORECZENIA,
    "edoreczenia": Channel.EDORECZENIA,
    "papier": Channel.PAPER,
}
_MOST_ROWS = 5_000
_MOST_FAULTS = 30
_NO_TABLE = "To nie jest arkusz Excel (.xlsx) ani plik CSV z instytucjami."


@dataclass(frozen=True)
class TakenIn:
    """How many institutions were new, changed and as before, and remarks by row."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    remarks: tuple[str, ...]


class RowsFaulty(BadInput):
    """A table with mistakes; nothing of it was taken in."""

    def __init__(self, problems: Sequence[str]) -> None:
        told = list(problems[:_MOST_FAULTS])
        if len(problems) > _MOST_FAULTS:
            told.append(f"… i jeszcze {len(problems) - _MOST_FAULTS}.")
        super().__init__("Niczego nie wpisano. " + " ".join(told))


def import_institutions(session: Session, project: str, path: Path, *, actor: Actor, now: datetime) -> TakenIn:
    """Enters the institutions of a table. Raises ``BadInput``, with every mistake by row; nothing is entered then."""
    actor.require(Right.INSTITUTIONS)
    faults: list[str] = []
    found: list[tuple[int, Added, bool]] = []
    seen: dict[str, int] = {}
    rows = list(_rows(path))
    if not rows:
        raise BadInput("W tabeli nie ma żadnej instytucji.")
    for number, row in rows:
        try:
            with session.begin_nested():
                added = add_institution(session, project, _stated(row), actor=actor, now=now)
                code = code_of(added.institution)
                if code in seen:
                    raise BadInput(f"Ta sama instytucja stoi już w wierszu {seen[code]}.")
                seen[code] = number
                named = _named(session, code, row, actor=actor, now=now)
        except (BadInput, NotAllowed) as fault:
            faults.append(f"Wiersz {number}: {fault}")
            continue
        found.append((number, added, named))
    if faults:
        raise RowsFaulty(faults)
    return TakenIn(
        new=tuple(code_of(one.institution) for _, one, _ in found if one.new),
        changed=tuple(code_of(one.institution) for _, one, named in found if not one.new and (one.changed or named)),
        unchanged=sum(not one.new and not one.changed and not named for _, one, named in found),
        remarks=tuple(f"Wiersz {number}: {remark}." for number, one, _ in found for remark in one.remarks),
    )


def _stated(row: Mapping[str, str]) -> Stated:
    kind, channel = plain(row.get("rodzaj", "")), plain(row.get("kanal", ""))
    if kind not in _KINDS:
        raise BadInput("Rodzaj to: gmina, powiat, województwo albo instytucja.")
    if channel and channel not in _CHANNELS:
        raise BadInput("Kanał to: e-mail, e-Doręczenia albo papier.")
    return Stated(
        name=row.get("nazwa") or None,
        kind=_KINDS[kind],
        area=row.get("siedziba", ""),
        nip=row.get("nip") or None,
        sector=row.get("obszar") or None,
        level=row.get("poziom") or None,
        email=row.get("email") or None,
        address=row.get("adres") or None,
        edelivery=row.get("e_doreczenia") or None,
        channel=_CHANNELS.get(channel),
    )


def _named(session: Session, code: str, row: Mapping[str, str], *, actor: Actor, now: datetime) -> bool:
    signatory = Signatory(row.get("reprezentant", ""), row.get("funkcja", ""))
    if not signatory.name and not signatory.function:
        return False
    since = _day(row["od"]) if row.get("od") else warsaw_date(now)
    return name_representative(session, code, signatory, since=since, actor=actor, now=now)


def _day(text: str) -> date:
    try:
        return day_in(text)
    except ValueError as fault:
        raise BadInput(f"Dzień (od): {fault}") from None


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the header, by their number in the file; empty ones are left out."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput("Plik ma ponad 40 MB; tak długiej tabeli instytucji nie ma.")
        data = path.read_bytes()
    except OSError:
        raise BadInput(f"Nie da się odczytać pliku „{path.name}”.") from None
    lines = _of_workbook(data) if data.startswith(b"PK") else _of_text(data)
    header: list[str] = []
    for number, cells in enumerate(lines, start=1):
        if number > _MOST_ROWS:
            raise BadInput(f"Tabela ma ponad {_MOST_ROWS} wierszy.")
        texts = [" ".join(cell.split("\n")) if not header else cell.strip() for cell in cells]
        if not header:
            header = [plain(text).replace(" ", "_") for text in texts]
            _check_header(header)
        elif any(texts):
            if any(texts[len(header) :]):
                raise BadInput(f"Wiersz {number}: jest więcej pól niż kolumn w nagłówku.")
            yield number, {key: text for key, text in zip(header, texts, strict=False) if key}


def _check_header(header: Sequence[str]) -> None:
    named = [one for one in header if one]
    wrong = [f"Nieznana kolumna „{one[:60]}”." for one in dict.fromkeys(named) if one not in COLUMNS]
    wrong += [f"Kolumna „{one}” jest dwa razy." for one in dict.fromkeys(named) if named.count(one) > 1]
    wrong += ["Brakuje kolumny „siedziba”."] if "siedziba" not in named else []
    if wrong:
        raise BadInput(
            f"Pierwszy wiersz tabeli to nazwy kolumn. {' '.join(wrong[:_MOST_FAULTS])} Kolumny: {', '.join(COLUMNS)}."
        )


def _of_text(data: bytes) -> Iterator[list[str]]:
    read = 0
    try:
        for cells in rows_in(text_in(data)):
            read += 1
            yield cells
    except csv.Error:
        sentence = f"Wiersz {read + 1}: nie da się go odczytać (niedomknięty cudzysłów?)."
        raise BadInput(sentence if read else _NO_TABLE) from None


def _of_workbook(data: bytes) -> Iterable[list[str]]:
    check(data, _NO_TABLE)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        rows = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(max_row=_MOST_ROWS + 1)]
    except Exception:  # noqa: BLE001  (openpyxl meets a foreign or broken file with a dozen different errors)
        raise BadInput(_NO_TABLE) from None
    for number, cells in enumerate(rows, start=1):
        if any(kind == "f" for _, kind in cells):
            raise BadInput(f"Wiersz {number}: stoi tu formuła. Proszę wpisać samą wartość.")
    return [[text_of(value) for value, _ in cells] for cells in rows]
