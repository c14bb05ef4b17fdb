"""Reading a project folder: ``project.yaml`` and the forms beside it in ``forms/*.yaml`` (YAML 1.2).

Officers write these files by hand, so a mistake is told by file, line and a Polish sentence, and all of them at once.
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from models.errors import DefinitionFaulty, Problem
from models.project import ProjectDefinition
from models.project_checks import Location, faults

PROJECT_FILE = "project.yaml"
FORMS_FOLDER = "forms"

Data: TypeAlias = "str | int | float | bool | None | list[Data] | dict[str, Data]"


@dataclass(frozen=True)
class _Source:
    """One file: its data, and for the path to every value the line it stands in and its text if it is a scalar."""

    file: str
    data: dict[str, Data]
    lines: Mapping[Location, int] = field(default_factory=dict)
    texts: Mapping[Location, str] = field(default_factory=dict)

    def find(self, location: Location) -> Location:
        """The deepest path of the file along ``location``: pydantic puts the kind of a rule into the path as well."""
        path: Location = ()
        for part in location:
            if self.texts.get((*path, "kind")) == part:
                continue
            if (*path, part) in self.lines:
                path = (*path, part)
        return path

    def problem(self, location: Location, sentence: str) -> Problem:
        return Problem(self.file, self.lines.get(self.find(location), 1), sentence)


def load_project(folder: Path) -> ProjectDefinition:
    """The definition in ``folder``, checked through and through.

    Raises ``DefinitionFaulty`` with every mistake in file and line order. Where the shape of a section is wrong, the
    checks that need this section wait until it is mended; all others are done.
    """
    problems: list[Problem] = []
    project = _read(folder, Path(PROJECT_FILE), problems)
    forms = [_read(folder, path, problems) for path in _form_files(folder, problems)]
    definition = _assemble(project, forms, problems)
    if definition is None or problems:
        raise DefinitionFaulty(tuple(sorted(set(problems), key=lambda one: (one.file, one.line, one.sentence))))
    return definition


def _form_files(folder: Path, problems: list[Problem]) -> list[Path]:
    found = sorted((folder / FORMS_FOLDER).glob("*.y*ml"))
    for path in found:
        if path.suffix != ".yaml":
            problems.append(
                Problem(f"{FORMS_FOLDER}/{path.name}", 1, "Nazwa pliku formularza musi się kończyć na „.yaml”.")
            )
    return [Path(FORMS_FOLDER, path.name) for path in found if path.suffix == ".yaml"]


def _assemble(
    project: _Source | None, forms: list[_Source | None], problems: list[Problem]
) -> ProjectDefinition | None:
    """Validates project and forms together; says what is wrong in ``problems``."""
    sound = [form for form in forms if form is not None]
    data: dict[str, Data] = dict(project.data) if project else {}
    if project and FORMS_FOLDER in data:
        problems.append(
            project.problem((FORMS_FOLDER,), "Formularzy nie wpisuje się tutaj: każdy ma plik w folderze „forms”.")
        )
    data["forms"] = [form.data for form in sound]
    broken = set() if len(sound) == len(forms) else {"forms"}
    definition: ProjectDefinition | None = None
    try:
        definition = ProjectDefinition.model_validate_json(json.dumps(data))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        broken.update(str(one["loc"][0]) for one in errors)
        for source, own in _by_source(errors, project, sound):
            problems.extend(_translated(source, own))
    if project is None:
        return None
    checked = definition or _sound_sections(data, broken)
    for fault in faults(checked, broken=frozenset(broken)):
        source, location = _source_of(fault.location, project, sound)
        problems.append(source.problem(location, fault.sentence))
    return definition


def _by_source(
    errors: Iterable[ErrorDetails], project: _Source | None, forms: list[_Source]
) -> Iterator[tuple[_Source, list[ErrorDetails]]]:
    """The errors of each file, their paths cut to begin in it. Errors of a project file that is not there are dropped."""
    for index, form in enumerate(forms):
        yield form, [{**one, "loc": one["loc"][2:]} for one in errors if one["loc"][:2] == ("forms", index)]
    if project:
        yield project, [one for one in errors if one["loc"][0] != "forms"]


def _source_of(location: Location, project: _Source, forms: list[_Source]) -> tuple[_Source, Location]:
    if location[0] == "forms" and len(location) > 1 and isinstance(location[1], int):
        return forms[location[1]], location[2:]
    return project, location


def _sound_sections(data: Mapping[str, Data], broken: set[str]) -> ProjectDefinition:
    """The definition without its broken sections; only what is sound may be looked at."""
    sections: dict[str, object] = {}
    for name, info in ProjectDefinition.model_fields.items():
        if name not in broken:
            adapter: TypeAdapter[object] = TypeAdapter(info.annotation)
            sections[name] = adapter.validate_json(json.dumps(data[name]))
    return ProjectDefinition.model_construct(None, **sections)


# ---------------------------------------------------------------- YAML


def _read(folder: Path, path: Path, problems: list[Problem]) -> _Source | None:
    """One file; ``None`` and a problem when it cannot be used at all."""
    file = path.as_posix()

    def refuse(line: int, sentence: str) -> None:
        problems.append(Problem(file, line, sentence))

    try:
        text = (folder / path).read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return refuse(1, "Brakuje tego pliku w folderze projektu.")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return refuse(line, "Plik nie jest zapisany w kodowaniu UTF-8; proszę zapisać go ponownie jako UTF-8.")
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # they are told below, all of them, not only the first
    try:
        root = yaml.compose(text)
        if root is None:
            return refuse(1, "Plik jest pusty.")
        walk = _Walk(file)
        walk.enter(root, ())
        if walk.problems:
            problems.extend(walk.problems)
            if walk.has_references:
                return None
        data = _plain(yaml.load(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return refuse(mark.line + 1 if mark else 1, _yaml_sentence(str(error.problem or error.context or "")))
    except (YAMLError, ValueError) as error:
        return refuse(getattr(error, "position", None) and 1 or 1, _yaml_sentence(str(error)))
    except RecursionError:
        return refuse(1, "Plik jest zbyt głęboko zagnieżdżony.")
    if not isinstance(data, dict):
        return refuse(1, "Plik musi się składać z pól w zapisie „nazwa: wartość”.")
    return _Source(file, data, walk.lines, walk.texts)


class _Walk:
    """Goes once through the nodes of a file: where each value stands, and what YAML allows but we do not."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Location, int] = {(): 1}
        self.texts: dict[Location, str] = {}
        self.problems: list[Problem] = []
        self.has_references = False
        self._seen: set[int] = set()

    def enter(self, node: Node, path: Location) -> None:
        if id(node) in self._seen:
            self.has_references = True
            self._say(self.lines[path], "Odwołania YAML (& i *) nie są obsługiwane; proszę wpisać wartość wprost.")
            return
        self._seen.add(id(node))
        match node:
            case MappingNode():
                self._mapping(node, path)
            case SequenceNode():
                for index, item in enumerate(node.value):
                    self.lines[(*path, index)] = item.start_mark.line + 1
                    self.enter(item, (*path, index))
            case ScalarNode():
                self.texts[path] = node.value

    def _mapping(self, node: MappingNode, path: Location) -> None:
        first: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                self._say(line, "Nazwą pola musi być zwykły tekst.")
                continue
            if key.value in first:
                self._say(line, f"Pole „{key.value}” powtarza się; pierwszy raz stoi w wierszu {first[key.value]}.")
            first.setdefault(key.value, line)
            self.lines[(*path, key.value)] = line
            self.enter(value, (*path, key.value))

    def _say(self, line: int, sentence: str) -> None:
        self.problems.append(Problem(self.file, line, sentence))


