"""``nabor unit terc``: the register of units that forms are read by."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from console.typed_days import day_of
from flows.steps.territory import load_terc
from models.terc import LARGEST


def register(app: typer.Typer) -> None:
    """Adds the command to those about units."""
    command(app, "terc")(terc)


def terc(
    desk: Desk,
    file: Annotated[Path, typer.Argument(metavar="PLIK", help="TERC.csv albo TERC.xml ze strony rejestru TERYT")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Stan na dzień, gdy plik go nie podaje, np. 2018-01-01")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Wczytuje rejestr TERC: odtąd według niego czyta się gminy i powiaty z formularzy. Stare stany zostają.

    Przykład: nabor unit terc TERC.csv
    """
    day = None if as_of is None else day_of(as_of)
    with file.open("rb") as opened:
        data = opened.read(LARGEST + 1)
    with desk.writing(trial=dry_run) as (session, actor, now):
        loaded = load_terc(session, data, as_of=day, actor=actor, now=now)
    said = "Wczytano rejestr TERC" if loaded.new else "Ten rejestr TERC był już wczytany"
    other = "" if loaded.counts else " Obowiązuje nadal wczytany wcześniej rejestr z późniejszego dnia."
    desk.say(
        f"{said}: stan na {loaded.as_of:%d.%m.%Y}, jednostek: {loaded.units}.{other}",
        as_of=loaded.as_of,
        units=loaded.units,
        digest=loaded.digest,
        new=loaded.new,
        counts=loaded.counts,
    )
