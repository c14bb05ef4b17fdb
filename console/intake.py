"""``nabor intake`` and ``nabor todo``: what comes in, and what waits."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, command
from flows.adapters.office import Office
from flows.steps.intake import IntakeCounts, read_and_file, store_folder, unread_files
from flows.steps.overview import waiting_for_whom
from models.actor import Actor


def register(app: typer.Typer) -> None:
    """Adds the commands to the top level."""
    command(app, "intake")(intake)
    command(app, "todo")(todo)


def intake(desk: Desk, folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder z formularzami")]) -> None:
    """Przyjmuje wszystkie pliki z folderu; manifest.csv mówi, kiedy i jak przyszły.

    Przykład: nabor intake wplyw/
    """
    with desk.office() as (office, actor):
        stored = store_folder(office, folder, actor=actor)
        counts = read_waiting(desk, office, actor=actor)
    remarks = "".join(f"\n  {remark}" for remark in stored.skipped)
    desk.say(
        f"Nowe pliki: {stored.new}, znane: {stored.known}. Zgłoszenia kompletne: {counts.complete}, "
        f"do uzupełnienia: {counts.incomplete}, uzupełnienia: {counts.answers}, "
        f"nieczytelne: {counts.unreadable}, powtórzone osoby: {counts.duplicates}.{remarks}",
        new=stored.new,
        known=stored.known,
        skipped=list(stored.skipped),
        complete=counts.complete,
        incomplete=counts.incomplete,
        answers=counts.answers,
        unreadable=counts.unreadable,
        duplicates=counts.duplicates,
    )


def read_waiting(desk: Desk, office: Office, *, actor: Actor) -> IntakeCounts:
    """Reads and files what is kept and not yet read, and tells of progress where there is much of it."""
    with office.reading(actor) as session:
        waiting = unread_files(session)
    with desk.progress("Odczytano", len(waiting)) as advance:
        return read_and_file(office, waiting, actor=actor, told=advance)


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
