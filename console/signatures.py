"""What a command is told of a signature: how it was given, and the signed file, which is read here for all of them."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from flows.steps.kept_files import LARGEST_KEPT
from flows.steps.signed_papers import SignedFile
from models.errors import BadInput
from models.tables.projects import Manner

MannerOption: TypeAlias = Annotated[
    Manner | None, typer.Option("--manner", help="Jak podpisano: paper (papier) albo qualified (podpis kwalifikowany)")
]
SignedFileOption: TypeAlias = Annotated[
    Path | None, typer.Option("--file", metavar="PLIK", help="Skan albo plik z podpisem, do zachowania")
]


def manner_of(manner: Manner | None) -> Manner:
    """The manner that was given. Raises ``BadInput`` where none was."""
    if manner is None:
        raise BadInput("Podaj, jak podpisano: --manner paper (papier) albo --manner qualified (podpis kwalifikowany).")
    return manner


def signed_file_of(path: Path | None) -> SignedFile | None:
    """The signed file with its name; one that is larger than any that is kept is not read to its end."""
    if path is None:
        return None
    with path.open("rb") as file:
        return SignedFile(path.name, file.read(LARGEST_KEPT + 1))
