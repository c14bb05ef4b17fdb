"""``nabor template``: the letters, what each may say, and an office's own wording of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, command
from console.polish_help import PolishGroup
from flows.steps.outbox import office_block
from models.errors import BadInput, DefinitionFaulty, Problem
from models.project_file import load_project
from models.project_templates import read_templates
from templates.check import COMMON, base_files, check_templates, placeholders, template_problems
from templates.letters.events import EVENTS
from templates.made_up import made_up_letter
from templates.purposes import PURPOSES
from templates.render import BASE, BODY, FILES, STYLE, SUBJECT, SUBJECT_FIELDS, Overrides, render_mail, source_of

app = typer.Typer(cls=PolishGroup, name="template", help="Szablony wiadomości", no_args_is_help=True)
EventName = Annotated[str, typer.Argument(metavar="WIADOMOŚĆ", help="Nazwa z listy, np. accepted")]
Project = Annotated[Path | None, typer.Option("--project", help="Folder projektu z własnymi szablonami")]


@dataclass(frozen=True)
class TemplateLine:
    """One letter for an officer. ``own`` are the files that the project words itself."""

    event: str
    title: str
    when: str
    placeholders: tuple[str, ...]
    own: tuple[str, ...]


@command(app, "list")
def list_(desk: Desk, project: Project = None) -> None:
    """Wymienia wszystkie wiadomości: po co są, kiedy powstają, jakie dane zna szablon i co projekt zmienia.

    Przykład: nabor template list --project projects/kes
    """
    own = _own(project)
    desk.show(
        [_line(event, own) for event in EVENTS],
        {
            "Szablon": lambda line: line.event,
            "Po co": lambda line: line.title,
            "Kiedy": lambda line: line.when,
            "Dane": lambda line: ", ".join(name for name in line.placeholders if name not in COMMON),
            "Własne pliki": lambda line: ", ".join(line.own),
        },
        empty="",
    )


@command(app, "show")
def show(desk: Desk, event: EventName, project: Project = None) -> None:
    """Pokazuje szablon: temat, treść i dane, których może użyć; części wspólne pokazuje pod nazwą „_base”.

    Przykład: nabor template show accepted
    """
    own = _own(project)
    if event == BASE:
        files = {name: source_of(name, own) for name in (*base_files(own), STYLE)}
        text = "\n\n".join(f"--- {name}\n{source.rstrip()}" for name, source in files.items())
        desk.say(f"Wspólne części wszystkich wiadomości.\n\n{text}", event=event, files=files)
        return
    line = _line(_known(event), own)
    subject, body = source_of(f"{event}/{SUBJECT}", own), source_of(f"{event}/{BODY}", own)
    whose = f"własne pliki projektu: {', '.join(line.own)}" if line.own else "szablon wbudowany"
    desk.say(
        f"{line.title} ({line.when}); {whose}.\n"
        f"Dane w treści: {', '.join(line.placeholders)}\n"
        f"Dane w temacie: {', '.join(name for name in SUBJECT_FIELDS if name in line.placeholders)}\n\n"
        f"--- {event}/{SUBJECT}\n{subject.rstrip()}\n\n--- {event}/{BODY}\n{body.rstrip()}",
        event=event,
        title=line.title,
        when=line.when,
        placeholders=line.placeholders,
        own=line.own,
        subject=subject,
        body=body,
    )


@command(app, "check")
def check(
    desk: Desk,
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Folder projektu; bez niego wbudowane")
    ] = None,
) -> None:
    """Wypełnia każdą wiadomość zmyślonymi danymi i wymienia błędy szablonów z plikiem i wierszem.

    Przykład: nabor template check projects/kes
    """
    own = _own(folder)
    # Ours are always looked at, the office's in their place where there are any.
    problems = template_problems(own) if folder else check_templates()
    if problems:
        raise DefinitionFaulty(problems)
    mine = f", własne pliki: {len(own)}" if folder else ""
    desk.say(f"Szablony są poprawne. Wiadomości: {len(EVENTS)}{mine}.", events=len(EVENTS), own=[f.name for f in own])


@command(app, "preview")
def preview(
    desk: Desk,
    event: EventName,
    project: Project = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Plik .html albo .txt; bez niego tekst")] = None,
    bare: Annotated[bool, typer.Option("--bare", help="Bez danych, których może nie być")] = False,
) -> None:
    """Pokazuje wiadomość ze zmyślonymi danymi: tekst na ekranie albo plik do obejrzenia.

    Przykład: nabor template preview accepted -o podglad.html
    """
    office = {"office": office_block(load_project(project))} if project else {}
    letter = made_up_letter(_known(event), given=not bare, **office)
    mail = render_mail(event, letter, overrides=_own(project))
    if output is None:
        desk.say(f"Temat: {mail.subject}\n\n{mail.text}", event=event, subject=mail.subject, text=mail.text)
        return
    if output.suffix not in (".html", ".txt"):
        raise BadInput("Nazwa pliku musi się kończyć na „.html” albo „.txt”.")
    output.write_text(mail.html if output.suffix == ".html" else mail.text, encoding="utf-8")
    desk.say(f"Zapisano {output}.", event=event, subject=mail.subject, file=str(output))


def _known(event: str) -> str:
    if event not in EVENTS:
        raise BadInput(f"Nie ma wiadomości „{event}”. Nazwy wymienia: nabor template list.")
    return event


def _line(event: str, own: Overrides) -> TemplateLine:
    purpose, files = PURPOSES[event], {f"{event}/{file}" for file in FILES}
    return TemplateLine(
        event, purpose.title, purpose.when, placeholders(event), tuple(one.name for one in own if one.name in files)
    )


def _own(folder: Path | None) -> Overrides:
    """The office's own files; what cannot be a template is told with file and line."""
    if folder is None:
        return ()
    if not folder.is_dir():
        raise BadInput(f"Nie ma folderu „{folder.name}”.")
    problems: list[Problem] = []
    own = read_templates(folder, problems)
    if problems:
        raise DefinitionFaulty(tuple(problems))
    return own
