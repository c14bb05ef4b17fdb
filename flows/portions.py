"""Work in portions: a task takes about fifty ids, so that 1,000 applications cost 20 task runs and not 1,000."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

PORTION = 50

T = TypeVar("T")


def portions(ids: Sequence[T], size: int = PORTION) -> Iterator[list[T]]:
    """The ids in their order, at most ``size`` at a time."""
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])