def _plain(value: object) -> Data:
    """What YAML gave as what JSON can carry; dates as ISO text, as the models read them. Raises ``ValueError``."""
    match value:
        case dict():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case date():
            return value.isoformat()
        case str() | int() | float() | None:
            return value
        case _:
            raise ValueError("unsupported tag")


_YAML_SENTENCES = (
    (r"'\\t'|\t", "Użyto tabulatora; wcięcia robi się spacjami."),
    (
        r"mapping values are not allowed",
        "Dwukropek stoi w nieoczekiwanym miejscu: tekst z dwukropkiem trzeba ująć w cudzysłów.",
    ),
    (r"could not find expected ':'", "Brakuje dwukropka po nazwie pola."),
    (r"unexpected end of stream|end of stream", "Nie domknięto cudzysłowu lub nawiasu."),
    (r"expected ',' or|flow (mapping|sequence)", "Nie domknięto nawiasu albo brakuje przecinka między wartościami."),
    (
        r"<block end>|block mapping|block collection|block sequence|indent",
        "Wcięcia są nierówne: pola tego samego poziomu zaczynają się w tej samej kolumnie.",
    ),
    (r"unacceptable character|special characters", "Plik zawiera znak sterujący, którego YAML nie dopuszcza."),
    (r"undefined alias|anchor", "Odwołania YAML (& i *) nie są obsługiwane; proszę wpisać wartość wprost."),
    (r"single document", "Plik może zawierać tylko jeden dokument YAML (bez wierszy „---” w środku)."),
    (r"constructor|tag", "Znaczniki YAML (!) nie są obsługiwane; proszę wpisać zwykłą wartość."),
)


def _yaml_sentence(problem: str) -> str:
    for pattern, sentence in _YAML_SENTENCES:
        if re.search(pattern, problem):
            return sentence
    return "Tego wiersza nie da się odczytać jako YAML; proszę sprawdzić wcięcia, dwukropki i cudzysłowy."


# ---------------------------------------------------------------- pydantic


def _translated(source: _Source, errors: list[ErrorDetails]) -> Iterator[Problem]:
    missing: dict[Location, list[str]] = {}
    for error in errors:
        if error["type"] == "missing":
            missing.setdefault(error["loc"][:-1], []).append(str(error["loc"][-1]))
    for error in errors:
        yield source.problem(error["loc"], _sentence(source, error, missing.get(error["loc"][:-1], [])))


