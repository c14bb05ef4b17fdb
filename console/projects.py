"""``nabor project``: checking and loading project definitions."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from flows.adapters.clock import clock_for, warsaw_date
from flows.steps.projects import checked_project, load_version, stored_version
from flows.steps.regulation import REGULATION_FORMATS
from models.errors import BadInput
from models.project import ProjectDefinition
from models.project_diff import differences
from models.project_file import load_project

app = typer.Typer(cls=PolishGroup, name="project", help="Definicje projektów", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder z project.yaml i formularzami")]


@command(app, "check")
def check(desk: Desk, folder: Folder) -> None:
    """Sprawdza definicję projektu; wymienia każdy błąd z plikiem i wierszem.

    Przykład: nabor project check projects/kes
    """
    definition = checked_project(folder)
    own = f", własne szablony {len(definition.templates)}" if definition.templates else ""
    desk.say(
        f"Definicja {definition.code} jest poprawna: formularze {len(definition.forms)}, "
        f"rodzaje grup {len(definition.group_kinds)}, kryteria {len(definition.criteria)}{own}.",
        code=definition.code,
        forms=[form.key for form in definition.forms],
        templates=[file.name for file in definition.templates],
    )


@command(app, "regulation")
def regulation(
    desk: Desk,
    folder: Folder,
    output: Annotated[Path, typer.Option("-o", "--output", help="Plik .docx albo .html")] = Path("regulamin.docx"),
) -> None:
    """Drukuje regulamin rekrutacji z definicji: dokument Word albo stronę HTML do publikacji.

    Przykład: nabor project regulation projects/kes -o regulamin.docx
    """
    definition = load_project(folder)
    if output.suffix not in REGULATION_FORMATS:
        raise BadInput("Nazwa pliku musi się kończyć na „.docx” albo „.html”.")
    output.write_bytes(REGULATION_FORMATS[output.suffix](definition, warsaw_date(clock_for(desk.settings.clock).now())))
    desk.say(f"Zapisano {output}.", file=str(output), code=definition.code)


@command(app, "diff")
def diff(
    desk: Desk,
    old: Annotated[str, typer.Argument(metavar="STARA", help="Folder albo wersja, np. KES/1 albo początek skrótu")],
    new: Annotated[str, typer.Argument(metavar="NOWA", help="Folder albo wersja, np. KES/2 albo początek skrótu")],
) -> None:
    """Mówi, czym różnią się dwie wersje definicji: kryteria, punkty, miejsca, skład, terminy, regulamin.

    Przykład: nabor project diff KES/1 projects/kes
    """
    found = differences(_version(desk, old), _version(desk, new))
    desk.show(
        found,
        {"Dział": lambda one: _SECTIONS.get(one.section, one.section), "Zmiana": lambda one: one.sentence},
        empty="Obie wersje są takie same.",
    )


_SECTIONS = {
    "criteria": "kryteria",
    "merit": "punkty",
    "group_kinds": "grupy",
    "deadlines": "terminy",
    "regulation": "regulamin",
    "templates": "szablony",
}


def _version(desk: Desk, name: str) -> ProjectDefinition:
    """A folder of this computer, or a version that was loaded; only the second opens the office."""
    if Path(name).is_dir():
        return load_project(Path(name))
    with desk.reading() as (session, _actor, _now):
        return stored_version(session, name)


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
