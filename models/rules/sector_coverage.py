"""Which of a project's sectors (obszary kooperacji) a set of institutions covers, how often, and which are missing.

The same rule serves the parties of an agreement, the seats of a team and those who came to a meeting. An institution
whose sector nobody has said, or whose code the project does not know, stands apart as *nieustalone*: it covers nothing,
and nothing is guessed from its name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

UNSETTLED = "nieustalone"
"""What stands for a sector that nobody has said."""


@dataclass(frozen=True)
class Expected:
    """A sector of the project. ``catch_all``: „inne”, which nobody misses when it is not there."""

    code: str
    label: str
    catch_all: bool = False


@dataclass(frozen=True)
class Placed:
    """An institution by its name, with the code of its sector; an empty code while nobody has said."""

    name: str
    sector: str


@dataclass(frozen=True)
class Covered:
    """One sector and the institutions that are of it, in the order in which they were given."""

    code: str
    label: str
    names: tuple[str, ...]
    catch_all: bool = False

    @property
    def count(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Coverage:
    """Every sector of the project in the project's order, those without anybody too."""

    sectors: tuple[Covered, ...]
    unsettled: tuple[str, ...]
    """Names of the institutions whose sector is not known."""

    @property
    def total(self) -> int:
        return sum(one.count for one in self.sectors) + len(self.unsettled)

    @property
    def present(self) -> tuple[Covered, ...]:
        return tuple(one for one in self.sectors if one.names)

    @property
    def missing(self) -> tuple[Covered, ...]:
        """Sectors that nobody is of. With some institutions unsettled one of them may turn out to be there."""
        return tuple(one for one in self.sectors if not one.names and not one.catch_all)

    @property
    def said(self) -> str:
        """What is missing, as Polish sentences."""
        if not self.total:
            return "Nie ma jeszcze żadnej instytucji."
        labels = ", ".join(f"„{one.label}”" for one in self.missing)
        if not self.missing:
            first = "Są wszystkie obszary kooperacji."
        elif len(self.missing) == 1:
            first = f"Brakuje obszaru: {labels}."
        else:
            first = f"Brakuje obszarów ({len(self.missing)}): {labels}."
        if not self.unsettled:
            return first
        return f"{first} Obszar nieustalony, instytucji: {len(self.unsettled)} ({', '.join(self.unsettled)})."


def sector_coverage(expected: Sequence[Expected], placed: Iterable[Placed]) -> Coverage:
    """Sort institutions into the project's sectors. Each counts as often as it is given."""
    names: dict[str, list[str]] = {one.code: [] for one in expected}
    unsettled: list[str] = []
    for one in placed:
        names.get(one.sector, unsettled).append(one.name)
    return Coverage(
        tuple(Covered(one.code, one.label, tuple(names[one.code]), one.catch_all) for one in expected),
        tuple(unsettled),
    )
