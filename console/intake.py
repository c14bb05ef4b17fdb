"""``nabor intake`` and ``nabor todo``: what comes in, and what waits."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, command
from console.typed_days import moment_of
from flows.adapters.office import Office
from flows.steps.applications import find_application
from flows.steps.filing import IntakeCounts
from flows.steps.intake import read_and_file, unread_files
from flows.steps.kept_files import FolderCounts, store_files, store_folder
from flows.steps.manifest import CHANNELS, Incoming
from flows.steps.todo import waiting_for_whom
from models.actor import Actor
from models.errors import BadInput


def register(app: typer.Typer) -> None:
    """Adds the commands to the top level."""
    command(app, "intake")(intake)
    command(app, "todo")(todo)


@dataclass(frozen=True)
class Receipt:
    """What an officer says of single files: when, how and from whom they came, and whose answer they are."""

    received_at: str | None
    channel: str | None
    sender: str | None
    application: str | None


def intake(
    desk: Desk,
    paths: Annotated[list[Path], typer.Argument(metavar="FOLDER | PLIK…", help="Folder z formularzami albo pliki")],
    received_at: Annotated[
        str | None, typer.Option("--received-at", help="Kiedy wpłynęły te pliki, np. 2018-06-04T10:15; bez tego: teraz")
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="Jak wpłynęły: email, post, in_person, epuap albo folder")
    ] = None,
    sender: Annotated[str | None, typer.Option("--sender", help="Adres e-mail, z którego przyszły")] = None,
    application: Annotated[
        str | None, typer.Option("--application", help="Numer zgłoszenia, które ten plik uzupełnia")
    ] = None,
) -> None:
    """Przyjmuje pliki: wszystkie z folderu (manifest.csv mówi, kiedy i jak przyszły) albo te wymienione.

    Przykład: nabor intake zgloszenie.docx --channel in_person --received-at 2018-06-04T10:15
    """
    receipt = Receipt(received_at, channel, sender, application)
    with desk.office() as (office, actor):
        stored = _stored(office, paths, receipt, actor=actor)
        counts = read_waiting(desk, office, actor=actor)
    further = f", pliki dodatkowe: {counts.further}" if counts.further else ""
    statements = f", oświadczenia do wypłaty: {counts.statements}" if counts.statements else ""
    remarks = "".join(f"\n  {remark}" for remark in stored.skipped)
    desk.say(
        f"Nowe pliki: {stored.new}, znane: {stored.known}. Zgłoszenia kompletne: {counts.complete}, "
        f"do uzupełnienia: {counts.incomplete}, uzupełnienia: {counts.answers}, "
        f"do przepisania: {counts.to_type}, nieczytelne: {counts.unreadable}, "
        f"powtórzone osoby: {counts.duplicates}{further}{statements}.{remarks}",
        new=stored.new,
        known=stored.known,
        skipped=list(stored.skipped),
        complete=counts.complete,
        incomplete=counts.incomplete,
        answers=counts.answers,
        to_type=counts.to_type,
        unreadable=counts.unreadable,
        duplicates=counts.duplicates,
        further=counts.further,
        statements=counts.statements,
    )


def read_waiting(desk: Desk, office: Office, *, actor: Actor) -> IntakeCounts:
    """Reads and files what is kept and not yet read, and tells of progress where there is much of it."""
    with office.reading(actor) as session:
        waiting = unread_files(session)
    with desk.progress("Odczytano", len(waiting)) as advance:
        return read_and_file(office, waiting, actor=actor, told=advance)


def _stored(office: Office, paths: list[Path], receipt: Receipt, *, actor: Actor) -> FolderCounts:
    """A folder tells of its files by a manifest, single files are told of by options. Raises ``BadInput``."""
    if len(paths) == 1 and not paths[0].is_file():
        if receipt != Receipt(None, None, None, None):
            raise BadInput("Opcje o wpływie dotyczą pojedynczych plików; o plikach z folderu mówi manifest.csv.")
        return store_folder(office, paths[0], actor=actor)
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise BadInput(f"To nie są pliki: {', '.join(missing)}. Proszę podać same pliki albo jeden folder.")
    when, how = _received(receipt.received_at) or office.now(), receipt.channel or "folder"
    if how not in CHANNELS:
        raise BadInput(f"Kanał (--channel) to jedno z: {', '.join(sorted(CHANNELS))}.")
    if receipt.application:
        if len(paths) > 1:
            raise BadInput("Numer zgłoszenia (--application) można podać przy jednym pliku.")
        with office.reading(actor) as session:
            find_application(session, receipt.application)
    return store_files(
        office,
        [Incoming(path, when, how, receipt.sender or "", receipt.application or "") for path in paths],
        actor=actor,
    )


def _received(text: str | None) -> datetime | None:
    try:
        return None if text is None else moment_of(text)
    except BadInput as fault:
        raise BadInput(f"Czas wpływu (--received-at): {fault}") from None


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
