"""Filled lists that came back, of meetings and of sessions of support: each row is shown first, then entered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from sqlmodel import Session

from console.desk import Desk
from flows.adapters.office import Office
from flows.adapters.settings import Settings
from flows.steps.attendance_reading import taken_up
from flows.steps.sheet_lines import ListPreview, SheetEntered
from forms.reading import Unreadable
from models.actor import Actor
from models.errors import BadInput

R = TypeVar("R")
P = TypeVar("P", bound=ListPreview)


@dataclass(frozen=True)
class ListKind(Generic[R, P]):
    """How lists of one kind are read, shown and entered, with the answers that the command was given."""

    read: Callable[[Mapping[Path, bytes], Settings], dict[Path, R | Unreadable]]
    preview: Callable[[Session, R, Actor, datetime], P]
    enter: Callable[[Office, R, bytes, str, Actor], SheetEntered]
    title: Callable[[P], str]


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
    """Shows what the files say, and enters it where ``confirm`` says so. ``answered``: whether answers were given.

    Raises ``BadInput`` with a line for each file that cannot be read, and for rows that nobody has an answer for.
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
            with office.reading(actor) as session:
                shown.append((path, kind.preview(session, reading, actor, office.now())))
            sound.append((path, reading))
        if not desk.as_json:
            for path, one in shown:
                _print(desk, path, kind.title(one), one)
        if refused:
            raise BadInput("\n".join(refused))
        asked = sum(len(one.asked) for _, one in shown)
        if confirm and asked and not partial:
            raise BadInput(
                f"Niczego nie wpisano: {asked} wierszy wymaga odpowiedzi. Podaj je (--set NUMER=OBECNOŚĆ) "
                "albo wpisz resztę bez nich (--partial)."
            )
        if confirm:
            entered = [kind.enter(office, reading, contents[path], path.name, actor) for path, reading in sound]
    if confirm:
        said = f"Wpisano wierszy: {sum(one.entered for one in entered)}; zostało do wpisania: {asked}."
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
