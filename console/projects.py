"""``nabor project``: checking and loading project definitions."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, DryRun, command
from console.polish_help import PolishGroup
from flows.adapters.clock import clock_for, warsaw_date
from flows.steps.project_picture import agreement_words, group_words, picture, sentences
from flows.steps.project_view import project_view, table_rows
from flows.steps.projects import checked_project, load_version, stored_version
from flows.steps.regulation import REGULATION_FORMATS
from models.errors import BadInput
from models.project import ProjectDefinition
from models.project_diff import differences
from models.project_file import load_project
from templates.project_map import UnitMark

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


@command(app, "view")
def view(
    desk: Desk,
    project: Annotated[str, typer.Argument(metavar="PROJEKT", help="Kod projektu, np. KES")],
    svg: Annotated[Path | None, typer.Option("--svg", help="Zapisz też obraz projektu, np. kes.svg")] = None,
) -> None:
    """Cały projekt: nabory, składy grup, deklaracje i porozumienia – co jest, a czego brakuje.

    Przykład: nabor project view KES --svg kes.svg
    """
    if svg is not None and svg.suffix.lower() != ".svg":
        raise BadInput("Nazwa pliku z obrazem musi się kończyć na „.svg”.")
    with desk.reading() as (session, actor, now):
        found = project_view(session, project, actor=actor, now=now)
        if svg is not None:
            svg.write_bytes(picture(session, found))
    if desk.as_json:
        desk.say("", **asdict(found), svg=str(svg) if svg else None)
        return
    for sentence in sentences(found):
        desk.say(sentence)
    desk.show(
        table_rows(found.groups),
        {
            "Grupa": lambda row: row.kind,
            "Obszar": lambda row: row.place,
            "Stan": lambda row: group_words(row.line, row.many),
            "Nabór": lambda row: row.line.call,
        },
        empty="Projekt nie ma zaplanowanych grup ani naborów.",
    )
    desk.show(
        [unit for unit in found.units if unit.declaration is not UnitMark.OUTSIDE],
        {
            "Jednostka": lambda unit: f"{unit.level} {unit.name}",
            "TERYT": lambda unit: unit.teryt,
            "Deklaracja": lambda unit: unit.declaration_label,
            "Porozumienie": agreement_words,
        },
        empty="Definicja projektu nie wymienia żadnej jednostki.",
    )
    if svg is not None:
        desk.say(f"Zapisano obraz: {svg.name}.")


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
