"""A disagreement inside a project definition, and a check that looks for one kind of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from models.project import ProjectDefinition

Location: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One disagreement: the path to the value that is to be mended, and a Polish sentence."""

    location: Location
    sentence: str


Faults: TypeAlias = Iterator[Fault]


@dataclass(frozen=True)
class Check:
    """Looks at its ``sections`` and at nothing else, so it can run while others are broken."""

    sections: frozenset[str]
    run: Callable[[ProjectDefinition], Faults]


def check(run: Callable[[ProjectDefinition], Faults], *sections: str) -> Check:
    return Check(frozenset(sections), run)
