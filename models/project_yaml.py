"""One YAML 1.2 file of a project definition: its data, and the line every value stands in.

YAML allows more than officers need: what would surprise (a field written twice, references, tags) is told, not taken.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from models.errors import DefinitionFaulty, Problem
from models.project_faults import Location

Data: TypeAlias = "str | int | float | bool | list[Data] | dict[str, Data] | None"


@dataclass(frozen=True)
class Source:
    """One file: its data, and for the path to every value the line it stands in and its text if it is a scalar.

    ``problems`` are mistakes that leave the data usable.
    """

    file: str
    data: dict[str, Data]
    lines: Mapping[Location, int]
    texts: Mapping[Location, str]
    problems: tuple[Problem, ...]

    def find(self, location: Location) -> Location:
        """The deepest path of the file along ``location``, which may hold the kind of a rule besides true steps."""
        path: Location = ()
        for part in location:
            if self.texts.get((*path, "kind")) == part:
                continue  # pydantic puts the tag of a discriminated union in its paths
            if (*path, part) in self.lines:
                path = (*path, part)
        return path

    def problem(self, location: Location, sentence: str) -> Problem:
        return Problem(self.file, self.lines[self.find(location)], sentence)


def read_source(folder: Path, path: Path) -> Source:
    """Reads ``path`` under ``folder``. Raises ``DefinitionFaulty`` when nothing of it can be used."""
    file = path.as_posix()
    text = _text(folder / path, file)
    try:
        yaml, root = _composed(text)
        if root is None:
            raise _faulty(file, 1, "Plik jest pusty.")
        walk = _Walk(file)
        walk.enter(root, ())
        if walk.unusable:
            raise DefinitionFaulty(tuple(walk.problems))
        data = _plain(yaml.constructor.construct_document(root))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context or "")
        raise _faulty(file, mark.line + 1 if mark else 1, _yaml_sentence(problem)) from error
    except ReaderError as error:
        raise _faulty(file, text.count("\n", 0, error.position) + 1, _CONTROL_CHARACTER) from error
    except YAMLError as error:
        raise _faulty(file, 1, _yaml_sentence(str(error))) from error
    except RecursionError as error:
        raise _faulty(file, 1, "Plik jest zbyt głęboko zagnieżdżony.") from error
    if not isinstance(data, dict):
        raise _faulty(file, 1, "Plik musi się składać z pól w zapisie „nazwa: wartość”.")
    return Source(file, data, walk.lines, walk.texts, tuple(walk.problems))


def _composed(text: str) -> tuple[YAML, Node | None]:
    """The nodes of a file, and what makes data of them.

    The parser in C is ten times as fast and sees the same nodes of all that a definition needs. Whatever it stumbles
    over, and what the two take differently (tabs, references, tags), goes to the other one, which says what is wrong.
    """
    if _is_shallow(text) and not _PARTICULAR.search(text):
        with suppress(YAMLError):
            fast = _safe(pure=False)
            return fast, fast.compose(text)
    thorough = _safe(pure=True)
    return thorough, thorough.compose(text)


def _safe(*, pure: bool) -> YAML:
    yaml = YAML(typ="safe", pure=pure)
    yaml.allow_duplicate_keys = True  # the walk tells all of them, not only the first
    return yaml


def _is_shallow(text: str) -> bool:
    """Whether no value can lie deeper than the parser in C has stack for: each level takes a bracket or a column."""
    deepest = text.count("[") + text.count("{") + max(map(len, text.splitlines()), default=0)
    return deepest <= _DEEPEST


_DEEPEST = 4_000
_PARTICULAR = re.compile(r"[\t&*!%]")
"""A tab, and the signs that may open a reference, a tag or a directive."""


def _text(path: Path, file: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _faulty(file, 1, "Brakuje tego pliku w folderze projektu.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        sentence = "Plik nie jest zapisany w kodowaniu UTF-8; proszę zapisać go ponownie jako UTF-8."
        raise _faulty(file, line, sentence) from error


def _faulty(file: str, line: int, sentence: str) -> DefinitionFaulty:
    return DefinitionFaulty((Problem(file, line, sentence),))


_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
)
_REFERENCE = "Odwołania YAML (znaki & i *) nie są obsługiwane; proszę wpisać wartość wprost."
_TAG = "Znaczniki YAML (znak !) nie są obsługiwane; proszę wpisać zwykłą wartość."
_CONTROL_CHARACTER = "Plik zawiera znak sterujący, którego YAML nie dopuszcza."


class _Walk:
    """Goes once through the nodes of a file: where each value stands, and what YAML allows but we do not."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Location, int] = {(): 1}
        self.texts: dict[Location, str] = {}
        self.problems: list[Problem] = []
        self.unusable = False
        self._seen: set[int] = set()

    def enter(self, node: Node, path: Location) -> None:
        if id(node) in self._seen:
            self._refuse(self.lines[path], _REFERENCE)
            return
        self._seen.add(id(node))
        if str(node.tag) not in _TAGS:
            self._refuse(node.start_mark.line + 1, _TAG)
            return
        match node:
            case MappingNode():
                self._mapping(node, path)
            case SequenceNode():
                for index, item in enumerate(node.value):
                    self.lines[(*path, index)] = item.start_mark.line + 1
                    self.enter(item, (*path, index))
            case ScalarNode():
                self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Location) -> None:
        first: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode) or key.value == "<<":
                self._refuse(line, "Nazwą pola musi być zwykły tekst.")
                continue
            if key.value in first:
                sentence = f"Pole „{key.value}” powtarza się; pierwszy raz stoi w wierszu {first[key.value]}."
                self.problems.append(Problem(self.file, line, sentence))
            first.setdefault(key.value, line)
            self.lines[(*path, key.value)] = line
            self.enter(value, (*path, key.value))

    def _scalar(self, node: ScalarNode, path: Location) -> None:
        self.texts[path] = node.value
        if str(node.tag).endswith(":timestamp"):
            try:
                date.fromisoformat(node.value[:10])
            except ValueError:
                sentence = f"Nie ma takiej daty: {node.value}; datę zapisuje się jako RRRR-MM-DD."
                self._refuse(node.start_mark.line + 1, sentence)

    def _refuse(self, line: int, sentence: str) -> None:
        self.unusable = True
        self.problems.append(Problem(self.file, line, sentence))


