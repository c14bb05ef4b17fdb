"""What a bank says became of our transfers, read from a statement: MT940 or CSV."""

import re
from collections.abc import Sequence
from enum import StrEnum

from models.errors import BadInput
from models.rules.transfers import Confirmation


class StatementKind(StrEnum):
    MT940 = "mt940"
    CSV = "csv"


class StatementUnreadable(BadInput):
    """The statement cannot be used; ``faults`` are (line counted from 1, Polish sentence), 0 for the whole file."""

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        self.faults = tuple(faults)
        shown = [f"Wiersz {line}: {sentence}" if line else sentence for line, sentence in self.faults[:10]]
        more = f" Takich wierszy jest więcej: razem {len(self.faults)}." if len(self.faults) > 10 else ""
        super().__init__("Wyciągu z banku nie wczytano, niczego nie zmieniono. " + " ".join(shown) + more)


def read_confirmations(content: bytes, *, kind: StatementKind, references: re.Pattern[str]) -> list[Confirmation]:
    """Every line of the statement that carries one of our references, in the file's order.

    ``references``: what a reference of ours looks like, found anywhere in a line's texts as a word of its own; lines
    without one are other movements of the account. Raises :class:`StatementUnreadable` with every faulty line.
    """
    raise StatementUnreadable([(0, f"Wyciągów w formacie {kind.value} jeszcze nie czytamy.")])
