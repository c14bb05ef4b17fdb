"""``nabor application new/open-scan/sheet/type``: paper forms and scans, typed in by an officer."""

from pathlib import Path
from typing import Annotated

import typer

from console.applications import Number
from console.desk import Desk, DryRun, command
from console.typed_days import moment_of
from flows.steps.applications import find_application
from flows.steps.manifest import CHANNELS
from flows.steps.scans import open_scan
from flows.steps.transcription import open_paper
from flows.steps.typing_in import type_in
from flows.steps.typing_sheets import sheet_for
from forms.workbook import MAX_BYTES
from models.errors import BadInput
from models.glossary import label
from models.tables import Application


def register(app: typer.Typer) -> None:
    """Adds the commands to the group ``application``."""
    command(app, "new")(new)
    command(app, "open-scan")(open_scan_)
    command(app, "sheet")(sheet)
    command(app, "type")(type_)


def new(
    desk: Desk,
    call: Annotated[str, typer.Argument(metavar="NABÓR", help="Kod naboru, np. KES/PGR/2205/2018")],
    received: Annotated[str, typer.Option("--received-at", help="Czas wpływu, np. 2018-06-20T12:00")],
    channel: Annotated[str, typer.Option("--channel", help="Jak wpłynęło: post, in_person, epuap, email, folder")],
    dry_run: DryRun = False,
) -> None:
    """Rejestruje formularz papierowy, do którego nie ma pliku; czeka na przepisanie.

    Przykład: nabor application new KES/PGR/2205/2018 --received-at 2018-06-20T12:00 --channel post
    """
    if channel not in CHANNELS:
        raise BadInput(f"Kanał (--channel) to jedno z: {', '.join(sorted(CHANNELS))}.")
    with desk.writing(trial=dry_run) as (session, actor, now):
        application = open_paper(session, call, received_at=moment_of(received), channel=channel, actor=actor, now=now)
        _say_opened(desk, application)


def open_scan_(
    desk: Desk,
    file_id: Annotated[int, typer.Argument(metavar="PLIK", help="Numer pliku z listy files")],
    call: Annotated[str, typer.Option("--call", help="Nabór, do którego złożono zgłoszenie")] = "",
    application: Annotated[str, typer.Option("--application", help="Zgłoszenie, do którego plik należy")] = "",
    dry_run: DryRun = False,
) -> None:
    """Robi ze skanu zgłoszenie do przepisania albo dołącza skan do zgłoszenia.

    Przykład: nabor application open-scan 3 --call KES/PGR/2205/2018
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        opened = open_scan(session, file_id, call=call, application=application, actor=actor, now=now)
        _say_opened(desk, opened)


def _say_opened(desk: Desk, application: Application) -> None:
    desk.say(
        f"Zgłoszenie {application.number} (numer publiczny {application.public_number}): {label(application.state)}. "
        f"Arkusz do przepisania: nabor application sheet {application.number} -o plik.xlsx",
        number=application.number,
        public_number=application.public_number,
        state=application.state,
    )


def sheet(
    desk: Desk,
    number: Number,
    output: Annotated[Path, typer.Option("-o", "--output", help="Dokąd zapisać arkusz .xlsx, poza folderem danych")],
) -> None:
    """Zapisuje arkusz Excela do przepisania zgłoszenia, z obrazem obok.

    Przykład: nabor application sheet NUMER -o przepisywanie.xlsx
    """
    with desk.office() as (office, actor):
        written = sheet_for(office, number, output, actor=actor)
    desk.say(f"Zapisano arkusz: {written}", file=str(written))


def type_(
    desk: Desk,
    number: Number,
    file: Annotated[Path, typer.Argument(metavar="PLIK.xlsx", help="Wypełniony arkusz z polecenia sheet")],
    reason: Annotated[str, typer.Option("--reason", help="Uzasadnienie; zostaje w aktach")],
    dry_run: DryRun = False,
) -> None:
    """Wczytuje wypełniony arkusz: wszystkie odpowiedzi albo żadną.

    Przykład: nabor application type NUMER przepisywanie.xlsx --reason "przepisano ze skanu"
    """
    if file.stat().st_size > MAX_BYTES:
        raise BadInput("Arkusz ma ponad 40 MB; tak duży nie powstaje w tym programie.")
    content = file.read_bytes()
    with desk.writing(trial=dry_run) as (session, actor, now):
        typed = type_in(session, number, content, reason=reason, actor=actor, now=now)
        shown = find_application(session, number).number
    desk.say(
        f"Zgłoszenie {shown}: zapisano odpowiedzi: {typed.changed}. Stan: {label(typed.state)}.",
        number=shown,
        changed=typed.changed,
        state=typed.state,
    )