def _plain(value: object) -> Data:
    """What YAML gave as what JSON can carry; dates as ISO text, as the models read them."""
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
            raise TypeError(f"YAML gave a {type(value).__name__}, whose tag the walk should have refused")


_YAML_SENTENCES = (
    (r"'\\t'|\t", "Użyto tabulatora; wcięcia robi się spacjami."),
    (
        r"mapping values are not allowed",
        "Dwukropek stoi w nieoczekiwanym miejscu: tekst z dwukropkiem trzeba ująć w cudzysłów.",
    ),
    (r"could not find expected ':'", "Brakuje dwukropka po nazwie pola."),
    (r"end of stream", "Nie domknięto cudzysłowu lub nawiasu."),
    (r"expected ',' or|flow (mapping|sequence)", "Nie domknięto nawiasu albo brakuje przecinka między wartościami."),
    (
        r"<block end>|block mapping|block collection|block sequence|indent",
        "Wcięcia są nierówne: pola tego samego poziomu zaczynają się w tej samej kolumnie.",
    ),
    (r"alias|anchor", _REFERENCE),
    (r"document", "Plik może zawierać tylko jeden dokument YAML, bez wiersza „---” w środku."),
    (
        r"cannot start any token|expected the node content|not allowed here|comment or a line break",
        "Ten znak ma w YAML osobne znaczenie: tekst, który się od niego zaczyna, trzeba ująć w cudzysłów.",
    ),
    (r"tag", _TAG),
)


def _yaml_sentence(problem: str) -> str:
    for pattern, sentence in _YAML_SENTENCES:
        if re.search(pattern, problem):
            return sentence
    return "Tego wiersza nie da się odczytać jako YAML; proszę sprawdzić wcięcia, dwukropki i cudzysłowy."
