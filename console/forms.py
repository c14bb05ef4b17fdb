"""``nabor form``: blank Word forms out, filled-in ones read."""

from pathlib import Path
from typing import Annotated

import typer

from console.desk import Desk, command
from console.polish_help import PolishGroup
from flows.steps.forms import blank_form
from flows.steps.reading import read_files
from forms.reading import FormReading, Unreadable
from models.errors import BadInput
from models.project_file import load_project
from models.rules.facts import FieldStatus

app = typer.Typer(cls=PolishGroup, name="form", help="Formularze Word", no_args_is_help=True)
ProjectFolder = Annotated[Path, typer.Option("--project", metavar="FOLDER", help="Folder definicji projektu")]
STATUS_LABELS = {
    FieldStatus.READ: "odczytano",
    FieldStatus.BLANK: "puste",
    FieldStatus.UNREADABLE: "nieczytelne",
    FieldStatus.AMBIGUOUS: "niejednoznaczne",
    FieldStatus.CONTRADICTORY: "sprzeczne",
}


@command(app, "blank")
def blank(
    desk: Desk,
    form: Annotated[str, typer.Argument(metavar="FORMULARZ", help="Klucz formularza, np. zalacznik_1_pgr")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Plik .docx do zapisania")],
    project: ProjectFolder = Path("projects/kes"),
) -> None:
    """Zapisuje czysty formularz Word.

    Przykład: nabor form blank zalacznik_1_pgr -o formularz.docx
    """
    definition = load_project(project)
    try:
        content = blank_form(definition, form)
    except KeyError:
        known = ", ".join(one.key for one in definition.forms)
        raise BadInput(f"Projekt nie ma formularza „{form}”. Są: {known}.") from None
    output.write_bytes(content)
    desk.say(f"Zapisano {output}.", file=str(output))


@command(app, "read")
def read(
    desk: Desk,
    files: Annotated[list[Path], typer.Argument(metavar="PLIK…", help="Wypełnione formularze")],
    project: ProjectFolder = Path("projects/kes"),
) -> None:
    """Pokazuje, co mówi wypełniony formularz: każde pole z miejscem i pewnością.

    Przykład: nabor form read plik.docx
    """
    definitions = load_project(project).forms
    contents = enumerate([_bytes_of(path) for path in files])
    readings = dict(read_files(contents, definitions, desk.settings))
    answers = [(path.name, readings[number]) for number, path in enumerate(files)]
    if desk.as_json:
        documents: list[dict[str, object]] = [
            {"file": name, "readable": isinstance(answer, FormReading), **answer.model_dump(mode="json")}
            for name, answer in answers
        ]
        desk.say("", files=documents)
        return
    for name, answer in answers:
        if isinstance(answer, Unreadable):
            desk.say(f"{name}: nie można odczytać. {answer.sentence}")
            continue
        desk.say(f"{name}: formularz {answer.form_key}, wersja {answer.form_version} ({answer.recognised_by})")
        desk.show(
            answer.fields,
            {
                "Pole": lambda field: field.key,
                "Stan": lambda field: STATUS_LABELS[field.status],
                "Wartość": lambda field: "" if field.value is None else field.value,
                "Zapis": lambda field: field.raw,
                "Miejsce": lambda field: field.place,
                "Sposób": lambda field: field.method,
                "Pewność": lambda field: f"{field.certainty} %",
                "Uwaga": lambda field: field.reason,
            },
            empty="Formularz nie ma pól.",
        )
        for remark in answer.remarks:
            desk.say(f"Uwaga: {remark}")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BadInput(f"Nie ma pliku „{path.name}” albo nie można go otworzyć.") from None
