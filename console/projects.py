"""``nabor project``: checking and loading project definitions."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from flows.steps.projects import load_version
from models.project_file import load_project

app = typer.Typer(cls=PolishGroup, name="project", help="Definicje projektów", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder z project.yaml i formularzami")]


@command(app, "check")
def check(desk: Desk, folder: Folder) -> None:
    """Sprawdza definicję projektu; wymienia każdy błąd z plikiem i wierszem.

    Przykład: nabor project check projects/kes
    """
    definition = load_project(folder)
    desk.say(
        f"Definicja {definition.code} jest poprawna: formularze {len(definition.forms)}, "
        f"rodzaje grup {len(definition.group_kinds)}, kryteria {len(definition.criteria)}.",
        code=definition.code,
        forms=[form.key for form in definition.forms],
    )


@command(app, "load")
def load(desk: Desk, folder: Folder, dry_run: DryRun = False) -> None:
    """Wczytuje definicję jako nową, niezmienną wersję.

    Przykład: nabor project load projects/kes
    """
    with desk.writing(trial=dry_run) as (session, actor, now):
        loaded = load_version(session, folder, actor=actor, now=now)
    said = "Wczytano" if loaded.new else "Bez zmian:"
    desk.say(
        f"{said} {loaded.code}, wersja {loaded.version}, skrót {loaded.digest[:12]}…",
        code=loaded.code,
        version=loaded.version,
        digest=loaded.digest,
        new=loaded.new,
    )
