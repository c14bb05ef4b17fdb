"""The desk of somebody at the command line: settings, who acts, and how answers are printed.

Every command is a plain function that takes a ``Desk`` first. ``command`` adds what all commands share (``--data``,
``--as``, ``--json``) and turns errors into the exit codes of the contract: 0 done, 1 the input or state does not
allow it, 2 wrong use.
"""

import functools
import getpass
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from pydantic import BaseModel, SecretStr
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text
from sqlmodel import Session

from console.polish_help import PolishCommand
from flows.adapters.clock import warsaw
from flows.adapters.office import Office, open_office
from flows.adapters.settings import Settings, load_settings
from flows.steps.officers import log_in
from models.actor import Actor, process
from models.errors import BadInput, NotLoggedIn

Cells: TypeAlias = Sequence[object]

DataOption = Annotated[Path | None, typer.Option("--data", help="Folder danych (domyślnie var/ albo NABOR_DATA)")]
AsOption = Annotated[str | None, typer.Option("--as", help="Login osoby, która działa (albo NABOR_OFFICER)")]
JsonOption = Annotated[bool, typer.Option("--json", help="Odpowiedź jako jeden dokument JSON")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Pokaż, co by się stało; niczego nie zapisuj")]


def a_row(number: int | None) -> int | None:
    """Refuses a number that no row of the database can have; without it the driver would, in English."""
    if number is not None and not 1 <= number < 2**31:
        raise typer.BadParameter(str(number))
    return number


_WHOLE = frozenset({"Numer", "Dotyczy", "Rachunek", "Pole", "Szablon", "Data", "Godziny"})
"""Columns that are no use broken over two lines."""


_BREAKS = re.compile(r"[ _/]")
"""Where a cell may go on in the next line: between words and within identifiers, but not within a word."""
_FEW = 50
"""So much work is done before anybody asks how far it is."""


class Desk:
    """What a command works at. Opens the office and logs the officer in only when the command needs it."""

    def __init__(self, settings: Settings, *, as_json: bool) -> None:
        self.settings = settings
        self.as_json = as_json
        self.on_trial = False
        self.console = Console(highlight=False, soft_wrap=True)

    @contextmanager
    def office(self, *, trial: bool = False) -> Iterator[tuple[Office, Actor]]:
        """The office and the officer who has logged in. Raises ``NotLoggedIn``."""
        self.on_trial = trial
        with open_office(self.settings) as office:
            with office.reading(process("login")) as session:
                actor = log_in(session, *self._credentials())
            yield (office.on_trial() if trial else office), actor

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, Actor, datetime]]:
        with self.office() as (office, actor), office.reading(actor) as session:
            yield session, actor, office.now()

    @contextmanager
    def writing(self, *, trial: bool = False) -> Iterator[tuple[Session, Actor, datetime]]:
        with self.office(trial=trial) as (office, actor), office.writing(actor) as session:
            yield session, actor, office.now()

    def _credentials(self) -> tuple[str, str]:
        login = self.settings.officer
        if not login:
            raise NotLoggedIn("Powiedz, kto działa: --as LOGIN albo NABOR_OFFICER.")
        if self.settings.officer_secret is not None:
            return login, self.settings.officer_secret.get_secret_value()
        return login, self.ask_secret(f"Hasło ({login}): ")

    def ask_secret(self, prompt: str, *, of: str = "") -> str:
        """Asks for a secret at the terminal. Raises ``NotLoggedIn`` where nobody sits at one.

        ``of`` names a secret that no setting can bring, such as that of a new account.
        """
        if not sys.stdin.isatty():
            if of:
                raise NotLoggedIn(f"Hasło {of} podaje się w terminalu; proszę uruchomić polecenie w terminalu.")
            raise NotLoggedIn("Brak hasła: ustaw NABOR_OFFICER_SECRET albo uruchom polecenie w terminalu.")
        return getpass.getpass(prompt)

    def say(self, text: str, /, **values: object) -> None:
        """The answer of a command: ``text`` for people, ``values`` for programs."""
        if self.as_json:
            self._print_json({**values, "dry_run": True} if self.on_trial else values)
        else:
            self.console.print(f"Na próbę, nic nie zapisano. {text}" if self.on_trial else text, markup=False)

    def warn(self, text: str) -> None:
        """What somebody must know of an answer without it being part of it: on standard error, also for programs."""
        sys.stderr.write(f"Uwaga: {text}\n")

    def show(self, rows: Sequence[object], columns: Mapping[str, Callable[[Any], object]], *, empty: str) -> None:
        """A list: a table for people, the rows themselves for programs."""
        if self.as_json:
            self._print_json([_plain(row) for row in rows])
            return
        if not rows:
            self.console.print(empty, markup=False)
            return
        console = Console(highlight=False)
        cells = [[_cell(value(row)) for value in columns.values()] for row in rows]
        if _narrowest(list(columns), cells) > console.width:
            _print_below_each_other(console, list(columns), cells)
            return
        table = Table(box=None, header_style="bold", pad_edge=False)
        for title in columns:
            table.add_column(title, overflow="fold", no_wrap=title in _WHOLE)
        for one in cells:
            table.add_row(*one)
        console.print(table)

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """Tells how far long work has come, on standard error: a bar at a terminal, else a line now and then, and
        nothing for programs or for little work. ``advance(n)`` says that ``n`` more of ``total`` are done."""
        if self.as_json or total <= _FEW:
            yield lambda done: None
            return
        screen = Console(stderr=True, highlight=False)
        if screen.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            with Progress(*columns, console=screen, transient=True) as bar:
                task = bar.add_task(what, total=total)
                yield lambda done: bar.advance(task, done)
            return
        so_far = 0

        def advance(done: int) -> None:
            nonlocal so_far
            before, so_far = so_far, so_far + done
            if so_far // _FEW > before // _FEW or so_far == total:
                screen.print(f"  {what} {so_far} z {total}")

        yield advance

    def _print_json(self, value: object) -> None:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n")


