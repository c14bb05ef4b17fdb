"""``nabor intake`` and ``nabor todo``: what comes in, and what waits."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, command
from flows.steps.intake import IntakeCounts, read_and_file, store_folder, unread_files
from flows.steps.overview import waiting_for_whom

_PORTION = 50


def register(app: typer.Typer) -> None:
    """Adds the commands to the top level."""
    command(app, "intake")(intake)
    command(app, "todo")(todo)


def intake(desk: Desk, folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder z formularzami")]) -> None:
    """Przyjmuje wszystkie pliki z folderu; manifest.csv mówi, kiedy i jak przyszły.

    Przykład: nabor intake wplyw/
    """
    counts = IntakeCounts()
    with desk.office() as (office, actor):
        stored = store_folder(office, folder, actor=actor)
        with office.reading(actor) as session:
            waiting = unread_files(session)
        for start in range(0, len(waiting), _PORTION):
            counts += read_and_file(office, waiting[start : start + _PORTION], actor=actor)
            if not desk.as_json and len(waiting) > _PORTION:
                desk.say(f"  odczytano {min(start + _PORTION, len(waiting))} z {len(waiting)}")
    remarks = "".join(f"\n  {remark}" for remark in stored.skipped)
    desk.say(
        f"Nowe pliki: {stored.new}, znane: {stored.known}. Zgłoszenia kompletne: {counts.complete}, "
        f"do uzupełnienia: {counts.incomplete}, uzupełnienia: {counts.answers}, "
        f"do przepisania: {counts.to_type}, nieczytelne: {counts.unreadable}, "
        f"powtórzone osoby: {counts.duplicates}.{remarks}",
        new=stored.new,
        known=stored.known,
        skipped=list(stored.skipped),
        complete=counts.complete,
        incomplete=counts.incomplete,
        answers=counts.answers,
        to_type=counts.to_type,
        unreadable=counts.unreadable,
        duplicates=counts.duplicates,
    )


def todo(desk: Desk) -> None:
    """Pokazuje, co na kogo czeka, od kiedy i do kiedy.

    Przykład: nabor todo
    """
    with desk.reading() as (session, _actor, now):
        lines = waiting_for_whom(session, now=now)
    desk.show(
        lines,
        {
            "Sprawa": lambda line: line.what,
            "Dotyczy": lambda line: line.reference,
            "Czeka na": lambda line: line.who,
            "Od": lambda line: line.since,
            "Do": lambda line: line.due,
        },
        empty="Nic nie czeka.",
    )
