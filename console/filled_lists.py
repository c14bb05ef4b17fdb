"""Filled lists that came back, of meetings and of sessions of support: each row is shown first, then entered."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Generic, TypeAlias, TypeVar

import typer
from sqlmodel import Session

from console.desk import Desk
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.steps.attendance_reading import taken_up
from flows.steps.sheet_lines import ListPreview, SheetEntered
from forms.reading import Unreadable
from models.actor import Actor
from models.errors import BadInput, NaborError, NotFound, NotYet

SetOption: TypeAlias = Annotated[
    list[str] | None, typer.Option("--set", help="NUMER=OBECNOŚĆ tam, gdzie wpisu nie da się odczytać")
]
PartialOption: TypeAlias = Annotated[
    bool, typer.Option("--partial", help="Wpisz to, co odczytano; resztę wpiszesz osobno")
]
ConfirmOption: TypeAlias = Annotated[bool, typer.Option("--confirm", help="Wpisz; bez tego tylko pokaż, co odczytano")]

R = TypeVar("R")
P = TypeVar("P", bound=ListPreview)


@dataclass(frozen=True)
class ListKind(Generic[R, P]):
    """How lists of one kind are read, shown and entered, with the answers that the command was given."""

    read: Callable[[Mapping[Path, bytes], Settings], dict[Path, R | Unreadable]]
    preview: Callable[[Session, R, bytes, Actor, datetime], P]
    enter: Callable[[Office, Session, R, bytes, str, Actor], SheetEntered]
    title: Callable[[P], str]
    lock: Callable[[Session, Sequence[R]], None] = lambda _session, _readings: None
    """Locks all that these lists will change, in the order that everybody locks it in."""


def named(files: Sequence[Path]) -> list[tuple[str, bytes]]:
    """The name and the bytes of each file. Raises ``BadInput`` for one that is not there."""
    for path in files:
        if not path.is_file():
            raise BadInput(f"Nie ma pliku „{path.name}”.")
    return [(path.name, path.read_bytes()) for path in files]


def take_lists(
    desk: Desk,
    files: Sequence[Path],
    kind: ListKind[R, P],
    *,
    answered: bool,
    partial: bool,
    confirm: bool,
    trial: bool,
) -> None:
    """Shows what the files say, and enters it where ``confirm`` says so: all files, or nothing of any. ``answered``:
    whether answers were given.

    Raises ``BadInput`` with a line for each file that cannot be read, and for rows that nobody has an answer for. What
    is wrong with one file names it.
    """
    for path in files:
        if not path.is_file():
            raise BadInput(f"Nie ma pliku „{path.name}”.")
    if answered and len(files) > 1:
        raise BadInput("Odpowiedzi (--set) dotyczą jednej listy; proszę podać jeden plik.")
    shown: list[tuple[Path, P]] = []
    entered: list[SheetEntered] = []
    refused: list[str] = []
    with desk.office(trial=trial) as (office, actor):
        contents = taken_up(files)
        sound: list[tuple[Path, R]] = []
        for path, reading in kind.read(contents, office.settings).items():
            if isinstance(reading, Unreadable):
                refused.append(f"{path.name}: {reading.sentence}")
                continue
            with office.reading(actor) as session, _about(path):
                shown.append((path, kind.preview(session, reading, contents[path], actor, office.now())))
            sound.append((path, reading))
        if not desk.as_json:
            for path, one in shown:
                _print(desk, path, kind.title(one), one)
        if refused:
            raise BadInput("\n".join(refused))
        asked = sum(len(one.asked) for _, one in shown)
        if confirm and asked and not partial:
            raise BadInput(
                f"Niczego nie wpisano. Wiersze bez odpowiedzi: {asked}. Podaj odpowiedzi (--set NUMER=OBECNOŚĆ) "
                "albo wpisz resztę bez nich (--partial)."
            )
        if confirm:
            with office.writing(actor) as session:
                kind.lock(session, [reading for _, reading in sound])
                for (path, reading), (_, seen) in zip(sound, shown, strict=True):
                    with _about(path):
                        done = kind.enter(office, session, reading, contents[path], path.name, actor)
                        if done.left > len(seen.asked):
                            raise BadInput(_MORE_IS_ASKED)
                    entered.append(done)
    if confirm:
        rows, changed = (sum(one.entered for one in entered), sum(one.changed for one in entered))
        said = f"Wpisano wierszy: {rows}, w tym bez zmian: {rows - changed}; zostało do wpisania: {asked}."
    else:
        said = "Niczego jeszcze nie wpisano. " + (
            f"Do wyjaśnienia wierszy: {asked} (--set NUMER=OBECNOŚĆ)." if asked else "Jeśli się zgadza: --confirm."
        )
    desk.say(
        said,
        sheets=[{"file": path.name, **asdict(one)} for path, one in shown],
        entered=[asdict(one) for one in entered],
        asked=asked,
    )


_MORE_IS_ASKED = (
    "Niczego nie wpisano. Po wpisaniu wcześniejszych plików ta lista ma wiersze, o które trzeba zapytać, na przykład "
    "godziny ponad limit. Proszę wczytać pliki po kolei, każdy osobno."
)


@contextmanager
def _about(path: Path) -> Iterator[None]:
    """Whatever is refused says of which file."""
    try:
        yield
    except NaborError as fault:
        cause = next((one for one in (BadInput, NotYet, NotFound) if isinstance(fault, one)), None)
        if cause is None:
            raise
        raise cause(f"{path.name}: {fault}") from fault


def _print(desk: Desk, path: Path, title: str, one: ListPreview) -> None:
    desk.console.print(f"{path.name}: {title}", markup=False)
    for remark in one.remarks:
        desk.console.print(f"  {remark}", markup=False)
    desk.show(
        one.lines,
        {
            "Numer": lambda line: line.number or "?",
            "Osoba": lambda line: line.name,
            "Na liście": lambda line: line.raw,
            "Minuty": lambda line: line.minutes,
            "Odczytano jako": lambda line: line.asks or line.how,
            "Miejsce": lambda line: line.place,
        },
        empty="Na liście nie ma osób.",
    )
