"""Reading a project folder: ``project.yaml``, the forms beside it in ``forms/*.yaml`` (YAML 1.2), the letters that the
office words itself in ``templates/``, and the numbers about units in ``unit_data/*.csv``.

Officers write these files by hand, so a mistake is told by file, line and a Polish sentence, and all of them at once.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from models.errors import DefinitionFaulty, Problem
from models.form_definition import KEY, FormDefinition
from models.project import ProjectDefinition
from models.project_checks import faults
from models.project_faults import Location
from models.project_mistakes import mistakes
from models.project_templates import TEMPLATES, TemplateFile, read_templates
from models.project_yaml import Data, Source, read_source
from models.unit_data import UNIT_DATA, UnitTable, read_values

PROJECT_FILE = Path("project.yaml")
FORMS = "forms"
"""Both the folder of the forms and the section they fill."""


def load_project(folder: Path) -> ProjectDefinition:
    """The definition in ``folder``, checked through and through.

    Raises ``DefinitionFaulty`` with every mistake, by file and line. Where the shape of a section is wrong, the
    checks that need this section wait until it is mended; all others are done.
    """
    problems: list[Problem] = []
    project = _read(folder, PROJECT_FILE, problems)
    _fill_tables(project, folder, (), problems)
    return _whole(project, _read_forms(folder, problems), read_templates(folder, problems), problems)


def load_rules(
    path: Path, *, forms: Sequence[FormDefinition], unit_data: Sequence[UnitTable] = ()
) -> ProjectDefinition:
    """A definition to try out: a project folder, or one project file under any name.

    A file goes with the forms in the folder ``forms`` beside it; where there is none, with the given ones, and likewise
    with the numbers about units. Raises ``DefinitionFaulty`` as ``load_project`` does.
    """
    if path.is_dir():
        return load_project(path)
    problems: list[Problem] = []
    project = _read(path.parent, Path(path.name), problems)
    beside = (path.parent / FORMS).is_dir()
    _fill_tables(project, path.parent, () if (path.parent / UNIT_DATA).is_dir() else unit_data, problems)
    sources = _read_forms(path.parent, problems) if beside else [_as_source(form) for form in forms]
    return _whole(project, sources, read_templates(path.parent, problems) if beside else (), problems)


def _as_source(form: FormDefinition) -> Source:
    """A form that is known already; a mistake in how the rules use it is told under its key."""
    return Source(f"{FORMS}/{form.key}.yaml", json.loads(form.model_dump_json()), {(): 1}, {}, ())


def _fill_tables(project: Source | None, folder: Path, known: Sequence[UnitTable], problems: list[Problem]) -> None:
    """Puts the numbers of each listed table into the data; tables without usable numbers are told, and left out."""
    listed = project.data.get(UNIT_DATA) if project else None
    if project is None or not isinstance(listed, list):
        return
    values_of = {table.code: dict[str, Data](table.values) for table in known}
    for index, table in enumerate(listed):
        if not isinstance(table, dict) or not isinstance(code := table.get("code"), str):
            continue  # what is missing is told with the other mistakes of the section
        if "values" in table:
            sentence = f"Liczb nie wpisuje się tutaj: stoją w pliku {UNIT_DATA}/{code}.csv."
            problems.append(project.problem((UNIT_DATA, index, "values"), sentence))
        elif re.fullmatch(KEY, code):
            found = values_of.get(code) or read_values(folder, code, problems)
            table["values"] = dict[str, Data](found or {})


def _read_forms(folder: Path, problems: list[Problem]) -> list[Source | None]:
    return [_read(folder, path, problems) for path in _form_paths(folder, problems)]


def _whole(
    project: Source | None,
    read: Sequence[Source | None],
    templates: tuple[TemplateFile, ...],
    problems: list[Problem],
) -> ProjectDefinition:
    forms = [form for form in read if form is not None]
    definition = _assemble(project, forms, templates, problems, forms_complete=len(forms) == len(read))
    if definition is None or problems:
        raise DefinitionFaulty(tuple(sorted(set(problems), key=lambda one: (one.file, one.line, one.sentence))))
    return definition


def _read(folder: Path, path: Path, problems: list[Problem]) -> Source | None:
    try:
        source = read_source(folder, path)
    except DefinitionFaulty as error:
        problems.extend(error.problems)
        return None
    problems.extend(source.problems)
    return source


def _form_paths(folder: Path, problems: list[Problem]) -> list[Path]:
    found = sorted((folder / FORMS).glob("*.y*ml"))
    for path in found:
        if path.suffix != ".yaml":
            problems.append(Problem(f"{FORMS}/{path.name}", 1, "Nazwa pliku formularza musi się kończyć na „.yaml”."))
    return [Path(FORMS, path.name) for path in found if path.suffix == ".yaml"]


def _assemble(
    project: Source | None,
    forms: Sequence[Source],
    templates: tuple[TemplateFile, ...],
    problems: list[Problem],
    *,
    forms_complete: bool,
) -> ProjectDefinition | None:
    """Validates project and forms together; adds to ``problems`` what is wrong."""
    data: dict[str, Data] = dict(project.data) if project else {}
    if project and FORMS in data:
        problems.append(
            project.problem((FORMS,), "Formularzy nie wpisuje się tutaj: każdy ma plik w folderze „forms”.")
        )
    if project and TEMPLATES in data:
        problems.append(
            project.problem((TEMPLATES,), "Szablonów nie wpisuje się tutaj: każdy jest plikiem w folderze „templates”.")
        )
    data[FORMS] = [form.data for form in forms]
    data[TEMPLATES] = [{"name": file.name, "source": file.source} for file in templates]
    broken = set() if forms_complete else {FORMS}
    definition: ProjectDefinition | None = None
    try:
        definition = ProjectDefinition.model_validate_json(json.dumps(data))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        broken.update(str(one["loc"][0]) for one in errors)
        for source, own in _by_file(errors, project, forms):
            problems.extend(mistakes(source, own))
    if project is None:
        return None
    for fault in faults(definition or _sound_part(data, broken), broken=frozenset(broken)):
        source, location = _file_of(fault.location, project, forms)
        problems.append(source.problem(location, fault.sentence))
    return definition


def _by_file(
    errors: Sequence[ErrorDetails], project: Source | None, forms: Sequence[Source]
) -> Iterator[tuple[Source, list[ErrorDetails]]]:
    """The errors of each file, their paths cut to begin in it; none for a project file that could not be read."""
    for index, form in enumerate(forms):
        yield form, [{**one, "loc": one["loc"][2:]} for one in errors if one["loc"][:2] == (FORMS, index)]
    if project:
        yield project, [one for one in errors if one["loc"][0] != FORMS]


def _file_of(location: Location, project: Source, forms: Sequence[Source]) -> tuple[Source, Location]:
    match location:
        case (section, int(index), *rest) if section == FORMS:
            return forms[index], tuple(rest)
        case _:
            return project, location


def _sound_part(data: Mapping[str, Data], broken: set[str]) -> ProjectDefinition:
    """The definition without its broken sections, for checks that do not look at them."""
    # Any, because the constructor that skips validation is typed by section and this mapping is built by name.
    sections: dict[str, Any] = {
        name: TypeAdapter(info.rebuild_annotation()).validate_json(json.dumps(data[name]))
        for name, info in ProjectDefinition.model_fields.items()
        # What an office left out stands as it stands by itself.
        if name not in broken and (name in data or info.is_required())
    }
    return ProjectDefinition.model_construct(None, **sections)