_PATTERNS = {
    r"\S": "nie może być puste",
    r"^[a-z][a-z0-9_]*$": "może zawierać tylko małe litery bez polskich znaków, cyfry i podkreślenia, i zaczyna się od litery",
    r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$": "musi być kluczem pola formularza, na przykład „instytucja.obszar”",
    r"^[A-Z][A-Z0-9-]*$": "może zawierać tylko wielkie litery bez polskich znaków, cyfry i łączniki",
    r"^[0-9]{2}$": "musi być kodem TERYT województwa: dwie cyfry w cudzysłowie",
    r"^[0-9]{4}$": "musi być kodem TERYT powiatu: cztery cyfry w cudzysłowie",
    r"^[0-9]{7}$": "musi być kodem TERYT gminy: siedem cyfr w cudzysłowie",
    r"^[0-9]{2}([0-9]{2})?$": "musi być kodem TERYT powiatu albo województwa (cztery albo dwie cyfry w cudzysłowie)",
    r"^(call|[0-9]{2}|[0-9]{4}|[0-9]{6,7})$": "musi być słowem „call” albo kodem TERYT w cudzysłowie",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$": "musi być adresem e-mail",
}
_LIMITS = {
    "greater_than": "gt",
    "greater_than_equal": "ge",
    "less_than": "lt",
    "less_than_equal": "le",
}
_LIMIT_WORDS = {
    "gt": "musi być większe niż",
    "ge": "musi wynosić co najmniej",
    "lt": "musi być mniejsze niż",
    "le": "może wynosić najwyżej",
}
_SHAPES = {
    "int_type": "musi być liczbą całkowitą, bez cudzysłowu",
    "int_from_float": "musi być liczbą całkowitą",
    "int_parsing": "musi być liczbą całkowitą",
    "bool_type": "musi mieć wartość true albo false",
    "tuple_type": "musi być listą: każda pozycja w nowym wierszu po myślniku albo w nawiasach [ ]",
    "list_type": "musi być listą: każda pozycja w nowym wierszu po myślniku albo w nawiasach [ ]",
    "model_type": "musi się składać z pól w zapisie „nazwa: wartość”",
    "model_attributes_type": "musi się składać z pól w zapisie „nazwa: wartość”",
    "dict_type": "musi się składać z pól w zapisie „nazwa: wartość”",
}


def _sentence(source: _Source, error: ErrorDetails, missing: list[str]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    location = tuple(error["loc"])
    name = _name(location)
    if kind == "missing":
        return f"Brakuje pola „{location[-1]}”."
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(str(location[-1]), missing, n=1)
        return f"Nieznane pole „{location[-1]}”." + (f" Czy chodziło o „{close[0]}”?" if close else "")
    if kind == "string_type":
        return _text_sentence(source, location, error["input"])
    if kind == "string_pattern_mismatch":
        return f"{name} {_PATTERNS.get(str(context.get('pattern')), 'ma niedozwolony zapis')}."
    if kind in ("enum", "literal_error"):
        return f"{name} ma niedozwoloną wartość „{error['input']}”. Dozwolone: {_choices(context.get('expected'))}."
    if kind == "union_tag_invalid":
        return f"Nieznany rodzaj (kind) „{context.get('tag')}”. Dozwolone: {_choices(context.get('expected_tags'))}."
    if kind == "union_tag_not_found":
        return "Brakuje pola „kind”, czyli rodzaju reguły."
    if kind in _LIMITS:
        key = _LIMITS[kind]
        return f"{name} {_LIMIT_WORDS[key]} {context.get(key)}."
    if kind == "too_short":
        return f"{name}: lista nie może być pusta."
    if kind.startswith(("date", "time")):
        example = 'godziną w cudzysłowie, na przykład "09:00"' if kind.startswith("time") else "datą RRRR-MM-DD"
        return f"{name} musi być {example}."
    if kind == "value_error":
        said = str(context.get("error", ""))
        return f"{said[:1].upper()}{said[1:]}."
    return f"{name} {_SHAPES.get(kind, 'ma niedozwoloną wartość')}."


def _text_sentence(source: _Source, location: Location, given: object) -> str:
    name = _name(location)
    written = source.texts.get(source.find(location), "")
    if isinstance(given, bool | int | float):
        why = " – bez niego kod traci zero na początku" if re.match(r"0[0-9]", written) else ""
        return f'{name} musi być tekstem, więc wartość ujmuje się w cudzysłów: "{written}"{why}.'
    if given is None:
        return f"{name} jest puste, a musi być tekstem."
    return f"{name} musi być tekstem."


def _name(location: Location) -> str:
    """How the value is called in a sentence: its field, or its place in a list."""
    if location and isinstance(location[-1], int) and len(location) > 1:
        return f"Pozycja {location[-1] + 1} listy „{location[-2]}”"
    return f"Pole „{location[-1]}”" if location else "Plik"


def _choices(expected: object) -> str:
    """The allowed values out of pydantic's English list."""
    return ", ".join(re.findall(r"'([^']*)'", str(expected))) or str(expected)