def command(app: typer.Typer, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Registers ``function(desk, …)`` as a command with the options that every command has."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        own = [p for p in inspect.signature(function, eval_str=True).parameters.values() if p.name != "desk"]
        shared = [
            inspect.Parameter("data", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=DataOption),
            inspect.Parameter("as_", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=AsOption),
            inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=JsonOption),
        ]

        @functools.wraps(function)
        def run(*, data: Path | None, as_: str | None, as_json: bool, **given: object) -> None:
            overrides: dict[str, object] = {}
            if data is not None:
                overrides["data"] = data
            if as_ is not None:
                overrides["officer"] = _typed(as_)
            typed = {name: _typed(value) for name, value in given.items()}
            function(Desk(load_settings(**overrides), as_json=as_json), **typed)

        parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*own, *shared)]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        app.command(name, cls=PolishCommand)(run)
        return function

    return register


_AROUND = " \t\r\n\u00a0\u200b\u200e\u200f\u202a\u202c\u2060\ufeff"
"""What comes along, unseen, when something is copied from a letter or a list."""


def _typed(value: object) -> object:
    """What was typed, without what nobody sees around it. Raises ``BadInput`` for text that is no text: where the
    terminal does not write UTF-8, letters come as bytes that nothing can keep."""
    if isinstance(value, list):
        return [_typed(one) for one in value]
    if type(value) is not str:  # a choice among few is text, too, and is as it was meant
        return value
    if not _is_text(value):
        raise BadInput(
            "W poleceniu są litery, których nie da się odczytać: terminal zapisuje je inaczej niż w UTF-8. "
            "Proszę ustawić w nim UTF-8 i wpisać polecenie jeszcze raz."
        )
    return value.strip(_AROUND)


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)


def local(moment: datetime | None) -> str:
    """An instant as people in Warsaw write it."""
    return "" if moment is None else f"{warsaw(moment):%d.%m.%Y %H:%M}"


def _narrowest(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """How many characters a table needs so that no word is broken over two lines."""
    columns = zip(titles, *rows, strict=True)
    words = [
        [part for cell in column for part in ([cell] if column[0] in _WHOLE else _BREAKS.split(cell))]
        for column in columns
    ]
    return sum(max(map(cell_len, column), default=0) for column in words) + 2 * (len(titles) - 1)


def _print_below_each_other(console: Console, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """What is too wide for a table: each row as a block, its first cell above, without what is empty."""
    for number, row in enumerate(rows):
        first, *others = row
        console.print(("\n" if number else "") + f"{titles[0]}: {first}", style="bold", markup=False, highlight=False)
        for title, cell in zip(titles[1:], others, strict=True):
            if cell:
                console.print(Padding(Text(f"{title}: {cell}"), (0, 0, 0, 2), expand=False))


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return local(value)
        case date():
            return f"{value:%d.%m.%Y}"
        case bool():
            return "tak" if value else "nie"
        case _:
            return str(value)


def _plain(value: object) -> object:
    """What JSON cannot say by itself: rows, values, dates, paths. Secrets never leave."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(inner) for key, inner in asdict(value).items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, SecretStr):
        raise TypeError("a secret is never printed")
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)
