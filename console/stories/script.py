"""A story as data: a ``story.yaml`` among the samples of a project says who does what on which day.

What an officer does is the command that they would type; what runs by itself, or on the Prefect page, is named as a
process. So a project brings its own story, and no code knows it.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.actor import Role
from models.errors import BadInput, DefinitionFaulty, Problem
from models.project_mistakes import mistakes
from models.project_yaml import read_source

PROJECTS: Final = Path(__file__).resolve().parents[2] / "projects"
FILE: Final = "story.yaml"
Login: TypeAlias = Annotated[str, Field(pattern=r"^[a-z]+$")]
Moment: TypeAlias = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d$")]
"""By the clock in Warsaw: „2018-06-04T08:00”."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scheduled(_Said):
    """A process that runs by its schedule."""

    run: Literal["admit", "invite", "remind", "deliver", "seal"]


class TakenIn(_Said):
    """Forms that lie in a folder of the samples are taken in."""

    intake: str


class Ordered(_Said):
    """A process of one call that an officer has started, or that runs when the call has closed."""

    run: Literal["verify", "rank"]
    call: str


class Signed(_Said):
    """What needs an officer's signature on the Prefect page."""

    run: Literal["adopt", "announce"]
    call: str
    officer: Login


class Typed(_Said):
    """What an officer types, without the word ``nabor``; ``{project}`` and ``{samples}`` are the project's folders."""

    officer: Login
    types: Annotated[tuple[str, ...], Field(min_length=1)]


Deed: TypeAlias = Scheduled | TakenIn | Ordered | Signed | Typed


class ScriptedAct(_Said):
    at: Moment
    title: Annotated[str, Field(min_length=1)]
    do: Annotated[tuple[Deed, ...], Field(min_length=1)]


class ScriptedOfficer(_Said):
    """Somebody of the story. The first one is an administrator, who makes the other accounts."""

    login: Login
    name: str
    roles: tuple[Role, ...]
    scope: str = ""


class Script(_Said):
    """A whole story. ``title`` says in one line what it shows."""

    name: Annotated[str, Field(pattern=r"^[a-z]+$")]
    title: str
    begins: Moment
    officers: Annotated[tuple[ScriptedOfficer, ...], Field(min_length=1)]
    acts: Annotated[tuple[ScriptedAct, ...], Field(min_length=1)]

    @classmethod
    def of(cls, file: Path) -> Self:
        """Reads a story. Raises ``BadInput`` for a file that is none, or whose acts do not follow each other."""
        try:
            source = read_source(file.parent, Path(file.name))
            script = cls.model_validate_json(json.dumps(source.data))
        except DefinitionFaulty as error:
            raise _unreadable(file, error.problems) from None
        except ValidationError as error:
            raise _unreadable(file, mistakes(source, error.errors(include_url=False))) from None
        moments = [script.begins, *(act.at for act in script.acts)]
        if moments != sorted(moments):
            raise BadInput(f"Historia „{script.name}”: zdarzenia nie stoją w kolejności dni i godzin.")
        return script


def _unreadable(file: Path, problems: Iterable[Problem]) -> BadInput:
    said = dict.fromkeys(f"wiersz {one.line}: {one.sentence}" for one in problems)
    return BadInput("\n".join([f"Historia „{file.parent.name}/{file.name}” nie daje się odczytać:", *said]))


def scripts() -> dict[str, Path]:
    """The stories that the projects bring, by name: the file of each."""
    return {Script.of(file).name: file for file in sorted(PROJECTS.glob(f"*/samples/**/{FILE}"))}


def project_of(file: Path) -> Path:
    """The folder of the project whose samples hold the story."""
    return next(folder.parent for folder in file.parents if folder.name == "samples")
