"""``nabor form``: blank Word forms out, filled-in ones read."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from console.desk import Desk, command
from console.polish_help import PolishGroup
from flows.adapters.office import open_office
from flows.adapters.settings import Settings
from flows.steps.forms import blank_form
from flows.steps.manifest import MANIFEST
from flows.steps.reading import read_files
from flows.steps.territory import territory_of
from forms.reading import FormReading, Unreadable
from models.actor import process
from models.errors import BadInput, DatabaseNotReady, KeysMissing, SettingsFaulty
from models.form_definition import FormDefinition
from models.project_file import load_project
from models.rules.facts import FieldStatus
from models.storage import has_tables
from models.territory import SHIPPED, Territory

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
    files: Annotated[list[Path], typer.Argument(metavar="PLIK… | FOLDER", help="Wypełnione formularze")],
    project: ProjectFolder = Path("projects/kes"),
) -> None:
    """Pokazuje, co mówi wypełniony formularz: każde pole z miejscem i pewnością. Niczego nie zapisuje.

    Kod wyjścia 1, jeżeli choć jednego pliku nie dało się odczytać. Gdy baza biura nie działa, mówi o tym i czyta bez
    jej wykazu gmin.

    Przykład: nabor form read plik.docx
    """
    paths = _there(path for given in files for path in _files_of(given))
    definitions = load_project(project).forms
    register = register_of(desk.settings)
    if register.why_not:
        desk.warn(register.why_not)
    answers = _readings(desk, paths, definitions, register.territory)
    _show(desk, answers, unconsulted=[register.why_not] if register.why_not else [])
    if any(isinstance(answer, Unreadable) for _, answer in answers):
        raise typer.Exit(1)


def _files_of(path: Path) -> list[Path]:
    """The file itself, or the files of a folder by name."""
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.iterdir()
        if file.is_file() and not file.name.startswith((".", "~$")) and file.name != MANIFEST
    )


def _there(paths: Iterable[Path]) -> list[Path]:
    """A file that is not there stops the command, before anything is read."""
    files = list(paths)
    missing = next((path for path in files if not path.is_file()), None)
    if missing is not None:
        raise BadInput(f"Nie ma pliku „{missing.name}” albo nie można go otworzyć.")
    return files


def _readings(
    desk: Desk, files: list[Path], definitions: tuple[FormDefinition, ...], territory: Territory
) -> list[tuple[str, FormReading | Unreadable]]:
    """What each file says, in the order given. A bad file stops nothing."""
    contents = ((number, path.read_bytes()) for number, path in enumerate(files))
    answers: dict[int, FormReading | Unreadable] = {}
    with desk.progress("Odczytano", len(files)) as advance:
        for number, answer in read_files(contents, definitions, desk.settings, territory=territory):
            answers[number] = answer
            advance(1)
    return [(path.name, answers[number]) for number, path in enumerate(files)]


@dataclass(frozen=True)
class Register:
    """The register of units that forms are read by. ``why_not``: why it is not the office's, and what that means."""

    territory: Territory
    why_not: str = ""


def register_of(settings: Settings) -> Register:
    """The register that the office has loaded; public data, so nobody has to log in. The built-in one where there is no
    office, of which nothing is made then, and where the office cannot be asked, which is said."""
    database_url = settings.database_url.get_secret_value() if settings.database_url else None
    try:
        if not has_tables(settings.data, database_url):
            return Register(SHIPPED)
        with open_office(settings) as office, office.reading(process("form-read")) as session:
            return Register(territory_of(session))
    except (KeysMissing, DatabaseNotReady, SettingsFaulty) as trouble:
        return Register(SHIPPED, _without(str(trouble)))
    except SQLAlchemyError:
        # The driver's own words are English and may quote a row.
        return Register(SHIPPED, _without("Baza danych nie przyjęła zapytania."))


def _without(reason: str) -> str:
    return (
        f"nie udało się zajrzeć do wykazu gmin (TERYT) wczytanego przez biuro. {reason} Formularze odczytano według "
        "wykazu wbudowanego w program. Zna on tylko województwa, ich stolice i jednostki dołączonych projektów: inna "
        "gmina może tu wyglądać na nieczytelną, choć „nabor intake” ją rozpozna. Pozostałych pól to nie zmienia."
    )


def _show(desk: Desk, answers: list[tuple[str, FormReading | Unreadable]], *, unconsulted: list[str]) -> None:
    if desk.as_json:
        documents: list[dict[str, object]] = [
            {"file": name, "readable": isinstance(answer, FormReading), **answer.model_dump(mode="json")}
            for name, answer in answers
        ]
        desk.say("", files=documents, unconsulted=unconsulted)
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
